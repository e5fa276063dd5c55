"""What a file of mentions calls its columns and its valences, and what says nothing."""

from __future__ import annotations

from collections.abc import Mapping

from supertouch.intake.recode import is_code
from supertouch.study.model import Code, Mentions, Valence
from supertouch.study.naming import name_key

__all__ = ["NAMES", "NOTHING", "REQUIRED", "said", "valence_words"]

NAMES: Mapping[str, tuple[str, ...]] = {
    "date": ("datum", "date", "tag", "day", "zeitpunkt", "timestamp", "eingang", "received"),
    "source": ("quelle", "source", "kanal", "channel", "portal"),
    "touchpoint": ("kontaktpunkt", "touchpoint", "beruehrungspunkt"),
    "valence": ("wertung", "valence", "valenz", "sentiment", "tonalitaet", "stimmung", "bewertung"),
    "text": ("text", "kommentar", "comment", "wortlaut", "inhalt", "beschwerde", "review"),
}
REQUIRED = ("date", "touchpoint", "valence")

_WORDS: Mapping[Valence, tuple[Code, ...]] = {
    "negative": ("negativ", "negative", "neg", "-", "−", "–", "schlecht", "bad", "kritik",
                 "beschwerde", "complaint", "enttäuschend", "disappointing"),
    "neutral": ("neutral", "okay", "ok", "gemischt", "mixed"),
    "positive": ("positiv", "positive", "pos", "+", "gut", "good", "lob", "praise",
                 "begeisternd", "delighting"),
}  # fmt: skip
_NUMBERS: Mapping[Valence, tuple[Code, ...]] = {
    "negative": (-1,),
    "neutral": (0,),
    "positive": (1,),
}

_SILENT = (
    "nichts", "nix", "nichts weiter", "mir fehlt nichts", "es fehlt nichts", "fehlt nichts",
    "nichts fehlt", "nichts vermisst", "keine", "keiner", "keines", "keins", "kein", "keinen",
    "nein", "ne", "nee", "weiß nicht", "weiß ich nicht", "ich weiß nicht", "keine Ahnung",
    "k. A.", "keine Angabe", "keine Angaben", "keine Antwort", "alles da", "alles gut", "alles ok",
    "alles okay", "alles vorhanden", "alles bestens", "passt", "passt alles", "passt so", "n. a.",
    "nothing", "nothing missing", "nothing is missing", "none", "no", "nope", "nil", "null", "na",
    "n/a", "not applicable", "don't know", "dont know", "do not know", "I don't know", "dk", "idk",
    "no idea", "not sure", "no answer", "no comment", "all good", "all fine", "everything fine",
    "everything is fine", "x", "xx", "xxx",
)  # fmt: skip

NOTHING = frozenset(name_key(word) for word in _SILENT) | {""}


def said(code: Code) -> str:
    """Return what a code or a cell says: numbers as numbers, words without regard to capitals.

    >>> said("+1") == said(1.0), said(" Negativ "), said("-")
    (True, 'negativ', '-')
    """
    number = is_code(code)
    return str(code).strip().casefold() if number is None else f"{number:g}"


def valence_words(mentions: Mentions) -> dict[str, Valence]:
    """Return the valence that each word or number stands for.

    The study's words come before the usual ones; where it names any number, as for stars, the
    usual -1, 0 and 1 mean nothing.
    """
    own: dict[str, Valence] = {
        said(code): kind for kind, codes in mentions.valence.items() for code in codes
    }
    numbered = any(is_code(word) is not None for word in own)
    usual = (_WORDS,) if numbered else (_WORDS, _NUMBERS)
    words: dict[str, Valence] = {
        said(code): kind for table in usual for kind, codes in table.items() for code in codes
    }
    return words | own
