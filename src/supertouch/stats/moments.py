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
from supertouch.stats.covariance import Covariance, assemble, blocks, pool, repair

__all__ = ["Chances", "Covariance", "Moments", "assemble", "moments", "pool", "repair"]

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

    Attributes
    ----------
    sums : ndarray of shape (g, d, d)
        Weighted sums per resampling group.
    counts : ndarray of shape (d, d)
        Unweighted sums; of the indicator columns they are numbers of respondents.
    touchpoints, outcomes, covariates : int
        p, q and k.
    """

    sums: Array
    counts: Array
    touchpoints: int
    outcomes: int
    covariates: int = 0

    def __add__(self, other: Moments) -> Moments:
        """Add the moments of other respondents in the same groups."""
        if self._columns != other._columns:
            raise UnsupportedError("Moments of different columns cannot be added.")
        return Moments(self.sums + other.sums, self.counts + other.counts, *self._columns)

    @property
    def _columns(self) -> tuple[int, int, int]:
        return self.touchpoints, self.outcomes, self.covariates

    def narrow(self, sums: Array, touchpoints: NDArray[np.intp]) -> Array:
        """Keep the columns of some touchpoints in sums of shape (..., d, d)."""
        if len(touchpoints) == self.touchpoints:
            return sums
        keep = _kept(*self._columns, touchpoints)
        return sums[..., keep[:, None], keep]

    def total(self) -> Array:
        """Sum over all groups: shape (d, d)."""
        return np.asarray(self.sums.sum(axis=0))

    def replicate(self, multiplicity: Array) -> Array:
        """Sum groups with multiplicities of shape (b, g); returns shape (b, d, d)."""
        return next(self.replicates(multiplicity, at_once=len(multiplicity)))

    def replicates(self, multiplicity: Array, *, at_once: int) -> Iterator[Array]:
        """Yield the sums of :meth:`replicate`, ``at_once`` replicates at a time."""
        d = self.sums.shape[-1]
        rows, columns = np.triu_indices(d)
        place = np.empty((d, d), dtype=np.intp)
        place[rows, columns] = place[columns, rows] = np.arange(len(rows))
        half = self.sums[:, rows, columns]
        for start in range(0, len(multiplicity), at_once):
            yield (multiplicity[start : start + at_once] @ half)[:, place]

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

    Raises
    ------
    UnsupportedError
        If a touchpoint is rated by somebody who did not meet it.
    """
    rated = ~np.isnan(rating)
    if (rated & (contact != 1)).any():
        raise UnsupportedError("A rating of a touchpoint that was not met has no place in a model.")
    n, p = contact.shape
    known, answered = ~np.isnan(contact), ~np.isnan(outcome)
    columns = np.concatenate(
        [
            np.ones((n, 1)),
            known,
            np.nan_to_num(contact),
            rated,
            np.where(rated, rating - midpoint, 0.0),
            answered,
            np.where(answered, outcome - outcome_midpoint, 0.0),
            np.empty((n, 0)) if covariate is None else covariate,
        ],
        axis=1,
    )
    used = weight > 0
    index = np.zeros(n, dtype=np.intp) if group is None else group
    order = np.flatnonzero(used)[np.argsort(index[used], kind="stable")]
    columns, weight = columns[order], weight[order]
    ends = np.searchsorted(index[order], np.arange(groups + 1))
    sums = _grouped(columns, columns * weight[:, None], ends)
    if chances is not None:
        _reweight(sums, columns, weight, ends, p, Chances(chances.one[order], chances.two[order]))
    k = columns.shape[1] - 1 - 4 * p - 2 * outcome.shape[1]
    return Moments(sums, columns.T @ columns, p, outcome.shape[1], k)


def _grouped(left: Array, right: Array, ends: NDArray[np.intp]) -> Array:
    """Sum products of rows group by group: shape (g, columns of left, columns of right)."""
    sums = np.empty((len(ends) - 1, left.shape[1], right.shape[1]))
    for g in range(len(sums)):
        part = slice(ends[g], ends[g + 1])
        np.matmul(left[part].T, right[part], out=sums[g])
    return sums


def _reweight(
    sums: Array, columns: Array, weight: Array, ends: NDArray[np.intp], p: int, chances: Chances
) -> None:
    """Replace the sums that hold ratings: one rating at its chance, a pair at the pair's."""
    ratings = slice(1 + 2 * p, 1 + 4 * p)
    asked = columns[:, ratings]
    single = _grouped(asked, columns * (weight / chances.one)[:, None], ends)
    rated = (asked[:, :p] == 1).sum(axis=1) > 1
    pair = np.where(rated, weight / np.where(rated, chances.two, 1.0), 0.0)
    double = _grouped(asked, asked * pair[:, None], ends)
    same = np.tile(np.eye(p, dtype=bool), (2, 2))
    sums[:, ratings, :] = single
    sums[:, :, ratings] = np.swapaxes(single, 1, 2)
    sums[:, ratings, ratings] = np.where(same, single[:, :, ratings], double)


def _kept(p: int, q: int, k: int, touchpoints: NDArray[np.intp]) -> NDArray[np.intp]:
    places = blocks(p, q, k)
    kept = [np.arange(places["one"].start, places["one"].stop)]
    kept += [places[name].start + touchpoints for name in ("known", "met", "rated", "rating")]
    kept += [np.arange(places["answered"].start, places["covariate"].stop)]
    return np.concatenate(kept)
