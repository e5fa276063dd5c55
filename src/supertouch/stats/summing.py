"""The pass over the rows: stored answers become sums, block by block, in a set memory.

Blocks are small integers, columns first. Rows are put in the order of their resampling groups, a
few groups at a time become numbers, and BLAS multiplies each group's columns with themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from functools import partial as bind
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.stats.covariance import blocks
from supertouch.stats.folding import Fold, triangle, upper
from supertouch.stats.stored import EMPTY, Rows, sorted_rows, there
from supertouch.stats.stored import some as rows_of

__all__ = ["INDICATORS", "Summing", "threads"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]

INDICATORS = ("one", "known", "met", "rated", "answered", "covariate")
_AT_ONCE = 8192
_MANY = 50_000
_UNITS = (100.0, 1.0, 0.5, 1 / 3, 0.25, 0.2, 1 / 6, 0.1)
_SMALL, _WHOLE, _EXACT = 60, 1e-9, 2.0**24


class Summing:
    """Sums of products per cell and resampling group, to which blocks of rows are added.

    Parameters
    ----------
    cells, groups : int
    midpoint : ndarray of shape (p,)
    outcome_midpoint : ndarray of shape (q,)
    covariates : int
    item : ndarray of int of shape (p,), optional
        Columns with the same number come from one answer.
    drawn : bool
        Whether ratings were drawn, so that they have weights of their own.
    """

    def __init__(
        self,
        cells: int,
        groups: int,
        *,
        midpoint: Array,
        outcome_midpoint: Array,
        covariates: int = 0,
        item: Places | None = None,
        drawn: bool = False,
    ) -> None:
        p, q = len(midpoint), len(outcome_midpoint)
        self.midpoint, self.outcome_midpoint = midpoint[:, None], outcome_midpoint[:, None]
        self.item = np.arange(p) if item is None else item
        self.drawn = drawn
        self.cells, self.groups = cells, groups
        self.at = blocks(p, q, covariates)
        rated = np.full(p, not drawn)
        self.fold = Fold(np.ones(p, dtype=bool), rated, np.ones(q, dtype=bool), covariates)
        self._start()

    def _start(self) -> None:
        size = int(self.fold.number.max()) + 1
        self.packed = np.zeros((self.cells, self.groups, size * (size + 1) // 2))
        self.counts = np.zeros((self.cells, size, size))
        self.squares = np.zeros((self.cells, size))

    def __add__(self, other: Summing) -> Summing:
        """Return the sums of both; neither changes but in which columns it keeps apart."""
        both = self.fold & other.fold
        self.refold(both)
        other.refold(both)
        total = copy(self)
        total.packed = self.packed + other.packed
        total.counts = self.counts + other.counts
        total.squares = self.squares + other.squares
        return total

    def refold(self, fold: Fold) -> None:
        """Keep columns apart that turned out not to be the same for everybody."""
        if fold.same(self.fold):
            return
        old, new = self.fold.number, fold.number
        first = np.unique(new, return_index=True)[1]
        kept = old[first]
        rows, columns = np.triu_indices(len(first))
        places = triangle(int(old.max()) + 1)[kept[rows], kept[columns]]
        self.fold = fold
        self.packed = self.packed[:, :, places]
        self.counts = self.counts[:, kept][:, :, kept]
        self.squares = self.squares[:, kept]

    def add(self, rows: Rows) -> None:
        """Add the sums of some rows.

        Raises
        ------
        UnsupportedError
            If a touchpoint is rated by somebody who did not meet it.
        """
        pairs = zip(rows.rating, rows.contact, strict=True)
        if any((there(rating) & (contact != 1)).any() for rating, contact in pairs):
            message = "A rating of a touchpoint that was not met has no place in a model."
            raise UnsupportedError(message)
        used = np.flatnonzero((rows.weight > 0) & (rows.cell >= 0))
        key = rows.cell[used] * self.groups + rows.group[used]
        rows = sorted_rows(rows, used[np.argsort(key, kind="stable")])
        if not len(used):
            return
        self.refold(self.fold & self._fold_of(rows))
        some = bind(self._add_some, rows, self._unit(rows), Lock())
        if len(used) < _MANY or threads() == 1:
            for part in self._parts(rows):
                some(part)
            return
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads()) as pool:
            for _ in pool.map(some, self._parts(rows)):
                pass

    def _fold_of(self, rows: Rows) -> Fold:
        """Tell which of the columns that were the same so far are so in these rows."""
        fold, rated, known = self.fold, self.fold.rated.copy(), self.fold.known.copy()
        for j in np.flatnonzero(known):
            known[j] = (rows.contact[j] != EMPTY).all()
        for j in np.flatnonzero(rated):
            rated[j] = (there(rows.rating[j]) == (rows.contact[j] == 1)).all()
        answered: Mask = np.asarray(~np.isnan(rows.outcome).any(axis=1))
        return replace(fold, known=known, rated=rated, answered=answered)

    def _parts(self, rows: Rows) -> Iterator[slice]:
        """Yield rows of whole groups, some thousand at a time."""
        key = rows.cell * self.groups + rows.group
        ends = np.append(np.flatnonzero(np.diff(key)) + 1, len(key))
        start = 0
        for place, end in enumerate(ends):
            if place + 1 == len(ends) or ends[place + 1] - start > _AT_ONCE:
                if end > start:
                    yield slice(start, int(end))
                start = int(end)

    def _add_some(self, rows: Rows, unit: Array | None, lock: Lock, part: slice) -> None:
        """Add the rows of some groups; with units, as whole numbers where a group weighs alike."""
        some = rows_of(rows, part)
        key = some.cell * self.groups + some.group
        starts = np.flatnonzero(np.append(True, np.diff(key) != 0))
        ends = np.append(starts[1:], len(key))
        if unit is not None and _alike(some.weight, starts, longest=int((ends - starts).max())):
            self._add_whole(some, unit, lock, zip(starts, ends, strict=True))
        else:
            self._add_weighted(rows, some, lock, part.start, zip(starts, ends, strict=True))

    def _add_whole(
        self, rows: Rows, unit: Array, lock: Lock, slices: Iterable[tuple[int, int]]
    ) -> None:
        """Add groups of one weight each: products of small whole numbers are exact in float32."""
        values = self._columns(rows, np.dtype(np.float32), unit)
        size = len(values)
        ones, _ = self._counted()
        flat = upper(size)
        units = np.outer(unit, unit).ravel()[flat]
        products = np.empty((size, size), dtype=np.float32)
        number, weighed = np.empty(len(flat), dtype=np.float32), np.empty(len(flat))
        counts = np.zeros((self.cells, len(flat)))
        squares = np.zeros_like(self.squares)
        for start, stop in slices:
            cell, weight = rows.cell[start], rows.weight[start]
            np.matmul(values[:, start:stop], values[:, start:stop].T, out=products)
            np.take(products.ravel(), flat, out=number, mode="clip")
            np.multiply(number, weight * units, out=weighed)
            self.packed[cell, rows.group[start]] += weighed
            counts[cell] += number
            squares[cell, ones] += weight**2 * products[0, ones]
        with lock:
            self.counts += (counts * units)[:, triangle(size)]
            self.squares += squares

    def _add_weighted(
        self,
        rows: Rows,
        some: Rows,
        lock: Lock,
        first: int,
        slices: Iterable[tuple[int, int]],
    ) -> None:
        values = self._columns(some, np.dtype(np.float64))
        self._count(values, some.weight, some.cell, lock)
        plain = values if rows.chances is None else values.copy()
        values *= np.sqrt(some.weight)
        flat = upper(len(values))
        for start, stop in slices:
            one = values[:, start:stop]
            products = one @ one.T
            if rows.chances is not None:
                inside = slice(first + start, first + stop)
                self._reweight(products, plain[:, start:stop], rows, inside)
            self.packed[some.cell[start], some.group[start]] += products.ravel()[flat]

    def _unit(self, rows: Rows) -> Array | None:
        """Return in which units the columns are small whole numbers or halves; None if not."""
        halves = rows.rating.dtype == np.int8 and (2 * self.midpoint % 1 == 0).all()
        if rows.chances is not None or not halves or not np.isin(rows.covariate, (0, 1)).all():
            return None
        centred = rows.outcome - self.outcome_midpoint
        found = [_unit_of(values[~np.isnan(values)]) for values in centred]
        if any(value is None for value in found):
            return None
        size = int(self.fold.number.max()) + 1
        unit = np.ones(size)
        unit[self.fold.number[self.at["outcome"]]] = found
        return unit

    def _columns(self, rows: Rows, kind: np.dtype[Any], unit: Array | None = None) -> NDArray[Any]:
        """Lay out the columns of some rows that are summed: shape (distinct columns, n)."""
        fold, rated = self.fold, there(rows.rating)
        answered = ~np.isnan(rows.outcome)
        outcome = np.where(answered, rows.outcome - self.outcome_midpoint, 0.0)
        if unit is not None:
            outcome = np.rint(outcome / unit[self.fold.number[self.at["outcome"]], None])
        parts = (
            np.ones((1, len(rows.weight))),
            rows.contact[~fold.known] != EMPTY,
            rows.contact == 1,
            rated[~fold.rated],
            rows.rating,
            answered[~fold.answered],
            outcome,
            rows.covariate,
        )
        ends = np.cumsum([0, *map(len, parts)])
        values = np.empty((ends[-1], len(rows.weight)), dtype=kind)
        for start, stop, part in zip(ends, ends[1:], parts, strict=False):
            if part is rows.rating:
                np.subtract(part, self.midpoint.astype(kind), out=values[start:stop])
                np.copyto(values[start:stop], 0.0, where=~rated)
            else:
                values[start:stop] = part
        return values

    def _count(self, values: Array, weight: Array, cell: Places, lock: Lock) -> None:
        """Add numbers of respondents and squares of weights, cell by cell."""
        ones, rest = self._counted()
        both = np.isin(ones, rest)
        starts = np.flatnonzero(np.append(True, np.diff(cell) != 0))
        for start, stop in zip(starts, [*starts[1:], len(cell)], strict=True):
            some = values[ones, start:stop].astype(np.float32)
            others = values[rest, start:stop]
            products, own = some @ some.T, others @ others.T
            squares = some.astype(np.float64) @ np.square(weight[start:stop])
            products[np.ix_(both, both)] = 0.0
            with lock:
                counts = self.counts[cell[start]]
                counts[np.ix_(rest, rest)] += own
                counts[np.ix_(ones, ones)] += products
                self.squares[cell[start], ones] += squares

    def _counted(self) -> tuple[Places, Places]:
        """Return the places of indicators, and of outcomes and what stands beside them."""
        first = np.unique(self.fold.number, return_index=True)[1]
        told = np.zeros(self.at["covariate"].stop, dtype=bool)
        for name in INDICATORS:
            told[self.at[name]] = True
        free = (first >= self.at["answered"].start) | (first == 0)
        return np.flatnonzero(told[first]), np.flatnonzero(free)

    def _reweight(self, products: Array, values: Array, rows: Rows, inside: slice) -> None:
        """Replace the products that hold ratings: one at its chance, a pair at the pair's."""
        if rows.chances is None:
            return
        number, at = self.fold.number, self.at
        ratings = np.concatenate([number[at["rated"]], number[at["rating"]]])
        same = np.tile(self.item[:, None] == self.item, (2, 2))
        weight, two = rows.weight[inside], rows.chances.two[inside]
        of_one = weight / rows.chances.one[inside]
        of_two = np.divide(weight, two, out=np.zeros_like(two), where=two > 0)
        asked = values[ratings]
        single = asked @ (values * of_one).T
        pair = asked @ (asked * of_two).T
        products[ratings] = single
        products[:, ratings] = single.T
        products[np.ix_(ratings, ratings)] = np.where(same, single[:, ratings], pair)


def _unit_of(values: Array) -> float | None:
    """Return the unit in which values are small whole numbers, if there is one."""
    for unit in _UNITS:
        whole = values / unit
        if np.abs(whole - np.rint(whole)).max(initial=0.0) < _WHOLE:
            return unit if np.abs(whole).max(initial=0.0) <= _SMALL else None
    return None


def _alike(weight: Array, starts: Places, *, longest: int) -> bool:
    """Tell whether each slice has one weight, and products of it stay exact in float32."""
    if (2 * _SMALL) ** 2 * longest >= _EXACT:
        return False
    least, most = np.minimum.reduceat(weight, starts), np.maximum.reduceat(weight, starts)
    return bool((least == most).all())


def threads() -> int:
    """Processors that this process may use, unless BLAS was given some itself."""
    allowed = os.environ.get("SUPERTOUCH_THREADS") or os.environ.get("OMP_NUM_THREADS")
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return int(allowed) if allowed and allowed.isdigit() else count or 1
