"""A wave's rows from its raw files: found, read, put together, and told apart by wave."""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.readers.belonging import Belonging, belonging, wave_column
from supertouch.intake.readers.described import File, described, merged_labels, merged_missing
from supertouch.intake.readers.formats import closed
from supertouch.intake.readers.raw import FAULT, FILE, ROW, RawFile
from supertouch.intake.readers.restored import read_wave_file
from supertouch.intake.recode import texts
from supertouch.study import matching_files
from supertouch.study.model import Study, Wave

__all__ = ["Incoming", "ingest_wave", "wave_files"]

_OWN = (ROW, FILE, FAULT)

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Incoming:
    """The raw rows of one wave, looked through and ready to be handed out.

    Attributes
    ----------
    wave : str
        The wave.
    files, raws : tuple
        The files as they lie there, and as they were read.
    rows : Belonging
        Which rows of these files are the wave's.
    progress : callable
        Hears bytes done, bytes in all, and the file's name.
    """

    wave: str
    files: tuple[File, ...]
    raws: tuple[RawFile, ...]
    rows: Belonging
    progress: Progress

    def chunks(self) -> Iterator[pd.DataFrame]:
        """Yield the wave's rows in consecutive parts, as often as it is called.

        Text files come in parts of some megabytes; files of other formats are in memory anyhow
        and come as one. All parts have the same columns and types, fit for Parquet: the files'
        columns, ``__row__``, ``__fault__`` if any row has too few fields, and ``__file__`` where
        the wave has several files.

        Raises
        ------
        DataError
            If a file is not the same as when it was looked through.
        """
        streams = all(raw.format == "csv" for raw in self.raws)
        start = 0
        for chunk in self._streamed() if streams else self._together():
            mine = self.rows.mine[start : start + len(chunk)]
            start += len(chunk)
            if mine.any():
                yield chunk if mine.all() else chunk[mine].reset_index(drop=True)

    def frame(self) -> pd.DataFrame:
        """Return all of the wave's rows as one frame; for data that fits into memory."""
        return pd.concat(list(self.chunks()), ignore_index=True)

    def meta(self) -> dict[str, Any]:
        """Return what was found out about the files, ready for JSON.

        Returns
        -------
        dict
            ``wave``, ``files`` (name, sha256, bytes, format, encoding, delimiter, sheet,
            platform, n_rows, original_names of each), ``n_rows`` of the wave, ``n_unassigned``
            (rows of the files that belong to no wave of the study), ``no_wave`` (the same rows by
            ``column`` and ``rule`` with their ``n``, for the first wave of the file alone, so
            that sums over waves count them once), ``value_labels``, ``missing_codes`` and
            ``column_labels`` per column, ``sets`` of columns that are one question's options,
            ``notes``.
        """
        pairs = list(zip(self.files, self.raws, strict=True))
        return {
            "wave": self.wave,
            "files": [described(file, raw) for file, raw in pairs],
            "n_rows": int(self.rows.mine.sum()),
            "n_unassigned": self.rows.n_unassigned,
            "no_wave": self.rows.no_wave,
            "value_labels": merged_labels(self.raws),
            "missing_codes": merged_missing(self.raws),
            "column_labels": dict(ChainMap(*(dict(raw.column_labels) for raw in self.raws))),
            "sets": {
                name: list(columns)
                for name, columns in ChainMap(*(dict(raw.sets) for raw in self.raws)).items()
            },
            "notes": [
                *(f"{file.path.name}: {note}" for file, raw in pairs for note in raw.notes),
                *self.rows.notes,
            ],
        }

    def _streamed(self) -> Iterator[pd.DataFrame]:
        faulty = any(FAULT in raw.columns for raw in self.raws)
        own = [ROW, *([FAULT] if faulty else []), *([FILE] if len(self.files) > 1 else [])]
        names = [*_names(self.raws[0]), *own]
        total, before = sum(file.n_bytes for file in self.files), 0
        for file, raw in zip(self.files, self.raws, strict=True):
            tell = partial(_passed_on, self.progress, before, total, file.path.name)
            for chunk in raw.chunks(tell=tell):
                added = {FILE: file.name} | ({} if FAULT in chunk else {FAULT: None})
                columns = {
                    name: pd.Series(value, index=chunk.index, dtype="str")
                    for name, value in added.items()
                }
                yield chunk.assign(**columns)[names]
            file.reject_changed()
            before += file.n_bytes

    def _together(self) -> Iterator[pd.DataFrame]:
        frames = [raw.frame for raw in self.raws]
        if len(frames) > 1:
            named = zip(frames, self.files, strict=True)
            frames = [frame.assign(**{FILE: file.name}) for frame, file in named]
        frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        yield pd.DataFrame({name: _storable(frame[name]) for name in frame.columns})


def ingest_wave(study: Study, wave_id: str, *, progress: Progress | None = None) -> Incoming:
    """Look through the raw files of one wave, and find the rows that are the wave's.

    Parameters
    ----------
    study : Study
        Says which files and which of their rows belong to the wave.
    wave_id : str
        The wave.
    progress : callable, optional
        Hears bytes done, bytes in all, and the file's name: once from 0 to all for the look
        through the files, and again for each round of `Incoming.chunks`.

    Raises
    ------
    DataError
        If no file is found, one cannot be read, their columns differ, the wave column is missing
        or holds no dates, a row belongs to two waves, or the wave has no row.
    """
    wave = study.wave(wave_id)
    told = progress or _silent
    files, raws = _read_all(study, wave, told)
    _reject_differences(files, raws)
    rows = belonging(study, wave, _deciding(raws, wave_column(study, wave)))
    return Incoming(wave_id, files, raws, rows, told)


def _silent(done: int, total: int, name: str) -> None:
    """Tell nobody."""


def wave_files(study: Study, wave: Wave) -> list[Path]:
    """Return the wave's raw files in the order of their names.

    Raises
    ------
    DataError
        If there is none.
    """
    paths = matching_files(study.raw, wave.file)
    if paths:
        return paths
    there = sorted(path.name for path in study.raw.glob("*") if path.is_file())
    listed = ", ".join(there[:10]) + (", …" if len(there) > 10 else "")
    raise DataError(
        Problem(
            f"wave '{wave.id}'",
            f"file '{wave.file}'",
            f"is not in {study.raw}.",
            f"The folder holds: {listed}." if there else "The folder is empty or not there.",
        )
    )


def _read_all(
    study: Study, wave: Wave, progress: Progress
) -> tuple[tuple[File, ...], tuple[RawFile, ...]]:
    paths = wave_files(study, wave)
    files: list[File] = []
    raws: list[RawFile] = []
    problems: list[Problem] = []
    total = sum(path.stat().st_size for path in paths)
    before = 0
    for path, name in zip(paths, _told_apart(paths), strict=True):
        tell = partial(_passed_on, progress, before, total, path.name)
        try:
            files.append(File.at(path, name))
            raws.append(read_wave_file(study, wave, path, tell=tell))
            files[-1].reject_changed()
            before += files[-1].n_bytes
        except DataError as error:
            problems.extend(error.problems)
        except OSError as error:
            problems.extend(closed(path, error).problems)
    if problems:
        raise DataError(problems)
    return tuple(files), tuple(raws)


def _passed_on(progress: Progress, before: int, total: int, name: str, done: int) -> None:
    progress(min(before + done, total), total, name)


def _deciding(raws: Sequence[RawFile], column: str | None) -> pd.DataFrame:
    """Return the rows of all files with the one column that tells the waves apart."""
    if column is None or column not in raws[0].columns:
        return pd.DataFrame({ROW: range(sum(raw.n_rows for raw in raws))})
    parts = [chunk for raw in raws for chunk in raw.chunks([column])]
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _told_apart(paths: Sequence[Path]) -> list[str]:
    """Return the files' names, with their folders where two files have one name."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    common = Path(os.path.commonpath([path.parent for path in paths]))
    return [path.relative_to(common).as_posix() for path in paths]


def _names(raw: RawFile) -> list[str]:
    return [name for name in raw.columns if name not in _OWN]


def _reject_differences(files: Sequence[File], raws: Sequence[RawFile]) -> None:
    first = _names(raws[0])
    problems = [
        problem
        for file, raw in zip(files[1:], raws[1:], strict=True)
        for problem in _differences(file.path.name, _names(raw), files[0].path.name, first)
    ]
    if problems:
        raise DataError(problems)


def _differences(
    name: str, columns: Sequence[str], first: str, expected: Sequence[str]
) -> list[Problem]:
    lists = {
        "are missing": [column for column in expected if column not in columns],
        "are there": [column for column in columns if column not in expected],
    }
    return [
        Problem(
            name,
            f"columns {', '.join(map(repr, which))}",
            f"{what}, unlike in {first}, a file of the same wave.",
            "Make the columns agree, or make each file a wave of its own.",
        )
        for what, which in lists.items()
        if which
    ]


def _storable(column: pd.Series[Any]) -> pd.Series[Any]:
    return texts(column) if column.dtype == object else column
