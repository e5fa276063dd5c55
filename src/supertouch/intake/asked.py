"""Split questionnaires: which touchpoints each respondent was asked about, by block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.contact import CONTACT_KINDS, contact_kinds
from supertouch.intake.recode import ANSWERED, answers, cells, matching, state_of, texts
from supertouch.study.model import Block, Codes, Scale, Study, Touchpoint

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
            holds = found.spread(matching(found, block.values), blank=False)
            for touchpoint in block.touchpoints:
                if touchpoint in held:
                    asked[touchpoint] = asked.get(touchpoint, False) | holds
    return asked


def block_breaches(study: Study, wave_id: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return every breach of the blocks: position of the row, column, rule.

    A touchpoint breaks the rule where its block was not the respondent's and it has an answer all
    the same, be it "don't know"; a block, where no block of the study has its value, or it is
    blank and one of its touchpoints has an answer. Codes for no answer are no answers.
    """
    asked = asked_touchpoints(study, wave_id, frame)
    said = {
        item: {column: given for column, given in _given(study, wave_id, frame, item)}
        for item in asked
    }
    parts: list[pd.DataFrame] = []
    for column, blocks in _by_column(study, wave_id).items():
        found = cells(frame[column])
        known = matching(found, tuple(code for block in blocks for code in block.values))
        blank = found.position < 0
        items = {item for block in blocks for item in block.touchpoints if item in said}
        answered = np.zeros(len(frame), dtype=bool)
        for item in items:
            for given in said[item].values():
                answered |= given & ~asked[item]
        parts.append(_lines(~found.spread(known, blank=True), column, _UNKNOWN))
        parts.append(_lines(blank & answered, column, _BLANK))
    return pd.concat([*parts, *_answered(study, wave_id, frame, asked, said)], ignore_index=True)


def _answered(
    study: Study,
    wave_id: str,
    frame: pd.DataFrame,
    asked: dict[str, Mask],
    said: dict[str, dict[str, Mask]],
) -> Iterator[pd.DataFrame]:
    """Yield the answers to touchpoints that the respondent's block left out."""
    for block_column, blocks in _by_column(study, wave_id).items():
        block = texts(frame[block_column])
        known = _known(frame, block_column, blocks)
        for item in dict.fromkeys(item for block in blocks for item in block.touchpoints):
            for column, given in said.get(item, {}).items():
                wrong = given & ~asked[item] & known
                rule = "answered although block " + block_column + " = " + block + " did not ask it"
                yield pd.DataFrame(
                    {
                        "position": np.flatnonzero(wrong),
                        "column": column,
                        "rule": rule[wrong].to_numpy(dtype=object),
                    }
                )
