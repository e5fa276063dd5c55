"""Where the store keeps what: a folder per wave, in it one per version, each with its record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from supertouch.errors import OutputError, Problem
from supertouch.intake.waves.disk import read_json
from supertouch.locks import holding
from supertouch.study.model import Study

__all__ = [
    "FORMAT",
    "RECORD",
    "SEEN",
    "Version",
    "how_to_mend",
    "load_version",
    "load_versions",
    "sharing",
    "store_folder",
    "stored_waves",
    "version_folder",
    "wave_folder",
    "writing",
]

FORMAT = 1
RECORD = "_version.json"
SEEN = "_seen.json"
_LOCK = ".lock"
_VERSION = re.compile(r"version=(\d{3,})")
_KEYS: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("wave", "accepted_at", "status", "ids"), str),
    **dict.fromkeys(("respondent", "salt"), (str, type(None))),
    **dict.fromkeys(("version", "n_rows", "n_forgotten"), int),
    **dict.fromkeys(("selection", "columns", "flags", "meta"), dict),
    **dict.fromkeys(("dropped", "parts"), list),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a wave as it lies in the store.

    Attributes
    ----------
    wave, number : str, int
        Which version of which wave; the first is 1.
    folder : Path
        Its folder: ``part-*.parquet`` and ``_version.json``.
    meta : mapping
        From the reader (files with sha256, labels, notes, …), with ``n_rows`` as stored,
        ``n_forgotten`` rows of people who are not to be stored, and ``dropped``: the columns
        that were not stored, each with ``kind`` (contact, identifier, open_end, study) and
        ``reason``. Where the same rows came in again with other files, it tells of the last ones.
    accepted_at : str
        When it was accepted, ISO 8601 in UTC.
    status : str
        Why there is this version: ``new``, ``replaced`` or ``reread``.
    current : bool
        Whether it is the newest, which the analysis reads.
    fingerprint : str
        Changes whenever rows or meta of the version change.
    record, seen : mapping
        All that is written of it, and of the last files that held the same rows.
    """

    wave: str
    number: int
    folder: Path
    meta: Mapping[str, Any]
    accepted_at: str
    status: str
    current: bool
    fingerprint: str
    record: Mapping[str, Any]
    seen: Mapping[str, Any]

    @property
    def n_rows(self) -> int:
        """Rows stored."""
        return int(self.record["n_rows"])

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns stored, in the order of the file."""
        return tuple(self.record["columns"])

    def said(self, key: Literal["selection", "flags", "dropped"]) -> Any:  # noqa: ANN401
        """Return what held when the rows last came in: the study's selection, what looked personal.

        ``flags`` are the columns that look personal, ``dropped`` those that were not stored.
        """
        return self.seen.get(key, self.record[key])


def store_folder(study: Study) -> Path:
    """Return the folder of the store."""
    return study.processed / "store"


def wave_folder(study: Study, wave: str) -> Path:
    """Return the folder of a wave in the store."""
    return store_folder(study) / f"wave={wave}"


def version_folder(folder: Path, number: int) -> Path:
    """Return the folder of a version in the ``folder`` of its wave."""
    return folder / f"version={number:03d}"


def stored_waves(study: Study) -> list[str]:
    """Return the waves that have a folder in the store, also those the study no longer has."""
    folders = sorted(store_folder(study).glob("wave=*"))
    return [path.name.removeprefix("wave=") for path in folders if path.is_dir()]


@contextmanager
def sharing(study: Study) -> Iterator[None]:
    """Keep rewriting away while the store is read or added to."""
    root = store_folder(study)
    if not root.is_dir():
        yield
        return
    with holding(root / _LOCK, shared=True):
        yield


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Keep every other writer away from ``folder``: the store's, or that of one wave."""
    with holding(folder / _LOCK):
        yield


def load_versions(study: Study, wave: str) -> tuple[Version, ...]:
    """Return the versions of a wave, the oldest first; to be called under a lock.

    Raises
    ------
    OutputError
        If a record is missing or broken, or a version lacks parts or has changed ones.
    """
    folder = wave_folder(study, wave)
    found = [_VERSION.fullmatch(path.name) for path in folder.glob("version=*") if path.is_dir()]
    numbers = sorted(int(match.group(1)) for match in found if match)
    return tuple(
        load_version(folder, wave, number, current=number == numbers[-1]) for number in numbers
    )


def load_version(folder: Path, wave: str, number: int, *, current: bool) -> Version:
    """Return one version after checking that all of it is there.

    Raises
    ------
    OutputError
        If its record is missing or broken, or its parts are not those of the record.
    """
    place = version_folder(folder, number)
    remedy = how_to_mend(place)
    record = read_json(place / RECORD, remedy=remedy)
    if fault := _fault(record):
        raise OutputError(Problem(str(place / RECORD), "", fault, remedy))
    _check_parts(place, record, remedy)
    seen = _seen(folder, number)
    return Version(
        wave=wave,
        number=number,
        folder=place,
        meta=seen.get("meta", record["meta"])
        | {key: record[key] for key in ("n_rows", "n_forgotten")},
        accepted_at=record["accepted_at"],
        status=record["status"],
        current=current,
        fingerprint=_fingerprint(record, seen),
        record=record,
        seen=seen,
    )


def _fault(record: Mapping[str, Any]) -> str:
    """Return what is wrong with a version's record; empty if nothing is."""
    lost = [key for key in _KEYS if key not in record]
    if lost:
        return f"lacks {', '.join(map(repr, lost))}."
    if record.get("format") != FORMAT:
        return "is of another supertouch."
    try:
        odd = [key for key, kind in _KEYS.items() if not isinstance(record[key], kind)]
        odd += [] if sum(part["rows"] for part in record["parts"]) == record["n_rows"] else ["rows"]
        odd += [] if all(part["name"] and part["bytes"] for part in record["parts"]) else ["parts"]
    except (TypeError, KeyError):
        odd = ["parts"]
    return f"was changed: {', '.join(map(repr, odd))} cannot be right." if odd else ""


def _seen(folder: Path, number: int) -> dict[str, Any]:
    path = folder / SEEN
    seen = read_json(path, remedy=f"Remove {path}.") if path.exists() else {}
    return seen if seen.get("version") == number else {}


def _fingerprint(*contents: Mapping[str, Any]) -> str:
    return hashlib.sha256(repr(contents).encode()).hexdigest()


def _check_parts(place: Path, record: Mapping[str, Any], remedy: str) -> None:
    listed = {part["name"]: part["bytes"] for part in record["parts"]}
    there = {path.name: path.stat().st_size for path in place.glob("*.parquet")}
    faults = dict.fromkeys(listed.keys() - there.keys(), "is missing.")
    faults |= dict.fromkeys(there.keys() - listed.keys(), "is no part of this version.")
    faults |= {
        name: f"was changed: {there[name]} bytes, {listed[name]} were stored."
        for name in listed.keys() & there.keys()
        if listed[name] != there[name]
    }
    if faults:
        raise OutputError(
            [Problem(str(place / name), "", rule, remedy) for name, rule in sorted(faults.items())]
        )


def how_to_mend(place: Path) -> str:
    """Return what to do about a damaged version."""
    wave = place.parent.name.removeprefix("wave=")
    return (
        f"Take {place.name} back from a backup; or remove the folder {place} and run "
        f"`supertouch ingest --force --replace --wave {wave}`."
    )
