"""Ready-made designs: no effect, equal effects, drivers of one outcome only, a few supers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from supertouch.simulate.design import Design, OutcomeDesign
from supertouch.simulate.respondents import population
from supertouch.stats.importance import johnson

__all__ = [
    "both_outcomes",
    "fair",
    "null",
    "one_outcome",
    "planted",
    "spread_evenly",
    "with_effects",
]

Array = NDArray[np.float64]

_LOYALTY_SPREAD = 0.9
_RECOMMENDATION_SPREAD = 2.2
_PILOT = 20_000
_STEPS = 40


def null(p: int, *, halo: float = 0.2, heavy_use: float = 0.2) -> Design:
    """Build a study in which no touchpoint has any effect; reach runs from 95 to 10 %."""
    nothing = np.zeros(p)
    return _calibrated(_reaches(p), (nothing, nothing), r2=0.0, halo=halo, heavy_use=heavy_use)


def fair(p: int, *, r2: float = 0.4, halo: float = 0.2, heavy_use: float = 0.2) -> Design:
    """Build a study in which all touchpoints are alike, so that each share is the fair share."""
    same = np.full(p, 1 / p)
    return _calibrated(np.full(p, 0.6), (same, same), r2=r2, halo=halo, heavy_use=heavy_use)


def one_outcome(p: int, *, r2: float = 0.4, halo: float = 0.2, heavy_use: float = 0.2) -> Design:
    """Build a study in which every touchpoint works on one outcome only, by turns."""
    odd = np.arange(p) % 2 == 1
    parts = (np.where(odd, 0.0, 2 / p), np.where(odd, 2 / p, 0.0))
    return _calibrated(_reaches(p), parts, r2=r2, halo=halo, heavy_use=heavy_use)


def planted(
    p: int,
    *,
    supers: int = 3,
    lift: float = 3.0,
    r2: float = 0.4,
    halo: float = 0.2,
    heavy_use: float = 0.2,
    idle: int = 0,
    reach: tuple[float, float] = (0.95, 0.10),
) -> Design:
    """Build a study with a few super-touchpoints, spread evenly over the range of reach.

    Parameters
    ----------
    p : int
        Number of touchpoints.
    supers : int
        How many of them are super; the others share the rest of the importance equally.
    lift : float
        Share of each super times p; at most p / supers.
    r2 : float
        R² before answers are rounded.
    idle : int
        How many of the others have no effect at all, spread evenly over the range of reach too.
    reach : tuple of float
        Reach of the first and of the last touchpoint; the others lie evenly between.
    """
    position = spread_evenly(supers, p)
    others = np.setdiff1d(np.arange(p), position)
    works = np.delete(others, spread_evenly(idle, len(others)))
    part = np.zeros(p)
    part[works] = max(0.0, 1 - supers * lift / p) / max(1, len(works))
    part[position] = lift / p
    return _calibrated(np.linspace(*reach, p), (part, part), r2=r2, halo=halo, heavy_use=heavy_use)


def spread_evenly(count: int, p: int) -> NDArray[np.intp]:
    """Return ``count`` places spread evenly over p."""
    return ((np.arange(count) + 0.5) * p / max(1, count)).astype(np.intp)


def _reaches(p: int) -> Array:
    return np.linspace(0.95, 0.10, p)


def _calibrated(
    reach: Array, parts: tuple[Array, Array], *, r2: float, halo: float, heavy_use: float
) -> Design:
    """Choose effects so that touchpoints contribute ``parts`` and together explain ``r2``."""
    p = len(reach)
    design = Design(
        reach=reach,
        mean=np.full(p, 3.7),
        spread=np.full(p, 1.0),
        outcomes=both_outcomes(p),
        halo=halo,
        heavy_use=heavy_use,
    )
    return with_effects(design, parts, r2=r2)


def with_effects(design: Design, parts: tuple[Array, Array], *, r2: float) -> Design:
    """Give a design's loyalty and recommendation the effects that make up ``r2`` in ``parts``.

    Parameters
    ----------
    design : Design
        With the outcomes of :func:`both_outcomes`.
    parts : tuple of ndarray of shape (p,)
        Part of each touchpoint's experience in the importance, for either outcome.
    r2 : float
        R² before answers are rounded.
    """
    p = design.p
    spreads = (_LOYALTY_SPREAD, _RECOMMENDATION_SPREAD)
    pilot = population(design, _PILOT, np.random.default_rng(_PILOT))
    z = np.where(pilot.met, pilot.rating - pilot.rating.mean(axis=0), 0.0)
    covariance = np.cov(z, rowvar=False).reshape(p, p)
    scaled = tuple(
        replace(
            outcome,
            beta=_effects(covariance, part, spread=spread * np.sqrt(r2)),
            noise=spread * float(np.sqrt(1 - r2)),
        )
        for outcome, part, spread in zip(design.outcomes, parts, spreads, strict=True)
    )
    return replace(design, outcomes=scaled)


def both_outcomes(p: int) -> tuple[OutcomeDesign, OutcomeDesign]:
    """Ask loyalty with three items and recommendation with one, as yet without effects."""
    nothing = np.zeros(p)
    return (
        OutcomeDesign(
            "loyalty",
            "loyalty",
            nothing,
            nothing,
            level=3.6,
            kind="scale",
            minimum=1,
            maximum=5,
            items=3,
            item_noise=0.5,
            reversed_items=(1,),
        ),
        OutcomeDesign(
            "recommendation",
            "recommendation",
            nothing,
            nothing,
            level=7.5,
            kind="rounded",
            maximum=10,
        ),
    )


def _effects(covariance: Array, part: Array, *, spread: float) -> Array:
    """Find effects that give touchpoints their ``part`` of the importance, halo notwithstanding.

    Those with a part of zero keep an effect of zero, though halo lends them some importance.
    """
    works = part > 0
    beta = np.sqrt(part / np.diagonal(covariance))
    if not works.any() or spread == 0:
        return np.zeros(len(part))
    for _ in range(_STEPS):
        variance = float(beta @ covariance @ beta)
        found = johnson(covariance, (covariance @ beta)[None], np.array([variance]))[0]
        beta[works] *= (part[works] / found[works]) ** 0.25
    return np.asarray(beta * spread / np.sqrt(beta @ covariance @ beta))
