"""What a column looks like: counted over its distinct values, in memory that stays bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.recode import texts

__all__ = ["Look", "Looks", "is_iban", "words"]

_KNOWN_AT_MOST = 5000
_EXAMINED_AT_MOST = 2000
_NUMBER = r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?"
_MOMENT = (
    r"\d{1,4}[-./]\d{1,2}[-./]\d{2,4}(?:[ T,].*)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\.?)?"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_SIX = r"(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|[0-9A-Fa-f:]*::[0-9A-Fa-f:]*"
_IP = rf"(?:{_OCTET}\.){{3}}{_OCTET}|{_SIX}"
_MAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_PHONE = (
    r"(?:\+|00)\d[\d ()./-]{6,}\d|\(?0\d{2,5}\)?[ /-]?\d[\d -]{3,}\d"
    r"|\(\d{3}\) ?\d{3}[ -]?\d{4}|\d{3}-\d{3}-\d{4}"
)
_IBAN = r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
_FORMS = {
    "numbers": _NUMBER,
    "moments": _MOMENT,
    "whole_numbers": r"-?\d+",
    "codes": r"-?\d{1,3}",
    "long_numbers": r"\d{6,}",
    "wordy": r"\S+\s+\S.*",
    "tokens": r"(?=.*\d)[A-Za-z0-9_{}-]{8,}",
    "phones": _PHONE,
    "addresses": _IP,
}
_COUNTED = {form: re.compile(pattern) for form, pattern in _FORMS.items()}


def words(name: str) -> str:
    """Return a name as separate lower-case words.

    >>> words("RecipientLastName"), words("Q17_CITY"), words("IPAddress")
    ('recipient last name', 'q city', 'ip address')
    """
    spaced = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[A-ZÄÖÜ])(?=[A-ZÄÖÜ][a-zäöü])", " ", name)
    return " ".join(re.findall(r"[^\W\d_]+", spaced.casefold()))


def is_iban(text: str) -> bool:
    """Tell whether a text holds a bank account number whose check digits are right.

    >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE88 3704 0044 0532 0130 00")
    (True, False)
    """
    for found in re.findall(_IBAN, text):
        plain = found.replace(" ", "")
        turned = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
        if len(plain) >= 15 and int(turned) % 97 == 1:
            return True
    return False


@dataclass(slots=True)
class Look:
    """One column so far.

    Attributes
    ----------
    n : int
        Cells that are not blank.
    distinct : int
        Distinct values; beyond 5,000 the largest number that is possible.
    counts : dict
        How many of the distinct values are of each form.
    examined, length : int
        Distinct values whose form was looked at, at most 2,000 of each part of the rows, and
        their signs together.
    mails, ibans : bool
        Whether any value holds an e-mail address or a bank account number.
    """

    n: int = 0
    distinct: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))
    examined: int = 0
    length: int = 0
    mails: bool = False
    ibans: bool = False
    _known: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    @property
    def variety(self) -> float:
        """Distinct values per cell that is not blank; 0 where all are blank."""
        return self.distinct / self.n if self.n else 0.0

    @property
    def typical_length(self) -> float:
        """Mean length of the distinct values."""
        return self.length / self.examined if self.examined else 0.0

    def part(self, form: str) -> float:
        """Return which part of the distinct values is of a form."""
        return self.counts[form] / self.examined if self.examined else 0.0

    def add(self, column: pd.Series[Any]) -> None:
        """Take in further cells."""
        found = column.dropna()
        self.n += len(found)
        plain = pd.Series(found.unique())
        named = plain.str.strip() if plain.dtype == "str" else texts(plain)
        values = named[named.notna() & (named != "")].drop_duplicates()
        keys = pd.util.hash_array(values.to_numpy(dtype=object), categorize=False)
        fresh = ~np.isin(keys, self._known)
        if fresh.any():
            room = _KNOWN_AT_MOST - len(self._known)
            self._known = np.concatenate([self._known, keys[fresh][: max(room, 0)]])
            self._count(values[fresh])

    def _count(self, values: pd.Series[str]) -> None:
        self.distinct += len(values)
        shown = values.iloc[:_EXAMINED_AT_MOST].tolist()
        self.examined += len(shown)
        for form, pattern in _COUNTED.items():
            self.counts[form] += sum(pattern.fullmatch(value) is not None for value in shown)
        self.length += sum(map(len, shown))
        signed = values[values.str.contains("@", regex=False)]
        self.mails = self.mails or any(_MAIL.search(value) for value in signed)
        banked = values[values.str.contains("[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}", regex=True)]
        self.ibans = self.ibans or any(map(is_iban, banked))


class Looks:
    """The columns of a wave, part by part."""

    def __init__(self) -> None:
        self.columns: dict[str, Look] = {}

    def add(self, chunk: pd.DataFrame) -> None:
        """Take in further rows."""
        for name in chunk.columns:
            self.columns.setdefault(name, Look()).add(chunk[name])
