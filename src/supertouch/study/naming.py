"""Names that people write, brought to one form, so that the same thing is known again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from supertouch.study.model import Study

__all__ = ["known_names", "name_key"]

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
_SILENT = re.compile(r"[\W_]+")


def name_key(name: str) -> str:
    """Return what a name is known by: its letters and digits alone, umlauts spelt out.

    >>> name_key(" Händler-Suche "), name_key("haendlersuche"), name_key("Café")
    ('haendlersuche', 'haendlersuche', 'cafe')
    """
    composed = unicodedata.normalize("NFC", name).casefold().translate(_SPELT_OUT)
    plain = unicodedata.normalize("NFKD", composed)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _SILENT.sub("", letters)


def known_names(study: Study) -> Mapping[str, str]:
    """Return each touchpoint's id by the keys of its id and its labels in all languages.

    A label that several touchpoints have stands for none of them: it has an empty id. An id stands
    for its own touchpoint, whatever others are called.
    """
    known: dict[str, str] = {}
    for item in study.touchpoints:
        for label in {name_key(text) for text in item.label.by_language.values()} - {""}:
            known[label] = item.id if known.get(label, item.id) == item.id else ""
    return known | {name_key(item.id): item.id for item in study.touchpoints}
