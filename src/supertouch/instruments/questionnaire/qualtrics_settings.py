"""What a new Qualtrics survey is set to, and ids of the form that Qualtrics gives."""

from __future__ import annotations

import hashlib
import string
from typing import Any

__all__ = ["MATRIX", "OPTIONS", "SCORING", "STATISTICS", "elements_id"]

_LETTERS = string.digits + string.ascii_letters

OPTIONS: dict[str, Any] = {
    "BackButton": "false",
    "SaveAndContinue": "true",
    "SurveyProtection": "PublicSurvey",
    "BallotBoxStuffingPrevention": "false",
    "NoIndex": "Yes",
    "SecureResponseFiles": "true",
    "SurveyExpiration": "None",
    "SurveyTermination": "DefaultMessage",
    "Header": "",
    "Footer": "",
    "ProgressBarDisplay": "Text",
    "PartialData": "+1 week",
    "ValidationMessage": "",
    "PreviousButton": "",
    "NextButton": "",
    "NewScoring": 1,
    "ShowExportTags": "false",
    "CollectGeoLocation": "false",
    "AnonymizeResponse": "No",
}

SCORING: dict[str, Any] = {
    "ScoringCategories": [],
    "ScoringCategoryGroups": [],
    "ScoringSummaryCategory": None,
    "ScoringSummaryAfterQuestions": 0,
    "ScoringSummaryAfterSurvey": 0,
    "DefaultScoringCategory": None,
    "AutoScoringCategory": None,
}

STATISTICS: dict[str, Any] = {"MobileCompatible": True, "ID": "Survey Statistics"}

MATRIX: dict[str, Any] = {
    "QuestionType": "Matrix",
    "Selector": "Likert",
    "SubSelector": "SingleAnswer",
    "Configuration": {
        "QuestionDescriptionOption": "UseText",
        "TextPosition": "inline",
        "ChoiceColumnWidth": 25,
        "RepeatHeaders": "none",
        "WhiteSpace": "OFF",
        "MobileFirst": True,
    },
}


def elements_id(kind: str, part: str) -> str:
    """Return an id such as ``BL_25JUjmAJknPlBnD``, always the same for the same part."""
    number = int.from_bytes(hashlib.sha256(f"{kind}/{part}".encode()).digest()[:16])
    letters = []
    for _ in range(15):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return f"{kind}_{''.join(letters)}"
