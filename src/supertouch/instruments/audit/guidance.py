"""The sheet of instructions that comes first in the workbook."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from supertouch.instruments.audit import look
from supertouch.instruments.audit.form import Form

__all__ = ["write"]

WIDTH, LETTERS = 96, 102
LINES = {
    "audit": (
        "inside", "alone", "cells", "rating", "prefilled", "worksheet", "kept", "expectation",
        "annoyance", "surprise", "missing", "formula", "back",
    ),
    "start_list": (
        "list", "cells", "list_applies", "list_prefilled", "formula", "list_next", "back",
    ),
}  # fmt: skip
INDENTED = ("kept", "expectation", "annoyance", "surprise")


def write(page: Any, form: Form) -> None:  # noqa: ANN401
    """Write how the sheet is to be filled in; nothing can be written into this page."""
    say = form.words.say
    page.column_dimensions["A"].width = 3
    page.column_dimensions["B"].width = WIDTH
    title = say("audit_sheet.title" if form.purpose == "audit" else "audit_sheet.list_title")
    _line(page, 1, title, look.TITLE)
    if form.title:
        _line(page, 2, say("audit_sheet.study", title=form.title), look.PLAIN)
    _line(page, 4, say("audit_help.start"), look.Style(size=12, bold=True))
    for row, key in enumerate(LINES[form.purpose], start=5):
        text = say(f"audit_help.{key}", points=form.points)
        mark = "     – " if key in INDENTED else "•  "
        _line(page, row, mark + text, look.Style(size=11))
        page.row_dimensions[row].height = 15 * len(wrap(mark + text, LETTERS)) + 5
    page.sheet_view.showGridLines = False
    page.protection.sheet = True
    page.page_setup.orientation = "portrait"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _line(page: Any, row: int, text: str, style: look.Style) -> None:  # noqa: ANN401
    cell = page.cell(row, 2)
    cell.value = text
    cell.data_type = "s"
    look.dress(cell, style)
