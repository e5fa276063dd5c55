"""A wave comes into the store: once, whole, and never in place of what was accepted before."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from supertouch.intake.waves.arrival import (
    Arrival,
    Arriving,
    Outcome,
    is_settled,
    reject_moving,
    selection_of,
    verdict,
)
from supertouch.intake.waves.disk import draft_folder, publish, saving, sweep, write_json
from supertouch.intake.waves.forgetting import ready, salts_used
from supertouch.intake.waves.looks import Looks
from supertouch.intake.waves.parts import Written, frames_of, write_parts
from supertouch.intake.waves.privacy import Door, Dropped, Kind, dropped_columns, flagged
from supertouch.intake.waves.repeats import reject_repeats
from supertouch.intake.waves.secret import fingerprint, forgotten_marks, opened_salt
from supertouch.intake.waves.shelf import (
    FORMAT,
    RECORD,
    SEEN,
    Version,
    load_version,
    load_versions,
    version_folder,
    wave_folder,
    writing,
)
from supertouch.intake.waves.sources import hashed_files
from supertouch.study.model import Study

__all__ = ["Accepted", "accept", "unchanged"]

Chunks = Callable[[], Iterator[pd.DataFrame]]
Progress = Callable[[int, int, str], None]
_BY_COLUMN = ("value_labels", "missing_codes", "column_labels")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A wave that is in the store.

    Attributes
    ----------
    wave : str
        The wave.
    status : str
        ``new``: its first version. ``unchanged``: the store holds these rows already.
        ``replaced``: the files' rows changed and a new version was asked for. ``reread``: the
        same files, or the same answers, are stored in another way; the reason stands in ``notes``.
    version : Version
        The version that holds for the analysis.
    notes : tuple of str
        What the user should know.
    """

    wave: str
    status: Outcome
    version: Version
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows stored."""
        return self.version.n_rows

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the readers and the store found out."""
        return self.version.meta


def accept(
    study: Study,
    incoming: Arriving,
    *,
    replace: bool = False,
    inspect: Callable[[Chunks, Mapping[str, Any]], None] | None = None,
    progress: Progress | None = None,
) -> Accepted:
    """Take a wave into the store, unless it is there already.

    The same files, with the same study, are not even read. Where the wave's own rows are the same
    in files that changed (a shared file that grew by another wave), nothing is stored either.

    Parameters
    ----------
    study : Study
        What is stored: which rows, under which privacy.
    incoming : Incoming
        The wave's rows, from the readers.
    replace : bool
        Add a version if the rows changed since they were accepted; the old one is kept.
    inspect : callable, optional
        Called with the rows as they would be stored (a function that yields them in parts) and
        their meta before they appear in the store; what it raises keeps them out.
    progress : callable, optional
        Told once which files are compared with the store.

    Raises
    ------
    DataError
        If the rows changed and ``replace`` is not set, the files change while they are read, the
        study drops a column that it needs, or the salt is missing.
    OutputError
        If the store is damaged, in use, or cannot be written to.
    """
    wave = incoming.wave
    with _door_of(study, wave) as (arrival, notes):
        if progress:
            progress(0, 1, ", ".join(name for name, _ in arrival.files))
        known = arrival.known
        if known is not None and is_settled(arrival, known):
            return Accepted(wave, "unchanged", known, notes)
        return _take_in(arrival, incoming, notes, replace=replace, inspect=inspect)


def unchanged(study: Study, wave: str) -> Accepted | None:
    """Return a wave as it lies in the store if there is nothing to take in, else None.

    Only the bytes of the raw files are looked at, so that a large file is not read for nothing.

    Raises
    ------
    DataError
        If the wave has no raw file, or the study drops a column that it needs.
    OutputError
        If the store is damaged or in use.
    """
    if not wave_folder(study, wave).is_dir():
        return None
    with _door_of(study, wave) as (arrival, notes):
        known = arrival.known
        settled = known is not None and is_settled(arrival, known)
        return Accepted(wave, "unchanged", known, notes) if known and settled else None


@contextmanager
def _door_of(study: Study, wave: str) -> Iterator[tuple[Arrival, tuple[str, ...]]]:
    """Keep others out of a wave; yield what is at its door, and what was completed before."""
    folder = wave_folder(study, wave)
    with saving(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with ready(study) as completed, writing(folder):
            sweep(folder.parent)
            sweep(folder)
            found = load_versions(study, wave)
            files = hashed_files(study, wave)
            known = found[-1] if found else None
            selection = selection_of(study, wave)
            yield (
                Arrival(study, wave, known, files, selection),
                (completed,) if completed else (),
            )


def _take_in(
    arrival: Arrival,
    incoming: Arriving,
    notes: tuple[str, ...],
    *,
    replace: bool,
    inspect: Callable[[Chunks, Mapping[str, Any]], None] | None,
) -> Accepted:
    study, wave, known = arrival.study, arrival.wave, arrival.known
    folder = wave_folder(study, wave)
    flags, dropped = _judged(arrival, incoming)
    door = _door(arrival, dropped)
    draft = draft_folder(folder)
    try:
        written = write_parts(incoming.chunks(), draft, kept=door.passed)
        meta = _stored_meta(dict(incoming.meta()), written, dropped)
        reject_moving(arrival, meta)
        status, reason = verdict(arrival, written, dropped, replace=replace)
        said = {
            "selection": arrival.selection,
            "flags": flags,
            "dropped": meta["dropped"],
            "meta": meta,
        }
        if known is not None and status == "unchanged":
            number = known.number
            write_json(folder / SEEN, {"version": number, **said})
        else:
            reject_repeats(
                study,
                wave,
                frames_of(draft, written.parts),
                written,
                hashed=door.respondent is not None and door.hashed,
            )
            if inspect:
                inspect(lambda: frames_of(draft, written.parts), meta)
            number = 1 if known is None else known.number + 1
            write_json(draft / RECORD, _record(wave, number, status, door, written) | said)
            (folder / SEEN).unlink(missing_ok=True)
            publish(draft, version_folder(folder, number))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    left = f"{written.n_left_out} row(s) of forgotten people not stored."
    told = [*notes, reason, left if written.n_left_out else ""]
    version = load_version(folder, wave, number, current=True)
    return Accepted(wave, status, version, tuple(filter(None, told)))


def _judged(
    arrival: Arrival, incoming: Arriving
) -> tuple[dict[str, tuple[Kind, str]], tuple[Dropped, ...]]:
    """Return which columns look personal, and which of all columns are not stored."""
    looks = Looks()
    for chunk in incoming.chunks():
        looks.add(chunk)
    read = incoming.meta()
    flags = flagged(
        looks, labels=read.get("column_labels", {}), value_labels=read.get("value_labels", {})
    )
    return flags, dropped_columns(arrival.study, arrival.wave, list(looks.columns), flags)


def _door(arrival: Arrival, dropped: Sequence[Dropped]) -> Door:
    study = arrival.study
    column = study.respondent.within(arrival.wave)
    hashed = study.privacy.hash_ids
    marks = forgotten_marks(study, arrival.wave) if column else frozenset()
    salt = opened_salt(study, salts_used(study)) if column and (hashed or marks) else None
    return Door(frozenset(item.column for item in dropped), column, hashed, salt, marks)


def _stored_meta(
    meta: dict[str, Any], written: Written, dropped: Sequence[Dropped]
) -> dict[str, Any]:
    """Return the meta without what it says of columns that are not stored."""
    gone = {item.column for item in dropped}
    for key in _BY_COLUMN:
        if key in meta:
            meta[key] = {name: said for name, said in meta[key].items() if name not in gone}
    for name, columns in meta.get("sets", {}).items():
        meta["sets"] = meta["sets"] | {name: [item for item in columns if item not in gone]}
    return meta | {
        "n_rows": written.n_rows,
        "n_forgotten": written.n_left_out,
        "dropped": [asdict(item) for item in dropped],
    }


def _record(
    wave: str, number: int, status: Outcome, door: Door, written: Written
) -> dict[str, Any]:
    hashed = door.respondent is not None and door.hashed
    plain = "none" if door.respondent is None else "plain"
    return {
        "format": FORMAT,
        "wave": wave,
        "version": number,
        "accepted_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": status,
        "ids": "hashed" if hashed else plain,
        "respondent": door.respondent,
        "salt": fingerprint(door.salt) if hashed and door.salt else None,
        "columns": written.columns,
        "parts": written.parts,
        "n_rows": written.n_rows,
        "n_forgotten": written.n_left_out,
    }
