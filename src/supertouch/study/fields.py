"""How single values are written in study.toml: texts, codes, column names, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, NoReturn

from pydantic import Field, PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError

from supertouch.study.model import Code

__all__ = [
    "LANGUAGE",
    "LARGEST",
    "CodesField",
    "Count",
    "Name",
    "Number",
    "OpenShare",
    "Share",
    "Spec",
    "SpecField",
    "Texts",
    "TextsField",
    "code_of_key",
    "value_key",
]

LARGEST = 10**9
LARGEST_CODE = 2**53
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Texts:
    """A text as written: per language, or under the empty key one text for all languages."""

    by_language: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spec:
    """Column names as written; None where nothing is said, False where the item was not asked."""

    default: str | Literal[False] | None = None
    by_wave: Mapping[str, str | Literal[False]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every column name that is written."""
        return tuple(name for name in (self.default, *self.by_wave.values()) if name)


def _refuse(rule: str, remedy: str) -> NoReturn:
    raise PydanticCustomError("study", "{rule}", {"rule": rule, "remedy": remedy})


def _texts(value: object) -> Texts:
    texts = {"": value} if isinstance(value, str) else value
    if not isinstance(texts, dict) or not texts:
        _refuse("must be a text or a text per language.", 'Write { de = "…", en = "…" }.')
    for language, text in texts.items():
        if language and not LANGUAGE.fullmatch(language):
            _refuse(
                f"has '{language}' where a language code such as de, en or de-CH belongs.",
                'Write { de = "…", en = "…" }.',
            )
        if not isinstance(text, str) or not text.strip():
            _refuse("holds a text that is empty or no text.", "Write the text in quotes.")
    return Texts({language: text.strip() for language, text in texts.items()})


def _codes(value: object) -> tuple[Code, ...]:
    if not isinstance(value, list):
        _refuse("must be a list of codes.", "Write the codes in brackets: [6] or [6, 99].")
    return tuple(dict.fromkeys(_code(item) for item in value))


def _code(value: object) -> Code:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse("holds a code that is neither a number nor a text.", 'Write [6] or ["n/a"].')
    if not abs(value) <= LARGEST_CODE:  # nan, too
        _refuse(
            "holds a code that no data file can hold as a number.",
            'Write numbers such as 6, long ones as text: ["12345678901234567890"].',
        )
    return float(value)


def code_of_key(key: str) -> Code:
    """Return the code that a TOML key stands for: a number where it is written as one.

    Examples
    --------
    >>> code_of_key("1"), code_of_key("-0.5"), code_of_key("01"), code_of_key("north")
    (1.0, -0.5, '01', 'north')
    """
    return float(key) if _NUMBER.fullmatch(key) and abs(float(key)) <= LARGEST_CODE else key


def value_key(key: str) -> str:
    """Return how the value of a segment that a TOML key stands for is written in tables.

    Examples
    --------
    >>> value_key("1"), value_key("2.50"), value_key(" north ")
    ('1', '2.5', 'north')
    """
    code = code_of_key(key.strip())
    if isinstance(code, str):
        return code
    return str(int(code)) if code.is_integer() else str(code)


def _spec(value: object) -> Spec:
    if isinstance(value, dict):
        names = {wave: _column(name) for wave, name in value.items()}
        return Spec(names.pop("default", None), names)
    return Spec(_column(value))


def _column(value: object) -> str | Literal[False]:
    if value is False:
        return False
    if not isinstance(value, str) or not value.strip():
        _refuse(
            "must be a column's name in quotes, false, or names per wave.",
            'Write "NAME", false (not asked), or { default = "NAME", WAVE = "OTHER" }.',
        )
    return value.strip()


Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
TextsField = Annotated[Texts, PlainValidator(_texts)]
CodesField = Annotated[tuple[Code, ...], PlainValidator(_codes)]
SpecField = Annotated[Spec, PlainValidator(_spec)]
Share = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
OpenShare = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=LARGEST)]
