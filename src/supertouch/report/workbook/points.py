"""Names beside the points of a scatter: those that count, where they do not cover each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from supertouch.report.blocks import Chart, Series
from supertouch.report.labels import shortened
from supertouch.report.native.ends import Ends, limits
from supertouch.report.workbook.text import chart_text

__all__ = ["point_names"]

QUIET = frozenset({"none", "too_few", "undetermined", "neglect", "undecided", "agreed"})
LONGEST = 28
LETTER, LINE, GAP = 5.3, 13.0, 8.0
TALL, PLOT = 280.0, 0.85
POSITIONS = ("right", "left", "above", "below")
SHIFTS = {
    "right": (0.0, -0.5),
    "left": (-1.0, -0.5),
    "above": (-0.5, -1.0),
    "below": (-0.5, 0.0),
}
Box = tuple[float, float, float, float]


def point_names(chart: Chart, *, width: float) -> dict[int, dict[str, Any]]:
    """Return the labels of each series that has any, by its place in the chart.

    All points of a series have their names on the same side; a name that would cover another one
    is left out, and points that stand for nothing found have none. Joined points need no names.
    """
    if chart.joined:
        return {}
    ends, heights = limits(chart)
    across = _scale(ends, PLOT * width, turned=chart.x_turned)
    up = _scale(heights, TALL, turned=True)
    taken: list[Box] = []
    found = {}
    for place, series in enumerate(chart.series):
        if series.tone in QUIET:
            continue
        points = [
            None if x is None or y is None else (across(x), up(y))
            for x, y in zip(series.x, series.values, strict=True)
        ]
        tries = {side: _free(chart, points, side, taken) for side in POSITIONS}
        side = max(POSITIONS, key=lambda one: len(tries[one]))
        taken += tries[side].values()
        found[place] = _labels(chart, series, tries[side], side)
    return found


def _scale(ends: Ends, length: float, *, turned: bool = False) -> Callable[[float], float]:
    """Return where a value lies along an axis."""
    low, high, _ = ends
    spread = (high - low) or 1.0
    return lambda value: length * ((high - value) if turned else (value - low)) / spread


def _free(
    chart: Chart, points: list[tuple[float, float] | None], side: str, taken: list[Box]
) -> dict[int, Box]:
    """Return the boxes of the names that cover no other one, by the place of their point."""
    found: dict[int, Box] = {}
    shift, drop = SHIFTS[side]
    for place, point in enumerate(points):
        if point is None:
            continue
        wide = LETTER * len(shortened(chart.categories[place], LONGEST))
        gap = {"right": GAP, "left": -GAP}.get(side, 0.0)
        fall = {"above": -GAP, "below": GAP}.get(side, 0.0)
        left, top = point[0] + shift * wide + gap, point[1] + drop * LINE + fall
        box = (left, top, left + wide, top + LINE)
        if not any(_cover(box, other) for other in [*taken, *found.values()]):
            found[place] = box
    return found


def _cover(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _labels(chart: Chart, series: Series, boxes: dict[int, Box], side: str) -> dict[str, Any]:
    custom = [
        {"value": chart_text(shortened(name, LONGEST))} if place in boxes else {"delete": True}
        for place, name in enumerate(chart.categories[: len(series.values)])
    ]
    return {"value": True, "custom": custom, "position": side, "font": {"size": 8}}
