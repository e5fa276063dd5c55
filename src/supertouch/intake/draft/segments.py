"""Groupings of respondents: few categories, with labels or a telling name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import SegmentFound
from supertouch.intake.draft.names import short, slug
from supertouch.intake.draft.words import empty_meant, says_no, says_yes
from supertouch.study.model import Code

__all__ = ["find_segments"]

_MOST = 5
_MOST_VALUES = 15
_KINDS: Mapping[str, tuple[str, str]] = {
    "gender": (
        r"gender|\bsex$|(^|[\d_\W])sex$|geschlecht",
        r"^(fe)?male$|männlich|weiblich|^(m|f|w)$",
    ),
    "age": (
        r"(^|[\d_\W])age(\b|_|$)|how old|alter(sgruppe)?\b",
        r"\d+ ?(years|jahre)|\d\d ?[-–] ?\d\d",
    ),
    "region": (
        r"region|bundesland|country|\bland\b|wohnort|province|state do you",
        r"^(north|nord|south|süd)",
    ),
    "group": (
        r"segment|kunden(typ|gruppe|art)|customer ?(type|group)|(^|_)typ$|provider|operator"
        r"|anbieter|carrier|company|brand|marke|tariff|tarif|branche|industry|sector",
        r"privat|business|geschäftlich|gewerb",
    ),
    "income": (r"income|einkommen", r"[$€]"),
}


def find_segments(survey: Survey, taken: Collection[str]) -> tuple[SegmentFound, ...]:
    """Return up to five groupings: those named or labelled as usual ones first.

    A column without labels counts only when its name says gender, age, region, segment or income.
    """
    options = set(taken) | {name for columns in survey.sets.values() for name in columns}
    scored = []
    for column in survey.columns.values():
        kind, score = _score(column) if column.name not in options else ("", 0)
        if score:
            scored.append((-score, column.place, kind, column))
    ids: list[str] = []
    found = []
    for score, _, kind, column in sorted(scored, key=lambda entry: entry[:2])[:_MOST]:
        label = _label(column, kind)
        ids.append(slug(label if kind in ("", "group") else kind, ids, fallback="group"))
        why = "its name or labels" if score <= -3 else "few labelled categories"
        found.append(SegmentFound(ids[-1], label, column.name, _values(column), why))
    return tuple(found)


def _label(column: Column, kind: str) -> str:
    if kind not in ("", "group") and not 0 < len(column.wording) <= 30:
        return kind.capitalize()
    return short(column.wording) or short(column.name.replace("_", " "))


def _score(column: Column) -> tuple[str, int]:
    """Return the kind of grouping and how well it suits; 0 where it does not."""
    values = _values(column)
    labels = [str(label) for label in values.values()]
    groups = len(values) or column.distinct
    if (
        "{" in column.wording
        or not 2 <= groups <= _MOST_VALUES
        or column.n < 0.5 * (column.n + column.blank)
        or column.dates
    ):
        return "", 0
    if any(says_yes(label) or says_no(label) for label in labels):
        return "", 0
    largest = max([*column.counts.values(), *column.words.values()], default=0)
    if largest > 0.95 * column.n:
        return "", 0
    name = f"{column.name} {column.wording}".casefold().strip()
    for kind, (words, answers) in _KINDS.items():
        named = bool(re.search(words, name))
        told = sum(bool(re.search(answers, label.casefold())) for label in labels) >= 2
        if named or told:
            return kind, 3 + bool(labels)
    if len(labels) < 2:
        return "", 0
    return "", 2 if labels and groups <= _MOST_VALUES else 0


def _values(column: Column) -> dict[Code, str]:
    """Return codes with their labels, without those that mean no answer or never occur."""
    labels: dict[Code, str] = {}
    for code, label in column.labels.items():
        occurs = column.words.get(code, 0) if isinstance(code, str) else column.counts.get(code, 0)
        missing = not isinstance(code, str) and column.declared_missing(float(code))
        if occurs and not missing and not empty_meant(label):
            labels[code] = short(label) or str(code)
    return labels
