"""The questions of a wave with their answers as they were asked, and what is told of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers
from supertouch.findings.performance import points
from supertouch.study.model import Outcome, Scale, Study

__all__ = ["Measure", "Question", "measures", "questions"]

Array = NDArray[np.float64]
Kind = Literal["outcome", "item", "touchpoint", "contact", "brand_fit"]
Form = Literal["share", "mean", "points"]

MOST_ANSWERS = 21
FEWEST_FOR_TWO = 4
NPS_SCALE = (0.0, 10.0)
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Question:
    """One question: n answers in the scale's own codes, NaN where there is none.

    Attributes
    ----------
    id : str
        Id of the outcome or touchpoint; ``loyalty.2`` is the second item of an outcome.
    scale : Scale or None
        None for contact, which is 1 or 0.
    answer, weight : ndarray of shape (n,)
    scored : bool
        Whether it is a score of several items, with values between the codes.
    nps : bool
        Whether a net promoter score is made of it.
    """

    id: str
    kind: Kind
    scale: Scale | None
    answer: Array
    weight: Array
    scored: bool = False
    nps: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """What is told of a question: ``value`` of shape (n,) is averaged over those who answered."""

    name: str
    answer: str
    form: Form
    value: Array


def questions(study: Study, answers: Answers, responses: pd.DataFrame) -> Iterator[Question]:
    """Yield the questions of a wave, outcomes first, each touchpoint's contact before its rating.

    Parameters
    ----------
    study : Study
    answers, responses
        The same respondents, as arrays and as ``validate`` accepted them.
    """
    for place, outcome in enumerate(answers.outcomes):
        yield from _outcome(study, answers, responses, outcome, answers.outcome[:, place])
    for place, touchpoint in enumerate(answers.touchpoints):
        contact = answers.contact[:, place]
        if touchpoint.contact.within(answers.wave) is not None or (contact == 0).any():
            yield Question(touchpoint.id, "contact", None, contact, answers.weight)
        scale = study.scales[touchpoint.scale]
        rating = _asked(answers.rating[:, place], scale, turned=scale.reversed)
        yield Question(touchpoint.id, "touchpoint", scale, rating, answers.rating_weight)
        if touchpoint.brand_fit.within(answers.wave) is not None:
            scale = study.scales[touchpoint.brand_fit_scale]
            fit = _asked(answers.brand_fit[:, place], scale, turned=scale.reversed)
            yield Question(touchpoint.id, "brand_fit", scale, fit, answers.brand_fit_weight)


def _outcome(
    study: Study, answers: Answers, responses: pd.DataFrame, outcome: Outcome, score: Array
) -> Iterator[Question]:
    scale, weight = study.scales[outcome.scale], answers.weight
    several = len(outcome.items) > 1
    nps = outcome.role == "recommendation" and (scale.minimum, scale.maximum) == NPS_SCALE
    turned = scale.reversed if several else outcome.reversed_items[0] != scale.reversed
    asked = _asked(score, scale, turned=turned)
    yield Question(outcome.id, "outcome", scale, asked, weight, scored=several, nps=nps)
    for number, turn in enumerate(outcome.reversed_items if several else (), start=1):
        column = f"{outcome.id}.item{number}"
        if column in responses:
            value = responses[column].to_numpy(float, na_value=np.nan)
            own = _asked(value, scale, turned=turn != scale.reversed)
            yield Question(f"{outcome.id}.{number}", "item", scale, own, weight)


def _asked(value: Array, scale: Scale, *, turned: bool) -> Array:
    """Return answers in the codes that respondents gave."""
    return scale.minimum + scale.maximum - value if turned else value


def measures(question: Question) -> Iterator[Measure]:
    """Yield what is told of a question: each answer's share, top-2, bottom-2, mean and NPS.

    Scales of more than 21 answers have no shares of single answers, those of fewer than four no
    top-2 and bottom-2, and a score of several items has its mean only.
    """
    answer, scale = question.answer, question.scale
    if scale is None:
        yield Measure("met", "", "share", answer)
        return
    codes = _codes(scale)
    if len(codes) and not question.scored:
        for code in codes:
            near = (np.abs(answer - code) < _CLOSE).astype(float)
            yield Measure("answer", f"{code:g}", "share", near)
        if len(codes) >= FEWEST_FOR_TWO:
            yield from _twos(answer, scale, codes)
    yield Measure("mean", "", "mean", answer)
    if question.nps:
        promoted = scale.minimum + scale.maximum - answer if scale.reversed else answer
        yield Measure("nps", "", "points", points(promoted))


def _twos(answer: Array, scale: Scale, codes: Array) -> Iterator[Measure]:
    with np.errstate(invalid="ignore"):
        low = (answer < codes[1] + _CLOSE).astype(float)
        high = (answer > codes[-2] - _CLOSE).astype(float)
    best, worst = (low, high) if scale.reversed else (high, low)
    yield Measure("top2", "", "share", best)
    yield Measure("bottom2", "", "share", worst)


def _codes(scale: Scale) -> Array:
    """Return the answers that a scale offers; none where they are too many to list."""
    if not scale.step:
        return np.empty(0)
    count = round((scale.maximum - scale.minimum) / scale.step) + 1
    if count > MOST_ANSWERS:
        return np.empty(0)
    return np.asarray(scale.minimum + scale.step * np.arange(count), dtype=np.float64)
