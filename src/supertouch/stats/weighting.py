"""Weights that bring a sample to known margins, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.stats.means import kish

__all__ = ["Fault", "Raked", "approach", "obstacles", "rake"]

Array = NDArray[np.float64]
Categories = NDArray[np.intp]
Obstacle = Literal["no_respondent", "no_target", "too_large", "too_small"]
Bounds = tuple[float, float]

_SAME_TOTAL = 1e-9
_NO_BOUND = 1e12
_SLOW = 0.9


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
    gaps : tuple of ndarray of shape (k,)
        For each margin what is left between the share of each category and its target.
    trimmed : int
        Weights that stand at one of the bounds.
    settled : bool
        Whether all margins hold.
    slow : bool
        Where they do not: whether later rounds still brought them nearer.
    """

    weight: Array
    design_effect: float
    iterations: int
    gaps: tuple[Array, ...] = ()
    trimmed: int = 0
    settled: bool = True
    slow: bool = False

    @property
    def largest_gap(self) -> float:
        """Largest difference between a share and its target; NaN without margins."""
        return max((float(np.abs(gap).max()) for gap in self.gaps), default=np.nan)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no weights can meet the margins: the category of a margin at which they fail.

    ``no_respondent`` has a target but nobody in it, ``no_target`` has respondents but no target
    above 0, ``too_large`` and ``too_small`` are out of reach of weights within the bounds, which
    can bring the category's share to ``reach`` at most (at least).
    """

    kind: Obstacle
    margin: int
    category: int
    reach: float = np.nan


def obstacles(
    weight: Array,
    *,
    margins: Sequence[Categories],
    totals: Sequence[Array],
    bounds: Bounds | None = None,
) -> list[Fault]:
    """Return every category of which it can be told beforehand that no weights can meet it.

    Parameters
    ----------
    weight, margins, totals, bounds
        As in `rake`.
    """
    found: list[Fault] = []
    low, high = bounds or (0.0, _NO_BOUND)
    for place, (margin, total) in enumerate(zip(margins, totals, strict=True)):
        count = np.bincount(margin, minlength=len(total))
        held = np.bincount(margin, weights=weight, minlength=len(total)) > 0
        share = total / total.sum()
        most = np.minimum(count * high, len(weight) - (len(weight) - count) * low) / len(weight)
        least = np.maximum(count * low, len(weight) - (len(weight) - count) * high) / len(weight)
        kinds: dict[Obstacle, NDArray[np.bool_]] = {
            "no_respondent": ~held & (total > 0),
            "no_target": held & (total <= 0),
            "too_large": held & (total > 0) & (share > most + _SAME_TOTAL),
            "too_small": held & (total > 0) & (share < least - _SAME_TOTAL),
        }
        for kind, where in kinds.items():
            reach = least if kind == "too_small" else most
            found += [Fault(kind, place, int(k), float(reach[k])) for k in np.flatnonzero(where)]
    return found


def approach(
    weight: Array,
    *,
    margins: Sequence[Categories],
    totals: Sequence[Array],
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
    most: int = 1000,
) -> Raked:
    """Rake as far as it goes, and tell what is left; `rake` refuses what does not settle.

    Parameters
    ----------
    weight, margins, totals, bounds, tolerance, most
        As in `rake`.
    """
    weight = weight.astype(float)
    mean = float(totals[0].sum()) / len(weight)
    limits = None if bounds is None else (bounds[0] * mean, bounds[1] * mean)
    worst = halfway = np.inf
    iteration = 0
    for iteration in range(1, most + 1):
        worst = 0.0
        for margin, total in zip(margins, totals, strict=True):
            sums = np.bincount(margin, weights=weight, minlength=len(total))
            factor = np.divide(total, sums, out=np.ones_like(sums), where=sums > 0)
            worst = max(worst, float(np.abs(factor - 1).max()))
            weight = weight * factor[margin]
        if limits is not None:
            weight = np.clip(weight, *limits)
        if worst < tolerance:
            break
        halfway = worst if iteration == most // 2 else halfway
    return Raked(
        weight=weight,
        design_effect=len(weight) / kish(weight),
        iterations=iteration,
        gaps=tuple(
            np.bincount(margin, weights=weight, minlength=len(total)) / weight.sum()
            - total / total.sum()
            for margin, total in zip(margins, totals, strict=True)
        ),
        trimmed=0 if limits is None else int(np.isin(weight, limits).sum()),
        settled=worst < tolerance,
        slow=tolerance <= worst < _SLOW * halfway,
    )


def rake(
    weight: Array,
    *,
    margins: Sequence[Categories],
    totals: Sequence[Array],
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
    most: int = 1000,
) -> Raked:
    """Adjust weights to several margins in turn until all hold (Deming & Stephan 1940).

    With ``bounds`` weights are cut to them after each round, and raked again, until margins and
    bounds hold together (Izrael, Battaglia & Frankel 2009).

    Parameters
    ----------
    weight : ndarray of shape (n,)
        Base weights.
    margins : sequence of ndarray of int of shape (n,)
        Category of each respondent on each margin, 0..k-1.
    totals : sequence of ndarray of shape (k,)
        Population total of each category.
    bounds : tuple of float, optional
        Least and largest weight, in parts of the mean weight.
    tolerance : float
        Largest relative deviation from a total that is left.
    most : int
        Most rounds.

    Raises
    ------
    UnsupportedError
        If a category has a total but no respondent, no weights within the bounds bring it to its
        total, or the margins contradict each other.

    References
    ----------
    Deming, W. E. & Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency
    table when the expected marginal totals are known. Annals of Mathematical Statistics, 11.
    Izrael, D., Battaglia, M. P. & Frankel, M. R. (2009). Extreme survey weight adjustment as a
    component of sample balancing (a.k.a. raking). SAS Global Forum, 247.

    Examples
    --------
    >>> found = rake(np.ones(3), margins=[np.array([0, 0, 1])], totals=[np.array([1.0, 1.0])])
    >>> found.weight.tolist()
    [0.5, 0.5, 1.0]
    """
    sums = np.array([total.sum() for total in totals])
    if np.ptp(sums) > _SAME_TOTAL * sums.max():
        raise UnsupportedError("The margins contradict each other: their totals differ.")
    for fault in obstacles(weight, margins=margins, totals=totals, bounds=bounds):
        if fault.kind != "no_target":
            raise UnsupportedError(
                f"Margin {fault.margin} {_WHY[fault.kind]} category {fault.category}; merge it "
                "with another."
            )
    found = approach(
        weight, margins=margins, totals=totals, bounds=bounds, tolerance=tolerance, most=most
    )
    if not found.settled:
        raise UnsupportedError("The margins contradict each other: raking does not settle.")
    return found


_WHY: dict[Obstacle, str] = {
    "no_respondent": "has no respondent in",
    "too_large": "wants larger weights than the bounds allow in",
    "too_small": "wants smaller weights than the bounds allow in",
}
