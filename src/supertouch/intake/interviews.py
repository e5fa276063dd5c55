"""Interviews as the quality checks see them: by respondent, with raw cells and typed answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.readers.raw import FILE, ROW
from supertouch.study.model import Flag, Study

__all__ = ["Check", "Codes", "Interviews", "Mask"]

ANSWERS = "(answers)"

Mask = NDArray[np.bool_]
Codes = NDArray[np.signedinteger]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of m respondents: who could be checked, who was found, and what is said of them."""

    flag: Flag
    rule: str
    checked: Mask
    found: Mask
    detail: Mapping[int, str] = field(default_factory=dict)
    threshold: float = np.nan
    column: str = ANSWERS
    expected: float = np.nan


@dataclass(frozen=True)
class Interviews:
    """Accepted rows of a wave with their raw cells; where brands are stacked several per person."""

    study: Study
    wave: str
    frame: pd.DataFrame
    accepted: pd.DataFrame
    source_name: str

    @cached_property
    def person(self) -> Codes:
        """Respondent of each row, numbered in the order of the file."""
        return np.asarray(pd.factorize(self.accepted["respondent"])[0], dtype=np.intp)

    @cached_property
    def first(self) -> Codes:
        """First row of each respondent."""
        return np.asarray(np.unique(self.person, return_index=True)[1], dtype=np.intp)

    @property
    def size(self) -> int:
        """Number of respondents."""
        return len(self.first)

    def of_persons(self, rows: Mask) -> Mask:
        """Tell which respondents have one of these rows."""
        return np.bincount(self.person, rows, minlength=self.size) > 0

    def named(self, person: int) -> str:
        """Name a respondent's row."""
        row = self.frame[ROW].iloc[self.first[person]]
        file = f" of {self.frame[FILE].iloc[self.first[person]]}" if FILE in self.frame else ""
        return f"row {row}{file}"

    def ratings(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Yield the scale and the ratings of each touchpoint."""
        for item in self.study.touchpoints_in(self.wave):
            yield item.scale, self.accepted[f"{item.id}.rating"].to_numpy("float64")

    def others(self) -> Iterator[NDArray[np.float64]]:
        """Yield brand fit and the outcomes' items: answers beside the ratings."""
        for outcome in self.study.outcomes_in(self.wave):
            items = [f"{outcome.id}.item{i + 1}" for i in range(len(outcome.items))]
            for name in items if len(items) > 1 else [f"{outcome.id}.score"]:
                yield self.accepted[name].to_numpy("float64")
        for item in self.study.touchpoints_in(self.wave):
            if f"{item.id}.brand_fit" in self.accepted:
                yield self.accepted[f"{item.id}.brand_fit"].to_numpy("float64")

    def contacts(self) -> Iterator[NDArray[np.float64]]:
        """Yield who met each touchpoint."""
        for item in self.study.touchpoints_in(self.wave):
            yield self.accepted[f"{item.id}.contact"].to_numpy("float64", na_value=np.nan)
