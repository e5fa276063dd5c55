"""What the study aims at (Soll): met, not met, or not to be decided yet."""

from __future__ import annotations

from supertouch.report.blocks import (
    ByWave,
    Cell,
    Column,
    Grid,
    Headline,
    Plain,
    Prose,
    Row,
    Section,
    Tone,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.measures import (
    read_value,
    scale_of,
    subject_of,
    value_text,
    value_texts,
)
from supertouch.study.model import Wave

__all__ = ["targets"]

STATES: dict[str, Tone] = {"not_met": "not_met", "open": "open", "met": "met"}
BADGES: dict[str, Tone] = {"not_met": "not_met", "open": "undetermined", "met": "met"}


def targets(evidence: Evidence) -> Section | None:
    """Show which targets are met in each wave; None where the study has none."""
    if not any(evidence.rows("targets", wave.id) for wave in evidence.waves):
        return None
    words = evidence.words
    waves = tuple((wave.id, _in_wave(evidence, wave)) for wave in evidence.waves)
    intro = words.say("targets.intro", level=evidence.confidence())
    return Section("targets", words.say("section.targets"), (ByWave(waves),), intro)


def _in_wave(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    rows = evidence.rows("targets", wave.id)
    label = evidence.label(wave)
    if not rows:
        return (Prose((words.say("targets.nothing", wave=label),), "note"),)
    ordered = sorted(rows, key=lambda row: list(STATES).index(str(row["status"])))
    counts = {state: sum(row["status"] == state for row in rows) for state in STATES}
    text = words.say(
        "targets.headline",
        wave=label,
        all=words.integer(len(rows)),
        **{state: words.integer(n) for state, n in counts.items()},
    )
    tone: Tone = "not_met" if counts["not_met"] else "warning" if counts["open"] else "met"
    names = ("metric", "target", "value", "status", "n", "n_needed")
    numeric = ("target", "value", "n", "n_needed")
    heads = (Column(words.say("targets.needed" if name == "n_needed" else f"column.{name}"),
                    name in numeric) for name in names)  # fmt: skip
    grid = Grid(
        words.say("targets.caption", wave=label),
        (Column(words.say("column.subject")), *heads),
        tuple(_row(evidence, row) for row in ordered),
        evidence.base(wave.id, words.say("targets.base", level=evidence.confidence())),
        sortable=True,
    )
    return Headline(text, tone), grid


def _row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    measure, status = str(row["measure"]), str(row["status"])
    scale = scale_of(evidence, row, measure=measure)
    value, interval = value_texts(words, row, "value", measure=measure, scale=scale)
    target = value_text(words, measure, row["target"], scale=scale)
    most = measure == "disappointed" or (scale is not None and scale.reversed)
    n_eff = row["n_eff"]
    eff = words.say("base.n_eff", n_eff=words.integer(n_eff)) if n_eff is not None else ""
    return Row(
        (
            Cell(*subject_of(evidence, row)),
            Cell(words.say(f"track.{measure}")),
            Cell(words.say("targets.most" if most else "targets.least", value=target),
                 sort=read_value(row["target"], scale=scale), numeric=True),
            Cell(value, interval, sort=read_value(row["value"], scale=scale), numeric=True),
            Cell(words.say(f"status.{status}"), sort=list(STATES).index(status),
                 tone=BADGES[status]),
            Cell(words.integer(row["n"]), eff, sort=row["n"], numeric=True),
            Cell(words.integer(row["n_needed"]), sort=row["n_needed"], numeric=True),
        )
    )  # fmt: skip
