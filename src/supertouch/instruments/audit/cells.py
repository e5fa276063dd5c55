"""What a cell of the sheet means, or why it cannot be used."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from supertouch.instruments.audit.form import Column, choices
from supertouch.instruments.audit.opening import Cell
from supertouch.language import Language, available, language

__all__ = ["Bad", "Meaning", "meaning", "number_of", "shown"]

Meaning = str | float | None

_MONEY = re.compile(r"€|\$|£|\b(?:eur|euro|chf|usd|gbp|fr\.|sfr\.?)(?![a-z])", re.IGNORECASE)
_SPACES = re.compile(r"[\s'’\u00a0\u202f]")
_THOUSANDS = {".": r"[1-9]\d{0,2}\.\d{3}", ",": r"[1-9]\d{0,2},\d{3}"}
_WRITTEN: tuple[tuple[str, str], ...] = (
    (r"\d+", ""),
    (r"[1-9]\d{0,2}(\.\d{3}){2,}", "."),
    (r"[1-9]\d{0,2}(,\d{3}){2,}", ","),
    (r"[1-9]\d{0,2}(\.\d{3})+,\d+", "."),
    (r"[1-9]\d{0,2}(,\d{3})+\.\d+", ","),
)
_FAULTS = (
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
    "#BEZUG!", "#NV", "#WERT!", "#ZAHL!",
)  # fmt: skip
_UNCLEAR = r"[1-9]\d{0,2}[.,]\d{3}"
_DECIMAL = r"\d+[.,]\d+"


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that cannot be used: the value as people see it, the rule, and what to do."""

    value: str
    rule: str
    remedy: str


def meaning(cell: Cell, column: Column, *, words: Language, points: int) -> Meaning | Bad:
    """Return what a cell says: a number, a code, a text; None where it is blank.

    Parameters
    ----------
    cell : Cell
    column : Column
    words : Language
        Language of the sheet: "1.000" is a thousand in German and unclear in English.
    points : int
        The highest rating.
    """
    if cell.blank:
        return None
    if cell.merged:
        rule = "is merged with another cell, so that it holds nothing of its own."
        return Bad("", rule, "Undo the merging, and write the entry into each cell.")
    if cell.formula and cell.value is None:
        return Bad(cell.formula, "is a formula without a stored result.", "Write the value itself.")
    if cell.value in _FAULTS:
        return Bad(cell.value, "is an error of a formula.", "Write the value itself.")
    return _READ[column.kind](cell.value, column, words, points)


def _text(value: object, column: Column, words: Language, points: int) -> Meaning | Bad:  # noqa: ARG001
    return shown(value)


def _rating(value: object, column: Column, words: Language, points: int) -> Meaning | Bad:  # noqa: ARG001
    number = _number(value, words)
    if number is None or not number.is_integer() or not 1 <= number <= points:
        rule = f"is no whole number from 1 to {points}."
        return Bad(shown(value), rule, "Write one of these numbers, or leave the cell empty.")
    return number


def _amount(value: object, column: Column, words: Language, points: int) -> Meaning | Bad:  # noqa: ARG001
    number = _number(value, words)
    if number is None or number < 0:
        remedy = "Write a number of 0 or more, without words or thousands marks, such as 12000."
        text = shown(value)
        unclear = re.fullmatch(_UNCLEAR, _bare(text))
        rule = "could mean thousands or decimals." if unclear else "is no amount."
        return Bad(text, rule, remedy)
    return number


def _choice(value: object, column: Column, words: Language, points: int) -> Meaning | Bad:  # noqa: ARG001
    text = " ".join(shown(value).casefold().split())
    for spoken in (words, *(language(name) for name in available())):
        for choice, word in choices(column.key, spoken).items():
            if text in (choice.casefold(), word.casefold()):
                return choice
    offered = ", ".join(choices(column.key, words).values())
    return Bad(shown(value), f"is not one of {offered}.", "Choose from the cell's list.")


_READ: dict[str, Callable[[object, Column, Language, int], Meaning | Bad]] = {
    "text": _text,
    "rating": _rating,
    "amount": _amount,
    "choice": _choice,
}


def shown(value: object) -> str:
    """Return a cell's value as people see it."""
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _number(value: object, words: Language) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    return number_of(value, words.thousands) if isinstance(value, str) else None


def _bare(text: str) -> str:
    """Return an amount without currency, blanks, and the dash for no cents."""
    return re.sub(r"[.,][-–—]+$", "", _SPACES.sub("", _MONEY.sub("", text)))


def number_of(text: str, thousands: str) -> float | None:
    """Return the number that a text writes, by the language's sign for thousands; None if unclear.

    >>> number_of("1.000 €", "."), number_of("12,5", "."), number_of("1'234.50", ",")
    (1000.0, 12.5, 1234.5)
    >>> number_of("1,000", "."), number_of("1.000", ","), number_of("60 TEUR", ".")
    (None, None, None)
    """
    bare = _bare(text)
    sign = -1.0 if bare[:1] in ("-", "\u2212") else 1.0
    bare = bare.lstrip("+-\u2212")
    if re.fullmatch(_THOUSANDS.get(thousands, ""), bare):
        return sign * float(re.sub(r"[.,]", "", bare))
    if re.fullmatch(_UNCLEAR, bare):
        return None
    for pattern, grouped in _WRITTEN:
        if re.fullmatch(pattern, bare):
            return sign * float(bare.replace(grouped, "").replace(",", "."))
    return sign * float(bare.replace(",", ".")) if re.fullmatch(_DECIMAL, bare) else None
