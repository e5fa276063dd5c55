"""A version's rows as Parquet files, with a digest of each column by which changes are told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.errors import DataError, OutputError, Problem
from supertouch.intake.recode import texts
from supertouch.intake.waves.shelf import how_to_mend
from supertouch.saving import sync

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Written", "frames_of", "read_parts", "write_parts"]

_ROWS_PER_PART = 500_000


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes
    ----------
    parts : list of dict
        Per file its ``name``, ``bytes`` and ``rows``.
    columns : dict
        Per column, in order, ``digest`` (SHA-256 of its values as text, in the order of the rows)
        and ``n`` (values that are not blank).
    n_rows, n_left_out : int
        Rows written, and rows that came in but were not written.
    """

    parts: list[dict[str, Any]]
    columns: dict[str, dict[str, Any]]
    n_rows: int
    n_left_out: int


@dataclass(slots=True)
class _Digest:
    """One column's values so far; the same however the rows were cut into parts."""

    n: int = 0
    lengths: Any = field(default_factory=hashlib.sha256)
    content: Any = field(default_factory=hashlib.sha256)

    def add(self, column: pd.Series[Any]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        text = column if column.dtype == "str" else texts(column)
        array = pa.array(text, type=pa.large_string(), from_pandas=True)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        lengths = pc.fill_null(pc.binary_length(array), -1).to_numpy(zero_copy_only=False)
        self.lengths.update(lengths.astype("<i8").tobytes())
        filled = pc.drop_null(array)
        self.n += len(filled)
        if len(filled):
            _, places, content = filled.buffers()
            ends = np.frombuffer(places, dtype=np.int64)[filled.offset :]
            self.content.update(memoryview(content)[int(ends[0]) : int(ends[len(filled)])])

    def summary(self) -> dict[str, Any]:
        both = self.lengths.digest() + self.content.digest()
        return {"digest": hashlib.sha256(both).hexdigest(), "n": self.n}


def write_parts(
    chunks: Iterable[pd.DataFrame],
    folder: Path,
    *,
    kept: Callable[[pd.DataFrame], pd.DataFrame],
) -> Written:
    """Write rows part by part, each after ``kept`` chose what is stored of it.

    Raises
    ------
    DataError
        If a column changes its type or the columns change between the parts.
    """
    import pyarrow.parquet as pq

    digests: dict[str, _Digest] = {}
    parts: list[dict[str, Any]] = []
    writer, schema = None, None
    n_rows = n_came = n_here = 0
    try:
        for chunk in chunks:
            rows = kept(chunk)
            table = _table(rows, schema)
            schema = table.schema
            if writer is None or n_here >= _ROWS_PER_PART:
                if writer is not None:
                    writer.close()
                parts.append({"name": f"part-{len(parts):04d}.parquet", "rows": 0})
                path = folder / parts[-1]["name"]
                writer, n_here = pq.ParquetWriter(path, schema, write_page_checksum=True), 0
            writer.write_table(table)
            for name in rows.columns:
                digests.setdefault(name, _Digest()).add(rows[name])
            n_came, n_rows, n_here = n_came + len(chunk), n_rows + len(rows), n_here + len(rows)
            parts[-1]["rows"] += len(rows)
    finally:
        if writer is not None:
            writer.close()
    for part in parts:
        sync(folder / part["name"])
        part["bytes"] = (folder / part["name"]).stat().st_size
    columns = {name: digest.summary() for name, digest in digests.items()}
    return Written(parts, columns, n_rows, n_came - n_rows)


def _table(rows: pd.DataFrame, schema: pa.Schema | None) -> pa.Table:
    import pyarrow as pa

    try:
        table = pa.Table.from_pandas(rows, schema=schema, preserve_index=False)
    except (pa.ArrowException, KeyError, ValueError, TypeError) as error:
        problem = Problem("the raw file", "", f"changes its types on the way ({error}).", "")
        raise DataError(problem) from error
    if schema is not None and list(rows.columns) != schema.names:
        problem = Problem("the raw file", "", "changes its columns on the way.", "")
        raise DataError(problem)
    return table


def frames_of(
    folder: Path, parts: Sequence[Mapping[str, Any]], *, columns: Sequence[str] | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the rows of parts in order, a bounded number at a time.

    Raises
    ------
    OutputError
        If a file cannot be read or does not hold the rows that were stored.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for part in parts:
        path = folder / part["name"]
        n = 0
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for group in range(file.num_row_groups):
                    table = file.read_row_group(group, columns=columns)
                    n += len(table)
                    yield table.to_pandas()
                if not file.num_row_groups:
                    yield file.read(columns=columns).to_pandas()
        except (OSError, pa.ArrowException, ValueError) as error:
            raise _damaged(path, f"cannot be read ({_first_line(error)}).") from error
        if n != part["rows"]:
            raise _damaged(path, f"holds {n} rows, {part['rows']} were stored.")


def read_parts(
    folder: Path, parts: Sequence[Mapping[str, Any]], *, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the rows of parts, one below the other.

    Raises
    ------
    OutputError
        If a file cannot be read or does not hold the rows that were stored.
    """
    frames = list(frames_of(folder, parts, columns=columns))
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def _damaged(path: Path, rule: str) -> OutputError:
    return OutputError(Problem(str(path), "", rule, how_to_mend(path.parent)))
