"""What an SPSS file can hold: lengths of names, labels and texts in bytes, and no control signs."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

__all__ = ["clipped", "data_text", "label", "note_lines", "spss_name", "value_labels"]

NAME, LABEL, VALUE_LABEL, NOTE, TEXT = 64, 256, 120, 76, 32_767
_MARK = 8
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HIDDEN = ("Cc", "Cs", "Cn", "Zl", "Zp")


def spss_name(name: str) -> str:
    """Return the name of a variable: ``name`` itself unless it is longer than SPSS allows.

    A long one keeps its beginning and its end, and gets a mark of its own, so that it is the same
    in every wave and like no other.

    >>> spss_name("hotline.rating")
    'hotline.rating'
    >>> len(spss_name("a" * 80 + ".rating")), spss_name("a" * 80 + ".rating")[-16:]
    (64, '_8189103d.rating')
    """
    if len(name.encode()) <= NAME:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:_MARK]
    start, dot, end = name.rpartition(".")
    tail = f"_{mark}{dot}{end}"
    return clipped(start, NAME - len(tail.encode()), ellipsis="") + tail


def clipped(text: str, limit: int, *, ellipsis: str = "…") -> str:
    """Return ``text`` cut to ``limit`` bytes of UTF-8, never within a letter.

    >>> clipped("Händler", 7), clipped("Händler", 8)
    ('Hän…', 'Händler')
    """
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - len(ellipsis.encode())].decode(errors="ignore").rstrip() + ellipsis


def label(text: str, *, after: str = "", limit: int = LABEL) -> str:
    """Return a label of one line; what stands ``after`` is kept whole where ``text`` is cut.

    >>> label("Sales talk", after="rating"), label("Why?", after="answer")
    ('Sales talk: rating', 'Why? answer')
    """
    plain = _plain(text)
    between = "" if not plain else " " if plain.endswith((".", "?", "!")) else ": "
    tail = f"{between}{_plain(after)}" if after else ""
    return clipped(clipped(plain, max(0, limit - len(tail.encode()))) + tail, limit)


def value_labels(texts: Mapping[float, str]) -> dict[float, str]:
    """Return labels of values; blank ones are left out."""
    found = {value: label(text, limit=VALUE_LABEL) for value, text in texts.items()}
    return {value: text for value, text in found.items() if text}


def data_text(column: pd.Series[str]) -> pd.Series[str]:
    """Return texts as an SPSS file can hold them; missing ones are blank there."""
    held = {text: clipped(_shown(text), TEXT) for text in column.dropna().unique()}
    return column.map(held).fillna("").astype("str")


def note_lines(text: str) -> list[str]:
    """Return a note as lines that fit into the file.

    >>> note_lines("viele Wörter " * 6)[1:]
    ['Wörter']
    """
    lines = [""]
    for word in _plain(text).split():
        longer = f"{lines[-1]} {word}".lstrip()
        if len(longer.encode()) > NOTE and lines[-1]:
            lines.append(clipped(word, NOTE))
        else:
            lines[-1] = clipped(longer, NOTE)
    return lines


def _plain(text: str) -> str:
    """Return ``text`` on one line, with one blank between words and no turns of direction."""
    return " ".join(_shown(_TURNS.sub("", text)).split())


def _shown(text: str) -> str:
    """Return ``text`` with a blank for each sign that nothing can show."""
    return "".join(" " if unicodedata.category(sign) in _HIDDEN else sign for sign in text)
