"""What native charts read from their workbook: error bars, and the places of points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from supertouch.report import palette
from supertouch.report.blocks import Chart, Series
from supertouch.report.slides.sheets import SHEET, column_letter, places, widths

__all__ = ["error_bars", "pointed"]

BEFORE = ("cat", "val", "smooth", "shape", "extLst", "xVal", "yVal")


def error_bars(drawn: Any, chart: Chart, series: Series) -> None:  # noqa: ANN401
    """Give a drawn series its intervals."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    columns = places(chart)[chart.series.index(series)]
    ends = "".join(
        f"<c:{tag}>{_numbers(columns[key], widths(series, side))}</c:{tag}>"
        for tag, key, side in (("plus", "above", 1), ("minus", "below", -1))
    )
    upwards = chart.form in ("line", "scatter")
    direction = '<c:errDir val="y"/>' if upwards else ""
    colour = palette.MUTED.lstrip("#").upper()
    xml = (
        f'<c:errBars {nsdecls("c", "a")}>{direction}<c:errBarType val="both"/>'
        f'<c:errValType val="cust"/><c:noEndCap val="0"/>{ends}'
        f'<c:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln>'
        "</c:spPr></c:errBars>"
    )
    element = drawn._element
    later = [child for child in element if child.tag in {qn(f"c:{name}") for name in BEFORE}]
    later[0].addprevious(parse_xml(xml))


def pointed(native: Any, chart: Chart) -> None:  # noqa: ANN401
    """Have each series of points read its own columns, blank where it has no point."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    drawn = native.plots[0].series
    for series, columns, one in zip(chart.series, places(chart), drawn, strict=True):
        element = one._element
        letter = column_letter(columns["value"])
        element.find(f"{qn('c:tx')}/{qn('c:strRef')}/{qn('c:f')}").text = f"{SHEET}!${letter}$1"
        for tag, key, found in (("xVal", "x", series.x), ("yVal", "value", series.values)):
            old = element.find(qn(f"c:{tag}"))
            numbers = _numbers(columns[key], found)
            new = parse_xml(f"<c:{tag} {nsdecls('c')}>{numbers}</c:{tag}>")
            element.replace(old, new)


def _numbers(column: int, found: Sequence[float | None]) -> str:
    letter = column_letter(column)
    points = "".join(
        f'<c:pt idx="{k}"><c:v>{value!r}</c:v></c:pt>'
        for k, value in enumerate(found)
        if value is not None
    )
    return (
        f"<c:numRef><c:f>{SHEET}!${letter}$2:${letter}${len(found) + 1}</c:f><c:numCache>"
        f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(found)}"/>{points}'
        "</c:numCache></c:numRef>"
    )
