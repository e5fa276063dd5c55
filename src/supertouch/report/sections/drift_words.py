"""What the table of drift says in English, said in the reader's language."""

from __future__ import annotations

import re
from functools import cache

from supertouch.language import language
from supertouch.report.evidence import Evidence

__all__ = ["drift_item", "drift_text"]

SOURCE = "en"
NUMBERS = frozenset({"mean", "share", "r", "n", "low", "high"})
NUMBER = r"[-+\u2212]?\d[\d.]*%?"
SHARES = re.compile(r"[^,]+: \d+%(, [^,]+: \d+%)*")
BLANK = re.compile(r"\\\{(\w+)\\\}")


def drift_text(evidence: Evidence, text: str) -> str:
    """Return what a column held, in the words of the language; answers and names stay."""
    words = evidence.words
    for name, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            places = {key: _place(evidence, key, part) for key, part in found.groupdict().items()}
            return words.say(f"drift_text.{name}", **places)
    return text.replace("%", words.percent_sign) if SHARES.fullmatch(text) else text


def drift_item(evidence: Evidence, item: str) -> str:
    """Return what a column is for: the label of a touchpoint, outcome or segment, and its use."""
    words = evidence.words
    base, _, part = item.partition(" (")
    if part and evidence.item_label(base) != base:
        text = drift_item(evidence, base)
        return words.say("drift_item.brand", text=text, part=part.rstrip(")"))
    if item.startswith("segment "):
        label = evidence.segment_label(item.removeprefix("segment "))
        return words.say("drift_item.segment", label=label)
    key, _, use = item.partition(": ")
    label = evidence.item_label(key)
    if use:
        return words.say("drift_item.item", label=label, use=words.known("drift_use", use))
    return words.known("use", item) if label == item else label


def _place(evidence: Evidence, key: str, text: str) -> str:
    words = evidence.words
    if key == "kind":
        return words.known("code_kind", text)
    if key not in NUMBERS:
        return text
    number, percent = text.rstrip("%"), text.endswith("%")
    told = number.replace(".", words.decimal).replace("-", "\u2212")
    return f"{told}{words.percent_sign}" if percent else told


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    def place(found: re.Match[str]) -> str:
        name = found.group(1)
        return f"(?P<{name}>{NUMBER if name in NUMBERS else '.*'})"

    return tuple(
        (name, re.compile(BLANK.sub(place, re.escape(text)), flags=re.DOTALL))
        for name, text in language(SOURCE).group("drift_text").items()
    )
