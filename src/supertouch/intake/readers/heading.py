"""What stands above a file's first row of data: names, question texts, and who wrote them.

A platform's export is recognised by the structure of its first rows; its module returns a
`Heading` that says what they mean. Values are never changed by that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from supertouch.intake.readers.raw import header_names, listed, unusable
from supertouch.intake.recode import texts
from supertouch.study.model import Code

__all__ = [
    "Counts",
    "Heading",
    "Insight",
    "Recognise",
    "named",
    "plain",
    "shortened",
    "spaced",
    "unique",
]


@dataclass(frozen=True, slots=True)
class Insight:
    """What a platform's module concludes from counted values."""

    notes: tuple[str, ...] = ()
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing_codes: Mapping[str, tuple[tuple[Code, Code], ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Counts:
    """How often the values that a `Heading` looks for occur, column by column.

    Attributes
    ----------
    filled : Counter
        Per column the cells that are not empty.
    found : mapping
        Per column and value looked for its number of cells.
    """

    filled: Counter[str] = field(default_factory=Counter)
    found: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, column: str, cells: Sequence[str], wanted: Sequence[str]) -> None:
        """Count some cells of a column."""
        self.filled[column] += len(cells) - cells.count("")
        found = self.found.setdefault(column, Counter())
        for value in wanted:
            found[value] += cells.count(value)


@dataclass(frozen=True, slots=True)
class Heading:
    """The rows above the data, understood.

    Attributes
    ----------
    names : tuple of str
        The columns' names, each one once.
    rows : int
        How many records stand above the data.
    platform : str
        Survey platform whose export this is; empty if none was recognised.
    original_names : mapping
        Names that are not as in the file, with what the file has.
    column_labels, value_labels, sets, notes
        As in `RawFile`.
    looked_for : mapping
        Per column the values to count while the file is read.
    conclude : callable
        Turns these counts into what is to be told of the file.
    """

    names: tuple[str, ...]
    rows: int = 1
    platform: str = ""
    original_names: Mapping[str, str] = field(default_factory=dict)
    column_labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Code, str]] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    looked_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conclude: Callable[[Counts], Insight] = lambda counts: Insight()  # noqa: ARG005

    def insight(self, frame: pd.DataFrame) -> Insight:
        """Return what the values of a whole frame tell."""
        counts = Counts()
        for name, wanted in self.looked_for.items():
            counts.add(name, texts(frame[name]).fillna("").tolist(), wanted)
        return self.conclude(counts)

    def described(self, insight: Insight) -> dict[str, Any]:
        """Return the fields of a `RawFile` that come from the heading."""
        return {
            "original_names": self.original_names,
            "column_labels": self.column_labels,
            "value_labels": self.value_labels,
            "missing_codes": insight.missing_codes,
            "sets": {**self.sets, **insight.sets},
            "platform": self.platform,
        }


Recognise = Callable[[Sequence[Sequence[str]], str], Heading | None]


def plain(first: Sequence[str], place: str) -> Heading:
    """Return the heading of a file whose first row holds its columns' names.

    Raises
    ------
    DataError
        If a name stands twice, is one that supertouch keeps for itself, or only one of several
        columns has a name: then a title stands above the names.
    """
    _reject_title(first, place)
    names, changed, notes = header_names(first, place)
    return Heading(tuple(names), original_names=changed, notes=notes)


def _reject_title(first: Sequence[str], place: str) -> None:
    filled = [cell for cell in first if cell.strip()]
    if len(first) > 2 and len(filled) == 1:
        raise unusable(
            place,
            f"is the only name for {len(first)} columns, so it is a title and not their header.",
            "Remove the rows above the columns' names from the file.",
            value=f"header '{filled[0].strip()}'",
        )


def named(
    names: Sequence[str], found: Sequence[str], place: str, *, platform: str, rows: int
) -> Heading:
    """Return the heading of a platform's export whose columns are to be called ``names``.

    Names that stand more than once get ``.2``, ``.3`` … behind them; a note says which.

    Parameters
    ----------
    names : sequence of str
        Wanted names, in the order of the columns.
    found : sequence of str
        What stands in the file's first row.
    """
    once = unique(names)
    heading = plain(once, place)
    added = [new for new, name in zip(once, names, strict=True) if new != name]
    told = f"{len(added)} header(s) stand more than once and were numbered: {listed(added)}"
    changed = {
        name: original
        for name, original in zip(heading.names, found, strict=True)
        if name != original
    }
    return replace(
        heading,
        platform=platform,
        rows=rows,
        original_names=changed,
        notes=heading.notes + ((told,) if added else ()),
    )


def unique(names: Sequence[str]) -> list[str]:
    """Return the names with ``.2``, ``.3`` … behind those that stood before.

    >>> unique(["a", "b", "a", "a.2", "a", ""])
    ['a', 'b', 'a.2', 'a.2.2', 'a.3', '']
    """
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    result: list[str] = []
    for name in map(str.strip, names):
        new = name
        while new and new in taken:
            numbers[name] += 1
            new = f"{name}.{numbers[name] + 1}"
        taken.add(new)
        result.append(new)
    return result


def spaced(text: str) -> str:
    """Return a text with single blanks between its words, and none around."""
    return " ".join(text.split())


def shortened(text: str, most: int) -> str:
    """Return the first words of a text, up to ``most`` characters.

    >>> shortened("Which of the following  films have you seen?", 24)
    'Which of the following'
    """
    text = spaced(text)
    if len(text) <= most:
        return text
    cut = text[: most + 1].rpartition(" ")[0]
    return (cut if len(cut) > most // 2 else text[:most]).rstrip(" ,;:.-([")
