"""A raw file with the study's columns, where its platform gave them codes of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from supertouch.intake.needs import raw_columns
from supertouch.intake.readers.formats import read
from supertouch.intake.readers.raw import Parts, RawFile, listed
from supertouch.study.exported_names import Returned, returned
from supertouch.study.model import Study, Wave

__all__ = ["read_wave_file"]

Value = TypeVar("Value")


def read_wave_file(
    study: Study,
    wave: Wave,
    path: Path,
    *,
    tell: Callable[[int], None] = lambda done: None,  # noqa: ARG005
) -> RawFile:
    """Read a wave's raw file; columns that a survey platform gave codes have the study's names.

    `RawFile.original_names` has the headings as they stand in the file, and a note says which
    were renamed, and which fit several columns and were left as they are.

    Raises
    ------
    DataError
        As `read` does.
    """
    raw = read(path, sheet=wave.sheet, tell=tell)
    found = returned(raw.columns, _expected(study, wave))
    if not found.names and not found.doubtful:
        return raw
    return _renamed(raw, found)


def _expected(study: Study, wave: Wave) -> list[str]:
    more = (study.wave_column.within(wave.id), study.mentions.missing.within(wave.id))
    private = (*study.privacy.keep, *study.privacy.drop)
    return [*raw_columns(study, wave.id), *(name for name in more if name), *private]


@dataclass(frozen=True, slots=True)
class _Renamed:
    """Hands out a file's rows with other names for some columns."""

    parts: Parts
    names: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the parts have, under their new names."""
        return tuple(self.names.get(name, name) for name in self.parts.columns)

    def __call__(
        self, columns: Sequence[str] | None, tell: Callable[[int], None]
    ) -> Iterator[pd.DataFrame]:
        """Yield consecutive parts with all columns or some."""
        before = {new: name for name, new in self.names.items()}
        wanted = None if columns is None else [before.get(name, name) for name in columns]
        for part in self.parts(wanted, tell):
            yield part.rename(columns=dict(self.names))


def _renamed(raw: RawFile, found: Returned) -> RawFile:
    names = found.names

    def new(by_name: Mapping[str, Value]) -> dict[str, Value]:
        return {names.get(name, name): value for name, value in by_name.items()}

    originals = {column: name for name, column in names.items()} | new(raw.original_names)
    sets = {
        name: tuple(names.get(column, column) for column in columns)
        for name, columns in raw.sets.items()
    }
    return replace(
        raw,
        parts=_Renamed(raw.parts, names),
        value_labels=new(raw.value_labels),
        missing_codes=new(raw.missing_codes),
        column_labels=new(raw.column_labels),
        sets=sets,
        original_names=originals,
        notes=(*raw.notes, *_told(found)),
    )


def _told(found: Returned) -> Iterator[str]:
    if found.names:
        pairs = [f"{name} = {column}" for name, column in found.names.items()]
        yield (
            f"{len(pairs)} column(s) have the survey platform's codes and got the study's names: "
            f"{listed(pairs)}"
        )
    for names, columns in found.doubtful:
        yield (
            f"column(s) {listed(list(names))} could be {listed(list(columns))}: not renamed, "
            "since they do not fit one to one"
        )
