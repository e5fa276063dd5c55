"""What disappoints more than it can delight, and what one weak touchpoint does to a journey."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Asymmetry", "Consistency", "Weakest"]

FACTORS = ("none", "basic", "performance", "excitement", "undetermined", "refused")
PHASES = ("", "before", "during", "after")


class Asymmetry(Table):
    """What a disappointing and a delighting experience of each touchpoint do to an outcome.

    ``penalty`` and ``reward`` are outcome points against an okay experience; a penalty is below
    zero where disappointment hurts. ``factor`` is what the touchpoint is, and ``reason`` why that
    is not known; ``probability_*`` is how often the same rule, applied to replicates of the
    survey, gives each factor. ``impact_asymmetry`` runs from -1 (can only disappoint) to 1 (can
    only delight) and is empty where neither penalty nor reward is significant;
    ``linear_asymmetry`` is what a straight line would give with these bands. ``risk`` is outcome
    points that disappointment costs over everybody.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    factor: Series[str] = pa.Field(isin=FACTORS)
    reason: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_disappointed: Series[pd.Int64Dtype] = optional()
    n_okay: Series[pd.Int64Dtype] = optional()
    n_delighted: Series[pd.Int64Dtype] = optional()
    reach: Series[float] = fraction()
    disappointed: Series[float] = fraction()
    delighted: Series[float] = fraction()
    penalty: Series[float] = optional()
    penalty_low: Series[float] = optional()
    penalty_high: Series[float] = optional()
    penalty_p_value: Series[float] = fraction()
    penalty_p_adjusted: Series[float] = fraction()
    reward: Series[float] = optional()
    reward_low: Series[float] = optional()
    reward_high: Series[float] = optional()
    reward_p_value: Series[float] = fraction()
    reward_p_adjusted: Series[float] = fraction()
    impact_asymmetry: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    impact_asymmetry_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    impact_asymmetry_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    linear_asymmetry: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    probability_none: Series[float] = fraction()
    probability_basic: Series[float] = fraction()
    probability_performance: Series[float] = fraction()
    probability_excitement: Series[float] = fraction()
    risk: Series[float] = optional()
    risk_low: Series[float] = optional()
    risk_high: Series[float] = optional()


class Consistency(Table):
    """What an uneven journey and its weakest touchpoint do to an outcome, beyond the mean.

    One row per measure: the ``mean`` of a person's standardised ratings, their ``spread``, and the
    ``weakest`` of them; of the whole journey (``phase`` empty) or of one phase. ``effect`` is
    outcome points per standard deviation of the measure, number of ratings held fixed; of spread
    and weakest beyond the mean and beyond what every single rating does, ``effect_together`` with
    the other of the two held fixed too. ``r2_gain`` is what the measure adds to the fit.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    phase: Series[str] = pa.Field(isin=PHASES)
    measure: Series[str] = pa.Field(isin=["mean", "spread", "weakest"])
    admitted: Series[bool]
    reason: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_touchpoints: Series[int]
    level: Series[float] = optional()
    deviation: Series[float] = optional()
    effect: Series[float] = optional()
    effect_low: Series[float] = optional()
    effect_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()
    effect_together: Series[float] = optional()
    effect_together_low: Series[float] = optional()
    effect_together_high: Series[float] = optional()
    r2_gain: Series[float] = optional()
    r2_gain_low: Series[float] = optional()
    r2_gain_high: Series[float] = optional()


class Weakest(Table):
    """How often each touchpoint was the weakest that a person met, against chance.

    ``share`` is among those who rated the touchpoint and at least one other of the journey
    (``phase`` empty) or of its phase; ties are split. ``expected`` is the share if every
    touchpoint of a person were as likely to be the weakest, ``lift`` the ratio of the two.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    touchpoint: Series[str]
    phase: Series[str] = pa.Field(isin=PHASES)
    n: Series[int]
    n_eff: Series[float]
    share: Series[float] = fraction()
    share_low: Series[float] = fraction()
    share_high: Series[float] = fraction()
    expected: Series[float] = fraction()
    lift: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()
