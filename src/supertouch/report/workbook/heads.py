"""Heads of columns in words, for the machine names that tables have."""

from __future__ import annotations

from supertouch.language import Language

__all__ = ["column_head", "described", "label_head", "table_title"]

SOFT = "\u00ad"


def column_head(words: Language, table: str, column: str) -> str:
    """Return the head of a column in words; its machine name where the language has none."""
    for ending in ("low", "high"):
        name = column.removesuffix(f"_{ending}")
        if name != column and _known(words, table, name):
            return words.say(f"workbook.{ending}", name=_known(words, table, name))
    return _known(words, table, column) or column


def label_head(words: Language, table: str, column: str) -> str:
    """Return the head of the labels that stand beside a column of ids or codes."""
    return words.say("workbook.label", name=column_head(words, table, column))


def table_title(words: Language, table: str) -> str:
    """Return the name of a table in words; its machine name where the language has none."""
    return words.words.get(f"workbook.title.{table}", table)


def described(words: Language, table: str) -> str:
    """Return what a table holds and how it was made; nothing where the language says nothing."""
    return words.words.get(f"workbook.about.{table}", "")


def _known(words: Language, table: str, name: str) -> str:
    for key in (f"workbook.in.{table}.{name}", f"workbook.column.{name}", f"column.{name}"):
        text = words.words.get(key, "")
        if text and "{" not in text:
            return text.replace(SOFT, "")
    return ""
