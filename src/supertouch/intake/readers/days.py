"""Dates of interview, in the ways that files write them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from supertouch.intake.readers.raw import unusable
from supertouch.intake.recode import texts

__all__ = ["dates"]

_ISO = r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?"
_DOTTED = r"(\d{1,2}\.\d{1,2}\.\d{4})(?:[T ,].*)?"
_SLASHED = r"(\d{1,2}/\d{1,2}/\d{4})(?:[T ,].*)?"


def dates(column: pd.Series[Any], *, place: str) -> pd.Series[Any]:
    """Return the calendar day of each row; missing where there is none.

    Timestamps are taken as they are. Texts may be ISO (2019-07-22), German (22.07.2019), or
    with slashes if the column shows whether the day or the month stands first.

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
    day = pd.to_datetime(_day(text, _ISO), format="%Y-%m-%d", errors="coerce")
    dotted = pd.to_datetime(_day(text, _DOTTED), format="%d.%m.%Y", errors="coerce")
    day = day.fillna(dotted)
    slashed = _day(text, _SLASHED)
    if slashed.notna().any():
        order = _order(slashed, place)
        day = day.fillna(pd.to_datetime(slashed, format=order, errors="coerce"))
    if not day.notna().any():
        raise unusable(
            place,
            "is no date that supertouch reads.",
            "Use dates such as 2019-07-22 or 22.07.2019, or give the waves by their values.",
            value=f"'{text.dropna().iloc[0]}'" if text.notna().any() else "blank",
        )
    return day


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
