"""How long an interview took, in the ways that files write it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.intake.recode import cells, texts

__all__ = ["seconds"]

_CLOCK = (
    r"^(?:(?P<days>\d+) days? )?(?:(?P<hours>\d+):)?(?P<minutes>\d{1,3}):"
    r"(?P<seconds>\d{1,2}(?:[.,]\d+)?)$"
)
_UNITS = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}


def seconds(column: pd.Series[Any], *, place: str) -> NDArray[np.float64]:
    """Return durations in seconds; NaN where there is none above 0.

    Numbers count as seconds; texts may be ``1:02:11`` (hours, minutes, seconds) or ``12:45``
    (minutes, seconds), and times of day as Excel and SPSS keep durations.

    Raises
    ------
    DataError
        If the column has values and none is a duration.
    """
    if column.dtype.kind == "m":
        found = column.dt.total_seconds().to_numpy(dtype="float64", na_value=np.nan)
    else:
        parsed = cells(column)
        number = parsed.spread(parsed.number, blank=np.nan)
        found = np.where(np.isnan(number), _clock(column), number)
    found = np.where(np.isfinite(found) & (found > 0), found, np.nan)
    named = texts(column).dropna()
    if len(named) and np.isnan(found).all():
        raise DataError(
            Problem(
                place,
                f"'{named.iloc[0]}'",
                "is no duration, nor is any other value of the column.",
                "Name the column that has seconds, or times such as 0:12:45, as quality.duration.",
            )
        )
    return np.asarray(found)


def _clock(column: pd.Series[Any]) -> NDArray[np.float64]:
    text = texts(column)
    position, distinct = pd.factorize(text)
    parts = pd.Series(distinct, dtype="str").str.extract(_CLOCK)
    total = np.zeros(len(distinct))
    for unit, worth in _UNITS.items():
        value = pd.to_numeric(parts[unit].str.replace(",", "."), errors="coerce")
        total += value.fillna(0.0).to_numpy(dtype="float64") * worth
    total[parts["minutes"].isna().to_numpy(dtype=bool)] = np.nan
    return np.append(total, np.nan)[position]
