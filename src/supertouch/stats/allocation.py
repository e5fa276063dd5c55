"""The best set of measures within a budget, and the frontier over all budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.silence import silent

__all__ = ["Allocation", "Frontier", "best_set", "frontier"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
Mask = NDArray[np.bool_]

MOST = 60
SECONDS = 5.0
LARGEST_VALUE = 1000.0
SAME_COST = 2e-6
SAME_VALUE = 1e-9
PENNY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """A set of measures with its value and cost.

    Attributes
    ----------
    chosen : ndarray of bool of shape (m,)
    value, cost : float
    proven : bool
        Whether no other set within the budget is worth more.
    """

    chosen: Mask
    value: float
    cost: float
    proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """The best sets from no budget to all, by rising cost.

    Attributes
    ----------
    sets : tuple of Allocation
    complete : bool
        Whether every set that no cheaper or equally dear one beats is there; otherwise the sets
        are those of evenly spaced budgets.
    """

    sets: tuple[Allocation, ...]
    complete: bool


def best_set(
    value: Array,
    cost: Array,
    *,
    place: Integers,
    excludes: Sequence[tuple[int, int]] = (),
    budget: float = np.inf,
    seconds: float = SECONDS,
) -> Allocation:
    """Choose the set of measures that is worth most within a budget, by integer programming.

    Of several measures at one place the one that is worth most counts, since they aim at a level
    and not at a step. So a second one there only costs, and at most one is chosen. A measure that
    is worth nothing, or less, is never chosen.

    Parameters
    ----------
    value, cost : ndarray of shape (m,)
        What a measure is worth if it counts; costs are not below zero.
    place : ndarray of int of shape (m,)
        Where each measure works.
    excludes : sequence of (int, int)
        Measures that cannot go together.
    budget : float
    seconds : float
        Time after which the best set found so far is taken, as not proven.

    Examples
    --------
    >>> found = best_set(
    ...     np.array([3.0, 2.0, 2.0]), np.array([5.0, 3.0, 2.0]), place=np.arange(3), budget=5.0
    ... )
    >>> found.chosen, found.value
    (array([False,  True,  True]), 4.0)
    """
    able = np.flatnonzero((value > 0) & (cost <= budget * (1 + PENNY)))
    nothing = Allocation(np.zeros(len(value), dtype=bool), 0.0, 0.0, proven=True)
    if not len(able):
        return nothing
    rows, bounds = _rules(cost, place, excludes, able, budget)
    chosen, proven = _solved(value[able], rows, bounds, seconds=seconds)
    found = nothing.chosen.copy()
    found[able[chosen]] = True
    spent = float(cost[found].sum())
    if spent > budget * (1 + PENNY) + PENNY:
        tighter = best_set(
            value, cost, place=place, excludes=excludes, budget=2 * budget - spent, seconds=seconds
        )
        return Allocation(tighter.chosen, tighter.value, tighter.cost, proven=False)
    return Allocation(found, float(value[found].sum()), spent, proven=proven)


def _rules(
    cost: Array,
    place: Integers,
    excludes: Sequence[tuple[int, int]],
    able: Integers,
    budget: float,
) -> tuple[Array, Array]:
    """Rows of a·x <= b: the budget, one measure at a place, one of each excluding pair."""
    where = place[able]
    crowded = [where == name for name in np.unique(where) if (where == name).sum() > 1]
    pairs = [(able == one) | (able == other) for one, other in excludes]
    rules = [rule.astype(float) for rule in (*crowded, *pairs) if rule.sum() > 1]
    bounds = [1.0] * len(rules)
    if cost[able].sum() > budget:
        unit = cost[able].max()
        rules.append(cost[able] / unit)
        bounds.append(budget / unit)
    return np.array(rules).reshape(len(rules), len(able)), np.array(bounds)


def _solved(value: Array, rows: Array, bounds: Array, *, seconds: float) -> tuple[Mask, bool]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(rows):
        return np.ones(len(value), dtype=bool), True
    with silent():
        found = milp(
            -value * (LARGEST_VALUE / value.max()),
            integrality=np.ones(len(value), dtype=np.intp),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(rows, -np.inf, bounds),
            options={"mip_rel_gap": 0.0, "time_limit": seconds},
        )
    if found.x is None:
        return np.zeros(len(value), dtype=bool), False
    return np.asarray(found.x > 0.5), bool(found.status == 0)


def frontier(
    value: Array,
    cost: Array,
    *,
    place: Integers,
    excludes: Sequence[tuple[int, int]] = (),
    most: int = MOST,
    seconds: float = SECONDS,
) -> Frontier:
    """Find every set that no cheaper or equally dear one beats, from none to all.

    Each set is the best for a budget just below the cost of the one before, so that none is
    missed, but for sets whose costs differ by less than two millionths. Where there
    are more than ``most``, as many evenly spaced budgets are taken instead.

    Parameters are those of :func:`best_set`.
    """
    sets: list[Allocation] = []
    budget = np.inf
    while len(sets) <= most:
        found = best_set(
            value, cost, place=place, excludes=excludes, budget=budget, seconds=seconds
        )
        if sets and found.value >= sets[-1].value * (1 - SAME_VALUE):
            sets.pop()
        sets.append(found)
        if found.cost <= 0:
            return Frontier(tuple(sets[::-1]), complete=True)
        budget = found.cost * (1 - SAME_COST)
    grid = np.linspace(0.0, sets[0].cost, most)
    found_sets = [
        best_set(value, cost, place=place, excludes=excludes, budget=budget, seconds=seconds)
        for budget in grid[:-1]
    ]
    return Frontier(_rising([*found_sets, sets[0]]), complete=False)


def _rising(sets: Sequence[Allocation]) -> tuple[Allocation, ...]:
    """Keep the sets that are worth more than all that cost less."""
    kept: list[Allocation] = []
    for item in sorted(sets, key=lambda one: (one.cost, -one.value)):
        if not kept or item.value > kept[-1].value * (1 + SAME_VALUE):
            kept.append(item)
    return tuple(kept)
