"""A study and its responses from a simulated design, without files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from supertouch.simulate import ANSWERED, simulate
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


def study_of(design, *, waves=("w1",), proxy=False, **changes):
    """Build the Study that asks what the design answers."""
    scales = {"rating": Scale("rating", 1, design.points, design.points, 1, 2, design.points)}
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
        analysis=Analysis(replicates=300),
    )
    return replace(study, **changes)


def responses_of(design, n, *, seed):
    """Simulate ``n`` respondents as validated responses."""
    found = simulate(design, n, np.random.default_rng(seed))
    kinds = np.array(ANSWERED)
    columns = {
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
