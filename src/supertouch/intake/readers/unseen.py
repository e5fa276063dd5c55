"""Cells that show a value in Excel and hold none in the file: reading them as blank would lie."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from supertouch.errors import DataError, Problem

__all__ = ["reject_unseen"]

_LISTED = 8


def reject_unseen(path: Path, part: str, table: Sequence[Sequence[Any]], place: str) -> None:
    """Raise if the sheet has formulas without a result, or merged cells among its data.

    Parameters
    ----------
    path : Path
        The workbook.
    part : str
        The sheet's own file inside the workbook.
    table : sequence of rows
        The sheet's values; a merged range whose first cell is blank hides nothing.
    place : str
        The sheet in words, for the message.

    Raises
    ------
    DataError
        With one problem for the formulas and one for the merged cells.
    """
    formulas, ranges = _scan(path, part)
    merged = [ref for ref in ranges if _hides(ref, table)]
    problems = [
        Problem(place, f"cell(s) {_listed(cells)}", rule, remedy)
        for cells, rule, remedy in (
            (
                formulas,
                "hold a formula whose result is not in the file, so they would read as blank.",
                "Open the file in Excel and save it: that stores the results.",
            ),
            (
                merged,
                "are merged, so all but the first of them would read as blank.",
                "Unmerge them in Excel, and give each row its own value.",
            ),
        )
        if cells
    ]
    if problems:
        raise DataError(problems)


def _scan(path: Path, part: str) -> tuple[list[str], list[str]]:
    """Return the cells whose formula has no stored result, and the merged ranges."""
    formulas: list[str] = []
    merged: list[str] = []
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        for _, element in ElementTree.iterparse(stream):
            name = element.tag.rpartition("}")[2]
            if name == "row":
                formulas += _unsolved(element)
                element.clear()
            elif name == "mergeCell":
                merged.append(element.get("ref", ""))
    return formulas, merged


def _unsolved(row: ElementTree.Element) -> Iterator[str]:
    """Yield the cells with a formula and no result; an empty text is a result."""
    for cell in row:
        inside = {child.tag.rpartition("}")[2]: child.text for child in cell}
        known = "v" in inside and (inside["v"] or cell.get("t") == "str")
        if "f" in inside and not known:
            yield cell.get("r") or f"in row {row.get('r')}"


def _hides(ref: str, table: Sequence[Sequence[Any]]) -> bool:
    """Tell whether a merged range reaches below the header and shows a value there."""
    from openpyxl.utils import range_boundaries

    left, top, _, bottom = range_boundaries(ref)
    if left is None or top is None or bottom is None or bottom < 2 or top > len(table):
        return False
    row = table[top - 1]
    return left <= len(row) and row[left - 1] is not None


def _listed(cells: Sequence[str]) -> str:
    more = f" (and {len(cells) - _LISTED} more)" if len(cells) > _LISTED else ""
    return ", ".join(cells[:_LISTED]) + more
