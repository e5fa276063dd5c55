"""The rows that leave: each with its row number, column, value and the rule it broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.declared import Declared
from supertouch.intake.readers.raw import FAULT, FILE, ROW
from supertouch.intake.recode import texts
from supertouch.intake.schema import CLASH, TWICE
from supertouch.study.model import Study

__all__ = ["POSITION", "excluded", "quarantine", "rejections"]

POSITION = "__position__"
_OWN = (ROW, FILE, FAULT, POSITION)
_SHOWN = {FAULT: "(whole row)"}


def quarantine(
    study: Study,
    wave_id: str,
    frame: pd.DataFrame,
    statements: pd.DataFrame,
    found: pd.DataFrame,
    declared: Declared,
    source_name: str,
) -> pd.DataFrame:
    """Return the table ``quarantine``: one line per breach, in the order of the file.

    Parameters
    ----------
    study, wave_id : Study, str
        What was asked.
    frame, statements : DataFrame
        Raw rows that were checked, and what several of their cells say together: the statements
        that contradict each other, respondent and brand of repeated rows.
    found : DataFrame
        From ``schema.breaches``.
    declared : Declared
        What the file says of its values.
    source_name : str
        Name of the raw file where ``frame`` does not say it.
    """
    position = found["position"].to_numpy()
    values = _values(frame, statements, found)
    rows = frame.iloc[position]
    return pd.DataFrame(
        {
            "wave": wave_id,
            "file": rows[FILE].to_numpy() if FILE in frame.columns else source_name,
            "row": rows[ROW].to_numpy(),
            "column": [_shown(study, wave_id, column) for column in found["column"]],
            "value": values,
            "rule": [
                declared.rule(rule, column, value)
                for rule, column, value in zip(found["rule"], found["column"], values, strict=True)
            ],
            "record": _records(frame, position),
        }
    )


def _values(frame: pd.DataFrame, statements: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    values = pd.Series("", index=found.index, dtype=object)
    for column, group in found.groupby("column", sort=False):
        source = statements if column in statements else frame
        shown = texts(source[str(column)].iloc[group["position"]]).fillna("")
        values[group.index] = shown.to_numpy()
    return [str(value) for value in values]


def _shown(study: Study, wave_id: str, column: str) -> str:
    if column.startswith(CLASH):
        return study.touchpoint(column.removeprefix(CLASH)).rating.within(wave_id) or column
    if column == TWICE:
        return study.respondent.within(wave_id) or column
    return _SHOWN.get(column, column)


def _records(frame: pd.DataFrame, position: NDArray[np.int64]) -> list[str]:
    """Return the whole raw row of each breach as JSON."""
    distinct, back = np.unique(position, return_inverse=True)
    raw = frame.drop(columns=[name for name in _OWN if name in frame.columns]).iloc[distinct]
    text = raw.to_json(
        orient="records",
        lines=True,
        force_ascii=False,
        date_format="iso",
        double_precision=15,
        default_handler=str,
    )
    # JSON escapes \n in texts; other line separators (U+2028, U+0085) stand in them as they are
    lines = text.split("\n")
    return [lines[i] for i in back]


def rejections(
    study: Study,
    wave_id: str,
    lines: pd.DataFrame,
    reasons: NDArray[np.intp],
    no_wave: Sequence[Mapping[str, Any]],
    n_not_asked: int = 0,
) -> pd.DataFrame:
    """Return the table ``rejections``.

    A row that breaks two rules counts in both; an excluded row counts in the first exclusion
    that it meets. ``no_wave`` has the rows of the wave's file that belong to no wave, as
    ``column``, ``rule`` and ``n``; ``n_not_asked`` are the rows of brands not asked about.
    """
    counted = lines.groupby(["column", "rule"], sort=False).size().reset_index(name="n")
    parts = [counted.assign(wave=wave_id, kind="quarantined")]
    left = [
        (
            exclusion.column.within(wave_id) or "",
            exclusion.reason.within("en") or "left out by the study",
            int((reasons == number).sum()),
        )
        for number, exclusion in enumerate(study.exclusions)
    ]
    left.append((study.brand.within(wave_id) or "", "brand not asked", n_not_asked))
    parts.append(excluded(wave_id, left))
    parts.append(pd.DataFrame(list(no_wave)).assign(wave=wave_id, kind="no_wave"))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def excluded(wave_id: str, reasons: Sequence[tuple[str, str, int]]) -> pd.DataFrame:
    """Return rows of ``rejections`` for what is left out on purpose: column, rule, number."""
    lines = [
        {"column": column, "rule": rule, "n": n, "wave": wave_id, "kind": "excluded"}
        for column, rule, n in reasons
        if n
    ]
    return pd.DataFrame(lines)
