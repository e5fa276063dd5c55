"""How the chance to find something grows with the number of respondents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PowerCurve", "power_curve"]

Array = NDArray[np.float64]

PART = 0.05
STEPS = 100
TOLERANCE = 1e-9
FARTHEST = 5.0


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """Chance to find an effect with n respondents: Φ(intercept + slope · √n).

    Attributes
    ----------
    intercept, slope : float
    covariance : ndarray of shape (2, 2)
        Of the two, from the number of simulated cases.
    """

    intercept: float
    slope: float
    covariance: Array

    def chance(self, n: Array | float) -> Array:
        """Return the chance with ``n`` respondents."""
        from scipy.special import ndtr

        return np.asarray(ndtr(self.intercept + self.slope * np.sqrt(n)))

    def error(self, n: float) -> float:
        """Return the simulation error of the chance with ``n`` respondents."""
        value = self.intercept + self.slope * np.sqrt(n)
        gradient = np.array([1.0, np.sqrt(n)]) * np.exp(-(value**2) / 2) / np.sqrt(2 * np.pi)
        return float(np.sqrt(gradient @ self.covariance @ gradient))

    def respondents(self, power: float) -> tuple[float, float]:
        """Return the respondents that give ``power``, and the simulation error of that number.

        NaN where more respondents do not help.
        """
        from scipy.special import ndtri

        if self.slope <= 0:
            return np.nan, np.nan
        root = max(0.0, float(ndtri(power) - self.intercept) / self.slope)
        gradient = np.array([-1.0, -root]) / self.slope
        error = float(np.sqrt(gradient @ self.covariance @ gradient))
        return root**2, 2 * root * error


def power_curve(n: Array, found: Array, tried: Array) -> PowerCurve:
    """Fit the chance to find an effect from simulated studies of several sizes.

    A test of a fixed effect finds it with the chance Φ(√n · δ - z), so that the chance is a probit
    in the root of n. A twentieth of a case found and of one missed is added at each size, so that
    a curve exists where all cases or none were found; half a case, as is usual for single shares,
    would overrate the needed number by a quarter with nine cases at each size. Fisher scoring.

    Parameters
    ----------
    n : ndarray of shape (k,)
        Respondents; at least two sizes.
    found, tried : ndarray of shape (k,)
        Cases found, and cases in all, with each.

    Examples
    --------
    >>> curve = power_curve(
    ...     np.array([100.0, 400, 900]), np.array([5.0, 50, 95]), np.array([100.0, 100, 100])
    ... )
    >>> [round(number) for number in curve.respondents(0.8)]
    [632, 38]
    """
    columns = np.column_stack([np.ones(len(n)), np.sqrt(n)])
    share, cases = (found + PART) / (tried + 2 * PART), tried + 2 * PART
    fit = np.zeros(2)
    for _ in range(STEPS):
        chance, slope = _normal(columns @ fit)
        weight = cases * slope**2 / (chance * (1 - chance))
        information = (columns.T * weight) @ columns
        step = np.linalg.solve(information, (columns.T * weight) @ ((share - chance) / slope))
        fit = fit + step
        if np.abs(columns @ step).max() < TOLERANCE:
            break
    return PowerCurve(float(fit[0]), float(fit[1]), np.linalg.inv(information))


def _normal(value: Array) -> tuple[Array, Array]:
    """Return the normal distribution function and its density, kept off the ends."""
    from scipy.special import ndtr

    bounded = np.clip(value, -FARTHEST, FARTHEST)
    density = np.exp(-np.square(bounded) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(ndtr(bounded)), np.asarray(density)
