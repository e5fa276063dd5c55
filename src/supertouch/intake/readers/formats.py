"""The table of formats: which reader opens a file of which suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from supertouch.errors import DataError
from supertouch.intake.readers import columnar, delimited, excel, spss
from supertouch.intake.readers.raw import RawFile, unusable

__all__ = ["READERS", "Reader", "closed", "headers", "read"]


class _Read(Protocol):
    def __call__(
        self, path: Path, sheet: str | None = None, *, tell: Callable[[int], None]
    ) -> RawFile: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """The two things that a format can do: give its column names, and be read as a whole."""

    headers: Callable[[Path, str | None], list[str]]
    read: _Read


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
    ".por": _SPSS,
    ".parquet": Reader(columnar.headers, columnar.read),
}


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the column names of a raw file without reading all of it.

    Raises
    ------
    DataError
        If the file is missing, of an unknown format, or cannot be opened.
    """
    reader = _reader(path)
    try:
        return reader.headers(path, sheet)
    except OSError as error:
        raise closed(path, error) from error


def read(
    path: Path,
    *,
    sheet: str | None = None,
    tell: Callable[[int], None] = lambda done: None,  # noqa: ARG005
) -> RawFile:
    """Read a raw file of any known format.

    A text file is looked through once, and its rows are handed out when they are asked for; the
    other formats are read at once.

    Parameters
    ----------
    path : Path
        The file; its suffix says the format.
    sheet : str, optional
        Sheet of an Excel workbook; needed where several sheets hold a table.
    tell : callable, optional
        Hears how many bytes of the file are done.

    Raises
    ------
    DataError
        If the file is missing, of an unknown format, empty, or cannot be read as a whole.
    """
    reader = _reader(path)
    try:
        return reader.read(path, sheet, tell=tell)
    except OSError as error:
        raise closed(path, error) from error


def closed(path: Path, error: OSError) -> DataError:
    """Return the error for a file that the system does not open."""
    return unusable(
        path.name,
        "cannot be opened.",
        "Check that it may be read and that no other program holds it.",
        value=error.strerror or str(error),
    )


def _reader(path: Path) -> Reader:
    if any("\ud800" <= sign <= "\udfff" for sign in path.name):
        raise unusable(
            path.name,
            "is a name that cannot be stored: it holds bytes that are no text.",
            "Rename the file.",
        )
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
