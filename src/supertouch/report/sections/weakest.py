"""Uneven journeys: the touchpoint that lets people down most often, and what that goes with."""

from __future__ import annotations

from supertouch.report.blocks import Cell, Column, Grid, Plain, Prose, Row
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import sampled, weighted_sample
from supertouch.study.model import PHASES, Outcome, Wave

__all__ = ["weakest"]

NAMED = 3


def weakest(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    """Name the touchpoints that are the weakest of a journey more often than chance would do."""
    rows = [row for row in evidence.rows("weakest", wave.id) if not row["phase"]]
    known = sorted(
        (row for row in rows if row["lift"] is not None), key=lambda row: -float(row["lift"])
    )
    uneven = [
        line
        for outcome in evidence.driven(wave.id)
        if (line := _consistency_line(evidence, wave, outcome))
    ]
    blocks: list[Plain] = []
    lines = ([_weakest_line(evidence, known)] if known else []) + uneven
    if lines:
        blocks.append(Prose(tuple(lines)))
    if known:
        blocks.append(_weakest_grid(evidence, wave, known))
    grid = _consistency_grid(evidence, wave)
    return (*blocks, grid) if grid.rows else tuple(blocks)


def _weakest_line(evidence: Evidence, rows: list[Record]) -> str:
    words = evidence.words
    often = [
        row
        for row in rows
        if row["lift"] > 1
        and row["p_adjusted"] is not None
        and row["p_adjusted"] < evidence.study.rule.alpha
    ]
    if not often:
        return words.say("weakest.none")
    names = [
        words.say(
            "weakest.name",
            touchpoint=evidence.item_label(row["touchpoint"]),
            share=words.percent(row["share"]),
            expected=words.percent(row["expected"]),
        )
        for row in often[:NAMED]
    ]
    return words.say("weakest.lead", names=words.series(names))


def _weakest_grid(evidence: Evidence, wave: Wave, rows: list[Record]) -> Grid:
    words = evidence.words
    phases = {item.id: item.phase for item in evidence.touchpoints(wave.id)}
    names = ("n", "weakest_share", "expected", "lift", "p_adjusted", "phase_share", "lift")
    cells = []
    for row in rows:
        touchpoint = str(row["touchpoint"])
        phase = phases.get(touchpoint, "")
        within = evidence.row("weakest", wave.id, touchpoint, phase) or {}
        label = words.say(f"phase.{phase}") if phase else ""
        lift = within.get("lift")
        cells.append(
            Row(
                (
                    Cell(evidence.item_label(touchpoint), label),
                    Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
                    _share(evidence, row),
                    Cell(words.percent(row["expected"], 1), sort=row["expected"], numeric=True),
                    Cell(words.number(row["lift"], 1), sort=row["lift"], numeric=True),
                    Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
                    _share(evidence, within),
                    Cell(words.number(lift, 1), sort=lift, numeric=True),
                )
            )
        )
    return Grid(
        words.say("weakest.caption", wave=evidence.label(wave)),
        (
            Column(words.say("column.touchpoint")),
            *(Column(words.say(f"column.{name}"), numeric=True) for name in names),
        ),
        tuple(cells),
        evidence.base(
            wave.id,
            sampled(evidence, wave.id),
            words.say("weakest.base", level=evidence.confidence()),
        ),
        groups=(("", 1), (words.say("weakest.journey"), 5), (words.say("weakest.phase"), 2)),
        sortable=True,
        folded=True,
    )


def _share(evidence: Evidence, row: Record) -> Cell:
    words = evidence.words
    share = row.get("share")
    interval = words.percent_interval(row.get("share_low"), row.get("share_high"), 1)
    return Cell(words.percent(share, 1), interval, sort=share, numeric=True)


def _consistency_line(evidence: Evidence, wave: Wave, outcome: Outcome) -> str:
    words = evidence.words
    label = evidence.outcome_label(outcome)
    rows = [evidence.row("consistency", wave.id, outcome.id, "", name)
            for name in ("spread", "weakest")]  # fmt: skip
    shown = [row for row in rows if row is not None and row["admitted"]]
    if not shown:
        return ""
    told = [
        words.say(
            f"consistency.{row['measure']}",
            outcome=label,
            effect=words.number(row["effect"], signed=True),
            interval=words.interval(row["effect_low"], row["effect_high"], signed=True),
        )
        for row in shown
        if row["p_adjusted"] is not None and row["p_adjusted"] < evidence.study.rule.alpha
    ]
    return " ".join(told) or words.say("consistency.nothing", outcome=label)


def _consistency_grid(evidence: Evidence, wave: Wave) -> Grid:
    words = evidence.words
    names = ("outcome", "n", "measure", "consistency_effect", "p_adjusted", "together", "r2_gain")
    rows = [
        _consistency_row(evidence, row)
        for outcome in evidence.outcomes(wave.id)
        for phase in ("", *PHASES)
        for measure in ("mean", "spread", "weakest")
        if (row := evidence.row("consistency", wave.id, outcome.id, phase, measure)) is not None
        and row["admitted"]
    ]
    text = ("outcome", "measure")
    return Grid(
        words.say("consistency.caption", wave=evidence.label(wave)),
        (
            Column(words.say("column.phase")),
            *(Column(words.say(f"column.{name}"), name not in text) for name in names),
        ),
        tuple(rows),
        f"{weighted_sample(evidence, wave.id)} · "
        + words.say("consistency.base", level=evidence.confidence()),
        folded=True,
    )


def _consistency_row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words

    def points(name: str) -> Cell:
        interval = words.interval(row[f"{name}_low"], row[f"{name}_high"], signed=True)
        return Cell(words.number(row[name], signed=True), interval, sort=row[name], numeric=True)

    phase = words.say(f"phase.{row['phase']}") if row["phase"] else words.say("weakest.journey")
    n_eff = words.say("base.n_eff", n_eff=words.integer(row["n_eff"]))
    return Row(
        (
            Cell(phase),
            Cell(evidence.outcome_label(evidence.study.outcome(row["outcome"]))),
            Cell(words.integer(row["n"]), n_eff, sort=row["n"], numeric=True),
            Cell(words.say(f"measure.{row['measure']}")),
            points("effect"),
            Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
            points("effect_together"),
            Cell(
                words.number(row["r2_gain"], 3),
                words.interval(row["r2_gain_low"], row["r2_gain_high"], 3),
                sort=row["r2_gain"],
                numeric=True,
            ),
        ),
        outcome=str(row["outcome"]),
    )
