"""Native tables on slides: as many rows as find room."""

from __future__ import annotations

from typing import Any

from supertouch.report import palette
from supertouch.report.labels import text_width
from supertouch.report.slides.axes import rgb
from supertouch.report.slides.records import Table
from supertouch.report.slides.template import Area
from supertouch.report.slides.texts import fit, plain

__all__ = ["draw_table"]

SIZE, ROW, HEAD, INSET = 11.0, 22.0, 34.0, 16.0
MARKED = frozenset({"super", "met"})


def draw_table(shapes: Any, table: Table, area: Area) -> int:  # noqa: ANN401
    """Draw a table and return how many of its rows found room."""
    from pptx.util import Pt

    rows = table.rows[: int((area.height - HEAD) / ROW)]
    height = HEAD + ROW * len(rows)
    frame = shapes.add_table(
        len(rows) + 1, len(table.heads), Pt(area.left), Pt(area.top), Pt(area.width), Pt(height)
    )
    native = frame.table
    native.horz_banding = False
    widths = _widths(table, area.width)
    for column, width in zip(native.columns, widths, strict=True):
        column.width = Pt(width)
    for k, head in enumerate(table.heads):
        _write(native.cell(0, k), head, widths[k], numeric=table.numeric[k], head=True)
    for j, row in enumerate(rows, start=1):
        tone = table.tones[j - 1] if table.tones else ""
        for k, text in enumerate(row):
            cell = native.cell(j, k)
            _write(cell, text, widths[k], numeric=table.numeric[k], bold=k == 0 and tone in MARKED)
    native.rows[0].height = Pt(HEAD)
    for row_ in list(native.rows)[1:]:
        row_.height = Pt(ROW)
    return len(rows)


def _widths(table: Table, room: float) -> list[float]:
    """Share the width out by what columns hold; none gets more than half."""
    wanted = [
        min(
            max(
                max((text_width(plain(row[k]), size=SIZE) for row in table.rows), default=0.0),
                0.6 * text_width(plain(head), size=SIZE, bold=True),
                40.0,
            )
            + 2 * INSET,
            0.5 * room,
        )
        for k, head in enumerate(table.heads)
    ]
    return [room * width / sum(wanted) for width in wanted]


def _write(
    cell: Any,  # noqa: ANN401
    text: str,
    width: float,
    *,
    numeric: bool,
    head: bool = False,
    bold: bool = False,
) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    told = fit([text], width=width - INSET, height=HEAD if head else ROW - 4,
               sizes=(SIZE, 10.0, 9.0, 8.0), bold=head or bold)  # fmt: skip
    cell.margin_left = cell.margin_right = Pt(INSET / 2)
    cell.margin_top = cell.margin_bottom = Pt(1)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(palette.GRID if head else palette.PAPER)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if numeric else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = told.paragraphs[0]
    run.font.size = Pt(told.size)
    run.font.bold = head or bold
    run.font.color.rgb = rgb(palette.INK)
