"""Time and memory as a study grows; writes docs/scale.csv and docs/scale.svg.

    python -m benchmarks.scale whole FOLDER    # analyse, judge and track a study of large_study
    python -m benchmarks.scale pass FOLDER     # one pass over the rows against a plain read
    python -m benchmarks.scale growth WORK     # rows, touchpoints, segments, replicates
    python -m benchmarks.scale picture         # the picture from docs/scale.csv

Each step runs in a process of its own, whose peak memory is what the system says when it ends.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np
from benchmarks.large_study import write_study

DOCS = Path(__file__).parents[1] / "docs"
BASE = {"rows": 200_000, "touchpoints": 25, "segments": 1, "replicates": 500}
GROWTH = {
    "rows": (100_000, 400_000, 1_600_000),
    "touchpoints": (12, 25, 50, 100),
    "segments": (0, 1, 2, 4),
    "replicates": (250, 500, 1000, 2000),
}
STEP = """
import sys, time
from pathlib import Path
from supertouch.pipeline.rules import targets
from supertouch.pipeline.stages import STAGE_FUNCTIONS
from supertouch.study import load_study
study = load_study(Path(sys.argv[1]))
if sys.argv[2] == "track":  # without the page, which tells of raw files that are not there
    from supertouch.findings import track
    from supertouch.findings.banner import banner_waves
    from supertouch.pipeline.gathering import FOLLOWED, by_wave
    from supertouch.pipeline.opening import opened_waves
    waves = opened_waves(study, lambda *a: None)
    track(study, waves, by_wave(study, "analyze", FOLLOWED))
    banner_waves(study, waves)
    sys.exit()
step = next(t for t in targets(study) if t.stage == sys.argv[2] and (t.wave or "") == sys.argv[3])
STAGE_FUNCTIONS[step.stage](study, step, lambda *a: None)
"""


def measured(file: Path, stage: str, wave: str = "") -> dict[str, float]:
    """Run one step of a study; return its seconds, processor seconds and peak memory in GB."""
    start = time.perf_counter()
    words = [sys.executable, "-c", STEP, str(file), stage, wave]
    child = os.spawnv(os.P_NOWAIT, sys.executable, words)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{stage} {wave} of {file} failed")
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "gb": round(used.ru_maxrss / 1e6, 2),
    }


def whole(folder: Path) -> None:
    """Analyse every wave, judge and track."""
    file = folder / "study.toml"
    waves = sorted(path.stem for path in (folder / "data/processed/validate").glob("*.json"))
    steps = [*(("analyze", wave) for wave in waves), ("judge", ""), ("track", "")]
    print("| step | seconds | processor seconds | peak GB |\n|---|--:|--:|--:|")
    for stage, wave in steps:
        found = measured(file, stage, wave)
        print(
            f"| {stage} {wave} | {found['seconds']} | {found['cpu']} | {found['gb']} |", flush=True
        )


def passed(folder: Path) -> None:
    """Compare one pass over a wave's rows with pyarrow's reading of the same columns, in turns."""
    import pyarrow.parquet as pq

    from supertouch.findings.models import together
    from supertouch.findings.streams.wave import open_wave
    from supertouch.pipeline.opening import responses_file
    from supertouch.pipeline.parquet_parts import parquet_parts
    from supertouch.stats.engine import Here
    from supertouch.study import load_study

    study = load_study(folder / "study.toml")
    wave = study.waves[0].id
    path = responses_file(study, wave)
    parts = parquet_parts(study, wave, path)
    opened = open_wave(study, wave, parts, Here())
    names = [f"{item.id}.{kind}" for item in opened.touchpoints for kind in ("contact", "rating")]
    names += ["weight", *(f"{item.id}.score" for item in opened.outcomes)]
    outcomes = together(study, opened)[0]
    print("| read | pass | ratio | read, processor | pass, processor | ratio |")
    print("|--:|--:|--:|--:|--:|--:|")
    for _ in range(3):
        start = time.perf_counter(), time.process_time()
        with pq.ParquetFile(path) as file:
            for part in parts:
                file.read_row_groups(list(part.groups), columns=names)
        middle = time.perf_counter(), time.process_time()
        opened.totals.clear()
        opened.prepare(outcomes)
        end = time.perf_counter(), time.process_time()
        read = [b - a for a, b in zip(start, middle, strict=True)]
        made = [b - a for a, b in zip(middle, end, strict=True)]
        told = (read[0], made[0], made[0] / read[0], read[1], made[1], made[1] / read[1])
        print("| " + " | ".join(f"{value:.2f}" for value in told) + " |", flush=True)


def growth(work: Path) -> None:
    """Let one size grow at a time, and write what each step took."""
    with (DOCS / "scale.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, ["grows", *BASE, "seconds", "cpu", "gb"])
        table.writeheader()
        for grows, sizes in GROWTH.items():
            for size in sizes:
                given = BASE | {grows: size}
                row = {"grows": grows} | given | _one(work / "study", **given)
                table.writerow(row)
                file.flush()
                print(row, flush=True)


def _one(folder: Path, *, replicates: int, **size: int) -> dict[str, float]:
    shutil.rmtree(folder, ignore_errors=True)
    extra = f"[analysis]\nreplicates = {replicates}\n\n[engine]\nstream_above = 1000"
    file = write_study(folder, waves=1, extra=extra, **size)
    return measured(file, "analyze", "w0")


def picture() -> None:
    """Draw docs/scale.svg from docs/scale.csv, with the exponent between the last two sizes."""
    import matplotlib.pyplot as plt

    with (DOCS / "scale.csv").open() as file:
        rows = list(csv.DictReader(file))
    figure, axes = plt.subplots(2, 4, figsize=(12, 5.2), sharey="row", layout="constrained")
    for column, grows in zip(axes.T, GROWTH, strict=True):
        some = [row for row in rows if row["grows"] == grows]
        size = np.array([float(row[grows]) for row in some])
        for ax, name, unit in zip(
            column, ("cpu", "gb"), ("processor seconds", "peak GB"), strict=True
        ):
            value = np.array([float(row[name]) for row in some])
            ax.plot(size, value, "o-", color="#0b5fa5")
            if name == "cpu" and size[-2] > 0:
                power = np.log(value[-1] / value[-2]) / np.log(size[-1] / size[-2])
                ax.set_title(f"{grows}: exponent {power:.2f}", fontsize=10)
                ax.set_yscale("log")
            if grows in ("rows", "touchpoints", "replicates"):
                ax.set_xscale("log")
            ax.set_xticks(size, [f"{s:,.0f}" for s in size], fontsize=8)
            ax.minorticks_off()
            ax.grid(alpha=0.25)
            ax.set_xlabel(grows)
            if grows == "rows":
                ax.set_ylabel(unit)
    for ax in axes[0]:
        ax.set_yticks([10, 30, 100, 300], ["10", "30", "100", "300"])
    for ax in axes[1]:
        ax.set_ylim(0, None)
    figure.savefig(DOCS / "scale.svg", metadata={"Date": None})


def main() -> None:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("whole", "pass", "growth", "picture"))
    parser.add_argument("folder", type=Path, nargs="?")
    given = parser.parse_args()
    if given.what == "picture":
        picture()
    else:
        {"whole": whole, "pass": passed, "growth": growth}[given.what](given.folder)


if __name__ == "__main__":
    main()
