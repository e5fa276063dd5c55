"""How far a sheet of a workbook reaches, told from its XML before its cells are held in memory."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from supertouch.packed.members import opened_archive, unsound

__all__ = ["Layout", "layout_of", "reject_vast"]

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
FAR, WIDE, AREA = 100_000, 1_000, 1_000_000
_BLOCK = 1 << 20
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_RANGED = ("mergeCell", "hyperlink")
_NUMBERED = re.compile(r"(\d{1,8})(?:\.0+)?", re.ASCII)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(slots=True)
class Layout:
    """A sheet as its XML has it.

    Attributes
    ----------
    last_row, last_column : int
        How far the cells reach.
    widest : int
        The row that reaches furthest to the right.
    n_rows : int
        Rows with cells.
    unsolved : list of str
        Cells with a formula and no stored result.
    merged : list of str
        Merged ranges, as ``A2:A5``.
    area : int
        Cells below merged ranges and links together.
    fault : str
        The first thing that no workbook may hold, such as a row that stands behind a later one.
    """

    last_row: int = 0
    last_column: int = 0
    widest: int = 0
    n_rows: int = 0
    unsolved: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    area: int = 0
    fault: str = ""


class _SeenError(Exception):
    """The rows that were asked for have been seen."""


@dataclass(slots=True)
class _Scan:
    """Follows the elements of a sheet, as the library that reads it will."""

    layout: Layout
    rows: int | None
    row: int = 0
    column: int = 0
    reference: str = ""
    kind: str = ""
    formula: bool = False
    value: bool = False
    filled: bool = False
    inside: bool = False

    def begin(self, name: str, has: Mapping[str, str]) -> None:
        space, _, name = name.rpartition("}")
        if name == "c":
            self._cell(has)
        elif name == "row" and space == _MAIN:
            self._row(has)
        elif name == "f":
            self.formula = True
        elif name == "v":
            self.value = self.inside = True
        elif name in _RANGED:
            self._range(name, has.get("ref", ""))

    def end(self, name: str) -> None:
        name = name.rpartition("}")[2]
        if name == "v":
            self.inside = False
        elif name == "c" and self.formula:
            known = self.value and (self.filled or self.kind == "str")
            if not known:
                self.layout.unsolved.append(self.reference or f"in row {self.row}")

    def text(self, _: str) -> None:
        if self.inside:
            self.filled = True

    def _row(self, has: Mapping[str, str]) -> None:
        written = has.get("r", str(self.row + 1))
        number = _NUMBERED.fullmatch(written)
        if number is None:
            self._stop(f"has a row numbered '{written[:20]}'.")
        found = int(number.group(1))
        if found <= self.row:
            self._stop(f"has row {found} behind row {self.row}: one of them would be lost.")
        if found > MOST_ROWS:
            self._stop(f"has a row numbered {found:,}, and Excel has no more than {MOST_ROWS:,}.")
        self.row, self.column = found, 0
        if self.rows is not None and found > self.rows:
            raise _SeenError

    def _cell(self, has: Mapping[str, str]) -> None:
        self.reference, self.kind = has.get("r", ""), has.get("t", "")
        self.formula = self.value = self.filled = False
        column = self.column + 1
        if self.reference:
            row, column = _place(self.reference)
            if not row:
                self._stop(f"has a cell called '{self.reference[:20]}'.")
            elif row != self.row:
                self._stop(f"has the cell {self.reference} in row {self.row}.")
            elif column <= self.column:
                self._stop(f"has the cell {self.reference} behind a later one of its row.")
        if column > MOST_COLUMNS:
            self._stop(f"has more than the {MOST_COLUMNS:,} columns of Excel in row {self.row}.")
        layout = self.layout
        if not self.column:
            layout.n_rows += 1
            layout.last_row = self.row
        self.column = column
        if column > layout.last_column:
            layout.last_column, layout.widest = column, self.row

    def _range(self, name: str, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = _place(first)
        bottom, right = _place(last or first)
        known = bool(top and bottom)
        self.layout.area += (bottom - top + 1) * (right - left + 1) if known else MOST_ROWS
        if name == "mergeCell":
            self.layout.merged.append(reference)

    def _stop(self, fault: str) -> NoReturn:
        self.layout.fault = fault
        raise _SeenError


def layout_of(path: Path, part: str, *, rows: int | None = None) -> Layout:
    """Return how far a sheet reaches; of its first ``rows`` rows only, if they are given.

    It takes no more memory than the names of cells that cannot be read.

    Raises
    ------
    DataError
        If the part is no sound XML, or says of rows and cells what no workbook may say: numbers
        out of order, twice, or beyond Excel's last row or column. The library that reads the
        cells would lose some of them, or never end.
    """
    layout = Layout()
    scan = _Scan(layout, rows)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = scan.begin
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.text
    with (
        opened_archive(path) as archive,
        archive.open(part) as stream,
        suppress(_SeenError),
    ):
        _feed(parser, stream)
    if layout.fault:
        raise unsound(path, layout.fault, "Open it in Excel and save it anew.", value=part)
    return layout


def _feed(parser: Any, stream: Any) -> None:  # noqa: ANN401
    while block := stream.read(_BLOCK):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def reject_vast(path: Path, roots: Mapping[str, str], *, remedy: str) -> None:
    """Raise if a sheet reaches so far that holding all its cells would take minutes.

    Parameters
    ----------
    path : Path
        The workbook.
    roots : mapping
        The root element of each part, from `look_into`.
    remedy : str
        What to do about it.

    Raises
    ------
    DataError
        If a sheet's cells lie below row 100,000 or beyond column 1,000, or its merged cells and
        links cover more than a million.
    """
    for part in _sheets(roots):
        layout = layout_of(path, part)
        if layout.last_row > FAR or layout.last_column > WIDE or layout.area > AREA:
            rule = (
                f"reaches to row {layout.last_row:,} and column {layout.last_column:,}, with "
                f"{layout.area:,} merged or linked cells: far more than a sheet of touchpoints."
            )
            raise unsound(path, rule, remedy)


def _sheets(roots: Mapping[str, str]) -> Collection[str]:
    return [part for part, root in roots.items() if root == "worksheet"]


def _place(reference: str) -> tuple[int, int]:
    """Return row and column of a cell's name, zeros where it is none."""
    found = _CELL.fullmatch(reference)
    if found is None:
        return 0, 0
    column = 0
    for letter in found.group(1).upper():
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)), column
