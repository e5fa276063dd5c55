"""The command ``supertouch``; errors are caught here, once."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from supertouch import __version__
from supertouch.cli import auditing, deciding, fieldwork, planning, questioning, stages, start
from supertouch.cli.options import HERE
from supertouch.errors import OutputError, Problem, SupertouchError
from supertouch.saving import reason

__all__ = ["app", "main"]

EPILOG = (
    "Exit codes: 0 done, 1 other error, 2 wrong usage, 3 study file, 4 raw data, "
    "5 not supported, 6 output, 7 cluster, 130 interrupted, 143 terminated."
)

app = typer.Typer(
    help="Find super-touchpoints in touchpoint-specific customer surveys.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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


for commands in (start, auditing, questioning, stages, fieldwork, deciding, planning):
    commands.register(app)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to write it.", file_okay=False)] = HERE,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Seed of the simulation: another one, other answers."),
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

    if truth:
        from supertouch.simulate import write_truth

        with screen.telling("demo") as tell:
            tell("truth")
            write_truth(folder)
        typer.echo(f"Truth written: {folder / 'data' / 'truth'}")
        return
    from supertouch.pipeline.demo import write_demo

    with screen.telling("demo") as tell:
        write_demo(folder, seed=seed, progress=tell)
    typer.echo(f"Demo study written: {folder / 'study.toml'}")


def _end(number: int, _: object) -> None:
    """End as an exception does, so that processes at work and half-written files go too."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; every SupertouchError ends here as a list of problems."""
    signal.signal(signal.SIGTERM, _end)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the terminal may not know every sign
    try:
        app(prog_name="supertouch")
    except SupertouchError as error:
        _fail(error)
    except OSError as error:
        place = os.fsdecode(error.filename or "what is read or written")
        remedy = "Check the name, the folder, and the space on the disk."
        _fail(OutputError(Problem(place, "", f"cannot be used ({reason(error)}).", remedy)))
    except MemoryError:
        remedy = "Close other programs, or work on fewer waves at a time by --jobs 1."
        _fail(SupertouchError(Problem("memory", "", "this machine has not enough of it.", remedy)))


def _fail(error: SupertouchError) -> NoReturn:
    from supertouch import screen

    screen.show_error(error)
    sys.exit(error.exit_code)
