"""Decimal commas: found out per column, turned into points where nothing else makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from supertouch.intake.readers.encodings import blocks
from supertouch.intake.readers.raw import listed
from supertouch.intake.readers.text import TextFile

__all__ = ["Commas", "Suspects", "may_hold_commas", "pointed", "settle"]

Reading = Literal["decimal", "unclear", "mixed", "list"]

_COMMA_NUMBER = r"^\s*[+-]?(\d*|\d{1,3}(\.\d{3})+),\d+\s*$"
_DECIMAL = re.compile(r"[+-]?(?:\d*|\d{1,3}(?:\.\d{3})+),\d+")
_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_WHOLE = re.compile(r"[+-]?\d+")
_QUOTED = re.compile(rb'" *[+-]?[\d.]*,\d+ *"')

_TOLD: dict[Reading, str] = {
    "decimal": "decimal commas read as decimal points in",
    "unclear": "numbers such as 1,234 could be thousands or decimals: left as they are in",
    "mixed": "numbers with a comma stand beside other texts or decimal points: left as they are in",
    "list": "numbers with a comma, in a file whose delimiter is the comma, could be decimals or "
    "several codes: left as they are in",
}


@dataclass(frozen=True, slots=True)
class Commas:
    """Which columns of a file hold numbers with a comma.

    Attributes
    ----------
    decimal : tuple of str
        Columns whose commas can only be decimal commas.
    notes : tuple of str
        What was decided, and what was left as it is.
    """

    decimal: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def may_hold_commas(text: TextFile) -> bool:
    """Tell whether some cell could hold a number with a comma, from the file's bytes alone."""
    if text.encoding == "utf-16":
        return True
    if text.delimiter == ",":
        return any(_QUOTED.search(block) for block in blocks(text.path))
    return any(b"," in block for block in blocks(text.path))


@dataclass(slots=True)
class Suspects:
    """Columns in which every cell with a comma is a number with a comma, as far as was read."""

    found: dict[str, bool] = field(default_factory=dict)

    def look(self, names: Sequence[str], columns: Iterable[Any]) -> None:
        """Look at some more rows: one Arrow array per column, in the order of the names."""
        import pyarrow.compute

        of = pyarrow.compute
        for name, column in zip(names, columns, strict=True):
            if self.found.get(name, True):
                n = of.sum(of.match_substring(column, ",")).as_py()
                if n:
                    numbers = of.sum(of.match_substring_regex(column, _COMMA_NUMBER)).as_py()
                    self.found[name] = numbers == n

    @property
    def names(self) -> list[str]:
        """The columns."""
        return [name for name, suspect in self.found.items() if suspect]


def settle(names: Sequence[str], chunks: Iterable[pd.DataFrame], delimiter: str) -> Commas:
    """Decide for each suspect column, from all of its values, what its commas mean."""
    kinds: dict[str, set[str]] = {name: set() for name in names}
    for chunk in chunks:
        for name, found in kinds.items():
            found |= {_kind(value) for value in chunk[name].dropna().unique()}
    readings = {name: _reading(found, delimiter) for name, found in kinds.items()}
    grouped = {
        reading: [name for name, other in readings.items() if other == reading] for reading in _TOLD
    }
    notes = [f"{_TOLD[reading]} {listed(which)}" for reading, which in grouped.items() if which]
    return Commas(tuple(grouped["decimal"]), tuple(notes))


def _kind(value: str) -> str:
    value = value.strip()
    if _WHOLE.fullmatch(value):
        return "whole"
    if _UNCLEAR.fullmatch(value):
        return "unclear"
    return "decimal" if _DECIMAL.fullmatch(value) else "other"


def _reading(found: set[str], delimiter: str) -> Reading:
    if "other" in found:
        return "mixed"
    if delimiter == ",":
        return "list"
    return "decimal" if "decimal" in found else "unclear"


def pointed(column: Any) -> Any:  # noqa: ANN401
    """Return an Arrow array of numbers with decimal commas as numbers with decimal points."""
    import pyarrow.compute

    of = pyarrow.compute
    comma = of.match_substring(column, ",")
    turned = of.replace_substring(of.replace_substring(column, ".", ""), ",", ".")
    return of.if_else(comma, turned, column)
