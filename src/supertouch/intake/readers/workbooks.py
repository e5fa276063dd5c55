"""Excel workbooks opened: their sheets, and the values of one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supertouch.errors import DataError
from supertouch.intake.readers.raw import unusable
from supertouch.packed import Layout, layout_of, reject_harmful

__all__ = ["Row", "as_texts", "layout", "opened", "sound", "values"]

MOST_SHEETS = 500
MOST_CELLS = 50_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"

Row = tuple[Any, ...]


@contextmanager
def opened(path: Path) -> Iterator[dict[str, Any]]:
    """Open a workbook and give its sheets by title; charts are passed over.

    Raises
    ------
    DataError
        If the file is empty, locked by a password, damaged, no workbook, or one that would unpack
        or expand to far more than it shows.
    """
    _reject_other(path)
    reject_harmful(path)
    with sound(path):
        book = _workbook(path)
        try:
            yield {page.title: page for page in book.worksheets}
        finally:
            book.close()


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turn what goes wrong inside a damaged workbook into the error that says so."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        raise unusable(
            path.name,
            "is damaged, or no Excel workbook.",
            "Copy or download it again; if Excel can open it, save it anew as .xlsx.",
            value=str(error) or type(error).__name__,
        ) from error


def layout(page: Any, *, last_row: int | None = None) -> Layout:  # noqa: ANN401
    """Return how far a sheet reaches, before its cells are held in memory.

    Raises
    ------
    DataError
        If its rows or cells are not in order, or are more than fit into memory.
    """
    path = Path(page.parent._archive.filename)
    found = layout_of(path, str(page._worksheet_path), rows=last_row)
    if found.n_rows * found.last_column > MOST_CELLS:
        raise unusable(
            f"{path.name}, sheet '{page.title}'",
            f"has {found.n_rows:,} rows and reaches to column {found.last_column:,} in row "
            f"{found.widest:,}: more than the {MOST_CELLS:,} cells that are read from Excel.",
            "Clear what does not belong to the answers, or save the sheet as CSV.",
        )
    return found


def values(
    page: Any,  # noqa: ANN401
    *,
    last_row: int | None = None,
    known: Layout | None = None,
) -> list[Row]:
    """Return a sheet's rows from the first on; cells that hold only blanks are None.

    A sheet whose `layout` is not known is looked through first.
    """
    if known is None:
        layout(page, last_row=last_row)
    page.reset_dimensions()
    return [_trimmed(row) for row in page.iter_rows(max_row=last_row, values_only=True)]


def as_texts(cells: Sequence[Any]) -> list[str]:
    """Return the cells as text; whole numbers without their ``.0``."""
    return [
        ""
        if cell is None
        else str(int(cell))
        if isinstance(cell, float) and cell.is_integer()
        else str(cell)
        for cell in cells
    ]


def _workbook(path: Path) -> Any:  # noqa: ANN401
    """Open a workbook for reading; sheets that hold nothing but a chart are passed over."""
    from openpyxl.chartsheet import Chartsheet
    from openpyxl.reader.excel import ExcelReader

    class Reader(ExcelReader):
        def read_worksheets(self) -> None:
            if len(self.parser.sheets) > MOST_SHEETS:
                rule = f"has {len(self.parser.sheets):,} sheets, more than {MOST_SHEETS}."
                raise unusable(path.name, rule, "Save the sheet with the answers by itself.")
            super().read_worksheets()

        def read_chartsheet(self, sheet: Any, rel: Any) -> None:  # noqa: ANN401, ARG002
            book: Any = self.wb
            book._add_sheet(Chartsheet(parent=book, title=sheet.name))

    reader = Reader(path, read_only=True, data_only=True)
    reader.read()
    return reader.wb


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
