"""A filled start list as the [touchpoints.*] tables of a study file."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from supertouch.errors import DataError, Problem
from supertouch.instruments.audit.cells import Meaning
from supertouch.instruments.audit.opening import Line, Opened, opened
from supertouch.instruments.audit.reading import meanings
from supertouch.instruments.audit.start import start_list
from supertouch.saving import save
from supertouch.study.model import PHASES
from supertouch.study.naming import name_key

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
    """A touchpoint as several people listed it.

    ``usual`` is its label in the start list by language, ``names`` what each person calls it:
    auditor, language, name.
    """

    id: str
    usual: Mapping[str, str]
    names: list[tuple[str, str, str]] = field(default_factory=list)
    told: dict[str, list[tuple[str, Meaning]]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    listed: bool = False

    def value(self, key: str) -> Meaning:
        return next((value for _, value in self.told.get(key, []) if value is not None), None)

    @property
    def label(self) -> dict[str, str]:
        """The label by language: the first name that is not the start list's, or else that."""
        found = dict(self.usual)
        for code in dict.fromkeys(code for _, code, _ in self.names):
            given = [name for _, at, name in self.names if at == code]
            own = [name for name in given if name != self.usual.get(code)]
            found[code] = (own or [found.get(code) or given[0]])[0]
        return found

    def renamed(self) -> Iterator[str]:
        """Say where people call it differently, and which label is still the start list's."""
        label = self.label
        for auditor, code, name in self.names:
            if name.casefold() != label[code].casefold():
                yield f"{auditor}: label.{code} = {_toml(name)}"
        changed = [code for code, text in self.usual.items() if text != label[code]]
        for code in changed:
            yield f"label.{code} was {_toml(self.usual[code])} in the start list"
        for code in self.usual if changed else ():
            if code not in changed:
                yield f"label.{code} is still that of the start list"


def list_touchpoints(files: Sequence[Path]) -> Listed:
    """Make the touchpoints' part of a study file from filled start lists.

    A row of the start list is one touchpoint, whatever people call it, and so is what several
    people add under one name. Where they differ, the first one counts (of names, the first that
    was changed) and a comment with ``# CHECK:`` says so. A touchpoint is left out where everybody
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


def _entries(sheets: Sequence[Opened]) -> list[_Entry]:
    """Return what was listed: the start list's own rows first, then what people added."""
    found: dict[str, _Entry] = {}
    known = {name_key(text): item.id for item in start_list() for text in item.label.values()}
    for own in (True, False):
        for sheet in sheets:
            for line in sheet.lines:
                if bool(line.id) is own:
                    _read(found, known, sheet, line)
    return list(found.values())


def _read(found: dict[str, _Entry], known: dict[str, str], sheet: Opened, line: Line) -> None:
    """Add a row to its entry; ``known`` is the id of a start list's row by what it is called."""
    bad: list[dict[str, object]] = []
    told = meanings(sheet, line, bad, "phase", "touchpoint")
    name = str(told.get("touchpoint") or "")
    if not name and not line.id:
        return
    id_ = line.id or known.get(name_key(name), "")
    if id_ and name:
        known.setdefault(name_key(name), id_)
    entry = _entry(found, id_, name, line.given.get("touchpoint"))
    _add(entry, sheet, told, bad, there=bool(name) and told.get("applies") != "no")


def _entry(found: dict[str, _Entry], id_: str, name: str, given: object) -> _Entry:
    """Return the entry of a row, a new one where nobody has listed it yet."""
    usual = {item.id: dict(item.label) for item in start_list()}
    key = f"id:{id_}" if id_ else name_key(name) or name
    if key not in found:
        taken = {item.id for item in found.values()} | set(usual)
        found[key] = _Entry(id_ or _slug(name, taken), usual.get(id_, {}))
        if id_ and id_ not in usual and given:
            found[key].doubts.append(f"was {_toml(str(given))} in an older start list")
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
    entry.names.append((sheet.auditor, sheet.words.code, " ".join(str(told["touchpoint"]).split())))
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
    lines += [f"# CHECK: {_comment(doubt)}" for doubt in (*entry.renamed(), *entry.doubts)]
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
