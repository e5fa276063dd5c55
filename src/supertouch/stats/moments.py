"""Rows become sums once; everything linear is computed from the sums.

Sums hold raw columns, so that partitions, waves, segments and resampling units add up. Centring
and the treatment of unknown ratings happen when sums are assembled to covariances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.stats.covariance import blocks, independent
from supertouch.stats.folding import triangle
from supertouch.stats.stored import EMPTY, Chances, Rows
from supertouch.stats.summing import INDICATORS, Summing

__all__ = ["Chances", "Moments", "moments", "summed"]

Array = NDArray[np.float64]


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
        Unweighted sums of products of indicators: numbers of respondents; and of products among
        answers, outcomes and covariates. 0 for all others.
    squares : ndarray of shape (d,)
        Sums of squared weights over those for whom an indicator holds.
    touchpoints, outcomes, covariates : int
        p, q and k.
    """

    packed: Array
    place: NDArray[np.intp]
    counts: Array
    squares: Array
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
        counts, squares = self.counts + other.counts, self.squares + other.squares
        return Moments(left.packed + right.packed, left.place, counts, squares, *self._columns)

    def _unfolded(self) -> Moments:
        rows, columns = np.triu_indices(len(self.place))
        packed = self.packed[:, self.place[rows, columns]]
        place = triangle(len(self.place))
        return Moments(packed, place, self.counts, self.squares, *self._columns)

    @property
    def _columns(self) -> tuple[int, int, int]:
        return self.touchpoints, self.outcomes, self.covariates

    def without_groups(self) -> Moments:
        """Let go of the sums per group; counts stay."""
        return replace(self, packed=self.packed[:0].copy())

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

    def varying(self) -> Moments:
        """Leave out covariates that do not vary, or are made up of others before them."""
        at, n = self.block("covariate"), max(float(self.counts[0, 0]), 1.0)
        mean = self.counts[0, at]
        kept = independent(self.counts[at, at] - np.outer(mean, mean) / n)
        places = np.concatenate([np.arange(at.start), at.start + kept])
        both = np.ix_(places, places)
        return Moments(
            self.packed,
            self.place[both],
            self.counts[both],
            self.squares[places],
            self.touchpoints,
            self.outcomes,
            len(kept),
        )

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
    n = len(rating)
    k = 0 if covariate is None else covariate.shape[1]
    summing = Summing(
        1,
        groups,
        midpoint=midpoint,
        outcome_midpoint=outcome_midpoint,
        covariates=k,
        item=item,
        drawn=chances is not None,
    )
    summing.add(
        Rows(
            contact=np.where(np.isnan(contact), EMPTY, contact).T.astype(np.int8),
            rating=np.ascontiguousarray(rating.T),
            outcome=np.ascontiguousarray(outcome.T),
            covariate=np.empty((0, n)) if covariate is None else covariate.T,
            weight=weight,
            group=np.zeros(n, dtype=np.intp) if group is None else group,
            cell=np.zeros(n, dtype=np.intp),
            chances=chances,
        )
    )
    return summed(summing)[0]


def summed(summing: Summing) -> list[Moments]:
    """Return the moments of each cell of the sums of a pass over rows."""
    number = summing.fold.number
    place = triangle(int(number.max()) + 1)[number[:, None], number]
    p, q = len(summing.fold.known), len(summing.fold.answered)
    told = np.zeros(len(number), dtype=bool)
    for name in INDICATORS:
        told[summing.at[name]] = True
    free = np.arange(len(number)) >= summing.at["answered"].start
    counted = (told[:, None] & told) | (free[:, None] & free) | _beside_one(free)
    return [
        Moments(
            packed,
            place,
            np.where(counted, counts[number[:, None], number], 0.0),
            np.where(told, squares[number], 0.0),
            p,
            q,
            summing.fold.covariates,
        )
        for packed, counts, squares in zip(
            summing.packed, summing.counts, summing.squares, strict=True
        )
    ]


def _beside_one(free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the products of everybody's 1 with some columns."""
    one = np.arange(len(free)) == 0
    return np.asarray((one[:, None] & free) | (free[:, None] & one))
