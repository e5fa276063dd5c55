"""The sheet as an Excel workbook: protected, with drop-downs, ready to print."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from supertouch.instruments.audit import form as forms
from supertouch.instruments.audit import guidance, look
from supertouch.instruments.audit.form import Column, Form, Row, choices

__all__ = ["FIRST", "tidy", "write_workbook"]

TITLE, STUDY, AUDITOR, PROMISE, KEY_ROW, HEAD, QUESTION, FIRST = range(1, 9)
LETTERS_PER_WIDTH = 1.1
LONGEST = 32767

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def tidy(text: object) -> str:
    """Return a text without what an Excel file cannot hold."""
    return _ILLEGAL.sub("", str(text))[:LONGEST]


def write_workbook(form: Form, path: Path) -> None:
    """Write the instructions, the sheet, and the hidden sheet that remembers what is what."""
    from openpyxl import Workbook

    book = Workbook()
    page: Any = book.active
    page.title = form.words.say(f"audit_sheet.{_SHEETS[form.purpose]}")
    lines = _fill(page, form)
    _head(page, form)
    look.validate(page, form, first=FIRST, last=max(lines.values()))
    look.protect(page, form, head=HEAD, first=FIRST)
    guidance.write(book.create_sheet(form.words.say("audit_sheet.sheet_help"), 0), form)
    _remember(book.create_sheet(forms.MEMORY), form)
    book.active = 0
    page.sheet_view.tabSelected = False
    book.save(path)


_SHEETS = {"audit": "sheet", "start_list": "sheet_list"}


def _head(page: Any, form: Form) -> None:  # noqa: ANN401
    """Write title, study, auditor and promise, the hidden keys, headers and their questions."""
    say = form.words.say
    title = say("audit_sheet.title" if form.purpose == "audit" else "audit_sheet.list_title")
    put(page, TITLE, 2, title, style=look.TITLE)
    put(page, AUDITOR, 2, say("audit_sheet.auditor"), style=look.LABEL)
    put(page, AUDITOR, 3, form.auditor, style=look.OPEN)
    if form.purpose == "audit":
        put(page, STUDY, 2, say("audit_sheet.study", title=form.title), style=look.PLAIN)
        put(page, PROMISE, 2, say("audit_sheet.promise"), style=look.LABEL)
        promise = form.promise or say("audit_sheet.no_promise")
        put(page, PROMISE, 3, promise, style=look.PLAIN)
    put(page, KEY_ROW, 1, forms.KEYS)
    put(page, HEAD, 1, forms.HEADER)
    put(page, QUESTION, 1, forms.HEADER)
    for place, column in enumerate(form.columns, start=2):
        put(page, KEY_ROW, place, column.key)
        put(page, HEAD, place, say(f"audit_column.{column.key}"), style=look.HEAD)
        put(page, QUESTION, place, _question(form, column), style=look.QUESTION)
    page.row_dimensions[KEY_ROW].hidden = True
    for line, height in ((TITLE, 26), (STUDY, 18), (PROMISE, 20), (HEAD, 20)):
        page.row_dimensions[line].height = height
    page.row_dimensions[QUESTION].height = 4 + 12 * max(
        len(wrap(_question(form, column), int(LETTERS_PER_WIDTH * column.width)))
        for column in form.columns
    )


def _question(form: Form, column: Column) -> str:
    return form.words.say(f"audit_question.{column.key}", points=form.points)


def _fill(page: Any, form: Form) -> dict[int, int]:  # noqa: ANN401
    """Write the rows, and return the line of each."""
    line, lines, opened = FIRST, {}, False
    for number, row in enumerate(form.rows):
        if not row.id and not opened:
            opened = True
            _section(page, form, line)
            line += 1
        lines[number] = line
        put(page, line, 1, f"id:{row.id}" if row.id else forms.FREE)
        for place, column in enumerate(form.columns, start=2):
            style = look.LOCKED if form.locked(row, column) else look.STYLES[column.kind]
            put(page, line, place, _shown(form, row, column), style=style)
        line += 1
    return lines


def _section(page: Any, form: Form, line: int) -> None:  # noqa: ANN401
    key = "missing" if form.purpose == "audit" else "own"
    put(page, line, 1, forms.SECTION)
    for place in range(2, len(form.columns) + 2):
        text = form.words.say(f"audit_sheet.{key}") if place == 2 else ""
        put(page, line, place, text, style=look.SECTION)
    page.row_dimensions[line].height = 22


def _shown(form: Form, row: Row, column: Column) -> object:
    value = row.filled.get(column.key, row.given.get(column.key))
    if column.kind == "choice" and isinstance(value, str):
        return choices(column.key, form.words).get(value, value)
    return value


def put(
    page: Any,  # noqa: ANN401
    line: int,
    place: int,
    value: object,
    *,
    style: look.Style | None = None,
) -> None:
    """Write a value into a cell; a text stays text, whatever it begins with."""
    cell = page.cell(line, place)
    if isinstance(value, str):
        text = tidy(value)
        if text:
            cell.value = text
            cell.data_type = "s"
            cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    elif value is not None and value == value:
        cell.value = value
    if style is not None:
        look.dress(cell, style)


def _remember(page: Any, form: Form) -> None:  # noqa: ANN401
    """Write down what is needed to read the sheet back, wherever its rows end up."""
    page.sheet_state = "veryHidden"
    known: Mapping[str, object] = {
        "form": form.purpose,
        "version": forms.VERSION,
        "study": form.study,
        "language": form.words.code,
        "points": form.points,
        "auditor": form.auditor,
    }
    for name, value in known.items():
        page.append([name, "", ""])
        put(page, page.max_row, 2, value)
    for row in (row for row in form.rows if row.id):
        shown = {column.key: _given(form, row, column) for column in form.columns}
        page.append(["row", "", "", ""])
        line = page.max_row
        put(page, line, 2, row.id)
        put(page, line, 3, str(shown.get("touchpoint") or ""))
        put(page, line, 4, json.dumps(shown, ensure_ascii=False))


def _given(form: Form, row: Row, column: Column) -> object:
    plain = Row(row.id, row.given)
    shown = _shown(form, plain, column)
    return tidy(shown) if isinstance(shown, str) else shown
