"""The columns of banner tables: everybody and the groups that may be shown, with their letters."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import TypeVar

from supertouch.findings.banner.sources import Labelled
from supertouch.study.model import Study

__all__ = ["column_letter", "column_letters", "ordered"]

Column = TypeVar("Column", bound=Labelled)


def column_letter(place: int) -> str:
    """Name a column as spreadsheets do.

    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters = string.ascii_uppercase[rest] + letters
        place -= 1
    return letters


def column_letters(count: int) -> tuple[str, ...]:
    """Name k columns, everybody first, who has no letter.

    >>> column_letters(3)
    ('', 'A', 'B')
    """
    return ("", *(column_letter(place) for place in range(count - 1)))


def ordered(study: Study, columns: Iterable[Column]) -> tuple[Column, ...]:
    """Put everybody first, then the values of the segments, in the order of the study."""
    order = {
        (segment.id, _key(code)): place
        for segment in study.segments
        for place, code in enumerate(segment.values)
    }
    names = ["", *(segment.id for segment in study.segments)]

    def place(column: Column) -> tuple[int, int, str]:
        key = (column.segment, column.value)
        return names.index(column.segment), order.get(key, len(order)), column.value

    return tuple(sorted(columns, key=place))


def _key(code: float | str) -> str:
    whole = isinstance(code, float) and code.is_integer()
    return str(int(code)) if whole else str(code)
