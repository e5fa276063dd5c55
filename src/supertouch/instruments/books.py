"""Workbooks opened: what is none, or far too large, is told before it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from supertouch.errors import DataError, Problem
from supertouch.packed import look_into, reject_vast

__all__ = ["ANEW", "WIDEST", "book", "formula", "reject_sprawling", "unusable"]

ANEW = "Have a new sheet made by 'supertouch audit template', and copy the entries into it."
LARGEST = 10_000_000
LARGEST_PICTURES = 100_000_000
LONGEST, WIDEST = 10_000, 256

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BELOW = "Delete what stands far below the sheet or far beside it."
_COPY = "Have a new one made, and copy the entries into it."
_SAVE = "Open it in Excel and save it as .xlsx without a password."


def book(path: Path, *, results: bool) -> Any:  # noqa: ANN401
    """Open a workbook, with the formulas' results or with the formulas.

    Raises
    ------
    DataError
        If it is empty, locked, damaged, no workbook, or too large for a sheet of touchpoints.
    """
    from openpyxl import load_workbook

    _reject_other(path)
    try:
        _reject_large(path)
        return load_workbook(path, data_only=results)
    except DataError:
        raise
    except Exception as error:
        rule = f"cannot be opened as an Excel workbook ({error})."
        raise unusable(path, rule, "Save it in Excel as .xlsx, or copy it again.") from error


def formula(cell: Any) -> str:  # noqa: ANN401
    """Return the formula of a cell; of an array its text, of others a mark that there is one."""
    value = cell.value
    return value if isinstance(value, str) else str(getattr(value, "text", None) or "=")


def unusable(path: Path, rule: str, remedy: str) -> DataError:
    """Return the error that a file cannot be used as a whole."""
    return DataError(Problem(path.name, "", rule, remedy))


def _reject_other(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(len(_OLE))
    except OSError as error:
        raise unusable(path, f"cannot be read ({error.strerror}).", "Look at the file.") from error
    if not start:
        raise unusable(path, "is empty.", "Copy the file again.")
    if start == _OLE:
        raise unusable(path, "is locked by a password, or in the old .xls format.", _SAVE)
    if not start.startswith(b"PK"):
        rule = "cannot be opened as an Excel workbook, whatever its suffix says."
        raise unusable(path, rule, "Save it in Excel as .xlsx, or copy it again.")


def reject_sprawling(path: Path, page: Any, *, remedy: str) -> None:  # noqa: ANN401
    """Refuse a sheet that holds something far below or far to the right of what is asked.

    Raises
    ------
    DataError
        If so.
    """
    if page.max_row > LONGEST:
        rule = f"holds something as far down as row {page.max_row}."
        raise unusable(path, rule, remedy)
    if page.max_column > WIDEST:
        rule = f"holds something as far to the right as column {page.max_column}."
        raise unusable(path, rule, remedy)


def _reject_large(path: Path) -> None:
    """Refuse what would take minutes to read, such as a hundred thousand rows."""
    try:
        with ZipFile(path) as parts:
            sizes = {part.filename: part.file_size for part in parts.infolist()}
    except BadZipFile as error:
        rule = "cannot be opened as an Excel workbook: it is damaged."
        raise unusable(path, rule, "Save it in Excel as .xlsx, or copy it again.") from error
    texts = sum(size for name, size in sizes.items() if "/media/" not in name)
    if texts > LARGEST:
        rule = f"is far larger than a sheet that people fill in ({texts // 1_000_000} MB unpacked)."
        raise unusable(path, rule, _COPY)
    reject_vast(path, look_into(path, most=LARGEST_PICTURES), remedy=_BELOW)
