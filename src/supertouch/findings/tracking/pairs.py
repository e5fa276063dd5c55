"""Which waves are compared, and what each brings to the comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.findings.answers import Answers, Asked, read_answers
from supertouch.findings.streams.units import met_again
from supertouch.findings.streams.wave import StreamedWave
from supertouch.findings.waves import Wave, WholeWave
from supertouch.study.model import Comparison, Outcome, Study

__all__ = [
    "Pair",
    "StreamedAnswers",
    "Tracked",
    "WaveAnswers",
    "check_alike",
    "outcomes_of",
    "pairs",
    "read_wave",
    "shared_units",
    "touchpoints_of",
    "tracked",
]

Places = NDArray[np.intp]

HALVES = "A panel's waves are compared all in memory, or all in parts."

_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class WaveAnswers:
    """One wave's answers and the names of its sampling units, which a panel meets again."""

    answers: Answers
    units: NDArray[np.str_]

    @property
    def id(self) -> str:
        """Id of the wave."""
        return self.answers.wave

    @property
    def interviews(self) -> int:
        """Respondents of the wave."""
        return len(self.answers.weight)

    @property
    def weighs(self) -> bool:
        """Whether respondents count differently."""
        return bool(np.ptp(self.answers.weight) > 0)

    def whole(self, study: Study) -> Wave:
        """Return the wave with its driver models."""
        return WholeWave(study, self.answers)

    def met_again(self, before: Tracked) -> float:
        """Return the share of the wave's sampling units that a panel met in an earlier one."""
        return len(np.intersect1d(before.units, self.units)) / len(self.units)

    def unweighted(self) -> WaveAnswers:
        """Return the same answers, each counting the same."""
        answers = replace(self.answers, weight=np.ones(self.interviews))
        return replace(self, answers=answers)


class Tracked(Protocol):
    """What comparing a wave with others needs, whether its rows are in memory or not."""

    @property
    def id(self) -> str:
        """Id of the wave."""
        ...

    @property
    def interviews(self) -> int:
        """Respondents of the wave."""
        ...

    @property
    def weighs(self) -> bool:
        """Whether respondents count differently."""
        ...

    @property
    def units(self) -> NDArray[Any]:
        """Names of the sampling units, sorted, by which a panel knows them again."""
        ...

    def whole(self, study: Study) -> Wave:
        """Return the wave with its driver models."""
        ...

    def met_again(self, before: Tracked) -> float:
        """Return the share of the wave's sampling units that a panel met in an earlier one."""
        ...


@dataclass(frozen=True, slots=True)
class StreamedAnswers:
    """One wave of more rows than memory; resampling groups stand for its sampling units."""

    wave: StreamedWave

    @property
    def id(self) -> str:
        """Id of the wave."""
        return self.wave.wave

    @property
    def interviews(self) -> int:
        """Respondents of the wave."""
        return self.wave.n

    @property
    def weighs(self) -> bool:
        """Whether respondents count differently."""
        layout = self.wave.layout
        return bool(layout.weight_squares > layout.n * (1 + _SAME))

    @property
    def units(self) -> NDArray[np.uint64]:
        """What a panel's resampling groups are known by; empty without a panel."""
        key = self.wave.layout.design.key
        return np.empty(0, dtype=np.uint64) if key is None else key

    def whole(self, study: Study) -> Wave:
        """Return the wave with its driver models."""
        del study
        return self.wave

    def met_again(self, before: Tracked) -> float:
        """Return the share of the wave's sampling units that a panel met in an earlier one."""
        if not isinstance(before, StreamedAnswers):
            raise UnsupportedError(HALVES)
        return met_again(before.wave.layout, self.wave.layout)


def check_alike(study: Study, responses: Mapping[str, pd.DataFrame | StreamedWave]) -> None:
    """Make sure that the units of a panel's waves are known by the same in all of them.

    Raises
    ------
    UnsupportedError
        If some waves are in memory and others in parts.
    """
    if study.panel and len({isinstance(rows, StreamedWave) for rows in responses.values()}) > 1:
        raise UnsupportedError(HALVES)


def tracked(study: Study, wave: str, rows: pd.DataFrame | StreamedWave) -> Tracked:
    """Return what comparing a wave needs."""
    return read_wave(study, wave, rows) if isinstance(rows, pd.DataFrame) else StreamedAnswers(rows)


def read_wave(study: Study, wave: str, responses: pd.DataFrame) -> WaveAnswers:
    """Turn the responses of a wave into arrays."""
    answers = read_answers(study, wave, responses)
    return WaveAnswers(answers, np.unique(responses["cluster"].to_numpy(object).astype(str)))


@dataclass(frozen=True, slots=True)
class Pair:
    """A wave and an earlier one that it is compared with, for one reason or several."""

    wave: str
    against: str
    comparisons: tuple[Comparison, ...]


def pairs(study: Study, waves: Sequence[str]) -> list[Pair]:
    """Return the comparisons that the study asks for, each pair of waves once.

    Parameters
    ----------
    study : Study
    waves : sequence of str
        Waves with responses, in time order.
    """
    found: list[Pair] = []
    for place, wave in enumerate(waves):
        reasons: dict[str, list[Comparison]] = {}
        for comparison in study.tracking.compare:
            against = _AGAINST[comparison](study, waves, place)
            if against is not None:
                reasons.setdefault(against, []).append(comparison)
        found += [Pair(wave, against, tuple(kinds)) for against, kinds in reasons.items()]
    return found


def _previous(study: Study, waves: Sequence[str], place: int) -> str | None:
    del study
    return waves[place - 1] if place else None


def _year(study: Study, waves: Sequence[str], place: int) -> str | None:
    """Return the wave a year ago, counting waves that have no responses yet or any more."""
    if study.tracking.waves_per_year is None:
        return None
    every = [wave.id for wave in study.waves]
    number = every.index(waves[place]) - study.tracking.waves_per_year
    return every[number] if number >= 0 and every[number] in waves[:place] else None


def _baseline(study: Study, waves: Sequence[str], place: int) -> str | None:
    baseline = study.tracking.baseline or study.waves[0].id
    return baseline if baseline in waves[:place] else None


_AGAINST: dict[Comparison, Callable[[Study, Sequence[str], int], str | None]] = {
    "previous": _previous,
    "year": _year,
    "baseline": _baseline,
}


def outcomes_of(before: Asked, after: Asked) -> tuple[Outcome, ...]:
    """Return the outcomes that both waves asked."""
    return tuple(item for item in after.outcomes if item in before.outcomes)


def touchpoints_of(before: Asked, after: Asked) -> tuple[str, ...]:
    """Return the touchpoints that both waves asked."""
    asked = {item.id for item in before.touchpoints}
    return tuple(item.id for item in after.touchpoints if item.id in asked)


class Known(Protocol):
    """A wave whose sampling units are known by what they are in other waves too."""

    @property
    def units(self) -> NDArray[Any]: ...


def shared_units(study: Study, before: Known, after: Known) -> tuple[Places, Places] | None:
    """Return the places of the units that a panel met in both waves; None without a panel."""
    if not study.panel:
        return None
    _, first, second = np.intersect1d(before.units, after.units, return_indices=True)
    return first, second
