"""The plan as an Excel sheet: drop-downs for what can be chosen, facts of the last wave beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supertouch.instruments.plan.terms import KEYS, LABELS
from supertouch.language import Language
from supertouch.language import language as words_of
from supertouch.study.model import Measure, Study

__all__ = ["write_sheet"]

TITLE, NOTE, KEY_ROW, HEAD = 1, 2, 3, 4
FIRST = HEAD + 1
SPARE = 20
NAMES = 4
DARK, GREY, LIGHT, LINE = "1F3A4D", "EEF1F4", "FFFBEA", "C5CDD5"
NAME = "touchpoint_label"
FACTS = (NAME, "decision", "now")
FORMATS = {"target": "0.00", "cost": "#,##0", "start": "yyyy-mm-dd", "now": "0.00"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: its key, header and width in characters."""

    key: str
    header: str
    width: float


def write_sheet(
    study: Study,
    measures: Sequence[Measure],
    path: Path,
    *,
    language: str,
    facts: Mapping[str, Mapping[str, object]],
) -> None:
    """Write the sheet; rows for further measures stand below those of the plan."""
    from openpyxl import Workbook

    words = words_of(language, study.own_words)
    book = Workbook()
    page: Any = book.active
    page.title = words.say("plan_sheet.sheet")
    columns = _columns(study, words)
    _head(page, study, words, columns)
    for line, measure in enumerate(measures, start=FIRST):
        values = _cells(study, measure, words) | dict(facts.get(measure.touchpoint, {}))
        _row(page, line, columns, values)
    last = FIRST + len(measures) + SPARE - 1
    for line in range(FIRST + len(measures), last + 1):
        _row(page, line, columns, {})
    _lists(book, page, study, words, columns, last=last)
    _set_up(page, columns, words)
    book.save(path)


def _columns(study: Study, words: Language) -> list[Column]:
    say = words.say
    labels = [
        Column(f"{LABELS}{code}", say("plan_sheet.label", language=code.upper()), 38)
        for code in study.languages
    ]
    widths: dict[str, float] = {"touchpoint": 18, NAME: 30, "decision": 18, "now": 10, "target": 10}
    widths |= {"based_on": 16, "owner": 18, "cost": 13, "start": 13, "effort": 12}
    widths |= {"excludes": 20, "note": 40}
    rest = [Column(key, say(f"plan_sheet.{key}"), width) for key, width in widths.items()]
    return [Column("id", say("plan_sheet.id"), 22), *rest[:2], *labels, *rest[2:]]


def _cells(study: Study, measure: Measure, words: Language) -> dict[str, object]:
    touchpoint = study.touchpoint(measure.touchpoint)
    labels = {f"{LABELS}{code}": measure.label.within(code) for code in study.languages}
    return labels | {
        "id": measure.id,
        "touchpoint": touchpoint.id,
        "target": round(float(study.scales[touchpoint.scale].turned(measure.target)), 6),
        "based_on": measure.based_on,
        "owner": measure.owner,
        "cost": measure.cost,
        "start": measure.start,
        "effort": words.say(f"effort.{measure.effort}") if measure.effort else None,
        "excludes": ", ".join(measure.excludes),
        "note": measure.note,
    }


def _head(page: Any, study: Study, words: Language, columns: Sequence[Column]) -> None:  # noqa: ANN401
    from openpyxl.styles import Alignment, Font, PatternFill

    _put(page.cell(TITLE, 2), f"{words.say('plan_sheet.title')}: {study.title.within(words.code)}")
    page.cell(TITLE, 2).font = Font(name="Calibri", size=16, bold=True, color=DARK)
    _put(page.cell(NOTE, 2), words.say("plan_sheet.how"))
    _put(page.cell(KEY_ROW, 1), KEYS)
    for place, column in enumerate(columns, start=2):
        _put(page.cell(KEY_ROW, place), column.key)
        cell = page.cell(HEAD, place)
        _put(cell, column.header)
        cell.font = Font(name="Calibri", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=DARK)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    page.row_dimensions[HEAD].height = 32


def _row(page: Any, line: int, columns: Sequence[Column], values: Mapping[str, object]) -> None:  # noqa: ANN401
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    side = Side(style="thin", color=LINE)
    for place, column in enumerate(columns, start=2):
        cell = page.cell(line, place)
        _put(cell, values.get(column.key))
        shown = column.key in FACTS
        cell.fill = PatternFill("solid", start_color=GREY if shown else LIGHT)
        cell.border = Border(left=side, right=side, top=side, bottom=side)
        cell.font = Font(name="Calibri", size=10)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.number_format = FORMATS.get(column.key, "General")
        cell.protection = Protection(locked=shown)


def _put(cell: Any, value: object) -> None:  # noqa: ANN401
    """Write a value; a text stays text, whatever it begins with."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        if text:
            cell.value = text
            cell.data_type = "s"
            cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    elif value is not None and value == value:
        cell.value = value


def _lists(
    book: Any,  # noqa: ANN401
    page: Any,  # noqa: ANN401
    study: Study,
    words: Language,
    columns: Sequence[Column],
    *,
    last: int,
) -> None:
    """Give touchpoint, wave and effort their drop-downs; the lists stand on a hidden sheet."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    hidden = book.create_sheet("lists")
    hidden.sheet_state = "veryHidden"
    named = [item.label.within(words.code) for item in study.touchpoints]
    offered = {
        "touchpoint": [item.id for item in study.touchpoints],
        "based_on": [item.id for item in study.waves],
        "effort": list(words.group("effort").values()),
    }
    keys = [column.key for column in columns]
    for number, (key, choices) in enumerate(offered.items(), start=1):
        for line, choice in enumerate(choices, start=1):
            _put(hidden.cell(line, number), choice)
        letter = get_column_letter(number)
        found = DataValidation(
            type="list",
            formula1=f"lists!${letter}$1:${letter}${len(choices)}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=words.say("plan_sheet.error"),
            error=words.say("plan_sheet.choose"),
        )
        place = get_column_letter(keys.index(key) + 2)
        found.add(f"{place}{FIRST}:{place}{last}")
        page.add_data_validation(found)
    _names(hidden, page, keys, named, last=last)


def _names(hidden: Any, page: Any, keys: Sequence[str], named: Sequence[str], *, last: int) -> None:  # noqa: ANN401
    """Look up the label of the touchpoint in each row, in those to come too."""
    from openpyxl.utils import get_column_letter

    for line, label in enumerate(named, start=1):
        _put(hidden.cell(line, NAMES), label)
    ids, labels = "lists!$A$1:$A$" + str(len(named)), f"lists!$D$1:$D${len(named)}"
    touchpoint = get_column_letter(keys.index("touchpoint") + 2)
    for line in range(FIRST, last + 1):
        cell = page.cell(line, keys.index(NAME) + 2)
        cell.value = f'=IFERROR(INDEX({labels},MATCH({touchpoint}{line},{ids},0)),"")'


def _set_up(page: Any, columns: Sequence[Column], words: Language) -> None:  # noqa: ANN401
    from openpyxl.utils import get_column_letter

    page.column_dimensions["A"].hidden = True
    page.row_dimensions[KEY_ROW].hidden = True
    for place, column in enumerate(columns, start=2):
        page.column_dimensions[get_column_letter(place)].width = column.width
    page.freeze_panes = page.cell(FIRST, 5)
    page.sheet_view.showGridLines = False
    page.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "formatCells", "sort", "autoFilter"):
        setattr(page.protection, allowed, False)
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A3
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{HEAD}:{HEAD}"
    page.oddFooter.center.text = words.say("audit_sheet.page")
