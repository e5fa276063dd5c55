"""What each stage does: read its inputs, call its room of the house, write its tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from supertouch.errors import OutputError, Problem
from supertouch.pipeline import files, manifest
from supertouch.pipeline.engines import engine_of
from supertouch.pipeline.gathering import (
    BROUGHT,
    COMPARED,
    DECIDED,
    FOLLOWED,
    TRACKED,
    VALIDATED,
    all_tables,
    by_wave,
    followed_tables,
    weighed_tables,
)
from supertouch.pipeline.opening import in_parts, opened_waves, responses_file
from supertouch.pipeline.parquet_parts import parquet_parts
from supertouch.pipeline.progress import Details, Progress
from supertouch.pipeline.rules import Stage, Target
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STAGE_FUNCTIONS", "check_reports"]

PICTURES = (".png", ".svg")
REPORTED = {"tables": (".csv",), "figures": PICTURES}
IN_LANGUAGE = re.compile(r"(slides|tables)\.[a-z]{2}(-[A-Z][a-z]{3})?(-[A-Z]{2})?\.(pptx|xlsx)")
MOST_CELLS = 20_000_000


def validate(study: Study, step: Target, progress: Progress) -> Details:
    """Type the answers of a wave; rows that break a rule go to quarantine."""
    from supertouch.intake import validate_wave
    from supertouch.intake.coded import write_coded
    from supertouch.intake.readers.raw import FILE

    meta = files.read_record(study.processed / "ingest" / f"{step.wave}.json", keys=["meta"])[
        "meta"
    ]
    names = ", ".join(file["name"] for file in meta["files"])
    progress(0, 1, names)
    raw = _rows(study, step.wave)
    validated = validate_wave(study, step.wave, raw, names, meta=meta)
    folder = step.output.parent
    for table in VALIDATED:
        files.write_table(getattr(validated, table), folder / f"{table}.parquet", table=table)
    files.write_csv(validated.quarantine, folder / "quarantine.csv")
    files.write_responses(validated.responses, folder / "responses.parquet")
    whence = raw[FILE].iloc[validated.position].astype("str") if FILE in raw else None
    write_coded(study, step.wave, validated.responses, validated.flags,
                path=files.coded_file(study, step.wave), files=whence)  # fmt: skip
    return {"rows": len(validated.responses)}


def _rows(study: Study, wave: str) -> pd.DataFrame:
    """Return a wave's stored rows; of very many, the columns alone that the study names."""
    from supertouch.intake import raw_columns, read_wave, versions

    version = versions(study, wave)[-1]
    if version.n_rows * len(version.columns) <= MOST_CELLS:
        return read_wave(study, wave)
    named = [name for name in raw_columns(study, wave) if name in version.columns]
    return read_wave(study, wave, columns=named)


def analyze(study: Study, step: Target, progress: Progress) -> Details:
    """Estimate performance and drivers of a wave."""
    from supertouch.findings import TABLES, analyze_wave

    path = responses_file(study, step.wave)
    rows = files.rows_of(path)
    if in_parts(study, rows):
        from supertouch.findings.streams.analysis import analyze_stream

        parts = parquet_parts(study, step.wave, path)
        engine = engine_of(study, progress, text=f"{step.wave} rows")
        tables = analyze_stream(study, step.wave, parts, engine=engine, progress=progress)
    else:
        tables = analyze_wave(study, step.wave, files.read_frame(path), progress=progress)
    for table in TABLES:
        files.write_table(tables[table], step.output.parent / f"{table}.parquet", table=table)
    return {"rows": rows}


def judge(study: Study, step: Target, progress: Progress) -> Details:
    """Decide over all waves which touchpoints are super-touchpoints."""
    from supertouch.findings import JUDGED
    from supertouch.findings import judge as verdicts

    tables = by_wave(study, "analyze", JUDGED)
    responses = opened_waves(study, progress)
    for table, frame in verdicts(study, responses, tables, progress=progress).items():
        files.write_table(frame, step.output.parent / f"{table}.parquet", table=table)
    return {}


def track(study: Study, step: Target, progress: Progress) -> Details:
    """Tell what changed between the waves, why, and whether targets are met."""
    from supertouch.findings import track as tracked
    from supertouch.findings.banner import banner_waves
    from supertouch.report import write_tracking

    tables = by_wave(study, "analyze", FOLLOWED)
    responses = opened_waves(study, progress)
    found = tracked(study, responses, tables, progress=progress)
    found["banner_waves"] = banner_waves(study, responses)
    for table in (*TRACKED, *COMPARED):
        files.write_table(found[table], step.output.parent / f"{table}.parquet", table=table)
    facts = manifest.facts(study, before="track")
    written = write_tracking(study, followed_tables(study), facts, folder=study.reports)
    files.remove_others(study.reports / "tracking", kept=set(written), suffixes=PICTURES)
    return {}


def decide(study: Study, step: Target, progress: Progress) -> Details:
    """Decide on each touchpoint; weigh the inside view, mentions and the plan of measures."""
    from supertouch.decisions import Brought
    from supertouch.decisions import decide as decided
    from supertouch.intake import wave_ends
    from supertouch.pipeline.brought import read

    own = read(study)
    brought = Brought(
        own.tables["audits"], own.named, own.tables["mentions"], own.measures, wave_ends(study)
    )
    tables = own.tables | decided(study, weighed_tables(study), brought, progress=progress)
    folder = step.output.parent
    for table in (*BROUGHT, *DECIDED):
        files.write_table(tables[table], folder / f"{table}.parquet", table=table)
    for table in ("audit_quarantine", "mention_quarantine"):
        files.write_csv(tables[table], folder / f"{table}.csv")
    return {}


def report(study: Study, step: Target, progress: Progress) -> Details:  # noqa: ARG001
    """Write the tables, figures and pages that are handed to people; older ones go."""
    from supertouch.report import write_report

    check_reports(study)
    facts = manifest.facts(study)
    written = write_report(study, all_tables(study), facts, folder=study.reports, progress=progress)
    for folder, suffixes in REPORTED.items():
        files.remove_others(study.reports / folder, kept=set(written), suffixes=suffixes)
    _remove_unspoken(study.reports, kept=set(written))
    return facts


def _remove_unspoken(folder: Path, *, kept: Collection[Path]) -> None:
    """Remove slides and workbooks in languages that the study does not have any more."""
    for path in folder.glob("*.*.*"):
        if IN_LANGUAGE.fullmatch(path.name) and path not in kept:
            files.remove(path)


def check_reports(study: Study) -> None:
    """Make sure that a report writes, and cleans up, inside the study's folder only.

    Raises
    ------
    OutputError
        If a folder of the report is a link that leads elsewhere, or the template of the slides
        cannot be used.
    """
    home = study.folder.resolve()
    problems = [
        Problem(
            str(path),
            f"leads to {path.resolve()}",
            "outside the study; older files are removed there.",
            "Remove the link, so that the report gets a folder of its own; copy it afterwards.",
        )
        for path in (study.reports / folder for folder in (*REPORTED, "tracking"))
        if not path.resolve().is_relative_to(home)
    ]
    if problems:
        raise OutputError(problems)
    if study.reporting.template is not None:
        from supertouch.report.slides import opened

        opened(study.reporting.template)


STAGE_FUNCTIONS: Mapping[Stage, Callable[[Study, Target, Progress], Details]] = {
    "validate": validate,
    "analyze": analyze,
    "judge": judge,
    "track": track,
    "decide": decide,
    "report": report,
}
