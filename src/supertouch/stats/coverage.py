"""The few columns that cover most rows: exchanges, bounds, enumeration, linear programming."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = [
    "TOLERANCE",
    "Best",
    "Problem",
    "enumerated",
    "exchanged",
    "linear_bound",
    "programmed",
    "reach_of",
    "relaxed",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

TOLERANCE = 1e-6  # of all rows
WORK = 2e9  # multiplications of an enumeration
FIRST_ROWS = 200
MOST_ROWS = 1 / 4
STEPS = 300
NODE = 3e5  # multiplications that a step of the enumeration is worth
_SCALE = 1e3


@dataclass(frozen=True, slots=True)
class Problem:
    """Distinct rows of which columns cover them, their shares, and what all columns cover."""

    patterns: Mask
    share: Array
    reachable: float


Best = tuple[tuple[int, ...], float]


def reach_of(patterns: Mask, share: Array, chosen: list[int] | tuple[int, ...]) -> float:
    """Return the share of the rows that at least one of the columns covers."""
    return float(share[patterns[:, list(chosen)].any(axis=1)].sum())


def exchanged(problem: Problem, start: tuple[int, ...]) -> Best:
    """Exchange one column for another for as long as that covers more."""
    patterns, share = problem.patterns, problem.share
    chosen, reach = list(start), reach_of(patterns, share, start)
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
        reach = reach_of(patterns, share, chosen)


def relaxed(problem: Problem, size: int, best: float) -> tuple[float, Places]:
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


def enumerated(
    problem: Problem, size: int, kept: Places, best: Best, bound: float
) -> tuple[Best, float]:
    """Go through all sets that may reach more, two touchpoints at a time at the end.

    Given up, without a result, where that would take long.
    """
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


def programmed(
    problem: Problem, size: int, kept: Places, best: Best, bound: float, seconds: float
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
        other = exchanged(problem, chosen)
        if other[1] > best[1] + TOLERANCE:
            best = other
        for one in (chosen, other[0]):
            rows |= (contacts > 0) & ~patterns[:, list(one)].any(axis=1)
    return best, bound


def linear_bound(problem: Problem, size: int, bound: float, seconds: float) -> float:
    """Bound what any set reaches by the linear program that may choose parts of touchpoints.

    Returns
    -------
    float
        At most ``bound``, which stands where the time runs out.
    """
    alive = problem.patterns.any(axis=1)
    places = np.arange(problem.patterns.shape[1])
    result = _program(problem.patterns[alive], problem.share[alive], size, places, seconds, whole=0)
    if result.status != 0:
        return bound
    return min(bound, problem.reachable - float(result.fun) / _SCALE + TOLERANCE)


def _solved(
    patterns: Mask, share: Array, size: int, kept: Places, seconds: float
) -> tuple[tuple[int, ...] | None, float]:
    """Return the set that leaves least of the patterns, and a bound of what any set leaves."""
    result = _program(patterns, share, size, kept, seconds, whole=1)
    missed = result.mip_dual_bound
    missed = 0.0 if missed is None or not np.isfinite(missed) else max(0.0, missed / _SCALE)
    if result.x is None or result.status != 0:
        return None, missed
    chosen = np.sort(np.argsort(-result.x[: len(kept)], kind="stable")[:size])
    return tuple(int(j) for j in kept[chosen]), missed


def _program(
    patterns: Mask, share: Array, size: int, kept: Places, seconds: float, *, whole: int
) -> OptimizeResult:
    """Leave as little of the patterns as ``size`` touchpoints can, in ``whole`` ones or parts."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    m, p = len(patterns), len(kept)
    among = sparse.csr_array(patterns[:, kept].astype(float))
    cover = sparse.csr_array(sparse.hstack([among, sparse.eye_array(m)]))
    count = sparse.csr_array(np.concatenate([np.ones(p), np.zeros(m)])[None])
    return milp(
        np.concatenate([np.zeros(p), share * _SCALE]),
        constraints=[LinearConstraint(cover, lb=1), LinearConstraint(count, size, size)],
        integrality=np.concatenate([np.full(p, whole), np.zeros(m)]),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
