"""Native charts: drawn by PowerPoint from their own workbook, so that they can be edited."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from supertouch.report import palette
from supertouch.report.blocks import Chart, Series, Tone
from supertouch.report.labels import text_width
from supertouch.report.native.ends import ends_of, limits, tick
from supertouch.report.slides.axes import (
    at_the_foot,
    every_name,
    legend,
    plot_area,
    rgb,
    scaled,
    titled,
    values_axis,
)
from supertouch.report.slides.errorbars import error_bars, pointed
from supertouch.report.slides.names import HEADS, name_size, named, names_width
from supertouch.report.slides.points import FIRST, Frame, named_points
from supertouch.report.slides.sheets import FORMATS, workbook
from supertouch.report.slides.template import Area
from supertouch.report.slides.texts import plain

__all__ = ["draw", "scatter_frame"]

LARGEST, THICKEST = 12.0, 34.0
FEW = 2
DARK = frozenset({"super", "drop"})
TONES: dict[Tone, str] = {
    **palette.VERDICTS,  # type: ignore[dict-item]
    **palette.DECISIONS,  # type: ignore[dict-item]
    "yes": palette.YES,
    "no": palette.NO,
    "": palette.YES,
}


def draw(shapes: Any, chart: Chart, area: Area) -> Any:  # noqa: ANN401
    """Draw a chart on a slide and return its shape.

    Parameters
    ----------
    shapes
        The shapes of a slide.
    area
        Where it goes.
    """
    from pptx.util import Pt

    chart = named(chart, area)
    build: dict[str, Callable[..., tuple[Any, Any]]] = {
        "bar": _category_data,
        "stacked": _category_data,
        "line": _category_data,
        "scatter": _point_data,
    }
    kind, data = build[chart.form](chart)
    frame = shapes.add_chart(
        kind, Pt(area.left), Pt(area.top), Pt(area.width), Pt(area.height), data
    )
    frame.name = plain(chart.title)[:200]
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(chart.alt)[:900])
    native = frame.chart
    native.part.chart_workbook.update_from_xlsx_blob(workbook(chart))
    native.font.size = Pt(11)
    native.has_title = False
    look: dict[str, Callable[..., None]] = {
        "bar": _bars,
        "stacked": _bars,
        "line": _lines,
        "scatter": _scatter,
    }
    look[chart.form](native, chart, area)
    return frame


def _category_data(chart: Chart) -> tuple[Any, Any]:
    from pptx.chart import data as chart_data
    from pptx.enum.chart import XL_CHART_TYPE

    kinds = {
        "bar": XL_CHART_TYPE.BAR_CLUSTERED,
        "stacked": XL_CHART_TYPE.BAR_STACKED,
        "line": XL_CHART_TYPE.LINE_MARKERS,
    }
    made: Any = chart_data.CategoryChartData
    data = made(number_format=FORMATS[chart.number])
    data.categories = list(chart.categories)
    for series in chart.series:
        data.add_series(plain(series.name), series.values)
    return kinds[chart.form], data


def _point_data(chart: Chart) -> tuple[Any, Any]:
    from pptx.chart import data as chart_data
    from pptx.enum.chart import XL_CHART_TYPE

    made: Any = chart_data.XyChartData
    data = made(number_format=FORMATS[chart.number])
    for series in chart.series:
        one = data.add_series(plain(series.name))
        for x, y in zip(series.x, series.values, strict=True):
            one.add_data_point(x, y)
    kind = XL_CHART_TYPE.XY_SCATTER_LINES if chart.joined else XL_CHART_TYPE.XY_SCATTER
    return kind, data


def _bars(native: Any, chart: Chart, area: Area) -> None:  # noqa: ANN401
    from pptx.enum.chart import XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    size = name_size(chart, area)
    axis = native.category_axis
    axis.reverse_order = True
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.font.size = Pt(size)
    axis.format.line.color.rgb = rgb(palette.GRID)
    axis.has_major_gridlines = False
    every_name(axis)
    ends = ends_of(chart)
    values_axis(native.value_axis, chart, chart.x_title, area.width, ends)
    at_the_foot(native.value_axis)
    plot = native.plots[0]
    several = len(chart.series) > 1
    plot.gap_width = _gap(chart, area)
    plot.overlap = 100 if chart.form == "stacked" else -5
    for series, drawn in zip(chart.series, plot.series, strict=True):
        _filled(drawn, series)
        drawn.invert_if_negative = False
        if series.low:
            error_bars(drawn, chart, series)
        else:
            _labelled(drawn, chart, series, min(size, 10.0))
    legend(native, several)
    plot_area(native, *_bar_frame(chart, area, size))


def _gap(chart: Chart, area: Area) -> int:
    """Return the gap between categories, in percent of a bar; few bars do not become blocks."""
    beside = 1 if chart.form == "stacked" else len(chart.series)
    row = (area.height - HEADS) / max(len(chart.categories), 1)
    least = 55 if len(chart.series) < FEW else 45
    return round(min(max(100 * (row / THICKEST - beside), least), 500))


def _labelled(drawn: Any, chart: Chart, series: Series, size: float) -> None:  # noqa: ANN401
    """Write values at bars that have no interval: inside where bars are stacked."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    stacked = chart.form == "stacked"
    labels = drawn.data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = "0%", False
    labels.font.size = Pt(size if stacked else min(size, 8.0))
    labels.position = XL_LABEL_POSITION.CENTER if stacked else XL_LABEL_POSITION.OUTSIDE_END
    if stacked:
        dark = series.tone in DARK
        labels.font.color.rgb = rgb(palette.PAPER if dark else palette.INK)
        labels.font.bold = dark


def _bar_frame(chart: Chart, area: Area, size: float) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the bars as shares of the area."""
    left = (names_width(chart, area, size) + 12.0) / area.width
    top = (6.0 + _legend_height(chart, area)) / area.height
    foot = (44.0 if chart.x_title else 24.0) / area.height
    return left, top, 0.97 - left, 1.0 - top - foot


def _legend_height(chart: Chart, area: Area) -> float:
    """Return how much room the legend needs above the plot; none for a single series."""
    if len(chart.series) < FEW:
        return 0.0
    wide = sum(text_width(plain(series.name), size=10.0) + 24.0 for series in chart.series)
    return 8.0 + 14.0 * math.ceil(wide / (0.86 * area.width))


def _lines(native: Any, chart: Chart, area: Area) -> None:  # noqa: ANN401
    from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    axis = native.category_axis
    axis.tick_labels.font.size = Pt(LARGEST if area.width > 500 else 10)
    axis.format.line.color.rgb = rgb(palette.MUTED)
    if chart.x_title:
        titled(axis, chart.x_title, area.width)
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    values_axis(native.value_axis, chart, "", area.height, ends_of(chart))
    several = len(chart.series) > 1
    for k, (series, drawn) in enumerate(zip(chart.series, native.plots[0].series, strict=True)):
        colour = rgb(TONES[series.tone] if series.tone else palette.SERIES[k % 8])
        drawn.smooth = False
        drawn.format.line.color.rgb = colour
        drawn.format.line.width = Pt(2.25)
        drawn.marker.style = XL_MARKER_STYLE.CIRCLE
        drawn.marker.size = 7
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = colour
        drawn.marker.format.line.color.rgb = colour
        if series.low and len(chart.series) <= FEW:
            error_bars(drawn, chart, series)
    if not several:
        plot = native.plots[0]
        plot.has_data_labels = True
        labels = plot.data_labels
        short = {"percent": "0%", "signed": "+0;-0;0"}
        labels.number_format = short.get(chart.number, FORMATS[chart.number])
        labels.number_format_is_linked = False
        labels.font.size = Pt(11)
        labels.position = XL_LABEL_POSITION.ABOVE
        _backed(labels)
    legend(native, several, below=True)


def _backed(labels: Any) -> None:  # noqa: ANN401
    """Put labels on white, so that lines do not run through them."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    xml = (
        f'<c:spPr {nsdecls("c", "a")}><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></c:spPr>'
    )
    labels._element.find(qn("c:txPr")).addprevious(parse_xml(xml))


def _scatter(native: Any, chart: Chart, area: Area) -> None:  # noqa: ANN401
    from pptx.enum.chart import XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    frame = scatter_frame(chart, area)
    (_, _, step), up = limits(chart)
    scaled(native.category_axis, (*frame.x, step))
    values_axis(native.value_axis, chart, chart.y_title, frame.inner.height, up)
    across = native.category_axis
    across.has_major_gridlines = False
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.tick_labels.number_format = tick(chart.x_number, step)
    across.tick_labels.number_format_is_linked = False
    across.format.line.color.rgb = rgb(palette.MUTED)
    across.reverse_order = chart.x_turned
    native.value_axis.tick_label_position = (
        XL_TICK_LABEL_POSITION.HIGH if chart.x_turned else XL_TICK_LABEL_POSITION.LOW
    )
    titled(across, chart.x_title, frame.inner.width)
    for series, drawn in zip(chart.series, native.plots[0].series, strict=True):
        colour = rgb(TONES[series.tone])
        if chart.joined:
            drawn.format.line.color.rgb = colour
            drawn.format.line.width = Pt(2)
        else:
            drawn.format.line.fill.background()
        drawn.marker.style = XL_MARKER_STYLE.CIRCLE
        drawn.marker.size = 9 if series.tone in FIRST else 7
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = colour
        drawn.marker.format.line.color.rgb = colour
        if series.low:
            error_bars(drawn, chart, series)
    pointed(native, chart)
    if not chart.joined:
        named_points(native, chart, frame)
    legend(native, len(chart.series) > 1)
    inner = frame.inner
    plot_area(native, inner.left / area.width, inner.top / area.height,
              inner.width / area.width, inner.height / area.height)  # fmt: skip


def scatter_frame(chart: Chart, area: Area) -> Frame:
    """Return where the points of a scatter lie within its area."""
    top = 12.0 + _legend_height(chart, area)
    inner = Area(62.0, top, area.width - 80.0, area.height - top - 50.0)
    across, up = limits(chart)
    return Frame(inner, across[:2], up[:2], chart.x_turned)


def _filled(drawn: Any, series: Series) -> None:  # noqa: ANN401
    """Colour the bars of a series, single ones by their own tone."""
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = rgb(TONES[series.tone])
    for k, tone in enumerate(series.tones):
        if tone != series.tone:
            point = drawn.points[k]
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = rgb(TONES[tone])
