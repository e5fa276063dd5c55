"""Codes become typed answers: a value, or one of the four kinds of empty, or a breach.

All functions work on a column's distinct values and spread the result over its rows, so that a
column of a million rows costs little more than one of a thousand. None of them keeps state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from supertouch.study.model import EMPTIES, Code, Codes, Empty, Scale

__all__ = [
    "ANSWERED",
    "BREACH",
    "STATES",
    "Answers",
    "Cells",
    "answers",
    "cells",
    "empty_names",
    "is_code",
    "matching",
    "numbers",
    "state_of",
    "texts",
    "unclear",
]

BREACH = -1
ANSWERED = 0
STATES: tuple[str, ...] = ("", *EMPTIES)

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMMA = r"[+-]?\d*,\d+"
_POINT = r"[+-]?\d*\.\d+"
_UNCLEAR_COMMA = r"[+-]?[1-9]\d{0,2},\d{3}"
_UNCLEAR_POINT = r"[+-]?[1-9]\d{0,2}\.\d{3}"
_POINTS_THEN_COMMA = r"[+-]?\d{1,3}(?:\.\d{3})+,\d+"
_COMMAS_THEN_POINT = r"[+-]?\d{1,3}(?:,\d{3})+\.\d+"
_TOLERANCE = 1e-9
# ".000" stays: with decimal commas in use it could be a thousand
_WHOLE = r"([+-]?\d+)\.0{1,2}"


def state_of(kind: Empty) -> int:
    """Return the number that stands for a kind of empty in `Answers.state`."""
    return EMPTIES.index(kind) + 1


def empty_names(state: NDArray[np.int8]) -> pd.Series[str]:
    """Return the names of states: "" when answered, else the kind of empty."""
    return pd.Series(pd.array(STATES, dtype="str").take(state))


def texts(column: pd.Series[Any]) -> pd.Series[str]:
    """Return a column as stripped text; whole numbers lose their ``.0``, blanks are missing.

    So "1", "1.0" and 1.0 are the same respondent or group, and "01" is another.

    >>> texts(pd.Series([1.0, 2.5, None])).tolist()
    ['1', '2.5', nan]
    >>> texts(pd.Series(["1.0", " 01", "1.5"])).tolist()
    ['1', '01', '1.5']
    """
    position, distinct = pd.factorize(_told_apart(column))
    whole = _stripped(distinct).str.replace(f"^{_WHOLE}$", r"\1", regex=True)
    named = pd.concat([whole, pd.Series([None], dtype="str")])
    spread: pd.Series[str] = named.iloc[position].set_axis(column.index, axis="index")
    return spread


def _told_apart(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return ``column`` with truth values as text where types are mixed, as True equals 1."""
    if column.dtype != object or not pd.api.types.infer_dtype(column).startswith("mixed"):
        return column
    return column.map(lambda value: _text(value) if isinstance(value, bool | np.bool_) else value)


def _stripped(distinct: pd.Index | NDArray[Any] | ExtensionArray) -> pd.Series[str]:
    named = pd.Series(distinct)
    if named.dtype != "str":
        named = pd.Series([_text(value) for value in distinct], dtype="str")
    named = named.str.strip()
    return named.mask(named == "")


def _text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)


def numbers(text: pd.Series[str]) -> NDArray[np.float64]:
    """Return the numbers that texts hold; NaN where a text is no number or could be two.

    A comma is a decimal comma where nothing else makes sense ("1,25"). "1,250" could also be
    1250: it is read as 1.25 only if other values of the column show decimal commas and none a
    decimal point.

    >>> numbers(pd.Series(["6", "6.0", "6,0", "1,250", "six"])).tolist()
    [6.0, 6.0, 6.0, nan, nan]
    >>> numbers(pd.Series(["0,98", "1,250"])).tolist()
    [0.98, 1.25]
    """
    plain = text.where(text.str.fullmatch(_NUMBER, na=False))
    value = pd.to_numeric(plain, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    if not text.str.contains(",", regex=False, na=False).any():
        return value
    comma, point = text.str.fullmatch(_COMMA, na=False), text.str.fullmatch(_POINT, na=False)
    open_comma = text.str.fullmatch(_UNCLEAR_COMMA, na=False)
    open_point = text.str.fullmatch(_UNCLEAR_POINT, na=False)
    decimal_comma = bool((comma & ~open_comma).any())
    decimal_point = bool((point & ~open_point).any())
    pure = decimal_comma and not decimal_point and not bool(open_point.any())
    both = text.str.fullmatch(_POINTS_THEN_COMMA, na=False)
    turned = text.where((comma & (pure | ~open_comma)) | both)
    turned = turned.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    grouped = text.where(text.str.fullmatch(_COMMAS_THEN_POINT, na=False))
    turned = turned.fillna(grouped.str.replace(",", "", regex=False))
    value = np.where(decimal_comma & open_point.to_numpy(dtype=bool), np.nan, value)
    found = pd.to_numeric(turned, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isnan(found), value, found)


@dataclass(frozen=True, slots=True)
class Cells:
    """A column as its distinct values.

    Attributes
    ----------
    position : array of int, shape (n,)
        For each row the place of its value among the distinct ones; -1 for a blank.
    folded : array of str, shape (k,)
        Distinct values as stripped, case-folded text; "" for values that are numbers by type.
    number : array of float, shape (k,)
        Distinct values as numbers; NaN where they are none.
    """

    position: NDArray[np.intp]
    folded: NDArray[np.object_]
    number: NDArray[np.float64]

    def spread(self, distinct: NDArray[Any], *, blank: float | str) -> NDArray[Any]:
        """Return per row what ``distinct`` says of its value, and ``blank`` for blanks."""
        return np.append(distinct, np.asarray([blank], dtype=distinct.dtype))[self.position]


def cells(column: pd.Series[Any]) -> Cells:
    """Return the distinct values of a column of any type; blank texts count as missing."""
    if column.dtype.kind in "fiu":
        position, distinct = pd.factorize(column)
        number = pd.Series(distinct).to_numpy(dtype="float64", na_value=np.nan)
        return Cells(position, np.full(len(number), "", dtype=object), number)
    place, distinct = pd.factorize(_told_apart(column))
    text = _stripped(distinct)
    blank = text.isna().to_numpy(dtype=bool)
    position = np.append(np.where(blank, -1, np.arange(len(text))), -1)[place]
    number = numbers(text)
    if column.dtype.kind == "b":
        number = np.asarray(text == "true", dtype=np.float64)
    return Cells(position, text.fillna("").str.casefold().to_numpy(dtype=object), number)


def unclear(found: Cells) -> NDArray[np.bool_]:
    """Tell which distinct values are numbers whose comma or point can be read in two ways.

    >>> unclear(cells(pd.Series(["1,250", "1,25", "2", "six"]))).tolist()
    [False, False, False, False]
    >>> unclear(cells(pd.Series(["1,250", "2", "six"]))).tolist()
    [True, False, False]
    """
    text = pd.Series(found.folded, dtype="str")
    written = text.str.fullmatch(f"{_COMMA}|{_POINT}", na=False).to_numpy(dtype=bool)
    return np.isnan(found.number) & written


def is_code(value: Code) -> float | None:
    """Return the number that a code is, or None where it is a text."""
    if not isinstance(value, str):
        return float(value)
    plain = re.fullmatch(rf"{_NUMBER}|{_COMMA}", value.strip())
    return float(plain.group().replace(",", ".")) if plain else None


def matching(found: Cells, codes: Sequence[Code]) -> NDArray[np.bool_]:
    """Tell which distinct values equal one of the codes.

    Numbers are compared as numbers (6, 6.0, "6" and "6,0" are all code 6), everything else as
    text without regard to case or surrounding blanks.
    """
    known = [is_code(code) for code in codes]
    as_number = np.isin(found.number, [number for number in known if number is not None])
    words = [str(c).strip().casefold() for c, n in zip(codes, known, strict=True) if n is None]
    return as_number | np.isin(found.folded, np.array(words, dtype=object))


@dataclass(frozen=True, slots=True)
class Answers:
    """An item as answered.

    Attributes
    ----------
    values : array of float, shape (n,)
        Codes as given, not turned; NaN unless answered.
    state : array of int8, shape (n,)
        0 answered, 1-4 the kind of empty (see `STATES`), -1 neither scale nor declared code.
    blank : array of bool, shape (n,)
        Where the cell is blank, whatever kind of empty that is.
    """

    values: NDArray[np.float64]
    state: NDArray[np.int8]
    blank: NDArray[np.bool_]


def answers(column: pd.Series[Any], *, scale: Scale, codes: Codes) -> Answers:
    """Sort a column into answers on ``scale``, the four kinds of empty, and breaches."""
    found = cells(column)
    state = np.where(_on_scale(found.number, scale), ANSWERED, BREACH).astype(np.int8)
    for kind in reversed(EMPTIES):
        state[matching(found, getattr(codes, kind))] = state_of(kind)
    values = np.where(state == ANSWERED, found.number, np.nan)
    return Answers(
        found.spread(values, blank=np.nan),
        found.spread(state, blank=state_of(codes.blank)),
        found.position < 0,
    )


def _on_scale(number: NDArray[np.float64], scale: Scale) -> NDArray[np.bool_]:
    inside = (number >= scale.minimum) & (number <= scale.maximum)
    if not scale.step:
        return inside
    steps = (np.where(inside, number, scale.minimum) - scale.minimum) / scale.step
    return inside & (np.abs(steps - np.round(steps)) <= _TOLERANCE)
