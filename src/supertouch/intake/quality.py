"""Respondents whose answers look suspect: flagged with the reason, left out only on request.

A flag is a reason to look, not a proof: who is content with everything answers in a straight line
too, and who knows the questionnaire is fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.duplicates import duplicates
from supertouch.intake.durations import seconds
from supertouch.intake.interviews import Check, Codes, Interviews
from supertouch.intake.readers.raw import FILE, ROW
from supertouch.intake.recode import cells, matching, texts
from supertouch.study.model import FLAGS, Flag, Implausible, Study

__all__ = ["Suspects", "suspects"]


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

    def counts(self) -> list[tuple[str, str, int]]:
        """Return column, rule and number of the rows left out; each row counts in one."""
        places = self.left_out[self.left_out >= 0]
        number = np.bincount(places, minlength=len(self.reasons))
        return [(*reason, int(n)) for reason, n in zip(self.reasons, number, strict=True)]


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
    wave = Interviews(study, wave_id, frame, accepted, source_name)
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


def _line(wave: Interviews, check: Check) -> dict[str, Any]:
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


def _flags(wave: Interviews, checks: list[Check]) -> pd.DataFrame:
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


def _speeders(wave: Interviews) -> Iterator[Check]:
    column, share = wave.study.quality.duration.within(wave.wave), wave.study.quality.speeder
    nobody = np.zeros(wave.size, dtype=bool)
    if not column:
        yield Check("speeder", "no duration is known in this wave", nobody, nobody)
        return
    place = f"{wave.source_name}, wave '{wave.wave}', column '{column}'"
    took = seconds(wave.frame[column], place=place)[wave.first]
    median = float(np.nanmedian(took)) if (~np.isnan(took)).any() else np.nan
    found = took < share * median
    yield Check(
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


def _straight_liners(wave: Interviews) -> Iterator[Check]:
    least = wave.study.quality.straight_line
    count, straight = np.zeros(wave.size), np.ones(wave.size, dtype=bool)
    low: dict[str, NDArray[np.float64]] = {}
    high: dict[str, NDArray[np.float64]] = {}
    for scale, ratings in wave.ratings():
        told = ~np.isnan(ratings)
        count += np.bincount(wave.person, told, minlength=wave.size)
        np.minimum.at(
            low.setdefault(scale, np.full(wave.size, np.inf)), wave.person[told], ratings[told]
        )
        np.maximum.at(
            high.setdefault(scale, np.full(wave.size, -np.inf)), wave.person[told], ratings[told]
        )
    for scale in low:
        straight &= high[scale] <= low[scale]
    checked = count >= least
    found = checked & straight
    yield Check(
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


def _implausible(wave: Interviews) -> Iterator[Check]:
    nobody = np.zeros(wave.size, dtype=bool)
    if not wave.study.quality.implausible:
        yield Check("implausible", "the study names no implausible pattern", nobody, nobody)
    for pattern in wave.study.quality.implausible:
        yield _matched(wave, pattern)


def _matched(wave: Interviews, pattern: Implausible) -> Check:
    rule = pattern.label.within("en") or "an implausible pattern of the study"
    names = [columns.within(wave.wave) for columns, _ in pattern.columns]
    told = np.ones(len(wave.person), dtype=bool)
    held = told.copy()
    said: list[pd.Series[Any]] = []
    for name, (_, values) in zip(names, pattern.columns, strict=True):
        if name is None:
            nobody = np.zeros(wave.size, dtype=bool)
            return Check("implausible", f"{rule} (not asked in this wave)", nobody, nobody)
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
    return Check("implausible", rule, checked, found_, detail, column=", ".join(named))


_CHECKS: Mapping[Flag, Callable[[Interviews], Iterator[Check]]] = {
    "duplicate": duplicates,
    "speeder": _speeders,
    "straight_liner": _straight_liners,
    "implausible": _implausible,
}
