"""The pass over the rows that fills a tally: part by part, in a set memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.findings.streams.crossings import Crossing, crossings, kind_of, membership
from supertouch.findings.streams.known import Located
from supertouch.findings.streams.layout import Layout
from supertouch.findings.streams.summed import Adding, Weights, summed, weights_of
from supertouch.findings.streams.tallied_answers import coded, points_by_contact, third
from supertouch.findings.streams.tallied_questions import questions_of
from supertouch.findings.streams.tallies import Tallied, Tally, places_of
from supertouch.stats.summing import threads
from supertouch.study.model import Study

__all__ = ["Tallying", "tallying_of"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Small = NDArray[np.int32]

ROWS_A_CLASS = 32


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is the same for all questions of a part, in the order of the resampling groups.

    Attributes
    ----------
    order : ndarray of int of shape (n,)
    starts : ndarray of int of shape (g + 1,)
        First row of each group, and n.
    kind : ndarray of int of shape (n,)
    classes : tuple of (Crossing, ndarray of int of shape (n,))
    plain, drawn : Weights
        Of most questions; of the ratings.
    third : ndarray of int of shape (n,)
        What each recommendation is to the net promoter score.
    adding : Adding
    """

    order: Places
    starts: Places
    kind: Small
    classes: tuple[tuple[Crossing, Small], ...]
    plain: Weights
    drawn: Weights
    third: Small
    adding: Adding


@dataclass(frozen=True, slots=True)
class Tallying:
    """Adds a part's answers to a tally; can be pickled.

    Attributes
    ----------
    layout : Layout
    questions : tuple of Tallied
    scored : str
        Column of the recommendation, of which net promoter scores are made; empty where none is.
    most_ratings : int or None
        How many of the touchpoints met each respondent rated at most, drawn at random.
    fit_drawn : bool
        Whether brand fit was asked along with those ratings.
    """

    layout: Layout
    questions: tuple[Tallied, ...]
    scored: str = ""
    most_ratings: int | None = None
    fit_drawn: bool = True

    def __call__(self, total: Tally | None, located: Located) -> Tally:
        """Add the answers of a part to a tally, which is changed.

        Raises
        ------
        DataError
            If an answer is none of those that its question can have.
        """
        from threadpoolctl import threadpool_limits

        total = self._nothing() if total is None else total
        if not located.part.rows:
            return total
        rows = self._rows(located)
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads()) as pool:
            for some in self._batches():
                names = list(dict.fromkeys(item.column for item, _ in some if item.column))
                read = located.part.numbers(names) if names else ()
                numbers = dict(zip(names, read, strict=True))
                jobs = [
                    pool.submit(
                        self._add, total, rows, numbers.get(question.column), question, slots
                    )
                    for question, slots in some
                ]
                for job in jobs:
                    job.result()
        return total

    def _batches(self) -> list[list[tuple[Tallied, slice]]]:
        """Put questions together that are stored alike, so that few columns are read at once."""
        batches: dict[str, list[tuple[Tallied, slice]]] = {}
        for question, slots in zip(self.questions, places_of(self.questions), strict=True):
            alike = {"nps_by_contact": "contact"}.get(question.kind, question.kind)
            batches.setdefault(alike, []).append((question, slots))
        return list(batches.values())

    def _nothing(self) -> Tally:
        layout = self.layout
        c, g = len(layout.columns), layout.groups
        s = sum(len(question.codes) for question in self.questions)
        return Tally(
            columns=layout.columns,
            questions=self.questions,
            weight=np.zeros((c, g, s)),
            squares=np.zeros((c, s)),
            inside=membership(layout.kinds, layout.segments, layout.columns),
            heads=np.zeros((len(layout.kinds), s), dtype=np.int64),
            alike=np.zeros((g, s)),
            alike_squares=np.zeros(s),
        )

    def _rows(self, located: Located) -> _Rows:
        layout, known = self.layout, located.known
        order = np.argsort(known.group, kind="stable")
        group = known.group[order]
        sizes = [len(values) for values in layout.segments.values()]
        kind = kind_of(layout.kinds, known.segment, sizes)[order]
        found = crossings(
            layout.kinds,
            layout.segments,
            layout.columns,
            most=len(order) // (layout.groups * ROWS_A_CLASS),
        )
        weight = located.part.numbers(["weight"])[0][order] / layout.weight_mean
        plain, chance = weights_of(weight, None), self._chance(located)
        score = located.part.numbers([self.scored])[0] if self.scored else np.empty(0)
        return _Rows(
            order=order,
            starts=np.searchsorted(group, np.arange(layout.groups + 1)),
            kind=kind,
            classes=tuple((crossing, crossing.of_kind[kind]) for crossing in found),
            plain=plain,
            drawn=plain if chance is None else weights_of(weight, chance[order]),
            third=third(score)[order] if self.scored else np.empty(0, dtype=np.int32),
            adding=Adding(len(order)),
        )

    def _chance(self, located: Located) -> Array | None:
        """Chance of each respondent to be asked for the rating of a touchpoint met."""
        if self.most_ratings is None:
            return None
        names = [f"{item.id}.contact" for item in self.layout.touchpoints]
        met = (located.part.numbers(names) == 1).sum(axis=0)
        return np.asarray(self.most_ratings / np.maximum(met, self.most_ratings))

    def _add(
        self,
        total: Tally,
        rows: _Rows,
        values: NDArray[Any] | None,
        question: Tallied,
        slots: slice,
    ) -> None:
        """Add the answers to one question."""
        k = len(question.codes)
        slot = self._slot(rows, values, question)
        drawn = question.kind == "rating" or (question.kind == "brand_fit" and self.fit_drawn)
        for crossing, classes in rows.classes:
            weights = rows.drawn if drawn else rows.plain
            shape = crossing.classes, k + 2
            for some, sums in summed(rows.adding, weights, rows.starts, classes, slot, shape=shape):
                _keep(total, crossing, weights, some, slots, sums)
        counts = rows.adding.heads(rows.kind, slot, shape=(len(total.heads), k + 2))
        total.heads[:, slots] += counts[:, :k]
        self._refuse(question, counts[:, k + 1].sum())

    def _slot(self, rows: _Rows, values: NDArray[Any] | None, question: Tallied) -> Small:
        """Return the place of each answer: k where there is none, k + 1 where it is wrong."""
        if values is None:
            return np.zeros(len(rows.order), dtype=np.int32)
        values = values[rows.order]
        if question.kind == "nps_by_contact":
            return points_by_contact(values, rows.third)
        return coded(values, question.codes)

    def _refuse(self, question: Tallied, strays: int) -> None:
        if strays:
            raise DataError(
                Problem(
                    f"wave '{self.layout.wave}', column '{question.column}'",
                    f"{strays:,}",
                    "answers are none of those that the question's scale has.",
                    "Correct the scale's minimum, maximum or step, and validate the wave again.",
                )
            )


def _keep(
    total: Tally, crossing: Crossing, weights: Weights, some: slice, slots: slice, sums: Array
) -> None:
    """Add the sums of some groups, of shape (groups, classes, k + 2, x)."""
    flat = sums.reshape(*sums.shape[:2], -1)
    by_column = np.matmul(crossing.inside.T, flat).reshape(len(sums), -1, *sums.shape[2:])
    for place, column in enumerate(crossing.places):
        own = by_column[:, place, :-2]
        total.weight[column, some, slots] += own[..., weights.weight]
        total.squares[column, slots] += own[..., weights.square].sum(axis=0)
        if not column:
            total.alike[some, slots] += own[..., weights.alike]
            total.alike_squares[slots] += own[..., weights.alike_square].sum(axis=0)


def tallying_of(study: Study, layout: Layout, *, fit_drawn: bool = True) -> Tallying:
    """Return how the answers of a wave are tallied.

    Parameters
    ----------
    study : Study
    layout : Layout
    fit_drawn : bool
        Whether brand fit was asked along with the ratings, where those were drawn.

    Raises
    ------
    UnsupportedError
        If a question has no set of answers that could be counted.
    """
    outcome = study.outcome_of("recommendation", layout.wave)
    return Tallying(
        layout,
        questions_of(study, layout),
        scored=f"{outcome.id}.score" if outcome else "",
        most_ratings=study.most_ratings,
        fit_drawn=fit_drawn,
    )
