"""The raw files of a wave, as bytes and as far as their respondents go."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from supertouch.errors import DataError
from supertouch.intake.readers.ingest import wave_files
from supertouch.intake.readers.restored import read_wave_file
from supertouch.intake.recode import texts
from supertouch.study.companions import companions
from supertouch.study.model import Study, Wave

__all__ = ["hashed_companions", "hashed_files", "raw_files_with"]


def hashed_files(study: Study, wave: str) -> list[tuple[str, str]]:
    """Return name and SHA-256 of a wave's raw files, without reading what they say.

    Raises
    ------
    DataError
        If there is none.
    """
    return [(path.name, _sha256(path)) for path in wave_files(study, study.wave(wave))]


def hashed_companions(study: Study, wave: str) -> list[list[str]]:
    """Return name and SHA-256 of codebooks and syntax files in the folders of the raw files."""
    raw = wave_files(study, study.wave(wave))
    beside = dict.fromkeys(found for path in raw for found in companions(path))
    return [[path.name, _sha256(path)] for path in beside]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def raw_files_with(
    study: Study, ids: frozenset[str], waves: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """Return the raw files in which one of ``ids`` stands, and those not readable.

    Looks at the files of ``waves``, of all waves if none is named.
    """
    holding: dict[str, bool] = {}
    unread: dict[str, None] = {}
    for wave, path, column in _searched(study, waves):
        try:
            raw = read_wave_file(study, wave, path)
            there = column in raw.columns and any(
                bool(texts(chunk[column]).isin(ids).any()) for chunk in raw.chunks([column])
            )
        except DataError:
            unread[str(path)] = None
            continue
        holding[str(path)] = holding.get(str(path), False) or there
    return [path for path, there in holding.items() if there], list(unread)


def _searched(study: Study, waves: Collection[str]) -> Iterator[tuple[Wave, Path, str]]:
    done: set[tuple[Path, str | None, str]] = set()
    for wave in study.waves:
        if waves and wave.id not in waves:
            continue
        column = study.respondent.within(wave.id)
        try:
            paths = wave_files(study, wave) if column else []
        except DataError:
            continue
        for path in paths:
            if column and (path, wave.sheet, column) not in done:
                done.add((path, wave.sheet, column))
                yield wave, path, column
