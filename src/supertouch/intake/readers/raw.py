"""What every reader returns, and the checks that all formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.study.model import Code

__all__ = [
    "FAULT",
    "FILE",
    "NO_ROWS",
    "ROW",
    "Held",
    "Parts",
    "RawFile",
    "header_names",
    "listed",
    "no_rows",
    "reject_many",
    "unusable",
    "with_rows",
]

NO_ROWS = "holds a header but no rows of data."

ROW = "__row__"
FILE = "__file__"
FAULT = "__fault__"
_RESERVED = (ROW, FILE, FAULT)

MOST_COLUMNS = 50_000
_TOLD = 20


class Parts(Protocol):
    """What hands out a file's rows, from the first to the last, as often as it is asked."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the parts have, ``__row__`` and the like among them."""

    def __call__(
        self, columns: Sequence[str] | None, tell: Callable[[int], None]
    ) -> Iterator[pd.DataFrame]:
        """Yield consecutive parts with all columns or some; ``tell`` hears how far it is."""


@dataclass(frozen=True)
class RawFile:
    """One raw file as it was found.

    Attributes
    ----------
    parts : Parts
        Hands out the rows; `chunks` and `frame` are the ways to ask for them.
    format : str
        ``csv``, ``excel``, ``spss`` or ``parquet``.
    encoding, delimiter, sheet : str or None
        Found out (CSV, SPSS) or chosen (Excel); None where the format has none.
    n_rows : int
        Rows of data.
    value_labels : mapping
        Per column the label of each code, as the file or its codebook declares them.
    missing_codes : mapping
        Per column the ranges ``(low, high)`` that the file declares missing (SPSS user-missing),
        or that its platform writes in place of answers (Tivian).
    column_labels : mapping
        Per column the question's full text, as the file or its codebook tells it.
    sets : mapping
        Multiple-response sets: per set's name its columns, each of which is one option.
    platform : str
        Survey platform that made the file, where its export was recognised: ``qualtrics``,
        ``limesurvey``, ``surveymonkey``, ``tivian``; empty elsewhere.
    original_names : mapping
        Names that were changed (blanks stripped, blank header named, text shortened): new name
        to original.
    notes : tuple of str
        What the reader found out or decided, in plain English.
    """

    parts: Parts
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    n_rows: int = 0
    value_labels: Mapping[str, Mapping[Code, str]] = field(default_factory=dict)
    missing_codes: Mapping[str, tuple[tuple[Code, Code], ...]] = field(default_factory=dict)
    column_labels: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    platform: str = ""
    original_names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `chunks` and `frame`, ``__row__`` and the like among them."""
        return self.parts.columns

    def chunks(
        self,
        columns: Sequence[str] | None = None,
        *,
        tell: Callable[[int], None] = lambda done: None,  # noqa: ARG005
    ) -> Iterator[pd.DataFrame]:
        """Yield the rows in consecutive parts; a text file's never take much memory.

        Parameters
        ----------
        columns : sequence of str, optional
            Only these columns and ``__row__``; all of them if left out.
        tell : callable, optional
            Hears how many bytes of the file are done.

        Yields
        ------
        DataFrame
            Some rows; the columns and their types are the same in all parts.
        """
        return self.parts(columns, tell)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The whole file: its columns, all rows, and ``__row__``.

        ``__row__`` is the row's number as a person counts it. In a file with a header (CSV,
        Excel) the header is row 1, the first record row 2 (row 3 or 4 below two or three header
        rows), and a record that spans several lines counts once; in SPSS and Parquet files the
        first case is row 1. ``__fault__`` is there only if some rows have too few fields, and
        says so.
        """
        parts = list(self.chunks())
        return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of a file that are in memory as a whole."""

    frame: pd.DataFrame

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the frame."""
        return tuple(self.frame.columns)

    def __call__(
        self,
        columns: Sequence[str] | None,
        tell: Callable[[int], None],  # noqa: ARG002
    ) -> Iterator[pd.DataFrame]:
        """Yield the frame."""
        yield self.frame if columns is None else self.frame[[*columns, ROW]]


def unusable(place: str, rule: str, remedy: str, *, value: str = "") -> DataError:
    """Return the error for a file that cannot be used as a whole."""
    return DataError(Problem(place, value, rule, remedy))


def header_names(
    found: Sequence[str], place: str
) -> tuple[list[str], dict[str, str], tuple[str, ...]]:
    """Clean the header's names: strip blanks around them, name the blank ones.

    Returns
    -------
    tuple
        The names; those that changed with their original; notes for the reader of the report.

    Raises
    ------
    DataError
        If a name stands twice, or is one that supertouch keeps for itself.
    """
    reject_many(found, place)
    names = [name.strip() or f"column_{number}" for number, name in enumerate(found, start=1)]
    changed = {
        name: original for name, original in zip(names, found, strict=True) if name != original
    }
    blank = [name for name, original in changed.items() if not original.strip()]
    problems = _twice(names, place) + [
        Problem(
            place,
            f"column '{name}'",
            "has a name that supertouch keeps for itself.",
            "Rename the column in the file.",
        )
        for name in names
        if name in _RESERVED
    ]
    if problems:
        raise DataError(problems)
    unnamed = set(blank)
    stripped = [name for name in changed if name not in unnamed]
    notes = {
        f"{len(blank)} blank header(s) named {listed(blank)}": blank,
        f"blanks around {len(stripped)} header(s) taken off: {listed(stripped)}": stripped,
    }
    return names, changed, tuple(note for note, about in notes.items() if about)


def listed(names: Sequence[str], *, most: int = 8) -> str:
    """Return the first names in a row, and how many more there are."""
    more = f" (and {len(names) - most} more)" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def reject_many(names: Sequence[str], place: str) -> None:
    """Raise if a file has more columns than a survey can have.

    Raises
    ------
    DataError
        If there are more than 50,000.
    """
    if len(names) > MOST_COLUMNS:
        raise unusable(
            place,
            f"are more than the {MOST_COLUMNS:,} that are read.",
            "Look for rows without line ends, or take out the columns that nobody needs.",
            value=f"{len(names):,} columns",
        )


def _twice(names: Sequence[str], place: str) -> list[Problem]:
    places: dict[str, list[int]] = {}
    for number, name in enumerate(names, start=1):
        places.setdefault(name, []).append(number)
    several = {name: found for name, found in places.items() if len(found) > 1}
    told = list(several.items())[:_TOLD]
    more = f" So do {len(several) - _TOLD:,} other names." if len(several) > _TOLD else ""
    return [
        Problem(
            place,
            f"column '{name}'",
            "stands more than once in the header, at positions "
            f"{listed([str(number) for number in found], most=_TOLD)}.{more}",
            "Give each column a name of its own.",
        )
        for name, found in told
    ]


def with_rows(frame: pd.DataFrame, rows: Sequence[int] | range, place: str) -> pd.DataFrame:
    """Return ``frame`` with the row numbers as column ``__row__``.

    Raises
    ------
    DataError
        If there is no row at all.
    """
    if not len(frame):
        raise no_rows(place)
    frame = frame.reset_index(drop=True)
    frame[ROW] = pd.Series(list(rows), dtype="int64")
    return frame


def no_rows(place: str) -> DataError:
    """Return the error for a file without any row of data."""
    return unusable(place, NO_ROWS, "Export the file again, or take it out of the study.")
