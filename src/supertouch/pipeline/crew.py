"""Making several steps at a time, each in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

from supertouch.errors import SupertouchError
from supertouch.pipeline.making import Watcher, make
from supertouch.pipeline.rules import Target
from supertouch.study.model import Study

__all__ = ["make_together"]


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def make_together(study: Study, steps: Sequence[Target], *, jobs: int, watcher: Watcher) -> None:
    """Make steps that do not depend on each other, ``jobs`` at a time.

    Raises
    ------
    SupertouchError
        The first error that a step raises; steps at work are ended then and leave no record.
    """
    if len(steps) < 2:
        for step in steps:
            make(study, step, watcher=watcher)
        return
    waiting = list(steps)
    at_work: dict[Connection, tuple[Target, BaseProcess]] = {}
    try:
        while waiting or at_work:
            while waiting and len(at_work) < jobs:
                step = waiting.pop(0)
                connection, process = _start(study, step, jobs=min(jobs, len(steps)))
                at_work[connection] = (step, process)
            for ready in wait(list(at_work)):
                if isinstance(ready, Connection) and not _listen(ready, *at_work[ready], watcher):
                    del at_work[ready]
    finally:
        for _, process in at_work.values():
            process.terminate()
        for _, process in at_work.values():
            process.join()


def _start(study: Study, step: Target, *, jobs: int) -> tuple[Connection, BaseProcess]:
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    words = (study.file, study.raw, study.computing.scheduler, step, jobs, there)
    process = context.Process(target=_work, args=words, daemon=True)
    process.start()
    there.close()
    return here, process


def _listen(connection: Connection, step: Target, process: BaseProcess, watcher: Watcher) -> bool:
    """Pass on one message; return False when it was the last one."""
    try:
        name, values = connection.recv()
    except EOFError:
        process.join()
        if process.exitcode:
            message = f"{step.name}: its process ended with code {process.exitcode}."
            raise SupertouchError(message) from None
        return False
    if name == "error":
        kind, problems = values
        raise kind(problems)
    getattr(watcher, name)(*values)
    return True


class _Teller:
    """A watcher that sends everything to the process that it works for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def begin(self, step: Target) -> None:
        self.connection.send(("begin", (step,)))

    def progress(self, step: Target, done: int, total: int, text: str) -> None:
        self.connection.send(("progress", (step, done, total, text)))

    def end(self, step: Target, record: dict[str, Any]) -> None:
        self.connection.send(("end", (step, record)))

    def skip(self, step: Target) -> None:
        self.connection.send(("skip", (step,)))


def _end_with(parent: BaseProcess | None) -> None:
    """End this process as soon as the run that it works for ends, however that ends."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(
    file: Path,
    raw: Path,
    scheduler: str | None,
    step: Target,
    jobs: int,
    connection: Connection,
) -> None:
    threads = max(1, (os.cpu_count() or 1) // jobs)
    for name in THREADS:
        os.environ.setdefault(name, str(threads))
    from supertouch.study import load_study

    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    try:
        make(load_study(file, raw=raw, scheduler=scheduler), step, watcher=_Teller(connection))
    except SupertouchError as error:
        connection.send(("error", (type(error), error.problems)))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:  # nobody listens any more: the run has ended
        raise SystemExit(1) from None
