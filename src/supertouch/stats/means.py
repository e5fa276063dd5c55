"""Weighted means, proportions and their intervals under strata and clusters, by linearisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Linearised",
    "Ratio",
    "UnitSums",
    "kish",
    "linearised",
    "mean_interval",
    "proportion_interval",
    "ratio",
    "unit_sums",
    "wilson",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Weighted ratios of totals, k of them.

    Attributes
    ----------
    estimate, error : ndarray of shape (k,)
        Value and standard error; NaN where the base is empty, and an error of NaN where it lies
        in as many strata as sampling units, so that nothing is known of its spread.
    n : ndarray of int of shape (k,)
        Respondents in the base.
    n_eff : ndarray of shape (k,)
        Kish's effective base.
    degrees : ndarray of int of shape (k,)
        Degrees of freedom: sampling units less strata that the base lies in.
    """

    estimate: Array
    error: Array
    n: NDArray[np.int_]
    n_eff: Array
    degrees: NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Linearised:
    """Weighted ratios with what each sampling unit adds to their error.

    Attributes
    ----------
    ratio : Ratio
    parts : ndarray of shape (u, k)
        The units' linearised residuals less their stratum's mean, scaled so that the squares add
        up to the squared error.
    """

    ratio: Ratio
    parts: Array


@dataclass(frozen=True, slots=True)
class UnitSums:
    """What k weighted means of u sampling units are made of; sums over respondents add up.

    Attributes
    ----------
    total : ndarray of shape (u, k)
        Weighted sums of what is averaged.
    base : ndarray of shape (u, k)
        Sums of weights.
    squares : ndarray of shape (k,)
        Sums of squared weights.
    n : ndarray of int of shape (k,)
        Respondents.
    held : ndarray of bool of shape (u, k)
        Whether a unit has respondents in the base.
    """

    total: Array
    base: Array
    squares: Array
    n: NDArray[np.int_]
    held: NDArray[np.bool_]

    def __add__(self, other: UnitSums) -> UnitSums:
        """Add other respondents of the same units."""
        return UnitSums(
            self.total + other.total,
            self.base + other.base,
            self.squares + other.squares,
            self.n + other.n,
            self.held | other.held,
        )

    def of(self, columns: NDArray[Any]) -> UnitSums:
        """Return some of the k columns, by their places or a mask."""
        return UnitSums(
            self.total[:, columns],
            self.base[:, columns],
            self.squares[columns],
            self.n[columns],
            self.held[:, columns],
        )

    def linearised(self, stratum: NDArray[np.intp]) -> Linearised:
        """Estimate the means, with Taylor-linearised errors.

        Parameters
        ----------
        stratum : ndarray of int of shape (u,)
            Stratum of each unit.
        """
        total = self.base.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            estimate = self.total.sum(axis=0) / total
            residual = np.where(total > 0, (self.total - estimate * self.base) / total, 0.0)
            n_eff = total**2 / self.squares
        parts = _parts(residual, stratum)
        degrees = _degrees(self.held, stratum)
        error = np.sqrt(np.square(parts).sum(axis=0))
        found = Ratio(
            estimate=estimate,
            error=np.where((total > 0) & (degrees > 0), error, np.nan),
            n=self.n,
            n_eff=np.where(total > 0, n_eff, 0.0),
            degrees=degrees,
        )
        return Linearised(found, parts)


def _parts(residual: Array, stratum: NDArray[np.intp]) -> Array:
    """Take from each unit its stratum's mean; a stratum of one unit adds nothing."""
    sizes = np.bincount(stratum)
    means = np.zeros((len(sizes), residual.shape[1]))
    np.add.at(means, stratum, residual)
    factor = np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 0.0)
    spread = residual - (means / np.maximum(sizes, 1)[:, None])[stratum]
    return np.asarray(np.sqrt(factor)[stratum, None] * spread)


def _degrees(held: NDArray[np.bool_], stratum: NDArray[np.intp]) -> NDArray[np.int_]:
    strata = np.zeros((stratum.max() + 1, held.shape[1]), dtype=bool)
    np.logical_or.at(strata, stratum, held)
    return np.asarray(held.sum(axis=0) - strata.sum(axis=0))


def kish(weight: Array) -> float:
    """Return Kish's effective number of respondents, (Σw)² / Σw².

    Examples
    --------
    >>> kish(np.array([1.0, 1.0, 2.0]))
    2.6666666666666665
    """
    squares = float(np.square(weight).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def ratio(
    value: Array,
    base: NDArray[np.bool_],
    *,
    weight: Array,
    unit: NDArray[np.intp],
    stratum: NDArray[np.intp],
) -> Ratio:
    """Estimate weighted means of k columns over their bases, with Taylor-linearised errors.

    Parameters
    ----------
    value : ndarray of shape (n, k) or (n, 1)
        What is averaged; ignored outside the base.
    base : ndarray of bool of shape (n, k)
        Who counts. Respondents outside stay in the design, as domain estimation needs.
    weight : ndarray of shape (n,)
    unit : ndarray of int of shape (n,)
        Sampling unit of each respondent, 0..u-1.
    stratum : ndarray of int of shape (u,)
        Stratum of each unit.
    """
    return linearised(value, base, weight=weight, unit=unit, stratum=stratum).ratio


def linearised(
    value: Array,
    base: NDArray[np.bool_],
    *,
    weight: Array,
    unit: NDArray[np.intp],
    stratum: NDArray[np.intp],
) -> Linearised:
    """Estimate as :func:`ratio` does, and keep what each sampling unit adds to the error."""
    sums = unit_sums(value, base, weight=weight, unit=unit, units=len(stratum))
    return sums.linearised(stratum)


def unit_sums(
    value: Array,
    base: NDArray[np.bool_],
    *,
    weight: Array,
    unit: NDArray[np.intp],
    units: int,
) -> UnitSums:
    """Sum by sampling unit what :func:`ratio` needs; parameters are as there."""
    from scipy.sparse import csc_array

    n, weights = len(weight), weight[:, None] * base
    to_units = csc_array((np.ones(n), unit, np.arange(n + 1)), shape=(units, n))
    return UnitSums(
        total=np.asarray(to_units @ (weights * np.where(base, value, 0.0))),
        base=np.asarray(to_units @ weights),
        squares=np.square(weights).sum(axis=0),
        n=base.sum(axis=0),
        held=to_units @ base.astype(float) > 0,
    )


def mean_interval(found: Ratio, *, confidence: float) -> tuple[Array, Array]:
    """Return the t interval of means; NaN with fewer than two in the base."""
    from scipy.stats import t

    reach = t.ppf((1 + confidence) / 2, np.maximum(found.degrees, 1)) * found.error
    reach = np.where(found.n > 1, reach, np.nan)
    return found.estimate - reach, found.estimate + reach


def proportion_interval(found: Ratio, *, confidence: float) -> tuple[Array, Array]:
    """Return Wilson's interval of proportions at the base that the design is worth.

    That base is p(1 - p) / error², and Kish's where every answer is the same.
    """
    from scipy.stats import t

    quantile = np.asarray(t.ppf((1 + confidence) / 2, np.maximum(found.degrees, 1)))
    return wilson(found, quantile=quantile)


def wilson(found: Ratio, *, quantile: Array) -> tuple[Array, Array]:
    """Return Wilson's interval of proportions with a given quantile, as wide as that makes it."""
    p, error = found.estimate, found.error
    with np.errstate(invalid="ignore", divide="ignore"):
        worth = np.where(error > 0, p * (1 - p) / np.square(error), found.n_eff)
        worth = np.where(found.degrees > 0, np.minimum(worth, found.n), np.nan)
        square = np.square(quantile)
        centre = (p + square / (2 * worth)) / (1 + square / worth)
        half = np.sqrt(square * (p * (1 - p) / worth + square / (4 * worth**2))) / (
            1 + square / worth
        )
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
