"""Mentions outside the survey's ratings: complaints, reviews, comments, and what is missing."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Incidents", "Mentions", "Missing", "MissingNamed"]


class Mentions(Table):
    """One mention per row: when, where, about which touchpoint, how, and what was said.

    ``touchpoint`` is a known id or empty; ``named`` what the file says, as it stands there.
    ``wave`` is the one that the mention counts to: the first that ended on its day or later.
    """

    row: Series[int]
    wave: Series[str]
    date: Series[str]
    source: Series[str]
    touchpoint: Series[str]
    named: Series[str]
    valence: Series[str] = pa.Field(isin=["negative", "neutral", "positive"])
    text: Series[str]


class Incidents(Table):
    """Critical incidents per touchpoint: how often it is mentioned x how much it matters.

    ``frequency`` is its share of all negative mentions; ``relevance`` its experience share on the
    outcomes, averaged; ``critical`` their product as a share of the sum over touchpoints.
    ``disappointed`` is the survey's share.
    """

    wave: Series[str]
    touchpoint: Series[str]
    n: Series[int]
    n_negative: Series[int]
    n_neutral: Series[int]
    n_positive: Series[int]
    first: Series[str]
    last: Series[str]
    sources: Series[str]
    frequency: Series[float] = fraction()
    frequency_low: Series[float] = fraction()
    frequency_high: Series[float] = fraction()
    disappointed: Series[float] = fraction()
    relevance: Series[float] = fraction()
    critical: Series[float] = fraction()
    rank: Series[float] = optional()


class MissingNamed(Table):
    """What respondents of a wave named as missing, in their words brought to one form.

    The row without a name counts all who were asked.
    """

    wave: Series[str]
    named: Series[str]
    n: Series[int]
    weighted: Series[float]


class Missing(Table):
    """Touchpoints that customers name and the study does not have.

    ``n_survey`` are respondents who named it in the open question, ``share`` theirs among those
    asked, weighted; ``n_mentions`` mentions and ``n_auditors`` auditors that name it, ``n`` all of
    them together. The row without a name has all names that too few gave to be told.
    """

    wave: Series[str]
    named: Series[str]
    n: Series[int]
    n_survey: Series[int]
    n_asked: Series[int]
    share: Series[float] = fraction()
    share_low: Series[float] = fraction()
    share_high: Series[float] = fraction()
    n_mentions: Series[int]
    n_auditors: Series[int]
    sources: Series[str]
