"""Axes, legends and the room of native charts, and round ends for their axes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from supertouch.report import palette
from supertouch.report.blocks import Chart
from supertouch.report.slides.texts import fit

__all__ = [
    "Ends",
    "ends_of",
    "legend",
    "plot_area",
    "rgb",
    "rounded",
    "scaled",
    "tick",
    "titled",
    "values_axis",
]

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
Ends = tuple[float, float, float]


def rgb(colour: str) -> Any:  # noqa: ANN401
    """Return a colour as PowerPoint wants it."""
    from pptx.dml.color import RGBColor

    kind: Any = RGBColor
    return kind.from_string(colour.lstrip("#").upper())


def rounded(values: Iterable[float], *, within: tuple[float, float] | None = None) -> Ends:
    """Return smallest, largest and step of an axis for values: round, with some room.

    >>> rounded([0.03, 0.21])
    (0.0, 0.25, 0.05)
    """
    found = list(values)
    least, most = min(found, default=0.0), max(found, default=1.0)
    span = (most - least) or abs(most) or 1.0
    low, high = least - 0.04 * span, most + 0.04 * span
    if least >= 0 > low:
        low = 0.0
    if most <= 0 < high:
        high = 0.0
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in STEPS if power * each >= rough * 0.999)
    start, end = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
    if within is not None:
        start, end = max(start, within[0]), min(end, within[1])
    return round(start, 10), round(end, 10), round(step, 10)


def ends_of(chart: Chart) -> Ends:
    """Return smallest, largest and step of the axis of a chart's values, intervals included.

    Bars start from zero; so do lines of shares. Stacked shares go from nothing to all.
    """
    if chart.form == "stacked":
        return 0.0, 1.0, 0.2
    values = [
        value
        for series in chart.series
        for value in (*series.values, *series.low, *series.high)
        if value is not None
    ]
    if chart.form != "line" or chart.number == "percent":
        values.append(0.0)
    share = chart.number == "percent" and chart.form != "scatter"
    return rounded(values, within=(-1.0, 1.0) if share else None)


def scaled(axis: Any, ends: Ends) -> None:  # noqa: ANN401
    """Give an axis its ends and its step."""
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = ends


def tick(number: str, step: float) -> str:
    """Return the number format of ticks that are ``step`` apart."""
    if number == "percent":
        return "0%" if abs(100 * step - round(100 * step)) < 1e-6 else "0.0%"
    if number == "integer" or (step >= 1 and number != "signed"):
        return "#,##0"
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    digits += step * 10**digits % 1 > 1e-6
    form = f"0.{'0' * digits}" if digits else "0"
    return f"+{form};-{form};0" if number == "signed" else form


def values_axis(axis: Any, chart: Chart, title: str, room: float, ends: Ends) -> None:  # noqa: ANN401
    """Draw the axis of the values: light grid, no line, round ends."""
    from pptx.util import Pt

    scaled(axis, ends)
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = rgb(palette.GRID)
    axis.major_gridlines.format.line.width = Pt(0.5)
    axis.format.line.fill.background()
    axis.tick_labels.font.size = Pt(10)
    axis.tick_labels.number_format = tick(chart.number, ends[2])
    axis.tick_labels.number_format_is_linked = False
    if title:
        titled(axis, title, room)


def titled(axis: Any, title: str, room: float) -> None:  # noqa: ANN401
    """Write the title of an axis at a size at which it fits."""
    from pptx.util import Pt

    told = fit([title], width=room, height=14.0, sizes=(11.0, 10.0, 9.0, 8.0))
    axis.has_title = True
    frame = axis.axis_title.text_frame
    frame.text = told.paragraphs[0]
    frame.paragraphs[0].runs[0].font.size = Pt(told.size)
    frame.paragraphs[0].runs[0].font.bold = False


def legend(native: Any, shown: bool, *, below: bool = False) -> None:  # noqa: ANN401
    """Show the legend above or below the plot, or none."""
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    native.has_legend = shown
    if shown:
        native.legend.position = XL_LEGEND_POSITION.BOTTOM if below else XL_LEGEND_POSITION.TOP
        native.legend.include_in_layout = False
        native.legend.font.size = Pt(10)


def plot_area(native: Any, left: float, top: float, width: float, height: float) -> None:  # noqa: ANN401
    """Fix where the plot lies (shares of the chart), so that what was reckoned with has room."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    area = native._chartSpace.find(f"{qn('c:chart')}/{qn('c:plotArea')}")
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    sides = "".join(
        f'<c:{name} val="{value:.4f}"/>'
        for name, value in zip("xywh", (left, top, width, height), strict=True)
    )
    xml = (
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/>'
        f'<c:xMode val="edge"/><c:yMode val="edge"/>{sides}</c:manualLayout></c:layout>'
    )
    area.insert(0, parse_xml(xml))
