"""One simulated study, analysed by supertouch through its public path and by the rivals."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from zlib import crc32

import numpy as np
import pandas as pd
from benchmarks.accuracy.cells import CELLS, design_of
from benchmarks.accuracy.rivals import RIVALS, Answers, Claim, Rival, answers_of

from supertouch.findings import analyze_wave, judge
from supertouch.simulate import Design, responses_of, study_of
from supertouch.study.model import Study

__all__ = ["OURS", "Record", "arrays", "one_study", "speak"]

OURS = "supertouch"
RIVAL_REPLICATES = 200
FIELDS = ("share", "importance", "effect", "p_share", "p_value")
BOUNDS = ("share_low", "share_high", "effect_low", "effect_high")

Record = dict[str, object]


def one_study(name: str, seed: int, replicates: int) -> Record:
    """Simulate study ``seed`` of a cell and let every method speak: what is kept of it."""
    cell, design = CELLS[name], design_of(name)
    frame = responses_of(design, cell.n, seed=[crc32(name.encode()), seed])
    study = study_of(design)
    replicates = min(replicates, cell.replicates)
    study = replace(study, analysis=replace(study.analysis, replicates=replicates))
    record = speak(seed, study, design, frame)
    answers = answers_of(frame, tuple(item.id for item in design.outcomes), design.p)
    drawn = RIVAL_REPLICATES if design.p <= 40 else RIVAL_REPLICATES // 2
    for method, rival in RIVALS.items():
        _timed(record, method, partial(_claimed, rival, answers, replicates=drawn))
    return record


def speak(seed: int, study: Study, design: Design, frame: pd.DataFrame) -> Record:
    """Let supertouch alone speak."""
    record: Record = {"seed": seed, "seconds": {}}
    _timed(record, OURS, lambda: supertouch_says(study, design, frame))
    return record


def _timed(record: Record, method: str, speak: Callable[[], Record]) -> None:
    """Let a method speak; one that breaks off says nothing, and the record tells why."""
    started = time.perf_counter()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record[method] = speak()
    except Exception as error:
        record[method] = {"failed": f"{type(error).__name__}: {error}"}
    record["seconds"][method] = round(time.perf_counter() - started, 3)  # type: ignore[index]


def supertouch_says(study: Study, design: Design, frame: pd.DataFrame) -> Record:
    """Analyse a wave and judge it; keep what the benchmark compares, NaN where nothing is said."""
    tables = analyze_wave(study, "w1", frame, complete=False)
    verdicts = judge(study, {"w1": frame}, {"w1": tables})["supertouchpoints"]
    importance = tables["importance"]
    importance = importance[
        (importance.method == "lmg")
        & (importance.component == "experience")
        & (importance.segment == "")
    ]
    touchpoints = [f"t{j}" for j in range(design.p)]
    wide = {
        outcome.id: importance[importance.outcome == outcome.id]
        .set_index("touchpoint")
        .reindex(touchpoints)
        for outcome in design.outcomes
    }
    record: Record = {
        name: [_numbers(part[name]) for part in wide.values()] for name in (*FIELDS, *BOUNDS)
    }
    models = tables["models"]
    models = models[models.segment == ""].set_index("outcome").loc[list(wide)]
    verdicts = verdicts.set_index("touchpoint").loc[touchpoints]
    record["is_super"] = [int(verdict == "super") for verdict in verdicts.verdict]
    record["reason"] = list(models.reason)
    record["model_ok"] = [int(p < study.rule.alpha) for p in models.p_value.fillna(1.0)]
    return record


def _claimed(rival: Rival, answers: Answers, *, replicates: int) -> Record:
    return _plain(rival(answers, replicates=replicates))


def _plain(claim: Claim) -> Record:
    """Drop what is not there, so that the records stay small."""
    found: Record = {"is_super": [int(flag) for flag in claim.is_super]}
    for name, values in asdict(claim).items():
        if name != "is_super" and not np.isnan(values).all():
            found[name] = [_numbers(row) for row in values]
    return found


def _numbers(values: object) -> list[float]:
    return [float(f"{value:.5g}") for value in np.asarray(values, dtype=float)]


def arrays(record: Record, method: str, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    """Return a method's claims of one study as arrays of shape (q, p); NaN where it has none."""
    found = record[method]
    nothing = np.full(shape, np.nan)
    result = {
        name: np.array(found[name], dtype=float) if name in found else nothing  # type: ignore
        for name in (*FIELDS, *BOUNDS)
    }
    result["is_super"] = np.array(found.get("is_super", np.zeros(shape[1])), dtype=bool)  # type: ignore
    return result
