"""Read TOML text in spite of its slips, so that one does not hide the mistakes after it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from supertouch.errors import Problem
from supertouch.study.bounds import MONSTROUS, TOO_DEEP, out_of_bounds
from supertouch.study.wording import Loc, place

__all__ = ["Parsed", "parse"]

_SPOILED = "\ufffespoiled"
_LOST = "__lost_"
_POSITION = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end.*)\)$"
)
_STATEMENT = re.compile(r"""^\s*(?P<key>[\w-]+|"[^"]*"|'[^']*')\s*=""")
_HEADER = re.compile(r"^\s*\[\[?(?P<name>[^\[\]#]*)")
_DIGITS = re.compile(r"[0-9_]{4000,}")
_BRACKETS = re.compile(r"[\[{]")
_MOST = 100
_BITS = 1000  # a decimal number holds what is shorter, and a check of its own refuses it

_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        r"Cannot declare .* twice",
        "this table stands twice; an id may be used once only.",
        "Rename one of the two tables, or merge them.",
    ),
    (
        r"Cannot overwrite a value",
        "this key stands twice in its table.",
        "Keep one of the two lines.",
    ),
    (
        r"Invalid value",
        "this is no value that TOML knows.",
        "Put texts in quotes; numbers, true, false, dates, [lists] and { tables } go without.",
    ),
    (
        r"Invalid initial character for a key part",
        "a key must stand here.",
        "Write an inline { table } on one line; put keys with special characters in quotes.",
    ),
    (
        r"Expected '=' after a key",
        "a key must be followed by = and its value.",
        "Write key = value; a key with blanks needs quotes.",
    ),
    (
        r"(Unclosed array|Unterminated string|Expected ['\"])|Illegal character",
        "a text or a list is opened but not closed.",
        'Close the text with the quote that opened it ("…"), the list with ].',
    ),
    (
        r"Expected .* at the end of a table declaration",
        "the table's header is not closed.",
        "Write [name] or [group.name]; ids hold letters, digits and _ only.",
    ),
    (
        r"Expected newline or end of document",
        "something stands after the end of the value.",
        "Write one key = value to a line; comments start with #.",
    ),
)


@dataclass(slots=True)
class Parsed:
    """What could be read of the text.

    ``spoiled`` are the places of keys and tables that could not be read; ``failed`` tells that
    nothing could.
    """

    content: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    spoiled: set[Loc] = field(default_factory=set)
    failed: bool = False


def parse(text: str, *, file: str) -> Parsed:
    """Parse TOML, setting aside each line that is no TOML and going on after it.

    Parameters
    ----------
    text
        Content of the file.
    file
        Its name, for the problems.
    """
    parsed = Parsed()
    lines = text.split("\n")
    last = -2
    for _ in range(_MOST):
        try:
            parsed.content = tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            number = _note(parsed, str(error), lines, file=file, last=last)
            if number is None:
                return parsed
            last = number
        except (RecursionError, ValueError) as error:
            last = _note_monster(parsed, lines, file=file, deep=isinstance(error, RecursionError))
        else:
            _take_out(parsed, file=file)
            _sweep(parsed.content, parsed.spoiled, ())
            return parsed
    parsed.failed = True
    return parsed


def _note(parsed: Parsed, message: str, lines: list[str], *, file: str, last: int) -> int | None:
    """Record one slip and set its line aside; return the line's index, None where there is none."""
    match = _POSITION.match(message)
    what = match["what"] if match else message
    rule, remedy = next(
        ((rule, remedy) for words, rule, remedy in _WORDS if re.search(words, what)),
        (f"this is no TOML ({what}).", "See toml.io for how TOML is written."),
    )
    if match is None or match["line"] is None:
        parsed.problems.append(Problem(f"{file}, end of file", "", rule, remedy))
        parsed.failed = True
        return None
    number = min(int(match["line"]) - 1, len(lines) - 1)
    while number > 0 and not lines[number].strip():
        number -= 1
    if not _goes_on(lines, last, number):
        where = f"{file}, line {int(match['line'])}, column {match['column']}"
        parsed.problems.append(Problem(where, lines[number].strip(), rule, remedy))
    _set_aside(parsed, lines, number, twice="twice" in what)
    return number


def _note_monster(parsed: Parsed, lines: list[str], *, file: str, deep: bool) -> int:
    """Record the line that no parser can take, set it aside, and return its index.

    It is the one with the most brackets where they nest too deep, else that with the most digits.
    """
    pattern, fault = (_BRACKETS, TOO_DEEP) if deep else (_DIGITS, MONSTROUS)
    sizes = [sum(map(len, pattern.findall(line))) for line in lines]
    number = sizes.index(max(sizes))
    where = f"{file}, line {number + 1}"
    parsed.problems.append(Problem(where, lines[number].strip(), fault.rule, fault.remedy))
    _set_aside(parsed, lines, number, twice=False)
    return number


def _take_out(parsed: Parsed, *, file: str) -> None:
    """Take values that cannot be used out of the content and remember their places."""
    for loc, fault in list(out_of_bounds(parsed.content, bits=_BITS)):
        parsed.problems.append(Problem(place(file, loc), "", fault.rule, fault.remedy))
        parsed.spoiled.add(loc)
        holder: Any = parsed.content
        for key in loc[:-1]:
            holder = holder[key]
        del holder[loc[-1]]


def _goes_on(lines: list[str], last: int, number: int) -> bool:
    """Tell whether an error belongs to the one before it: nothing readable stands between."""
    return last >= 0 and all(
        not line.strip() or _SPOILED in line for line in lines[min(last, number) : number]
    )


def _set_aside(parsed: Parsed, lines: list[str], number: int, *, twice: bool) -> None:
    line = lines[number]
    statement = _STATEMENT.match(line)
    header = _HEADER.match(line)
    if header:
        lines[number] = f"[{_LOST}{number}]"
        if not twice:
            parts = header["name"].split(".", maxsplit=1)
            parsed.spoiled.add(tuple(part.strip().strip("'\"") for part in parts))
    elif statement and _SPOILED not in line:
        key = statement["key"]
        repeated = any(
            re.match(rf"\s*{re.escape(key)}\s*=", text) for text in _table_above(lines, number)
        )
        lines[number] = "" if repeated else f'{key} = "{_SPOILED}"'
    else:
        lines[number] = ""


def _table_above(lines: list[str], number: int) -> list[str]:
    start = next((at for at in range(number - 1, -1, -1) if _HEADER.match(lines[at])), 0)
    return lines[start:number]


def _sweep(table: dict[str, Any], spoiled: set[Loc], loc: Loc) -> None:
    """Take the stand-ins of unreadable lines out of the content and remember their places."""
    for key in list(table):
        value = table[key]
        if value == _SPOILED or (not loc and key.startswith(_LOST)):
            del table[key]
            if value == _SPOILED:
                spoiled.add((*loc, key))
        elif isinstance(value, dict):
            _sweep(value, spoiled, (*loc, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    _sweep(item, spoiled, (*loc, key, index))
