"""The commands around a wave: while it is in the field, before it is taken, after it is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supertouch.cli.options import HERE, OneWave, Quiet, Raw, StudyFile, Waves, known_waves
from supertouch.errors import DataError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (field, drift, waves, forget):
        app.command()(command)


def field(
    study: StudyFile = HERE, raw: Raw = None, wave: OneWave = "", quiet: Quiet = False
) -> None:
    """Tell how a wave gets on in the field; nothing is stored."""
    from supertouch import pipeline, screen

    opened = pipeline.open_study(study, raw=raw)
    known_waves(opened, [wave] if wave else [])
    with screen.telling("field") as tell:
        found = pipeline.field_report(opened, wave or opened.waves[-1].id, tell=tell)
    if not quiet:
        screen.show_field(found)


def drift(
    study: StudyFile = HERE,
    raw: Raw = None,
    wave: OneWave = "",
    against: Annotated[
        str, typer.Option(metavar="WAVE", help="Compare with this wave, not the one before.")
    ] = "",
    quiet: Quiet = False,
) -> None:
    """Compare a wave's file with the wave before it.

    Ends with 4 where something would hold the wave back.
    """
    from supertouch import pipeline, screen

    opened = pipeline.open_study(study, raw=raw)
    known_waves(opened, [name for name in (wave, against) if name])
    with screen.telling("drift") as tell:
        found = pipeline.drift_report(opened, wave or opened.waves[-1].id, against, tell=tell)
    if not quiet:
        screen.show_drift(found)
    if found.severities.get("stop") and not opened.wave(found.wave).accept_drift:
        raise typer.Exit(DataError.exit_code)


def waves(study: StudyFile = HERE) -> None:
    """List the stored waves and their versions."""
    from supertouch import pipeline, screen

    screen.show_versions(pipeline.stored(pipeline.open_study(study)))


def forget(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Respondents' ids.")],
    study: Annotated[
        Path, typer.Option("--study", help="Study file, or the folder that holds study.toml.")
    ] = HERE,
    raw: Raw = None,
    wave: Waves = None,
) -> None:
    """Remove persons from every version of every stored wave."""
    from supertouch import pipeline, screen

    opened = pipeline.open_study(study, raw=raw)
    known_waves(opened, wave or [])
    screen.show_forgotten(pipeline.forget(opened, ids, wave or ()))
