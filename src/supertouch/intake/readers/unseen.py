"""Cells that show a value in Excel and hold none in the file: reading them as blank would lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from supertouch.errors import DataError, Problem
from supertouch.packed import Layout

__all__ = ["reject_unseen"]

_LISTED = 8


def reject_unseen(layout: Layout, table: Sequence[Sequence[Any]], place: str) -> None:
    """Raise if the sheet has formulas without a result, or merged cells among its data.

    Parameters
    ----------
    layout : Layout
        What the sheet's XML holds.
    table : sequence of rows
        The sheet's values; a merged range whose first cell is blank hides nothing.
    place : str
        The sheet in words, for the message.

    Raises
    ------
    DataError
        With one problem for the formulas and one for the merged cells.
    """
    merged = [ref for ref in layout.merged if _hides(ref, table)]
    problems = [
        Problem(place, f"cell(s) {_listed(cells)}", rule, remedy)
        for cells, rule, remedy in (
            (
                layout.unsolved,
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
