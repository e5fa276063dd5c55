"""Native tables on slides: as many rows as find room."""

from __future__ import annotations

from typing import Any

from supertouch.report import palette
from supertouch.report.labels import fitted, text_width
from supertouch.report.slides.axes import rgb
from supertouch.report.slides.records import Table
from supertouch.report.slides.template import Area
from supertouch.report.slides.texts import Fitted, fit, plain

__all__ = ["draw_table"]

SIZE, ROW, HEAD, INSET = 11.0, 22.0, 34.0, 16.0
LEAST, NARROW, EXTRA = 10.0, 90.0, 120.0
MARKED = frozenset({"super", "not_met"})


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
            bold = tone in MARKED and (k == 0 or tone == "not_met")
            _write(cell, text, widths[k], numeric=table.numeric[k], bold=bold)
            if tone == "not_met":
                cell.text_frame.paragraphs[0].runs[0].font.color.rgb = rgb(palette.NO)
    native.rows[0].height = Pt(HEAD)
    for row_ in list(native.rows)[1:]:
        row_.height = Pt(ROW)
    return len(rows)


def _widths(table: Table, room: float) -> list[float]:
    """Share the width out by what columns hold.

    Where it is short, heads are broken and texts are cut before a number is: none is ever cut.
    """
    wanted, needed = [], []
    for k, head in enumerate(table.heads):
        held = max((text_width(plain(row[k]), size=SIZE, bold=True) for row in table.rows),
                   default=0.0) + INSET + 2  # fmt: skip
        words = max(text_width(word, size=SIZE, bold=True) for word in plain(head).split(" "))
        wide = min(max(held, words + INSET + 2, 40.0), 0.5 * room)
        wanted.append(wide)
        needed.append(held if table.numeric[k] else min(NARROW, wide))
    spare = room - sum(wanted)
    if spare >= 0:
        texts = [k for k, numeric in enumerate(table.numeric) if not numeric] or [0]
        longest = max(texts, key=lambda k: wanted[k])
        more = min(spare, EXTRA)
        wanted[longest] += more
        return [width + (spare - more) / len(wanted) for width in wanted]
    part = max((room - sum(needed)) / (sum(wanted) - sum(needed)), 0.0)
    given = [least + part * (most - least) for least, most in zip(needed, wanted, strict=True)]
    return [room * width / sum(given) for width in given]


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

    bold = bold or head
    if not head:
        size = SIZE if text_width(plain(text), size=SIZE, bold=bold) <= width - INSET else LEAST
        told = Fitted((fitted(plain(text), points=width - INSET, size=size, bold=bold),), size)
    else:
        told = fit([text], width=width - INSET, height=HEAD, sizes=(SIZE, LEAST, 9.0), bold=True)
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
    run.font.bold = bold
    run.font.color.rgb = rgb(palette.INK)
