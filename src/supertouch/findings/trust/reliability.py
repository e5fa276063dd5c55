"""Whether the items of an outcome measure the same thing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.stats.means import kish
from supertouch.study.model import Outcome, Study

__all__ = ["cronbach_alpha", "reliability_table"]

Array = NDArray[np.float64]

LOWEST_ALPHA = 0.7


def reliability_table(study: Study, wave: str, responses: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``reliability``: each outcome of several items, then each of its items.

    Weights count, as in every other number; respondents who left an item empty are left out, and
    intervals take the others for independent of each other, which clusters are not.
    Items are turned already, reversed ones too: one that runs against the rest of its scale
    (``reversed_item``) was probably coded the wrong way round.

    Parameters
    ----------
    study : Study
    wave : str
        Id of the wave.
    responses : DataFrame
        What ``validate`` accepted.
    """
    rows = [
        {"wave": wave, "outcome": outcome.id} | row
        for outcome in study.outcomes_in(wave)
        if len(names := _items(outcome, responses)) > 1
        for row in _scale(
            responses[names].to_numpy(float, na_value=np.nan),
            responses["weight"].to_numpy(float),
            confidence=study.analysis.confidence,
        )
    ]
    return pd.DataFrame(rows)


def _items(outcome: Outcome, responses: pd.DataFrame) -> list[str]:
    names = [f"{outcome.id}.item{k}" for k in range(1, len(outcome.items) + 1)]
    return [name for name in names if name in responses]


def _scale(items: Array, weight: Array, *, confidence: float) -> Iterator[dict[str, object]]:
    complete = ~np.isnan(items).any(axis=1)
    n_eff = kish(weight[complete])
    base = {"n": int(complete.sum()), "n_eff": n_eff}
    covariance = _covariance(items[complete], weight[complete])
    k = len(covariance)
    yield base | _row("", covariance, n_eff, confidence) | {"item_rest": np.nan}
    for j in range(k):
        rest = np.delete(np.arange(k), j)
        without = _row(f"item{j + 1}", covariance[np.ix_(rest, rest)], n_eff, confidence)
        against = _item_rest(covariance, j)
        flag = "reversed_item" if against < 0 else ""
        yield base | without | {"n_items": k, "item_rest": against, "flag": flag}


def _row(item: str, covariance: Array, n_eff: float, confidence: float) -> dict[str, object]:
    alpha = cronbach_alpha(covariance)
    low, high = _feldt(alpha, n_eff, len(covariance), confidence)
    return {
        "item": item,
        "n_items": len(covariance),
        "alpha": alpha,
        "alpha_low": low,
        "alpha_high": high,
        "flag": "low_reliability" if alpha < LOWEST_ALPHA else "",
    }


def _covariance(items: Array, weight: Array) -> Array:
    if len(items) < 2:
        return np.full((items.shape[1], items.shape[1]), np.nan)
    return np.atleast_2d(np.cov(items, rowvar=False, aweights=weight))


def cronbach_alpha(covariance: Array) -> float:
    """Return Cronbach's (1951) alpha of the sum of k items: how consistently they measure.

    The share of the sum's variance that the items have in common, under equal loadings; a lower
    bound of the reliability otherwise. NaN for fewer than two items, or where nothing varies.

    Parameters
    ----------
    covariance : ndarray of shape (k, k)
        Of the items, all turned the same way.

    Examples
    --------
    >>> round(cronbach_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 3)
    0.667
    """
    k, total = len(covariance), float(covariance.sum())
    if k < 2 or not total > 0:
        return float("nan")
    return k / (k - 1) * (1 - float(np.trace(covariance)) / total)


def _feldt(alpha: float, n: float, k: int, confidence: float) -> tuple[float, float]:
    """Return the interval of Feldt, Woodruff & Salih (1987)."""
    from scipy.stats import f

    if np.isnan(alpha) or n <= 2:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = (float(f.isf(at, n - 1, (n - 1) * (k - 1))) for at in (tail, 1 - tail))
    return 1 - (1 - alpha) * low, 1 - (1 - alpha) * high


def _item_rest(covariance: Array, j: int) -> float:
    """Correlate an item with the sum of the others."""
    rest = np.delete(np.arange(len(covariance)), j)
    variance = covariance[j, j] * covariance[np.ix_(rest, rest)].sum()
    return float(covariance[j, rest].sum() / np.sqrt(variance)) if variance > 0 else float("nan")
