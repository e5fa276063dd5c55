"""What speaks for a touchpoint besides its effect: protection, partners, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.leverage import of_wave
from supertouch.decisions.portfolio_effects import ROLES, Tables
from supertouch.study.model import Role, Study

__all__ = ["Costs", "Partner", "asymmetries", "costs", "partners", "protection"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

FACTORS = ("none", "basic", "performance", "excitement")
LEAST_KNOWN = 2


@dataclass(frozen=True, slots=True)
class Partner:
    """The touchpoint that another one belongs together with, and which evidence says so."""

    touchpoint: str
    evidence: str


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What the wave's p touchpoints cost, and which of them are the company's to decide on.

    Attributes
    ----------
    cost, per_met : ndarray of shape (p,)
        Money per period, and per percentage point of customers reached; NaN where not known.
    dear : ndarray of bool of shape (p,)
        Whether the cost per customer met is at or above the quantile ``portfolio.cost``.
    comparable : ndarray of bool of shape (p,)
        Whether it is known, and another touchpoint's as well.
    low : ndarray of bool of shape (p,)
        Whether the cost is at or below the median.
    ours : ndarray of bool of shape (p,)
        Whether the company can decide: control is not low, and the origin not indirect.
    """

    cost: Array
    per_met: Array
    dear: Flags
    comparable: Flags
    low: Flags
    ours: Flags


def _by_outcome(study: Study, tables: Tables, wave: str, name: str) -> dict[Role, pd.DataFrame]:
    table = of_wave(tables, name, wave)
    asked = {role: study.outcome_of(role, wave) for role in ROLES}
    return {
        role: table[table.outcome == outcome.id]
        for role, outcome in asked.items()
        if outcome is not None and len(table)
    }


def protection(study: Study, tables: Tables, wave: str, touchpoints: pd.Index) -> Array:
    """Return how surely each touchpoint protects: a basic factor whose risk is material.

    Its risk is material where the interval excludes zero and it exceeds ``portfolio.effect`` times
    the mean risk of all touchpoints. Basic it is as often as the replicates of the asymmetry say;
    where they say it of an outcome whose factor is another one, it does not count.

    Returns
    -------
    ndarray of shape (p,)
        From 0 to 1, the larger of loyalty and recommendation.
    """
    sure = np.zeros(len(touchpoints))
    for table in _by_outcome(study, tables, wave, "asymmetry").values():
        frame = table.set_index("touchpoint").reindex(touchpoints)
        risk = frame.risk.to_numpy(float)
        level = study.portfolio.effect * np.nanmean(risk) if np.isfinite(risk).any() else np.nan
        material = (frame.risk_low.to_numpy(float) > 0) & (risk >= level)
        basic = (frame.factor == "basic").to_numpy(bool, na_value=False)
        often = frame.probability_basic.fillna(1.0).to_numpy(float)
        sure = np.maximum(sure, np.where(material & basic, often, 0.0))
    return sure


def asymmetries(study: Study, tables: Tables, wave: str, touchpoints: pd.Index) -> list[str]:
    """Return each touchpoint's factor: basic where an outcome says so, else loyalty's first."""
    factors = [""] * len(touchpoints)
    for table in _by_outcome(study, tables, wave, "asymmetry").values():
        told = dict(zip(table.touchpoint, table.factor, strict=True))
        for place, name in enumerate(touchpoints):
            factor = str(told.get(name, ""))
            if factor == "basic" or (factor in FACTORS and not factors[place]):
                factors[place] = factor
    return factors


def partners(study: Study, tables: Tables, wave: str) -> Mapping[str, Partner]:
    """Return for each touchpoint with whom it belongs together, by the clearest evidence.

    Significant synergy or cannibalisation on loyalty or recommendation comes first, the smallest
    adjusted p-value of all; then contacts that correlate by ``portfolio.overlap`` or more with
    another one of the same phase, the largest.
    """
    found: dict[str, Partner] = {}
    frames = list(_by_outcome(study, tables, wave, "synergy").values())
    if frames:
        pairs = pd.concat(frames)
        pairs = pairs[pairs.kind != "none"].assign(size=lambda frame: frame.effect.abs())
        pairs = pairs.sort_values(["p_adjusted", "size"], ascending=[True, False])
        _add(found, pairs.touchpoint, pairs.other, pairs.kind)
    overlap = of_wave(tables, "overlap", wave)
    if len(overlap):
        phase = {item.id: item.phase for item in study.touchpoints}
        same = overlap.touchpoint.map(phase) == overlap.other.map(phase)
        often = overlap.correlation >= study.portfolio.overlap
        chance = overlap.p_adjusted > study.rule.alpha
        kept = overlap[same & often & ~chance].sort_values("correlation", ascending=False)
        _add(found, kept.touchpoint, kept.other, pd.Series("met_together", kept.index))
    return found


def _add(
    found: dict[str, Partner], first: pd.Series, second: pd.Series, evidence: pd.Series
) -> None:
    for one, other, code in zip(first, second, evidence, strict=True):
        found.setdefault(str(one), Partner(str(other), str(code)))
        found.setdefault(str(other), Partner(str(one), str(code)))


def costs(study: Study, reach: pd.Series) -> Costs:
    """Compare what touchpoints cost, in all and per customer met.

    Parameters
    ----------
    study : Study
    reach : Series
        Reach of the wave's touchpoints, by id.
    """
    items = [study.touchpoint(str(name)) for name in reach.index]
    cost = np.array([np.nan if item.cost is None else item.cost for item in items], dtype=float)
    met = 100.0 * reach.to_numpy(float)
    per_met = np.divide(cost, met, out=np.full(len(cost), np.nan), where=met > 0)
    known = ~np.isnan(per_met)
    comparable = known & (known.sum() >= LEAST_KNOWN)
    level = np.quantile(per_met[known], study.portfolio.cost) if known.any() else np.nan
    least = per_met[known].min() if known.any() else np.nan
    median = np.nanmedian(cost) if np.isfinite(cost).any() else np.nan
    return Costs(
        cost=cost,
        per_met=per_met,
        dear=comparable & (per_met >= level) & (per_met > least),
        comparable=comparable,
        low=cost <= median,
        ours=np.array([item.control != "low" and item.origin != "indirect" for item in items]),
    )
