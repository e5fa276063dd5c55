"""Qualtrics exports: two or three header rows; previews and unfinished responses are counted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from supertouch.intake.readers import qsf
from supertouch.intake.readers.heading import Counts, Heading, Insight, named, spaced
from supertouch.intake.readers.raw import listed

__all__ = ["recognised"]

_MARKS = {"responseid", "_recordid"}
_OTHERS = {"status", "finished", "responseset", "startdate"}
_LEGACY = re.compile(r"V\d+")
_SINGLE = re.compile(r"\{'ImportId': ?'(?P<ImportId>[^']*)'(, ?'\w+': ?'[^']*')*\}")
_NO_BASIS = re.compile(r".+_-\d+")

_STATUS: dict[str, tuple[str, ...]] = {
    "previews": ("1", "9", "17", "Survey Preview", "Umfragevorschau", "Vorschau der Umfrage"),
    "test responses": ("2", "Survey Test", "Umfragetest"),
    "spam": ("8", "12", "Spam"),
}
_UNFINISHED: dict[str, tuple[str, ...]] = {
    "unfinished responses": ("0", "False", "FALSE", "Falsch", "FALSCH", "Nein"),
}


def recognised(rows: Sequence[Sequence[str]], path: Path, place: str) -> Heading | None:
    """Return the heading of a Qualtrics export, or None if the rows are not one's.

    Three header rows: names, question texts, and ``{"ImportId": …}``. Two: names and question
    texts, the second row naming the platform's own columns (``ResponseID``, ``Status`` …) where
    the first has the same words or ``V1``, ``V2`` ….
    """
    roles = _roles(rows)
    if roles is None:
        return None
    n_header = 3 if len(rows) > 2 and _import_ids(rows[2]) else 2
    names = list(rows[0])
    heading = named(names, names, place, platform="qualtrics", rows=n_header)
    labels = {
        name: spaced(label) for name, label in zip(heading.names, rows[1], strict=True) if label
    }
    no_basis = [name for name in heading.names if _NO_BASIS.fullmatch(name)]
    survey = qsf.beside(path, heading.names)
    looked_for = {
        heading.names[position]: tuple(value for values in kinds.values() for value in values)
        for position, kinds in roles
    }
    return replace(
        heading,
        column_labels=labels,
        value_labels=survey.value_labels,
        sets=survey.sets,
        notes=(
            f"recognised as a Qualtrics export: {n_header} header rows, data from row "
            f"{n_header + 1} on",
            *heading.notes,
            *_no_basis_note(no_basis, labels),
            *survey.notes,
        ),
        looked_for=looked_for,
        conclude=partial(_conclude, roles={heading.names[i]: kinds for i, kinds in roles}),
    )


def _roles(
    rows: Sequence[Sequence[str]],
) -> list[tuple[int, Mapping[str, tuple[str, ...]]]] | None:
    """Return which columns hold status and completion, or None for another platform's rows."""
    if len(rows) < 2:
        return None
    ids = _import_ids(rows[2]) if len(rows) > 2 else None
    words = ids or [_word(label) for label in rows[1]]
    if not _MARKS & set(words) or not _OTHERS & set(words):
        return None
    if ids is None and not _repeated(rows[0], rows[1]):
        return None
    kinds = {"status": _STATUS, "finished": _UNFINISHED}
    return [(words.index(word), found) for word, found in kinds.items() if word in words]


def _repeated(names: Sequence[str], labels: Sequence[str]) -> bool:
    """Tell whether the platform's own columns have their words in the second row as well."""
    own = [
        (name, label)
        for name, label in zip(names, labels, strict=True)
        if _word(label) in _MARKS | _OTHERS
    ]
    return all(
        _word(name) == _word(label) or _LEGACY.fullmatch(name.strip()) for name, label in own
    )


def _word(text: str) -> str:
    return text.strip().casefold()


def _import_ids(row: Sequence[str]) -> list[str] | None:
    """Return the third row's ids in lower case, or None if it holds anything else."""
    ids: list[str] = []
    for cell in row:
        try:
            found = json.loads(cell) if cell.strip() else {"ImportId": ""}
        except (ValueError, RecursionError):
            quoted = _SINGLE.fullmatch(cell.strip())
            found = quoted.groupdict() if quoted else None
        if not isinstance(found, dict) or "ImportId" not in found:
            return None
        ids.append(_word(str(found["ImportId"])))
    return ids if any(ids) else None


def _no_basis_note(names: Sequence[str], labels: Mapping[str, str]) -> tuple[str, ...]:
    if not names:
        return ()
    said = sorted({labels.get(name, "").rpartition("-")[2].strip() for name in names} - {""})
    return (
        f"boxes for answers outside the scale ({listed([repr(text) for text in said])}), each with "
        f"a negative code behind its question's name: {listed(names)}",
    )


def _conclude(counts: Counts, *, roles: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Insight:
    notes = [
        f"{n} {kind} (column '{column}': {_values(counts, column, values)}); they stay in until "
        "the study excludes them"
        for column, kinds in roles.items()
        for kind, values in kinds.items()
        if (n := sum(counts.found[column][value] for value in values))
    ]
    return Insight(notes=tuple(notes))


def _values(counts: Counts, column: str, values: Sequence[str]) -> str:
    found = counts.found[column]
    return ", ".join(f"{value} = {found[value]}" for value in values if found[value])
