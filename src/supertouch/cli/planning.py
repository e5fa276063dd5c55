"""The commands around the plan of measures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supertouch.cli.options import HERE, OneWave, Raw, StudyFile, known_waves
from supertouch.errors import legible

if TYPE_CHECKING:
    from supertouch.study.model import Measure, Study

__all__ = ["register"]

To = Annotated[
    Path | None,
    typer.Option("--to", metavar="FILE", help="A .toml or .xlsx file.", dir_okay=False),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]
Words = Annotated[
    str, typer.Option("--language", metavar="CODE", help="Of the Excel sheet, such as de.")
]
OfStudy = Annotated[
    Path, typer.Option("--study", help="Study file, or the folder that holds study.toml.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    plan = typer.Typer(
        help="The plan of measures: draft, edit in Excel or TOML, check.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    plan.command()(draft)
    plan.command()(export)
    plan.command("import")(import_)
    plan.command()(check)
    app.add_typer(plan, name="plan")


def draft(
    study: StudyFile = HERE,
    raw: Raw = None,
    wave: OneWave = "",
    to: To = None,
    language: Words = "",
    force: Force = False,
) -> None:
    """Draft a plan from the decisions: what to concentrate on and recombine, with targets."""
    from supertouch import pipeline

    opened = pipeline.open_study(study, raw=raw)
    known_waves(opened, [wave] if wave else [])
    path = to or pipeline.plan_path(opened)
    pipeline.refuse_existing(path, force=force)
    chosen = wave or opened.waves[-1].id
    measures = pipeline.draft_plan(opened, path, wave=chosen, language=_language(opened, language))
    _written(measures, path)
    if measures:
        typer.echo("What is done, its cost and its start are yours to fill in; then run again.")


def export(
    study: StudyFile = HERE,
    raw: Raw = None,
    to: To = None,
    language: Words = "",
    force: Force = False,
) -> None:
    """Write the study's plan as an Excel sheet (or TOML file) to edit."""
    from supertouch import pipeline

    opened = pipeline.open_study(study, raw=raw)
    path = to or pipeline.plan_path(opened).with_suffix(".xlsx")
    pipeline.refuse_existing(path, force=force)
    source = pipeline.plan_path(opened)
    _written(
        pipeline.convert_plan(opened, source, path, language=_language(opened, language)), path
    )


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The edited plan.", dir_okay=False)],
    study: OfStudy = HERE,
    raw: Raw = None,
    force: Force = False,
) -> None:
    """Take an edited plan as the study's own; nothing is written if it holds a mistake."""
    from supertouch import pipeline

    opened = pipeline.open_study(study, raw=raw)
    path = pipeline.plan_path(opened)
    pipeline.refuse_existing(path, force=force)
    _written(pipeline.convert_plan(opened, file, path, language=_language(opened, "")), path)


def check(study: StudyFile = HERE, raw: Raw = None) -> None:
    """Show the measures of the study's plan, or every mistake in it."""
    from supertouch import pipeline

    opened = pipeline.open_study(study, raw=raw)
    measures = pipeline.read_plan(opened)
    states = pipeline.read_states(opened)
    past = pipeline.past_targets(opened, measures)
    for measure in measures:
        typer.echo(_line(opened, measure, states.get(measure.id, "")))
        if measure.id in past:
            mean = f"{past[measure.id]:.2f} in {measure.based_on}"
            typer.echo(f"  Its target is worse than the mean that it was planned on, {mean}.")
    costs = [measure.cost for measure in measures]
    without = sum(cost is None for cost in costs)
    total = sum(cost for cost in costs if cost is not None)
    told = f"{len(measures)} measures, {total:,.0f} in all"
    typer.echo(f"{told}; {without} without a cost." if without else f"{told}.")


def _line(study: Study, measure: Measure, state: str) -> str:
    scale = study.scales[study.touchpoint(measure.touchpoint).scale]
    cost = "no cost" if measure.cost is None else f"{measure.cost:,.0f}"
    parts = [
        f"{measure.id}: {measure.touchpoint}",
        f"target {scale.turned(measure.target):.2f}",
        f"planned on {measure.based_on}",
        cost,
        measure.owner or "no owner",
        state.replace("_", " "),
    ]
    return legible(", ".join(part for part in parts if part))


def _language(study: Study, wanted: str) -> str:
    if wanted and wanted not in study.languages:
        message = f"the study has {', '.join(study.languages)}"
        raise typer.BadParameter(message, param_hint="--language")
    return wanted or study.languages[0]


def _written(measures: Sequence[Measure], path: Path) -> None:
    noun = "measure" if len(measures) == 1 else "measures"
    typer.echo(f"Written: {path} ({len(measures)} {noun})")
