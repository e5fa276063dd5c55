"""Simulated answers in the columns and codes of a study's questionnaire."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.simulate.design import Design
from supertouch.simulate.respondents import ANSWERED, Simulated
from supertouch.study.model import Code, Codes, Contact, Outcome, Scale, Study

__all__ = ["encode", "plain"]

Array = NDArray[np.float64]
Kinds = NDArray[np.int8]
Objects = NDArray[np.object_]

_NOT_ASKED, _REFUSED = ANSWERED.index("not_asked"), ANSWERED.index("refused")


def encode(
    study: Study,
    wave: str,
    *,
    design: Design,
    simulated: Simulated,
    brand_fit: Array,
    brand_fit_empty: Kinds,
    blanks: bool,
) -> pd.DataFrame:
    """Write a wave as an institute delivers it: one row per respondent, one column per item.

    Parameters
    ----------
    study : Study
        Its touchpoints, outcomes and segments are those of the design, in the same order.
    wave : str
    design : Design
    simulated : Simulated
    brand_fit, brand_fit_empty : ndarray of shape (n, p)
        Answers on the brand fit scale (more is better), and index into ``ANSWERED``.
    blanks : bool
        Leave a cell blank where the study says what a blank means, instead of writing the code.

    Returns
    -------
    DataFrame
        Cells are int, float or None.
    """
    columns: dict[str, Objects] = {}
    kept: dict[str, list[tuple[str, Objects]]] = {"contact": [], "rating": [], "brand_fit": []}
    for j, touchpoint in enumerate(study.touchpoints):
        contact = _contact(simulated.contact[:, j], touchpoint.contact_rule)
        scale = study.scales[touchpoint.scale]
        rated = simulated.rating[:, j] + scale.minimum - 1
        rating = _coded(rated, simulated.rating_empty[:, j], touchpoint.codes, scale, blanks=blanks)
        fit_scale = study.scales[touchpoint.brand_fit_scale]
        codes = touchpoint.brand_fit_codes or touchpoint.codes
        fit = _coded(brand_fit[:, j], brand_fit_empty[:, j], codes, fit_scale, blanks=blanks)
        for name, cells in (("contact", contact), ("rating", rating), ("brand_fit", fit)):
            column = getattr(touchpoint, name).within(wave)
            if column:
                kept[name].append((column, cells))
    columns |= _person(study, wave, design=design, simulated=simulated)
    for items in kept.values():
        columns |= dict(items)
    for k, outcome in enumerate(study.outcomes):
        columns |= _items(study, outcome, wave, simulated, k, blanks=blanks)
    return pd.DataFrame(columns, dtype=object)


def plain(code: Code) -> int | float | str:
    """Return a code as it is typed: whole numbers without decimals."""
    return int(code) if isinstance(code, float) and code.is_integer() else code


def _coded(answers: Array, empty: Kinds, codes: Codes, scale: Scale, *, blanks: bool) -> Objects:
    cells: Objects = np.full(answers.shape, None, dtype=object)
    for position in np.flatnonzero(empty == 0):
        cells[position] = plain(float(scale.turned(answers[position])))
    for kind, name in enumerate(ANSWERED):
        own: tuple[Code, ...] = getattr(codes, name) if name else ()
        if own and not (blanks and name == codes.blank):
            cells[empty == kind] = plain(own[0])
    return cells


def _contact(contact: Array, rule: Contact) -> Objects:
    cells: Objects = np.full(contact.shape, None, dtype=object)
    cells[contact == 1] = plain(rule.met[0])
    cells[contact == 0] = plain(rule.not_met[0])
    if rule.dont_know:
        cells[np.isnan(contact)] = plain(rule.dont_know[0])
    return cells


def _person(study: Study, wave: str, *, design: Design, simulated: Simulated) -> dict[str, Objects]:
    """Write the weight and what is known of a respondent: the groupings of the design."""
    found: dict[str, Objects] = {}
    weight = study.weight.within(wave)
    if weight:
        found[weight] = simulated.weight.round(4).astype(object)
    names = [grouping.id for grouping in design.groupings]
    for segment in study.segments:
        values = [plain(code) for code in segment.values]
        column = segment.column.within(wave)
        if column and segment.id in names:
            found[column] = _picked(values, simulated.segments[:, names.index(segment.id)])
    if study.status and "status" in names:
        codes = [plain(codes[0]) for codes in study.status.codes.values()]
        column = study.status.column.within(wave)
        if column:
            found[column] = _picked(codes, simulated.segments[:, names.index("status")])
    return found


def _picked(values: Sequence[Code], index: NDArray[np.int64]) -> Objects:
    return np.array(values, dtype=object)[index]


def _items(
    study: Study, outcome: Outcome, wave: str, simulated: Simulated, k: int, *, blanks: bool
) -> dict[str, Objects]:
    found: dict[str, Objects] = {}
    asked = ~np.isnan(simulated.complete.items[k])
    for position, item in enumerate(outcome.items):
        column = item.within(wave)
        if not column:
            continue
        answers = simulated.items[k][:, position]
        empty = np.where(np.isnan(answers), _REFUSED, 0)
        empty = np.where(asked[:, position], empty, _NOT_ASKED).astype(np.int8)
        scale = study.scales[outcome.scale]
        found[column] = _coded(answers, empty, outcome.codes, scale, blanks=blanks)
    return found
