"""A small Qualtrics: imports a survey file, interviews by its flow and logic, and exports.

What it knows is Qualtrics' published behaviour: blocks and flow, embedded data, display logic,
recode values, export tags, and the header rows of its exports.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from interviewee import Interviewee, read_off

__all__ = ["Account"]

NEW = (
    *("StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)"),
    *("Finished", "RecordedDate", "ResponseId", "RecipientLastName", "RecipientFirstName"),
    *("RecipientEmail", "ExternalReference", "LocationLatitude", "LocationLongitude"),
    *("DistributionChannel", "UserLanguage"),
)
IMPORT_IDS = (
    *("startDate", "endDate", "status", "ipAddress", "progress", "duration", "finished"),
    *("recordedDate", "_recordId", "recipientLastName", "recipientFirstName", "recipientEmail"),
    *("externalDataReference", "locationLatitude", "locationLongitude", "distributionChannel"),
    "userLanguage",
)
LEGACY = (
    *("ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress"),
    *("Status", "StartDate", "EndDate", "Finished"),
)

Record = dict[str, Any]


@dataclass
class Account:
    """A survey as imported, with the responses given to it."""

    elements: list[Record]
    rng: np.random.Generator
    responses: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def importing(cls, text: str, rng: np.random.Generator) -> Account:
        """Import a survey file and hold it against Qualtrics' rules."""
        file = json.loads(text)
        assert set(file) == {"SurveyEntry", "SurveyElements"}
        account = cls(file["SurveyElements"], rng)
        numbers = {element["SurveyID"] for element in account.elements}
        assert numbers == {file["SurveyEntry"]["SurveyID"]}
        account.check(file["SurveyEntry"]["SurveyLanguage"])
        return account

    def one(self, kind: str) -> Any:
        (found,) = [element["Payload"] for element in self.elements if element["Element"] == kind]
        return found

    @cached_property
    def questions(self) -> dict[str, Record]:
        payloads = [e["Payload"] for e in self.elements if e["Element"] == "SQ"]
        assert len({payload["QuestionID"] for payload in payloads}) == len(payloads)
        return {payload["QuestionID"]: payload for payload in payloads}

    @cached_property
    def blocks(self) -> dict[str, Record]:
        return {block["ID"]: block for block in self.one("BL")}

    def check(self, language: str) -> None:
        """Look at ids, tags, codes, translations and logic."""
        questions, blocks = self.questions, self.blocks
        held = [
            element["QuestionID"]
            for block in blocks.values()
            for element in block.get("BlockElements", ())
        ]
        assert sorted(held) == sorted(questions), "every question stands in one block"
        assert all(re.fullmatch(r"BL_[A-Za-z0-9]{15}", block) for block in blocks)
        assert [b["Type"] for b in blocks.values()].count("Default") == 1
        flow = list(_all(self.one("FL")["Flow"]))
        ids = [element["FlowID"] for element in flow]
        assert len(set(ids)) == len(ids)
        shown = [e["ID"] for e in flow if e["Type"] in {"Standard", "Block"}]
        assert sorted(shown) == sorted(b for b in blocks if blocks[b]["Type"] != "Trash")
        tags = [tag for question in questions.values() for tag in _tags(question)]
        tags += {d["Field"] for e in flow for d in e.get("EmbeddedData", ())}
        assert len({tag.casefold() for tag in tags}) == len(tags)
        assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", tag) for tag in tags)
        languages = set(self.one("SO")["AvailableLanguages"])
        fields = {d["Field"] for e in flow for d in e.get("EmbeddedData", ())}
        for question in questions.values():
            self._check_question(question, languages - {language}, fields)

    def _check_question(self, question: Record, others: set[str], fields: set[str]) -> None:
        assert set(question["Language"] or {}) == others
        options = question.get("Answers") or question.get("Choices") or {}
        recoded = question.get("RecodeValues", {})
        assert set(recoded) == (set(options) if question["QuestionType"] != "DB" else set())
        assert len(set(recoded.values())) == len(recoded)
        assert all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in recoded.values())
        if question["QuestionType"] == "Matrix":
            rows = set(question["Choices"])
            assert rows == set(question["ChoiceDataExportTags"]) == set(question["ChoiceOrder"])
        for text in _displayed(question):
            assert not re.search(r"<(?!/?strong>|/?em>|br />)|\$\{", text), text
        for logic in _logics(question):
            for expression in _expressions(logic):
                self._check_expression(question["QuestionID"], expression, fields)

    def _check_expression(self, own: str, expression: Record, fields: set[str]) -> None:
        if expression["LogicType"] == "EmbeddedField":
            assert expression["LeftOperand"] in fields
            return
        assert expression["LeftOperand"] == expression["ChoiceLocator"]
        _, _, question, kind, *places = expression["LeftOperand"].split("/")
        assert (kind, question) == ("SelectableChoice", expression["QuestionID"])
        asked = self.questions[question]
        parts = [asked["Choices"], asked["Answers"]] if len(places) == 2 else [asked["Choices"]]
        assert all(place in part for place, part in zip(places, parts, strict=True))
        order = [q["QuestionID"] for b in self.one("BL") for q in b.get("BlockElements", ())]
        assert order.index(question) < order.index(own), "logic looks back"

    def interview(self, person: Interviewee) -> dict[str, str]:
        """Ask one person along the flow; return the response by export tag."""
        number = f"R_{len(self.responses) + 1:015d}"
        response = dict.fromkeys(self.columns(), "")
        selected: set[str] = set()
        for element in self._walked(self.one("FL")["Flow"]):
            for data in element.get("EmbeddedData", ()):
                response[data["Field"]] = _piped(data["Value"], number)
            block = self.blocks.get(element.get("ID", ""), {})
            for held in block.get("BlockElements", ()):
                question = self.questions[held["QuestionID"]]
                if _holds(question.get("DisplayLogic"), selected, response):
                    self._ask(question, person, selected, response)
        own = dict.fromkeys({*NEW, *LEGACY}, "") | {
            "StartDate": "2026-03-02 09:50:00",
            "EndDate": "2026-03-02 10:00:00",
            "RecordedDate": "2026-03-02 10:00:01",
            "Status": "0",
            "Progress": "100",
            "Duration (in seconds)": "600",
            "Finished": "1",
            "ResponseId": number,
            "ResponseID": number,
            "ResponseSet": "Default Response Set",
            "DistributionChannel": "anonymous",
            "UserLanguage": person.language.upper(),
        }
        self.responses.append(own | response)
        return response

    def _walked(self, flow: Sequence[Record]) -> Iterator[Record]:
        """Yield the flow's elements; of a randomizer's branches as many as it says."""
        for element in flow:
            if element["Type"] == "BlockRandomizer":
                places = self.rng.permutation(len(element["Flow"]))[: element["SubSet"]]
                yield from self._walked([element["Flow"][place] for place in places])
            else:
                yield element

    def _ask(
        self,
        question: Record,
        person: Interviewee,
        selected: set[str],
        response: dict[str, str],
    ) -> None:
        own, kind = question["QuestionID"], question["QuestionType"]
        if kind == "DB":
            return
        words = self._words(question, person.language)
        text = _wording(words["QuestionText"])
        if kind == "TE":
            response[question["DataExportTag"]] = person.write(text)
            return
        required = question["Validation"]["Settings"]["ForceResponse"] == "ON"
        order = question.get("AnswerOrder") or question["ChoiceOrder"]
        options = words["Answers"] if kind == "Matrix" else words["Choices"]
        labels = [options[place]["Display"] for place in order]
        rows = question["ChoiceOrder"] if kind == "Matrix" else [""]
        for row in rows:
            logic = question["Choices"][row].get("DisplayLogic") if row else None
            if not _holds(logic, selected, response):
                continue
            line = words["Choices"][row]["Display"] if row else ""
            place = person.choose(text, line, labels, required=required)
            if place is not None:
                path = f"q://{own}/SelectableChoice/{row + '/' if row else ''}{order[place]}"
                selected.add(path)
                tags = question.get("ChoiceDataExportTags") or {}
                tag = tags.get(row) or question["DataExportTag"]
                response[tag] = question["RecodeValues"][order[place]]

    def _words(self, question: Record, language: str) -> Record:
        translated = (question["Language"] or {}).get(language.upper())
        return question if translated is None else question | translated

    def columns(self) -> list[str]:
        """Return the export tags in the order of the survey, embedded data last."""
        order = [q["QuestionID"] for b in self.one("BL") for q in b.get("BlockElements", ())]
        asked = [tag for number in order for tag in _columns(self.questions[number])]
        flow = _all(self.one("FL")["Flow"])
        fields = [data["Field"] for element in flow for data in element.get("EmbeddedData", ())]
        return [*asked, *dict.fromkeys(fields)]

    def export(self, path: Path, variant: str) -> None:
        """Write the responses with three header rows, or with two as the legacy exporter did."""
        tags = self.columns()
        texts = [self._described(tag) for tag in tags]
        if variant == "three":
            ids = [json.dumps({"ImportId": name}) for name in (*IMPORT_IDS, *tags)]
            header = [[*NEW, *tags], [*NEW, *texts], ids]
            rows = [[row[name] for name in (*NEW, *tags)] for row in self.responses]
        else:
            legacy = [f"V{number}" for number in range(1, len(LEGACY) + 1)]
            header = [[*legacy, *tags, ""], [*LEGACY, *texts, ""]]
            rows = [[*(row[name] for name in (*LEGACY, *tags)), ""] for row in self.responses]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([*header, *rows])

    def _described(self, tag: str) -> str:
        for question in self.questions.values():
            tags = question.get("ChoiceDataExportTags") or {}
            text = read_off(question["QuestionText"])
            for row, own in tags.items():
                if own == tag:
                    return f"{text} - {read_off(question['Choices'][row]['Display'])}"
            if question["DataExportTag"] == tag:
                return text
        return tag


def _piped(value: str, number: str) -> str:
    known = {"${e://Field/ResponseID}": number, "${date://CurrentDate/Y%2Fm%2Fd}": "2026/03/02"}
    return known.get(value, value)


def _all(flow: Sequence[Record]) -> Iterator[Record]:
    for element in flow:
        yield element
        yield from _all(element.get("Flow", ()))


def _columns(question: Record) -> list[str]:
    if question["QuestionType"] == "DB":
        return []
    tags = question.get("ChoiceDataExportTags")
    if tags:
        return [tags[row] for row in question["ChoiceOrder"]]
    return [question["DataExportTag"]]


def _tags(question: Record) -> list[str]:
    return list(dict.fromkeys([question["DataExportTag"], *_columns(question)]))


def _displayed(question: Record) -> Iterator[str]:
    for words in (question, *(question["Language"] or {}).values()):
        yield words["QuestionText"]
        for part in ("Choices", "Answers"):
            yield from (shown["Display"] for shown in words.get(part, {}).values())


def _wording(shown: str) -> str:
    """Return a question's text without the page's title above it and the hint below."""
    shown = re.sub(r"^<strong>.*?</strong><br /><br />", "", shown)
    return re.sub(r"<br /><br /><em>.*</em>$", "", shown)


def _logics(question: Record) -> Iterator[Record]:
    choices = question.get("Choices", {}).values()
    for held in (question, *choices):
        if "DisplayLogic" in held:
            yield held["DisplayLogic"]


def _numbered(record: Mapping[str, Any]) -> list[Any]:
    return [record[key] for key in sorted(filter(str.isdigit, record), key=int)]


def _expressions(logic: Record) -> Iterator[Record]:
    for group in _numbered(logic):
        yield from _numbered(group)


def _holds(logic: Record | None, selected: set[str], response: Mapping[str, str]) -> bool:
    """Work out display logic: groups one after the other, and so the expressions in each."""
    if logic is None:
        return True
    assert (logic["Type"], logic["inPage"]) == ("BooleanExpression", False)
    whole = None
    for group in _numbered(logic):
        found = None
        for expression in _numbered(group):
            true = _true(expression, selected, response)
            joint = expression.get("Conjuction", "If")
            found = {"If": true, "Or": found or true, "And": found and true}[joint]
        whole = {"If": found, "AndIf": whole and found, "OrIf": whole or found}[group["Type"]]
    return bool(whole)


def _true(expression: Record, selected: set[str], response: Mapping[str, str]) -> bool:
    if expression["LogicType"] == "EmbeddedField":
        assert expression["Operator"] == "EqualTo"
        return response[expression["LeftOperand"]] == expression["RightOperand"]
    assert expression["Operator"] == "Selected"
    return expression["LeftOperand"] in selected
