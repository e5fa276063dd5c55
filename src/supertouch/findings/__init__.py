"""What was found: performance, drivers and super-touchpoints, as tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.findings import diagnostics, drivers, performance, phases, univariate
from supertouch.findings.answers import Answers, Cell, cells, read_answers
from supertouch.findings.fitting import fit
from supertouch.findings.models import Model, multiplicity, prepare, together
from supertouch.findings.supertouchpoints import judge
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["TABLES", "analyze_wave", "judge"]

Progress = Callable[[int, int, str], None]
Tables = dict[str, pd.DataFrame]
Array = NDArray[np.float64]

TABLES = (
    "performance",
    "outcomes",
    "models",
    "importance",
    "phases",
    "univariate",
    "draws",
    "diagnostics",
)


def analyze_wave(
    study: Study, wave: str, responses: pd.DataFrame, *, progress: Progress | None = None
) -> Tables:
    """Estimate performance and driver models of a wave, in total and by segment.

    Parameters
    ----------
    study : Study
    wave : str
        Id of the wave.
    responses : DataFrame
        What ``validate`` accepted.
    progress : callable, optional
        Told after each group: number done, number in all, text.

    Returns
    -------
    dict of str to DataFrame
        The tables ``performance``, ``outcomes``, ``models``, ``importance``, ``phases``,
        ``univariate``, ``draws`` and ``diagnostics``.

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
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    todo = list(cells(study, answers))
    found["diagnostics"].append(diagnostics.design(answers))
    for done, cell in enumerate(todo):
        if progress:
            progress(done, len(todo), f"{wave} {cell.segment} {cell.value}".strip())
        for name, table in _cell(study, answers, cell, replicates).items():
            found[name].append(table)
    if progress:
        progress(len(todo), len(todo), wave)
    return {name: checked(_joined(frames), table=name) for name, frames in found.items()}


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if not frame.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _cell(study: Study, answers: Answers, cell: Cell, replicates: Array) -> Tables:
    small = bool(cell.segment) and int(cell.mask.sum()) < study.analysis.min_segment
    if small:
        return {"diagnostics": diagnostics.small_segment(answers, cell)}
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    found["performance"].append(performance.performance(study, answers, cell))
    found["outcomes"].append(performance.outcome_levels(study, answers, cell))
    for outcomes in together(study, answers):
        model = prepare(study, answers, outcomes, mask=cell.mask)
        model = fit(study, model, multiplicity=replicates, effort=drivers.effort(study, cell))
        for name, table in _model(study, answers, cell, model, replicates).items():
            found[name].append(table)
    return {name: _joined(frames) for name, frames in found.items()}


def _model(study: Study, answers: Answers, cell: Cell, model: Model, replicates: Array) -> Tables:
    tables = {
        "models": drivers.models_table(study, answers, cell, model),
        "importance": drivers.importance_table(study, answers, cell, model),
        "phases": phases.phases_table(study, answers, cell, model, multiplicity=replicates),
        "univariate": univariate.univariate_table(study, answers, cell, model),
        "diagnostics": diagnostics.model(answers, cell, model),
    }
    if not cell.segment:
        tables["draws"] = drivers.draws_table(study, answers, model)
    return tables
