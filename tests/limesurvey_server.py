"""A small LimeSurvey: imports a survey structure by its rules, interviews, and exports.

What it knows is LimeSurvey's published behaviour: rules on codes, tables of the structure,
expressions with relevance and equations, and the layout of its exports.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from interviewee import Interviewee, read_off

__all__ = ["Server"]

RESERVED = {"LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "self", "that", "this"}
TYPES = {"F": "arrays/array", "L": "listradio", "T": "longfreetext", "*": "equation"}
OWN = ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp")
OWN_TEXTS = (
    *("Response ID", "Date submitted", "Last page", "Start language", "Seed"),
    *("Date started", "Date last action"),
)

Row = dict[str, str]


@dataclass(frozen=True)
class Column:
    """A column of an export: its name in expressions, its code, its texts, its answers."""

    variable: str
    code: str
    text: str
    line: str
    answers: list[Row]


@dataclass
class Server:
    """A survey as imported, with the responses given to it."""

    tables: dict[str, list[Row]]
    languages: list[str]
    rng: np.random.Generator
    warnings: list[str] = field(default_factory=list)
    responses: list[Row] = field(default_factory=list)

    @classmethod
    def importing(cls, text: str, rng: np.random.Generator) -> Server:
        """Import a structure; what a server would mend or refuse is a warning."""
        document = ElementTree.fromstring(text.encode())
        assert document.findtext("LimeSurveyDocType") == "Survey"
        assert int(document.findtext("DBVersion")) >= 415
        tables = {
            section.tag: [
                {cell.tag: cell.text or "" for cell in row} for row in section.findall("rows/row")
            ]
            for section in document
            if section.find("rows") is not None
        }
        languages = [cell.text for cell in document.findall("languages/language")]
        server = cls(tables, languages, rng)
        for section in document:
            fields = [cell.text for cell in section.findall("fields/fieldname")]
            for row in tables.get(section.tag, ()):
                if not set(row) <= set(fields):
                    server.warnings.append(f"{section.tag}: fields {set(row) - set(fields)}")
        server.check()
        return server

    def check(self) -> None:
        """Hold the tables against LimeSurvey's rules."""
        codes = [row["title"] for row in self.tables["questions"]]
        for code in codes:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", code) or code in RESERVED:
                self.warnings.append(f"question code {code}")
        self._once("question code", codes)
        groups = {row["gid"] for row in self.tables["groups"]}
        for question in self.tables["questions"]:
            subs = [row["title"] for row in self.subquestions(question)]
            self._once(f"subquestion of {question['title']}", subs)
            for code in subs:
                if not re.fullmatch(r"[A-Za-z0-9]{1,20}", code) or code == "time":
                    self.warnings.append(f"subquestion code {code}")
            answers = [row["code"] for row in self.answers(question)]
            self._once(f"answer of {question['title']}", answers)
            for code in answers:
                if not re.fullmatch(r"[A-Za-z0-9]{1,5}", code):
                    self.warnings.append(f"answer code {code}")
            if question["gid"] not in groups or question["type"] not in TYPES:
                self.warnings.append(f"question {question['title']}")
            assert TYPES[question["type"]] == question["question_theme_name"]
            assert bool(subs) == (question["type"] == "F")
            assert bool(answers) == (question["type"] in "FL")
        numbers = [
            row["qid"] for name in ("questions", "subquestions") for row in self.tables[name]
        ]
        self._once("question number", numbers)
        self._translations(numbers)
        self._texts()
        self._expressions()

    def _once(self, what: str, names: Sequence[str]) -> None:
        if len({name.casefold() for name in names}) < len(names):
            self.warnings.append(f"{what} twice in {names}")

    def _translations(self, numbers: Sequence[str]) -> None:
        """Everything must be there in every language, once."""
        wanted = {
            ("group_l10ns", "gid"): [row["gid"] for row in self.tables["groups"]],
            ("question_l10ns", "qid"): numbers,
            ("answer_l10ns", "aid"): [row["aid"] for row in self.tables["answers"]],
        }
        for (table, key), ids in wanted.items():
            there = sorted((row[key], row["language"]) for row in self.tables[table])
            assert there == sorted((i, language) for i in ids for language in self.languages), table
        (survey,) = self.tables["surveys"]
        listed = [survey["language"], *survey["additional_languages"].split()]
        settings = [row["surveyls_language"] for row in self.tables["surveys_languagesettings"]]
        assert listed == settings == self.languages

    def _texts(self) -> None:
        """No text may bring markup of its own, or an expression, to life."""
        texts = [
            row[name]
            for table, names in {
                "question_l10ns": ("question", "help"),
                "answer_l10ns": ("answer",),
                "group_l10ns": ("group_name",),
                "surveys_languagesettings": (
                    *("surveyls_title", "surveyls_welcometext", "surveyls_endtext"),
                ),
            }.items()
            for row in self.tables[table]
            for name in names
        ]
        for text in texts:
            if re.search(r"<(?!br />)|\{|\}", text):
                self.warnings.append(f"text {text[:60]!r}")
        for row in self.tables["group_l10ns"]:
            assert 1 <= len(row["group_name"]) <= 100
        for row in self.tables["surveys_languagesettings"]:
            assert 1 <= len(row["surveyls_title"]) <= 200

    def _expressions(self) -> None:
        """Every expression may name only what was there before it."""
        known: set[str] = set()
        for question in self.questions():
            named = {*_named(question["relevance"])}
            for sub in self.subquestions(question):
                named |= {*_named(sub["relevance"])}
            own = {question["title"]} if question["type"] == "*" else set()
            named |= {*_named(self.equation(question))} - own
            if not named <= known | {"SAVEDID"}:
                self.warnings.append(f"{question['title']} names {named - known}")
            subs = self.subquestions(question)
            known |= {variable for variable, _ in _variables(question, subs)}

    def questions(self) -> list[Row]:
        groups = {row["gid"]: int(row["group_order"]) for row in self.tables["groups"]}
        return sorted(
            self.tables["questions"], key=lambda q: (groups[q["gid"]], int(q["question_order"]))
        )

    def subquestions(self, question: Row) -> list[Row]:
        return self._held("subquestions", "parent_qid", "question_order", question)

    def answers(self, question: Row) -> list[Row]:
        return self._held("answers", "qid", "sortorder", question)

    def _held(self, table: str, key: str, order: str, question: Row) -> list[Row]:
        """Return a question's rows of another table; looked up once."""
        if (table, question["qid"]) not in self.held:
            rows = [row for row in self.tables[table] if row[key] == question["qid"]]
            self.held[table, question["qid"]] = sorted(rows, key=lambda row: int(row[order]))
        return self.held[table, question["qid"]]

    def equation(self, question: Row) -> str:
        return self._attribute(question, "equation").removeprefix("{").removesuffix("}")

    def _attribute(self, question: Row, name: str) -> str:
        rows = self.tables.get("question_attributes", ())
        wanted = (question["qid"], name)
        return next((r["value"] for r in rows if (r["qid"], r["attribute"]) == wanted), "")

    def text(self, qid: str, language: str) -> str:
        return self.words["question_l10ns", qid, language]

    def label(self, aid: str, language: str) -> str:
        return self.words["answer_l10ns", aid, language]

    @cached_property
    def held(self) -> dict[tuple[str, str], list[Row]]:
        return {}

    @cached_property
    def words(self) -> dict[tuple[str, str, str], str]:
        return {
            (table, row[key], row["language"]): row[text]
            for table, key, text in (
                ("question_l10ns", "qid", "question"),
                ("answer_l10ns", "aid", "answer"),
            )
            for row in self.tables[table]
        }

    def interview(self, person: Interviewee) -> Row:
        """Ask one person; return the response by variable."""
        number = str(len(self.responses) + 1)
        values: Row = {"SAVEDID": number}
        for question in self.questions():
            subs = self.subquestions(question)
            relevant = _truth(question["relevance"], values)
            if question["type"] == "*":
                assert self._attribute(question, "hidden") == "1"
                values[question["title"]] = (
                    str(_Reader(self.equation(question), values, self.rng).value())
                    if relevant
                    else ""
                )
                continue
            rows = subs or [question]
            for (variable, _), row in zip(_variables(question, subs), rows, strict=True):
                shown = relevant and _truth(row["relevance"], values)
                values[variable] = self._answer(question, row, person) if shown else ""
        own = {
            "id": number,
            "submitdate": "2026-03-02 10:00:00",
            "lastpage": str(len(self.tables["groups"])),
            "startlanguage": person.language,
            "seed": str(self.rng.integers(1, 2**31)),
            "startdate": "2026-03-02 09:50:00",
            "datestamp": "2026-03-02 10:00:00",
        }
        response = own | {name: value for name, value in values.items() if name != "SAVEDID"}
        self.responses.append(response)
        return response

    def _answer(self, question: Row, row: Row, person: Interviewee) -> str:
        text = self.text(question["qid"], person.language)
        if question["type"] == "T":
            return person.write(text)
        line = self.text(row["qid"], person.language) if row is not question else ""
        answers = self.answers(question)
        labels = [self.label(answer["aid"], person.language) for answer in answers]
        place = person.choose(text, line, labels, required=question["mandatory"] == "Y")
        return "" if place is None else answers[place]["code"]

    def columns(self, language: str) -> Iterator[Column]:
        """Yield each column of an export in its order."""
        for question in self.questions():
            subs = self.subquestions(question)
            text = read_off(self.text(question["qid"], language))
            answers = self.answers(question)
            for (variable, code), row in zip(
                _variables(question, subs), subs or [question], strict=True
            ):
                line = read_off(self.text(row["qid"], language)) if subs else ""
                yield Column(variable, code, text, line, answers)

    def export(self, path: Path, variant: str, language: str) -> None:
        """Write the responses under codes, expression codes, codes with texts, or texts for R."""
        columns = list(self.columns(language))
        texts = [f"{c.text} [{c.line}]" if c.line else c.text for c in columns]
        coded = [f"{c.code}. {text}" for c, text in zip(columns, texts, strict=True)]
        own = [f"{code}. {text}" for code, text in zip(OWN, OWN_TEXTS, strict=True)]
        headings = {
            "codes": [*OWN, *(column.code for column in columns)],
            "expression codes": [*OWN, *(column.variable for column in columns)],
            "codes and texts": [*own, *coded],
            "r": [*OWN_TEXTS, *texts],
        }[variant]
        variables = [*OWN, *(column.variable for column in columns)]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(headings)
            writer.writerows([row[name] for name in variables] for row in self.responses)
        if variant == "r":
            syntax = path.with_name(path.name.replace("_R_data_file.csv", "_R_syntax_file.R"))
            syntax.write_text("\n".join(self._syntax(columns, language)), encoding="utf-8")

    def _syntax(self, columns: Sequence[Column], language: str) -> Iterator[str]:
        yield 'data <- read.csv("survey_R_data_file.csv", quote = "\'\\"")\n'
        for number, name in enumerate(OWN, start=1):
            yield f'attributes(data)$variable.labels[{number}] <- "{name}"'
            yield f'names(data)[{number}] <- "{name}"'
        for number, column in enumerate(columns, start=len(OWN) + 1):
            label = f"[{column.line}] {column.text}" if column.line else column.text
            yield f"data[, {number}] <- as.character(data[, {number}])"
            yield f'attributes(data)$variable.labels[{number}] <- "{_escaped(label)}"'
            if column.answers:
                codes = ",".join(_r_code(row["code"], column.answers) for row in column.answers)
                shown = [read_off(self.label(row["aid"], language)) for row in column.answers]
                labels = ", ".join(f'"{_escaped(text)}"' for text in shown)
                yield (
                    f"data[, {number}] <- factor(data[, {number}], levels=c({codes}),"
                    f"labels=c({labels}))"
                )
            yield f'names(data)[{number}] <- "{column.variable}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")


def _r_code(code: str, answers: Sequence[Row]) -> str:
    numeric = all(re.fullmatch(r"-?\d+", row["code"]) for row in answers)
    return code if numeric else f'"{code}"'


def _variables(question: Row, subs: Sequence[Row]) -> list[tuple[str, str]]:
    """Return name in expressions and in exports of each column that a question fills."""
    own = question["title"]
    if not subs:
        return [(own, own)]
    return [(f"{own}_{sub['title']}", f"{own}[{sub['title']}]") for sub in subs]


_TOKEN = re.compile(r'\s*("[^"]*"|\d+|[A-Za-z][A-Za-z0-9_]*(?:\.NAOK)?|==|[(),+-])')
_WORDS = {"and", "or", "if", "is_empty", "rand", "time", "date"}


@cache
def _tokens(text: str) -> tuple[str, ...]:
    found: list[str] = []
    place = 0
    while place < len(text.rstrip()):
        matched = _TOKEN.match(text, place)
        assert matched, f"cannot read {text[place : place + 30]!r}"
        found.append(matched[1])
        place = matched.end()
    return tuple(found)


def _named(text: str) -> Iterator[str]:
    for token in _tokens(text):
        if token[0].isalpha() and token not in _WORDS:
            yield token.removesuffix(".NAOK")


def _truth(text: str, values: Row) -> bool:
    return bool(_Reader(text, values, None).value()) if text else True


class _Reader:
    """Works out an expression of LimeSurvey, as far as questionnaires use them."""

    def __init__(self, text: str, values: Row, rng: np.random.Generator | None) -> None:
        self.tokens, self.values = list(_tokens(text)), values
        self.functions: dict[str, Callable[..., object]] = {
            "if": lambda test, yes, no: yes if test else no,
            "is_empty": lambda value: value == "",
            "rand": lambda low, high: int(rng.integers(low, high + 1)),
            "time": lambda: 1_772_441_400 + int(rng.integers(600)),
            "date": lambda form: {"Y-m-d": "2026-03-02"}[form],
        }

    def value(self) -> object:
        found = self._or()
        assert not self.tokens, f"left over: {self.tokens}"
        return found

    def _take(self, *wanted: str) -> str:
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in wanted else ""

    def _or(self) -> object:
        found = self._and()
        while self._take("or"):
            other = self._and()
            found = bool(found) or bool(other)
        return found

    def _and(self) -> object:
        found = self._same()
        while self._take("and"):
            other = self._same()
            found = bool(found) and bool(other)
        return found

    def _same(self) -> object:
        found = self._sum()
        if self._take("=="):
            return str(found) == str(self._sum())
        return found

    def _sum(self) -> object:
        found = self._one()
        while self._take("-"):
            found = int(str(found)) - int(str(self._one()))
        return found

    def _one(self) -> object:
        token = self.tokens.pop(0)
        if token == "(":
            found = self._or()
            assert self._take(")")
            return found
        if token.startswith('"'):
            return token[1:-1]
        if token.isdigit():
            return int(token)
        if token in self.functions:
            return self._call(token)
        return self.values.get(token.removesuffix(".NAOK"), "")

    def _call(self, name: str) -> object:
        assert self._take("(")
        given: list[object] = []
        while not self._take(")"):
            given.append(self._or())
            self._take(",")
        return self.functions[name](*given)
