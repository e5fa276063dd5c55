"""Native charts: their numbers on one sheet, the charts that draw them on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supertouch.language import Language
from supertouch.report.blocks import Chart, Series
from supertouch.report.labels import shortened
from supertouch.report.native.ends import Ends, ends_of, limits, tick
from supertouch.report.palette import DECISIONS, GRID, INK, MUTED, SERIES, VERDICTS
from supertouch.report.workbook.book import Sheet
from supertouch.report.workbook.points import point_names
from supertouch.report.workbook.text import cell_text, chart_text

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as Drawn

__all__ = ["SHOWN", "fill_charts"]

SHOWN = 40
LABEL = 60
DIGITS = 10
WIDTH = 980
PIXELS = 7
SCALE = 54
ROW = 20
FORMATS = {
    "percent": "0%",
    "number": "0.00",
    "signed": "+0.00;-0.00;0.00",
    "integer": "#,##0",
}
COLOURS = {**VERDICTS, **DECISIONS}
MARKS = ("circle", "diamond", "triangle", "square", "star", "x", "plus")
FORMS: dict[str, dict[str, str]] = {
    "bar": {"type": "bar"},
    "stacked": {"type": "bar", "subtype": "percent_stacked"},
    "line": {"type": "line"},
    "scatter": {"type": "scatter"},
}
SMALL = {"size": 9, "color": INK}


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a chart's numbers stand: first row and number of rows, and columns by series."""

    first: int
    size: int
    columns: tuple[dict[str, int], ...]


def fill_charts(
    sheet: Sheet, data: Sheet, charts: tuple[Chart, ...], words: Language, *, index: str, title: str
) -> None:
    """Draw charts below each other on ``sheet`` from numbers that stand on ``data``."""
    for one, width in ((sheet, WIDTH / PIXELS), (data, LABEL - 10)):
        one.columns(0, 0, width)
        one.link(1, 0, index, words.say("workbook.back"))
        one.work.freeze_panes(2, 0)
    sheet.put(0, 0, title, "title")
    data.put(0, 0, words.say("workbook.data"), "title")
    data.columns(1, 60, 14)
    data.work.fit_to_pages(1, 0)
    row, below = 3, 3
    breaks = []
    for chart in charts:
        breaks.append(row)
        placed = _numbers(data, chart, words, below)
        below = placed.first + placed.size + 2
        row = _draw(sheet, data, chart, placed, words, row)
    sheet.work.set_portrait()
    sheet.work.set_print_scale(SCALE)
    sheet.work.set_h_pagebreaks(breaks[1:])


def _numbers(data: Sheet, chart: Chart, words: Language, row: int) -> Placed:
    data.put(row, 0, chart.title, "heading")
    data.put(row + 1, 0, chart.base, "note")
    head = row + 2
    data.put(head, 0, words.say("workbook.category"), "head")
    for place, text in enumerate(_categories(chart), start=head + 1):
        data.put(place, 0, text, num_format="0", align="left")
    column, columns = 1, []
    for series in chart.series:
        found = _one(data, chart, series, words, head, column)
        columns.append(found)
        column = max(found.values()) + 1
    return Placed(head + 1, len(chart.categories), tuple(columns))


def _categories(chart: Chart) -> Sequence[int | str]:
    """Return the categories as cells hold them: counts and years as numbers, names as text."""
    if all(text.isdecimal() and len(text) < DIGITS for text in chart.categories):
        return [int(text) for text in chart.categories]
    texts = [shortened(cell_text(text), LABEL) for text in chart.categories]
    return [f"\u200b{texts[0]}", *texts[1:]] if all(map(_numeric, texts)) else texts


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _one(
    data: Sheet, chart: Chart, series: Series, words: Language, head: int, column: int
) -> dict[str, int]:
    name = cell_text(series.name)
    parts: list[tuple[str, str, tuple[float | None, ...]]] = []
    if series.x:
        parts.append(("x", f"{name}: {chart.x_title}", series.x))
    parts.append(("values", name, series.values))
    if series.low and any(value is not None for value in series.low):
        lower, upper = words.say("workbook.lower"), words.say("workbook.upper")
        parts += [("low", f"{name}, {lower}", series.low), ("high", f"{name}, {upper}",
                                                              series.high)]  # fmt: skip
    found = {}
    for place, (part, text, values) in enumerate(parts, start=column):
        found[part] = place
        data.put(head, place, text, "head_number")
        form = FORMATS[chart.x_number if part == "x" else chart.number].replace("0%", "0.0%")
        for row, value in enumerate(values, start=head + 1):
            data.put(row, place, value, num_format=form)
    if "low" in found:
        _arms(data, series, words, head, found)
    return found


def _arms(data: Sheet, series: Series, words: Language, head: int, found: dict[str, int]) -> None:
    """Write how far each end lies from its value, as formulas, for the bars of the intervals."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    start = found["high"] + 1
    ends = (("minus", "low", series.low), ("plus", "high", series.high))
    for place, (arm, end, values) in enumerate(ends, start=start):
        found[arm] = place
        text = words.say("workbook.arm", name=words.say(f"workbook.{arm}"))
        data.put(head, place, text, "head_number", font_color=MUTED)
        for row, (value, bound) in enumerate(zip(series.values, values, strict=True), head + 1):
            if value is None or bound is None:
                continue
            here, there = (xl_rowcol_to_cell(row, found[name]) for name in ("values", end))
            form = data.book.format("note", num_format="0.000")
            data.work.write_formula(row, place, f"=ABS({there}-{here})", form, abs(bound - value))


def _draw(
    sheet: Sheet, data: Sheet, chart: Chart, placed: Placed, words: Language, row: int
) -> int:
    shown = placed.size if chart.form in ("line", "scatter") else min(placed.size, SHOWN)
    drawn = sheet.book.work.add_chart(FORMS[chart.form])
    named = point_names(chart, width=WIDTH) if chart.form == "scatter" else {}
    for place, (series, columns) in enumerate(zip(chart.series, placed.columns, strict=True)):
        options = _series(data, chart, series, columns, placed, shown, place)
        drawn.add_series(options | {"data_labels": named[place]} if place in named else options)
    _axes(drawn, chart)
    height = _height(chart, shown)
    drawn.set_size({"width": WIDTH, "height": height})
    sheet.put(row, 0, chart.title, "heading")
    sheet.work.insert_chart(row + 1, 0, drawn, {"description": cell_text(chart.alt)[:2000],
                                                "x_offset": 4, "y_offset": 4})  # fmt: skip
    after = row + 2 + -(-height // ROW)
    lines = [chart.base]
    if shown < placed.size:
        lines.append(words.say("workbook.first_shown", shown=words.integer(shown),
                               all=words.integer(placed.size)))  # fmt: skip
    if chart.reference:
        value = words.percent(chart.reference, 1) if chart.number == "percent" else words.number(
            chart.reference)  # fmt: skip
        lines.append(words.say("workbook.reference", value=value))
    for text in lines:
        sheet.put(after, 0, text, "wrapped_note")
        after += 1
    link = words.say("workbook.chart_data", sheet=data.name)
    sheet.link(after, 0, data.name, link, to=placed.first - 3)
    return after + 2


def _series(
    data: Sheet,
    chart: Chart,
    series: Series,
    columns: dict[str, int],
    placed: Placed,
    shown: int,
    place: int,
) -> dict[str, Any]:
    last = placed.first + shown - 1

    def area(name: str) -> list[object]:
        return [data.name, placed.first, columns[name], last, columns[name]]

    colour = _colour(series, place)
    found: dict[str, Any] = {
        "name": [data.name, placed.first - 1, columns["values"]],
        "categories": area("x") if "x" in columns else [data.name, placed.first, 0, last, 0],
        "values": area("values"),
        "gap": 40,
    }
    if chart.form in ("bar", "stacked"):
        found["fill"] = {"color": colour}
        if series.tones:
            found["points"] = [{"fill": {"color": COLOURS.get(tone, colour)}}
                               for tone in series.tones[:shown]]  # fmt: skip
    else:
        found["line"] = {"color": colour, "width": 2} if _joined(chart) else {"none": True}
        found["marker"] = {"type": MARKS[place % len(MARKS)], "size": 7,
                           "fill": {"color": colour}, "border": {"color": colour}}  # fmt: skip
    if "plus" in columns:
        found["x_error_bars" if chart.form == "bar" else "y_error_bars"] = _bars(
            data, series, columns, placed, shown
        )
    return found


def _bars(
    data: Sheet, series: Series, columns: dict[str, int], placed: Placed, shown: int
) -> dict[str, Any]:
    from xlsxwriter.utility import quote_sheetname, xl_range_abs

    found: dict[str, Any] = {"type": "custom", "line": {"color": INK, "width": 1}}
    for arm, values in (("plus", series.high), ("minus", series.low)):
        place = columns[arm]
        cells = xl_range_abs(placed.first, place, placed.first + shown - 1, place)
        found[f"{arm}_values"] = f"={quote_sheetname(data.name)}!{cells}"
        found[f"{arm}_data"] = [
            None if value is None or end is None else abs(end - value)
            for value, end in zip(series.values[:shown], values[:shown], strict=True)
        ]
    return found


def _axes(drawn: Drawn, chart: Chart) -> None:
    lines = {"visible": True, "line": {"color": GRID, "width": 0.75}}
    value = _scale(ends_of(chart), chart.number) | {"major_gridlines": lines}
    title = {"name_font": {"size": 9, "bold": False, "color": MUTED}}
    if chart.form in ("bar", "stacked"):
        drawn.set_x_axis({**value, **title, "name": chart_text(chart.x_title)})
        drawn.set_y_axis({"reverse": True, "num_font": SMALL, "label_position": "low",
                          "crossing": "max", "major_tick_mark": "none",
                          "interval_unit": 1})  # fmt: skip
    else:
        drawn.set_y_axis({**value, **title, "name": chart_text(chart.y_title)})
        across: dict[str, Any] = {**title, "name": chart_text(chart.x_title), "num_font": SMALL,
                  "label_position": "low", "reverse": chart.x_turned}  # fmt: skip
        if chart.form == "scatter":
            across |= _scale(limits(chart)[0], chart.x_number)
        if chart.x_turned:
            across["crossing"] = "max"
        drawn.set_x_axis(across)
    drawn.set_title({"none": True})
    many = len(chart.series) > 1
    drawn.set_legend({"position": "top", "font": SMALL} if many else {"none": True})
    drawn.set_chartarea({"border": {"none": True}})
    drawn.show_blanks_as("gap")


def _scale(ends: Ends, number: str) -> dict[str, Any]:
    """Return where an axis begins and ends, so that no interval is cut off."""
    low, high, step = ends
    return {"min": low, "max": high, "major_unit": step, "num_format": tick(number, step),
            "num_font": SMALL}  # fmt: skip


def _height(chart: Chart, shown: int) -> int:
    if chart.form in ("bar", "stacked"):
        each = 22 if chart.form == "stacked" else 14 + 8 * len(chart.series)
        return 90 + each * max(shown, 3)
    return 420


def _colour(series: Series, place: int) -> str:
    return COLOURS.get(series.tone, SERIES[place % len(SERIES)])


def _joined(chart: Chart) -> bool:
    return chart.form == "line" or chart.joined
