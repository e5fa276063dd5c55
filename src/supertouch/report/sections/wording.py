"""Texts that earlier stages wrote in English, said in the reader's language."""

from __future__ import annotations

import re
from functools import cache

from supertouch.language import Language, language
from supertouch.study.model import Study

__all__ = ["rule_text"]

SOURCE = "en"
DECIMAL = re.compile(r"-?\d+\.\d+")
BLANK = re.compile(r"\\\{(\w+)\\\}")


def rule_text(study: Study, rule: str, *, words: Language) -> str:
    """Return a rule of the quarantine, a check or a reason in the words of the language.

    A rule that the catalogue does not know is returned as it is.
    """
    own = [item.reason for item in study.exclusions]
    own += [item.label for item in study.quality.implausible]
    for text in own:
        if rule and text.within(SOURCE) == rule:
            return text.within(words.code)
    for name, pattern in _patterns():
        found = pattern.fullmatch(rule)
        if found is not None:
            values = {key: _decimal(text, words) for key, text in found.groupdict().items()}
            if "rule" in values:
                values["rule"] = rule_text(study, values["rule"], words=words)
            return words.say(f"rule.{name}", **values)
    return rule


def _decimal(text: str, words: Language) -> str:
    return text.replace(".", words.decimal) if DECIMAL.fullmatch(text) else text


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    templates = language(SOURCE).group("rule")
    return tuple(
        (name, re.compile(BLANK.sub(r"(?P<\1>.*)", re.escape(text)), flags=re.DOTALL))
        for name, text in templates.items()
    )
