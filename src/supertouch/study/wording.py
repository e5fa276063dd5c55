"""How mistakes in a study file are worded: places, values, lists and the nearest name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

__all__ = ["Loc", "listed", "nearest", "place", "plain", "shown", "toml_value"]

Loc = tuple[str | int, ...]

_SINGULAR = {
    "scales": "scale",
    "touchpoints": "touchpoint",
    "outcomes": "outcome",
    "waves": "wave",
    "segments": "segment",
    "brands": "brand",
}
_INNER = {
    ("data", "status"),
    ("mentions", "columns"),
    ("mentions", "valence"),
    ("questionnaire", "phases"),
}
_LISTS = {("data", "exclude"), ("data", "blocks"), ("quality", "implausible")}


def place(file: str, loc: Loc) -> str:
    """Name a place in the study file as its author would.

    Parameters
    ----------
    file
        Name of the study file.
    loc
        Keys from the top of the document down to the place.

    Examples
    --------
    >>> place("study.toml", ("touchpoints", "hotline", "phase"))
    "study.toml, touchpoint 'hotline': phase"
    >>> place("study.toml", ("data", "exclude", 0, "reason"))
    'study.toml, [[data.exclude]] number 1: reason'
    >>> place("study.toml", ("super", "alpha"))
    'study.toml, [super]: alpha'
    """
    if not loc:
        return file
    table, rest = _table(loc)
    return f"{file}, {table}: {'.'.join(map(str, rest))}" if rest else f"{file}, {table}"


def _table(loc: Loc) -> tuple[str, Loc]:
    first, rest = str(loc[0]), loc[1:]
    if first in _SINGULAR and rest:
        return f"{_SINGULAR[first]} '{rest[0]}'", rest[1:]
    if loc[:2] in _LISTS and len(loc) > 2:
        return f"[[{first}.{loc[1]}]] number {int(loc[2]) + 1}", loc[3:]
    if loc[:2] in _INNER:
        return f"[{first}.{loc[1]}]", loc[2:]
    return f"[{first}]", rest


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that ``name`` was probably meant to be, or None.

    Examples
    --------
    >>> nearest("phse", ["label", "phase", "owner"])
    'phase'
    >>> nearest("q7art", ["Q7ART", "Q7FOOD"])
    'Q7ART'
    """
    folded = {item.casefold(): item for item in known}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def plain(number: float | str) -> str:
    """Write a code without a needless decimal point.

    Examples
    --------
    >>> plain(6.0), plain(0.5), plain("n/a")
    ('6', '0.5', 'n/a')
    """
    if isinstance(number, float) and number.is_integer():
        return str(int(number))
    return str(number)


def toml_value(value: object) -> str:
    """Write a value as it would stand in a study file.

    Examples
    --------
    >>> toml_value({"not_met": (), "refused": (99.0, "n/a")})
    '{ not_met = [], refused = [99, "n/a"] }'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return plain(value) if isinstance(value, float) else str(value)


def shown(value: object, *, limit: int = 60) -> str:
    """Show a value found in the file, shortened where it is long."""
    text = toml_value(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(names: Iterable[object], *, limit: int = 4) -> str:
    """List names for a sentence, cut after ``limit`` with the number left out.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed("abcdefg")
    ('a, b, c', 'a, b, c, d and 3 more')
    """
    items = [str(name) for name in names]
    text = ", ".join(items[:limit])
    return text if len(items) <= limit else f"{text} and {len(items) - limit} more"
