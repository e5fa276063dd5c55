"""Rows become sums once; everything linear is computed from the sums.

Sums hold raw columns, so that partitions, waves, segments and resampling units add up. Centring
and the treatment of unknown ratings happen when sums are assembled to covariances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.stats.covariance import blocks

__all__ = ["Chances", "Moments", "moments"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chances:
    """Chance of n respondents to be asked for a rating of what they met, by a random draw.

    Attributes
    ----------
    one, two : ndarray of shape (n,)
        Chance that a touchpoint met was asked for; that two given ones both were.
    """

    one: Array
    two: Array


@dataclass(frozen=True, slots=True)
class Moments:
    """Additive weighted sums of cross products over respondents.

    The columns are those of :func:`supertouch.stats.covariance.blocks`, d = 1 + 4p + 2q + k.
    Products are kept once: columns that are the same for everybody (contact known of all, a rating
    from all who met) are summed up together.

    Attributes
    ----------
    packed : ndarray of shape (g, m)
        Weighted sums per resampling group.
    place : ndarray of int of shape (d, d)
        Where the product of two columns stands among the m.
    counts : ndarray of shape (d, d)
        Unweighted sums; of the indicator columns they are numbers of respondents.
    touchpoints, outcomes, covariates : int
        p, q and k.
    """

    packed: Array
    place: NDArray[np.intp]
    counts: Array
    touchpoints: int
    outcomes: int
    covariates: int = 0

    def __add__(self, other: Moments) -> Moments:
        """Add the moments of other respondents in the same groups."""
        if self._columns != other._columns:
            raise UnsupportedError("Moments of different columns cannot be added.")
        left, right = self, other
        if not np.array_equal(self.place, other.place):
            left, right = self._unfolded(), other._unfolded()
        return Moments(
            left.packed + right.packed, left.place, self.counts + other.counts, *self._columns
        )

    def _unfolded(self) -> Moments:
        rows, columns = np.triu_indices(len(self.place))
        packed = self.packed[:, self.place[rows, columns]]
        return Moments(packed, _places(len(self.place)), self.counts, *self._columns)

    @property
    def _columns(self) -> tuple[int, int, int]:
        return self.touchpoints, self.outcomes, self.covariates

    @property
    def groups(self) -> int:
        """Number of resampling groups g."""
        return len(self.packed)

    def total(self) -> Array:
        """Sum over all groups: shape (d, d)."""
        return np.asarray(self.packed.sum(axis=0)[self.place])

    def of_groups(self, groups: NDArray[np.intp]) -> Array:
        """Return the sums of some groups, each for itself: shape (len(groups), d, d)."""
        return np.asarray(self.packed[groups][:, self.place])

    def replicate(self, multiplicity: Array) -> Array:
        """Sum groups with multiplicities of shape (b, g); returns shape (b, d, d)."""
        return next(self.replicates(multiplicity, at_once=len(multiplicity)))

    def replicates(self, multiplicity: Array, *, at_once: int) -> Iterator[Array]:
        """Yield the sums of :meth:`replicate`, ``at_once`` replicates at a time."""
        for start in range(0, len(multiplicity), at_once):
            packed = multiplicity[start : start + at_once] @ self.packed
            yield np.take(packed, self.place, axis=1, mode="clip")

    def block(self, name: str) -> slice:
        """Return the place of a kind of column, such as ``met`` or ``outcome``."""
        return blocks(*self._columns)[name]

    def base(self, first: str, second: str) -> Array:
        """Return numbers of respondents for whom two indicators hold, pair by pair."""
        return self.counts[self.block(first), self.block(second)]


def moments(
    contact: Array,
    rating: Array,
    outcome: Array,
    *,
    weight: Array,
    midpoint: Array,
    outcome_midpoint: Array,
    group: NDArray[np.intp] | None = None,
    groups: int = 1,
    covariate: Array | None = None,
    chances: Chances | None = None,
    item: NDArray[np.intp] | None = None,
) -> Moments:
    """Sum the cross products of respondents, per resampling group.

    Parameters
    ----------
    contact : ndarray of shape (n, p)
        1 met, 0 not met, NaN unknown.
    rating : ndarray of shape (n, p)
        Rating on a scale where more is better, NaN where there is none.
    outcome : ndarray of shape (n, q)
        Outcomes, NaN where empty.
    weight : ndarray of shape (n,)
        Survey weights; 0 leaves a respondent out.
    midpoint, outcome_midpoint : ndarray of shape (p,) and (q,)
        Midpoints of the scales.
    group : ndarray of int of shape (n,), optional
        Resampling group of each respondent, 0..groups-1.
    covariate : ndarray of shape (n, k), optional
        What to hold fixed, known of everybody.
    chances : Chances, optional
        Where each respondent was asked for a random choice of the touchpoints met: sums of one
        rating are weighted by the inverse of its chance, sums of two by that of the pair.
    item : ndarray of int of shape (p,), optional
        Columns with the same number come from one answer, and have the chance of one together.

    Raises
    ------
    UnsupportedError
        If a touchpoint is rated by somebody who did not meet it.
    """
    rated = ~np.isnan(rating)
    if (rated & (contact != 1)).any():
        raise UnsupportedError("A rating of a touchpoint that was not met has no place in a model.")
    p, q = rating.shape[1], outcome.shape[1]
    index = np.zeros(len(weight), dtype=np.intp) if group is None else group
    used = np.flatnonzero(weight > 0)
    order = used[np.argsort(index[used], kind="stable")]
    columns = _columns(contact, rating - midpoint, outcome - outcome_midpoint, covariate)[order]
    counts = columns.T @ columns
    k = columns.shape[1] - 1 - 4 * p - 2 * q
    first, number = _distinct(counts, blocks(p, q, k), drawn=chances is not None)
    drawn = None
    if chances is not None:
        same = np.arange(p) if item is None else item
        drawn = _Drawn.among(chances, weight, order, start=int(number[1 + 2 * p]), item=same)
    ends = np.searchsorted(index[order], np.arange(groups + 1))
    packed = _summed(columns[:, first], weight[order], ends, drawn)
    return Moments(packed, _places(len(first))[number[:, None], number], counts, p, q, k)


def _columns(contact: Array, rating: Array, outcome: Array, covariate: Array | None) -> Array:
    """Lay out the columns of respondents; ratings and outcomes are less their midpoints."""
    rated, answered = ~np.isnan(rating), ~np.isnan(outcome)
    return np.concatenate(
        [
            np.ones((len(contact), 1)),
            ~np.isnan(contact),
            np.nan_to_num(contact),
            rated,
            np.where(rated, rating, 0.0),
            answered,
            np.where(answered, outcome, 0.0),
            np.empty((len(contact), 0)) if covariate is None else covariate,
        ],
        axis=1,
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Weights of ratings that were drawn: one rating at its chance, a pair at the pair's.

    Attributes
    ----------
    one, two : ndarray of shape (n,)
        Weights over chances, in the order of the rows that are summed.
    ratings : slice
        Place of the 2p rating columns.
    same : ndarray of bool of shape (2p, 2p)
        Which pairs of these columns come from one rating.
    """

    one: Array
    two: Array
    ratings: slice
    same: NDArray[np.bool_]

    @classmethod
    def among(
        cls,
        chances: Chances,
        weight: Array,
        order: NDArray[np.intp],
        *,
        start: int,
        item: NDArray[np.intp],
    ) -> _Drawn:
        two = chances.two[order]
        return cls(
            weight[order] / chances.one[order],
            np.divide(weight[order], two, out=np.zeros_like(two), where=two > 0),
            slice(start, start + 2 * len(item)),
            np.tile(item[:, None] == item, (2, 2)),
        )

    def reweight(self, products: Array, columns: Array, rows: slice) -> None:
        """Replace the products that hold ratings."""
        asked = columns[:, self.ratings]
        single = asked.T @ (columns * self.one[rows, None])
        pair = asked.T @ (asked * self.two[rows, None])
        products[self.ratings] = single
        products[:, self.ratings] = single.T
        products[self.ratings, self.ratings] = np.where(self.same, single[:, self.ratings], pair)


def _summed(columns: Array, weight: Array, ends: NDArray[np.intp], drawn: _Drawn | None) -> Array:
    """Sum the products of rows group by group: shape (g, m)."""
    rows, others = np.triu_indices(columns.shape[1])
    packed = np.empty((len(ends) - 1, len(rows)))
    for g in range(len(packed)):
        part = slice(int(ends[g]), int(ends[g + 1]))
        products = columns[part].T @ (columns[part] * weight[part, None])
        if drawn is not None:
            drawn.reweight(products, columns[part], part)
        packed[g] = products[rows, others]
    return packed


def _distinct(
    counts: Array, at: dict[str, slice], *, drawn: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find columns of 0 and 1 that are the same for everybody.

    Returns the first of each kind, and the number of each column's kind. Where ratings were drawn,
    their sums have weights of their own, and their columns stay apart.
    """
    size = np.diagonal(counts)
    binary = np.zeros(len(size), dtype=bool)
    for name in ("one", "known", "met", "answered") + (() if drawn else ("rated",)):
        binary[at[name]] = True
    same = (counts == size[:, None]) & (counts == size) & binary & binary[:, None]
    np.fill_diagonal(same, True)
    first, number = np.unique(same.argmax(axis=1), return_inverse=True)
    return first, number.astype(np.intp)


def _places(size: int) -> NDArray[np.intp]:
    """Place of each product of two columns in the upper triangle."""
    rows, columns = np.triu_indices(size)
    place = np.empty((size, size), dtype=np.intp)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    return place
