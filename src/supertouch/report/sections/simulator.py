"""The what-if of the page: what its sliders need, in words and in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from supertouch.report.blocks import Plain, Prose, Simulator
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.budgets import outcome_size
from supertouch.report.sections.units import DIGITS, PER, unit_of
from supertouch.study.model import Scale, Touchpoint, Wave

__all__ = ["simulator"]

OPEN = 12
REACH = 0.25
STEPS = ((1.0, 0.01), (7.0, 0.05), (11.0, 0.1), (21.0, 0.25))
LEVER = ("outcome", "unit", "quantile", "before", "lowest", "highest", "proxy")
PART = ("mean", "minimum", "maximum", "spread", "best_mean", "weight", "significant",
        "weight_start", "weight_step", "weight_draws")  # fmt: skip


def simulator(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    """Return the sliders of a wave, and for which touchpoints there are none."""
    rows = evidence.rows("simulator", wave.id)
    if not rows:
        return ()
    words = evidence.words
    rows = sorted(rows, key=lambda row: _place(evidence, wave, row))
    shared = _numbers(wave, rows)
    shown = _order(evidence, wave, {str(row["touchpoint"]) for row in rows})
    data = {
        "key": wave.id,
        "words": words.group("simulator"),
        "warnings": words.group("whatif_warning"),
        "range": words.words["format.range"],
        "decimal": words.decimal,
        "thousands": words.thousands,
        "percent": words.percent_sign,
        "level": evidence.confidence(),
        "open": OPEN,
        "outcomes": [_outcome(evidence, row) for row in _first_rows(rows)],
        "touchpoints": [_touchpoint(evidence, wave, item) for item in shown],
    }
    caption = words.say("simulator.caption", wave=evidence.label(wave))
    block = Simulator(caption, data, _base(evidence, wave, rows), wave.id, shared)
    return (Prose((words.say("simulator.intro"),)), block, *_without(evidence, wave, shown))


def _place(evidence: Evidence, wave: Wave, row: Record) -> tuple[int, int]:
    """Return where an outcome stands: loyalty, then NPS and recommendation, then others."""
    names = [item.id for item in evidence.outcomes(wave.id)]
    return names.index(str(row["outcome"])), int(row["unit"] != "nps")


def _first_rows(rows: Sequence[Record]) -> list[Record]:
    """Return one row for each outcome and unit."""
    return list({(row["outcome"], row["unit"]): row for row in reversed(rows)}.values())[::-1]


def _numbers(wave: Wave, rows: Sequence[Record]) -> dict[str, Any]:
    """Return what the page computes with: levers and their parts; equal means stand there once."""
    means: dict[tuple[Any, ...], int] = {}
    levers: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        mean = tuple(row[f"mean_{name}"] for name in ("start", "step", "draws"))
        place = means.setdefault(mean, len(means))
        lever = levers.setdefault(
            (str(row["outcome"]), str(row["unit"])), {name: row[name] for name in LEVER}
        )
        parts = lever.setdefault("parts", {})
        parts[str(row["touchpoint"])] = {name: row[name] for name in PART} | {"means": place}
    packed = [dict(zip(("start", "step", "draws"), mean, strict=True)) for mean in means]
    return {"wave": wave.id, "means": packed, "levers": list(levers.values())}


def _order(evidence: Evidence, wave: Wave, found: set[str]) -> list[Touchpoint]:
    """Return touchpoints with the largest gain first, as far as the portfolio ranks them."""

    def rank(item: Touchpoint) -> float:
        row = evidence.row("portfolio", wave.id, item.id)
        return math.inf if row is None or row["gain_rank"] is None else float(row["gain_rank"])

    return sorted((item for item in evidence.touchpoints(wave.id) if item.id in found), key=rank)


def _outcome(evidence: Evidence, row: Record) -> dict[str, Any]:
    """Return how an outcome is called and counted in the page."""
    words, name = evidence.words, str(row["outcome"])
    unit = unit_of(evidence, name, str(row["unit"]))
    outcome = evidence.study.outcome(name)
    scale = evidence.study.scales[outcome.scale]
    label = evidence.outcome_label(outcome)
    turned = unit == "mean" and scale.reversed
    return {
        "label": words.say("simulator.nps", outcome=label) if unit == "nps" else label,
        "short": words.say("column.nps") if unit == "nps" else label,
        "unit": unit,
        "per": PER[unit],
        "digits": DIGITS[unit] + (unit == "mean"),
        "mirror": scale.minimum + scale.maximum if turned else None,
        "base": outcome_size(evidence, row),
    }


def _touchpoint(evidence: Evidence, wave: Wave, item: Touchpoint) -> dict[str, Any]:
    """Return a slider: its label, its ends, and the mean rating of all who rated."""
    words, scale = evidence.words, evidence.study.scales[item.scale]
    row = evidence.row("performance", wave.id, item.id) or {}
    step = _step(scale)
    reach = step * math.floor(REACH * (scale.maximum - scale.minimum) / step + 1e-9)
    counts = {name: words.integer(row.get(key))
              for name, key in (("n", "n_rated"), ("n_eff", "n_rated_eff"))}  # fmt: skip
    return {
        "id": item.id,
        "label": evidence.label(item),
        "mean": row.get("satisfaction"),
        "minimum": scale.minimum,
        "maximum": scale.maximum,
        "mirror": scale.minimum + scale.maximum if scale.reversed else None,
        "step": step,
        "reach": round(reach, 2),
        "rated": words.say("simulator.rated", **counts),
    }


def _step(scale: Scale) -> float:
    width = scale.maximum - scale.minimum
    return next((step for most, step in STEPS if width <= most), 1.0)


def _base(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> str:
    words = evidence.words
    sizes = dict.fromkeys(outcome_size(evidence, row) for row in rows)
    count = len(str(rows[0]["weight_draws"])) // 2
    method = words.say("simulator.base", level=evidence.confidence(),
                       replicates=words.integer(count))  # fmt: skip
    return " · ".join((*sizes, evidence.weighting(wave.id), method))


def _without(evidence: Evidence, wave: Wave, shown: Sequence[Touchpoint]) -> tuple[Plain, ...]:
    left = [evidence.label(item) for item in evidence.touchpoints(wave.id) if item not in shown]
    if not left:
        return ()
    words = evidence.words
    return (Prose((words.say("simulator.without", names=words.series(left)),), "note"),)
