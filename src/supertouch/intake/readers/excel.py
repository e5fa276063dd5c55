"""Excel workbooks (.xlsx, .xlsm): one sheet, its first row the header; values keep their types."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.errors import DataError
from supertouch.intake.readers.raw import RawFile, header_names, unusable, with_rows
from supertouch.intake.readers.unseen import reject_unseen

__all__ = ["headers", "read"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"

Row = tuple[Any, ...]


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the names in the first row of the sheet, without reading the rest."""
    title, _, table = _table(path, sheet, last_row=1)
    place = f"{path.name}, sheet '{title}'"
    return header_names(_texts(table[0] if table else ()), place)[0]


def read(path: Path, sheet: str | None = None) -> RawFile:
    """Read one sheet; cells that hold only blanks are missing.

    Raises
    ------
    DataError
        If the workbook is damaged, locked by a password or no workbook, if it has no such sheet
        (the error lists those it has), if the sheet is empty, or if it has formulas without a
        stored result or merged cells, which would read as blank.
    """
    title, part, table = _table(path, sheet)
    place = f"{path.name}, sheet '{title}'"
    reject_unseen(path, part, table, place)
    if not any(table):
        raise unusable(place, "is empty.", "Name the sheet that holds the answers.")
    width = max(map(len, table))
    names, changed, notes = header_names(_texts(_padded(table[0], width)), place)
    numbers = [number for number, row in enumerate(table[1:], start=2) if row]
    rows = [_padded(table[number - 1], width) for number in numbers]
    frame = pd.DataFrame({name: _column([row[i] for row in rows]) for i, name in enumerate(names)})
    n_blank = numbers[-1] - 1 - len(rows) if numbers else 0
    if n_blank:
        notes += (f"{n_blank} wholly blank row(s) passed over; they keep their row number",)
    return RawFile(
        with_rows(frame, numbers, place),
        "excel",
        sheet=title,
        n_rows=len(rows),
        original_names=changed,
        notes=notes,
    )


def _table(
    path: Path, sheet: str | None, *, last_row: int | None = None
) -> tuple[str, str, list[Row]]:
    """Return the sheet's title, its file inside the workbook, and its rows."""
    _reject_other(path)
    try:
        book = _workbook(path)
        pages: dict[str, Any] = {page.title: page for page in book.worksheets}
        title = sheet if sheet is not None else next(iter(pages), "")
        if title not in pages:
            raise _no_sheet(path, title, list(pages))
        pages[title].reset_dimensions()
        rows = pages[title].iter_rows(max_row=last_row, values_only=True)
        table = [_trimmed(row) for row in rows]
        part = str(pages[title]._worksheet_path)
        book.close()
    except DataError:
        raise
    except Exception as error:
        raise unusable(
            path.name,
            "is damaged, or no Excel workbook.",
            "Copy or download it again; if Excel can open it, save it anew as .xlsx.",
            value=str(error) or type(error).__name__,
        ) from error
    return title, part, table


def _workbook(path: Path) -> Any:  # noqa: ANN401
    """Open a workbook for reading; sheets that hold nothing but a chart are passed over."""
    from openpyxl.chartsheet import Chartsheet
    from openpyxl.reader.excel import ExcelReader

    class Reader(ExcelReader):
        def read_chartsheet(self, sheet: Any, rel: Any) -> None:  # noqa: ANN401, ARG002
            book: Any = self.wb
            book._add_sheet(Chartsheet(parent=book, title=sheet.name))

    reader = Reader(path, read_only=True, data_only=True)
    reader.read()
    return reader.wb


def _no_sheet(path: Path, sheet: str, sheets: Sequence[str]) -> DataError:
    return unusable(
        path.name,
        f"is not among the sheets of the file: {', '.join(map(repr, sheets))}.",
        "Correct the key 'sheet' of the wave.",
        value=f"sheet '{sheet}'",
    )


def _reject_other(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(len(_OLE))
    if not start:
        raise unusable(path.name, "is empty.", "Copy or download the file again.")
    if start == _OLE:
        raise unusable(
            path.name,
            "is locked by a password, or in the old .xls format.",
            "Open it in Excel and save it as .xlsx without a password.",
        )
    if not start.startswith(_ZIP):
        raise unusable(
            path.name,
            "is no Excel workbook, whatever its suffix says.",
            "If it is text, give it the suffix .csv; otherwise save it as .xlsx.",
        )


def _trimmed(row: Row) -> Row:
    cells = [None if isinstance(cell, str) and not cell.strip() else cell for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _padded(row: Row, width: int) -> Row:
    return row + (None,) * (width - len(row))


def _texts(cells: Row) -> list[str]:
    return ["" if cell is None else str(cell) for cell in cells]


def _column(values: Sequence[Any]) -> pd.Series[Any]:
    column: pd.Series[Any] = pd.Series(list(values))
    kind = pd.api.types.infer_dtype(column, skipna=True)
    return column.astype("boolean") if kind == "boolean" else column
