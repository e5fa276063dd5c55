"""The table of formats: which reader opens a file of which suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from supertouch.intake.readers import columnar, delimited, excel, spss
from supertouch.intake.readers.raw import RawFile, unusable

__all__ = ["READERS", "Reader", "headers", "read"]


@dataclass(frozen=True, slots=True)
class Reader:
    """The two things that a format can do: give its column names, and be read as a whole."""

    headers: Callable[[Path, str | None], list[str]]
    read: Callable[[Path, str | None], RawFile]


_TEXT = Reader(delimited.headers, delimited.read)
_EXCEL = Reader(excel.headers, excel.read)
_SPSS = Reader(spss.headers, spss.read)

READERS: dict[str, Reader] = {
    ".csv": _TEXT,
    ".txt": _TEXT,
    ".tsv": _TEXT,
    ".xlsx": _EXCEL,
    ".xlsm": _EXCEL,
    ".sav": _SPSS,
    ".zsav": _SPSS,
    ".parquet": Reader(columnar.headers, columnar.read),
}


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the column names of a raw file without reading all of it.

    Raises
    ------
    DataError
        If the file is missing, of an unknown format, or cannot be opened.
    """
    return _reader(path).headers(path, sheet)


def read(path: Path, *, sheet: str | None = None) -> RawFile:
    """Read a raw file of any known format.

    Parameters
    ----------
    path : Path
        The file; its suffix says the format.
    sheet : str, optional
        Sheet of an Excel workbook; without it, the first.

    Raises
    ------
    DataError
        If the file is missing, of an unknown format, empty, or cannot be read as a whole.
    """
    return _reader(path).read(path, sheet)


def _reader(path: Path) -> Reader:
    if path.suffix.lower() not in READERS:
        raise unusable(
            path.name,
            f"is not a suffix that supertouch reads: {', '.join(READERS)}.",
            "Save the file in one of these formats.",
            value=f"suffix '{path.suffix}'",
        )
    if not path.is_file():
        raise unusable(path.name, "is not there.", f"Put it into {path.parent}.")
    return READERS[path.suffix.lower()]
