"""Sheets made from a study or from the start list, one per auditor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from supertouch.errors import DataError, OutputError, Problem, UnsupportedError
from supertouch.instruments.audit.form import Form, Row, Value
from supertouch.instruments.audit.opening import is_filled
from supertouch.instruments.audit.start import start_list
from supertouch.instruments.audit.workbook import write_workbook
from supertouch.language import language, speaks
from supertouch.saving import save
from supertouch.study.model import PHASES, Study, Touchpoint

__all__ = ["Planned", "plan_start_lists", "plan_templates", "write_filled", "write_planned"]

Filled = tuple[Mapping[str, Mapping[str, Value]], Sequence[Mapping[str, Value]]]

MISSING_ROWS, LIST_ROWS = 10, 40
_UNFILLED: Filled = ({}, ())


@dataclass(frozen=True, slots=True)
class Planned:
    """A sheet to be written, and where."""

    path: Path
    form: Form


def plan_templates(
    study: Study, folder: Path, *, auditors: Sequence[str] = (), code: str = ""
) -> tuple[Planned, ...]:
    """Make a sheet per auditor from the study; nothing is written yet.

    Parameters
    ----------
    study : Study
    folder : Path
        Where they shall lie.
    auditors : sequence of str
        Their names; without any, one sheet without a name.
    code : str, optional
        Language of the sheets; the first of the study's that there is.
    """
    code = code or next((one for one in study.languages if speaks(one, study.own_words)), "en")
    return _planned(
        [_form(study, auditor, code) for auditor in auditors or [""]],
        folder,
        f"audit_{study.id}",
    )


def plan_start_lists(
    folder: Path, *, auditors: Sequence[str] = (), code: str = ""
) -> tuple[Planned, ...]:
    """Make sheets that begin with the start list, for companies that have no study yet."""
    known = tuple(start_list()[0].label)
    if code and code not in known:
        rule = f"there is no start list in this language; there are {', '.join(known)}."
        raise UnsupportedError(Problem("--language", code, rule, "Choose one of these."))
    words = language(code or known[0])
    rows = tuple(
        Row(item.id, {"touchpoint": item.label[words.code], "applies": "yes", **item.attributes})
        for item in start_list()
    )
    free = tuple(Row("", {}) for _ in range(LIST_ROWS))
    forms = [
        Form("start_list", words, 5, rows + free, auditor=auditor) for auditor in auditors or [""]
    ]
    return _planned(forms, folder, "touchpoints")


def _form(study: Study, auditor: str, code: str, filled: Filled = _UNFILLED) -> Form:
    """Make a sheet: the study's touchpoints in time order, then rows for missing ones."""
    words = language(code, study.own_words)
    own, missed = filled
    blank = [Row("", {})] * max(0, MISSING_ROWS - len(missed))
    order = sorted(study.touchpoints, key=lambda item: PHASES.index(item.phase))
    return Form(
        "audit",
        words,
        study.audit.points,
        (
            *(Row(item.id, _given(item, code), own.get(item.id, {})) for item in order),
            *(Row("", {}, row) for row in missed),
            *blank,
        ),
        auditor=auditor,
        study=study.id,
        title=study.title.within(code),
        promise=study.audit.promise.within(code),
    )


def _given(item: Touchpoint, code: str) -> dict[str, Value]:
    return {
        "phase": item.phase,
        "touchpoint": item.label.within(code) or item.id,
        "owner": item.owner,
        "cost": item.cost,
        "control": item.control,
    }


def _planned(forms: Iterable[Form], folder: Path, start: str) -> tuple[Planned, ...]:
    made = []
    for form in forms:
        name = "_".join(part for part in (start, _slug(form.auditor)) if part)
        made.append(Planned(folder / f"{name}.xlsx", form))
    _reject_same(made)
    return tuple(made)


def _reject_same(made: Sequence[Planned]) -> None:
    first: dict[str, str] = {}
    problems = []
    for plan in made:
        name = plan.path.name.casefold()
        if name in first:
            rule = f"would get the same file as '{first[name]}': {plan.path.name}."
            problems.append(
                Problem("--auditor", plan.form.auditor, rule, "Name each auditor once, distinctly.")
            )
        first.setdefault(name, plan.form.auditor)
    if problems:
        raise UnsupportedError(problems)


def _slug(name: str) -> str:
    """Return a name as part of a file's name: letters, digits, - and _."""
    letters = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    text = "".join(letters.get(letter, letter) for letter in unicodedata.normalize("NFC", name))
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^\w-]+", "_", kept).strip("_")[:60]


def write_planned(planned: Sequence[Planned], *, force: bool = False) -> tuple[Path, ...]:
    """Write the sheets; without ``force`` never over one that somebody has filled in.

    Raises
    ------
    OutputError
        With every file that is there and filled in, or is no such sheet; nothing is written then.
    """
    problems = [] if force else [found for plan in planned if (found := _kept(plan.path))]
    if problems:
        raise OutputError(problems)
    return tuple(
        save(plan.path, lambda part, plan=plan: write_workbook(plan.form, part))  # type: ignore[misc]
        for plan in planned
    )


def _kept(path: Path) -> Problem | None:
    """Return why a file that is there must not be written over."""
    if not path.exists():
        return None
    remedy = "Move it or name another folder by --to; --force writes over it."
    try:
        filled = is_filled(path)
    except DataError:
        return Problem(str(path), "", "is there already, and no sheet that can be read.", remedy)
    return Problem(str(path), "", "is there already, and filled in.", remedy) if filled else None


def write_filled(
    study: Study,
    path: Path,
    *,
    rows: Iterable[Mapping[str, Value]],
    language: str,
    auditor: str,
) -> Path:
    """Write a sheet as an auditor would return it.

    Parameters
    ----------
    study : Study
    path : Path
    rows : iterable of mappings
        What was filled in, by column key: ``touchpoint`` (its id), ``importance``,
        ``performance``, ``owner``, ``cost``, ``control`` (a code), ``kept``, ``expectation``,
        ``annoyance``, ``surprise``. A row with ``named`` in place of ``touchpoint`` is a
        touchpoint that the auditor misses; it may have a ``phase``. Values are written as they
        are, wrong ones too.
    language : str
    auditor : str

    Raises
    ------
    UnsupportedError
        If a row is about a touchpoint that the study does not have, or about one twice.
    """
    told = [dict(row) for row in rows]
    own = {str(row.pop("touchpoint")): row for row in told if row.get("touchpoint")}
    missed = [row for row in told if "named" in row]
    known = {item.id for item in study.touchpoints}
    strange = [id_ for id_ in own if id_ not in known]
    if strange or len(own) + len(missed) != len(told):
        rule = "rows need a touchpoint of the study, each once, or a name of a missing one."
        raise UnsupportedError(Problem(str(path), ", ".join(strange), rule, "Correct the rows."))
    for row in missed:
        row["touchpoint"] = row.pop("named")
    form = _form(study, auditor, language, (own, missed))
    return save(path, lambda part: write_workbook(form, part))
