"""Columns that the study does not read, and touchpoints that only one of the waves asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from supertouch.intake.drift.added import named_from_here, new_outcome
from supertouch.intake.drift.differences import Comparison, Difference
from supertouch.intake.drift.matching import Match
from supertouch.intake.drift.outline import ColumnProfile
from supertouch.intake.drift.uses import Use
from supertouch.intake.drift.written import as_written, lines

__all__ = ["asked_otherwise", "unread_columns"]

_ALIKE = 0.6
_NEAR = 2
_BATTERY = 0.95
_RATED = 0.25
_FEWEST = 20


def asked_otherwise(both: Comparison, *, absent: Collection[object]) -> Iterator[Difference]:
    """Report touchpoints and outcomes that only one of the waves asks, by the study."""
    for use in both.uses:
        if use.kind != "rating":
            continue
        old, new = both.named_before(use), both.named(use)
        if new and not old and use.key not in absent:
            yield Difference("note", "touchpoint_new", use.item, new, "", new, key=use.key)
        elif old and not new:
            yield from _retired(both, use, old)


def _retired(both: Comparison, use: Use, old: str) -> Iterator[Difference]:
    there = both.now.columns.get(old)
    others = {both.named(other) for other in both.uses}
    if there is None or there.blanks == there.n or old in others:
        yield Difference("note", "touchpoint_retired", use.item, old, old, "", key=use.key)
        return
    edit = both.written.renamed(use, {both.wave: as_written(use, old)})
    yield Difference(
        "look",
        "touchpoint_retired",
        use.item,
        old,
        old,
        f"{there.n - there.blanks} answers, which the study does not read",
        edit=f"# if it was asked after all\n{edit}",
        key=use.key,
    )


def unread_columns(
    both: Comparison, gone: Mapping[str, Match], taken: set[str]
) -> Iterator[Difference]:
    """Report columns that the study does not read.

    Those like a rating are reported as a new touchpoint, or as the outcome that the study lacks.
    """
    used = set(taken)
    for name, match in gone.items():
        if match.name and match.likeness >= _ALIKE:
            used.add(match.name)
            yield Difference(
                "note", "column_renamed", "", match.name, name, match.name, match.likeness
            )
        else:
            yield Difference("note", "column_gone", "", name, name, "")
    ids = {point.id for point in both.study.touchpoints}
    for name, column in both.now.columns.items():
        if name in used or name in both.before.columns or name in both.before.hidden:
            continue
        neighbour = _neighbour(both, column)
        on_scale = partial(_on_scale, both, column)
        outcome = new_outcome(both, name, column, on_scale=on_scale)
        if outcome is not None:
            yield outcome
        elif neighbour is None:
            yield Difference("note", "column_added", "", name, "", name)
        else:
            id_ = _new_id(both, name, ids)
            ids.add(id_)
            edit = _drafted(both, id_, name, column, neighbour)
            yield Difference("look", "touchpoint_new", id_, name, "", name, edit=edit)


def _neighbour(both: Comparison, column: ColumnProfile) -> Use | None:
    """Return the rating whose neighbour the column is, by place and answers."""
    ratings = {}
    for use in both.uses:
        read = both.found.get(use.key) or both.named(use)
        if use.kind == "rating" and read and read in both.now.columns:
            ratings[both.now.columns[read].position] = use
    names = list(both.now.columns)
    near: dict[int, Use] = {}
    for step in (-1, 1):
        place, skipped = column.position + step, 0
        while 0 <= place < len(names) and skipped < _NEAR:
            if place in ratings:
                near[abs(place - column.position)] = ratings[place]
                break
            skipped += not _like_rating(
                both.now.columns[names[place]], next(iter(ratings.values()), None)
            )
            place += step
    for _, use in sorted(near.items(), key=lambda item: item[0]):
        if _like_rating(column, use):
            return use
    return None


def _on_scale(both: Comparison, column: ColumnProfile) -> Use | None:
    """Return the first rating whose scale a column's answers are on."""
    ratings = (use for use in both.uses if use.kind == "rating" and not use.part)
    return next((use for use in ratings if _like_rating(column, use)), None)


def _like_rating(column: ColumnProfile, use: Use | None) -> bool:
    """Tell whether a column's answers are those of a rating on the scale of ``use``."""
    if use is None or use.scale is None or not column.listed:
        return False
    codes = pd.Series(list(column.counts), dtype="str")
    n = np.array(list(column.counts.values()))
    valid, strange = use.read(codes)
    known = n[~strange].sum() >= _BATTERY * (column.n - column.blanks)
    on_scale = ~np.isnan(valid)
    known = known and n[on_scale].sum() >= _RATED * (column.n - column.blanks)
    points = np.unique(valid[on_scale])
    steps = use.scale.step or 1.0
    most = round((use.scale.maximum - use.scale.minimum) / steps) + 1
    enough = len(points) >= max(3, min(4, most - 1))
    return bool(known and enough and column.n - column.blanks >= _FEWEST)


def _new_id(both: Comparison, name: str, taken: set[str]) -> str:
    """Return an id for a new touchpoint: what stands for {id} in the pattern, or its name."""
    pattern = both.written.pattern_of("rating", both.wave) or "\0"
    found = re.fullmatch(re.escape(pattern).replace(r"\{id\}", "(.+)"), name)
    id_ = found[1] if found else name
    id_ = re.sub(r"[^a-z0-9_]+", "_", id_.casefold()).strip("_") or "new"
    id_ = id_ if id_[0].isalpha() else f"t_{id_}"
    while id_ in taken:
        id_ += "_new"
    return id_


def _drafted(both: Comparison, id_: str, name: str, column: ColumnProfile, like: Use) -> str:
    point = both.study.touchpoint(like.id)
    content: dict[str, object] = {"label": column.question or name, "phase": point.phase}
    if point.scale != "rating":
        content["scale"] = point.scale
    content |= both.written.codes_of(like)
    content["rating"] = named_from_here(both, name)
    for key in ("contact", "brand_fit"):
        pattern = both.written.pattern_of(key, both.wave)
        if pattern and pattern.replace("{id}", id_) not in both.now.columns:
            content[key] = False
    remark = f"a draft: it stands beside {point.id}; correct label and phase"
    return lines(f"touchpoints.{id_}", content, remark=remark)
