"""The columns of the banner tables from wave to wave: the table ``banner_waves``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.banner.columns import Columns, Held, held, read_columns
from supertouch.findings.banner.estimating import Comparison, estimate, strength, tested
from supertouch.findings.banner.questions import Measure, Question, measures, questions
from supertouch.findings.tracking.pairs import WaveAnswers, read_wave, shared_units
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
    """A wave: who answered, its columns, and its questions by id and kind."""

    wave: WaveAnswers
    columns: Columns
    asked: dict[Key, Question]

    def places(self, who: Held) -> dict[Key, int]:
        """Return the places of the columns that may be compared in a question."""
        tested = ~who.hidden & (who.n >= FEWEST_TESTED)
        cells = enumerate(self.columns.cells)
        return {(cell.segment, cell.value): k for k, cell in cells if tested[k]}


def banner_waves(
    study: Study, responses: Mapping[str, pd.DataFrame], *, progress: Progress | None = None
) -> pd.DataFrame:
    """Compare every column of the banner tables with itself in every earlier wave.

    In a panel, who was in both waves counts as one unit.

    Parameters
    ----------
    study : Study
    responses : mapping of str to DataFrame
        Accepted responses per wave.
    progress : callable, optional
        Told before each question: number done, number in all, text.

    Returns
    -------
    DataFrame
        The table ``banner_waves``; empty with a single wave.
    """
    names = [wave.id for wave in study.waves if wave.id in responses]
    sides = [_side(study, name, responses[name]) for name in names]
    keys = list(dict.fromkeys(key for side in sides for key in side.asked))
    frames: list[pd.DataFrame] = []
    for done, key in enumerate(keys if len(sides) > 1 else ()):
        if progress:
            progress(done, len(keys), key[0])
        asked = [side for side in sides if key in side.asked]
        frames += _compared(study, asked, key)
    found = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return checked(found, table="banner_waves")


def _side(study: Study, wave: str, responses: pd.DataFrame) -> _Side:
    read = read_wave(study, wave, responses)
    asked = questions(study, read.answers, responses)
    return _Side(
        read, read_columns(study, read.answers), {(item.id, item.kind): item for item in asked}
    )


def _compared(study: Study, sides: list[_Side], key: Key) -> Iterator[pd.DataFrame]:
    """Yield the rows of one question, a frame per pair of waves."""
    people = [held(study, side.wave.answers, side.columns, side.asked[key]) for side in sides]
    asked = [list(measures(side.asked[key])) for side in sides]
    found = [
        [estimate(side.wave.answers, side.asked[key], measure, who.base) for measure in own]
        for side, own, who in zip(sides, asked, people, strict=True)
    ]
    for before, after in combinations(range(len(sides)), 2):
        shown = [sides[k].places(people[k]) for k in (before, after)]
        both = [column for column in shown[1] if column in shown[0]]
        places = [np.array([own[column] for column in both], dtype=np.intp) for own in shown]
        pair = (sides[before].wave, sides[after].wave)
        if both:
            told = zip(asked[0], found[before], found[after], strict=True)
            several = [(measure, (_of(a, places[0]), _of(b, places[1]))) for measure, a, b in told]
            yield _rows(study, pair, several, both).assign(question=key[0], kind=key[1])


def _of(found: Linearised, places: NDArray[np.intp]) -> Linearised:
    return Linearised(picked(found.ratio, places), found.parts[:, places])


def _rows(
    study: Study,
    waves: tuple[WaveAnswers, WaveAnswers],
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
            "wave": waves[1].id,
            "against": waves[0].id,
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
