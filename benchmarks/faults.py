"""How much of a study is lost when its steps are killed or its disk fails: nothing, it should say.

Each step of a small study is made from changed answers. At random changes of its folder the process
is killed (-9), the disk is full or read-only from there on; then the step is made again. After the
fault every file must be the old or the new one, and a step that is said to be done must be wholly
so; after the next run all must be as without a fault. `--commands` kills whole runs at random,
with their workers left behind.

    python -m benchmarks.faults --seconds 20 --commands 3 --folder /dev/shm/faults
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks import fault_injection as faults
from benchmarks import faulty_study

from supertouch import pipeline
from supertouch.pipeline.rules import is_stale

KINDS: tuple[faults.Kind, ...] = ("kill", "kill", "kill", "full", "readonly")
ENDS = {"kill": (-9,), "full": (0, 6), "readonly": (0, 6)}
UNSTEADY = (".html", ".xlsx", ".pptx", ".sav")
ROOMS = ("intake", "intake.coded", "findings", "findings.banner", "decisions", "report")
LIBRARIES = ("pyarrow.parquet", "openpyxl", "xlsxwriter", "pptx", "pyreadstat", "pandera.pandas")
COLUMNS = ("points", "killed", "full disk", "read-only", "old stood", "new stood", "wrong")


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--folder", type=Path, default=Path("/tmp/faults"))
    words.add_argument("--seconds", type=float, default=20, help="For each step.")
    words.add_argument("--commands", type=int, default=0, help="Whole runs that are killed.")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    state = given.folder / "state"
    faulty_study.write_study(state)
    warm(state)
    faulty_study.answers(7, 140).to_csv(state / "data" / "raw" / "w2.csv", index=False)
    rng = random.Random(given.seed)
    print(f"| step | {' | '.join(COLUMNS)} |\n|---|{'---:|' * len(COLUMNS)}", flush=True)
    total: Counter[str] = Counter()
    whole = faults.copied(state, given.folder / "before")
    for name, counts in each_step(state, given.folder / "work", rng, seconds=given.seconds):
        total += counts
        tell(name, counts)
    tell("all steps", total)
    if given.commands:
        tell("`supertouch run -j2`", killed_runs(whole, state, given.folder, rng, given.commands))


def tell(name: str, counts: Counter[str]) -> None:
    print(f"| {name} | {' | '.join(str(counts[column]) for column in COLUMNS)} |", flush=True)


def warm(folder: Path) -> None:
    """Make the study once in this process, so that children find everything imported."""
    import matplotlib as mpl

    mpl.use("agg")
    for name in (*(f"supertouch.{room}" for room in ROOMS), *LIBRARIES):
        importlib.import_module(name)
    pipeline.run(pipeline.open_study(folder))


def each_step(state: Path, work: Path, rng: random.Random, *, seconds: float):
    """Yield what came of the faults at each step that is due, and go on to the next."""
    for step in pipeline.targets(pipeline.open_study(state)):
        if not is_stale(step):
            continue
        old = faults.snapshot(state)
        after = faults.copied(state, work.with_name("after"))
        ended = faults.run_with("none", 0, after, maker(after, step.name))
        new = faults.snapshot(after)
        counts: Counter[str] = Counter()
        until = time.monotonic() + seconds
        while time.monotonic() < until or counts["points"] < 3:
            kind = KINDS[counts["points"] % len(KINDS)]
            place = faults.copied(state, work)
            at = rng.randrange(ended.changes)
            counts += tried(place, step.name, kind, at, old, new)
        faults.copied(after, state)
        yield step.name, counts


def maker(folder: Path, name: str) -> Callable[[], None]:
    def make() -> None:
        study = pipeline.open_study(folder)
        step = next(step for step in pipeline.targets(study) if step.name == name)
        pipeline.make(study, step, replace=True)

    return make


def tried(
    place: Path,
    name: str,
    kind: faults.Kind,
    at: int,
    old: faults.Snapshot,
    new: faults.Snapshot,
) -> Counter[str]:
    ended = faults.run_with(kind, at, place, maker(place, name))
    now = faults.snapshot(place)
    unsteady = {file for file in {*old, *new} if file.endswith(UNSTEADY)}
    wrong = faults.faults_of(now, old, new, unsteady) + broken(place)
    if ended.code not in ENDS[kind]:
        wrong.append(f"ended with {ended.code}")
    if faults.run_with("none", 0, place, maker(place, name)).code:
        wrong.append("the next run failed")
    again = faults.snapshot(place)
    wrong += [
        f"not repaired: {file}"
        for file in {*again, *new} - unsteady
        if again.get(file) != new.get(file)
    ]
    wrong += broken(place) + [f"left over: {file}" for file in faults.left_over(place)]
    if wrong:
        print(f"{name}, {kind} at {at}: {wrong}", file=sys.stderr, flush=True)
    steady = {file: said for file, said in now.items() if file not in unsteady}
    stood = all(steady.get(file) == old.get(file) for file in {*steady, *old} - unsteady)
    made = all(steady.get(file) == new.get(file) for file in {*steady, *new} - unsteady)
    named = {"kill": "killed", "full": "full disk", "readonly": "read-only", "none": ""}[kind]
    return Counter(
        {"points": 1, named: 1, "old stood": stood, "new stood": made, "wrong": bool(wrong)}
    )


def broken(folder: Path) -> list[str]:
    """Return the files, compared with nothing because they hold times, that are not whole."""
    wrong = []
    for path in folder.rglob("[!.]*"):
        if path.suffix in (".xlsx", ".pptx"):
            whole = zipfile.is_zipfile(path) and zipfile.ZipFile(path).testzip() is None
        elif path.suffix == ".html":
            whole = path.read_text(encoding="utf-8").rstrip().endswith("</html>")
        elif path.suffix == ".sav":
            import pyreadstat

            try:
                whole = pyreadstat.read_sav(path) is not None
            except pyreadstat.ReadstatError:
                whole = False
        else:
            continue
        wrong += [] if whole else [f"not whole: {path.name}"]
    return wrong


def killed_runs(
    before: Path, after: Path, folder: Path, rng: random.Random, times: int
) -> Counter[str]:
    """Kill whole runs at random times, their workers not, and run again at once."""
    command = [sys.executable, "-m", "supertouch", "run", "--replace", "-j2", "--quiet"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    old, new = faults.snapshot(before), faults.snapshot(after)
    unsteady = {file for file in {*old, *new} if file.endswith(UNSTEADY)}
    counts: Counter[str] = Counter()
    longest = 0.0
    for _ in range(times):
        place = faults.copied(before, folder / "run")
        run = subprocess.Popen([*command, place], env=environment)
        time.sleep(rng.uniform(3, longest or 60))
        run.kill()
        run.wait()
        wrong = faults.faults_of(faults.snapshot(place), old, new, unsteady)
        start = time.monotonic()
        done = subprocess.run([*command, place], env=environment, check=False)
        longest = max(longest, time.monotonic() - start)
        again = faults.snapshot(place)
        files = {*again, *new} - unsteady
        wrong += [f"not repaired: {file}" for file in files if again.get(file) != new.get(file)]
        wrong += broken(place) + [f"left over: {file}" for file in faults.left_over(place)]
        wrong += ["the next run failed"] if done.returncode else []
        if wrong:
            print(f"run: {wrong}", file=sys.stderr, flush=True)
        counts += Counter({"points": 1, "killed": 1, "wrong": bool(wrong)})
    return counts


if __name__ == "__main__":
    main()
