"""Groupings of respondents: few categories, with labels or a telling name."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import SegmentFound, TouchpointFound
from supertouch.intake.draft.names import short, slug
from supertouch.intake.draft.scales import by_number, is_usual
from supertouch.intake.draft.words import empty_meant, says_no, says_yes
from supertouch.study.model import Code

__all__ = ["find_segments", "no_answers"]

_MOST = 5
_MOST_VALUES = 15
_MOST_TEXTS = 25
_EXTRA = 5
_NO_ANSWER = ("refused", "dont_know", "not_asked")
_KINDS: Mapping[str, tuple[str, str]] = {
    "gender": (
        r"gender|\bsex$|(^|[\d_\W])sex$|geschlecht",
        r"^(fe)?male$|männlich|weiblich|^(m|f|w)$",
    ),
    "age": (
        r"(^|[\d_\W])age(\b|_|$)|how old|alter(sgruppe)?\b",
        r"\d+ ?(years|jahre)|(?<![-\d$€])\d\d ?[-–] ?\d\d(?![-\d])",
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


@dataclass(frozen=True, slots=True)
class _Groups:
    """A column's groups with their labels, and what is known of them.

    ``texts`` are labels in words, be they value labels or the answers themselves.
    """

    values: Mapping[Code, str]
    texts: tuple[str, ...]
    unlabelled: Mapping[Code, int]
    no_answer: Mapping[Code, int]


def no_answers(touchpoints: Iterable[TouchpointFound]) -> frozenset[float]:
    """Return the codes up to 0 by which the ratings say that there is no answer."""
    return frozenset(
        float(code)
        for touchpoint in touchpoints
        for code, guess in touchpoint.reading.empties.items()
        if not isinstance(code, str) and float(code) <= 0 and guess.kind in _NO_ANSWER
    )


def find_segments(
    survey: Survey, taken: Collection[str], empties: Collection[float]
) -> tuple[SegmentFound, ...]:
    """Return up to five groupings: those named or labelled as usual ones first.

    A column without labels counts only when its name says gender, age, region, segment or income,
    or when its answers are texts that say so.

    Parameters
    ----------
    survey : Survey
        The raw file.
    taken : collection of str
        Columns that have another use.
    empties : collection of float
        Codes that mean no answer in this file, where no label says otherwise.
    """
    options = set(taken) | {name for columns in survey.sets.values() for name in columns}
    scored = []
    for column in survey.columns.values():
        if column.name in options or column.dates or column.distinct > _MOST_TEXTS + _EXTRA:
            continue
        groups = _groups(column, empties)
        kind, score = _score(column, groups)
        if score:
            scored.append((-score, column.place, kind, column, groups))
    ids: list[str] = []
    found = []
    for score, _, kind, column, groups in sorted(scored, key=lambda entry: entry[:2])[:_MOST]:
        label = _label(column, kind)
        ids.append(slug(label if kind in ("", "group") else kind, ids, fallback="group"))
        why = "its name or labels" if score <= -3 else "few labelled categories"
        found.append(
            SegmentFound(
                ids[-1], label, column.name, groups.values, why, groups.unlabelled, groups.no_answer
            )
        )
    return tuple(found)


def _label(column: Column, kind: str) -> str:
    if kind not in ("", "group") and not 0 < len(column.wording) <= 30:
        return kind.capitalize()
    return short(column.wording) or short(column.name.replace("_", " "))


def _score(column: Column, groups: _Groups) -> tuple[str, int]:
    """Return the kind of grouping and how well it suits; 0 where it does not."""
    n = len(groups.values)
    if "{" in column.wording or n < 2 or column.n < 0.5 * (column.n + column.blank):
        return "", 0
    if any(says_yes(text) or says_no(text) for text in groups.texts):
        return "", 0
    largest = max([*column.counts.values(), *column.words.values()], default=0)
    if largest > 0.95 * column.n:
        return "", 0
    name = f"{column.name} {column.wording}".casefold().strip()
    for kind, (words, answers) in _KINDS.items():
        named = bool(re.search(words, name))
        told = sum(bool(re.search(answers, text.casefold())) for text in groups.texts) >= 2
        if named or told:
            fits = n <= (_MOST_TEXTS if groups.texts else _MOST_VALUES)
            return (kind, 3 + bool(groups.texts)) if fits else ("", 0)
    labelled = len(groups.values) - len(groups.unlabelled) - len(column.words)
    return "", 2 if labelled >= 2 and n <= _MOST_VALUES else 0


def _groups(column: Column, empties: Collection[float]) -> _Groups:
    """Tell a column's groups from codes that mean no answer; codes that never occur are left out.

    Without a label, 0 means no answer where the ratings say so, and so does a usual code such as
    99 or 9 that stands apart from the others.
    """
    labels = column.number_labels
    values: dict[Code, str] = {}
    texts: list[str] = []
    no_answer: dict[Code, int] = {}
    usual = _apart(column, empties)
    for code, n in column.counts.items():
        label = labels.get(code, "")
        if column.declared_missing(code) or empty_meant(label) or (not label and code in usual):
            no_answer[code] = n
        else:
            values[code] = short(label) or f"{code:g}"
            texts += [label] if label else []
    for word in sorted(column.words, key=_in_order):
        label = str(column.labels.get(word, word))
        if empty_meant(label):
            no_answer[word] = column.words[word]
        else:
            values[word] = short(label) or word
            texts.append(label)
    unlabelled: dict[Code, int] = {
        code: n for code, n in column.counts.items() if code in values and not labels.get(code)
    }
    return _Groups(_distinct(values), tuple(texts), unlabelled, no_answer)


def _apart(column: Column, empties: Collection[float]) -> set[float]:
    """Return codes that mean no answer by the file's pattern or by convention."""
    found = {code for code in column.counts if code in empties}
    run = [code for code in column.counts if code not in found]
    for place, code in enumerate(run):
        gap = code < 0 or (place > 0 and code > run[place - 1] + 1)
        if gap and is_usual(code) and by_number(code).kind in _NO_ANSWER:
            found.add(code)
    return found if len(column.counts) - len(found) >= 2 else set()


def _in_order(word: str) -> tuple[float, bool, str]:
    """Sort age bands and incomes by their numbers: "under 18" goes before "18-24"."""
    number = re.search(r"\d+", word.replace(",", ""))
    below = bool(re.match(r"\W*(<|under|unter|bis|below|less|up to|jünger)", word.casefold()))
    return (float(number.group()) if number else math.inf, not below, word)


def _distinct(values: Mapping[Code, str]) -> dict[Code, str]:
    """Return labels that differ: codes are added to those that do not."""
    times = Counter(values.values())
    return {
        code: f"{text} ({code if isinstance(code, str) else f'{code:g}'})"
        if times[text] > 1
        else text
        for code, text in values.items()
    }
