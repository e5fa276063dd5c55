"""How many meet each touchpoint, how good it is, and the level of outcomes."""

from __future__ import annotations

import pandas as pd
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Outcomes", "Performance"]


class Performance(Table):
    """Reach and quality of each touchpoint; satisfaction is turned so that more is better.

    Estimates on fewer than ``privacy.min_base`` respondents, and those that would reveal them, are
    empty; so are, where reach is, the counts of who met the touchpoint.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    touchpoint: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_known: Series[int]
    n_met: Series[pd.Int64Dtype] = optional()
    n_rated: Series[int]
    n_rated_eff: Series[float] = optional()
    reach: Series[float] = fraction()
    reach_low: Series[float] = fraction()
    reach_high: Series[float] = fraction()
    satisfaction: Series[float] = optional()
    satisfaction_low: Series[float] = optional()
    satisfaction_high: Series[float] = optional()
    disappointed: Series[float] = fraction()
    disappointed_low: Series[float] = fraction()
    disappointed_high: Series[float] = fraction()
    okay: Series[float] = fraction()
    okay_low: Series[float] = fraction()
    okay_high: Series[float] = fraction()
    delighted: Series[float] = fraction()
    delighted_low: Series[float] = fraction()
    delighted_high: Series[float] = fraction()
    n_nps_met: Series[pd.Int64Dtype] = optional()
    nps_met: Series[float] = optional()
    nps_met_low: Series[float] = optional()
    nps_met_high: Series[float] = optional()
    n_nps_not_met: Series[pd.Int64Dtype] = optional()
    nps_not_met: Series[float] = optional()
    nps_not_met_low: Series[float] = optional()
    nps_not_met_high: Series[float] = optional()
    n_brand_fit: Series[int]
    brand_fit: Series[float] = optional()
    brand_fit_low: Series[float] = optional()
    brand_fit_high: Series[float] = optional()


class Outcomes(Table):
    """Level of each outcome; ``nps`` for recommendation only, in points from -100 to 100.

    Empty on fewer than ``privacy.min_base`` respondents, and where it would reveal such a level.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    role: Series[str]
    proxy: Series[bool]
    n: Series[int]
    n_eff: Series[float] = optional()
    mean: Series[float] = optional()
    mean_low: Series[float] = optional()
    mean_high: Series[float] = optional()
    nps: Series[float] = optional()
    nps_low: Series[float] = optional()
    nps_high: Series[float] = optional()
