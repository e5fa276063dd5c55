"""The designs under test: ten core cells that are judged, and the curves of the power picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from supertouch.simulate import Design, Grouping, fair, null, one_outcome, planted

__all__ = ["CELLS", "CORE", "CURVES", "Cell", "design_of"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A design and the number of respondents of each of its studies.

    ``curve`` and ``value`` place a descriptive cell on the power picture; both are empty for a core
    cell. ``cost`` is a study's rough cost against that of a small cell; where it is high,
    ``replicates`` keeps the number of bootstrap replicates down.
    """

    name: str
    n: int
    build: Callable[[], Design]
    about: str
    curve: str = ""
    value: float = float("nan")
    cost: float = 1.0
    replicates: int = 1000


def _asked() -> Design:
    design = planted(20, supers=4, lift=3.0, idle=6, reach=(0.95, 0.25))
    rates = np.resize([1.0, 0.7, 0.45], 20)
    return replace(
        design, ask_rate=rates, dont_know=0.06, refused=0.02, unknown_contact=0.02,
        outcome_refused=0.02,
    )  # fmt: skip


def _most() -> Design:
    return replace(planted(30, supers=4, lift=4.0, idle=10, reach=(0.95, 0.25)), most_ratings=8)


def _halo() -> Design:
    design = planted(16, supers=3, lift=3.0, idle=5, halo=0.6)
    outcomes = tuple(replace(item, mood=0.25 * item.noise) for item in design.outcomes)
    return replace(design, outcomes=outcomes)


def _sampled() -> Design:
    design = planted(16, supers=3, lift=3.0, idle=5)
    region = Grouping(
        "region",
        shares=np.array([0.6, 0.3, 0.1]),
        rates=np.array([1.0, 2.0, 4.0]),
        contact=np.array([0.0, 0.2, -0.2]),
        rating=np.array([0.0, -0.2, 0.2]),
        outcomes=np.array([[0.0, 0.0], [-0.1, -0.2], [0.1, 0.3]]),
    )
    return replace(design, groupings=(region,), cluster_size=15, strata=4, icc=0.1)


def _selection() -> Design:
    design = planted(16, supers=3, lift=3.0, idle=5, heavy_use=0.35)
    seek = np.zeros(16)
    seek[_idle(design)[2]] = 0.8
    outcomes = tuple(replace(item, loyal=0.5 * item.noise) for item in design.outcomes)
    return replace(design, seek=seek, outcomes=outcomes)


def _idle(design: Design) -> np.ndarray:
    return np.flatnonzero(design.outcomes[0].beta == 0)


def _pilot() -> Design:
    return replace(
        planted(12, supers=2, lift=4.0, idle=4, r2=0.5, reach=(0.95, 0.35)),
        points=3,
        thresholds=np.array([2.6, 4.2]),
        spread=np.array([1.1]),
    )


def _large() -> Design:
    return planted(100, supers=6, lift=6.0, idle=40, reach=(0.70, 0.06))


CORE = (
    Cell("null", 1000, lambda: null(20), "20 touchpoints without any effect", cost=2.5),
    Cell("fair", 1000, lambda: fair(16), "16 touchpoints that all matter alike", cost=2),
    Cell(
        "one outcome",
        1500,
        lambda: one_outcome(20),
        "20 touchpoints, each for loyalty or for recommendation only",
        cost=2.5,
    ),
    Cell("pilot", 300, _pilot, "12 touchpoints on a scale of three points, a small sample"),
    Cell("halo", 1500, _halo, "16 touchpoints; 60 % of rating variance is one mood", cost=1.5),
    Cell(
        "asked less",
        2000,
        _asked,
        "20 touchpoints; 100, 70 or 45 % of those who met them are asked; 6 % don't know",
        cost=2.5,
    ),
    Cell("eight each", 2500, _most, "30 touchpoints; nobody rates more than 8", cost=2.5),
    Cell(
        "sampled",
        2000,
        _sampled,
        "16 touchpoints; weights from 1 to 4, clusters of 15 in 4 strata",
        cost=1.5,
    ),
    Cell(
        "selection",
        1500,
        _selection,
        "16 touchpoints, heavy users, and one that loyal customers seek out",
        cost=1.5,
    ),
    Cell(
        "large",
        5000,
        _large,
        "100 touchpoints with a reach from 70 down to 6 %",
        cost=40,
        replicates=100,
    ),
)  # fmt: skip

# the power curves vary one thing at a time around this
_MIDDLE: dict[str, float] = {"lift": 2.5, "n": 800, "r2": 0.3, "halo": 0.2}
_CURVES: dict[str, tuple[float, ...]] = {
    "lift": (1.5, 2.0, 2.5, 3.0, 4.0),
    "n": (300, 500, 800, 1500, 3000),
    "r2": (0.1, 0.2, 0.3, 0.45, 0.6),
    "halo": (0.0, 0.2, 0.4, 0.6),
}


def _point(curve: str, value: float) -> Cell:
    setting = _MIDDLE | {curve: value}

    def build() -> Design:
        return planted(
            12, supers=2, idle=2, lift=setting["lift"], r2=setting["r2"], halo=setting["halo"]
        )

    return Cell(
        f"{curve} {value:g}",
        int(setting["n"]),
        build,
        "12 touchpoints, two of them super",
        curve=curve,
        value=value,
    )


CURVES = tuple(_point(curve, value) for curve, values in _CURVES.items() for value in values)
CELLS = {cell.name: cell for cell in (*CORE, *CURVES)}


@cache
def design_of(name: str) -> Design:
    """Return the design of a cell, built once in each process."""
    return CELLS[name].build()
