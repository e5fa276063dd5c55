"""Banner tables laid out: a band per question, the same in the page and in the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.band_words import about, answer_text, mean_text, named, two_codes
from supertouch.study.model import Wave

__all__ = ["Band", "BandCell", "BandColumn", "BandForm", "BandLine", "bands"]

BandForm = Literal["n", "weighted", "n_eff", "percent", "mean", "points"]
Rows = Mapping[tuple[str, str], Sequence[Record]]

FORMS: dict[str, BandForm] = {"mean": "mean", "nps": "points"}
BASES: tuple[tuple[str, str, BandForm], ...] = (
    ("base", "n", "n"),
    ("base_weighted", "n_weighted", "weighted"),
    ("base_eff", "n_eff", "n_eff"),
)


@dataclass(frozen=True, slots=True)
class BandColumn:
    """A column: everybody in a wave, or a group of the band's own wave.

    ``head`` stands above all columns of a kind: total, waves, or the segment. ``letter`` is a
    segment column's letter, or a wave's digit where there are several waves.
    """

    wave: str
    segment: str
    value: str
    head: str
    title: str
    letter: str


@dataclass(frozen=True, slots=True)
class BandCell:
    """A number; None where nobody answered or where it is hidden.

    ``letters`` are the columns, and the digits of the waves, that it lies above. ``arrow`` is 2 or
    1 where it differs from the total at the first or the second level, negative where it is below.
    """

    value: float | None
    letters: str = ""
    arrow: int = 0
    small: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class BandLine:
    """A line: a base, an answer's share, or a number made of the answers."""

    label: str
    form: BandForm
    cells: tuple[BandCell, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """One question in one wave.

    ``subject`` is the id of the outcome or touchpoint that it is about; ``text`` is the wording as
    asked, ``note`` states scale, base, weighting and tests.
    """

    id: str
    kind: str
    subject: str
    title: str
    text: str
    columns: tuple[BandColumn, ...]
    lines: tuple[BandLine, ...]
    note: str


def bands(evidence: Evidence, tables: Mapping[str, pd.DataFrame], wave: Wave) -> tuple[Band, ...]:
    """Lay out every question of a wave: bases, then answers, top-2, bottom-2, mean and NPS.

    Columns are the total, the totals of the other waves, and the groups of the segments in the
    study's order. Empty where the table ``banner`` is missing or has nothing of the wave.
    """
    table = tables.get("banner", pd.DataFrame())
    if table.empty:
        return ()
    here = _questions(table[table["wave"] == wave.id])
    told = [item for item in evidence.waves if item.id != wave.id]
    totals = table[table["segment"] == ""]
    elsewhere = {item.id: _questions(totals[totals["wave"] == item.id]) for item in told}
    changes = _above(evidence, tables.get("banner_waves", pd.DataFrame()))
    return tuple(
        _band(
            evidence, wave, rows, {w: found.get(key, ()) for w, found in elsewhere.items()}, changes
        )
        for key, rows in here.items()
    )


def _questions(table: pd.DataFrame) -> dict[tuple[str, str], list[Record]]:
    """Return the rows of each question, by its id and kind."""
    found: dict[tuple[str, str], list[Record]] = {}
    blank = table.astype(object).where(table.notna(), None)
    for row in blank.to_dict("records"):
        record: Record = {str(name): value for name, value in row.items()}
        found.setdefault((str(row["question"]), str(row["kind"])), []).append(record)
    return found


Place = tuple[str, ...]


def _above(evidence: Evidence, table: pd.DataFrame) -> dict[Place, list[str]]:
    """Return the digits of the waves that a number lies significantly above, by its place."""
    found: dict[Place, list[str]] = {}
    if table.empty:
        return found
    digits = {wave.id: str(place) for place, wave in enumerate(evidence.waves, start=1)}
    for row in table[table["significant"].abs() == 2].to_dict("records"):
        higher, lower = row["wave"], row["against"]
        if row["significant"] < 0:
            higher, lower = lower, higher
        if lower in digits:
            found.setdefault(_place(str(higher), row), []).append(digits[str(lower)])
    return found


def _place(wave: str, row: Mapping[Any, Any]) -> Place:
    names = ("question", "kind", "measure", "answer", "segment", "segment_value")
    return (wave, *(str(row[name]) for name in names))


def _band(
    evidence: Evidence,
    wave: Wave,
    rows: Sequence[Record],
    others: Mapping[str, Sequence[Record]],
    changes: Mapping[Place, Sequence[str]],
) -> Band:
    first = rows[0]
    columns = tuple(_columns(evidence, wave, rows, others))
    every = [*rows, *(row for found in others.values() for row in found)]
    numbers = {
        (str(row["measure"]), str(row["answer"]), str(row["wave"]), *_group(row)): row
        for row in every
    }
    measures = list(dict.fromkeys((str(row["measure"]), str(row["answer"])) for row in rows))
    base = [numbers.get((*measures[0], *_of(column))) for column in columns]
    lines = [
        BandLine(
            evidence.words.say(f"banner.{label}"), form, tuple(_base(row, name) for row in base)
        )
        for label, name, form in BASES
    ]
    for measure, answer in measures:
        found = [numbers.get((measure, answer, *_of(column))) for column in columns]
        cells = tuple(_cell(wave, row, changes) for row in found)
        label = _label(evidence, first, measure, answer)
        lines.append(BandLine(label, FORMS.get(measure, "percent"), cells))
    title, text = named(evidence, first)
    return Band(
        id=str(first["question"]),
        kind=str(first["kind"]),
        subject=str(first["question"]).split(".")[0],
        title=title,
        text=text,
        columns=columns,
        lines=tuple(lines),
        note=about(evidence, wave, first),
    )


def _group(row: Record) -> tuple[str, str]:
    return str(row["segment"]), str(row["segment_value"])


def _of(column: BandColumn) -> tuple[str, str, str]:
    return column.wave, column.segment, column.value


def _columns(
    evidence: Evidence, wave: Wave, rows: Sequence[Record], others: Mapping[str, Sequence[Record]]
) -> Iterator[BandColumn]:
    words = evidence.words
    digits = {item.id: str(place) for place, item in enumerate(evidence.waves, start=1)}
    digit = digits[wave.id] if others else ""
    yield BandColumn(wave.id, "", "", words.say("banner.total"), evidence.label(wave), digit)
    for item in evidence.waves:
        if item.id in others:
            head = words.say("banner.waves")
            yield BandColumn(item.id, "", "", head, evidence.label(item), digits[item.id])
    letters = {_group(row): str(row["letter"]) for row in rows if row["segment"]}
    for (segment, value), letter in letters.items():
        head, title = evidence.segment_label(segment), evidence.value_label(segment, value)
        yield BandColumn(wave.id, segment, value, head, title, letter)


def _base(row: Record | None, name: str) -> BandCell:
    if row is None:
        return BandCell(None)
    value = row[name]
    number = None if value is None else float(value)
    return BandCell(number, small=bool(row["small"]), hidden=number is None and bool(row["hidden"]))


def _cell(wave: Wave, row: Record | None, changes: Mapping[Place, Sequence[str]]) -> BandCell:
    if row is None:
        return BandCell(None)
    here = row["wave"] == wave.id
    letters = str(row["letters"]) if here else ""
    digits = " ".join(sorted(changes.get(_place(str(row["wave"]), row), ()), key=int))
    return BandCell(
        value=None if row["value"] is None else float(row["value"]),
        letters=" ".join(part for part in (letters, digits) if part),
        arrow=int(row["against_total"]) if here else 0,
        small=bool(row["small"]),
        hidden=bool(row["hidden"]),
    )


def _label(evidence: Evidence, first: Record, measure: str, answer: str) -> str:
    if measure == "answer":
        return answer_text(evidence, first, answer)
    if measure in ("top2", "bottom2"):
        return evidence.words.say(f"banner.{measure}", codes=two_codes(evidence, first, measure))
    if measure == "mean":
        return mean_text(evidence, first)
    return evidence.words.say(f"banner.{measure}")
