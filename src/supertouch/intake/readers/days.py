"""Dates of interview, in the ways that files write them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from supertouch.intake.readers.raw import unusable
from supertouch.intake.recode import texts

__all__ = ["dates", "ways"]

# pattern of the text, format of the day in it; the first that fits a text decides
_PLAIN = (
    (r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", "%Y-%m-%d"),
    (r"(\d{4}/\d{1,2}/\d{1,2})(?:[T ].*)?", "%Y/%m/%d"),
    (r"(\d{1,2}\.\d{1,2}\.\d{4})(?:[T ,].*)?", "%d.%m.%Y"),
    (r"(\d{1,2}\.\d{1,2}\.\d{2})(?:[T ,].*)?", "%d.%m.%y"),
)
_PARTS = {"Y": "year", "y": "year", "m": "month", "d": "day"}
_SLASHED = r"(\d{1,2}/\d{1,2}/\d{4})(?:[T ,].*)?"


def dates(column: pd.Series[Any], *, place: str) -> pd.Series[Any]:
    """Return the calendar day of each row; missing where there is none.

    Timestamps are taken as they are. Texts may be ISO (2019-07-22, 2019/07/22), German
    (22.07.2019, 22.07.19), each with a time of day behind it, or have slashes (7/22/2019) if the
    column shows by a number above 12 whether the day or the month stands first.

    Raises
    ------
    DataError
        If no value is a date, or if slashes leave open which number is the month.
    """
    if column.dtype.kind == "M":
        local = column.dt.tz_localize(None) if column.dt.tz is not None else column
        day: pd.Series[Any] = local.dt.normalize()
        return day
    text = texts(column)
    day = pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    for pattern, spec in _PLAIN:
        found = pd.to_datetime(_day(text, pattern), format=spec, errors="coerce")
        day = day.fillna(found.astype(day.dtype))
    slashed = _day(text, _SLASHED)
    if slashed.notna().any():
        order = _order(slashed, place)
        found = pd.to_datetime(slashed, format=order, errors="coerce")
        day = day.fillna(found.astype(day.dtype))
    if not day.notna().any():
        raise unusable(
            place,
            "is no date that supertouch reads.",
            "Use dates such as 2019-07-22 or 22.07.2019, or give the waves by their values.",
            value=f"'{text.dropna().iloc[0]}'" if text.notna().any() else "blank",
        )
    return day


def ways(column: pd.Series[Any], *, place: str) -> tuple[str, ...]:
    """Return in which ways a column writes its dates, each with a date and what it is read as.

    >>> ways(pd.Series(["22.07.2019 10:22", "23.07.2019"]), place="w")
    ("2 date(s) such as '22.07.2019 10:22' read as day, month, year",)
    """
    if column.dtype.kind == "M":
        return ()
    text = texts(column)
    found = [(_day(text, pattern), spec) for pattern, spec in _PLAIN]
    slashed = _day(text, _SLASHED)
    if slashed.notna().any():
        found.append((slashed, _order(slashed, place)))
    return tuple(
        f"{day.notna().sum()} date(s) such as '{text[day.notna()].iloc[0]}' read as "
        f"{', '.join(_PARTS[part] for part in spec if part in _PARTS)}"
        for day, spec in found
        if day.notna().any()
    )


def _day(text: pd.Series[str], pattern: str) -> pd.Series[str]:
    return text.str.extract(f"^{pattern}$", expand=False)


def _order(slashed: pd.Series[str], place: str) -> str:
    parts = slashed.dropna().str.split("/", expand=True).astype("int64")
    day_first, month_first = bool((parts[0] > 12).any()), bool((parts[1] > 12).any())
    if day_first == month_first:
        raise unusable(
            place,
            "leaves open whether the day or the month stands first.",
            "Use dates such as 2019-07-22.",
            value=f"'{slashed.dropna().iloc[0]}'",
        )
    return "%d/%m/%Y" if day_first else "%m/%d/%Y"
