"""Weights that bring a sample to known margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.stats.means import kish

__all__ = ["Raked", "rake"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Raked:
    """Raked weights of n respondents.

    Attributes
    ----------
    weight : ndarray of shape (n,)
        Weights whose sums by each margin are the totals asked for.
    design_effect : float
        Kish's n Σw² / (Σw)²: how many times larger the sample is than an unweighted one of the
        same precision.
    iterations : int
        Rounds over all margins that were needed.
    """

    weight: Array
    design_effect: float
    iterations: int


def rake(
    weight: Array,
    *,
    margins: Sequence[NDArray[np.intp]],
    totals: Sequence[Array],
    tolerance: float = 1e-10,
    most: int = 1000,
) -> Raked:
    """Adjust weights to several margins in turn until all hold (Deming & Stephan 1940).

    Parameters
    ----------
    weight : ndarray of shape (n,)
        Base weights.
    margins : sequence of ndarray of int of shape (n,)
        Category of each respondent on each margin, 0..k-1.
    totals : sequence of ndarray of shape (k,)
        Population total of each category.
    tolerance : float
        Largest relative deviation from a total that is left.
    most : int
        Most rounds.

    Raises
    ------
    UnsupportedError
        If a category has a total but no respondent, or the margins contradict each other.

    Examples
    --------
    >>> found = rake(np.ones(3), margins=[np.array([0, 0, 1])], totals=[np.array([1.0, 1.0])])
    >>> found.weight.tolist()
    [0.5, 0.5, 1.0]
    """
    for place, (margin, total) in enumerate(zip(margins, totals, strict=True)):
        empty = (np.bincount(margin, weights=weight, minlength=len(total)) == 0) & (total > 0)
        if empty.any():
            category = int(np.flatnonzero(empty)[0])
            raise UnsupportedError(
                f"Margin {place} has no respondent in category {category}; merge it with another."
            )
    weight = weight.astype(float)
    for iteration in range(1, most + 1):
        worst = 0.0
        for margin, total in zip(margins, totals, strict=True):
            sums = np.bincount(margin, weights=weight, minlength=len(total))
            factor = np.divide(total, sums, out=np.ones_like(sums), where=sums > 0)
            worst = max(worst, float(np.abs(factor - 1).max()))
            weight = weight * factor[margin]
        if worst < tolerance:
            return Raked(weight, len(weight) / kish(weight), iteration)
    raise UnsupportedError("The margins contradict each other: raking does not settle.")
