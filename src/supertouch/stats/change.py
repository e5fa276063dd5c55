"""Changes between two waves: their errors, intervals and tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.inference import Corrected, share_interval
from supertouch.stats.means import Linearised, Ratio, wilson

__all__ = [
    "Change",
    "between",
    "between_replicates",
    "mover",
    "proportion_change",
    "satterthwaite",
    "share_change",
    "t_change",
]

Array = NDArray[np.float64]
Places = NDArray[np.intp]

_LARGEST_QUANTILE = 60.0
_HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Change:
    """Changes of k estimates from one wave to another.

    Attributes
    ----------
    estimate, error : ndarray of shape (k,)
        After less before, and its standard error.
    correlation : ndarray of shape (k,)
        Of the two waves' errors: 0 unless units are in both.
    degrees : ndarray of shape (k,)
        Degrees of freedom of the error.
    """

    estimate: Array
    error: Array
    correlation: Array
    degrees: Array


def between(
    before: Linearised, after: Linearised, *, shared: tuple[Places, Places] | None = None
) -> Change:
    """Compare two waves' ratios; who was asked in both counts as one unit.

    A unit of both waves adds the difference of its two residuals, each less the mean of the
    stratum that the unit was in then, so that the covariance of the waves is in the error whatever
    part of the sample came back (Kish 1965, section 12.4).

    Parameters
    ----------
    before, after : Linearised
        The same k ratios in both waves.
    shared : tuple of ndarray of int of shape (m,), optional
        Places of the units of both waves among the units of the first and of the second; waves
        are independent if not given.

    Examples
    --------
    A panel of four whose answers all rise by one: the change has no error at all.

    >>> from supertouch.stats.means import linearised
    >>> everyone = np.arange(4)
    >>> design = dict(weight=np.ones(4), unit=everyone, stratum=np.zeros(4, dtype=int))
    >>> answers, base = np.array([[1.0], [2.0], [2.0], [3.0]]), np.ones((4, 1), dtype=bool)
    >>> first, second = (linearised(x, base, **design) for x in (answers, answers + 1))
    >>> between(first, second).error.round(3)
    array([0.577])
    >>> between(first, second, shared=(everyone, everyone)).error
    array([0.])
    """
    old, new = before.parts, after.parts
    first, second = _squares(old), _squares(new)
    nothing = np.zeros_like(first)
    if shared is None:
        covariance, both, weight = nothing, nothing, (0.0, 0.0)
    else:
        covariance = (old[shared[0]] * new[shared[1]]).sum(axis=0)
        both = _squares(new[shared[1]] - old[shared[0]])
        weight = (len(shared[0]) / max(len(old), 1), len(shared[1]) / max(len(new), 1))
        first = first - _squares(old[shared[0]])
        second = second - _squares(new[shared[1]])
    known = ~np.isnan(before.ratio.error + after.ratio.error)
    variance = np.maximum(first, 0.0) + np.maximum(second, 0.0) + both
    product = np.sqrt(_squares(old) * _squares(new))
    degrees = [part.ratio.degrees.astype(float) for part in (before, after)]
    return Change(
        estimate=after.ratio.estimate - before.ratio.estimate,
        error=np.where(known, np.sqrt(variance), np.nan),
        correlation=np.divide(covariance, product, out=nothing.copy(), where=product > 0),
        degrees=satterthwaite(
            np.array([first, second, both]),
            np.array(
                [
                    degrees[0] * (1 - weight[0]),
                    degrees[1] * (1 - weight[1]),
                    np.minimum(degrees[0] * weight[0], degrees[1] * weight[1]),
                ]
            ),
        ),
    )


def between_replicates(
    before: Corrected, after: Corrected, *, degrees: tuple[int, int], panel: bool
) -> Change:
    """Compare two waves' estimates by their replicates.

    In a panel the replicates of both waves go together, so that the spread of their differences
    holds the covariance; its degrees of freedom are the fewer of the two, since units met twice
    are not twice as many. Otherwise the waves are independent, and their variances add.

    Parameters
    ----------
    before, after : Corrected
        With ``estimate`` of shape (k,).
    degrees : tuple of int
        Degrees of freedom of each wave's replicates.
    panel : bool
    """
    own = np.array([part.replicates.var(axis=0, ddof=1) for part in (before, after)])
    variance, correlation = own.sum(axis=0), np.zeros(own.shape[1:])
    freedom = satterthwaite(own, np.array(degrees, dtype=float)[:, None] + 0 * own)
    if panel:
        both = (after.replicates - before.replicates).var(axis=0, ddof=1)
        product = 2 * np.sqrt(own[0] * own[1])
        correlation = np.divide(variance - both, product, out=correlation, where=product > 0)
        variance, freedom = both, np.full_like(freedom, min(degrees))
    return Change(after.estimate - before.estimate, np.sqrt(variance), correlation, freedom)


def _squares(parts: Array) -> Array:
    return np.asarray(np.square(parts).sum(axis=0))


def satterthwaite(variance: Array, degrees: Array) -> Array:
    """Return the degrees of freedom of a sum of independent variances (Satterthwaite 1946).

    Parameters
    ----------
    variance, degrees : ndarray of shape (parts, k)

    Examples
    --------
    >>> satterthwaite(np.array([[1.0], [1.0]]), np.array([[10.0], [10.0]]))
    array([20.])
    """
    held = np.clip(variance, 0.0, None)
    total = held.sum(axis=0)
    loss = (np.square(held) / np.maximum(degrees, 1.0)).sum(axis=0)
    most = np.maximum(degrees.sum(axis=0), 1.0)
    return np.asarray(
        np.divide(np.square(total), loss, out=np.asarray(most, dtype=float).copy(), where=loss > 0)
    )


def t_change(found: Change, *, confidence: float) -> tuple[Array, Array, Array]:
    """Return low end, high end and two-sided p-value of changes of means, by Student's t."""
    from scipy.stats import t

    reach = t.ppf((1 + confidence) / 2, found.degrees) * found.error
    statistic = np.divide(
        found.estimate,
        found.error,
        out=np.where(np.isnan(found.estimate + found.error), np.nan, 0.0),
        where=found.error > 0,
    )
    p_value = 2 * t.sf(np.abs(statistic), found.degrees)
    return found.estimate - reach, found.estimate + reach, np.asarray(p_value)


def proportion_change(
    found: Change, before: Ratio, after: Ratio, *, confidence: float
) -> tuple[Array, Array, Array]:
    """Return low end, high end and two-sided p-value of changes of proportions.

    The interval is Newcombe's (1998, methods 10 and 12): the waves' Wilson intervals at the base
    that the design is worth, put together by :func:`mover`. The p-value belongs to the interval
    that just touches zero.
    """
    from scipy.stats import t

    def limits(quantile: Array) -> tuple[Array, Array]:
        return mover(
            (before.estimate, *wilson(before, quantile=quantile)),
            (after.estimate, *wilson(after, quantile=quantile)),
            correlation=found.correlation,
        )

    low, high = limits(np.asarray(t.ppf((1 + confidence) / 2, found.degrees)))
    inside, outside = np.zeros_like(found.estimate), np.full_like(found.estimate, _LARGEST_QUANTILE)
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        ends = limits(middle)
        apart = (ends[0] > 0) | (ends[1] < 0)
        inside, outside = np.where(apart, middle, inside), np.where(apart, outside, middle)
    p_value = np.where(np.isnan(low), np.nan, 2 * t.sf(inside, found.degrees))
    return low, high, np.minimum(p_value, 1.0)


def share_change(
    found: Change,
    before: Corrected,
    after: Corrected,
    *,
    degrees: tuple[int, int],
    confidence: float,
) -> tuple[Array, Array, Array]:
    """Return low end, high end and two-sided p-value of changes of shares.

    Both waves' intervals (see :func:`supertouch.stats.inference.share_interval`), which are not
    symmetric, are put together by :func:`mover`. The p-value is that of a t test whose interval is
    as wide towards zero.

    Parameters
    ----------
    found : Change
        Of :func:`between_replicates`.
    before, after : Corrected
        The shares.
    degrees : tuple of int
        Degrees of freedom of each wave's replicates.
    """
    from scipy.stats import t

    sides = [
        (part.estimate, *share_interval(part, degrees=own, confidence=confidence))
        for part, own in zip((before, after), degrees, strict=True)
    ]
    low, high = mover(*sides, correlation=found.correlation)
    towards = np.where(found.estimate > 0, found.estimate - low, high - found.estimate)
    quantile = t.ppf((1 + confidence) / 2, found.degrees)
    ratio = np.divide(
        np.abs(found.estimate), towards, out=np.zeros_like(towards), where=towards > 0
    )
    return low, high, np.asarray(2 * t.sf(quantile * ratio, found.degrees))


def mover(
    before: tuple[Array, Array, Array],
    after: tuple[Array, Array, Array],
    *,
    correlation: Array | float = 0.0,
) -> tuple[Array, Array]:
    """Return the interval of a difference from the intervals of both sides (Zou & Donner 2008).

    Parameters
    ----------
    before, after : tuple of ndarray
        Estimate, low end, high end.
    correlation : ndarray or float
        Of the two estimates.

    Examples
    --------
    Newcombe (1998): 56 of 70 against 48 of 80, interval 0.0524 to 0.3339.

    >>> low, high = mover((0.6, 0.4905, 0.7003), (0.8, 0.6915, 0.8769))
    >>> round(float(low), 3), round(float(high), 3)
    (0.052, 0.334)
    """
    change = after[0] - before[0]
    sides = []
    for own, other in (
        (after[0] - after[1], before[2] - before[0]),
        (after[2] - after[0], before[0] - before[1]),
    ):
        square = np.square(own) + np.square(other) - 2 * correlation * own * other
        sides.append(np.sqrt(np.maximum(square, 0.0)))
    return np.asarray(change - sides[0]), np.asarray(change + sides[1])
