"""Making one step, and telling whoever watches."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from supertouch.pipeline import files, manifest
from supertouch.pipeline.incoming import ingest, note_version
from supertouch.pipeline.progress import Details
from supertouch.pipeline.rules import Target, origin
from supertouch.pipeline.stages import STAGE_FUNCTIONS
from supertouch.study.model import Study

__all__ = ["Unwatched", "Watcher", "make"]


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
    study: Study, step: Target, *, replace: bool = False, watcher: Watcher | None = None
) -> None:
    """Make one step whether it is due or not; its record is written last, so a stop leaves none.

    With ``replace`` raw files that changed since they came in are taken, as a new version.
    """
    watcher = watcher or Unwatched()
    files.remove(step.output)
    made_from = origin(step)  # before anything is read: a file replaced meanwhile is noticed later
    watcher.begin(step)
    started, clock = datetime.now(UTC), time.perf_counter()
    tell = partial(watcher.progress, step)
    if step.stage == "ingest":
        details = ingest(study, step, tell, replace=replace)
    else:
        details = STAGE_FUNCTIONS[step.stage](study, step, tell)
    record: dict[str, Any] = {"stage": step.stage, "wave": step.wave, "started": _iso(started)}
    record |= made_from | details
    record["seconds"] = round(time.perf_counter() - clock, 3)
    record["finished"] = _iso(datetime.now(UTC))
    files.write_record(manifest.complete(record) if step.stage == "report" else record, step.output)
    if step.product:
        note_version(record, step.product)
    watcher.end(step, record)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
