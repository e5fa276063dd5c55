"""The commands that bring a study up to date, stage by stage."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supertouch.cli.options import (
    HERE,
    DryRun,
    Force,
    Jobs,
    Quiet,
    Raw,
    Replace,
    Scheduler,
    StudyFile,
    Waves,
    known_waves,
)

if TYPE_CHECKING:
    from supertouch.pipeline import Plan, Stage
    from supertouch.study.model import Study

__all__ = ["register"]

COMMANDS: dict[str, tuple[Stage, str]] = {
    "run": ("report", "Everything, from the raw files to the report."),
    "ingest": ("ingest", "Read the raw files into the store of waves."),
    "validate": ("validate", "Check the answers; bad rows go to quarantine."),
    "analyze": ("judge", "Estimate drivers; decide which touchpoints are super."),
    "track": ("track", "Tell what changed between the waves, and why."),
    "decide": ("decide", "Decide on each touchpoint; weigh what people brought."),
    "report": ("report", "Write tables, figures and the cockpit page."),
}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for name, (upto, text) in COMMANDS.items():
        _add_command(app, name, upto, text)
    app.command()(targets)
    app.command(hidden=True)(stage)


def _add_command(app: typer.Typer, name: str, upto: Stage, text: str) -> None:
    @app.command(name, help=f"{text} What is up to date is not made again.")
    def command(
        study: StudyFile = HERE,
        raw: Raw = None,
        wave: Waves = None,
        force: Force = False,
        replace: Replace = False,
        dry_run: DryRun = False,
        jobs: Jobs = 0,
        scheduler: Scheduler = None,
        quiet: Quiet = False,
    ) -> None:
        from supertouch import pipeline, screen

        opened = pipeline.open_study(study, raw=raw, scheduler=scheduler)
        waves = tuple(wave or ())
        known_waves(opened, waves)
        if dry_run:
            _show_plan(opened, upto, waves, force=force)
            return
        planned = pipeline.plan(opened, upto=upto, waves=waves, force=force)
        with screen.watching(steps=len(planned.due), quiet=quiet) as watcher:
            pipeline.run(
                opened,
                upto=upto,
                waves=waves,
                force=force,
                replace=replace,
                jobs=jobs or os.cpu_count() or 1,
                watcher=watcher,
            )
        if not quiet:
            _tell(opened, upto, planned)


def targets(
    study: StudyFile = HERE,
    raw: Raw = None,
    heading: Annotated[str, typer.Option(help="First line of the file.", hidden=True)] = "#",
) -> None:
    """Write the study's steps as rules for make."""
    from supertouch import pipeline

    pipeline.write_makefile(pipeline.open_study(study, raw=raw), heading=heading)


def stage(
    name: Annotated[str, typer.Argument(help="Stage to make.")],
    study: StudyFile = HERE,
    raw: Raw = None,
    wave: Annotated[str, typer.Option(help="Wave to make it for.")] = "",
    replace: Replace = False,
    scheduler: Scheduler = None,
) -> None:
    """Make one step for make, which has decided that it is due."""
    from supertouch import pipeline, screen

    look = name == "ingest"
    opened = pipeline.open_study(study, raw=raw, look_at_raw=look, scheduler=scheduler)
    steps = [step for step in pipeline.targets(opened) if (step.stage, step.wave) == (name, wave)]
    if not steps:
        message = f"the study has no step '{name} {wave}'"
        raise typer.BadParameter(message)
    with pipeline.beside(opened), screen.watching(steps=1, quiet=False) as watcher:
        pipeline.make(opened, steps[0], replace=replace, watcher=watcher, waiting=_say_waiting)
    if name == "report":
        screen.show_summary(pipeline.summarise(opened))
    if name == "track":
        screen.show_changes(pipeline.changes(opened))


def _say_waiting(who: str) -> None:
    typer.echo(f"Waiting for {who}, which makes the same step.", err=True)


def _show_plan(study: Study, upto: Stage, waves: Sequence[str], *, force: bool) -> None:
    from supertouch import pipeline, screen

    planned = pipeline.plan(study, upto=upto, waves=waves, force=force)
    pipeline.check(study, planned)
    screen.show_plan(planned, goal=_goal(study, upto))


def _tell(study: Study, upto: Stage, planned: Plan) -> None:
    from supertouch import pipeline, screen

    screen.show_waiting(planned.waiting)
    if not planned.due and not planned.waiting:
        screen.nothing_to_do(_goal(study, upto))
    elif upto not in ("ingest", "track"):
        screen.show_summary(pipeline.summarise(study))
    if upto == "track" and not planned.waiting:
        screen.show_changes(pipeline.changes(study))


def _goal(study: Study, upto: Stage) -> Path:
    from supertouch import pipeline

    return next(step for step in pipeline.targets(study)[::-1] if step.stage == upto).output
