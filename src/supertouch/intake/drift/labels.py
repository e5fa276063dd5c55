"""Questions and value labels that say something else than before, and scales that were turned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from supertouch.intake.draft.words import empty_meant
from supertouch.intake.drift.differences import Comparison, Difference, Pair
from supertouch.intake.drift.likeness import words_alike
from supertouch.intake.drift.scales import turned
from supertouch.intake.drift.uses import Use

__all__ = ["labels_of"]

_SAME_QUESTION = 0.6


def labels_of(both: Comparison, pair: Pair) -> list[Difference]:
    """Find what the file says otherwise of a question: its text and its value labels."""
    return [*_question(pair), *_labels(both, pair)]


def _question(pair: Pair) -> Iterator[Difference]:
    """Report a question whose text is another one."""
    old, new = pair.old.question.strip(), pair.new.question.strip()
    if old and new and words_alike(old, new) < _SAME_QUESTION:
        like = words_alike(old, new)
        yield Difference(
            "look", "labels_changed", pair.use.item, pair.new_name, old, new, like, key=pair.use.key
        )


def _labels(both: Comparison, pair: Pair) -> Iterator[Difference]:
    """Report value labels that say something else than before for the same code."""
    old, new = pair.old.labels, pair.new.labels
    if not old or not new:
        return
    if _order_turned(pair.use, old, new):
        first = next(
            code for code in old if code in new and _folded(old[code]) != _folded(new[code])
        )
        yield turned(both, pair, f"{first} = {old[first]}", f"{first} = {new[first]}")
        return
    moved = {_folded(text): code for code, text in old.items()}
    for code in old:
        one, other = old[code], new.get(code)
        if other is None or _folded(one) == _folded(other):
            continue
        elsewhere = moved.get(_folded(other), code) != code
        changed = elsewhere or (empty_meant(one) != empty_meant(other))
        before, after = f"{code} = {one}", f"{code} = {other}"
        edit = (
            "# the code means something else now: recode it in the file, "
            "or correct the codes and labels in the study"
        )
        yield Difference(
            "stop" if changed else "look",
            "labels_changed",
            pair.use.item,
            pair.new_name,
            before,
            after,
            words_alike(one, other),
            edit=edit if changed else "",
            key=pair.use.key,
        )


def _folded(text: str) -> str:
    """Return a label's words, without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _order_turned(use: Use, old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Tell whether the labels of the scale's points stand in the opposite order."""
    if use.scale is None:
        return False
    places: dict[str, list[float]] = {}
    for labels in (old, new):
        codes = pd.Series(list(labels), dtype="str")
        for code, value in zip(codes, use.read(codes)[0].tolist(), strict=True):
            if not np.isnan(value):
                places.setdefault(_folded(labels[code]), []).append(float(value))
    both = sorted((pair[0], pair[1]) for pair in places.values() if len(pair) == 2)
    return len(both) >= 2 and all(a[1] > b[1] for a, b in pairwise(both))
