"""The demo's population, wave by wave, read from the packaged description."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.simulate.design import Design, Grouping, OutcomeDesign
from supertouch.simulate.respondents import mean_rating

__all__ = ["demo_designs", "demo_settings"]

Array = NDArray[np.float64]

_WAVES = ("2026q1", "2026q2", "2026q3")
_RATES = ("halo", "heavy_use", "dont_know", "refused", "unknown_contact", "outcome_refused")
_OPTIONAL = ("noise", "mood", "loyal", "minimum", "maximum", "items", "item_noise")


def demo_settings() -> dict[str, Any]:
    """Read the description of the demo's population that comes with the package."""
    text = (files("supertouch") / "demo" / "design.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def demo_designs() -> dict[str, Design]:
    """Build the design of each of the demo's waves.

    From wave to wave reach, quality and effects change as described; outcomes move with them,
    since quality is worth what it is measured against: the first wave's.

    Examples
    --------
    >>> list(demo_designs())
    ['2026q1', '2026q2', '2026q3']
    """
    settings = demo_settings()
    touchpoints = {name: dict(values) for name, values in settings["touchpoints"].items()}
    designs: dict[str, Design] = {}
    for wave in _WAVES:
        if designs and wave not in settings["changes"]:
            designs[wave] = next(reversed(designs.values()))
            continue
        for name, change in settings["changes"].get(wave, {}).items():
            touchpoints[name] |= change
        design = _design(settings, touchpoints)
        first = next(iter(designs.values()), design)
        designs[wave] = _carried(design, first)
    return designs


def _design(settings: Mapping[str, Any], touchpoints: Mapping[str, Mapping[str, Any]]) -> Design:
    def column(key: str, default: float) -> Array:
        return np.array([values.get(key, default) for values in touchpoints.values()])

    outcomes = [
        OutcomeDesign(
            id=outcome["id"],
            role=outcome["id"],
            beta=column(outcome["id"], 0.0),
            gamma=column(f"{outcome['id']}_contact", 0.0),
            level=outcome["level"],
            kind=outcome["kind"],
            reversed_items=tuple(outcome.get("reversed_items", ())),
            asked_of=_asked_of(settings, outcome),
            synergy=_synergies(settings, outcome["id"], list(touchpoints)),
            **{key: outcome[key] for key in _OPTIONAL if key in outcome},
        )
        for outcome in settings["outcomes"]
    ]
    keys = ("shares", "rates", "contact", "rating", "outcomes")
    return Design(
        reach=column("reach", 0.5),
        mean=column("mean", 4.5),
        spread=column("spread", 1.15),
        seek=column("seek", 0.0),
        ask_rate=column("ask_rate", 1.0),
        outcomes=tuple(outcomes),
        points=settings["points"],
        groupings=tuple(
            Grouping(group["id"], *(np.array(group[key], dtype=float) for key in keys))
            for group in settings["groupings"]
        ),
        **{key: settings[key] for key in _RATES},
    )


def _synergies(
    settings: Mapping[str, Any], outcome: str, names: Sequence[str]
) -> tuple[tuple[int, int, float], ...]:
    planted = [(*item["pair"], item[outcome]) for item in settings["synergies"] if outcome in item]
    return tuple((names.index(one), names.index(two), points) for one, two, points in planted)


def _asked_of(
    settings: Mapping[str, Any], outcome: Mapping[str, Any]
) -> tuple[str, tuple[int, ...]] | None:
    if "asked_of" not in outcome:
        return None
    name, wanted = outcome["asked_of"]
    values = next(group["values"] for group in settings["groupings"] if group["id"] == name)
    return name, tuple(values.index(value) for value in wanted)


def _carried(design: Design, first: Design) -> Design:
    """Move the level of each outcome with what changed since the ``first`` wave."""
    better = mean_rating(design) - mean_rating(first)
    outcomes = []
    for now, then in zip(design.outcomes, first.outcomes, strict=True):
        moved = design.reach @ (now.beta * better)
        moved += design.reach @ now.gamma - first.reach @ then.gamma
        outcomes.append(replace(now, level=now.level + float(moved)))
    return replace(design, outcomes=tuple(outcomes))
