"""Respondents whose answers look suspect: flagged with the reason, left out only on request.

A flag is a reason to look, not a proof: who is content with everything answers in a straight line
too, and who knows the questionnaire is fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.durations import seconds
from supertouch.intake.readers.raw import FILE, ROW
from supertouch.intake.recode import cells, matching, texts
from supertouch.stats.coincidence import bands, expected_twins
from supertouch.study.model import FLAGS, Flag, Implausible, Study

__all__ = ["Suspects", "suspects"]

_FEWEST_ANSWERS = 10
_LEAST_VARIED = 3
_ANSWERS = "(answers)"

Mask = NDArray[np.bool_]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Suspects:
    """What the checks found among n accepted rows.

    Attributes
    ----------
    quality, flags : DataFrame
        The tables of these names.
    left_out : ndarray of int of shape (n,)
        Place in ``reasons`` of the reason to leave the row out, or -1.
    reasons : tuple of (column, rule)
        Each with the column that it rests on.
    """

    quality: pd.DataFrame
    flags: pd.DataFrame
    left_out: Codes
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Check:
    """One check of m respondents: who could be checked, who was found, and what is said of them."""

    flag: Flag
    rule: str
    checked: Mask
    found: Mask
    detail: Mapping[int, str] = field(default_factory=dict)
    threshold: float = np.nan
    column: str = _ANSWERS
    expected: float = np.nan


@dataclass(frozen=True)
class _Wave:
    """Accepted rows of a wave with their raw cells; where brands are stacked several per person."""

    study: Study
    wave: str
    frame: pd.DataFrame
    accepted: pd.DataFrame
    source_name: str

    @cached_property
    def person(self) -> Codes:
        """Respondent of each row, numbered in the order of the file."""
        return np.asarray(pd.factorize(self.accepted["respondent"])[0], dtype=np.intp)

    @cached_property
    def first(self) -> Codes:
        """First row of each respondent."""
        return np.asarray(np.unique(self.person, return_index=True)[1], dtype=np.intp)

    @property
    def size(self) -> int:
        """Number of respondents."""
        return len(self.first)

    def of_persons(self, rows: Mask) -> Mask:
        """Tell which respondents have one of these rows."""
        return np.bincount(self.person, rows, minlength=self.size) > 0

    def named(self, person: int) -> str:
        """Name a respondent's row."""
        row = self.frame[ROW].iloc[self.first[person]]
        file = f" of {self.frame[FILE].iloc[self.first[person]]}" if FILE in self.frame else ""
        return f"row {row}{file}"

    def ratings(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Yield the scale and the ratings of each touchpoint."""
        for item in self.study.touchpoints_in(self.wave):
            yield item.scale, self.accepted[f"{item.id}.rating"].to_numpy("float64")

    def others(self) -> Iterator[NDArray[np.float64]]:
        """Yield brand fit and the outcomes' items: answers beside the ratings."""
        for outcome in self.study.outcomes_in(self.wave):
            items = [f"{outcome.id}.item{i + 1}" for i in range(len(outcome.items))]
            for name in items if len(items) > 1 else [f"{outcome.id}.score"]:
                yield self.accepted[name].to_numpy("float64")
        for item in self.study.touchpoints_in(self.wave):
            if f"{item.id}.brand_fit" in self.accepted:
                yield self.accepted[f"{item.id}.brand_fit"].to_numpy("float64")

    def contacts(self) -> Iterator[NDArray[np.float64]]:
        """Yield who met each touchpoint."""
        for item in self.study.touchpoints_in(self.wave):
            yield self.accepted[f"{item.id}.contact"].to_numpy("float64", na_value=np.nan)


def suspects(
    study: Study, wave_id: str, frame: pd.DataFrame, accepted: pd.DataFrame, *, source_name: str
) -> Suspects:
    """Flag duplicates, speeders, straight-liners and implausible patterns.

    * A **duplicate** has the very contacts, ratings, brand fits and outcomes of an earlier
      respondent: at least ten answers, three of them other than the most frequent rating, and so
      unlikely that chance would bring less than one such pair per wave (see
      `stats.coincidence.expected_twins`; the number that chance alone would flag is told).
    * A **speeder** took less than ``quality.speeder`` of the wave's median duration.
    * A **straight-liner** gave at least ``quality.straight_line`` ratings, and on each scale that
      they are on all the same.
    * **Implausible** is whoever meets all conditions of one of the study's patterns.

    Where brands are stacked a respondent is judged by all rows together, and all are flagged.

    Parameters
    ----------
    study, wave_id : Study, str
        What was asked.
    frame, accepted : DataFrame
        Raw cells and typed answers of the rows that passed the contract, in the same order.
    source_name : str
        Name of the raw file where ``frame`` does not say it.

    Raises
    ------
    DataError
        If the column of durations holds none.
    """
    wave = _Wave(study, wave_id, frame, accepted, source_name)
    checks = [check for flag in FLAGS for check in _CHECKS[flag](wave)]
    left_out = np.full(wave.size, -1, dtype=np.intp)
    for place, check in reversed(list(enumerate(checks))):
        if check.flag in study.quality.exclude:
            left_out[check.found] = place
    return Suspects(
        quality=pd.DataFrame([_line(wave, check) for check in checks]),
        flags=_flags(wave, checks),
        left_out=left_out[wave.person],
        reasons=tuple((check.column, f"{check.flag}: {check.rule}") for check in checks),
    )


def _line(wave: _Wave, check: _Check) -> dict[str, Any]:
    checked, n = int(check.checked.sum()), int(check.found.sum())
    return {
        "wave": wave.wave,
        "flag": check.flag,
        "rule": check.rule,
        "threshold": check.threshold,
        "n_checked": checked,
        "n": n,
        "share": n / checked if checked else np.nan,
        "excluded": check.flag in wave.study.quality.exclude,
        "expected": check.expected,
    }


def _flags(wave: _Wave, checks: list[_Check]) -> pd.DataFrame:
    parts = []
    for check in checks:
        rows = np.flatnonzero(check.found[wave.person])
        if len(rows):
            files = wave.frame[FILE].iloc[rows].to_numpy() if FILE in wave.frame else None
            parts.append(
                pd.DataFrame(
                    {
                        "wave": wave.wave,
                        "file": wave.source_name if files is None else files,
                        "row": wave.frame[ROW].iloc[rows].to_numpy(),
                        "flag": check.flag,
                        "detail": [check.detail[p] for p in wave.person[rows]],
                        "excluded": check.flag in wave.study.quality.exclude,
                    }
                )
            )
    if not parts:
        return pd.DataFrame()
    return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)


def _duplicates(wave: _Wave) -> Iterator[_Check]:
    coded = [_coded(column) for _, column in wave.ratings()]
    n_ratings = len(coded)
    coded += [_coded(column) for column in wave.others()]
    told = [np.bincount(wave.person, codes >= 0, minlength=wave.size) for codes in coded]
    answers = np.sum(told, axis=0) if told else np.zeros(wave.size)
    varied = np.sum(told[:n_ratings], axis=0) - _most_frequent(wave) if told else answers
    enough = (answers >= _FEWEST_ANSWERS) & (varied >= _LEAST_VARIED)
    band = np.where(answers >= _FEWEST_ANSWERS, bands(_level(wave)), -1)
    twins = expected_twins(coded, person=wave.person, band=band)
    checked = enough & (twins * max(int((band >= 0).sum()), 1) < 1)
    pattern = _pattern(wave, [*coded, *(_coded(column) for column in wave.contacts())])
    _, first, back = np.unique(pattern, return_index=True, return_inverse=True)
    original = first[back]
    found = checked & (original != np.arange(wave.size))
    yield _Check(
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
    """Number a column's distinct answers from 0, in order; -1 where there is none."""
    return np.asarray(pd.factorize(values, sort=True)[0], dtype=np.intp)


def _level(wave: _Wave) -> NDArray[np.float64]:
    """Mean rating of each respondent, as a share of the scale's range."""
    total, count = np.zeros(wave.size), np.zeros(wave.size)
    for name, ratings in wave.ratings():
        scale, told = wave.study.scales[name], ~np.isnan(ratings)
        place = np.where(told, (ratings - scale.minimum) / (scale.maximum - scale.minimum), 0.0)
        total += np.bincount(wave.person, place, minlength=wave.size)
        count += np.bincount(wave.person, told, minlength=wave.size)
    return np.divide(total, count, out=np.full(wave.size, np.nan), where=count > 0)


def _most_frequent(wave: _Wave) -> NDArray[np.float64]:
    """How often each respondent gave the rating that they gave most often."""
    columns = [column for _, column in wave.ratings()]
    values = np.unique(np.concatenate([np.unique(column) for column in columns]))
    most = np.zeros(wave.size)
    for value in values[~np.isnan(values)][:_MOST_VALUES]:
        count = np.zeros(len(wave.person))
        for column in columns:
            count += column == value
        most = np.maximum(most, np.bincount(wave.person, count, minlength=wave.size))
    return most


_MOST_VALUES = 101


def _pattern(wave: _Wave, columns: list[Codes]) -> NDArray[np.uint64]:
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


def _speeders(wave: _Wave) -> Iterator[_Check]:
    column, share = wave.study.quality.duration.within(wave.wave), wave.study.quality.speeder
    nobody = np.zeros(wave.size, dtype=bool)
    if not column:
        yield _Check("speeder", "no duration is known in this wave", nobody, nobody)
        return
    place = f"{wave.source_name}, wave '{wave.wave}', column '{column}'"
    took = seconds(wave.frame[column], place=place)[wave.first]
    median = float(np.nanmedian(took)) if (~np.isnan(took)).any() else np.nan
    found = took < share * median
    yield _Check(
        "speeder",
        f"less than {share:g} of the median duration",
        ~np.isnan(took),
        found,
        {
            int(p): f"{took[p]:g} seconds, less than {share:g} of the median {median:g}"
            for p in np.flatnonzero(found)
        },
        threshold=share * median,
        column=column,
    )


def _straight_liners(wave: _Wave) -> Iterator[_Check]:
    least = wave.study.quality.straight_line
    count, straight = np.zeros(wave.size), np.ones(wave.size, dtype=bool)
    low: dict[str, NDArray[np.float64]] = {}
    high: dict[str, NDArray[np.float64]] = {}
    for scale, ratings in wave.ratings():
        told = ~np.isnan(ratings)
        count += np.bincount(wave.person, told, minlength=wave.size)
        np.minimum.at(low.setdefault(scale, np.full(wave.size, np.inf)), wave.person[told], ratings[told])
        np.maximum.at(high.setdefault(scale, np.full(wave.size, -np.inf)), wave.person[told], ratings[told])
    for scale in low:
        straight &= high[scale] <= low[scale]
    checked = count >= least
    found = checked & straight
    yield _Check(
        "straight_liner",
        f"at least {least} ratings, and all the same",
        checked,
        found,
        {
            int(p): f"{int(count[p])} ratings, all "
            + ", ".join(f"{low[scale][p]:g}" for scale in low if np.isfinite(low[scale][p]))
            for p in np.flatnonzero(found)
        },
        threshold=least,
    )


def _implausible(wave: _Wave) -> Iterator[_Check]:
    nobody = np.zeros(wave.size, dtype=bool)
    if not wave.study.quality.implausible:
        yield _Check("implausible", "the study names no implausible pattern", nobody, nobody)
    for pattern in wave.study.quality.implausible:
        yield _matched(wave, pattern)


def _matched(wave: _Wave, pattern: Implausible) -> _Check:
    rule = pattern.label.within("en") or "an implausible pattern of the study"
    names = [columns.within(wave.wave) for columns, _ in pattern.columns]
    told = np.ones(len(wave.person), dtype=bool)
    held = told.copy()
    said: list[pd.Series[Any]] = []
    for name, (_, values) in zip(names, pattern.columns, strict=True):
        if name is None:
            nobody = np.zeros(wave.size, dtype=bool)
            return _Check("implausible", f"{rule} (not asked in this wave)", nobody, nobody)
        found = cells(wave.frame[name])
        told &= found.position >= 0
        held &= found.spread(matching(found, values), blank=False)
        said.append(name + " " + texts(wave.frame[name]))
    rows = np.flatnonzero(held)[::-1]
    detail = {
        int(wave.person[row]): f"{rule}: {', '.join(str(cell.iloc[row]) for cell in said)}"
        for row in rows
    }
    checked, found_ = wave.of_persons(told), wave.of_persons(held)
    named = [name for name in names if name]
    return _Check("implausible", rule, checked, found_, detail, column=", ".join(named))


_CHECKS: Mapping[Flag, Callable[[_Wave], Iterator[_Check]]] = {
    "duplicate": _duplicates,
    "speeder": _speeders,
    "straight_liner": _straight_liners,
    "implausible": _implausible,
}
