"""Banner tables as agencies deliver them: questions below each other, total, waves, segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from supertouch.report.evidence import Evidence
from supertouch.report.palette import MUTED, NO, YES
from supertouch.report.sections.band_words import band_legend
from supertouch.report.sections.bands import (
    Band,
    BandCell,
    BandColumn,
    BandForm,
    BandLine,
    bands,
)
from supertouch.report.workbook.book import Book, Sheet, check_size
from supertouch.report.workbook.contents import Entry

__all__ = ["add_banner"]

HEAD_ROW = 4
FIRST_ROW = HEAD_ROW + 3
LABELS, VALUES, MARKS = 46, 10, 9
PAGE_COLUMNS = 11
TOP = {"top": 1, "top_color": MUTED}
ARROWS = {2: "▲", 1: "△", -1: "▽", -2: "▼", 0: ""}
FORMATS: dict[BandForm, str] = {
    "n": "#,##0",
    "weighted": "#,##0",
    "n_eff": "#,##0",
    "percent": "0%",
    "mean": "0.00",
    "points": "+0;-0;0",
}
SMALL: dict[BandForm, str] = {
    "n": '#,##0"*"',
    "weighted": "#,##0",
    "n_eff": "#,##0",
    "percent": '"("0%")"',
    "mean": '"("0.00")"',
    "points": '"("+0")";"("-0")";"("0")"',
}
BASES: tuple[BandForm, ...] = ("n", "weighted", "n_eff")
Key = tuple[str, str, str]
Found = dict[tuple[str, str], dict[str, tuple[str, int]]]


def add_banner(
    book: Book, evidence: Evidence, tables: Mapping[str, pd.DataFrame], *, index: str
) -> list[Entry]:
    """Add a sheet per wave with every question, and one that leads to each; return their lines.

    Raises
    ------
    UnsupportedError
        If a wave's tables have more rows or columns than a sheet.
    """
    words = evidence.words
    told = [(wave, bands(evidence, tables, wave)) for wave in reversed(evidence.waves)]
    told = [(wave, found) for wave, found in told if found]
    if not told:
        return []
    title = words.say("banner.title")
    first = book.sheet(title, colour=NO)
    entries = [Entry("banner", title, first.name, words.say("workbook.about_banner"))]
    places: Found = {}
    titles: dict[tuple[str, str], str] = {}
    for wave, found in told:
        label = evidence.label(wave)
        sheet = book.sheet(f"{title} {label}", colour=NO)
        about = words.say("workbook.about_bands", wave=label)
        entries.append(Entry("banner", sheet.name, sheet.name, about))
        rows = _wave(sheet, evidence, found, label, index=first.name)
        for band, row in zip(found, rows, strict=True):
            titles.setdefault((band.kind, band.id), band.title)
            places.setdefault((band.kind, band.id), {})[label] = (sheet.name, row)
    _questions(first, evidence, titles, places, [evidence.label(wave) for wave, _ in told],
               index=index)  # fmt: skip
    return entries


def _questions(
    sheet: Sheet,
    evidence: Evidence,
    titles: Mapping[tuple[str, str], str],
    places: Found,
    waves: Sequence[str],
    *,
    index: str,
) -> None:
    """Write how to read the tables, then every question with a link for each wave."""
    words = evidence.words
    sheet.columns(0, 0, 90)
    sheet.columns(1, len(waves), 24)
    sheet.put(0, 0, words.say("banner.title"), "title")
    sheet.link(1, 0, index, words.say("workbook.back"))
    row = 3
    for text in band_legend(evidence):
        sheet.put(row, 0, text, "wrapped")
        row += 1
    row += 1
    for place, text in enumerate((words.say("column.question"), *waves)):
        sheet.put(row, place, text, "head")
    for key, title in titles.items():
        row += 1
        sheet.put(row, 0, title, "wrapped")
        for place, wave in enumerate(waves, start=1):
            if wave in places[key]:
                name, to = places[key][wave]
                sheet.link(row, place, name, words.say("workbook.table"), to=to)
    sheet.work.fit_to_pages(1, 0)


def _wave(
    sheet: Sheet, evidence: Evidence, found: Sequence[Band], label: str, *, index: str
) -> list[int]:
    """Write the questions of a wave below each other; return the row of each."""
    words = evidence.words
    columns = _columns(found)
    rows = FIRST_ROW + sum(len(band.lines) + 4 for band in found)
    check_size(f"sheet '{sheet.name}'", rows=rows, columns=2 * len(columns) + 1)
    sheet.put(0, 0, f"{words.say('banner.title')}: {label}", "title")
    sheet.put(1, 0, words.say("workbook.read_bands"), "note")
    sheet.link(2, 0, index, words.say("workbook.back_bands"))
    _heads(sheet, list(columns.values()))
    places = {key: 1 + 2 * place for place, key in enumerate(columns)}
    row, starts = FIRST_ROW, []
    for band in found:
        starts.append(row)
        row = _band(sheet, evidence, band, places, row)
    sheet.work.freeze_panes(FIRST_ROW, 1)
    sheet.work.repeat_rows(HEAD_ROW, FIRST_ROW - 1)
    sheet.work.repeat_columns(0)
    sheet.work.fit_to_pages(-(-len(columns) // PAGE_COLUMNS), 0)
    return starts


def _columns(found: Sequence[Band]) -> dict[Key, BandColumn]:
    """Return every column that a question of the wave has, those of one head side by side."""
    every: dict[Key, BandColumn] = {}
    for band in found:
        for column in band.columns:
            every.setdefault(_key(column), column)
    heads = list(dict.fromkeys((column.segment, column.head) for column in every.values()))
    return dict(sorted(every.items(), key=lambda it: heads.index((it[1].segment, it[1].head))))


def _key(column: BandColumn) -> Key:
    return column.wave, column.segment, column.value


def _heads(sheet: Sheet, columns: Sequence[BandColumn]) -> None:
    sheet.columns(0, 0, LABELS)
    for row in range(HEAD_ROW, FIRST_ROW):
        sheet.put(row, 0, None, "head")
    before: tuple[str, str] | None = None
    for number, column in enumerate(columns):
        place = 1 + 2 * number
        sheet.columns(place, place, VALUES)
        sheet.columns(place + 1, place + 1, MARKS)
        head = (column.segment, column.head)
        edge = {"left": 1, "left_color": MUTED} if head != before else {}
        sheet.put(HEAD_ROW, place, column.head if head != before else None, "band_head", **edge)
        sheet.put(HEAD_ROW, place + 1, None, "band_head")
        sheet.pair(HEAD_ROW + 1, place, column.title, "head", align="center", **edge)
        sheet.pair(HEAD_ROW + 2, place, column.letter, "head", align="center", **edge)
        before = head


def _band(sheet: Sheet, evidence: Evidence, band: Band, places: Mapping[Key, int], row: int) -> int:
    last = max(places.values()) + 1
    sheet.put(row, 0, band.title, "strong", **TOP)
    for place in range(1, last + 1):
        sheet.work.write_blank(row, place, None, sheet.book.format("text", **TOP))
    row += 1
    if band.text:
        sheet.put(row, 0, band.text, "note", italic=True)
        row += 1
    own = [places[_key(column)] for column in band.columns]
    for line in band.lines:
        _line(sheet, evidence, line, own, row)
        row += 1
    sheet.put(row, 0, band.note, "note", font_size=8)
    return row + 2


def _line(
    sheet: Sheet, evidence: Evidence, line: BandLine, places: Sequence[int], row: int
) -> None:
    style = "note" if line.form in BASES else "strong" if line.form != "percent" else "text"
    sheet.put(row, 0, line.label, "wrapped_note" if line.form in BASES else "wrapped")
    for place, cell in zip(places, line.cells, strict=True):
        if cell.value is None:
            text = evidence.words.say("banner.hidden") if cell.hidden else "–"
            sheet.put(row, place, text, "note", align="right")
            continue
        formats = SMALL if cell.small else FORMATS
        colour = MUTED if cell.small else ""
        sheet.put(row, place, cell.value, style, num_format=formats[line.form], font_color=colour)
        _marks(sheet, cell, place + 1, row)


def _marks(sheet: Sheet, cell: BandCell, place: int, row: int) -> None:
    marks = " ".join(part for part in (ARROWS[cell.arrow], cell.letters) if part)
    if marks:
        colour = YES if cell.arrow > 0 else NO if cell.arrow < 0 else ""
        sheet.put(row, place, marks, "text", font_color=colour, font_size=9)
