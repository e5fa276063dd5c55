"""Names of bars: how large they are written, how much room they have, and how many there are."""

from __future__ import annotations

from dataclasses import replace

from supertouch.report.blocks import Chart
from supertouch.report.labels import fitted, text_width
from supertouch.report.slides.template import Area
from supertouch.report.slides.texts import plain

__all__ = ["HEADS", "most_rows", "name_size", "named", "names_width"]

ROW, PAIR, HEADS = 15.5, 27.0, 60.0
SMALLEST, LARGEST = 8.0, 12.0
LEGEND, LEGEND_SIZE, BESIDE = 0.8, 10.0, 2
NAMES, SLIM, WIDE = 0.44, 0.94, 600.0


def most_rows(chart: Chart, height: float) -> int:
    """Return how many categories of a chart of bars find room in ``height`` points."""
    beside = chart.form == "bar" and len(chart.series) > 1
    return int((height - HEADS) / (PAIR if beside else ROW))


def named(chart: Chart, area: Area) -> Chart:
    """Return the chart with names that a slide can hold, a bar and the legend have room for."""
    names = [plain(name) for name in chart.categories]
    if chart.form in ("bar", "stacked"):
        size = name_size(chart, area)
        lines = _name_lines(chart, area, size)
        room = (NAMES * area.width - 12.0) * (lines if lines == 1 else SLIM * lines)
        names = [fitted(name, points=room, size=size) for name in names]
    most = LEGEND * area.width / min(max(len(chart.series), 1), BESIDE)
    series = tuple(
        replace(one, name=fitted(plain(one.name), points=most, size=LEGEND_SIZE))
        for one in chart.series
    )
    return replace(chart, categories=tuple(names), series=series)


def name_size(chart: Chart, area: Area) -> float:
    """Return how large names are written: smaller on narrow charts, as the rows allow."""
    row = (area.height - HEADS) / max(len(chart.categories), 1)
    return min(max(0.66 * row, SMALLEST), LARGEST if area.width > WIDE else 10.0)


def _name_lines(chart: Chart, area: Area, size: float) -> int:
    """Return on how many lines a name may stand; a little less than one is lost at each break."""
    row = (area.height - HEADS) / max(len(chart.categories), 1)
    return 2 if row >= 2.7 * size else 1


def names_width(chart: Chart, area: Area, size: float) -> float:
    """Return how wide the column of names is: as wide as the longest, within its share."""
    wide = max((text_width(plain(name), size=size) for name in chart.categories), default=0.0)
    return min(wide + 4.0, NAMES * area.width - 12.0)
