"""Consistency within the person: whether an uneven journey matters beyond its mean.

A person's journey is the set of ratings that the person gave. Its weakest rating is the lower,
and its spread the less exact, the more ratings there are; so the number of ratings is held fixed
wherever the two are compared with an outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FEWEST_RATINGS",
    "MEASURES",
    "Beyond",
    "Journeys",
    "Measure",
    "beyond_the_mean",
    "expected_weakest",
    "journeys",
    "standardised",
    "weakest_shares",
]

Array = NDArray[np.float64]

Measure = Literal["mean", "spread", "weakest"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

FEWEST_RATINGS = 3

_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Journeys:
    """What each of n respondents' ratings amount to; NaN below three ratings.

    Attributes
    ----------
    mean, spread, weakest : ndarray of shape (n,)
        Mean, standard deviation and minimum over the touchpoints that a respondent rated.
    total : ndarray of shape (n,)
        Sum of the ratings, 0 where there is none.
    number : ndarray of shape (n,)
        How many there are.
    """

    mean: Array
    spread: Array
    weakest: Array
    total: Array
    number: Array


def standardised(rating: Array, *, weight: Array) -> Array:
    """Standardise each touchpoint's ratings over its raters, so that touchpoints are alike.

    Parameters
    ----------
    rating : ndarray of shape (n, p)
        NaN where there is none; every column must vary.
    weight : ndarray of shape (n,)
    """
    known = ~np.isnan(rating)
    base = weight @ known
    centred = rating - (weight @ np.where(known, rating, 0.0)) / base
    spread = np.sqrt((weight @ np.where(known, centred, 0.0) ** 2) / base)
    return np.asarray(centred / spread)


def journeys(ratings: Array) -> Journeys:
    """Sum up each respondent's standardised ratings of shape (n, p).

    Examples
    --------
    >>> found = journeys(np.array([[1.0, -1.0, 0.0], [2.0, np.nan, 0.0]]))
    >>> found.mean, found.spread, found.weakest, found.number
    (array([ 0., nan]), array([ 1., nan]), array([-1., nan]), array([3., 2.]))
    """
    known = ~np.isnan(ratings)
    number = known.sum(axis=1).astype(float)
    enough = number >= FEWEST_RATINGS
    total = np.where(known, ratings, 0.0).sum(axis=1)
    mean = np.where(enough, total / np.maximum(number, 1), np.nan)
    squares = np.where(known, ratings - mean[:, None], 0.0) ** 2
    spread = np.sqrt(squares.sum(axis=1) / np.maximum(number - 1, 1))
    weakest = np.where(known, ratings, np.inf).min(axis=1, initial=np.inf)
    return Journeys(
        mean=mean,
        spread=np.where(enough, spread, np.nan),
        weakest=np.where(enough, weakest, np.nan),
        total=total,
        number=number,
    )


def expected_weakest(number: Array) -> Array:
    """Return what the weakest of so many independent standard normal ratings is expected to be.

    Blom's (1958) approximation.
    """
    from scipy.special import ndtri

    return np.asarray(ndtri((1 - 0.375) / (number + 0.25)))


@dataclass(frozen=True, slots=True)
class Beyond:
    """What the measures of a journey do to an outcome; first the sample, then b replicates.

    Attributes
    ----------
    alone : ndarray of shape (1 + b, 3)
        Outcome points per standard deviation of mean, spread and weakest, one at a time.
    together : ndarray of shape (1 + b, 3)
        Spread and weakest with the other one held fixed too; NaN for the mean.
    gain : ndarray of shape (1 + b, 3)
        What each adds to R², one at a time.
    level, deviation : ndarray of shape (3,)
        Weighted mean and standard deviation of the measures over respondents.
    """

    alone: Array
    together: Array
    gain: Array
    level: Array
    deviation: Array


def beyond_the_mean(
    found: Journeys,
    ratings: Array,
    outcome: Array,
    *,
    controls: Array,
    weight: Array,
    group: NDArray[np.intp],
    multiplicity: Array,
) -> Beyond:
    """Regress an outcome on mean, spread and weakest rating of each respondent's journey.

    The mean stands beside the controls, the number of ratings and what the weakest of so many is
    expected to be. Spread and weakest stand beside all that, the mean, and every single rating:
    where touchpoints matter unequally and each for its own, or only the mean does, nothing is left
    to them. What is held fixed is taken out of them once (Frisch & Waugh 1933), in the sample.

    Parameters
    ----------
    found : Journeys
        Of n respondents, all with three ratings or more.
    ratings : ndarray of shape (n, p)
        Standardised ratings of all touchpoints, NaN where there is none.
    outcome : ndarray of shape (n,)
    controls : ndarray of shape (n, m)
        What else is held fixed; columns may depend on one another.
    weight : ndarray of shape (n,)
    group : ndarray of int of shape (n,)
        Resampling group of each respondent.
    multiplicity : ndarray of shape (b, g)
    """
    measures = np.column_stack([found.mean, found.spread, found.weakest])
    level = np.average(measures, weights=weight, axis=0)
    deviation = np.sqrt(np.average((measures - level) ** 2, weights=weight, axis=0))
    number = found.number
    around = np.column_stack([np.ones(len(number)), number, expected_weakest(number), controls])
    single = np.column_stack([found.mean, np.nan_to_num(ratings), ~np.isnan(ratings)])
    first, rank = _without(np.column_stack([found.mean, outcome]), around, weight)
    columns = np.column_stack([measures[:, 1:], outcome])
    second, full_rank = _without(columns, np.column_stack([around, single]), weight)
    covariance = _covariances(
        np.column_stack([first, second, outcome]), weight, group, multiplicity
    )
    variance = covariance[:, -1, -1]
    mean, mean_gain = _slopes(covariance, [0], 1)
    spread, spread_gain = _slopes(covariance, [2], 4)
    weakest, weakest_gain = _slopes(covariance, [3], 4)
    both, _ = _slopes(covariance, [2, 3], 4)
    ranks = np.array([rank, full_rank, full_rank])
    unit = deviation * np.where(deviation > _FLAT, 1.0, np.nan)
    alone = np.hstack([mean, spread, weakest]) * unit
    together = np.hstack([np.full_like(mean, np.nan), both]) * unit
    return Beyond(
        alone=_widened(alone, len(outcome), ranks),
        together=_widened(together, len(outcome), ranks),
        gain=np.stack([mean_gain, spread_gain, weakest_gain], axis=1) / variance[:, None],
        level=level,
        deviation=deviation,
    )


def _without(columns: Array, held: Array, weight: Array) -> tuple[Array, int]:
    """Residuals of columns on what is held fixed, and its rank; held columns may be collinear."""
    root = np.sqrt(weight)[:, None]
    slopes, _, rank, _ = np.linalg.lstsq(held * root, columns * root, rcond=1e-10)
    return columns - held @ slopes, int(rank)


def _covariances(
    columns: Array, weight: Array, group: NDArray[np.intp], multiplicity: Array
) -> Array:
    """Weighted covariances in the sample and in each replicate: shape (1 + b, k, k)."""
    order = np.argsort(group, kind="stable")
    present, starts = np.unique(group[order], return_index=True)
    full = np.column_stack([np.ones(len(columns)), columns])[order]
    products = full[:, :, None] * (full * weight[order, None])[:, None, :]
    sums = np.add.reduceat(products.reshape(len(full), -1), starts, axis=0)
    counted = np.vstack([np.ones(len(present)), multiplicity[:, present]])
    found = (counted @ sums).reshape(-1, full.shape[1], full.shape[1])
    found = found / found[:, :1, :1]
    return np.asarray(found[:, 1:, 1:] - found[:, 1:, :1] * found[:, :1, 1:])


def _slopes(covariance: Array, used: list[int], outcome: int) -> tuple[Array, Array]:
    """Coefficients of an outcome on some columns, and the variance that they explain."""
    places = np.array(used)
    xx = covariance[:, places[:, None], places] + _FLAT**2 * np.eye(len(used))
    xy = covariance[:, places, outcome]
    slopes = np.linalg.solve(xx, xy[..., None])[..., 0]
    return np.asarray(slopes), np.asarray((slopes * xy).sum(axis=1))


def _widened(values: Array, n: int, rank: NDArray[np.intp]) -> Array:
    """Widen replicates for what was fitted in the sample once and is held fixed in them."""
    return values[:1] + (values - values[:1]) * np.sqrt(n / np.maximum(n - rank, 1))


def weakest_shares(position: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Tell who found each touchpoint the weakest of those that they rated.

    Parameters
    ----------
    position : ndarray of shape (n, p)
        Ratings on a scale that all touchpoints share, NaN where there is none.

    Returns
    -------
    share : ndarray of shape (n, p)
        1 for the weakest, split where several are, 0 for the others.
    chance : ndarray of shape (n, 1)
        What the share would be on average, were every touchpoint as good: 1 / number rated.
    base : ndarray of bool of shape (n, p)
        Who rated the touchpoint and at least one other.
    """
    known = ~np.isnan(position)
    number = known.sum(axis=1, keepdims=True)
    weakest = np.where(known, position, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    lowest = known & (position == weakest)
    share = lowest / np.maximum(lowest.sum(axis=1, keepdims=True), 1)
    return share, 1 / np.maximum(number, 1), known & (number > 1)
