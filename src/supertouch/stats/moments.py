"""Rows become sums once; everything linear is computed from the sums.

Sums hold raw columns, so that partitions, waves, segments and resampling units add up. Centring
and the treatment of unknown ratings happen when sums are assembled to covariances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError

__all__ = ["Covariance", "Moments", "assemble", "moments", "pool", "repair"]

Array = NDArray[np.float64]

_FLOOR = 1e-6
_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class Moments:
    """Additive weighted sums of cross products over respondents.

    The columns are: one · contact known (p) · met (p) · rated (p) · rating less midpoint, 0 where
    not rated (p) · outcome answered (q) · outcome less midpoint, 0 where empty (q).

    Attributes
    ----------
    sums : ndarray of shape (g, d, d)
        Weighted sums per resampling group, d = 1 + 4p + 2q.
    counts : ndarray of shape (d, d)
        Unweighted sums; of the indicator columns they are numbers of respondents.
    squares : ndarray of shape (d, d)
        Sums weighted with the squared weights, for effective numbers.
    touchpoints, outcomes : int
        p and q.
    """

    sums: Array
    counts: Array
    squares: Array
    touchpoints: int
    outcomes: int

    def __add__(self, other: Moments) -> Moments:
        """Add the moments of other respondents in the same groups."""
        if (self.touchpoints, self.outcomes) != (other.touchpoints, other.outcomes):
            raise UnsupportedError("Moments of different columns cannot be added.")
        return Moments(
            self.sums + other.sums,
            self.counts + other.counts,
            self.squares + other.squares,
            self.touchpoints,
            self.outcomes,
        )

    def narrow(self, sums: Array, touchpoints: NDArray[np.intp]) -> Array:
        """Keep the columns of some touchpoints in sums of shape (..., d, d)."""
        if len(touchpoints) == self.touchpoints:
            return sums
        keep = _columns(self.touchpoints, self.outcomes, touchpoints)
        return sums[..., keep[:, None], keep]

    def total(self) -> Array:
        """Sum over all groups: shape (d, d)."""
        return np.asarray(self.sums.sum(axis=0))

    def replicate(self, multiplicity: Array) -> Array:
        """Sum groups with multiplicities of shape (b, g); returns shape (b, d, d)."""
        g, d, _ = self.sums.shape
        return (multiplicity @ self.sums.reshape(g, d * d)).reshape(-1, d, d)

    def block(self, name: str) -> slice:
        """Return the place of a kind of column, such as ``met`` or ``outcome``."""
        return _blocks(self.touchpoints, self.outcomes)[name]

    def base(self, first: str, second: str) -> Array:
        """Return numbers of respondents for whom two indicators hold, pair by pair."""
        return self.counts[self.block(first), self.block(second)]

    def effective(self, first: str, second: str) -> Array:
        """Return Kish's effective number for whom two indicators hold, pair by pair."""
        rows, columns = self.block(first), self.block(second)
        squares = self.squares[rows, columns]
        weights = self.total()[rows, columns]
        return np.divide(weights**2, squares, out=np.zeros_like(squares), where=squares > 0)


@dataclass(frozen=True, slots=True)
class Covariance:
    """Covariances of experience z (p), contact c (p) and outcomes y (q), possibly batched.

    Attributes
    ----------
    matrix : ndarray of shape (..., 2p + q, 2p + q)
    reach : ndarray of shape (..., p)
        Share of respondents who met each touchpoint, where contact is known.
    mean : ndarray of shape (..., p)
        Mean rating less the scale's midpoint among those who met and rated.
    outcome : ndarray of shape (..., q)
        Mean of each outcome less its midpoint.
    repair : ndarray of shape (...)
        Largest change of a correlation that made the matrix positive definite; 0 if none.
    """

    matrix: Array
    reach: Array
    mean: Array
    outcome: Array
    repair: Array

    @property
    def touchpoints(self) -> int:
        """Number of touchpoints p."""
        return int(self.reach.shape[-1])

    def drivers(self, keep: NDArray[np.intp]) -> tuple[Array, Array, Array]:
        """Return xx, xy, yy for some driver columns (0..p-1 experience, p..2p-1 contact)."""
        first = 2 * self.touchpoints
        xx = self.matrix[..., keep, :][..., keep]
        xy = self.matrix[..., first:, :][..., keep]
        yy = np.diagonal(self.matrix, axis1=-2, axis2=-1)[..., first:]
        return xx, xy, yy


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
        ],
        axis=1,
    )
    used = weight > 0
    columns, weight = columns[used], weight[used]
    index = np.zeros(len(weight), dtype=np.intp) if group is None else group[used]
    return Moments(
        _grouped(columns, weight, index, groups),
        columns.T @ columns,
        columns.T @ (columns * weight[:, None] ** 2),
        p,
        outcome.shape[1],
    )


def _grouped(columns: Array, weight: Array, group: NDArray[np.intp], groups: int) -> Array:
    order = np.argsort(group, kind="stable")
    columns, weight = columns[order], weight[order]
    ends = np.searchsorted(group[order], np.arange(groups + 1))
    sums = np.zeros((groups, columns.shape[1], columns.shape[1]))
    for g in range(groups):
        part = columns[ends[g] : ends[g + 1]]
        np.matmul(part.T, part * weight[ends[g] : ends[g + 1], None], out=sums[g])
    return sums


def _blocks(p: int, q: int) -> dict[str, slice]:
    widths = {"one": 1, "known": p, "met": p, "rated": p, "rating": p, "answered": q, "outcome": q}
    places, start = {}, 0
    for name, width in widths.items():
        places[name] = slice(start, start + width)
        start += width
    return places


def _columns(p: int, q: int, touchpoints: NDArray[np.intp]) -> NDArray[np.intp]:
    places = _blocks(p, q)
    kept = [np.arange(places["one"].start, places["one"].stop)]
    kept += [places[name].start + touchpoints for name in ("known", "met", "rated", "rating")]
    kept += [np.arange(places["answered"].start, places["outcome"].stop)]
    return np.concatenate(kept)


def assemble(sums: Array, *, touchpoints: int, outcomes: int) -> Covariance:
    """Turn sums of shape (..., d, d) into covariances of z, c and y.

    Experience is z = c·(x - x̄), x̄ the mean among those who met and rated. Moments of ratings are
    taken among those who met and rated, then multiplied by contact, so that an unknown rating is
    never mistaken for the known zero of somebody who did not meet the touchpoint. With complete
    answers the result is the plain covariance matrix.

    A pair without any base gets a covariance of zero: gates belong before this step.
    """
    p, q = touchpoints, outcomes
    at = _blocks(p, q)

    def part(rows: str, columns: str) -> Array:
        return sums[..., at[rows], :][..., at[columns]]

    one = part("one", "known")[..., 0, :]
    reach = _over(part("one", "met")[..., 0, :], one)
    mean = _over(part("one", "rating")[..., 0, :], part("one", "rated")[..., 0, :])
    level = _over(part("one", "outcome")[..., 0, :], part("one", "answered")[..., 0, :])
    row = mean[..., :, None]

    matrix = np.zeros((*sums.shape[:-2], 2 * p + q, 2 * p + q))
    z, c, y = slice(0, p), slice(p, 2 * p), slice(2 * p, 2 * p + q)
    both = _over(part("met", "met"), part("known", "known"))
    products = (
        part("rating", "rating")
        - row * part("rated", "rating")
        - part("rating", "rated") * mean[..., None, :]
        + row * part("rated", "rated") * mean[..., None, :]
    )
    matrix[..., z, z] = both * _over(products, part("rated", "rated"))
    matrix[..., c, c] = both - _over(part("met", "known"), part("known", "known")) * _over(
        part("known", "met"), part("known", "known")
    )
    met = part("rating", "met") - row * part("rated", "met")
    matrix[..., z, c] = reach[..., :, None] * _over(met, part("rated", "known"))
    centred = (
        part("rating", "outcome")
        - row * part("rated", "outcome")
        - (part("rating", "answered") - row * part("rated", "answered")) * level[..., None, :]
    )
    matrix[..., z, y] = reach[..., :, None] * _over(centred, part("rated", "answered"))
    matrix[..., c, y] = _pairwise(
        part("met", "outcome"),
        part("met", "answered"),
        part("known", "outcome"),
        part("known", "answered"),
    )
    matrix[..., y, y] = _pairwise(
        part("outcome", "outcome"),
        part("outcome", "answered"),
        part("answered", "outcome"),
        part("answered", "answered"),
    )
    for rows, columns in ((z, c), (z, y), (c, y)):
        matrix[..., columns, rows] = np.swapaxes(matrix[..., rows, columns], -1, -2)
    diagonal = np.arange(p)
    matrix[..., diagonal, p + diagonal] = matrix[..., p + diagonal, diagonal] = 0.0
    return Covariance(matrix, reach, mean, level, np.zeros(sums.shape[:-2]))


def _over(numerator: Array, denominator: Array) -> Array:
    return np.divide(
        numerator, denominator, out=np.zeros_like(numerator), where=np.abs(denominator) > 1e-12
    )


def _pairwise(products: Array, left: Array, right: Array, weights: Array) -> Array:
    """Covariance where both are known: E[ab] - E[a]E[b]."""
    return _over(products, weights) - _over(left, weights) * _over(right, weights)


def pool(parts: list[Covariance], *, weights: list[float]) -> Covariance:
    """Average covariances within waves, so that differences between waves play no part."""
    share = np.array(weights) / sum(weights)

    def mixed(arrays: list[Array]) -> Array:
        return np.asarray(sum(w * array for w, array in zip(share, arrays, strict=True)))

    return Covariance(
        mixed([part.matrix for part in parts]),
        mixed([part.reach for part in parts]),
        mixed([part.mean for part in parts]),
        mixed([part.outcome for part in parts]),
        np.max([part.repair for part in parts], axis=0),
    )


def repair(covariance: Covariance, *, keep: NDArray[np.intp]) -> Covariance:
    """Replace the matrix of the columns kept by the nearest positive definite one, where needed.

    Eigenvalues of the correlation matrix below 1e-6 are raised to it, and its diagonal is set back
    to one. Available-case covariances need this; complete ones do not. A column that does not
    vary, as happens in a replicate, is kept apart from all others: it has no effect there.

    Parameters
    ----------
    covariance : Covariance
    keep : ndarray of int
        Columns that will be used: drivers with variance, and outcomes.
    """
    matrix = covariance.matrix[..., keep, :][..., keep]
    correlation, spread = _correlation(matrix)
    change = np.zeros(matrix.shape[:-2])
    flat = bool((np.diagonal(matrix, axis1=-2, axis2=-1) <= _FLAT).any())
    if not _definite(correlation - _FLOOR * np.eye(len(keep))):
        correlation, change = _nearest(correlation)
    elif not flat:
        return covariance
    result = covariance.matrix.copy()
    result[..., keep[:, None], keep] = correlation * spread[..., :, None] * spread[..., None, :]
    return Covariance(result, covariance.reach, covariance.mean, covariance.outcome, change)


def _correlation(matrix: Array) -> tuple[Array, Array]:
    """Scale to correlations; a column that does not vary becomes one of variance 1, on its own."""
    variance = np.diagonal(matrix, axis1=-2, axis2=-1)
    flat = variance <= _FLAT
    spread = np.sqrt(np.where(flat, 1.0, variance))
    correlation = matrix / spread[..., :, None] / spread[..., None, :]
    correlation = np.where(flat[..., :, None] | flat[..., None, :], 0.0, correlation)
    places = np.arange(matrix.shape[-1])
    correlation[..., places, places] = 1.0
    return correlation, spread


def _nearest(correlation: Array) -> tuple[Array, Array]:
    """Raise eigenvalues below the floor; the matrices, and the largest change of each."""
    values, vectors = np.linalg.eigh(correlation)
    wrong = values[..., 0] < _FLOOR
    raised = np.clip(values, _FLOOR, None)
    fixed = (vectors * raised[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    unit = np.sqrt(np.diagonal(fixed, axis1=-2, axis2=-1))
    fixed = fixed / unit[..., :, None] / unit[..., None, :]
    change = np.where(wrong, np.abs(fixed - correlation).max(axis=(-2, -1)), 0.0)
    return np.where(wrong[..., None, None], fixed, correlation), change


def _definite(matrices: Array) -> bool:
    try:
        np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        return False
    return True
