"""The commands that weigh improvements: what-if and budget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supertouch.cli.options import HERE, ids_in, known_waves
from supertouch.study.deciding import Goal

__all__ = ["register"]


def _section(ctx: typer.Context, name: str) -> list[str]:
    """Return the keys of a section of the study file that the command line names."""
    return ids_in(name, Path(str(ctx.params.get("study") or ".")))


def _complete_change(ctx: typer.Context, incomplete: str) -> list[str]:
    return [f"{name}=" for name in _section(ctx, "touchpoints") if name.startswith(incomplete)]


def _complete_wave(ctx: typer.Context, incomplete: str) -> list[str]:
    return [name for name in _section(ctx, "waves") if name.startswith(incomplete)]


OfStudy = Annotated[
    Path, typer.Option("--study", help="Study file, or the folder that holds study.toml.")
]
OneWave = Annotated[
    str,
    typer.Option(
        "--wave",
        metavar="WAVE",
        help="This wave; the last one if none is named.",
        autocompletion=_complete_wave,
    ),
]
To = Annotated[
    Path | None, typer.Option("--to", metavar="FILE.csv", help="Write the table here too.")
]

Force = Annotated[bool, typer.Option("--force", help="Overwrite the file of --to.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (whatif, budget):
        app.command()(command)


def whatif(
    changes: Annotated[
        list[str],
        typer.Argument(
            metavar="TOUCHPOINT=CHANGE...",
            help="hotline=+0.4 is an improvement in rating points, whichever end of the scale is "
            "best; hotline=2.1, without a sign, is the mean aimed at.",
            autocompletion=_complete_change,
        ),
    ],
    study: OfStudy = HERE,
    wave: OneWave = "",
    cost: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOUCHPOINT=COST",
            help="What a change costs; may be repeated.",
            autocompletion=_complete_change,
        ),
    ] = None,
    to: To = None,
    force: Force = False,
) -> None:
    """Tell what better experience would bring each outcome.

    It rests on the finished results of a wave, and on effects being causes.
    """
    from supertouch import pipeline
    from supertouch.pipeline import deciding
    from supertouch.screen.deciding import show_whatif

    opened = pipeline.open_study(study)
    known_waves(opened, [wave] if wave else [])
    show_whatif(deciding.whatif(opened, changes, wave=wave, costs=cost or (), to=to, force=force))


def budget(
    amount: Annotated[
        str | None,
        typer.Option(metavar="AMOUNT", help="Such as 150000; that of the plan if none is named."),
    ] = None,
    goal: Annotated[
        Goal | None, typer.Option(help="What to aim at; that of the plan if none is named.")
    ] = None,
    study: OfStudy = HERE,
    wave: OneWave = "",
    to: To = None,
    force: Force = False,
) -> None:
    """Choose the best of the plan's measures for every budget."""
    from supertouch import pipeline
    from supertouch.decisions.changes import parse_amount
    from supertouch.pipeline import deciding
    from supertouch.screen.deciding import show_budget

    opened = pipeline.open_study(study)
    known_waves(opened, [wave] if wave else [])
    limit = None if amount is None else parse_amount(amount)
    show_budget(deciding.budget(opened, wave=wave, amount=limit, goal=goal, to=to, force=force))
