"""The tables of a LimeSurvey survey structure: their fields, and the settings of a new survey."""

from __future__ import annotations

__all__ = ["DB_VERSION", "FIELDS", "LANGUAGE_SETTINGS", "SETTINGS"]

DB_VERSION = "477"

_GROUP = ("sid", "group_order", "randomization_group", "grelevance")
_QUESTION = (
    *("qid", "parent_qid", "sid", "gid", "type", "title", "preg", "other", "mandatory"),
    *("encrypted", "question_order", "scale_id", "same_default", "relevance"),
    *("question_theme_name", "modulename"),
)

# what a new survey is set to; I and inherit: as the server's survey group has it
SETTINGS: dict[str, str] = {
    "sid": "",
    "gsid": "1",
    "admin": "inherit",
    "adminemail": "inherit",
    "anonymized": "N",
    "faxto": "",
    "format": "G",
    "savetimings": "Y",
    "template": "inherit",
    "language": "",
    "additional_languages": "",
    "datestamp": "Y",
    "usecookie": "I",
    "allowregister": "I",
    "allowsave": "I",
    "autonumber_start": "0",
    "autoredirect": "I",
    "allowprev": "N",
    "printanswers": "I",
    "ipaddr": "N",
    "ipanonymize": "I",
    "refurl": "N",
    "showsurveypolicynotice": "0",
    "publicstatistics": "I",
    "publicgraphs": "I",
    "listpublic": "I",
    "htmlemail": "I",
    "sendconfirmation": "I",
    "tokenanswerspersistence": "I",
    "assessments": "I",
    "usecaptcha": "E",
    "usetokens": "N",
    "bounce_email": "inherit",
    "emailresponseto": "inherit",
    "emailnotificationto": "inherit",
    "tokenlength": "-1",
    "showxquestions": "I",
    "showgroupinfo": "N",
    "shownoanswer": "N",
    "showqnumcode": "X",
    "bounceprocessing": "N",
    "showwelcome": "Y",
    "showprogress": "Y",
    "questionindex": "-1",
    "navigationdelay": "-1",
    "nokeyboard": "I",
    "alloweditaftercompletion": "I",
    "tokenencryptionoptions": "",
}

LANGUAGE_SETTINGS: dict[str, str] = {
    "surveyls_title": "",
    "surveyls_description": "",
    "surveyls_welcometext": "",
    "surveyls_endtext": "",
    "surveyls_url": "",
    "surveyls_urldescription": "",
    "surveyls_dateformat": "1",
    "surveyls_numberformat": "0",
}

# the fields of each table, the tables in the order of the file
FIELDS: dict[str, tuple[str, ...]] = {
    "answers": ("aid", "qid", "code", "sortorder", "assessment_value", "scale_id"),
    "answer_l10ns": ("id", "aid", "answer", "language"),
    "groups": ("gid", *_GROUP),
    "group_l10ns": ("id", "gid", "group_name", "description", "language", *_GROUP),
    "questions": _QUESTION,
    "subquestions": _QUESTION,
    "question_l10ns": ("id", "qid", "question", "help", "script", "language"),
    "question_attributes": ("qid", "attribute", "value", "language"),
    "surveys": tuple(SETTINGS),
    "surveys_languagesettings": ("surveyls_survey_id", "surveyls_language", *LANGUAGE_SETTINGS),
}
