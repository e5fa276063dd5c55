"""Qualtrics' names for a questionnaire's parts, and its display logic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supertouch.instruments.questionnaire.asked import Condition, Item, Question, Questionnaire
from supertouch.instruments.questionnaire.platform_rules import column_codes, options_of
from supertouch.study.exported_names import bare

__all__ = ["Logic", "export_tags"]

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")

Record = dict[str, Any]


def export_tags(questionnaire: Questionnaire) -> dict[str, str]:
    """Return the tag under which each column is exported: its name, if Qualtrics takes it."""
    codes = column_codes(questionnaire)
    return {column: column if _TAG.fullmatch(column) else codes[column] for column in codes}


@dataclass(frozen=True, slots=True)
class Logic:
    """Where every answer of a questionnaire is found, and the conditions built from that.

    Attributes
    ----------
    ids : mapping
        Qualtrics' number of each question, by its first column.
    places : mapping
        By column the path of its question or statement, and by code the answer's number.
    tags : mapping
        Export tag of each column.
    block_column : str
        The column that a randomizer fills, if any.
    """

    ids: Mapping[str, str]
    places: Mapping[str, tuple[str, Mapping[str, str]]]
    tags: Mapping[str, str]
    block_column: str

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Logic:
        """Give every question, statement and answer its number."""
        questions = [question for page in questionnaire.pages for question in page.questions]
        ids = {q.items[0].column: f"QID{n}" for n, q in enumerate(questions, start=1)}
        places: dict[str, tuple[str, Mapping[str, str]]] = {}
        for question in questions:
            answers = {code: str(n) for n, (code, _) in enumerate(options_of(question), start=1)}
            path = f"q://{ids[question.items[0].column]}/SelectableChoice"
            for n, item in enumerate(question.items, start=1):
                row = f"{path}/{n}" if question.kind == "matrix" else path
                places[item.column] = (row, answers)
        return cls(ids, places, export_tags(questionnaire), questionnaire.block_column)

    def field(self, column: str) -> str:
        """Return the name of an embedded data field."""
        return self.tags.get(column, column)

    def id_of(self, question: Question) -> str:
        """Return Qualtrics' number of a question."""
        return self.ids[question.items[0].column]

    def tag(self, question: Question) -> str:
        """Return the export tag of a matrix as a whole, which no column is called by."""
        return self.free_tag(f"{self.id_of(question)}_{bare(question.id)[:40]}")

    def free_tag(self, wanted: str) -> str:
        """Return a tag like ``wanted`` that is none of a column."""
        taken = {tag.casefold() for tag in self.tags.values()}
        tries = (wanted, *(f"{wanted}_{number}" for number in range(2, len(taken) + 3)))
        return next(tag for tag in tries if tag.casefold() not in taken)

    def of_statement(self, question: Question, item: Item) -> Record | None:
        """Return when a line of a matrix is shown; None where its question says so already."""
        return None if _alike(question) else self._all_of(item.shown_if)

    def of_question(self, question: Question) -> Record | None:
        """Return when a question is shown: when one of its lines may be.

        A matrix whose lines have different conditions is shown to those for whom one condition of
        any line holds, the last one that is about an answer: it asks for nothing where no line is
        shown, but its text would stand alone.
        """
        if _alike(question):
            return self._all_of(question.items[0].shown_if)
        if not all(item.shown_if for item in question.items):
            return None
        chosen = [self._telling(item.shown_if) for item in question.items]
        return _expression([_group([e for c in chosen for e in self._expressions(c)])])

    def _telling(self, conditions: Sequence[Condition]) -> Condition:
        answered = [one for one in conditions if one.column != self.block_column]
        return (answered or list(conditions))[-1]

    def _all_of(self, conditions: Sequence[Condition]) -> Record | None:
        groups = [_group(list(self._expressions(condition))) for condition in conditions]
        return _expression(groups) if groups else None

    def _expressions(self, condition: Condition) -> Iterator[Record]:
        if condition.column == self.block_column:
            yield from (self._field_is(condition.column, code) for code in condition.codes)
            return
        offered = self.places[condition.column][1]
        for code in condition.codes:
            if code in offered:
                yield self._selected(condition.column, code)

    def _field_is(self, column: str, code: str) -> Record:
        field = self.field(column)
        return {
            "LogicType": "EmbeddedField",
            "LeftOperand": field,
            "Operator": "EqualTo",
            "RightOperand": code,
            "_HiddenExpression": False,
            "Type": "Expression",
            "Description": f"{field} = {code}",
        }

    def _selected(self, column: str, code: str) -> Record:
        path, answers = self.places[column]
        own = path.split("/")[2]
        locator = f"{path}/{answers[code]}"
        return {
            "LogicType": "Question",
            "QuestionID": own,
            "QuestionIsInLoop": "no",
            "ChoiceLocator": locator,
            "Operator": "Selected",
            "QuestionIDFromLocator": own,
            "LeftOperand": locator,
            "Type": "Expression",
            "Description": f"{self.tags[column]} = {code}",
        }


def _alike(question: Question) -> bool:
    return len({item.shown_if for item in question.items}) == 1


def _group(expressions: list[Record]) -> Record:
    """Return expressions of which one must hold."""
    joined = [
        expression if number == 0 else expression | {"Conjuction": "Or"}
        for number, expression in enumerate(expressions)
    ]
    return {**{str(n): expression for n, expression in enumerate(joined)}, "Type": "If"}


def _expression(groups: list[Record]) -> Record:
    """Return groups all of which must hold."""
    joined = [
        group if number == 0 else group | {"Type": "AndIf"} for number, group in enumerate(groups)
    ]
    numbered = {str(n): group for n, group in enumerate(joined)}
    return {**numbered, "Type": "BooleanExpression", "inPage": False}
