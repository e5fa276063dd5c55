"""What a touchpoint adds once a respondent's general mood is held fixed.

Who is content rates everything well. What a rating adds to the mean of a respondent's other
ratings is free of that, but true effects that go along with it are lost too: a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gain", "gains", "mean_of_others", "order_holds", "rank_range"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]

_SUMS = 12  # products of one, halo, experience and outcome; the outcome's level and square


@dataclass(frozen=True, slots=True)
class Gain:
    """What each of p touchpoints adds to all contacts and the mean of the other ratings.

    Attributes
    ----------
    gain : ndarray of shape (p,)
        Increase of R², in points of R² as importance is (a squared part correlation).
    partial : ndarray of shape (p,)
        Partial R²: the same as a share of what the rest leaves unexplained.
    sign : ndarray of int of shape (p,)
        Direction of what is added: -1 where better ratings go with a worse outcome.
    replicates : ndarray of shape (b, p)
        ``gain`` in replicates.
    n : ndarray of int of shape (p,)
        Respondents who answered and are known not to have met the touchpoint or rated it.
    n_eff : ndarray of shape (p,)
        Kish's effective number of them.
    """

    gain: Array
    partial: Array
    sign: Integers
    replicates: Array
    n: Integers
    n_eff: Array


def mean_of_others(rating: Array, *, weight: Array) -> Array:
    """Average each respondent's standardised ratings of all touchpoints but one.

    Parameters
    ----------
    rating : ndarray of shape (n, p)
        NaN where there is none.
    weight : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n, p)
        In standard deviations; 0, the average, where no other touchpoint was rated.
    """
    rated = ~np.isnan(rating)
    weights = weight[:, None] * rated
    total = weights.sum(axis=0)
    filled = np.where(rated, rating, 0.0)
    mean = (weights * filled).sum(axis=0) / total
    spread = np.sqrt((weights * (filled - mean) ** 2).sum(axis=0) / total)
    unit = np.where(spread > 0, spread, 1.0)
    standard = np.where(rated, (filled - mean) / unit, 0.0)
    count = rated.sum(axis=1, keepdims=True) - rated
    rest = standard.sum(axis=1, keepdims=True) - standard
    return np.asarray(np.divide(rest, count, out=np.zeros_like(standard), where=count > 0))


def gains(
    experience: Array,
    halo: Array,
    outcome: Array,
    *,
    contact: Array,
    held: Array,
    weight: Array,
    rating_weight: Array,
    group: Integers,
    multiplicity: Array,
) -> Gain:
    """Estimate what each experience adds, one touchpoint at a time.

    Where a meeter's rating is unknown, those who rated stand in for all who met. In replicates
    the coefficients of the contacts stay those of the sample, which changes the spread by less
    than the order of 1/n (Frisch & Waugh 1933).

    Parameters
    ----------
    experience : ndarray of shape (n, p)
        Centred; 0 where not met, NaN where unknown.
    halo : ndarray of shape (n, p)
        From :func:`mean_of_others`.
    outcome, weight, rating_weight : ndarray of shape (n,)
        All known; ``rating_weight`` is that of a respondent's ratings.
    contact : ndarray of shape (n, p)
        1 met, 0 not met, NaN unknown.
    held : ndarray of shape (n, m)
        What is held fixed beside the halo, none unknown: the contacts and covariates.
    group : ndarray of int of shape (n,)
        Resampling group of each respondent.
    multiplicity : ndarray of shape (b, g)
        How often each group counts in each replicate.
    """
    n, p = experience.shape
    design = np.column_stack([np.ones(n), held])
    sums = np.zeros((multiplicity.shape[1], p, _SUMS))
    base, n_eff = np.zeros(p, dtype=np.intp), np.zeros(p)
    for j in range(p):
        share = _standing_in(experience[:, j], contact[:, j], weight, rating_weight)
        rows = share > 0
        v, y = share[rows], outcome[rows]
        columns = np.column_stack([halo[rows, j], experience[rows, j], y])
        left = _residual(columns, design[rows], v)
        products = np.column_stack(
            [
                np.ones(len(v)),
                left,
                left[:, [0]] * left,
                left[:, [1]] * left[:, 1:],
                left[:, 2] ** 2,
                y,
                y**2,
            ]
        )
        sums[:, j] = _grouped(products * v[:, None], group[rows], len(sums))
        base[j], n_eff[j] = len(v), v.sum() ** 2 / np.square(v).sum()
    point, partial, sign = _gain(sums.sum(axis=0))
    batch = (multiplicity @ sums.reshape(len(sums), -1)).reshape(-1, p, _SUMS)
    return Gain(point, partial, sign, _gain(batch)[0], base, n_eff)


def _standing_in(experience: Array, contact: Array, weight: Array, rating_weight: Array) -> Array:
    """Weights in which those who rated a touchpoint stand for all who met it."""
    rated = (contact == 1) & ~np.isnan(experience)
    met, heard = weight[contact == 1].sum(), rating_weight[rated].sum()
    factor = met / heard if heard > 0 else 0.0
    return np.asarray(weight * (contact == 0) + factor * rating_weight * rated)


def _residual(columns: Array, design: Array, weight: Array) -> Array:
    weighted = design * weight[:, None]
    slope = np.linalg.lstsq(design.T @ weighted, weighted.T @ columns, rcond=None)[0]
    return np.asarray(columns - design @ slope)


def _grouped(values: Array, group: Integers, groups: int) -> Array:
    return np.stack(
        [np.bincount(group, weights=column, minlength=groups) for column in values.T], axis=1
    )


def _gain(sums: Array) -> tuple[Array, Array, Integers]:
    """Gains, partial R² and direction from sums of shape (..., 12)."""
    one = sums[..., 0]
    scaled = sums[..., 1:] / np.where(one > 0, one, 1.0)[..., None]
    h, z, y, hh, hz, hy, zz, zy, yy, level, square = np.moveaxis(scaled, -1, 0)
    halo = hh - h * h
    slope_z, slope_y = (_over(both, halo) for both in (hz - h * z, hy - h * y))
    spread = zz - z * z - slope_z * (hz - h * z)
    together = zy - z * y - slope_z * (hy - h * y)
    left = yy - y * y - slope_y * (hy - h * y)
    explained = _over(together**2, spread)
    gain, partial = _over(explained, square - level**2), _over(explained, left)
    return gain, partial, np.sign(together).astype(np.intp)


def _over(numerator: Array, denominator: Array) -> Array:
    return np.divide(
        numerator, denominator, out=np.zeros_like(numerator), where=denominator > 1e-12
    )


def rank_range(low: Array, high: Array) -> tuple[Integers, Integers]:
    """Return the best and the worst rank of things whose size is known between two ends only.

    Parameters
    ----------
    low, high : ndarray of shape (p,)

    Examples
    --------
    >>> best, worst = rank_range(np.array([0.3, 0.1, 0.0]), np.array([0.4, 0.2, 0.15]))
    >>> best.tolist(), worst.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    surely_ahead = low[None, :] > high[:, None]
    surely_behind = high[None, :] < low[:, None]
    return 1 + surely_ahead.sum(axis=1), len(low) - surely_behind.sum(axis=1)


def order_holds(first: Array, second: Array) -> Array:
    """Return the share of the others to which each of p things stands the same way in both.

    Parameters
    ----------
    first, second : ndarray of shape (p,)
        Sizes by one measure and by another; at least two.
    """
    same = np.sign(first[:, None] - first) == np.sign(second[:, None] - second)
    return np.asarray((same.sum(axis=1) - 1) / (len(first) - 1))
