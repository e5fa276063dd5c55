"""The index: what the workbook holds, with links, and the answer in a few sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from supertouch.language import Language
from supertouch.report.blocks import ByWave, Content, Headline, Prose
from supertouch.report.workbook.book import Sheet
from supertouch.report.workbook.heads import described, table_title

__all__ = ["GROUPS", "Entry", "empty_entry", "fill_index", "headlines", "table_groups"]

GROUPS: dict[str, tuple[str, ...]] = {
    "findings": (
        "supertouchpoints", "performance", "outcomes", "importance", "phases", "models",
        "asymmetry", "consistency", "weakest", "univariate", "comparison", "overlap",
        "reach_sets", "synergy", "funnel", "gap", "auditors", "incidents", "missing",
    ),
    "decisions": ("portfolio", "levers", "whatif", "budget", "plan", "measures"),
    "change": ("tracking", "change_explained", "targets", "drift"),
    "trust": ("robustness", "agreement", "halo", "collinearity", "sensitivity", "reliability"),
    "field": (
        "sample", "rejections", "empties", "contradictions", "quality", "weights", "margins",
        "suppressed", "brought", "diagnostics",
    ),
}  # fmt: skip


ANSWER = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index; ``sheet`` is empty where there is nothing to lead to."""

    group: str
    title: str
    sheet: str
    about: str
    rows: int | None = None


def table_groups(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the tables as (group, name) in the order of the index; none is left out."""
    known = [(group, name) for group, found in GROUPS.items() for name in found if name in names]
    placed = {name for _, name in known}
    return known + [("findings", name) for name in names if name not in placed]


def empty_entry(words: Language, group: str, name: str) -> Entry:
    """Return the line of a table that has no rows, hence no sheet."""
    title = table_title(words, name)
    return Entry(group, title, "", f"{described(words, name)} {words.say('workbook.empty')}")


def fill_index(
    sheet: Sheet, content: Content, words: Language, entries: Sequence[Entry], *, base: str
) -> None:
    """Write the title, the answer and a line with a link for each sheet."""
    sheet.columns(0, 0, 34)
    sheet.columns(1, 1, 110)
    sheet.columns(2, 2, 10)
    sheet.put(0, 0, content.title, "title")
    line = " · ".join(text for text in (content.company, content.subtitle, content.made) if text)
    sheet.put(1, 0, line, "note")
    sheet.put(2, 0, base, "note")
    row = _answer(sheet, content, words, 4)
    heads = (("workbook.sheet", "head"), ("workbook.holds", "head"), ("workbook.rows",
                                                                      "head_number"))  # fmt: skip
    for column, (key, style) in enumerate(heads):
        sheet.put(row, column, words.say(key), style)
    row += 1
    group = ""
    for entry in entries:
        if entry.group != group:
            group = entry.group
            sheet.work.set_row(row, 24)
            sheet.put(row, 0, words.say(f"workbook.group.{group}"), "heading", valign="bottom")
            row += 1
        if entry.sheet:
            sheet.link(row, 0, entry.sheet, entry.title)
        else:
            sheet.put(row, 0, entry.title, "note")
        sheet.put(row, 1, entry.about, "wrapped" if entry.sheet else "wrapped_note")
        sheet.put(row, 2, entry.rows, num_format="#,##0")
        row += 1
    sheet.put(row + 1, 0, words.say("workbook.heads"), "note")
    sheet.work.fit_to_pages(1, 0)


def _answer(sheet: Sheet, content: Content, words: Language, row: int) -> int:
    found = headlines(content)
    if not found:
        return row
    wave, texts = found
    label = dict(content.waves).get(wave, wave)
    sheet.put(row, 0, words.say("workbook.main"), "heading")
    sheet.put(row + 1, 0, label, "note")
    for place, text in enumerate(texts, start=1):
        sheet.put(row + place, 1, text, "wrapped", bold=True)
    return row + len(texts) + 2


def headlines(content: Content) -> tuple[str, tuple[str, ...]] | None:
    """Return the newest wave and the sentences of its answer."""
    first = content.sections[0].blocks if content.sections else ()
    newest = content.waves[-1][0] if content.waves else ""
    waves: Mapping[str, tuple[object, ...]] = {
        wave: blocks for block in first if isinstance(block, ByWave) for wave, blocks in block.waves
    }
    texts: list[str] = []
    for block in waves.get(newest, ())[:ANSWER]:
        if isinstance(block, Headline):
            texts.append(block.text)
        elif isinstance(block, Prose):
            texts += block.paragraphs
    return (newest, tuple(texts)) if texts else None
