"""How a column of ratings is read: its scale, its good end and its codes that are no answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from supertouch.intake.draft.columns import Column
from supertouch.intake.draft.words import RATING_FAMILIES, Family, empty_meant, family_of, polarity
from supertouch.study.model import Code, Empty

__all__ = ["Guess", "Reading", "beyond_scale", "by_number", "is_slip", "is_usual", "read_labelled"]

_BY_NUMBER: Mapping[Empty, tuple[float, ...]] = {
    "not_met": (96, 96.0, -96, 996),
    "not_asked": (97, -97, -77, -66, 997, -997),
    "dont_know": (8, 88, 98, -8, -88, -98, 998, -998),
    "refused": (0, 9, 77, 99, -1, -9, -99, 999, -999, 9999),
}
_WIDEST = 10
_LEAST_POINTS = 3
_RARE = 0.005


@dataclass(frozen=True, slots=True)
class Guess:
    """A code that is no answer: which kind of empty, why, and whether that is doubtful."""

    kind: Empty
    why: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A column read as a rating.

    Attributes
    ----------
    minimum, maximum, best : float
        Ends of the scale and the one that is good.
    why_best : str
        What tells the good end.
    sure : bool
        Whether labels tell it.
    family : str
        What kind of judgement it is; "" where no words tell.
    empties : mapping
        Codes that are no answers.
    labels : mapping
        Labels of the answers.
    strays : mapping
        Codes beyond the scale that look like slips, with their cells: left for the quarantine.
    """

    minimum: float
    maximum: float
    best: float
    why_best: str
    sure: bool
    family: Family = ""
    empties: Mapping[Code, Guess] = field(default_factory=dict)
    labels: Mapping[float, str] = field(default_factory=dict)
    strays: Mapping[Code, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """Number of answers."""
        return int(self.maximum - self.minimum) + 1

    @property
    def scale(self) -> tuple[float, float, float]:
        """Smallest, largest and best answer."""
        return self.minimum, self.maximum, self.best


def read_labelled(column: Column) -> Reading | None:
    """Read a rating off its value labels; None where they do not tell one.

    Labels that mean an empty, and codes that the file declares missing, are no answers. The rest
    are whole numbers, three to eleven, whose two ends are worded as opposites ("very poor",
    "excellent"); the ends tell which is good. Answers between them may lack labels.
    """
    labels = column.number_labels
    if not column.coded or not labels:
        return None
    empties = _labelled_empties(column, labels)
    answers = {code: label for code, label in labels.items() if code not in empties}
    if len(answers) < 2 or any(code != int(code) for code in answers):
        return None
    low, high = min(answers), max(answers)
    points = high - low + 1
    if not _LEAST_POINTS <= points <= _WIDEST + 1:
        return None
    worded = family_of(" | ".join(answers.values()), column.wording)
    ends = polarity(answers[low]), polarity(answers[high])
    opposite = ends[0] * ends[1] < 0
    polar = sum(polarity(label) != 0 for label in answers.values())
    if not opposite and not (ends[0] != ends[1] and polar >= 2 and worded in RATING_FAMILIES):
        return None
    best, other = (high, low) if ends[1] > ends[0] else (low, high)
    beyond, strays = beyond_scale(column, low=low, high=high, known=empties)
    empties |= beyond
    why = f'labels "{answers[other]}" … "{answers[best]}"'
    return Reading(low, high, best, why, True, worded, empties, answers, strays)


def _labelled_empties(column: Column, labels: Mapping[float, str]) -> dict[Code, Guess]:
    found: dict[Code, Guess] = {}
    for code, label in labels.items():
        kind = empty_meant(label, labels.values())
        if kind:
            found[code] = Guess(kind, f'label "{label}"')
        elif column.declared_missing(code):
            found[code] = Guess("refused", f'declared missing in the file, "{label}"', True)
    return found


def beyond_scale(
    column: Column, *, low: float, high: float, known: Mapping[Code, Guess]
) -> tuple[dict[Code, Guess], dict[Code, int]]:
    """Return what stands beyond the scale without a label: empties, and slips with their cells.

    A rare code without a usual meaning is taken for a slip of the pen or of the keyboard.
    """
    found: dict[Code, Guess] = {}
    slips: dict[Code, int] = {}
    for code, n in column.counts.items():
        if code != int(code):
            slips[code] = n
        elif not low <= code <= high and code not in known:
            declared = column.declared_missing(code)
            if is_slip(code, n / column.n) and not declared:
                slips[code] = n
            else:
                found[code] = by_number(code, declared=declared)
    for word, n in column.words.items():
        kind = empty_meant(word)
        if kind is None and n < _RARE * column.n:
            slips[word] = n
        else:
            found[word] = Guess(kind or "refused", f'text "{word}" among numbers', kind is None)
    return found, slips


def is_slip(code: float, share: float) -> bool:
    """Tell whether a code beyond the scale is rare and has no usual meaning such as 98 or 99."""
    return share < _RARE and not is_usual(code)


def is_usual(code: float) -> bool:
    """Tell whether a code beyond a scale has a usual meaning, such as 98 or 99."""
    return any(code in codes for codes in _BY_NUMBER.values())


def by_number(code: float, *, declared: bool = False) -> Guess:
    """Return what a code beyond the scale means by convention: 98 don't know, 99 refused, …."""
    kind = next((kind for kind, codes in _BY_NUMBER.items() if code in codes), None)
    why = "declared missing in the file" if declared else "beyond the scale"
    return Guess(kind or "refused", why, True)
