"""Parquet files: columns keep their types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from supertouch.errors import DataError
from supertouch.intake.readers.raw import Held, RawFile, header_names, unusable, with_rows

__all__ = ["headers", "read"]

_FREE, _SWELLING = 20_000_000, 100


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the column names, without reading the data."""
    import pyarrow.parquet

    _reject_sheet(path, sheet)
    try:
        schema = pyarrow.parquet.read_schema(path)
    except Exception as error:
        raise _damaged(path, error) from error
    return header_names([str(name) for name in schema.names], path.name)[0]


def read(path: Path, sheet: str | None = None, *, tell: Callable[[int], None]) -> RawFile:
    """Read a Parquet file; categories become their values.

    Raises
    ------
    DataError
        If the file is damaged, or no Parquet file.
    """
    import pyarrow
    import pyarrow.parquet

    _reject_sheet(path, sheet)
    try:
        _reject_swelling(path)
        found = pyarrow.parquet.read_schema(path).names
        names, changed, notes = header_names([str(name) for name in found], path.name)
        table = pyarrow.parquet.read_table(path).replace_schema_metadata(None)
        frame = table.to_pandas(ignore_metadata=True)
    except DataError:
        raise
    except Exception as error:  # what odd types and values raise on the way has no other parent
        raise _damaged(path, error) from error
    frame = frame.set_axis(names, axis="columns")
    for name, column in zip(names, table.schema, strict=True):
        if pyarrow.types.is_nested(column.type):
            frame[name] = frame[name].map(str, na_action="ignore")
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            frame[name] = frame[name].astype(frame[name].dtype.categories.dtype)
        if frame[name].dtype == bool:
            frame[name] = frame[name].astype("boolean")
    tell(path.stat().st_size)
    return RawFile(
        Held(with_rows(frame, range(1, len(frame) + 1), path.name)),
        "parquet",
        n_rows=len(frame),
        original_names=changed,
        notes=notes,
    )


def _reject_swelling(path: Path) -> None:
    """Refuse a file whose values would fill far more memory than its size lets expect."""
    import pyarrow.parquet

    said = pyarrow.parquet.read_metadata(path)
    if said.num_rows * said.num_columns > max(_FREE, _SWELLING * path.stat().st_size):
        raise unusable(
            path.name,
            f"declares {said.num_rows:,} rows of {said.num_columns:,} columns, in a file of "
            f"{path.stat().st_size:,} bytes.",
            "Write it again without the columns and rows that hold nothing.",
        )


def _reject_sheet(path: Path, sheet: str | None) -> None:
    if sheet is not None:
        raise unusable(
            path.name,
            "is a Parquet file and has no sheets.",
            "Take the key 'sheet' out of the wave.",
            value=f"sheet '{sheet}'",
        )


def _damaged(path: Path, error: Exception) -> DataError:
    return unusable(
        path.name,
        "is empty, damaged, or no Parquet file.",
        "Copy or write it again.",
        value=str(error).splitlines()[0] if str(error) else "",
    )
