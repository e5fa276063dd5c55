"""SurveyMonkey exports: questions in the first row, their options in the second."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate
from pathlib import Path

from supertouch.intake.readers.heading import (
    Counts,
    Heading,
    Insight,
    named,
    shortened,
    spaced,
    unique,
)

__all__ = ["recognised"]

_ID = re.compile(r"(respondent|befragten?|teilnehmer|umfrageteilnehmer)\W*id", re.IGNORECASE)
_SINGLE = frozenset(
    {"response", "open-ended response", "antwort", "beantwortung", "offene antwort", ""}
)
_OTHER = re.compile(r"(other|sonstige|andere|anderes)\b.*", re.IGNORECASE | re.DOTALL)
_ALONE, _QUESTION, _OPTION = 80, 48, 40


def recognised(rows: Sequence[Sequence[str]], path: Path, place: str) -> Heading | None:  # noqa: ARG001
    """Return the heading of a SurveyMonkey export, or None if the rows are not one's.

    The first column is the respondent's id, with a blank below; where a cell of the first row is
    blank, the column is a further option of the question to its left. A column is called by its
    question (at most 80 characters), or ``question: option`` (48 and 40), cut between words.
    """
    if not _is_export(rows):
        return None
    questions = _filled(rows[0])
    options = [spaced(option) for option in rows[1]]
    wanted = [_name(question, option) for question, option in zip(questions, options, strict=True)]
    heading = named(wanted, rows[0], place, platform="surveymonkey", rows=2)
    labels = {
        name: question if option.casefold() in _SINGLE else f"{question}: {option}"
        for name, question, option in zip(heading.names, questions, options, strict=True)
    }
    groups = _groups(heading.names, rows, questions)
    return replace(
        heading,
        column_labels=labels,
        notes=(
            "recognised as a SurveyMonkey export: 2 header rows, data from row 3 on; a column is "
            "called 'question: option', cut after whole words",
            *heading.notes,
        ),
        looked_for={name: options for group in groups.values() for name, options in group.items()},
        conclude=partial(_conclude, groups=groups),
    )


def _is_export(rows: Sequence[Sequence[str]]) -> bool:
    if len(rows) < 2 or not rows[0] or not _ID.fullmatch(rows[0][0].strip()) or rows[1][0].strip():
        return False
    pairs = [(top.strip(), below.strip()) for top, below in zip(*rows[:2], strict=True)]
    answers = any(below.casefold() in _SINGLE - {""} for _, below in pairs)
    return answers or any(below and not top for top, below in pairs)


def _filled(first: Sequence[str]) -> list[str]:
    """Return each column's question: its own cell, or the last one to its left that is filled."""
    questions: list[str] = []
    for cell in map(spaced, first):
        questions.append(cell or (questions[-1] if questions else ""))
    return questions


def _name(question: str, option: str) -> str:
    if option.casefold() in _SINGLE:
        return shortened(question, _ALONE)
    return f"{shortened(question, _QUESTION)}: {shortened(option, _OPTION)}"


def _groups(
    names: Sequence[str], rows: Sequence[Sequence[str]], questions: Sequence[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return per question of several columns its columns, with the options as cells have them."""
    starts = list(accumulate(int(bool(cell.strip())) for cell in rows[0]))
    groups: dict[int, dict[str, tuple[str, ...]]] = {}
    for name, start, option in zip(names, starts, rows[1], strict=True):
        text = option.strip()
        if text.casefold() not in _SINGLE and not _OTHER.fullmatch(text):
            groups.setdefault(start, {})[name] = tuple(dict.fromkeys((text, option)))
    several = [start for start, group in groups.items() if len(group) > 1]
    titles = unique([shortened(questions[starts.index(start)], _ALONE) for start in several])
    return {title: groups[start] for title, start in zip(titles, several, strict=True)}


def _conclude(counts: Counts, *, groups: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Insight:
    """Call a question select-all if its cells hold nothing but the text of their own option."""
    sets = {
        question: tuple(group)
        for question, group in groups.items()
        if any(counts.filled[name] for name in group)
        and all(counts.filled[name] == counts.found[name].total() for name in group)
    }
    notes = tuple(
        f"select-all question '{question}': {len(columns)} options, a blank cell is an option "
        "not chosen"
        for question, columns in sets.items()
    )
    return Insight(notes=notes, sets=sets)
