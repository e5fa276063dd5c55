"""Cells of the page's tables: by far the most of its HTML, so written tersely and without macros.

Drawings within cells are single elements whose custom properties place their parts; how they look
is the style sheet's.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from supertouch.report.blocks import Cell, Row, Span, Stack
from supertouch.report.cockpit.texts import cleaned

__all__ = ["cells"]

MARKS = frozenset({"yes", "no", "open"})


def cells(row: Row) -> Markup:
    """Return the cells of a row, the first as its head."""
    first, *others = row.cells
    detail = _detail(first)
    head = f'<th scope="row">{_text(first.text)}{detail}</th>'
    return Markup(head + "".join(map(_cell, others)))


def _cell(cell: Cell) -> str:
    if cell.tone in MARKS:
        return (
            f'<td class="mark tone-{cell.tone}"{_sort(cell)}>'
            f'<span aria-hidden="true">{_text(cell.text)}</span>'
            f'<span class="spoken">{_text(cell.detail)}</span></td>'
        )
    text = _text(cell.text)
    if cell.tone:
        text = f'<span class="badge tone-{_text(cell.tone)}">{text}</span>'
    kind = ' class="number"' if cell.numeric else ""
    drawing = _drawn(cell.drawing) if cell.drawing is not None else ""
    return f"<td{kind}{_sort(cell)}>{text}{_detail(cell)}{drawing}</td>"


def _detail(cell: Cell) -> str:
    return f"<small>{_text(cell.detail)}</small>" if cell.detail else ""


def _sort(cell: Cell) -> str:
    if cell.sort is None:
        return ""
    value = _text(cell.sort) if isinstance(cell.sort, str) else _number(cell.sort)
    return f' data-sort="{value}"'


def _drawn(drawing: Span | Stack) -> str:
    if isinstance(drawing, Stack):
        parts = {"a": 100 * drawing.disappointed, "b": 100 * (drawing.disappointed + drawing.okay)}
        kind = "stack"
    else:
        width = drawing.maximum - drawing.minimum or 1.0
        left, right = (drawing.low, drawing.high)[:: 1 if width > 0 else -1]
        parts = {
            "l": left,
            "v": drawing.value,
            "h": right,
            "m": drawing.minimum,
            "w": width,
        }
        kind = "span"
        if drawing.reference:
            parts["r"] = drawing.reference
            kind = "span ref"
    style = ";".join(f"--{name}:{_number(value)}" for name, value in parts.items())
    return f'<i class="{kind}" style="{style}"></i>'


def _number(value: float) -> str:
    """Return a number as a program reads it: whole ones exactly, others with five digits or more.

    The page shows two or three digits; the files of tables hold all of them.
    """
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return f"{value:.5g}" if abs(value) < 1000 else f"{value:.12g}"


def _text(text: str) -> str:
    return str(escape(cleaned(text)))
