"""Words and number formats per language; the words stand in ``languages/``, as data."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from supertouch.errors import Problem, UnsupportedError

__all__ = ["Language", "available", "language"]

BLANK = "–"
MINUS = "\u2212"
NARROW = "\u00a0"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its words by key, and how it writes numbers."""

    code: str
    words: Mapping[str, str]
    decimal: str
    thousands: str
    percent_sign: str

    def say(self, key: str, /, **values: object) -> str:
        """Return the words of ``key`` with ``values`` put in their places."""
        return self.words[key].format(**values)

    def known(self, group: str, code: str) -> str:
        """Return the words for ``code`` within ``group``; the code where there are none."""
        return self.words.get(f"{group}.{code}", code)

    def group(self, name: str) -> dict[str, str]:
        """Return the words of every key below ``name``, in the catalogue's order."""
        start = f"{name}."
        return {
            key[len(start) :]: text for key, text in self.words.items() if key.startswith(start)
        }

    def count(self, key: str, n: int, /, **values: object) -> str:
        """Return the words of ``key`` in the singular or plural that ``n`` asks for."""
        form = "one" if n == 1 else "other"
        return self.say(f"{key}.{form}", n=self.integer(n), **values)

    def number(self, value: object, digits: int = 2, *, signed: bool = False) -> str:
        """Return ``value`` with ``digits`` decimals; a dash when it is missing."""
        number = _float(value)
        if number is None:
            return BLANK
        plain = f"{abs(number):,.{digits}f}"
        text = plain.translate({44: self.thousands, 46: self.decimal})
        zero = not plain.strip("0.,")
        sign = "" if zero else MINUS if number < 0 else "+" if signed else ""
        return sign + text

    def integer(self, value: object) -> str:
        """Return ``value`` as a whole number."""
        return self.number(value, 0)

    def percent(self, value: object, digits: int = 0) -> str:
        """Return a share (0-1) in percent."""
        number = _float(value)
        return BLANK if number is None else self.number(100 * number, digits) + self.percent_sign

    def chance(self, value: object) -> str:
        """Return a probability in percent; below 1 and above 99 percent as a bound."""
        number = _float(value)
        if number is None or 0.01 <= number <= 0.99:
            return self.percent(number)
        bound, sign = (0.01, "<") if number < 0.5 else (0.99, ">")
        return f"{sign}{NARROW}{self.percent(bound)}"

    def p_value(self, value: object) -> str:
        """Return a p-value with three decimals, or that it is below 0.001."""
        number = _float(value)
        if number is None:
            return BLANK
        return f"<{NARROW}{self.number(0.001, 3)}" if number < 0.001 else self.number(number, 3)

    def related(self, text: str) -> str:
        """Return a number with its sign of relation: "= 0.004", but "< 0.001" as it is."""
        return text if text.startswith(("<", ">")) else f"={NARROW}{text}"

    def moment(self, text: str) -> str:
        """Return an ISO time as people write it, in this computer's time zone, with that zone."""
        from babel.dates import format_date, format_time

        try:
            moment = datetime.fromisoformat(text).astimezone()
        except ValueError:
            return text
        offset = moment.strftime("%z")
        zone = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:]}"
        day = format_date(moment, "long", locale=self.code)
        return f"{day}, {format_time(moment, 'medium', locale=self.code)} {zone}"

    def day(self, text: str, *, short: bool = False) -> str:
        """Return an ISO date as people write it; ``short`` for an axis."""
        from babel.dates import format_date, format_skeleton

        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            return text
        if short:
            return str(format_skeleton("MMMd", day, locale=self.code))
        return format_date(day, "long", locale=self.code)

    def interval(self, low: object, high: object, digits: int = 2, *, signed: bool = False) -> str:
        """Return ``low`` to ``high`` in the words of the language; "" when either is missing."""
        if _float(low) is None or _float(high) is None:
            return ""
        return self.say(
            "format.range",
            low=self.number(low, digits, signed=signed),
            high=self.number(high, digits, signed=signed),
        )

    def percent_interval(self, low: object, high: object, digits: int = 0) -> str:
        """Return the two ends of an interval of shares in percent; "" when either is missing."""
        if _float(low) is None or _float(high) is None:
            return ""
        low_text = self.number(100 * float(low), digits)  # type: ignore[arg-type]
        return self.say("format.range", low=low_text, high=self.percent(high, digits))

    def series(self, items: Iterable[str]) -> str:
        """Return ``items`` as an enumeration: a, b and c."""
        texts = list(items)
        if len(texts) < 2:
            return "".join(texts)
        return self.say("format.and", first=", ".join(texts[:-1]), last=texts[-1])


def available() -> tuple[str, ...]:
    """Return the codes of the languages that reports can be written in."""
    folder = resources.files("supertouch") / "languages"
    names = (item.name for item in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def language(code: str) -> Language:
    """Read the language ``code``.

    Raises
    ------
    UnsupportedError
        If there is no catalogue of words for it.
    """
    from babel import Locale
    from babel.numbers import get_decimal_symbol, get_group_symbol

    if code not in available():
        rule = f"is not one of {', '.join(available())}."
        raise UnsupportedError(
            Problem("study file, languages", code, rule, "Choose a language that reports exist in.")
        )
    text = (resources.files("supertouch") / "languages" / f"{code}.toml").read_text("utf-8")
    locale = Locale.parse(code)
    pattern = str(locale.percent_formats[None].pattern)
    return Language(
        code=code,
        words=dict(_flat(tomllib.loads(text))),
        decimal=get_decimal_symbol(locale),
        thousands=get_group_symbol(locale),
        percent_sign=f"{NARROW}%" if pattern.endswith("\u00a0%") else "%",
    )


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _float(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
