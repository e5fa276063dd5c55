"""What a plan's fields are called where people have them before their eyes: in TOML, in Excel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from supertouch.study.model import Effort, Study

__all__ = ["KEYS", "LABELS", "TOML", "Terms", "of_sheet"]

KEYS = "supertouch:plan"
LABELS = "label_"


@dataclass(frozen=True, slots=True)
class Terms:
    """How mistakes in a plan are told in the words of the file that people have before them.

    Attributes
    ----------
    names : mapping of str to str
        What a field is called there; its key where nothing is named.
    examples : mapping of str to str
        What is to be written, by field.
    efforts : tuple of str
        The words for effort.
    """

    names: Mapping[str, str]
    examples: Mapping[str, str]
    efforts: tuple[str, ...]


TOML = Terms(
    names={},
    examples={
        "id": "[measures.hotline_callback]",
        "touchpoint": 'touchpoint = "hotline"',
        "label": 'label = { de = "Rückruf in einer Stunde", en = "Call back within an hour" }',
        "target": "target = 2.1, the mean aimed at, as in the questionnaire",
        "based_on": 'based_on = "2026q3", the wave that it was planned on',
        "owner": 'owner = "Service"',
        "cost": "cost = {amount}, without a sign for thousands or the currency",
        "start": "start = 2026-07-01",
        "excludes": 'excludes = ["hotline_bot"]',
        "note": 'note = "…"',
    },
    efforts=get_args(Effort),
)


def of_sheet(study: Study, headers: Mapping[str, str]) -> Terms:
    """Return the terms of an Excel sheet whose columns have these headers, by key."""
    from supertouch.language import language

    words = language(_spoken(study, headers), study.own_words)
    label = next((text for key, text in headers.items() if key.startswith(LABELS)), "label")
    usual = {key: text for key, text in words.group("plan_sheet").items() if key != "label"}
    for code in study.languages:
        usual[f"{LABELS}{code}"] = words.say("plan_sheet.label", language=code.upper())
    return Terms(
        names=usual | dict(headers) | {"label": label},
        examples={
            "touchpoint": "the id or label of a touchpoint; the list offers them",
            "label": "what is done",
            "target": f"a number such as {words.number(2.1, 1)}, the mean aimed at, "
            "as in the questionnaire",
            "based_on": "the wave that it was planned on; the list offers them",
            "owner": "a name",
            "cost": "{amount}, without a sign for thousands or the currency",
            "start": "a date such as 01.07.2026 or 2026-07-01",
            "excludes": "the ids of other measures, with commas between",
            "note": "a text",
        },
        efforts=tuple(words.group("effort").values()),
    )


def _spoken(study: Study, headers: Mapping[str, str]) -> str:
    """Return the language that most headers are in."""
    from supertouch.language import available, language, speaks

    def known(code: str) -> int:
        usual = language(code, study.own_words).group("plan_sheet").values()
        return sum(text in usual for text in headers.values())

    own = [code for code in study.languages if speaks(code, study.own_words)]
    codes = dict.fromkeys([*own, *available()])
    return max(codes, key=known)
