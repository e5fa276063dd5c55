"""Regression for outcomes that are ordered answers rather than numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["OrderedLogit", "expected", "ordered_answers", "ordered_logit"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]

_CHUNK = 256
_LATENT = 1.8  # standard deviation of the logistic distribution, for a starting point


@dataclass(frozen=True, slots=True)
class OrderedLogit:
    """Proportional-odds model of k drivers and m ordered answers.

    Attributes
    ----------
    effect : ndarray of shape (k,)
        Change of the log odds of a better answer per unit of each driver.
    threshold : ndarray of shape (m - 1,)
        Where one answer gives way to the next, on the log-odds scale.
    log_likelihood : float
        Weighted sum over respondents.
    converged : bool
        Whether the slope of the likelihood is zero at the result; if not, it is not to be used.
    """

    effect: Array
    threshold: Array
    log_likelihood: float
    converged: bool


def ordered_logit(drivers: Array, answer: Integers, *, weight: Array) -> OrderedLogit:
    """Fit the proportional-odds model (McCullagh 1980) by maximum likelihood.

    The model is that of statsmodels, with weights, a slope in closed form and a start from least
    squares.

    Parameters
    ----------
    drivers : ndarray of shape (n, k)
        None of them constant.
    answer : ndarray of int of shape (n,)
        0..m-1, more is better; each is given by somebody.
    weight : ndarray of shape (n,)
        Weights, or how many respondents each row stands for.
    """
    centre = np.average(drivers, axis=0, weights=weight)
    unit = np.sqrt(np.average((drivers - centre) ** 2, axis=0, weights=weight))
    scaled = (drivers - centre) / unit
    model = _ordered_model(answer, scaled, weight)
    found = model.fit(
        start_params=_start(model, scaled, answer, weight),
        method="bfgs",
        disp=False,
        maxiter=500,
        gtol=1e-6,
        skip_hessian=True,
        warn_convergence=False,
    )
    k = drivers.shape[1]
    params = np.asarray(found.params, dtype=float)
    effect = params[:k] / unit
    slope = np.abs(model.score(params)).max() / weight.sum()
    return OrderedLogit(
        effect=effect,
        threshold=np.asarray(model.transform_threshold_params(params)[1:-1] + centre @ effect),
        log_likelihood=float(model.loglike(params)),
        converged=bool(slope < 1e-4),
    )


def _start(model: Any, scaled: Array, answer: Integers, weight: Array) -> Array:  # noqa: ANN401
    """Least squares on the answers' numbers, turned to the scale of log odds."""
    root = np.sqrt(weight)[:, None]
    level = answer - np.average(answer, weights=weight)
    slope = np.linalg.lstsq(scaled * root, level * root[:, 0], rcond=None)[0]
    noise = np.sqrt(np.average((level - scaled @ slope) ** 2, weights=weight))
    start = np.array(model.start_params, dtype=float)
    if noise > 0:
        start[: len(slope)] = slope * _LATENT / noise
    return start


def _ordered_model(answer: Integers, drivers: Array, weight: Array) -> Any:  # noqa: ANN401
    """Build statsmodels' ordered logit with weights and the slope of its likelihood."""
    from scipy.special import expit
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    class Weighted(OrderedModel):  # type: ignore[misc]
        def prob(self, low: Array, upp: Array) -> Array:
            # the upper tail keeps its digits where both ends are far to the right
            flip = low > 0
            first, second = np.where(flip, -upp, low), np.where(flip, -low, upp)
            return np.asarray(expit(second) - expit(first))

        def loglike(self, params: Array) -> float:
            low, upp = self._bounds(params)
            return float(weight @ np.log(self.prob(low, upp) + 1e-300))

        def score(self, params: Array) -> Array:
            low, upp = self._bounds(params)
            share = weight / (self.prob(low, upp) + 1e-300)
            at_low, at_upp = (share * expit(end) * expit(-end) for end in (low, upp))
            m = self.k_levels
            upper = np.bincount(self.endog, at_upp, minlength=m)[:-1]
            lower = np.bincount(self.endog, at_low, minlength=m)[1:]
            above = np.cumsum((upper - lower)[::-1])[::-1]
            above[1:] *= np.exp(params[-(m - 2) :]) if m > 2 else 1.0
            return np.concatenate([self.exog.T @ (at_low - at_upp), above])

    return Weighted(answer, drivers, distr="logit", hasconst=False)


def ordered_answers(values: Array, *, most: int, fewest: int) -> Integers:
    """Turn an outcome's values into ordered answers, neighbours joined until none is rare.

    Parameters
    ----------
    values : ndarray of shape (n,)
    most : int
        Most answers that are left.
    fewest : int
        Fewest respondents in each, as long as two answers are left.

    Returns
    -------
    ndarray of int of shape (n,)
        0..m-1; the rarest answer is joined to the rarer of its neighbours, again and again.

    Examples
    --------
    >>> ordered_answers(np.array([1.0, 5, 5, 5, 9, 9, 9.5]), most=3, fewest=2).tolist()
    [0, 0, 0, 0, 1, 1, 1]
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    level, sizes = np.arange(len(counts)), list(counts)
    while len(sizes) > 2 and (len(sizes) > most or min(sizes) < fewest):
        rare = int(np.argmin(sizes))
        beside = [k for k in (rare - 1, rare + 1) if 0 <= k < len(sizes)]
        first = min(rare, min(beside, key=lambda k: sizes[k]))
        sizes[first] += sizes.pop(first + 1)
        level[level > first] -= 1
    return np.asarray(level[place])


def expected(columns: Array, *, covariance: Array) -> Array:
    """Replace what is unknown of each respondent by what the rest of the answers lets expect.

    With the drivers' own covariances, and without the outcome, the coefficients of a regression
    on the filled columns are those of the complete ones, where answers are missing at random.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        Centred; NaN is unknown.
    covariance : ndarray of shape (k, k)
        Positive definite.
    """
    unknown = np.isnan(columns)
    filled = np.where(unknown, 0.0, columns)
    precision = np.linalg.inv(covariance)
    rows = np.flatnonzero(unknown.any(axis=1))
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        gap = unknown[part]
        held = np.where(gap[:, :, None] & gap[:, None, :], precision, 0.0)
        held += np.eye(columns.shape[1]) * ~gap[:, :, None]
        known = np.where(gap, -(filled[part] @ precision), 0.0)
        filled[part] += np.linalg.solve(held, known[..., None])[..., 0]
    return filled
