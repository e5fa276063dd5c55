"""Turned means in the questionnaire's own codes, for the cells beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from supertouch.report.evidence import Evidence
from supertouch.report.sections.scales import best_text
from supertouch.report.workbook.kinds import plain_name
from supertouch.study.model import Scale

__all__ = ["asked_head", "in_codes"]

Row = Mapping[str, Any]
TURNED: dict[str, tuple[str, frozenset[str]]] = {
    "performance": ("", frozenset({"satisfaction", "brand_fit"})),
    "outcomes": ("", frozenset({"mean"})),
    "levers": ("", frozenset({"mean", "best_mean"})),
    "portfolio": ("", frozenset({"satisfaction"})),
    "targets": ("measure", frozenset({"target", "value"})),
    "tracking": ("measure", frozenset({"before", "after"})),
    "comparison": ("metric", frozenset({"value", "other"})),
}
LEVELS = frozenset({"satisfaction", "mean", "level"})
ENDS = {"_low": "_high", "_high": "_low"}


def in_codes(
    evidence: Evidence, table: str, column: str, rows: Sequence[Row]
) -> tuple[list[float | None], Scale] | None:
    """Return what stands in a column in the codes that were asked, and a scale of them.

    Lower and upper ends change places with the scale. None where the column holds no turned means;
    cells of scales that are not turned are empty.
    """
    measure, names = TURNED.get(table, ("", frozenset()))
    name = plain_name(column)
    if name not in names:
        return None
    ending = column.removeprefix(name)
    source = name + ENDS.get(ending, "")
    cells: list[float | None] = []
    scales: list[Scale] = []
    for row in rows:
        scale = _scale(evidence, row, name)
        turned = scale is not None and scale.reversed and (not measure or row[measure] in LEVELS)
        value = row[source] if turned else None
        cells.append(scale.turned(value) if scale is not None and value is not None else None)
        if scale is not None and turned:
            scales.append(scale)
    return (cells, scales[0]) if scales else None


def asked_head(evidence: Evidence, head: str, scale: Scale) -> str:
    """Return the head of such a column; it says which code is best."""
    return evidence.words.say("workbook.asked", name=head, best=best_text(evidence, scale))


def _scale(evidence: Evidence, row: Row, name: str) -> Scale | None:
    """Return the scale of a row's mean: that of its touchpoint, or of its outcome."""
    study = evidence.study
    if touchpoint := row.get("touchpoint"):
        item = study.touchpoint(touchpoint)
        return study.scales[item.brand_fit_scale if name == "brand_fit" else item.scale]
    return study.scales[study.outcome(row["outcome"]).scale] if row.get("outcome") else None
