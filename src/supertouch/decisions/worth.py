"""What each measure of a plan is worth to a goal, and which cannot be weighed at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.leverage import Aims, Gains, Lever, gains, levers, why_not_modelled
from supertouch.decisions.monitoring import judged_by
from supertouch.errors import Problem, UnsupportedError
from supertouch.stats import inference
from supertouch.study.model import Goal, Measure, Role, Study

__all__ = ["Choice", "LeftOut", "choice_of"]

Array = NDArray[np.float64]

ROLES: Mapping[Goal, tuple[Role, ...]] = {
    "both": ("loyalty", "recommendation"),
    "loyalty": ("loyalty",),
    "recommendation": ("recommendation",),
}


WhyNot = Literal["under_way", "no_cost", "target_reached", "no_effect", "no_gain", "not_certain"]
Reasons = dict[str, tuple[WhyNot, str]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A measure that no budget can be spent on, and why: in a code and in words."""

    measure: str
    code: WhyNot
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Measures with what each is worth if it counts, and those left out.

    Attributes
    ----------
    measures : tuple of Measure
    goal : Goal
        The part of the goal that the wave has effects for.
    value : Gains
        In standard deviations of the goal's outcomes, averaged over them.
    points : dict of str to Gains
        ``loyalty`` in outcome points and ``nps`` in NPS points, where there are effects.
    degrees : int
    left : tuple of LeftOut
    """

    measures: tuple[Measure, ...]
    goal: Goal
    value: Gains
    points: dict[str, Gains]
    degrees: int
    left: tuple[LeftOut, ...]


def choice_of(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    measures: Sequence[Measure],
    *,
    wave: str,
    goal: Goal,
) -> Choice:
    """Weigh measures against a goal by a wave's levers; those that cannot be are named.

    Raises
    ------
    UnsupportedError
        If the wave has no effects on the goal.
    """
    known = {item.id for item in study.touchpoints}
    at = [item.touchpoint for item in measures if item.touchpoint in known]
    found = levers(tables, list(dict.fromkeys(at)), wave=wave) if at else []
    used = _of_goal(study, found, wave=wave, goal=goal) if at else []
    left = _without(study, tables, measures, used, wave=wave)
    left |= _idle(study, [item for item in measures if item.id not in left], used)
    kept = tuple(item for item in measures if item.id not in left)
    reported = {_column(study, lever): lever for lever in found if kept and _column(study, lever)}
    roles = {study.outcome(lever.outcome).role for lever in used}
    return Choice(
        measures=kept,
        goal=next((name for name in get_args(Goal) if set(ROLES[name]) == roles), goal),
        value=_value(study, kept, used),
        points={name: _gains(study, kept, lever) for name, lever in reported.items()},
        degrees=min((lever.degrees for lever in used), default=0),
        left=tuple(LeftOut(item.id, *left[item.id]) for item in measures if item.id in left),
    )


def _idle(study: Study, measures: Sequence[Measure], used: Sequence[Lever]) -> Reasons:
    """Name measures whose gain is not above zero, or (``plan.certain``) not demonstrably so."""
    if not measures:
        return {}
    value = _value(study, measures, used)
    low, _ = inference.normal_interval(
        value.estimate,
        value.replicates,
        degrees=min((lever.degrees for lever in used), default=1),
        confidence=study.analysis.confidence,
    )
    reasons: Reasons = {}
    for item, gain, least in zip(measures, value.estimate, low, strict=True):
        if not gain > 0:
            why = "no gain is estimated: its effect on the goal is not above zero"
            reasons[item.id] = ("no_gain", why)
        elif study.plan.certain and not least > 0:
            reasons[item.id] = ("not_certain", "its gain is not demonstrably above zero")
    return reasons


def _of_goal(study: Study, found: Sequence[Lever], *, wave: str, goal: Goal) -> list[Lever]:
    """Keep the levers of the goal's outcomes, in outcome points."""
    used = [
        lever
        for lever in found
        if lever.unit == "mean" and study.outcome(lever.outcome).role in ROLES[goal]
    ]
    if not used:
        raise UnsupportedError(
            Problem(
                f"wave '{wave}'",
                f"goal {goal}",
                "has no effects: the outcome was not asked, or no driver model was possible.",
                "Take another goal or wave.",
            )
        )
    return used


def _without(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    measures: Sequence[Measure],
    used: Sequence[Lever],
    *,
    wave: str,
) -> Reasons:
    """Return why measures are left out, by their id."""
    known = {item.id for item in study.touchpoints}
    reasons: Reasons = {}
    for item in measures:
        if item.touchpoint not in known:
            why = f"'{item.touchpoint}' is no touchpoint of the study"
            reasons[item.id] = ("no_effect", why)
        elif (judge := judged_by(study, item, until=wave)) is not None:
            why = f"it is under way: planned on {item.based_on}, judged by {judge.id}"
            reasons[item.id] = ("under_way", why)
        elif item.cost is None or not item.cost >= 0:
            why = "it has no cost" if item.cost is None else "its cost is below zero"
            reasons[item.id] = ("no_cost", why)
        elif any(np.isnan(_of(lever, item.touchpoint, lever.effect)) for lever in used):
            why = why_not_modelled(study, tables, item.touchpoint, wave=wave)
            told = f"no effect of '{item.touchpoint}' is estimated: {why}"
            reasons[item.id] = ("no_effect", told)
        elif all(item.target <= _of(lever, item.touchpoint, lever.mean) for lever in used):
            mean = _of(used[0], item.touchpoint, used[0].mean)
            scale = study.scales[study.touchpoint(item.touchpoint).scale]
            today = f"{scale.turned(mean):.2f}"
            told = f"its target is no better than today's mean, {today}"
            reasons[item.id] = ("target_reached", told)
    return reasons


def _of(lever: Lever, touchpoint: str, values: Array) -> float:
    return float(values[lever.touchpoints.index(touchpoint)])


def _column(study: Study, lever: Lever) -> str:
    """Return the column of ``budget`` that tells this lever's gain, or nothing."""
    if lever.unit == "nps":
        return "nps"
    return "loyalty" if study.outcome(lever.outcome).role == "loyalty" else ""


def _gains(study: Study, measures: Sequence[Measure], lever: Lever) -> Gains:
    """Return what each measure brings if it is the one that counts at its touchpoint."""
    scales = [study.scales[study.touchpoint(item.touchpoint).scale] for item in measures]
    aims = Aims(
        np.full(len(measures), np.nan),
        np.array([item.target for item in measures]),
        np.array([scale.minimum for scale in scales]),
        np.array([scale.maximum for scale in scales]),
    )
    return gains(lever.at([lever.touchpoints.index(item.touchpoint) for item in measures]), aims)


def _value(study: Study, measures: Sequence[Measure], used: Sequence[Lever]) -> Gains:
    if not measures:
        return Gains(np.zeros(0), np.zeros((0, 0)))
    parts = [(_gains(study, measures, lever), lever.outcome_spread) for lever in used]
    return Gains(
        np.mean([part.estimate / spread for part, spread in parts], axis=0),
        np.mean([part.replicates / spread for part, spread in parts], axis=0),
    )
