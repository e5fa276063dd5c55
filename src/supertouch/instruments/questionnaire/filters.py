"""Filters in words: who sees a question, and which of its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supertouch.instruments.questionnaire.asked import Condition, Item, Question, Questionnaire
from supertouch.language import Language

__all__ = ["Numbered", "filter_notes", "numbered"]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A questionnaire's questions by the column that their answers fill, with their numbers."""

    block_column: str
    questions: Mapping[str, tuple[int, Question]]

    def number(self, question: Question) -> int:
        """Return the number that people see before a question."""
        return self.questions[question.items[0].column][0]


def numbered(questionnaire: Questionnaire) -> Numbered:
    """Give each question its number, in the order asked."""
    asked = [question for page in questionnaire.pages for question in page.questions]
    found = {
        item.column: (number, question)
        for number, question in enumerate(asked, start=1)
        for item in question.items
    }
    return Numbered(questionnaire.block_column, found)


def filter_notes(
    question: Question, known: Numbered, words: Language
) -> tuple[str, dict[str, str]]:
    """Say who sees a question: in a sentence for all of it, and by column where lines differ.

    Lines that are each shown where the same line of an earlier question says so share a sentence:
    "only lines answered yes in question 2".
    """
    kinds = {item.column: _kinds(item, known, words) for item in question.items}
    if len(set(kinds.values())) == 1:
        return next(iter(kinds.values())), {}
    return "", {column: note for column, note in kinds.items() if note}


def _kinds(item: Item, known: Numbered, words: Language) -> str:
    notes = [_note(condition, item, known, words) for condition in item.shown_if]
    return words.say("questionnaire.only_too").join(
        words.say("questionnaire.only", what=note) if place == 0 else note
        for place, note in enumerate(notes)
    )


def _note(condition: Condition, item: Item, known: Numbered, words: Language) -> str:
    if condition.column == known.block_column:
        return words.say("questionnaire.only_block")
    number, question = known.questions[condition.column]
    about = next(line for line in question.items if line.column == condition.column)
    line = "line" if item.touchpoint and about.touchpoint else "whole"
    if set(condition.codes) == {choice.code for choice in question.choices}:
        return words.say(f"questionnaire.only_{line}_answered", number=number)
    labels = {choice.code: choice.label.within(words.code) for choice in question.choices}
    told = [words.say("questionnaire.quoted", text=labels.get(c, c)) for c in condition.codes]
    answers = words.say("questionnaire.or").join(dict.fromkeys(told))
    return words.say(f"questionnaire.only_{line}", number=number, answers=answers)
