"""Amounts of money as people write them: read where they are plain, refused where they are not."""

from __future__ import annotations

import re

__all__ = ["amount_of", "is_ambiguous", "plainly"]

_PLAIN = re.compile(r"\d+([.,]\d+)?|[.,]\d+")
_THOUSANDS = re.compile(r"(?!0)\d+([.,]\d{3})+")
_MARK = "[.,' \u00a0\u202f\u2019]"
_SIGN = r"(?:€|\$|£|EUR|Euro|CHF|GBP|USD)?"
_MONEY = re.compile(
    rf"{_SIGN}\s*(\d+(?:{_MARK}\d{{3}})*)(?:[.,](\d\d?))?(?:[.,][-\u2013])?\s*{_SIGN}"
)


def amount_of(text: str) -> float | None:
    """Return the amount that a text is, or None where it is none or may be two different ones.

    Examples
    --------
    >>> amount_of("150000"), amount_of("150000,50"), amount_of("150.000"), amount_of("6 €")
    (150000.0, 150000.5, None, None)
    """
    told = text.strip()
    if is_ambiguous(told) or not _PLAIN.fullmatch(told):
        return None
    return float(told.replace(",", "."))


def is_ambiguous(text: str) -> bool:
    """Tell whether marks in a number may be for thousands or for decimals.

    After a leading zero they are for decimals.

    Examples
    --------
    >>> [is_ambiguous(text) for text in ("150.000", "1,000", "150000,50", "0.125")]
    [True, True, False, False]
    """
    return _THOUSANDS.fullmatch(text.strip()) is not None


def plainly(text: str, *, otherwise: str = "50000") -> str:
    """Return how an amount is written plainly; ``otherwise`` where it cannot be guessed.

    Examples
    --------
    >>> plainly("6.000 €"), plainly("150.000,50"), plainly("a lot")
    ('6000', '150000.50', '50000')
    """
    found = _MONEY.fullmatch(text.strip())
    if found is None:
        return otherwise
    whole = re.sub(r"\D", "", found[1])
    return f"{whole}.{found[2]}" if found[2] else whole
