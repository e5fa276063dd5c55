"""Faults on purpose: broken rows and contradictions, counted as they are planted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.simulate.encode import plain
from supertouch.simulate.respondents import Simulated
from supertouch.study.model import Columns, Study, Touchpoint

__all__ = ["FAULTS", "plant_contradictions", "plant_faults"]

CONTRADICTIONS = ("rated_but_not_met", "met_but_rated_not_met")


@dataclass(frozen=True, slots=True)
class _Row:
    """A raw row to break: its frame and position, and where the study's items stand in it."""

    frame: pd.DataFrame
    position: int
    study: Study
    wave: str

    def get(self, column: Columns) -> object:
        name = column.within(self.wave)
        return self.frame.loc[self.position, name] if name else None

    def put(self, column: Columns, value: float | str | None) -> None:
        name = column.within(self.wave)
        if name:
            self.frame.loc[self.position, name] = value

    def touchpoints(self) -> tuple[Touchpoint, ...]:
        """Return the wave's touchpoints, beginning with another one in every row."""
        asked = self.study.touchpoints_in(self.wave)
        start = self.position % len(asked)
        return asked[start:] + asked[:start]

    def rated(self) -> Columns:
        """Return the column of a touchpoint that this respondent rated."""
        for touchpoint in self.touchpoints():
            scale = self.study.scales[touchpoint.scale]
            value = self.get(touchpoint.rating)
            if isinstance(value, int) and scale.minimum <= value <= scale.maximum:
                return touchpoint.rating
        return Columns()


def _twice(row: _Row) -> None:
    first = replace(row, position=0).get(row.study.respondent)
    row.put(row.study.respondent, str(first) if isinstance(first, str) else int(str(first)))


FAULTS: dict[str, Callable[[_Row], None]] = {
    "text_in_rating": lambda row: row.put(row.rated(), "gut"),
    "rating_outside_scale": lambda row: row.put(row.rated(), 11),
    "rating_between_steps": lambda row: row.put(row.rated(), 2.5),
    "contact_code_unknown": lambda row: row.put(row.touchpoints()[0].contact, 5),
    "recommendation_outside_scale": lambda row: row.put(
        row.study.outcome("recommendation").items[0], 12
    ),
    "weight_negative": lambda row: row.put(row.study.weight, -1.0),
    "weight_missing": lambda row: row.put(row.study.weight, None),
    "status_unknown": lambda row: row.put(
        row.study.status.column if row.study.status else Columns(), 7
    ),
    "respondent_twice": _twice,
}


def plant_faults(
    frame: pd.DataFrame,
    faults: Mapping[str, int],
    *,
    study: Study,
    wave: str,
    rows: Sequence[int],
) -> None:
    """Break one row of ``rows`` after the other, each in one way; the first row stays whole.

    Parameters
    ----------
    frame : DataFrame
        Raw rows, numbered from 0; changed in place.
    faults : mapping of str to int
        How many rows to break in which way of ``FAULTS``.
    study, wave
    rows : sequence of int
        As many rows as there are faults in all.
    """
    kinds = [kind for kind, count in faults.items() for _ in range(count)]
    for kind, position in zip(kinds, rows, strict=True):
        FAULTS[kind](_Row(frame, position, study, wave))


def plant_contradictions(
    frame: pd.DataFrame,
    simulated: Simulated,
    *,
    study: Study,
    wave: str,
    each: int,
    rows: NDArray[np.int64],
    rng: np.random.Generator,
) -> dict[str, int]:
    """Let contact and rating exclude each other, where the rating is what is true.

    Returns
    -------
    dict of str to int
        Number of contradictions of each kind, all in different ones of ``rows``.
    """
    chosen = [int(row) for row in rng.permutation(rows)]
    planted = dict.fromkeys(CONTRADICTIONS, 0)
    for kind in CONTRADICTIONS:
        while planted[kind] < each and chosen:
            row = chosen.pop()
            fitting = _contradictable(simulated, row, kind, study, wave)
            if fitting:
                touchpoint = fitting[int(rng.integers(len(fitting)))]
                rule = touchpoint.contact_rule
                code = (rule.not_met if kind == "rated_but_not_met" else rule.met)[0]
                _Row(frame, row, study, wave).put(touchpoint.contact, plain(code))
                planted[kind] += 1
    return planted


def _contradictable(
    simulated: Simulated, row: int, kind: str, study: Study, wave: str
) -> list[Touchpoint]:
    """List the touchpoints of a row where writing the other contact code contradicts the rating."""
    if kind == "rated_but_not_met":
        fits = simulated.rating_empty[row] == 0
    else:
        fits = simulated.contact[row] == 0
    return [
        touchpoint
        for j, touchpoint in enumerate(study.touchpoints)
        if fits[j] and touchpoint.contact.within(wave)
    ]
