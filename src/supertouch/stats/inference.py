"""From an estimate and its replicates to bias-corrected values, intervals, tests and ranks.

The bootstrap repeats the overfit of R² that the sample already has, so that replicates carry it
twice: the estimate is corrected by their mean shift once, the replicates twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Corrected",
    "adjust",
    "corrected",
    "normal_interval",
    "percentile_interval",
    "ranks",
    "share_interval",
    "share_test",
    "shares",
    "t_quantile",
    "t_test",
    "tied",
    "widening",
]

Array = NDArray[np.float64]

CLEARLY = 0.005
_ROUNDING = 1e-9
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Corrected:
    """A bias-corrected estimate with replicates that are centred on it.

    Attributes
    ----------
    estimate : ndarray of shape s
    replicates : ndarray of shape (b, *s)
    """

    estimate: Array
    replicates: Array


def corrected(
    estimate: Array,
    replicates: Array,
    *,
    anchor: Array | None = None,
    inflation: float | Array = 1.0,
) -> Corrected:
    """Correct an estimate whose bias the replicates repeat.

    Parameters
    ----------
    estimate : ndarray of shape s
        Estimate from the sample.
    replicates : ndarray of shape (b, *s)
        The same estimator on each replicate.
    anchor : ndarray of shape s, optional
        The estimate by the replicates' own algorithm, where it differs from ``estimate``
        (sampled orders of entry), so that the algorithm's error is not taken for bias.
    inflation : float or ndarray that fits s
        By what the replicates spread too little, see :func:`widening`.
    """
    anchor = estimate if anchor is None else anchor
    mean = replicates.mean(axis=0)
    centre = estimate - (mean - anchor)
    return Corrected(centre, centre + inflation * (replicates - mean))


def widening(n_eff: Array, columns: int) -> Array:
    """Return by what replicates of a model with so many columns spread too little.

    The square root of n / (n - columns): residuals of the sample, which the replicates are drawn
    from, are that much smaller than errors.
    """
    return np.asarray(np.sqrt(n_eff / np.maximum(n_eff - columns, 1.0)))


def shares(importance: Corrected) -> Corrected:
    """Turn importance into shares of its total over the last axis; below zero counts as none."""
    return Corrected(_shares(importance.estimate), _shares(importance.replicates))


def _shares(importance: Array) -> Array:
    positive = np.clip(importance, 0.0, None)
    total = positive.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(positive, total, out=np.zeros_like(positive), where=total > 0))


def percentile_interval(found: Corrected, *, confidence: float) -> tuple[Array, Array]:
    """Return the percentile interval of the corrected replicates, widened to hold the estimate."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(found.replicates, [tail, 1 - tail], axis=0)
    return np.minimum(low, found.estimate), np.maximum(high, found.estimate)


def share_interval(found: Corrected, *, degrees: int, confidence: float) -> tuple[Array, Array]:
    """Return percentiles, widened by the logit-scale interval where a share is above zero.

    Percentiles alone are too narrow for true drivers, the logit scale fails for touchpoints that
    do nothing; the measured coverage of both is in the documentation of methods.
    """
    from scipy.stats import t

    low, high = percentile_interval(found, confidence=confidence)
    clear = np.quantile(found.replicates, CLEARLY, axis=0) > found.estimate / 10
    kept = np.maximum(found.replicates, found.estimate / 20)
    centre, spread = _log_odds(found.estimate), _log_odds(kept).std(axis=0, ddof=1)
    reach = t.ppf((1 + confidence) / 2, degrees) * spread
    logit_low, logit_high = (1 / (1 + np.exp(-(centre + side * reach))) for side in (-1, 1))
    return (
        np.where(clear, np.minimum(low, logit_low), low),
        np.where(clear, np.maximum(high, logit_high), high),
    )


def normal_interval(
    estimate: Array, replicates: Array, *, degrees: int, confidence: float
) -> tuple[Array, Array]:
    """Return the t interval with the replicates' standard deviation."""
    reach = t_quantile(degrees, confidence=confidence) * replicates.std(axis=0, ddof=1)
    return estimate - reach, estimate + reach


def t_quantile(degrees: int, *, confidence: float) -> float:
    """Return how many standard errors a two-sided interval with that confidence reaches."""
    from scipy.stats import t

    return float(t.ppf((1 + confidence) / 2, degrees))


def t_test(estimate: Array, replicates: Array, *, degrees: int, two_sided: bool = True) -> Array:
    """Return p-values of the estimate against zero; one-sided against values above zero."""
    from scipy.stats import t

    error = replicates.std(axis=0, ddof=1)
    nothing = np.where(np.isnan(estimate), np.nan, 0.0)
    statistic = np.divide(estimate, error, out=nothing, where=error > 0)
    if two_sided:
        return np.asarray(2 * t.sf(np.abs(statistic), degrees))
    return np.asarray(t.sf(statistic, degrees))


def share_test(
    importance: Array,
    replicates: Array,
    *,
    fair: float,
    degrees: int,
    anchor: Array | None = None,
    inflation: float = 1.0,
) -> Array:
    """Return one-sided p-values that a share exceeds ``fair``, on the logit scale.

    Parameters
    ----------
    importance : ndarray of shape (..., p)
        Importance from the sample, not corrected.
    replicates : ndarray of shape (b, ..., p)
    anchor, inflation
        As in :func:`corrected`.
    """
    found = corrected(
        _logit(importance, fair),
        _logit(replicates, fair),
        anchor=None if anchor is None else _logit(anchor, fair),
        inflation=inflation,
    )
    excess = found.estimate - np.log(fair / (1 - fair)) if fair < 1 else -np.ones(importance.shape)
    excess = np.where(np.abs(excess) < _ROUNDING, 0.0, excess)
    return t_test(excess, found.replicates, degrees=degrees, two_sided=False)


def _logit(importance: Array, fair: float) -> Array:
    """Log odds of shares; one far below the fair share is as good as another."""
    return _log_odds(np.maximum(_shares(importance), fair / 50))


def _log_odds(share: Array) -> Array:
    kept = np.clip(share, 1e-12, 1 - 1e-12)
    return np.asarray(np.log(kept / (1 - kept)))


def _descending(values: Array) -> NDArray[np.intp]:
    """Order values, the largest first; those that differ by rounding alone as they stand."""
    return np.argsort(-np.round(values, _DIGITS), axis=-1, kind="stable")


def ranks(values: Array) -> NDArray[np.intp]:
    """Rank along the last axis, 1 for the largest; of equal values the first one first."""
    order = _descending(values)
    result = np.empty(values.shape, dtype=np.intp)
    np.put_along_axis(result, order, np.arange(1, values.shape[-1] + 1), axis=-1)
    return result


def tied(found: Corrected, *, confidence: float) -> NDArray[np.bool_]:
    """Tell which of p values cannot be told from the one ranked next below it.

    Parameters
    ----------
    found : Corrected
        With ``estimate`` of shape (p,).
    """
    order = _descending(found.estimate)
    lead = found.replicates[:, order[:-1]] - found.replicates[:, order[1:]]
    low = np.quantile(lead, (1 - confidence) / 2, axis=0)
    result = np.zeros(len(order), dtype=bool)
    result[order[:-1]] = low <= 10.0**-_DIGITS
    return result


def adjust(p_values: Array) -> Array:
    """Adjust a family of p-values by Benjamini & Hochberg (1995); NaN stays out of the family.

    Examples
    --------
    >>> adjust(np.array([0.01, 0.04, np.nan, 0.03])).round(3)
    array([0.03, 0.04,  nan, 0.04])
    """
    from scipy.stats import false_discovery_control

    result = np.full(p_values.shape, np.nan)
    known = ~np.isnan(p_values)
    if known.any():
        result[known] = false_discovery_control(p_values[known])
    return result
