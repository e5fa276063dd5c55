"""What was found: performance, drivers, super-touchpoints and how far to trust them, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.findings import diagnostics, drivers, mix, performance, phases, trust, univariate
from supertouch.findings.answers import Answers, Cell, cells, read_answers
from supertouch.findings.asymmetry import asymmetry_table
from supertouch.findings.banner.table import banner_table
from supertouch.findings.cell_draws import CellDraws, cell_draws
from supertouch.findings.comparison import comparison_table
from supertouch.findings.consistency import consistency_tables
from supertouch.findings.fitting import fit
from supertouch.findings.levers import levers_table
from supertouch.findings.models import Model, multiplicity, prepare, together
from supertouch.findings.supertouchpoints import judge
from supertouch.findings.suppression import suppressed
from supertouch.findings.tracking import track
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["JUDGED", "MAIN", "TABLES", "analyze_wave", "judge", "judged_tables", "track"]

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
    replicates = multiplicity(study, answers)
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
        models = _fitted(study, answers, cell, replicates)
        _add(found, _main(study, answers, cell, models, replicates))
        if complete:
            draws.append(cell_draws(study, answers, cell, models, multiplicity=replicates))
        if complete and not cell.segment:
            _add(found, _beyond(study, answers, cell, models, replicates))
            _add(found, trust.tables(study, answers, cell, models, multiplicity=replicates))
            _add(found, [("reliability", trust.reliability_table(study, wave, responses))])
    if complete:
        _add(found, [("comparison", comparison_table(study, draws))])
        _add(found, [("banner", banner_table(study, answers, responses))])
    if progress:
        progress(len(todo), len(todo), wave)
    return {name: checked(_joined(frames), table=name) for name, frames in found.items()}


def judged_tables(study: Study, wave: str, responses: pd.DataFrame) -> Tables:
    """Estimate in total what the verdicts of a wave rest on: the tables named in ``JUDGED``.

    The same numbers as those of :func:`analyze_wave`, at half the time.
    """
    answers = read_answers(study, wave, responses)
    replicates = multiplicity(study, answers)
    cell = next(cells(study, answers))
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in JUDGED}
    found["performance"].append(performance.performance(study, answers, cell))
    for model in _fitted(study, answers, cell, replicates):
        found["models"].append(drivers.models_table(study, answers, cell, model))
        found["importance"].append(drivers.importance_table(study, answers, cell, model))
        found["draws"].append(drivers.draws_table(study, answers, model))
    return {name: checked(_joined(frames), table=name) for name, frames in found.items()}


def _add(found: dict[str, list[pd.DataFrame]], more: Iterable[tuple[str, pd.DataFrame]]) -> None:
    for name, table in more:
        found[name].append(table)


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if not frame.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _fitted(study: Study, answers: Answers, cell: Cell, replicates: Array) -> list[Model]:
    prepared = [
        prepare(study, answers, outcomes, mask=cell.mask, scored=not cell.segment)
        for outcomes in together(study, answers)
    ]
    return [
        fit(
            study,
            model,
            multiplicity=replicates,
            effort=drivers.effort(study, cell, len(model.touchpoints)),
        )
        for model in prepared
    ]


def _main(
    study: Study, answers: Answers, cell: Cell, models: Sequence[Model], replicates: Array
) -> Iterable[tuple[str, pd.DataFrame]]:
    yield "performance", performance.performance(study, answers, cell)
    yield "outcomes", performance.outcome_levels(study, answers, cell)
    for model in models:
        yield "models", drivers.models_table(study, answers, cell, model)
        yield "importance", drivers.importance_table(study, answers, cell, model)
        yield "phases", phases.phases_table(study, answers, cell, model, multiplicity=replicates)
        yield "univariate", univariate.univariate_table(study, answers, cell, model)
        yield "diagnostics", diagnostics.model(answers, cell, model)
        if not cell.segment:
            yield "draws", drivers.draws_table(study, answers, model)
            yield "levers", levers_table(study, answers, model)


def _beyond(
    study: Study, answers: Answers, cell: Cell, models: Sequence[Model], replicates: Array
) -> Iterable[tuple[str, pd.DataFrame]]:
    for model in models:
        yield "asymmetry", asymmetry_table(study, answers, cell, model, multiplicity=replicates)
    consistency, weakest = consistency_tables(study, answers, cell, multiplicity=replicates)
    yield from (("consistency", consistency), ("weakest", weakest))
    yield from mix.tables(study, answers, cell, models)
