"""Making one step, and telling whoever watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from supertouch import saving
from supertouch.pipeline import files, manifest
from supertouch.pipeline.incoming import ingest, note_version
from supertouch.pipeline.moving import reject_another_study, reject_moved, seen
from supertouch.pipeline.progress import Details, Progress
from supertouch.pipeline.rules import Target, is_stale, origin, targets, youngest
from supertouch.pipeline.stages import STAGE_FUNCTIONS
from supertouch.pipeline.turns import at_step
from supertouch.study.model import Study

__all__ = ["Unwatched", "Watcher", "make"]

TICK = 1_000_000  # ns


class Watcher(Protocol):
    """Who is told how a run gets on."""

    def begin(self, step: Target) -> None:
        """Take note that ``step`` begins."""

    def progress(self, step: Target, done: int, total: int, text: str) -> None:
        """Take note that ``done`` of ``total`` parts of ``step`` are done; ``text`` is next."""

    def end(self, step: Target, record: Details) -> None:
        """Take note that ``step`` is done; ``record`` holds its ``seconds`` and more."""

    def skip(self, step: Target) -> None:
        """Take note that ``step`` need not be made after all: what it needs has not changed."""


class Unwatched:
    """A watcher that says nothing."""

    def begin(self, step: Target) -> None:
        """Say nothing."""

    def progress(self, step: Target, done: int, total: int, text: str) -> None:
        """Say nothing."""

    def end(self, step: Target, record: Details) -> None:
        """Say nothing."""

    def skip(self, step: Target) -> None:
        """Say nothing."""


def make(
    study: Study,
    step: Target,
    *,
    replace: bool = False,
    watcher: Watcher | None = None,
    waiting: Callable[[str], None] | None = None,
) -> None:
    """Make one step whether it is due or not; all of it appears at the end, its record last.

    After an error or a stop what stood there before is there still. A step that another process
    makes at this moment is waited for, and made again only if it is still due.

    Parameters
    ----------
    replace
        Take raw files that changed since they came in, as a new version.
    watcher
        Told when the step begins, gets on and ends.
    waiting
        Told once, if another process makes the step, which one.

    Raises
    ------
    SupertouchError
        If an input is wrong, or changed while the step was made from it.
    """
    watcher = watcher or Unwatched()
    with at_step(study, step, waiting=waiting) as waited:
        if waited and not is_stale(step):
            watcher.skip(step)
            return
        watcher.begin(step)
        before = seen(step)
        made_from = origin(step)  # before anything is read: a change meanwhile is noticed later
        reject_another_study(study)
        with saving.together(step.output):
            made = _made(study, step, partial(watcher.progress, step), replace=replace)
            record = {"stage": step.stage, "wave": step.wave} | made_from | made
            _write(study, step, record)
            reject_moved(step, before)
        watcher.end(step, record)


def _made(study: Study, step: Target, tell: Progress, *, replace: bool) -> dict[str, Any]:
    """Make the step and return what it tells; the time taken is not that of a clock that jumps."""
    started, clock = datetime.now(UTC), time.perf_counter()
    if step.stage == "ingest":
        details = ingest(study, step, tell, replace=replace)
    else:
        details = STAGE_FUNCTIONS[step.stage](study, step, tell)
    seconds = time.perf_counter() - clock
    finished = started + timedelta(seconds=seconds)
    took = {"seconds": round(seconds, 3), "finished": _iso(finished)}
    return {"started": _iso(started)} | details | took


def _write(study: Study, step: Target, record: Mapping[str, Any]) -> None:
    at = max(time.time_ns(), youngest(targets(study), step) + TICK)
    if step.product:
        note_version(record, step.product, at=at)
    whole = manifest.complete(record) if step.stage == "report" else record
    files.write_record(whole, step.output, at=at)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
