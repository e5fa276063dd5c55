"""Changes of effects, importance, shares, ranks and fit on common touchpoints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.tracking.fits import Component, Estimates
from supertouch.findings.tracking.levels import next_wave
from supertouch.stats import change as changes
from supertouch.stats import inference
from supertouch.stats.inference import Corrected
from supertouch.study.model import Study

__all__ = ["effect_changes"]

Array = NDArray[np.float64]
Both = tuple[Estimates, Estimates]
Sides = tuple[Corrected, Corrected]


def effect_changes(study: Study, both: Both, *, interviews: int) -> pd.DataFrame:
    """Return changes of what one outcome's model says, a row each.

    Parameters
    ----------
    study : Study
    both : tuple of Estimates
        Of the earlier and of the later wave, with the same driver columns.
    interviews : int
        Respondents of the later wave.
    """
    frames = [_fit(study, both, interviews=interviews)]
    for name, then in both[0].components.items():
        now = both[1].components[name]
        for measure, part in _MEASURES.items():
            sides = (part(then), part(now))
            head = {"touchpoint": now.touchpoints, "component": name, "measure": measure}
            shown = (then.shown, now.shown)
            ends = {
                f"{side}{end}": table[f"{measure}{end}"].to_numpy(float)
                for side, table in zip(("before", "after"), shown, strict=True)
                for end in ("", "_low", "_high")
            }
            found = _TESTS[measure]
            frames.append(
                pd.DataFrame(head | ends | found(study, both, sides, interviews=interviews))
            )
    return pd.concat(frames, ignore_index=True).assign(outcome=both[1].base.outcome.id, **_n(both))


def _n(both: Both) -> dict[str, float]:
    sides = zip(("before", "after"), both, strict=True)
    return {
        name: value
        for side, part in sides
        for name, value in ((f"n_{side}", part.base.n), (f"n_eff_{side}", part.base.n_eff))
    }


def _effect(part: Component) -> Corrected:
    return part.effect


def _importance(part: Component) -> Corrected:
    return part.importance


def _share(part: Component) -> Corrected:
    return inference.shares(part.importance)


def _rank(part: Component) -> Corrected:
    found = part.importance
    return Corrected(
        inference.ranks(found.estimate).astype(float),
        inference.ranks(found.replicates).astype(float),
    )


_MEASURES: dict[str, Callable[[Component], Corrected]] = {
    "effect": _effect,
    "importance": _importance,
    "share": _share,
    "rank": _rank,
}


def _tested(
    study: Study, both: Both, sides: Sides, *, interviews: int, shares: bool = False
) -> dict[str, Array]:
    degrees = (both[0].degrees, both[1].degrees)
    confidence = study.analysis.confidence
    found = changes.between_replicates(*sides, degrees=degrees, panel=study.panel)
    if shares:
        tested = changes.share_change(found, *sides, degrees=degrees, confidence=confidence)
    else:
        tested = changes.t_change(found, confidence=confidence)
    error = sides[1].replicates.std(axis=0, ddof=1)
    return {
        "change": found.estimate,
        "change_low": tested[0],
        "change_high": tested[1],
        "p_value": tested[2],
    } | next_wave(study, found, error, interviews=interviews)


def _ranked(study: Study, both: Both, sides: Sides, *, interviews: int) -> dict[str, Array]:
    """Ranks have an interval of their change, from the replicates, and no test."""
    del both, interviews
    difference = Corrected(
        sides[1].estimate - sides[0].estimate, sides[1].replicates - sides[0].replicates
    )
    low, high = inference.percentile_interval(difference, confidence=study.analysis.confidence)
    return {
        "change": difference.estimate,
        "change_low": np.floor(low),
        "change_high": np.ceil(high),
    }


_TESTS: dict[str, Callable[..., dict[str, Array]]] = {
    "effect": _tested,
    "importance": _tested,
    "share": partial(_tested, shares=True),
    "rank": _ranked,
}


def _fit(study: Study, both: Both, *, interviews: int) -> pd.DataFrame:
    """Return the change of R² of the whole model."""
    sides = tuple(Corrected(part.r2.estimate[None], part.r2.replicates[:, None]) for part in both)
    ends = {
        f"{side}{end}": [part.shown[f"r2{end}"]]
        for side, part in zip(("before", "after"), both, strict=True)
        for end in ("", "_low", "_high")
    }
    head = {"touchpoint": [""], "component": [""], "measure": ["r2"]}
    tested = _tested(study, both, (sides[0], sides[1]), interviews=interviews)
    return pd.DataFrame(head | ends | tested)
