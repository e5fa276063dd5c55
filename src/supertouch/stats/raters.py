"""A few raters who rate the same things: their means, how far they agree, and their ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Concordance",
    "IntraclassInterval",
    "Raters",
    "concordance_test",
    "connected",
    "intraclass_interval",
    "rank_share",
    "rater_means",
]

Array = NDArray[np.float64]

ROUNDING = 1 / 12


@dataclass(frozen=True, slots=True)
class Raters:
    """What k raters say of p things, as the average rater would.

    Attributes
    ----------
    mean : ndarray of shape (p,)
        Mean rating; a rater who rates all things higher does not favour those that only they
        rated, and one who rated few moves little. NaN where nobody rated.
    error : ndarray of shape (p,)
        Standard error of a mean against the other things' means: raters' levels leave it alone.
    degrees : float
        Degrees of freedom behind ``error``.
    level_error : ndarray of shape (p,)
        Standard error of a mean as such, from another draw of raters.
    level_degrees : float
        Degrees of freedom behind ``level_error`` (Satterthwaite 1946).
    """

    mean: Array
    error: Array
    degrees: float
    level_error: Array
    level_degrees: float


def connected(ratings: Array) -> bool:
    """Tell whether raters share enough things for all things to be compared.

    Parameters
    ----------
    ratings : ndarray of shape (k, p)
        NaN where a rater did not rate a thing.

    Examples
    --------
    >>> connected(np.array([[1.0, 2.0, np.nan], [np.nan, 3.0, 4.0]]))
    True
    >>> connected(np.array([[1.0, 2.0, np.nan], [np.nan, np.nan, 4.0]]))
    False
    """
    design, _ = _design(ratings[:, ~np.isnan(ratings).all(axis=0)])
    return bool(np.linalg.matrix_rank(design) == design.shape[1])


def rater_means(ratings: Array) -> Raters:
    """Estimate each thing's mean rating, and how far another draw of raters would move it.

    A rating is taken as the thing's mean, the rater's own level, and the rest. The rest is never
    taken to vary less than rounding to whole points does (1/12): raters who agree exactly have
    only said the nearest whole point. Errors are NaN with fewer than two raters.

    Parameters
    ----------
    ratings : ndarray of shape (k, p)
        Whole points; NaN where a rater did not rate a thing. :func:`connected` must hold.

    Examples
    --------
    >>> found = rater_means(np.array([[1.0, 3.0, 5.0], [2.0, 4.0, np.nan]]))
    >>> found.mean.round(2).tolist()
    [1.4, 3.4, 5.4]
    """
    known = ~np.isnan(ratings)
    mean = np.full(ratings.shape[1], np.nan)
    nothing = np.full(ratings.shape[1], np.nan)
    raters = known.any(axis=1)
    things = known.any(axis=0)
    if not things.any():
        return Raters(mean, nothing, np.nan, nothing, np.nan)
    inside = ratings[np.ix_(raters, things)]
    design, value = _design(inside)
    solution = np.linalg.lstsq(design, value)[0]
    p, k = int(things.sum()), int(raters.sum())
    mean[things] = solution[:p]
    if k < 2 or p < 2:
        return Raters(mean, nothing, np.nan, nothing, np.nan)
    degrees = max(len(value) - design.shape[1], 1)
    rest = float(np.square(value - design @ solution).sum()) / degrees
    rated = known[raters][:, things].sum(axis=1)
    levels = np.append(solution[p:], -(rated[:-1] @ solution[p:]) / rated[-1])
    total, level_degrees = _total(levels, rest, rated, degrees)
    times = known.sum(axis=0)
    with np.errstate(divide="ignore"):
        error = np.where(times > 0, np.sqrt(max(rest, ROUNDING) / times), np.nan)
        level_error = np.where(times > 0, np.sqrt(max(total, ROUNDING) / times), np.nan)
    return Raters(mean, error, float(degrees), level_error, level_degrees)


def _design(ratings: Array) -> tuple[Array, Array]:
    """Return one row per rating: its thing, and its rater against the average of all ratings.

    Levels of raters add up to zero over the ratings, so that who rated little moves little.
    """
    rater, thing = np.nonzero(~np.isnan(ratings))
    k, p = ratings.shape
    rated = np.bincount(rater, minlength=k)
    last = -rated[:-1] / rated[-1] if k > 1 and rated[-1] else np.zeros(k - 1)
    levels = np.vstack([np.eye(k - 1), last[None]]) if k > 1 else np.zeros((1, 0))
    return np.hstack([np.eye(p)[thing], levels[rater]]), ratings[rater, thing]


def _total(
    levels: Array, rest: float, rated: NDArray[np.int_], degrees: int
) -> tuple[float, float]:
    """Return the variance of one rating of a thing between raters, and its degrees of freedom."""
    between = float(levels.var(ddof=1))
    within = rest * float(1 - (1 / rated).mean())
    spread = between**2 / (len(levels) - 1) + within**2 / degrees
    total = between + within
    return total, total**2 / spread if spread > 0 else float(len(levels) - 1)


def rank_share(values: Array) -> Array:
    """Return the share of other things that each exceeds, over the last axis; ties count half.

    Examples
    --------
    >>> rank_share(np.array([5.0, 1.0, 3.0, 3.0])).round(2).tolist()
    [1.0, 0.0, 0.5, 0.5]
    """
    from scipy.stats import rankdata

    return np.asarray((rankdata(values, axis=-1) - 1) / (values.shape[-1] - 1))


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's coefficient of concordance and its test.

    Attributes
    ----------
    w : float
        0: raters' ranks cancel out; 1: all rank alike. NaN where a rater ranks all things alike.
    p_value : float
        From χ² = k (p - 1) W on p - 1 degrees of freedom; with few things it errs towards 1.
    """

    w: float
    p_value: float


def concordance_test(ratings: Array) -> Concordance:
    """Test whether raters agree on the order of things (Kendall & Smith 1939; ties corrected).

    Parameters
    ----------
    ratings : ndarray of shape (k, p)
        Without gaps.
    """
    from scipy.stats import chi2, rankdata

    from supertouch.stats.agreement import concordance

    k, p = ratings.shape
    if (np.ptp(ratings, axis=1) == 0).any():
        return Concordance(np.nan, np.nan)
    w = concordance(rankdata(ratings, axis=1))
    return Concordance(w, float(chi2.sf(k * (p - 1) * w, p - 1)))


@dataclass(frozen=True, slots=True)
class IntraclassInterval:
    """Intervals of the intraclass correlation of one rater and of the mean of all k.

    Attributes
    ----------
    single, mean : tuple of float
        Low and high end; NaN where raters agree exactly, or contradict each other so far that
        there is none.
    """

    single: tuple[float, float]
    mean: tuple[float, float]


def intraclass_interval(ratings: Array, *, confidence: float) -> IntraclassInterval:
    """Return intervals of the ICC (two-way random, absolute agreement; McGraw & Wong 1996).

    Parameters
    ----------
    ratings : ndarray of shape (k, p)
        Without gaps, from at least two raters of at least two things.
    confidence : float
    """
    from scipy.stats import f

    k, p = ratings.shape
    rows, raters, rest = _mean_squares(ratings)
    if rest <= 0:
        return IntraclassInterval((np.nan, np.nan), (np.nan, np.nan))
    icc = (rows - rest) / (rows + (k - 1) * rest + k * (raters - rest) / p)
    a = k * icc / (p * (1 - icc))
    b = 1 + k * icc * (p - 1) / (p * (1 - icc))
    parts = (a * raters) ** 2 / (k - 1) + (b * rest) ** 2 / ((p - 1) * (k - 1))
    degrees = (a * raters + b * rest) ** 2 / parts
    tail = (1 + confidence) / 2
    down, up = f.ppf(tail, p - 1, degrees), f.ppf(tail, degrees, p - 1)
    spread = k * raters + (k * p - k - p) * rest
    low = p * (rows - down * rest) / (down * spread + p * rows)
    high = p * (up * rows - rest) / (spread + p * up * rows)
    shown = [float(end) if (k - 1) * end > -1 else np.nan for end in (low, high)]
    mean = [k * end / (1 + (k - 1) * end) for end in shown]
    return IntraclassInterval((shown[0], shown[1]), (mean[0], mean[1]))


def _mean_squares(ratings: Array) -> tuple[float, float, float]:
    """Return the mean squares of things, of raters and of the rest."""
    k, p = ratings.shape
    things, raters = ratings.mean(axis=0), ratings.mean(axis=1)
    rest = ratings - things - raters[:, None] + ratings.mean()
    return (
        k * float(things.var(ddof=1)),
        p * float(raters.var(ddof=1)),
        float(np.square(rest).sum()) / ((k - 1) * (p - 1)),
    )
