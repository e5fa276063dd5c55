"""What a study file means for a wave's raw data: codes it does not know, codes that never occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.recode import ANSWERED, BREACH, Cells, answers, cells, is_code, matching
from supertouch.intake.stacked import stack
from supertouch.study.model import EMPTIES, Code, Codes, Contact, Scale, Study

__all__ = ["Base", "UnknownCode", "UnusedCode", "WaveCheck", "check_wave"]

_QUARANTINE = "row to quarantine"
_UNKNOWN_GROUP = "group unknown, row stays"


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code in the data that the study does not know.

    ``n`` cells hold it, ``share`` of those with an entry; ``consequence`` says what becomes of
    their rows.
    """

    use: str
    column: str
    code: str
    n: int
    share: float
    label: str
    consequence: str

    @property
    def row_stays(self) -> bool:
        """Whether the row is kept all the same."""
        return self.consequence == _UNKNOWN_GROUP


@dataclass(frozen=True, slots=True)
class UnusedCode:
    """A code that the study declares for ``columns`` columns, and that none of them holds."""

    use: str
    meaning: str
    code: str
    columns: int


@dataclass(frozen=True, slots=True)
class Base:
    """Valid answers to a touchpoint or an outcome's items."""

    item: str
    n: int


@dataclass(frozen=True, slots=True)
class WaveCheck:
    """What the study file means for one wave's data."""

    wave: str
    rows: int
    excluded: int
    bases: tuple[Base, ...]
    unknown: tuple[UnknownCode, ...]
    unused: tuple[UnusedCode, ...]


@dataclass(frozen=True, slots=True)
class _Use:
    """A column in one of its uses, with the codes that are declared for it by their meaning."""

    use: str
    group: str
    column: str
    declared: Mapping[str, tuple[Code, ...]]
    scale: Scale | None = None
    codes: Codes | None = None
    consequence: str = _QUARANTINE


def check_wave(
    study: Study,
    wave_id: str,
    frame: pd.DataFrame,
    *,
    labels: Mapping[str, Mapping[Any, str]] | None = None,
) -> WaveCheck:
    """Compare a wave's raw columns with the codes that the study declares.

    Parameters
    ----------
    study, wave_id : Study, str
        What was asked.
    frame : DataFrame of n rows
        The wave's raw rows, with every column that the study names.
    labels : mapping, optional
        Value labels per column, to name codes that the study does not know.

    Returns
    -------
    WaveCheck
        Rows, valid answers per item, unknown and unused codes; excluded rows count for nothing.
    """
    frame, _ = stack(study, wave_id, frame)
    kept = ~_excluded(study, wave_id, frame)
    rows = frame[kept]
    uses = list(_uses(study, wave_id))
    unknown = [line for use in uses for line in _unknown(use, rows, labels or {})]
    return WaveCheck(
        wave=wave_id,
        rows=len(frame),
        excluded=int((~kept).sum()),
        bases=tuple(_bases(study, wave_id, rows)),
        unknown=tuple(dict.fromkeys(unknown)),
        unused=tuple(_unused(uses, rows)) + tuple(_idle_exclusions(study, wave_id, frame)),
    )


def _excluded(study: Study, wave_id: str, frame: pd.DataFrame) -> NDArray[np.bool_]:
    out = np.zeros(len(frame), dtype=bool)
    for rule in study.exclusions:
        if column := rule.column.within(wave_id):
            out |= _holding(frame[column], rule.values)
    return out


def _holding(column: pd.Series[Any], codes: Sequence[Code]) -> NDArray[np.bool_]:
    found = cells(column)
    held: NDArray[np.bool_] = found.spread(matching(found, codes), blank=False)
    return held


def _idle_exclusions(study: Study, wave_id: str, frame: pd.DataFrame) -> Iterator[UnusedCode]:
    for rule in study.exclusions:
        if column := rule.column.within(wave_id):
            for code in rule.values:
                if not _holding(frame[column], [code]).any():
                    yield UnusedCode(f"exclusion by {column}", "left out", _text(code), 1)


def _uses(study: Study, wave_id: str) -> Iterator[_Use]:
    for touchpoint in study.touchpoints_in(wave_id):
        rating = touchpoint.rating.within(wave_id)
        scale = study.scales[touchpoint.scale]
        if rating:
            yield _item(f"touchpoint {touchpoint.id}", "ratings", rating, scale, touchpoint.codes)
        if contact := touchpoint.contact.within(wave_id):
            rule = touchpoint.contact_rule
            yield _Use(f"contact {touchpoint.id}", "contact", contact, _contact_codes(rule))
        if fit := touchpoint.brand_fit.within(wave_id):
            fit_scale = study.scales[touchpoint.brand_fit_scale]
            codes = touchpoint.brand_fit_codes or touchpoint.codes
            yield _item(f"brand fit {touchpoint.id}", "brand fit", fit, fit_scale, codes)
    for outcome in study.outcomes_in(wave_id):
        for item in outcome.items:
            if column := item.within(wave_id):
                name = f"outcome {outcome.id}"
                yield _item(name, name, column, study.scales[outcome.scale], outcome.codes)
    for segment in study.segments:
        column = segment.column.within(wave_id)
        if column and segment.values:
            declared = {"group": tuple(segment.values)}
            name = f"segment {segment.id}"
            yield _Use(name, name, column, declared, consequence=_UNKNOWN_GROUP)


def _item(use: str, group: str, column: str, scale: Scale, codes: Codes) -> _Use:
    declared: dict[str, tuple[Code, ...]] = {kind: getattr(codes, kind) for kind in EMPTIES}
    if scale.step:
        points = np.arange(scale.minimum, scale.maximum + scale.step / 2, scale.step)
        declared[f"answer on scale {scale.id}"] = tuple(float(point) for point in points)
    return _Use(use, group, column, declared, scale, codes)


def _contact_codes(rule: Contact) -> dict[str, tuple[Code, ...]]:
    return {
        kind: getattr(rule, kind)
        for kind in ("met", "not_met", "dont_know", "not_asked", "refused")
    }


def _unknown(
    use: _Use, rows: pd.DataFrame, labels: Mapping[str, Mapping[Any, str]]
) -> Iterator[UnknownCode]:
    series = rows[use.column]
    found = cells(series)
    stray = _stray(use, series, found)
    filled = int((found.position >= 0).sum())
    named = {_text(code): text for code, text in labels.get(use.column, {}).items()}
    values = series[stray].astype("str").str.strip()
    numeric = pd.to_numeric(values, errors="coerce")
    told = values.where(numeric.isna(), numeric.map(lambda value: f"{value:g}"))
    for code, n in told.value_counts().items():
        yield UnknownCode(
            use.use, use.column, str(code), int(n), n / max(filled, 1),
            named.get(str(code), ""), use.consequence,
        )  # fmt: skip


def _stray(use: _Use, series: pd.Series[Any], found: Cells) -> NDArray[np.bool_]:
    """Tell cells that are neither an answer nor a declared code."""
    if use.scale and use.codes:
        state = answers(series, scale=use.scale, codes=use.codes).state
        stray: NDArray[np.bool_] = state == BREACH
        return stray
    known = matching(found, [code for codes in use.declared.values() for code in codes])
    return found.spread(~known, blank=False)


def _unused(uses: Sequence[_Use], rows: pd.DataFrame) -> Iterator[UnusedCode]:
    """Yield codes that no column of a group of uses holds."""
    declared: dict[tuple[str, str, str], list[bool]] = {}
    for use in uses:
        found = cells(rows[use.column])
        for meaning, codes in use.declared.items():
            for code in codes:
                occurs = bool(
                    np.isin(found.position, np.flatnonzero(matching(found, [code]))).any()
                )
                declared.setdefault((use.group, meaning, _text(code)), []).append(occurs)
    for (group, meaning, code), occurs_in in declared.items():
        if not any(occurs_in):
            yield UnusedCode(group, meaning, code, len(occurs_in))


def _bases(study: Study, wave_id: str, rows: pd.DataFrame) -> Iterator[Base]:
    for touchpoint in study.touchpoints_in(wave_id):
        if column := touchpoint.rating.within(wave_id):
            scale = study.scales[touchpoint.scale]
            state = answers(rows[column], scale=scale, codes=touchpoint.codes).state
            yield Base(touchpoint.id, int((state == ANSWERED).sum()))
    for outcome in study.outcomes_in(wave_id):
        scale = study.scales[outcome.scale]
        given = np.zeros(len(rows), dtype=np.int64)
        for item in outcome.items:
            if column := item.within(wave_id):
                given += answers(rows[column], scale=scale, codes=outcome.codes).state == ANSWERED
        yield Base(outcome.id, int((given >= outcome.min_items).sum()))


def _text(code: object) -> str:
    number = is_code(code) if isinstance(code, str | int | float) else None
    return str(code) if number is None else f"{number:g}"
