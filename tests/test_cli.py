"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import fake_rooms
from supertouch import __version__, cli
from supertouch.errors import (
    DataError,
    OutputError,
    Problem,
    StudyError,
    SupertouchError,
    UnsupportedError,
)

HEAVY = ("pandas", "numpy", "scipy", "pandera", "pyarrow", "matplotlib", "statsmodels", "sklearn")


@pytest.fixture
def folder(monkeypatch, tmp_path):
    for name, module in fake_rooms.rooms().items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPERTOUCH_JOBS", "1")
    fake_rooms.write_study(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def command(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["supertouch", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return call


def test_run_says_in_plain_words_what_came_out(folder, command):
    code, out, err = command("run", "tiny/study.toml")
    assert (code, err) == (0, "")
    assert "[1/13] ingest w1: done in" in out
    assert "Wave w1: 2 rows read, 1 accepted, 1 quarantined, 0 excluded." in out
    assert "Quarantine: tiny/data/processed/validate/w1/quarantine.csv" in out
    assert "Hotline: P(super) 97 %" in out
    assert "Other touchpoints: not super 1." in out
    assert out.rstrip().endswith("Report: tiny/reports/cockpit.html")
    again = "Nothing to do: tiny/reports/manifest.json is up to date.\n"
    assert command("run", "tiny") == (0, again, "")
    assert command("run", "tiny", "--force", "--quiet") == (0, "", "")


def test_dry_run_checks_what_a_run_checks(folder, command):
    raw = folder / "data" / "raw" / "w2 answers.csv"
    raw.write_text("R_hotline,LOYAL\n1,3\n", encoding="utf-8")
    dry, wet = command("run", "tiny", "--dry-run"), command("run", "tiny")
    assert dry == wet
    assert dry[0] == 3
    assert "R_shop" in dry[2]


def test_dry_run_looks_at_what_people_brought(folder, command, monkeypatch):
    def refused(kind, name):
        def read(study):
            raise kind(Problem(name, "", "is wrong.", "Mend it."))

        return read

    instruments = sys.modules["supertouch.instruments"]
    monkeypatch.setattr(instruments, "read_plan", refused(StudyError, "plan.toml"))
    dry, wet = command("decide", "tiny", "--dry-run"), command("run", "tiny")
    assert dry == wet
    assert dry[0] == StudyError.exit_code
    mentions = refused(DataError, "mentions.csv")
    monkeypatch.setattr(sys.modules["supertouch.intake"], "read_mentions", mentions)
    code, _, err = command("run", "tiny", "--dry-run")
    assert code == DataError.exit_code
    assert "mentions.csv: is wrong." in err
    assert "plan.toml: is wrong." in err
    assert command("track", "tiny", "--dry-run")[0] == 0
    assert command("targets", "tiny")[0] == 0


def test_reasons_of_quarantine_are_told(folder, command, monkeypatch):
    rules = [("K", "not a declared code", 92), ("B", "no weight", 7), ("C", "c", 2), ("D", "d", 1)]
    sample = {"n_read": 1103, "n_accepted": 1000, "n_quarantined": 95, "n_excluded": 8}

    def validate_wave(study, wave, raw, source, *, meta):
        found = fake_rooms.validate_wave(study, wave, raw, source, meta=meta)
        found.sample = found.sample.assign(**sample)
        lines = [(wave, "quarantined", *rule) for rule in rules] + [(wave, "no_wave", "W", "r", 4)]
        names = ["wave", "kind", "column", "rule", "n"]
        found.rejections = pd.DataFrame(lines, columns=names)
        return found

    monkeypatch.setattr(sys.modules["supertouch.intake"], "validate_wave", validate_wave)
    ingest = fake_rooms.ingest_wave

    def ingest_wave(study, wave, *, progress):
        incoming = ingest(study, wave)
        meta = incoming.meta() | {"no_wave": []}
        return SimpleNamespace(wave=wave, frame=incoming.frame, meta=lambda: meta)

    monkeypatch.setattr(sys.modules["supertouch.intake"], "ingest_wave", ingest_wave)
    _, out, _ = command("validate", "tiny", "--wave", "w1")
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Wave w1"))
    assert "4 rows of the file belong to no wave." in lines[at]
    assert lines[at + 1 : at + 5] == [
        "  92 × K: not a declared code",
        "  7 × B: no weight",
        "  2 × C: c",
        "  and 1 more reason in the quarantine file",
    ]
    assert "Warning: 9 % of the rows of wave w1" in lines[at + 5]


@pytest.mark.parametrize(
    ("probability", "told"),
    [(1.0, "> 99 %"), (0.9951, "> 99 %"), (0.96, "96 %"), (0.005, "0 %"), (0.001, "< 1 %")],
)
def test_probabilities_are_told_as_on_the_page(folder, command, monkeypatch, probability, told):
    def judge(study, waves, tables, *, progress=None):
        table = fake_rooms.judge(study, waves, tables)["supertouchpoints"]
        return {"supertouchpoints": table.assign(probability=probability)}

    monkeypatch.setattr(sys.modules["supertouch.findings"], "judge", judge)
    assert f"Hotline: P(super) {told}\n" in command("run", "tiny")[1]


def test_dry_run_writes_nothing(folder, command):
    before = sorted(folder.rglob("*"))
    code, out, _ = command("run", "tiny", "--dry-run")
    assert code == 0
    assert "analyze w2: tiny/data/processed/analyze/w2/stage.json" in out
    assert sorted(folder.rglob("*")) == before


def test_stage_commands_stop_at_their_stage(folder, command):
    _, out, _ = command("ingest", "tiny", "--wave", "w1")
    assert "ingest w1: done" in out
    assert "w2" not in out
    _, out, _ = command("validate", "tiny")
    assert "analyze" not in out
    assert "rows read" in out
    _, out, _ = command("analyze", "tiny", "--wave", "w1")
    assert "Not made, since other waves are not up to date: judge." in out
    _, out, _ = command("analyze", "tiny")
    assert "judge: done" in out
    assert not (folder / "reports" / "manifest.json").exists()
    _, out, _ = command("report", "tiny")
    assert "report: done" in out


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SupertouchError, 1),
        (StudyError, 3),
        (DataError, 4),
        (UnsupportedError, 5),
        (OutputError, 6),
    ],
)
def test_every_kind_of_error_has_its_exit_code_and_lists_all_problems(
    folder, command, monkeypatch, error, code
):
    def fail(study, wave, **_):
        raise error(
            [
                Problem("w1.csv, row 3, column 'Q1'", "'x'", "is no number.", "Correct the cell."),
                Problem("w1.csv", "", "is a fault without a value.", ""),
            ]
        )

    monkeypatch.setattr(sys.modules["supertouch.intake"], "ingest_wave", fail)
    found, _, err = command("run", "tiny")
    assert found == code
    assert err.splitlines() == [
        "Error: 2 problems",
        "1. w1.csv, row 3, column 'Q1': 'x' is no number.",
        "   Correct the cell.",
        "2. w1.csv: is a fault without a value.",
    ]


def test_interrupt_is_130(folder, command, monkeypatch):
    def interrupt(study, wave, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["supertouch.intake"], "ingest_wave", interrupt)
    code, _, err = command("run", "tiny")
    assert code == 130
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["run", "nowhere.toml"], 3, "nowhere.toml"),
        (["run", "tiny", "--wave", "w9"], 2, "w1, w2, w3"),
        (["run", "tiny", "--raw", "nowhere"], 2, "nowhere"),
        (["runn"], 2, "runn"),
        (["run", "tiny", "--frobnicate"], 2, "--frobnicate"),
        (["stage", "ingest", "tiny", "--wave", "w9"], 2, "no step"),
    ],
)
def test_wrong_usage_is_told(folder, command, words, code, text):
    found, out, err = command(*words)
    assert found == code
    assert text in out + err


def test_output_that_cannot_be_written_is_an_output_error(folder, command):
    (folder / "data" / "processed").write_text("in the way", encoding="utf-8")
    code, _, err = command("run", "tiny")
    assert code == 6
    assert "cannot be written" in err


def test_demo_and_version(folder, command):
    code, out, _ = command("demo", "other")
    assert code == 0
    assert "other/study.toml" in out
    assert (folder.parent / "other" / "study.toml").exists()
    assert command("--version") == (0, f"supertouch {__version__}\n", "")


def test_waves_are_completed(folder):
    environment = {
        "_SUPERTOUCH_COMPLETE": "complete_bash",
        "COMP_WORDS": "supertouch run tiny --wave w",
        "COMP_CWORD": "4",
    }
    script = "from supertouch.cli import app; app(prog_name='supertouch')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder.parent,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == list(fake_rooms.WAVES), done.stderr


def run_module(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "supertouch", *words],
        env=os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])} | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_help_is_whole_on_eighty_columns():
    assert "..." not in run_module("--help", COLUMNS="80").partition("Commands:")[2]


def test_completion_is_for_the_command_also_when_the_module_asks():
    script = run_module(
        "--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"
    )
    assert "_SUPERTOUCH_COMPLETE" in script
    assert "python" not in script


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words):
    script = (
        f"import sys; sys.argv = ['supertouch', *{words}]\n"
        "from supertouch.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
