"""Sums of products over a wave's rows: what driver models are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.findings.answers import open_statuses
from supertouch.findings.contacts import filled, met_together
from supertouch.findings.scores import nps_score
from supertouch.findings.streams.known import Located
from supertouch.findings.streams.layout import Layout
from supertouch.stats.stored import EMPTY, Chances, Rows
from supertouch.stats.summing import Summing
from supertouch.study.model import Outcome, Study

__all__ = ["Agreement", "Bundle", "Meeting", "SumUp", "Wanted"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A driver model's sums: who is summed apart.

    Attributes
    ----------
    outcomes : tuple of Outcome
        Open to the same customers.
    score : int or None
        Which of them has its net promoter score as last outcome.
    segment : str
        "" for everybody.
    values : tuple of str
        Values of the segment that are summed apart; ("",) for everybody.
    """

    outcomes: tuple[Outcome, ...]
    score: int | None
    segment: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Bundle:
    """The sums of several models, which one pass over the rows makes."""

    sums: list[Summing]

    def __add__(self, other: Bundle) -> Bundle:
        """Return the sums over the rows of both."""
        return Bundle([a + b for a, b in zip(self.sums, other.sums, strict=True)])


@dataclass(slots=True)
class Agreement:
    """For each two touchpoints, who met both, who missed both, and who met just one."""

    met: Array
    missed: Array
    differ: Array

    def __add__(self, other: Agreement) -> Agreement:
        """Return the counts over the rows of both."""
        return Agreement(
            self.met + other.met, self.missed + other.missed, self.differ + other.differ
        )


@dataclass(frozen=True, slots=True)
class Meeting:
    """Counts who met what together, part by part."""

    layout: Layout

    def __call__(self, total: Agreement | None, located: Located) -> Agreement:
        """Add the counts of a part."""
        contact = _contact(self.layout, located).T
        found = Agreement(*met_together(contact))
        return found if total is None else total + found


@dataclass(frozen=True, slots=True)
class SumUp:
    """Adds a part's rows to the sums of some models.

    Attributes
    ----------
    study : Study
    layout : Layout
    wanted : tuple of Wanted
    same : ndarray of bool of shape (p, p) or None
        Touchpoints of which everybody said the same, where some contacts are unknown.
    """

    study: Study
    layout: Layout
    wanted: tuple[Wanted, ...]
    same: NDArray[np.bool_] | None = None
    midpoint: Array = field(init=False)

    def __post_init__(self) -> None:
        scales = [self.study.scales[item.scale] for item in self.layout.touchpoints]
        midpoint = np.array([scale.midpoint for scale in scales])
        object.__setattr__(self, "midpoint", midpoint)

    def __call__(self, total: Bundle | None, located: Located) -> Bundle:
        """Add the rows of a part."""
        bundle = Bundle([self._empty(item) for item in self.wanted]) if total is None else total
        contact = _contact(self.layout, located)
        rating = located.part.numbers([f"{item.id}.rating" for item in self.layout.touchpoints])
        chances = self._chances(located, contact, rating)
        if self.same is not None and (contact == EMPTY).any():
            told = filled(np.where(contact == EMPTY, np.nan, contact).T, self.same).T
            contact = np.where(np.isnan(told), EMPTY, told).astype(np.int8)
        names = [f"{item.id}.score" for item in self.layout.outcomes]
        outcome = _floats(located.part.numbers(names))
        weight = located.part.numbers(["weight"])[0] / self.layout.weight_mean
        for wanted, sums in zip(self.wanted, bundle.sums, strict=True):
            places = [self.layout.outcomes.index(item) for item in wanted.outcomes]
            answer = outcome[places]
            if wanted.score is not None:
                answer = np.vstack([answer, nps_score(answer[wanted.score])])
            sums.add(
                Rows(
                    contact=contact,
                    rating=rating,
                    outcome=answer,
                    covariate=_covariates(self.layout, located),
                    weight=weight * self._open(wanted.outcomes[0], located),
                    group=located.known.group.astype(np.intp),
                    cell=_cells(self.layout, wanted, located),
                    chances=chances,
                )
            )
        return bundle

    def _empty(self, wanted: Wanted) -> Summing:
        points = [self.study.scales[item.scale].midpoint for item in wanted.outcomes]
        return Summing(
            len(wanted.values),
            self.layout.groups,
            midpoint=self.midpoint,
            outcome_midpoint=np.array([*points, *([0.0] if wanted.score is not None else [])]),
            covariates=sum(len(values) - 1 for _, values in self.layout.covariates),
            drawn=self.study.most_ratings is not None,
        )

    def _open(self, outcome: Outcome, located: Located) -> NDArray[np.bool_]:
        opened = np.isin(self.layout.statuses, open_statuses(outcome))
        return np.asarray(opened[located.known.status])

    def _chances(
        self, located: Located, contact: NDArray[np.int8], rating: NDArray[np.int8]
    ) -> Chances | None:
        """Chance of one, and of two given touchpoints met, to be among the most that were asked."""
        most = self.study.most_ratings
        if most is None:
            return None
        rated = rating != EMPTY if rating.dtype == np.int8 else ~np.isnan(rating)
        over = int((rated.sum(axis=0) > most).sum())
        if over:
            raise DataError(
                Problem(
                    located.name,
                    str(over),
                    f"respondents gave more ratings than most_ratings = {most}.",
                    "Correct most_ratings, or code what was not asked as not_asked.",
                )
            )
        met = np.maximum((contact == 1).sum(axis=0), most)
        with np.errstate(divide="ignore", invalid="ignore"):
            two = np.where(met > 1, most * (most - 1) / (met * (met - 1)), 0.0)
        return Chances(one=most / met, two=two)


def _contact(layout: Layout, located: Located) -> NDArray[np.int8]:
    contact = located.part.numbers([f"{item.id}.contact" for item in layout.touchpoints])
    if contact.dtype == np.int8:
        return contact
    return np.where(np.isnan(contact), EMPTY, contact).astype(np.int8)


def _floats(values: NDArray[np.int8] | Array) -> Array:
    if values.dtype != np.int8:
        return values.astype(np.float64)
    return np.where(values == EMPTY, np.nan, values)


def _covariates(layout: Layout, located: Located) -> Array:
    """Make indicators of the covariates' values but the first: shape (k, n)."""
    rows = [
        code == place
        for (_, values), code in zip(layout.covariates, located.known.covariate, strict=True)
        for place in range(1, len(values))
    ]
    return np.array(rows, dtype=float).reshape(len(rows), located.part.rows)


def _cells(layout: Layout, wanted: Wanted, located: Located) -> NDArray[np.intp]:
    if not wanted.segment:
        return np.zeros(located.part.rows, dtype=np.intp)
    names: Sequence[str] = layout.segments[wanted.segment]
    place = np.full(len(names), -1, dtype=np.intp)
    for number, value in enumerate(wanted.values):
        place[names.index(value)] = number
    row = list(layout.segments).index(wanted.segment)
    return np.asarray(place[located.known.segment[row]])
