"""The net promoter score as a second scale of the recommendation, for effects alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.study.model import Outcome, Study

__all__ = ["Score", "nps_score", "scored_place"]

Array = NDArray[np.float64]

PROMOTERS, DETRACTORS = 9, 6
SCALE = (0.0, 10.0)


@dataclass(frozen=True, slots=True)
class Score:
    """Effects on the net promoter score, by the recommendation's own model.

    Drivers, respondents, weights and replicates are those of the recommendation; the answer counts
    100 for promoters, -100 for detractors and 0 for everybody else.

    Attributes
    ----------
    effect : ndarray of shape (k,)
        NPS points per rating point (experience), or of meeting the touchpoint (contact).
    replicates : ndarray of shape (b, k)
    spread : float
        Standard deviation of the score.
    """

    effect: Array
    replicates: Array
    spread: float


def nps_score(answer: Array) -> Array:
    """Score promoters 100, detractors -100 and everybody else 0; empty answers stay empty.

    Examples
    --------
    >>> nps_score(np.array([10.0, 8.0, 6.0, np.nan]))
    array([ 100.,    0., -100.,   nan])
    """
    with np.errstate(invalid="ignore"):
        points = 100.0 * (answer >= PROMOTERS) - 100.0 * (answer <= DETRACTORS)
    return np.where(np.isnan(answer), np.nan, points)


def scored_place(study: Study, outcomes: Sequence[Outcome]) -> int | None:
    """Return which of the outcomes has a net promoter score: a recommendation from 0 to 10."""
    for place, outcome in enumerate(outcomes):
        scale = study.scales[outcome.scale]
        if outcome.role == "recommendation" and (scale.minimum, scale.maximum) == SCALE:
            return place
    return None
