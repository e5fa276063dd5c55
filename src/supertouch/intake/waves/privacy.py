"""Privacy at the door: which columns look personal, and what is stored of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.needs import raw_columns
from supertouch.intake.readers.raw import FAULT, FILE, ROW
from supertouch.intake.waves.looks import Look, Looks, words
from supertouch.intake.waves.secret import marked, pseudonyms
from supertouch.study.model import Study

__all__ = ["OWN", "Door", "Dropped", "Kind", "dropped_columns", "flagged"]

Kind = Literal["contact", "identifier", "open_end", "study"]
OWN = (ROW, FILE, FAULT)
_LABEL_AT_MOST = 60

_CONTACT = {
    "an e-mail address": r"\be ?mail|\bmail(address|adresse)",
    "a telephone number": (
        r"\b(tele)?(phone|fon)(nummer|number|nr)?\b|\b(tel|mobil|handy|fax)(nummer|number|nr)?\b"
    ),
    "a person's name": (
        r"^(your |ihr |full )?names?$|\b(first|last|full|sur|middle|maiden|vor|nach|zu|familien)"
        r" ?name"
    ),
    "an address": r"\b\w*(address|adresse|anschrift)\b|\b(street|strasse|hausnummer)\b",
    "an IP address": r"\bip\b",
    "a place on the map": r"latitude|longitude|breitengrad|längengrad|laengengrad|\bgps\b",
    "who received the invitation": r"recipient|empfänger|empfaenger",
    "a date of birth": (
        r"birth ?(day|date)|date of birth|\bdob\b|geburts(tag|datum)|\bgeb(dat|datum)?\b"
    ),
    "a bank account": r"\biban\b|\bbic\b|kontonummer|account number",
}
_PERHAPS_CONTACT = {
    "a name": r"name\b",
    "a mail address": r"\bmail\b",
    "a part of an address": (
        r"\b(city|town|stadt|ort|wohnort|zip|plz|postleitzahl|postal|postcode)\b|\b(zip|post) code"
    ),
}
_OPEN = (
    r"\b(text|comments?|kommentare?|bemerkung\w*|anmerkung\w*|sonstiges?|andere\w*|other|verbatim"
    r"|offen\w*|open|specify|freitext|feedback)\b"
)
_IDENTIFIER = (
    r"(\b|respondent|response|participant|panelist|person|case|user|ccg|kunden|teilnehmer)(id|ids)\b"
    r"|\w*(nummer|number|num|nr|uuid|guid|reference|referenz|token|lfdn|serial)\b"
)


def flagged(
    looks: Looks, *, labels: Mapping[str, str], value_labels: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[Kind, str]]:
    """Return the columns that look personal, each with its kind and why.

    Parameters
    ----------
    looks : Looks
        All rows of the wave.
    labels : mapping
        Per column the question's text, where the file tells it; long texts are not looked at.
    value_labels : mapping
        Per column its codes with their labels, where the file tells them.
    """
    found: dict[str, tuple[Kind, str]] = {}
    for name, look in looks.columns.items():
        if name in OWN:
            continue
        label = labels.get(name, "")
        said = words(name), words(label) if len(label) <= _LABEL_AT_MOST else ""
        coded = _coded(said, look, len(value_labels.get(name, {})))
        for test in _TESTS:
            if reason := test(said, look, coded):
                found[name] = reason
                break
    return found


def _coded(said: Said, look: Look, n_labels: int) -> bool:
    """Tell whether a column holds codes, or answers to choose from, and not what people wrote."""
    if not look.n:
        return False
    few = look.distinct <= 20 and look.variety < 0.1 and not look.part("numbers")
    few = few and not (_is_wordy(look) and _is_named_open(said))
    return look.part("codes") == 1 or n_labels >= max(look.distinct / 2, 1) or few


Reason = tuple[Kind, str] | None
Said = tuple[str, str]


def _header(patterns: Mapping[str, str], said: Iterable[str]) -> str:
    places = [text for text in said if text]
    hits = (what for what, form in patterns.items() for text in places if re.search(form, text))
    return next(hits, "")


def _content(said: Said, look: Look, coded: bool) -> Reason:  # noqa: ARG001
    forms = {
        "hold e-mail addresses": look.mails,
        "hold bank account numbers": look.ibans,
        "are IP addresses": look.part("addresses") >= 0.5,
        "are telephone numbers": look.part("phones") >= 0.5,
    }
    return next((("contact", f"values {what}") for what, hit in forms.items() if hit), None)


def _contact(said: Said, look: Look, coded: bool) -> Reason:  # noqa: ARG001
    what = "" if coded else _header(_CONTACT, said)
    return ("contact", f"its name tells of {what}") if what else None


def _perhaps_contact(said: Said, look: Look, coded: bool) -> Reason:
    many = look.distinct > 20 or look.variety >= 0.5
    what = "" if coded or not many else _header(_PERHAPS_CONTACT, said)
    return ("contact", f"its name tells of {what}, and it has many values") if what else None


def _identifier(said: Said, look: Look, coded: bool) -> Reason:  # noqa: ARG001
    if not look.n or look.variety < 0.95:
        return None
    measured = look.part("moments") + look.part("numbers") - look.part("whole_numbers")
    if _header({"id": _IDENTIFIER}, said[:1]) and measured < 0.5:
        return "identifier", "its name tells of an identifier, and nearly every row has its own"
    alike = max(look.part("tokens") - look.part("moments"), look.part("long_numbers"))
    if look.n >= 10 and alike >= 0.9:
        return "identifier", "nearly every row has its own key"
    return None


def _is_wordy(look: Look) -> bool:
    return look.part("wordy") >= 0.2 or look.typical_length >= 15


def _is_named_open(said: Said) -> bool:
    return bool(_header({"open": _OPEN}, said[:1]))


def _open_end(said: Said, look: Look, coded: bool) -> Reason:
    if coded or look.part("numbers") + look.part("moments") >= 0.5 or not look.n:
        return None
    wordy, named = _is_wordy(look), _is_named_open(said)
    many = look.distinct >= 10 and look.variety >= 0.2
    if (wordy and (many or look.variety >= 0.5 or look.distinct > 200)) or (
        named and (wordy or look.distinct >= 10 or look.variety >= 0.5)
    ):
        return "open_end", "texts as people write them"
    return None


_TESTS: tuple[Callable[[Said, Look, bool], Reason], ...] = (
    _content,
    _contact,
    _perhaps_contact,
    _identifier,
    _open_end,
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A column that is not stored, of which kind it is, and why."""

    column: str
    kind: Kind
    reason: str


def dropped_columns(
    study: Study, wave: str, columns: Sequence[str], flags: Mapping[str, Sequence[str]]
) -> tuple[Dropped, ...]:
    """Return which columns of a wave are not stored.

    Columns that the study names in any role are stored, and those it asks to keep; of the others
    all that look personal are dropped, and whatever the study says to drop.

    Raises
    ------
    DataError
        If the study drops a column that it needs.
    """
    named = raw_columns(study, wave)
    if where := study.wave_column.within(wave):
        named.setdefault(where, "the wave")
    problems = [
        Problem(
            f"wave '{wave}'",
            f"column '{column}'",
            f"is dropped by [privacy], but needed for {named[column]}.",
            "Take it out of the key 'drop', or do without it in the study.",
        )
        for column in study.privacy.drop
        if column in named
    ]
    if problems:
        raise DataError(problems)
    stays = {*named, *study.privacy.keep, *OWN}
    dropped = []
    for column in columns:
        if column in study.privacy.drop:
            dropped.append(Dropped(column, "study", "the study says so"))
        elif column in flags and column not in stays:
            kind, reason = flags[column]
            dropped.append(Dropped(column, kind, reason))  # type: ignore[arg-type]
    return tuple(dropped)


@dataclass(frozen=True, slots=True)
class Door:
    """What each part of a wave's rows passes before it is stored.

    Attributes
    ----------
    dropped : frozenset of str
        Columns that are not stored.
    respondent : str or None
        Column of the identifiers.
    hashed : bool
        Whether identifiers are stored under their hash.
    salt : bytes or None
        By which they are hashed; None only if there is nothing to hash or to recognise.
    forgotten : frozenset of str
        Marks of people who are not to be stored.
    """

    dropped: frozenset[str]
    respondent: str | None
    hashed: bool
    salt: bytes | None
    forgotten: frozenset[str]

    def passed(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """Return what is stored of a part of the rows."""
        kept = chunk[[name for name in chunk.columns if name not in self.dropped]]
        if not self.respondent or self.salt is None or self.respondent not in kept.columns:
            return kept
        ids: pd.Series[Any] = kept[self.respondent]
        hashes = pseudonyms(ids, self.salt)
        gone = np.zeros(len(kept), dtype=bool)
        if self.forgotten:
            gone = marked(hashes, self.salt).isin(self.forgotten).to_numpy(dtype=bool)
        if self.hashed:
            kept = kept.assign(**{self.respondent: hashes})
        return kept[~gone]
