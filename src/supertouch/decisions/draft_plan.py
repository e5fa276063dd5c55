"""A first plan made from the decisions, for people to complete."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from supertouch.decisions.leverage import of_wave
from supertouch.language import language
from supertouch.study.model import Measure, Study, Text, Touchpoint

__all__ = ["draft_plan"]

PLANNED = {"concentrate": "plan_sheet.describe", "recombine": "plan_sheet.together"}


def draft_plan(
    study: Study, tables: Mapping[str, pd.DataFrame], *, wave: str
) -> tuple[Measure, ...]:
    """Draft a measure for each touchpoint to concentrate on or to recombine, largest gain first.

    The target is the study's own where it has one above the present mean. Otherwise it lies one
    step (``portfolio.step``) above it, or as far as the next wave must move to tell it from chance
    (``tracking.detectable``) where that is more, and never beyond the best answer. What is done,
    its cost and its start are for people to fill in.
    """
    decided = of_wave(tables, "portfolio", wave)
    if decided.empty:
        return ()
    chosen = decided[decided.decision.isin(PLANNED) & decided.satisfaction.notna()]
    chosen = chosen.sort_values("gain", ascending=False, na_position="last", kind="stable")
    detectable = _detectable(tables, wave)
    measures = []
    for row in chosen.to_dict("records"):
        touchpoint = study.touchpoint(str(row["touchpoint"]))
        mean = float(row["satisfaction"])
        target = _target(study, touchpoint, mean, detectable)
        if target > mean:
            measures.append(
                Measure(
                    id=f"{touchpoint.id}_1",
                    touchpoint=touchpoint.id,
                    label=_label(
                        study, touchpoint, str(row["decision"]), str(row["with_touchpoint"])
                    ),
                    target=target,
                    based_on=wave,
                    owner=touchpoint.owner or "",
                )
            )
    return tuple(measures)


def _detectable(tables: Mapping[str, pd.DataFrame], wave: str) -> Mapping[str, float]:
    rows = of_wave(tables, "tracking", wave)
    if rows.empty:
        return {}
    rows = rows[(rows.measure == "satisfaction") & (rows.comparison == "previous")]
    rows = rows[rows.weighted == rows.weighted.any()].dropna(subset=["detectable"])
    return dict(zip(rows.touchpoint, rows.detectable.astype(float), strict=True))


def _target(
    study: Study, touchpoint: Touchpoint, mean: float, detectable: Mapping[str, float]
) -> float:
    own = touchpoint.targets.get("satisfaction")
    if own is not None and own > mean:
        return float(own)
    scale = study.scales[touchpoint.scale]
    step = study.portfolio.step * (scale.maximum - scale.minimum)
    aimed = mean + max(step, detectable.get(touchpoint.id, 0.0))
    return float(min(np.ceil(aimed * 100 - 1e-6) / 100, scale.maximum))


def _label(study: Study, touchpoint: Touchpoint, decision: str, other: str) -> Text:
    texts = {}
    partners = other.split()
    for code in study.languages:
        words = language(code)
        names = ", ".join(study.touchpoint(name).label.within(code) for name in partners)
        key = PLANNED[decision] if names else PLANNED["concentrate"]
        texts[code] = words.say(key, touchpoint=touchpoint.label.within(code), other=names)
    return Text(texts)
