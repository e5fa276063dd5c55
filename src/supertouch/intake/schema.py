"""The contract with a wave's raw answers: a pandera schema made from the study.

Each check looks at a whole column at once; its error text is the rule that the quarantine table
shows for the rows that fail it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from supertouch.intake.asked import block_breaches
from supertouch.intake.contact import contact_kinds
from supertouch.intake.declared import NO_BRAND
from supertouch.intake.needs import needed_columns
from supertouch.intake.readers.raw import FAULT
from supertouch.intake.recode import BREACH, answers, cells, matching, texts, unclear
from supertouch.study.model import Codes, Columns, Contact, Scale, Study

__all__ = ["CLASH", "TWICE", "breaches", "raw_schema", "usable_weights"]

CLASH = "__clash__."
TWICE = "__twice__"
ACROSS = "across"
_TIMES = 1e6
_LARGEST = 1e305
_TWO_WAYS = "its comma or point can be read in two ways (decimal comma?)"
_UNUSUAL = "a weight more than a million times above or below the median weight of the wave"

_Rule = tuple[str, pa.Check]
_Mask = Callable[["pd.Series[Any]"], "pd.Series[bool]"]


def raw_schema(study: Study, wave_id: str) -> pa.DataFrameSchema:
    """Return the schema that every raw row of a wave has to pass.

    It names the raw columns that the wave needs. Besides them it knows columns that must be blank:
    ``__fault__`` (rows that the reader found too short), ``__twice__`` where brands are stacked
    (a respondent's second row about a brand) and, where the study quarantines contradictions, one
    ``__clash__.TOUCHPOINT`` each. What cells of one row may say together in a split questionnaire
    stands in the schema's metadata.
    """
    checks: dict[str, list[pa.Check]] = defaultdict(list)
    for rules in (_design, _status, _outcomes, _touchpoints):
        for column, check in rules(study, wave_id):
            checks[column].append(check)
    columns = {
        name: pa.Column(nullable=True, checks=checks[name])
        for name in needed_columns(study, wave_id)
    }
    blank = {FAULT: "too few fields: the row may be cut off or shifted"}
    if study.brand.within(wave_id):
        blank[TWICE] = "the respondent has an earlier row about this brand as well"
    blank |= {
        f"{CLASH}{item.id}": "contact and rating exclude each other; the study says quarantine"
        for item in study.touchpoints_in(wave_id)
        if item.contact_rule.contradiction == "quarantine"
    }
    columns |= {
        name: pa.Column(nullable=True, required=False, checks=_check(_is_blank, rule))
        for name, rule in blank.items()
    }
    blocks = any(block.column.within(wave_id) for block in study.blocks)
    return pa.DataFrameSchema(
        columns,
        name=f"{study.id}, wave {wave_id}",
        metadata={ACROSS: partial(block_breaches, study, wave_id)} if blocks else None,
    )


def breaches(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Return every breach of the schema: position of the row, column, rule.

    Parameters
    ----------
    schema : DataFrameSchema
        From `raw_schema`.
    frame : DataFrame
        Raw rows, numbered from 0.
    """
    known = [name for name in schema.columns if name in frame.columns]
    across = (schema.metadata or {}).get(ACROSS)
    parts = [_single(schema, frame[known])] + ([across(frame)] if across else [])
    order = {name: place for place, name in enumerate(schema.columns)}
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)
    found = found.assign(order=found["column"].map(order)).drop_duplicates()
    found = found.sort_values(["position", "order"], ignore_index=True, kind="stable")
    return found.drop(columns="order")


def _single(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the breaches of single columns."""
    cases = pd.DataFrame({"index": [], "column": [], "check": []})
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
    return pd.DataFrame(
        {
            "position": cases["index"].astype("int64"),
            "column": cases["column"].astype("str"),
            "rule": cases["check"].astype("str"),
        }
    )


def _check(mask: _Mask, rule: str, *, blank_passes: bool = True) -> pa.Check:
    return pa.Check(mask, error=rule, ignore_na=blank_passes)


def _is_blank(column: pd.Series[Any]) -> pd.Series[bool]:
    return column.isna()


def _series(mask: NDArray[np.bool_], column: pd.Series[Any]) -> pd.Series[bool]:
    return pd.Series(mask, index=column.index)


def _design(study: Study, wave_id: str) -> Iterator[_Rule]:
    respondent, weight = study.respondent.within(wave_id), study.weight.within(wave_id)
    brand = study.brand.within(wave_id)
    if respondent:
        yield respondent, _check(_is_there, "the respondent's id is blank", blank_passes=False)
    if respondent and not brand:
        yield respondent, _check(_is_first, "the respondent's id stands in an earlier row as well")
    if brand:
        yield brand, _check(_is_there, NO_BRAND, blank_passes=False)
    if weight:
        yield weight, _check(_is_weight, "not a weight: a number above 0", blank_passes=False)
        yield weight, _check(_is_usual, _UNUSUAL)


def _is_there(column: pd.Series[Any]) -> pd.Series[bool]:
    return texts(column).notna()


def _is_first(column: pd.Series[Any]) -> pd.Series[bool]:
    ids = texts(column)
    return ids.isna() | ~ids.duplicated()


def _is_weight(column: pd.Series[Any]) -> pd.Series[bool]:
    return _series(~np.isnan(usable_weights(column)), column)


def _is_usual(column: pd.Series[Any]) -> pd.Series[bool]:
    """Tell weights of the usual size; what is no weight at all breaks another rule."""
    size = np.log(usable_weights(column))
    if np.isnan(size).all():
        return _series(np.ones(len(size), dtype=bool), column)
    return _series(~(np.abs(size - np.nanmedian(size)) > np.log(_TIMES)), column)


def usable_weights(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Return the weights; NaN where there is none, or one that is too large to be added up."""
    number = _numbers(column)
    return np.where((number > 1 / _LARGEST) & (number < _LARGEST), number, np.nan)


def _numbers(column: pd.Series[Any]) -> NDArray[np.float64]:
    found = cells(column)
    number: NDArray[np.float64] = found.spread(found.number, blank=np.nan)
    return number


def _status(study: Study, wave_id: str) -> Iterator[_Rule]:
    rule = study.status
    name = rule.column.within(wave_id) if rule else None
    if not rule or not name:
        return
    codes = tuple(code for group in rule.codes.values() for code in group)

    def mask(column: pd.Series[Any]) -> pd.Series[bool]:
        found = cells(column)
        return _series(found.spread(matching(found, codes), blank=True), column)

    yield name, _check(mask, "not a code of the customer status")


def _outcomes(study: Study, wave_id: str) -> Iterator[_Rule]:
    for outcome in study.outcomes_in(wave_id):
        for item in outcome.items:
            yield from _answered(item, wave_id, study.scales[outcome.scale], outcome.codes)


def _touchpoints(study: Study, wave_id: str) -> Iterator[_Rule]:
    for item in study.touchpoints_in(wave_id):
        contact = item.contact.within(wave_id)
        if contact:
            yield contact, _contact_check(item.contact_rule)
        yield from _answered(item.rating, wave_id, study.scales[item.scale], item.codes)
        fit = study.scales[item.brand_fit_scale]
        yield from _answered(item.brand_fit, wave_id, fit, item.brand_fit_codes or item.codes)


def _answered(columns: Columns, wave_id: str, scale: Scale, codes: Codes) -> Iterator[_Rule]:
    def passes(column: pd.Series[Any], *, two_ways: bool) -> pd.Series[bool]:
        broken = answers(column, scale=scale, codes=codes).state == BREACH
        if broken.any():
            broken = broken & (_unclear(column) == two_ways)
        return _series(~broken, column)

    name = columns.within(wave_id)
    if name:
        rule = f"not {_in_words(scale)} and not a declared code"
        yield name, _check(partial(passes, two_ways=False), rule)
        yield name, _check(partial(passes, two_ways=True), f"{rule}; {_TWO_WAYS}")


def _unclear(column: pd.Series[Any]) -> NDArray[np.bool_]:
    found = cells(column)
    told: NDArray[np.bool_] = found.spread(unclear(found), blank=False)
    return told


def _in_words(scale: Scale) -> str:
    span = f"from {scale.minimum:g} to {scale.maximum:g}"
    if scale.step == 1 and float(scale.minimum).is_integer():
        return f"a whole number {span}"
    return f"a number {span} in steps of {scale.step:g}" if scale.step else f"a number {span}"


def _contact_check(rule: Contact) -> pa.Check:
    def mask(column: pd.Series[Any]) -> pd.Series[bool]:
        return _series(contact_kinds(column, rule) != BREACH, column)

    return _check(mask, "not a declared contact code")
