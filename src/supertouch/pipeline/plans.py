"""The plan of measures: drafted from the decisions, and carried between TOML and Excel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from supertouch.errors import OutputError, Problem, StudyError
from supertouch.pipeline import files
from supertouch.pipeline.gathering import weighed_tables
from supertouch.pipeline.rules import targets
from supertouch.study.model import Measure, Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "convert_plan",
    "draft_plan",
    "past_targets",
    "plan_path",
    "read_plan",
    "read_states",
    "refuse_existing",
]


def plan_path(study: Study) -> Path:
    """Return where the study's plan lies, whether it is there or not."""
    return study.folder / study.plan.file


def refuse_existing(path: Path, *, force: bool) -> None:
    """Refuse to write over a file that people may have edited.

    Raises
    ------
    OutputError
        If it is there and ``force`` is not set.
    """
    if path.exists() and not force:
        remedy = "Name another file by --to, or overwrite it by --force."
        raise OutputError(Problem(str(path), "", "is there already.", remedy))


def draft_plan(study: Study, path: Path, *, wave: str, language: str) -> tuple[Measure, ...]:
    """Write a first plan made from the decisions of ``wave``, and return its measures.

    Raises
    ------
    OutputError
        If the decisions have not been made yet, or the file cannot be written.
    """
    from supertouch import decisions

    tables = weighed_tables(study) | {"portfolio": _decided(study, "portfolio")}
    measures = decisions.draft_plan(study, tables, wave=wave)
    _write(study, measures, path, language=language)
    return measures


def convert_plan(study: Study, source: Path, path: Path, *, language: str) -> tuple[Measure, ...]:
    """Read a plan and write it as ``path`` says, TOML or Excel; return its measures.

    Raises
    ------
    StudyError
        With every mistake in the plan; then nothing is written.
    """
    from supertouch.instruments import read_measures

    _there(study, source)
    measures = read_measures(study, source)
    _write(study, measures, path, language=language)
    return measures


def _there(study: Study, source: Path) -> None:
    if source.exists():
        return
    if source == plan_path(study):
        remedy = "`supertouch plan draft` proposes one from the decisions."
        raise StudyError(Problem(str(source), "", "is not there: there is no plan yet.", remedy))
    raise StudyError(Problem(str(source), "", "is not there.", "Name the plan to take."))


def read_plan(study: Study) -> tuple[Measure, ...]:
    """Return the measures of the study's plan.

    Raises
    ------
    StudyError
        With every mistake in the plan, or if there is none.
    """
    from supertouch.instruments import read_measures

    _there(study, plan_path(study))
    return read_measures(study, plan_path(study))


def read_states(study: Study) -> dict[str, str]:
    """Return the status of each measure that the last run followed up, by its id."""
    try:
        table = _decided(study, "plan")
    except OutputError:
        return {}
    return dict(zip(table.measure, table.status, strict=True))


def past_targets(study: Study, measures: Sequence[Measure]) -> dict[str, float]:
    """Return the mean of the wave planned on, of measures whose target is worse than it.

    It is by the measure's id and in the questionnaire's codes; waves without finished
    tables tell nothing.
    """
    found = {}
    for measure in measures:
        path = study.processed / "analyze" / measure.based_on / "performance.parquet"
        if not path.exists():
            continue
        table = files.read_table(path, table="performance")
        own = table[(table.segment == "") & (table.touchpoint == measure.touchpoint)]
        mean = float(own.satisfaction.iloc[0]) if len(own) else float("nan")
        if measure.target < mean:
            scale = study.scales[study.touchpoint(measure.touchpoint).scale]
            found[measure.id] = float(scale.turned(mean))
    return found


def _write(study: Study, measures: Sequence[Measure], path: Path, *, language: str) -> None:
    from supertouch.instruments import write_plan

    facts = _facts(study, language) if path.suffix.lower() == ".xlsx" else {}
    write_plan(study, measures, path, language=language, facts=facts)


def _facts(study: Study, language: str) -> dict[str, dict[str, object]]:
    """Return what the sheet shows beside each touchpoint: the last wave's decision and mean."""
    from supertouch.language import language as words_of

    try:
        table = _decided(study, "portfolio")
    except OutputError:
        return {}
    words = words_of(language, study.own_words)
    last = table[table.wave == study.waves[-1].id]
    scales = {item.id: study.scales[item.scale] for item in study.touchpoints}
    return {
        str(row["touchpoint"]): {
            "decision": words.known("decision", str(row["decision"])),
            "now": round(scales[row["touchpoint"]].turned(row["satisfaction"]), 2),
        }
        for row in last[last.satisfaction.notna()].to_dict("records")
    }


def _decided(study: Study, table: str) -> pd.DataFrame:
    step = next(step for step in targets(study) if step.stage == "decide")
    if not step.output.exists():
        remedy = "Run `supertouch run` (or make analyze) on the study first."
        raise OutputError(Problem(study.file.name, "", "has no decisions yet.", remedy))
    return files.read_table(step.output.parent / f"{table}.parquet", table=table)
