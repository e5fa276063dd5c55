"""Unduplicated reach: which few touchpoints together reach most people (TURF).

Choosing the best set is maximum coverage, which is hard in general: sets are proven best by
enumeration with bounds or by integer programming, or the bound that none can exceed is told. Once
everybody is reached whom any set can reach, one touchpoint more would be any: no larger sets are
told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.coverage import (
    TOLERANCE,
    Best,
    Problem,
    enumerated,
    exchanged,
    linear_bound,
    programmed,
    reach_of,
    relaxed,
)

__all__ = ["TOLERANCE", "ReachSet", "distinct", "greedy_sets", "reach_sets"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_OPEN = 0.01  # of all people


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

    The first of those that reach equally many is taken. A greedy set reaches at least 63 % of what
    the best set of its size does (Nemhauser, Wolsey & Fisher 1978); ``bound`` is what follows from
    its own steps. Ends with the first set that reaches all whom any set can reach; there is none
    where nobody can be reached.
    """
    patterns, share = distinct(reached, weight)
    left = share * patterns.any(axis=1)
    chosen: list[int] = []
    found: list[ReachSet] = []
    while left.sum() > TOLERANCE and len(chosen) < min(sizes, patterns.shape[1]):
        gain = left @ patterns
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        left = left * ~patterns[:, chosen[-1]]
        reach, bound = reach_of(patterns, share, chosen), _bound(patterns, share, chosen)
        found.append(ReachSet(tuple(sorted(chosen)), reach, bound))
    return found


def reach_sets(
    reached: Mask, weight: Array, *, sizes: int, seconds: float = 10.0
) -> list[ReachSet]:
    """Find the best set of each size from 1 to ``sizes``, or the best known and its bound.

    Where several sets reach equally many, the greedy one stands if it is among them; otherwise
    the first found in a fixed order of search. Ends with the first set that reaches all whom any
    set can reach; there is none where nobody can be reached.

    Integer programming is tried only where a linear program's bound leaves at most one person in
    a hundred open; in simulations it never closed more than that in time. After the first size that
    could not be proven, larger ones are not searched either: their sets are the greedy one, or the
    one before and one touchpoint more, improved by exchanges, and the linear program bounds them.

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
    problem = Problem(patterns, share, reachable)
    found: list[ReachSet] = []
    for start in greedy_sets(reached, weight, sizes=sizes):
        best = _better(problem, start.chosen, found)
        bound = _known_bound(start, found, reachable)
        if all(item.proven for item in found):
            best, bound = _searched(problem, start.size, best, bound, seconds)
        elif bound - best[1] > TOLERANCE:
            bound = linear_bound(problem, start.size, bound, seconds)
        found.append(ReachSet(best[0], best[1], max(best[1], bound)))
        if reachable - best[1] <= TOLERANCE:
            break
    return found


def _known_bound(start: ReachSet, found: list[ReachSet], reachable: float) -> float:
    """Bound a size by its greedy set, and by what one touchpoint fewer reaches."""
    smaller = [item.bound * start.size / item.size for item in found[-1:]]
    return min(reachable, start.bound, *smaller)


def _searched(
    problem: Problem, size: int, best: Best, bound: float, seconds: float
) -> tuple[Best, float]:
    """Look for a better set, the quick ways first, until none can be better or time is up."""
    kept = np.arange(problem.patterns.shape[1])
    if bound - best[1] > TOLERANCE:
        limit, kept = relaxed(problem, size, best[1])
        bound = min(bound, limit)
    if bound - best[1] > TOLERANCE:
        best, bound = enumerated(problem, size, kept, best, bound)
    if bound - best[1] > TOLERANCE:
        bound = linear_bound(problem, size, bound, seconds)
    if TOLERANCE < bound - best[1] <= MOST_OPEN:
        best, bound = programmed(problem, size, kept, best, bound, seconds)
    return best, bound


def _bound(patterns: Mask, share: Array, chosen: list[int]) -> float:
    """Bound any set as large: what some of it reach and the largest gains beyond them."""
    bounds = []
    for stop in range(len(chosen) + 1):
        reached = patterns[:, chosen[:stop]].any(axis=1)
        gain = np.sort((share * ~reached) @ patterns)[::-1]
        bounds.append(share[reached].sum() + gain[: len(chosen)].sum())
    return float(min(1.0, *bounds))


def _better(problem: Problem, start: tuple[int, ...], found: list[ReachSet]) -> Best:
    """Improve the greedy set, and the best smaller set with one more, by single exchanges."""
    starts = [start]
    if found:
        before = found[-1].chosen
        left = problem.share * ~problem.patterns[:, list(before)].any(axis=1)
        gain = left @ problem.patterns
        gain[list(before)] = -1.0
        starts.append((*before, int(gain.argmax())))
    best = (start, reach_of(problem.patterns, problem.share, start))
    for one in starts:
        other = exchanged(problem, one)
        if other[1] > best[1] + TOLERANCE:
            best = other
    return best
