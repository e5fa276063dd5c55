"""What the next wave can find, and how many respondents a wave needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["detectable", "needed", "respondents_to_decide"]

Array = NDArray[np.float64]


def _both_quantiles(degrees: Array, alpha: float, power: float) -> Array:
    from scipy.stats import t

    return np.asarray(t.ppf(1 - alpha / 2, degrees) + t.ppf(power, degrees))


def detectable(
    error: Array,
    *,
    degrees: Array | float,
    alpha: float,
    correlation: Array | float = 0.0,
    power: float = 0.8,
) -> Array:
    """Return the smallest change that the next wave, as large as this one, finds with ``power``.

    Parameters
    ----------
    error : ndarray of shape (k,)
        Standard errors of this wave's estimates.
    degrees : ndarray or float
        Degrees of freedom of the difference.
    alpha : float
        Level of the two-sided test, one change by itself.
    correlation : ndarray or float
        Of the errors of this wave and the next; 0 for independent samples.

    Examples
    --------
    >>> detectable(np.array([0.05]), degrees=1e6, alpha=0.05).round(3)
    array([0.198])
    """
    together = np.sqrt(2 * np.maximum(1 - np.asarray(correlation), 0.0))
    return np.asarray(_both_quantiles(np.asarray(degrees), alpha, power) * error * together)


def needed(
    change: Array,
    error: Array,
    *,
    n: Array | float,
    degrees: Array | float,
    alpha: float,
    correlation: Array | float = 0.0,
    power: float = 0.8,
) -> Array:
    """Return the respondents that the next wave needs to find a change as large as ``change``.

    This wave stays as it is, with its error v. With k times fewer respondents next time, the
    variance of the difference is v (1 + k - 2 ρ min(k, 1)): a smaller next wave keeps its share of
    people asked before, a larger one can ask no more of them than there were.

    Parameters
    ----------
    change, error : ndarray of shape (k,)
        Changes to find, and standard errors of this wave's estimates.
    n : ndarray or float
        Respondents of this wave.
    degrees, alpha, correlation, power
        As in :func:`detectable`.

    Returns
    -------
    ndarray of shape (k,)
        NaN where no number of respondents would do.

    Examples
    --------
    >>> change = detectable(np.array([0.05]), degrees=1e6, alpha=0.05)
    >>> needed(np.array([change[0], 0.1]), np.full(2, 0.05), n=1000, degrees=1e6, alpha=0.05)
    array([1000.,   nan])
    """
    rho = np.asarray(correlation) + np.zeros_like(change)
    with np.errstate(divide="ignore", invalid="ignore"):
        allowed = np.square(change / (_both_quantiles(np.asarray(degrees), alpha, power) * error))
        fewer = allowed - 1 + 2 * rho
        more = (allowed - 1) / (1 - 2 * rho)
        times = np.where(fewer >= 1 - 1e-9, fewer, np.where(rho < 0.5, more, np.nan))
        wanted = np.ceil(n / times - 1e-6)
    return np.where(times > 0, np.maximum(wanted, 2.0), np.nan)


def respondents_to_decide(value: Array, low: Array, high: Array, *, target: Array, n: int) -> Array:
    """Return the respondents with which an estimate, if it stays, differs clearly from a target.

    Examples
    --------
    >>> respondents_to_decide(
    ...     np.array([4.1]), np.array([3.9]), np.array([4.3]), target=np.array([4.0]), n=100
    ... )
    array([400.])
    """
    gap = np.abs(value - target)
    half = np.where(value > target, value - low, high - value)
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = np.ceil(n * np.square(half / gap) - 1e-6)
    return np.where(gap > 0, wanted, np.nan)
