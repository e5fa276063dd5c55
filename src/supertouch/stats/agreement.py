"""How far several methods agree on the order of the same things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Agreement", "agreement", "concordance", "order"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of one ranking with another; NaN where one of the two ranks all alike.

    Attributes
    ----------
    spearman, kendall : float
        Rank correlation (Kendall's tau-b): 1 the same order, -1 the reverse.
    overlap : float
        Share of the first ones that both have in common.
    """

    spearman: float
    kendall: float
    overlap: float


def order(scores: Array) -> Array:
    """Rank scores, 1 for the largest; whatever does not contribute shares the last rank.

    Parameters
    ----------
    scores : ndarray of shape (p,)
        Zero or less is no contribution; NaN gets no rank.

    Examples
    --------
    >>> order(np.array([0.2, -0.1, 0.5, 0.0])).tolist()
    [2.0, 4.0, 1.0, 4.0]
    """
    from scipy.stats import rankdata

    ranks = np.full(scores.shape, np.nan)
    known = ~np.isnan(scores)
    ranks[known] = rankdata(-np.clip(scores[known], 0.0, None), method="max")
    return ranks


def agreement(ranks: Array, reference: Array, *, top: int) -> Agreement:
    """Compare two rankings of p things over those that both rank.

    Parameters
    ----------
    ranks, reference : ndarray of shape (p,)
        1 is first; NaN where there is no rank.
    top : int
        How many first ones to compare.
    """
    from scipy.stats import kendalltau, spearmanr

    both = ~np.isnan(ranks) & ~np.isnan(reference)
    a, b = ranks[both], reference[both]
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Agreement(np.nan, np.nan, np.nan)
    first = min(top, len(a))
    common = np.intersect1d(_first(a, first), _first(b, first))
    return Agreement(
        spearman=float(spearmanr(a, b).statistic),
        kendall=float(kendalltau(a, b).statistic),
        overlap=len(common) / first,
    )


def _first(ranks: Array, count: int) -> NDArray[np.intp]:
    return np.argsort(ranks, kind="stable")[:count]


def concordance(ranks: Array) -> float:
    """Return Kendall's coefficient of concordance W, corrected for ties (Kendall & Smith 1939).

    It is 1 where all methods give the same order, and 0 where their mean ranks are all the same.

    Parameters
    ----------
    ranks : ndarray of shape (m, p)
        A ranking per method; things that some method does not rank are left out.

    Examples
    --------
    >>> concordance(np.array([[1.0, 2, 3], [1, 2, 3]])), concordance(np.array([[1.0, 2], [2, 1]]))
    (1.0, 0.0)
    """
    from scipy.stats import rankdata

    ranks = rankdata(ranks[:, ~np.isnan(ranks).any(axis=0)], axis=1)
    methods, things = ranks.shape
    ties = sum(
        float((size**3 - size).sum())
        for size in (np.unique(row, return_counts=True)[1] for row in ranks)
    )
    most = methods**2 * (things**3 - things) - methods * ties
    spread = float(np.square(ranks.sum(axis=0) - methods * (things + 1) / 2).sum())
    return 12 * spread / most if most > 0 else np.nan
