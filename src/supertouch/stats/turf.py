"""Unduplicated reach: which few touchpoints together reach most people (TURF).

Choosing the best set is maximum coverage, which is hard in general: sets are proven best by
enumeration with bounds or by integer programming, or the bound that none can exceed is told.
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
    programmed,
    reach_of,
    relaxed,
)

__all__ = ["TOLERANCE", "ReachSet", "distinct", "greedy_sets", "reach_sets"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


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
        reach = reach_of(patterns, share, chosen)
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
    problem = Problem(patterns, share, reachable)
    found: list[ReachSet] = []
    for start in greedy_sets(reached, weight, sizes=sizes):
        size = start.size
        best = _better(problem, start.chosen, found)
        bound = min(reachable, start.bound)
        if found:
            bound = min(bound, found[-1].bound * size / (size - 1))
        kept = np.arange(patterns.shape[1])
        if bound - best[1] > TOLERANCE:
            limit, kept = relaxed(problem, size, best[1])
            bound = min(bound, limit)
        for method in (enumerated, programmed):
            if bound - best[1] > TOLERANCE:
                best, bound = method(problem, size, kept, best, bound, seconds)
        found.append(ReachSet(best[0], best[1], max(best[1], bound)))
    return found


def _bound(patterns: Mask, share: Array, chosen: list[int], size: int) -> float:
    """Bound any set: what is reached already and the largest ``size`` gains beyond it."""
    bounds = []
    for stop in range(size + 1):
        reached = patterns[:, chosen[:stop]].any(axis=1)
        gain = np.sort((share * ~reached) @ patterns)[::-1]
        bounds.append(share[reached].sum() + gain[:size].sum())
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
