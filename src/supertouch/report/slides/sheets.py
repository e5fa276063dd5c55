"""The workbook inside a native chart: what its numbers are edited in."""

from __future__ import annotations

import io

from supertouch.report.blocks import Chart, Series
from supertouch.report.slides.texts import plain

__all__ = ["SHEET", "column_letter", "places", "widths", "workbook"]

SHEET = "Sheet1"
FORMATS = {"percent": "0.0%", "number": "0.00", "signed": "+0.00;-0.00;0.00", "integer": "#,##0"}


def column_letter(column: int) -> str:
    """Return the letters of a column, counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def places(chart: Chart) -> list[dict[str, int]]:
    """Return the columns of each series: value, x (for points), low and high as far as known.

    Values stand first, from the second column on, as PowerPoint wants them; the widths of the
    intervals, which the error bars are drawn from, stand to the right of all.
    """
    points = chart.form == "scatter"
    step = 2 if points else 1
    found = [
        {"x": 1 + step * k, "value": 1 + step * k + step - 1} for k in range(len(chart.series))
    ]
    following = 1 + step * len(chart.series)
    for columns, series in zip(found, chart.series, strict=True):
        if series.low:
            columns["below"], columns["above"] = following, following + 1
            following += 2
    return found


def workbook(chart: Chart) -> bytes:
    """Return the chart's numbers as an xlsx file; texts never become formulas."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet(SHEET)
    number = book.add_format({"num_format": FORMATS[chart.number]})
    across = book.add_format({"num_format": FORMATS[chart.x_number]})
    sheet.set_column(0, 0, 40)
    for row, category in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, plain(category))
    for series, columns in zip(chart.series, places(chart), strict=True):
        name = plain(series.name)
        parts = {
            "value": (name, series.values, number),
            "below": (f"{name} −", widths(series, -1), number),
            "above": (f"{name} +", widths(series, 1), number),
        }
        if chart.form == "scatter":
            parts["x"] = (plain(chart.x_title), series.x, across)
        for key, (head, values, look) in parts.items():
            if key not in columns:
                continue
            sheet.write_string(0, columns[key], head)
            for row, value in enumerate(values, start=1):
                if value is not None:
                    sheet.write_number(row, columns[key], value, look)
    book.close()
    return target.getvalue()


def widths(series: Series, side: int) -> list[float | None]:
    """Return how far the intervals reach below (-1) or above (+1) the values."""
    ends = series.low if side < 0 else series.high
    return [
        None if value is None or end is None else max(side * (end - value), 0.0)
        for value, end in zip(series.values, ends, strict=False)
    ]
