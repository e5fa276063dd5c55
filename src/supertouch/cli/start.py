"""The commands with which a study begins: a draft of its file, and what a file means."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supertouch.cli.options import HERE, Raw, StudyFile, Waves, known_waves

if TYPE_CHECKING:
    from supertouch.errors import Problem
    from supertouch.intake.draft import Draft, Question, WaveCheck
    from supertouch.study.model import Study

__all__ = ["register"]

_DASH = "–"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(init)
    app.command()(check)


def init(
    datafile: Annotated[
        Path, typer.Argument(metavar="DATAFILE", help="A raw data file.", dir_okay=False)
    ],
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help="The study file to write.")
    ] = Path("study.toml"),
    no_input: Annotated[
        bool, typer.Option("--no-input", "--yes", help="Ask nothing; take every default.")
    ] = False,
    language: Annotated[
        str, typer.Option(metavar="CODES", help="Languages of the report, such as de,en.")
    ] = "",
    sheet: Annotated[
        str | None, typer.Option(metavar="SHEET", help="Sheet of an Excel file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the study file.")] = False,
) -> None:
    """Draft a study file from a data file; guesses are marked."""
    from supertouch import pipeline, screen
    from supertouch.intake import draft as drafting

    target = to / "study.toml" if to.is_dir() else to
    pipeline.refuse_existing(target, force=force)
    with screen.telling("init") as tell:
        tell(f"reading {datafile.name}")
        made = drafting.draft(datafile, sheet=sheet, languages=_languages(language))
    if not no_input and sys.stdin.isatty():
        made = _asked(made)
    pipeline.write_study(made.text(_raw_folder(datafile, target)), target)
    _say_what_was_found(made, target)


def _languages(text: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in text.split(",")) if part)


def _raw_folder(datafile: Path, target: Path) -> str:
    """Return the data file's folder as seen from the study file; as it is on another drive."""
    import os

    folder, home = datafile.resolve().parent, target.resolve().parent
    try:
        return Path(os.path.relpath(folder, home)).as_posix()
    except ValueError:
        return folder.as_posix()


def _asked(made: Draft) -> Draft:
    """Put the draft's questions, those that an answer raises included; Enter takes the default."""
    answered: set[str] = set()
    while waiting := [question for question in made.questions if question.id not in answered]:
        question = waiting[0]
        answered.add(question.id)
        made = made.answered({question.id: _put(question)})
    return made


def _put(question: Question) -> str:
    typer.echo(f"\n{question.text}")
    for choice, meaning in question.choices.items():
        typer.echo(f"  {choice}{f'  {meaning}' if meaning and meaning != choice else ''}")
    known = {choice.casefold(): choice for choice in question.choices}
    while (given := str(typer.prompt("Answer", default=question.default))).casefold() not in known:
        typer.echo(f"Choose one of: {', '.join(question.choices)}")
    return known[given.casefold()]


def _say_what_was_found(made: Draft, target: Path) -> None:
    from supertouch.intake.draft import gaps

    found = made.found
    outcomes = ", ".join(f"{o.role} ({', '.join(o.items)})" for o in found.outcomes)
    typer.echo(f"Written: {target}")
    typer.echo(f"  touchpoints: {len(found.touchpoints)}")
    typer.echo(f"  outcomes:    {outcomes}")
    typer.echo(f"  waves:       {len(found.waves)} ({found.wave_rule})")
    typer.echo(f"  segments:    {', '.join(s.column for s in found.segments) or _DASH}")
    for use in ("respondent", "weight", "cluster", "stratum"):
        if name := found.design.column(use):
            typer.echo(f"  {use + ':':<12} {name}")
    for sentence in gaps({outcome.role for outcome in found.outcomes}):
        typer.echo(sentence)
    doubts = sum("# CHECK:" in line for line in made.text("").splitlines()[4:])
    marked = f"Doubtful guesses are marked # CHECK: ({doubts}); look at these first. "
    typer.echo(f"{marked if doubts else ''}What the file means is shown by")
    study = target.parent if target.name == "study.toml" else target
    typer.echo(f"  supertouch check {study}")


def check(study: StudyFile = HERE, raw: Raw = None, wave: Waves = None) -> None:
    """Show what a study file means, and what does not fit."""
    from supertouch import pipeline
    from supertouch.cli import meaning
    from supertouch.errors import DataError, StudyError
    from supertouch.study.checks import arrived, matching_files

    opened = pipeline.open_study(study, raw=raw)
    known_waves(opened, wave or ())
    chosen = wave or [item.id for item in opened.waves]
    meaning.show_study(opened, chosen)
    checks, problems = _look_at_data(opened, chosen)
    meaning.show_data(opened, checks)
    problems += arrived(opened, matching_files)
    try:
        meaning.show_brought(pipeline.read_brought(opened).tables)
    except (DataError, StudyError) as error:
        if not problems:
            raise
        problems += error.problems
    if problems:
        raise DataError(problems)


def _look_at_data(study: Study, waves: Sequence[str]) -> tuple[list[WaveCheck], list[Problem]]:
    """Check each wave's raw data; what cannot be read is told after all the rest."""
    from supertouch import screen
    from supertouch.errors import DataError
    from supertouch.intake.draft import check_wave
    from supertouch.intake.needs import reject_missing
    from supertouch.intake.readers import ingest_wave

    checks: list[WaveCheck] = []
    problems: list[Problem] = []
    with screen.telling("check") as tell:
        for wave in waves:
            tell(wave)
            try:
                incoming = ingest_wave(study, wave)
                frame = incoming.frame()
                meta = incoming.meta()
                reject_missing(study, wave, list(frame.columns), study.wave(wave).file)
                checks.append(check_wave(study, wave, frame, labels=meta["value_labels"]))
            except DataError as error:
                problems += error.problems
    return checks, problems
