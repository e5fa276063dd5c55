"""The plan of measures: from where, to where, where it is now, and forecast against what came."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import (
    Cell,
    Column,
    Grid,
    Headline,
    Plain,
    Prose,
    Row,
    Section,
    Span,
    Tone,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.budgets import measure_label
from supertouch.report.sections.measures import read_value, value_text, value_texts
from supertouch.report.sections.scales import best_text, one_scale
from supertouch.report.sections.units import gain_texts, read_gain, unit_of
from supertouch.study.model import Scale

__all__ = ["monitoring"]

STATES: dict[str, Tone] = {
    "not_met": "not_met",
    "open": "undetermined",
    "met": "met",
    "planned": "planned",
}
LEVELS = ("before", "target", "now")
POINTS = ("forecast", "expected", "came")


def monitoring(evidence: Evidence) -> Section | None:
    """Show the plan and what became of it, whichever wave is shown; None where there is none."""
    rows = evidence.table("plan")
    if not rows:
        return None
    words = evidence.words
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(str(row["measure"]), []).append(row)
    measures = sorted(found.values(), key=lambda rows: list(STATES).index(rows[0]["status"]))
    blocks: list[Plain] = [_headline(evidence, measures), _grid(evidence, measures)]
    forecasts = [row for rows in measures for row in rows if row["forecast"] is not None]
    if any(row["agrees"] is not None for row in forecasts):
        blocks.append(Prose((_forecast_line(evidence, forecasts),)))
    if forecasts:
        blocks.append(_forecast_grid(evidence, forecasts))
    intro = words.say("plan.intro", level=evidence.confidence())
    if len(evidence.waves) > 1:
        intro = f"{intro} {words.say('plan.as_of', wave=evidence.label(evidence.waves[-1]))}"
    return Section("plan", words.say("section.plan"), tuple(blocks), intro)


def _headline(evidence: Evidence, measures: Sequence[Sequence[Record]]) -> Headline:
    words = evidence.words
    counts = {state: sum(rows[0]["status"] == state for rows in measures) for state in STATES}
    label = evidence.label(evidence.waves[-1])
    if counts["planned"] == len(measures):
        return Headline(words.count("plan.all_planned", len(measures), wave=label))
    told = [words.count(f"plan.count_{state}", counts[state]) for state in
            ("met", "not_met", "open", "planned") if counts[state]]  # fmt: skip
    text = words.count("plan.headline", len(measures), wave=label, found=words.series(told))
    tone: Tone = "not_met" if counts["not_met"] else "warning" if counts["open"] else "met"
    return Headline(text, tone)


def _grid(evidence: Evidence, measures: Sequence[Sequence[Record]]) -> Grid:
    words = evidence.words
    rows = [found[0] for found in measures]
    scale = one_scale(evidence, (_scale_name(evidence, row) for row in rows))
    names = ("plan_measure", "decision", "owner", "cost", "start", "before_level", "target_level",
             "now", "status", "n")  # fmt: skip
    numeric = ("cost", "before_level", "target_level", "now", "n")
    notes = [evidence.weightings(), words.say("plan.base", level=evidence.confidence())]
    if scale is not None and scale.reversed:
        notes.append(words.say("plan.best", best=best_text(evidence, scale)))
    return Grid(
        words.say("plan.caption"),
        tuple(Column(words.say(f"column.{name}"), name in numeric) for name in names),
        tuple(_row(evidence, row, noted=scale is None) for row in rows),
        " · ".join(notes),
        sortable=True,
    )


def _scale_name(evidence: Evidence, row: Record) -> str:
    return evidence.study.touchpoint(str(row["touchpoint"])).scale


def _row(evidence: Evidence, row: Record, *, noted: bool) -> Row:
    words = evidence.words
    status = str(row["status"])
    scale = evidence.study.scales.get(_scale_name(evidence, row))
    note = best_text(evidence, scale) if noted and scale is not None and scale.reversed else ""
    touchpoint = evidence.item_label(str(row["touchpoint"]))
    label = measure_label(evidence, str(row["measure"]))
    decision = str(row["decision"])
    tone: Tone = row["decision"] if decision else ""
    start = words.day(str(row["start"])) if row["start"] else "–"
    based_on = _wave_label(evidence, str(row["based_on"]))
    return Row(
        (
            Cell(label, touchpoint if touchpoint != label else ""),
            Cell(words.known("decision", decision) if decision else "–", tone=tone),
            Cell(str(row["owner"]) or "–"),
            Cell(words.integer(row["cost"]), sort=row["cost"], numeric=True),
            Cell(start, sort=str(row["start"])),
            Cell(value_text(words, "satisfaction", row["before"], scale=scale), based_on,
                 sort=read_value(row["before"], scale=scale), numeric=True),
            Cell(value_text(words, "satisfaction", row["target"], scale=scale), note,
                 sort=read_value(row["target"], scale=scale), numeric=True),
            _now_cell(evidence, row, scale),
            Cell(words.say(f"plan_status.{status}"), sort=list(STATES).index(status),
                 tone=STATES[status]),
            Cell(words.integer(row["n"]) if row["n"] else "–", sort=row["n"], numeric=True),
        )
    )  # fmt: skip


def _now_cell(evidence: Evidence, row: Record, scale: Scale | None) -> Cell:
    """Return where a touchpoint is now, drawn against the target; right is better."""
    words = evidence.words
    if row["now"] is None:
        return Cell("–", numeric=True)
    text, interval = value_texts(words, row, "now", measure="satisfaction", scale=scale)
    drawing = None
    ends = [row["now_low"], row["now_high"]]
    if None not in (*ends, row["target"]):
        known = [float(row[name]) for name in (*LEVELS, "now_low", "now_high")
                 if row[name] is not None]  # fmt: skip
        drawing = _drawn(row, (min(known) - 0.05, max(known) + 0.05), scale)
    wave = _wave_label(evidence, str(row["wave"]))
    detail = "\n".join(part for part in (interval, wave) if part)
    return Cell(
        text, detail, sort=read_value(row["now"], scale=scale), numeric=True, drawing=drawing
    )


def _drawn(row: Record, axis: tuple[float, float], scale: Scale | None) -> Span:
    """Draw a level in the codes that are read; ``axis`` runs from worse to better."""
    now, low, high, start, end, target = (
        float(scale.turned(float(value)) if scale is not None and scale.reversed else value)
        for value in (row["now"], row["now_low"], row["now_high"], *axis, row["target"])
    )
    return Span(now, min(low, high), max(low, high), start, end, target)


def _wave_label(evidence: Evidence, wave: str) -> str:
    found = next((item for item in evidence.study.waves if item.id == wave), None)
    return evidence.label(found) if found is not None else wave or "–"


def _forecast_line(evidence: Evidence, rows: Sequence[Record]) -> str:
    words = evidence.words
    known = [row for row in rows if row["agrees"] is not None]
    agreed = sum(bool(row["agrees"]) for row in known)
    return words.say("plan.forecast", n=words.integer(agreed), all=words.integer(len(known)))


def _forecast_grid(evidence: Evidence, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    cells = []
    for row in rows:
        agrees = row["agrees"]
        told = "open" if agrees is None else "yes" if agrees else "no"
        cells.append(
            Row(
                (
                    Cell(measure_label(evidence, str(row["measure"])),
                         evidence.item_label(str(row["touchpoint"]))),
                    Cell(evidence.item_label(str(row["outcome"])) or "–"),
                    *(_points_cell(evidence, row, name) for name in POINTS),
                    Cell(words.say(f"plan.agrees_{told}")),
                    Cell(words.integer(row["n"]) if row["n"] else "–", sort=row["n"],
                         numeric=True),
                )
            )
        )  # fmt: skip
    names = ("plan_measure", "outcome", "forecast", "expected_then", "came", "agrees", "n")
    return Grid(
        words.say("plan.forecast_caption"),
        tuple(Column(words.say(f"column.{name}"), name not in ("plan_measure", "outcome", "agrees"))
              for name in names),
        tuple(cells),
        " · ".join((evidence.weightings(),
                    words.say("plan.forecast_base", level=evidence.confidence()))),
        folded=True,
    )  # fmt: skip


def _points_cell(evidence: Evidence, row: Record, name: str) -> Cell:
    unit = unit_of(evidence, str(row["outcome"]))
    text, interval = gain_texts(evidence, row, name, unit=unit, more=1)
    if unit == "share" and row[name] is not None:
        text = evidence.words.say("whatif.share_points", value=text)
    return Cell(text, interval, sort=read_gain(row, name, unit=unit), numeric=True)
