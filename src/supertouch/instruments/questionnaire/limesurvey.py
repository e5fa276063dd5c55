"""The questionnaire as a survey structure (.lss) that LimeSurvey imports.

The structure is that of files written by LimeSurvey 5 (database version 477), which versions 5
and 6 read. It was held against such files and the rules of LimeSurvey's own import; it has not
been imported into a running server.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from supertouch.instruments.questionnaire.asked import Questionnaire
from supertouch.instruments.questionnaire.limesurvey_settings import DB_VERSION, FIELDS
from supertouch.instruments.questionnaire.limesurvey_tables import tables
from supertouch.instruments.questionnaire.platform_rules import reject

__all__ = ["limesurvey"]

ALLOWED = r"[A-Za-z0-9]{1,5}"
BLOCK_CODES = r"[A-Za-z0-9_.-]+"


def limesurvey(questionnaire: Questionnaire) -> str:
    """Write the questionnaire as a LimeSurvey survey structure.

    Each column is an item's code (see `study.exported_names`), so that an export with question
    codes and answer codes comes back without any mapping. A hidden equation draws the block; what
    the response's number, its day and its duration are to fill is filled by hidden equations too.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    str
        The XML; texts are escaped, so that neither markup nor expressions in them come alive.

    Raises
    ------
    UnsupportedError
        If an answer's code has more than five letters and digits or other characters, or ratings
        are drawn among the touchpoints met.
    """
    rule = "are no LimeSurvey answer codes: these have one to five letters or digits."
    reject(questionnaire, platform="LimeSurvey", allowed=ALLOWED, rule=rule, blocks=BLOCK_CODES)
    return _xml(tables(questionnaire), questionnaire)


def _xml(rows: Mapping[str, list[dict[str, str]]], questionnaire: Questionnaire) -> str:
    document = ElementTree.Element("document")
    _leaf(document, "LimeSurveyDocType", "Survey")
    _leaf(document, "DBVersion", DB_VERSION)
    languages = ElementTree.SubElement(document, "languages")
    for language in questionnaire.without_regions:
        _leaf(languages, "language", language)
    for table, names in FIELDS.items():
        if not rows.get(table):
            continue
        section = ElementTree.SubElement(document, table)
        fields = ElementTree.SubElement(section, "fields")
        for name in names:
            _leaf(fields, "fieldname", name)
        body = ElementTree.SubElement(section, "rows")
        for row in rows[table]:
            line = ElementTree.SubElement(body, "row")
            for name in names:
                if name in row:
                    _leaf(line, name, row[name])
    ElementTree.indent(document, " ")
    text = ElementTree.tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _leaf(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text or None
