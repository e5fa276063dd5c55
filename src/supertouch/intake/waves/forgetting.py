"""A person leaves the store: out of every version, completed even after a stop on the way."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, cast

import pandas as pd

from supertouch.errors import DataError, Problem, UnsupportedError
from supertouch.intake.recode import texts
from supertouch.intake.waves.disk import (
    draft_folder,
    exchange,
    read_json,
    saving,
    settle,
    sweep,
    write_json,
    write_text,
)
from supertouch.intake.waves.parts import frames_of, write_parts
from supertouch.intake.waves.secret import keep_marks, marked, opened_salt, pseudonyms
from supertouch.intake.waves.shelf import (
    RECORD,
    Version,
    load_versions,
    sharing,
    store_folder,
    stored_waves,
    wave_folder,
    writing,
)
from supertouch.intake.waves.sources import raw_files_with
from supertouch.saving import sync
from supertouch.study.model import Study

__all__ = ["Forgotten", "forget", "ready", "salts_used"]

LOG = "_forgotten.jsonl"
_INTENT = "_forget.json"


class Intent(TypedDict):
    """What is being forgotten: since when, whom, in which waves, and what was found so far.

    No waves stand for all; ``found`` is by wave, ``rows`` by version.
    """

    at: str
    hashes: list[str]
    waves: list[str]
    found: dict[str, list[str]]
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed.

    Attributes
    ----------
    n_asked : int
        Identifiers given, each counted once.
    n_people_found : int
        How many of them were in the store.
    n_in_several : int
        How many of them were in several waves.
    n_rows : int
        Rows removed, over all versions.
    versions : tuple of (str, int)
        Wave and number of the versions that were rewritten.
    without_ids : tuple of (str, int)
        Versions without a column of identifiers: nobody can be found in them.
    raw_files : tuple of str
        Raw files that still hold one of them. They are never changed here.
    not_searched : tuple of str
        Raw files that could not be read.
    """

    n_asked: int
    n_people_found: int
    n_in_several: int
    n_rows: int
    versions: tuple[tuple[str, int], ...]
    without_ids: tuple[tuple[str, int], ...]
    raw_files: tuple[str, ...]
    not_searched: tuple[str, ...]


def forget(study: Study, ids: Iterable[object], waves: Collection[str] = ()) -> Forgotten:
    """Remove people from every version of waves in the store, and keep them out.

    A stop on the way is made good by the next call of anything that opens the store. The log
    ``_forgotten.jsonl`` holds time and counts only. So that a file which still holds a person does
    not bring them in again, a mark of them is kept beside the salt: without salt and identifier it
    tells nothing.

    Parameters
    ----------
    study : Study
        Its column of respondents tells who a row is of.
    ids : iterable
        Identifiers as in the raw files, or as stored.
    waves : collection of str
        The waves that they leave, all if none is named. Without a panel an identifier may stand
        for other people in other waves.

    Raises
    ------
    UnsupportedError
        If the study has no column of respondents.
    DataError
        If an identifier is blank, or the salt is missing.
    OutputError
        If a version is damaged or cannot be written.
    """
    wanted = _wanted(study, ids)
    root = store_folder(study)
    with saving(root):
        root.mkdir(parents=True, exist_ok=True)
        with _alone(study):
            sweep(root)
            if (root / _INTENT).exists():
                _complete(study)
            salt = opened_salt(study, salts_used(study))
            hashes = set(pseudonyms(wanted, salt))
            hashes |= {text for text in wanted if re.fullmatch(r"[0-9a-f]{20}", text)}
            marks = marked(pd.Series(sorted(hashes), dtype="str"), salt)
            keep_marks(study, marks, salt, waves=waves)
            intent: Intent = {
                "at": _now(),
                "hashes": sorted(hashes),
                "waves": sorted(waves),
                "found": {},
                "rows": {},
            }
            write_json(root / _INTENT, intent)
            intent, without = _complete(study)
    holding, unread = raw_files_with(study, frozenset(wanted), waves)
    return Forgotten(
        n_asked=len(wanted),
        n_people_found=len(_people(intent)),
        n_in_several=sum(n > 1 for n in _people(intent).values()),
        n_rows=sum(intent["rows"].values()),
        versions=tuple(map(_version_name, intent["rows"])),
        without_ids=tuple(without),
        raw_files=tuple(holding),
        not_searched=tuple(unread),
    )


def _people(intent: Intent) -> Counter[str]:
    """Return in how many waves each person was found."""
    return Counter(person for people in intent["found"].values() for person in people)


def _wanted(study: Study, ids: Iterable[object]) -> pd.Series[str]:
    if not any(study.respondent.within(wave.id) for wave in study.waves):
        rule = "names no column of respondents, so nobody can be found in the store."
        remedy = "Name it with the key 'respondent' in [data], and take the waves in again."
        raise UnsupportedError(Problem(study.file.name, "", rule, remedy))
    found = texts(pd.Series(list(ids), dtype=object))
    if found.isna().any() or found.empty:
        problem = Problem(
            "forget", "", "needs identifiers that are not blank.", "Give at least one."
        )
        raise DataError(problem)
    return found.drop_duplicates().reset_index(drop=True)


def _version_name(key: str) -> tuple[str, int]:
    wave, _, number = key.rpartition("/")
    return wave, int(number)


def salts_used(study: Study) -> set[str]:
    """Return the fingerprints of the salts by which the store's identifiers were hashed."""
    found = (version for wave in stored_waves(study) for version in load_versions(study, wave))
    return {version.record["salt"] for version in found if version.record["salt"]}


@contextmanager
def ready(study: Study) -> Iterator[str]:
    """Open the store with nobody rewriting it; complete a forgetting that was interrupted.

    Yields
    ------
    str
        What was completed, in a sentence; empty where nothing was left to do.
    """
    note = ""
    while True:
        with sharing(study):
            if not (store_folder(study) / _INTENT).exists():
                yield note
                return
        with saving(store_folder(study)), _alone(study):
            if (store_folder(study) / _INTENT).exists():
                intent, _ = _complete(study)
                note = (
                    f"Completed the forgetting that was begun at {intent['at']} and interrupted: "
                    f"{len(_people(intent))} person(s), {sum(intent['rows'].values())} row(s)."
                )


@contextmanager
def _alone(study: Study) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(writing(store_folder(study)))
        for wave in stored_waves(study):
            stack.enter_context(writing(wave_folder(study, wave)))
        yield


def _complete(study: Study) -> tuple[Intent, list[tuple[str, int]]]:
    """Do what the intent says, as far as it is not done; return it, and versions without ids."""
    path = store_folder(study) / _INTENT
    intent = cast("Intent", read_json(path, remedy="Take it back from a backup."))
    without: list[tuple[str, int]] = []
    for wave in stored_waves(study):
        settle(wave_folder(study, wave))
        sweep(wave_folder(study, wave))
    salt = opened_salt(study, salts_used(study))
    for wave in stored_waves(study):
        if intent["waves"] and wave not in intent["waves"]:
            continue
        for version in load_versions(study, wave):
            if version.record["respondent"] is None:
                without.append((wave, version.number))
            else:
                _leave(version, intent, salt, path)
    _log(path.with_name(LOG), intent)
    path.unlink()
    sync(path.parent)
    return intent, without


def _leave(version: Version, intent: Intent, salt: bytes, path: Path) -> None:
    """Take the people of the intent out of one version, after writing down how many they are."""
    hashes = set(intent["hashes"])
    column = version.record["respondent"]
    parts = version.record["parts"]
    found: list[str] = []
    for frame in frames_of(version.folder, parts, columns=[column]):
        who = _hashed(version, frame[column], salt)
        found.extend(who[who.isin(hashes)])
    if not found:
        return
    intent["rows"][f"{version.wave}/{version.number}"] = len(found)
    before = intent["found"].get(version.wave, [])
    intent["found"][version.wave] = sorted({*before, *found})
    write_json(path, intent)
    draft = draft_folder(version.folder.parent)
    written = write_parts(
        frames_of(version.folder, parts),
        draft,
        kept=lambda rows: rows[~_hashed(version, rows[column], salt).isin(hashes)],
    )
    changed = {
        "parts": written.parts,
        "columns": written.columns,
        "n_rows": written.n_rows,
        "n_forgotten": version.record["n_forgotten"] + written.n_left_out,
        "changed_at": _now(),
    }
    write_json(draft / RECORD, {**version.record, **changed})
    exchange(draft, version.folder)


def _hashed(version: Version, ids: pd.Series[Any], salt: bytes) -> pd.Series[str]:
    return ids if version.record["ids"] == "hashed" else pseudonyms(ids, salt)


def _log(path: Path, intent: Intent) -> None:
    counts = {"people": len(_people(intent)), "rows": sum(intent["rows"].values())}
    line = json.dumps({"at": intent["at"], "versions": len(intent["rows"]), **counts}) + "\n"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if not before.endswith(line):
        write_text(path, before + line)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
