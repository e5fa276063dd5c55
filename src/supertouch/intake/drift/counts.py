"""A column's counts as answers: which of them are on the scale, their shares and their mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from supertouch.intake.drift.outline import ColumnProfile, Profile
from supertouch.intake.drift.uses import Use
from supertouch.intake.recode import is_code

__all__ = ["FEWEST", "Held", "declared", "effective", "held", "mean", "shares"]

FEWEST = 30


@dataclass(frozen=True, slots=True)
class Held:
    """What a column holds, as its use reads it.

    Attributes
    ----------
    answers : mapping
        How often each answer occurs: points of the scale (written as numbers), or all known codes
        where there is no scale.
    strange : mapping
        How often codes occur that the study does not know.
    """

    answers: Mapping[str, float]
    strange: Mapping[str, int]

    @property
    def n(self) -> float:
        """Number of answers."""
        return sum(self.answers.values())

    @property
    def points(self) -> dict[float, float]:
        """The answers by their value on the scale."""
        return {float(point): n for point, n in self.answers.items()}


def held(use: Use, column: ColumnProfile) -> Held:
    """Read a column's counts as the study does."""
    codes = pd.Series(list(column.counts), dtype="str")
    valid, odd = use.read(codes)
    answers: dict[str, float] = {}
    strange: dict[str, int] = {}
    for code, value, unknown in zip(codes, valid.tolist(), odd.tolist(), strict=True):
        n = column.counts[code]
        if unknown:
            strange[code] = n
        elif use.scale is None:
            answers[code] = float(n)
        elif not np.isnan(value):
            answers[f"{value:g}"] = answers.get(f"{value:g}", 0.0) + n
    return Held(answers, strange)


def shares(counts: Mapping[str, float]) -> dict[str, float]:
    """Return counts as shares of their sum."""
    total = sum(counts.values())
    return {code: n / total for code, n in counts.items()}


def mean(found: Held) -> float:
    """Return the mean of the answers on the scale, as coded; NaN without any."""
    points = found.points
    return sum(point * n for point, n in points.items()) / found.n if points else np.nan


def declared(column: ColumnProfile, code: str) -> bool:
    """Tell whether the file declares a code missing."""
    value = is_code(code)
    return any(
        value is not None and low <= value <= high
        for low, high in column.missing
        if not isinstance(low, str) and not isinstance(high, str)
    )


def effective(profile: Profile) -> float:
    """Return effective rows per row."""
    return profile.n_eff / profile.n if profile.n else 1.0
