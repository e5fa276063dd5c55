"""Sheets opened again: which they are, and what stands in each row, wherever it has moved to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from supertouch.instruments.audit import form as forms
from supertouch.instruments.audit.form import AUDIT, START_LIST, Column
from supertouch.instruments.books import ANEW, WIDEST, book, formula, reject_sprawling, unusable
from supertouch.language import Language, language, speaks

__all__ = ["Cell", "Line", "Opened", "is_filled", "opened"]

COLUMNS = {"audit": AUDIT, "start_list": START_LIST}
SEARCHED, MOST = 60, 2_000
BESIDE = "Delete what stands below and beside the sheet."
CHANGED = "is no audit sheet, or its hidden sheet was changed."


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; of a formula, its result, which may be missing.

    ``merged`` is a cell that vanished behind another one, with what may have been meant for it.
    """

    value: object = None
    formula: str = ""
    merged: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing was written into it."""
        nothing = self.value is None or (isinstance(self.value, str) and not self.value.strip())
        return nothing and not self.formula and not self.merged


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet.

    Attributes
    ----------
    number : int
        As Excel counts it.
    id : str
        The touchpoint's id; empty where people name one.
    given : mapping
        What stood in the row when it was made, by column key.
    cells : mapping
        What stands there now.
    beside : mapping
        What stands outside the sheet's columns, by the letters of its column.
    """

    number: int
    id: str
    given: Mapping[str, object]
    cells: Mapping[str, Cell]
    beside: Mapping[str, object] = field(default_factory=dict)

    def told(self, key: str) -> Cell:
        """Return the cell in the column of that key; a blank one where the column is gone."""
        return self.cells.get(key, Cell())


@dataclass(frozen=True, slots=True)
class Opened:
    """A sheet as it was found in a workbook."""

    path: Path
    purpose: str
    study: str
    words: Language
    points: int
    auditor: str
    sheet: str
    lines: tuple[Line, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that such a sheet has."""
        return COLUMNS[self.purpose]


def opened(path: Path, *, own_words: Path | None = None) -> Opened:
    """Open a workbook and find its sheet, by its hidden marks alone.

    ``own_words`` is the folder of the study's own languages.

    Raises
    ------
    DataError
        If it cannot be read, is no such sheet, or is one of a later version.
    """
    known, title, auditor, lines = _found(path)
    if not speaks(known["language"], own_words):
        raise unusable(path, CHANGED, ANEW)
    return Opened(
        path,
        known["form"],
        known["study"],
        language(known["language"], own_words),
        int(known["points"]),
        auditor or path.stem,
        title,
        lines,
    )


def _found(path: Path) -> tuple[dict[str, str], str, str, tuple[Line, ...]]:
    """Return what a workbook is, the name of its sheet, its auditor and its lines."""
    values = book(path, results=True)
    if forms.MEMORY not in values.sheetnames:
        raise unusable(path, "is no audit sheet, or has lost its hidden sheet.", ANEW)
    reject_sprawling(path, values[forms.MEMORY], remedy=ANEW)
    known, rows = _memory(path, values[forms.MEMORY])
    if int(known["version"]) > forms.VERSION:
        raise unusable(path, "was made by a later version of supertouch.", "Install that version.")
    found = _marked(values)
    if found is None:
        raise unusable(path, "has lost the hidden row that names its columns.", ANEW)
    page, line, place = found
    reject_sprawling(path, page, remedy=BESIDE)
    keys = _keys(path, page, line, place, COLUMNS[known["form"]])
    formulas = book(path, results=False)
    lines = _few(path, _lines(page, formulas[page.title], line, place, keys, rows))
    return known, page.title, _auditor(page, line, known["auditor"]), lines


Given = dict[str, dict[str, object]]


def _memory(path: Path, page: Any) -> tuple[dict[str, str], Given]:  # noqa: ANN401
    """Return what the sheet is, and what each touchpoint's row held, by id."""
    known = dict.fromkeys(("form", "version", "study", "language", "points", "auditor"), "")
    rows: Given = {}
    for name, value, *rest in page.iter_rows(min_col=1, max_col=4, values_only=True):
        text = "" if value is None else str(value)
        if name != "row":
            known[str(name)] = text
        elif text:
            rows[text] = _given(rest[-1])
    numbers = known["version"].isdigit() and known["points"].isdigit()
    if known["form"] not in COLUMNS or not numbers:
        raise unusable(path, CHANGED, ANEW)
    return known, rows


def _given(text: object) -> dict[str, object]:
    """Return what a row held when it was made; nothing where that was changed."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _marked(book: Any) -> tuple[Any, int, int] | None:  # noqa: ANN401
    """Return the sheet, row and column of the mark that heads the hidden keys."""
    for page in book.worksheets:
        for row in page.iter_rows(max_row=SEARCHED, max_col=min(page.max_column, WIDEST)):
            for cell in row:
                if cell.value == forms.KEYS:
                    return page, cell.row, cell.column
    return None


def _keys(
    path: Path,
    page: Any,  # noqa: ANN401
    line: int,
    place: int,
    columns: tuple[Column, ...],
) -> dict[int, str]:
    """Return the key of each column, by its number; all must be there, each once."""
    keys = {
        cell.column: str(cell.value)
        for cell in page[line]
        if cell.column != place and cell.value is not None
    }
    found = list(keys.values())
    wrong = [column.key for column in columns if found.count(column.key) != 1]
    if wrong:
        rule = f"has lost a column, or has it twice: {', '.join(wrong)}."
        raise unusable(path, rule, ANEW)
    return keys


def _auditor(page: Any, line: int, made_for: str) -> str:  # noqa: ANN401
    """Return the name in the sheet, in the third row above the keys' one; else whom it was for."""
    value = page.cell(max(1, line - 2), 3).value
    return " ".join(str(value).split()) if value is not None else made_for


def _lines(
    page: Any,  # noqa: ANN401
    formulas: Any,  # noqa: ANN401
    line: int,
    place: int,
    keys: Mapping[int, str],
    rows: Given,
) -> Iterator[Line]:
    by_label: dict[str, list[str]] = {}
    for id_, given in rows.items():
        by_label.setdefault(_plain(given.get("touchpoint")), []).append(id_)
    merged, width = _merged(page), page.max_column
    for number in range(line + 1, page.max_row + 1):
        mark = str(page.cell(number, place).value or "")
        if mark in (forms.HEADER, forms.SECTION):
            continue
        cells = {
            key: Cell(merged=True)
            if (number, at) in merged
            else _cell(page.cell(number, at), formulas.cell(number, at))
            for at, key in keys.items()
        }
        beside = {
            cell.column_letter: cell.value
            for cell in (page.cell(number, at) for at in range(1, width + 1))
            if cell.column not in (place, *keys) and cell.value is not None
        }
        if not mark and not beside and all(cell.blank for cell in cells.values()):
            continue
        label = _plain(cells.get("touchpoint", Cell()).value)
        id_ = _which(mark.removeprefix("id:"), label, rows, by_label)
        yield Line(number, id_, rows.get(id_, {}), cells, beside)


def _few(path: Path, lines: Iterator[Line]) -> tuple[Line, ...]:
    found = tuple(islice(lines, MOST + 1))
    if len(found) > MOST:
        rule = f"has more than {MOST:,} rows that are filled in."
        raise unusable(path, rule, "Clear the rows that are not about touchpoints.")
    return found


def _merged(page: Any) -> set[tuple[int, int]]:  # noqa: ANN401
    """Return the cells, by row and column, that vanished behind one that holds something."""
    return {
        place
        for area in page.merged_cells.ranges
        if page.cell(area.min_row, area.min_col).value is not None
        for place in list(area.cells)[1:]
    }


def _which(mark: str, label: str, rows: Given, by_label: Mapping[str, list[str]]) -> str:
    """Return the touchpoint of a row: the one that people see, or that of the row's own mark.

    They differ where rows were sorted without the hidden column.
    """
    seen = by_label.get(label, [])
    if mark in rows:
        return seen[0] if len(seen) == 1 and mark not in seen else mark
    return seen[0] if len(seen) == 1 and mark != forms.FREE else ""


def _plain(value: object) -> str:
    return " ".join(str(value or "").split())


def _cell(result: Any, written: Any) -> Cell:  # noqa: ANN401
    if written.data_type == "f":
        return Cell(result.value, formula(written))
    return Cell(result.value)


def is_filled(path: Path) -> bool:
    """Tell whether somebody wrote into a sheet.

    Raises
    ------
    DataError
        If the file is no such sheet.
    """
    return any(
        _differs(cell, line.given.get(key))
        for line in _found(path)[-1]
        for key, cell in line.cells.items()
    )


def _differs(cell: Cell, given: object) -> bool:
    if cell.blank:
        return given not in (None, "")
    if isinstance(cell.value, int | float) and isinstance(given, int | float):
        return float(cell.value) != float(given)
    return bool(cell.formula) or _plain(cell.value) != _plain(given)
