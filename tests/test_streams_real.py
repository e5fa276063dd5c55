"""San Francisco airport, 2017: a wave read in parts says what the wave in memory says."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from real_data import real_data
from supertouch.findings import TABLES, analyze_wave
from supertouch.findings.streams.analysis import analyze_stream
from supertouch.intake import ingest_wave, validate_wave
from supertouch.pipeline import files, parquet_parts
from supertouch.stats.engine import Here
from supertouch.study.load import load_study

STUDY = Path(__file__).parents[1] / "examples" / "sfo" / "study.toml"
AT_ONCE = 700
TOLERANCE = {"rtol": 1e-9, "atol": 1e-9}  # sums in another order; p-values magnify their rounding


def test_flights_strata_weights_and_renamed_columns_in_parts(tmp_path, monkeypatch):
    study = load_study(STUDY, raw=real_data("sfo", "raw"))
    study = replace(
        study,
        analysis=replace(study.analysis, replicates=60),
        computing=replace(study.computing, sample=10**6),
    )
    incoming = ingest_wave(study, "2017")
    frame = incoming.frame()
    validated = validate_wave(study, "2017", frame, "2017", meta=incoming.meta())
    monkeypatch.setattr(files, "ROW_GROUP", AT_ONCE)
    monkeypatch.setattr(parquet_parts, "ROWS", AT_ONCE)
    path = tmp_path / "responses.parquet"
    files.write_responses(validated.responses, path)
    parts = parquet_parts.parquet_parts(study, "2017", path)
    assert [part.rows for part in parts] == [700, 700, 700, 700, 31]
    found = analyze_stream(study, "2017", parts, engine=Here())
    wanted = analyze_wave(study, "2017", validated.responses)
    assert list(found) == list(TABLES)
    # fewer flights than groups: each flight is a group, and intervals are the same as well
    for name in TABLES:
        if name != "diagnostics":
            pd.testing.assert_frame_equal(found[name], wanted[name], check_dtype=False, **TOLERANCE)
    told = set(found["diagnostics"].code) - set(wanted["diagnostics"].code)
    assert told == {"sampled_rows", "groups_as_units"}
