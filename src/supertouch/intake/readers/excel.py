"""Excel workbooks (.xlsx, .xlsm): one sheet with its header; values keep their types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.intake.readers import codebook
from supertouch.intake.readers.heading import Heading
from supertouch.intake.readers.platforms import heading_of
from supertouch.intake.readers.raw import Held, RawFile, unusable, with_rows
from supertouch.intake.readers.sheets import Choice, choose
from supertouch.intake.readers.unseen import reject_unseen
from supertouch.intake.readers.workbooks import Row, as_texts, layout, opened, sound, values
from supertouch.packed import Layout

__all__ = ["headers", "read"]

_HEADER_ROWS = 3


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the names of the sheet's columns, without reading all of it."""
    choice, _, table, book = _table(path, sheet, last_row=_HEADER_ROWS)
    return list(_heading(table, path, choice, book).names)


def read(path: Path, sheet: str | None = None, *, tell: Callable[[int], None]) -> RawFile:
    """Read one sheet; cells that hold only blanks are missing.

    Raises
    ------
    DataError
        If the workbook is damaged, locked by a password or no workbook, if it has no such sheet
        or several with data and none is named (the error lists them), if the sheet is empty, or
        if it has formulas without a stored result or merged cells, which would read as blank.
    """
    choice, found, table, book = _table(path, sheet)
    place = f"{path.name}, sheet '{choice.title}'"
    with sound(path):
        reject_unseen(found, table, place)
    if not any(table):
        raise unusable(place, "is empty.", "Name the sheet that holds the answers.")
    heading = _heading(table, path, choice, book)
    first, width = heading.rows + 1, len(heading.names)
    below = table[heading.rows :]
    numbers = [number for number, row in enumerate(below, start=first) if row]
    rows = [_padded(table[number - 1], width) for number in numbers]
    frame = pd.DataFrame(
        {name: _column([row[i] for row in rows]) for i, name in enumerate(heading.names)}
    )
    frame = with_rows(frame, numbers, place)
    n_blank = numbers[-1] - heading.rows - len(rows)
    insight = heading.insight(frame)
    tell(path.stat().st_size)
    return RawFile(
        Held(frame),
        "excel",
        sheet=choice.title,
        n_rows=len(rows),
        notes=(
            *choice.notes,
            *heading.notes,
            *insight.notes,
            *(
                (f"{n_blank} wholly blank row(s) passed over; they keep their row number",)
                if n_blank
                else ()
            ),
        ),
        **heading.described(insight),
    )


def _heading(
    table: Sequence[Row], path: Path, choice: Choice, book: Sequence[Sequence[str]]
) -> Heading:
    width = max(map(len, table), default=0)
    first = [as_texts(_padded(row, width)) for row in table[:_HEADER_ROWS]]
    place = f"{path.name}, sheet '{choice.title}'"
    heading = heading_of(first, path, place)
    found = codebook.read_table(book)
    return found.used(heading, f"sheet '{choice.codebook}'") if found else heading


def _table(
    path: Path, sheet: str | None, *, last_row: int | None = None
) -> tuple[Choice, Layout, list[Row], list[list[str]]]:
    """Return the chosen sheet, how far it reaches, its rows, and the codebook's rows."""
    with opened(path) as pages:
        choice = choose(path, pages, sheet)
        page = pages[choice.title]
        found = layout(page, last_row=last_row)
        table = values(page, last_row=last_row, known=found)
        book = values(pages[choice.codebook]) if choice.codebook else []
    return choice, found, table, [as_texts(row) for row in book]


def _padded(row: Row, width: int) -> Row:
    return row + (None,) * (width - len(row))


def _column(values: Sequence[Any]) -> pd.Series[Any]:
    column: pd.Series[Any] = pd.Series(list(values))
    kind = pd.api.types.infer_dtype(column, skipna=True)
    return column.astype("boolean") if kind == "boolean" else column
