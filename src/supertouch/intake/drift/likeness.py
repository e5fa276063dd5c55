"""How alike a column of one wave's file is to a column of another's, and which belong together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.drift.profile import ColumnProfile

__all__ = ["Candidate", "Match", "distance", "matched", "words_alike"]

Array = NDArray[np.float64]

CONFIDENT = 0.6
DECIDED = 0.1
PLAUSIBLE = 0.4
_MOST_OPEN = 400
_WEIGHTS = {"question": 0.5, "name": 0.3, "answers": 0.3, "place": 0.3, "labels": 0.1}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column of one file: its names and words, and what it holds where that is known."""

    name: str
    also: tuple[str, ...] = ()
    question: str = ""
    column: ColumnProfile | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a column: the one it is taken for, and other columns it could be.

    Attributes
    ----------
    name : str or None
        The column of the other file; None where nothing is similar.
    likeness : float
        From 0 to 1.
    sure : bool
        Whether it is like enough, and no other way to match the columns is about as good.
    others : tuple
        Other columns with their likeness, the best first.
    """

    name: str | None
    likeness: float
    sure: bool
    others: tuple[tuple[str, float], ...] = ()


def matched(
    old: Sequence[Candidate], new: Sequence[Candidate], *, anchors: Sequence[tuple[int, int]]
) -> list[Match]:
    """Match the columns that are gone with those that were added.

    Likeness is the weighted mean of what is known of both: question text, name, answers,
    place in the order of the file, and value labels. The matching with the largest total is
    taken; a pair is sure only if the next best matching without it is clearly worse.

    Parameters
    ----------
    old, new : sequence of Candidate
        Columns without a partner, in any order.
    anchors : sequence of (int, int)
        Positions of columns that are known to be the same in both files.
    """
    if not old or not new:
        return [Match(None, 0.0, sure=True) for _ in old]
    parts = {
        "question": _texts_alike(old, new, lambda item: (item.question,), _words),
        "name": _names_alike(old, new),
        "answers": _answers_alike(old, new),
        "labels": _labels_alike(old, new),
    }
    first = _mean(parts)
    parts["place"] = _places_alike(old, new, first, anchors)
    return _assigned(_mean(parts), [item.name for item in new])


def _mean(parts: dict[str, Array]) -> Array:
    stack = np.array(list(parts.values()))
    weight = np.array([_WEIGHTS[name] for name in parts])[:, None, None] * ~np.isnan(stack)
    total = np.asarray(weight.sum(axis=0))
    return np.asarray(np.nansum(stack * weight, axis=0) / np.where(total > 0, total, 1))


def _assigned(like: Array, names: Sequence[str]) -> list[Match]:
    from scipy.optimize import linear_sum_assignment

    rows, width = like.shape
    open_ = np.full((rows, rows), -9.0)
    np.fill_diagonal(open_, PLAUSIBLE)
    full = np.hstack([like, open_])
    _, chosen = linear_sum_assignment(full, maximize=True)
    best = full[np.arange(rows), chosen].sum()
    found = []
    for row, column in enumerate(chosen):
        order = np.argsort(-like[row], kind="stable")[:4]
        others = tuple(
            (names[j], float(like[row, j])) for j in order if j != column and like[row, j] >= PLAUSIBLE
        )
        if column >= width:
            found.append(Match(None, 0.0, sure=not others, others=others))
            continue
        size = float(like[row, column])
        sure = size >= CONFIDENT
        if sure and rows * width <= _MOST_OPEN**2:
            held = full[row, column]
            full[row, column] = -9.0
            again = linear_sum_assignment(full, maximize=True)[1]
            sure = bool(best - full[np.arange(rows), again].sum() >= DECIDED)
            full[row, column] = held
        found.append(Match(names[column], size, sure=sure, others=others))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _pieces(name: str) -> list[str]:
    """Cut a name into overlapping pieces of two and three letters, digits as whole numbers."""
    found: list[str] = []
    for run in re.findall(r"\d+|[^\W\d_]+", name.casefold()):
        if run.isdigit():
            found.append(f"#{int(run)}")
        else:
            marked = f"^{run}"
            found += [marked[i : i + size] for size in (2, 3) for i in range(len(marked) - size + 1)]
    return found


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
    table *= rarity
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
    best: Array = np.fmax(np.fmax(whole, flat), 0.9 * own)
    return np.asarray(np.nan_to_num(best))


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
    return 0.8 * kinds * max(0.0, 2 * filled - 1)


def _shares(column: ColumnProfile) -> dict[str, float]:
    found = {"": column.blanks, "\0": column.other, **column.counts}
    return {code: n / max(column.n, 1) for code, n in found.items()}


def distance(one: dict[str, float], other: dict[str, float]) -> float:
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


def _places_alike(
    old: Sequence[Candidate],
    new: Sequence[Candidate],
    like: Array,
    anchors: Sequence[tuple[int, int]],
) -> Array:
    """Return how near each pair lies when both files are laid side by side in their order."""
    found = np.full(like.shape, np.nan)
    placed = [i for i, item in enumerate(old) if item.column is not None]
    if not placed:
        return found
    kept = sorted(
        [(position, -1 - k) for k, (position, _) in enumerate(anchors)]
        + [(_position(old[i]), i) for i in placed]
    )
    there = sorted(
        [(position, -1 - k) for k, (_, position) in enumerate(anchors)]
        + [(_position(item), j) for j, item in enumerate(new)]
    )
    score = np.zeros((len(kept), len(there)))
    for a, (_, one) in enumerate(kept):
        for b, (_, other) in enumerate(there):
            if one < 0 or other < 0:
                score[a, b] = 1.0 if one == other else 0.0
            else:
                score[a, b] = max(0.0, like[one, other] - 0.25)
    pairs = _aligned(score)
    rows, columns = np.array(pairs, dtype=float).reshape(-1, 2).T
    for a, (_, i) in enumerate(kept):
        if i >= 0 and len(rows):
            meant = float(np.interp(a, rows, columns))
            for b, (_, j) in enumerate(there):
                if j >= 0:
                    found[i, j] = max(0.0, 1 - abs(b - meant) / 6)
    return found


def _position(item: Candidate) -> int:
    return item.column.position if item.column else 0


def _aligned(score: Array) -> list[tuple[int, int]]:
    """Return the pairs, in order in both sequences, whose scores have the largest sum."""
    rows, columns = score.shape
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows):
        step = np.maximum(best[i, 1:], best[i, :-1] + score[i])
        best[i + 1, 1:] = np.maximum.accumulate(step)
    pairs = []
    i, j = rows, columns
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]
