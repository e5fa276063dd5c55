"""The questionnaire as a Word document: to read, to correct, to print, or to programme from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supertouch.instruments.questionnaire.asked import Choice, Item, Question, Questionnaire
from supertouch.instruments.questionnaire.filters import Numbered, filter_notes, numbered
from supertouch.instruments.questionnaire.word_look import (
    bordered,
    clean,
    field,
    grey,
    heading_row,
    new_document,
    unbroken,
    widths,
)
from supertouch.language import Language, language
from supertouch.saving import save

__all__ = ["write_word"]

WIDTH = 17.4
LABEL = 4.2
MARGIN = 0.2
LETTER = 0.0205  # centimetres of width per letter and point
MOST_IN_LIST = 8
BOX = "\u2610"
SEPARATOR = " – "


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A document in the making. ``columns`` tells whether it names the data file's columns."""

    document: Any
    words: Language
    known: Numbered
    columns: bool


def write_word(
    questionnaire: Questionnaire, path: Path, *, language: str, columns: bool = True
) -> Path:
    """Write the questionnaire as a Word document, and return where.

    Parameters
    ----------
    questionnaire : Questionnaire
    path : Path
        The file, ending in ``.docx``; written whole or not at all.
    language : str
        Code of the language to ask in.
    columns : bool
        Name the column of the data file with every question, for those who programme it. Without
        them, and without what the institute adds, the document is one for respondents.

    Raises
    ------
    UnsupportedError
        If there are no words for the language.
    OutputError
        If the file cannot be written.
    """
    document = _document(questionnaire, language, columns)
    return save(path, lambda part: document.save(str(part)))


def _document(questionnaire: Questionnaire, code: str, columns: bool) -> Any:  # noqa: ANN401
    words = language(code, questionnaire.own_words)
    title = questionnaire.title.within(code)
    sheet = _Sheet(new_document(title, words), words, numbered(questionnaire), columns)
    _frame(sheet, title)
    sheet.document.add_heading(clean(title), level=0)
    sheet.document.add_paragraph(clean(questionnaire.intro.within(code)))
    if columns and questionnaire.blocks:
        grey(sheet.document.add_paragraph(), _drawn(questionnaire, words), size=9, italic=True)
    before = ""
    for page in questionnaire.pages:
        heading = clean(page.title.within(code))
        if heading != before:
            sheet.document.add_heading(heading, level=1)
        before = heading
        for question in page.questions:
            _question(sheet, question)
    sheet.document.add_paragraph(clean(questionnaire.thanks.within(code)))
    if columns:
        _appendix(sheet, questionnaire)
    return sheet.document


def _frame(sheet: _Sheet, title: str) -> None:
    """Put the title above every page and its number below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    section = sheet.document.sections[0]
    grey(section.header.paragraphs[0], title, size=8)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    before, _, rest = sheet.words.say("questionnaire.page").partition("#")
    between, _, after = rest.partition("#")
    foot.add_run(before)
    field(foot, "PAGE")
    foot.add_run(between)
    field(foot, "NUMPAGES")
    foot.add_run(after)


def _drawn(questionnaire: Questionnaire, words: Language) -> str:
    return words.say(
        "questionnaire.drawn",
        blocks=len(questionnaire.blocks),
        column=questionnaire.block_column,
    )


def _question(sheet: _Sheet, question: Question) -> None:
    note, notes = filter_notes(question, sheet.known, sheet.words)
    if note:
        above = sheet.document.add_paragraph()
        above.paragraph_format.keep_with_next = True
        above.paragraph_format.space_before = 0
        grey(above, note, size=9, italic=True)
    text = sheet.document.add_paragraph()
    text.paragraph_format.keep_with_next = True
    number, wording = sheet.known.number(question), question.text.within(sheet.words.code)
    text.add_run(clean(f"{number}. {wording}")).bold = True
    if question.kind != "matrix":
        _name(sheet, text, question.items[0], before="  ")
    hint = question.hint.within(sheet.words.code)
    if hint:
        grey(text, f" {hint}", size=9)
    single = question.kind == "single" and len(question.choices) <= MOST_IN_LIST
    draw = {"open": _open, "single": _list if single else _grid, "matrix": _grid}[question.kind]
    draw(sheet, question, notes)
    sheet.document.add_paragraph().paragraph_format.space_after = 0


def _open(sheet: _Sheet, question: Question, notes: dict[str, str]) -> None:  # noqa: ARG001
    """Rule lines to write on."""
    table = sheet.document.add_table(rows=3, cols=1)
    bordered(table)
    widths(table, [WIDTH])


def _list(sheet: _Sheet, question: Question, notes: dict[str, str]) -> None:  # noqa: ARG001
    """Write the answers of a single question one below the other."""
    choices = (*question.choices, *question.not_answered)
    table = sheet.document.add_table(rows=len(choices), cols=2)
    for row, choice in zip(table.rows, choices, strict=True):
        unbroken(row)
        row.cells[0].paragraphs[0].add_run(BOX)
        text = row.cells[1].paragraphs[0]
        text.add_run(clean(choice.label.within(sheet.words.code)))
        grey(text, f"  {choice.code}")
        _tight(row)
    widths(table, [0.8, WIDTH - 0.8])


def _grid(sheet: _Sheet, question: Question, notes: dict[str, str]) -> None:
    """Write a matrix: the answers in columns, one line for each item."""
    choices = (*question.choices, *question.not_answered)
    if legend := _legend(question.choices, sheet.words.code):
        under = sheet.document.add_paragraph()
        under.paragraph_format.keep_with_next = True
        grey(under, legend, size=9)
    table = sheet.document.add_table(rows=1 + len(question.items), cols=1 + len(choices))
    bordered(table)
    head = table.rows[0]
    heading_row(head)
    own = max(LABEL, WIDTH - 1.65 * len(choices))
    width = (WIDTH - own) / len(choices)
    size = _size([choice.label.within(sheet.words.code) for choice in choices], width)
    for cell, choice in zip(head.cells[1:], choices, strict=True):
        _head(cell.paragraphs[0], choice, sheet.words.code, size=size)
    for row, item in zip(table.rows[1:], question.items, strict=True):
        _line(sheet, row, question, item, notes.get(item.column, ""))
    for row in table.rows:
        unbroken(row)
        _tight(row)
    widths(table, [own, *[width] * len(choices)])


def _size(labels: Sequence[str], width: float) -> float:
    """Return the size in points at which the longest word fits into a column, if legible."""
    longest = max((len(word) for label in labels for word in label.split()), default=1)
    fits = (width - MARGIN) / (longest * LETTER)
    return min(8.0, max(5.0, int(2 * fits) / 2))


def _head(paragraph: Any, choice: Choice, code: str, *, size: float) -> None:  # noqa: ANN401
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    label = choice.label.within(code)
    short = choice.code if _is_numbered(choice, code) else label
    paragraph.add_run(clean(short)).font.size = Pt(size)
    if short != choice.code:
        grey(paragraph, f"\n{choice.code}")


def _line(sheet: _Sheet, row: Any, question: Question, item: Item, note: str) -> None:  # noqa: ANN401
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    first = row.cells[0].paragraphs[0]
    if question.kind == "matrix":
        first.add_run(clean(item.label.within(sheet.words.code)))
        _name(sheet, first, item, before="\n")
    if note:
        grey(first, f"\n{note}", italic=True)
    for cell in row.cells[1:]:
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].add_run(BOX)


def _name(sheet: _Sheet, paragraph: Any, item: Item, *, before: str = "") -> None:  # noqa: ANN401
    if sheet.columns:
        grey(paragraph, before + item.column)


def _tight(row: Any) -> None:  # noqa: ANN401
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.space_after = 0


def _is_numbered(choice: Choice, code: str) -> bool:
    """Tell whether an answer shows its number: those of a scale with labels at its ends."""
    label = choice.label.within(code)
    return label == choice.code or label.startswith(choice.code + SEPARATOR)


def _legend(choices: tuple[Choice, ...], code: str) -> str:
    """Return what the labelled points of a numbered scale mean."""
    told = [c.label.within(code).replace(SEPARATOR, " = ", 1) for c in choices]
    named = [text for c, text in zip(choices, told, strict=True) if text != c.code]
    return " · ".join(named) if all(_is_numbered(c, code) for c in choices) else ""


def _appendix(sheet: _Sheet, questionnaire: Questionnaire) -> None:
    """List what no question fills, what to think about, and the blocks."""
    say, code, document = sheet.words.say, sheet.words.code, sheet.document
    if questionnaire.added:
        document.add_heading(say("questionnaire.title_added"), level=1)
        rows = [(column.column, column.purpose.within(code)) for column in questionnaire.added]
        _pairs(sheet, rows, "questionnaire.head_column", "questionnaire.head_purpose")
    if questionnaire.remarks:
        document.add_heading(say("questionnaire.title_remarks"), level=1)
        for remark in questionnaire.remarks:
            document.add_paragraph(clean(remark.within(code)), style="List Bullet")
    if questionnaire.blocks:
        document.add_heading(say("questionnaire.title_blocks"), level=1)
        labels = {
            item.touchpoint: item.label.within(code)
            for page in questionnaire.pages
            for question in page.questions
            for item in question.items
            if item.touchpoint
        }
        rows = [
            (block.code, ", ".join(labels.get(name, name) for name in block.touchpoints))
            for block in questionnaire.blocks
        ]
        _pairs(sheet, rows, "questionnaire.head_block", "questionnaire.head_touchpoints")


def _pairs(sheet: _Sheet, rows: list[tuple[str, str]], first: str, second: str) -> None:
    table = sheet.document.add_table(rows=1 + len(rows), cols=2)
    bordered(table)
    heading_row(table.rows[0])
    for cell, key in zip(table.rows[0].cells, (first, second), strict=True):
        cell.paragraphs[0].add_run(sheet.words.say(key)).bold = True
    for row, texts in zip(table.rows[1:], rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.paragraphs[0].add_run(clean(text))
    for row in table.rows:
        unbroken(row)
        _tight(row)
    widths(table, [LABEL, WIDTH - LABEL])
