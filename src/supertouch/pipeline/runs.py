"""Bringing a study up to date: which steps are due, and making them in order."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from supertouch.errors import Problem, StudyError
from supertouch.pipeline import brought, files
from supertouch.pipeline.crew import make_together
from supertouch.pipeline.making import Unwatched, Watcher, make
from supertouch.pipeline.rules import (
    Stage,
    Target,
    is_lost,
    is_stale,
    makefile,
    of_other_origin,
    out_of_date,
    targets,
    within,
)
from supertouch.pipeline.stages import check_reports
from supertouch.pipeline.turns import alone, beside
from supertouch.study.model import Study

__all__ = ["Plan", "check", "open_study", "plan", "run", "write_makefile"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps to make, in order, and steps that have to wait for waves that were not asked for."""

    due: tuple[Target, ...]
    waiting: tuple[Target, ...]


def open_study(
    path: Path,
    *,
    raw: Path | None = None,
    look_at_raw: bool = False,
    scheduler: str | None = None,
) -> Study:
    """Load the study file at ``path``, or the ``study.toml`` of the folder at ``path``.

    Parameters
    ----------
    path
        A study file or the folder that it lies in.
    raw
        Folder to read the raw files from, in place of the one that the study names.
    look_at_raw
        Check against the raw files that every column which the study names is there.
    scheduler
        Address of a cluster to compute on, in place of the one that the study names.

    Raises
    ------
    StudyError
        With every mistake in the study file.
    DataError
        If a raw file was to be looked at and cannot be opened.
    """
    from supertouch.study import load_study

    file = path / "study.toml" if path.is_dir() else path
    if not look_at_raw:
        return load_study(file, raw=raw, scheduler=scheduler)
    from supertouch.intake.readers import headers

    return load_study(file, raw=raw, headers=headers, scheduler=scheduler)


def plan(
    study: Study, *, upto: Stage = "report", waves: Collection[str] = (), force: bool = False
) -> Plan:
    """Decide what has to be made to bring ``study`` up to the stage ``upto``; write nothing.

    Parameters
    ----------
    upto
        Last stage that is wanted.
    waves
        Waves whose own stages are wanted; all when empty. Verdicts and report need every wave, so
        they wait while another wave is out of date.
    force
        Make everything that is wanted again, up to date or not.

    Raises
    ------
    StudyError
        If the study has no wave of that id.
    """
    _check_waves(study, waves)
    everything = targets(study)
    stale = out_of_date(everything)
    wanted = within(everything, upto=upto, waves=waves)
    due = [step for step in wanted if force or step in stale]
    missing = {step.product or step.output for step in stale if step not in due}
    ready: list[Target] = []
    waiting: list[Target] = []
    for step in due:
        if missing.isdisjoint(step.inputs):
            ready.append(step)
        else:
            waiting.append(step)
            missing.add(step.product or step.output)
    return Plan(tuple(ready), tuple(waiting))


def _check_waves(study: Study, waves: Collection[str]) -> None:
    known = [wave.id for wave in study.waves]
    planned = [wave.id for wave in study.planned]
    rules = {
        name: (f"is not one of {', '.join(known)}.", "Name a wave of the study.") for name in waves
    }
    rules |= dict.fromkeys(
        planned, ("is planned and has no answers yet.", "Take planned out once its file is there.")
    )
    unknown = [name for name in waves if name not in known]
    if unknown:
        raise StudyError(
            [Problem(study.file.name, f"wave {name!r}", *rules[name]) for name in unknown]
        )


def run(
    study: Study,
    *,
    upto: Stage = "report",
    waves: Collection[str] = (),
    force: bool = False,
    replace: bool = False,
    jobs: int = 1,
    watcher: Watcher | None = None,
) -> Plan:
    """Bring ``study`` up to date and return what was made; see :func:`plan` for the options.

    Steps that turn out not to need it, because a raw file was touched and holds what it held, are
    passed over.

    Parameters
    ----------
    replace
        Take raw files that changed since they came in, as a new version beside the old one.
    jobs
        Waves to analyse at a time, each in a process of its own. A script that asks for more than
        one must guard its main part with ``if __name__ == "__main__":``.
    watcher
        Told when steps begin, get on and end.

    Raises
    ------
    SupertouchError
        If an input is wrong, or changes while a step is made from it; the steps before are done
        and will not be made again.
    OutputError
        If another run is at work on the study, with who it is.
    """
    planned = plan(study, upto=upto, waves=waves, force=force)
    check(study, planned)
    if not planned.due:
        return planned
    with alone(study):
        planned = plan(study, upto=upto, waves=waves, force=force)  # another run may have ended
        made = _made(study, planned, force, replace, jobs, watcher or Unwatched())
    return Plan(made, planned.waiting)


def _made(
    study: Study, planned: Plan, force: bool, replace: bool, jobs: int, watcher: Watcher
) -> tuple[Target, ...]:
    """Make what is due, and return it."""
    made: list[Target] = []
    for stage, group in groupby(planned.due, key=attrgetter("stage")):
        steps = _needed(list(group), watcher, force=force)
        if stage == "analyze" and jobs > 1:
            make_together(study, steps, jobs=jobs, watcher=watcher)
        else:
            for step in steps:
                make(study, step, replace=replace, watcher=watcher)
        made += steps
    return tuple(made)


def _needed(steps: list[Target], watcher: Watcher, *, force: bool) -> list[Target]:
    """Return the steps that are due now that those before them are made."""
    needed = [step for step in steps if force or is_stale(step)]
    for step in steps:
        if step not in needed:
            watcher.skip(step)
    return needed


def check(study: Study, planned: Plan) -> None:
    """Check what the steps that are due will meet, before the first of them is made.

    Raises
    ------
    SupertouchError
        If raw files or columns that the study names are not there, if a raw file cannot be opened,
        if audit sheets, mentions or the plan cannot be used, or if the report would be written
        outside the study.
    """
    from supertouch.language import spoken

    due = {step.stage for step in planned.due}
    if "ingest" in due:
        open_study(study.file, raw=study.raw, look_at_raw=True)
    if "decide" in due:
        brought.read(study)
    if due & {"track", "report"}:
        spoken(study.languages, study.own_words)
    if "report" in due:
        check_reports(study)


def write_makefile(study: Study, *, heading: str) -> Path:
    """Write the steps of ``study`` as rules for make to include and return where.

    Records that tell of other inputs than the study has now are removed, so that make sees by the
    missing file what :func:`plan` sees by the record.

    Raises
    ------
    SupertouchError
        If a wave is to be read and the study names files or columns that are not there, or if the
        report would be written outside the study.
    """
    steps = targets(study)
    sooner = (step for step in out_of_date(steps) if step.stage != "decide")
    check(study, Plan(tuple(sooner), ()))
    others = [step.output for step in steps if step.output.exists() and _is_foreign(step)]
    if others:
        with beside(study):
            for record in others:
                files.remove(record)
    text = makefile(steps, heading=heading, start=Path(os.getcwd()))
    file = study.processed / "targets.mk"
    if not others and file.exists() and file.read_text(encoding="utf-8") == text:
        return file  # untouched, so that make need not read it again
    return files.write_text(text, file)


def _is_foreign(step: Target) -> bool:
    return of_other_origin(step) or is_lost(step)
