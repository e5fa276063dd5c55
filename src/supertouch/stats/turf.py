"""Unduplicated reach: which few touchpoints together reach most people (TURF).

Choosing the best set is maximum coverage, which is hard in general: sets are proven best by
enumeration with bounds or by integer programming, or the bound that none can exceed is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

__all__ = ["ReachSet", "distinct", "greedy_sets", "reach_sets"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

TOLERANCE = 1e-6
WORK = 5e9
FIRST_ROWS = 200
MOST_ROWS = 1 / 4
STEPS = 300
NODE = 3e5
_SCALE = 1e3


@dataclass(frozen=True, slots=True)
class ReachSet:
    """Touchpoints chosen together, and whom they reach.

    Attributes
    ----------
    chosen : tuple of int
        Places of the touchpoints, rising.
    reach : float
        Share of people whom at least one of them reaches.
    bound : float
        No set of this size reaches more; at least ``reach``.
    """

    chosen: tuple[int, ...]
    reach: float
    bound: float

    @property
    def size(self) -> int:
        """Number of touchpoints."""
        return len(self.chosen)

    @property
    def proven(self) -> bool:
        """Whether no set of this size reaches more, to a millionth of the people."""
        return self.bound - self.reach <= TOLERANCE


def distinct(reached: Mask, weight: Array) -> tuple[Mask, Array]:
    """Merge people whom the same touchpoints reach.

    Parameters
    ----------
    reached : ndarray of bool of shape (n, p)
    weight : ndarray of shape (n,)

    Returns
    -------
    patterns : ndarray of bool of shape (m, p)
        Distinct rows.
    share : ndarray of shape (m,)
        Their weight; adds up to 1.
    """
    packed = np.ascontiguousarray(np.packbits(reached, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    share = np.bincount(number, weights=weight, minlength=len(first))
    return reached[first], share / share.sum()


def greedy_sets(reached: Mask, weight: Array, *, sizes: int) -> list[ReachSet]:
    """Add one touchpoint at a time, always the one that reaches most people not yet reached.

    A greedy set reaches at least 63 % of what the best set of its size does (Nemhauser, Wolsey &
    Fisher 1978); ``bound`` is what follows from its own steps.
    """
    patterns, share = distinct(reached, weight)
    chosen: list[int] = []
    found: list[ReachSet] = []
    left = share.copy()
    for size in range(1, min(sizes, patterns.shape[1]) + 1):
        gain = left @ patterns
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        left = left * ~patterns[:, chosen[-1]]
        reach = _reach(patterns, share, chosen)
        found.append(ReachSet(tuple(sorted(chosen)), reach, _bound(patterns, share, chosen, size)))
    return found


def reach_sets(
    reached: Mask, weight: Array, *, sizes: int, seconds: float = 10.0
) -> list[ReachSet]:
    """Find the best set of each size from 1 to ``sizes``, or the best known and its bound.

    Where several sets reach equally many, the greedy one stands if it is among them; otherwise
    the first found in a fixed order of search.

    Parameters
    ----------
    reached : ndarray of bool of shape (n, p)
        Whether each touchpoint reaches each person.
    weight : ndarray of shape (n,)
    sizes : int
        Largest size.
    seconds : float
        Longest time that integer programming may take per size. Where it runs out, ``bound`` lies
        above ``reach``, and it, rarely the set too, depends on the machine's speed.
    """
    patterns, share = distinct(reached, weight)
    reachable = float(share[patterns.any(axis=1)].sum())
    problem = _Problem(patterns, share, reachable)
    found: list[ReachSet] = []
    for start in greedy_sets(reached, weight, sizes=sizes):
        size = start.size
        best = _better(problem, start.chosen, found)
        bound = min(reachable, start.bound)
        if found:
            bound = min(bound, found[-1].bound * size / (size - 1))
        kept = np.arange(patterns.shape[1])
        if bound - best[1] > TOLERANCE:
            relaxed, kept = _relaxed(problem, size, best[1])
            bound = min(bound, relaxed)
        for method in (_enumerated, _programmed):
            if bound - best[1] > TOLERANCE:
                best, bound = method(problem, size, kept, best, bound, seconds)
        found.append(ReachSet(best[0], best[1], max(best[1], bound)))
    return found


@dataclass(frozen=True, slots=True)
class _Problem:
    patterns: Mask
    share: Array
    reachable: float


Best = tuple[tuple[int, ...], float]
Method = Callable[[_Problem, int, Places, Best, float, float], tuple[Best, float]]


def _reach(patterns: Mask, share: Array, chosen: list[int] | tuple[int, ...]) -> float:
    return float(share[patterns[:, list(chosen)].any(axis=1)].sum())


def _bound(patterns: Mask, share: Array, chosen: list[int], size: int) -> float:
    """Bound any set: what is reached already and the largest ``size`` gains beyond it."""
    bounds = []
    for stop in range(size + 1):
        reached = patterns[:, chosen[:stop]].any(axis=1)
        gain = np.sort((share * ~reached) @ patterns)[::-1]
        bounds.append(share[reached].sum() + gain[:size].sum())
    return float(min(1.0, *bounds))


def _better(problem: _Problem, start: tuple[int, ...], found: list[ReachSet]) -> Best:
    """Improve the greedy set, and the best smaller set with one more, by single exchanges."""
    starts = [start]
    if found:
        before = found[-1].chosen
        left = problem.share * ~problem.patterns[:, list(before)].any(axis=1)
        gain = left @ problem.patterns
        gain[list(before)] = -1.0
        starts.append((*before, int(gain.argmax())))
    best = (start, _reach(problem.patterns, problem.share, start))
    for one in starts:
        other = _exchanged(problem, one)
        if other[1] > best[1] + TOLERANCE:
            best = other
    return best


def _exchanged(problem: _Problem, start: tuple[int, ...]) -> Best:
    patterns, share = problem.patterns, problem.share
    chosen, reach = list(start), _reach(patterns, share, start)
    while True:
        count = patterns[:, chosen].sum(axis=1)
        best, move = reach + TOLERANCE, (-1, -1)
        for place, j in enumerate(chosen):
            left = share * (count - patterns[:, j] == 0)
            gain = left @ patterns
            gain[chosen] = -1.0
            other = int(gain.argmax())
            value = 1.0 - float(left.sum()) + float(gain[other])
            if value > best:
                best, move = value, (place, other)
        if move[0] < 0:
            return tuple(sorted(chosen)), reach
        chosen[move[0]] = move[1]
        reach = _reach(patterns, share, chosen)


def _relaxed(problem: _Problem, size: int, best: float) -> tuple[float, Places]:
    """Bound what any set reaches, and keep the touchpoints that a better one may hold.

    Lagrangian relaxation of "reached only by what is chosen", by subgradient steps (Fisher 1981).
    """
    alive = problem.patterns.any(axis=1)
    columns, share = problem.patterns[alive].astype(np.float64), problem.share[alive]
    price = share / np.maximum(1.0, columns.mean(axis=1) * size)
    bound, worst, step = problem.reachable, np.full(columns.shape[1], np.inf), 1.0
    for turn in range(STEPS):
        worth = price @ columns
        order = np.argsort(-worth, kind="stable")
        last = worth[order[size - 1]]
        value = float((share - price).sum() + worth[order[:size]].sum())
        worst = np.minimum(worst, value - np.maximum(0.0, last - worth))
        if value < bound - TOLERANCE:
            bound = value
        elif turn % 10 == 9:
            step *= 0.8
        slope = columns[:, order[:size]].sum(axis=1) - (price < share)
        size_of = float(slope @ slope)
        if bound - best <= TOLERANCE or size_of == 0:
            break
        price = np.clip(price - step * (value - best) / size_of * slope, 0.0, share)
    return bound, np.flatnonzero(worst > best + TOLERANCE)


def _enumerated(
    problem: _Problem, size: int, kept: Places, best: Best, bound: float, seconds: float
) -> tuple[Best, float]:
    """Go through all sets that may reach more, two touchpoints at a time at the end.

    Given up, without a result, where that would take long.
    """
    del seconds
    if size < 2 or len(kept) < size:
        return best, best[1]
    search = _Search(best, WORK)
    gain = problem.share @ problem.patterns
    order = kept[np.argsort(-gain[kept], kind="stable")]
    alive = problem.patterns[:, kept].any(axis=1)
    columns = problem.patterns[alive][:, order].astype(np.float64)
    search.go(columns, problem.share[alive], size, order, (), 0.0)
    if search.left < 0:
        return search.best, bound
    return search.best, search.best[1]


class _Search:
    """Depth-first search with the bound that gains add up at best; ``left`` is work allowed."""

    def __init__(self, best: Best, work: float) -> None:
        self.best, self.left = best, work

    def go(
        self,
        columns: Array,
        share: Array,
        size: int,
        names: Places,
        chosen: tuple[int, ...],
        reach: float,
    ) -> None:
        """Complete ``chosen`` by ``size`` of the columns, among the people not reached yet."""
        gain = share @ columns
        if size == 2:
            self._close(columns, share, gain, names, chosen, reach)
            return
        for place in range(len(names) - size + 1):
            rest = np.sort(gain[place + 1 :])[::-1][: size - 1].sum()
            if reach + gain[place] + rest <= self.best[1] + TOLERANCE or self.left < 0:
                continue
            kept = columns[:, place] == 0
            self.left -= NODE + kept.sum() * (len(names) - place)
            self.go(
                columns[kept, place + 1 :],
                share[kept],
                size - 1,
                names[place + 1 :],
                (*chosen, int(names[place])),
                reach + float(gain[place]),
            )

    def _close(
        self,
        columns: Array,
        share: Array,
        gain: Array,
        names: Places,
        chosen: tuple[int, ...],
        reach: float,
    ) -> None:
        top = np.sort(gain)[::-1][:2].sum()
        if len(names) < 2 or reach + top <= self.best[1] + TOLERANCE:
            return
        self.left -= NODE + columns.size * len(names)
        both = columns.T @ (columns * share[:, None])
        value = gain[:, None] + gain - both
        np.fill_diagonal(value, -1.0)
        first, second = np.unravel_index(int(value.argmax()), value.shape)
        total = reach + float(value[first, second])
        if total > self.best[1] + TOLERANCE:
            self.best = (tuple(sorted((*chosen, int(names[first]), int(names[second])))), total)


def _programmed(
    problem: _Problem, size: int, kept: Places, best: Best, bound: float, seconds: float
) -> tuple[Best, float]:
    """Solve by integer programming on ever more of the patterns, until the rest is reached too.

    What a solution for some of the patterns leaves unreached bounds what any set leaves.
    """
    patterns, share = problem.patterns, problem.share
    contacts = patterns[:, kept].sum(axis=1)
    order = np.lexsort((np.arange(len(share)), contacts))
    rows = np.zeros(len(share), dtype=bool)
    rows[order[contacts[order] > 0][:FIRST_ROWS]] = True
    rows |= (contacts > 0) & ~patterns[:, list(best[0])].any(axis=1)
    if rows.sum() > MOST_ROWS * len(rows):
        rows = contacts > 0
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0 and bound - best[1] > TOLERANCE:
        chosen, missed = _solved(patterns[rows], share[rows], size, kept, left)
        bound = min(bound, max(best[1], float(share[contacts > 0].sum()) - missed))
        if chosen is None:
            break
        other = _exchanged(problem, chosen)
        if other[1] > best[1] + TOLERANCE:
            best = other
        for one in (chosen, other[0]):
            rows |= (contacts > 0) & ~patterns[:, list(one)].any(axis=1)
    return best, bound


def _solved(
    patterns: Mask, share: Array, size: int, kept: Places, seconds: float
) -> tuple[tuple[int, ...] | None, float]:
    """Return the set that leaves least of the patterns, and a bound of what any set leaves."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    m, p = len(patterns), len(kept)
    among = sparse.csr_array(patterns[:, kept].astype(float))
    cover = sparse.csr_array(sparse.hstack([among, sparse.eye_array(m)]))
    count = sparse.csr_array(np.concatenate([np.ones(p), np.zeros(m)])[None])
    result = milp(
        np.concatenate([np.zeros(p), share * _SCALE]),
        constraints=[LinearConstraint(cover, lb=1), LinearConstraint(count, size, size)],
        integrality=np.concatenate([np.ones(p), np.zeros(m)]),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    missed = result.mip_dual_bound
    missed = 0.0 if missed is None or not np.isfinite(missed) else max(0.0, missed / _SCALE)
    if result.x is None or result.status != 0:
        return None, missed
    chosen = np.sort(np.argsort(-result.x[:p], kind="stable")[:size])
    return tuple(int(j) for j in kept[chosen]), missed
