"""A wave's responses as arrays, with the sampling design they came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.stats.covariance import independent
from supertouch.stats.moments import Chances
from supertouch.stats.resampling import Groups, group_units
from supertouch.stats.suppression import heads, hidden
from supertouch.study.model import Columns, Outcome, Privacy, Status, Study, Touchpoint

__all__ = [
    "STRAY",
    "Answers",
    "Asked",
    "Cell",
    "Group",
    "cells",
    "grouped",
    "groups",
    "open_statuses",
    "read_answers",
]

Array = NDArray[np.float64]

STRAY = 0.05


class Asked(Protocol):
    """What a wave asked: its p touchpoints and q outcomes."""

    @property
    def wave(self) -> str: ...  # noqa: D102

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]: ...  # noqa: D102

    @property
    def outcomes(self) -> tuple[Outcome, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Answers:
    """Responses of one wave: n respondents, p touchpoints, q outcomes; NaN is empty.

    Where brands are stacked, a row is a respondent's answers about one brand.

    Attributes
    ----------
    asked : ndarray of bool of shape (n, p)
        Whether a rating was asked for: of those who met the touchpoint, by the questionnaire.
    covariates : ndarray of shape (n, k)
        Indicators of what models hold fixed, one fewer than there are groups.
    chances : Chances or None
        Chances to be asked for a rating, where each respondent rated a random choice only.
    respondent : ndarray of int of shape (n,) or None
        Respondent of each row, where that is known; otherwise each row is one.
    hidden : dict
        What was found of groups that may not show some answers, so that it is found once.
    """

    wave: str
    touchpoints: tuple[Touchpoint, ...]
    outcomes: tuple[Outcome, ...]
    contact: Array
    rating: Array
    brand_fit: Array
    outcome: Array
    weight: Array
    status: NDArray[np.object_]
    groups: Groups
    segments: dict[str, NDArray[np.object_]]
    asked: NDArray[np.bool_]
    covariates: Array
    chances: Chances | None = None
    respondent: NDArray[np.intp] | None = None
    hidden: dict[tuple[str, str, str, Privacy], NDArray[np.bool_]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def rating_weight(self) -> Array:
        """Weight of a respondent's rating: more where few of the touchpoints met were asked."""
        return self.weight if self.chances is None else self.weight / self.chances.one

    @property
    def brand_fit_weight(self) -> Array:
        """Weight of a respondent's brand fit: the rating's, where it was asked along with that."""
        told = ~np.isnan(self.brand_fit)
        alone = (told & ~self.asked).sum()
        return self.weight if alone > STRAY * told.sum() else self.rating_weight

    def held(self, used: NDArray[np.bool_]) -> Array:
        """Return the covariates that vary among the respondents used, none made up of others.

        Returns
        -------
        ndarray of shape (n, k)
            Of all respondents.
        """
        centred = self.covariates - self.covariates[used].sum(axis=0) / max(used.sum(), 1)
        return self.covariates[:, independent(centred[used].T @ centred[used])]

    def open_to(self, outcome: Outcome) -> NDArray[np.bool_]:
        """Return which respondents have a status that the outcome applies to.

        Who is of unknown status counts only where the outcome applies to every status.
        """
        return np.isin(self.status.astype(str), open_statuses(outcome))


def open_statuses(outcome: Outcome) -> list[str]:
    """Return the customer statuses that an outcome applies to; "" is unknown."""
    known: list[Status | str] = list(outcome.status)
    return [*known, ""] if set(known) == set(get_args(Status)) else [*known]


@dataclass(frozen=True, slots=True)
class Cell:
    """A group of respondents to analyse: the total, or one value of a segment."""

    segment: str
    value: str
    mask: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Group:
    """A value of a segment, how many respondents hold it, and whether it is hidden.

    ``small`` groups have too few respondents; ``complementary`` ones are hidden since the others
    and the total would reveal a small one.
    """

    segment: str
    value: str
    n: int
    small: bool
    complementary: bool

    @property
    def shown(self) -> bool:
        """Whether outputs may show numbers of the group."""
        return not (self.small or self.complementary)


def read_answers(study: Study, wave: str, responses: pd.DataFrame) -> Answers:
    """Turn the responses of a wave into arrays."""
    touchpoints, outcomes = study.touchpoints_in(wave), study.outcomes_in(wave)
    contact = _floats(responses, [f"{item.id}.contact" for item in touchpoints])
    asked = (contact == 1) & ~_not_asked(responses, touchpoints)
    return Answers(
        wave=wave,
        touchpoints=touchpoints,
        outcomes=outcomes,
        contact=contact,
        rating=_floats(responses, [f"{item.id}.rating" for item in touchpoints]),
        brand_fit=_floats(responses, [f"{item.id}.brand_fit" for item in touchpoints]),
        outcome=_floats(responses, [f"{item.id}.score" for item in outcomes]),
        weight=_scaled(responses["weight"].to_numpy(float)),
        status=responses["status"].to_numpy(object),
        groups=group_units(
            responses["cluster"].to_numpy(object),
            responses["stratum"].to_numpy(object),
            seed=study.seed,
            groups=study.analysis.groups,
            panel=study.panel,
        ),
        segments={
            item.id: responses[f"segment.{item.id}"].to_numpy(object)
            for item in study.segments
            if item.column.within(wave) and f"segment.{item.id}" in responses
        },
        asked=asked,
        covariates=_covariates(study, responses),
        chances=_chances(study, wave, contact, asked),
        respondent=np.asarray(pd.factorize(responses["respondent"])[0], dtype=np.intp),
    )


def _not_asked(responses: pd.DataFrame, touchpoints: Sequence[Touchpoint]) -> NDArray[np.bool_]:
    columns = [f"{item.id}.rating_empty" for item in touchpoints]
    return np.column_stack(
        [
            responses[name].to_numpy(object) == "not_asked"
            if name in responses
            else np.zeros(len(responses), dtype=bool)
            for name in columns
        ]
    )


def _covariates(study: Study, responses: pd.DataFrame) -> Array:
    """Make indicators of brand and of the study's covariates; an unknown value is a group too."""
    names = [f"segment.{name}" for name in study.analysis.covariates]
    if study.brand != Columns():
        names.insert(0, "brand")
    columns = [
        (values == group).astype(float)
        for values in (responses[name].to_numpy(str) for name in names if name in responses)
        for group in np.unique(values)[1:]
    ]
    return np.column_stack(columns) if columns else np.empty((len(responses), 0))


def _chances(study: Study, wave: str, contact: Array, asked: NDArray[np.bool_]) -> Chances | None:
    """Chance of one, and of two given touchpoints met, to be among the most that were asked."""
    most = study.most_ratings
    if most is None:
        return None
    over = int((asked.sum(axis=1) > most).sum())
    if over:
        raise DataError(
            Problem(
                f"wave '{wave}'",
                str(over),
                f"respondents were asked for more ratings than most_ratings = {most}.",
                "Correct most_ratings, or code what was not asked as not_asked.",
            )
        )
    met = np.maximum((contact == 1).sum(axis=1), most)
    return Chances(one=most / met, two=most * (most - 1) / (met * (met - 1)))


def _scaled(weight: Array) -> Array:
    """Divide by the mean: the scale of weights plays no part."""
    return np.asarray(weight / weight.mean())


def _floats(responses: pd.DataFrame, names: list[str]) -> Array:
    empty = np.full(len(responses), np.nan)
    columns = [
        responses[name].to_numpy(float, na_value=np.nan) if name in responses else empty
        for name in names
    ]
    return np.column_stack(columns) if columns else np.empty((len(responses), 0))


def cells(study: Study, answers: Answers) -> Iterator[Cell]:
    """Yield the total, then each value of each segment that may be shown.

    Groups of fewer respondents than ``privacy.min_base`` are left out, and so are those that would
    reveal them (see `findings.suppression`).
    """
    yield Cell("", "", np.ones(len(answers.weight), dtype=bool))
    for group in groups(study, answers):
        if group.shown:
            values = answers.segments[group.segment]
            yield Cell(group.segment, group.value, values == group.value)


def groups(study: Study, answers: Answers) -> Iterator[Group]:
    """Yield each value of each segment with respondents, and tell which are hidden.

    With ``privacy.protect_unknown`` few of unknown value count as a small group, since the total
    less the others would reveal them.
    """
    for segment in study.segments:
        values = answers.segments.get(segment.id)
        if values is None:
            continue
        names, value = np.unique(values.astype(str), return_inverse=True)
        counts = heads(value, len(names), person=answers.respondent)
        yield from grouped(study, segment.id, names.tolist(), counts)


def grouped(
    study: Study, segment: str, values: Sequence[str], counts: NDArray[np.int_]
) -> Iterator[Group]:
    """Yield the values of a segment, known how many respondents hold each; "" is unknown."""
    names, least = np.array(values, dtype=object), study.privacy.min_base
    passed = counts >= least if study.privacy.protect_unknown else True
    counted = np.where((names == "") & passed, 0, counts)
    small, complementary = hidden(counted, minimum=least)
    for name, *told in zip(values, counts, small, complementary, strict=True):
        if name:
            yield Group(segment, name, int(told[0]), bool(told[1]), bool(told[2]))
