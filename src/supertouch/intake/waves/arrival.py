"""A wave at the door of the store: whether it is there already, new, or not what it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Any, Literal, Protocol

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.readers.raw import FILE, ROW
from supertouch.intake.waves.parts import Written
from supertouch.intake.waves.privacy import Dropped, dropped_columns
from supertouch.intake.waves.shelf import FORMAT, Version
from supertouch.intake.waves.sources import hashed_companions, hashed_files
from supertouch.study.model import Study

__all__ = [
    "Arrival",
    "Arriving",
    "Outcome",
    "is_settled",
    "reject_moving",
    "selection_of",
    "verdict",
]

Outcome = Literal["new", "unchanged", "replaced", "reread"]


class Arriving(Protocol):
    """A wave's rows as the readers hand them over."""

    @property
    def wave(self) -> str:
        """The wave's id."""

    def chunks(self) -> Iterator[pd.DataFrame]:
        """Yield the rows in consecutive parts; can be called again."""

    def meta(self) -> Mapping[str, Any]:
        """Return what was found out about the files, once the rows were read."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A wave at the door, and the version that it meets.

    Attributes
    ----------
    known : Version or None
        The newest version in the store.
    files : list of (str, str)
        Name and SHA-256 of the raw files before they are read.
    selection : dict
        What the study says of which rows are stored, and how.
    """

    study: Study
    wave: str
    known: Version | None
    files: list[tuple[str, str]]
    selection: dict[str, Any]

    @property
    def same_bytes(self) -> bool:
        """Whether the files are those that the known version came from."""
        return self.known is not None and _named(self.known.meta) == self.files


def _named(meta: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(file["name"], file["sha256"]) for file in meta["files"]]


def selection_of(study: Study, wave: str) -> dict[str, Any]:
    """Return what the study says of which rows are stored, and how; ready for JSON."""
    own = study.wave(wave)
    shared = [other for other in study.waves if (other.file, other.sheet) == (own.file, own.sheet)]
    return {
        "format": FORMAT,
        "program": _program(),
        "sheet": own.sheet,
        "wave column": study.wave_column.within(wave),
        "waves of the file": [
            [other.id, list(other.values), *(str(day) if day else None for day in _days(other))]
            for other in shared
        ],
        "codebooks": hashed_companions(study, wave),
        "respondent": study.respondent.within(wave),
        "hash_ids": study.privacy.hash_ids,
    }


def _days(wave: Any) -> tuple[Any, Any]:  # noqa: ANN401
    return wave.start, wave.end


def _program() -> str:
    try:
        return installed("supertouch")
    except PackageNotFoundError:
        return ""


def is_settled(arrival: Arrival, known: Version) -> bool:
    """Tell whether neither the files nor what the study says of them changed."""
    if not arrival.same_bytes or known.said("selection") != arrival.selection:
        return False
    before = known.said("dropped")
    columns = [*known.columns, *(item["column"] for item in before)]
    now = dropped_columns(arrival.study, arrival.wave, columns, known.said("flags"))
    return {item.column for item in now} == {item["column"] for item in before}


def reject_moving(arrival: Arrival, meta: Mapping[str, Any]) -> None:
    """Refuse files that were changed while they were read."""
    read = _named(meta)
    now = hashed_files(arrival.study, arrival.wave)
    moved = sorted({name for name, _ in {*read} ^ {*arrival.files} | {*now} ^ {*arrival.files}})
    if moved:
        place = f"wave '{arrival.wave}', file '{', '.join(moved)}'"
        problem = Problem(place, "", "changed while it was read.", "Run the command again.")
        raise DataError(problem)


def verdict(
    arrival: Arrival, written: Written, dropped: Sequence[Dropped], *, replace: bool
) -> tuple[Outcome, str]:
    """Return what becomes of the rows, with the reason where a version is added.

    Raises
    ------
    DataError
        If the rows changed and no new version was asked for.
    """
    known = arrival.known
    if known is None:
        return "new", ""
    same_rows = written.n_rows == known.n_rows
    if same_rows and written.columns == known.record["columns"]:
        return "unchanged", ""
    if arrival.same_bytes:
        return "reread", f"Stored anew: {_what_changed(arrival, known)}."
    changed = _changed(known, written, dropped)
    if same_rows and not changed:
        return "reread", "Stored anew: the same answers, in a file that is laid out differently."
    if replace:
        return "replaced", f"Version {known.number} is kept beside the new one."
    raise _refusal(arrival, known, written, changed)


def _what_changed(arrival: Arrival, known: Version) -> str:
    now, before = arrival.selection, known.said("selection")
    keys = [key for key in now if now[key] != before.get(key)]
    return f"the study or the program changed ({', '.join(keys) or 'columns to store'})"


def _changed(known: Version, written: Written, dropped: Sequence[Dropped]) -> list[str]:
    """Return the columns whose answers differ; row numbers and blank columns do not count."""
    before, now = (
        {name: item["digest"] for name, item in columns.items() if item["n"]}
        for columns in (known.record["columns"], written.columns)
    )
    passed_over = {ROW, FILE, *(item.column for item in dropped)}
    passed_over |= {item["column"] for item in known.said("dropped")}
    names = dict.fromkeys([*known.columns, *written.columns])
    return [name for name in names if name not in passed_over and before.get(name) != now.get(name)]


def _refusal(
    arrival: Arrival, known: Version, written: Written, changed: Sequence[str]
) -> DataError:
    before = {file["name"]: file["sha256"] for file in known.meta["files"]}
    now = dict(arrival.files)
    files = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    hashes = ", ".join(
        f"{name} sha256 {before.get(name, 'none')[:8]} -> {now.get(name, 'none')[:8]}"
        for name in files
    )
    listed = ", ".join(changed[:5]) + (", …" if len(changed) > 5 else "")
    what = f"; columns that differ: {listed}" if written.n_rows == known.n_rows else ""
    return DataError(
        Problem(
            f"wave '{arrival.wave}'",
            hashes,
            f"changed since it was accepted on {known.accepted_at[:10]} (version {known.number}): "
            f"{known.n_rows} rows before, {written.n_rows} now{what}.",
            f"If that is right, run `supertouch ingest --replace --wave {arrival.wave}`; "
            f"version {known.number} is kept.",
        )
    )
