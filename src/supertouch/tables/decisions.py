"""What to do: levers, one decision per touchpoint, what measures bring, and the plan."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["DECISIONS", "Budget", "Levers", "Measures", "Plan", "Portfolio", "Whatif"]

NOT_WEIGHED = ["under_way", "no_cost", "target_reached", "no_effect", "no_gain", "not_certain"]
DECISIONS = ["concentrate", "recombine", "neglect", "drop", "undecided"]


class Levers(Table):
    """What an improvement of a touchpoint's experience works with, per outcome and unit.

    ``unit`` is ``mean`` for points of the outcome, ``nps`` for points of the net promoter score
    (recommendation only: its -100/0/100 score is the dependent variable). ``effect`` is per rating
    point among those who met the touchpoint, ``headroom`` the rating points up to the best answer,
    ``spread`` the standard deviation of the ratings, ``best_mean`` the best mean of any touchpoint
    on the same scale, ``outcome_spread`` the standard deviation of the outcome in its unit.
    ``degrees`` are those of freedom of the replicates. Reach and ratings are of those whom the
    outcome is open to; of everybody, and ``spread`` empty, where fewer than ``privacy.min_base``
    others are known or rated.
    """

    wave: Series[str]
    outcome: Series[str]
    unit: Series[str] = pa.Field(isin=["mean", "nps"])
    touchpoint: Series[str]
    n: Series[int]
    n_eff: Series[float]
    degrees: Series[int]
    reach: Series[float] = fraction()
    mean: Series[float] = optional()
    headroom: Series[float] = optional()
    spread: Series[float] = optional()
    best_mean: Series[float] = optional()
    outcome_spread: Series[float] = optional()
    effect: Series[float] = optional()
    effect_low: Series[float] = optional()
    effect_high: Series[float] = optional()
    p_value: Series[float] = fraction()


class Portfolio(Table):
    """One decision per touchpoint of a wave, with its evidence and how sure it is.

    ``probability`` is the share of replicates that come to the same decision, and the five others
    those for each. ``evidence`` is the code of the rule that decided. ``gain`` is what one step of
    improvement brings, averaged over loyalty and recommendation in their standard deviations.
    """

    wave: Series[str]
    touchpoint: Series[str]
    decision: Series[str] = pa.Field(isin=DECISIONS)
    evidence: Series[str]
    probability: Series[float] = fraction()
    p_concentrate: Series[float] = fraction()
    p_recombine: Series[float] = fraction()
    p_neglect: Series[float] = fraction()
    p_drop: Series[float] = fraction()
    with_touchpoint: Series[str]
    proxy: Series[bool]
    n: Series[int]
    n_eff: Series[float]
    reach: Series[float] = fraction()
    satisfaction: Series[float] = optional()
    satisfaction_low: Series[float] = optional()
    satisfaction_high: Series[float] = optional()
    disappointed: Series[float] = fraction()
    lift_loyalty: Series[float] = optional()
    lift_recommendation: Series[float] = optional()
    importance: Series[float] = fraction()
    importance_low: Series[float] = fraction()
    importance_high: Series[float] = fraction()
    asymmetry: Series[str] = pa.Field(isin=["", "basic", "performance", "excitement", "none"])
    cost: Series[float] = optional()
    cost_per_met: Series[float] = optional()
    control: Series[str]
    gain: Series[float] = optional()
    gain_low: Series[float] = optional()
    gain_high: Series[float] = optional()
    gain_rank: Series[float] = optional()
    quick_win: Series[pd.BooleanDtype] = pa.Field(nullable=True)


class Whatif(Table):
    """What improvements would bring to an outcome, together and one by one.

    ``scenario`` is ``together`` or a measure's or touchpoint's id. ``gain`` is in outcome points
    (``unit`` mean) or NPS points (``unit`` nps), with joint intervals from the replicates.
    ``asked`` is the improvement asked for in rating points, ``given`` what headroom leaves of it;
    both are empty for ``together``. ``warnings`` are codes with blanks between. ``cost_per_point``
    is empty where there is no cost or the interval of the gain is not above zero.
    """

    wave: Series[str]
    scenario: Series[str]
    touchpoint: Series[str]
    outcome: Series[str]
    unit: Series[str] = pa.Field(isin=["mean", "nps"])
    n: Series[int]
    n_eff: Series[float]
    before: Series[float] = optional()
    asked: Series[float] = optional()
    given: Series[float] = optional()
    gain: Series[float] = optional()
    gain_low: Series[float] = optional()
    gain_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    cost: Series[float] = optional()
    cost_per_point: Series[float] = optional()
    warnings: Series[str]


class Budget(Table):
    """The frontier: the best set of measures for each budget, from none to all.

    ``measures`` are ids with blanks between; ``value`` is what was maximised: the gain in the
    goal, in standard deviations of the outcomes. ``proven`` tells whether no other set within the
    budget is worth more. ``chosen`` marks the row of the plan's own budget; in all others
    ``budget`` is what the set costs. ``complete`` tells whether every set that no cheaper one
    equals is there, or only those of evenly spaced budgets.
    """

    wave: Series[str]
    goal: Series[str] = pa.Field(isin=["both", "loyalty", "recommendation"])
    budget: Series[float]
    cost: Series[float]
    measures: Series[str]
    n_measures: Series[int]
    value: Series[float]
    value_low: Series[float] = optional()
    value_high: Series[float] = optional()
    loyalty: Series[float] = optional()
    loyalty_low: Series[float] = optional()
    loyalty_high: Series[float] = optional()
    nps: Series[float] = optional()
    nps_low: Series[float] = optional()
    nps_high: Series[float] = optional()
    proven: Series[bool]
    chosen: Series[bool]
    complete: Series[bool]


class Plan(Table):
    """Measures and what became of them: from where, to where, and where the touchpoint is now.

    Ratings are turned so that more is better. ``status`` is ``planned`` until a wave after
    ``based_on`` was measured; then ``met``, ``not_met`` or ``open``: the interval holds the target.
    ``forecast`` is what the target was expected to bring to ``outcome``, ``expected`` the same
    forecast for the change of the mean rating that really came, ``came`` what that change brought
    by the tracking's account, all in outcome points; ``agrees`` tells whether ``expected`` and
    ``came`` differ by no more than chance, given both their intervals. ``weighed`` is empty where
    the last wave's budget could choose the measure, otherwise the code of why not: ``under_way``
    where a later wave has judged it.
    """

    measure: Series[str]
    label: Series[str]
    touchpoint: Series[str]
    decision: Series[str]
    owner: Series[str]
    cost: Series[float] = optional()
    start: Series[str]
    based_on: Series[str]
    wave: Series[str]
    n: Series[int]
    before: Series[float] = optional()
    target: Series[float] = optional()
    now: Series[float] = optional()
    now_low: Series[float] = optional()
    now_high: Series[float] = optional()
    status: Series[str] = pa.Field(isin=["planned", "met", "not_met", "open"])
    outcome: Series[str]
    forecast: Series[float] = optional()
    forecast_low: Series[float] = optional()
    forecast_high: Series[float] = optional()
    expected: Series[float] = optional()
    expected_low: Series[float] = optional()
    expected_high: Series[float] = optional()
    came: Series[float] = optional()
    came_low: Series[float] = optional()
    came_high: Series[float] = optional()
    agrees: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    weighed: Series[str] = pa.Field(isin=["", *NOT_WEIGHED])


class Measures(Table):
    """What each measure of the plan is called, in each language of the study."""

    measure: Series[str]
    language: Series[str]
    label: Series[str]
