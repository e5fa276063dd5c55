"""Raw files as they lie there, and what is told of them in a wave's record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.intake.readers.raw import RawFile
from supertouch.intake.readers.text import changed
from supertouch.intake.recode import texts
from supertouch.study.model import Code

__all__ = ["File", "described", "merged_labels", "merged_missing"]


@dataclass(frozen=True, slots=True)
class File:
    """A raw file as it lies there: path, name among the wave's files, bytes and their hash."""

    path: Path
    name: str
    n_bytes: int
    written: int
    sha256: str

    @classmethod
    def at(cls, path: Path, name: str) -> File:
        """Take a file's measure."""
        found = path.stat()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path, name, found.st_size, found.st_mtime_ns, digest)

    def reject_changed(self) -> None:
        """Raise if the file was written to in the meantime."""
        found = self.path.stat()
        if (found.st_size, found.st_mtime_ns) != (self.n_bytes, self.written):
            raise changed(self.path.name)


def described(file: File, raw: RawFile) -> dict[str, Any]:
    """Return what is told of one file, ready for JSON."""
    return {
        "name": file.path.name,
        "sha256": file.sha256,
        "bytes": file.n_bytes,
        "format": raw.format,
        "encoding": raw.encoding,
        "delimiter": raw.delimiter,
        "sheet": raw.sheet,
        "platform": raw.platform,
        "n_rows": raw.n_rows,
        "original_names": dict(raw.original_names),
    }


def merged_labels(raws: Sequence[RawFile]) -> dict[str, dict[str, str]]:
    """Return per column the label of each code as text; of several files the first has it."""
    merged: dict[str, dict[str, str]] = {}
    for raw in reversed(raws):
        for column, labels in raw.value_labels.items():
            merged.setdefault(column, {}).update(_keyed(labels))
    return merged


def _keyed(labels: Mapping[Code, str]) -> dict[str, str]:
    keys = texts(pd.Series(list(labels), dtype=object))
    return {str(key): label for key, label in zip(keys, labels.values(), strict=True)}


def merged_missing(raws: Sequence[RawFile]) -> dict[str, list[list[Code]]]:
    """Return per column all ranges that any of the files declares missing."""
    merged: dict[str, list[list[Code]]] = {}
    for raw in raws:
        for column, ranges in raw.missing_codes.items():
            known = merged.setdefault(column, [])
            known.extend(pair for pair in map(list, ranges) if pair not in known)
    return merged
