"""A study whose every text means harm, with its tables, for the tests of all that is written.

Whatever a reader opens (page, slides, workbook, banner page, data file) must show these texts as
texts: no tag, no formula, no broken file, nothing that runs when it is clicked or pasted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

import report_decision_tables
import report_tables
from supertouch.study.model import Study, Text

__all__ = ["ALERT", "CONTROLS", "HOSTILE", "hostile_study", "hostile_text"]

ALERT = "hacked()"
CONTROLS = "".join(map(chr, (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xFFFE)))
"""Characters that XML does not allow, or that no text holds."""

HOSTILE: tuple[str, ...] = (
    f"<script>{ALERT}</script>",
    f'"><img src=x onerror={ALERT}>',
    f"</title></script></style></template></svg>-->]]><svg onload={ALERT}>",
    f"'\" onmouseover={ALERT} x='",
    f'=HYPERLINK("javascript:{ALERT}";"Click")',
    "=cmd|' /C calc'!A0",
    "+49 (0) 151 = 1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1\r\n=2+2",
    f"ab{CONTROLS}cd",
    "Wort" + "ä" * 496,
    "Ein sehr langer Name eines Kontaktpunkts mit Leerzeichen " * 9,
    "$x_1^2$ \\frac{1}{2} {n} {klammer} %s %(name)s ${name} {{ 7*7 }} {% if %}",
    "umgedreht \u202eabc\u202c \u2028 \u2029 \ufeff \u0000 Ende",
    "&lt;b&gt; &amp;amp; &#60;script&#62; \u003cb\u003e",
    "https://example.org/?a=1&b=2 www.example.org mailto:a@example.org",
    "👩\u200d👩\u200d👧 Ünïcödé 漢字 العربية \U0001f600",
    "   ",
    "'",
    '"',
    "a,b;c\td\ne|f",
    "_x000D_ _x0041_ Sheet1!A1 [Book]'!",
    "../../../etc/passwd C:\\con",
)
"""Texts that would do harm where they are not taken as texts; no two alike."""


def hostile_text(turn: int) -> str:
    """Return the hostile text number ``turn``, counted round and told apart by a number."""
    text = HOSTILE[turn % len(HOSTILE)]
    return text if turn < len(HOSTILE) else f"{text} {turn // len(HOSTILE) + 1}"


def hostile_study(
    folder: Path, *, waves: int = 2, touchpoints: int = 24
) -> tuple[Study, dict[str, pd.DataFrame]]:
    """Return the study and every table of it: ids as usual, all else hostile."""
    made = report_tables.study(folder, waves=waves, touchpoints=touchpoints)
    tables = report_tables.tables(made)
    tables |= report_decision_tables.decision_tables(made, tables)
    turns = iter(range(1, 10**6))
    made = replace(
        _with_texts(made, turns),
        title=_text(0),
        company=_text(2),
        about=_text(1),
        languages=("de", "en"),
    )
    return made, _with_words(tables)


FREE = {
    "rejections": ("column", "rule"),
    "quality": ("rule",),
    "drift": ("column", "before", "after", "edit"),
    "brought": ("file",),
    "incidents": ("sources",),
    "missing": ("named", "sources"),
    "plan": ("label", "owner"),
    "measures": ("label",),
}
"""Columns of tables that hold words of a study or of its files."""


def _with_words(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    found = dict(tables)
    for name, columns in FREE.items():
        frame = found[name].copy()
        for column in columns:
            known = {value: k for k, value in enumerate(frame[column].unique()) if value}
            texts = {value: hostile_text(k) for value, k in known.items()}
            frame[column] = frame[column].map(lambda value, texts=texts: texts.get(value, value))
            frame[column] = frame[column].astype(found[name][column].dtype)
        found[name] = frame
    return found


def _text(turn: int) -> Text:
    return Text({"de": hostile_text(turn), "en": hostile_text(turn + 1)})


def _with_texts(value: Any, turns: Iterator[int]) -> Any:
    if isinstance(value, Text):
        return _text(next(turns))
    if isinstance(value, tuple):
        return tuple(_with_texts(item, turns) for item in value)
    if isinstance(value, Mapping):
        return {key: _with_texts(item, turns) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {item.name: getattr(value, item.name) for item in fields(value)}
        if parts.get("owner"):
            parts["owner"] = hostile_text(next(turns))
        return type(value)(**{name: _with_texts(part, turns) for name, part in parts.items()})
    return value
