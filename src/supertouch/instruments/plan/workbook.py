"""A plan read back from the Excel sheet that people edited."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from supertouch.errors import DataError, Problem, StudyError
from supertouch.instruments.books import book, reject_sprawling
from supertouch.instruments.plan.checking import FIELDS, Written, is_id
from supertouch.instruments.plan.terms import KEYS, LABELS, Terms, of_sheet
from supertouch.study.amounts import amount_of
from supertouch.study.model import Study, Wave
from supertouch.study.naming import known_names, name_key
from supertouch.study.wording import shown

__all__ = ["from_excel"]

SEARCHED = 60
ANEW = "Have it made anew by `supertouch plan export`, and copy the entries into it."
_NUMBERS = ("target", "cost")
Cells = dict[str, Any]
Names = Mapping[str, Mapping[str, str]]


def from_excel(study: Study, path: Path) -> tuple[list[Written], list[Problem]]:
    """Return what is written about each measure, and what is wrong with cells.

    Raises
    ------
    StudyError
        If the file cannot be used as a whole: no workbook, not made by the export, without one of
        its columns, or with something thousands of rows below.
    """
    for page in _book(path, results=False).worksheets:
        for line in range(1, min(page.max_row, SEARCHED) + 1):
            if page.cell(line, 1).value == KEYS:
                return _read(study, path, page, line)
    rule = "has no sheet that was made by `supertouch plan export`."
    remedy = "Fill in the sheet that the command makes; its first, hidden row must stay."
    raise StudyError(Problem(str(path), "", rule, remedy))


def _book(path: Path, *, results: bool) -> Any:  # noqa: ANN401
    try:
        return book(path, results=results)
    except DataError as error:
        raise StudyError(error.problems) from error


def _read(
    study: Study,
    path: Path,
    page: Any,  # noqa: ANN401
    line: int,
) -> tuple[list[Written], list[Problem]]:
    try:
        reject_sprawling(path, page, remedy="Delete what stands below and beside the plan.")
    except DataError as error:
        raise StudyError(error.problems) from error
    named = [(cell.column, str(cell.value)) for cell in page[line][1:] if cell.value is not None]
    heads = {key: page.cell(line + 1, column).value for column, key in named}
    terms = of_sheet(study, {k: str(head).strip() for k, head in heads.items() if head is not None})
    problems = list(_columns(study, path, [key for _, key in named], terms))
    if problems:
        raise StudyError(problems)
    keys = {column: key for column, key in named if _is_own(key)}
    found, problems = _cells(path, page, keys, terms, first=line + 2)
    return _written(study, path, found, terms), problems


def _columns(study: Study, path: Path, keys: Sequence[str], terms: Terms) -> Iterator[Problem]:
    """Find columns that people deleted or doubled."""
    labels = [f"{LABELS}{code}" for code in study.languages]
    for key in ("id", *(key for key in FIELDS if key != "label"), *labels):
        if keys.count(key) != 1:
            rule = "stands there twice." if key in keys else "has been deleted, a whole column."
            yield Problem(f"{path.name}, {terms.names.get(key, key)}", "", rule, ANEW)


def _is_own(key: str) -> bool:
    return key == "id" or key in FIELDS or key.startswith(LABELS)


def _cells(
    path: Path,
    page: Any,  # noqa: ANN401
    keys: Mapping[int, str],
    terms: Terms,
    *,
    first: int,
) -> tuple[list[tuple[int, Cells]], list[Problem]]:
    """Return what stands in each row that holds anything; of a formula, its stored result."""
    lines = range(first, page.max_row + 1)
    formulas = any(page.cell(number, at).data_type == "f" for number in lines for at in keys)
    results = _book(path, results=True)[page.title] if formulas else page
    covered = _covered(page)
    found, problems = [], []
    for number in lines:
        cells: Cells = {}
        for at, key in keys.items():
            cells[key] = _cell(results.cell(number, at).value)
            fault = _fault(page.cell(number, at), cells[key], covered)
            if fault:
                place = f"{path.name}, row {number}, {terms.names.get(key, key)}"
                problems.append(Problem(place, *fault))
        if any(value is not None for value in cells.values()):
            found.append((number, cells))
    return found, problems


def _covered(page: Any) -> set[tuple[int, int]]:  # noqa: ANN401
    """Return the cells, by row and column, that vanished behind one that holds something."""
    return {
        place
        for area in page.merged_cells.ranges
        if page.cell(area.min_row, area.min_col).value is not None
        for place in list(area.cells)[1:]
    }


def _fault(
    cell: Any,  # noqa: ANN401
    result: object,
    covered: Collection[tuple[int, int]],
) -> tuple[str, str, str] | None:
    """Return why it cannot be told what a cell holds: value, rule, remedy."""
    if cell.data_type == "f" and result is None:
        formula = str(getattr(cell.value, "text", None) or cell.value)
        remedy = "Write the value itself, or open the file in Excel and save it there."
        return shown(formula), "is a formula without a stored result.", remedy
    if (cell.row, cell.column) in covered:
        return "", "is merged with another cell.", "Unmerge the cells and fill in each."
    return None


def _cell(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


def _written(
    study: Study, path: Path, found: Sequence[tuple[int, Cells]], terms: Terms
) -> list[Written]:
    taken = {str(cells["id"]) for _, cells in found if cells["id"] is not None}
    names = _names(study)
    written = []
    for number, cells in found:
        values = _values(cells, names)
        named = cells["id"] is not None
        if not named:
            values.setdefault("based_on", study.waves[-1].id)
        id_ = str(cells["id"]) if named else _fresh(values.get("touchpoint"), taken)
        taken.add(id_)
        written.append(Written(f"{path.name}, row {number}", id_, values, terms, named))
    return written


def _fresh(touchpoint: object, taken: Collection[str]) -> str:
    """Make an id for a measure that was added without one."""
    stem = touchpoint if is_id(touchpoint) else "measure"
    return next(name for k in range(1, len(taken) + 2) if (name := f"{stem}_{k}") not in taken)


def _values(cells: Cells, names: Names) -> Cells:
    values = {key: value for key, value in cells.items() if key in FIELDS and value is not None}
    labels = {key[len(LABELS) :]: text for key, text in cells.items() if key.startswith(LABELS)}
    told = {language: str(text) for language, text in labels.items() if text is not None}
    if told:
        first = next(iter(told.values()))
        values["label"] = {language: told.get(language, first) for language in labels}
    for key, known in names.items():
        values |= _translated(key, values.get(key), known)
    for key in _NUMBERS:
        if isinstance(values.get(key), str):
            values[key] = _number(values[key])
    if isinstance(values.get("excludes"), str):
        values["excludes"] = [name for name in re.split(r"[,;\s]+", values["excludes"]) if name]
    for key in ("owner", "note"):
        if key in values:
            values[key] = str(values[key])
    if isinstance(values.get("start"), datetime):
        values["start"] = values["start"].date()
    return values


def _spoken(study: Study) -> list[str]:
    from supertouch.language import speaks

    return [code for code in study.languages if speaks(code, study.own_words)]


def _names(study: Study) -> Names:
    """Return what people may write for touchpoints, waves and effort, by field."""
    from supertouch.language import available, language

    efforts = {
        text.casefold(): code
        for one in dict.fromkeys([*available(), *_spoken(study)])
        for code, text in language(one, study.own_words).group("effort").items()
    }
    touchpoints = dict(known_names(study)) | {item.id: item.id for item in study.touchpoints}
    return {"touchpoint": touchpoints, "based_on": _waves(study.waves), "effort": efforts}


def _waves(waves: Iterable[Wave]) -> dict[str, str]:
    """Return each wave's id by its id and labels; a label of several stands for none."""
    known: dict[str, str] = {}
    for wave in waves:
        for label in {text.casefold() for text in wave.label.by_language.values()}:
            known[label] = "" if label in known else wave.id
    return known | {wave.id.casefold(): wave.id for wave in waves} | {w.id: w.id for w in waves}


def _translated(key: str, value: object, known: Mapping[str, str]) -> dict[str, str]:
    """Return by its key what a name stands for; nothing where it is unknown or shared."""
    told = "" if value is None else str(value)
    other = name_key(told) if key == "touchpoint" else told.casefold()
    meant = known.get(told) or known.get(other)
    return {key: meant} if meant else {}


def _number(text: str) -> float | str:
    """Return the number that a text is; the text itself where it may mean several."""
    value = amount_of(text.removeprefix("-"))
    if value is None:
        return text
    return -value if text.startswith("-") else value
