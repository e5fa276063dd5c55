"""How a wave's file differs from that of the wave before: what holds it back, what to look at."""

from __future__ import annotations

import re
from collections.abc import Sequence

from supertouch.report.blocks import Cell, Column, Grid, Row, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.drift_words import drift_item, drift_text
from supertouch.study.model import Wave

__all__ = ["SEVERITIES", "drift_grid", "drift_line"]

SEVERITIES: dict[str, Tone] = {"stop": "stop", "look": "look", "note": "note"}
IN_PERCENT = frozenset({"distribution", "blanks"})
SHORT = 160


def drift_line(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> str:
    """Count the differences by how grave they are, in a sentence."""
    words = evidence.words
    counts = {name: sum(row["severity"] == name for row in rows) for name in SEVERITIES}
    names = words.series(words.count(f"drift.count_{name}", n) for name, n in counts.items() if n)
    return words.say(
        "drift.lead", wave=evidence.label(wave), against=_against(evidence, rows), names=names
    )


def _against(evidence: Evidence, rows: Sequence[Record]) -> str:
    name = str(rows[0]["against"])
    found = next((item for item in evidence.study.waves if item.id == name), None)
    return evidence.label(found) if found else name


def drift_grid(
    evidence: Evidence,
    wave: Wave,
    rows: Sequence[Record],
    *,
    folded: bool = False,
    most: int | None = None,
    caption: str = "drift.caption",
) -> Grid:
    """List the differences, those that hold the wave back first, up to ``most``."""
    words = evidence.words
    ordered = sorted(rows, key=lambda row: list(SEVERITIES).index(str(row["severity"])))
    shown = ordered[:most]
    names = ("severity", "kind", "concerns", "before", "after", "size", "p_adjusted")
    numeric = ("size", "p_adjusted")
    key = caption if len(shown) == len(ordered) else "drift.caption_cut"
    return Grid(
        words.say(
            key,
            wave=evidence.label(wave),
            against=_against(evidence, rows),
            shown=words.integer(len(shown)),
            n=words.integer(len(ordered)),
        ),
        (
            Column(words.say("column.column")),
            *(Column(words.say(f"column.{name}"), name in numeric) for name in names),
        ),
        tuple(_row(evidence, row) for row in shown),
        words.say("drift.base"),
        sortable=True,
        folded=folded,
    )


def _row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    severity, size = str(row["severity"]), row["size"]
    told = words.percent(size) if row["kind"] in IN_PERCENT else words.number(size)
    return Row(
        (
            Cell(str(row["column"]) or "–"),
            Cell(words.say(f"severity.{severity}"), sort=list(SEVERITIES).index(severity),
                 tone=SEVERITIES[severity]),
            Cell(words.say(f"drift_kind.{row['kind']}")),
            Cell(drift_item(evidence, str(row["item"])) or "–"),
            Cell(_short(drift_text(evidence, str(row["before"])))),
            Cell(_short(drift_text(evidence, str(row["after"])))),
            Cell(told, sort=size, numeric=True),
            Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
        )
    )  # fmt: skip


def _short(text: str) -> str:
    """Return what a cell holds, cut where it is long; the CSV table has all of it."""
    line = re.sub(r"[ \t\r\n]+", " ", text).strip()
    return (line if len(line) <= SHORT else f"{line[: SHORT - 1]}…") or "–"
