"""How the sheet looks and what its cells accept: colours, locks, drop-downs, print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from supertouch.instruments.audit.form import Column, Form, choices

__all__ = [
    "HEAD",
    "LABEL",
    "LOCKED",
    "OPEN",
    "PLAIN",
    "QUESTION",
    "SECTION",
    "STYLES",
    "TITLE",
    "Style",
    "dress",
    "protect",
    "validate",
]

DARK, GREY, LIGHT, LINE = "1F3A4D", "EEF1F4", "FFFBEA", "C5CDD5"
LONGEST_LIST = 11
TEXT, WHOLE, AMOUNT = "@", "0", "#,##0"


@dataclass(frozen=True, slots=True)
class Style:
    """Look of a cell, and whether people may write into it."""

    fill: str = ""
    ink: str = "222222"
    size: float = 10
    bold: bool = False
    italic: bool = False
    across: Literal["center", "right"] | None = None
    boxed: bool = False
    wrapped: bool = True
    open: bool = False
    format: str = "General"


TITLE = Style(ink=DARK, size=16, bold=True, wrapped=False)
PLAIN = Style(wrapped=False)
LABEL = Style(bold=True, wrapped=False)
HEAD = Style(fill=DARK, ink="FFFFFF", bold=True, boxed=True)
QUESTION = Style(fill=GREY, size=9, italic=True, boxed=True)
SECTION = Style(fill=GREY, bold=True, wrapped=False)
LOCKED = Style(fill=GREY, boxed=True)
OPEN = Style(fill=LIGHT, boxed=True, open=True, format=TEXT)
STYLES = {
    "text": OPEN,
    "choice": OPEN,
    "rating": Style(fill=LIGHT, boxed=True, open=True, across="center", format=WHOLE),
    "amount": Style(fill=LIGHT, boxed=True, open=True, across="right", format=AMOUNT),
}


def dress(cell: Any, style: Style) -> None:  # noqa: ANN401
    """Give a cell its look and its lock."""
    for name, part in _parts(style).items():
        setattr(cell, name, part)


@cache
def _parts(style: Style) -> dict[str, Any]:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    found: dict[str, Any] = {
        "font": Font(
            name="Calibri", size=style.size, bold=style.bold, italic=style.italic, color=style.ink
        ),
        "alignment": Alignment(
            wrap_text=style.wrapped,
            vertical="top" if style.wrapped else "center",
            horizontal=style.across,
            indent=1 if style.across == "right" else 0,
        ),
        "number_format": style.format,
        "protection": Protection(locked=not style.open),
    }
    if style.fill:
        found["fill"] = PatternFill("solid", start_color=style.fill)
    if style.boxed:
        side = Side(style="thin", color=LINE)
        found["border"] = Border(left=side, right=side, top=side, bottom=side)
    return found


def protect(page: Any, form: Form, *, head: int, first: int) -> None:  # noqa: ANN401
    """Lock all cells that are not open, without a password; freeze and repeat the headers."""
    from openpyxl.utils import get_column_letter

    page.column_dimensions["A"].hidden = True
    for place, column in enumerate(form.columns, start=2):
        page.column_dimensions[get_column_letter(place)].width = column.width
    page.freeze_panes = page.cell(first, 4)
    page.sheet_view.showGridLines = False
    page.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "formatCells"):
        setattr(page.protection, allowed, False)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A3
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0 if form.purpose == "audit" else 1
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{head}:{first - 1}"
    page.oddFooter.center.text = form.words.say("audit_sheet.page")
    for side in ("left", "right"):
        setattr(page.page_margins, side, 0.4)
    for side in ("top", "bottom"):
        setattr(page.page_margins, side, 0.7)


def validate(page: Any, form: Form, *, first: int, last: int) -> None:  # noqa: ANN401
    """Give the columns their drop-downs and limits, with errors in the sheet's language."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, column in enumerate(form.columns, start=2):
        if column.kind == "text":
            continue
        rule, error = _rule(form, column)
        found = DataValidation(
            **rule,
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=form.words.say("audit_error.title"),
            error=error,
        )
        letter = get_column_letter(place)
        found.add(f"{letter}{first}:{letter}{last}")
        page.add_data_validation(found)


def _rule(form: Form, column: Column) -> tuple[dict[str, Any], str]:
    say = form.words.say
    if column.kind == "amount":
        return {"type": "decimal", "operator": "greaterThanOrEqual", "formula1": "0"}, say(
            "audit_error.cost"
        )
    if column.kind == "choice":
        offered = list(choices(column.key, form.words).values())
        error = say("audit_error.choice", choices=", ".join(offered))
        return {"type": "list", "formula1": f'"{",".join(offered)}"'}, error
    error = say("audit_error.rating", points=form.points)
    if form.points <= LONGEST_LIST:
        numbers = ",".join(str(point) for point in range(1, form.points + 1))
        return {"type": "list", "formula1": f'"{numbers}"'}, error
    limits = {"operator": "between", "formula1": "1", "formula2": str(form.points)}
    return {"type": "whole", **limits}, error
