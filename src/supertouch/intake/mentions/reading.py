"""A file of mentions is read, held against its rules, and taken in row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.mentions.periods import waves_of
from supertouch.intake.mentions.rows import Rows, broken
from supertouch.intake.mentions.words import NAMES, REQUIRED
from supertouch.intake.readers import ROW, RawFile, read
from supertouch.intake.readers.raw import NO_ROWS
from supertouch.intake.recode import texts
from supertouch.study.brought import mentions_file
from supertouch.study.model import Study
from supertouch.study.naming import name_key
from supertouch.tables import checked

__all__ = ["Read", "read_mentions"]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A file of mentions as it was taken in: n_read is accepted and quarantined rows together.

    Attributes
    ----------
    mentions : DataFrame
        The table ``mentions``.
    mention_quarantine : DataFrame
        The table ``mention_quarantine``: a line for each rule that a row breaks.
    n_read, n_quarantined : int
        Rows of the file, and those of them that are left out.
    """

    mentions: pd.DataFrame
    mention_quarantine: pd.DataFrame
    n_read: int = 0
    n_quarantined: int = 0


def read_mentions(study: Study, *, today: date | None = None) -> Read:
    """Read the study's file of mentions; without one, or without rows, return empty tables.

    Touchpoints are known by their id or any of their labels, whatever the capitals, umlauts and
    blanks; other names stay as they are and may stand for touchpoints that are missing. Rows that
    break a rule are quarantined with what to do, the others are accepted.

    Parameters
    ----------
    study : Study
    today : date, optional
        Later dates are wrong; the present day if left out.

    Raises
    ------
    DataError
        If the file cannot be read, lacks a column, or holds no dates.
    """
    path = mentions_file(study)
    if path is None:
        return _taken(pd.DataFrame(), pd.DataFrame(), 0, 0)
    try:
        raw = read(path, sheet=study.mentions.sheet)
    except DataError as error:
        if any(problem.rule == NO_ROWS for problem in error.problems):
            return _taken(pd.DataFrame(), pd.DataFrame(), 0, 0)
        raise
    columns = _columns(study, path, [name for name in raw.columns if not name.startswith("__")])
    rows = Rows.of(study, path, raw.frame, columns, today=today or date.today())
    lines = broken(rows)
    left = raw.frame[ROW].isin(set(lines["row"]))
    lines = lines.assign(file=path.name, sheet=_sheet(raw))
    return _taken(_accepted(study, rows, raw.frame, ~left), lines, len(left), int(left.sum()))


def _taken(mentions: pd.DataFrame, lines: pd.DataFrame, n_read: int, n_left: int) -> Read:
    return Read(
        checked(mentions, table="mentions"),
        checked(lines, table="mention_quarantine"),
        n_read,
        n_left,
    )


def _sheet(raw: RawFile) -> str:
    return raw.sheet or ""


def _accepted(study: Study, rows: Rows, frame: pd.DataFrame, kept: pd.Series[bool]) -> pd.DataFrame:
    def text(role: str) -> pd.Series[str]:
        name = rows.columns.get(role)
        if name is None:
            return pd.Series("", index=frame.index, dtype="str")
        return texts(frame[name]).fillna("")

    table = pd.DataFrame(
        {
            "row": frame[ROW],
            "wave": waves_of(study, rows.day[kept]).reindex(frame.index),
            "date": rows.day.dt.strftime("%Y-%m-%d"),
            "source": text("source"),
            "touchpoint": rows.touchpoint,
            "named": text("touchpoint"),
            "valence": rows.valence,
            "text": text("text"),
        }
    )
    return table[kept].reset_index(drop=True)


def _columns(study: Study, path: Path, there: Sequence[str]) -> dict[str, str]:
    """Return the file's column for each of date, source, touchpoint, valence and text.

    Raises
    ------
    DataError
        With every column that is missing.
    """
    keys = {name_key(name): name for name in reversed(there)}
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for role, usual in NAMES.items():
        own = study.mentions.columns.get(role)
        name = own if own in there else None
        if own is None:
            name = next((keys[word] for word in usual if word in keys), None)
        if name is not None:
            found[role] = name
        elif own is not None or role in REQUIRED:
            problems.append(_missing(path, role, own, keys))
    if problems:
        raise DataError(problems)
    return found


def _missing(path: Path, role: str, own: str | None, keys: Mapping[str, str]) -> Problem:
    near = get_close_matches(name_key(own or role), keys, n=1, cutoff=0.7)
    hint = f"Did you mean '{keys[near[0]]}'? " if near else ""
    listed = ", ".join(f"'{name}'" for name in list(keys.values())[::-1][:10])
    return Problem(
        path.name,
        f"column '{own}'" if own else f"{role}",
        "is missing." if own else "is in no column that is called as usual.",
        f"{hint}Name the column in [mentions.columns] {role}; the file has {listed}.",
    )
