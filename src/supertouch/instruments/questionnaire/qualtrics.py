"""The questionnaire as a survey file (.qsf) that Qualtrics imports.

The structure is that of files exported from Qualtrics. It was held against such files; it has not
been imported into a running account.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from supertouch.instruments.questionnaire.asked import Questionnaire
from supertouch.instruments.questionnaire.platform_rules import plain_text, reject
from supertouch.instruments.questionnaire.qualtrics_logic import Logic
from supertouch.instruments.questionnaire.qualtrics_questions import asked_question, text_alone
from supertouch.instruments.questionnaire.qualtrics_settings import (
    OPTIONS,
    SCORING,
    STATISTICS,
    elements_id,
)
from supertouch.study.model import Text

__all__ = ["qualtrics"]

ALLOWED = r"-?\d{1,9}(\.\d{1,4})?"
BLOCK_CODES = r"[A-Za-z0-9_.-]+"
_UNKNOWN = "0000-00-00 00:00:00"
_ADDED = {"respondent": "${e://Field/ResponseID}", "date": "${date://CurrentDate/Y%2Fm%2Fd}"}

Record = dict[str, Any]


def qualtrics(questionnaire: Questionnaire) -> str:
    """Write the questionnaire as a Qualtrics survey file.

    Each column is a question's or a statement's export tag and each code a recode value, so that
    an export of numeric values comes back without any mapping. A randomizer fills the block's
    column; response number and day fill the study's columns for them. Qualtrics' own message ends
    the survey, since a survey file cannot hold one: the questionnaire's thanks are left out.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    str
        The JSON; texts are escaped, so that neither markup nor piped text in them comes alive.

    Raises
    ------
    UnsupportedError
        If an answer's code is no number, or ratings are drawn among the touchpoints met.
    """
    rule = "are no Qualtrics recode values: these are numbers."
    reject(questionnaire, platform="Qualtrics", allowed=ALLOWED, rule=rule, blocks=BLOCK_CODES)
    survey = _Survey(questionnaire, Logic.of(questionnaire))
    return json.dumps(survey.file(), ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class _Survey:
    """Builds the file from the questionnaire and Qualtrics' names for its parts."""

    asked: Questionnaire
    logic: Logic

    def name(self, kind: str, part: str = "") -> str:
        """Return an id of Qualtrics' form, the same for the same part of the same study."""
        return elements_id(kind, f"{self.asked.study}/{self.asked.wave}/{part}")

    def file(self) -> Record:
        """Return the whole file."""
        languages = self.asked.without_regions
        questions = [
            asked_question(page, question, logic=self.logic, languages=languages)
            for page in self.asked.pages
            for question in page.questions
        ]
        if self._intro():
            tag = self.logic.free_tag("intro")
            text = text_alone(self._intro_id(), tag, self.asked.intro, languages=languages)
            questions.insert(0, text)
        elements = [
            self._element("BL", "Survey Blocks", self._blocks()),
            self._element("FL", "Survey Flow", self._flow()),
            self._element("SO", "Survey Options", self._options()),
            self._element("SCO", "Scoring", SCORING),
            self._element("STAT", "Survey Statistics", STATISTICS),
            self._element("QC", "Survey Question Count", None, str(len(questions))),
            self._element("RS", self.name("RS"), None, "Default Response Set"),
            *(
                self._element("SQ", payload["QuestionID"], payload, payload["QuestionDescription"])
                for payload in questions
            ),
        ]
        return {"SurveyEntry": self._entry(), "SurveyElements": elements}

    def _element(self, kind: str, first: str, payload: object, second: str | None = None) -> Record:
        return {
            "SurveyID": self.name("SV"),
            "Element": kind,
            "PrimaryAttribute": first,
            "SecondaryAttribute": second,
            "TertiaryAttribute": None,
            "Payload": payload,
        }

    def _entry(self) -> Record:
        return {
            "SurveyID": self.name("SV"),
            "SurveyName": plain_text(self._first(self.asked.title), most=100),
            "SurveyDescription": None,
            "SurveyOwnerID": self.name("UR"),
            "SurveyBrandID": "",
            "DivisionID": None,
            "SurveyLanguage": self.asked.without_regions[0].upper(),
            "SurveyActiveResponseSet": self.name("RS"),
            "SurveyStatus": "Inactive",
            "SurveyStartDate": _UNKNOWN,
            "SurveyExpirationDate": _UNKNOWN,
            "SurveyCreationDate": _UNKNOWN,
            "CreatorID": self.name("UR"),
            "LastModified": _UNKNOWN,
            "LastAccessed": _UNKNOWN,
            "LastActivated": _UNKNOWN,
            "Deleted": None,
        }

    def _first(self, text: Text) -> str:
        return text.within(self.asked.without_regions[0])

    def _intro(self) -> bool:
        return any(self.asked.intro.by_language.values())

    def _intro_id(self) -> str:
        return f"QID{len(self.logic.ids) + 1}"

    def _blocks(self) -> list[Record]:
        blocks = [self._block("intro", "Intro", [self._intro_id()])] if self._intro() else []
        blocks += [
            self._block(
                f"page/{page.id}",
                plain_text(self._first(page.title) or page.id, most=100),
                [self.logic.id_of(question) for question in page.questions],
            )
            for page in self.asked.pages
        ]
        blocks[0]["Type"] = "Default"
        trash = {
            "Type": "Trash",
            "Description": "Trash / Unused Questions",
            "ID": self.name("BL", "trash"),
        }
        return [*blocks, trash]

    def _block(self, part: str, title: str, questions: list[str]) -> Record:
        held = [{"Type": "Question", "QuestionID": question} for question in questions]
        return {
            "Type": "Standard",
            "SubType": "",
            "Description": title,
            "ID": self.name("BL", part),
            "BlockElements": held,
        }

    def _flow(self) -> Record:
        flow: list[Record] = []
        fields = [
            _field(self.logic.field(added.column), _ADDED[added.kind])
            for added in self.asked.added
            if added.kind in _ADDED
        ]
        if self.asked.block_column:
            fields.append(_field(self.logic.field(self.asked.block_column), ""))
        if fields:
            flow.append({"Type": "EmbeddedData", "EmbeddedData": fields})
        if self.asked.block_column:
            flow.append(self._randomizer())
        parts = ["intro"] if self._intro() else []
        parts += [f"page/{page.id}" for page in self.asked.pages]
        held = [self.name("BL", part) for part in parts]
        flow += [{"Type": "Standard", "ID": block, "Autofill": []} for block in held]
        count = _number(flow, 2)
        return {
            "Type": "Root",
            "FlowID": "FL_1",
            "Flow": flow,
            "Properties": {"Count": count},
        }

    def _randomizer(self) -> Record:
        field = self.logic.field(self.asked.block_column)
        branches = [
            {"Type": "EmbeddedData", "EmbeddedData": [_field(field, block.code)]}
            for block in self.asked.blocks
        ]
        return {
            "Type": "BlockRandomizer",
            "SubSet": 1,
            "EvenPresentation": True,
            "Flow": branches,
        }

    def _options(self) -> Record:
        title = plain_text(self._first(self.asked.title), most=100)
        languages: Record = {language.upper(): [] for language in self.asked.without_regions}
        return OPTIONS | {
            "SurveyTitle": title,
            "SurveyLanguage": self.asked.without_regions[0].upper(),
            "AvailableLanguages": languages,
        }


def _field(name: str, value: str) -> Record:
    return {
        "Description": name,
        "Type": "Custom",
        "Field": name,
        "VariableType": "String",
        "DataVisibility": [],
        "AnalyzeText": False,
        "Value": value,
    }


def _number(flow: list[Record], number: int) -> int:
    """Give every element of a flow its number, from ``number`` on; return the last one."""
    last = number - 1
    for element in flow:
        last += 1
        element["FlowID"] = f"FL_{last}"
        last = _number(element.get("Flow", []), last + 1)
    return last
