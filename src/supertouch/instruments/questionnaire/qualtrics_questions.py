"""The questions of a Qualtrics survey file: texts, choices, tags, codes and translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from supertouch.instruments.questionnaire.asked import Item, Page, Question
from supertouch.instruments.questionnaire.platform_rules import options_of, plain_text, safe_html
from supertouch.instruments.questionnaire.qualtrics_logic import Logic
from supertouch.instruments.questionnaire.qualtrics_settings import MATRIX
from supertouch.study.model import Text

__all__ = ["asked_question", "text_alone"]

_PIPES = {"${": "&#36;{"}
_USE_TEXT = {"QuestionDescriptionOption": "UseText"}

Record = dict[str, Any]


def asked_question(
    page: Page, question: Question, *, logic: Logic, languages: Sequence[str]
) -> Record:
    """Return the payload of a question; the first of a page has the page's title above its text."""
    first = question is page.questions[0]
    text = {language: _text(page, question, language, first=first) for language in languages}
    force = "ON" if question.required else "OFF"
    payload = {
        "QuestionText": text[languages[0]],
        "DefaultChoices": False,
        "QuestionDescription": _described(question.text, languages) or question.id,
        "Validation": {
            "Settings": {"ForceResponse": force, "ForceResponseType": "ON", "Type": "None"}
        },
        "QuestionID": logic.id_of(question),
        **_KINDS[question.kind](question, logic, languages[0]),
    }
    shown = logic.of_question(question)
    more = {
        language.upper(): {"QuestionText": text[language], **_words(question, language)}
        for language in languages[1:]
    }
    return payload | ({"DisplayLogic": shown} if shown else {}) | {"Language": more or []}


def text_alone(own: str, tag: str, text: Text, *, languages: Sequence[str]) -> Record:
    """Return the payload of a text that asks nothing."""
    words = {language: _html(text.within(language)) for language in languages}
    more = {language.upper(): {"QuestionText": words[language]} for language in languages[1:]}
    return {
        "QuestionText": words[languages[0]],
        "DefaultChoices": False,
        "DataExportTag": tag,
        "QuestionType": "DB",
        "Selector": "TB",
        "Configuration": _USE_TEXT,
        "QuestionDescription": _described(text, languages),
        "ChoiceOrder": [],
        "Validation": {"Settings": {"Type": "None"}},
        "GradingData": [],
        "Language": more or [],
        "QuestionID": own,
    }


def _matrix(question: Question, logic: Logic, language: str) -> Record:
    numbered = {str(n): item for n, item in enumerate(question.items, start=1)}
    return {
        **MATRIX,
        "DataExportTag": logic.tag(question),
        "Choices": {n: _statement(question, item, logic, language) for n, item in numbered.items()},
        "ChoiceOrder": list(numbered),
        "Answers": _answers(question, language),
        "AnswerOrder": list(_recoded(question)),
        "RecodeValues": _recoded(question),
        "ChoiceDataExportTags": {n: logic.tags[item.column] for n, item in numbered.items()},
        "GradingData": [],
    }


def _statement(question: Question, item: Item, logic: Logic, language: str) -> Record:
    shown = logic.of_statement(question, item)
    display = {"Display": _html(item.label.within(language))}
    return display | ({"DisplayLogic": shown} if shown else {})


def _single(question: Question, logic: Logic, language: str) -> Record:
    return {
        "QuestionType": "MC",
        "Selector": "SAVR",
        "SubSelector": "TX",
        "Configuration": _USE_TEXT,
        "DataExportTag": logic.tags[question.items[0].column],
        "Choices": _answers(question, language),
        "ChoiceOrder": list(_recoded(question)),
        "RecodeValues": _recoded(question),
    }


def _open(question: Question, logic: Logic, language: str) -> Record:  # noqa: ARG001
    return {
        "QuestionType": "TE",
        "Selector": "ESTB",
        "Configuration": _USE_TEXT,
        "DataExportTag": logic.tags[question.items[0].column],
        "SearchSource": {"AllowFreeResponse": "false"},
    }


_KINDS = {"matrix": _matrix, "single": _single, "open": _open}


def _words(question: Question, language: str) -> Record:
    """Return what a translation says besides the question's text."""
    if question.kind == "matrix":
        lines = {
            str(n): {"Display": _html(item.label.within(language))}
            for n, item in enumerate(question.items, start=1)
        }
        return {"Choices": lines, "Answers": _answers(question, language)}
    return {"Choices": _answers(question, language)} if question.kind == "single" else {}


def _recoded(question: Question) -> dict[str, str]:
    return {str(n): code for n, (code, _) in enumerate(options_of(question), start=1)}


def _answers(question: Question, language: str) -> Record:
    return {
        str(n): {"Display": _html(Text(label).within(language))}
        for n, (_, label) in enumerate(options_of(question), start=1)
    }


def _described(text: Text, languages: Sequence[str]) -> str:
    return plain_text(text.within(languages[0]), most=100)


def _text(page: Page, question: Question, language: str, *, first: bool) -> str:
    wording = question.text.within(language) or question.items[0].label.within(language)
    title = page.title.within(language) if first else ""
    hint = question.hint.within(language)
    parts: Mapping[str, str] = {"strong": title, "": wording, "em": hint}
    shown = (
        f"<{tag}>{_html(words)}</{tag}>" if tag else _html(words)
        for tag, words in parts.items()
        if words
    )
    return "<br /><br />".join(shown)


def _html(text: str) -> str:
    return safe_html(text, escaped=_PIPES)
