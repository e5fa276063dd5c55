"""Ratings without labels, found by how their numbers behave.

Ratings of one respondent go together (the respondent's general mood), other codes do not. So the
columns whose answers correlate with each other are ratings, and an end code that does not go on in
the direction of its neighbours ("6" after 1 to 5) is no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.draft.columns import Column
from supertouch.intake.draft.ends import Ends
from supertouch.intake.draft.names import stem_of
from supertouch.intake.draft.scales import Guess, Reading, beyond_scale, by_number, is_slip
from supertouch.intake.draft.words import empty_meant, family_of, topics
from supertouch.study.model import Code

__all__ = ["Patterns", "agreement", "read_patterns"]

_LEAST_CORRELATION = 0.1
_NOISE = 1.5
_LEAST_PAIRS = 30
_LEAST_ROWS = 60
_COMMON_TOPS = (5, 7, 10)
_TALLEST_RUN = 11
_NEAR_TOP = 2


@dataclass(frozen=True, slots=True)
class Patterns:
    """Unlabelled ratings.

    Attributes
    ----------
    readings : mapping
        Per column its reading; ``best`` is the largest code until `directed` says otherwise.
    signs : mapping
        1 or -1 per column: which way it goes, relative to most of the others.
    mood : array of float, shape (rows,)
        Each respondent's mean standardised rating, in the direction of most columns.
    """

    readings: Mapping[str, Reading] = field(default_factory=dict)
    signs: Mapping[str, int] = field(default_factory=dict)
    mood: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


def read_patterns(columns: Sequence[Column]) -> Patterns:
    """Find the ratings among unlabelled columns of whole numbers.

    Columns that share a stem (at least three) are read alike; a lone column takes over the
    reading of the largest grid where its codes fit into it.
    """
    tops = {column.name: _top(column) for column in columns if column.coded}
    able = [column for column in columns if 4 <= tops.get(column.name, 0) <= _TALLEST_RUN]
    if len(able) < 2 or len(able[0].values) < _LEAST_ROWS:
        return Patterns()
    core = np.column_stack([_core(column, tops[column.name]) for column in able])
    kept, signs = _going_together(core, able, [tops[column.name] for column in able])
    if len(kept) < 2:
        return Patterns()
    chosen = [able[place] for place in kept]
    scores = _standardised(core[:, kept]) * signs
    ends = Ends(chosen, scores, signs)
    grids = _grids(chosen)
    readings: dict[str, Reading] = {}
    largest: list[int] = []
    for places in sorted(grids, key=len, reverse=True):
        adopted = _adopted(places, largest, chosen, readings)
        readings |= adopted or _read_grid([chosen[p] for p in places], places, ends)
        largest = largest or places
    names = [column.name for column in chosen]
    return Patterns(readings, dict(zip(names, map(int, signs), strict=True)), _mean(scores))


def agreement(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the correlation of two columns over the rows that have both; 0 where it is unknown."""
    both = ~np.isnan(first) & ~np.isnan(second)
    if both.sum() < _LEAST_PAIRS or np.ptp(first[both]) == 0 or np.ptp(second[both]) == 0:
        return 0.0
    return float(np.corrcoef(first[both], second[both])[0, 1])


def _top(column: Column) -> int:
    """Return the last code of the run 1, 2, 3, …, where single codes may be unused."""
    top = 0
    while top < 100 and any(top + step in column.counts for step in (1, 2)):
        top += 1 if top + 1 in column.counts else 2
    return top


def _core(column: Column, top: int) -> NDArray[np.float64]:
    """Return the values that are answers whatever the scale: 1 to 5, or 0 to 10 of long runs."""
    low, high = (1, min(top, 5)) if top <= 8 else (0, 10)
    values = column.values
    return np.where((values >= low) & (values <= high), values, np.nan)


def _is_overall(column: Column) -> bool:
    return "overall" in topics(column.name, column.wording)


def _going_together(
    core: NDArray[np.float64], columns: Sequence[Column], tops: Sequence[int]
) -> tuple[list[int], NDArray[np.float64]]:
    """Return the columns that go with the others, and their signs.

    The one whose mean correlation with the others is least leaves, until all the rest have 0.1
    or more, and more than chance in columns with few answers. Columns with as many codes that
    go with an overall judgement join again, and so do the mates of a grid, most of which stayed.
    """
    width = core.shape[1]
    r = np.zeros((width, width))
    for i in range(width):
        for j in range(i):
            r[i, j] = r[j, i] = agreement(core[:, i], core[:, j])
    n = np.maximum((~np.isnan(core)).sum(axis=0), 1)
    least = _LEAST_CORRELATION + _NOISE / np.sqrt(n)
    sign = _core_set(r, least)
    for anchor in [place for place, column in enumerate(columns) if _is_overall(column)]:
        level = sign.setdefault(anchor, 1.0)
        for place in range(width):
            near = abs(tops[place] - tops[anchor]) <= 1
            if place not in sign and near and abs(r[anchor, place]) >= least[place]:
                sign[place] = level * float(np.sign(r[anchor, place]))
    sign |= _grid_mates(columns, tops, sign)
    kept = sorted(sign)
    return kept, np.array([sign[place] for place in kept])


def _grid_mates(
    columns: Sequence[Column], tops: Sequence[int], sign: Mapping[int, float]
) -> dict[int, float]:
    """Return the columns of a grid that did not stay, though most, at least three, did.

    They share its stem, its length of scale and its codes, slips aside.
    """
    groups: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        groups.setdefault(stem_of(column.name), []).append(place)
    mates: dict[int, float] = {}
    for places in groups.values():
        stayed = [place for place in places if place in sign]
        if len(stayed) < max(3, 0.5 * len(places)):
            continue
        way = 1.0 if sum(sign[place] for place in stayed) >= 0 else -1.0
        usual = float(np.median([tops[place] for place in stayed]))
        codes = {code for place in stayed for code in columns[place].counts}
        for place in places:
            other = {
                code
                for code, n in columns[place].counts.items()
                if code not in codes and not is_slip(code, n / columns[place].n)
            }
            if place not in sign and not other and abs(tops[place] - usual) <= _NEAR_TOP:
                mates[place] = way
    return mates


def _core_set(r: NDArray[np.float64], least: NDArray[np.float64]) -> dict[int, float]:
    kept = list(range(len(r)))
    while len(kept) > 1:
        part = r[np.ix_(kept, kept)]
        lead = np.linalg.eigh(part)[1][:, -1]
        signs = np.where(lead < 0, -1.0, 1.0)
        signs *= 1.0 if signs.sum() >= 0 else -1.0
        mean = (part * np.outer(signs, signs)).sum(axis=0) / (len(kept) - 1)
        margin = mean - least[kept]
        if margin.min() >= 0:
            return dict(zip(kept, signs.tolist(), strict=True))
        kept.pop(int(margin.argmin()))
    return {}


def _standardised(core: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = (core - np.nanmean(core, axis=0)) / np.nanstd(core, axis=0)
    return scaled


def _mean(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    n = (~np.isnan(scores)).sum(axis=1)
    total = np.nansum(scores, axis=1)
    mean: NDArray[np.float64] = np.full(len(scores), np.nan)
    np.divide(total, n, out=mean, where=n > 0)
    return mean


def _grids(columns: Sequence[Column]) -> list[list[int]]:
    """Return places of columns by stem, and lone ones by themselves."""
    stems: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        stems.setdefault(stem_of(column.name), []).append(place)
    grids = [places for places in stems.values() if len(places) >= 3]
    lone = [place for places in stems.values() if len(places) < 3 for place in places]
    if grids:
        return [*grids, *([place] for place in lone)]
    tops: dict[bool, list[int]] = {}
    for place in lone:
        tops.setdefault(_top(columns[place]) > 8, []).append(place)
    return list(tops.values())


def _adopted(
    places: Sequence[int],
    largest: Sequence[int],
    columns: Sequence[Column],
    readings: Mapping[str, Reading],
) -> dict[str, Reading]:
    """Return the largest grid's reading for columns whose codes fit into it; else nothing."""
    if not largest or len(places) >= 3:
        return {}
    given = readings[columns[largest[0]].name]
    known = {*np.arange(given.minimum, given.maximum + 1), *given.empties}
    fits = all(
        set(columns[p].counts) <= known and _top(columns[p]) >= given.maximum for p in places
    )
    if not fits:
        return {}
    return {columns[p].name: _with(given, columns[p]) for p in places}


def _read_grid(columns: Sequence[Column], places: Sequence[int], ends: Ends) -> dict[str, Reading]:
    low, high = _bounds(columns, places, ends)
    beyond = _beyond(columns, low, high)
    base = Reading(low, high, high, "", False, empties=beyond)
    return {column.name: _with(base, column) for column in columns}


def _with(base: Reading, column: Column) -> Reading:
    """Return a grid's reading for one of its columns, with the column's own labels and slips."""
    known: dict[Code, Guess] = {
        code: guess for code, guess in base.empties.items() if not isinstance(code, str)
    }
    for code, label in column.number_labels.items():
        if kind := empty_meant(label):
            known[code] = Guess(kind, f'label "{label}"')
    beyond, slips = beyond_scale(column, low=base.minimum, high=base.maximum, known=known)
    return replace(
        base, family=family_of(column.wording), empties={**known, **beyond}, strays=slips
    )


def _bounds(columns: Sequence[Column], places: Sequence[int], ends: Ends) -> tuple[float, float]:
    """Return the ends of a grid's scale, taking off end codes that do not go on."""
    labelled = {
        code
        for column in columns
        for code, label in column.number_labels.items()
        if empty_meant(label) or column.declared_missing(code)
    }
    found = Counter(code for column in columns for code in column.counts if code not in labelled)
    high = max(int(min(max(_top(column) for column in columns), _TALLEST_RUN)), 3)
    while high in labelled or high == _TALLEST_RUN:
        high -= 1
    for _ in range(2):
        if high <= 4 or not _taken_off(high, ends.goes_on(places, high, range(1, high))):
            break
        high -= 1
    if found[0.0] == 0:
        return 1.0, float(high)
    if high == 10:
        return 0.0, 10.0
    onward = ends.goes_on(places, 0, range(1, high + 1))
    return (0.0 if onward is not None and onward > 0.6 else 1.0), float(high)


def _taken_off(code: int, onward: float | None) -> bool:
    if onward is None:
        return code not in _COMMON_TOPS
    return onward < (0.25 if code in _COMMON_TOPS else 0.6)


def _beyond(columns: Sequence[Column], low: float, high: float) -> dict[Code, Guess]:
    """Return the codes beyond the scale as empties.

    The one just beyond it whose share differs most between items means "not used": items differ
    in reach. The rest go by the usual numbers.
    """
    codes = sorted({c for column in columns for c in column.counts if not low <= c <= high})
    shares = {
        code: [column.counts.get(code, 0) / max(column.n, 1) for column in columns]
        for code in codes
    }
    near = [code for code in codes if code in (0, high + 1, high + 2, 96)]
    spread = {c: max(shares[c]) - (min(shares[c]) if len(columns) > 1 else 0) for c in near}
    varied = max(spread, key=lambda code: spread[code], default=None)
    pooled = sum(column.n for column in columns)
    found: dict[Code, Guess] = {
        code: by_number(code)
        for code in codes
        if not is_slip(code, sum(column.counts.get(code, 0) for column in columns) / pooled)
    }
    if varied is not None and spread[varied] >= 0.08:
        least, most = min(shares[varied]), max(shares[varied])
        why = f"beyond the scale, in {least:.0%} to {most:.0%} of the answers"
        found[varied] = Guess("not_met", why, True)
    return found
