"""A wave for the banner tables of which only sums are at hand: its rows were counted in parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.banner.columns import ordered
from supertouch.findings.banner.sources import Held, Kind, Measure, Question, held, parted
from supertouch.findings.streams.hiding import hidden_columns
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.tallies import Kind as TalliedKind
from supertouch.findings.streams.tallies import Tally
from supertouch.stats.contrasts import unshared_of
from supertouch.stats.means import Linearised, UnitSums
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
        weight = tally.weight[:, :, slots][self._places]
        squares, heads = tally.squares[np.ix_(self._places, slots)], tally.heads[:, slots]
        answered = heads.sum(axis=1)
        gone = self._hidden(answered)
        base = tally.inside[:, self._places] & (answered > 0)[:, None]
        whole = parted(base & ~gone)
        count = whole.T.astype(np.int64) @ heads
        return held(
            _SumBases(
                stratum=self.asked.design.stratum,
                weight=_with_rest(weight, count[:, None]).transpose(1, 0, 2).copy(),
                squares=_with_rest(squares, count),
                whole=whole,
                heads=heads,
            ),
            base.T @ answered,
            total=weight.sum(axis=(1, 2)),
            squares=squares.sum(axis=1),
            hidden=gone,
        )

    def _hidden(self, answered: Counts) -> Mask:
        found = hidden_columns(self.study, self.asked, answered[:, None])[:, 0]
        return found[[self.asked.columns.index(column) for column in self.columns]]


def _with_rest(sums: Array, count: Counts) -> Array:
    """Put what the others add up to beside the sums of k columns, where anybody is counted."""
    size = len(sums)
    rest = np.where(count[size:] > 0, sums[0] - sums, 0.0)
    rest[rest < _ROUNDING * sums[0]] = 0.0
    return np.concatenate([np.where(count[:size] > 0, sums, 0.0), rest])


@dataclass(frozen=True, slots=True)
class _SumBases:
    """Who gave each of a answers, in each of k columns and out of each.

    Attributes
    ----------
    stratum : ndarray of int of shape (g,)
    weight : ndarray of shape (g, 2k, a)
    squares : ndarray of shape (2k, a)
    whole : ndarray of bool of shape (h, 2k)
        Which of h kinds of respondents are in which base.
    heads : ndarray of int of shape (h, a)
        Respondents of each kind.
    """

    stratum: Places
    weight: Array
    squares: Array
    whole: Mask
    heads: Counts

    def estimate(self, measure: Measure, *, rest: bool = False) -> Linearised:
        """Estimate a measure over each base; NaN where a base is empty."""
        size = len(self.squares) if rest else len(self.squares) // 2
        weight = self.weight[:, :size]
        base = weight.sum(axis=2)
        return UnitSums(
            total=(weight * measure.value).sum(axis=2),
            base=base,
            squares=self.squares[:size].sum(axis=1),
            n=self.whole[:, :size].T @ self.heads.sum(axis=1),
            held=base > 0,
        ).linearised(self.stratum)

    def unshared(self, measure: Measure, *, given: bool | None = None) -> NDArray[np.int_]:
        """Count who is in one only of each two bases."""
        some = slice(None) if given is None else (measure.value > 0) == given
        heads = self.heads[:, some].sum(axis=1)
        whole = self.whole.astype(np.float64)
        return unshared_of(whole.T @ (heads[:, None] * whole))

    def units(self) -> Mask:
        """Tell which sampling units have somebody in each base."""
        return np.asarray(self.weight.sum(axis=2) > 0)
