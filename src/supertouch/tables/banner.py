"""Banner tables: every question by everybody, groups of respondents and waves."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["FEWEST_CARRYING", "FEWEST_TESTED", "KINDS", "MEASURES", "Banner", "BannerWaves"]

FEWEST_TESTED = 30
FEWEST_CARRYING = 5
KINDS = ["outcome", "item", "touchpoint", "contact", "brand_fit"]
MEASURES = ["answer", "top2", "bottom2", "mean", "nps", "met"]


class Banner(Table):
    """One number of one question in one column: a wave's total, or a value of a segment.

    ``question`` is the id of an outcome (``loyalty``; the score, where it has several items), of
    one of several items (``loyalty.2``: the second), or of a touchpoint: its rating, its contact
    question (``kind`` contact, one share ``met``) or its brand fit. Answers stand as they were
    asked, not turned: ``answer`` is the code, ``top2`` and ``bottom2`` are the shares of the two
    best and the two worst answers of the scale, whichever end that is; ``mean`` is in the scale's
    own codes, so that a mean that is higher may be worse; ``nps`` is in points.

    ``n`` counts those who answered, ``n_weighted`` is the sum of their weights, which have mean 1
    over the wave (a rating of which only some were asked at random stands for those who were not),
    ``n_eff`` is Kish's. ``letter`` names the column (A, B … Z, AA), over all segments of the wave;
    "" is the total. ``letters`` are the columns of the same wave, of the same segment or another,
    that the value lies significantly above, parted by blanks: capitals at the first level of
    ``report.letters``, small ones at the second; the total has none. ``against_total`` is 2 or 1
    where the value differs from the total at the first or at the second level, negative where it
    lies below. Tests know that columns share respondents, strata and clusters; they are not
    adjusted for their number, and bases of fewer than 30 are not tested. Nor is a share where
    fewer than 5 of those who are in one only of the two columns gave the answer, or fewer than 5
    did not; nor a mean where fewer than 5 are in one only.

    ``small`` marks bases of fewer than ``report.small_base``. ``hidden`` values and
    weighted bases are empty, since fewer than ``privacy.min_base`` answered, or others would reveal
    those.
    """

    wave: Series[str]
    question: Series[str]
    kind: Series[str] = pa.Field(isin=KINDS)
    measure: Series[str] = pa.Field(isin=MEASURES)
    answer: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    letter: Series[str]
    n: Series[int]
    n_weighted: Series[float] = optional()
    n_eff: Series[float] = optional()
    value: Series[float] = optional()
    value_low: Series[float] = optional()
    value_high: Series[float] = optional()
    letters: Series[str]
    against_total: Series[int] = pa.Field(isin=[-2, -1, 0, 1, 2])
    small: Series[bool]
    hidden: Series[bool]


class BannerWaves(Table):
    """One number of one column of the banner tables in ``wave`` and in an earlier one, ``against``.

    ``change`` is what it is now less what it was; ``significant`` is 2 or 1 where it passes the
    first or the second level of ``report.letters``, negative where the value fell. A panel's
    respondents of both waves count as the same; tests are not adjusted for their number, and bases
    of fewer than 30 are not tested.
    """

    wave: Series[str]
    against: Series[str]
    question: Series[str]
    kind: Series[str] = pa.Field(isin=KINDS)
    measure: Series[str] = pa.Field(isin=MEASURES)
    answer: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    change: Series[float]
    change_low: Series[float] = optional()
    change_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    significant: Series[int] = pa.Field(isin=[-2, -1, 0, 1, 2])
