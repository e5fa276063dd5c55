"""The command group ``audit``: sheets for the inside view, made and read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supertouch.cli.options import HERE, DryRun, Quiet, Raw, StudyFile

if TYPE_CHECKING:
    from supertouch.instruments.audit import Planned

__all__ = ["register"]

Auditors = Annotated[
    list[str] | None,
    typer.Option(
        "--auditor", metavar="NAME", help="Name of an auditor; repeat it for a sheet each."
    ),
]
SheetLanguage = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="CODE",
        help="Language of the sheets; the study's first one otherwise.",
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--force", help="Write over what is there, filled sheets too.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(
        help="The inside view: sheets for auditors, read back.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (template, check, touchpoints):
        group.command()(command)
    app.add_typer(group, name="audit")


def template(
    study: StudyFile = HERE,
    auditor: Auditors = None,
    language: SheetLanguage = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER", help="Where to; 'audit' beside the study file."),
    ] = None,
    start_list: Annotated[
        bool,
        typer.Option("--start-list", help="Begin with a list of usual touchpoints; no study."),
    ] = False,
    force: Overwrite = False,
    dry_run: DryRun = False,
) -> None:
    """Write an Excel sheet per auditor; a filled one is never overwritten."""
    from supertouch import pipeline
    from supertouch.instruments.audit import plan_start_lists, plan_templates, write_planned
    from supertouch.screen.console import short

    names, code = auditor or (), language or ""
    if start_list:
        planned = plan_start_lists(to or HERE / "audit", auditors=names, code=code)
        after = "Once they are filled in: supertouch audit touchpoints FILE..."
    else:
        opened = pipeline.open_study(study)
        planned = plan_templates(opened, to or opened.folder / "audit", auditors=names, code=code)
        home = (opened.raw / opened.audit.files).parent
        after = f"Once they are filled in, put them into {short(home)}."
    if dry_run:
        _say_planned(planned)
        return
    for path in write_planned(planned, force=force):
        typer.echo(f"Written: {short(path)}")
    typer.echo(after)


def _say_planned(planned: tuple[Planned, ...]) -> None:
    from supertouch.screen.console import short

    for plan in planned:
        there = " (is there already)" if plan.path.exists() else ""
        typer.echo(f"Would write: {short(plan.path)}{there}")


def check(study: StudyFile = HERE, raw: Raw = None, quiet: Quiet = False) -> None:
    """Show what was read from filled sheets, what was left out and what could not be used."""
    from supertouch import pipeline, screen
    from supertouch.instruments.audit import read_sheets

    opened = pipeline.open_study(study, raw=raw)
    sheets = read_sheets(opened)
    if not quiet:
        screen.show_sheets(opened, sheets)


def touchpoints(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Filled start lists.", exists=True, dir_okay=False),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="File to write; printed otherwise."),
    ] = None,
    force: Overwrite = False,
    dry_run: DryRun = False,
) -> None:
    """Turn filled start lists into the touchpoints of a study file."""
    from supertouch import pipeline
    from supertouch.instruments.audit import list_touchpoints, write_listed
    from supertouch.screen.console import short

    listed = list_touchpoints(files)
    if to is None:
        typer.echo(listed.text, nl=False)
        return
    pipeline.refuse_existing(to, force=force)
    count = f"{len(listed.touchpoints)} touchpoints"
    if dry_run:
        typer.echo(f"Would write: {short(to)} ({count})")
        return
    typer.echo(f"Written: {short(write_listed(listed, to))} ({count})")
    if listed.doubts:
        typer.echo(f"Look at the lines marked # CHECK: ({listed.doubts}).")
