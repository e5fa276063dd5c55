"""A design as the stages after validation see it: the study, and a wave of accepted responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from supertouch.simulate.design import Design
from supertouch.simulate.respondents import ANSWERED, simulate
from supertouch.study.model import (
    PHASES,
    Analysis,
    Columns,
    Outcome,
    Scale,
    Study,
    Text,
    Touchpoint,
    Wave,
)

__all__ = ["responses_of", "study_of"]

_REPLICATES = 300


def study_of(
    design: Design, *, waves: Sequence[str] = ("w1",), proxy: bool = False, **changes: object
) -> Study:
    """Build the study that asks what the design answers.

    Parameters
    ----------
    design : Design
    waves : sequence of str
        All of them ask everything.
    proxy : bool
        Whether loyalty is measured by an outcome that stands in for it.
    **changes
        Other fields of the study.

    Examples
    --------
    >>> from supertouch.simulate import fair
    >>> [item.id for item in study_of(fair(3)).touchpoints]
    ['t0', 't1', 't2']
    """
    points = design.points
    disappointed = max(1, int(0.4 * points))
    delighted = points + 1 - max(1, round(0.2 * points))
    scales = {"rating": Scale("rating", 1, points, points, 1, disappointed, delighted)}
    outcomes = []
    for outcome in design.outcomes:
        scales[outcome.id] = Scale(outcome.id, outcome.minimum, outcome.maximum, outcome.maximum, 0)
        outcomes.append(
            Outcome(
                id=outcome.id,
                label=Text({"en": outcome.id}),
                role=outcome.role,
                items=(Columns(outcome.id),),
                reversed_items=(False,),
                scale=outcome.id,
                waves=tuple(waves),
                proxy=proxy and outcome.role == "loyalty",
            )
        )
    study = Study(
        id="simulated",
        title=Text({"en": "Simulated"}),
        file=Path("study.toml"),
        folder=Path(),
        raw=Path("raw"),
        touchpoints=tuple(
            Touchpoint(
                id=f"t{j}",
                label=Text({"en": f"Touchpoint {j}"}),
                phase=PHASES[j * 3 // design.p],
                rating=Columns(f"r{j}"),
            )
            for j in range(design.p)
        ),
        outcomes=tuple(outcomes),
        waves=tuple(Wave(wave, Text(), "file") for wave in waves),
        scales=scales,
        seed=7,
        most_ratings=design.most_ratings,
        analysis=Analysis(replicates=_REPLICATES),
    )
    return replace(study, **changes)  # type: ignore[arg-type]


def responses_of(
    design: Design, n: int, *, seed: int | Sequence[int] | np.random.Generator
) -> pd.DataFrame:
    """Simulate ``n`` respondents as accepted responses, touchpoints ``t0``, ``t1`` and so on."""
    found = simulate(design, n, np.random.default_rng(seed))
    kinds = np.array(ANSWERED)
    columns: dict[str, Any] = {
        "row": np.arange(n),
        "respondent": np.arange(n).astype(str),
        "weight": found.weight,
        "cluster": found.cluster.astype(str),
        "stratum": found.stratum.astype(str),
        "status": "",
    }
    for k, outcome in enumerate(design.outcomes):
        columns[f"{outcome.id}.score"] = found.outcomes[:, k]
    for j in range(design.p):
        columns[f"t{j}.contact"] = pd.array(found.contact[:, j]).astype("Int8")
        columns[f"t{j}.rating"] = found.rating[:, j]
        columns[f"t{j}.rating_empty"] = kinds[found.rating_empty[:, j]]
    return pd.DataFrame(columns)
