"""What every reader returns, and the checks that all formats share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.study.model import Code

__all__ = ["FAULT", "FILE", "ROW", "RawFile", "header_names", "unusable", "with_rows"]

ROW = "__row__"
FILE = "__file__"
FAULT = "__fault__"
_RESERVED = (ROW, FILE, FAULT)


@dataclass(frozen=True, slots=True)
class RawFile:
    """One raw file as it was found.

    Attributes
    ----------
    frame : DataFrame
        The file's columns, all rows, and ``__row__``: the row's number as a person counts it.
        In a file with a header (CSV, Excel) the header is row 1, the first record row 2, and a
        record that spans several lines counts once; in SPSS and Parquet files the first case is
        row 1. ``__fault__`` is there only if some rows have too few fields, and says so.
    format : str
        ``csv``, ``excel``, ``spss`` or ``parquet``.
    encoding, delimiter, sheet : str or None
        Found out (CSV, SPSS) or chosen (Excel); None where the format has none.
    n_rows : int
        Rows of data.
    value_labels : mapping
        Per column the label of each code, as the file declares them (SPSS).
    missing_codes : mapping
        Per column the ranges ``(low, high)`` that the file declares missing (SPSS user-missing).
    column_labels : mapping
        Per column the question's full text, as the file or its codebook tells it.
    sets : mapping
        Multiple-response sets: per set's name its columns, each of which is one option.
    platform : str
        Survey platform that made the file, where its export was recognised: ``qualtrics``,
        ``limesurvey``, ``surveymonkey``, ``tivian``; empty elsewhere.
    original_names : mapping
        Names that were changed (blanks stripped, blank header named): new name to original.
    notes : tuple of str
        What the reader found out or decided, in plain English.
    """

    frame: pd.DataFrame
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
    notes = [f"{len(blank)} blank header(s) named {', '.join(blank)}"] if blank else []
    return names, changed, tuple(notes)


def _twice(names: Sequence[str], place: str) -> list[Problem]:
    return [
        Problem(
            place,
            f"column '{name}'",
            "stands more than once in the header, at positions "
            f"{', '.join(str(i) for i, other in enumerate(names, start=1) if other == name)}.",
            "Give each column a name of its own.",
        )
        for name, count in Counter(names).items()
        if count > 1
    ]


def with_rows(frame: pd.DataFrame, rows: Sequence[int] | range, place: str) -> pd.DataFrame:
    """Return ``frame`` with the row numbers as column ``__row__``.

    Raises
    ------
    DataError
        If there is no row at all.
    """
    if not len(frame):
        raise unusable(
            place,
            "holds a header but no rows of data.",
            "Export the file again, or take it out of the study's waves.",
        )
    frame = frame.reset_index(drop=True)
    frame[ROW] = pd.Series(list(rows), dtype="int64")
    return frame
