"""A wave for the banner tables of which only sums are at hand: its rows were counted in parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.banner.columns import ordered
from supertouch.findings.banner.sources import Held, Kind, Measure, Question, held
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.tallies import Kind as TalliedKind
from supertouch.findings.streams.tallies import Tally
from supertouch.stats.contrasts import unshared_of
from supertouch.stats.means import Linearised, UnitSums
from supertouch.stats.suppression import hidden
from supertouch.study.model import Study

__all__ = ["SumSource"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

_TALLIED: dict[Kind, TalliedKind] = {
    "outcome": "outcome",
    "item": "item",
    "contact": "contact",
    "touchpoint": "rating",
    "brand_fit": "brand_fit",
}
_ROUNDING = 1e-9


class SumSource:
    """A wave's answers, counted and weighed; resampling groups stand for its sampling units.

    Parameters
    ----------
    study : Study
    layout : Layout
    tally : Tally
        Of all rows of the wave.
    """

    def __init__(self, study: Study, layout: Layout, tally: Tally) -> None:
        self.study, self.asked, self.tally = study, layout, tally

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Everybody, and the groups that may be shown."""
        return ordered(self.study, self.asked.columns)

    @cached_property
    def _places(self) -> Places:
        place = {column: k for k, column in enumerate(self.tally.columns)}
        return np.array([place[column] for column in self.columns], dtype=np.intp)

    def answers(self, kind: Kind, subject: str) -> Array | None:
        """Return the answers that were given to a question; None if it was not asked."""
        question = self.tally.find(_TALLIED[kind], subject)
        if question is None:
            return None
        start = self.tally.slots(question).start
        return np.asarray(np.array(question.codes)[self._slots(kind, subject) - start])

    def _slots(self, kind: Kind, subject: str) -> Places:
        """Return the places of the answers that somebody gave."""
        question = self.tally.find(_TALLIED[kind], subject)
        if question is None:
            return np.empty(0, dtype=np.intp)
        slots = self.tally.slots(question)
        return np.asarray(slots.start + np.flatnonzero(self.tally.count[0, slots] > 0))

    def held(self, question: Question) -> Held:
        """Tell who answered a question in each column, and which columns are hidden for it."""
        slots, tally = self._slots(question.kind, question.id), self.tally
        own = np.ix_(self._places, slots)
        count = tally.count[own].sum(axis=1)
        weight = tally.weight[self._places][:, :, slots]
        gone = self._hidden(slots)
        return held(
            self._bases(weight, slots, shown=~gone & (count > 0)),
            count,
            total=weight.sum(axis=(1, 2)),
            squares=tally.squares[own].sum(axis=1),
            hidden=gone,
        )

    def _bases(self, weight: Array, slots: Places, *, shown: Mask) -> _SumBases:
        """Put who answered and is not in a column beside who is; nobody for hidden columns."""
        tally, own = self.tally, np.ix_(self._places, slots)
        both = tally.both[np.ix_(self._places, self._places, slots)] * shown[:, None]
        both = both * shown[:, None, None]
        parted = shown & shown[0]
        across = (both[:, [0]] - both) * parted[:, None]
        outside = (across[0] - across) * parted[:, None, None]
        count = np.diagonal(outside).T
        part = weight * shown[:, None, None]
        rest = np.where(count[:, None] > 0, part[0] - part, 0.0)
        rest[rest < _ROUNDING * part[0]] = 0.0
        squares = tally.squares[own] * shown[:, None]
        return _SumBases(
            stratum=self.asked.design.stratum,
            weight=np.ascontiguousarray(np.concatenate([part, rest]).transpose(1, 0, 2)),
            squares=np.concatenate([squares, np.where(count > 0, squares[0] - squares, 0.0)]),
            both=np.block(
                [
                    [both.transpose(2, 0, 1), across.transpose(2, 0, 1)],
                    [across.transpose(2, 1, 0), outside.transpose(2, 0, 1)],
                ]
            ).transpose(1, 2, 0),
        )

    def _hidden(self, slots: Places) -> Mask:
        least = self.study.privacy.min_base
        total = self.tally.count[0, slots].sum()
        few = bool(0 < total < least)
        gone = {("", ""): few}
        for segment, values in self.asked.segments.items():
            counts = self.tally.divided[segment][:, slots].sum(axis=1)
            unknown = np.array([not value for value in values])
            protected = self.study.privacy.protect_unknown and counts[unknown].sum() < least
            counts = np.where(unknown & (not protected), 0, counts)
            shown = np.array([Column(segment, value) in self.columns for value in values])
            small, complementary = hidden(counts, minimum=least, already=~shown & ~unknown)
            for value, own, count in zip(values, small | complementary | few, counts, strict=True):
                gone[segment, value] = bool(own and count > 0)
        return np.array([gone[column.segment, column.value] for column in self.columns])


@dataclass(frozen=True, slots=True)
class _SumBases:
    """Who gave each of a answers, in each of k columns and out of each.

    Attributes
    ----------
    stratum : ndarray of int of shape (g,)
    weight : ndarray of shape (g, 2k, a)
    squares : ndarray of shape (2k, a)
    both : ndarray of int of shape (2k, 2k, a)
        Respondents in both of two bases.
    """

    stratum: Places
    weight: Array
    squares: Array
    both: Counts

    def estimate(self, measure: Measure, *, rest: bool = False) -> Linearised:
        """Estimate a measure over each base; NaN where a base is empty."""
        size = len(self.squares) if rest else len(self.squares) // 2
        weight = self.weight[:, :size]
        base = weight.sum(axis=2)
        return UnitSums(
            total=(weight * measure.value).sum(axis=2),
            base=base,
            squares=self.squares[:size].sum(axis=1),
            n=np.diagonal(self.both.sum(axis=2))[:size],
            held=base > 0,
        ).linearised(self.stratum)

    def unshared(self, measure: Measure, *, given: bool | None = None) -> NDArray[np.int_]:
        """Count who is in one only of each two bases."""
        some = np.ones(len(measure.value), dtype=bool)
        some = some if given is None else (measure.value > 0) == given
        return unshared_of(self.both[:, :, some].sum(axis=2))

    def units(self) -> Mask:
        """Tell which sampling units have somebody in each base."""
        return np.asarray(self.weight.sum(axis=2) > 0)
