"""SPSS files (.sav, .zsav, .por): codes as they stand, labels, declared missing values, sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError
from supertouch.intake.readers.dictionary import Dictionary, walked
from supertouch.intake.readers.heading import spaced
from supertouch.intake.readers.raw import (
    Held,
    RawFile,
    header_names,
    listed,
    no_rows,
    unusable,
    with_rows,
)
from supertouch.intake.readers.trial import survives
from supertouch.study.model import Code

__all__ = ["headers", "read"]

_EPOCH = np.datetime64("1582-10-14T00:00:00", "s")
_DATES = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "DATETIME", "YMDHMS")
_TIMES = ("TIME", "DTIME", "MTIME")
_MOST = 1e15
_LAST = np.datetime64("9999-12-31T23:59:59", "s")
_FREE, _SWELLING = 20_000_000, 100


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the variable names, without reading the cases."""
    _, meta = _load(path, sheet, names_only=True)
    return header_names(list(meta.column_names), path.name)[0]


def read(path: Path, sheet: str | None = None, *, tell: Callable[[int], None]) -> RawFile:
    """Read an SPSS file; values that it declares missing are kept as their codes.

    System-missing values and blank texts are missing. Dates that no calendar of Python holds make
    their column text; a note names it, and all other columns are as in any file.

    Raises
    ------
    DataError
        If the file is damaged, or no SPSS file.
    """
    dates: tuple[str, ...] = ()
    try:
        frame, meta = _load(path, sheet)
    except (OverflowError, ValueError):
        frame, meta = _load(path, sheet, seconds=True)
        dates = _convert_dates(frame, meta.original_variable_types)
    names, changed, stripped = header_names(list(meta.column_names), path.name)
    frame = frame.set_axis(names, axis="columns")
    for name in frame.columns[[dtype.kind not in "fiuMb" for dtype in frame.dtypes]]:
        frame[name] = _tidied(frame[name])
    sets, categories = _sets(meta, names)
    tell(path.stat().st_size)
    return RawFile(
        Held(with_rows(frame, range(1, len(frame) + 1), path.name)),
        "spss",
        encoding=meta.file_encoding,
        n_rows=len(frame),
        value_labels={
            name.strip(): {code: label.strip() for code, label in labels.items()}
            for name, labels in meta.variable_value_labels.items()
        },
        missing_codes={
            name.strip(): _ranges(ranges) for name, ranges in meta.missing_ranges.items()
        },
        column_labels={
            name.strip(): spaced(label)
            for name, label in meta.column_names_to_labels.items()
            if label and label.strip()
        },
        sets=sets,
        original_names=changed,
        notes=(*stripped, *dates, *categories, *_portable(path)),
    )


def _load(
    path: Path, sheet: str | None, *, names_only: bool = False, seconds: bool = False
) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    if sheet is not None:
        raise unusable(
            path.name,
            "is an SPSS file and has no sheets.",
            "Take the key 'sheet' out of the wave.",
            value=f"sheet '{sheet}'",
        )
    if path.suffix.lower() != ".por":
        _reject_lying(path, names_only=names_only)
    options: dict[str, Any] = {
        "metadataonly": names_only,
        "disable_datetime_conversion": seconds,
    }
    try:
        if path.suffix.lower() == ".por":
            frame, meta = pyreadstat.read_por(path, **options)
        else:
            frame, meta = pyreadstat.read_sav(path, user_missing=True, **options)
    except OSError:
        raise
    except Exception as error:
        dates = isinstance(error, OverflowError | ValueError)
        if dates and not isinstance(error, UnicodeError) and not (seconds or names_only):
            raise
        raise _damaged(path, error) from error
    if not all(meta.column_names):
        raise _damaged(path, ValueError("a variable has no name"))
    return frame, meta


def _reject_lying(path: Path, *, names_only: bool) -> None:
    """Refuse a file whose size denies what it declares, or on which the library breaks down.

    The library takes memory for all the rows that are declared, and reads no more of them.
    """
    found = walked(path)
    most = _most_values(path.stat().st_size, found)
    if found.cases * found.width > most:
        raise unusable(
            path.name,
            f"declares {found.cases:,} rows of {found.width:,} values, more than can be in it.",
            "Copy or download it again; if SPSS can open it, save it anew.",
        )
    if found.odd and found.system and not survives(path):
        raise _damaged(path, ValueError("the library that reads it breaks down"))
    if names_only or found.cases < 0:
        return
    stored = found.stored(path)
    if stored is not None and stored > found.cases:
        raise unusable(
            path.name,
            f"declares {found.cases:,} rows and holds {stored:,}: the others would be lost.",
            "Open it in SPSS and save it anew.",
        )
    if not found.cases and not found.odd:
        raise no_rows(path.name)


def _most_values(size: int, found: Dictionary) -> int:
    """Return how many values of 8 bytes a file of that size may hold."""
    if found.odd or found.compression == 2:
        return max(_FREE, _SWELLING * size)
    return size // 8 if found.compression == 0 else size


def _damaged(path: Path, error: Exception) -> DataError:
    if path.stat().st_size == 0:
        return unusable(path.name, "is empty.", "Copy or download the file again.")
    return unusable(
        path.name,
        "is damaged, or no SPSS file.",
        "Copy or download it again; if SPSS can open it, save it anew.",
        value=str(error),
    )


def _portable(path: Path) -> tuple[str, ...]:
    told = (
        "portable SPSS file: values that it declares missing cannot be told from blanks, and it "
        "has no multiple-response sets; where that matters, save it as .sav"
    )
    return (told,) if path.suffix.lower() == ".por" else ()


def _ranges(ranges: list[dict[str, Code]]) -> tuple[tuple[Code, Code], ...]:
    return tuple((item["lo"], item["hi"]) for item in ranges)


def _sets(meta: Any, names: list[str]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:  # noqa: ANN401
    """Return the sets of boxes, and notes on sets of columns that hold categories each."""
    found = getattr(meta, "mr_sets", None) or {}
    columns = {
        name: tuple(column for column in item["variable_list"] if column in names)
        for name, item in found.items()
    }
    boxes = {
        name: columns[name]
        for name, item in found.items()
        if item["is_dichotomy"] and columns[name]
    }
    notes = tuple(
        f"category set '{name}', whose columns hold one answer each: {listed(columns[name])}"
        for name in found
        if name not in boxes and columns[name]
    )
    return boxes, notes


def _tidied(column: pd.Series[Any]) -> pd.Series[Any]:
    """Turn dates into timestamps and blank texts into missing; leave times of day as they are."""
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind in {"date", "datetime"}:
        return pd.to_datetime(column)
    if kind == "string":
        text = column.astype("str")
        return text.mask(text.str.strip() == "")
    return column


def _convert_dates(frame: pd.DataFrame, formats: Mapping[str, str]) -> tuple[str, ...]:
    """Turn seconds since 1582 into timestamps; years past 9999 make the column text."""
    kinds = {name: spec.rstrip("0123456789.") for name, spec in formats.items()}
    late = []
    for name in [name for name, kind in kinds.items() if kind in _DATES]:
        seconds = frame[name].to_numpy(dtype="float64", na_value=np.nan)
        wild = np.abs(seconds) > _MOST
        moments = _moments(np.where(wild, np.nan, seconds))
        if wild.any() or (moments > _LAST).any():
            late.append(name)
            text = np.where(wild, seconds.astype("str"), np.datetime_as_string(moments))
            column = pd.Series(text, index=frame.index, dtype="str")
            frame[name] = column.mask(np.isnan(seconds))
        else:
            frame[name] = moments
    times = [name for name, kind in kinds.items() if kind in _TIMES]
    notes = {
        f"dates after the year 9999 in {listed(late)}: kept as text": late,
        f"times of day in {listed(times)}: kept as seconds, as a date of the file cannot be read "
        "in the usual way": times,
    }
    return tuple(note for note, about in notes.items() if about)


def _moments(seconds: NDArray[np.float64]) -> NDArray[np.datetime64]:
    blank = np.isnan(seconds)
    moments = _EPOCH + np.round(np.where(blank, 0, seconds)).astype("timedelta64[s]")
    moments[blank] = np.datetime64("NaT")
    return moments
