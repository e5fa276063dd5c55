"""Contact questions and brand fit, matched to the ratings by name, number or label."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import ContactFound
from supertouch.intake.draft.grids import Grid
from supertouch.intake.draft.names import item_labels, item_of, stem_of
from supertouch.intake.draft.scales import Guess, Reading, by_number, is_slip
from supertouch.intake.draft.words import empty_meant, says_no, says_yes
from supertouch.study.model import Code

__all__ = ["match_contacts", "match_fit"]

_MOST_CODES = 6
_LEAST_DIFFERENCE = 0.05
_USUAL_CODES = {0, 1, 2, 3, 4, 7, 8, 9, 77, 88, 96, 97, 98, 99, -1, -9, -99}


def match_contacts(
    survey: Survey,
    grids: Sequence[Grid],
    readings: Mapping[str, Reading],
    taken: Collection[str],
) -> dict[str, ContactFound]:
    """Return the contact question of each rating that has one.

    A yes/no column belongs to a rating when their labels, or their names without the stem, are
    equal; numbers alone count only where most of a grid's numbers are matched. Without labels the
    data must agree: who says no lacks the rating more often than who says yes.
    """
    able = {
        column.name: found
        for column in survey.columns.values()
        if column.name not in taken and (found := _as_contact(column)) is not None
    }
    keys = _keys(survey, list(able))
    matched: dict[str, ContactFound] = {}
    for grid in grids:
        pairs = _pairs(grid, keys)
        digits = all(item_of(name).isdigit() for name in grid.columns)
        if digits and len({n for n, _, why in pairs if "number" in why}) < 0.6 * len(grid.columns):
            pairs = [pair for pair in pairs if "number" not in pair[2]]
        for rating, contact, why in pairs:
            found = _judged(survey, rating, contact, able[contact], readings, why)
            if found and rating not in matched:
                matched[rating] = found
    return matched


def match_fit(grids: Sequence[Grid], fit: Sequence[Grid]) -> dict[str, tuple[str, Reading]]:
    """Return, for each rating, the column that asks how well the same item fits the brand."""
    found: dict[str, tuple[str, Reading]] = {}
    for grid in grids:
        for other in fit:
            by_label = dict(zip(map(str.casefold, other.labels), other.columns, strict=True))
            by_item = {item_of(name).casefold(): name for name in other.columns}
            for name, label in zip(grid.columns, grid.labels, strict=True):
                match = by_label.get(label.casefold()) or by_item.get(item_of(name).casefold())
                if match:
                    found[name] = match, other.reading
    return found


def _as_contact(column: Column) -> ContactFound | None:
    """Read a column as yes or no; None where it is neither."""
    if not column.coded or len(column.counts) > _MOST_CODES:
        return None
    labels = column.number_labels
    if labels:
        met = tuple(code for code, label in labels.items() if says_yes(label))
        not_met = tuple(code for code, label in labels.items() if says_no(label))
        told = len(met) == 1 and len(not_met) <= 1
        if not told:
            return None
    else:
        if not set(column.counts) <= _USUAL_CODES or 1 not in column.counts:
            return None
        met = (1.0,)
        second = 2.0 if 2 in column.counts else 0.0
        not_met = (second,) if second in column.counts else ()
    if not not_met and column.blank == 0:
        return None
    rest = [
        code
        for code, n in column.counts.items()
        if code not in (*met, *not_met)
        and (code in (3, 4) or code in labels or not is_slip(code, n / column.n))
    ]
    empties: dict[Code, Guess] = {code: _empty(code, labels) for code in rest}
    return ContactFound(column.name, met, not_met, empties, not not_met, "", doubtful=not labels)


def _empty(code: float, labels: Mapping[float, str]) -> Guess:
    kind = empty_meant(labels.get(code, ""))
    if kind:
        return Guess(kind, f'label "{labels[code]}"')
    return (
        Guess("dont_know", "third code of a yes/no question", True)
        if code == 3
        else by_number(code)
    )


def _keys(survey: Survey, names: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Return columns by kind of key ("label", "name", "number") and key."""
    stems: dict[str, list[str]] = {}
    for name in names:
        stems.setdefault(stem_of(name), []).append(name)
    keys: dict[tuple[str, str], list[str]] = {}
    for columns in stems.values():
        labels = item_labels(columns, [survey.columns[name].wording for name in columns])
        for name, label in zip(columns, labels, strict=True):
            item = item_of(name).casefold()
            kind = "number" if item.isdigit() else "name"
            keys.setdefault((kind, item), []).append(name)
            if survey.columns[name].wording:
                keys.setdefault(("label", label.casefold()), []).append(name)
    return keys


def _pairs(grid: Grid, keys: Mapping[tuple[str, str], Sequence[str]]) -> list[tuple[str, str, str]]:
    pairs: list[tuple[str, str, str]] = []
    for name, label in zip(grid.columns, grid.labels, strict=True):
        item = item_of(name).casefold()
        for kind, key in (("label", label.casefold()), ("name", item), ("number", item)):
            pairs += [(name, contact, f"the same {kind}") for contact in keys.get((kind, key), ())]
    return pairs


def _judged(
    survey: Survey,
    rating: str,
    contact: str,
    found: ContactFound,
    readings: Mapping[str, Reading],
    why: str,
) -> ContactFound | None:
    """Keep a match where those who say no lack the rating more often than those who say yes."""
    rated = _is_rated(survey.columns[rating], readings[rating])
    values = survey.columns[contact].values
    yes = np.isin(values, found.met)
    no = np.isnan(values) if found.blank_means_not_met else np.isin(values, found.not_met)
    if not yes.any() or not no.any():
        return None
    lacking = 1 - rated[yes].mean(), 1 - rated[no].mean()
    if found.doubtful and lacking[1] - lacking[0] < _LEAST_DIFFERENCE:
        return None
    reason = f"{why}; rating is missing for {lacking[0]:.0%} of yes, {lacking[1]:.0%} of no"
    return ContactFound(
        found.column, found.met, found.not_met, found.empties, found.blank_means_not_met,
        reason, found.doubtful,
    )  # fmt: skip


def _is_rated(column: Column, reading: Reading) -> np.ndarray:
    values = column.values
    rated: np.ndarray = (values >= reading.minimum) & (values <= reading.maximum)
    return rated
