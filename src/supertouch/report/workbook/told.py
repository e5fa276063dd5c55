"""Chapters of the report as a sheet: methods, how it was run, glossary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from supertouch.language import Language
from supertouch.report.blocks import (
    ByGroup,
    ByOutcome,
    ByWave,
    Code,
    Content,
    Grid,
    Headline,
    Prose,
    Section,
    Terms,
)
from supertouch.report.workbook.book import Sheet

__all__ = ["CHAPTERS", "fill_chapters"]

CHAPTERS = ("methods", "run", "glossary")
LAST = 9


def fill_chapters(sheet: Sheet, content: Content, words: Language, *, index: str) -> None:
    """Write the chapters on methods and limits below each other, as the report tells them."""
    sheet.columns(0, 0, 38)
    sheet.columns(1, 1, 100)
    sheet.columns(2, LAST, 16)
    sheet.put(0, 0, words.say("workbook.methods"), "title")
    sheet.put(1, 0, content.title, "note")
    sheet.link(2, 0, index, words.say("workbook.back"))
    sheet.work.freeze_panes(3, 0)
    row = 4
    for section in content.sections:
        if section.id in CHAPTERS:
            row = _section(sheet, content, section, row) + 1
    sheet.work.fit_to_pages(1, 0)


def _section(sheet: Sheet, content: Content, section: Section, row: int) -> int:
    sheet.put(row, 0, section.title, "heading")
    row += 1
    if section.intro:
        sheet.put(row, 0, section.intro, "note")
        row += 1
    for block in section.blocks:
        row = _block(sheet, content, block, row) + 1
    return row


def _block(sheet: Sheet, content: Content, block: object, row: int) -> int:
    draw = DRAWN.get(type(block))
    return draw(sheet, content, block, row) if draw is not None else row


def _prose(sheet: Sheet, _: Content, block: Prose, row: int) -> int:
    texts = [*block.paragraphs, *(f"• {text}" for text in block.bullets)]
    for place, text in enumerate(texts or [""]):
        if place == 0:
            sheet.put(row, 0, block.title, "wrapped", bold=True)
        sheet.put(row, 1, text, "wrapped")
        row += 1
    return row


def _terms(sheet: Sheet, _: Content, block: Terms, row: int) -> int:
    for term, meaning in block.terms:
        sheet.put(row, 0, term, "wrapped", bold=True)
        sheet.put(row, 1, meaning, "wrapped")
        row += 1
    return row


def _grid(sheet: Sheet, _: Content, block: Grid, row: int) -> int:
    sheet.put(row, 0, block.caption, "strong")
    row += 1
    for place, column in enumerate(block.columns):
        sheet.put(row, place, column.text.replace("\u00ad", ""), "head")
    for line in block.rows:
        row += 1
        for place, cell in enumerate(line.cells):
            text = f"{cell.text}\n{cell.detail}" if cell.detail else cell.text
            sheet.put(row, place, text.replace("\u00ad", ""), "wrapped")
    row += 1
    if block.base:
        sheet.put(row, 0, block.base, "note")
        row += 1
    return row


def _text(sheet: Sheet, _: Content, block: Headline | Code, row: int) -> int:
    sheet.put(row, 1, block.text, "wrapped")
    return row + 1


def _by_wave(sheet: Sheet, content: Content, block: ByWave, row: int) -> int:
    return _each(sheet, content, block.waves, row, dict(content.waves))


def _by_group(sheet: Sheet, content: Content, block: ByGroup, row: int) -> int:
    return _each(sheet, content, block.groups, row, dict(content.groups))


def _by_outcome(sheet: Sheet, content: Content, block: ByOutcome, row: int) -> int:
    return _each(sheet, content, block.outcomes, row, dict(content.outcomes))


def _each(
    sheet: Sheet,
    content: Content,
    parts: tuple[tuple[str, tuple[Any, ...]], ...],
    row: int,
    labels: dict[str, str],
) -> int:
    for key, blocks in parts:
        if blocks:
            sheet.put(row, 0, labels.get(key, key), "strong")
            row += 1
        for block in blocks:
            row = _block(sheet, content, block, row)
    return row


DRAWN: dict[type, Callable[[Sheet, Content, Any, int], int]] = {
    Prose: _prose,
    Terms: _terms,
    Grid: _grid,
    Headline: _text,
    Code: _text,
    ByWave: _by_wave,
    ByGroup: _by_group,
    ByOutcome: _by_outcome,
}
