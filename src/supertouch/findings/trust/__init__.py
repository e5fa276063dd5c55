"""How far the findings can be trusted: other methods, other treatments of blanks, suspicions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings import diagnostics
from supertouch.findings.answers import Answers, Cell
from supertouch.findings.models import Model
from supertouch.findings.trust.collinearity import collinearity_table
from supertouch.findings.trust.halo import halo_table
from supertouch.findings.trust.reliability import reliability_table
from supertouch.findings.trust.robustness import robustness_tables
from supertouch.findings.trust.sensitivity import sensitivity_table
from supertouch.findings.trust.suspicions import suspicions
from supertouch.study.model import Study

__all__ = ["TABLES", "reliability_table", "tables"]

Array = NDArray[np.float64]

TABLES = ("robustness", "agreement", "halo", "collinearity", "sensitivity", "reliability")


def tables(
    study: Study, answers: Answers, cell: Cell, models: Sequence[Model], *, multiplicity: Array
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of ``TABLES`` for fitted models of a cell, and rows of ``diagnostics``."""
    for model in models:
        robustness, agreement = robustness_tables(study, answers, cell, model)
        yield from (("robustness", robustness), ("agreement", agreement))
        yield "halo", halo_table(study, answers, cell, model, multiplicity=multiplicity)
        yield "collinearity", collinearity_table(study, answers, cell, model)
        rows = suspicions(study, answers, cell, model)
        yield "diagnostics", diagnostics.rows(answers, cell, rows)
    found = sensitivity_table(study, answers, cell, models, multiplicity=multiplicity)
    yield "sensitivity", found
