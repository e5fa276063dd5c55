"""Texts that earlier stages wrote in English, said in the reader's language."""

from __future__ import annotations

import re
from functools import cache

from supertouch.language import Language, language
from supertouch.study.model import Study

__all__ = ["rule_text"]

SOURCE = "en"
BLANK = re.compile(r"\\\{(\w+)\\\}")


def rule_text(study: Study, rule: str, *, words: Language) -> str:
    """Return a rule of the quarantine or a reason to exclude in the words of the language.

    A rule that the catalogue does not know is returned as it is.
    """
    for exclusion in study.exclusions:
        if exclusion.reason.within(SOURCE) == rule:
            return exclusion.reason.within(words.code)
    for name, pattern in _patterns():
        found = pattern.fullmatch(rule)
        if found is not None:
            values = found.groupdict()
            if "rule" in values:
                values["rule"] = rule_text(study, values["rule"], words=words)
            return words.say(f"rule.{name}", **values)
    return rule


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    templates = language(SOURCE).group("rule")
    return tuple(
        (name, re.compile(BLANK.sub(r"(?P<\1>.*)", re.escape(text)), flags=re.DOTALL))
        for name, text in templates.items()
    )
