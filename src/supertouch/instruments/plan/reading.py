"""Read a plan of measures from TOML or Excel, and say everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from supertouch.errors import Problem, StudyError
from supertouch.instruments.plan.checking import Written, measures_of
from supertouch.instruments.plan.workbook import from_excel
from supertouch.study.bounds import out_of_bounds
from supertouch.study.brought import plan_file
from supertouch.study.model import Measure, Study
from supertouch.study.wording import nearest

__all__ = ["read_measures", "read_plan"]

MEND = 'Mend that line; a measure is a table [measures.id] of lines key = "value".'


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
        raise StudyError(Problem(path.name, "", f"is no TOML: {error}.", MEND)) from error
    except (ValueError, RecursionError) as error:
        long = isinstance(error, ValueError)
        rule = "holds a number of thousands of digits." if long else "nests brackets too deep."
        raise StudyError(Problem(path.name, "", rule, MEND)) from error
    _reject_monsters(path, content)
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


def _reject_monsters(path: Path, content: dict[str, object]) -> None:
    """Refuse what TOML does not have and no message could show."""
    problems = [
        Problem(", ".join((path.name, ".".join(map(str, loc)))), "", fault.rule, fault.remedy)
        for loc, fault in out_of_bounds(content)
    ]
    if problems:
        raise StudyError(problems)


def _advice(key: str) -> str:
    meant = nearest(key, ["measures"])
    return "Write [measures.id]." if meant else "A plan holds tables [measures.id] only."


Reader = Callable[[Study, Path], tuple[list[Written], list[Problem]]]
READERS: dict[str, Reader] = {".toml": _from_toml, ".xlsx": from_excel}
