"""Files between the stages: written whole or not at all, checked when written and when read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.errors import OutputError, Problem
from supertouch.saving import is_half, reason, remove, save, standing
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "coded_file",
    "counted",
    "lines_of",
    "read_frame",
    "read_record",
    "read_table",
    "remove",
    "remove_others",
    "rows_of",
    "sha256",
    "write_csv",
    "write_frame",
    "write_record",
    "write_responses",
    "write_study",
    "write_table",
    "write_text",
]

ROW_GROUP = 131_072
SMALLEST = -127
AGAIN = "Run the command again with --force."


def coded_file(study: Study, wave: str) -> Path:
    """Return where a wave's coded answers stand, as an SPSS file."""
    return study.processed / "coded" / f"{wave}.sav"


def write_table(frame: pd.DataFrame, path: Path, *, table: str) -> None:
    """Write ``frame`` as Parquet after checking it against the schema of ``table``.

    Raises
    ------
    OutputError
        If the frame breaks the schema or cannot be written.
    """
    from supertouch.tables import checked

    write_frame(checked(frame, table=table), path)


def read_table(path: Path, *, table: str) -> pd.DataFrame:
    """Read a table written by :func:`write_table` and check it again.

    Raises
    ------
    OutputError
        If the file is missing, unreadable or no longer that table.
    """
    from supertouch.tables import checked

    return checked(read_frame(path), table=table)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write any frame as Parquet."""
    save(path, lambda part: frame.to_parquet(part, index=False))


def write_responses(frame: pd.DataFrame, path: Path) -> None:
    """Write accepted responses: whole numbers small, some hundred thousand rows a row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(part: Path) -> None:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        for place, kind in enumerate(table.schema.types):
            name = table.schema.names[place]
            if kind == pa.float64() and name.partition(".")[2]:
                small = _small(table[name])
                table = table.set_column(place, name, small) if small is not None else table
        pq.write_table(table, part, row_group_size=ROW_GROUP, compression="zstd")

    save(path, write)


def _small(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return numbers as int8 if all of them are whole and small, else None."""
    import pyarrow as pa
    import pyarrow.compute as pc

    least = pc.min(column).as_py()
    if least is not None and least < SMALLEST:
        return None
    try:
        return column.cast(pa.int8(), safe=True)
    except pa.ArrowInvalid:
        return None


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV, for people."""
    write_text(frame.to_csv(index=False, lineterminator="\n"), path)


def read_frame(path: Path) -> pd.DataFrame:
    """Read a Parquet file.

    Raises
    ------
    OutputError
        If the file is missing or unreadable.
    """
    import pandas as pd

    try:
        return pd.read_parquet(standing(path))
    except (OSError, ValueError) as error:
        problem = Problem(str(path), "", f"cannot be read ({reason(error)}).", AGAIN)
        raise OutputError(problem) from error


def rows_of(path: Path) -> int:
    """Return how many rows a Parquet file says that it has.

    Raises
    ------
    OutputError
        If the file is missing or unreadable.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, ValueError, pa.ArrowException) as error:
        problem = Problem(str(path), "", f"cannot be read ({reason(error)}).", AGAIN)
        raise OutputError(problem) from error


def lines_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as records with plain keys."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def counted(column: pd.Series[Any]) -> dict[str, int]:
    """Return how often each value of a column occurs, the most frequent first."""
    return {str(value): int(n) for value, n in column.value_counts().items()}


def write_record(record: Mapping[str, object], path: Path, *, at: int | None = None) -> None:
    """Write ``record`` as JSON; its presence says that the step is done.

    ``at`` is its time of change (ns), by which make decides; by default what the clock says.
    """
    text = json.dumps(record, indent=2, ensure_ascii=False, default=_plain) + "\n"

    def write(part: Path) -> None:
        part.write_text(text, encoding="utf-8")
        if at is not None:
            os.utime(part, ns=(at, at))

    save(path, write)


def _plain(value: object) -> object:
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)


def read_record(path: Path, *, keys: Sequence[str] = ()) -> dict[str, Any]:
    """Read a record written by :func:`write_record`.

    Parameters
    ----------
    path
        The record.
    keys
        What has to stand in it.

    Raises
    ------
    OutputError
        If the file is missing, no JSON object, or lacks one of ``keys``.
    """
    try:
        record = dict(json.loads(standing(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        problem = Problem(str(path), "", f"cannot be read ({reason(error)}).", AGAIN)
        raise OutputError(problem) from error
    lost = [key for key in keys if key not in record]
    if lost:
        rule = f"is a record without {', '.join(map(repr, lost))}."
        raise OutputError(Problem(str(path), "", rule, AGAIN))
    return record


def write_text(text: str, path: Path) -> Path:
    """Write ``text`` in UTF-8 and return where."""
    save(path, lambda part: part.write_text(text, encoding="utf-8"))
    return path


def remove_others(folder: Path, *, kept: Collection[Path], suffixes: Collection[str]) -> None:
    """Remove the files of ``folder`` with one of ``suffixes``, but those ``kept``.

    Folders, links and files of other kinds stay. Half-written files that a stop left behind go.
    """
    for path in folder.glob("*"):
        half = path.name.startswith(".") and any(f"{suffix}." in path.name for suffix in suffixes)
        half = half and (path.suffix != ".part" or is_half(path.name))
        own = path.is_file() and not path.is_symlink() and (half or path.suffix in suffixes)
        if own and path not in kept:
            remove(path)


def write_study(text: str, path: Path) -> None:
    """Write a study file once it has been shown to load.

    Raises
    ------
    StudyError
        If it does not.
    OutputError
        If it cannot be written.
    """
    from supertouch.study import load_study

    def write(part: Path) -> None:
        part.write_text(text, encoding="utf-8", newline="\n")
        load_study(part)

    save(path, write)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
