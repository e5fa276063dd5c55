"""SPSS files (.sav, .zsav): codes as they stand, with value labels and declared missing values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from supertouch.errors import DataError
from supertouch.intake.readers.raw import RawFile, header_names, unusable, with_rows
from supertouch.study.model import Code

__all__ = ["headers", "read"]

_EPOCH = np.datetime64("1582-10-14T00:00:00", "s")
_DATES = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "DATETIME", "YMDHMS")
_LAST = np.datetime64("9999-12-31T23:59:59", "s")


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the variable names, without reading the cases."""
    _, meta = _load(path, sheet, names_only=True)
    return header_names(list(meta.column_names), path.name)[0]


def read(path: Path, sheet: str | None = None) -> RawFile:
    """Read an SPSS file; values that it declares missing are kept as their codes.

    System-missing values and blank texts are missing.

    Raises
    ------
    DataError
        If the file is damaged, or no SPSS file.
    """
    notes: tuple[str, ...] = ()
    try:
        frame, meta = _load(path, sheet)
    except OverflowError:
        frame, meta = _load(path, sheet, seconds=True)
        notes = _convert_dates(frame, meta.original_variable_types)
    names, changed, more = header_names(list(meta.column_names), path.name)
    frame = frame.set_axis(names, axis="columns")
    for name in frame.columns[[dtype.kind not in "fiuMb" for dtype in frame.dtypes]]:
        frame[name] = _tidied(frame[name])
    return RawFile(
        with_rows(frame, range(1, len(frame) + 1), path.name),
        "spss",
        encoding=meta.file_encoding,
        n_rows=len(frame),
        value_labels={name.strip(): dict(v) for name, v in meta.variable_value_labels.items()},
        missing_codes={
            name.strip(): _ranges(ranges) for name, ranges in meta.missing_ranges.items()
        },
        original_names=changed,
        notes=(*more, *notes),
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
    try:
        frame, meta = pyreadstat.read_sav(
            path,
            metadataonly=names_only,
            user_missing=True,
            disable_datetime_conversion=seconds,
        )
    except (pyreadstat.ReadstatError, UnicodeDecodeError, MemoryError) as error:
        raise _damaged(path, error) from error
    return frame, meta


def _damaged(path: Path, error: Exception) -> DataError:
    if path.stat().st_size == 0:
        return unusable(path.name, "is empty.", "Copy or download the file again.")
    return unusable(
        path.name,
        "is damaged, or no SPSS file.",
        "Copy or download it again; if SPSS can open it, save it anew.",
        value=str(error),
    )


def _ranges(ranges: list[dict[str, Code]]) -> tuple[tuple[Code, Code], ...]:
    return tuple((item["lo"], item["hi"]) for item in ranges)


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
    late = []
    for name, spec in formats.items():
        if spec.rstrip("0123456789.") not in _DATES:
            continue
        seconds = frame[name].to_numpy(dtype="float64", na_value=np.nan)
        offset = np.where(np.isnan(seconds), np.iinfo("int64").min, np.round(seconds))
        moments = _EPOCH + offset.astype("int64").astype("timedelta64[s]")
        moments[np.isnan(seconds)] = np.datetime64("NaT")
        if (moments > _LAST).any():
            late.append(name)
            text = pd.Series(np.datetime_as_string(moments), index=frame.index, dtype="str")
            frame[name] = text.mask(np.isnat(moments))
        else:
            frame[name] = moments
    return (f"dates after the year 9999 in {', '.join(late)}: kept as text",) if late else ()
