"""A wave as verdicts and tracking see it, whether its rows are in memory or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Asked, read_answers
from supertouch.findings.models import Model, multiplicity, prepare
from supertouch.study.model import Outcome, Study, Touchpoint

__all__ = ["Wave", "WholeWave", "opened"]

Array = NDArray[np.float64]


class Wave(Asked, Protocol):
    """What a wave asked, how many answered, and the driver models of everybody."""

    @property
    def n(self) -> int:
        """Respondents."""
        ...

    def prepare(
        self, outcomes: tuple[Outcome, ...], *, among: frozenset[str] | None = None
    ) -> Model:
        """Decide what the answers of everybody can carry; see `findings.models.prepare`."""
        ...

    def multiplicity(self) -> Array:
        """Draw the wave's replicates: shape (b, g)."""
        ...

    def close(self) -> None:
        """Let go of sums that can be made again."""
        ...


@dataclass(frozen=True, slots=True)
class WholeWave:
    """A wave whose rows are in memory."""

    study: Study
    answers: Answers

    @property
    def wave(self) -> str:
        """Id of the wave."""
        return self.answers.wave

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        """What it asked."""
        return self.answers.touchpoints

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What it asked."""
        return self.answers.outcomes

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.answers.weight)

    def prepare(
        self, outcomes: tuple[Outcome, ...], *, among: frozenset[str] | None = None
    ) -> Model:
        """Decide what the answers of everybody can carry; see `findings.models.prepare`."""
        everybody = np.ones(self.n, dtype=bool)
        return prepare(self.study, self.answers, outcomes, mask=everybody, among=among)

    def multiplicity(self) -> Array:
        """Draw the wave's replicates: shape (b, g)."""
        return multiplicity(self.study, self.wave, self.answers.groups)

    def close(self) -> None:
        """Do nothing: sums are not kept."""


def opened(study: Study, wave: str, rows: pd.DataFrame | Wave) -> Wave:
    """Return a wave whose accepted responses are given, or the wave itself."""
    if isinstance(rows, pd.DataFrame):
        return WholeWave(study, read_answers(study, wave, rows))
    return rows
