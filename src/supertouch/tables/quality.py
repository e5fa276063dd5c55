"""Who looks suspect, how weights were made, and what groups are too small to show."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Flags", "Margins", "Quality", "Suppressed", "Weights"]

FLAGS = ["duplicate", "speeder", "straight_liner", "implausible"]


class Flags(Table):
    """Suspect respondents, one line per reason (Parquet only)."""

    wave: Series[str]
    file: Series[str]
    row: Series[int]
    flag: Series[str] = pa.Field(isin=FLAGS)
    detail: Series[str]
    excluded: Series[bool]


class Quality(Table):
    """Suspect respondents by reason; a respondent may have several.

    ``threshold`` is the limit in use (seconds, ratings); ``checked`` are the respondents whose
    answers allowed the check, and 0 where the study lacks what it needs. ``expected`` is how many
    chance alone would flag, where that can be told (duplicates). A study's implausible patterns
    have a line each.
    """

    wave: Series[str]
    flag: Series[str] = pa.Field(isin=FLAGS)
    rule: Series[str]
    threshold: Series[float] = optional()
    n_checked: Series[int]
    n: Series[int]
    share: Series[float] = fraction()
    excluded: Series[bool]
    expected: Series[float] | None = optional()


class Weights(Table):
    """How the weights of a wave came about, and what they cost.

    ``n_missing``, ``n_zero``, ``n_negative`` and ``n_extreme`` count weights that were refused
    (their rows are in quarantine). Weights are in parts of their mean. ``design_effect`` is
    Kish's; ``n_eff`` the base after weighting.
    """

    wave: Series[str]
    source: Series[str] = pa.Field(isin=["none", "taken", "raked"])
    n: Series[int]
    n_missing: Series[int]
    n_zero: Series[int]
    n_negative: Series[int]
    n_extreme: Series[int]
    minimum: Series[float]
    median: Series[float]
    maximum: Series[float]
    n_trimmed: Series[int]
    iterations: Series[int]
    largest_gap: Series[float] = optional()
    design_effect: Series[float]
    n_eff: Series[float]


class Margins(Table):
    """Shares of each margin's values before and after raking, beside the target.

    They are shares of the respondents whose value is known; those whose value is not (an empty
    ``segment_value``) keep their share of all respondents and have no target. Groups too small to
    show are left out; they are in ``suppressed``.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    n: Series[int]
    before: Series[float] = fraction()
    after: Series[float] = fraction()
    target: Series[float] = fraction()


class Suppressed(Table):
    """Groups that no output shows because too few respondents are in them."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    min_base: Series[int]
    complementary: Series[pd.BooleanDtype]
