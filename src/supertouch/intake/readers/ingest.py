"""A wave's rows from its raw files: found, read, put together, and told apart by wave."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.intake.readers.days import dates
from supertouch.intake.readers.formats import read
from supertouch.intake.readers.raw import FAULT, FILE, ROW, RawFile
from supertouch.intake.recode import cells, matching, texts
from supertouch.study import matching_files
from supertouch.study.model import Code, Study, Wave

__all__ = ["ingest_wave", "wave_files"]

_OWN = (ROW, FILE, FAULT)


def ingest_wave(study: Study, wave_id: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Read the raw rows of one wave.

    Parameters
    ----------
    study : Study
        Says which files and which of their rows belong to the wave.
    wave_id : str
        The wave.

    Returns
    -------
    frame : DataFrame
        The files' columns and rows with ``__row__`` (and ``__file__`` where the wave has several
        files); columns of mixed types are text, so that the frame can be stored as Parquet.
    meta : dict
        Ready for JSON: ``wave``, ``files`` (name, sha256, bytes, format, encoding, delimiter,
        sheet, n_rows, original_names of each), ``n_rows`` of the wave, ``n_unassigned`` (rows of
        the files that belong to no wave of the study), ``no_wave`` (the same rows by ``column``
        and ``rule`` with their ``n``, for the first wave of the file alone, so that sums over
        waves count them once), ``value_labels`` and ``missing_codes`` per column, ``notes``.

    Raises
    ------
    DataError
        If no file is found, one cannot be read, their columns differ, the wave column is missing
        or holds no dates, a row belongs to two waves, or the wave has no row.
    """
    wave = study.wave(wave_id)
    paths = wave_files(study, wave)
    raws = _read_all(paths, wave)
    frame = _together(paths, raws)
    rows, lost = _belonging(study, wave, frame)
    frame = frame[rows].reset_index(drop=True)
    storable = pd.DataFrame({name: _storable(frame[name]) for name in frame.columns})
    files = [_described(path, raw) for path, raw in zip(paths, raws, strict=True)]
    return storable, {
        "wave": wave_id,
        "files": files,
        "n_rows": len(frame),
        "n_unassigned": sum(line["n"] for line in lost),
        "no_wave": lost if _is_first(study, wave) else [],
        "value_labels": _labels(raws),
        "missing_codes": _missing(raws),
        "notes": [
            f"{path.name}: {note}"
            for path, raw in zip(paths, raws, strict=True)
            for note in raw.notes
        ],
    }


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


def _read_all(paths: Sequence[Path], wave: Wave) -> list[RawFile]:
    raws: list[RawFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            raws.append(read(path, sheet=wave.sheet))
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems)
    return raws


def _together(paths: Sequence[Path], raws: Sequence[RawFile]) -> pd.DataFrame:
    if len(raws) == 1:
        return raws[0].frame
    first = _names(raws[0].frame)
    problems = [
        problem
        for path, raw in zip(paths[1:], raws[1:], strict=True)
        for problem in _differences(path.name, _names(raw.frame), paths[0].name, first)
    ]
    if problems:
        raise DataError(problems)
    names = _told_apart(paths)
    frames = [raw.frame.assign(**{FILE: name}) for name, raw in zip(names, raws, strict=True)]
    return pd.concat(frames, ignore_index=True)


def _told_apart(paths: Sequence[Path]) -> list[str]:
    """Return the files' names, with their folders where two files have one name."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    common = Path(os.path.commonpath([path.parent for path in paths]))
    return [path.relative_to(common).as_posix() for path in paths]


def _names(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in _OWN]


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


def _sharing(study: Study, wave: Wave) -> list[Wave]:
    """Return the waves that are read from the same file and sheet, in the study's order."""
    return [other for other in study.waves if (other.file, other.sheet) == (wave.file, wave.sheet)]


def _is_first(study: Study, wave: Wave) -> bool:
    return _sharing(study, wave)[0].id == wave.id


def _belonging(
    study: Study, wave: Wave, frame: pd.DataFrame
) -> tuple[NDArray[np.bool_], list[dict[str, Any]]]:
    """Return the mask of the wave's rows, and the rows of no wave at all: column, rule, n."""
    found = {other.id: _claimed(study, other, frame) for other in _sharing(study, wave)}
    masks = {id_: claimed for id_, (claimed, _) in found.items()}
    claims = np.sum(list(masks.values()), axis=0)
    mine = masks[wave.id]
    doubled = mine & (claims > 1)
    if doubled.any():
        others = [id_ for id_, mask in masks.items() if id_ != wave.id and (mask & mine).any()]
        raise DataError(
            Problem(
                f"wave '{wave.id}', file '{wave.file}'",
                f"{int(doubled.sum())} row(s), the first row {frame[ROW][doubled].iloc[0]},",
                f"belong to wave {', '.join(map(repr, others))} as well.",
                "Make the waves' values or dates exclude each other.",
            )
        )
    if not mine.any():
        raise DataError(
            Problem(
                f"wave '{wave.id}', file '{wave.file}'",
                "",
                "has no row of this wave.",
                "Correct the wave's values or dates.",
            )
        )
    unread = np.all([blank for _, blank in found.values()], axis=0)
    column = study.wave_column.within(wave.id) or ""
    counts = {
        "blank or unreadable wave": int(((claims == 0) & unread).sum()),
        "outside all waves": int(((claims == 0) & ~unread).sum()),
    }
    return mine, [{"column": column, "rule": rule, "n": n} for rule, n in counts.items() if n]


def _claimed(
    study: Study, wave: Wave, frame: pd.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the mask of the wave's rows, and of the rows whose wave cannot be read."""
    if not wave.values and wave.start is None and wave.end is None:
        return np.ones(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    name = study.wave_column.within(wave.id)
    if name is None or name not in frame.columns:
        raise DataError(
            Problem(
                f"wave '{wave.id}', file '{wave.file}'",
                f"column '{name}'" if name else "the column that tells the waves apart",
                "is missing." if name else "is not named.",
                "Correct the key 'wave' in [data].",
            )
        )
    if wave.values:
        found = cells(frame[name])
        mask: NDArray[np.bool_] = found.spread(matching(found, wave.values), blank=False)
        return mask, found.position < 0
    day = dates(frame[name], place=f"wave '{wave.id}', file '{wave.file}', column '{name}'")
    after = day >= pd.Timestamp(wave.start) if wave.start else day.notna()
    before = day <= pd.Timestamp(wave.end) if wave.end else day.notna()
    return (after & before).to_numpy(dtype=bool), day.isna().to_numpy(dtype=bool)


def _storable(column: pd.Series[Any]) -> pd.Series[Any]:
    return texts(column) if column.dtype == object else column


def _described(path: Path, raw: RawFile) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "name": path.name,
        "sha256": digest,
        "bytes": path.stat().st_size,
        "format": raw.format,
        "encoding": raw.encoding,
        "delimiter": raw.delimiter,
        "sheet": raw.sheet,
        "n_rows": raw.n_rows,
        "original_names": dict(raw.original_names),
    }


def _labels(raws: Sequence[RawFile]) -> dict[str, dict[str, str]]:
    merged: dict[str, dict[str, str]] = {}
    for raw in reversed(raws):
        for column, labels in raw.value_labels.items():
            merged.setdefault(column, {}).update(_keyed(labels))
    return merged


def _keyed(labels: Mapping[Code, str]) -> dict[str, str]:
    keys = texts(pd.Series(list(labels), dtype=object))
    return {str(key): label for key, label in zip(keys, labels.values(), strict=True)}


def _missing(raws: Sequence[RawFile]) -> dict[str, list[list[Code]]]:
    merged: dict[str, list[list[Code]]] = {}
    for raw in raws:
        for column, ranges in raw.missing_codes.items():
            known = merged.setdefault(column, [])
            known.extend(pair for pair in map(list, ranges) if pair not in known)
    return merged
