"""Raw rows become typed responses, turned so that more is better.

There is one per respondent or, where brands are stacked, one per respondent and brand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.asked import asked_touchpoints
from supertouch.intake.contact import Met, contact_kinds, resolve, unasked
from supertouch.intake.readers.raw import FILE, ROW
from supertouch.intake.recode import (
    ANSWERED,
    BREACH,
    Answers,
    answers,
    cells,
    empty_names,
    matching,
    state_of,
    texts,
)
from supertouch.study.model import Code, Codes, Empty, Outcome, Scale, Status, Study, Touchpoint

__all__ = ["code_key", "meetings", "responses"]

_WORST_FIRST: tuple[Empty, ...] = ("refused", "dont_know", "not_met", "not_asked")


def meetings(study: Study, wave_id: str, frame: pd.DataFrame) -> dict[str, Met]:
    """Return contact and rating of each touchpoint of the wave, contradictions resolved.

    Who was not asked about a touchpoint, because their block left it out, has neither: both are
    ``not_asked``, whatever a blank means elsewhere.
    """
    asked = asked_touchpoints(study, wave_id, frame)
    met = {
        touchpoint.id: _meeting(study, wave_id, frame, touchpoint)
        for touchpoint in study.touchpoints_in(wave_id)
    }
    return {id_: unasked(met[id_], ~asked[id_]) if id_ in asked else met[id_] for id_ in met}


def _meeting(study: Study, wave_id: str, frame: pd.DataFrame, touchpoint: Touchpoint) -> Met:
    rating = _read(
        frame, touchpoint.rating.within(wave_id), study.scales[touchpoint.scale], touchpoint.codes
    )
    column = touchpoint.contact.within(wave_id)
    rule = touchpoint.contact_rule
    kinds = contact_kinds(frame[column], rule) if column else None
    return resolve(rating, kinds, rule=rule, blank=touchpoint.codes.blank)


def _read(frame: pd.DataFrame, column: str | None, scale: Scale, codes: Codes) -> Answers:
    """Return an item's answers; an item without a column in this wave was not asked."""
    if column:
        return answers(frame[column], scale=scale, codes=codes)
    n = len(frame)
    state = np.full(n, state_of("not_asked"), dtype=np.int8)
    return Answers(np.full(n, np.nan), state, np.zeros(n, dtype=bool))


def responses(
    study: Study, wave_id: str, frame: pd.DataFrame, met: Mapping[str, Met]
) -> pd.DataFrame:
    """Return the typed answers of all rows of ``frame``, in the order that later stages expect.

    Parameters
    ----------
    study, wave_id : Study, str
        What was asked.
    frame : DataFrame
        Raw rows, numbered from 0, with ``__row__``. Rows that break the contract get values
        without meaning: the caller leaves them out.
    met : mapping
        From `meetings`, for the same rows.
    """
    columns = _design(study, wave_id, frame) | _segments(study, wave_id, frame)
    for outcome in study.outcomes_in(wave_id):
        columns |= _outcome(study, wave_id, frame, outcome, columns["status"])
    asked = asked_touchpoints(study, wave_id, frame)
    for touchpoint in study.touchpoints_in(wave_id):
        columns |= _touchpoint(study, wave_id, frame, touchpoint, met[touchpoint.id])
        fit = f"{touchpoint.id}.brand_fit"
        if touchpoint.id in asked and fit in columns:
            out = ~asked[touchpoint.id]
            columns[fit] = np.where(out, np.nan, columns[fit])
            columns[f"{fit}_empty"] = columns[f"{fit}_empty"].mask(out, "not_asked")
    return pd.DataFrame(columns)


def _design(study: Study, wave_id: str, frame: pd.DataFrame) -> dict[str, Any]:
    """Return who answered about what, and the sampling unit: the cluster, else the respondent.

    In a panel units keep their name from wave to wave; who has no cluster is one in this wave only.
    Elsewhere a respondent's unit is named by the place of the first row, not by the id: ids are
    hashed with a secret, and results must not change with it.
    """
    named = {
        key: texts(frame[name])
        for key in ("respondent", "brand", "cluster", "stratum")
        if (name := getattr(study, key).within(wave_id))
    }
    place = _row_ids(study, wave_id, frame)
    own = named.get("respondent", place)
    unit = own.fillna("") if study.panel else _first_places(own, place)
    none = pd.Series("", index=frame.index, dtype="str")
    alone = f"respondent:{wave_id}:" if study.panel else "respondent:"
    cluster = named["cluster"].fillna(alone + unit) if "cluster" in named else unit
    return {
        "row": frame[ROW].astype("int64"),
        "respondent": own.fillna("").astype("str"),
        "brand": named.get("brand", none).fillna("").astype("str"),
        "weight": _weights(study, wave_id, frame),
        "cluster": cluster.astype("str"),
        "stratum": named.get("stratum", none).fillna("").astype("str"),
        "status": _status(study, wave_id, frame),
    }


def _first_places(own: pd.Series[str], place: pd.Series[str]) -> pd.Series[str]:
    """Return for each row the place of the first row of the same respondent."""
    codes, _ = pd.factorize(own)
    codes = np.where(codes < 0, len(own) + np.arange(len(own)), codes)
    first: pd.Series[str] = place.groupby(codes).transform("first")
    return first


def _row_ids(study: Study, wave_id: str, frame: pd.DataFrame) -> pd.Series[str]:
    """Name rows by their place in the raw files; in a panel no other wave has the same names."""
    row = frame[ROW].astype("str")
    if FILE not in frame.columns:
        return wave_id + ":" + row
    in_wave = f"{wave_id}:" if study.panel else ""
    return in_wave + frame[FILE] + ":" + row


def _weights(study: Study, wave_id: str, frame: pd.DataFrame) -> NDArray[np.float64]:
    column = study.weight.within(wave_id)
    if not column:
        return np.ones(len(frame))
    found = cells(frame[column])
    return found.spread(found.number, blank=np.nan)


def _status(study: Study, wave_id: str, frame: pd.DataFrame) -> pd.Series[str]:
    column = study.status.column.within(wave_id) if study.status else None
    if not study.status or not column:
        return pd.Series("", index=frame.index, dtype="str")
    return _named(frame[column], {str(key): codes for key, codes in study.status.codes.items()})


def _named(column: pd.Series[Any], names: Mapping[str, tuple[Code, ...]]) -> pd.Series[str]:
    found = cells(column)
    name = np.full(len(found.number), "", dtype=object)
    for key, codes in names.items():
        name[matching(found, codes)] = key
    return pd.Series(found.spread(name, blank=""), index=column.index, dtype="str")


def code_key(code: Code) -> str:
    """Return how a segment's value is written in tables: ``1.0`` as "1", a text as it stands.

    >>> code_key(1.0), code_key("North")
    ('1', 'North')
    """
    return str(texts(pd.Series([code])).iloc[0])


def _segments(study: Study, wave_id: str, frame: pd.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for segment in study.segments:
        column = segment.column.within(wave_id)
        key = f"segment.{segment.id}"
        if not column:
            found[key] = pd.Series("", index=frame.index, dtype="str")
        elif segment.values:
            found[key] = _named(frame[column], {code_key(code): (code,) for code in segment.values})
        else:
            found[key] = texts(frame[column]).fillna("").astype("str")
    return found


def _outcome(
    study: Study, wave_id: str, frame: pd.DataFrame, outcome: Outcome, status: pd.Series[str]
) -> dict[str, Any]:
    """Score an outcome; it is empty unless it is known to apply to the respondent's status."""
    scale = study.scales[outcome.scale]
    items = [_read(frame, item.within(wave_id), scale, outcome.codes) for item in outcome.items]
    everybody = set(outcome.status) == set(get_args(Status))
    applies = (status.isin(outcome.status) | everybody).to_numpy(dtype=bool)
    values = np.column_stack([item.values for item in items])
    for place, turn in enumerate(outcome.reversed_items):
        if turn != scale.reversed:
            values[:, place] = scale.minimum + scale.maximum - values[:, place]
    values[~applies] = np.nan
    answered = (~np.isnan(values)).sum(axis=1)
    enough = (answered >= max(outcome.min_items, 1)) & applies
    score = np.full(len(frame), np.nan)
    score[enough] = np.nanmean(values[enough], axis=1)
    state = np.where(enough, ANSWERED, _reason(np.column_stack([item.state for item in items])))
    state = np.where(applies, state, state_of("not_asked")).astype(np.int8)
    columns: dict[str, Any] = {f"{outcome.id}.score": score, f"{outcome.id}.empty": _names(state)}
    if len(items) > 1:
        columns |= {f"{outcome.id}.item{i + 1}": values[:, i] for i in range(len(items))}
    return columns


def _reason(states: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return why a score of several items is missing: the reason that says most of the person."""
    reason = np.full(len(states), state_of("not_asked"), dtype=np.int8)
    for kind in reversed(_WORST_FIRST):
        reason[(states == state_of(kind)).any(axis=1)] = state_of(kind)
    return reason


def _touchpoint(
    study: Study, wave_id: str, frame: pd.DataFrame, touchpoint: Touchpoint, met: Met
) -> dict[str, Any]:
    contact = pd.array(met.contact, dtype="Int8")
    contact[met.contact < 0] = pd.NA
    columns: dict[str, Any] = {
        "contact": contact,
        "contact_empty": _names(met.contact_state),
        "rating": _turned(met.rating.values, study.scales[touchpoint.scale]),
        "rating_empty": _names(met.rating.state),
    }
    column = touchpoint.brand_fit.within(wave_id)
    if column:
        scale = study.scales[touchpoint.brand_fit_scale]
        fit = _read(frame, column, scale, touchpoint.brand_fit_codes or touchpoint.codes)
        gone = met.contact == 0
        state = np.where(gone, state_of("not_met"), fit.state).astype(np.int8)
        unasked = (met.contact < 0) & (met.rating.state == state_of("not_asked")) & fit.blank
        state[unasked] = state_of("not_asked")
        columns["brand_fit"] = _turned(np.where(gone, np.nan, fit.values), scale)
        columns["brand_fit_empty"] = _names(state)
    return {f"{touchpoint.id}.{name}": values for name, values in columns.items()}


def _turned(values: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    return scale.minimum + scale.maximum - values if scale.reversed else values


def _names(state: NDArray[np.int8]) -> pd.Series[str]:
    """Name states; a breach has no name, and its row leaves anyway."""
    return empty_names(np.where(state == BREACH, ANSWERED, state).astype(np.int8))
