"""Changes of levels: reach, satisfaction and bands of touchpoints, means and NPS of outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers
from supertouch.findings.performance import bands, points
from supertouch.findings.suppression import few
from supertouch.findings.tracking.pairs import (
    WaveAnswers,
    outcomes_of,
    shared_units,
    touchpoints_of,
)
from supertouch.stats import change as changes
from supertouch.stats import means, sample_size
from supertouch.stats.change import Change
from supertouch.stats.means import Linearised, Ratio
from supertouch.study.model import Study

__all__ = ["Level", "level_changes", "levels_of", "next_wave"]

Array = NDArray[np.float64]
Ends = tuple[Array, Array]

PROPORTIONS = ("reach", "disappointed", "delighted")
OF_OUTCOMES = ("mean", "nps")
NPS_LIMIT = 100.0


@dataclass(frozen=True, slots=True)
class Level:
    """One measure of a wave: its estimates, and the touchpoints or outcomes that they are of."""

    items: tuple[str, ...]
    found: Linearised

    def of(self, items: tuple[str, ...]) -> Linearised:
        """Return the estimates of some of the items, in their order."""
        places = np.array([self.items.index(item) for item in items], dtype=np.intp)
        ratio = self.found.ratio
        names = ("estimate", "error", "n", "n_eff", "degrees")
        picked = Ratio(**{name: getattr(ratio, name)[places] for name in names})
        return Linearised(picked, self.found.parts[:, places])


def _told(answers: Answers) -> NDArray[np.bool_]:
    """Tell of which touchpoints the answers say that somebody did not meet them, if so."""
    asked = [item.contact.within(answers.wave) is not None for item in answers.touchpoints]
    return np.asarray(np.array(asked, dtype=bool) | (answers.contact == 0).any(axis=0))


def levels_of(study: Study, wave: WaveAnswers) -> dict[str, Level]:
    """Estimate every level of a wave on at least ``privacy.min_base`` respondents, by measure."""
    answers = wave.answers
    known, rated = ~np.isnan(answers.contact), ~np.isnan(answers.rating)
    answered = ~np.isnan(answers.outcome)
    worst, best = bands(study, answers)
    scales = [study.scales[item.scale] for item in answers.touchpoints]
    with_worst = np.array([scale.disappointed is not None for scale in scales], dtype=bool)
    with_best = np.array([scale.delighted is not None for scale in scales], dtype=bool)
    scored = np.array([item.role == "recommendation" for item in answers.outcomes], dtype=bool)
    touchpoints = np.array([item.id for item in answers.touchpoints], dtype=object)
    outcomes = np.array([item.id for item in answers.outcomes], dtype=object)
    met = (answers.contact == 1).astype(float)
    weight, of_rating = answers.weight, answers.rating_weight
    table = {
        "reach": (touchpoints, met, known, weight, _told(answers)),
        "satisfaction": (touchpoints, answers.rating, rated, of_rating, rated.any(axis=0)),
        "disappointed": (touchpoints, worst, rated, of_rating, with_worst),
        "delighted": (touchpoints, best, rated, of_rating, with_best),
        "mean": (outcomes, answers.outcome, answered, weight, answered.any(axis=0)),
        "nps": (outcomes, points(answers.outcome), answered, weight, scored),
    }
    table = {
        name: (items, value, base, own, kept & ~few(study, answers, base))
        for name, (items, value, base, own, kept) in table.items()
    }
    return {
        name: Level(
            tuple(items[kept]),
            means.linearised(
                value[:, kept],
                base[:, kept],
                weight=own,
                unit=answers.groups.unit,
                stratum=answers.groups.unit_stratum,
            ),
        )
        for name, (items, value, base, own, kept) in table.items()
    }


def level_changes(
    study: Study,
    before: WaveAnswers,
    after: WaveAnswers,
    levels: tuple[dict[str, Level], dict[str, Level]],
) -> pd.DataFrame:
    """Return changes of the levels of what both waves asked, a row each."""
    shared = shared_units(study, before, after)
    outcomes = tuple(item.id for item in outcomes_of(before, after))
    frames = []
    for measure, now in levels[1].items():
        asked = outcomes if measure in OF_OUTCOMES else touchpoints_of(before, after)
        then = levels[0][measure]
        items = tuple(item for item in asked if item in now.items and item in then.items)
        if items:
            sides = then.of(items), now.of(items)
            found = changes.between(*sides, shared=shared)
            frames.append(_rows(study, measure, items, sides, found, after.interviews))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _rows(
    study: Study,
    measure: str,
    items: tuple[str, ...],
    sides: tuple[Linearised, Linearised],
    found: Change,
    interviews: int,
) -> pd.DataFrame:
    confidence = study.analysis.confidence
    ratios = [side.ratio for side in sides]
    if measure in PROPORTIONS:
        tested = changes.proportion_change(found, *ratios, confidence=confidence)
    else:
        tested = changes.t_change(found, confidence=confidence)
    of_outcome = measure in OF_OUTCOMES
    table: dict[str, object] = {
        "outcome": items if of_outcome else "",
        "touchpoint": "" if of_outcome else items,
        "component": "",
        "measure": measure,
    }
    for side, ratio in zip(("before", "after"), ratios, strict=True):
        low, high = _ENDS[measure](ratio, confidence=confidence)
        table |= {f"n_{side}": ratio.n, f"n_eff_{side}": ratio.n_eff}
        table |= {side: ratio.estimate, f"{side}_low": low, f"{side}_high": high}
    return pd.DataFrame(
        table
        | {"change": found.estimate}
        | dict(zip(("change_low", "change_high", "p_value"), tested, strict=True))
        | next_wave(study, found, ratios[1].error, interviews=interviews)
    )


def next_wave(study: Study, found: Change, error: Array, *, interviews: int) -> dict[str, Array]:
    """Return what a next wave like this one can find, and the respondents it needs.

    Parameters
    ----------
    study : Study
    found : Change
        From the earlier wave to this one.
    error : ndarray of shape (k,)
        Standard errors of this wave's estimates.
    interviews : int
        Respondents of this wave.
    """
    alpha, degrees, correlation = study.rule.alpha, found.degrees, found.correlation
    return {
        "detectable": sample_size.detectable(
            error, degrees=degrees, alpha=alpha, correlation=correlation
        ),
        "n_needed": sample_size.needed(
            found.estimate,
            error,
            n=interviews,
            degrees=degrees,
            alpha=alpha,
            correlation=correlation,
        ),
    }


def _nps_interval(found: Ratio, *, confidence: float) -> Ends:
    low, high = means.mean_interval(found, confidence=confidence)
    return np.maximum(low, -NPS_LIMIT), np.minimum(high, NPS_LIMIT)


_ENDS: dict[str, Callable[..., Ends]] = {
    **dict.fromkeys(PROPORTIONS, means.proportion_interval),
    **dict.fromkeys(("satisfaction", "mean"), means.mean_interval),
    "nps": _nps_interval,
}
