"""Outcomes and leading touchpoints per segment, and which groups are left out."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import ByWave, Cell, Column, Grid, Plain, Prose, Row, Section
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.differences import differences
from supertouch.report.sections.reservations import lacking
from supertouch.report.sections.scales import mean_cell
from supertouch.study.model import Outcome, Wave

__all__ = ["modelled", "segments"]

LEADERS = 3


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
    return (*differences(evidence, wave), grid, *left_out)


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


def modelled(evidence: Evidence, wave: Wave, model: Record | None, *, short: bool = False) -> str:
    """Return how many of the wave's touchpoints a model holds; "" where it is not admitted."""
    if model is None or not model["admitted"]:
        return ""
    words = evidence.words
    places = {
        "k": words.integer(model["n_touchpoints"]),
        "p": words.integer(len(evidence.touchpoints(wave.id))),
    }
    if short:
        return words.say("segments.modelled_short", **places)
    return words.say("segments.modelled", **places)


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
            Cell(words.integer(level.get("n")), sort=level.get("n"), numeric=True),
            Cell(words.integer(level.get("n_eff")), sort=level.get("n_eff"), numeric=True),
            mean_cell(evidence, level, "mean", scale, noted=True),
            Cell(
                words.number(level.get("nps"), 0, signed=True),
                nps,
                sort=level.get("nps"),
                numeric=True,
            ),
            Cell(words.percent(r2), sort=r2, numeric=True),
            Cell(_leaders(evidence, wave, outcome, group, model), modelled(evidence, wave, model)),
        ),
        outcome=outcome.id,
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
        found = lacking(evidence, model)
        if found is None:
            return words.say("segments.not_admitted")
        return words.say("segments.refused", needed=found[1])
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
