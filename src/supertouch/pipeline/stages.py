"""What each stage does: read its inputs, call its room of the house, write its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.errors import OutputError, Problem
from supertouch.pipeline import files, manifest
from supertouch.pipeline.incoming import drift_file
from supertouch.pipeline.progress import Details, Progress
from supertouch.pipeline.rules import Stage, Target
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STAGE_FUNCTIONS", "VALIDATED", "check_reports"]

VALIDATED = (
    "quarantine",
    "rejections",
    "sample",
    "empties",
    "contradictions",
    "quality",
    "flags",
    "weights",
    "margins",
)
TRACKED = ("tracking", "change_explained", "targets")
FOLLOWED = ("performance", "outcomes", "models", "importance", "draws")
REPORTED = {"tables": (".csv",), "figures": (".png", ".svg")}
INSIDE = ("quarantine", "flags", "draws")


def validate(study: Study, step: Target, progress: Progress) -> Details:
    """Type the answers of a wave; rows that break a rule go to quarantine."""
    from supertouch.intake import read_wave, validate_wave

    meta = files.read_record(study.processed / "ingest" / f"{step.wave}.json", keys=["meta"])["meta"]
    names = ", ".join(file["name"] for file in meta["files"])
    progress(0, 1, names)
    raw = read_wave(study, step.wave)
    validated = validate_wave(study, step.wave, raw, names, meta=meta)
    folder = step.output.parent
    for table in VALIDATED:
        files.write_table(getattr(validated, table), folder / f"{table}.parquet", table=table)
    files.write_csv(validated.quarantine, folder / "quarantine.csv")
    files.write_frame(validated.responses, folder / "responses.parquet")
    return {"rows": len(validated.responses)}


def analyze(study: Study, step: Target, progress: Progress) -> Details:
    """Estimate performance and drivers of a wave."""
    from supertouch.findings import TABLES, analyze_wave

    responses = files.read_frame(study.processed / "validate" / step.wave / "responses.parquet")
    tables = analyze_wave(study, step.wave, responses, progress=progress)
    for table in TABLES:
        files.write_table(tables[table], step.output.parent / f"{table}.parquet", table=table)
    return {"rows": len(responses)}


def judge(study: Study, step: Target, progress: Progress) -> Details:
    """Decide over all waves which touchpoints are super-touchpoints."""
    from supertouch.findings import JUDGED
    from supertouch.findings import judge as verdicts

    tables = {wave.id: _read_all(study, "analyze", wave.id, JUDGED) for wave in study.waves}
    for table, frame in verdicts(study, _responses(study), tables, progress=progress).items():
        files.write_table(frame, step.output.parent / f"{table}.parquet", table=table)
    return {}


def _responses(study: Study) -> dict[str, pd.DataFrame]:
    return {
        wave.id: files.read_frame(study.processed / "validate" / wave.id / "responses.parquet")
        for wave in study.waves
    }


def track(study: Study, step: Target, progress: Progress) -> Details:
    """Tell what changed between the waves, why, and whether targets are met."""
    from supertouch.findings import track as tracked
    from supertouch.report import write_tracking

    tables = {wave.id: _read_all(study, "analyze", wave.id, FOLLOWED) for wave in study.waves}
    found = tracked(study, _responses(study), tables, progress=progress)
    for table in TRACKED:
        files.write_table(found[table], step.output.parent / f"{table}.parquet", table=table)
    facts = manifest.facts(study, before="track")
    write_tracking(study, all_tables(study), facts, folder=study.reports)
    return {}


def report(study: Study, step: Target, progress: Progress) -> Details:  # noqa: ARG001
    """Write the tables, figures and pages that are handed to people; older ones go."""
    from supertouch.report import write_report

    check_reports(study)
    facts = manifest.facts(study)
    written = write_report(study, all_tables(study), facts, folder=study.reports, progress=progress)
    for folder, suffixes in REPORTED.items():
        files.remove_others(study.reports / folder, kept=set(written), suffixes=suffixes)
    return facts


def check_reports(study: Study) -> None:
    """Make sure that a report writes, and cleans up, inside the study's folder only.

    Raises
    ------
    OutputError
        If a folder of the report is a link that leads elsewhere.
    """
    home = study.folder.resolve()
    problems = [
        Problem(
            str(path),
            f"leads to {path.resolve()}",
            "outside the study; older files are removed there.",
            "Remove the link, so that the report gets a folder of its own; copy it afterwards.",
        )
        for path in (study.reports / folder for folder in REPORTED)
        if not path.resolve().is_relative_to(home)
    ]
    if problems:
        raise OutputError(problems)


def all_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return every table that may be handed on, all waves one below the other."""
    import pandas as pd

    from supertouch.findings import TABLES

    validated = tuple(table for table in VALIDATED if table not in INSIDE)
    analyzed = tuple(table for table in TABLES if table not in INSIDE)
    waves = [
        _read_all(study, "validate", wave.id, validated)
        | _read_all(study, "analyze", wave.id, analyzed)
        | {"drift": files.read_table(drift_file(study, wave.id), table="drift")}
        for wave in study.waves
    ]
    tables = {}
    for table in (*validated, *analyzed, "drift"):
        frames = [wave[table] for wave in waves]
        filled = [frame for frame in frames if not frame.empty] or frames[:1]
        tables[table] = pd.concat(filled, ignore_index=True)
    overall = (("findings", "supertouchpoints"), *(("tracking", table) for table in TRACKED))
    for folder, table in overall:
        path = study.processed / folder / f"{table}.parquet"
        tables[table] = files.read_table(path, table=table)
    return tables


def _read_all(
    study: Study, stage: str, wave: str, tables: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    folder: Path = study.processed / stage / wave
    return {table: files.read_table(folder / f"{table}.parquet", table=table) for table in tables}


STAGE_FUNCTIONS: Mapping[Stage, Callable[[Study, Target, Progress], Details]] = {
    "validate": validate,
    "analyze": analyze,
    "judge": judge,
    "track": track,
    "report": report,
}
