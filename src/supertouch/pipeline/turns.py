"""Whose turn it is: one run at a time on a study, one process at a time on a step.

The locks end with the processes that hold them, so that nothing is left behind by one that was
killed.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from supertouch.errors import OutputError, Problem
from supertouch.locks import holding
from supertouch.pipeline.rules import Target
from supertouch.saving import unwritable
from supertouch.study.model import Study

__all__ = ["alone", "at_step", "beside"]

FOLDER = ".locks"
GRACE = 5.0  # seconds: so long may a run that was stopped take to end


@contextmanager
def alone(study: Study) -> Iterator[None]:
    """Keep every other run away from ``study``.

    Raises
    ------
    OutputError
        If one is at work, with who it is; or if nothing can be written beside the study.
    """
    with _whole(study, shared=False):
        yield


@contextmanager
def beside(study: Study) -> Iterator[None]:
    """Keep runs away from ``study``, but not other single steps, such as those of make.

    Raises
    ------
    OutputError
        If a run is at work, with who it is; or if nothing can be written beside the study.
    """
    with _whole(study, shared=True):
        yield


@contextmanager
def at_step(
    study: Study, step: Target, *, waiting: Callable[[str], None] | None = None
) -> Iterator[bool]:
    """Keep others from making ``step``; yield whether one had to be waited for.

    ``waiting`` is told once whom for.

    Raises
    ------
    OutputError
        If another process is still making it after two minutes.
    """
    name = step.name.replace(" ", "-")
    with holding(_folder(study) / name, who=_who(), waiting=waiting) as waited:
        yield waited


@contextmanager
def _whole(study: Study, *, shared: bool) -> Iterator[None]:
    path = _folder(study) / "study"
    try:
        stack = holding(path, shared=shared, who=_who(), patience=GRACE)
        stack.__enter__()
    except OutputError as error:
        raise _told(study, error) from error
    try:
        yield
    finally:
        stack.__exit__(None, None, None)


def _told(study: Study, error: OutputError) -> OutputError:
    """Return the error in terms of the study, where it is about a lock that is held."""
    found = error.problems[0]
    start, end = "is in use by ", " since more than"
    if not found.rule.startswith(start):
        return error
    who = found.rule.removeprefix(start).split(end)[0]
    return OutputError(Problem(str(study.file), "", f"is being worked on by {who}.", found.remedy))


def _folder(study: Study) -> Path:
    folder = study.processed / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def _who() -> str:
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]] if sys.argv else ["supertouch"]
    since = datetime.now().astimezone().strftime("%H:%M:%S")
    return f"'{' '.join(words)}' (process {os.getpid()} on {socket.gethostname()}, since {since})"
