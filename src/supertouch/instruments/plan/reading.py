"""Read a plan of measures from TOML or Excel, and say everything that is wrong with it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from supertouch.errors import Problem, StudyError
from supertouch.instruments.plan.checking import FIELDS, Written, is_id, measures_of
from supertouch.instruments.plan.terms import LABELS, Terms, of_sheet
from supertouch.study.amounts import amount_of
from supertouch.study.brought import plan_file
from supertouch.study.model import Measure, Study
from supertouch.study.wording import nearest

__all__ = ["KEYS", "read_measures", "read_plan"]

KEYS = "supertouch:plan"
_NUMBERS = ("target", "cost")


def read_plan(study: Study) -> tuple[Measure, ...]:
    """Return the measures of the study's plan; none where it has no plan yet.

    Raises
    ------
    StudyError
        With every mistake in the plan.
    """
    path = plan_file(study)
    return () if path is None else read_measures(study, path)


def read_measures(study: Study, path: Path) -> tuple[Measure, ...]:
    """Read the measures of a plan, a TOML file or an Excel workbook.

    Raises
    ------
    StudyError
        With every mistake in it.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        rule = "is no plan: a plan is a .toml or an .xlsx file."
        raise StudyError(Problem(str(path), "", rule, "Name such a file."))
    written, problems = reader(study, path)
    measures, mistakes = measures_of(study, written)
    if problems or mistakes:
        raise StudyError([*problems, *mistakes])
    return tuple(measures)


def _from_toml(study: Study, path: Path) -> tuple[list[Written], list[Problem]]:  # noqa: ARG001
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(
            Problem(str(path), "", f"cannot be read ({error}).", "Save it as UTF-8.")
        ) from error
    except tomllib.TOMLDecodeError as error:
        remedy = 'Mend that line; a measure is a table [measures.id] of lines key = "value".'
        raise StudyError(Problem(path.name, "", f"is no TOML: {error}.", remedy)) from error
    problems = [
        Problem(f"{path.name}, {key}", "", "does not belong into a plan.", _advice(key))
        for key in content
        if key != "measures"
    ]
    measures = content.get("measures", {})
    if not isinstance(measures, dict):
        problem = Problem(f"{path.name}, measures", "", "is no table.", "Write [measures.id].")
        return [], [*problems, problem]
    written = []
    for id_, values in measures.items():
        place = f"{path.name}, measure '{id_}'"
        if isinstance(values, dict):
            written.append(Written(place, id_, values))
        else:
            problems.append(Problem(place, "", "is no table.", f"Write [measures.{id_}]."))
    return written, problems


def _advice(key: str) -> str:
    meant = nearest(key, ["measures"])
    return "Write [measures.id]." if meant else "A plan holds tables [measures.id] only."


def _from_excel(study: Study, path: Path) -> tuple[list[Written], list[Problem]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, data_only=True)
    except Exception as error:
        rule = f"cannot be read as an Excel workbook ({type(error).__name__}: {error})."
        raise StudyError(Problem(str(path), "", rule, "Save it as .xlsx in Excel.")) from error
    for page in book.worksheets:
        rows = list(page.iter_rows(values_only=True))
        for line, row in enumerate(rows):
            if row and row[0] == KEYS:
                keys = [None if key is None else str(key) for key in row]
                heads = rows[line + 1] if line + 1 < len(rows) else ()
                terms = of_sheet(study, _headers(keys, heads))
                return _rows(study, path, rows[line + 2 :], keys, terms, first=line + 3), []
    rule = "has no sheet that was made by `supertouch plan export`."
    remedy = "Fill in the sheet that the command makes; its first, hidden row must stay."
    raise StudyError(Problem(str(path), "", rule, remedy))


def _headers(keys: Sequence[str | None], heads: Sequence[object]) -> dict[str, str]:
    pairs = zip(keys[1:], heads[1:], strict=False)
    return {key: str(head).strip() for key, head in pairs if key and head is not None}


def _rows(
    study: Study,
    path: Path,
    rows: Sequence[tuple[Any, ...]],
    keys: Sequence[str | None],
    terms: Terms,
    *,
    first: int,
) -> list[Written]:
    found: list[tuple[int, dict[str, Any]]] = []
    for number, row in enumerate(rows, start=first):
        cells = {key: _cell(value) for key, value in zip(keys[1:], row[1:], strict=False) if key}
        own = {key: value for key, value in cells.items() if _is_own(key)}
        if any(value is not None for value in own.values()):
            found.append((number, own))
    taken = {str(own["id"]) for _, own in found if own.get("id")}
    written = []
    for number, own in found:
        values = _values(study, own)
        id_ = str(own.get("id") or _fresh(values.get("touchpoint"), taken))
        taken.add(id_)
        place, named = f"{path.name}, row {number}", bool(own.get("id"))
        written.append(Written(place, id_, values, terms, named))
    return written


def _is_own(key: str) -> bool:
    return key == "id" or key in FIELDS or key.startswith(LABELS)


def _cell(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


def _fresh(touchpoint: object, taken: Collection[str]) -> str:
    """Make an id for a measure that was added without one."""
    stem = touchpoint if is_id(touchpoint) else "measure"
    return next(name for k in range(1, len(taken) + 2) if (name := f"{stem}_{k}") not in taken)


def _values(study: Study, own: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in own.items() if key in FIELDS and value is not None}
    labels = {key[len(LABELS) :]: text for key, text in own.items() if key.startswith(LABELS)}
    told = {language: str(text) for language, text in labels.items() if text is not None}
    if told:
        first = next(iter(told.values()))
        values["label"] = {language: told.get(language, first) for language in labels}
    values |= _translated(study, values)
    values.setdefault("based_on", study.waves[-1].id)
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


def _translated(study: Study, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Turn labels of touchpoints and waves and words for effort into what they stand for."""
    from supertouch.language import available, language

    named = {
        text.casefold(): item.id
        for item in study.touchpoints
        for text in (item.id, *item.label.by_language.values())
    }
    waves = {
        text.casefold(): item.id
        for item in study.waves
        for text in (item.id, *item.label.by_language.values())
    }
    efforts = {
        text.casefold(): code
        for one in available()
        for code, text in {**language(one).group("effort")}.items()
    }
    for key, known in (("touchpoint", named), ("based_on", waves), ("effort", efforts)):
        told = str(values.get(key, ""))
        if told.casefold() in known:
            yield key, known[told.casefold()]


def _number(text: str) -> float | str:
    """Return the number that a text is; the text itself where it may mean several."""
    value = amount_of(text.removeprefix("-"))
    if value is None:
        return text
    return -value if text.startswith("-") else value


Reader = Callable[[Study, Path], tuple[list[Written], list[Problem]]]
READERS: dict[str, Reader] = {".toml": _from_toml, ".xlsx": _from_excel}
