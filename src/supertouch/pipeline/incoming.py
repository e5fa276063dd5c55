"""A wave comes in: read, compared with the wave before, taken into the store or held back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.errors import DataError, OutputError, Problem
from supertouch.pipeline import files, manifest
from supertouch.pipeline.progress import Details, Progress
from supertouch.pipeline.rules import Target, stamp_of
from supertouch.saving import alone
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd

    from supertouch.intake import Profile

__all__ = ["Drifted", "drift_file", "drift_report", "ingest", "note_version", "version_file"]


Chunks = Callable[[], "Iterator[pd.DataFrame]"]


def drift_file(study: Study, wave: str) -> Path:
    """Return where the differences of a wave's file from that of the wave before are kept."""
    return study.processed / "ingest" / f"{wave}.drift.parquet"


def version_file(study: Study, wave: str) -> Path:
    """Return the note of which version of a wave is in use; it changes only with the version."""
    return study.processed / "ingest" / f"{wave}.version.json"


def ingest(study: Study, step: Target, progress: Progress, *, replace: bool) -> Details:
    """Take the raw file(s) of a wave into the store, unless its questionnaire drifted too far.

    Raises
    ------
    DataError
        If the files cannot be read, if they changed since they came in and ``replace`` is not
        set, or if the study file has to deal with drift first.
    """
    from supertouch.intake import accept, ingest_wave, unchanged, wave_chunks

    wave = step.wave
    gate = _Gate(study, wave)
    accepted = unchanged(study, wave) or accept(
        study,
        ingest_wave(study, wave, progress=progress),
        replace=replace,
        inspect=gate.inspect,
        progress=progress,
    )
    if gate.table is None:
        gate.inspect(lambda: wave_chunks(study, wave), accepted.meta)
    if gate.table is not None:
        files.write_table(gate.table, drift_file(study, wave), table="drift")
    return {
        "rows": accepted.n_rows,
        "meta": dict(accepted.meta),
        "version": accepted.version.number,
        "fingerprint": accepted.version.fingerprint,
        "folder": accepted.version.folder.relative_to(study.processed).as_posix(),
        "stored": stamp_of(accepted.version.folder),
        "status": accepted.status,
        "notes": list(accepted.notes),
    }


def note_version(record: Mapping[str, Any], path: Path, *, at: int) -> None:
    """Write down which version of a wave is in use, unless it is written down already.

    ``at`` is as for the record of the step: make takes the note for as old.
    """
    note = {name: record[name] for name in ("wave", "version", "fingerprint", "folder")}
    if not path.exists() or _said(path) != note:
        files.write_record(note, path, at=at)


def _said(path: Path) -> dict[str, Any]:
    try:
        return files.read_record(path)
    except OutputError:  # broken, so it is written anew
        return {}


class _Gate:
    """Compares rows with the wave before, and holds them back if the study file must change."""

    def __init__(self, study: Study, wave: str) -> None:
        self.study = study
        self.wave = wave
        self.table: pd.DataFrame | None = None

    def inspect(self, chunks: Chunks, meta: Mapping[str, Any]) -> None:
        from supertouch.intake import drift, problems, profile

        study, wave = self.study, self.wave
        before = _stored_profile(study, _before(study, wave))
        now = profile(chunks(), meta, study=study, wave=wave) if before else None
        self.table = drift(study, wave, now=now, before=before)
        found = problems(self.table)
        if found and not study.wave(wave).accept_drift:
            page = _write_page(study, self.table, meta["files"])
            raise DataError([*found, _how_to_go_on(wave, page)])


def _before(study: Study, wave: str) -> str:
    """Return the wave before, empty for the first."""
    waves = [item.id for item in study.waves]
    return next(iter(waves[: waves.index(wave)][-1:]), "")


def _after(study: Study, wave: str) -> str:
    """Return the next wave, empty for the last."""
    waves = [item.id for item in study.waves]
    return next(iter(waves[waves.index(wave) + 1 :]), "")


def _stored_profile(study: Study, wave: str) -> Profile | None:
    """Outline a wave as it is stored; None where it is not, so that raw files are compared."""
    from supertouch.intake import profile, versions, wave_chunks

    stored = versions(study, wave) if wave else ()
    if not stored:
        return None
    return profile(wave_chunks(study, wave), stored[-1].meta, study=study, wave=wave)


def _how_to_go_on(wave: str, page: Path) -> Problem:
    remedy = (
        "Put the edits into the study file; or, if all is as it should be, write accept_drift = "
        f"true into [waves.{wave}]. {page} shows every difference."
    )
    return Problem(
        f"wave '{wave}'", "", "is held back until the study file deals with this.", remedy
    )


def _write_page(study: Study, table: pd.DataFrame, inputs: Sequence[Mapping[str, Any]]) -> Path:
    from supertouch.intake import edit_text
    from supertouch.report import write_drift

    about = manifest.of_raw(study, inputs)
    with alone():  # the page is for people, also when the wave is held back
        written = write_drift(
            study, {"drift": table}, about, folder=study.reports, edit=edit_text(table)
        )
    return written[-1]


@dataclass(frozen=True, slots=True)
class Drifted:
    """What is different about a wave's file; ``edit`` is what study.toml needs."""

    wave: str
    against: str
    severities: dict[str, int]
    lines: tuple[str, ...]
    edit: str
    page: Path


def drift_report(study: Study, wave: str, against: str, *, tell: Callable[[str], None]) -> Drifted:
    """Compare a wave's raw files with those of another wave, by default the one before.

    The first wave is compared with the next one. Nothing is stored; the page ``drift.html`` is
    written.

    Raises
    ------
    DataError
        If a raw file cannot be read.
    """
    from supertouch.intake import drift, edit_text, wave_files

    tell(f"comparing {wave}")
    against = against or _before(study, wave) or _after(study, wave)
    table = drift(study, wave, against or None)
    inputs = [
        {"name": path.name, "sha256": files.sha256(path), "bytes": path.stat().st_size}
        for path in wave_files(study, study.wave(wave))
    ]
    return Drifted(
        wave=wave,
        against=against,
        severities=files.counted(table.severity),
        lines=tuple(_line(row) for row in files.lines_of(table[table.severity != "note"])),
        edit=edit_text(table),
        page=_write_page(study, table, inputs),
    )


def _line(row: Mapping[str, Any]) -> str:
    what = f"{row['item']} ({row['column']})" if row["item"] else row["column"]
    sides = [row[side] or "–" for side in ("before", "after")]
    change = f": {' → '.join(sides)}" if row["before"] or row["after"] else ""
    return f"{row['severity']}: {row['kind'].replace('_', ' ')}, {what}{change}"
