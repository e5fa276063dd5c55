"""One language as a reader meets it: its words, plurals, numbers and dates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["Language"]

BLANK = "–"
MINUS = "\u2212"
NARROW = "\u00a0"
_THOUSANDS = (3, 3)


@dataclass(frozen=True, slots=True)
class Language:
    """One language, perhaps that of a region: its words by key, and how it writes numbers.

    ``code`` is the tag that the study names (``de``, ``de-CH``); ``name`` is what the language
    calls itself.
    """

    code: str
    name: str
    words: Mapping[str, str]
    locale: Locale
    decimal: str
    thousands: str
    percent_sign: str

    @property
    def with_region(self) -> str:
        """The tag with a region, where most people speak the language if none is named: de-DE."""
        from babel.core import get_global

        if self.locale.territory:
            return self.code
        likely = str(get_global("likely_subtags").get(self.locale.language, ""))
        return f"{self.code}-{likely.rpartition('_')[2]}" if likely else self.code

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
        """Return the words of ``key`` in the form that the language has for ``n`` things."""
        form = f"{key}.{self.locale.plural_form(n)}"
        return self.say(form if form in self.words else f"{key}.other", n=self.integer(n), **values)

    def number(self, value: object, digits: int = 2, *, signed: bool = False) -> str:
        """Return ``value`` with ``digits`` decimals; a dash when it is missing."""
        number = _float(value)
        if number is None:
            return BLANK
        plain = f"{abs(number):,.{digits}f}"
        text = self._grouped(plain, digits)
        zero = not plain.strip("0.,")
        sign = "" if zero else MINUS if number < 0 else "+" if signed else ""
        return sign + text

    def _grouped(self, plain: str, digits: int) -> str:
        """Return an English number with the language's signs, in its groups of digits."""
        if self.locale.decimal_formats[None].grouping == _THOUSANDS:
            return plain.translate({44: self.thousands, 46: self.decimal})
        from decimal import Decimal

        from babel.numbers import format_decimal

        pattern = f"#,##,##0.{'0' * digits}".rstrip(".")
        return format_decimal(Decimal(plain.replace(",", "")), format=pattern, locale=self.locale)

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
        day = format_date(moment, "long", locale=self.locale)
        return f"{day}, {format_time(moment, 'medium', locale=self.locale)} {zone}"

    def day(self, text: str, *, short: bool = False) -> str:
        """Return an ISO date as people write it; ``short`` for an axis."""
        from babel.dates import format_date, format_skeleton

        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            return text
        if short:
            return str(format_skeleton("MMMd", day, locale=self.locale))
        return format_date(day, "long", locale=self.locale)

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


def _float(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
