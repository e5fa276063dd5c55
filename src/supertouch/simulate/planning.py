"""Studies that are yet to be: respondents as a planned wave would have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.simulate.design import Design
from supertouch.simulate.designs import both_outcomes, spread_evenly, with_effects
from supertouch.simulate.wave import responses_of

__all__ = ["Expected", "expected_design", "expected_responses", "lifted", "unknown_touchpoints"]

Array = NDArray[np.float64]

UNKNOWN_REACH = (0.95, 0.10)
UNKNOWN_MEAN = 0.675
UNKNOWN_SPREAD = 0.25
UNKNOWN_ANSWERED = 0.95
UNKNOWN_R2 = 0.4
MOST_LIFTED = 4
FEW = 6
STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is expected of a wave before it is in the field.

    Attributes
    ----------
    reach : ndarray of shape (p,)
        Share of the respondents who meet each touchpoint.
    mean, spread : ndarray of shape (p,)
        Mean and standard deviation of its ratings, of answers 1 to ``points``; more is better.
    answered : ndarray of shape (p,)
        Share of those who met a touchpoint, and are asked, that rate it.
    points : int
    r2 : float
        What all touchpoints together explain of either outcome.
    halo, heavy_use : float
        As in `Design`.
    design_effect : float
        Kish's, of the weights.
    """

    reach: Array
    mean: Array
    spread: Array
    answered: Array
    points: int
    r2: float = UNKNOWN_R2
    halo: float = 0.2
    heavy_use: float = 0.2
    design_effect: float = 1.0

    @property
    def p(self) -> int:
        """Number of touchpoints."""
        return len(self.reach)


def unknown_touchpoints(p: int, points: int) -> Expected:
    """Return what is assumed where nothing is known yet.

    Reach falls evenly from 95 to 10 %, ratings lie a little above the middle of the scale with a
    quarter of its range as standard deviation, and one meeter in twenty gives no rating.
    """
    length = points - 1
    return Expected(
        reach=np.linspace(*UNKNOWN_REACH, p),
        mean=np.full(p, 1 + UNKNOWN_MEAN * length),
        spread=np.full(p, UNKNOWN_SPREAD * length),
        answered=np.full(p, UNKNOWN_ANSWERED),
        points=points,
    )


def lifted(expected: Expected) -> NDArray[np.intp]:
    """Return the touchpoints that get twice their fair share, spread over the range of reach."""
    count = min(MOST_LIFTED, expected.p // FEW) if expected.p >= FEW else int(expected.p > 3)
    order = np.argsort(-expected.reach, kind="stable")
    return np.sort(order[spread_evenly(count, expected.p)])


def expected_design(expected: Expected, *, lift: float = 2.0) -> Design:
    """Build the population that is expected: `lifted` touchpoints with ``lift``, the rest alike."""
    p, raised = expected.p, lifted(expected)
    part = np.full(p, (1 - len(raised) * lift / p) / max(1, p - len(raised)))
    part[raised] = lift / p
    mean, spread = _latent(expected)
    design = Design(
        reach=np.clip(expected.reach, 0.01, 0.99),
        mean=mean,
        spread=spread,
        ask_rate=expected.answered,
        outcomes=both_outcomes(p),
        points=expected.points,
        halo=expected.halo,
        heavy_use=expected.heavy_use,
    )
    return with_effects(design, (part, part), r2=expected.r2)


def _latent(expected: Expected) -> tuple[Array, Array]:
    """Find mean and spread before rounding that give the expected ones after it."""
    from scipy.special import ndtr

    cuts = np.arange(1, expected.points) + 0.5
    largest = np.sqrt((expected.mean - 1) * (expected.points - expected.mean))
    wanted = np.minimum(expected.spread, 0.95 * largest)
    mean, spread = expected.mean.copy(), wanted.copy()
    values = np.arange(1, expected.points + 1)
    for _ in range(STEPS):
        below = ndtr((cuts - mean[:, None]) / spread[:, None])
        share = np.diff(below, axis=1, prepend=0.0, append=1.0)
        found = share @ values
        deviation = np.sqrt(np.maximum(share @ np.square(values) - found**2, 1e-6))
        mean = mean + 0.5 * (expected.mean - found)
        spread = spread * np.sqrt(wanted / deviation)
    return mean, spread


def expected_responses(
    design: Design,
    n: int,
    *,
    design_effect: float = 1.0,
    blocks: Sequence[Sequence[int]] = (),
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Simulate ``n`` accepted responses; ``blocks`` are places of touchpoints asked together.

    Everybody gets one block by chance, blocks being filled evenly; what is not in it counts as not
    asked. Weights are lognormal with Kish's ``design_effect`` and know nothing of the answers.
    """
    frame = responses_of(design, n, seed=rng)
    frame["weight"] = np.exp(rng.normal(0, np.sqrt(np.log(max(design_effect, 1.0))), n))
    if not blocks:
        return frame
    held = np.zeros((len(blocks), design.p), dtype=bool)
    for number, places in enumerate(blocks):
        held[number, list(places)] = True
    unasked = ~held[rng.permutation(np.arange(n) % len(blocks))]
    for j in np.flatnonzero(unasked.any(axis=0)):
        where = unasked[:, j]
        frame[f"t{j}.contact"] = frame[f"t{j}.contact"].mask(where)
        frame[f"t{j}.rating"] = frame[f"t{j}.rating"].mask(where)
        frame[f"t{j}.rating_empty"] = frame[f"t{j}.rating_empty"].mask(where, "not_asked")
    return frame
