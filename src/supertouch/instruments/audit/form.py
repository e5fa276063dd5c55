"""The audit sheet as records: its columns, its rows, and what marks them in the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from supertouch.language import Language

__all__ = [
    "AUDIT",
    "FREE",
    "HEADER",
    "KEYS",
    "MEMORY",
    "SECTION",
    "START_LIST",
    "TEXTS",
    "VERSION",
    "Column",
    "Form",
    "Kind",
    "Purpose",
    "Row",
    "Value",
    "choices",
]

Kind = Literal["text", "rating", "amount", "choice"]
Purpose = Literal["audit", "start_list"]
Value = str | int | float | None

VERSION = 1
MEMORY = "supertouch"
KEYS, HEADER, SECTION, FREE = (f"supertouch:{name}" for name in ("keys", "header", "more", "free"))
TEXTS = ("kept", "expectation", "annoyance", "surprise")

_CHOICES = {
    "phase": "phase",
    "control": "level",
    "origin": "origin",
    "dialogue": "dialogue",
    "channel": "channel",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: its key, its width in characters, and what its cells hold."""

    key: str
    width: float
    kind: Kind


AUDIT = (
    Column("phase", 19, "choice"),
    Column("touchpoint", 30, "text"),
    Column("importance", 17, "rating"),
    Column("performance", 17, "rating"),
    Column("owner", 18, "text"),
    Column("cost", 18, "amount"),
    Column("control", 18, "choice"),
    *(Column(key, 34, "text") for key in TEXTS),
)
START_LIST = (
    Column("phase", 19, "choice"),
    Column("touchpoint", 44, "text"),
    Column("applies", 16, "choice"),
    Column("origin", 20, "choice"),
    Column("dialogue", 16, "choice"),
    Column("channel", 14, "choice"),
    Column("owner", 22, "text"),
    Column("cost", 18, "amount"),
    Column("control", 20, "choice"),
)


def choices(key: str, words: Language) -> dict[str, str]:
    """Return what a column of choices offers: the word by its code."""
    if key == "applies":
        return {code: words.say(f"audit_sheet.{code}") for code in ("yes", "no")}
    return words.group(_CHOICES[key])


@dataclass(frozen=True, slots=True)
class Row:
    """A touchpoint's row.

    Attributes
    ----------
    id : str
        The touchpoint's id; empty for a row in which people name one.
    given : mapping
        What the study says, by column key: codes for choices, numbers for amounts.
    filled : mapping
        What an auditor says, over what was given; written as it is, even where it is wrong.
    """

    id: str
    given: Mapping[str, Value]
    filled: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet to fill in.

    Attributes
    ----------
    purpose : {"audit", "start_list"}
    words : Language
    points : int
        Ratings go from 1 to this.
    study, title, promise : str
        The study's id, title and brand promise in the sheet's language; empty for a start list.
    auditor : str
    rows : tuple of Row
        In time order, those in which people name touchpoints last.
    """

    purpose: Purpose
    words: Language
    points: int
    rows: tuple[Row, ...]
    auditor: str = ""
    study: str = ""
    title: str = ""
    promise: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, from left to right."""
        return AUDIT if self.purpose == "audit" else START_LIST

    def locked(self, row: Row, column: Column) -> bool:
        """Tell whether people must not write into this cell: the names of a study's touchpoints."""
        return self.purpose == "audit" and bool(row.id) and column.key in ("phase", "touchpoint")
