"""A Qualtrics survey file (.qsf) beside its data: labels of codes, and select-all questions."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supertouch.intake.readers.heading import spaced
from supertouch.study.model import Code

__all__ = ["Survey", "beside"]

_TAG = re.compile(r"<[^<>]*>")
_LARGEST = 1 << 26


@dataclass(frozen=True, slots=True)
class Survey:
    """What a survey file says of the columns of a data file: labels of codes, sets, notes."""

    value_labels: Mapping[str, Mapping[Code, str]] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def beside(path: Path, names: Sequence[str]) -> Survey:
    """Read the survey file of the data file's name, or of the start of its name, if there is one.

    Parameters
    ----------
    path : Path
        The data file, say ``wave1.csv``; the survey file is ``wave1.qsf``.
    names : sequence of str
        The data file's columns.
    """
    file = path.with_suffix(".qsf")
    if not file.is_file():
        return Survey()
    try:
        if file.stat().st_size > _LARGEST:
            return Survey(notes=(f"{file.name} is larger than any survey file: passed over",))
        elements = json.loads(file.read_text(encoding="utf-8-sig"))["SurveyElements"]
        questions = [e["Payload"] for e in elements if e["Element"] == "SQ"]
        there = set(names)
        found = [part for question in questions for part in _parts(question, there)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        return Survey(notes=(f"{file.name} cannot be read ({type(error).__name__}): passed over",))
    labels = {name: part for name, part in found if isinstance(part, dict)}
    sets = {name: part for name, part in found if isinstance(part, tuple)}
    told = f"{file.name}: codes of {len(labels)} column(s) and {len(sets)} select-all question(s)"
    return Survey(labels, sets, (told,))


def _parts(
    question: Mapping[str, Any], names: Set[str]
) -> Iterator[tuple[str, dict[Code, str] | tuple[str, ...]]]:
    """Yield labels per column and columns per set, for the columns that are there."""
    tag, kind = str(question["DataExportTag"]), question["QuestionType"]
    several = str(question.get("Selector", "")).startswith("MA")
    if kind == "MC" and several:
        yield from _set(tag, question.get("Choices"), question, names)
    elif kind == "MC" and tag in names:
        yield tag, _labels(question.get("Choices"), question)
    elif kind == "Matrix" and question.get("SubSelector") == "MultipleAnswer":
        for row in _rows(question):
            yield from _set(f"{tag}_{row}", question.get("Answers"), question, names)
    elif kind == "Matrix":
        labels = _labels(question.get("Answers"), question)
        tags = question.get("ChoiceDataExportTags") or {}
        for row in _rows(question):
            name = str(tags.get(row) or f"{tag}_{row}")
            if name in names and labels:
                yield name, labels


def _rows(question: Mapping[str, Any]) -> list[str]:
    return list(_choices(question.get("Choices")))


def _set(
    stem: str, choices: object, question: Mapping[str, Any], names: Set[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the columns of a select-all question: by code, or in legacy exports by position."""
    keys = list(_choices(choices))
    codes = [str(_recoded(question).get(key, key)) for key in keys]
    for endings in (codes, keys):
        columns = tuple(f"{stem}_{ending}" for ending in endings)
        if columns and set(columns) <= names:
            yield stem, columns
            return


def _labels(choices: object, question: Mapping[str, Any]) -> dict[Code, str]:
    return {_code(question, key): label for key, label in _choices(choices).items()}


def _choices(choices: object) -> dict[str, str]:
    """Return label by key; a list stands for keys from 1 on."""
    if isinstance(choices, list):
        choices = {str(i): choice for i, choice in enumerate(choices, start=1)}
    if not isinstance(choices, dict):
        return {}
    return {str(key): _plain(choice.get("Display", "")) for key, choice in choices.items()}


def _code(question: Mapping[str, Any], key: str) -> Code:
    value = _recoded(question).get(key, key)
    return float(value) if re.fullmatch(r"-?(0|[1-9]\d*)", str(value)) else str(value)


def _recoded(question: Mapping[str, Any]) -> dict[str, Any]:
    recoded = question.get("RecodeValues")
    return recoded if isinstance(recoded, dict) else {}


def _plain(text: object) -> str:
    return spaced(html.unescape(_TAG.sub(" ", str(text))))
