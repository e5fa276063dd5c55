"""The questions of a wave with their answers as they were asked, and what is told of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.banner.sources import Kind, Measure, Question, Source
from supertouch.findings.performance import points
from supertouch.study.model import Outcome, Scale, Study

__all__ = ["measures", "questions"]

Array = NDArray[np.float64]

MOST_ANSWERS = 21
FEWEST_FOR_TWO = 4
NPS_SCALE = (0.0, 10.0)
_CLOSE = 1e-6


def questions(study: Study, source: Source) -> Iterator[Question]:
    """Yield the questions of a wave, outcomes first, each touchpoint's contact first."""
    wave = source.asked.wave
    for outcome in source.asked.outcomes:
        yield from _outcome(study, source, outcome)
    for touchpoint in source.asked.touchpoints:
        contact = _given(source, "contact", touchpoint.id)
        if touchpoint.contact.within(wave) is not None or (contact == 0).any():
            yield Question(touchpoint.id, "contact", None, contact)
        scale = study.scales[touchpoint.scale]
        rating = _given(source, "touchpoint", touchpoint.id)
        rating = _asked(rating, scale, turned=scale.reversed)
        yield Question(touchpoint.id, "touchpoint", scale, rating)
        if touchpoint.brand_fit.within(wave) is not None:
            scale = study.scales[touchpoint.brand_fit_scale]
            fit = _given(source, "brand_fit", touchpoint.id)
            fit = _asked(fit, scale, turned=scale.reversed)
            yield Question(touchpoint.id, "brand_fit", scale, fit)


def _outcome(study: Study, source: Source, outcome: Outcome) -> Iterator[Question]:
    scale = study.scales[outcome.scale]
    several = len(outcome.items) > 1
    nps = outcome.role == "recommendation" and (scale.minimum, scale.maximum) == NPS_SCALE
    turned = scale.reversed if several else outcome.reversed_items[0] != scale.reversed
    score = _given(source, "outcome", outcome.id)
    asked = _asked(score, scale, turned=turned)
    yield Question(outcome.id, "outcome", scale, asked, scored=several, nps=nps)
    for number, turn in enumerate(outcome.reversed_items if several else (), start=1):
        value = source.answers("item", f"{outcome.id}.{number}")
        if value is not None:
            own = _asked(value, scale, turned=turn != scale.reversed)
            yield Question(f"{outcome.id}.{number}", "item", scale, own)


def _given(source: Source, kind: Kind, subject: str) -> Array:
    found = source.answers(kind, subject)
    return np.empty(0) if found is None else found


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
