"""Interviews with the same answers as another, where chance hardly explains it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.interviews import Check, Codes, Interviews
from supertouch.stats.coincidence import bands, expected_twins

__all__ = ["duplicates"]

_FEWEST_ANSWERS = 10
_LEAST_VARIED = 3
_MOST_VALUES = 101
_SMALL = 2**15


def duplicates(wave: Interviews) -> Iterator[Check]:
    """Yield the check for respondents with the very answers of an earlier one."""
    ratings = [_coded(column) for _, column in wave.ratings()]
    coded = [*ratings, *(_coded(column) for column in wave.others())]
    rated, answers = _told(wave, ratings), _told(wave, coded)
    varied = rated - _most_frequent(wave)
    enough = (answers >= _FEWEST_ANSWERS) & (varied >= _LEAST_VARIED)
    band = np.where(answers >= _FEWEST_ANSWERS, bands(_level(wave)), -1)
    twins = expected_twins(coded, person=wave.person, band=band)
    checked = enough & (twins * max(int((band >= 0).sum()), 1) < 1)
    pattern = _pattern(wave, [*coded, *(_coded(column) for column in wave.contacts())])
    _, first, back = np.unique(pattern, return_index=True, return_inverse=True)
    original = first[back]
    found = checked & (original != np.arange(wave.size))
    yield Check(
        "duplicate",
        f"the same contacts, ratings and outcomes as an earlier respondent: at least "
        f"{_FEWEST_ANSWERS} answers, {_LEAST_VARIED} of them other than the most frequent, that "
        "chance would hardly repeat",
        checked,
        found,
        {
            int(p): f"the same {int(answers[p])} answers as {wave.named(int(original[p]))}"
            for p in np.flatnonzero(found)
        },
        threshold=_FEWEST_ANSWERS,
        expected=float(twins[checked].sum() / 2),
    )


def _coded(values: NDArray[np.float64]) -> Codes:
    """Replace answers by numbers from 0 in their order, -1 where there is none."""
    codes = pd.factorize(values, sort=True)[0]
    return np.asarray(codes, dtype=np.int16 if codes.max(initial=0) < _SMALL else np.intp)


def _told(wave: Interviews, columns: list[Codes]) -> NDArray[np.int_]:
    """Count the answers of each respondent."""
    rows = np.zeros(len(wave.person))
    for codes in columns:
        rows += codes >= 0
    return np.asarray(np.bincount(wave.person, rows, minlength=wave.size), dtype=int)


def _level(wave: Interviews) -> NDArray[np.float64]:
    """Mean rating of each respondent, as a share of the scale's range."""
    total, count = np.zeros(wave.size), np.zeros(wave.size)
    for name, ratings in wave.ratings():
        scale, told = wave.study.scales[name], ~np.isnan(ratings)
        place = np.where(told, (ratings - scale.minimum) / (scale.maximum - scale.minimum), 0.0)
        total += np.bincount(wave.person, place, minlength=wave.size)
        count += np.bincount(wave.person, told, minlength=wave.size)
    return np.asarray(np.divide(total, count, out=np.full(wave.size, np.nan), where=count > 0))


def _most_frequent(wave: Interviews) -> NDArray[np.float64]:
    """How often each respondent gave the rating that they gave most often."""
    columns = [column for _, column in wave.ratings()]
    values = sorted({float(value) for column in columns for value in np.unique(column)})
    most = np.zeros(wave.size)
    for value in [value for value in values if value == value][:_MOST_VALUES]:
        count = np.zeros(len(wave.person))
        for column in columns:
            count += column == value
        most = np.maximum(most, np.bincount(wave.person, count, minlength=wave.size))
    return most


def _pattern(wave: Interviews, columns: list[Codes]) -> NDArray[np.uint64]:
    """Condense all answers of a respondent, brand by brand, to one number."""
    draw = np.random.default_rng(0).integers
    rows = np.zeros(len(wave.person), dtype=np.uint64)
    for codes in columns:
        rows += draw(2**64, size=int(codes.max(initial=-1)) + 2, dtype=np.uint64)[codes + 1]
    if len(wave.person) == wave.size:
        return rows
    brands = pd.factorize(wave.accepted["brand"], sort=True)[0]
    mixed = rows * (draw(2**63, size=brands.max() + 1, dtype=np.uint64) * 2 + 1)[brands]
    pattern = np.zeros(wave.size, dtype=np.uint64)
    np.add.at(pattern, wave.person, mixed ^ (mixed >> np.uint64(31)))
    return pattern
