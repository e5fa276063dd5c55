"""The phases of the journey, the segments, and where the gate gave no shares."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import ByWave, Cell, Column, Grid, Plain, Prose, Row, Section
from supertouch.report.drivers import share_cell
from supertouch.report.evidence import Evidence, Record
from supertouch.report.reservations import refusal
from supertouch.report.scales import mean_cell
from supertouch.study.model import PHASES, Outcome, Wave

__all__ = ["gate", "phases", "segments"]

LEADERS = 3


def phases(evidence: Evidence) -> Section:
    """Show what each phase of the journey contributes to each outcome."""
    words = evidence.words
    waves = tuple((wave.id, _phases_in(evidence, wave)) for wave in evidence.waves)
    return Section(
        "phases", words.say("section.phases"), (ByWave(waves),), words.say("phases.intro")
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
        return Cell(words.number(record["importance"], 3), interval, numeric=True)

    return Row(
        (
            Cell(evidence.outcome_label(outcome)),
            Cell(words.say(f"phase.{row['phase']}")),
            Cell(words.integer(row["n_touchpoints"]), numeric=True),
            share_cell(evidence, {**row, "fair_share": 0.0}, maximum=highest),
            points(row),
            points(contact),
            Cell(words.integer(row["n"]), numeric=True),
            Cell(words.integer(row["n_eff"]), numeric=True),
        )
    )


def segments(evidence: Evidence) -> Section | None:
    """Show outcomes and leading touchpoints per segment; None where the study has none."""
    if not evidence.study.segments:
        return None
    words = evidence.words
    waves = tuple((wave.id, _segments_in(evidence, wave)) for wave in evidence.waves)
    intro = words.say("segments.intro", minimum=words.integer(evidence.study.analysis.min_segment))
    return Section("segments", words.say("section.segments"), (ByWave(waves),), intro)


def _segments_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    groups = evidence.groups(wave.id)
    left_out = _left_out(evidence, wave)
    if not groups:
        nothing = words.say("segments.nothing", wave=evidence.label(wave))
        return (Prose((nothing,), "note"), *left_out)
    rows = tuple(
        row
        for group in groups
        for outcome in evidence.outcomes(wave.id)
        if (row := _segment_row(evidence, wave, outcome, group)) is not None
    )
    names = ("segment", "outcome", "n", "n_eff", "mean", "nps", "r2", "leaders")
    numeric = ("n", "n_eff", "mean", "nps", "r2")
    grid = Grid(
        words.say("segments.caption", wave=evidence.label(wave)),
        tuple(Column(words.say(f"column.{name}"), name in numeric) for name in names),
        rows,
        evidence.base(
            wave.id, words.say("segments.base"), words.say("base.boot", level=evidence.confidence())
        ),
    )
    return (grid, *left_out)


def _left_out(evidence: Evidence, wave: Wave) -> tuple[Prose, ...]:
    """Name the groups too small to analyse, and count those whose group is unknown."""
    words = evidence.words
    minimum = words.integer(evidence.study.analysis.min_segment)
    small = [
        words.say(
            "segments.small_one",
            segment=evidence.segment_label(group[0]),
            value=evidence.value_label(*group),
            n=words.integer(n),
        )
        for group, n in evidence.small_groups(wave.id)
    ]
    unknown = [
        words.say(
            "segments.unknown",
            segment=evidence.segment_label(str(row["subject"])),
            n=words.integer(row["value"]),
        )
        for row in evidence.rows("diagnostics", wave.id)
        if row["code"] == "segment_unknown"
    ]
    if not small and not unknown:
        return ()
    lead = words.say("segments.small", minimum=minimum, names="; ".join(small)) if small else ""
    return (Prose(tuple(text for text in (lead, *unknown) if text), "note"),)


def _modelled(evidence: Evidence, wave: Wave, model: Record | None) -> str:
    if model is None or not model["admitted"]:
        return ""
    return evidence.words.say(
        "segments.modelled",
        k=evidence.words.integer(model["n_touchpoints"]),
        p=evidence.words.integer(len(evidence.touchpoints(wave.id))),
    )


def _segment_row(
    evidence: Evidence, wave: Wave, outcome: Outcome, group: tuple[str, str]
) -> Row | None:
    words = evidence.words
    level = evidence.row("outcomes", wave.id, outcome.id, group=group)
    model = evidence.row("models", wave.id, outcome.id, group=group)
    if level is None and model is None:
        return None
    level = level or {}
    nps = words.interval(level.get("nps_low"), level.get("nps_high"), 0, signed=True)
    scale = evidence.study.scales.get(outcome.scale)
    r2 = model["r2"] if model and model["admitted"] else None
    label = evidence.value_label(*group)
    return Row(
        (
            Cell(label, evidence.segment_label(group[0])),
            Cell(evidence.outcome_label(outcome)),
            Cell(words.integer(level.get("n")), numeric=True),
            Cell(words.integer(level.get("n_eff")), numeric=True),
            mean_cell(evidence, level, "mean", scale, noted=True),
            Cell(words.number(level.get("nps"), 0, signed=True), nps, numeric=True),
            Cell(words.percent(r2), numeric=True),
            Cell(_leaders(evidence, wave, outcome, group, model), _modelled(evidence, wave, model)),
        )
    )


def _leaders(
    evidence: Evidence,
    wave: Wave,
    outcome: Outcome,
    group: tuple[str, str],
    model: Record | None,
) -> str:
    words = evidence.words
    if model is None:
        return words.say("segments.no_model")
    if not model["admitted"]:
        if model["n_needed"] is None:
            return words.say("segments.not_admitted")
        return words.say("segments.refused", needed=words.integer(model["n_needed"]))
    rows = ranked(evidence.rows("importance", wave.id, group=group), outcome)
    return "; ".join(
        words.say(
            "segments.leader",
            touchpoint=evidence.item_label(row["touchpoint"]),
            share=words.percent(row["share"], 1),
        )
        for row in rows[:LEADERS]
    )


def ranked(rows: Sequence[Record], outcome: Outcome) -> list[Record]:
    """Return the experience rows of an outcome, the most important first."""
    key = (outcome.id, "experience", "lmg")
    found = [row for row in rows if (row["outcome"], row["component"], row["method"]) == key]
    return sorted(found, key=lambda row: int(row["rank"]))


def gate(evidence: Evidence) -> Section:
    """Say which driver models were refused, why, what would do, and what stands instead."""
    words = evidence.words
    waves = tuple((wave.id, _gate_in(evidence, wave)) for wave in evidence.waves)
    return Section("gate", words.say("section.gate"), (ByWave(waves),), words.say("gate.intro"))


def _gate_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
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
    alone = [
        found
        for outcome, _ in totals
        if (found := _univariate(evidence, wave, outcome)) is not None
    ]
    warning = [Prose((*notes, words.say("gate.instead")), "warning")] if notes else []
    return (*warning, grid, *alone)


def _refused_row(
    evidence: Evidence, group: tuple[str, str], outcome: Outcome, model: Record
) -> Row:
    words = evidence.words
    label = Cell(words.say("group.total"))
    if group[0]:
        label = Cell(evidence.value_label(*group), evidence.segment_label(group[0]))
    numbers = [model[name] for name in ("n", "n_eff", "n_needed", "n_columns")]
    return Row(
        (
            label,
            Cell(evidence.outcome_label(outcome)),
            Cell(words.known("refusal", str(model["reason"]))),
            *(
                Cell("" if number is None else words.integer(number), numeric=True)
                for number in numbers
            ),
        )
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
