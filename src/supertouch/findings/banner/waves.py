"""The columns of the banner tables from wave to wave: the table ``banner_waves``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.banner.estimating import Comparison, strength, tested
from supertouch.findings.banner.questions import measures, questions
from supertouch.findings.banner.rows import RowSource
from supertouch.findings.banner.sources import Held, Measure, Question, Source
from supertouch.findings.banner.sums import SumSource
from supertouch.findings.streams.wave import StreamedWave
from supertouch.findings.tracking.pairs import (
    StreamedAnswers,
    check_alike,
    read_wave,
    shared_units,
)
from supertouch.stats import change as changes
from supertouch.stats.contrasts import picked
from supertouch.stats.means import Linearised
from supertouch.study.model import Study
from supertouch.tables import checked
from supertouch.tables.banner import FEWEST_TESTED

__all__ = ["banner_waves"]

Progress = Callable[[int, int, str], None]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Side:
    """A wave, its questions by id and kind, and what its sampling units are known by."""

    source: Source
    asked: dict[Key, Question]
    units: NDArray[Any]

    def places(self, who: Held) -> dict[Key, int]:
        """Return the places of the columns that may be compared in a question."""
        tested = ~who.hidden & (who.n >= FEWEST_TESTED)
        cells = enumerate(self.source.columns)
        return {(cell.segment, cell.value): k for k, cell in cells if tested[k]}


def banner_waves(
    study: Study,
    responses: Mapping[str, pd.DataFrame | StreamedWave],
    *,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compare every column of the banner tables with itself in every earlier wave.

    In a panel, who was in both waves counts as one unit. In waves of more rows than memory,
    resampling groups stand for the sampling units; a panel's are the same in every wave.

    Parameters
    ----------
    study : Study
    responses : mapping of str to DataFrame or StreamedWave
        Accepted responses per wave.
    progress : callable, optional
        Told before each question: number done, number in all, text.

    Returns
    -------
    DataFrame
        The table ``banner_waves``; empty with a single wave.

    Raises
    ------
    UnsupportedError
        If a panel's waves are partly in memory and partly in parts: their units are not known by
        the same.
    """
    check_alike(study, responses)
    names = [wave.id for wave in study.waves if wave.id in responses]
    sides = [_side(study, name, responses[name]) for name in names]
    return _changed(study, sides, progress)


# the name that the pipeline asks for


def _changed(study: Study, sides: Sequence[_Side], progress: Progress | None) -> pd.DataFrame:
    keys = list(dict.fromkeys(key for side in sides for key in side.asked))
    frames: list[pd.DataFrame] = []
    for done, key in enumerate(keys if len(sides) > 1 else ()):
        if progress:
            progress(done, len(keys), key[0])
        asked = [side for side in sides if key in side.asked]
        frames += _compared(study, asked, key)
    found = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return checked(found, table="banner_waves")


def _side(study: Study, wave: str, rows: pd.DataFrame | StreamedWave) -> _Side:
    source: Source
    if isinstance(rows, StreamedWave):
        units: NDArray[Any] = StreamedAnswers(rows).units
        source = SumSource(study, rows.layout, rows.tally())
    else:
        read = read_wave(study, wave, rows)
        source, units = RowSource(study, read.answers, rows), read.units
    asked: dict[Key, Question] = {}
    for item in questions(study, source):
        asked[item.id, item.kind] = item
    return _Side(source, asked, units)


def _compared(study: Study, sides: Sequence[_Side], key: Key) -> Iterator[pd.DataFrame]:
    """Yield the rows of one question, a frame per pair of waves."""
    people = [side.source.held(side.asked[key]) for side in sides]
    asked = [list(measures(side.asked[key])) for side in sides]
    found = [
        [who.bases.estimate(measure) for measure in own]
        for own, who in zip(asked, people, strict=True)
    ]
    for before, after in combinations(range(len(sides)), 2):
        shown = [sides[k].places(people[k]) for k in (before, after)]
        both = [column for column in shown[1] if column in shown[0]]
        places = [np.array([own[column] for column in both], dtype=np.intp) for own in shown]
        pair = (sides[before], sides[after])
        if both:
            told = zip(asked[0], found[before], found[after], strict=True)
            several = [(measure, (_of(a, places[0]), _of(b, places[1]))) for measure, a, b in told]
            yield _rows(study, pair, several, both).assign(question=key[0], kind=key[1])


def _of(found: Linearised, places: NDArray[np.intp]) -> Linearised:
    return Linearised(picked(found.ratio, places), found.parts[:, places])


def _rows(
    study: Study,
    waves: tuple[_Side, _Side],
    several: list[tuple[Measure, tuple[Linearised, Linearised]]],
    columns: list[Key],
) -> pd.DataFrame:
    shared = shared_units(study, *waves)
    compared = [
        Comparison(
            measure.form,
            changes.between(*sides, shared=shared),
            (sides[0].ratio, sides[1].ratio),
        )
        for measure, sides in several
    ]
    tests = tested(compared, confidence=study.analysis.confidence)
    levels = study.reporting.letters
    return pd.DataFrame(
        {
            "wave": waves[1].source.asked.wave,
            "against": waves[0].source.asked.wave,
            "measure": [measure.name for measure, _ in several for _ in columns],
            "answer": [measure.answer for measure, _ in several for _ in columns],
            "segment": [segment for _ in several for segment, _ in columns],
            "segment_value": [value for _ in several for _, value in columns],
            "change": np.concatenate([test.change for test in tests]),
            "change_low": np.concatenate([test.low for test in tests]),
            "change_high": np.concatenate([test.high for test in tests]),
            "p_value": np.concatenate([test.p_value for test in tests]),
            "significant": np.concatenate([strength(test, levels=levels) for test in tests]),
        }
    )
