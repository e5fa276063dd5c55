"""Axes, legends and the room of native charts."""

from __future__ import annotations

from typing import Any

from supertouch.report import palette
from supertouch.report.blocks import Chart
from supertouch.report.native.ends import Ends, tick
from supertouch.report.slides.texts import fit

__all__ = [
    "legend",
    "plot_area",
    "rgb",
    "scaled",
    "titled",
    "values_axis",
]


def rgb(colour: str) -> Any:  # noqa: ANN401
    """Return a colour as PowerPoint wants it."""
    from pptx.dml.color import RGBColor

    kind: Any = RGBColor
    return kind.from_string(colour.lstrip("#").upper())


def scaled(axis: Any, ends: Ends) -> None:  # noqa: ANN401
    """Give an axis its ends and its step."""
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = ends


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


def every_name(axis: Any) -> None:  # noqa: ANN401
    """Have the name of every category shown, however many there are."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    offset = axis._element.find(qn("c:lblOffset"))
    offset.addnext(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>'))


def at_the_foot(axis: Any) -> None:  # noqa: ANN401
    """Put the axis of the values below bars that are listed from top to bottom."""
    from pptx.oxml.ns import qn

    axis._element.find(qn("c:crosses")).set("val", "max")
