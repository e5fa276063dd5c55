"""Text that a spreadsheet shows as it is and never takes for a formula, a link or a number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["LONGEST", "cell_text", "chart_text", "looks_like_formula", "sheet_name"]

LONGEST = 32_767
LONGEST_NAME = 31
CUT = " …"
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
REFERENCE = re.compile(r"!(?=\$?[A-Z])")
FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


@lru_cache(maxsize=65_536)
def cell_text(text: str) -> str:
    r"""Return ``text`` as a cell can hold it: no control characters, at most 32,767 long.

    What is cut ends in an ellipsis. Length counts as spreadsheets count it, in UTF-16 units.

    >>> cell_text("a\x00b")
    'a b'
    """
    clean = UNSAFE.sub(" ", text.replace("\r\n", "\n").replace("\t", " "))
    if 2 * len(clean) <= LONGEST or _units(clean) <= LONGEST:
        return clean
    return _first(clean, LONGEST - len(CUT)) + CUT


@lru_cache(maxsize=65_536)
def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take ``text`` for a formula if somebody typed it.

    >>> looks_like_formula("=1+1"), looks_like_formula(" @SUM(A1)"), looks_like_formula("a=1")
    (True, True, False)
    """
    return text.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") and bool(text.strip())


def chart_text(text: str) -> str:
    """Return ``text`` for an axis or a label of a chart, where it could pass for a reference.

    A blank of no width parts what would be read as one, such as an exclamation mark and a cell.
    """
    clean = REFERENCE.sub("!\u200b", cell_text(text))
    return f"\u200b{clean}" if looks_like_formula(clean) else clean


def sheet_name(wanted: str, *, taken: Iterable[str]) -> str:
    """Return a name for a sheet that a workbook allows and no other sheet has.

    >>> sheet_name("Sales/2026: [north]", taken=["sales 2026 north"])
    'Sales 2026 north 2'
    """
    used = {name.casefold() for name in taken} | {"history"}
    plain = " ".join(FORBIDDEN.sub(" ", cell_text(wanted)).split()) or "–"
    name = _first(plain, LONGEST_NAME).rstrip()
    number = 2
    while name.casefold() in used:
        tail = f" {number}"
        name = _first(plain, LONGEST_NAME - len(tail)).rstrip() + tail
        number += 1
    return name


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _first(text: str, units: int) -> str:
    """Return the beginning of ``text`` that takes at most ``units`` UTF-16 units."""
    found = text[:units]
    while _units(found) > units:
        found = found[: len(found) - max(1, (_units(found) - units) // 2)]
    return found
