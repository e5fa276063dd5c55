"""Which sheet of a workbook holds the answers: named, the only one, or asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supertouch.errors import DataError
from supertouch.intake.readers.codebook import is_title, read_table
from supertouch.intake.readers.raw import unusable
from supertouch.intake.readers.workbooks import as_texts, values

__all__ = ["Choice", "choose"]

_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """The sheet that is read, and how it came to that.

    Attributes
    ----------
    title : str
        The sheet with the answers.
    codebook : str
        The sheet with texts and codes of the variables; empty if there is none.
    notes : tuple of str
        Which sheets were passed over.
    """

    title: str
    codebook: str = ""
    notes: tuple[str, ...] = ()


def choose(path: Path, pages: Mapping[str, Any], sheet: str | None) -> Choice:
    """Choose the sheet that is named, or the only one that holds a table of answers.

    A sheet called Codebook, Variablen or the like, with a table of codes, is read as codebook. A
    sheet of a single column counts as a page of remarks where another has several columns.

    Raises
    ------
    DataError
        If there is no such sheet, or none is named and several hold a table.
    """
    if sheet is not None and sheet not in pages:
        raise _no_sheet(path, sheet, list(pages))
    tops = {
        title: [row for row in values(page, last_row=_LOOKED_AT) if row]
        for title, page in pages.items()
        if title == sheet or not (sheet and not is_title(title))
    }
    books = [
        title
        for title, rows in tops.items()
        if is_title(title) and title != sheet and read_table([as_texts(row) for row in rows])
    ]
    codebook = books[0] if len(books) == 1 and len(pages) > 1 else ""
    if sheet is not None:
        return Choice(sheet, codebook)
    filled = {title: rows for title, rows in tops.items() if rows and title != codebook}
    tables = [title for title, rows in filled.items() if _is_table(rows, columns=2)]
    tables = tables or [title for title, rows in filled.items() if _is_table(rows, columns=1)]
    if len(tables) > 1:
        raise _several(path, tables)
    title = next(iter([*tables, *filled, *pages]), "")
    if title not in pages:
        raise unusable(
            path.name, "holds no sheet with cells.", "Save the answers as a sheet of the workbook."
        )
    others = [repr(other) for other in filled if other != title]
    told = f"sheet '{title}' taken; passed over: {', '.join(others)}"
    return Choice(title, codebook, (told,) if others else ())


def _is_table(rows: Sequence[Sequence[Any]], *, columns: int) -> bool:
    """Tell whether a header and a row of data stand at the top, in so many columns or more."""
    return len(rows) > 1 and sum(cell is not None for cell in rows[0]) >= columns


def _no_sheet(path: Path, sheet: str, sheets: Sequence[str]) -> DataError:
    return unusable(
        path.name,
        f"is not among the sheets of the file: {', '.join(map(repr, sheets))}.",
        "Correct the key 'sheet' of the wave.",
        value=f"sheet '{sheet}'",
    )


def _several(path: Path, tables: Sequence[str]) -> DataError:
    return unusable(
        path.name,
        "hold a table each, and the study names none of them.",
        f'Name the sheet with the answers in the wave, such as sheet = "{tables[0]}".',
        value=f"sheets {', '.join(map(repr, tables))}",
    )
