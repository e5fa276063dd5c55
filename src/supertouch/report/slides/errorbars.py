"""Intervals in native charts: error bars that read their widths from the chart's workbook."""

from __future__ import annotations

from typing import Any

from supertouch.report import palette
from supertouch.report.blocks import Chart, Series
from supertouch.report.slides.sheets import SHEET, column_letter, places, widths

__all__ = ["error_bars"]

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


def _numbers(column: int, found: list[float | None]) -> str:
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
