"""A filled start list as the [touchpoints.*] tables of a study file."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from supertouch.errors import DataError, Problem
from supertouch.instruments.audit.cells import Meaning
from supertouch.instruments.audit.opening import Opened, opened
from supertouch.instruments.audit.reading import meanings
from supertouch.instruments.audit.start import start_list
from supertouch.saving import save
from supertouch.study.model import PHASES

__all__ = ["Listed", "list_touchpoints", "write_listed"]

KEYS = ("phase", "origin", "dialogue", "channel", "owner", "cost", "control")
RESERVED = {"segment", "default", "brand"}
LONGEST_ID = 28


@dataclass(frozen=True, slots=True)
class Listed:
    """The text for the study file, the ids in it, and how many lines are marked to be checked."""

    text: str
    touchpoints: tuple[str, ...]
    doubts: int


@dataclass(slots=True)
class _Entry:
    """A touchpoint as several people listed it."""

    id: str
    label: dict[str, str]
    told: dict[str, list[tuple[str, Meaning]]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    listed: bool = False

    def value(self, key: str) -> Meaning:
        return next((value for _, value in self.told.get(key, []) if value is not None), None)


def list_touchpoints(files: Sequence[Path]) -> Listed:
    """Make the touchpoints' part of a study file from filled start lists.

    What several people list under one name is one touchpoint; where they differ, the first one
    counts and a comment with ``# CHECK:`` says so. A touchpoint is left out where everybody
    chose "no" or cleared its name.

    Raises
    ------
    DataError
        With every file that is no filled start list; or if none of them lists a touchpoint.
    """
    sheets: list[Opened] = []
    problems: list[Problem] = []
    for path in files:
        try:
            sheet = opened(path)
        except DataError as error:
            problems += error.problems
            continue
        if sheet.purpose != "start_list":
            rule = "is an audit sheet, not a list of touchpoints."
            remedy = (
                "Put it into the study's folder of raw files; 'supertouch audit check' reads it."
            )
            problems.append(Problem(path.name, "", rule, remedy))
        sheets.append(sheet)
    if problems:
        raise DataError(problems)
    entries = [entry for entry in _entries(sheets) if entry.listed]
    if not entries:
        names = ", ".join(path.name for path in files)
        raise DataError(Problem(names, "", "list no touchpoint.", "Fill in the list first."))
    phases = [str(phase) for phase in PHASES]
    entries.sort(key=lambda entry: phases.index(str(entry.value("phase") or "before")))
    text = "\n".join(_table(entry) for entry in entries)
    return Listed(text, tuple(entry.id for entry in entries), text.count("# CHECK:"))


def _entries(sheets: Iterable[Opened]) -> list[_Entry]:
    found: dict[str, _Entry] = {}
    for sheet in sheets:
        for line in sheet.lines:
            bad: list[dict[str, object]] = []
            told = meanings(sheet, line, bad, "phase", "touchpoint")
            name = str(told.get("touchpoint") or "")
            if not name and not line.id:
                continue
            entry = _entry(found, line.id, name, sheet.language)
            _add(entry, sheet, told, bad, there=bool(name) and told.get("applies") != "no")
    return list(found.values())


def _entry(found: dict[str, _Entry], id_: str, name: str, code: str) -> _Entry:
    """Return the entry of a name, a new one where nobody has listed it yet."""
    usual = {item.id: item for item in start_list()}
    known = {label.casefold(): item.id for item in usual.values() for label in item.label.values()}
    same = known.get(name.casefold(), "" if name else id_)
    key = f"id:{same}" if same else name.casefold()
    if key not in found:
        taken = {item.id for item in found.values()} | set(usual)
        found[key] = (
            _Entry(same, dict(usual[same].label))
            if same
            else _Entry(_slug(name, taken), {code: name})
        )
    return found[key]


def _add(
    entry: _Entry,
    sheet: Opened,
    told: dict[str, Meaning],
    bad: list[dict[str, object]],
    *,
    there: bool,
) -> None:
    if not there:
        entry.doubts.append(f"{sheet.auditor}: not there")
        return
    entry.listed = True
    for key in KEYS:
        value = told.get(key)
        if value is None:
            continue
        known = entry.value(key)
        if known is not None and known != value:
            entry.doubts.append(f"{sheet.auditor}: {key} = {_toml(value)}")
        entry.told.setdefault(key, []).append((sheet.auditor, value))
    for cell in bad:
        entry.doubts.append(f"{cell['file']}, row {cell['row']}: {cell['value']} {cell['rule']}")


def _table(entry: _Entry) -> str:
    label = ", ".join(f"{code} = {_toml(text)}" for code, text in entry.label.items())
    lines = [f"[touchpoints.{entry.id}]", f"label = {{ {label} }}"]
    lines += [f"# CHECK: {_comment(doubt)}" for doubt in entry.doubts]
    for key in KEYS:
        value = entry.value(key)
        if value is not None:
            lines.append(f"{key} = {_toml(value)}")
        elif key == "phase":
            lines.append('phase = "before"  # CHECK: no phase was chosen')
    return "\n".join(lines) + "\n"


def _toml(value: Meaning) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _slug(name: str, taken: Collection[str]) -> str:
    """Return an id of small letters, digits and _ that is not taken."""
    letters = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    text = unicodedata.normalize("NFC", name.casefold()).translate(letters)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    made = "_".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_ID].strip("_")
    if not made[:1].isalpha() or made in RESERVED:
        made = f"touchpoint_{made}".rstrip("_")
    number, free = 2, made
    while free in taken:
        free, number = f"{made}_{number}", number + 1
    return free


def write_listed(listed: Listed, path: Path) -> Path:
    """Write the touchpoints' part of a study file, and return where."""
    return save(path, lambda part: part.write_text(listed.text, encoding="utf-8", newline="\n"))
