"""From sums to covariances of experience, contact and outcomes, whatever is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Covariance",
    "assemble",
    "blocks",
    "correlations",
    "held",
    "independent",
    "joined",
    "pool",
    "repair",
]

Array = NDArray[np.float64]

_FLOOR = 1e-6
_FLAT = 1e-12
_COMBINED = 1e-9
_AVERAGED = ("matrix", "reach", "mean", "outcome", "variance")
_FIELDS = (*_AVERAGED, "repair")


@dataclass(frozen=True, slots=True)
class Covariance:
    """Covariances of experience z (p), contact c (p), outcomes y (q) and covariates (k).

    Attributes
    ----------
    matrix : ndarray of shape (..., 2p + q + k, 2p + q + k)
        Possibly one per replicate; without the covariates once they are :func:`held`.
    reach : ndarray of shape (..., p)
        Share of respondents who met each touchpoint, where contact is known.
    mean : ndarray of shape (..., p)
        Mean rating less the scale's midpoint among those who met and rated.
    outcome : ndarray of shape (..., q)
        Mean of each outcome less its midpoint.
    variance : ndarray of shape (..., q)
        Variance of each outcome, whatever is held.
    repair : ndarray of shape (...)
        Largest change of a correlation that made the matrix positive definite; 0 if none.
    """

    matrix: Array
    reach: Array
    mean: Array
    outcome: Array
    variance: Array
    repair: Array

    @property
    def touchpoints(self) -> int:
        """Number of touchpoints p."""
        return int(self.reach.shape[-1])

    def drivers(self, keep: NDArray[np.intp]) -> tuple[Array, Array, Array]:
        """Return xx, xy, yy for some driver columns (0..p-1 experience, p..2p-1 contact)."""
        first, q = 2 * self.touchpoints, self.outcome.shape[-1]
        xx = self.matrix[..., keep, :][..., keep]
        xy = self.matrix[..., first : first + q, :][..., keep]
        return xx, xy, self.variance

    def part(self, rows: slice) -> Covariance:
        """Return some of the replicates."""
        return Covariance(**{name: getattr(self, name)[rows] for name in _FIELDS})

    def select(self, touchpoints: NDArray[np.intp], outcomes: NDArray[np.intp]) -> Covariance:
        """Keep some touchpoints and outcomes, and all covariates."""
        p, q = self.touchpoints, self.outcome.shape[-1]
        kept = np.concatenate(
            [
                touchpoints,
                p + touchpoints,
                2 * p + outcomes,
                np.arange(2 * p + q, self.matrix.shape[-1]),
            ]
        )
        if len(kept) == self.matrix.shape[-1]:
            return self
        return Covariance(
            matrix=self.matrix[..., kept, :][..., kept],
            reach=self.reach[..., touchpoints],
            mean=self.mean[..., touchpoints],
            outcome=self.outcome[..., outcomes],
            variance=self.variance[..., outcomes],
            repair=self.repair,
        )


def blocks(p: int, q: int, k: int = 0) -> dict[str, slice]:
    """Return the place of each kind of column in sums over p touchpoints, q outcomes, k covariates.

    The columns are: one · contact known · met · rated · rating less midpoint, 0 where not rated ·
    outcome answered · outcome less midpoint, 0 where empty · covariate.
    """
    widths = {"one": 1, "known": p, "met": p, "rated": p, "rating": p, "answered": q, "outcome": q}
    places, start = {}, 0
    for name, width in (widths | {"covariate": k}).items():
        places[name] = slice(start, start + width)
        start += width
    return places


def independent(products: Array) -> NDArray[np.intp]:
    """Return the columns that vary and are not made up of those before them.

    Parameters
    ----------
    products : ndarray of shape (k, k)
        Sums of products of columns less their means.
    """
    left, kept = products, []
    for column, variation in enumerate(np.diagonal(products)):
        own = left[column, column]
        if own > _COMBINED * max(variation, 1.0):
            kept.append(column)
            left = left - np.outer(left[:, column], left[column]) / own
    return np.array(kept, dtype=np.intp)


def assemble(sums: Array, *, touchpoints: int, outcomes: int) -> Covariance:
    """Turn sums of shape (..., d, d) into covariances of z, c, y and covariates.

    Experience is z = c·(x - x̄), x̄ the mean among those who met and rated. Moments of ratings are
    taken among those who met and rated, then multiplied by contact, so that an unknown rating is
    never mistaken for the known zero of somebody who did not meet the touchpoint. With complete
    answers the result is the plain covariance matrix.

    A pair without any base gets a covariance of zero: gates belong before this step.
    """
    p, q = touchpoints, outcomes
    k = sums.shape[-1] - 1 - 4 * p - 2 * q
    at = blocks(p, q, k)

    def part(rows: str, columns: str) -> Array:
        return sums[..., at[rows], :][..., at[columns]]

    reach = _over(part("one", "met")[..., 0, :], part("one", "known")[..., 0, :])
    mean = _over(part("one", "rating")[..., 0, :], part("one", "rated")[..., 0, :])
    level = _over(part("one", "outcome")[..., 0, :], part("one", "answered")[..., 0, :])
    row = mean[..., :, None]

    matrix = np.zeros((*sums.shape[:-2], 2 * p + q + k, 2 * p + q + k))
    z, c, y = slice(0, p), slice(p, 2 * p), slice(2 * p, 2 * p + q)
    g = slice(2 * p + q, 2 * p + q + k)
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
    if k:
        _add_covariates(matrix, part, reach=reach, row=row, level=level, places=(z, c, y, g))
    for rows, columns in ((z, c), (z, y), (c, y), (z, g), (c, g), (y, g)):
        matrix[..., columns, rows] = np.swapaxes(matrix[..., rows, columns], -1, -2)
    diagonal = np.arange(p)
    matrix[..., diagonal, p + diagonal] = matrix[..., p + diagonal, diagonal] = 0.0
    variance = np.diagonal(matrix[..., y, y], axis1=-2, axis2=-1).copy()
    return Covariance(matrix, reach, mean, level, variance, np.zeros(sums.shape[:-2]))


def _add_covariates(
    matrix: Array,
    part: Callable[[str, str], Array],
    *,
    reach: Array,
    row: Array,
    level: Array,
    places: tuple[slice, slice, slice, slice],
) -> None:
    """Fill in the covariances with covariates, which are known of everybody."""
    z, c, y, g = places
    everybody = part("one", "one")
    mean = part("one", "covariate") / everybody
    matrix[..., g, g] = (
        part("covariate", "covariate") / everybody - np.swapaxes(mean, -1, -2) * mean
    )
    experience = part("rating", "covariate") - row * part("rated", "covariate")
    raters = np.swapaxes(part("one", "rated"), -1, -2)
    matrix[..., z, g] = reach[..., :, None] * _over(experience, raters + 0 * experience)
    for at, value, base in ((c, "met", "known"), (y, "outcome", "answered")):
        known = np.swapaxes(part("one", base), -1, -2)
        share = reach if value == "met" else level
        matrix[..., at, g] = _over(
            part(value, "covariate") - share[..., :, None] * part(base, "covariate"),
            known + 0 * part(base, "covariate"),
        )


def _over(numerator: Array, denominator: Array) -> Array:
    return np.divide(
        numerator, denominator, out=np.zeros_like(numerator), where=np.abs(denominator) > 1e-12
    )


def _pairwise(products: Array, left: Array, right: Array, weights: Array) -> Array:
    """Covariance where both are known: E[ab] - E[a]E[b]."""
    return _over(products, weights) - _over(left, weights) * _over(right, weights)


def held(covariance: Covariance) -> Covariance:
    """Take the covariates out of drivers and outcomes, so that importance is what they add.

    Covariates that are a combination of others, or do not vary, are left to the others.
    """
    kept = 2 * covariance.touchpoints + covariance.outcome.shape[-1]
    matrix = covariance.matrix
    if matrix.shape[-1] == kept:
        return covariance
    across = matrix[..., kept:, :kept]
    inverse = np.linalg.pinv(matrix[..., kept:, kept:], rcond=1e-9, hermitian=True)
    left = matrix[..., :kept, :kept] - np.swapaxes(across, -1, -2) @ inverse @ across
    return replace(covariance, matrix=left)


def correlations(covariance: Covariance) -> Array:
    """Return correlations of experience and contact with the outcomes: shape (..., 2, p, q).

    NaN where one of the two does not vary.
    """
    p, q = covariance.touchpoints, covariance.outcome.shape[-1]
    variance = np.diagonal(covariance.matrix, axis1=-2, axis2=-1)
    spread = np.sqrt(np.clip(variance, 0.0, None))
    product = spread[..., : 2 * p, None] * spread[..., None, 2 * p : 2 * p + q]
    found = np.divide(
        covariance.matrix[..., : 2 * p, 2 * p : 2 * p + q],
        product,
        out=np.full(product.shape, np.nan),
        where=product > _FLAT,
    )
    kept = np.clip(found, -1 + 1e-9, 1 - 1e-9)
    return np.asarray(kept.reshape(*product.shape[:-2], 2, p, q))


def pool(parts: list[Covariance], *, weights: list[float]) -> Covariance:
    """Average covariances within waves, so that differences between waves play no part."""
    share = np.array(weights) / sum(weights)

    def mixed(name: str) -> Array:
        arrays = [getattr(part, name) for part in parts]
        return np.asarray(sum(w * array for w, array in zip(share, arrays, strict=True)))

    change = np.asarray(np.max([part.repair for part in parts], axis=0))
    return Covariance(**{name: mixed(name) for name in _AVERAGED}, repair=change)


def joined(parts: Iterable[Covariance], *, count: int) -> Covariance:
    """Put batches of replicates one after the other, ``count`` in all."""
    whole: dict[str, Array] = {}
    start = 0
    for part in parts:
        stop = start + len(part.matrix)
        for name in _FIELDS:
            values = getattr(part, name)
            if name not in whole:
                whole[name] = np.empty((count, *values.shape[1:]))
            whole[name][start:stop] = values
        start = stop
    return Covariance(**whole)


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
    size = covariance.matrix.shape[-1]
    result = covariance.matrix.reshape(-1, size, size)
    correlation, spread = _correlation(result[:, keep[:, None], keep])
    flat = (spread == 0).any(axis=-1)
    wrong = _indefinite(correlation - _FLOOR * np.eye(len(keep)))
    changed = np.flatnonzero(flat | wrong)
    if not len(changed):
        return covariance
    result, change = result.copy(), np.zeros(len(result))
    correlation[wrong], change[wrong] = _nearest(correlation[wrong])
    spread = np.where(spread == 0, 1.0, spread)[changed]
    fixed = correlation[changed] * spread[:, :, None] * spread[:, None, :]
    result[changed[:, None, None], keep[:, None], keep] = fixed
    shape = covariance.matrix.shape
    return replace(covariance, matrix=result.reshape(shape), repair=change.reshape(shape[:-2]))


def _correlation(matrix: Array) -> tuple[Array, Array]:
    """Scale to correlations; a column that does not vary has a spread of 0 and stands alone."""
    variance = np.diagonal(matrix, axis1=-2, axis2=-1)
    spread = np.sqrt(np.where(variance <= _FLAT, 0.0, variance))
    flat = spread == 0
    scale = np.where(flat, 1.0, spread)
    correlation = matrix / scale[..., :, None]
    correlation /= scale[..., None, :]
    if flat.any():
        correlation[flat[..., :, None] | flat[..., None, :]] = 0.0
    places = np.arange(matrix.shape[-1])
    correlation[..., places, places] = 1.0
    return correlation, spread


def _indefinite(matrices: Array) -> NDArray[np.bool_]:
    """Tell which of b matrices are not positive definite, halving until each is found."""
    try:
        np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        if len(matrices) == 1:
            return np.ones(1, dtype=bool)
        half = len(matrices) // 2
        return np.concatenate([_indefinite(matrices[:half]), _indefinite(matrices[half:])])
    return np.zeros(len(matrices), dtype=bool)


def _nearest(correlation: Array) -> tuple[Array, Array]:
    """Raise eigenvalues below the floor; the matrices, and the largest change of each."""
    values, vectors = np.linalg.eigh(correlation)
    raised = np.clip(values, _FLOOR, None)
    fixed = (vectors * raised[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    unit = np.sqrt(np.diagonal(fixed, axis1=-2, axis2=-1))
    fixed = fixed / unit[..., :, None] / unit[..., None, :]
    return fixed, np.abs(fixed - correlation).max(axis=(-2, -1))
