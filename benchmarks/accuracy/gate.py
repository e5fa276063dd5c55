"""What the thresholds of the estimability gate rest on: coverage and bias with the gate open.

Three things are varied one at a time: respondents per driver column, the base of every pair of
ratings, and the degrees of freedom (clusters less strata). The thresholds themselves are set aside
in the processes that run these studies, and only there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from benchmarks.accuracy.judge import figures
from benchmarks.accuracy.run import parallel
from benchmarks.accuracy.study import OURS, Record, speak
from benchmarks.accuracy.truths import Known, classified

from supertouch.simulate import Design, planted, responses_of, study_of, truth
from supertouch.stats import gate
from supertouch.study.model import Analysis, SuperRule

__all__ = ["FILE", "LEVELS", "run"]

FILE = Path(__file__).parent / "results" / "gate.csv"
TRUTH_ROWS = 500_000

# what is varied -> its levels
LEVELS: dict[str, tuple[int, ...]] = {
    "per column": (2, 3, 5, 8, 12),
    "pair base": (10, 20, 30, 50, 100),
    "degrees": (10, 20, 40, 80),
}
_COLUMNS, _PAIRED, _CLUSTERED = 16, 8, 8
_PAIR_N, _CLUSTERED_N = 1000, 800


@dataclass(frozen=True, slots=True)
class Setting:
    """A design and its number of respondents."""

    design: Design
    n: int


@cache
def setting(kind: str, level: int) -> Setting:
    """Build the studies of one level."""
    if kind == "per column":
        design = planted(_COLUMNS, supers=3, lift=3.0, idle=5, reach=(0.75, 0.5))
        return Setting(design, 2 * _COLUMNS * level)
    if kind == "pair base":
        design = planted(_PAIRED, supers=2, lift=2.5, idle=3, reach=(0.65, 0.55))
        return Setting(replace(design, ask_rate=_rate(design, level)), _PAIR_N)
    clusters = level + 1
    size = _CLUSTERED_N // clusters
    design = planted(_CLUSTERED, supers=2, lift=2.5, idle=3, reach=(0.8, 0.5))
    return Setting(replace(design, cluster_size=size, icc=0.05), clusters * size)


def _rate(design: Design, base: int) -> np.ndarray:
    """Return the rate of asking that leaves ``base`` who rated both of the average pair."""
    met = responses_of(design, 20_000, seed=1)
    contact = np.column_stack([met[f"t{j}.contact"].to_numpy(float) for j in range(design.p)])
    both = (contact.T @ contact / len(contact))[~np.eye(design.p, dtype=bool)].mean()
    return np.array([min(1.0, np.sqrt(base / (_PAIR_N * both)))])


@cache
def true(kind: str, level: int) -> Known:
    """Return the truth of a level."""
    design = setting(kind, level).design
    return classified(design, truth(design, n=TRUTH_ROWS, rng=np.random.default_rng(1)))


def one_study(kind: str, level: int, seed: int, replicates: int) -> Record:
    """Analyse a study with the gate open."""
    gate.PER_COLUMN = gate.FEWEST_DEGREES = 0
    chosen = setting(kind, level)
    study = study_of(
        chosen.design,
        analysis=Analysis(replicates=replicates, min_pair=5),
        rule=SuperRule(min_base=10),
    )
    frame = responses_of(chosen.design, chosen.n, seed=[len(kind), level, seed])
    return speak(seed, study, chosen.design, frame)


def run(*, studies: int, replicates: int, jobs: int) -> None:
    """Run all levels and write ``results/gate.csv``."""
    levels = [(kind, level) for kind, values in LEVELS.items() for level in values]
    truths = parallel("truths", [(true, *level) for level in levels], jobs=jobs)
    tasks = [(one_study, *level, seed, replicates) for level in levels for seed in range(studies)]
    records = parallel("gate", tasks, jobs=jobs)
    rows = []
    for place, ((kind, level), known) in enumerate(zip(levels, truths, strict=True)):
        own = records[place * studies : (place + 1) * studies]
        table = figures(own, known, methods=(OURS,)).iloc[0]
        head = {"varied": kind, "level": level, "n": setting(kind, level).n}
        rows.append(head | {"replicates": replicates} | table.to_dict())
    FILE.parent.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(FILE, index=False, float_format="%.5g")
    print(pd.DataFrame(rows).drop(columns=["method", "seconds"]).round(3).to_string(index=False))
