"""What a budget buys: the best set of the plan's measures, and the frontier from none to all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.worth import Choice, LeftOut, choice_of
from supertouch.errors import Problem, UnsupportedError
from supertouch.stats import inference
from supertouch.stats.allocation import Allocation, best_set, frontier
from supertouch.study.model import Goal, Measure, Study

__all__ = ["budget", "left_out"]

Array = NDArray[np.float64]
AGAIN = "To weigh it again, set based_on to the wave that you plan on now."


def budget(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    measures: Sequence[Measure],
    *,
    wave: str,
    goal: Goal = "both",
    budget: float | None = None,
) -> pd.DataFrame:
    """Find the best set of measures for each budget; returns the table ``budget``.

    What is maximised is the gain in the goal's outcomes, each in its standard deviations and
    averaged over them, from bringing the mean rating of each touchpoint to the target of a measure
    there. Of two measures at one touchpoint the higher target counts, so that a best set holds one
    of them. A measure under way, which a wave after the one it was planned on has judged already,
    is not bought again. Measures whose gain is not demonstrably above zero are never bought; with
    ``plan.certain = false`` only those whose estimate is not.

    Intervals are those of a set chosen in advance. The sets are chosen for their estimates, so
    that what they bring is overrated on average (the winner's curse), more so the smaller the
    sample and the more measures compete.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        ``levers`` and ``draws``; ``models`` and ``diagnostics`` too, if reasons are to be told.
    measures : sequence of Measure
    wave : str
    goal : Goal
        Where a wave lacks the effects on one outcome of ``both``, the other alone counts, and the
        table's ``goal`` says so.
    budget : float, optional
        The plan's own; its best set is the row that is ``chosen``.

    Raises
    ------
    UnsupportedError
        If no measure is left to choose from, with the reason for each; if the wave has no effects
        on the goal; or if the budget is below zero.
    """
    if budget is not None and not 0 <= budget < np.inf:
        rule = "is no amount of zero or more."
        raise UnsupportedError(Problem("budget", f"{budget:g}", rule, "Name one."))
    choice = choice_of(study, tables, measures, wave=wave, goal=goal)
    if not choice.measures:
        raise UnsupportedError(
            [
                Problem("plan", item.measure, f"is left out: {item.reason}.", _remedy(item))
                for item in choice.left
            ]
            or Problem("plan", "", "has no measures.", "`supertouch plan draft` proposes some.")
        )
    rules = _rules(choice)
    found = frontier(choice.value.estimate, rules.cost, place=rules.place, excludes=rules.excludes)
    sets = [(item, item.cost, False) for item in found.sets]
    if budget is not None:
        own = best_set(
            choice.value.estimate,
            rules.cost,
            place=rules.place,
            excludes=rules.excludes,
            budget=budget,
        )
        sets = [part for part in sets if not (part[0].chosen == own.chosen).all()]
        sets.append((own, budget, True))
        sets.sort(key=lambda part: (part[0].cost, part[1]))
    rows = [_row(study, choice, *part) for part in sets]
    return pd.DataFrame(rows).assign(wave=wave, goal=choice.goal, complete=found.complete)


def left_out(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    measures: Sequence[Measure],
    *,
    wave: str,
    goal: Goal = "both",
) -> tuple[LeftOut, ...]:
    """Name the measures that :func:`budget` cannot choose, and why; parameters are the same."""
    return choice_of(study, tables, measures, wave=wave, goal=goal).left


def _remedy(item: LeftOut) -> str:
    return AGAIN if item.code == "under_way" else ""


@dataclass(frozen=True, slots=True, eq=False)
class _Rules:
    cost: Array
    place: NDArray[np.intp]
    excludes: tuple[tuple[int, int], ...]


def _rules(choice: Choice) -> _Rules:
    number = {item.id: k for k, item in enumerate(choice.measures)}
    places = {item.touchpoint: k for k, item in enumerate(choice.measures)}
    pairs = {
        (min(k, number[other]), max(k, number[other]))
        for k, item in enumerate(choice.measures)
        for other in item.excludes
        if other in number and number[other] != k
    }
    return _Rules(
        cost=np.array([item.cost or 0.0 for item in choice.measures]),
        place=np.array([places[item.touchpoint] for item in choice.measures], dtype=np.intp),
        excludes=tuple(sorted(pairs)),
    )


def _row(
    study: Study, choice: Choice, item: Allocation, amount: float, own: bool
) -> dict[str, object]:
    row: dict[str, object] = {
        "wave": "",
        "goal": "",
        "budget": amount,
        "cost": item.cost,
        "measures": " ".join(
            measure.id for measure, on in zip(choice.measures, item.chosen, strict=True) if on
        ),
        "n_measures": int(item.chosen.sum()),
    }
    for name, found in {"value": choice.value, **choice.points}.items():
        estimate = found.estimate[item.chosen].sum(keepdims=True)
        low, high = inference.normal_interval(
            estimate,
            found.replicates[:, item.chosen].sum(axis=1, keepdims=True),
            degrees=choice.degrees,
            confidence=study.analysis.confidence,
        )
        row |= {name: estimate[0], f"{name}_low": low[0], f"{name}_high": high[0]}
    empty = {
        f"{name}{end}": np.nan
        for name in ("loyalty", "nps")
        for end in ("", "_low", "_high")
        if name not in choice.points
    }
    return row | empty | {"proven": item.proven, "chosen": own}
