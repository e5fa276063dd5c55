"""What is written about a measure becomes a record, or every mistake in it is told."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args

from supertouch.errors import Problem
from supertouch.instruments.plan.terms import TOML, Terms
from supertouch.study.amounts import plainly
from supertouch.study.model import Effort, Measure, Study, Text, Touchpoint, Wave
from supertouch.study.wording import listed, nearest, shown

__all__ = ["FIELDS", "REQUIRED", "Written", "is_id", "measures_of"]

FIELDS = (
    "touchpoint",
    "label",
    "target",
    "based_on",
    "owner",
    "cost",
    "start",
    "effort",
    "excludes",
    "note",
)
REQUIRED = FIELDS[:4]
RESERVED = ("together",)
_ID = re.compile(r"[a-z][a-z0-9_]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True, slots=True)
class Written:
    """A measure as it stands in a file: where, under which id, and its values by field.

    ``named`` tells whether the file gives the id, or it was made up for a row without one.
    """

    place: str
    id: str
    values: Mapping[str, Any]
    terms: Terms = field(default=TOML)
    named: bool = True

    def problem(self, key: str, value: object, rule: str, remedy: str) -> Problem:
        """Return a mistake in one of its fields."""
        name = self.terms.names.get(key, key)
        return Problem(f"{self.place}, {name}", "" if value is None else shown(value), rule, remedy)


def measures_of(study: Study, written: Sequence[Written]) -> tuple[list[Measure], list[Problem]]:
    """Return the measures that are sound, and every mistake in the others."""
    problems = [*_ids(written), *_lost_ids(written)]
    measures = []
    for item in written:
        found = [*_keys(item), *_fields(study, item), *_excluded(item, written)]
        found = found or list(_fits(study, item))
        problems += found
        if not found:
            measures.append(_measure(study, item))
    return measures, problems


def is_id(name: object) -> bool:
    """Tell whether this can be the id of a measure."""
    return isinstance(name, str) and _ID.fullmatch(name) is not None


def _ids(written: Sequence[Written]) -> Iterator[Problem]:
    seen: set[str] = set()
    for item in written:
        if not is_id(item.id):
            rule = "an id here is made of small letters, digits and _, beginning with a letter."
            yield Problem(
                _id_place(item), item.id, rule, "Write another id; the label may hold anything."
            )
        if item.id in RESERVED:
            rule = "is kept for all measures of a set together."
            yield Problem(_id_place(item), item.id, rule, "Write another id.")
        if item.id in seen:
            yield Problem(
                _id_place(item), item.id, "this id stands twice.", "Rename one of the two."
            )
        seen.add(item.id)


def _id_place(item: Written) -> str:
    return ", ".join(part for part in (item.place, item.terms.names.get("id", "")) if part)


def _keys(item: Written) -> Iterator[Problem]:
    for key in item.values:
        if key not in FIELDS:
            meant = nearest(str(key), FIELDS)
            remedy = f"Write {meant}." if meant else f"A measure has {', '.join(FIELDS)}."
            yield item.problem(str(key), None, "no measure has such a key.", remedy)
    for key in REQUIRED:
        if item.values.get(key) in (None, ""):
            yield item.problem(key, None, "is missing.", f"Write {item.terms.examples[key]}.")


def _fields(study: Study, item: Written) -> Iterator[Problem]:
    for key, (holds, rule, remedy) in _rules(study, item).items():
        value = item.values.get(key)
        if value not in (None, "") and not holds(value):
            yield item.problem(key, value, rule, remedy)


def _rules(study: Study, item: Written) -> dict[str, tuple[Callable[[Any], bool], str, str]]:
    examples = {key: f"Write {text}." for key, text in item.terms.examples.items()}
    touchpoints = [touchpoint.id for touchpoint in study.touchpoints]
    waves = [wave.id for wave in study.waves]
    efforts = list(get_args(Effort))
    return {
        "touchpoint": (
            lambda value: value in touchpoints,
            _unknown("touchpoint", study.touchpoints, item.values.get("touchpoint")),
            f"Take one of {listed(touchpoints, limit=30)}.",
        ),
        "label": (
            lambda value: _is_text(value) and _foreign(study, value) is None,
            _foreign(study, item.values.get("label")) or "is no text.",
            examples["label"],
        ),
        "target": (_is_number, "is no number.", examples["target"]),
        "based_on": (
            lambda value: value in waves,
            _unknown("wave", study.waves, item.values.get("based_on")),
            f"Take one of {listed(waves, limit=30)}.",
        ),
        "owner": (lambda value: isinstance(value, str), "is no text.", examples["owner"]),
        "cost": (
            lambda value: _is_number(value) and value >= 0,
            "is no amount of money of zero or more.",
            examples["cost"].format(amount=plainly(str(item.values.get("cost", "")))),
        ),
        "start": (
            lambda value: _day(value) is not None,
            "is no date.",
            examples["start"],
        ),
        "effort": (
            lambda value: value in efforts,
            f"is not one of {', '.join(item.terms.efforts)}.",
            "Write one of these, or leave it out.",
        ),
        "excludes": (
            lambda value: (
                isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)
            ),
            "is no list of measures.",
            examples["excludes"],
        ),
        "note": (lambda value: isinstance(value, str), "is no text.", examples["note"]),
    }


def _unknown(kind: str, items: Sequence[Touchpoint] | Sequence[Wave], value: object) -> str:
    """Return what is wrong with a name that is no id."""
    told = value.casefold() if isinstance(value, str) else ""
    called = [told in {text.casefold() for text in it.label.by_language.values()} for it in items]
    if sum(called) > 1:
        return f"is the label of several {kind}s; take an id."
    only_planned = ", or one that is only planned" if kind == "wave" else ""
    return f"is no {kind} of the study{only_planned}."


def _foreign(study: Study, label: object) -> str | None:
    """Return that a label is in a language that the study does not have."""
    if not isinstance(label, Mapping):
        return None
    other = [str(code) for code in label if code not in study.languages]
    theirs = ", ".join(study.languages)
    return f"has a text for {', '.join(other)}; the study has {theirs}." if other else None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _is_text(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and all(
            isinstance(text, str) and text.strip() for text in value.values()
        )
    return isinstance(value, str) and bool(value.strip())


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        german = _GERMAN_DAY.fullmatch(value.strip())
        parts = german.groups()[::-1] if german else value.strip().split("-")
        if german or _DAY.fullmatch(value.strip()):
            try:
                return date(*map(int, parts))
            except ValueError:
                return None
    return None


def _names(item: Written) -> list[str]:
    names = item.values.get("excludes") or ()
    return [str(name) for name in names] if isinstance(names, list | tuple) else []


def _lost(written: Sequence[Written]) -> dict[str, list[str]]:
    """Return ids that no row has, though some row has none, with the places that name them."""
    if all(item.named for item in written):
        return {}
    known = {item.id for item in written}
    lost: dict[str, list[str]] = {}
    for item in written:
        for name in dict.fromkeys(_names(item)):
            if name not in known:
                lost.setdefault(name, []).append(item.place)
    return lost


def _lost_ids(written: Sequence[Written]) -> Iterator[Problem]:
    """Say once for each such id that it is missing, and not wherever it is named."""
    blank = [item for item in written if not item.named]
    for name, places in _lost(written).items():
        key = blank[0].terms.names.get("id", "id")
        rows = [item.place.rpartition(", ")[2] for item in blank]
        by = ", ".join(place.rpartition(", ")[2] for place in places)
        rule = f"is excluded in {by}, but no row has this id."
        remedy = f"Write it into {key} of {' or '.join(rows)}, or do not exclude it."
        yield Problem(f"{blank[0].place.rpartition(', ')[0]}, {key}", shown(name), rule, remedy)


def _excluded(item: Written, written: Sequence[Written]) -> Iterator[Problem]:
    known = {other.id for other in written} - {item.id}
    lost = _lost(written)
    for name in _names(item):
        if name not in known and name not in lost:
            remedy = f"Take one of {listed(sorted(known), limit=30)}." if known else "Leave it out."
            yield item.problem("excludes", name, "is no other measure of the plan.", remedy)


def _fits(study: Study, item: Written) -> Iterator[Problem]:
    """Find what is wrong between the fields of a measure."""
    values = item.values
    touchpoint = study.touchpoint(values["touchpoint"])
    scale = study.scales[touchpoint.scale]
    if not scale.minimum <= values["target"] <= scale.maximum:
        rule = f"lies off the scale from {scale.minimum:g} to {scale.maximum:g}."
        remedy = f"Name a mean on it, as in the questionnaire; {scale.best:g} is best."
        yield item.problem("target", values["target"], rule, remedy)
    if touchpoint not in study.touchpoints_in(values["based_on"]):
        rule = f"is a wave in which '{touchpoint.id}' was not rated."
        yield item.problem("based_on", values["based_on"], rule, "Name a wave that rated it.")


def _measure(study: Study, item: Written) -> Measure:
    values = item.values
    scale = study.scales[study.touchpoint(values["touchpoint"]).scale]
    label, cost = values["label"], values.get("cost")
    texts = label if isinstance(label, Mapping) else dict.fromkeys(study.languages, label)
    return Measure(
        id=item.id,
        touchpoint=values["touchpoint"],
        label=Text({language: text.strip() for language, text in texts.items()}),
        target=scale.turned(float(values["target"])),
        based_on=values["based_on"],
        owner=(values.get("owner") or "").strip(),
        cost=None if cost in (None, "") else float(cost),
        start=_day(values.get("start")),
        effort=values.get("effort") or None,
        excludes=tuple(dict.fromkeys(values.get("excludes") or ())),
        note=(values.get("note") or "").strip(),
    )
