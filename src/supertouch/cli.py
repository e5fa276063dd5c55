"""The command ``supertouch``; errors are caught here, once."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supertouch import __version__
from supertouch.errors import SupertouchError

if TYPE_CHECKING:
    from supertouch.pipeline import Stage
    from supertouch.study.model import Study

__all__ = ["app", "main"]

EPILOG = (
    "Exit codes: 0 done, 1 other error, 2 wrong usage, 3 study file, 4 raw data, "
    "5 not supported, 6 output, 130 interrupted, 143 terminated."
)

app = typer.Typer(
    help="Find super-touchpoints in touchpoint-specific customer surveys.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _complete_wave(ctx: typer.Context, incomplete: str) -> list[str]:
    import tomllib

    # while an option lacks its value, the arguments are not yet parsed into parameters
    path = Path(ctx.args[0] if ctx.args else str(ctx.params.get("study", ".")))
    try:
        file = path / "study.toml" if path.is_dir() else path
        waves = tomllib.loads(file.read_text(encoding="utf-8")).get("waves", {})
    except (OSError, ValueError):
        return []
    return [wave for wave in waves if str(wave).startswith(incomplete)]


StudyFile = Annotated[
    Path, typer.Argument(help="Study file, or the folder that holds study.toml.", show_default=True)
]
Raw = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder of the raw files, in place of the study's.",
        file_okay=False,
        exists=True,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Make everything again.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be made; write nothing.")]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        min=0,
        envvar="SUPERTOUCH_JOBS",
        show_envvar=False,
        help="Waves to analyse at a time; 0 for one per processor.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Waves = Annotated[
    list[str] | None,
    typer.Option(
        "--wave",
        metavar="WAVE",
        help="Only this wave; may be repeated.",
        autocompletion=_complete_wave,
    ),
]
HERE = Path()


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supertouch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Find super-touchpoints in touchpoint-specific customer surveys."""


COMMANDS: dict[str, tuple[Stage, str]] = {
    "run": ("report", "Everything, from the raw files to the report."),
    "ingest": ("ingest", "Read the raw files."),
    "validate": ("validate", "Check the answers; bad rows go to quarantine."),
    "analyze": ("judge", "Estimate drivers; decide which touchpoints are super."),
    "report": ("report", "Write tables, figures and the cockpit page."),
}


def _add_command(name: str, upto: Stage, text: str) -> None:
    @app.command(name, help=f"{text} What is up to date is not made again.")
    def command(
        study: StudyFile = HERE,
        raw: Raw = None,
        wave: Waves = None,
        force: Force = False,
        dry_run: DryRun = False,
        jobs: Jobs = 0,
        quiet: Quiet = False,
    ) -> None:
        opened = _open(study, raw, wave or [])
        if dry_run:
            _show_plan(opened, upto, wave or [], force=force)
        else:
            _bring_up_to(opened, upto, wave or [], force=force, jobs=jobs, quiet=quiet)


for _name, (_upto, _text) in COMMANDS.items():
    _add_command(_name, _upto, _text)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to write it.", file_okay=False)] = HERE,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the simulation: another one, other answers.")
    ] = None,
    truth: Annotated[
        bool,
        typer.Option(
            "--truth", help="Write only the truth behind the demo, from a million people."
        ),
    ] = False,
) -> None:
    """Write a demo study whose truth is known."""
    from supertouch import screen
    from supertouch.simulate import DEMO_SEED, write_demo, write_truth

    if truth:
        with screen.telling("demo") as tell:
            tell("truth")
            write_truth(folder)
        typer.echo(f"Truth written: {folder / 'data' / 'truth'}")
        return
    with screen.telling("demo") as tell:
        write_demo(folder, seed=DEMO_SEED if seed is None else seed, progress=tell)
    typer.echo(f"Demo study written: {folder / 'study.toml'}")


@app.command()
def targets(
    study: StudyFile = HERE,
    raw: Raw = None,
    heading: Annotated[str, typer.Option(help="First line of the file.", hidden=True)] = "#",
) -> None:
    """Write the study's steps as rules for make."""
    from supertouch import pipeline

    pipeline.write_makefile(pipeline.open_study(study, raw=raw), heading=heading)


@app.command(hidden=True)
def stage(
    name: Annotated[str, typer.Argument(help="Stage to make.")],
    study: StudyFile = HERE,
    raw: Raw = None,
    wave: Annotated[str, typer.Option(help="Wave to make it for.")] = "",
) -> None:
    """Make one step for make, which has decided that it is due."""
    from supertouch import pipeline, screen

    opened = pipeline.open_study(study, raw=raw, look_at_raw=name == "ingest")
    steps = [step for step in pipeline.targets(opened) if (step.stage, step.wave) == (name, wave)]
    if not steps:
        message = f"the study has no step '{name} {wave}'"
        raise typer.BadParameter(message)
    with screen.watching(steps=1, quiet=False) as watcher:
        pipeline.make(opened, steps[0], watcher=watcher)
    if name == "report":
        screen.show_summary(pipeline.summarise(opened))


def _open(path: Path, raw: Path | None, waves: list[str]) -> Study:
    from supertouch import pipeline

    study = pipeline.open_study(path, raw=raw)
    known = [wave.id for wave in study.waves]
    unknown = [wave for wave in waves if wave not in known]
    if unknown:
        message = f"{', '.join(unknown)}: the study has the waves {', '.join(known)}"
        raise typer.BadParameter(message, param_hint="--wave")
    return study


def _show_plan(study: Study, upto: Stage, waves: list[str], *, force: bool) -> None:
    from supertouch import pipeline, screen

    planned = pipeline.plan(study, upto=upto, waves=waves, force=force)
    pipeline.check(study, planned)
    screen.show_plan(planned, goal=_goal(study, upto))


def _bring_up_to(
    study: Study, upto: Stage, waves: list[str], *, force: bool, jobs: int, quiet: bool
) -> None:
    from supertouch import pipeline, screen

    planned = pipeline.plan(study, upto=upto, waves=waves, force=force)
    jobs = jobs or os.cpu_count() or 1
    with screen.watching(steps=len(planned.due), quiet=quiet) as watcher:
        pipeline.run(study, upto=upto, waves=waves, force=force, jobs=jobs, watcher=watcher)
    if quiet:
        return
    screen.show_waiting(planned.waiting)
    if not planned.due and not planned.waiting:
        screen.nothing_to_do(_goal(study, upto))
    elif upto != "ingest":
        screen.show_summary(pipeline.summarise(study))


def _goal(study: Study, upto: Stage) -> Path:
    from supertouch import pipeline

    return next(step for step in pipeline.targets(study)[::-1] if step.stage == upto).output


def _end(number: int, _: object) -> None:
    """End as an exception does, so that processes at work and half-written files go too."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; every SupertouchError ends here as a list of problems."""
    signal.signal(signal.SIGTERM, _end)
    try:
        app(prog_name="supertouch")
    except SupertouchError as error:
        from supertouch import screen

        screen.show_error(error)
        sys.exit(error.exit_code)
