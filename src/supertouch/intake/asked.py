"""Split questionnaires: which touchpoints each respondent was asked about, by block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.contact import CONTACT_KINDS, contact_kinds
from supertouch.intake.recode import ANSWERED, answers, cells, matching, state_of, texts
from supertouch.study.model import Block, Codes, Study, Touchpoint

__all__ = ["asked_touchpoints", "block_breaches"]

_STATES = (ANSWERED, state_of("not_met"), state_of("dont_know"))
_KINDS = tuple(CONTACT_KINDS.index(kind) for kind in ("met", "not_met", "dont_know"))
_UNKNOWN = "not a value of any block in the study"
_BLANK = "the block is blank, but touchpoints of the blocks have answers"

Mask = NDArray[np.bool_]


def asked_touchpoints(study: Study, wave_id: str, frame: pd.DataFrame) -> dict[str, Mask]:
    """Return for each touchpoint that is in some block of the wave, who was asked about it.

    Touchpoints in no block are left out: everybody was asked. Where the block is blank, nobody
    was.
    """
    asked: dict[str, Mask] = {}
    held = {item.id for item in study.touchpoints_in(wave_id)}
    for column, blocks in _by_column(study, wave_id).items():
        found = cells(frame[column])
        for block in blocks:
            holds: Mask = found.spread(matching(found, block.values), blank=False)
            for touchpoint in block.touchpoints:
                if touchpoint in held:
                    asked[touchpoint] = asked.get(touchpoint, holds) | holds
    return asked


def block_breaches(study: Study, wave_id: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return every breach of the blocks: position of the row, column, rule.

    A row breaks the rule where a touchpoint has an answer, be it "don't know", though no block of
    the respondent's asked about it; where its block is one that the study does not know; and where
    the block is blank and one of its touchpoints has an answer. Codes for no answer are none.
    """
    asked = asked_touchpoints(study, wave_id, frame)
    by_column = _by_column(study, wave_id)
    parts: list[pd.DataFrame] = []
    blank, known = {}, {}
    for column, blocks in by_column.items():
        found = cells(frame[column])
        codes = tuple(code for block in blocks for code in block.values)
        blank[column] = found.position < 0
        known[column] = found.spread(matching(found, codes), blank=False)
        parts.append(_lines(~known[column] & ~blank[column], column, _UNKNOWN))
    stray = {column: np.zeros(len(frame), dtype=bool) for column in by_column}
    for item, mask in asked.items():
        homes = [column for column, blocks in by_column.items() if _holds(blocks, item)]
        clear = np.logical_and.reduce([known[column] for column in homes])
        for column, given in _given(study, wave_id, frame, study.touchpoint(item)):
            wrong = given & ~mask
            parts.append(_lines(wrong & clear, column, _said(frame, homes)))
            for home in homes:
                stray[home] |= wrong
    parts += [_lines(stray[column] & blank[column], column, _BLANK) for column in by_column]
    lines = pd.concat(parts or [_lines(np.zeros(0, dtype=bool), "", "")], ignore_index=True)
    return lines.astype({"position": "int64", "column": "str", "rule": "str"})


def _by_column(study: Study, wave_id: str) -> dict[str, list[Block]]:
    """Return the blocks of a wave by the column that holds them."""
    found: dict[str, list[Block]] = {}
    for block in study.blocks:
        if column := block.column.within(wave_id):
            found.setdefault(column, []).append(block)
    return found


def _holds(blocks: list[Block], touchpoint: str) -> bool:
    return any(touchpoint in block.touchpoints for block in blocks)


def _lines(where: Mask, column: str, rule: str | pd.Series[str]) -> pd.DataFrame:
    position = np.flatnonzero(where)
    said = rule if isinstance(rule, str) else rule.iloc[position].to_numpy(dtype=object)
    return pd.DataFrame({"position": position, "column": column, "rule": said})


def _said(frame: pd.DataFrame, homes: list[str]) -> pd.Series[str]:
    """Return per row the rule that an answer outside its block breaks."""
    named = [column + " = " + texts(frame[column]).fillna("") for column in homes]
    both = named[0]
    for other in named[1:]:
        both = both + " and " + other
    return "answered although block " + both + " did not ask it"


def _given(
    study: Study, wave_id: str, frame: pd.DataFrame, item: Touchpoint
) -> Iterator[tuple[str, Mask]]:
    """Yield each column of a touchpoint, with where it has an answer of some kind."""
    contact = item.contact.within(wave_id)
    if contact:
        yield contact, np.isin(contact_kinds(frame[contact], item.contact_rule), _KINDS)
    rated: list[tuple[str | None, str, Codes]] = [
        (item.rating.within(wave_id), item.scale, item.codes),
        (item.brand_fit.within(wave_id), item.brand_fit_scale, item.brand_fit_codes or item.codes),
    ]
    for column, scale, codes in rated:
        if column:
            found = answers(frame[column], scale=study.scales[scale], codes=codes)
            yield column, np.isin(found.state, _STATES) & ~found.blank
