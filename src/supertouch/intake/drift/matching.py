"""Which columns of two files belong together, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.drift.likeness import Candidate, likenesses, question_number
from supertouch.intake.drift.sequence import hemmed_in, ordered, places_alike

__all__ = ["Match", "matched"]

Array = NDArray[np.float64]

CONFIDENT = 0.6
DECIDED = 0.1
PLAUSIBLE = 0.4
SAID = 0.3
_MOST = 250
_NEVER = -9.0
_WEIGHTS = {"question": 0.5, "name": 0.3, "answers": 0.3, "place": 0.3, "labels": 0.1}


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
        Whether it is like enough, no other way to match the columns is about as good, and words
        (or the known columns around it) say so.
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

    Likeness is the weighted mean of what is known of both: question text, name, answers, place in
    the order of the file, and value labels. The matching with the largest total is taken. Answers
    and place alone never make a match sure: items of a battery are too much alike.

    Parameters
    ----------
    old, new : sequence of Candidate
        Columns without a partner, in any order.
    anchors : sequence of (int, int)
        Positions of columns that are known to be the same in both files.
    """
    if not old or not new:
        return [Match(None, 0.0, sure=True) for _ in old]
    parts = likenesses(old, new)
    kept, there = ordered(old, new, anchors)
    parts["place"] = places_alike(_mean(parts), kept, there)
    like = _mean(parts)
    pairs, margin = _assigned(like)
    words = np.fmax(np.nan_to_num(parts["question"]), parts["name"])
    by_words, ahead = _assigned(words, least=SAID, alone=0.0)
    said = {i for i, lead in ahead.items() if lead >= DECIDED and by_words[i] == pairs.get(i)}
    names = [item.name for item in new]
    numbers = [question_number(item.name) for item in old], [*map(question_number, names)]
    said |= set(hemmed_in(pairs, said, (kept, there), numbers))
    found = []
    for i, row in enumerate(like):
        sure = i in said and margin.get(i, 0.0) >= DECIDED
        found.append(_match(row, names, pairs.get(i), sure=sure))
    return found


def _mean(parts: Mapping[str, Array]) -> Array:
    stack = np.array(list(parts.values()))
    weight = np.array([_WEIGHTS[name] for name in parts])[:, None, None] * ~np.isnan(stack)
    total = np.asarray(weight.sum(axis=0))
    return np.asarray(np.nansum(stack * weight, axis=0) / np.where(total > 0, total, 1))


def _match(like: Array, names: Sequence[str], column: int | None, *, sure: bool) -> Match:
    order = np.argsort(-like, kind="stable")[:4].tolist()
    others = tuple(
        (names[j], float(like[j])) for j in order if j != column and like[j] >= PLAUSIBLE
    )
    if column is None:
        return Match(None, 0.0, sure=not others, others=others)
    size = float(like[column])
    return Match(names[column], size, sure=sure and size >= CONFIDENT, others=others)


def _assigned(
    like: Array, *, least: float = CONFIDENT, alone: float = PLAUSIBLE
) -> tuple[dict[int, int], dict[int, float]]:
    """Return the best matching, and for each likely pair how much worse it is without that pair."""
    from scipy.optimize import linear_sum_assignment

    rows, width = like.shape
    none = np.full((rows, rows), _NEVER)
    np.fill_diagonal(none, alone)
    full = np.hstack([like, none])
    chosen = linear_sum_assignment(full, maximize=True)[1]
    best = full[np.arange(rows), chosen].sum()
    pairs = {i: int(j) for i, j in enumerate(chosen) if j < width}
    margin = {}
    for i, j in pairs.items():
        if like[i, j] >= least:
            full[i, j] = _NEVER
            if rows * width <= _MOST**2:
                again = linear_sum_assignment(full, maximize=True)[1]
                margin[i] = float(best - full[np.arange(rows), again].sum())
            else:
                margin[i] = float(like[i, j] - max(full[i].max(), full[:, j].max()))
            full[i, j] = like[i, j]
    return pairs, margin
