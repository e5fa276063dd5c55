"""The banner table of a wave: every measure of every question in every column, with letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers
from supertouch.findings.banner.columns import column_letters
from supertouch.findings.banner.estimating import (
    Comparison,
    carrying,
    interval,
    strength,
    tested,
)
from supertouch.findings.banner.questions import measures, questions
from supertouch.findings.banner.rows import RowSource
from supertouch.findings.banner.sources import Measure, Question, Source
from supertouch.findings.banner.sums import SumSource
from supertouch.findings.streams.layout import Layout
from supertouch.findings.streams.tallies import Tally
from supertouch.stats.contrasts import contrasts, picked
from supertouch.stats.means import Linearised
from supertouch.study.model import Study
from supertouch.tables.banner import FEWEST_CARRYING, FEWEST_TESTED

__all__ = ["banner_of", "banner_table"]

Places = NDArray[np.intp]
Passed = NDArray[np.int_]
Mask = NDArray[np.bool_]


def banner_table(study: Study, answers: Answers, responses: pd.DataFrame) -> pd.DataFrame:
    """Tell every question of a wave by everybody and by the groups that may be shown.

    Every two columns of the wave are compared, whether they are of one segment or of two, and each
    with everybody; columns may have respondents in common.

    Parameters
    ----------
    study : Study
    answers, responses
        The same respondents, as arrays and as ``validate`` accepted them.

    Returns
    -------
    DataFrame
        The table ``banner``.
    """
    return _table(study, RowSource(study, answers, responses))


def banner_of(study: Study, layout: Layout, tally: Tally) -> pd.DataFrame:
    """Tell every question of a wave whose rows were counted in parts.

    Resampling groups stand for the sampling units.

    Returns
    -------
    DataFrame
        The table ``banner``.
    """
    return _table(study, SumSource(study, layout, tally))


def _table(study: Study, source: Source) -> pd.DataFrame:
    frames = [_rows(study, source, question) for question in questions(study, source)]
    if not frames:
        return pd.DataFrame()
    return pd.concat(frames, ignore_index=True).assign(wave=source.asked.wave)


def _rows(study: Study, source: Source, question: Question) -> pd.DataFrame:
    who = source.held(question)
    asked = list(measures(question))
    both = [who.bases.estimate(measure, rest=True) for measure in asked]
    size = len(source.columns)
    letters = column_letters(size)
    found = [picked(one.ratio, np.arange(size)) for one in both]
    level = study.analysis.confidence
    ends = [
        interval(measure.form, one, confidence=level)
        for measure, one in zip(asked, found, strict=True)
    ]
    carried = [carrying(who.bases, measure) for measure in asked]
    passed = _passed(study, asked, both, carried, who.bases.units())

    def repeated(values: Sequence[object] | NDArray[Any]) -> list[object]:
        return list(values) * len(asked)

    def spread(values: Iterable[object]) -> list[object]:
        return [value for value in values for _ in range(size)]

    return pd.DataFrame(
        {
            "question": question.id,
            "kind": question.kind,
            "measure": spread(measure.name for measure in asked),
            "answer": spread(measure.answer for measure in asked),
            "segment": repeated([cell.segment for cell in source.columns]),
            "segment_value": repeated([cell.value for cell in source.columns]),
            "letter": repeated(letters),
            "n": repeated(who.n),
            "n_weighted": repeated(who.n_weighted),
            "n_eff": repeated(who.n_eff),
            "value": np.concatenate([one.estimate for one in found]),
            "value_low": np.concatenate([low for low, _ in ends]),
            "value_high": np.concatenate([high for _, high in ends]),
            "letters": [
                _letters(letters, row) if place else ""
                for table in passed
                for place, row in enumerate(table)
            ],
            "against_total": np.concatenate([table[:, 0] for table in passed]),
            "small": repeated(who.n < study.reporting.small_base),
            "hidden": repeated(who.hidden),
        }
    )


def _passed(
    study: Study,
    asked: Sequence[Measure],
    found: Sequence[Linearised],
    carried: Sequence[NDArray[np.int_]],
    units: Mask,
) -> list[Passed]:
    """Tell per measure how surely a row's value lies above (positive) or below a column's.

    ``found`` has the columns, and then who is not in each: a column differs from everybody where it
    differs from the rest. ``carried`` says how many respondents each difference rests on.
    """
    levels, size = study.reporting.letters, units.shape[1] // 2
    pairs = [_pairs(one, size) for one in found]
    compared = [
        Comparison(
            measure.form,
            contrasts(one, units, first=first, second=second),
            (picked(one.ratio, first), picked(one.ratio, second)),
        )
        for measure, one, (first, second) in zip(asked, found, pairs, strict=True)
    ]
    passed = []
    tests = tested(compared, confidence=max(levels))
    for test, (first, second), several in zip(tests, pairs, carried, strict=True):
        table = np.zeros((size, size), dtype=int)
        enough = several[first, second] >= FEWEST_CARRYING
        steps = np.where(enough, strength(test, levels=levels), 0)
        against = np.where(first < size, first, 0)
        table[second, against], table[against, second] = steps, -steps
        passed.append(table)
    return passed


def _pairs(found: Linearised, size: int) -> tuple[Places, Places]:
    """Return every two columns that may be compared, and each with who is not in it."""
    known = ~np.isnan(found.ratio.error) & (found.ratio.n >= FEWEST_TESTED)
    shown = np.flatnonzero(known[1:size]) + 1
    first, second = np.triu_indices(len(shown), k=1)
    parts = shown[known[size + shown]]
    return (
        np.concatenate([shown[first], size + parts]).astype(np.intp),
        np.concatenate([shown[second], parts]).astype(np.intp),
    )


def _letters(letters: Sequence[str], passed: Passed) -> str:
    """Name the columns that a value lies above: capitals at the first level, else small."""
    return " ".join(
        letter if steps > 1 else letter.lower()
        for letter, steps in zip(letters, passed, strict=True)
        if letter and steps > 0
    )
