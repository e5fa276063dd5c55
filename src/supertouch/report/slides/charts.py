"""Native charts: drawn by PowerPoint from their own workbook, so that they can be edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from supertouch.report import palette
from supertouch.report.blocks import Chart, Series, Tone
from supertouch.report.labels import text_width
from supertouch.report.slides.errorbars import error_bars
from supertouch.report.slides.points import FIRST, Frame, limits, named_points
from supertouch.report.slides.sheets import FORMATS, workbook
from supertouch.report.slides.template import Area
from supertouch.report.slides.texts import fit, plain

__all__ = ["draw", "most_rows", "rgb"]

EMU = 12700
ROW, SMALLEST, LARGEST = 15.0, 8.0, 12.0
TONES: dict[Tone, str] = {
    **palette.VERDICTS,  # type: ignore[dict-item]
    **palette.DECISIONS,  # type: ignore[dict-item]
    "yes": palette.YES,
    "no": palette.NO,
    "": palette.YES,
}
NAMES = 0.42


def most_rows(height: float) -> int:
    """Return how many bars find room, one below the other, in ``height`` points."""
    return int((height - 52.0) / ROW)


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
    data.categories = [plain(name) for name in chart.categories]
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
    from pptx.enum.chart import XL_AXIS_CROSSES, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    rows = max(len(chart.categories), 1)
    size = min(max(0.66 * (area.height - 52.0) / rows, SMALLEST), LARGEST)
    axis = native.category_axis
    axis.reverse_order = True
    axis.crosses = XL_AXIS_CROSSES.MAXIMUM
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.font.size = Pt(size)
    axis.format.line.color.rgb = rgb(palette.GRID)
    axis.has_major_gridlines = False
    _values_axis(native.value_axis, chart, chart.x_title, area.width)
    plot = native.plots[0]
    several = len(chart.series) > 1
    plot.gap_width = 45 if several else 55
    plot.overlap = 100 if chart.form == "stacked" else -5
    for series, drawn in zip(chart.series, plot.series, strict=True):
        _filled(drawn, series)
        drawn.invert_if_negative = False
        if series.low:
            error_bars(drawn, chart, series)
    if chart.form == "stacked":
        native.value_axis.maximum_scale = 1.0
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = "0%;;", False
        labels.font.size = Pt(min(size, 10.0))
        labels.position = XL_LABEL_POSITION.CENTER
    elif not any(series.low for series in chart.series):
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = "0%", False
        labels.font.size = Pt(min(size, 9.0))
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
    _legend(native, several)
    _plot_area(native, *_bar_frame(chart, area, size, several))


def _bar_frame(
    chart: Chart, area: Area, size: float, legend: bool
) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the bars as shares of the area."""
    wide = max((text_width(plain(name), size=size) for name in chart.categories), default=0.0)
    left = min(wide + 10.0, NAMES * area.width) / area.width
    top = (26.0 if legend else 6.0) / area.height
    foot = (44.0 if chart.x_title else 24.0) / area.height
    return left, top, 0.97 - left, 1.0 - top - foot


def _lines(native: Any, chart: Chart, area: Area) -> None:  # noqa: ANN401
    from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE
    from pptx.util import Pt

    axis = native.category_axis
    axis.tick_labels.font.size = Pt(LARGEST if area.width > 500 else 10)
    axis.format.line.color.rgb = rgb(palette.MUTED)
    if chart.x_title:
        _titled(axis, chart.x_title, area.width)
    _values_axis(native.value_axis, chart, "", area.height)
    several = len(chart.series) > 1
    low, high = _reach(chart)
    if low > 0 and (high - low) < 0.5 * low:
        room = max(high - low, 0.1)
        native.value_axis.minimum_scale = round(low - 0.3 * room, 2)
        native.value_axis.maximum_scale = round(high + 0.3 * room, 2)
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
        if series.low:
            error_bars(drawn, chart, series)
    if not several:
        plot = native.plots[0]
        plot.has_data_labels = True
        labels = plot.data_labels
        short = {"percent": "0%", "signed": "+0;-0;0"}
        labels.number_format = short.get(chart.number, FORMATS[chart.number])
        labels.number_format_is_linked = False
        labels.font.size = Pt(11)
        labels.position = XL_LABEL_POSITION.RIGHT
    _legend(native, several, below=True)


def _reach(chart: Chart) -> tuple[float, float]:
    ends = [
        value
        for series in chart.series
        for value in (*series.values, *series.low, *series.high)
        if value is not None
    ]
    return min(ends, default=0.0), max(ends, default=1.0)


def _scatter(native: Any, chart: Chart, area: Area) -> None:  # noqa: ANN401
    from pptx.enum.chart import XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    legend = len(chart.series) > 1
    inner = Area(62.0, 30.0 if legend else 10.0, area.width - 80.0,
                 area.height - (30.0 if legend else 10.0) - 50.0)  # fmt: skip
    x, y = limits(chart)
    for axis, ends in ((native.category_axis, x), (native.value_axis, y)):
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = ends
    _values_axis(native.value_axis, chart, chart.y_title, inner.height)
    across = native.category_axis
    across.has_major_gridlines = False
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.tick_labels.number_format = _tick(chart.x_number, x[2])
    across.tick_labels.number_format_is_linked = False
    across.format.line.color.rgb = rgb(palette.MUTED)
    across.reverse_order = chart.x_turned
    native.value_axis.tick_label_position = (
        XL_TICK_LABEL_POSITION.HIGH if chart.x_turned else XL_TICK_LABEL_POSITION.LOW
    )
    _titled(across, chart.x_title, inner.width)
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
    if not chart.joined:
        named_points(native, chart, Frame(inner, x[:2], y[:2], chart.x_turned))
    _legend(native, legend)
    _plot_area(native, inner.left / area.width, inner.top / area.height,
               inner.width / area.width, inner.height / area.height)  # fmt: skip


def _tick(number: str, step: float) -> str:
    if number == "percent":
        return "0%" if step >= 0.01 else "0.0%"
    if number == "integer" or (step >= 1 and number != "signed"):
        return "#,##0"
    plain_ = "0" if step >= 1 else "0.0" if step >= 0.1 else "0.00"
    return f"+{plain_};-{plain_};0" if number == "signed" else plain_


def _values_axis(axis: Any, chart: Chart, title: str, room: float) -> None:  # noqa: ANN401
    from pptx.util import Pt

    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = rgb(palette.GRID)
    axis.major_gridlines.format.line.width = Pt(0.5)
    axis.format.line.fill.background()
    axis.tick_labels.font.size = Pt(10)
    low, high = _reach(chart)
    axis.tick_labels.number_format = _tick(chart.number, (high - low) / 5)
    axis.tick_labels.number_format_is_linked = False
    if title:
        _titled(axis, title, room)


def _titled(axis: Any, title: str, room: float) -> None:  # noqa: ANN401
    from pptx.util import Pt

    told = fit([title], width=room, height=14.0, sizes=(11.0, 10.0, 9.0, 8.0))
    axis.has_title = True
    frame = axis.axis_title.text_frame
    frame.text = told.paragraphs[0]
    frame.paragraphs[0].runs[0].font.size = Pt(told.size)
    frame.paragraphs[0].runs[0].font.bold = False


def _filled(drawn: Any, series: Series) -> None:  # noqa: ANN401
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = rgb(TONES[series.tone])
    for k, tone in enumerate(series.tones):
        if tone != series.tone:
            point = drawn.points[k]
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = rgb(TONES[tone])


def _legend(native: Any, shown: bool, *, below: bool = False) -> None:  # noqa: ANN401
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    native.has_legend = shown
    if shown:
        native.legend.position = XL_LEGEND_POSITION.BOTTOM if below else XL_LEGEND_POSITION.TOP
        native.legend.include_in_layout = False
        native.legend.font.size = Pt(10)


def _plot_area(native: Any, left: float, top: float, width: float, height: float) -> None:  # noqa: ANN401
    """Fix where the plot lies, so that names and points have the room that was reckoned with."""
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


def rgb(colour: str) -> Any:  # noqa: ANN401
    """Return a colour as PowerPoint wants it."""
    from pptx.dml.color import RGBColor

    kind: Any = RGBColor
    return kind.from_string(colour.lstrip("#").upper())
