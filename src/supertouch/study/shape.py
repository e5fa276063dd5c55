"""Hold the content of a study file against its shape, and say in plain words what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from supertouch.errors import Problem
from supertouch.study.document import REQUIRED, TABLES, Document, Table, found_in, keys_of, table_of
from supertouch.study.wording import Loc, nearest, place, plain, shown

__all__ = ["Shaped", "shape"]


@dataclass(frozen=True, slots=True)
class Shaped:
    """What fits the shape, the problems of what does not, and the places that were left out."""

    document: Document
    problems: list[Problem]
    spoiled: frozenset[Loc]


def shape(content: Mapping[str, Any], *, file: str, spoiled: set[Loc]) -> Shaped:
    """Sort the content into what fits the study file's shape and what does not.

    A value that does not fit is left out and its place remembered, so that the rest can still be
    checked without false alarms.

    Parameters
    ----------
    content
        The parsed TOML.
    file
        Name of the study file, for the problems.
    spoiled
        Places that are known to be unreadable already.
    """
    rest = _copy(content)
    problems: list[Problem] = []
    left_out = set(spoiled)
    errors = _errors(rest)
    while errors:
        for error in errors:
            loc = error["loc"]
            problems.append(_problem(error, content, file=file))
            left_out.add(_drop(rest, loc))
        errors = _errors(rest)
    document = Document.model_validate(rest)
    for loc in _missing(document):
        if not _covered(loc, left_out):
            problems.append(_missing_problem(loc, file=file))
        left_out.add(loc)
    return Shaped(document, problems, frozenset(left_out))


def _copy(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _errors(content: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        Document.model_validate(content)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _drop(content: dict[str, Any], loc: Loc) -> Loc:
    """Take the value at ``loc``, or the list that it is part of, out of the content."""
    holders: list[Any] = [content]
    for part in loc[:-1]:
        if isinstance(holders[-1], dict) and part not in holders[-1]:
            return loc  # another fault of the same list has taken it out already
        holders.append(holders[-1][part])
    at = max(index for index, holder in enumerate(holders) if isinstance(holder, dict))
    holders[at].pop(loc[at], None)
    return _meant(loc[: at + 1], holders[at])


def _meant(loc: Loc, holder: Mapping[str, Any]) -> Loc:
    """Return the place that a misspelt key was meant for, so that it does not count as missing."""
    table = table_of(loc[:-1])
    if table is None or loc[-1] in keys_of(table):
        return loc
    meant = nearest(str(loc[-1]), keys_of(table))
    return loc if meant is None or meant in holder else (*loc[:-1], meant)


def _covered(loc: Loc, spoiled: set[Loc]) -> bool:
    return any(loc[: len(place)] == place for place in spoiled)


def _missing(document: Document) -> list[Loc]:
    return [
        (*loc, info.alias or name)
        for loc, table in found_in(document, Table)
        for name, info in type(table).model_fields.items()
        if REQUIRED in info.metadata and name not in table.model_fields_set
    ]


_EXAMPLES = {
    "id": 'id = "customers_2026"',
    "title": 'title = { de = "…", en = "…" }',
    "label": 'label = { de = "…", en = "…" }',
    "reason": 'reason = { de = "…", en = "…" }',
    "phase": 'phase = "before", "during" or "after"',
    "role": 'role = "loyalty", "recommendation", "purchase", "satisfaction" or "behaviour"',
    "column": 'column = "NAME"',
    "values": "values = [1]",
    "min": "min = 1",
    "max": "max = 5",
    "best": "best = 5, the end of the scale that is good",
    "touchpoints": 'touchpoints = ["ID", "ID"]',
    "columns": 'columns = [{ column = "AGE", values = [999] }]',
}


def _missing_problem(loc: Loc, *, file: str) -> Problem:
    key = str(loc[-1])
    return Problem(place(file, loc), "", "is missing.", f"Write {_EXAMPLES[key]}.")


def _problem(error: ErrorDetails, content: Mapping[str, Any], *, file: str) -> Problem:
    loc = error["loc"]
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown(loc, file=file)
    rule, remedy = _WORDS.get(kind, _other)(error)
    return Problem(place(file, loc), shown(_at(content, loc)), rule, remedy)


def _at(content: Mapping[str, Any], loc: Loc) -> object:
    value: Any = content
    for part in loc:
        value = value[part]
    return value


def _unknown(loc: Loc, *, file: str) -> Problem:
    name = str(loc[-1])
    table = table_of(loc[:-1]) or ""
    known = keys_of(table)
    meant = nearest(name, known)
    homes = [home for home in TABLES if home and name in keys_of(home)]
    what = "key" if table else "table"
    if meant and homes:
        remedy = f"It belongs in [{homes[0]}]; the nearest known {what} here is '{meant}'."
    elif meant:
        remedy = f"The nearest known {what} is '{meant}'."
    elif homes:
        remedy = f"It belongs in [{homes[0]}]."
    else:
        remedy = f"Take it out. Known: {', '.join(known)}."
    return Problem(place(file, loc[:-1]), f"'{name}'", f"is not a known {what} here.", remedy)


Words = tuple[str, str]


def _choices(error: ErrorDetails) -> Words:
    expected = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
    meant = nearest(str(error["input"]), expected.split(", "))
    remedy = f'The nearest is "{meant}".' if meant else "Write one of these words in quotes."
    return f"is not one of {expected}.", remedy


def _type(rule: str, remedy: str) -> Callable[[ErrorDetails], Words]:
    return lambda error: (rule, remedy)  # noqa: ARG005


def _bound(words: str, limit: str) -> Callable[[ErrorDetails], Words]:
    def rule(error: ErrorDetails) -> Words:
        bound, value = plain(float(error["ctx"][limit])), error["input"]
        remedy = f"Write a number {words} {bound}."
        if bound == "1" and limit in ("lt", "le") and value <= 100:
            remedy = f"Shares go from 0 to 1: {value:g} % is {value / 100:g}."
        return f"must be {words} {bound}.", remedy

    return rule


def _own(error: ErrorDetails) -> Words:
    return error["ctx"]["rule"], error["ctx"]["remedy"]


def _other(error: ErrorDetails) -> Words:
    return f"does not fit: {error['msg']}.", "See docs/study-file.md."


def _number(kind: str, example: str) -> Callable[[ErrorDetails], Words]:
    def rule(error: ErrorDetails) -> Words:
        meant = _meant_number(error["input"], whole=kind == "a whole number")
        remedy = f"Write {meant}." if meant else f"Write it without quotes{example}."
        return f"must be {kind}.", remedy

    return rule


def _meant_number(value: object, *, whole: bool) -> str | None:
    """Return the number that a text (or a decimal for a whole number) was meant to be."""
    if not isinstance(value, str | float):
        return None
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    fits = number.is_integer() or not whole
    return (
        f"{plain(number)}, without quotes"
        if fits and isinstance(value, str)
        else (plain(number) if fits else None)
    )


def _finite(error: ErrorDetails) -> Words:
    nan = error["input"] != error["input"]
    return "is not a number." if nan else "is not a finite number.", "Write one such as 5 or 0.5."


_TABLE = _type("must be a table.", "Write it as [table] with keys below, or { key = value }.")

_WORDS: dict[str, Callable[[ErrorDetails], Words]] = {
    "literal_error": _choices,
    "study": _own,
    "float_type": _number("a number", ", with a decimal point: 0.5"),
    "finite_number": _finite,
    "int_type": _number("a whole number", " or decimals: 50"),
    "string_type": _type("must be a text.", 'Put it in quotes: "…".'),
    "string_too_short": _type("is empty.", "Write the text or take the key out."),
    "bool_type": _type("must be true or false.", "Write true or false without quotes."),
    "date_type": _type("must be a date.", "Write it without quotes: 2026-03-01."),
    "list_type": _type("must be a list.", 'Write it in brackets: ["…", "…"].'),
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "greater_than": _bound("above", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("below", "lt"),
    "less_than_equal": _bound("at most", "le"),
}
