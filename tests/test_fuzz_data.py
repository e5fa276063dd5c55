"""Bad data files: each is read in full, or refused in words; in bounds of time and memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from benchmarks import fuzz_data
from benchmarks.fuzz_fence import held
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpus_data
from supertouch import cli
from supertouch.errors import DataError, StudyError, SupertouchError
from supertouch.intake import read
from supertouch.intake.readers import spss
from supertouch.intake.readers.trial import survives
from supertouch.study import load_study

QUICK = settings(
    max_examples=4,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def raw(tmp_path):
    return corpus_data.write_study(tmp_path / "study")


@pytest.mark.parametrize("case", corpus_data.CASES, ids=lambda case: case.name)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_bad_file_is_read_in_full_or_refused_in_words(case, tmp_path):
    path = tmp_path / f"w2{case.suffix}"
    case.make(path)
    found = []
    answer = held(tmp_path, lambda: found.append(read(path)), seconds=60)
    if case.rows is not None:
        assert answer == "accepted"
        assert found[0].n_rows == len(found[0].frame) == case.rows
    if case.refused:
        with pytest.raises(DataError) as caught:
            read(path)
        assert case.refused in str(caught.value)
        assert path.name in caught.value.problems[0].place


@QUICK
@pytest.mark.parametrize("name", fuzz_data.TARGETS)
@given(rng=st.randoms(use_true_random=False))
def test_spoilt_files_are_read_or_refused(tmp_path_factory, name, rng):
    fuzz_data.TARGETS[name](rng, tmp_path_factory.mktemp("case"))


def command(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["supertouch", *map(str, words)])
    monkeypatch.setenv("SUPERTOUCH_JOBS", "1")
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code or 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("xlsx-zip_bomb", 4, "times its own size"),
        ("sav-plain_declares_2e9_rows", 4, "more than can be in it"),
        ("csv-header_only", 4, "no rows"),
        ("csv-signs_of_terminals", 0, ""),
    ],
)
def test_every_command_says_the_same_and_writes_nothing_outside(
    raw, monkeypatch, capsys, name, code, told
):
    case = next(case for case in corpus_data.CASES if case.name == name)
    case.make(raw / f"w2{case.suffix}")
    around = sorted(raw.parent.parent.iterdir())
    for words in (["check"], ["drift", "--quiet"], ["validate", "--quiet"]):
        found, err = command(monkeypatch, capsys, *words, raw.parent)
        assert found == code, err
        assert told in " ".join(err.split())
        assert "Traceback" not in err
        assert "\x1b" not in err
    assert sorted(raw.parent.parent.iterdir()) == around


def sample_of(raw):
    import pandas as pd

    processed = raw.parent / "data" / "processed" / "validate" / "w2"
    sample = pd.read_parquet(processed / "sample.parquet").iloc[0]
    quarantine = pd.read_parquet(processed / "quarantine.parquet")
    return sample, quarantine


@pytest.mark.parametrize("weight", ["1e200", "1e400", "inf", "nan", "9" * 400])
def test_weights_that_are_no_weights_are_quarantined(raw, monkeypatch, capsys, weight):
    header, rows = corpus_data.table()
    for row in rows[:2]:
        row[header.index("W")] = weight
    (raw / "w2.csv").write_text(corpus_data.text(header, rows), encoding="utf-8")
    assert command(monkeypatch, capsys, "validate", "--quiet", raw.parent)[0] == 0
    sample, quarantine = sample_of(raw)
    assert (sample["n_read"], sample["n_accepted"], sample["n_quarantined"]) == (60, 58, 2)
    assert sample["weight_sum"] < 200
    assert set(quarantine["column"]) == {"W"}


@pytest.mark.skipif(sys.platform == "win32", reason="file names there are no bytes")
def test_a_file_name_that_is_no_text_does_not_end_a_run(raw, monkeypatch, capsys):
    name = os.fsencode(raw) + b"/w2.\xff.csv"
    Path(os.fsdecode(name)).write_text(corpus_data.text(*corpus_data.table()), encoding="utf-8")
    for words in (["check"], ["validate", "--quiet"]):
        code, err = command(monkeypatch, capsys, *words, raw.parent)
        assert code == 4
        assert "Rename the file" in err


@pytest.mark.parametrize(
    "pattern", ["../*.csv", "/etc/*", "a/../../w2.csv", "~/w2.csv", "C:\\w2.csv"]
)
def test_patterns_do_not_lead_out_of_the_folder_of_raw_files(raw, pattern):
    (raw / "w2.csv").write_text(corpus_data.text(*corpus_data.table()), encoding="utf-8")
    file = raw.parent / "study.toml"
    text = corpus_data.STUDY.replace('file = "w2.*"', f"file = '{pattern}'")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="leads out of the folder"):
        load_study(file)


def test_a_file_that_brings_the_library_down_is_tried_elsewhere_first(tmp_path, monkeypatch):
    path = tmp_path / "w.sav"
    corpus_data._sav(path, "plain.sav", corpus_data._at(76, b"\xff\xff\0\0"))
    seen = []
    monkeypatch.setattr(spss, "survives", lambda found: seen.append(found) or False)
    with pytest.raises(SupertouchError, match="breaks down"):
        read(path)
    assert seen == [path]
    assert survives(path) in (True, False)
