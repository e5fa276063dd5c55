"""The variables of the coded file: values, labels and level of measurement of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.coded.codes import EmptyCodes
from supertouch.intake.responses import code_key
from supertouch.language import Language
from supertouch.study.model import (
    EMPTIES,
    FLAGS,
    Columns,
    Empty,
    Outcome,
    Scale,
    Segment,
    Status,
    Study,
    Text,
    Touchpoint,
)

__all__ = ["Coding", "Variable", "variables"]

Array = NDArray[np.float64]
Measure = Literal["nominal", "ordinal", "scale"]

_STATUS: tuple[Status, ...] = ("current", "former", "potential")
_BANDS = ("disappointed", "okay", "delighted")
_GROUPS = ("detractor", "passive", "promoter")
_PROMOTERS, _DETRACTORS = 9, 6
_NPS = (0.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable of n cases.

    ``label`` is the study's text, which may be cut, and ``about`` what follows it. ``values`` are
    numbers, or texts where answers are not coded. ``empties`` are the kinds of empty that may be
    among the values, by their codes, as user-missing.
    """

    name: str
    values: Array | pd.Series[str]
    label: str = ""
    about: str = ""
    texts: Mapping[float, str] = field(default_factory=dict)
    measure: Measure = "nominal"
    empties: tuple[Empty, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """A wave's responses, and all that turns them into variables.

    ``flags`` has a column of 0 and 1 for each kind of flag; ``files`` the raw file of each
    response, or None where there is one for all.
    """

    study: Study
    wave: str
    responses: pd.DataFrame
    flags: pd.DataFrame
    codes: EmptyCodes
    language: Language
    files: pd.Series[str] | None = None

    def said(self, text: Text) -> str:
        """Return a text of the study in the language of the file."""
        return text.within(self.language.code)

    def asked(self, label: Text, question: Text) -> str:
        """Return what a variable is called, and behind it the question as far as it is known."""
        texts = dict.fromkeys(text for text in (self.said(label), self.said(question)) if text)
        return ": ".join(texts)

    def scale_texts(self, scale: Scale) -> dict[float, str]:
        """Return the labels of a scale's answers."""
        return {float(code): self.said(text) for code, text in scale.labels.items()}

    def numbered(self, group: str, names: tuple[str, ...]) -> dict[float, str]:
        """Return the words of ``names``, numbered from 1."""
        return {float(place): self.language.say(f"{group}.{name}") for place, name in _from1(names)}


def variables(coding: Coding) -> Iterator[Variable]:
    """Yield the variables of the file in their order: case, groups, outcomes, touchpoints."""
    yield from _case(coding)
    for segment in coding.study.segments:
        yield _segment(coding, segment)
    for outcome in coding.study.outcomes_in(coding.wave):
        yield from _outcome(coding, outcome)
    for touchpoint in coding.study.touchpoints_in(coding.wave):
        yield from _touchpoint(coding, touchpoint)


def _from1(names: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    return enumerate(names, start=1)


def _case(coding: Coding) -> Iterator[Variable]:
    """Yield who answered, in which wave, with what weight, and what is suspect."""
    own, words, study = coding.responses, coding.language.say, coding.study
    waves = {
        float(place): coding.said(wave.label) or wave.id
        for place, wave in enumerate(study.waves, start=1)
    }
    place = 1.0 + [wave.id for wave in study.waves].index(coding.wave)
    yield Variable("wave", np.full(len(own), place), "", words("use.wave"), waves, "ordinal")
    if coding.files is not None:
        yield Variable("file", coding.files, about=words("coded.file"))
    yield Variable("row", _numbers(own["row"]), about=words("coded.row"), measure="scale")
    yield Variable("respondent", own["respondent"], about=words("use.respondent"))
    weight = _numbers(own["weight"])
    yield Variable("weight", weight, about=words("use.weight"), measure="scale")
    yield Variable("cluster", own["cluster"], about=words("use.cluster"))
    for name in ("stratum", "brand"):
        if getattr(study, name) != Columns():
            yield Variable(name, own[name], about=words(f"use.{name}"))
    if study.status:
        places = {status: float(number) for number, status in _from1(_STATUS)}
        texts = coding.numbered("customers", _STATUS)
        status = _places(own["status"], places)
        yield Variable("status", status, about=words("use.status"), texts=texts)
    answer = {0.0: words("questionnaire.contact_not_met"), 1.0: words("questionnaire.contact_met")}
    for flag in FLAGS:
        about = words("coded.flag", flag=words(f"flag.{flag}"))
        yield Variable(f"flag.{flag}", _numbers(coding.flags[flag]), "", about, answer)


def _numbers(column: pd.Series[Any]) -> Array:
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _places(column: pd.Series[str], places: Mapping[str, float]) -> Array:
    """Return the number of each text; NaN for a blank."""
    return _numbers(column.map(places))


def _segment(coding: Coding, segment: Segment) -> Variable:
    """Return a segment: codes as asked where they are numbers, else numbered in their order."""
    name, label = f"segment.{segment.id}", coding.asked(segment.label, segment.question)
    column = coding.responses[name]
    if not segment.values:
        return Variable(name, column, label)
    codes = list(segment.values)
    given = all(isinstance(code, int | float) for code in codes)
    number = {code_key(c): float(c) if given else 1.0 + k for k, c in enumerate(codes)}
    texts = {
        number[code_key(code)]: coding.said(text) or code_key(code)
        for code, text in segment.values.items()
    }
    return Variable(name, _places(column, number), label, texts=texts)


def _outcome(coding: Coding, outcome: Outcome) -> Iterator[Variable]:
    """Yield the items with the codes as asked, the score where more is better, the NPS group."""
    own, words, fill = coding.responses, coding.language.say, coding.codes.filled
    scale, label = coding.study.scales[outcome.scale], coding.said(outcome.label)
    score, kinds = _numbers(own[f"{outcome.id}.score"]), own[f"{outcome.id}.empty"]
    yield from _items(coding, outcome, scale)
    about = words("coded.score")
    yield Variable(f"{outcome.id}.score", fill(score, kinds), label, about, {}, "scale", EMPTIES)
    if outcome.role == "recommendation" and (scale.minimum, scale.maximum) == _NPS:
        group = 2.0 + (score >= _PROMOTERS) - (score <= _DETRACTORS)
        values = fill(np.where(np.isnan(score), np.nan, group), kinds)
        texts, about = coding.numbered("coded", _GROUPS), words("coded.nps")
        yield Variable(f"{outcome.id}.nps", values, label, about, texts, "ordinal", EMPTIES)


def _items(coding: Coding, outcome: Outcome, scale: Scale) -> Iterator[Variable]:
    """Yield an outcome's items; of several, why one is empty is known where none was asked."""
    own, words = coding.responses, coding.language.say
    kinds, single = own[f"{outcome.id}.empty"], len(outcome.items) == 1
    known = kinds if single else kinds.where(kinds == "not_asked", "")
    texts = coding.scale_texts(scale)
    for number, (item, turn) in enumerate(
        zip(outcome.items, outcome.reversed_items, strict=True), start=1
    ):
        name, column = f"{outcome.id}.item{number}", item.within(coding.wave) or ""
        turned = own[f"{outcome.id}.score"] if single else own[name]
        values = _as_asked(_numbers(turned), scale, turn=turn != scale.reversed)
        values = coding.codes.filled(values, known)
        about = words(f"coded.{'answer' if single else 'item'}", n=number, column=column)
        question = outcome.questions[number - 1] if outcome.questions else Text()
        shown = coding.asked(outcome.label, question)
        yield Variable(name, values, shown, about, texts, "ordinal", EMPTIES)


def _touchpoint(coding: Coding, touchpoint: Touchpoint) -> Iterator[Variable]:
    """Yield contact, rating with the codes as asked, its band, and brand fit."""
    own, words, fill = coding.responses, coding.language.say, coding.codes.filled
    id_, label = touchpoint.id, coding.said(touchpoint.label)
    contact = fill(_numbers(own[f"{id_}.contact"]), own[f"{id_}.contact_empty"])
    texts, about = {0.0: words("coded.not_met"), 1.0: words("coded.met")}, words("item.contact")
    others = tuple(kind for kind in EMPTIES if kind != "not_met")
    yield Variable(f"{id_}.contact", contact, label, about, texts, "nominal", others)
    scale = coding.study.scales[touchpoint.scale]
    asked = coding.asked(touchpoint.label, touchpoint.question)
    yield _answer(coding, f"{id_}.rating", scale, asked)
    rating, kinds = _numbers(own[f"{id_}.rating"]), own[f"{id_}.rating_empty"]
    texts, about = coding.numbered("coded", _BANDS), words("coded.band")
    band = fill(_band(rating, scale), kinds)
    yield Variable(f"{id_}.band", band, label, about, texts, "ordinal", EMPTIES)
    if f"{id_}.brand_fit" in own:
        scale = coding.study.scales[touchpoint.brand_fit_scale]
        yield _answer(coding, f"{id_}.brand_fit", scale, label)


def _answer(coding: Coding, name: str, scale: Scale, label: str) -> Variable:
    """Return an item of a touchpoint with the codes as asked."""
    turned = _numbers(coding.responses[name])
    values = _as_asked(turned, scale, turn=scale.reversed)
    values = coding.codes.filled(values, coding.responses[f"{name}_empty"])
    about = coding.language.say(f"item.{name.rpartition('.')[2]}")
    return Variable(name, values, label, about, coding.scale_texts(scale), "ordinal", EMPTIES)


def _as_asked(values: Array, scale: Scale, *, turn: bool) -> Array:
    """Return turned answers with the codes of the questionnaire, free of rounding."""
    asked = scale.minimum + scale.maximum - values if turn else values
    if not scale.step:
        return asked
    steps = np.round((asked - scale.minimum) / scale.step)
    return np.round(scale.minimum + steps * scale.step, 9)


def _band(rating: Array, scale: Scale) -> Array:
    """Return 1 for ratings that disappoint, 3 for those that delight, 2 for those in between."""
    worst, best = (
        np.nan if code is None else scale.turned(code)
        for code in (scale.disappointed, scale.delighted)
    )
    band = 2.0 + (rating >= best) - (rating <= worst)
    return np.where(np.isnan(rating), np.nan, band)
