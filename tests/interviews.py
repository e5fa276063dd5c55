"""Raw interviews of a small study, with halo, for the tests of quality, weights and fieldwork."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from supertouch.study.model import Columns, Outcome, Scale, Segment, Study, Text, Touchpoint, Wave

SCALES = {"rating": Scale("rating", 1, 5, 5), "nps": Scale("nps", 0, 10, 10)}


def study_of(number: int, **changes: object) -> Study:
    """Return a study with ratings ``R0``, ``R1``, ... in the wave ``w``, and ``NPS``."""
    folder = Path("/nowhere")
    study = Study(
        id="s",
        title=Text(),
        file=folder / "study.toml",
        folder=folder,
        raw=folder,
        touchpoints=tuple(
            Touchpoint(f"t{j}", Text(), "during", rating=Columns(f"R{j}")) for j in range(number)
        ),
        outcomes=(
            Outcome(
                "nps", Text(), "recommendation", (Columns("NPS"),), (False,), "nps", waves=("w",)
            ),
        ),
        waves=(Wave("w", Text(), "w.csv"),),
        scales=SCALES,
    )
    return replace(study, **changes)


def segment(id_: str, column: str) -> Segment:
    return Segment(id_, Text(), Columns(column))


def interviews(n: int, touchpoints: int, *, seed: int, blank: float = 0.2) -> pd.DataFrame:
    """Return honest raw answers: a halo, items of their own mean, some blanks."""
    draw = np.random.default_rng(seed)
    person = draw.normal(0.0, 0.5, (n, 1)) + draw.normal(0.0, 0.3, (1, touchpoints))
    rating = np.clip(np.round(3.7 + person + draw.normal(0.0, 0.7, (n, touchpoints))), 1, 5)
    rating[draw.random((n, touchpoints)) < blank] = np.nan
    nps = np.clip(np.round(7 + 2 * person[:, 0] + draw.normal(0.0, 1.5, n)), 0, 10)
    frame = pd.DataFrame(rating, columns=[f"R{j}" for j in range(touchpoints)])
    return frame.assign(NPS=nps, __row__=np.arange(2, n + 2))
