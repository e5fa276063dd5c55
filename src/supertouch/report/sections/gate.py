"""Which driver models were refused, why, and what stands instead of their shares."""

from __future__ import annotations

from supertouch.report.blocks import (
    ByOutcome,
    ByWave,
    Cell,
    Column,
    Grid,
    Plain,
    Prose,
    Row,
    Section,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.choices import by_outcome
from supertouch.report.sections.reservations import lacking, refusal
from supertouch.study.model import Outcome, Wave

__all__ = ["gate"]


def gate(evidence: Evidence) -> Section:
    """Say which driver models were refused, why, what would do, and what stands instead."""
    words = evidence.words
    waves = tuple((wave.id, _gate_in(evidence, wave)) for wave in evidence.waves)
    return Section("gate", words.say("section.gate"), (ByWave(waves),), words.say("gate.intro"))


def _gate_in(evidence: Evidence, wave: Wave) -> tuple[Plain | ByOutcome, ...]:
    words = evidence.words
    groups = [("", ""), *evidence.groups(wave.id)]
    refused = [
        (group, outcome, model)
        for group in groups
        for outcome in evidence.outcomes(wave.id)
        if (model := evidence.row("models", wave.id, outcome.id, group=group)) is not None
        and not model["admitted"]
    ]
    if not refused:
        return (Prose((words.say("gate.nothing", wave=evidence.label(wave)),), "good"),)
    names = ("group", "outcome", "reason", "n", "n_eff", "n_needed", "n_columns")
    grid = Grid(
        words.say("gate.caption", wave=evidence.label(wave)),
        tuple(
            Column(words.say(f"column.{name}"), numeric=place > 2)
            for place, name in enumerate(names)
        ),
        tuple(_refused_row(evidence, *item) for item in refused),
        evidence.base(wave.id, words.say("gate.base")),
    )
    totals = [(outcome, model) for group, outcome, model in refused if group == ("", "")]
    notes = tuple(refusal(evidence, outcome, model) for outcome, model in totals)
    alone = by_outcome(
        [
            (outcome, [found])
            for outcome, _ in totals
            if (found := _univariate(evidence, wave, outcome)) is not None
        ]
    )
    phases = any(evidence.rows("phases", wave.id))
    instead = words.say("gate.instead" if phases else "gate.instead_alone")
    warning = [Prose((*notes, *([instead] if phases or alone else [])), "warning")] if notes else []
    return (*warning, grid, *alone)


def _refused_row(
    evidence: Evidence, group: tuple[str, str], outcome: Outcome, model: Record
) -> Row:
    words = evidence.words
    label = Cell(words.say("group.total"))
    if group[0]:
        label = Cell(evidence.value_label(*group), evidence.segment_label(group[0]))
    needed = model["n_needed"] if lacking(evidence, model) else None
    numbers = [model["n"], model["n_eff"], needed, model["n_columns"]]
    return Row(
        (
            label,
            Cell(evidence.outcome_label(outcome)),
            Cell(words.known("refusal", str(model["reason"]))),
            *(Cell(words.integer(number), sort=number, numeric=True) for number in numbers),
        ),
        outcome=outcome.id,
    )


def _univariate(evidence: Evidence, wave: Wave, outcome: Outcome) -> Grid | None:
    words = evidence.words
    rows = []
    for touchpoint in evidence.touchpoints(wave.id):
        pair = [
            evidence.row("univariate", wave.id, outcome.id, touchpoint.id, component)
            for component in ("experience", "contact")
        ]
        if any(row is not None for row in pair):
            cells = [cell for row in pair for cell in _correlation(evidence, row)]
            rows.append(Row((Cell(evidence.label(touchpoint)), *cells)))
    if not rows:
        return None
    names = ("correlation", "n") * 2
    return Grid(
        words.say(
            "gate.univariate",
            outcome=evidence.outcome_label(outcome),
            wave=evidence.label(wave),
        ),
        (
            Column(words.say("column.touchpoint")),
            *(Column(words.say(f"column.{name}"), numeric=True) for name in names),
        ),
        tuple(rows),
        evidence.base(wave.id, words.say("gate.univariate_base", level=evidence.confidence())),
        groups=(
            ("", 1),
            (words.say("component.experience"), 2),
            (words.say("component.contact"), 2),
        ),
        sortable=True,
    )


def _correlation(evidence: Evidence, row: Record | None) -> tuple[Cell, Cell]:
    words = evidence.words
    if row is None:
        return Cell("–", numeric=True), Cell("–", numeric=True)
    interval = words.interval(row["correlation_low"], row["correlation_high"], signed=True)
    value = row["correlation"]
    return (
        Cell(words.number(value, signed=True), interval, sort=value, numeric=True),
        Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
    )
