"""How often each answer to each question was given, by column of tables and resampling group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.streams.layout import Column

__all__ = ["Tally", "Tallied"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Kind = Literal["contact", "rating", "brand_fit", "outcome", "item", "nps_by_contact"]


@dataclass(frozen=True, slots=True)
class Tallied:
    """A question that is tallied: k answers, on the turned scale, as responses hold them.

    Attributes
    ----------
    kind : str
        Which question of its subject; ``nps_by_contact`` crosses the recommendation's net
        promoter score with contact, unknown contact too.
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


@dataclass(slots=True)
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
    count : ndarray of int of shape (c, s)
        Respondents.
    both : ndarray of int of shape (c, c, s)
        Respondents who are in two columns.
    """

    columns: tuple[Column, ...]
    questions: tuple[Tallied, ...]
    weight: Array
    squares: Array
    count: Counts
    both: Counts

    def __add__(self, other: Tally) -> Tally:
        """Add the answers of other rows to these."""
        self.weight += other.weight
        self.squares += other.squares
        self.count += other.count
        self.both += other.both
        return self
