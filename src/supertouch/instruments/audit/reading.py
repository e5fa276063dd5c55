"""Filled sheets read back: cell by cell, what is wrong set apart, the rest kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.instruments.audit.cells import Bad, Meaning, meaning, shown
from supertouch.instruments.audit.form import TEXTS
from supertouch.instruments.audit.opening import Cell, Line, Opened, opened
from supertouch.study.brought import audit_files
from supertouch.study.model import Study
from supertouch.study.naming import name_key
from supertouch.tables import checked

__all__ = ["MISSING", "Sheets", "bad_cell", "meanings", "read_sheets"]

MISSING = (
    "auditor", "file", "row", "named", "phase", "importance", "performance", "control", "owner",
    "cost", *TEXTS,
)  # fmt: skip
NUMBERS = ("importance", "performance", "cost")
WORDS = ("control", "owner", *TEXTS)
Record = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Sheets:
    """What the auditors' sheets say.

    Attributes
    ----------
    audits : DataFrame
        The table ``audits``: a row per auditor and touchpoint in their sheet.
    audit_quarantine : DataFrame
        The table ``audit_quarantine``: cells that could not be used.
    missing : DataFrame
        A row per touchpoint that an auditor misses; columns as in ``MISSING``.
    files : tuple of Path
        What was read.
    """

    audits: pd.DataFrame
    audit_quarantine: pd.DataFrame
    missing: pd.DataFrame
    files: tuple[Path, ...]


@dataclass(slots=True)
class _Heap:
    audits: list[Record] = field(default_factory=list)
    bad: list[Record] = field(default_factory=list)
    missing: list[Record] = field(default_factory=list)


def read_sheets(study: Study) -> Sheets:
    """Read the sheets in the study's folder of raw files; they are not changed.

    A cell that cannot be used is set apart with the rule and the remedy; the rest of its row is
    kept. So is a name that was written over that of a touchpoint: its row still counts to it.

    Raises
    ------
    DataError
        With every file that cannot be used as a whole: no audit sheet, one of another study or
        with other points, or a second one of the same auditor.
    """
    files = audit_files(study)
    sheets = _opened(study, files)
    heap = _Heap()
    for sheet in sheets:
        _read(study, sheet, heap)
    return Sheets(
        checked(_typed(heap.audits), table="audits"),
        checked(pd.DataFrame(heap.bad), table="audit_quarantine"),
        _typed(heap.missing).reindex(columns=list(MISSING)),
        files,
    )


def _typed(records: list[Record]) -> pd.DataFrame:
    frame = pd.DataFrame(records)
    for name in frame.columns.intersection(list(NUMBERS)):
        frame[name] = frame[name].astype(float)
    return frame


def _opened(study: Study, files: Sequence[Path]) -> list[Opened]:
    found: list[Opened] = []
    problems: list[Problem] = []
    for path in files:
        try:
            sheet = opened(path, own_words=study.own_words)
        except DataError as error:
            problems += error.problems
            continue
        problems += _foreign(study, sheet)
        found.append(sheet)
    problems += _twice(found)
    if problems:
        raise DataError(problems)
    return found


def _foreign(study: Study, sheet: Opened) -> Iterator[Problem]:
    name = sheet.path.name
    if sheet.purpose != "audit":
        rule = "is a list of touchpoints, not an audit sheet."
        remedy = "Move it elsewhere; 'supertouch audit touchpoints' makes the study's part of it."
        yield Problem(name, "", rule, remedy)
    elif sheet.study != study.id:
        rule = f"belongs to another study; this one is '{study.id}'."
        yield Problem(name, sheet.study, rule, "Move it to that study's folder.")
    elif sheet.points != study.audit.points:
        rule = f"was rated from 1 to {sheet.points}; the study says 1 to {study.audit.points}."
        remedy = f"Write points = {sheet.points} in [audit], or have it filled in anew."
        yield Problem(name, "", rule, remedy)


def _twice(sheets: Sequence[Opened]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for sheet in sheets:
        known = first.setdefault(sheet.auditor.casefold(), sheet.path.name)
        if known != sheet.path.name:
            rule = f"is of the same auditor as '{known}'."
            remedy = "Keep one of the two here, or write the right name into the sheet."
            yield Problem(sheet.path.name, sheet.auditor, rule, remedy)


def _read(study: Study, sheet: Opened, heap: _Heap) -> None:
    labels = {_folded(line.given.get("touchpoint")) for line in sheet.lines if line.id}
    known = {item.id: set(item.label.by_language.values()) for item in study.touchpoints}
    first: dict[str, int] = {}
    for line in sheet.lines:
        place: Record = {"auditor": sheet.auditor, "file": sheet.path.name}
        if not line.id:
            _read_missing(sheet, line, labels, heap, place)
            continue
        fault = _fault(line, known, first)
        if fault:
            heap.bad.append(bad_cell(sheet, line, "touchpoint", fault))
            continue
        other = _other_name(line, known[line.id])
        if other:
            heap.bad.append(bad_cell(sheet, line, "touchpoint", other))
        first[line.id] = line.number
        told = meanings(sheet, line, heap.bad)
        heap.audits.append(
            {
                **place,
                "touchpoint": line.id,
                **{name: told.get(name) for name in NUMBERS},
                **{name: told.get(name) or "" for name in WORDS},
            }
        )


def _other_name(line: Line, labels: set[str]) -> Bad | None:
    """Return what is wrong with a name that somebody wrote over the touchpoint's."""
    cell, given = line.told("touchpoint"), line.given.get("touchpoint")
    usual = {_folded(name) for name in (given, *labels)}
    empty = all(there.blank for key, there in line.cells.items() if key != "phase")
    if given is None or empty or _folded(cell.value) in usual:
        return None
    rule = f"stands in the row of '{given}'; the row was read as being about that."
    remedy = "Restore the name; what is about another touchpoint belongs below the list."
    return Bad(shown(cell.value or ""), rule, remedy)


def _fault(line: Line, known: Collection[str], first: dict[str, int]) -> Bad | None:
    """Return why a whole row cannot be used."""
    name = shown(line.told("touchpoint").value or line.id)
    if line.id not in known:
        return Bad(
            name,
            f"'{line.id}' is not among the study's touchpoints; its row was left out.",
            "Add the touchpoint to the study file, or leave it at that.",
        )
    if line.id in first:
        rule = f"stands in row {first[line.id]} already; this row was left out."
        return Bad(name, rule, "Put the entries into one row.")
    return None


def _read_missing(sheet: Opened, line: Line, labels: set[str], heap: _Heap, place: Record) -> None:
    if all(cell.blank for cell in line.cells.values()):
        meanings(sheet, line, heap.bad)
        return
    named = line.told("touchpoint")
    fault = None
    if named.blank:
        fault = Bad("", "is empty, though its row is filled in.", "Name the touchpoint.")
    elif _folded(named.value) in labels:
        fault = Bad(
            shown(named.value),
            "has a row of its own above, so it is not missing.",
            "Move the entries there.",
        )
    else:
        fault = _again(named, heap, place)
    if fault:
        heap.bad.append(bad_cell(sheet, line, "touchpoint", fault))
        return
    told = meanings(sheet, line, heap.bad, "phase", "touchpoint")
    if told.get("touchpoint"):
        heap.missing.append(
            {
                **place,
                "row": line.number,
                "named": told["touchpoint"],
                "phase": told.get("phase") or "",
                **{name: told.get(name) for name in NUMBERS},
                **{name: told.get(name) or "" for name in WORDS},
            }
        )


def _again(named: Cell, heap: _Heap, place: Record) -> Bad | None:
    """Return that the auditor has named a missing touchpoint before."""
    key = name_key(shown(named.value or ""))
    for row in heap.missing:
        if row["file"] == place["file"] and name_key(str(row["named"])) == key != "":
            rule = f"stands in row {row['row']} already; this row was left out."
            return Bad(shown(named.value), rule, "Put the entries into one row.")
    return None


def _folded(value: object) -> str:
    return " ".join(str(value or "").casefold().split())


def meanings(sheet: Opened, line: Line, bad: list[Record], *open_keys: str) -> dict[str, Meaning]:
    """Return what the cells of a row say; those that cannot be used go to ``bad``.

    Phase and touchpoint are read only where ``open_keys`` names them.
    """
    for letters, value in line.beside.items():
        rule = "stands outside the columns of the sheet and was not read."
        stray = Bad(shown(value), rule, "Move it into one of the columns.")
        bad.append(bad_cell(sheet, line, letters, stray))
    told: dict[str, Meaning] = {}
    for column in sheet.columns:
        if column.key in ("phase", "touchpoint") and column.key not in open_keys:
            continue
        found = meaning(line.told(column.key), column, words=sheet.words, points=sheet.points)
        if isinstance(found, Bad):
            bad.append(bad_cell(sheet, line, column.key, found))
        else:
            told[column.key] = found
    return told


def bad_cell(sheet: Opened, line: Line, key: str, found: Bad) -> Record:
    """Return a row of the table ``audit_quarantine``; ``key`` may be the letters of a column."""
    known = any(column.key == key for column in sheet.columns)
    return {
        "file": sheet.path.name,
        "sheet": sheet.sheet,
        "row": line.number,
        "column": sheet.words.say(f"audit_column.{key}") if known else key,
        "value": found.value,
        "rule": found.rule,
        "remedy": found.remedy,
    }
