"""Codebooks: a table of variables, question texts, codes and labels beside the data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from supertouch.errors import DataError
from supertouch.intake.readers.heading import Heading, spaced
from supertouch.intake.readers.text import open_text
from supertouch.intake.readers.workbooks import as_texts, opened, values
from supertouch.study.model import Code

__all__ = ["Codebook", "applied", "is_title", "read_table"]

_TITLE = re.compile(
    r"(code ?(book|buch|plan|list|liste)|variablen?(liste|plan|list|s)?|variables|labels|legende)",
    re.IGNORECASE,
)
_SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm")
_BESIDE = re.compile(r"[ _-]?code(book|buch|plan)", re.IGNORECASE)
_ALONE = re.compile(r"code(book|buch|plan).*", re.IGNORECASE)

# headings of a codebook's columns, in lower case
_VARIABLE = "variable, variablenname, variablename, variable name, var, varname, name, spalte, item"
_QUESTION = (
    "question, question text, questiontext, frage, fragetext, fragentext, text, variable label, "
    "variablenlabel, variablelabel, item text, itemtext, beschreibung, description"
)
_CODE = "code, codes, wert, value, ausprägung, codierung, kodierung"
_LABEL = (
    "code label, codelabel, value label, valuelabel, wertelabel, wertelabels, label, labels, "
    "antwort, antworttext, answer, answer text, bedeutung, beschriftung"
)
_SEARCHED = 10


@dataclass(slots=True)
class Codebook:
    """What a codebook says per variable: its text, and the label of each code."""

    texts: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[Code, str]] = field(default_factory=dict)

    def used(self, heading: Heading, name: str) -> Heading:
        """Return the heading with what the codebook says of its columns, and a note of it."""
        names = set(heading.names)
        known = (self.texts.keys() | self.codes.keys()) & names
        codes = {column: labels for column, labels in self.codes.items() if column in names}
        if not known:
            note = f"{name} is a codebook, but names none of the columns: passed over"
            return replace(heading, notes=(*heading.notes, note))
        others = (self.texts.keys() | self.codes.keys()) - names
        more = f"; {len(others)} of its variables are no column" if others else ""
        note = f"{name}: texts or codes of {len(known)} column(s){more}"
        texts = {column: text for column, text in self.texts.items() if column in names}
        return replace(
            heading,
            column_labels={**heading.column_labels, **texts},
            value_labels={**heading.value_labels, **codes},
            notes=(*heading.notes, note),
        )


def is_title(title: str) -> bool:
    """Tell whether a sheet is named as codebooks are."""
    return bool(_TITLE.fullmatch(title.strip()))


def applied(heading: Heading, path: Path) -> Heading:
    """Return the heading of a text file with the codebook that lies beside it, if there is one.

    It is called as the file with ``_codebook`` behind its name (or ``-codebook``, ``_codebuch``,
    ``_codeplan``), or simply ``codebook…`` where that is the only one; .csv, .txt or .xlsx.
    """
    if heading.value_labels or path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return heading
    file = _file(path)
    if file is None:
        return heading
    try:
        book = read_table(_rows(file))
    except (DataError, OSError) as error:
        problem = f"{file.name} cannot be read ({error}): passed over"
        return replace(heading, notes=(*heading.notes, spaced(problem)))
    if book is None:
        note = f"{file.name} has no columns variable, code and label: passed over"
        return replace(heading, notes=(*heading.notes, note))
    return book.used(heading, file.name)


def _file(path: Path) -> Path | None:
    others = sorted(
        other
        for other in path.parent.iterdir()
        if other.suffix.lower() in _SUFFIXES and other.name != path.name
    )
    own = [
        other
        for other in others
        if other.stem.startswith(path.stem) and _BESIDE.fullmatch(other.stem[len(path.stem) :])
    ]
    alone = [other for other in others if _ALONE.fullmatch(other.stem)]
    if _ALONE.fullmatch(path.stem) or len(alone) > 1:
        alone = []
    return next(iter(own + alone), None)


def _rows(file: Path) -> list[list[str]]:
    if file.suffix.lower() in (".xlsx", ".xlsm"):
        with opened(file) as pages:
            named = [page for title, page in pages.items() if is_title(title)]
            return [as_texts(row) for page in [*named, *pages.values()][:1] for row in values(page)]
    text = open_text(file, None)
    return [*text.first(1), *(row for block in text.blocks(1) for row in block.rows)]


def read_table(rows: Sequence[Sequence[Any]]) -> Codebook | None:
    """Read a codebook's rows; None if no row names the columns variable and code or text.

    A variable's name stands in each of its rows, or only in the first of them; a row without a
    code gives the variable's text.
    """
    for start, row in enumerate(rows[:_SEARCHED]):
        words = [spaced(str(cell)).casefold() for cell in row]
        variable = [i for i, word in enumerate(words) if word and word in _VARIABLE.split(", ")]
        code = [i for i, word in enumerate(words) if word and word in _CODE.split(", ")]
        label = [i for i, word in enumerate(words) if word and word in _LABEL.split(", ")]
        text = [i for i, word in enumerate(words) if word and word in _QUESTION.split(", ")]
        if variable and (text or label) and (label or not code):
            if not code:
                text, label = [*text, *label], []
            return _read(rows[start + 1 :], variable[0], text, (code[:1], label[:1]))
    return None


def _read(
    rows: Sequence[Sequence[Any]],
    variable: int,
    text: Sequence[int],
    coded: tuple[Sequence[int], Sequence[int]],
) -> Codebook:
    book, name = Codebook(), ""
    for row in rows:
        cells = dict(enumerate(spaced(str(cell)) for cell in row))
        name = cells.get(variable) or name
        found = dict.fromkeys(cells.get(i, "") for i in text)
        said = ": ".join(filter(None, found))
        if name and said and name not in book.texts:
            book.texts[name] = said
        code, label = (next((cells.get(i, "") for i in which), "") for which in coded)
        if name and code and label:
            book.codes.setdefault(name, {})[_code(code)] = label
    return book


def _code(text: str) -> Code:
    return float(text) if re.fullmatch(r"[+-]?(0|[1-9]\d*)(\.0)?", text) else text
