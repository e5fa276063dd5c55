"""How alike two columns are, by what is known of both: words, name, answers, value labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.drift.outline import ColumnProfile

__all__ = ["Candidate", "distance", "likenesses", "question_number", "words_alike"]

Array = NDArray[np.float64]

_NUMBERED = 2.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column of one file: its names and words, and what it holds where that is known."""

    name: str
    also: tuple[str, ...] = ()
    question: str = ""
    column: ColumnProfile | None = None


def likenesses(old: Sequence[Candidate], new: Sequence[Candidate]) -> dict[str, Array]:
    """Return likenesses from 0 to 1, NaN where one side has nothing to compare.

    Returns
    -------
    dict
        ``question`` (text), ``name``, ``answers``, ``labels`` (of values); arrays of shape
        (len(old), len(new)).
    """
    return {
        "question": _texts_alike(old, new, lambda item: (item.question,), _words),
        "name": _names_alike(old, new),
        "answers": _answers_alike(old, new),
        "labels": _labels_alike(old, new),
    }


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _pieces(name: str) -> list[str]:
    """Cut a name into overlapping pieces of two and three letters, and its question's number.

    >>> _pieces("Q7_ART")
    ['^q', '#7', 'q#7', '^a', 'ar', 'rt', '^ar', 'art']
    """
    found: list[str] = []
    before = ""
    for run in re.findall(r"\d+|[^\W\d_]+", name.casefold()):
        if run.isdigit():
            found += [f"#{int(run)}", f"{before}#{int(run)}"]
        else:
            marked = f"^{run}"
            found += [
                marked[i : i + size] for size in (2, 3) for i in range(len(marked) - size + 1)
            ]
        before = run
    return found


def question_number(name: str) -> str:
    """Return the question's number that a column's name begins with, or "".

    >>> question_number("Q07_ART"), question_number("NPS")
    ('q7', '')
    """
    found = re.match(r"([^\W\d_]{0,3})_?(\d+)", name.casefold())
    return f"{found[1]}{int(found[2])}" if found else ""


def _texts_alike(
    old: Sequence[Candidate],
    new: Sequence[Candidate],
    named: Callable[[Candidate], tuple[str, ...]],
    cut: Callable[[str], list[str]],
) -> Array:
    """Return the cosine of the texts' pieces, rare pieces counting more; NaN without a text."""
    cuts = [[piece for text in named(item) for piece in cut(text)] for item in (*old, *new)]
    spread = Counter(piece for pieces in cuts for piece in set(pieces))
    place = {piece: i for i, piece in enumerate(spread)}
    rarity = np.array([np.log(1 + len(cuts) / n) for n in spread.values()])
    table = np.zeros((len(cuts), len(place)))
    for row, pieces in enumerate(cuts):
        for piece in pieces:
            table[row, place[piece]] = 1.0
    table *= rarity * np.array([_NUMBERED if "#" in piece else 1.0 for piece in spread])
    length = np.sqrt((table**2).sum(axis=1))
    table /= np.where(length > 0, length, np.nan)[:, None]
    alike = table[: len(old)] @ table[len(old) :].T
    both = np.outer(length[: len(old)], length[len(old) :]) > 0
    return np.where(both, alike, np.nan)


def _names_alike(old: Sequence[Candidate], new: Sequence[Candidate]) -> Array:
    whole = _texts_alike(old, new, lambda item: (item.name,), _pieces)
    flat = _texts_alike(
        old, new, lambda item: (re.sub(r"[\W_]", "", item.name),), lambda name: _pieces(name)
    )
    own = _texts_alike(old, new, lambda item: item.also or (item.name,), _pieces)
    name: Array = np.nan_to_num(np.fmax(whole, flat))
    return np.asarray(np.fmax(name, 0.75 * name + 0.25 * np.nan_to_num(own)))


def words_alike(one: str, other: str) -> float:
    """Return how many of the words of two texts are shared (Dice's coefficient, 0-1)."""
    a, b = set(_words(one)), set(_words(other))
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def _answers_alike(old: Sequence[Candidate], new: Sequence[Candidate]) -> Array:
    found = np.full((len(old), len(new)), np.nan)
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            if one.column is not None and other.column is not None:
                found[i, j] = _column_alike(one.column, other.column)
    return found


def _column_alike(one: ColumnProfile, other: ColumnProfile) -> float:
    kinds = 1 - abs(one.numeric - other.numeric)
    if one.listed and other.listed:
        return kinds * max(0.0, 1 - 2.5 * distance(_shares(one), _shares(other)))
    if one.listed != other.listed:
        return 0.0
    filled = 1 - abs(one.blanks / max(one.n, 1) - other.blanks / max(other.n, 1))
    kinds = 1.0 if one.identifies and other.identifies else kinds
    return 0.8 * kinds * max(0.0, 2 * filled - 1)


def _shares(column: ColumnProfile) -> dict[str, float]:
    found = {"": column.blanks, "\0": column.other, **column.counts}
    return {code: n / max(column.n, 1) for code, n in found.items()}


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the total variation distance of two distributions over codes (0-1)."""
    return sum(abs(one.get(code, 0.0) - other.get(code, 0.0)) for code in {*one, *other}) / 2


def _labels_alike(old: Sequence[Candidate], new: Sequence[Candidate]) -> Array:
    found = np.full((len(old), len(new)), np.nan)
    sets = [_label_set(item) for item in (*old, *new)]
    for i, one in enumerate(sets[: len(old)]):
        for j, other in enumerate(sets[len(old) :]):
            if one and other:
                found[i, j] = len(one & other) / len(one | other)
    return found


def _label_set(item: Candidate) -> set[tuple[str, str]]:
    labels = item.column.labels if item.column else {}
    return {(code, " ".join(_words(text))) for code, text in labels.items()}
