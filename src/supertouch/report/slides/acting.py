"""What to do: the mix, decisions, the inside view, complaints, targets, measures and budget."""

from __future__ import annotations

from dataclasses import replace

from supertouch.report.blocks import Cell, Grid, Prose
from supertouch.report.sections.budgets import budget_line, frontier
from supertouch.report.sections.mix import CRITERIA, best_set
from supertouch.report.sections.naming import listed, quoted
from supertouch.report.sections.portfolio import DECISIONS
from supertouch.report.slides.finding import first, headline
from supertouch.report.slides.records import Slide, Table
from supertouch.report.slides.telling import Told, beside, counted, headed

__all__ = ["incidents", "inside", "mix", "plan", "portfolio", "targets", "whatif"]

TARGETED = 5
PLANNED = (0, 2, 3, 4, 6, 7, 9, 8)


def mix(told: Told) -> list[Slide]:
    """Show which few touchpoints together reach and delight most, all of them named."""
    charts = [*told.of("sets").values(), *told.of("funnel").values()]
    slides = headed(told, "mix", "mix", charts)
    evidence, words = told.evidence, told.evidence.words
    found = {name: row for name in CRITERIA
             if (row := best_set(evidence, told.wave, name)) is not None}  # fmt: skip
    name = next((name for name in ("delighted", "met") if name in found), "")
    if not slides or not name:
        return slides
    names = str(found[name]["touchpoints"]).split()
    title = words.count(
        f"slides.set_{name}",
        len(names),
        names=listed(evidence, [quoted(evidence, each) for each in names]),
        reach=words.percent(found[name]["reach"]),
    )
    whole = headline(told.content, "mix", told.wave.id)
    return [replace(slide, title=title, notes=(whole,) if whole else ()) for slide in slides]


def portfolio(told: Told) -> list[Slide]:
    """Show importance against satisfaction, and the decisions with their reasons."""
    slides = headed(told, "portfolio", "portfolio", list(told.of("portfolio").values()))
    prose = first(told.content, "portfolio", told.wave.id, Prose)
    if slides and prose is not None and prose.bullets:
        title = counted(told, "decision", "portfolio", DECISIONS)
        lines = tuple(("", text) for text in prose.bullets)
        slides.append(Slide("portfolio", title, lines=lines, base=slides[0].base))
    return slides


def inside(told: Told) -> list[Slide]:
    """Show what those inside think against what customers say."""
    slides = headed(told, "gap", "inside", list(told.of("gap").values()))
    return [_weighted(told, slide, "slides.weight_gap") for slide in slides]


def incidents(told: Told) -> list[Slide]:
    """Show what customers complain of."""
    slides = headed(told, "incidents", "incidents", list(told.of("incidents").values()))
    return [_weighted(told, slide, "slides.weight_incidents") for slide in slides]


def _weighted(told: Told, slide: Slide, key: str) -> Slide:
    weighting = told.evidence.weighting(told.wave.id)
    return replace(slide, weight=told.evidence.words.say(key, weighting=weighting))


def targets(told: Told) -> list[Slide]:
    """List the targets, the missed ones marked; values with their intervals."""
    words = told.evidence.words
    title = headline(told.content, "targets", told.wave.id)
    grid = first(told.content, "targets", told.wave.id, Grid)
    if not title or grid is None:
        return []
    columns = grid.columns[:TARGETED]
    table = Table(
        tuple(column.text for column in columns),
        tuple(tuple(_whole(cell) for cell in row.cells[:TARGETED]) for row in grid.rows),
        tuple(column.numeric for column in columns),
        tuple(row.cells[TARGETED - 1].tone for row in grid.rows),
    )
    note = words.say("slides.intervals", level=told.evidence.confidence())
    base = told.evidence.base(told.wave.id, note)
    return [Slide("targets", title, table=table, base=base)]


def _whole(cell: Cell) -> str:
    """Return a number with its interval."""
    return f"{cell.text} ({cell.detail})" if cell.numeric and cell.detail else cell.text


def plan(told: Told) -> list[Slide]:
    """List the measures of the plan: who, when, at what cost, to what end, and where they are."""
    title = headline(told.content, "plan", told.wave.id)
    grid = first(told.content, "plan", told.wave.id, Grid)
    if not title or grid is None:
        return []
    columns = [grid.columns[k] for k in PLANNED]
    table = Table(
        tuple(column.text for column in columns),
        tuple(tuple(row.cells[k].text for k in PLANNED) for row in grid.rows),
        tuple(column.numeric for column in columns),
        tuple(row.cells[PLANNED[-1]].tone for row in grid.rows),
    )
    evidence, words = told.evidence, told.evidence.words
    drawn = words.say("plan.base", level=evidence.confidence())
    notes = [part for part in grid.base.split(" · ") if part not in (drawn, evidence.weightings())]
    base = evidence.base(told.wave.id, *notes)
    return [Slide("plan", title, table=table, base=base, weight=evidence.weightings())]


def whatif(told: Told) -> list[Slide]:
    """Show what the measures of the plan would bring, and what a budget buys."""
    charts = told.of("whatif")
    nps = {about.removesuffix("_nps") for about in charts if about.endswith("_nps")}
    driven = [item.id for item in told.evidence.driven(told.wave.id)]
    shown = [
        charts[key]
        for name in driven
        if (key := f"{name}_nps" if name in nps else f"{name}_mean") in charts
    ]
    slides = headed(told, "whatif", "whatif", shown)
    budgets = list(told.of("budget").values())
    if budgets:
        title = budget_line(told.evidence, frontier(told.evidence, told.wave))
        slides.append(beside("budget", title, budgets))
    return slides
