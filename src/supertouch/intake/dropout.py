"""Where respondents break off: after which question no other is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.asked import asked_touchpoints
from supertouch.intake.contact import CONTACT_KINDS, contact_kinds
from supertouch.intake.needs import PART
from supertouch.intake.recode import answers, cells, matching, state_of
from supertouch.study.model import Code, Codes, Outcome, Scale, Status, Study, Touchpoint

__all__ = ["dropout"]

_SILENT, _NEUTRAL, _ANSWERED = 0, 1, 2
_MET, _NOT_ASKED, _REFUSED, _BLANK = (
    CONTACT_KINDS.index(kind) for kind in ("met", "not_asked", "refused", "blank")
)

Mask = NDArray[np.bool_]
States = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _Question:
    """A column of the questionnaire and the item it belongs to.

    ``states`` says of each row of a frame, for a column of a brand with its part of the name,
    whether the question is silent, neutral or answered.
    """

    column: str
    item: str
    states: Callable[[pd.DataFrame, str], States]


def dropout(
    study: Study, wave_id: str, raw_frame: pd.DataFrame, columns: Sequence[str]
) -> pd.DataFrame:
    """Return the table ``field_dropout``, over all rows read, excluded and refused ones included.

    A respondent has broken off after the last answer if a later question that was put has none.
    Any code is an answer but those for refused; what was not asked, or not for want of contact, is
    no sign either way. Where blank means not asked, breaking off cannot be told from it. Who only
    skips the last questions counts as broken off too.

    Parameters
    ----------
    study, wave_id : Study, str
    raw_frame : DataFrame
        Raw rows with the study's columns.
    columns : sequence of str
        The columns in the order of the file, which is taken for that of the questionnaire.
    """
    states = dict(_states(study, wave_id, raw_frame))
    place = {name: number for number, name in enumerate(columns)}
    ordered = sorted(states, key=lambda column: place.get(column, len(place)))
    last = np.zeros(len(raw_frame), dtype=np.intp)
    silent = np.zeros(len(raw_frame), dtype=bool)
    answered = [len(raw_frame)]
    for number, column in enumerate(ordered, start=1):
        found = states[column][1]()
        told = found == _ANSWERED
        last[told] = number
        silent = (silent | (found == _SILENT)) & ~told
        answered.append(int(told.sum()))
    ended = np.bincount(last[silent], minlength=len(ordered) + 1)
    reached = len(raw_frame) - np.append(0, ended.cumsum()[:-1])
    table = pd.DataFrame(
        {
            "wave": wave_id,
            "place": np.arange(len(ordered) + 1),
            "column": ["", *ordered],
            "item": ["", *(states[column][0] for column in ordered)],
            "n_reached": reached,
            "n_answered": answered,
            "n_last": ended,
            "share_last": ended / np.maximum(reached, 1),
        }
    )
    return table[(table["place"] > 0) | (table["n_last"] > 0)]


def _states(
    study: Study, wave_id: str, frame: pd.DataFrame
) -> Iterator[tuple[str, tuple[str, Callable[[], States]]]]:
    """Yield raw columns with the item they belong to and what tells their rows' states."""
    asked = asked_touchpoints(study, wave_id, frame)
    questions = list(_questions(study, wave_id))
    seen: set[str] = set()
    for question in questions:
        for part in _parts(study, question.column):
            column = question.column.replace(PART, part)
            if column in seen:
                continue
            seen.add(column)
            spared = np.zeros(len(frame), dtype=bool)
            if question.item in asked:
                spared |= ~asked[question.item]
            if part:
                spared |= _without_brand(frame, questions, part)
            yield column, (question.item, partial(_sparing, question, frame, part, spared))


def _sparing(question: _Question, frame: pd.DataFrame, part: str, spared: Mask) -> States:
    """Return the states; silence is no sign of those to whom the question was not put."""
    found = question.states(frame, part)
    return np.where(spared & (found == _SILENT), _NEUTRAL, found).astype(np.int8)


def _parts(study: Study, column: str) -> list[str]:
    return [brand.column_part for brand in study.brands] if PART in column else [""]


def _without_brand(frame: pd.DataFrame, questions: list[_Question], part: str) -> Mask:
    """Tell who has no entry at all in the columns of a brand."""
    blank = np.ones(len(frame), dtype=bool)
    for question in questions:
        if PART in question.column:
            blank &= cells(frame[question.column.replace(PART, part)]).position < 0
    return blank


def _questions(study: Study, wave_id: str) -> Iterator[_Question]:
    for outcome in study.outcomes_in(wave_id):
        scale = study.scales[outcome.scale]
        for item in outcome.items:
            if column := item.within(wave_id):
                states = partial(_item_states, column, scale, outcome.codes)
                if restricted := _restricted(study, wave_id, outcome):
                    states = partial(_of_status, states, *restricted)
                yield _Question(column, outcome.id, states)
    for touchpoint in study.touchpoints_in(wave_id):
        yield from _of_touchpoint(study, wave_id, touchpoint)


def _of_touchpoint(study: Study, wave_id: str, item: Touchpoint) -> Iterator[_Question]:
    contact = item.contact.within(wave_id)
    if contact:
        yield _Question(contact, item.id, partial(_contact_states, contact, item))
    fit_codes = item.brand_fit_codes or item.codes
    for columns, scale, codes in (
        (item.rating, item.scale, item.codes),
        (item.brand_fit, item.brand_fit_scale, fit_codes),
    ):
        if column := columns.within(wave_id):
            states = partial(_item_states, column, study.scales[scale], codes)
            if contact:
                states = partial(_if_met, states, contact, item)
            yield _Question(column, item.id, states)


def _item_states(column: str, scale: Scale, codes: Codes, frame: pd.DataFrame, part: str) -> States:
    found = answers(frame[column.replace(PART, part)], scale=scale, codes=codes)
    state = np.full(len(found.state), _ANSWERED, dtype=np.int8)
    state[found.state == state_of("refused")] = _SILENT
    state[found.blank] = _SILENT if codes.blank in ("refused", "dont_know") else _NEUTRAL
    state[found.state == state_of("not_asked")] = _NEUTRAL
    return state


def _contact_states(column: str, item: Touchpoint, frame: pd.DataFrame, part: str) -> States:
    kinds = contact_kinds(frame[column.replace(PART, part)], item.contact_rule)
    state = np.full(len(kinds), _ANSWERED, dtype=np.int8)
    blank_says = item.contact_rule.when_blank != "unknown" or item.codes.blank == "not_asked"
    state[kinds == _REFUSED] = _SILENT
    state[kinds == _BLANK] = _NEUTRAL if blank_says else _SILENT
    state[kinds == _NOT_ASKED] = _NEUTRAL
    return state


def _if_met(
    states: Callable[[pd.DataFrame, str], States],
    contact: str,
    item: Touchpoint,
    frame: pd.DataFrame,
    part: str,
) -> States:
    """Count silence on what was not met, or perhaps not, as neutral."""
    found = states(frame, part)
    kinds = contact_kinds(frame[contact.replace(PART, part)], item.contact_rule)
    return np.where((found == _SILENT) & (kinds != _MET), _NEUTRAL, found).astype(np.int8)


def _restricted(
    study: Study, wave_id: str, outcome: Outcome
) -> tuple[str, tuple[Code, ...]] | None:
    """Return the column of the status and the codes that an outcome is open to, if not to all."""
    column = study.status.column.within(wave_id) if study.status else None
    if not study.status or not column or set(outcome.status) == set(get_args(Status)):
        return None
    groups = study.status.codes.items()
    return column, tuple(code for key, codes in groups if key in outcome.status for code in codes)


def _of_status(
    states: Callable[[pd.DataFrame, str], States],
    column: str,
    codes: tuple[Code, ...],
    frame: pd.DataFrame,
    part: str,
) -> States:
    """Count silence of those to whom an outcome is not open as neutral."""
    found, status = states(frame, part), cells(frame[column])
    open_to = status.spread(matching(status, codes), blank=False)
    return np.where((found == _SILENT) & ~open_to, _NEUTRAL, found).astype(np.int8)
