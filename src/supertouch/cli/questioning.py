"""The command that makes the questionnaire from the study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from supertouch.cli.options import HERE, DryRun, OneWave, StudyFile, known_waves

if TYPE_CHECKING:
    from supertouch.pipeline.questioning import Asked, Format
    from supertouch.study.model import Study

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(questionnaire)


def questionnaire(
    study: StudyFile = HERE,
    wave: OneWave = "",
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAMES",
            help="limesurvey, qualtrics, word, with commas; all that can hold it otherwise.",
        ),
    ] = "",
    languages: Annotated[
        str,
        typer.Option(
            "--language", metavar="CODES", help="Such as de,en; the study's languages otherwise."
        ),
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", file_okay=False, help="Where to; reports/questionnaire otherwise."
        ),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            min=0.001, help="Wished half width of a mean rating's interval; [field] precision."
        ),
    ] = None,
    power: Annotated[
        float, typer.Option(min=0.05, max=0.99, help="Wished chance to find a super-touchpoint.")
    ] = 0.8,
    no_columns: Annotated[
        bool, typer.Option("--no-columns", help="Leave column names out of Word, for paper.")
    ] = False,
    no_sample_size: Annotated[
        bool,
        typer.Option("--no-sample-size", help="Do not simulate how many respondents it needs."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Make a wave's questionnaire, and tell its sample size."""
    from supertouch import pipeline, screen

    opened = pipeline.open_study(study)
    known_waves(opened, [wave] if wave else [], planned=True)
    chosen = wave or (*opened.waves, *opened.planned)[-1].id
    asked = pipeline.asked_files(
        opened,
        chosen,
        folder=to or opened.reports / "questionnaire",
        formats=_formats(formats),
        languages=_languages(languages, opened),
        columns=not no_columns,
    )
    if not dry_run:
        pipeline.write_asked(asked.files, force=force)
    screen.show_asked(asked, opened, written=not dry_run)
    if not (dry_run or no_sample_size):
        _sample_size(opened, chosen, asked, precision=precision, power=power)


def _formats(text: str) -> list[Format]:
    from supertouch.pipeline import FORMATS

    return [cast("Format", name) for name in _listed(text, FORMATS, "--format")]


def _languages(text: str, study: Study) -> list[str]:
    from supertouch.language import available, speaks

    wanted = [name.strip() for name in text.split(",")]
    known = [name for name in wanted if speaks(name, study.own_words)]
    return _listed(text, (*known, *available(study.own_words)), "--language")


def _listed(text: str, known: tuple[str, ...], option: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in known]
    if unknown:
        message = f"{', '.join(unknown)}: choose from {', '.join(known)}"
        raise typer.BadParameter(message, param_hint=option)
    return names


def _sample_size(
    study: Study, wave: str, asked: Asked, *, precision: float | None, power: float
) -> None:
    """Show the sample size, and keep the table beside the questionnaire."""
    from supertouch import pipeline, screen
    from supertouch.screen.console import short

    with screen.counting("sample size") as progress:
        found = pipeline.sample_size(
            study, wave, blocks=asked.blocks, precision=precision, power=power, progress=progress
        )
    screen.show_sample_size(found, study)
    folder = next(iter(asked.files)).parent
    path = folder / f"{study.id}_{wave}_sample_size.csv"
    pipeline.write_sample_size(found, path)
    typer.echo(f"Table: {short(path)}")
