"""Killed, full, read-only, two at once, changed on the way: old or new stands whole, then repaired.

`benchmarks/faults.py` fails at many more places, with the real rooms.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fake_rooms
import faulty_stages
from supertouch import locks, pipeline, saving
from supertouch.errors import DataError, OutputError, StudyError
from supertouch.pipeline import making, turns

ROOT = Path(__file__).parents[1]
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def fakes(monkeypatch):
    put_in_quick_stages(monkeypatch)


def put_in_quick_stages(monkeypatch):
    for name, module in fake_rooms.rooms().items():
        monkeypatch.setitem(sys.modules, name, module)
    quick = dict.fromkeys(making.STAGE_FUNCTIONS, faulty_stages.make_quickly)
    monkeypatch.setattr(making, "STAGE_FUNCTIONS", quick)


@pytest.fixture
def study(fakes, tmp_path):
    return pipeline.open_study(fake_rooms.write_study(tmp_path / "study"))


def names(steps):
    return [step.name for step in steps]


def python(*words, **options):
    paths = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT), *sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


# --- killed, full, read-only ----------------------------------------------------------------------


@needs_fork
def test_wherever_a_run_fails_old_or_new_stands_and_the_next_run_repairs(tmp_path):
    run = python(ROOT / "tests" / "faulty_stages.py", tmp_path, "--points", 3)
    out, err = run.communicate()
    assert run.returncode == 0, err
    told = json.loads(out)
    assert told["points"] == 9
    assert told["changes"] > 100
    assert told["wrong"] == {}


def test_all_files_of_a_step_appear_together_or_none(tmp_path):
    record = tmp_path / "stage.json"
    saving.save(tmp_path / "a.csv", lambda part: part.write_text("old"))
    saving.save(record, lambda part: part.write_text("old"))
    (tmp_path / ".a.csv.999999999-0123abcd.part").touch()
    (tmp_path / ".of an older version.csv.part").touch()

    def work(*, fail):
        with saving.together(record):
            for name in ("a.csv", "b.csv"):
                saving.save(tmp_path / name, lambda part: part.write_text("new"))
            assert saving.standing(tmp_path / "a.csv").read_text() == "new"
            saving.save(record, lambda part: part.write_text("new"))
            assert (tmp_path / "a.csv").read_text() == record.read_text() == "old"
            if fail:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(fail=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.csv": "old", "stage.json": "old",
    }  # fmt: skip
    work(fail=False)
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == dict.fromkeys(["a.csv", "b.csv", "stage.json"], "new")


def test_a_finished_study_needs_no_place_to_write(study, monkeypatch):
    pipeline.run(study)

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(locks.os, "open", refuse)
    assert pipeline.run(study).due == ()
    with pytest.raises(OutputError, match="Read-only file system"):
        pipeline.run(study, force=True)


# --- the clock ------------------------------------------------------------------------------------

PAST, FUTURE = 10**9, 4 * 10**9  # 2001 and 2096


@pytest.mark.parametrize(("first", "command"), [(PAST, "run"), (FUTURE, "run"), (FUTURE, "make")])
def test_a_clock_that_jumps_makes_nothing_stale_look_fresh(study, first, command):
    if command == "make" and shutil.which("make") is None:
        pytest.skip("make is not installed")
    pipeline.run(study)
    for path in study.folder.rglob("*"):
        if path.is_file() and path.name != "targets.mk":
            os.utime(path, (first, first))
    before = names(pipeline.run(study).due)
    assert before == names(pipeline.targets(study))  # other times, so all is made again
    assert pipeline.run(study).due == ()
    (study.raw / "w2 answers.csv").write_text("R_hotline,R_shop,LOYAL\n1,1,1\n2,2,2\n")
    os.utime(study.raw / "w2 answers.csv", (PAST + 5, PAST + 5))
    if command == "run":
        assert "validate w2" in names(pipeline.run(study, replace=True).due)
    else:
        assert "validate w2" in make(study.folder, "validate", "REPLACE=yes")[0]
        assert "Nothing to do" in make(study.folder, "validate")[0]
        pipeline.run(study)
    assert pipeline.run(study).due == ()
    times = [step.output.stat().st_mtime_ns for step in pipeline.targets(study)]
    report, validated = times[-1], times[4]
    assert report >= validated >= times[1]


def make(folder, *goals):
    command = [
        "make", "-f", ROOT / "Makefile", *goals, "READY=", f"STUDY={folder.name}/study.toml",
        f"SUPERTOUCH={sys.executable} {ROOT / 'tests' / 'faulty_stages.py'}",
    ]  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


# --- what changes on the way ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "changed"),
    [
        ("ingest", "data/raw/w1 answers.csv"),
        ("validate", "study.toml"),
        ("validate", "data/processed/ingest/w1.version.json"),
        ("judge", "data/processed/validate/w2/stage.json"),
        ("track", "languages/de.toml"),
        ("decide", "plan.toml"),
        ("report", "house.pptx"),
    ],
)
def test_an_input_that_changes_on_the_way_is_told_and_the_step_made_again(
    study, monkeypatch, stage, changed
):
    path = study.folder / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    if stage == "report":
        path.write_text("slides")
        with study.file.open("a") as file:
            file.write('[report]\ntemplate = "house.pptx"\n')
    if stage == "track":
        path.write_text("")
    if stage == "decide":
        path.write_text("")
    study = pipeline.open_study(study.file)
    pipeline.run(study)
    step = next(step for step in pipeline.targets(study) if step.stage == stage)
    before = step.output.read_text()
    function = making.ingest if stage == "ingest" else making.STAGE_FUNCTIONS[stage]
    kept = path.read_text()

    def changing(*words, **options):
        result = function(*words, **options)
        path.with_name("other").write_text(kept)  # another file that says the same
        os.replace(path.with_name("other"), path)
        return result

    if stage == "ingest":
        monkeypatch.setattr(making, "ingest", changing)
    else:
        functions = dict(making.STAGE_FUNCTIONS) | {stage: changing}
        monkeypatch.setattr(making, "STAGE_FUNCTIONS", functions)
    with pytest.raises(DataError, match=f"{path.name}.*changed while"):
        pipeline.make(study, step)
    assert step.output.read_text() == before
    monkeypatch.undo()
    put_in_quick_stages(monkeypatch)
    again = pipeline.open_study(study.file)
    assert step.name in names(pipeline.run(again).due)
    assert pipeline.run(again).due == ()


def test_a_study_file_that_changed_since_it_was_read_is_not_called_the_origin(study):
    os.utime(study.file)  # only touched: it says what it said
    pipeline.run(study)
    with study.file.open("a") as file:
        file.write("\n[analysis]\nreplicates = 300\n")
    with pytest.raises(StudyError, match="changed since this command read it"):
        pipeline.run(study)
    assert len(pipeline.plan(study).due) == len(pipeline.targets(study))


def test_the_note_of_a_version_never_lags_behind_its_record(study):
    pipeline.run(study)
    note = study.processed / "ingest" / "w2.version.json"
    said = json.loads(note.read_text()) | {"version": 7}
    note.write_text(json.dumps(said))
    assert names(pipeline.plan(study).due)[:2] == ["ingest w2", "validate w2"]
    pipeline.run(study)
    (study.processed / "store" / "_forget.json").touch()
    assert "ingest w1" in names(pipeline.plan(study).due)  # whoever opens the store completes it


# --- two at once ----------------------------------------------------------------------------------


def test_two_runs_at_once_are_refused_and_say_who_is_at_work(study, monkeypatch):
    monkeypatch.setattr(turns, "GRACE", 0.0)
    with turns.alone(study):
        with pytest.raises(OutputError, match=rf"worked on by .*process {os.getpid()} on"):
            pipeline.run(study)
        with pytest.raises(OutputError, match="worked on by"), turns.beside(study):
            pass
    with (
        turns.beside(study),
        turns.beside(study),
        pytest.raises(OutputError, match="worked on by"),
    ):
        pipeline.run(study)
    assert len(pipeline.run(study).due) == len(pipeline.targets(study))


def test_a_step_that_another_made_meanwhile_is_not_made_twice(study, monkeypatch):
    pipeline.run(study)
    step = pipeline.targets(study)[4]
    skipped = []
    watcher = making.Unwatched()
    watcher.skip = lambda step: skipped.append(step.name)
    held = locks.holding(study.processed / turns.FOLDER / "validate-w2", who="somebody")
    held.__enter__()

    def waiting(who):
        assert who == "somebody"
        held.__exit__(None, None, None)

    before = step.output.read_text()
    pipeline.make(study, step, watcher=watcher, waiting=waiting)
    assert skipped == ["validate w2"]
    assert step.output.read_text() == before


HOLDER = """
import os, sys, time
from pathlib import Path
from supertouch.locks import holding
with holding(Path(sys.argv[1]), who="a run"):
    if not os.fork():  # as those that draw figures; it outlives the run a little
        for handle in (0, 1, 2):
            os.close(handle)
        time.sleep(20)
        os._exit(0)
    print("held", flush=True)
    time.sleep(60)
"""


@needs_fork
def test_a_killed_holder_leaves_nothing_locked(tmp_path):
    path = tmp_path / "lock"
    other = python("-c", HOLDER, path)
    assert other.stdout.readline() == "held\n"
    with pytest.raises(OutputError, match="in use by a run"), locks.holding(path, patience=0):
        pass
    other.send_signal(signal.SIGKILL)
    other.communicate()
    with locks.holding(path, patience=5):
        pass


# --- what begins a study --------------------------------------------------------------------------


@needs_fork
def test_a_demo_that_was_stopped_is_written_again(tmp_path, monkeypatch):
    from supertouch.simulate import demo

    def stop(*_):
        raise KeyboardInterrupt

    moved = []

    def move(source, target):
        moved.append(target)
        if len(moved) == 2:
            raise KeyboardInterrupt
        os.rename(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(demo, "os", type("os", (), {"replace": staticmethod(move)}))
        with pytest.raises(KeyboardInterrupt):
            demo.write_demo(tmp_path, respondents=50)
    assert len(list((tmp_path / "data" / "raw").iterdir())) == 1
    with pytest.raises(KeyboardInterrupt):
        demo.write_demo(tmp_path, respondents=50, finish=stop)
    demo.write_demo(tmp_path, respondents=50)
    assert not [path.name for path in (tmp_path / "data").glob(".*")]
    with pytest.raises(OutputError, match="never overwritten"):
        demo.write_demo(tmp_path, respondents=50)


def test_a_questionnaire_that_was_stopped_is_written_again(tmp_path, monkeypatch):
    from supertouch.pipeline import questioning

    files = {tmp_path / name: lambda path: path.write_text("asked") for name in ("a", "b")}

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(questioning.os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            questioning.write_asked(files)
    (tmp_path / "a").write_text("asked")
    questioning.write_asked(files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    with pytest.raises(OutputError, match="is there already"):
        questioning.write_asked(files)


# --- installing -----------------------------------------------------------------------------------

PYTHON = """#!/bin/sh
# stands in for Python: makes an environment, installs packages, or stops where it is told to
case "$*" in
  *venv*) mkdir -p .venv/bin; touch .venv/pyvenv.cfg; cp "$0" .venv/bin/python
          test "$STOP" != venv || kill -9 $PPID; echo whole > .venv/pip ;;
  *pip*requirements*) test -e .venv/pip || exit 1; test ! -e .venv/half || exit 1
          test "$STOP" != install || { touch .venv/half; kill -9 $PPID; exit 9; } ;;
  *pip*) echo '#!/bin/sh' > .venv/bin/supertouch; chmod +x .venv/bin/supertouch ;;
esac
"""


@needs_make
@pytest.mark.parametrize("stop", ["venv", "install"])
def test_an_install_that_was_stopped_is_made_again_from_scratch(tmp_path, stop):
    stub = tmp_path / "python"
    stub.write_text(PYTHON)
    stub.chmod(0o755)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    environment = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    command = ["make", "demo", f"PYTHON={stub}"]

    def install(stop=""):
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment | {"STOP": stop},
            capture_output=True,
            text=True,
            check=False,
        )

    assert install(stop).returncode != 0
    assert not (tmp_path / ".venv" / ".installed-run").exists()
    time.sleep(0.02)
    done = install()
    assert done.returncode == 0, done.stdout + done.stderr
    left = {path.name for path in (tmp_path / ".venv").iterdir()}
    assert left == {"bin", "pip", "pyvenv.cfg", ".installed-run"}
    assert "venv" not in install().stdout.replace(".venv", "")
