"""LimeSurvey exports: the data file with its R syntax file, and the plain results export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from supertouch.intake.readers.heading import Counts, Heading, Insight, named, shortened, spaced
from supertouch.study.model import Code

__all__ = ["recognised"]

_DATA, _SYNTAX = "_R_data_file", "_R_syntax_file"
_TEXT = r"\"((?:[^\"\\]|\\.)*)\""
_STATEMENT = re.compile(
    r"^(?=[ \t]*(?:data\[|attributes\(|variable\.labels\[|names\(data\)))", re.M
)
_LABEL = re.compile(
    rf"\s*(?:attributes\(data\)\$)?variable\.labels\[(\d{{1,6}})\]\s*<-\s*{_TEXT}", re.DOTALL
)
_NAME = re.compile(rf"\s*names\(data\)\[(\d{{1,6}})\]\s*<-\s*{_TEXT}", re.DOTALL)
_LIST = r"c\(((?:\"(?:[^\"\\]|\\.)*\"|[^\"()])*)\)"
_FACTOR = re.compile(
    r"\s*data\[,\s*(\d{1,6})\]\s*<-\s*factor\(data\[,\s*\1\],\s*"
    rf"levels={_LIST},\s*labels={_LIST}\)\s*$",
    re.DOTALL | re.MULTILINE,
)
_ITEM = re.compile(rf"{_TEXT}|(-?[\d.]+)", re.DOTALL)
_BEFORE = re.compile(r"\[([^\]]*)\]\s*(.*)", re.DOTALL)

# the platform's own columns, as the heading "question code" names them, and their other headings
_OWN: dict[str, tuple[str, ...]] = {
    "id": ("response id", "antwort id", "antwort-id"),
    "submitdate": ("date submitted", "datum abgeschickt", "abgeschickt am"),
    "lastpage": ("last page", "letzte seite"),
    "startlanguage": ("start language", "startsprache", "start-sprache"),
    "seed": ("seed", "zufallsstartwert", "startwert"),
    "token": ("access code", "zugangscode", "zugangsschlüssel"),
    "startdate": ("date started", "datum gestartet", "gestartet am"),
    "datestamp": ("date last action", "datum letzte aktivität", "letzte aktion"),
    "ipaddr": ("ip address", "ip-adresse"),
    "refurl": ("referrer url", "referrer-url", "weiterleitungs-url"),
}
_WORDS = {word: code for code, words in _OWN.items() for word in (code, *words)}
_CODE = r"[A-Za-z][A-Za-z0-9_]*(?:\[[A-Za-z0-9_]+\])*"
_WITH_TEXT = re.compile(rf"({_CODE})\.\s+(\S.*)", re.DOTALL)
_BEHIND = re.compile(r"(.*?)((?: ?\[[^\[\]]*\])*)", re.DOTALL)
_LONGEST, _QUESTION = 80, 48
_LARGEST = 1 << 26
_ENDLESS = 4_000


@dataclass(slots=True)
class _Syntax:
    """What an R syntax file says, by the column's position from 1 on."""

    names: dict[int, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    codes: dict[int, dict[Code, str]] = field(default_factory=dict)


def recognised(rows: Sequence[Sequence[str]], path: Path, place: str) -> Heading | None:
    """Return the heading of a LimeSurvey export, or None if the rows are not one's.

    The data file for R is recognised by its syntax file beside it, which names all of its columns
    (``…_R_data_file.csv`` and ``…_R_syntax_file.R``); the results export by its first columns.
    """
    file = path.with_name(path.name.replace(_DATA, _SYNTAX)).with_suffix(".R")
    found = list(rows[0])
    syntax, why = _read(file, len(found)) if file.is_file() else (None, "")
    if syntax is not None and not _agrees(syntax, found):
        syntax, why = None, "has other question texts than the data file, so passed over"
    heading = _results(found, place) if syntax is None else _with(syntax, found, file, place)
    if heading is None:
        return None
    return replace(
        heading,
        notes=(*heading.notes, *([f"{file.name}: {why}"] if why else [])),
        looked_for={"submitdate": ("",)} if "submitdate" in heading.names else {},
        conclude=_conclude,
    )


def _conclude(counts: Counts) -> Insight:
    n = counts.found["submitdate"][""] if counts.found else 0
    told = f"{n} unfinished responses (no submitdate); they stay in until the study excludes them"
    return Insight(notes=(told,) if n else ())


def _read(file: Path, width: int) -> tuple[_Syntax | None, str]:
    try:
        if file.stat().st_size > _LARGEST:
            return None, "is larger than any syntax file, so passed over"
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None, "cannot be read, so passed over"
    statements = _STATEMENT.split(text)
    syntax = _Syntax(
        {int(i): _unescaped(name) for i, name in _found(_NAME, statements)},
        {int(i): spaced(_unescaped(label)) for i, label in _found(_LABEL, statements)},
        {int(i): _codes(levels, labels) for i, levels, labels in _found(_FACTOR, statements)},
    )
    named = len(syntax.names)
    if not named or named > width or set(syntax.names) != set(range(1, named + 1)):
        return None, f"names {named} column(s) and the data file has {width}, so passed over"
    labels = {i: label for i, label in syntax.labels.items() if i in syntax.names}
    codes = {i: found for i, found in syntax.codes.items() if i in syntax.names}
    return _Syntax(syntax.names, labels, codes), ""


def _found(pattern: re.Pattern[str], statements: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the parts of each statement of that form; time grows with the text alone."""
    matches = map(pattern.match, statements)
    return (match.groups() for match in matches if match)


def _codes(levels: str, labels: str) -> dict[Code, str]:
    codes = [
        float(number) if number else _unescaped(text) for text, number in _ITEM.findall(levels)
    ]
    texts = [_unescaped(text) for text, _ in _ITEM.findall(labels)]
    return dict(zip(codes, texts, strict=True)) if len(codes) == len(texts) else {}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _agrees(syntax: _Syntax, found: Sequence[str]) -> bool:
    """Tell whether the data file's headings are the syntax file's texts, or its names."""
    pairs = [
        (spaced(cell), {spaced(_behind(syntax.labels.get(i, ""))), syntax.names[i]})
        for i, cell in enumerate(found, start=1)
        if i in syntax.names and syntax.names[i] not in _OWN
    ]
    return 2 * sum(cell in texts for cell, texts in pairs) >= len(pairs)


def _behind(label: str) -> str:
    """Return a label ``[Other] Who are you?`` as the data file has it: the item behind."""
    matched = _BEFORE.fullmatch(label)
    return f"{matched.group(2)} [{matched.group(1)}]" if matched else label


def _with(syntax: _Syntax, found: Sequence[str], file: Path, place: str) -> Heading:
    rest = found[len(syntax.names) :]
    wanted = [syntax.names[i] for i in range(1, len(syntax.names) + 1)] + [
        _short(text) for text in rest
    ]
    heading = named(wanted, found, place, platform="limesurvey", rows=1)
    labels = {heading.names[i - 1]: label for i, label in syntax.labels.items() if label}
    codes = {heading.names[i - 1]: found for i, found in syntax.codes.items()}
    told = f"{len(rest)} column(s) that it does not name keep their headings"
    return replace(
        heading,
        column_labels=labels,
        value_labels=codes,
        sets=_sets(heading.names, labels, codes),
        notes=(
            f"recognised as a LimeSurvey data file: names, question texts and codes of "
            f"{len(codes)} column(s) taken from {file.name}",
            *((told,) if rest else ()),
            *heading.notes,
        ),
    )


def _sets(
    names: Iterable[str], labels: Mapping[str, str], codes: Mapping[str, Mapping[Code, str]]
) -> dict[str, tuple[str, ...]]:
    """Return the select-all questions: neighbours of one question with nothing but 1 and 0."""

    def question(name: str) -> str:
        matched = _BEFORE.fullmatch(labels.get(name, ""))
        boxes = set(codes.get(name, ())) == {1.0, 0.0}
        return matched.group(2).strip() if matched and boxes else ""

    groups = [(text, tuple(group)) for text, group in groupby(names, key=question)]
    return {_stem(group): group for text, group in groups if text and len(group) > 1}


def _stem(names: Sequence[str]) -> str:
    """Return what the names have in common at their start, without the joint."""
    shortest = min(names, key=len)
    same = [
        i for i in range(len(shortest) + 1) if all(name.startswith(shortest[:i]) for name in names)
    ]
    return shortest[: max(same)].rstrip("_[.") or names[0]


def _results(found: Sequence[str], place: str) -> Heading | None:
    both = bool(found) and _code_of(found[0])[0] == "id"
    coded = [_code_of(text) if both else (text.strip(), "") for text in found]
    own = [_WORDS.get(code.casefold(), "") for code, _ in coded]
    if own[:1] != ["id"] or not {"submitdate", "lastpage"} <= set(own):
        return None
    wanted = [
        known or (code if label else _short(code))
        for known, (code, label) in zip(own, coded, strict=True)
    ]
    heading = named(wanted, found, place, platform="limesurvey", rows=1)
    labels = {
        name: spaced(label or text)
        for name, text, (_, label) in zip(heading.names, found, coded, strict=True)
        if spaced(label or text) not in ("", name)
    }
    cut = sum(len(code) > _LONGEST for code, label in coded if not label)
    told = (
        (f"{cut} question text(s) in the header shortened to {_LONGEST} characters for a name",)
        if cut
        else ()
    )
    return replace(
        heading,
        column_labels=labels,
        notes=("recognised as a LimeSurvey results export", *told, *heading.notes),
    )


def _short(text: str) -> str:
    """Return a question's text cut to a name; the items in brackets behind it stay."""
    matched = _BEHIND.fullmatch(spaced(text[:_ENDLESS]))
    question, items = matched.groups() if matched else (text, "")
    if not items or len(text) <= _LONGEST:
        return shortened(text, _LONGEST)
    return f"{shortened(question, _QUESTION)} {shortened(items, _LONGEST - _QUESTION)}"


def _code_of(text: str) -> tuple[str, str]:
    """Return code and question text of a heading ``G01Q02. How old are you?``."""
    matched = _WITH_TEXT.fullmatch(text.strip())
    return (matched.group(1), matched.group(2)) if matched else (text.strip(), "")
