"""Which groups of several divisions to hide so that no difference of groups tells of a few.

Divisions of the same people overlap: those below 30 by one question may be those of two classes of
another, but for two people. The one less the other would reveal these two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.suppression import hidden

__all__ = ["alike", "overlapping", "small_cut"]

Array = NDArray[np.float64]
Counts = NDArray[np.int_]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

EVERY_SET = 12
_ALL = 1 - 1e-9


def overlapping(
    codes: Places,
    counts: Counts,
    *,
    minimum: int,
    already: Sequence[Mask],
    unknown: bool = False,
) -> list[Mask]:
    """Tell which groups of several divisions of the same people to hide.

    Groups go, the smallest first, until nothing is left that tells of fewer than ``minimum``: no
    group, no total less groups, no sum of groups of one division less one of another, and no kind
    of people (those of the same group in every division) by all divisions together.

    Parameters
    ----------
    codes : ndarray of int of shape (a, s)
        Group of each of a kinds of people in each of s divisions; the number of a division's
        groups where it is unknown.
    counts : ndarray of int of shape (a,)
        People of each kind.
    minimum : int
    already : sequence of s ndarrays of bool
        Groups of each division that are hidden whatever their counts here.
    unknown : bool
        Whether few whose group is unknown are protected, too.

    Returns
    -------
    list of s ndarrays of bool
        Groups of each division that are hidden.

    Examples
    --------
    >>> codes = np.array([[0, 0], [1, 0], [1, 1], [2, 1]])
    >>> counts = np.array([50, 2, 60, 70])
    >>> shown = [np.zeros(3, dtype=bool), np.zeros(2, dtype=bool)]
    >>> [gone.tolist() for gone in overlapping(codes, counts, minimum=10, already=shown)]
    [[True, True, False], [False, False]]
    """
    codes, counts = codes[counts > 0], counts[counts > 0]
    gone = [groups.copy() for groups in already]
    while gone and len(counts):
        for code, groups in zip(codes.T, gone, strict=True):
            groups |= _margin(code, counts, groups, minimum=minimum, unknown=unknown)
        found = next(_revealing(codes, counts, gone, minimum=minimum, unknown=unknown), None)
        if found is None:
            break
        division, group = found
        gone[division][group] = True
    return gone


def _margin(code: Places, counts: Counts, gone: Mask, *, minimum: int, unknown: bool) -> Mask:
    """Tell which groups of one division are too few, or would reveal those that are."""
    size = len(gone)
    margin = np.bincount(code, counts, minlength=size + 1).astype(int)
    if not (unknown and margin[size] < minimum):
        margin[size] = 0
    alone = 2 if gone.any() else 1
    small, more = hidden(margin, minimum=minimum, already=np.append(gone, False), fewest=alone)
    return np.asarray((small | more)[:size])


def _revealing(
    codes: Places, counts: Counts, gone: Sequence[Mask], *, minimum: int, unknown: bool
) -> Iterator[tuple[int, int]]:
    """Yield division and place of a shown group that helps to reveal a few."""
    sizes = np.array([len(groups) for groups in gone], dtype=np.intp)
    # what is hidden or unknown is one group: the total less the others
    merged = np.column_stack(
        [
            np.where(np.append(groups, True)[code], len(groups), code)
            for code, groups in zip(codes.T, gone, strict=True)
        ]
    )
    cost = [_cost(code, counts, groups) for code, groups in zip(merged.T, gone, strict=True)]
    for pair in combinations(range(len(gone)), 2):
        own = list(pair)
        told = np.asarray((codes[:, own] < sizes[own]).all(axis=1) | unknown)
        table = np.zeros((2, *(sizes[own] + 1)))
        np.add.at(table[0], tuple(merged[:, own].T), counts)
        np.add.at(table[1], tuple(merged[:, own].T), counts * told)
        sides = small_cut(*table, minimum=minimum)
        if sides is not None:
            touched = [np.flatnonzero(side[:-1]) for side in sides]
            yield from _cheapest(list(zip(own, touched, strict=True)), cost, gone)
    told = np.asarray((codes < sizes).all(axis=1) | unknown)
    for kind in _alone(merged, counts, told, minimum=minimum) if len(gone) > 2 else ():
        shown = np.flatnonzero(merged[kind] < sizes)
        yield from _cheapest([(int(k), merged[kind, [k]]) for k in shown], cost, gone)


def _cost(code: Places, counts: Counts, gone: Mask) -> Counts:
    """Count whom it hides to hide each group: itself and, where it is the first, the next."""
    people = np.bincount(code, counts, minlength=len(gone) + 1).astype(int)[:-1]
    if gone.any() or len(gone) < 2:
        return people
    least, next_least = np.partition(people, 1)[:2]
    return np.asarray(people + np.where(people == least, next_least, least))


def _cheapest(
    groups: Sequence[tuple[int, Places]], cost: Sequence[Counts], gone: Sequence[Mask]
) -> Iterator[tuple[int, int]]:
    """Yield the one of some divisions' shown groups that is hidden at the least cost.

    Where only hidden groups differ by a few, any of the shown ones will do.
    """
    every = [(k, np.flatnonzero(~hid)) for k, hid in enumerate(gone)]
    found: list[tuple[int, int, int]] = []
    for several in (groups, every):
        found = found or [
            (int(cost[k][group]), int(k), int(group)) for k, those in several for group in those
        ]
    if found:
        yield min(found)[1:]


def small_cut(counts: Array, told: Array, *, minimum: int) -> tuple[Mask, Mask] | None:
    """Find groups of two crossed divisions whose sums differ by too few people.

    A sum of rows less a sum of columns holds the people who are in the one and not in the other:
    the cells between the chosen rows and columns and all others. Cells of ``minimum`` or more
    cannot lie between them, so that what these join is chosen together.

    Parameters
    ----------
    counts : ndarray of shape (g, h)
        People of each cell; all of them, the last row and column for what is not shown.
    told : ndarray of shape (g, h)
        Those of them who count: a difference of others alone tells nothing.
    minimum : int

    Returns
    -------
    tuple of ndarrays of bool of shape (g,) and (h,), or None
        Rows and columns on either side of the smallest difference that touch it.
    """
    from scipy.sparse.csgraph import connected_components

    if not ((counts > 0) & (counts < minimum)).any():
        return None
    rows = len(counts)
    size = sum(counts.shape)
    weight = np.zeros((2, size, size))
    for place, cells in enumerate((counts, told)):
        weight[place, :rows, rows:] = cells
        weight[place, rows:, :rows] = cells.T
    parts, part = connected_components(weight[0] >= minimum, directed=False)
    joined = np.eye(parts)[part]
    between = joined.T @ weight @ joined
    between[:, np.arange(parts), np.arange(parts)] = 0
    if not between.any():
        return None
    chosen = _sets(between[0])
    cut, known = (np.einsum("ki,ij,kj->k", chosen, one, 1 - chosen) for one in between)
    few = np.flatnonzero((cut > 0) & (cut < minimum) & (known > 0))
    if not len(few):
        return None
    inside = chosen[few[cut[few].argmin()]][part].astype(bool)
    touched = ((weight[0] > 0) & (inside[:, None] != inside)).any(axis=1)
    return touched[:rows], touched[rows:]


def _sets(between: Array) -> Array:
    """Return sets of k parts as rows of 0 and 1: all of few parts, else those of up to three."""
    parts = np.flatnonzero(between.any(axis=1))
    k = len(parts)
    if k <= EVERY_SET:
        inside = np.arange(1, 2 ** (k - 1))[:, None] >> np.arange(k) & 1
    else:
        inside = np.array(
            [
                np.isin(np.arange(k), places)
                for many in (1, 2, 3)
                for places in combinations(range(k), many)
            ]
        ).reshape(-1, k)
    found = np.zeros((len(inside), len(between)))
    found[:, parts] = inside
    return found


def _alone(merged: Places, counts: Counts, told: Mask, *, minimum: int) -> Places:
    """Return kinds of too few people whose own sum all divisions together give."""
    kinds, kind = np.unique(merged, axis=0, return_inverse=True)
    many = np.bincount(kind, counts)
    known = np.bincount(kind, counts * told)
    if not ((many < minimum) & (known > 0)).any():
        return np.empty(0, dtype=np.intp)
    columns = np.hstack([np.eye(code.max() + 1)[code] for code in kinds.T])
    vectors, size, _ = np.linalg.svd(columns, full_matrices=False)
    share = np.square(vectors[:, size > 1e-9 * size[0]]).sum(axis=1)
    found = np.flatnonzero((share > _ALL) & (many < minimum) & (known > 0))
    return np.asarray([int(np.flatnonzero(kind == one)[0]) for one in found], dtype=np.intp)


def alike(parts: Sequence[Mask], inside: Mask, *, minimum: int) -> Mask:
    """Tell of which of p divisions of the same answer a part is another's, but for a few people.

    The mean of the one less that of the other would reveal these few, and so would both together
    less the whole.

    Parameters
    ----------
    parts : sequence of c ndarrays of bool of shape (n, p)
        Who is in each part of each division; the last part is shown nowhere.
    inside : ndarray of bool of shape (n,)
        The people who count.
    minimum : int

    Returns
    -------
    ndarray of bool of shape (p,)
    """
    own = np.hstack(parts[:-1])[inside].astype(np.float32)
    whole = np.logical_or.reduce(parts)[inside].any(axis=1).sum()
    both = own.T @ own
    size = np.diagonal(both)
    differ = size[:, None] + size - 2 * both
    neither = whole - differ
    division = np.tile(np.arange(parts[0].shape[1]), len(parts) - 1)
    near = ((differ > 0) & (differ < minimum)) | ((neither > 0) & (neither < minimum))
    near &= (division[:, None] != division) & (size[:, None] > 0) & (size > 0)
    return np.bincount(division, near.any(axis=1), minlength=parts[0].shape[1]) > 0
