"""A first plan made from the decisions, for people to complete."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from supertouch.decisions.leverage import of_wave
from supertouch.language import language
from supertouch.study.model import Measure, Study, Text, Touchpoint

__all__ = ["draft_plan"]

PAIRED = {"synergy": "together", "cannibalisation": "apart"}
PAIR = 2
Row = dict[Hashable, Any]
Partner = tuple[str, str]


def draft_plan(
    study: Study, tables: Mapping[str, pd.DataFrame], *, wave: str
) -> tuple[Measure, ...]:
    """Draft a measure for each touchpoint to concentrate on and each pair to recombine.

    The largest gain comes first. A pair is drafted where meeting both is worth more or less than
    the two by themselves (synergy or cannibalisation), once, at the one to recombine with the
    larger gain; touchpoints that are merely met together are left to people.

    The target is the study's own where it has one above the present mean. Otherwise it lies one
    step (``portfolio.step``) above it, or as far as the next wave must move to tell it from chance
    (``tracking.detectable``) where that is more, and never beyond the best answer. What is done,
    its cost and its start are for people to fill in.
    """
    decided = of_wave(tables, "portfolio", wave)
    if decided.empty:
        return ()
    decided = decided[decided.satisfaction.notna()]
    decided = decided.sort_values("gain", ascending=False, na_position="last", kind="stable")
    detectable = _detectable(tables, wave)
    able: list[tuple[Row, float]] = []
    for row in decided.to_dict("records"):
        target = _target(study, row, detectable)
        if target > row["satisfaction"]:
            able.append((row, target))
    partners = _partners([row for row, _ in able])
    return tuple(
        _measure(study, row, target, partners.get(row["touchpoint"], []), wave)
        for row, target in able
        if row["decision"] == "concentrate" or row["touchpoint"] in partners
    )


def _partners(rows: Sequence[Row]) -> dict[str, list[Partner]]:
    """Return with whom each touchpoint is to be recombined, and why; rows come by falling gain."""
    found: dict[str, list[Partner]] = {}
    done: set[frozenset[str]] = set()
    pairs = [
        (frozenset((str(row["touchpoint"]), str(row["with_touchpoint"]))), row)
        for row in rows
        if row["decision"] == "recombine" and row["evidence"] in PAIRED
    ]
    able = [str(row["touchpoint"]) for _, row in pairs]
    for pair, row in pairs:
        if pair not in done and len(pair) == PAIR:
            done.add(pair)
            place = next(name for name in able if name in pair)
            (other,) = pair - {place}
            found.setdefault(place, []).append((other, str(row["evidence"])))
    return found


def _measure(
    study: Study, row: Row, target: float, partners: Sequence[Partner], wave: str
) -> Measure:
    touchpoint = study.touchpoint(str(row["touchpoint"]))
    return Measure(
        id=f"{touchpoint.id}_1",
        touchpoint=touchpoint.id,
        label=_label(study, touchpoint, partners),
        target=target,
        based_on=wave,
        owner=touchpoint.owner or "",
    )


def _detectable(tables: Mapping[str, pd.DataFrame], wave: str) -> Mapping[str, float]:
    rows = of_wave(tables, "tracking", wave)
    if rows.empty:
        return {}
    rows = rows[(rows.measure == "satisfaction") & (rows.comparison == "previous")]
    rows = rows[rows.weighted == rows.weighted.any()].dropna(subset=["detectable"])
    return dict(zip(rows.touchpoint, rows.detectable.astype(float), strict=True))


def _target(study: Study, row: Row, detectable: Mapping[str, float]) -> float:
    touchpoint, mean = study.touchpoint(str(row["touchpoint"])), float(row["satisfaction"])
    own = touchpoint.targets.get("satisfaction")
    if own is not None and own > mean:
        return float(own)
    scale = study.scales[touchpoint.scale]
    step = study.portfolio.step * (scale.maximum - scale.minimum)
    aimed = mean + max(step, detectable.get(touchpoint.id, 0.0))
    return float(min(np.ceil(aimed * 100 - 1e-6) / 100, scale.maximum))


def _label(study: Study, touchpoint: Touchpoint, partners: Sequence[Partner]) -> Text:
    texts = {}
    for code in study.languages:
        words, own = language(code, study.own_words), touchpoint.label.within(code)
        said = []
        for evidence, key in PAIRED.items():
            names = [
                study.touchpoint(name).label.within(code)
                for name, why in partners
                if why == evidence
            ]
            if names:
                said.append(words.say(f"plan_sheet.{key}", touchpoint=own, other=", ".join(names)))
        texts[code] = " / ".join(said) or words.say("plan_sheet.describe", touchpoint=own)
    return Text(texts)
