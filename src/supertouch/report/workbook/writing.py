"""Puts the workbook together and writes it, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd

from supertouch.report.blocks import Content
from supertouch.report.evidence import REPORTED, Evidence
from supertouch.report.native import native_charts
from supertouch.report.palette import MUTED, SERIES, YES
from supertouch.report.workbook.banner import add_banner
from supertouch.report.workbook.book import Book
from supertouch.report.workbook.charts import fill_charts
from supertouch.report.workbook.contents import Entry, empty_entry, fill_index, table_groups
from supertouch.report.workbook.heads import described, table_title
from supertouch.report.workbook.sheets import add_table
from supertouch.report.workbook.told import fill_chapters
from supertouch.saving import save

__all__ = ["write_workbook"]

COLOURS = {
    "findings": YES,
    "decisions": SERIES[2],
    "change": SERIES[4],
    "trust": SERIES[3],
    "field": MUTED,
}
LAID_OUT = frozenset({"banner", "banner_waves"})


def write_workbook(
    evidence: Evidence,
    content: Content,
    tables: Mapping[str, pd.DataFrame],
    *,
    path: Path,
    made: datetime | None = None,
) -> Path:
    """Write every reported table as a workbook in one language.

    Its first sheet leads to all others: methods, charts of the newest wave, the banner tables and
    one sheet per table, with typed cells. Text of the study stays text, whatever it begins with.

    Parameters
    ----------
    evidence, content
        What labels are taken from, and the report whose answer and methods are told.
    tables
        The tables of all waves; those that hold single respondents are left out.
    made
        When the numbers were made; the same numbers then give the same file, byte for byte.

    Raises
    ------
    UnsupportedError
        If a table has more rows or columns than a sheet holds.
    OutputError
        If the file cannot be written.
    """
    book = Book(content.title, content.company, made)
    data = _filled(book, evidence, content, tables)
    return save(path, lambda part: part.write_bytes(data))


def _filled(
    book: Book, evidence: Evidence, content: Content, tables: Mapping[str, pd.DataFrame]
) -> bytes:
    words = evidence.words
    index = book.sheet(words.say("workbook.index"), colour=YES)
    entries = _first(book, evidence, content, index.name)
    entries += add_banner(book, evidence, tables, index=index.name)
    entries += _tables(book, evidence, tables, index.name)
    fill_index(index, content, words, entries, base=evidence.weightings())
    index.work.activate()
    return book.bytes()


def _first(book: Book, evidence: Evidence, content: Content, index: str) -> list[Entry]:
    words, wave = evidence.words, evidence.waves[-1]
    methods = book.sheet(words.say("workbook.methods"), colour=YES)
    fill_chapters(methods, content, words, index=index)
    about = words.say("workbook.about_methods")
    entries = [Entry("told", methods.name, methods.name, about)]
    charts = native_charts(evidence, wave)
    if charts:
        label = evidence.label(wave)
        title = words.say("workbook.charts", wave=label)
        sheet, data = book.sheet(title, colour=YES), book.sheet(words.say("workbook.data"))
        fill_charts(sheet, data, charts, words, index=index, title=title)
        shown = words.say("workbook.about_charts", wave=label)
        entries.append(Entry("told", sheet.name, sheet.name, shown))
        entries.append(Entry("told", data.name, data.name, words.say("workbook.about_data")))
    return entries


def _tables(
    book: Book, evidence: Evidence, tables: Mapping[str, pd.DataFrame], index: str
) -> list[Entry]:
    words = evidence.words
    entries = []
    names = [name for name in REPORTED if name in tables and name not in LAID_OUT]
    for group, name in table_groups(names):
        frame = tables[name]
        if frame.empty:
            entries.append(empty_entry(words, group, name))
            continue
        sheet = add_table(book, evidence, name, frame, index=index, colour=COLOURS[group])
        title = table_title(words, name)
        entries.append(Entry(group, title, sheet.name, described(words, name), len(frame)))
    return entries
