"""The tables of a wave of more rows than memory: from sums, and from a sample of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from supertouch.findings import diagnostics
from supertouch.findings.analysis import (
    TABLES,
    Progress,
    Tables,
    beyond,
    fitted,
    gathered,
    models_of,
    of_models,
)
from supertouch.findings.answers import Cell, Group, grouped, read_answers
from supertouch.findings.banner import banner_of
from supertouch.findings.cell_draws import CellDraws, cell_draws_of
from supertouch.findings.comparison import comparison_table
from supertouch.findings.models import Model, multiplicity
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.levels import outcome_levels_of, performance_of
from supertouch.findings.streams.parts import Part
from supertouch.findings.streams.wave import StreamedWave, open_wave
from supertouch.findings.suppression import suppressed_of
from supertouch.stats.engine import Engine
from supertouch.study.model import Study

__all__ = ["analyze_stream"]

Named = tuple[str, pd.DataFrame]

NOBODY = np.zeros(0, dtype=bool)


def analyze_stream(
    study: Study,
    wave: str,
    parts: Sequence[Part],
    *,
    engine: Engine,
    progress: Progress | None = None,
) -> Tables:
    """Make the tables of :func:`supertouch.findings.analyze_wave` without holding a wave's rows.

    Levels, models, comparisons and banner tables are made of everybody's answers. Resampling
    groups stand for the sampling units in errors of levels (random groups; Wolter 1985). What needs
    rows is made of a sample drawn by strata: what follows from it says its own n, and
    ``diagnostics`` says how many respondents it has.

    Parameters
    ----------
    study : Study
    wave : str
        Id of the wave.
    parts : sequence of Part
        The accepted responses.
    engine : Engine
        Where rows become sums.
    progress : callable, optional
        Told before each group: number done, number in all, text.

    Raises
    ------
    DataError
        If the wave has no respondents.
    UnsupportedError
        If brands are stacked, or an answer can have too many values to be counted.
    """
    whole = open_wave(study, wave, parts, engine)
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    draws: list[CellDraws] = []
    for name, table in _tables(whole, draws, progress):
        found[name].append(table)
    found["comparison"].append(comparison_table(study, draws))
    return gathered(found)


def _tables(
    whole: StreamedWave, draws: list[CellDraws], progress: Progress | None
) -> Iterator[Named]:
    study, layout = whole.study, whole.layout
    yield "suppressed", suppressed_of(study, layout.wave, _groups(study, layout))
    tally = whole.tally()
    yield "banner", banner_of(study, layout, tally)
    columns = list(layout.columns)
    large = [column for column in columns if _large(study, layout, column)]
    for column in columns:
        if column not in large:
            yield "diagnostics", _small(layout, column)
    for done, (column, prepared) in enumerate(whole.models(large)):
        if progress:
            text = f"{layout.wave} {column.segment} {column.value}".strip()
            progress(done, len(large) + 1, text)
        yield from _of_column(whole, column, prepared, draws)
        prepared.clear()
    whole.close()
    if progress:
        progress(len(large), len(large) + 1, f"{layout.wave} sample")
    yield from _sampled(whole)
    if progress:
        progress(len(large) + 1, len(large) + 1, layout.wave)


def _of_column(
    whole: StreamedWave, column: Column, prepared: list[Model], draws: list[CellDraws]
) -> Iterator[Named]:
    """Yield the tables of everybody, or of a value of a segment."""
    study, layout, tally = whole.study, whole.layout, whole.tally()
    replicates = whole.multiplicity()
    cell = Cell(column.segment, column.value, NOBODY)
    models = fitted(study, cell, prepared, replicates)
    levels = performance_of(study, layout, tally, column)
    yield "performance", levels
    yield "outcomes", outcome_levels_of(study, layout, tally, column)
    yield from of_models(study, layout, cell, models, replicates, levels=levels)
    draws.append(cell_draws_of(study, layout, tally, column, models, multiplicity=replicates))


def _sampled(whole: StreamedWave) -> Iterator[Named]:
    """Yield the tables that need rows, made of a sample as of a small wave."""
    study, frame = whole.study, whole.sample()
    answers = read_answers(study, whole.wave, frame)
    cell = Cell("", "", np.ones(len(answers.weight), dtype=bool))
    yield "diagnostics", _design(whole, len(frame), diagnostics.design(study, answers))
    replicates = multiplicity(study, whole.wave, answers.groups)
    models = models_of(study, answers, cell, replicates)
    yield from beyond(study, answers, frame, models, replicates)


def _design(whole: StreamedWave, sampled: int, of_sample: pd.DataFrame) -> pd.DataFrame:
    """Tell of units, groups and strata of everybody, and of the sample."""
    layout = whole.layout
    unknown = {
        segment: int(layout.sizes[segment][values.index("")])
        for segment, values in layout.segments.items()
        if "" in values
    }
    found = [
        *diagnostics.of_design(layout.design, unknown),
        ("", "groups_as_units", float(layout.design.units)),
        ("", "sampled_rows", float(sampled)),
    ]
    told = of_sample[of_sample.code == "fixed_number_of_ratings"]
    rows = diagnostics.rows(layout, Cell("", "", NOBODY), found)
    return pd.concat([rows, told], ignore_index=True) if len(told) else rows


def _groups(study: Study, layout: Layout) -> Iterator[Group]:
    for segment, values in layout.segments.items():
        yield from grouped(study, segment, values, layout.sizes[segment])


def _large(study: Study, layout: Layout, column: Column) -> bool:
    return not column.segment or _size(layout, column) >= study.analysis.min_segment


def _size(layout: Layout, column: Column) -> int:
    return int(layout.sizes[column.segment][layout.segments[column.segment].index(column.value)])


def _small(layout: Layout, column: Column) -> pd.DataFrame:
    cell = Cell(column.segment, column.value, NOBODY)
    return diagnostics.rows(layout, cell, [("", "small_segment", float(_size(layout, column)))])
