"""Speed of importance: against pingouin in the same run, up to 30 drivers, in replicates, p = 100.

    python benchmarks/importance.py [peers] [exact] [replicates] [hundred]
    python benchmarks/importance.py sampled FOLDER WAVE      # error of sampled orders, on a study

Without names, everything. pingouin comes with supertouch; numba, where it is installed, is timed
beside NumPy. Each figure is the least of a few runs; memory is the growth of the process's peak.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import subprocess
import sys
import time
from importlib.util import find_spec

import numpy as np
import pandas as pd

from supertouch.simulate import planted, responses_of, study_of
from supertouch.stats import importance, resampling
from supertouch.stats.covariance import assemble
from supertouch.stats.moments import moments

NEVER = 1 << 62


def rows(n, p, *, seed=0):
    """Drivers that share a halo, and an outcome."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p)) + 0.7 * rng.normal(size=(n, 1))
    y = x @ np.linspace(1, 0, p) + 3 * rng.normal(size=n)
    return pd.DataFrame(x, columns=[f"x{j}" for j in range(p)]), y


def covariance(p):
    x, y = rows(500, p)
    full = np.cov(np.column_stack([x, y]).T)
    return full[:p, :p], full[p:, :p], full[p:, p]


def least(call, *, times):
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        found = call()
        seconds.append(time.perf_counter() - start)
    return min(seconds), found


def peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def peers():
    """pingouin on the rows, supertouch from the covariance matrix of the same rows."""
    import pingouin

    print("| p | pingouin, s | supertouch, s | ratio | largest difference |\n|---|---|---|---|---|")
    importance.WORTH_COMPILING = NEVER
    for p in (8, 10, 12, 14, 16, 18, 20):
        x, y = rows(500, p)
        xx, xy, yy = covariance(p)
        slow, found = least(
            lambda x=x, y=y: pingouin.linear_regression(x, y, relimp=True), times=3 if p < 16 else 1
        )
        fast, own = least(
            lambda xx=xx, xy=xy, yy=yy: importance.lmg(xx, xy, yy), times=9 if p < 20 else 5
        )
        difference = np.abs(found.relimp.to_numpy()[1:] - own[0]).max()
        print(
            f"| {p} | {slow:.4g} | {fast:.4g} | {slow / fast:,.0f} | {difference:.1e} |", flush=True
        )


def exact():
    """NumPy alone, and machine code; each size in a process of its own, for its memory."""
    kinds = ["numpy"] + (["numba"] if find_spec("numba") else [])
    print(
        "| p | kind | first, s | again, s | ns a subset | MB above the import |\n"
        + "|---" * 6
        + "|"
    )
    for p in (20, 22, 24, 26, 28, 30):
        for kind in kinds:
            subprocess.run([sys.executable, __file__, "one", str(p), kind], check=True)


def one(p, kind):
    xx, xy, yy = covariance(p)
    importance.WORTH_COMPILING = NEVER if kind == "numpy" else 0
    importance.lmg(*covariance(4))
    before = peak()
    first, _ = least(lambda: importance.lmg(xx, xy, yy), times=1)
    again, _ = least(lambda: importance.lmg(xx, xy, yy), times=1 if p > 28 else 3)
    print(
        f"| {p} | {kind} | {first:.3g} | {min(first, again):.3g} | "
        f"{min(first, again) / 2**p * 1e9:.2f} | {peak() - before:.0f} |",
        flush=True,
    )


def replicated(p, *, n, q, method=importance.lmg):
    """1,000 replicates of both blocks, from the rows: moments, sums, covariances, importance."""
    rng = np.random.default_rng(1)
    contact = (rng.random((n, p)) < np.linspace(0.3, 0.95, p)).astype(float)
    rating = np.clip(np.round(3 + rng.normal(size=(n, p)) + rng.normal(size=(n, 1))), 1, 5)
    y = (contact * (rating - 3)) @ rng.random((p, q)) + 2 * rng.normal(size=(n, q))
    units = np.arange(n).astype(str).astype(object)
    groups = resampling.group_units(units, np.full(n, "", dtype=object), seed=1)
    drawn = resampling.multiplicities(groups.stratum, replicates=1000, rng=rng)
    sums = moments(
        contact,
        np.where(contact == 1, rating, np.nan),
        y,
        weight=np.ones(n),
        midpoint=np.full(p, 3.0),
        outcome_midpoint=np.zeros(q),
        group=groups.index,
        groups=len(groups.stratum),
    )
    columns = np.arange(2 * p)
    parts = []
    for part in sums.replicates(drawn, at_once=100):
        found = assemble(part, touchpoints=p, outcomes=q)
        parts.append(importance.owen(*found.drivers(columns), second=columns >= p, method=method))
    return np.concatenate(parts)


def replicates():
    print("| work | s |\n|---|---|")
    seconds, _ = least(lambda: replicated(12, n=2000, q=1), times=3)
    print(
        f"| 1,000 replicates, both blocks, n = 2,000, p = 12, exact | {seconds:.2f} |", flush=True
    )
    for kind in ["NumPy"] + (["numba"] if find_spec("numba") else []):
        importance.WORTH_COMPILING = NEVER if kind == "NumPy" else 0
        seconds, _ = least(lambda: replicated(20, n=2000, q=1), times=1)
        print(f"| the same, p = 20, exact in every replicate, {kind} | {seconds:.1f} |", flush=True)
    rng = np.random.default_rng(2)
    data = rng.normal(size=(1000, 300, 101)) + 0.5 * rng.normal(size=(1000, 300, 1))
    full = np.stack([part.T @ part / 300 for part in data])
    del data
    xx, xy, yy = full[:, :100, :100], full[:, 100:, :100], full[:, 100:, 100]
    seconds, _ = least(lambda: importance.johnson(xx, xy, yy), times=2)
    print(f"| Johnson, p = 100, 1,000 replicates | {seconds:.1f} |", flush=True)


def hundred():
    """The whole analysis of a wave with 100 touchpoints, and the drivers alone."""
    from supertouch.findings import analyze_wave

    design = planted(100, supers=6, lift=5.0)
    study = study_of(design)
    from dataclasses import replace

    study = replace(study, analysis=replace(study.analysis, replicates=1000))
    responses = responses_of(design, 5000, seed=1)
    print("| n = 5,000, p = 100, two outcomes, 1,000 replicates | s | peak MB |\n|---|---|---|")
    for complete, text in ((False, "drivers, intervals and ranks"), (True, "all tables of a wave")):
        start = time.perf_counter()
        tables = analyze_wave(study, "w1", responses, complete=complete)
        seconds = time.perf_counter() - start
        print(f"| {text} | {seconds:.1f} | {peak():.0f} |", flush=True)
        told = tables["diagnostics"]
        for row in told[told.code.str.contains("orders")].itertuples():
            print(f"|   {row.code} {row.value:.3f} | | |")


def sampled(folder, wave):
    """Sampled orders against exact importance, on 60 replicates of a wave that was analysed."""
    from pathlib import Path

    from supertouch.findings import fitting, models
    from supertouch.findings.answers import read_answers
    from supertouch.stats.orders import circles, sampled_lmg
    from supertouch.study import load_study

    study = load_study(Path(folder) / "study.toml")
    frame = pd.read_parquet(study.processed / "validate" / wave / "responses.parquet")
    answers = read_answers(study, wave, frame)
    drawn = models.multiplicity(study, answers.wave, answers.groups)[:60]
    everybody = np.ones(len(frame), dtype=bool)
    model = models.prepare(study, answers, models.together(study, answers)[0], mask=everybody)
    model = fitting.add_covariances(model, multiplicity=drawn)
    p = len(model.touchpoints)
    point, spread = (part.drivers(np.arange(p)) for part in (model.covariance, model.spread))
    exact, exacts = importance.lmg(*point), importance.lmg(*spread)
    sampling = exacts.std(axis=0)
    print(f"p = {p}\n| circles | point | replicate |\n|---|---|---|")
    for count in (1, 2, 4, 6, 8):
        errors = []
        for seed in range(4):
            around = circles(p, count=count, rng=np.random.default_rng(seed))
            anchor = sampled_lmg(*point, orders=around) - exact
            rest = sampled_lmg(*spread, orders=around) - exacts - anchor
            errors.append([np.square(part / sampling).mean() for part in (anchor, rest)])
        root = np.sqrt(np.mean(errors, axis=0))
        print(f"| {count} | {root[0]:.3f} | {root[1]:.3f} |", flush=True)


PARTS = {"peers": peers, "exact": exact, "replicates": replicates, "hundred": hundred}


def main():
    if sys.argv[1:2] == ["one"]:
        one(int(sys.argv[2]), sys.argv[3])
        return
    if sys.argv[1:2] == ["sampled"]:
        sampled(*sys.argv[2:4])
        return
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, {os.cpu_count()} processors")
    for name in sys.argv[1:] or PARTS:
        print(f"\n{name}")
        PARTS[name]()


if __name__ == "__main__":
    main()
