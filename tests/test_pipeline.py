"""The stages: what is made, what is left alone, and what a stop leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import fake_rooms
from supertouch import cli, pipeline
from supertouch.errors import DataError, OutputError, StudyError

WAVES = fake_rooms.WAVES
ROOT = Path(__file__).parents[1]
W2_AND_ON = ["validate w2", "analyze w2", "judge", "track", "decide", "report"]
W3_TOO = ["ingest w2", "ingest w3", "validate w2", "validate w3", "analyze w2", "analyze w3"]
W3_TOO += ["judge", "track", "decide", "report"]


@pytest.fixture
def fakes(monkeypatch):
    for name, module in fake_rooms.rooms().items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def study(fakes, tmp_path):
    return pipeline.open_study(fake_rooms.write_study(tmp_path / "a study"))


def replace(monkeypatch, room, **functions):
    for name, function in functions.items():
        monkeypatch.setattr(sys.modules[f"supertouch.{room}"], name, function)


def names(steps):
    return [step.name for step in steps]


def touch(path):
    """Make ``path`` the newest file, on file systems with coarse times too."""
    time.sleep(0.02)
    os.utime(path)


def digests(folder):
    return {
        path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def every_file(study):
    return {path for path in study.folder.rglob("*") if path.is_file()}


def test_every_step_is_made_once_and_raw_files_are_left_alone(study):
    before = digests(study.raw)
    made = pipeline.run(study)
    assert names(made.due) == [
        f"{stage} {wave}" for stage in ("ingest", "validate", "analyze") for wave in WAVES
    ] + ["judge", "track", "decide", "report"]
    assert pipeline.run(study).due == ()
    assert digests(study.raw) == before
    assert not [path for path in every_file(study) if path.suffix == ".part"]
    stale = study.reports / "figures" / "of_an_older_report.png"
    stale.touch()
    pipeline.run(study, force=True)
    assert not stale.exists()
    assert (study.reports / "figures" / "map.png").exists()


@pytest.mark.parametrize(
    ("changed", "made"),
    [
        ("data/raw/w2 answers.csv", W3_TOO),
        ("data/processed/ingest/w2.version.json", W2_AND_ON),
        ("data/processed/validate/w2/stage.json", W2_AND_ON[1:]),
        ("data/processed/findings/stage.json", ["track", "decide", "report"]),
        ("data/processed/tracking/stage.json", ["decide", "report"]),
        ("study.toml", None),
    ],
)
def test_a_change_makes_again_what_depends_on_it(study, changed, made):
    pipeline.run(study)
    touch(study.folder / changed)
    expected = names(pipeline.targets(study)) if made is None else made
    assert names(pipeline.plan(study).due) == expected


@pytest.mark.parametrize("brought", ["plan.toml", "data/raw/audit/anna.xlsx"])
def test_what_people_bring_makes_decisions_again_and_nothing_before(study, brought):
    pipeline.run(study)
    path = study.folder / brought
    path.parent.mkdir(exist_ok=True)
    path.write_text("new", encoding="utf-8")
    os.utime(path, (1, 1))
    assert names(pipeline.run(study).due) == ["decide", "report"]
    assert pipeline.run(study).due == ()
    path.write_text("another", encoding="utf-8")
    assert names(pipeline.plan(study).due) == ["decide", "report"]
    path.unlink()
    assert names(pipeline.plan(study).due) == ["decide", "report"]


def test_own_words_make_again_what_is_told_and_no_number(study):
    pipeline.run(study)
    path = study.own_words / "de.toml"
    path.parent.mkdir()
    path.write_text('section.answer = "Das Ergebnis"', encoding="utf-8")
    assert names(pipeline.run(study).due) == ["track", "decide", "report"]
    path.write_text('section.nothing = "Nichts"', encoding="utf-8")
    with pytest.raises(StudyError, match=r"section\.nothing"):
        pipeline.run(study)


def test_a_template_is_tried_before_the_run_and_makes_the_report_again(study):
    template = study.folder / "house.pptx"
    template.write_text("a letter", encoding="utf-8")
    with study.file.open("a", encoding="utf-8") as file:
        file.write('[report]\ntemplate = "house.pptx"\n')
    study = pipeline.open_study(study.file)
    with pytest.raises(OutputError, match="no PowerPoint file"):
        pipeline.run(study)
    assert not study.processed.exists()
    template.write_text("slides", encoding="utf-8")
    pipeline.run(study)
    touch(template)
    assert names(pipeline.run(study).due) == ["report"]


def test_slides_in_a_language_that_is_gone_go_and_others_stay(study):
    pipeline.run(study)
    for name in (
        "slides.fr.pptx",
        "tables.de-CH.xlsx",
        "slides.de-Latn-CH.pptx",
        "slides.v2.pptx",
        "tables.old.xlsx",
    ):
        (study.reports / name).touch()
    pipeline.run(study, force=True)
    left = {path.name for path in study.reports.glob("*.*.*")}
    assert left == {"slides.v2.pptx", "tables.old.xlsx"}


def test_new_raw_file_of_a_wave_is_noticed_though_it_is_old(study):
    pipeline.run(study)
    old = study.raw / "w2 answers.csv"
    shutil.copy2(old, study.raw / "w2 more.csv")
    os.utime(study.raw / "w2 more.csv", (1, 1))
    assert names(pipeline.plan(study).due) == W3_TOO


@pytest.mark.parametrize(
    ("file", "made"), [("data/raw/w2 answers.csv", W3_TOO), ("study.toml", None)]
)
def test_file_replaced_by_an_older_one_is_noticed(study, file, made):
    pipeline.run(study)
    path = study.folder / file
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    os.utime(path, (10**9, 10**9))
    assert names(pipeline.plan(study).due) == (made or names(pipeline.targets(study)))
    pipeline.run(study)
    assert pipeline.run(study).due == ()


def test_file_replaced_while_it_is_read_is_noticed(study, monkeypatch):
    def replaced(study, wave, *, progress):
        incoming = fake_rooms.ingest_wave(study, wave)
        if wave == "w2":
            (study.raw / "w2 answers.csv").write_text("R_hotline,R_shop,LOYAL\n5,5,5\n5,5,5\n")
        return incoming

    replace(monkeypatch, "intake", ingest_wave=replaced)
    with pytest.raises(DataError, match="changed while ingest w2 was made"):
        pipeline.run(study)
    replace(monkeypatch, "intake", ingest_wave=fake_rooms.ingest_wave)
    assert names(pipeline.plan(study).due) == names(pipeline.targets(study))[1:]


def test_raw_file_that_holds_what_it_held_makes_nothing_after_it(study):
    pipeline.run(study)
    touch(study.raw / "w2 answers.csv")
    assert names(pipeline.plan(study).due) == W3_TOO
    assert names(pipeline.run(study).due) == ["ingest w2", "ingest w3"]
    assert pipeline.run(study).due == ()


def test_answers_that_changed_are_refused_until_they_are_to_replace_the_old(study):
    pipeline.run(study)
    (study.raw / "w2 answers.csv").write_text("R_hotline,R_shop,LOYAL\n5,5,5\n5,5,5\n")
    with pytest.raises(DataError, match="changed since"):
        pipeline.run(study)
    assert names(pipeline.run(study, replace=True).due) == ["ingest w2", "ingest w3", *W2_AND_ON]


def test_clean_up_takes_only_files_that_a_report_writes(study):
    pipeline.run(study)
    tables = study.reports / "tables"
    (tables / "a folder.csv").mkdir(parents=True)
    old = study.reports / "tracking" / "course.fr.png"
    old.parent.mkdir()
    old.touch()
    for name in ("older.csv", ".older.csv.x7", "notes.txt", "mine.xlsx"):
        (tables / name).touch()
    (tables / "link.csv").symlink_to(study.raw / "w1 answers.csv")
    pipeline.run(study, force=True)
    assert not old.exists()
    left = {path.name for path in tables.iterdir()}
    assert left == {"a folder.csv", "notes.txt", "mine.xlsx", "link.csv"}


@pytest.mark.parametrize("folder", ["tables", "figures", "tracking"])
def test_a_report_never_leaves_the_study(study, tmp_path, folder):
    outside = tmp_path / "thesis"
    outside.mkdir()
    (outside / "mine.csv").touch()
    study.reports.mkdir()
    (study.reports / folder).symlink_to(outside)
    with pytest.raises(OutputError, match="outside the study"):
        pipeline.run(study)
    assert not study.processed.exists()
    assert [path.name for path in outside.iterdir()] == ["mine.csv"]
    inside = study.folder / "elsewhere"
    inside.mkdir()
    (study.reports / folder).unlink()
    (study.reports / folder).symlink_to(inside)
    pipeline.run(study)


@pytest.mark.parametrize("content", ["{}", "[]", "3", '{"meta": 1', '{"stage": "ingest"}'])
def test_broken_record_is_an_output_error(study, content):
    pipeline.run(study)
    record = study.processed / "ingest" / "w2.json"
    record.write_text(content, encoding="utf-8")
    step = next(step for step in pipeline.targets(study) if step.name == "validate w2")
    with pytest.raises(OutputError, match=r"w2\.json.*--force"):
        pipeline.make(study, step)


def test_results_of_another_version_are_made_again(study, monkeypatch):
    pipeline.run(study)
    monkeypatch.setattr("supertouch.pipeline.rules.__version__", "9.9.9")
    assert names(pipeline.plan(study).due) == names(pipeline.targets(study))


def test_a_version_that_is_gone_from_the_store_is_taken_in_again(study):
    pipeline.run(study)
    (study.processed / "store" / "w2.parquet").unlink()
    assert names(pipeline.plan(study).due) == ["ingest w2", *W2_AND_ON]
    pipeline.run(study)
    assert (study.processed / "store" / "w2.parquet").exists()
    assert pipeline.run(study).due == ()


def test_upto_and_waves_and_force_choose_steps(study):
    first = pipeline.run(study, waves=["w1"])
    assert names(first.due) == ["ingest w1", "validate w1", "analyze w1"]
    assert names(first.waiting) == ["judge", "track", "decide", "report"]
    assert names(pipeline.run(study, upto="validate").due) == [
        "ingest w2", "ingest w3", "validate w2", "validate w3",
    ]  # fmt: skip
    assert names(pipeline.run(study).due) == [
        "analyze w2", "analyze w3", "judge", "track", "decide", "report",
    ]  # fmt: skip
    assert names(pipeline.plan(study, upto="ingest", force=True).due) == [
        "ingest w1", "ingest w2", "ingest w3",
    ]  # fmt: skip
    with pytest.raises(StudyError, match="w9"):
        pipeline.plan(study, waves=["w9"])


def test_a_stop_leaves_what_stood_there_and_the_next_run_repairs(study, monkeypatch):
    pipeline.run(study)
    record = study.processed / "validate" / "w2" / "stage.json"
    before = record.read_text(encoding="utf-8")
    touch(study.processed / "ingest" / "w2.version.json")

    class Broken:
        responses = quarantine = rejections = pd.DataFrame()

        @property
        def sample(self):
            raise KeyboardInterrupt

    replace(monkeypatch, "intake", validate_wave=lambda *_, **__: Broken())
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(study)
    assert record.read_text(encoding="utf-8") == before
    assert names(pipeline.plan(study).due) == W2_AND_ON
    replace(monkeypatch, "intake", validate_wave=fake_rooms.validate_wave)
    assert names(pipeline.run(study).due) == W2_AND_ON
    assert pipeline.run(study).due == ()


def test_raw_files_from_a_read_only_folder_elsewhere(study, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(study.raw, elsewhere)
    for path in (*elsewhere.iterdir(), elsewhere):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = digests(elsewhere)
    other = pipeline.open_study(study.folder, raw=elsewhere)
    pipeline.run(other)
    assert pipeline.run(other).due == ()
    assert digests(elsewhere) == before
    assert (study.reports / "manifest.json").exists()
    with pytest.raises(StudyError):
        pipeline.run(pipeline.open_study(study.folder))
    elsewhere.chmod(0o755)


def test_manifest_says_what_the_numbers_were_made_from(study):
    pipeline.run(study)
    manifest = json.loads((study.reports / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 5
    assert manifest["started"] <= manifest["finished"]
    assert manifest["study_sha256"] == hashlib.sha256(study.file.read_bytes()).hexdigest()
    raw = study.raw / "w1 answers.csv"
    assert manifest["inputs"][0] == {
        "file": raw.name,
        "sha256": hashlib.sha256(raw.read_bytes()).hexdigest(),
        "bytes": raw.stat().st_size,
    }
    assert len(manifest["inputs"]) == 3
    installed = any(metadata.distributions(name="supertouch"))
    assert manifest["packages"].get("pandas") == (pd.__version__ if installed else None)
    timed = [(entry["stage"], entry["wave"]) for entry in manifest["stages"]]
    assert timed == [(step.stage, step.wave) for step in pipeline.targets(study)]
    assert all(entry["seconds"] >= 0 for entry in manifest["stages"])


def test_broken_or_missing_tables_are_output_errors(study, monkeypatch):
    pipeline.run(study)
    sample = study.processed / "validate" / "w1" / "sample.parquet"
    sample.write_text("no parquet", encoding="utf-8")
    touch(study.processed / "findings" / "stage.json")
    with pytest.raises(OutputError, match=r"sample\.parquet"):
        pipeline.run(study)
    sample.unlink()
    with pytest.raises(OutputError, match=r"sample\.parquet"):
        pipeline.run(study)
    table = {"supertouchpoints": pd.DataFrame({"a": [1]})}
    replace(monkeypatch, "findings", judge=lambda *_, **__: table)
    with pytest.raises(OutputError, match="supertouchpoints"):
        pipeline.run(study, upto="judge", force=True)


def test_summary_tells_rows_and_verdicts(study):
    pipeline.run(study, upto="validate")
    early = pipeline.summarise(study)
    assert (early.verdicts, early.page) == ({}, None)
    pipeline.run(study)
    summary = pipeline.summarise(study)
    counts = [(item.read, item.accepted, item.quarantined) for item in summary.waves]
    assert counts == [(2, 1, 1)] * 3
    assert [(item.label, item.probability) for item in summary.found] == [("Hotline", 0.97)]
    assert summary.page == study.reports / "cockpit.html"


# --- the real rooms -------------------------------------------------------------------------------

SMALL = """
[scales.likely]
min = 0
max = 10
best = 10

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "likely"

[codes]
not_met = [99]

[analysis]
replicates = 200
"""


def write_small_study(folder, *, rows=250, broken=2):
    """Write a study in which the hotline drives both outcomes and the shop neither."""
    file = fake_rooms.write_study(folder)
    file.write_text(file.read_text(encoding="utf-8") + SMALL, encoding="utf-8")
    for seed, wave in enumerate(WAVES):
        rng = np.random.default_rng(seed)
        hotline, shop = rng.integers(1, 6, size=(2, rows))
        noise = rng.normal(size=(2, rows))
        frame = pd.DataFrame(
            {
                "R_hotline": np.where(rng.random(rows) < 0.7, hotline, 99),
                "R_shop": np.where(rng.random(rows) < 0.8, shop, 99),
                "LOYAL": np.clip(np.rint(hotline + noise[0]), 1, 5).astype(int),
                "NPS": np.clip(np.rint(2 * hotline + 2 * noise[1]), 0, 10).astype(int),
            }
        )
        frame.loc[: broken - 1, "R_shop"] = 7
        frame.to_csv(folder / "data" / "raw" / f"{wave} answers.csv", index=False)
    return file


def test_real_rooms_from_raw_files_to_report(tmp_path):
    study = pipeline.open_study(write_small_study(tmp_path / "study"))
    before = digests(study.raw)
    pipeline.run(study)
    assert pipeline.run(study).due == ()
    assert digests(study.raw) == before
    summary = pipeline.summarise(study)
    counts = [(item.read, item.accepted, item.quarantined) for item in summary.waves]
    assert counts == [(250, 248, 2)] * 3
    assert [(item.label, item.verdict, item.trend) for item in summary.found] == [
        ("Hotline", "super", "sustained")
    ]
    quarantine = pd.read_csv(summary.waves[0].quarantine)
    assert list(quarantine["row"]) == [2, 3]
    verdicts = pd.read_csv(study.reports / "tables" / "supertouchpoints.csv")
    assert len(verdicts) == 6
    assert "Hotline" in summary.page.read_text(encoding="utf-8")
    kinds = ("slides.pptx", "slides.en.pptx", "tables.xlsx", "tables.en.xlsx", "banner.html")
    assert all((study.reports / name).stat().st_size > 10_000 for name in kinds)
    coded = pyreadstat.read_sav(study.processed / "coded" / "w1.sav")[0]
    assert len(coded) == 248
    assert (pd.read_csv(study.reports / "tables" / "banner.csv").n.max()) == 248
    manifest = json.loads((study.reports / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["file"] for entry in manifest["inputs"]] == [
        f"{wave} answers.csv" for wave in WAVES
    ]


@pytest.fixture
def command(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["supertouch", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return call


def test_drift_ends_with_4_where_something_would_hold_the_wave_back(tmp_path, command):
    file = write_small_study(tmp_path / "study", broken=0)
    code, out, _ = command("drift", file)
    assert (code, "Wave w3 against w2: 0 to deal with first" in out) == (0, True)
    raw = file.parent / "data" / "raw" / "w3 answers.csv"
    frame = pd.read_csv(raw).rename(columns={"R_shop": "SHOP_RATE"})
    frame["R_hotline"] = frame["R_hotline"].astype(object).mask(frame.index < 40, "Blank")
    frame.to_csv(raw, index=False)
    code, out, _ = command("drift", file)
    assert (code, "stop: codes new, hotline (R_hotline): – → Blank (40)" in out) == (4, True)
    assert command("drift", file, "--quiet")[:2] == (4, "")
    assert command("drift", file, "--wave", "w2")[0] == 0
    code, out, _ = command("drift", file, "--wave", "w1")
    assert (code, "Wave w1 against w2: 0 to deal with first" in out) == (0, True)
    code, _, err = command("run", file)
    assert (code, "`supertouch drift --wave w3`" in err) == (3, True)
    text = file.read_text(encoding="utf-8")
    accepted = text.replace("[waves.w3]", "[waves.w3]\naccept_drift = true")
    file.write_text(accepted, encoding="utf-8")
    assert command("drift", file)[0] == 0


def test_field_writes_a_page_and_tables_and_stores_nothing(tmp_path, command):
    file = write_small_study(tmp_path / "study")
    code, out, _ = command("field", file, "--wave", "w2")
    assert (code, "Wave w2: 250 returns, 248 accepted." in out) == (0, True)
    study = pipeline.open_study(file)
    assert {path.name for path in (study.reports / "field").glob("*.csv")} == {
        f"field_{name}.csv" for name in ("days", "quotas", "bases", "dropout")
    }
    assert "Hotline" in (study.reports / "field.html").read_text(encoding="utf-8")
    assert not study.processed.exists()
    assert "No wave is stored yet" in command("waves", file)[1]
    pipeline.run(study, upto="ingest")
    assert command("waves", file)[1].count("version 1: 250 rows") == len(WAVES)


def test_without_a_panel_forgetting_names_the_wave(tmp_path, command):
    file = write_small_study(tmp_path / "study", rows=40, broken=0)
    text = file.read_text(encoding="utf-8").replace('raw = "data/raw"', 'respondent = "ID"')
    file.write_text(text, encoding="utf-8")
    for path in (file.parent / "data" / "raw").iterdir():
        pd.read_csv(path).assign(ID=range(40)).to_csv(path, index=False)
    study = pipeline.open_study(file)
    pipeline.run(study, upto="ingest")
    rows = [item.n_rows for item in pipeline.stored(study)]
    _, out, _ = command("forget", "7", "--study", file, "--wave", "w2")
    assert "1 rows removed" in out
    assert "Without a panel" not in out
    assert "The checked answers of these waves are removed" in out
    assert [item.n_rows for item in pipeline.stored(study)] == [rows[0], rows[1] - 1, rows[2]]
    assert (study.processed / "ingest" / "w1.json").exists()
    assert not (study.processed / "ingest" / "w2.json").exists()
    _, out, _ = command("forget", "7", "--study", file)
    assert "all were removed. Name one with --wave." in " ".join(out.split())
    assert command("forget", "7", "--study", file, "--wave", "w9")[0] == 2


def test_waves_side_by_side_give_the_same_and_report_their_errors(tmp_path):
    study = pipeline.open_study(write_small_study(tmp_path / "study"))
    told = []
    watcher = SimpleNamespace(
        begin=lambda step: told.append(f"begin {step.name}"),
        progress=lambda *_: None,
        end=lambda step, record: told.append(f"end {step.name} {record['rows']}"),
    )
    folder = study.processed / "analyze"
    pipeline.run(study, upto="analyze", jobs=2, watcher=watcher)
    together = [pd.read_parquet(folder / wave / "importance.parquet") for wave in WAVES]
    assert sorted(line for line in told if "analyze" in line) == sorted(
        f"{word} analyze {wave}{rows}"
        for wave in WAVES
        for word, rows in (("begin", ""), ("end", " 248"))
    )
    pipeline.run(study, upto="analyze", force=True)
    for wave, frame in zip(WAVES, together, strict=True):
        pd.testing.assert_frame_equal(frame, pd.read_parquet(folder / wave / "importance.parquet"))
    touch(study.processed / "validate" / "w2" / "stage.json")
    touch(study.processed / "validate" / "w3" / "stage.json")
    (study.processed / "validate" / "w3" / "responses.parquet").unlink()
    with pytest.raises(OutputError, match=r"w3/responses\.parquet"):
        pipeline.run(study, upto="analyze", jobs=2)
    assert "analyze w3" in names(pipeline.plan(study).due)


SLOW_CREW = """
import os, sys, time
from supertouch import cli
from supertouch.pipeline import stages

def slow(study, step, progress):
    (study.folder / f"{os.getpid()}.started").touch()
    while True:
        progress(1, 2, "long")
        time.sleep(0.05)

stages.STAGE_FUNCTIONS["analyze"] = slow
if __name__ == "__main__":
    sys.argv = ["supertouch", "run", *sys.argv[1:]]
    cli.main()
"""


def test_termination_ends_the_waves_at_work_too(tmp_path):
    study = pipeline.open_study(write_small_study(tmp_path / "study"))
    script = tmp_path / "slow.py"
    script.write_text(SLOW_CREW, encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, script, study.folder, "--jobs", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        start_new_session=True,
    )
    for _ in range(600):
        if len(list(study.folder.glob("*.started"))) == len(WAVES) or run.poll() is not None:
            break
        time.sleep(0.1)
    run.terminate()
    _, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (143, "")
    workers = [int(path.stem) for path in study.folder.glob("*.started")]
    assert len(workers) == len(WAVES)
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    assert names(pipeline.plan(study).due)[0] == "analyze w1"


# --- the same rules through make ------------------------------------------------------------------


def make(folder, *goals, ok=True):
    command = [
        "make", "-f", ROOT / "Makefile", *goals, "READY=", f"STUDY={folder.name}/study.toml",
        f"SUPERTOUCH={sys.executable} {ROOT / 'tests' / 'fake_rooms.py'}",
    ]  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder.parent,
        capture_output=True,
        text=True,
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout, done.stderr


def planned_by_make(folder):
    lines = [line for line in make(folder, "-n", "analyze")[0].splitlines() if " stage " in line]
    words = [line.split(" stage ")[1].split() for line in lines]
    return [f"{word[0]} {word[3] if '--wave' in word else ''}".rstrip() for word in words]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_and_run_agree(fakes, tmp_path):
    folder = tmp_path / "study"
    fake_rooms.write_study(folder)
    study = pipeline.open_study(folder)
    assert "P(super) 97 %" in make(folder, "analyze")[0]
    assert pipeline.plan(study).due == ()
    assert (
        make(folder, "analyze")[0] == "Nothing to do: study/reports/cockpit.html is up to date.\n"
    )
    touch(study.processed / "ingest" / "w2.version.json")
    assert planned_by_make(folder) == W2_AND_ON == names(pipeline.plan(study).due)
    pipeline.run(study)
    assert planned_by_make(folder) == []
    changes = [
        lambda: touch(study.raw / "w2 answers.csv"),
        lambda: shutil.copy2(study.raw / "w2 answers.csv", study.raw / "w2 more.csv"),
        lambda: os.utime(study.raw / "w2 answers.csv", (10**9, 10**9)),
    ]
    for change in changes:
        change()
        assert sorted(planned_by_make(folder)) == sorted(W3_TOO)
        assert names(pipeline.plan(study).due) == W3_TOO
        pipeline.run(study, replace=True)
        assert "Nothing to do" in make(folder, "analyze")[0]
    assert "validate" in make(folder, "validate")[0]
    study.file.write_text("[study]\n", encoding="utf-8")
    errors = make(folder, "analyze", ok=False)[1]
    assert errors.count("id: is missing") == 1
    assert "make analyze" in make(folder, "help")[0]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_names_a_missing_raw_file_and_a_missing_study(tmp_path):
    folder = tmp_path / "study"
    fake_rooms.write_study(folder)
    (folder / "data" / "raw" / "w2 answers.csv").unlink()
    assert make(folder, "analyze", ok=False)[1].count("w2*.csv") == 1
    assert "no such study file" in make(tmp_path / "none", "analyze", ok=False)[1]
    assert "holds a blank" in make(tmp_path / "a b", "analyze", ok=False)[1]


def test_unreadable_raw_file_is_a_data_error(study, monkeypatch):
    def fail(study, wave, **_):
        raise DataError("w1 answers.csv: empty")

    replace(monkeypatch, "intake", ingest_wave=fail)
    with pytest.raises(DataError):
        pipeline.run(study)
    assert names(pipeline.plan(study).due) == names(pipeline.targets(study))
