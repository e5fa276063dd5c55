"""How often each answer to each question was given, by column of tables and resampling group."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.streams.layout import Column
from supertouch.study.model import Privacy

__all__ = ["Kind", "Tallied", "Tally", "places_of"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Kind = Literal["respondent", "outcome", "item", "contact", "nps_by_contact", "rating", "brand_fit"]


@dataclass(frozen=True, slots=True)
class Tallied:
    """A question that is tallied: k answers, on the turned scale, as responses hold them.

    Attributes
    ----------
    kind : str
        Which question of its subject. ``respondent`` has one answer, which everybody gives.
        ``nps_by_contact`` has the points of the net promoter score (-100, 0, 100) three times:
        from those who met the touchpoint, who did not, and of whom that is unknown.
    subject : str
        Id of the touchpoint or outcome; ``loyalty.2`` is an item.
    column : str
        Column of the responses.
    codes : tuple of float
        The answers that occur, in order; k of them.
    """

    kind: Kind
    subject: str
    column: str
    codes: tuple[float, ...]


@dataclass(frozen=True)
class Tally:
    """Answers to questions, counted and weighed; of s slots, one per question and answer.

    Attributes
    ----------
    columns : tuple of Column
        c columns of tables, everybody first.
    questions : tuple of Tallied
        Slots follow each other question by question, answer by answer.
    weight : ndarray of shape (c, g, s)
        Sums of weights per resampling group; a rating's weight where ratings were drawn.
    squares : ndarray of shape (c, s)
        Sums of squared weights.
    inside : ndarray of bool of shape (a, c)
        Which kinds of respondents are in which columns; the kinds are the layout's.
    heads : ndarray of int of shape (a, s)
        Respondents of each kind.
    alike, alike_squares : ndarray of shape (g, s) and (s,)
        Everybody's weights and their squares, if survey weights were all 1.
    hidden : dict
        What was found of columns that may not show some answers, so that it is found once.
    """

    columns: tuple[Column, ...]
    questions: tuple[Tallied, ...]
    weight: Array
    squares: Array
    inside: NDArray[np.bool_]
    heads: Counts
    alike: Array
    alike_squares: Array
    hidden: dict[tuple[str, Privacy], NDArray[np.bool_]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __add__(self, other: Tally) -> Tally:
        """Add the answers of other rows to these."""
        return replace(
            self,
            weight=self.weight + other.weight,
            squares=self.squares + other.squares,
            heads=self.heads + other.heads,
            alike=self.alike + other.alike,
            alike_squares=self.alike_squares + other.alike_squares,
        )

    def unweighted(self) -> Tally:
        """Return everybody's answers, each respondent counting the same."""
        return replace(
            self,
            columns=self.columns[:1],
            weight=self.alike[None],
            squares=self.alike_squares[None],
            inside=self.inside[:, :1],
        )

    @cached_property
    def count(self) -> Counts:
        """Respondents in each column: shape (c, s)."""
        return np.asarray(self.inside.T.astype(np.float64) @ self.heads).astype(np.int64)

    def both(self, slots: slice | NDArray[np.intp]) -> Counts:
        """Return the respondents who are in two columns, for k of the slots: shape (c, c, k)."""
        inside, heads = self.inside.astype(np.float64), self.heads[:, slots]
        each = [inside.T @ (inside * head[:, None]) for head in heads.T]
        c = inside.shape[1]
        return np.array(each, dtype=np.int64).reshape(-1, c, c).transpose(1, 2, 0)

    def find(self, kind: Kind, subject: str = "") -> Tallied | None:
        """Return a question, or None where it is not tallied."""
        found = self._found.get((kind, subject))
        return None if found is None else found[0]

    def slots(self, question: Tallied) -> slice:
        """Return the place of a question's answers among the slots."""
        return self._found[question.kind, question.subject][1]

    @cached_property
    def _found(self) -> dict[tuple[str, str], tuple[Tallied, slice]]:
        places = zip(self.questions, places_of(self.questions), strict=True)
        return {(item.kind, item.subject): (item, slots) for item, slots in places}


def places_of(questions: tuple[Tallied, ...]) -> list[slice]:
    """Return the place of each question's answers among the slots."""
    ends = np.cumsum([0, *(len(question.codes) for question in questions)]).tolist()
    return [slice(start, stop) for start, stop in pairwise(ends)]
