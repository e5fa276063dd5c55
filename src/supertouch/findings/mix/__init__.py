"""The mix of touchpoints: overlap, unduplicated reach, synergy and the journey's funnel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.mix.funnel import funnel_tables
from supertouch.findings.mix.overlap import overlap_tables
from supertouch.findings.mix.reach import reach_tables
from supertouch.findings.mix.synergy import synergy_table
from supertouch.findings.models import Model
from supertouch.study.model import Study

__all__ = ["TABLES", "tables"]

TABLES = ("overlap", "reach_sets", "synergy", "funnel")


def tables(
    study: Study, answers: Answers, cell: Cell, models: Sequence[Model]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of ``TABLES`` for a cell and its fitted models, and rows of ``diagnostics``.

    Tables come in pairs of name and frame; one name may come several times.
    """
    for name, make in (
        ("overlap", overlap_tables),
        ("reach_sets", reach_tables),
        ("funnel", funnel_tables),
    ):
        table, told = make(study, answers, cell)
        yield from ((name, table), ("diagnostics", told))
    for model in models:
        yield "synergy", synergy_table(study, answers, cell, model)
