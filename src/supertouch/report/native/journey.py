"""Charts on the journey: who meets its touchpoints and who is disappointed there, by phase."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import Chart
from supertouch.report.evidence import Evidence, Record
from supertouch.report.figures.parts import verdict_of
from supertouch.report.native.numbers import estimates
from supertouch.report.sections.journey import by_phase
from supertouch.study.model import Phase, Wave

__all__ = ["journeys"]

NAMED = 3
VALUES = tuple(
    f"{name}{end}" for name in ("reach", "disappointed") for end in ("", "_low", "_high")
)


def journeys(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show a phase each: super-touchpoints first, the others by their reach."""
    found = []
    for phase, items in by_phase(evidence, wave):
        rows = [
            {
                "touchpoint": item.id,
                "super": verdict_of(evidence, wave, item.id) == "super",
                **{name: row[name] for name in VALUES},
            }
            for item in items
            if (row := evidence.row("performance", wave.id, item.id)) is not None
        ]
        for row in rows:
            if not evidence.contact_asked(str(row["touchpoint"]), wave.id):
                row |= dict.fromkeys(VALUES[:3])
        rows.sort(key=lambda row: (not row["super"], -float(row["reach"] or 0.0)))
        if rows:
            found.append(_phase(evidence, wave, phase, rows))
    return found


def _phase(evidence: Evidence, wave: Wave, phase: Phase, rows: Sequence[Record]) -> Chart:
    words = evidence.words
    asked = any(row["reach"] is not None for row in rows)
    series = (
        *([estimates(rows, "reach", words.say("column.reach"), tone="candidate")] if asked else []),
        estimates(rows, "disappointed", words.say("native.disappointed"), tone="drop"),
    )
    labels = [evidence.item_label(str(row["touchpoint"])) for row in rows]
    leaders = words.series(
        words.say("figure.leader", touchpoint=label, value=words.percent(row["disappointed"]))
        for label, row in zip(labels[:NAMED], rows, strict=False)
    )
    return Chart(
        name=f"journey_{wave.id}_{phase}",
        form="bar",
        title=words.say("native.journey", phase=words.say(f"phase.{phase}"),
                        wave=evidence.label(wave)),
        categories=tuple(
            words.say("native.starred", name=label) if row["super"] else label
            for label, row in zip(labels, rows, strict=True)
        ),
        series=series,
        number="percent",
        base=evidence.base(wave.id, words.say("native.journey_note", level=evidence.confidence())),
        alt=words.say("native.bars", leaders=leaders),
    )  # fmt: skip
