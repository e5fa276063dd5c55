"""Whatever people hand in besides answers is read rightly or refused in words, inside the study."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import supertouch
from study_base import BASE, edited, load, problems
from supertouch import cli
from supertouch.errors import Problem, StudyError, SupertouchError, legible
from supertouch.instruments import read_measures, write_plan
from supertouch.language import language
from supertouch.study import load_study

fuzz_study = pytest.importorskip("benchmarks.fuzz_study", reason="run from the root")
odd_studies = pytest.importorskip("benchmarks.odd_studies", reason="run from the root")
fuzz_fence = pytest.importorskip("benchmarks.fuzz_fence", reason="run from the root")

DEMO = Path(supertouch.__file__).parent / "demo"
QUICK = {"study file": 25, "study bytes": 40, "plan": 30, "own words": 8, "mentions": 15,
         "plan sheet": 6, "audit sheet": 4, "slide template": 15, "wordings": 2,
         "odd study": 0}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in fuzz_study.TARGETS if QUICK[name]])
def test_whatever_is_handed_in_is_read_or_refused(name):
    target = fuzz_study.TARGETS[name]

    @settings(
        max_examples=QUICK[name],
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32))
    def tried(seed):
        folder = Path(tempfile.mkdtemp())
        try:
            assert target(random.Random(seed), folder) in ("accepted", "refused")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    tried()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("no_respondent", "refused"),
        ("all_blank", "accepted"),
        ("one_touchpoint", "accepted"),
        ("weights -1", "refused"),
        ("impossible_margins", "refused"),
        ("off_the_scale", "refused"),
        ("words_for_numbers", "refused"),
    ],
)
def test_an_odd_study_runs_to_its_verdicts_or_is_refused(tmp_path, name, answer):
    assert fuzz_study.odd(name, random.Random(1), tmp_path) == answer


DEEP = 3_000


@pytest.mark.parametrize(
    ("old", "new", "place", "rule"),
    [
        ("replicates = 200", "replicates = " + "9" * 5_000, "line", "larger than any that TOML"),
        ("replicates = 200", "replicates = -1" + "_0" * 5_000, "line", "larger than any that TOML"),
        ("replicates = 200", "replicates = 0x" + "f" * 6_000, "[analysis]: replicates", "larger"),
        ("replicates = 200", "replicates = " + "[" * DEEP + "]" * DEEP, "line", "too deep"),
        ("replicates = 200", "replicates = " + "{a=" * DEEP + "1" + "}" * DEEP, "line", "too deep"),
        ("replicates = 200", "replicates = " + "[" * 40 + "]" * 40, "[analysis]: repl", "too deep"),
        ('label = "North"', "a" + ".a" * 40 + " = 1", "", "too deep"),
        ("values = [1]\n", "values = [[{ a = " + "[" * 30 + "]" * 30 + " }]]\n", "exclu", "deep"),
        ("[waves.w2]", "[waves.CON]", "wave 'CON'", "no file may have this name on Windows"),
        ("[waves.w2]", "[waves.lpt1]", "wave 'lpt1'", "no file may have this name on Windows"),
        ("[waves.w2]", f"[waves.{'w' * 81}]", "wave 'www", "at most 80 signs; this one has 81"),
        ("[waves.w2]", '[waves."../../x"]', "wave '../../x'", "an id here is made of"),
        ("[waves.w2]", '[waves.""]', "wave ''", "an id here is made of"),
        ("[waves.w2]", "[waves.W1]", "wave 'W1'", "upper and lower case only"),
        ('file = "wave2.csv"', 'file = "../wave2.csv"', "wave 'w2': file", "leads out"),
        ('file = "wave2.csv"', 'file = "a\\u0000b"', "wave 'w2': file", "no file pattern"),
        ('file = "wave2.csv"', f'file = "{"x" * 300}"', "wave 'w2': file", "no file pattern"),
        ('file = "wave2.csv"', f'file = "{"**/" * 9}x"', "wave 'w2': file", "no file pattern"),
        ("min_base = 80", "min_base = nan", "[super]: min_base", "whole number"),
        ("min_base = 80", "alpha = inf", "[super]: alpha", "finite"),
        ("min = 0\nmax", "min = -inf\nmax", "scale 'likely': min", "finite"),
        ('id = "demo"', 'id = "..\\\\x"', "[study]: id", "an id here is made of"),
    ],
)
def test_monsters_in_a_study_file_have_a_place(tmp_path, old, new, place, rule):
    text = BASE.replace('values = { 1 = "North"', 'label = "North"\nvalues = { 1 = "North"')
    text = text if old.startswith("label") else BASE
    assert old in text
    found = problems(tmp_path, text.replace(old, new, 1))
    told = [problem for problem in found if rule in problem.rule]
    assert told, "\n".join(map(str, found))
    assert place in told[0].place
    assert told[0].remedy


def test_a_study_file_beyond_measure_is_not_read(tmp_path):
    path = tmp_path / "study.toml"
    with path.open("wb") as file:
        file.truncate(25_000_000)
    with pytest.raises(StudyError, match="larger than any study file"):
        load_study(path)


HIDDEN = "a\x1b[2Jb\x00c\u202ed\udcffe\u2028f\x9bg"


def test_no_sign_of_a_problem_acts_on_a_terminal_and_none_is_endless():
    problem = Problem(HIDDEN, "x" * 10**6, HIDDEN, "\x07" * 10**5)
    assert problem.place == "a\\x1b[2Jb\\x00c\\u202ed\\udcffe\\u2028f\\x9bg"
    assert len(problem.value) == 400
    assert problem.value.endswith("…")
    assert len(str(problem)) < 30_000
    str(SupertouchError(problem)).encode("utf-8")
    assert legible("Zürich – „so“\n\t日本 \u00a0") == "Zürich – „so“\n\t日本 \u00a0"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a = " + "[" * DEEP + "]" * DEEP, "nests brackets too deep"),
        ("a = " + "9" * 5_000, "cannot be read"),
        ("[phase]\nbefore = 5", "holds what is no text: phase.before"),
        ("[phase]\nbefore = [1]", "holds what is no text: phase.before"),
        ('[spelling]\n"" = "x"', "must replace"),
        ('[spelling]\n"e" = "ee"', "must replace"),
        ('[spelling]\n"a" = "bb"\n"b" = "aa"', "must replace"),
        ('[spelling]\n"{n}" = "x"', "must replace"),
        (f'[spelling]\n"e" = "{"x" * 50}"', "must replace"),
    ],
)
def test_own_words_cannot_break_or_swell_texts(tmp_path, text, rule):
    (tmp_path / "en.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=rule) as caught:
        language("en", tmp_path)
    assert caught.value.problems[0].place.startswith("languages/en.toml")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (1_048_576, 3, "row 1,048,576"),
        (3, 16_384, "column 16,384"),
        (60_000, 3, "row 60000"),
        (8, 900, "column 900"),
    ],
)
def test_a_plan_with_a_cell_far_off_is_refused_in_a_moment(tmp_path, row, column, words):
    from openpyxl import load_workbook

    study = load_study(DEMO / "study.toml")
    measures = read_measures(study, DEMO / "plan.toml")
    path = write_plan(study, measures, tmp_path / "plan.xlsx", language="de")
    book = load_workbook(path)
    book.active.cell(row, column).value = "x"
    book.save(path)
    began = time.perf_counter()
    with pytest.raises(StudyError, match=words):
        read_measures(study, path)
    assert time.perf_counter() - began < 5


def test_merged_cells_without_end_are_refused_before_they_are_unfolded(tmp_path):
    from zipfile import ZipFile

    study = load_study(DEMO / "study.toml")
    measures = read_measures(study, DEMO / "plan.toml")
    made = write_plan(study, measures, tmp_path / "made.xlsx", language="de")
    path = tmp_path / "plan.xlsx"
    with ZipFile(made) as old, ZipFile(path, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            far = b'<mergeCell ref="A9:XFD1048576"/>'
            merged = b'</sheetData><mergeCells count="1">' + far + b"</mergeCells>"
            new.writestr(item, content.replace(b"</sheetData>", merged))
    began = time.perf_counter()
    with pytest.raises(StudyError, match="merged"):
        read_measures(study, path)
    assert time.perf_counter() - began < 5


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    load(tmp_path, BASE)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["supertouch", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out + err

    return call


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check", "x" * 5_000), 6),
        (("check", "no\udcffsuch\x1b[2J.toml"), 3),
        (("run", "--wave", "\udcff\x1b[2J"), 2),
        (("run", "--wave", "../../w1"), 2),
        (("run", "--jobs", "-5"), 2),
        (("run", "--jobs", "9" * 5_000), 2),
        (("run", "--raw", "/dev/null"), 3),
        (("demo", "--seed", "-1", "out"), 2),
        (("whatif", "hot\udcff=1"), 5),
        (("whatif", "hotline=nan"), 5),
        (("budget", "--amount", "-1"), 5),
        (("questionnaire", "--language", "../x"), 2),
        (("plan", "import", "/dev/null", "--force"), 3),
        (("forget", ""), 4),
    ],
)
def test_words_on_the_command_line_are_refused_in_words(command, words, code):
    found, told = command(*words)
    assert found == code, told
    assert "Traceback" not in told
    assert "\x1b" not in told.replace("\x1b[1;31m", "").replace("\x1b[0m", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_terminal_that_takes_nothing_is_an_output_error(tmp_path):
    load(tmp_path, BASE)
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])}
    command = [sys.executable, "-m", "supertouch", "demo", "--help"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False
        )
    assert "Traceback" not in done.stderr
    assert done.returncode != 0


@pytest.mark.parametrize("coding", ["ascii", "cp1252"])
def test_a_terminal_that_knows_few_signs_shows_the_others_written_out(tmp_path, coding):
    text = edited(('title = { de = "Titel", en = "Title" }', 'title = "日本 − x"'))
    load(tmp_path, text)
    environment = os.environ | {
        "PYTHONPATH": str(Path(cli.__file__).parents[2]),
        "PYTHONIOENCODING": coding,
        "PYTHONUTF8": "0",
    }
    script = (
        "import sys; sys.argv = ['supertouch', 'x']\n"
        "from supertouch import cli, screen\n"
        "cli.app = lambda **_: screen.console.say('\\u65e5 \\u2212 x')\n"
        "cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, check=True
    )
    assert done.stdout.split() == [rb"\u65e5", rb"\u2212", b"x"]
