"""From names and wordings to what an item is about: its stem, its label, its id."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

__all__ = ["item_labels", "item_of", "plain", "short", "slug", "stem_of"]

_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)
_LONGEST_ID = 28
_LONGEST_LABEL = 60
_ASIDE = re.compile(
    r"[(\[]\s*(i\. ?e\b|ie,|e\. ?g\b|eg,|z\. ?b\b|d\. ?h\b|for (example|instance)|such as"
    r"|including|that is|zum beispiel|das heißt|beispielsweise|etwa )",
    re.IGNORECASE,
)
_SMALL = {
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
    "you", "your", "our", "are", "were", "how", "satisfied", "der", "die", "das", "den", "dem",
    "des", "und", "mit", "von", "zu", "zum", "zur", "im", "am", "bei", "sie", "ihr", "ihre",
    "unser", "unsere", "unserem", "sind", "wie", "zufrieden",
}  # fmt: skip


def stem_of(name: str) -> str:
    """Return the part of a column's name that the items of one grid share.

    >>> [stem_of(name) for name in ("Q7ART", "Q12_1", "R_hotline", "L3", "NPS")]
    ['Q7', 'Q12', 'R', 'L', 'NPS']
    """
    if found := re.match(r"^\W*([A-Za-z]{0,12}\d+)(?=[^\d])", name):
        return found.group(1)
    if found := re.match(r"^\W*([A-Za-z]+)(?=[_.\-\d])", name):
        return found.group(1)
    return name.strip()


def item_of(name: str) -> str:
    """Return what is left of a column's name without its stem.

    >>> [item_of(name) for name in ("Q7ART", "Q7A_ART", "Q12_1", "R_hotline")]
    ['ART', 'ART', '1', 'hotline']
    """
    rest = name.strip().removeprefix("*")
    rest = rest[len(stem_of(rest)) :].strip(" _.-:")
    rest = re.sub(r"^[A-Za-z][_.]", "", rest)
    return rest or name.strip()


def plain(text: str) -> str:
    """Return a text without markup and with single blanks."""
    text = re.sub(r"<[^>]*>", " ", text)
    return " ".join(text.replace("\xa0", " ").split())


def item_labels(names: Sequence[str], wordings: Sequence[str]) -> list[str]:
    """Return a label for each item of a grid: its wording without what all share.

    Where the file words no questions, the label is made from the column's name.

    >>> item_labels(["Q1_1", "Q1_2"], ["How good was: Hotline", "How good was: Shop"])
    ['Hotline', 'Shop']
    >>> item_labels(["Q7ART", "Q7FOOD"], ["", ""])
    ['Art', 'Food']
    """
    told = [_own_part(plain(wording)) for wording in wordings]
    if len(names) > 1 and all(told) and len(set(told)) > 1:
        told = _without_common(told)
    labels = [
        short(label) if label else _from_name(name) for name, label in zip(names, told, strict=True)
    ]
    times = Counter(labels)
    return [
        _cut(full) if full and times[label] > 1 else label
        for label, full in zip(labels, told, strict=True)
    ]


def _own_part(wording: str) -> str:
    """Return the item of "Question [Item]" and of "Question - Item"."""
    if found := re.search(r"\[([^\[\]]+)\]\s*$", wording):
        return found.group(1).strip()
    return re.sub(r"^\[([^\[\]]+)\].*$", r"\1", wording)


def _head(texts: Sequence[str]) -> str:
    """Return the letters that all texts begin with."""
    first, last = min(texts), max(texts)
    n = next((i for i, letter in enumerate(first) if letter != last[i]), len(first))
    return first[:n]


def _without_common(texts: Sequence[str]) -> list[str]:
    head = _head(texts)
    head = head[: max(head.rfind(mark) for mark in " -:/") + 1]
    tail = _head([text[len(head) :][::-1] for text in texts])[::-1]
    tail = tail[tail.find(" ") :] if " " in tail else ""
    tail = tail if tail.strip() else ""
    cut = [text[len(head) : len(text) - len(tail)].strip(" -:–/.,;") for text in texts]
    return cut if all(cut) else list(texts)


def _from_name(name: str) -> str:
    words = re.sub(r"([a-z])(?=[A-Z])", r"\1 ", item_of(name))
    words = re.sub(r"[_.\-]+", " ", words).strip() or name
    if words.isdigit():
        return name.strip()
    return (
        words.capitalize() if words.isupper() or words.islower() else words[0].upper() + words[1:]
    )


def short(text: str) -> str:
    """Return a label of at most 60 characters, without an explanation in brackets at its end.

    It is cut at a word, and never within brackets.

    >>> short("network coverage (i.e., lack of call dropouts and voice quality)")
    'Network coverage'
    """
    text = plain(text)
    found = _ASIDE.search(text)
    aside = found is not None and found.start() > 0 and _is_last(text[found.start() :])
    return _cut(text[: found.start()] if found and aside else text)


def _cut(text: str) -> str:
    text = plain(text).strip(" ?:.-–…")
    text = text[:1].upper() + text[1:]
    cut = text if len(text) <= _LONGEST_LABEL else text[:_LONGEST_LABEL].rsplit(" ", 1)[0]
    more = len(cut) < len(text)
    opened = _opened(cut)
    if opened == 0:
        cut = cut[1:]
    elif opened is not None:
        more = not _is_last(text[opened:])
        cut = cut[:opened]
    return cut.rstrip(" ,;:-–") + (" …" if more else "")


def _opened(text: str) -> int | None:
    """Return where the first bracket stands that is not closed."""
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter in "([":
            places.append(place)
        elif letter in ")]" and places:
            places.pop()
    return places[0] if places else None


def _is_last(text: str) -> bool:
    """Tell whether the bracket that a text begins with is closed at its end, or never."""
    return _opened(text.rstrip(" ?:.…")[:-1]) == 0


def slug(label: str, taken: Collection[str], *, fallback: str = "item") -> str:
    """Return an id of small ASCII letters, digits and ``_`` that is not taken.

    >>> slug("Rechnung & Zahlung", []), slug("Größe", ["groesse"])
    ('rechnung_zahlung', 'groesse_2')
    """
    text = (
        unicodedata.normalize("NFKD", label.translate(_LETTERS)).encode("ascii", "ignore").decode()
    )
    words = re.findall(r"[a-z0-9]+", text.casefold())
    words = [word for word in words if word not in _SMALL] or words or [fallback]
    made = words[0]
    for word in words[1:]:
        if len(made) + len(word) + 1 > _LONGEST_ID:
            break
        made = f"{made}_{word}"
    made = made[:_LONGEST_ID].strip("_")
    if not made[:1].isalpha():
        made = f"{fallback}_{made}"
    made = f"{made}_item" if made in ("segment", "default", "brand") else made
    number = 2
    free = made
    while free in taken:
        free, number = f"{made}_{number}", number + 1
    return free
