"""The journey: its touchpoints by phase, and what each phase contributes."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import (
    ByWave,
    Cell,
    Column,
    Grid,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.cards import badge, verdict_text
from supertouch.report.sections.drivers import share_cell
from supertouch.report.sections.naming import named
from supertouch.report.sections.portfolio import decision_text, decision_tone
from supertouch.report.sections.quality import quality_cells, quality_columns
from supertouch.study.model import PHASES, Outcome, Phase, Touchpoint, Wave

__all__ = ["by_phase", "journey"]


def journey(evidence: Evidence, pictures: dict[str, Picture]) -> Section:
    """Show the journey before, during and after the purchase, and what each phase contributes."""
    words = evidence.words
    waves = tuple((wave.id, _in_wave(evidence, wave, pictures)) for wave in evidence.waves)
    return Section(
        "phases", words.say("section.phases"), (ByWave(waves),), words.say("journey.intro")
    )


def by_phase(evidence: Evidence, wave: Wave) -> list[tuple[Phase, list[Touchpoint]]]:
    """Return the touchpoints of a wave by phase, in the study's order; no phase is empty."""
    found = [
        (phase, [item for item in evidence.touchpoints(wave.id) if item.phase == phase])
        for phase in PHASES
    ]
    return [(phase, items) for phase, items in found if items]


def _in_wave(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    name = f"journey_{wave.id}"
    drawn = [pictures[name]] if name in pictures else []
    return (
        Prose(tuple(_lines(evidence, wave))),
        *drawn,
        _touchpoints(evidence, wave),
        *_phases_in(evidence, wave),
    )


def _lines(evidence: Evidence, wave: Wave) -> list[str]:
    """Say of each phase how many touchpoints it has, which are super and where it disappoints."""
    words = evidence.words
    lines = []
    for phase, items in by_phase(evidence, wave):
        found = (evidence.row("supertouchpoints", wave.id, item.id) for item in items)
        rows = [row for row in found if row is not None]
        supers = [row for row in rows if row["verdict"] == "super"]
        names = named(evidence, supers)
        told = words.say("journey.supers", names=names) if supers else words.say("journey.no_super")
        if not any(row["verdict"] not in ("undetermined", "too_few") for row in rows):
            told = words.say("journey.undecided")
        worst = _worst(evidence, wave, items)
        name = words.say(f"phase.{phase}")
        name = f"{name[:1].upper()}{name[1:]}"
        lines.append(words.count("journey.line", len(items), phase=name, supers=told, worst=worst))
    return lines


def _worst(evidence: Evidence, wave: Wave, items: Sequence[Touchpoint]) -> str:
    """Name where most are disappointed in a phase, ties together; "" where nobody is."""
    words = evidence.words
    rows = [
        row
        for item in items
        if (row := evidence.row("performance", wave.id, item.id)) is not None
        and row["disappointed"]
        and row["n_rated"] >= evidence.study.rule.min_base
    ]
    if not rows:
        return ""
    most = max(float(row["disappointed"]) for row in rows)
    worst = [row for row in rows if float(row["disappointed"]) == most]
    names = named(evidence, worst)
    return words.count("journey.worst", len(worst), names=names, share=words.percent(most))


def _touchpoints(evidence: Evidence, wave: Wave) -> Grid:
    """List the touchpoints along the journey with reach, quality, verdict and decision."""
    words = evidence.words
    rows = []
    for phase, items in by_phase(evidence, wave):
        for item in items:
            record = evidence.row("performance", wave.id, item.id)
            if record is not None:
                reach, rated, mean, bands, *_ = quality_cells(evidence, record)
                label = Cell(evidence.label(item), words.say(f"phase.{phase}"))
                judged = _judged(evidence, wave, item)
                rows.append(Row((label, reach, rated, mean, bands, *judged)))
    heads = (Column(words.say(f"column.{name}")) for name in ("verdict", "decision"))
    return Grid(
        words.say("journey.caption", wave=evidence.label(wave)),
        (Column(words.say("column.touchpoint")), *quality_columns(evidence)[:4], *heads),
        tuple(rows),
        evidence.base(
            wave.id,
            words.say("journey.base"),
            words.say("reach.base"),
            words.say("base.linear", level=evidence.confidence()),
        ),
        sortable=True,
        folded=True,
    )


def _judged(evidence: Evidence, wave: Wave, item: Touchpoint) -> tuple[Cell, Cell]:
    verdict = evidence.row("supertouchpoints", wave.id, item.id)
    decision = evidence.row("portfolio", wave.id, item.id)
    return (
        Cell(verdict_text(evidence, verdict), tone=badge(verdict)) if verdict else Cell("–"),
        Cell(decision_text(evidence, decision), tone=decision_tone(decision))
        if decision
        else Cell("–"),
    )


def _phases_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    records = evidence.rows("phases", wave.id)
    if not records:
        return (Prose((words.say("phases.nothing", wave=evidence.label(wave)),), "warning"),)
    highest = max(float(row["share_high"] or 0) for row in records)
    rows = []
    for outcome in evidence.outcomes(wave.id):
        for phase in PHASES:
            row = evidence.row("phases", wave.id, outcome.id, phase, "experience")
            if row is not None:
                contact = evidence.row("phases", wave.id, outcome.id, phase, "contact")
                rows.append(_phase_row(evidence, outcome, row, contact, highest=highest))
    names = ("outcome", "phase", "n_touchpoints", "share", "importance", "contact_importance")
    return (
        Grid(
            words.say("phases.caption", wave=evidence.label(wave)),
            tuple(
                Column(words.say(f"column.{name}"), numeric=place > 1)
                for place, name in enumerate((*names, "n", "n_eff"))
            ),
            tuple(rows),
            evidence.base(
                wave.id,
                words.say("phases.base"),
                words.say("base.boot", level=evidence.confidence()),
            ),
        ),
    )


def _phase_row(
    evidence: Evidence, outcome: Outcome, row: Record, contact: Record | None, *, highest: float
) -> Row:
    words = evidence.words

    def points(record: Record | None) -> Cell:
        if record is None:
            return Cell("–", numeric=True)
        interval = words.interval(record["importance_low"], record["importance_high"], 3)
        return Cell(
            words.number(record["importance"], 3), interval, sort=record["importance"], numeric=True
        )

    return Row(
        (
            Cell(evidence.outcome_label(outcome)),
            Cell(words.say(f"phase.{row['phase']}")),
            Cell(words.integer(row["n_touchpoints"]), sort=row["n_touchpoints"], numeric=True),
            share_cell(evidence, {**row, "fair_share": 0.0}, maximum=highest),
            points(row),
            points(contact),
            Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
            Cell(words.integer(row["n_eff"]), sort=row["n_eff"], numeric=True),
        ),
        outcome=outcome.id,
    )
