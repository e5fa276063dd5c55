"""What each touchpoint contributes to each outcome: importance, ranks and effects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from supertouch.report.blocks import (
    ByOutcome,
    ByWave,
    Cell,
    Column,
    Grid,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
    Span,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.choices import Group, by_group, by_outcome, group_label
from supertouch.report.sections.reservations import refusal
from supertouch.study.model import Outcome, Wave

__all__ = ["component_columns", "components", "importance", "share_cell"]

JOHNSON = 2
RANK = 3


def importance(evidence: Evidence, pictures: dict[str, Picture]) -> Section:
    """Show importance with intervals, ranks, and the table of both components."""
    words = evidence.words

    def write(wave: Wave, group: Group) -> Sequence[Plain | ByOutcome]:
        return _blocks(evidence, wave, group, pictures)

    waves = tuple(
        (wave.id, by_group(evidence, wave, partial(write, wave))) for wave in evidence.waves
    )
    return Section(
        "importance",
        words.say("section.importance"),
        (ByWave(waves),),
        intro=words.say("importance.intro"),
    )


def _blocks(
    evidence: Evidence, wave: Wave, group: Group, pictures: dict[str, Picture]
) -> tuple[Plain | ByOutcome, ...]:
    words = evidence.words
    drawn = [
        pictures[name]
        for name in (f"importance_{wave.id}", f"ranks_{wave.id}")
        if name in pictures and not group[0]
    ]
    grids = by_outcome(
        [
            (outcome, _of_outcome(evidence, wave, outcome, group))
            for outcome in evidence.outcomes(wave.id)
        ]
    )
    if drawn or grids:
        return (*drawn, *grids)
    return (Prose((words.say("importance.nothing", wave=evidence.label(wave)),), "warning"),)


def _of_outcome(
    evidence: Evidence, wave: Wave, outcome: Outcome, group: Group
) -> tuple[Plain, ...]:
    """Return the table of an outcome; for a group whose model is refused, why."""
    grid = _importance_grid(evidence, wave, outcome, group)
    if grid is not None:
        return (grid,)
    model = evidence.row("models", wave.id, outcome.id, group=group)
    if not group[0] or model is None or model["admitted"]:
        return ()
    label = group_label(evidence, group)
    text = refusal(evidence, outcome, model)
    return (Prose((evidence.words.say("choice.refused", group=label, text=text),), "warning"),)


def _importance_grid(evidence: Evidence, wave: Wave, outcome: Outcome, group: Group) -> Grid | None:
    words = evidence.words
    rows = []
    highest = max(
        (
            float(row["share_high"] or 0)
            for row in evidence.rows("importance", wave.id, group=group)
            if row["outcome"] == outcome.id and row["component"] == "experience"
        ),
        default=0.0,
    )
    for touchpoint in evidence.touchpoints(wave.id):
        cells = components(evidence, wave.id, outcome, touchpoint.id, maximum=highest, group=group)
        if cells is not None:
            rows.append(Row((Cell(evidence.label(touchpoint)), *cells)))
    if not rows:
        return None

    def rank(row: Row) -> float:
        value = row.cells[RANK].sort
        return float(value) if isinstance(value, (int, float)) else float("inf")

    rows.sort(key=rank)
    caption = words.say(
        "importance.caption", outcome=evidence.outcome_label(outcome), wave=evidence.label(wave)
    )
    if group[0]:
        caption = words.say("choice.caption", text=caption, group=group_label(evidence, group))
    columns = (Column(words.say("column.touchpoint")), *component_columns(evidence))
    compared = any(row.cells[JOHNSON].sort is not None for row in rows)
    if not compared:
        columns = columns[:JOHNSON] + columns[JOHNSON + 1 :]
        rows = [Row(row.cells[:JOHNSON] + row.cells[JOHNSON + 1 :]) for row in rows]
    return Grid(
        caption,
        columns,
        tuple(rows),
        " · ".join(
            (
                evidence.model_base(wave.id, outcome, group=group),
                evidence.weighting(wave.id),
                words.say("importance.base", level=evidence.confidence()),
            )
        ),
        groups=(
            ("", 1),
            (words.say("component.experience"), 6 if compared else 5),
            (words.say("component.contact"), 3),
        ),
        sortable=True,
    )


def component_columns(evidence: Evidence) -> tuple[Column, ...]:
    """Return the heads that belong to ``components``."""
    names = ("share", "johnson", "rank", "importance", "effect", "p_adjusted")
    contact = ("importance", "contact_effect", "p_adjusted")
    return tuple(
        Column(evidence.words.say(f"column.{name}"), numeric=True) for name in (*names, *contact)
    )


def components(
    evidence: Evidence,
    wave: str,
    outcome: Outcome,
    touchpoint: str,
    *,
    maximum: float,
    group: Group = ("", ""),
) -> tuple[Cell, ...] | None:
    """Return the cells on experience and contact of one touchpoint, or None when it has none."""
    words = evidence.words
    row = evidence.row("importance", wave, outcome.id, touchpoint, "experience", "lmg", group=group)
    if row is None:
        return None
    johnson = evidence.row(
        "importance", wave, outcome.id, touchpoint, "experience", "johnson", group=group
    )
    second = johnson["share"] if johnson else None
    contact = evidence.row(
        "importance", wave, outcome.id, touchpoint, "contact", "lmg", group=group
    )
    rank = words.say("importance.rank_range", low=row["rank_low"], high=row["rank_high"])
    if row["tied_with_next"]:
        rank = f"{rank}\n{words.say('importance.tied')}"
    return (
        share_cell(evidence, row, maximum=maximum),
        Cell(words.percent(second, 1), sort=second, numeric=True),
        Cell(words.integer(row["rank"]), rank, sort=row["rank"], numeric=True),
        _points_cell(evidence, row),
        _effect_cell(evidence, row),
        Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
        _points_cell(evidence, contact),
        _effect_cell(evidence, contact),
        Cell(
            words.p_value(contact["p_adjusted"] if contact else None),
            sort=contact["p_adjusted"] if contact else None,
            numeric=True,
        ),
    )


def share_cell(evidence: Evidence, row: Record | None, *, maximum: float) -> Cell:
    """Return the share with its interval and its drawing; a dash when there is none."""
    words = evidence.words
    if row is None or row["share"] is None:
        return Cell("–", numeric=True)
    interval = words.percent_interval(row["share_low"], row["share_high"], 1)
    drawing = None
    if interval and maximum > 0:
        ends = (float(row["share"]), float(row["share_low"]), float(row["share_high"]))
        drawing = Span(*ends, 0.0, maximum, float(row["fair_share"]))
    return Cell(
        words.percent(row["share"], 1), interval, sort=row["share"], numeric=True, drawing=drawing
    )


def _points_cell(evidence: Evidence, row: Record | None) -> Cell:
    if row is None:
        return Cell("–", numeric=True)
    words = evidence.words
    interval = words.interval(row["importance_low"], row["importance_high"], 3)
    text = words.number(row["importance"], 3)
    return Cell(text, interval, sort=row["importance"], numeric=True)


def _effect_cell(evidence: Evidence, row: Record | None) -> Cell:
    if row is None:
        return Cell("–", numeric=True)
    words = evidence.words
    interval = words.interval(row["effect_low"], row["effect_high"], signed=True)
    text = words.number(row["effect"], signed=True)
    return Cell(text, interval, sort=row["effect"], numeric=True)
