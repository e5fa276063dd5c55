"""Delimited text (.csv, .txt, .tsv): found out how it is written; cells stay text."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.readers.commas import Commas, Suspects, may_hold_commas, pointed, settle
from supertouch.intake.readers.heading import Counts, Heading
from supertouch.intake.readers.platforms import heading_of
from supertouch.intake.readers.raw import FAULT, ROW, RawFile, no_rows
from supertouch.intake.readers.text import Block, TextFile, changed, open_text

__all__ = ["headers", "read"]

_LISTED = 8
_HEADER_ROWS = 3

Tell = Callable[[int], None]


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the column names of a delimited text file."""
    text = open_text(path, sheet)
    return list(_heading(text).names)


def read(path: Path, sheet: str | None = None, *, tell: Tell) -> RawFile:
    """Look through a delimited text file; its rows are handed out in parts of bounded memory.

    Blank cells are missing and everything else stays as text, but for decimal commas: a column
    of numbers whose commas can be nothing else has points instead, and a note says so.

    Raises
    ------
    DataError
        If the file is empty, cannot be decoded without loss, has broken quotes, or has rows with
        more fields than its header.
    """
    text = open_text(path, sheet)
    heading = _heading(text)
    seen = _look_through(text, heading, tell)
    commas = Commas()
    if seen.suspects.names:
        chunks = _Table(text, heading, seen)(seen.suspects.names, _unheard)
        commas = settle(seen.suspects.names, chunks, text.delimiter)
    insight = heading.conclude(seen.counts)
    return RawFile(
        _Table(text, heading, seen, commas.decimal),
        "csv",
        encoding=text.encoding,
        delimiter=text.delimiter,
        n_rows=seen.n_rows,
        notes=(
            *text.notes(),
            *heading.notes,
            *insight.notes,
            *commas.notes,
            *seen.notes(),
        ),
        **heading.described(insight),
    )


def _unheard(done: int) -> None:
    """Tell nobody how far it is."""


def _heading(text: TextFile) -> Heading:
    return heading_of(text.first(_HEADER_ROWS), text.path, text.path.name)


@dataclass(slots=True)
class _Seen:
    """What the first look through a file found."""

    n_rows: int = 0
    n_blank: int = 0
    n_short: int = 0
    long: list[tuple[int, int]] = field(default_factory=list)
    n_long: int = 0
    counts: Counts = field(default_factory=Counts)
    suspects: Suspects = field(default_factory=Suspects)

    def widths(self, block: Block, width: int) -> None:
        """Count rows that have fewer or more fields than the header."""
        found = list(map(len, block.rows))
        self.n_rows += len(found)
        self.n_blank += block.n_blank
        if found and (min(found) < width or max(found) > width):
            self.n_short += sum(n < width for n in found)
            long = [(i, n) for i, n in zip(block.numbers, found, strict=True) if n > width]
            self.n_long += len(long)
            self.long = (self.long + long)[:_LISTED]

    def notes(self) -> Iterator[str]:
        """Yield what is to be told of the rows."""
        if self.n_blank:
            yield f"{self.n_blank} wholly blank row(s) passed over; they keep their row number"
        if self.n_short:
            yield f"{self.n_short} row(s) have fewer fields than the header, and are marked"


def _look_through(text: TextFile, heading: Heading, tell: Tell) -> _Seen:
    seen = _Seen()
    names = heading.names
    all_places = {name: i for i, name in enumerate(names)}
    place = {name: all_places[name] for name in heading.looked_for}
    with_commas = may_hold_commas(text)
    for block in text.blocks(heading.rows):
        seen.widths(block, len(names))
        for name, i in place.items():
            cells = [row[i] if i < len(row) else "" for row in block.rows]
            seen.counts.add(name, cells, heading.looked_for[name])
        if with_commas:
            seen.suspects.look(names, _arrays(block.rows, len(names)))
        tell(block.done)
    if seen.long:
        raise _too_long(seen, len(names), text.path.name)
    if not seen.n_rows:
        raise no_rows(text.path.name)
    return seen


def _too_long(seen: _Seen, width: int, place: str) -> DataError:
    more = f" (and {seen.n_long - _LISTED} more)" if seen.n_long > _LISTED else ""
    return DataError(
        Problem(
            f"{place}, row {', '.join(str(number) for number, _ in seen.long)}{more}",
            f"{seen.long[0][1]} fields",
            f"are more than the {width} of the header.",
            "Put fields that hold the delimiter in quotation marks, or export the file again.",
        )
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """Hands out a text file's rows as frames."""

    text: TextFile
    heading: Heading
    seen: _Seen
    decimal: Sequence[str] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the frames have."""
        return (*self.heading.names, ROW, *([FAULT] if self.seen.n_short else []))

    def __call__(self, columns: Sequence[str] | None, tell: Tell) -> Iterator[pd.DataFrame]:
        names = self.heading.names
        wanted = list(names if columns is None else columns)
        known = {name: i for i, name in enumerate(names)}
        places = None if columns is None else [known[name] for name in wanted]
        n_rows = 0
        for block in self.text.blocks(self.heading.rows):
            n_rows += len(block.rows)
            if block.rows:
                arrays = _arrays(block.rows, len(names), places)
                frame = _framed(dict(zip(wanted, arrays, strict=True)), self.decimal)
                frame[ROW] = pd.Series(block.numbers, dtype="int64")
                if self.seen.n_short and columns is None:
                    frame[FAULT] = _short(block.rows, len(names))
                yield frame
            tell(block.done)
        if n_rows != self.seen.n_rows:
            raise changed(self.text.path.name)


def _arrays(
    rows: Sequence[Sequence[str]], width: int, places: Sequence[int] | None = None
) -> Iterator[Any]:
    """Yield some columns, or all, as Arrow arrays of text."""
    import pyarrow

    columns: Iterable[tuple[str, ...]]
    if places is None:
        cells = itertools.zip_longest(*rows, fillvalue="")
        empty = itertools.repeat(("",) * len(rows))
        columns = itertools.islice(itertools.chain(cells, empty), width)
    else:
        columns = (tuple(row[i] if i < len(row) else "" for row in rows) for i in places)
    for column in columns:
        yield pyarrow.array(column, type=pyarrow.string())


def _framed(arrays: dict[str, Any], decimal: Sequence[str]) -> pd.DataFrame:
    """Return the columns as a frame; cells that hold nothing but blanks are missing."""
    import pyarrow
    import pyarrow.compute

    of = pyarrow.compute
    nothing = pyarrow.scalar(None, pyarrow.string())
    for name, array in arrays.items():
        blank = of.equal(of.utf8_trim_whitespace(array), "")
        filled = of.if_else(blank, nothing, array)
        arrays[name] = pointed(filled) if name in decimal else filled
    frame: pd.DataFrame = pyarrow.table(arrays).to_pandas()
    return frame


def _short(rows: Sequence[Sequence[str]], width: int) -> pd.Series[str]:
    faults = [
        f"the row has {len(row)} fields and the header {width}" if len(row) < width else None
        for row in rows
    ]
    return pd.Series(faults, dtype="str")
