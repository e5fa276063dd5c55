"""One sheet per table: typed cells, labels beside ids, filters, and bars within the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from supertouch.report.evidence import Evidence
from supertouch.report.palette import NO, YES
from supertouch.report.sampled import PARTLY, SAMPLED, in_samples
from supertouch.report.workbook.book import Book, Sheet, check_size
from supertouch.report.workbook.codes import asked_head, in_codes
from supertouch.report.workbook.heads import column_head, described, label_head, table_title
from supertouch.report.workbook.kinds import (
    Kind,
    as_date,
    bar_of,
    kind_of,
    measured_by,
    number_format,
    plain_name,
)
from supertouch.report.workbook.named import namer

__all__ = ["FIRST_ROW", "HEAD_ROW", "UNWEIGHTED", "add_table"]

HEAD_ROW = 5
FIRST_ROW = HEAD_ROW + 2
NARROW, WIDE = 10, 44
BAR = "#a9cfe6"
FROZEN_WIDTH = 70
PAGE_WIDTH = 240
NUMBERS: frozenset[Kind] = frozenset(
    {"count", "number", "share", "r2", "signed", "signed_share", "nps", "p", "money", "rank",
     "general"}
)  # fmt: skip
UNWEIGHTED = frozenset({
    "sample", "rejections", "empties", "contradictions", "quality", "weights", "suppressed",
    "drift", "brought", "auditors", "incidents", "measures", "diagnostics",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: a column of the table, or what stands beside one.

    ``beside`` says that it is no column of the table: labels, or means in the codes as asked.
    ``named`` says that the column right of it has its labels; ``kinds`` what each cell holds,
    where that differs within the column.
    """

    name: str
    head: str
    kind: Kind
    cells: list[Any]
    kinds: list[Kind | None] | None = None
    beside: bool = False
    named: bool = False


def add_table(
    book: Book, evidence: Evidence, name: str, frame: pd.DataFrame, *, index: str, colour: str
) -> Sheet:
    """Add a sheet that holds a table, every row and column of it.

    Parameters
    ----------
    index
        The sheet that the way back leads to.

    Raises
    ------
    UnsupportedError
        If the table is larger than a sheet.
    """
    size = len(frame)
    check_size(f"sheet '{name}'", rows=size + FIRST_ROW, columns=2 * len(frame.columns))
    columns = _columns(evidence, name, frame)
    sheet = book.sheet(table_title(evidence.words, name), colour=colour)
    _above(sheet, evidence, name, index=index)
    _widths(sheet, columns, size)
    _heads(sheet, columns)
    for place, column in enumerate(columns):
        _cells(sheet, evidence, column, place)
    _bars(sheet, evidence, name, columns, size)
    return sheet


def _records(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    held = []
    for column in frame:
        values = frame[column].to_numpy(dtype=object, copy=True)
        values[frame[column].isna().to_numpy()] = None
        held.append(values.tolist())
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*held, strict=True)]


def _columns(evidence: Evidence, name: str, frame: pd.DataFrame) -> list[Column]:
    words, rows = evidence.words, _records(frame)
    found = []
    for column in frame.columns:
        kind = kind_of(name, column, frame[column].dtype)
        label = namer(evidence, name, column, rows) if kind == "text" else None
        cells = [row[column] for row in rows]
        head = column_head(words, name, column)
        kinds = measured_by(name, column, rows) if kind in NUMBERS else None
        found.append(Column(column, head, kind, cells, kinds, named=label is not None))
        if label is not None:
            head = label_head(words, name, column)
            found.append(Column(column, head, "text", [label(row) for row in rows], beside=True))
        if asked := in_codes(evidence, name, column, rows):
            head = asked_head(evidence, head, asked[1])
            found.append(Column(column, head, "number", list(asked[0]), beside=True))
    return found


def _above(sheet: Sheet, evidence: Evidence, name: str, *, index: str) -> None:
    words = evidence.words
    sheet.put(0, 0, table_title(words, name), "title")
    sheet.put(1, 0, described(words, name), "note")
    sheet.put(2, 0, _base(evidence, name), "note")
    sheet.link(3, 0, index, words.say("workbook.back"))


def _base(evidence: Evidence, name: str) -> str:
    words = evidence.words
    if name in UNWEIGHTED:
        base = words.say("workbook.base_unweighted")
    else:
        weighting, level = evidence.weightings(), evidence.confidence()
        base = words.say("workbook.base", weighting=weighting, level=level)
    rests = name in SAMPLED or name in PARTLY
    drawn = in_samples(evidence, partly=name in PARTLY) if rests else ""
    return f"{base} · {drawn}" if drawn else base


def _heads(sheet: Sheet, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns):
        style = "head_number" if column.kind in NUMBERS else "head"
        sheet.put(HEAD_ROW, place, column.head, style)
        side = "right" if column.kind in NUMBERS else "left"
        name = None if column.beside else column.name
        sheet.put(HEAD_ROW + 1, place, name, "machine", align=side)
    sheet.work.repeat_rows(HEAD_ROW, HEAD_ROW + 1)


def _cells(sheet: Sheet, evidence: Evidence, column: Column, place: int) -> None:
    words, style = evidence.words, "id" if column.named else "text"
    for number, value in enumerate(column.cells):
        if value is None or value == "":
            continue
        kind = (column.kinds[number] if column.kinds else None) or column.kind
        told = as_date(value) if kind == "date" else value
        side = "left" if kind == "date" else ""
        form = number_format(kind, words)
        sheet.put(FIRST_ROW + number, place, told, style, num_format=form, align=side)


def _widths(sheet: Sheet, columns: Sequence[Column], size: int) -> None:
    widths = []
    for place, column in enumerate(columns):
        held = NARROW
        if column.kind == "text":
            held = max((len(value) for value in column.cells if value), default=0)
        word = max((len(part) for part in column.head.split()), default=0)
        widths.append(min(WIDE, max(NARROW, word + 3, held + 2)))
        sheet.columns(place, place, widths[-1])
    last = FIRST_ROW + max(size, 1) - 1
    sheet.work.autofilter(HEAD_ROW + 1, 0, last, len(columns) - 1)
    sheet.work.freeze_panes(FIRST_ROW, _frozen(columns, widths))
    named = max((k for k, column in enumerate(columns) if column.name == "touchpoint"), default=0)
    sheet.work.repeat_columns(named, named)
    room = PAGE_WIDTH - widths[named]
    sheet.work.fit_to_pages(max(1, -(-(sum(widths) - widths[named]) // room)), 0)


def _frozen(columns: Sequence[Column], widths: Sequence[int]) -> int:
    """Return how many columns stay when the sheet is moved sideways: up to the touchpoint."""
    places = [place for place, column in enumerate(columns) if column.name == "touchpoint"]
    wanted = places[-1] + 1 if places else 1
    return wanted if sum(widths[:wanted]) <= FROZEN_WIDTH else 0


def _bars(
    sheet: Sheet, evidence: Evidence, name: str, columns: Sequence[Column], size: int
) -> None:
    alpha = evidence.study.rule.alpha
    strong = {"type": "cell", "criteria": "<=", "value": alpha,
              "format": sheet.book.work.add_format({"bold": True, "font_color": YES})}  # fmt: skip
    for place, column in enumerate(columns):
        if column.beside or not size or column.kind not in NUMBERS:
            continue
        area = (FIRST_ROW, place, FIRST_ROW + size - 1, place)
        bar = bar_of(name, column.name)
        if bar is not None and plain_name(column.name) == column.name:
            options = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True,
                       "bar_color": BAR, "bar_negative_color": NO, **bar}  # fmt: skip
            sheet.work.conditional_format(*area, options)
        elif column.name.endswith("p_adjusted"):
            blank = {"type": "blanks", "stop_if_true": True,
                     "format": sheet.book.work.add_format()}  # fmt: skip
            sheet.work.conditional_format(*area, blank)
            sheet.work.conditional_format(*area, strong)
