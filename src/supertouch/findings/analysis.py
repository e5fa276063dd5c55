"""The tables of a wave: performance, drivers and how far to trust them, group by group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.findings import diagnostics, drivers, mix, performance, phases, trust, univariate
from supertouch.findings.answers import Answers, Asked, Cell, cells, read_answers
from supertouch.findings.asymmetry import asymmetry_table
from supertouch.findings.banner.table import banner_table
from supertouch.findings.cell_draws import CellDraws, cell_draws
from supertouch.findings.comparison import comparison_table
from supertouch.findings.consistency import consistency_tables
from supertouch.findings.fitting import fit
from supertouch.findings.levers import levers_table
from supertouch.findings.models import Model, multiplicity, prepare, together
from supertouch.findings.suppression import suppressed
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = [
    "JUDGED",
    "MAIN",
    "TABLES",
    "analyze_wave",
    "beyond",
    "fitted",
    "gathered",
    "judged_tables",
    "models_of",
    "of_models",
]

Progress = Callable[[int, int, str], None]
Tables = dict[str, pd.DataFrame]
Array = NDArray[np.float64]

MAIN = (
    "performance",
    "outcomes",
    "models",
    "importance",
    "phases",
    "univariate",
    "draws",
    "levers",
    "diagnostics",
    "suppressed",
)
JUDGED = ("performance", "models", "importance", "draws")
TABLES = (
    *MAIN,
    "banner",
    "asymmetry",
    "consistency",
    "weakest",
    "comparison",
    *mix.TABLES,
    *trust.TABLES,
)


def analyze_wave(
    study: Study,
    wave: str,
    responses: pd.DataFrame,
    *,
    complete: bool = True,
    progress: Progress | None = None,
) -> Tables:
    """Estimate performance and driver models of a wave, in total and by segment.

    Groups of fewer than ``privacy.min_base`` respondents, and those that would reveal them, are
    in no table but ``suppressed``; others of fewer than ``analysis.min_segment`` are named in
    ``diagnostics``.

    Parameters
    ----------
    study : Study
    wave : str
        Id of the wave.
    responses : DataFrame
        What ``validate`` accepted.
    complete : bool
        Whether to make all tables, or only what the verdicts rest on: performance and drivers.
    progress : callable, optional
        Told after each group: number done, number in all, text.

    Returns
    -------
    dict of str to DataFrame
        The tables named in ``TABLES``, or in ``MAIN`` where not all are wanted.

    Raises
    ------
    DataError
        If the wave has no respondents.
    """
    if responses.empty:
        raise DataError(
            Problem(f"wave '{wave}'", "", "has no accepted respondents.", "Look at its quarantine.")
        )
    answers = read_answers(study, wave, responses)
    replicates = multiplicity(study, answers.wave, answers.groups)
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in (TABLES if complete else MAIN)}
    todo = list(cells(study, answers))
    found["diagnostics"].append(diagnostics.design(study, answers))
    found["suppressed"].append(suppressed(study, answers))
    draws: list[CellDraws] = []
    for done, cell in enumerate(todo):
        if progress:
            progress(done, len(todo), f"{wave} {cell.segment} {cell.value}".strip())
        small = bool(cell.segment) and int(cell.mask.sum()) < study.analysis.min_segment
        if small:
            found["diagnostics"].append(diagnostics.small_segment(answers, cell))
            continue
        models = models_of(study, answers, cell, replicates)
        levels = performance.performance(study, answers, cell)
        found["performance"].append(levels)
        found["outcomes"].append(performance.outcome_levels(study, answers, cell))
        _add(found, of_models(study, answers, cell, models, replicates, levels=levels))
        if complete:
            draws.append(cell_draws(study, answers, cell, models, multiplicity=replicates))
        if complete and not cell.segment:
            _add(found, beyond(study, answers, responses, models, replicates))
    if complete:
        _add(found, [("comparison", comparison_table(study, draws))])
        _add(found, [("banner", banner_table(study, answers, responses))])
    if progress:
        progress(len(todo), len(todo), wave)
    return gathered(found)


def judged_tables(study: Study, wave: str, responses: pd.DataFrame) -> Tables:
    """Estimate in total what the verdicts of a wave rest on: the tables named in ``JUDGED``.

    The same numbers as those of :func:`analyze_wave`, at half the time.
    """
    answers = read_answers(study, wave, responses)
    replicates = multiplicity(study, answers.wave, answers.groups)
    cell = next(cells(study, answers))
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in JUDGED}
    found["performance"].append(performance.performance(study, answers, cell))
    for model in models_of(study, answers, cell, replicates):
        found["models"].append(drivers.models_table(study, answers, cell, model))
        found["importance"].append(drivers.importance_table(study, answers, cell, model))
        found["draws"].append(drivers.draws_table(study, answers, model))
    return gathered(found)


def _add(found: dict[str, list[pd.DataFrame]], more: Iterable[tuple[str, pd.DataFrame]]) -> None:
    for name, table in more:
        found[name].append(table)


def gathered(found: Mapping[str, Sequence[pd.DataFrame]]) -> Tables:
    """Put the parts of each table below each other, checked."""
    return {name: checked(_joined(frames), table=name) for name, frames in found.items()}


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if not frame.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def models_of(study: Study, answers: Answers, cell: Cell, replicates: Array) -> list[Model]:
    """Fit the driver models of a cell whose rows are in memory."""
    prepared = [
        prepare(study, answers, outcomes, mask=cell.mask, scored=not cell.segment)
        for outcomes in together(study, answers)
    ]
    return fitted(study, cell, prepared, replicates)


def fitted(study: Study, cell: Cell, prepared: Sequence[Model], replicates: Array) -> list[Model]:
    """Estimate a cell's prepared models from the sample and from every replicate."""
    return [
        fit(
            study,
            model,
            multiplicity=replicates,
            effort=drivers.effort(study, cell, len(model.touchpoints)),
        )
        for model in prepared
    ]


def of_models(
    study: Study,
    asked: Asked,
    cell: Cell,
    models: Sequence[Model],
    replicates: Array,
    *,
    levels: pd.DataFrame,
) -> Iterable[tuple[str, pd.DataFrame]]:
    """Yield the tables that are made of a cell's fitted models, and its table ``performance``."""
    for model in models:
        yield "models", drivers.models_table(study, asked, cell, model)
        yield "importance", drivers.importance_table(study, asked, cell, model)
        yield "phases", phases.phases_table(study, asked, cell, model, multiplicity=replicates)
        yield "univariate", univariate.univariate_table(study, asked, cell, model)
        yield "diagnostics", diagnostics.model(asked, cell, model)
        if not cell.segment:
            yield "draws", drivers.draws_table(study, asked, model)
            yield "levers", levers_table(study, asked, model, performance=levels)


def beyond(
    study: Study,
    answers: Answers,
    responses: pd.DataFrame,
    models: Sequence[Model],
    replicates: Array,
) -> Iterable[tuple[str, pd.DataFrame]]:
    """Yield the tables that need everybody's rows, and are made of the total alone."""
    cell = Cell("", "", np.ones(len(answers.weight), dtype=bool))
    for model in models:
        yield "asymmetry", asymmetry_table(study, answers, cell, model, multiplicity=replicates)
    consistency, weakest = consistency_tables(study, answers, cell, multiplicity=replicates)
    yield from (("consistency", consistency), ("weakest", weakest))
    yield from mix.tables(study, answers, cell, models)
    yield from trust.tables(study, answers, cell, models, multiplicity=replicates)
    yield "reliability", trust.reliability_table(study, answers.wave, responses)
