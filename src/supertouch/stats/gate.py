"""Whether the answers can carry a model, before any number of it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.covariance import assemble
from supertouch.stats.moments import Moments

__all__ = ["Gate", "Refusal", "estimable", "model_refusal"]

Refusal = Literal[
    "",
    "n_eff_below_columns",
    "too_few_touchpoints",
    "too_few_units",
    "no_variance",
    "not_positive",
]

PER_COLUMN = 8
FEWEST_DEGREES = 20
LARGEST_REPAIR = 0.1


@dataclass(frozen=True, slots=True)
class Gate:
    """Which driver columns can be estimated.

    Attributes
    ----------
    touchpoints : ndarray of int of shape (k,)
        Touchpoints admitted.
    dropped : ndarray of int
        Touchpoints with a pair that too few have rated, or that too few were asked for together.
    silent : ndarray of int
        Touchpoints too few of whose raters answered an outcome.
    constant : ndarray of int
        Touchpoints that all raters rated the same.
    contact : ndarray of bool of shape (k,)
        Whether enough met and enough did not meet the touchpoint to estimate its contact effect.
    """

    touchpoints: NDArray[np.intp]
    dropped: NDArray[np.intp]
    silent: NDArray[np.intp]
    constant: NDArray[np.intp]
    contact: NDArray[np.bool_]

    @property
    def columns(self) -> NDArray[np.intp]:
        """Driver columns of the admitted touchpoints: experience, then estimable contacts."""
        k = len(self.touchpoints)
        return np.concatenate([np.arange(k), k + np.flatnonzero(self.contact)])


def estimable(sums: Moments, *, eligible: NDArray[np.intp], minimum: int) -> Gate:
    """Drop touchpoints until every pair has a base.

    A pair fails where at least ``minimum`` respondents met both touchpoints, fewer than that rated
    both, and these are less than half: its moment would rest on few answers, scaled up. A pair
    that hardly anybody met needs no base, since its moment is small and known; but at least
    ``minimum`` must be known to have met or not met both. The touchpoint with most failing pairs
    goes first. Touchpoints with fewer than ``minimum`` raters who answered an outcome go before.

    Parameters
    ----------
    sums : Moments
    eligible : ndarray of int
        Touchpoints that pass the thresholds of reach and base.
    minimum : int
        Smallest base of a pair.
    """
    spread = np.diagonal(
        assemble(sums.total(), touchpoints=sums.touchpoints, outcomes=sums.outcomes).matrix
    )
    varies = spread[eligible] > 1e-9
    constant, left = eligible[~varies], eligible[varies]
    heard = _fewest(sums, "rated", minimum)[left] >= minimum
    silent, left = left[~heard], left[heard]
    met, rated = sums.base("met", "met"), sums.base("rated", "rated")
    failing = (met >= minimum) & (rated < minimum) & (met > 2 * rated)
    failing |= sums.base("known", "known") < minimum
    np.fill_diagonal(failing, False)
    dropped: list[int] = []
    while failing[np.ix_(left, left)].any():
        count = failing[np.ix_(left, left)].sum(axis=1)
        raters = rated[left, left]
        worst = np.lexsort((raters, -count))[0]
        dropped.append(int(left[worst]))
        left = np.delete(left, worst)
    meet = _fewest(sums, "met", minimum)[left]
    missed = _fewest(sums, "known", minimum, less="met")[left]
    return Gate(
        touchpoints=left,
        dropped=np.array(dropped, dtype=np.intp),
        silent=silent,
        constant=constant,
        contact=(meet >= minimum) & (missed >= minimum),
    )


def _fewest(sums: Moments, kind: str, minimum: int, *, less: str = "") -> NDArray[np.float64]:
    """Count respondents of a kind who answered: the fewest over outcomes that have a base."""
    base = sums.base(kind, "answered")
    if less:
        base = base - sums.base(less, "answered")
    answered = sums.counts[0, sums.block("answered")]
    live = base[:, answered >= 2 * minimum]
    return np.asarray(live.min(axis=1) if live.shape[1] else base.max(axis=1, initial=0.0))


def model_refusal(
    *, n_eff: float, columns: int, touchpoints: int, degrees: int, variance: float
) -> tuple[Refusal, float]:
    """Return why a model is refused, or "", with the effective base that it needs.

    Parameters
    ----------
    n_eff : float
        Kish's effective number of respondents who answered the outcome.
    columns, touchpoints : int
        Driver columns and touchpoints in the model.
    degrees : int
        Sampling units less strata.
    variance : float
        Variance of the outcome.
    """
    needed = float(PER_COLUMN * columns)
    checks: tuple[tuple[Refusal, bool], ...] = (
        ("too_few_touchpoints", touchpoints < 2),
        ("no_variance", not variance > 1e-12),
        ("too_few_units", degrees < FEWEST_DEGREES),
        ("n_eff_below_columns", n_eff < needed),
    )
    return next((code for code, fails in checks if fails), ""), needed
