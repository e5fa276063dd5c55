"""Workbooks opened: what is none, or far too large, is told before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from supertouch.errors import DataError, Problem

__all__ = ["ANEW", "WIDEST", "book", "formula", "reject_sprawling", "unusable"]

ANEW = "Have a new sheet made by 'supertouch audit template', and copy the entries into it."
LARGEST = 10_000_000
LARGEST_PICTURES = 100_000_000
LONGEST, WIDEST = 10_000, 256
MOST_MERGED = 100_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COPY = "Have a new one made, and copy the entries into it."
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)")
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
            pictures = texts = 0
            for part in parts.infolist():
                shown = "/media/" in part.filename
                pictures += part.file_size if shown else 0
                texts += 0 if shown else part.file_size
            if texts <= LARGEST:
                merged = sum(_merged(parts))
    except BadZipFile as error:
        rule = "cannot be opened as an Excel workbook: it is damaged."
        raise unusable(path, rule, "Save it in Excel as .xlsx, or copy it again.") from error
    if texts > LARGEST or pictures > LARGEST_PICTURES:
        size = (texts + pictures) // 1_000_000
        rule = f"is far larger than a sheet that people fill in ({size} MB unpacked)."
        raise unusable(path, rule, _COPY)
    if merged > MOST_MERGED:
        rule = f"has {merged:,} cells that are merged with others."
        raise unusable(path, rule, "Undo the merging in Excel, and save it.")


def _merged(parts: ZipFile) -> Iterator[int]:
    """Yield how many cells each merged area has."""
    for name in parts.namelist():
        if "worksheets" in name:
            for left, top, right, bottom in _MERGED.findall(parts.read(name)):
                width = abs(_number_of(right) - _number_of(left)) + 1
                yield width * (abs(int(bottom[:8]) - int(top[:8])) + 1)


def _number_of(letters: bytes) -> int:
    """Return the number of a column by its letters."""
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number
