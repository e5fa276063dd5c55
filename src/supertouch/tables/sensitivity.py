"""How far the numbers depend on how missing ratings are treated, and how reliable scales are."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Reliability", "Sensitivity"]


class Sensitivity(Table):
    """Importance of experience under three treatments of missing ratings, in total.

    ``available`` repeats the main estimates, ``complete`` rests on complete cases among the asked
    alone, ``impute`` on multiple imputation. ``differs`` says that the share lies further from the
    main one than half the width of the main interval; ``flips`` that the point criteria of the
    super-touchpoint rule (share above the fair share, positive effect, material importance) hold
    here and not there. Estimates are empty where a treatment leaves too few respondents.
    """

    wave: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    missing: Series[str] = pa.Field(isin=["available", "complete", "impute"])
    n: Series[int]
    n_eff: Series[float]
    importance: Series[float] = optional()
    share: Series[float] = fraction()
    share_low: Series[float] = fraction()
    share_high: Series[float] = fraction()
    rank: Series[float] = optional()
    effect: Series[float] = optional()
    effect_low: Series[float] = optional()
    effect_high: Series[float] = optional()
    missing_information: Series[float] = fraction()
    differs: Series[bool]
    flips: Series[bool]


class Reliability(Table):
    """Whether the items of an outcome measure the same; ``item`` is empty for the whole scale.

    ``alpha`` is Cronbach's; in the row of an item it is that of the scale without the item.
    ``item_rest`` is the correlation of the item with the sum of the others.
    """

    wave: Series[str]
    outcome: Series[str]
    item: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_items: Series[int]
    alpha: Series[float] = optional()
    alpha_low: Series[float] = optional()
    alpha_high: Series[float] = optional()
    item_rest: Series[float] = optional()
    flag: Series[str] = pa.Field(isin=["", "low_reliability", "reversed_item"])
