"""An SPSS file that is known to be whole: what was written is read back and compared."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["write_whole"]


def write_whole(table: pd.DataFrame, part: Path, described: Mapping[str, Any]) -> None:
    """Write a table as an SPSS file, and read it back before anybody relies on it.

    The library that writes such files does not notice a disk that is full: it returns, and the
    file ends where the space did.

    Parameters
    ----------
    table : DataFrame
        Numbers, and texts as objects; the columns are called as the variables.
    part : Path
        Where to write.
    described : mapping
        What `pyreadstat.write_sav` is told of labels, missing ranges, levels and formats.

    Raises
    ------
    OSError
        If the file cannot be written, or does not hold what was written.
    """
    import pyreadstat

    try:
        pyreadstat.write_sav(table, part, row_compress=True, **described)
        held, _ = pyreadstat.read_sav(part, user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise OSError(errno.EIO, f"{error}".strip() or "not a whole file") from error
    if not _same(table, held):
        raise OSError(errno.ENOSPC, "what was written is not whole: is the disk full?")


def _same(table: pd.DataFrame, held: pd.DataFrame) -> bool:
    """Tell whether a file holds a table; blanks at the end of a text do not count."""
    if list(held.columns) != list(table.columns) or len(held) != len(table):
        return False
    return all(_equal(table[name], held[name]) for name in table.columns)


def _equal(written: pd.Series[Any], held: pd.Series[Any]) -> bool:
    if written.dtype.kind in "fiu":
        one, other = (column.to_numpy(np.float64) for column in (written, held))
        return np.array_equal(one, other, equal_nan=True)
    texts = (column.astype("str").str.rstrip(" ").tolist() for column in (written, held))
    return next(texts) == next(texts)
