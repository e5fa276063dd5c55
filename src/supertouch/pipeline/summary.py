"""What came out of a run, in a few records for the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from supertouch.pipeline import files
from supertouch.pipeline.incoming import drift_file
from supertouch.pipeline.rules import targets
from supertouch.study.model import Study

__all__ = ["Found", "LeftOut", "Reason", "Summary", "WaveCount", "summarise"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that ``n`` rows of a wave broke in a column."""

    n: int
    column: str
    rule: str


@dataclass(frozen=True, slots=True)
class WaveCount:
    """What became of the rows of a wave.

    ``unassigned`` rows of a shared file are in no wave; ``drifted`` are differences from the wave
    before that want eyes; ``reasons`` are those of quarantine, the most frequent first.
    """

    wave: str
    read: int
    accepted: int
    quarantined: int
    excluded: int
    unassigned: int
    drifted: int
    quarantine: Path
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A touchpoint that was found to be super, or a candidate."""

    wave: str
    label: str
    verdict: str
    probability: float
    trend: str
    proxy: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """``n`` cells or rows of a file that people brought and that could not be used."""

    file: str
    n: int
    quarantine: Path


@dataclass(frozen=True, slots=True)
class Summary:
    """Rows per wave, super-touchpoints and candidates of the last wave, counts of its verdicts.

    ``decisions`` counts the touchpoints of each decision in the last wave. What has not been made
    yet is left out: ``verdicts`` is empty and ``page`` None.
    """

    waves: tuple[WaveCount, ...]
    last_wave: str
    found: tuple[Found, ...]
    verdicts: dict[str, int]
    page: Path | None
    decisions: dict[str, int] = field(default_factory=dict)
    quick_wins: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def summarise(study: Study) -> Summary:
    """Read back what has been made so far; the verdicts are those of the latest wave.

    Raises
    ------
    OutputError
        If a table is broken.
    """
    done = {step.output for step in targets(study) if step.output.exists()}
    waves = [
        step.wave for step in targets(study) if step.stage == "validate" and step.output in done
    ]
    judged = study.processed / "findings" / "stage.json" in done
    found, verdicts = _verdicts(study) if judged else ((), {})
    decided = study.processed / "decisions" / "stage.json" in done
    decisions, quick_wins = _decisions(study) if decided else ({}, ())
    return Summary(
        waves=tuple(_count(study, wave) for wave in waves),
        last_wave=study.waves[-1].id,
        found=found,
        verdicts=verdicts,
        page=study.reports / "cockpit.html" if study.reports / "manifest.json" in done else None,
        decisions=decisions,
        quick_wins=quick_wins,
        left_out=_left_out(study) if decided else (),
    )


def _decisions(study: Study) -> tuple[dict[str, int], tuple[str, ...]]:
    from supertouch.tables.decisions import DECISIONS

    path = study.processed / "decisions" / "portfolio.parquet"
    table = files.read_table(path, table="portfolio")
    last = table[table.wave == study.waves[-1].id]
    quick = last.touchpoint[last.quick_win.fillna(False).astype(bool)]
    names = tuple(study.touchpoint(name).label.within("en") for name in quick)
    counts = files.counted(last.decision)
    return {name: counts[name] for name in DECISIONS if name in counts}, names


def _left_out(study: Study) -> tuple[LeftOut, ...]:
    folder = study.processed / "decisions"
    table = files.read_table(folder / "brought.parquet", table="brought")
    kinds = {"audit": "audit_quarantine.csv", "mentions": "mention_quarantine.csv"}
    return tuple(
        LeftOut(str(row["file"]), int(row["n_quarantined"]), folder / kinds[row["kind"]])
        for row in table[table.n_quarantined > 0].to_dict("records")
    )


def _verdicts(study: Study) -> tuple[tuple[Found, ...], dict[str, int]]:
    path = study.processed / "findings" / "supertouchpoints.parquet"
    table = files.read_table(path, table="supertouchpoints")
    last = study.waves[-1].id
    latest = table[table.wave == last].sort_values("probability", ascending=False)
    found = tuple(
        Found(
            wave=last,
            label=study.touchpoint(row["touchpoint"]).label.within("en"),
            verdict=row["verdict"],
            probability=row["probability"],
            trend=row["trend"],
            proxy=row["proxy"],
        )
        for row in latest.to_dict("records")
        if row["verdict"] in ("super", "candidate")
    )
    return found, {str(name): int(n) for name, n in latest.verdict.value_counts().items()}


def _drifted(study: Study, wave: str) -> int:
    table = files.read_table(drift_file(study, wave), table="drift")
    return int((table.severity != "note").sum())


def _count(study: Study, wave: str) -> WaveCount:
    folder = study.processed / "validate" / wave
    sample = files.read_table(folder / "sample.parquet", table="sample").iloc[0]
    record = study.processed / "ingest" / f"{wave}.json"
    meta = files.read_record(record, keys=["meta"])["meta"]
    rejected = files.read_table(folder / "rejections.parquet", table="rejections")
    broken = rejected[rejected.kind == "quarantined"].sort_values(
        "n", ascending=False, kind="stable"
    )
    no_wave = int(rejected.n[rejected.kind == "no_wave"].sum())
    return WaveCount(
        wave=wave,
        read=int(sample.n_read),
        accepted=int(sample.n_accepted),
        quarantined=int(sample.n_quarantined),
        excluded=int(sample.n_excluded),
        unassigned=no_wave if "no_wave" in meta else int(meta.get("n_unassigned") or 0),
        drifted=_drifted(study, wave),
        quarantine=folder / "quarantine.csv",
        reasons=tuple(
            Reason(int(n), str(column), str(rule))
            for n, column, rule in zip(broken.n, broken.column, broken.rule, strict=True)
        ),
    )
