"""How far drivers say the same, and how far their effects hang on a few respondents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.covariance import Covariance, assemble, held, repair
from supertouch.stats.drivers import effects
from supertouch.stats.moments import Moments

__all__ = [
    "condition_index",
    "correlations",
    "effects_without",
    "inflation",
    "leverage",
    "rated_alike",
    "without",
]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]

_CHUNK = 50


def correlations(xx: Array) -> Array:
    """Scale covariances of shape (k, k) to correlations."""
    spread = np.sqrt(np.diagonal(xx))
    return np.asarray(xx / spread[:, None] / spread)


def inflation(xx: Array) -> Array:
    """Return the variance inflation factor of each driver among all: shape (k,).

    It tells how many times wider the others' likeness makes the variance of an effect; 1 is none.

    Examples
    --------
    >>> inflation(np.array([[1.0, 0.6], [0.6, 1.0]])).round(4).tolist()
    [1.5625, 1.5625]
    """
    return np.asarray(np.diagonal(np.linalg.inv(correlations(xx))))


def condition_index(xx: Array) -> float:
    """Return the largest condition index of the centred and standardised drivers.

    Above 30 some combination of drivers hardly varies, and effects become erratic (Belsley, Kuh &
    Welsch 1980, who leave the columns uncentred; with experience centred by design that would
    only tell of high reach).
    """
    values = np.linalg.eigvalsh(correlations(xx))
    return float(np.sqrt(values[-1] / max(values[0], np.finfo(float).eps)))


def rated_alike(rating: Array, *, weight: Array) -> tuple[Array, Integers]:
    """Correlate ratings among those who rated both, pair by pair.

    Parameters
    ----------
    rating : ndarray of shape (n, p)
        NaN where there is none.
    weight : ndarray of shape (n,)

    Returns
    -------
    correlation : ndarray of shape (p, p)
        NaN where one of the two does not vary among the pair's raters.
    base : ndarray of int of shape (p, p)
        How many rated both.
    """
    rated = (~np.isnan(rating)).astype(float)
    weighted = rated * weight[:, None]
    middle = np.nansum(rating * weight[:, None], axis=0) / np.maximum(weighted.sum(axis=0), 1e-12)
    x = np.where(rated > 0, rating - middle, 0.0)
    total = np.maximum(weighted.T @ rated, 1e-12)
    level = (weighted * x).T @ rated / total
    spread = (weighted * x**2).T @ rated / total - level**2
    product = (weighted * x).T @ x / total - level * level.T
    scale = np.sqrt(np.clip(spread * spread.T, 0.0, None))
    found = np.divide(product, scale, out=np.full(scale.shape, np.nan), where=scale > 1e-12)
    return np.clip(found, -1.0, 1.0), (rated.T @ rated).astype(np.intp)


def leverage(drivers: Array, *, covariance: Array, weight: Array) -> Array:
    """Return how much of each respondent's fit is the respondent's own answer: shape (n,).

    These are the diagonal values of the hat matrix of the weighted regression; they sum to the
    number of its columns.

    Parameters
    ----------
    drivers : ndarray of shape (n, k)
        Centred.
    covariance : ndarray of shape (k, k)
    weight : ndarray of shape (n,)
    """
    distance = np.einsum("ij,ij->i", drivers @ np.linalg.inv(covariance), drivers)
    return np.asarray(weight / weight.sum() * (1 + distance))


def without(
    sums: Moments,
    groups: Integers,
    *,
    touchpoints: Integers,
    outcomes: Integers,
    columns: Integers,
) -> Covariance:
    """Return the covariances of a model with each of some resampling groups left out in turn.

    Parameters
    ----------
    sums : Moments
    groups : ndarray of int of shape (m,)
    touchpoints, outcomes : ndarray of int
        Which of the sums' touchpoints and outcomes are modelled.
    columns : ndarray of int
        Driver columns in use.
    """
    whole = assemble(
        sums.total() - sums.of_groups(groups), touchpoints=sums.touchpoints, outcomes=sums.outcomes
    )
    kept = whole.select(touchpoints, outcomes)
    rest = np.arange(2 * len(touchpoints), kept.matrix.shape[-1])
    return held(repair(kept, keep=np.concatenate([columns, rest])))


def effects_without(
    sums: Moments, *, touchpoints: Integers, outcomes: Integers, columns: Integers
) -> Array:
    """Return effects with each resampling group left out in turn: shape (g, q, k).

    Parameters are those of :func:`without`.
    """
    groups = np.arange(sums.groups)
    parts = [
        effects(
            without(
                sums,
                groups[start : start + _CHUNK],
                touchpoints=touchpoints,
                outcomes=outcomes,
                columns=columns,
            ),
            columns=columns,
        )
        for start in range(0, len(groups), _CHUNK)
    ]
    return np.concatenate(parts)
