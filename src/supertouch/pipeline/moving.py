"""Inputs that change while a step is made from them: noticed, told, and never called its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from supertouch.errors import DataError, Problem, StudyError
from supertouch.pipeline.rules import Target
from supertouch.study.model import Study

__all__ = ["Seen", "reject_another_study", "reject_moved", "seen"]

Seen = Mapping[Path, tuple[int, ...] | None]

REMEDY = "Run the command again."


def seen(step: Target) -> Seen:
    """Return by what each input of ``step`` is recognised: size, time of change, place on disk."""
    return {path: _seen(path) for path in step.inputs}


def _seen(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def reject_moved(step: Target, before: Seen) -> None:
    """Refuse what was made while an input was changed, replaced, removed or added.

    Raises
    ------
    DataError
        With every input that is not what it was.
    """
    problems = [
        Problem(
            str(path),
            "",
            f"changed while {step.name} was made from it, so nothing of that was kept.",
            REMEDY,
        )
        for path, was in before.items()
        if _seen(path) != was
    ]
    if problems:
        raise DataError(problems)


def reject_another_study(study: Study) -> None:
    """Refuse to go on by a study file that says something else by now.

    Raises
    ------
    StudyError
        If its file was changed since it was loaded, and not only touched.
    """
    if study.stamp is None or study.stamp == _stamp(study.file):
        return
    from supertouch.study import load_study

    now = replace(load_study(study.file, raw=study.raw), computing=study.computing)
    if now != study:
        rule = "was changed since this command read it, so it goes no further."
        raise StudyError(Problem(str(study.file), "", rule, REMEDY))


def _stamp(path: Path) -> tuple[int, int] | None:
    found = _seen(path)
    return (found[0], found[1]) if found else None
