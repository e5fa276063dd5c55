"""Errors of estimates from what each respondent adds to them, under strata and clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Design", "design_errors", "t_interval", "t_p_value"]

Array = NDArray[np.float64]


class Design:
    """Sampling units and strata of n respondents, ready to add up what these contribute.

    Parameters
    ----------
    unit : ndarray of int of shape (n,)
        Sampling unit of each respondent, any numbers.
    stratum : ndarray of int of shape (u,)
        Stratum of each unit, by its number.

    Attributes
    ----------
    degrees : int
        Units less strata.
    """

    def __init__(self, unit: NDArray[np.intp], stratum: NDArray[np.intp]) -> None:
        units, number = np.unique(unit, return_inverse=True)
        strata, self.stratum = np.unique(stratum[units], return_inverse=True)
        self.order = np.argsort(number, kind="stable")
        self.start = np.searchsorted(number[self.order], np.arange(len(units)))
        self.degrees = len(units) - len(strata)

    def by_unit(self, values: Array) -> Array:
        """Add up rows of shape (n, k) by sampling unit: shape (u, k)."""
        if len(self.start) == len(values):
            return np.asarray(values[self.order])
        return np.asarray(np.add.reduceat(values[self.order], self.start, axis=0))


def design_errors(influence: Array, design: Design) -> Array:
    """Return standard errors of k estimates by Taylor linearisation.

    Parameters
    ----------
    influence : ndarray of shape (n, k)
        What each respondent adds to each estimate, weighted; adds up to about 0.
    design : Design

    Returns
    -------
    ndarray of shape (k,)
        From the spread of units within strata; a stratum of one unit adds nothing.
    """
    total = design.by_unit(influence)
    variance = np.zeros(influence.shape[1])
    for stratum in range(int(design.stratum.max(initial=-1)) + 1):
        own = total[design.stratum == stratum]
        if len(own) > 1:
            variance += len(own) * own.var(axis=0, ddof=1)
    return np.asarray(np.sqrt(variance))


def t_interval(
    estimate: Array, error: Array, *, degrees: Array | int, confidence: float
) -> tuple[Array, Array]:
    """Return the t interval around estimates."""
    from scipy.stats import t

    reach = t.ppf((1 + confidence) / 2, np.maximum(degrees, 1)) * error
    return estimate - reach, estimate + reach


def t_p_value(estimate: Array, error: Array, *, degrees: Array | int) -> Array:
    """Return two-sided p-values of estimates against zero; NaN where there is no error."""
    from scipy.stats import t

    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = np.abs(estimate) / np.where(error > 0, error, np.nan)
    return np.asarray(2 * t.sf(statistic, np.maximum(degrees, 1)))
