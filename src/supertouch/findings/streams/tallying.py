"""The pass over the rows that fills a tally: part by part, in a set memory."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.findings.streams.crossings import Crossing, crossings
from supertouch.findings.streams.layout import Layout
from supertouch.findings.streams.tallied_answers import coded, points_by_contact, third
from supertouch.findings.streams.tallies import Tallied, Tally, places_of
from supertouch.stats.summing import threads

__all__ = ["Answered", "Tallying"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Places = NDArray[np.intp]

_CELLS = 1 << 17
_ROWS_A_CLASS = 32


@dataclass(frozen=True, slots=True)
class Answered:
    """What n respondents answered.

    Attributes
    ----------
    numbers : dict of str to ndarray of shape (n,)
        By column of the responses: int8 with ``EMPTY`` or float64 with NaN where there is none.
    weight : ndarray of shape (n,)
        Divided by its mean over all rows of the wave.
    group : ndarray of int of shape (n,)
        Resampling group.
    codes : dict of str to ndarray of int of shape (n,)
        By segment: place of the respondent's value among ``layout.segments``.
    chance : ndarray of shape (n,) or None
        Chance that a touchpoint met was asked for a rating, where they were drawn.
    """

    numbers: Mapping[str, NDArray[Any]]
    weight: Array
    group: Places
    codes: Mapping[str, Places]
    chance: Array | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """The x different weights of n respondents, of which sums are made at once.

    Attributes
    ----------
    values : ndarray of shape (n, x)
    place : tuple of int
        Which of them is the weight, its square, the weight if all counted the same, that one's
        square, and 1.
    """

    values: Array
    place: tuple[int, int, int, int, int]


def _weights(weight: Array, chance: Array | None) -> Weights:
    if chance is not None:
        alike = 1.0 / chance
        own = weight * alike
        values = [own, np.square(own), alike, np.square(alike), np.ones(len(weight))]
        return Weights(np.column_stack(values), (0, 1, 2, 3, 4))
    if (weight == 1.0).all():
        return Weights(np.ones((len(weight), 1)), (0, 0, 0, 0, 0))
    values = [weight, np.square(weight), np.ones(len(weight))]
    return Weights(np.column_stack(values), (0, 1, 2, 2, 2))


@dataclass(frozen=True, slots=True)
class _Rows:
    """A part's rows in the order of their resampling groups."""

    order: Places
    group: NDArray[np.int32]
    starts: Places
    crossings: tuple[Crossing, ...]
    classes: tuple[NDArray[np.int32], ...]
    plain: Weights
    drawn: Weights
    score: NDArray[Any]
    numbers: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Tallying:
    """How the answers of a wave are tallied; can be pickled.

    Attributes
    ----------
    layout : Layout
    questions : tuple of Tallied
    scored : str
        Column of the recommendation, of which net promoter scores are made; empty where none is.
    fit_drawn : bool
        Whether brand fit was asked along with the ratings, where those were drawn.
    """

    layout: Layout
    questions: tuple[Tallied, ...]
    scored: str = ""
    fit_drawn: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the responses that are needed."""
        names = [question.column for question in self.questions]
        return tuple(dict.fromkeys(name for name in (*names, self.scored) if name))

    def add(self, total: Tally | None, answered: Answered) -> Tally:
        """Add the answers of some respondents to a tally, which is changed.

        Raises
        ------
        DataError
            If an answer is none of those that its question can have.
        """
        total = self._nothing() if total is None else total
        if not len(answered.weight):
            return total
        from threadpoolctl import threadpool_limits

        rows = self._rows(answered)
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads()) as pool:
            jobs = [
                pool.submit(self._add_one, total, rows, question, slots)
                for question, slots in zip(self.questions, places_of(self.questions), strict=True)
            ]
            for job in jobs:
                job.result()
        return total

    def _nothing(self) -> Tally:
        c, g = len(self.layout.columns), self.layout.groups
        s = sum(len(question.codes) for question in self.questions)
        return Tally(
            columns=self.layout.columns,
            questions=self.questions,
            weight=np.zeros((c, g, s)),
            squares=np.zeros((c, s)),
            count=np.zeros((c, s), dtype=np.int64),
            both=np.zeros((c, c, s), dtype=np.int64),
            divided={
                name: np.zeros((len(values), s), dtype=np.int64)
                for name, values in self.layout.segments.items()
            },
            alike=np.zeros((g, s)),
            alike_squares=np.zeros(s),
        )

    def _rows(self, answered: Answered) -> _Rows:
        order = np.argsort(answered.group.astype(np.int16), kind="stable")
        weight = answered.weight[order]
        plain = _weights(weight, None)
        group = answered.group[order].astype(np.int32)
        codes = {name: codes[order] for name, codes in answered.codes.items()}
        crossed = crossings(self.layout, most=len(order) // (self.layout.groups * _ROWS_A_CLASS))
        none = np.zeros(len(order), dtype=np.int32)
        return _Rows(
            order=order,
            group=group,
            starts=np.searchsorted(group, np.arange(self.layout.groups + 1)),
            crossings=crossed,
            classes=tuple(
                own.classed(self.layout, codes) if own.segments else none for own in crossed
            ),
            plain=plain,
            drawn=plain if answered.chance is None else _weights(weight, answered.chance[order]),
            score=third(answered.numbers[self.scored])[order] if self.scored else order,
            numbers=answered.numbers,
        )

    def _add_one(self, total: Tally, rows: _Rows, question: Tallied, slots: slice) -> None:
        """Add the answers to one question."""
        slot = self._slot(rows, question)
        drawn = question.kind == "rating" or (question.kind == "brand_fit" and self.fit_drawn)
        weights = rows.drawn if drawn else rows.plain
        for crossing, classes in zip(rows.crossings, rows.classes, strict=True):
            sums = _Sums(total, crossing, weights, slots, everybody=crossing is rows.crossings[0])
            strays = sums.add(rows.starts, rows.group, classes, slot)
            sums.count()
            self._refuse(question, strays)
        k = len(question.codes)
        for (first, of_first), (second, of_second) in combinations(
            zip(rows.crossings, rows.classes, strict=True), 2
        ):
            shape = first.classes, second.classes, k + 2
            key = (of_first * np.int32(shape[1]) + of_second) * np.int32(shape[2]) + slot
            counts = np.bincount(key, minlength=int(np.prod(shape))).reshape(shape)[..., :k]
            both = _joined(first.inside, counts, second.inside)
            _add_both(total, first, second, both, slots)
            _add_both(total, second, first, both.transpose(1, 0, 2), slots)

    def _slot(self, rows: _Rows, question: Tallied) -> NDArray[np.int32]:
        """Return the place of each respondent's answer: k where there is none."""
        if question.kind == "respondent":
            return np.zeros(len(rows.order), dtype=np.int32)
        values = rows.numbers[question.column][rows.order]
        if question.kind == "nps_by_contact":
            return points_by_contact(values, rows.score)
        return coded(values, question.codes)

    def _refuse(self, question: Tallied, strays: float) -> None:
        if strays:
            raise DataError(
                Problem(
                    f"wave '{self.layout.wave}', column '{question.column}'",
                    f"{strays:.0f}",
                    "answers are none of those that the question's scale has.",
                    "Correct the scale's minimum, maximum or step, and validate the wave again.",
                )
            )


class _Sums:
    """Sums of one question over a crossing's classes, some groups at a time."""

    def __init__(
        self, total: Tally, crossing: Crossing, weights: Weights, slots: slice, *, everybody: bool
    ) -> None:
        self.total, self.crossing, self.weights, self.slots = total, crossing, weights, slots
        self.everybody = everybody
        self.stride = slots.stop - slots.start + 2
        self.counts = np.zeros((crossing.classes, self.stride - 2))

    def add(
        self,
        starts: Places,
        group: NDArray[np.int32],
        classes: NDArray[np.int32],
        slot: NDArray[np.int32],
    ) -> float:
        """Add rows in the order of their groups; return how many gave no answer that there is."""
        key = (group * np.int32(self.crossing.classes) + classes) * np.int32(self.stride) + slot
        cells = self.crossing.classes * self.stride
        step = max(1, _CELLS // (cells * self.weights.values.shape[1]))
        strays = 0.0
        for first in range(0, len(starts) - 1, step):
            some = slice(first, min(first + step, len(starts) - 1))
            rows = slice(starts[some.start], starts[some.stop])
            if rows.stop > rows.start:
                own = self._summed(key[rows] - np.int32(first * cells), rows, some)
                strays += float(own[:, :, -1, self.weights.place[4]].sum())
                self._keep(own, some)
        return strays

    def _summed(self, key: NDArray[np.int32], rows: slice, some: slice) -> Array:
        """Sum the weights of the rows with each key: shape (groups, classes, stride, x)."""
        from scipy.sparse import csc_array

        shape = some.stop - some.start, self.crossing.classes, self.stride
        ends = np.arange(len(key) + 1, dtype=np.int32)
        one_each = csc_array((np.ones(len(key)), key, ends), shape=(int(np.prod(shape)), len(key)))
        return np.asarray(one_each @ self.weights.values[rows]).reshape(*shape, -1)

    def _keep(self, own: Array, some: slice) -> None:
        """Add the sums of some groups, of shape (groups, classes, stride, x)."""
        weight, square, alike, alike_square, one = self.weights.place
        total, slots = self.total, self.slots
        flat = own.reshape(*own.shape[:2], -1)
        summed = np.matmul(self.crossing.inside.T, flat).reshape(len(own), -1, *own.shape[2:])
        by_column = summed[:, :, :-2]
        for place, column in enumerate(self.crossing.places):
            total.weight[column, some, slots] += by_column[:, place, :, weight]
            total.squares[column, slots] += by_column[:, place, :, square].sum(axis=0)
        if self.everybody:
            total.alike[some, slots] += by_column[:, 0, :, alike]
            total.alike_squares[slots] += by_column[:, 0, :, alike_square].sum(axis=0)
        self.counts += own[:, :, :-2, one].sum(axis=0)

    def count(self) -> None:
        """Add numbers of respondents of all groups."""
        total, crossing, slots = self.total, self.crossing, self.slots
        counts = np.rint(self.counts).astype(np.int64)
        inside = crossing.inside.astype(np.int64)
        total.count[crossing.places, slots] += inside.T @ counts
        both = np.einsum(
            "ri,rk,rj->ijk", crossing.inside, self.counts, crossing.inside, optimize=True
        )
        _add_both(total, crossing, crossing, np.rint(both).astype(np.int64), slots)
        for name in crossing.segments:
            np.add.at(total.divided[name][:, slots], crossing.value[name], counts)


def _joined(first: Array, counts: NDArray[Any], second: Array) -> NDArray[np.int64]:
    both = np.einsum("ai,abk,bj->ijk", first, counts, second, optimize=True)
    return np.asarray(np.rint(both), dtype=np.int64)


def _add_both(
    total: Tally, first: Crossing, second: Crossing, both: NDArray[np.int64], slots: slice
) -> None:
    for place, column in enumerate(first.places):
        total.both[column, second.places, slots] += both[place]
