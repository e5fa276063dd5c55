"""Run the studies in parallel; a stopped run goes on where it was."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.accuracy.cells import CELLS
from benchmarks.accuracy.study import OURS, Record, one_study
from benchmarks.accuracy.truths import Known, known
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

import supertouch

__all__ = ["SETTINGS", "parallel", "records_of", "run", "truth_of"]

HERE = Path(__file__).parent
HOPELESS = 10
STUDIES = HERE / ".studies"
SETTINGS = STUDIES / "run.json"
SOURCE = Path(supertouch.__file__).parent
SIMULATION = (SOURCE / "simulate", SOURCE / "stats", HERE / "cells.py")
ESTIMATION = (SOURCE / "findings", HERE / "study.py", HERE / "rivals.py")


def stamp(*places: Path) -> str:
    """Return a digest of the source files below some places."""
    digest = blake2b(digest_size=6)
    for place in places:
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def run(wanted: dict[str, int], *, replicates: int, jobs: int) -> None:
    """Run as many studies of each cell as ``wanted`` says, less those that are there already.

    Results belong to the code and the number of replicates that made them; others are not used.
    """
    settings = {"replicates": replicates, "code": stamp(*SIMULATION, *ESTIMATION)}
    _prepare(settings)
    truths = [(_truth, name) for name in wanted]
    todo = [
        (one_study, name, seed, replicates)
        for name, studies in wanted.items()
        for seed in sorted(set(range(studies)) - {r["seed"] for r in records_of(name)})
    ]
    order = np.random.default_rng(0).permutation(len(todo))
    parallel("truths", truths, jobs=jobs)
    began = time.perf_counter()
    tasks = [todo[place] for place in order]
    done = broken = 0
    try:
        for task, record in iterate("studies", tasks, jobs=jobs, cost=_cost):
            with _file(task[1]).open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
            done += 1
            broken += "failed" in record[OURS]
            if broken == done == HOPELESS:
                raise SystemExit(f"Every study breaks off: {record[OURS]['failed']}")
    finally:
        _finish(settings, seconds=time.perf_counter() - began, jobs=jobs, studies=done)


def _cost(task: tuple[Any, ...]) -> float:
    return CELLS[task[1]].cost


def records_of(name: str) -> list[Record]:
    """Return the studies of a cell that are there, without one that was cut off while written."""
    if not _file(name).exists():
        return []
    found = {}
    for line in _file(name).read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[record["seed"]] = record
    return [found[seed] for seed in sorted(found)]


def truth_of(name: str) -> Known:
    """Return the truth of a cell, computed if need be."""
    return known(name, stamp(*SIMULATION))


def _truth(name: str) -> None:
    truth_of(name)


def parallel(title: str, tasks: list[tuple[Any, ...]], *, jobs: int) -> list[Any]:
    """Call each task's function with its arguments; results in the order of the tasks."""
    found = {id(task): result for task, result in iterate(title, tasks, jobs=jobs)}
    return [found[id(task)] for task in tasks]


def iterate(
    title: str,
    tasks: list[tuple[Any, ...]],
    *,
    jobs: int,
    cost: Callable[[tuple[Any, ...]], float] | None = None,
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield tasks with their results as they are done, under a progress bar."""
    costs = [cost(task) if cost else 1.0 for task in tasks]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool, _bar() as bar:
        shown = bar.add_task(title, total=sum(costs), done=0, of=len(tasks))
        for done, (place, result) in enumerate(pool.imap_unordered(_call, _numbered(tasks)), 1):
            bar.update(shown, advance=costs[place], done=done)
            yield tasks[place], result


def _numbered(tasks: Iterable[tuple[Any, ...]]) -> list[tuple[int, tuple[Any, ...]]]:
    return list(enumerate(tasks))


def _call(numbered: tuple[int, tuple[Any, ...]]) -> tuple[int, Any]:
    place, (function, *arguments) = numbered
    return place, function(*arguments)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[done]} of {task.fields[of]}"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )


def _file(name: str) -> Path:
    return STUDIES / f"{name.replace(' ', '_')}.jsonl"


def _prepare(settings: dict[str, Any]) -> None:
    """Move older studies aside if they come from other code or other settings."""
    STUDIES.mkdir(exist_ok=True)
    before = json.loads(SETTINGS.read_text(encoding="utf-8")) if SETTINGS.exists() else {}
    if {key: before.get(key) for key in settings} == settings:
        return
    if before:
        aside = STUDIES / f"{before['code']}-{before['replicates']}"
        aside.mkdir(exist_ok=True)
        for file in (*STUDIES.glob("*.jsonl"), SETTINGS):
            file.rename(aside / file.name)
        print(f"The studies there come from other code or settings; they are now in {aside.name}.")
    SETTINGS.write_text(json.dumps(settings | {"seconds": 0.0, "studies": 0}), encoding="utf-8")


def _finish(settings: dict[str, Any], *, seconds: float, jobs: int, studies: int) -> None:
    before = json.loads(SETTINGS.read_text(encoding="utf-8"))
    now = settings | {
        "seconds": before["seconds"] + seconds,
        "studies": before["studies"] + studies,
        "jobs": jobs,
        "date": date.today().isoformat(),
    }
    SETTINGS.write_text(json.dumps(now), encoding="utf-8")
