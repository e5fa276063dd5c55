"""Stand-ins for the rooms that the pipeline calls, quick and without statistics.

Run as a script, this is the command ``supertouch`` with the stand-ins, for tests of the Makefile.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pandas as pd

from supertouch.errors import DataError, OutputError, Problem

WAVES = ("w1", "w2", "w3")

STUDY = """
[study]
id = "tiny"
title = {de = "Klein", en = "Tiny"}
languages = ["de", "en"]
seed = 5

[data]
raw = "data/raw"

[scales.rating]
min = 1
max = 5
best = 5

[columns]
rating = "R_{id}"

[touchpoints.hotline]
label = {de = "Hotline", en = "Hotline"}
phase = "after"

[touchpoints.shop]
label = {de = "Laden", en = "Shop"}
phase = "during"

[outcomes.loyalty]
label = {de = "Treue", en = "Loyalty"}
role = "loyalty"
column = "LOYAL"
scale = "rating"
"""


def write_study(folder: Path) -> Path:
    """Write a study of three waves with two rows each and return its file."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    waves = "".join(
        f'\n[waves.{wave}]\nlabel = {{de = "{wave}", en = "{wave}"}}\nfile = "{wave}*.csv"\n'
        for wave in WAVES
    )
    for wave in WAVES:
        rows = "R_hotline,R_shop,LOYAL\n1,2,3\n4,5,4\n"
        (raw / f"{wave} answers.csv").write_text(rows, encoding="utf-8")
    file = folder / "study.toml"
    file.write_text(STUDY + waves, encoding="utf-8")
    return file


def ingest_wave(study, wave, *, progress=None):
    files = sorted(study.raw.glob(study.wave(wave).file))
    frame = pd.concat([pd.read_csv(file, dtype=str) for file in files], ignore_index=True)
    frame["__row__"] = range(2, len(frame) + 2)
    described = [
        {
            "name": file.name,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "bytes": file.stat().st_size,
        }
        for file in files
    ]
    meta = {"files": described, "n_unassigned": 0, "dropped": []}
    return SimpleNamespace(wave=wave, frame=lambda: frame, meta=lambda: meta)


def _stored(study, wave):
    return study.processed / "store" / f"{wave}.parquet"


def accept(study, incoming, *, replace=False, inspect=None, progress=None):
    """Store a wave; the first rows count, others are refused unless they replace them."""
    path = _stored(study, incoming.wave)
    frame, meta = incoming.frame(), incoming.meta()
    same = path.exists() and pd.read_parquet(path).equals(frame)
    if path.exists() and not same and not replace:
        raise DataError(Problem(incoming.wave, "", "changed since it came in.", "--replace"))
    if not same:
        inspect(lambda: iter([frame]), meta)
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    version = SimpleNamespace(number=1, fingerprint=digest, folder=path)
    status = "unchanged" if same else "new"
    return SimpleNamespace(
        wave=incoming.wave, status=status, version=version, n_rows=len(frame), meta=meta, notes=()
    )


def read_wave(study, wave):
    return pd.read_parquet(_stored(study, wave))


def versions(study, wave):
    if not _stored(study, wave).exists():
        return ()
    frame = read_wave(study, wave)
    return (SimpleNamespace(n_rows=len(frame), columns=tuple(frame.columns), meta={}),)


def drift(study, wave, against=None, *, now=None, before=None):
    return pd.DataFrame({"severity": pd.Series(dtype="str")})


def validate_wave(study, wave, raw, source, *, meta):
    sample = {
        "wave": wave, "n_read": len(raw), "n_accepted": len(raw) - 1, "n_quarantined": 1,
        "n_excluded": 0, "weight_sum": 1.0, "n_eff": 1.0, "design_effect": 1.0,
        "n_clusters": 1, "n_strata": 1,
    }  # fmt: skip
    empty = pd.DataFrame()
    return SimpleNamespace(
        position=range(1, len(raw)),
        responses=pd.DataFrame({"row": raw["__row__"].iloc[1:], "weight": 1.0}),
        sample=pd.DataFrame([sample]),
        quarantine=empty,
        rejections=empty,
        empties=empty,
        contradictions=empty,
        quality=empty,
        flags=empty,
        weights=empty,
        margins=empty,
        missing_named=empty,
    )


ANALYZED = (
    "performance",
    "outcomes",
    "models",
    "importance",
    "phases",
    "univariate",
    "draws",
    "diagnostics",
    "asymmetry",
    "levers",
    "overlap",
    "reach_sets",
    "synergy",
    "funnel",
    "banner",
)
TRACKED = ("tracking", "change_explained", "targets")
DECIDED = (
    "gap",
    "auditors",
    "incidents",
    "missing",
    "portfolio",
    "whatif",
    "budget",
    "plan",
    "measures",
    "simulator",
)


def write_coded(study, wave, responses, flags, *, path, files=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("coded", encoding="utf-8")
    return path


def analyze_wave(study, wave, responses, *, progress=None):
    progress(1, 2, "half")
    return {name: pd.DataFrame() for name in ANALYZED}


def judge(study, waves, tables, *, progress=None):
    from supertouch.tables import TABLES

    flags = [name for name in TABLES["supertouchpoints"].to_schema().columns
             if name.endswith(("_ok", "_significant"))]  # fmt: skip
    flags += ["sustained", "admitted", "significant", "loyalty_material", "recommendation_material"]
    rows = [
        {
            "wave": wave, "touchpoint": touchpoint, "verdict": verdict, "reason": "",
            "proxy": False, "probability": probability, "rank_probability": 0.5, "top": 5,
            "trend": "", "p_value": 0.01, "p_adjusted": 0.02, "share_loyalty": 0.5,
            "share_recommendation": 0.5, "fair_share": 0.5, **dict.fromkeys(flags, True),
        }
        for wave in waves
        for touchpoint, verdict, probability in (("hotline", "super", 0.97), ("shop", "none", 0.1))
    ]  # fmt: skip
    return {"supertouchpoints": pd.DataFrame(rows)}


def track(study, responses, tables, *, progress=None):
    return {name: pd.DataFrame() for name in TRACKED}


def decide(study, tables, brought, *, progress=None):
    return {name: pd.DataFrame() for name in DECIDED}


def _empty(table):
    from supertouch.tables import checked

    return checked(pd.DataFrame(), table=table)


def read_sheets(study):
    audits, bad = _empty("audits"), _empty("audit_quarantine")
    return SimpleNamespace(audits=audits, missing=pd.DataFrame(), audit_quarantine=bad)


def read_mentions(study):
    return SimpleNamespace(
        mentions=_empty("mentions"),
        mention_quarantine=_empty("mention_quarantine"),
        n_quarantined=0,
    )


def write_tracking(study, tables, manifest, *, folder, progress=None):
    page = folder / "tracking.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("page", encoding="utf-8")
    return [page]


def write_report(study, tables, manifest, *, folder, progress=None):
    written = [folder / "figures" / "map.png", folder / "cockpit.html"]
    for path in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("page", encoding="utf-8")
    return written


def opened(template):
    if template.read_text(encoding="utf-8") != "slides":
        raise OutputError(Problem(str(template), "", "is no PowerPoint file.", "Save it anew."))


def write_demo(folder, *, seed=1, progress=None, finish=None):
    write_study(Path(folder))


def _headers(path, sheet=None):
    return list(pd.read_csv(path, nrows=0).columns)


def rooms() -> dict[str, ModuleType]:
    """Return the stand-ins by the name of the module that they stand in for."""
    inventory = {
        "supertouch.intake": {
            "accept": accept,
            "drift": drift,
            "ingest_wave": ingest_wave,
            "problems": lambda table: [],
            "profile": lambda chunks, meta, *, study, wave: None,
            "raw_columns": lambda study, wave: {},
            "read_mentions": read_mentions,
            "read_wave": read_wave,
            "unchanged": lambda study, wave: None,
            "validate_wave": validate_wave,
            "versions": versions,
            "wave_ends": lambda study: {},
            "wave_chunks": lambda study, wave: iter([read_wave(study, wave)]),
        },
        "supertouch.intake.coded": {"write_coded": write_coded},
        "supertouch.intake.readers": {"headers": _headers},
        "supertouch.intake.readers.raw": {"FILE": "__file__"},
        "supertouch.findings": {
            "JUDGED": ANALYZED,
            "TABLES": ANALYZED,
            "analyze_wave": analyze_wave,
            "judge": judge,
            "track": track,
        },
        "supertouch.findings.banner": {"banner_waves": lambda study, responses: pd.DataFrame()},
        "supertouch.decisions": {"Brought": lambda *parts: parts, "decide": decide},
        "supertouch.instruments": {"read_plan": lambda study: (), "read_sheets": read_sheets},
        "supertouch.instruments.audit": {"write_filled": None},
        "supertouch.report": {"write_report": write_report, "write_tracking": write_tracking},
        "supertouch.report.slides": {"opened": opened},
        "supertouch.simulate": {
            "inside_view": lambda study, rng: {},
            "write_demo": write_demo,
            "write_truth": lambda folder: None,
            "DEMO_SEED": 1,
        },
    }
    return {name: _module(name, functions) for name, functions in inventory.items()}


def _module(name: str, functions: dict[str, object]) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(functions)
    return module


if __name__ == "__main__":
    sys.modules.update(rooms())
    from supertouch.cli import main

    main()
