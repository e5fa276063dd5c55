"""Levels of touchpoints and outcomes from what was tallied, in the tables that rows would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.apart import apart_of
from supertouch.findings.levels import Base, Measure, points, turned
from supertouch.findings.performance import level_table, performance_table
from supertouch.findings.streams.hiding import hidden_columns
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.tallied_questions import POINTS
from supertouch.findings.streams.tallies import Kind, Tally
from supertouch.stats.means import UnitSums
from supertouch.study.model import Scale, Study

__all__ = ["TalliedLevels", "outcome_levels_of", "performance_of"]

Array = NDArray[np.float64]
Counts = NDArray[np.int_]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

_BY_CONTACT = 3


def performance_of(study: Study, layout: Layout, tally: Tally, column: Column) -> pd.DataFrame:
    """Return the table ``performance`` of a column; resampling groups stand for sampling units."""
    return performance_table(study, TalliedLevels(study, layout, tally, column))


def outcome_levels_of(study: Study, layout: Layout, tally: Tally, column: Column) -> pd.DataFrame:
    """Return the table ``outcomes`` of a column; resampling groups stand for sampling units."""
    return level_table(study, TalliedLevels(study, layout, tally, column))


class TalliedLevels:
    """Levels of a column of tables from a tally.

    Parameters
    ----------
    study : Study
    layout : Layout
    tally : Tally
        Of all rows of the wave.
    column : Column
    """

    def __init__(self, study: Study, layout: Layout, tally: Tally, column: Column) -> None:
        self.study, self.layout, self.tally = study, layout, tally
        self.column = tally.columns.index(column)
        self.wave, self.segment, self.value = layout.wave, column.segment, column.value
        self.touchpoints, self.outcomes = layout.touchpoints, layout.outcomes
        self.stratum = layout.design.stratum

    @property
    def n(self) -> int:
        """Respondents."""
        return int(self._everybody.n[0])

    @property
    def n_eff(self) -> float:
        """Effective number of respondents (Kish)."""
        squares = float(self._everybody.squares[0])
        return float(self._everybody.base.sum()) ** 2 / squares if squares > 0 else 0.0

    @property
    def people(self) -> Counts:
        """Respondents of each of the layout's kinds in the column: shape (a,)."""
        slot = self.tally.slots(self.tally.questions[0]).start
        return np.asarray(self.tally.heads[:, slot] * self.tally.inside[:, self.column])

    @property
    def met(self) -> Counts:
        """Who met each touchpoint: shape (p,)."""
        count = self.tally.count[self.column]
        return np.array([count[slots[1:]].sum() for slots in self._slots("contact")])

    @cached_property
    def _everybody(self) -> UnitSums:
        question = self.tally.questions[0]
        slots = self.tally.slots(question)
        return self._sums([np.arange(slots.start, slots.stop)], [np.ones(1)])

    def sums(self, measure: Measure) -> UnitSums:
        """Return the sums of a measure."""
        kind, part, valued = _MEASURES[measure]
        codes = np.array([code for item in self.tally.questions for code in item.codes])
        items = self.outcomes if kind == "outcome" else self.touchpoints
        slots = self._slots(kind, part)
        scales = [self.study.scales[item.scale] for item in items]
        values = [valued(scale, codes[own]) for scale, own in zip(scales, slots, strict=True)]
        return self._sums(slots, values)

    def _sums(self, slots: Sequence[Places], values: Sequence[Array]) -> UnitSums:
        """Sum slots to as many columns, each answer with its value."""
        tally, column = self.tally, self.column
        weight = [tally.weight[column][:, own] for own in slots]
        base = _columns([own.sum(axis=1) for own in weight], len(self.stratum))
        total = [(own * value).sum(axis=1) for own, value in zip(weight, values, strict=True)]
        return UnitSums(
            total=_columns(total, len(self.stratum)),
            base=base,
            squares=np.array([tally.squares[column, own].sum() for own in slots], dtype=float),
            n=np.array([tally.count[column, own].sum() for own in slots], dtype=np.int64),
            held=base > 0,
        )

    def withheld(self, base: Base) -> Mask:
        """Tell of which touchpoints or outcomes estimates on a base may not be shown."""
        return np.asarray(self._hidden(base)[self.column])

    def apart(self) -> Mask:
        """Tell where the NPS of who met a touchpoint, and who did not, may not be shown: (2, p)."""
        met, not_met, unknown = (self._heads("nps_by_contact", part) for part in range(_BY_CONTACT))
        p = len(self.touchpoints)
        if not self.segment:
            counts = np.stack([part.sum(axis=0) for part in (met, not_met, unknown)])
            counts = np.stack([counts, np.zeros_like(counts)], axis=1)
            return apart_of(self.study, counts, np.zeros((p, 2, _BY_CONTACT), dtype=bool))[:, 0]
        values = [value for value in self.layout.segments[self.segment] if value]
        counts = np.stack([self._by_value(part, values) for part in (met, not_met, unknown)])
        already = np.ones((p, len(values) + 1, _BY_CONTACT), dtype=bool)
        columns = {column: place for place, column in enumerate(self.tally.columns)}
        gone = self._hidden("met"), self._hidden("not_met")
        for place, value in enumerate(values):
            column = columns.get(Column(self.segment, value))
            for part, own in enumerate(gone) if column is not None else ():
                already[:, place, part] = own[column]
        return apart_of(self.study, counts, already)[:, values.index(self.value)]

    def _by_value(self, heads: Counts, values: Sequence[str]) -> Counts:
        """Sum kinds of respondents by value of the segment, unknown last: shape (v + 1, p)."""
        every = self.layout.segments[self.segment]
        code = self.layout.kinds[:, list(self.layout.segments).index(self.segment)]
        found = np.zeros((len(values) + 1, heads.shape[1]), dtype=np.int64)
        for place, value in enumerate(every):
            row = values.index(value) if value else len(values)
            found[row] = heads[code == place].sum(axis=0)
        return found

    def _hidden(self, base: str) -> Mask:
        """Tell which columns may not show estimates on a base: shape (c, p), found once a wave."""
        known, key = self.tally.hidden, (base, self.study.privacy)
        if key not in known:
            kind, part = _BASES[base]
            known[key] = hidden_columns(self.study, self.layout, self._heads(kind, part))
        return known[key]

    def _slots(self, kind: Kind, part: int | None = None) -> list[Places]:
        """Return the slots of each touchpoint or outcome; none where it was not asked."""
        items = self.outcomes if kind == "outcome" else self.touchpoints
        found = []
        for item in items:
            question = self.tally.find(kind, item.id)
            slots = slice(0, 0) if question is None else self.tally.slots(question)
            own = np.arange(slots.start, slots.stop)
            found.append(own if part is None else own[part * len(POINTS) :][: len(POINTS)])
        return found

    def _heads(self, kind: Kind, part: int | None) -> Counts:
        """Count who answered, by kind of respondents: shape (a, p)."""
        heads = self.tally.heads
        each = [heads[:, slots].sum(axis=1) for slots in self._slots(kind, part)]
        return np.array(each, dtype=np.int64).reshape(len(each), len(heads)).T


def _columns(values: Sequence[Array], units: int) -> Array:
    return np.column_stack(values) if values else np.empty((units, 0))


def _code(scale: Scale, codes: Array) -> Array:
    del scale
    return codes


def _worst(scale: Scale, codes: Array) -> Array:
    return (codes <= turned(scale, scale.disappointed)).astype(float)


def _best(scale: Scale, codes: Array) -> Array:
    return (codes >= turned(scale, scale.delighted)).astype(float)


def _between(scale: Scale, codes: Array) -> Array:
    return 1 - _worst(scale, codes) - _best(scale, codes)


def _points(scale: Scale, codes: Array) -> Array:
    del scale
    return points(codes)


_BASES: dict[str, tuple[Kind, int | None]] = {
    "known": ("contact", None),
    "rated": ("rating", None),
    "fit": ("brand_fit", None),
    "answered": ("outcome", None),
    "met": ("nps_by_contact", 0),
    "not_met": ("nps_by_contact", 1),
}
_MEASURES: dict[Measure, tuple[Kind, int | None, Callable[[Scale, Array], Array]]] = {
    "reach": ("contact", None, _code),
    "satisfaction": ("rating", None, _code),
    "disappointed": ("rating", None, _worst),
    "okay": ("rating", None, _between),
    "delighted": ("rating", None, _best),
    "nps_met": ("nps_by_contact", 0, _code),
    "nps_not_met": ("nps_by_contact", 1, _code),
    "brand_fit": ("brand_fit", None, _code),
    "mean": ("outcome", None, _code),
    "nps": ("outcome", None, _points),
}
