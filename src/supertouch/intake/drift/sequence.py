"""Two files laid side by side in the order of their columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.drift.likeness import Candidate

__all__ = ["Order", "hemmed_in", "ordered", "places_alike"]

Array = NDArray[np.float64]
Order = list[int]

_REACH = 6
_WORTH = 0.25
_RUN = 2


def ordered(
    old: Sequence[Candidate], new: Sequence[Candidate], anchors: Sequence[tuple[int, int]]
) -> tuple[Order, Order]:
    """Return both files' columns in their order.

    Returns
    -------
    tuple
        For each file the indices of its candidates and, as -1, -2, ..., the anchors: columns that
        are known to be the same in both. Candidates without a place in the file are left out.
    """
    first = [(position, -1 - k) for k, (position, _) in enumerate(anchors)]
    second = [(position, -1 - k) for k, (_, position) in enumerate(anchors)]
    first += [(item.column.position, i) for i, item in enumerate(old) if item.column]
    second += [(item.column.position, j) for j, item in enumerate(new) if item.column]
    return [i for _, i in sorted(first)], [j for _, j in sorted(second)]


def places_alike(like: Array, kept: Order, there: Order) -> Array:
    """Return how near each pair lies when the files are aligned; NaN for columns without a place.

    Parameters
    ----------
    like : array of shape (len(old), len(new))
        Likeness by everything but the place.
    kept, there : list of int
        The files' order, from :func:`ordered`.
    """
    found = np.full(like.shape, np.nan)
    score = np.zeros((len(kept), len(there)))
    for a, one in enumerate(kept):
        for b, other in enumerate(there):
            if one < 0 or other < 0:
                score[a, b] = float(one == other)
            else:
                score[a, b] = max(0.0, like[one, other] - _WORTH)
    pairs = _aligned(score)
    if not pairs:
        return found
    rows, columns = np.array(pairs, dtype=float).T
    for a, i in enumerate(kept):
        if i >= 0:
            meant = float(np.interp(a, rows, columns))
            for b, j in enumerate(there):
                if j >= 0:
                    found[i, j] = max(0.0, 1 - abs(b - meant) / _REACH)
    return found


def hemmed_in(
    pairs: Mapping[int, int],
    known: Collection[int],
    orders: tuple[Order, Order],
    numbers: tuple[Sequence[str], Sequence[str]],
) -> Iterator[int]:
    """Yield the columns that the order gives away although their words do not.

    Between the nearest known columns on either side, both files must have the same number of
    columns, one or two; of the same question number, where the pair has one.

    Parameters
    ----------
    pairs : mapping
        Old candidate to new candidate, as matched.
    known : collection of int
        Old candidates whose partner is known by words.
    orders : tuple
        The files' columns in order, from :func:`ordered`.
    numbers : tuple
        The question numbers of old and new candidates, empty where there are none.
    """
    kept, there = orders
    partner = {i: pairs[i] for i in known} | {i: i for i in kept if i < 0}
    back = {j: i for i, j in partner.items()}
    for i, j in pairs.items():
        if i in known or i not in kept:
            continue
        mine, theirs = _between(kept, i, partner), _between(there, j, back)
        ends = [None if end is None else partner[end] for end in mine[:2]]
        number = numbers[0][i] if numbers[0][i] == numbers[1][j] else ""
        run = [k for k in mine[2] if not number or numbers[0][k] == number]
        other = [k for k in theirs[2] if not number or numbers[1][k] == number]
        if ends == list(theirs[:2]) and len(run) == len(other) <= _RUN:
            yield i


def _between(
    order: Order, item: int, known: Collection[int]
) -> tuple[int | None, int | None, Order]:
    """Return the nearest known columns before and after, and what lies between them."""
    at = order.index(item)
    before = next((k for k in range(at - 1, -1, -1) if order[k] in known), None)
    after = next((k for k in range(at + 1, len(order)) if order[k] in known), None)
    run = order[0 if before is None else before + 1 : after]
    ends = [None if k is None else order[k] for k in (before, after)]
    return ends[0], ends[1], run


def _aligned(score: Array) -> list[tuple[int, int]]:
    """Return the pairs, in order in both sequences, whose scores have the largest sum."""
    rows, columns = score.shape
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows):
        step = np.maximum(best[i, 1:], best[i, :-1] + score[i])
        best[i + 1, 1:] = np.maximum.accumulate(step)
    pairs = []
    i, j = rows, columns
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]
