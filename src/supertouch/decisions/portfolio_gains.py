"""What one step of improvement at each touchpoint brings, and which are quick wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.leverage import of_wave
from supertouch.decisions.portfolio_effects import ROLES, Effects, Tables
from supertouch.decisions.portfolio_mix import Costs
from supertouch.stats.inference import Corrected, normal_interval, share_interval
from supertouch.study.model import Role, Study

__all__ = ["Gains", "gains", "importances", "quick_wins"]

Array = NDArray[np.float64]

WORTH = ("concentrate", "recombine")


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """An estimate for each of p touchpoints with its interval; NaN where there is none."""

    estimate: Array
    low: Array
    high: Array

    @property
    def rank(self) -> Array:
        """Rank of each, 1 for the largest; NaN where there is none."""
        ranked = pd.Series(self.estimate).rank(ascending=False, method="min")
        return np.asarray(ranked, dtype=np.float64)


def gains(
    study: Study, tables: Tables, wave: str, touchpoints: pd.Index, told: Mapping[Role, Effects]
) -> Gains:
    """Estimate what an improvement by ``portfolio.step`` of the scale's range brings.

    For each outcome reach x effect x the improvement that headroom leaves room for, in standard
    deviations of the outcome; averaged over loyalty and recommendation. That is what would come if
    the effect is causal.
    """
    items = [study.touchpoint(str(name)) for name in touchpoints]
    scales = [study.scales[item.scale] for item in items]
    step = study.portfolio.step * np.array([scale.maximum - scale.minimum for scale in scales])
    best = np.array([scale.maximum for scale in scales])
    points: list[Array] = []
    replicates: list[Array] = []
    degrees: list[int] = []
    levers = of_wave(tables, "levers", wave)
    for role in ROLES:
        if role not in told or levers.empty or "outcome_spread" not in levers:
            continue
        found = told[role]
        lever = levers[(levers.outcome == found.outcome.id) & (levers.unit == "mean")]
        lever = lever.set_index("touchpoint").reindex(touchpoints)
        spread = lever.outcome_spread.to_numpy(float)
        given = np.clip(lever.headroom.to_numpy(float), 0.0, step)
        points.append(lever.reach.to_numpy(float) * lever.effect.to_numpy(float) * given / spread)
        drawn = found.drawn
        room = np.clip(best - drawn["mean"], 0.0, step)
        replicates.append(drawn["reach"] * drawn["beta"] * room / spread)
        degrees.append(int(lever.degrees.min()) if lever.degrees.notna().any() else found.degrees)
    return _averaged(study, points, replicates, degrees, len(touchpoints))


def _averaged(
    study: Study,
    points: Sequence[Array],
    replicates: Sequence[Array],
    degrees: Sequence[int],
    p: int,
) -> Gains:
    if not points or min(len(part) for part in replicates) < 2:
        return Gains(*(np.full(p, np.nan) for _ in range(3)))
    estimate = np.mean(points, axis=0)
    low, high = normal_interval(
        estimate,
        np.mean(replicates, axis=0),
        degrees=min(degrees),
        confidence=study.analysis.confidence,
    )
    return Gains(estimate, low, high)


def importances(study: Study, told: Mapping[Role, Effects], p: int) -> Gains:
    """Average the experience shares over loyalty and recommendation, with joint intervals."""
    asked = [told[role] for role in ROLES if role in told]
    if len(asked) == 1:
        found = asked[0].found
        return Gains(
            *(found[name].to_numpy(float) for name in ("share", "share_low", "share_high"))
        )
    if not asked or min(len(part.drawn["share"]) for part in asked) < 2:
        return Gains(*(np.full(p, np.nan) for _ in range(3)))
    estimate = np.mean([part.share for part in asked], axis=0)
    replicates = np.mean([part.drawn["share"] for part in asked], axis=0)
    low, high = share_interval(
        Corrected(estimate, replicates),
        degrees=min(part.degrees for part in asked),
        confidence=study.analysis.confidence,
    )
    return Gains(estimate, low, high)


def quick_wins(study: Study, found: Gains, cost: Costs, decisions: Sequence[str]) -> pd.Series:
    """Tell which touchpoints bring much for little: large and sure gain, low cost, in our hands.

    A quick win is to be concentrated on or recombined, its gain is among the share
    ``portfolio.quick`` of the largest and surely above zero, the company can decide on it, and it
    costs no more than the median touchpoint. What a measure would take is not known here: the cost
    of the touchpoint stands for it.

    Returns
    -------
    Series of boolean
        Empty where the gain or, of those that meet all else, the cost is not known.
    """
    known = ~np.isnan(found.estimate)
    first = np.ceil(study.portfolio.quick * known.sum() - 1e-9)
    worth = np.isin(np.asarray(decisions, dtype=object), WORTH)
    rest = worth & known & cost.ours & (found.low > 0) & (found.rank <= first)
    told = pd.Series(rest & cost.low, dtype="boolean")
    undecided = np.asarray(decisions, dtype=object) == "undecided"
    return told.mask(~known | undecided | (rest & np.isnan(cost.cost)))
