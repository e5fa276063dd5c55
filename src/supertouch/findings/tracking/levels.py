"""Changes of levels: reach, satisfaction and bands of touchpoints, means and NPS of outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Cell
from supertouch.findings.levels import Base, Measure, RowLevels
from supertouch.findings.levels import Levels as Sums
from supertouch.findings.streams.layout import Layout
from supertouch.findings.streams.levels import TalliedLevels
from supertouch.findings.streams.tallies import Tally
from supertouch.findings.tracking.pairs import (
    Tracked,
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

__all__ = ["Level", "level_changes", "levels_of", "levels_of_tally", "next_wave"]

Array = NDArray[np.float64]
Ends = tuple[Array, Array]

PROPORTIONS = ("reach", "disappointed", "delighted")
OF_OUTCOMES: tuple[Measure, ...] = ("mean", "nps")
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


def levels_of(study: Study, wave: WaveAnswers) -> dict[str, Level]:
    """Estimate every level of a wave on at least ``privacy.min_base`` respondents, by measure."""
    everybody = Cell("", "", np.ones(wave.interviews, dtype=bool))
    return _levels(study, RowLevels(study, wave.answers, everybody))


def levels_of_tally(study: Study, layout: Layout, tally: Tally) -> dict[str, Level]:
    """Estimate what :func:`levels_of` does from a tally; groups stand for sampling units."""
    return _levels(study, TalliedLevels(study, layout, tally, tally.columns[0]))


def _levels(study: Study, levels: Sums) -> dict[str, Level]:
    scales = [study.scales[item.scale] for item in levels.touchpoints]
    with_worst = np.array([scale.disappointed is not None for scale in scales], dtype=bool)
    with_best = np.array([scale.delighted is not None for scale in scales], dtype=bool)
    scored = np.array([item.role == "recommendation" for item in levels.outcomes], dtype=bool)
    asked = [item.contact.within(levels.wave) is not None for item in levels.touchpoints]
    told = np.array(asked, dtype=bool) | (levels.sums("reach").n > levels.met)
    table: dict[Measure, tuple[Base, NDArray[np.bool_]]] = {
        "reach": ("known", told),
        "satisfaction": ("rated", levels.sums("satisfaction").n > 0),
        "disappointed": ("rated", with_worst),
        "delighted": ("rated", with_best),
        "mean": ("answered", levels.sums("mean").n > 0),
        "nps": ("answered", scored),
    }
    items = {measure: [item.id for item in levels.touchpoints] for measure in table}
    items |= {measure: [item.id for item in levels.outcomes] for measure in OF_OUTCOMES}
    found = {}
    for measure, (base, kept) in table.items():
        sums = levels.sums(measure)
        stay = kept & ~levels.withheld(base)
        names = tuple(item for item, stays in zip(items[measure], stay, strict=True) if stays)
        found[str(measure)] = Level(names, sums.of(stay).linearised(levels.stratum))
    return found


def level_changes(
    study: Study,
    before: Tracked,
    after: Tracked,
    levels: tuple[dict[str, Level], dict[str, Level]],
) -> pd.DataFrame:
    """Return changes of the levels of what both waves asked, a row each."""
    shared = shared_units(study, before, after)
    asked = before.whole(study), after.whole(study)
    outcomes = tuple(item.id for item in outcomes_of(*asked))
    touchpoints = touchpoints_of(*asked)
    frames = []
    for measure, now in levels[1].items():
        common = outcomes if measure in OF_OUTCOMES else touchpoints
        then = levels[0][measure]
        items = tuple(item for item in common if item in now.items and item in then.items)
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
