"""Validated responses as parts of Parquet files: each reads its own rows, where it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.errors import OutputError, Problem
from supertouch.pipeline.storage import opened_parquet, reachable
from supertouch.saving import reason
from supertouch.study.model import Study

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

__all__ = ["ParquetPart", "parquet_parts"]

AGAIN = "Run the command again with --force, so that the wave is validated anew."
ROWS = 262_144
AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """Some row groups of a Parquet file.

    Attributes
    ----------
    path : str
        A path, or an address that fsspec knows.
    groups : tuple of int
        Row groups.
    rows : int
    columns, full : frozenset of str
        Columns that are there, and those without an empty cell.
    """

    path: str
    groups: tuple[int, ...]
    rows: int
    columns: frozenset[str]
    full: frozenset[str]

    @property
    def name(self) -> str:
        """The file and its row groups."""
        return f"{self.path}, row groups {self.groups[0]}–{self.groups[-1]}"

    def numbers(self, names: Sequence[str]) -> NDArray[Any]:
        """Return columns of numbers; see :class:`supertouch.findings.streams.parts.Part`."""
        import numpy as np
        import pyarrow as pa

        from supertouch.stats.stored import EMPTY

        table = self._table([name for name in names if name in self.columns])
        whole = all(kind == pa.int8() for kind in table.schema.types)
        result = np.empty((len(names), self.rows), dtype=np.int8 if whole else np.float64)
        for place, name in enumerate(names):
            if name not in self.columns:
                result[place] = EMPTY if whole else np.nan
                continue
            start = 0
            for chunk in table[name].chunks:
                filled = chunk.fill_null(EMPTY) if whole and chunk.null_count else chunk
                stop = start + len(chunk)
                result[place, start:stop] = filled.to_numpy(zero_copy_only=False)
                start = stop
        return result

    def texts(self, name: str) -> NDArray[np.object_]:
        """Return a column of texts."""
        import numpy as np

        return np.asarray(self._table([name])[name].to_numpy(), dtype=object)

    def frame(self, names: Sequence[str], rows: NDArray[np.intp]) -> pd.DataFrame:
        """Return some rows as ``validate`` accepted them."""
        import pandas as pd

        kept = [name for name in names if name in self.columns]
        some = [
            self._table(kept[start : start + AT_ONCE]).take(rows).to_pandas()
            for start in range(0, len(kept), AT_ONCE)
        ]
        found: pd.DataFrame = pd.concat(some, axis="columns")
        return found

    def _table(self, names: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        try:
            with opened_parquet(self.path) as file:
                return file.read_row_groups(list(self.groups), columns=list(names))
        except (OSError, ValueError, pa.ArrowException) as error:
            raise _unreadable(self.name, error) from error


def parquet_parts(study: Study, wave: str, path: Path) -> tuple[ParquetPart, ...]:
    """Cut a wave's file of responses into parts of about a quarter of a million rows.

    Raises
    ------
    OutputError
        If the file, or the storage that a cluster reads it from, cannot be used.
    """
    import pyarrow as pa

    where = reachable(study, wave, path)
    try:
        with opened_parquet(where) as file:
            metadata = file.metadata
            columns = frozenset(file.schema_arrow.names)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _unreadable(where, error) from error
    parts: list[ParquetPart] = []
    held: list[int] = []
    for number in range(metadata.num_row_groups):
        held.append(number)
        rows = sum(metadata.row_group(k).num_rows for k in held)
        following = min(number + 1, metadata.num_row_groups - 1)
        last = number + 1 == metadata.num_row_groups
        if last or rows + metadata.row_group(following).num_rows > ROWS:
            full = _full(metadata, held)
            parts.append(ParquetPart(where, tuple(held), rows, columns, full))
            held = []
    return tuple(parts)


def _full(metadata: pq.FileMetaData, groups: Sequence[int]) -> frozenset[str]:
    """Return the columns of which the file itself says that no cell is empty."""
    names = set()
    for place in range(metadata.num_columns):
        told = [metadata.row_group(k).column(place).statistics for k in groups]
        if all(item is not None and item.null_count == 0 for item in told):
            names.add(metadata.row_group(groups[0]).column(place).path_in_schema)
    return frozenset(names)


def _unreadable(name: str, error: Exception) -> OutputError:
    return OutputError(Problem(name, "", f"cannot be read ({reason(error)}).", AGAIN))
