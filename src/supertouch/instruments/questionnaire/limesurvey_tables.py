"""A questionnaire as the rows of LimeSurvey's tables: groups, questions, answers, settings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from supertouch.instruments.questionnaire.asked import (
    Item,
    Page,
    Question,
    Questionnaire,
)
from supertouch.instruments.questionnaire.limesurvey_names import ALWAYS, Names, either, kept
from supertouch.instruments.questionnaire.limesurvey_settings import LANGUAGE_SETTINGS, SETTINGS
from supertouch.instruments.questionnaire.platform_rules import (
    options_of,
    plain_text,
    safe_html,
)
from supertouch.study.model import Text

__all__ = ["tables"]

_BRACES = {"{": "&#123;", "}": "&#125;"}
_TYPES = {"matrix": "F", "single": "L", "open": "T", "equation": "*"}
_THEMES = {"F": "arrays/array", "L": "listradio", "T": "longfreetext", "*": "equation"}


def tables(questionnaire: Questionnaire) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each table of a LimeSurvey survey structure."""
    return _Structure(questionnaire, Names.of(questionnaire)).build()


@dataclass(slots=True)
class _Structure:
    """Collects the rows of a survey's tables while the questionnaire is gone through."""

    asked: Questionnaire
    names: Names
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    order: int = 0

    @property
    def sid(self) -> str:
        """The survey's number; the server gives another one if it is taken."""
        name = f"{self.asked.study}/{self.asked.wave}".encode()
        return str(100_000 + int.from_bytes(hashlib.sha256(name).digest()[:4]) % 900_000)

    def build(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows of every table."""
        first = list(self._first())
        if first:
            self._group(self.asked.title)
            for code, equation in first:
                self._equation(code, equation)
        for number, page in enumerate(self.asked.pages, start=1):
            self._page(page)
            if number == len(self.asked.pages):
                for code, equation in self._last():
                    self._equation(code, equation)
        self._settings()
        return self.rows

    def _first(self) -> Iterator[tuple[str, str]]:
        """Yield the equations that are known before the first page."""
        if self._added("duration"):
            yield self.names.start, kept(self.names.start, "time()")
        if not self.asked.block_column:
            return
        codes = [block.code for block in self.asked.blocks]
        own, draw = self.names.codes[self.asked.block_column], self.names.draw
        chance = f"rand(1,{len(codes)})"
        if codes == [str(number) for number in range(1, len(codes) + 1)]:
            yield own, kept(own, chance)
            return
        yield draw, kept(draw, chance)
        chosen = f'"{codes[-1]}"'
        for number, code in reversed(list(enumerate(codes[:-1], start=1))):
            chosen = f'if({draw}.NAOK == {number}, "{code}", {chosen})'
        yield own, f"{{{chosen}}}"

    def _last(self) -> Iterator[tuple[str, str]]:
        """Yield the equations for what the platform knows of the interview."""
        equations = {
            "respondent": "{SAVEDID}",
            "date": '{date("Y-m-d")}',
            "duration": f"{{time() - {self.names.start}.NAOK}}",
        }
        for kind, equation in equations.items():
            for column in self._added(kind):
                if column.casefold() != "id":
                    yield self.names.codes[column], equation

    def _added(self, kind: str) -> list[str]:
        return [added.column for added in self.asked.added if added.kind == kind]

    def _add(self, table: str, **row: object) -> str:
        """Add a row and return its number within its table."""
        rows = self.rows.setdefault(table, [])
        rows.append({name: str(value) for name, value in row.items()})
        return str(len(rows))

    def _next(self, *tables: str) -> str:
        return str(1 + sum(len(self.rows.get(table, [])) for table in tables))

    def _group(self, title: Text) -> None:
        gid = self._next("groups")
        self.order = 0
        place = {"sid": self.sid, "group_order": gid, "randomization_group": ""}
        self._add("groups", gid=gid, **place, grelevance="")
        for language in self.asked.without_regions:
            self._add(
                "group_l10ns",
                id=self._next("group_l10ns"),
                gid=gid,
                group_name=plain_text(title.within(language), most=100) or "–",
                description="",
                language=language,
                **place,
                grelevance="",
            )

    def _page(self, page: Page) -> None:
        self._group(page.title)
        for question in page.questions:
            if question.kind == "matrix":
                self._matrix(question)
            else:
                self._single(question)

    def _matrix(self, question: Question) -> None:
        relevance = either([self.names.relevance(item.shown_if) for item in question.items])
        code = self.names.questions[question.items[0].column]
        qid = self._question(code, question.kind, relevance, required=question.required)
        self._say(qid, question.text, question.hint)
        for number, item in enumerate(question.items):
            own = self._next("questions", "subquestions")
            self._add(
                "subquestions",
                qid=own,
                parent_qid=qid,
                **self._place("T", self.names.codes[item.column], number),
                relevance=self.names.relevance(item.shown_if),
            )
            self._say(own, item.label, Text())
        self._answers(qid, question)

    def _single(self, question: Question) -> None:
        (item,) = question.items
        relevance = self.names.relevance(item.shown_if)
        code = self.names.codes[item.column]
        qid = self._question(code, question.kind, relevance, required=question.required)
        self._say(qid, _wording(question, item), question.hint)
        self._answers(qid, question)

    def _equation(self, code: str, equation: str) -> None:
        qid = self._question(code, "equation", ALWAYS, required=False)
        self._say(qid, Text(dict.fromkeys(self.asked.without_regions, code)), Text())
        for attribute, value in (("equation", equation), ("hidden", "1")):
            self._add("question_attributes", qid=qid, attribute=attribute, value=value, language="")

    def _question(self, code: str, kind: str, relevance: str, *, required: bool) -> str:
        qid = self._next("questions", "subquestions")
        self.order += 1
        type_ = _TYPES[kind]
        self._add(
            "questions",
            qid=qid,
            parent_qid="0",
            **self._place(type_, code, self.order),
            mandatory="Y" if required else "N",
            relevance=relevance,
            question_theme_name=_THEMES[type_],
            modulename="",
        )
        return qid

    def _place(self, type_: str, code: str, order: int) -> dict[str, str]:
        return {
            "sid": self.sid,
            "gid": str(len(self.rows["groups"])),
            "type": type_,
            "title": code,
            "other": "N",
            "encrypted": "N",
            "question_order": str(order),
            "scale_id": "0",
            "same_default": "0",
        }

    def _say(self, qid: str, text: Text, hint: Text) -> None:
        for language in self.asked.without_regions:
            self._add(
                "question_l10ns",
                id=self._next("question_l10ns"),
                qid=qid,
                question=_html(text, language),
                help=_html(hint, language),
                script="",
                language=language,
            )

    def _answers(self, qid: str, question: Question) -> None:
        for number, (code, label) in enumerate(options_of(question)):
            aid = self._next("answers")
            numbers = {"sortorder": number, "assessment_value": 0, "scale_id": 0}
            self._add("answers", aid=aid, qid=qid, code=code, **numbers)
            for language in self.asked.without_regions:
                self._add(
                    "answer_l10ns",
                    id=self._next("answer_l10ns"),
                    aid=aid,
                    answer=_html(Text(label), language),
                    language=language,
                )

    def _settings(self) -> None:
        first, *more = self.asked.without_regions
        own = {"sid": self.sid, "language": first, "additional_languages": " ".join(more)}
        self._add("surveys", **(SETTINGS | own))
        for language in self.asked.without_regions:
            texts = {
                "title": plain_text(self.asked.title.within(language), most=200),
                "welcometext": _html(self.asked.intro, language),
                "endtext": _html(self.asked.thanks, language),
            }
            written = {f"surveyls_{name}": text for name, text in texts.items()}
            place = {"surveyls_survey_id": self.sid, "surveyls_language": language}
            row = {**place, **LANGUAGE_SETTINGS, **written}
            self._add("surveys_languagesettings", **row)


def _wording(question: Question, item: Item) -> Text:
    return question.text if any(question.text.by_language.values()) else item.label


def _html(text: Text, language: str) -> str:
    return safe_html(text.within(language), escaped=_BRACES)
