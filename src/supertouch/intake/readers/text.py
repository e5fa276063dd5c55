"""Text files as records: delimiter, quotes and rows, read in bounded memory."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from supertouch.errors import DataError
from supertouch.intake.readers.encodings import encoding_of, mixed
from supertouch.intake.readers.raw import unusable

__all__ = ["Block", "TextFile", "changed", "open_text"]

_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE = 300
_BLOCK = 1 << 23
_CHECKED = 128
_LONGEST = 1 << 24

Record = list[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Some consecutive records of a file.

    Attributes
    ----------
    numbers : list of int
        Per record its number as a person counts it; wholly blank records are left out.
    rows : list of list of str
        Per record its fields.
    n_blank : int
        Wholly blank records among them.
    done : int
        Bytes of the file that are read.
    """

    numbers: list[int]
    rows: list[Record]
    n_blank: int
    done: int


@dataclass(frozen=True, slots=True)
class TextFile:
    """A delimited text file: how it is written.

    Attributes
    ----------
    path : Path
        The file.
    encoding, delimiter : str
        As found out.
    hint : bool
        Whether its first line is Excel's ``sep=;``, which is no header and not counted.
    """

    path: Path
    encoding: str
    delimiter: str
    hint: bool = False

    def first(self, n: int) -> list[Record]:
        """Return the first ``n`` records."""
        with self._opened() as file:
            return list(itertools.islice(self._records(file), n))

    def blocks(self, header_rows: int) -> Iterator[Block]:
        """Yield the records below the header in blocks of some megabytes.

        Raises
        ------
        DataError
            If quotation marks are broken, or the file changed while it was read.
        """
        with self._opened() as file:
            records = enumerate(self._records(file), start=1)
            for _ in itertools.islice(records, header_rows):
                pass
            while block := _next_block(records, file):
                yield block

    def notes(self) -> Iterator[str]:
        """Yield what was found out about the file."""
        marked = " (with a byte order mark)" if self.encoding == "utf-8-sig" else ""
        delimiter = _NAMES.get(self.delimiter, repr(self.delimiter))
        yield f"encoding {self.encoding}{marked}, delimiter {delimiter} found out"
        if self.encoding == "cp1252":
            yield "not UTF-8, so read as Windows Western European (cp1252); check the accents"
            yield from mixed(self.path)

    def _opened(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")

    def _records(self, file: TextIO) -> Iterator[Record]:
        place = self.path.name
        lines = _lines(file, place)
        if self.hint:
            next(lines, "")
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        done = 0
        try:
            for record in reader:
                done += 1
                yield record
        except csv.Error as error:
            raise unusable(
                place,
                f"cannot be split into fields at row {done + 1} (line {reader.line_num}): {error}.",
                "Look for a quotation mark that is not closed, or not doubled inside a quoted "
                "field.",
            ) from error
        except UnicodeDecodeError as error:
            raise changed(place) from error


def _next_block(records: Iterator[tuple[int, Record]], file: TextIO) -> Block | None:
    numbers: list[int] = []
    rows: list[Record] = []
    n_blank = 0
    start = file.buffer.tell()
    for number, record in records:
        if any(map(str.strip, record)):
            numbers.append(number)
            rows.append(record)
        else:
            n_blank += 1
        if number % _CHECKED == 0 and file.buffer.tell() - start >= _BLOCK:
            break
    return Block(numbers, rows, n_blank, file.buffer.tell()) if rows or n_blank else None


def changed(place: str) -> DataError:
    """Return the error for a file that is not the same as a moment ago."""
    return unusable(
        place, "changed while it was read.", "Wait until it is written, then run it again."
    )


def open_text(path: Path, sheet: str | None) -> TextFile:
    """Find out how a text file is written.

    Raises
    ------
    DataError
        If a sheet is asked for, or the file is empty, no text, or cannot be decoded.
    """
    if sheet is not None:
        raise unusable(
            path.name,
            "is a text file and has no sheets.",
            "Take the key 'sheet' out of the wave, or name the Excel file.",
            value=f"sheet '{sheet}'",
        )
    encoding = encoding_of(path)
    hint = _hint(path, encoding)
    if hint is not None:
        return TextFile(path, encoding, hint, hint=True)
    return TextFile(path, encoding, _delimiter(path, encoding))


def _lines(file: TextIO, place: str) -> Iterator[str]:
    while line := file.readline(_LONGEST):
        if len(line) == _LONGEST:
            raise unusable(
                place, f"has a line of more than {_LONGEST:,} characters.", "Export it again."
            )
        yield line


def _hint(path: Path, encoding: str) -> str | None:
    """Return the delimiter that Excel's first line ``sep=;`` names, if that is its first line."""
    with path.open(encoding=encoding, newline="") as file:
        hint = file.readline(100).strip("\r\n\"' ")
    return hint[-1] if hint.lower().startswith("sep=") and len(hint) == len("sep=") + 1 else None


def _delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that gives most records as many fields as the header has."""
    scores = {delimiter: _consistency(path, encoding, delimiter) for delimiter in _DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0, 0) else ","


def _consistency(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file, path.name), delimiter=delimiter, strict=True)
        try:
            widths.extend(len(record) for record in itertools.islice(reader, _SAMPLE) if record)
        except csv.Error:
            widths.append(0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])
