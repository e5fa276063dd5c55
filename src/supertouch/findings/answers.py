"""A wave's responses as arrays, with the sampling design they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.stats.resampling import Groups, group_units
from supertouch.study.model import Outcome, Status, Study, Touchpoint

__all__ = ["Answers", "Cell", "cells", "read_answers"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """Responses of one wave: n respondents, p touchpoints, q outcomes; NaN is empty."""

    wave: str
    touchpoints: tuple[Touchpoint, ...]
    outcomes: tuple[Outcome, ...]
    contact: Array
    rating: Array
    brand_fit: Array
    outcome: Array
    weight: Array
    status: NDArray[np.object_]
    groups: Groups
    segments: dict[str, NDArray[np.object_]]

    def open_to(self, outcome: Outcome) -> NDArray[np.bool_]:
        """Return which respondents have a status that the outcome applies to.

        Who is of unknown status counts only where the outcome applies to every status.
        """
        known: list[Status | str] = list(outcome.status)
        if set(known) == set(get_args(Status)):
            known.append("")
        return np.isin(self.status.astype(str), known)


@dataclass(frozen=True, slots=True)
class Cell:
    """A group of respondents to analyse: the total, or one value of a segment."""

    segment: str
    value: str
    mask: NDArray[np.bool_]


def read_answers(study: Study, wave: str, responses: pd.DataFrame) -> Answers:
    """Turn the responses of a wave into arrays."""
    touchpoints, outcomes = study.touchpoints_in(wave), study.outcomes_in(wave)
    return Answers(
        wave=wave,
        touchpoints=touchpoints,
        outcomes=outcomes,
        contact=_floats(responses, [f"{item.id}.contact" for item in touchpoints]),
        rating=_floats(responses, [f"{item.id}.rating" for item in touchpoints]),
        brand_fit=_floats(responses, [f"{item.id}.brand_fit" for item in touchpoints]),
        outcome=_floats(responses, [f"{item.id}.score" for item in outcomes]),
        weight=_scaled(responses["weight"].to_numpy(float)),
        status=responses["status"].to_numpy(object),
        groups=group_units(
            responses["cluster"].to_numpy(object),
            responses["stratum"].to_numpy(object),
            seed=study.seed,
            groups=study.analysis.groups,
        ),
        segments={
            item.id: responses[f"segment.{item.id}"].to_numpy(object)
            for item in study.segments
            if f"segment.{item.id}" in responses
        },
    )


def _scaled(weight: Array) -> Array:
    """Divide by the mean: the scale of weights plays no part."""
    return np.asarray(weight / weight.mean())


def _floats(responses: pd.DataFrame, names: list[str]) -> Array:
    empty = np.full(len(responses), np.nan)
    columns = [
        responses[name].to_numpy(float, na_value=np.nan) if name in responses else empty
        for name in names
    ]
    return np.column_stack(columns) if columns else np.empty((len(responses), 0))


def cells(study: Study, answers: Answers) -> Iterator[Cell]:
    """Yield the total, then each value of each segment with respondents."""
    yield Cell("", "", np.ones(len(answers.weight), dtype=bool))
    for segment in study.segments:
        values = answers.segments.get(segment.id)
        if values is None:
            continue
        for value in sorted(set(values.astype(str)) - {""}):
            yield Cell(segment.id, value, values == value)
