"""An open workbook: its sheets, its formats, and cells that hold what they are given."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from supertouch.errors import Problem, UnsupportedError
from supertouch.report.palette import GRID, INK, MUTED, YES
from supertouch.report.workbook.text import cell_text, looks_like_formula, sheet_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["LARGEST_COLUMN", "LARGEST_ROW", "STYLES", "Book", "Sheet", "check_size"]

LARGEST_ROW = 1_048_576
LARGEST_COLUMN = 16_384
FONT = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
LINE, TALLEST = 13.0, 409.0
HEAD_FILL = "#e8eef3"
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12},
    "strong": {"bold": True},
    "note": {"font_color": MUTED},
    "wrapped": {"text_wrap": True},
    "wrapped_note": {"text_wrap": True, "font_color": MUTED},
    "link": {"font_color": YES, "underline": 1},
    "head": {"bold": True, "text_wrap": True, "bg_color": HEAD_FILL, "valign": "vcenter"},
    "head_number": {"bold": True, "text_wrap": True, "bg_color": HEAD_FILL, "valign": "vcenter",
                    "align": "right"},
    "band_head": {"bold": True, "bg_color": HEAD_FILL},
    "machine": {"font_color": MUTED, "font_size": 8, "bottom": 1, "bottom_color": MUTED,
                "bg_color": HEAD_FILL},
    "id": {"font_color": MUTED},
    "text": {},
}  # fmt: skip
Cell = str | float | int | bool | date | None


@dataclass(slots=True)
class Sheet:
    """One sheet; rows and columns count from 0."""

    name: str
    work: Worksheet
    book: Book
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)

    def columns(self, first: int, last: int, width: float) -> None:
        """Set the width of columns, in characters."""
        self.work.set_column(first, last, width)
        self.widths |= dict.fromkeys(range(first, last + 1), width)

    def put(self, row: int, column: int, value: Cell, style: str = "text", **more: object) -> None:
        """Write a value as what it is: text, number, truth or date; nothing where it is missing."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            if "bg_color" in STYLES[style]:
                self.work.write_blank(row, column, None, self.book.format(style, **more))
            return
        if isinstance(value, str):
            self._text(row, column, value, style, more)
        elif isinstance(value, bool):
            form = self.book.format(style, **{"align": "left", **more})
            self.work.write_boolean(row, column, value, form)
        elif isinstance(value, date):
            self.work.write_datetime(row, column, value, self.book.format(style, **more))
        elif math.isinf(value):
            self._text(row, column, "∞" if value > 0 else "−∞", style, {**more, "align": "right"})
        else:
            self.work.write_number(row, column, value, self.book.format(style, **more))

    def pair(self, row: int, column: int, text: str, style: str, **more: object) -> None:
        """Write a text across a column and the one to its right."""
        shown = cell_text(text)
        form = self.book.format(style, **more, quote_prefix=looks_like_formula(shown))
        self.work.merge_range(row, column, row, column + 1, "", form)
        self.work.write_string(row, column, shown, form)
        width = self.widths.get(column, 9) + self.widths.get(column + 1, 9)
        self._make_room(row, width, shown)

    def link(self, row: int, column: int, sheet: str, text: str, *, to: int = 0) -> None:
        """Write a text that leads to row ``to`` of another sheet."""
        name = "'" + sheet.replace("'", "''") + "'"
        shown = cell_text(text) or sheet
        form = self.book.format("link", quote_prefix=looks_like_formula(shown))
        self.work.write_url(row, column, f"internal:{name}!A{to + 1}", form, string=shown)

    def _text(self, row: int, column: int, text: str, style: str, more: dict[str, Any]) -> None:
        if not text:
            return
        shown = cell_text(text)
        form = self.book.format(style, **more, quote_prefix=looks_like_formula(shown))
        self.work.write_string(row, column, shown, form)
        if style == "title":
            self.work.set_row(row, 26)
        elif STYLES[style].get("text_wrap"):
            self._make_room(row, self.widths.get(column, 9), shown)

    def _make_room(self, row: int, width: float, text: str) -> None:
        """Make a row high enough for a wrapped text, since not every program does by itself."""
        room = max(4, int(1.05 * width))
        lines = sum(max(1, len(wrap(line, room))) for line in text.split("\n"))
        height = min(TALLEST, LINE * lines + 2)
        if height > self.heights.get(row, LINE + 2):
            self.heights[row] = height
            self.work.set_row(row, height)


@dataclass(slots=True)
class Book:
    """A workbook that is made in memory; ``bytes`` closes it.

    Parameters
    ----------
    made
        When the numbers were made, for the file's properties; the time of writing without it.
    """

    title: str
    company: str
    made: datetime | None = None
    sheets: list[Sheet] = field(default_factory=list)
    _buffer: BytesIO = field(default_factory=BytesIO)
    _work: Workbook | None = None
    _formats: dict[tuple[Any, ...], Format] = field(default_factory=dict)

    @property
    def work(self) -> Workbook:
        """The writer's own workbook, opened when it is first used."""
        if self._work is None:
            from xlsxwriter import Workbook

            options = {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            }
            self._work = Workbook(self._buffer, options)
            self._work.set_calc_mode("auto")
            properties: dict[str, Any] = {
                "title": cell_text(self.title)[:255],
                "company": cell_text(self.company)[:255],
            }
            if self.made is not None:
                properties["created"] = self.made.replace(tzinfo=None)
            self._work.set_properties(properties)
        return self._work

    def sheet(self, name: str, *, colour: str = GRID) -> Sheet:
        """Add a sheet under ``name``, or one like it that is allowed and free."""
        free = sheet_name(name, taken=[sheet.name for sheet in self.sheets])
        added = Sheet(free, self.work.add_worksheet(free), self)
        added.work.hide_gridlines(2)
        added.work.set_tab_color(colour)
        added.work.set_landscape()
        added.work.set_paper(9)
        added.work.set_footer("&L&A&R&P / &N")
        self.sheets.append(added)
        return added

    def format(self, style: str = "text", **more: object) -> Format:
        """Return the format of a style with changes; the same one for the same wishes."""
        changes = [(name, more[name]) for name in sorted(more) if more[name]]
        key = (style, *changes)
        found = self._formats.get(key)
        if found is None:
            found = self.work.add_format({**FONT, **STYLES[style], **dict(changes)})
            self._formats[key] = found
        return found

    def bytes(self) -> bytes:
        """Close the workbook and return the file."""
        self.work.close()
        return self._buffer.getvalue()


def check_size(place: str, *, rows: int, columns: int) -> None:
    """Refuse what a sheet cannot hold, rather than leave rows out.

    Raises
    ------
    UnsupportedError
        If there are more rows or columns than a sheet has.
    """
    if rows <= LARGEST_ROW and columns <= LARGEST_COLUMN:
        return
    found = f"{rows} rows, {columns} columns"
    rule = f"is more than a sheet holds ({LARGEST_ROW} rows, {LARGEST_COLUMN} columns)."
    remedy = "Take the CSV in reports/tables or the Parquet in data/processed instead."
    raise UnsupportedError(Problem(place, found, rule, remedy))
