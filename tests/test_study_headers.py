"""A study is held against its raw files: they are there, and have the columns that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from study_base import BASE, edited, load, told, write
from supertouch.cli import app
from supertouch.errors import DataError, Problem, StudyError
from supertouch.study import load_study

FULL = {
    "wave1a.csv": "ID WEIGHT RUN STATUS TEST REGION R_website K_website R_advice K_advice "
    "R_phone L1 L2 L3",
    "wave2.csv": "ID W RUN STATUS TEST REGION R_website C_website R_advice C_advice FIT "
    "R_hotline L1 L2 L3 NPS",
}


def against(folder: Path, text: str, files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Load with raw files of these names, whose headers are these columns."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    for name in files:
        (raw / name).touch()
    try:
        load_study(write(folder, text), headers=lambda path, sheet: files[path.name].split())
    except StudyError as error:
        return error.problems
    return ()


def without(*columns: str, wave1: bool = True, wave2: bool = True) -> dict[str, str]:
    chosen = {"wave1a.csv": wave1, "wave2.csv": wave2}
    return {
        name: " ".join(c for c in header.split() if c not in columns or not chosen[name])
        for name, header in FULL.items()
    }


def test_files_with_every_column_pass(tmp_path):
    assert against(tmp_path, BASE, FULL) == ()


def test_the_template_of_the_slides_lies_beside_the_study_file(tmp_path):
    text = edited(("[super]", '[report]\ntemplate = "house.pptx"\n[super]'))
    missing = against(tmp_path, text, FULL)
    told(missing, "[report]: template", '"house.pptx": there is no such file', "take the line out")
    (tmp_path / "house.pptx").touch()
    assert load(tmp_path, text).reporting.template == tmp_path / "house.pptx"


@pytest.mark.parametrize(
    ("files", "place", "rule", "remedy"),
    [
        (
            without("R_website"),
            "touchpoint 'website': rating",
            "\"R_website\": no such column in 'wave1a.csv', 'wave2.csv' (waves w1, w2)",
            "rating = false",
        ),
        (
            FULL | {"wave2.csv": FULL["wave2.csv"].replace("R_website", "r_website")},
            "touchpoint 'website': rating",
            "(wave w2); nearest there: r_website",
            'write rating = { w2 = "r_website" }; if not asked, rating = { w2 = false }.',
        ),
        (
            without("RUN", wave2=False),
            "[data]: cluster",
            "(wave w1)",
            'write cluster = { default = "RUN", w1 = "NAME" }; '
            'if not asked, cluster = { default = "RUN", w1 = false }',
        ),
        (without("TEST"), "[[data.exclude]] number 1: column", "waves w1, w2", "column ="),
        (without("STATUS"), "[data.status]: column", "waves w1, w2", "column ="),
        (without("REGION"), "segment 'region': column", "waves w1, w2", "take it out"),
        (without("NPS"), "outcome 'recommendation': column", "(wave w2)", 'waves = ["w1"]'),
        (without("L2"), "outcome 'loyalty': items", '"L2"', "Correct the name in items"),
        (without("R_phone"), "touchpoint 'hotline': rating", '"R_phone"', "rating = { w1 ="),
        (
            {"wave2.csv": FULL["wave2.csv"]},
            "wave 'w1': file",
            '"wave1*.csv": no file',
            "nearest is 'wave2.csv'",
        ),
        (
            FULL | {"wave1b.csv": FULL["wave1a.csv"].replace("L3", "L_3")},
            "outcome 'loyalty': items",
            "\"L3\": no such column in 'wave1b.csv' (wave w1); nearest there: L_3",
            'write { default = "L3", w1 = "L_3" } in items',
        ),
    ],
)
def test_a_column_or_file_that_is_not_there_is_one_problem(tmp_path, files, place, rule, remedy):
    told(against(tmp_path, BASE, files), place, rule, remedy)


@pytest.mark.parametrize(
    ("line", "place", "rule", "remedy"),
    [
        (
            'missing = "OPEN"',
            "[mentions]: missing",
            "\"OPEN\": no such column in 'wave2.csv' (wave w2)",
            'missing = { default = "OPEN", w2 = false }',
        ),
        ('file = "mentions.csv"', "[mentions]: file", "no file in", "take file out"),
    ],
)
def test_mentions_and_the_open_question_are_looked_up_too(tmp_path, line, place, rule, remedy):
    files = FULL | {"wave1a.csv": FULL["wave1a.csv"] + " OPEN"}
    text = edited(("[super]", f"[mentions]\n{line}\n[super]"))
    told(against(tmp_path, text, files), place, rule, remedy)


@pytest.mark.parametrize(
    ("files", "searched"),
    [
        (FULL | {"wave2.csv": FULL["wave2.csv"].replace("R_website", "r_website")}, True),
        (without("RUN", wave2=False), False),
        (without("R_website"), False),
    ],
)
def test_a_column_that_only_the_wave_before_has_can_be_searched_for(tmp_path, files, searched):
    (problem,) = against(tmp_path, BASE, files)
    told = "`supertouch drift --wave w2` looks for it under another name and writes the edit."
    assert problem.remedy.endswith(told) == searched
    assert ("supertouch drift" in problem.remedy) == searched


@pytest.mark.parametrize(
    ("old", "new", "place", "rule", "remedy"),
    [
        (
            'rating = "R_{id}"',
            'rating = "rate_{id}"',
            "[columns]: rating",
            "\"rate_{id}\": 3 of the columns that it names are not in 'wave1a.csv', 'wave2.csv'",
            'Mend it in [columns]: rating = "R_{id}".',
        ),
        (
            'w1 = "K_{id}"',
            'w1 = "Kontakt_{id}"',
            "[columns]: contact",
            "(wave w1): Kontakt_website, Kontakt_advice",
            'contact = { default = "C_{id}", w1 =',
        ),
    ],
)
def test_a_wrong_pattern_is_one_problem(tmp_path, old, new, place, rule, remedy):
    told(against(tmp_path, edited((old, new)), FULL), place, rule, remedy)


def test_a_file_without_any_of_the_columns_is_one_problem(tmp_path):
    found = against(tmp_path, BASE, FULL | {"wave2.csv": "Export_of_2026 by someone"})
    told(found, "wave 'w2': file", "none of the 16 columns", "title line above the header")
    assert "Header seen: Export_of_2026, by, someone." in found[0].rule


def test_header_mistakes_come_with_all_others(tmp_path):
    text = edited(('phase = "after"', 'phase = "later"'), ("best = 10", "best = 5"))
    found = against(tmp_path, text, without("R_website", "L1"))
    assert [problem.place.removeprefix("study.toml, ") for problem in found] == [
        "touchpoint 'hotline': phase",
        "scale 'likely': best",
        "touchpoint 'website': rating",
        "outcome 'loyalty': items",
    ]


def test_a_file_that_cannot_be_opened_does_not_hide_the_others(tmp_path):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in FULL:
        (raw / name).touch()

    def headers(path: Path, sheet: str | None) -> list[str]:
        if path.name == "wave1a.csv":
            raise DataError(Problem("wave1a.csv", "", "is broken.", "Fetch it again."))
        return without("NPS")[path.name].split()

    with pytest.raises(StudyError) as caught:
        load_study(write(tmp_path, BASE), headers=headers)
    assert [problem.place for problem in caught.value.problems] == [
        "wave1a.csv",
        "study.toml, outcome 'recommendation': column",
    ]


def test_a_sound_study_with_a_broken_raw_file_is_a_data_error(tmp_path):
    def headers(path: Path, sheet: str | None) -> list[str]:
        raise DataError(Problem(path.name, "", "is empty.", "Export it again."))

    against(tmp_path, BASE, FULL)
    with pytest.raises(DataError) as caught:
        load_study(tmp_path / "study.toml", headers=headers)
    assert [problem.place for problem in caught.value.problems] == list(FULL)


def test_a_wrong_folder_in_place_of_the_studys_own_is_not_the_studys_mistake(tmp_path):
    with pytest.raises(StudyError, match=r"^--raw") as caught:
        load_study(write(tmp_path, BASE), raw=tmp_path / "no", headers=lambda path, sheet: [])
    assert len(caught.value.problems) == 1


def test_a_missing_raw_folder_is_one_problem(tmp_path):
    with pytest.raises(StudyError, match="no such folder") as caught:
        load_study(write(tmp_path, BASE), headers=lambda path, sheet: [])
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("file", "there"), [("wave3*.csv", "wave3.csv"), ("wave*.csv", ""), ("wave4.csv", "")]
)
def test_a_planned_wave_needs_no_file_and_is_told_when_it_is_there(tmp_path, file, there):
    planned = f'[waves.w3]\nlabel = "3"\nplanned = true\nfile = "{file}"\n'
    files = FULL | ({there: "ID"} if there else {})
    found = against(tmp_path, f"{BASE}\n{planned}", files)
    done = CliRunner().invoke(app, ["check", str(tmp_path / "study.toml")])
    assert ("the wave is still planned" in str(done.exception)) == bool(there)
    if there:
        told(found, "wave 'w3': planned", "its file is there: wave3.csv", "Take planned out")
    else:
        assert found == ()


def test_two_patterns_may_not_take_the_same_rows(tmp_path):
    text = edited(('file = "wave2.csv"', 'file = "wave*.csv"'))
    both = {name: " ".join(FULL.values()) for name in FULL}
    told(against(tmp_path, text, both), "wave 'w2': file", "takes in 'wave1a.csv'", "fits twice")


def test_without_headers_no_raw_file_is_looked_at(tmp_path):
    assert not load(tmp_path).raw.exists()


def test_the_column_of_the_brand_is_looked_up(tmp_path):
    text = edited(("[data]\n", '[data]\nbrand = "MARKE"\n'))
    files = FULL | {"wave2.csv": f"{FULL['wave2.csv']} marke"}
    told(
        against(tmp_path, text, files),
        "[data]: brand",
        "no such column in 'wave1a.csv', 'wave2.csv'",
        'brand = "marke"',
    )


TRUST = """[quality]
duration = "SEC"
[[quality.implausible]]
label = "x"
columns = [{ column = "AGE", values = [999] }]
[field]
date = "DAY"
[super]"""
BLOCKS = """respondent = "ID"
blocks = [{ column = "BLOCK", values = [1], touchpoints = ["hotline"] }]
"""


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("SEC", "[quality]: duration"),
        ("AGE", "[[quality.implausible]] number 1: columns.0.column"),
        ("DAY", "[field]: date"),
        ("BLOCK", "[[data.blocks]] number 1: column"),
    ],
)
def test_columns_of_quality_fieldwork_and_blocks_are_looked_up(tmp_path, column, place):
    text = edited(("[super]", TRUST), ('respondent = "ID"', BLOCKS))
    others = " ".join({"SEC", "AGE", "DAY", "BLOCK"} - {column})
    files = {name: f"{header} {others}" for name, header in FULL.items()}
    told(against(tmp_path, text, files), place, f'"{column}": no such column', "take it out")


BRANDS = (
    ('rating = "R_{id}"', 'rating = { default = "R_{id}", w2 = "R_{id}_{brand}" }'),
    ("[super]", "[brands.a]\nlabel = 'A'\n[brands.b]\nlabel = 'B'\npart = '2'\n[super]"),
)


def stacked(*missing: str) -> dict[str, str]:
    columns = FULL["wave2.csv"].split()
    each = [f"{name}_{part}" for name in columns if name[:2] == "R_" for part in ("a", "2")]
    kept = [name for name in columns if name[:2] != "R_"] + each
    return FULL | {"wave2.csv": " ".join(name for name in kept if name not in missing)}


@pytest.mark.parametrize(
    ("missing", "place", "rule", "remedy"),
    [
        (
            ["R_advice_2"],
            "touchpoint 'advice': rating",
            "\"R_advice_2\": no such column in 'wave2.csv' (wave w2)",
            "name with {brand}, or part in [brands.ID]",
        ),
        (
            [f"R_{id_}_{part}" for id_ in ("website", "advice", "hotline") for part in ("a", "2")],
            "[columns]: rating",
            '"R_{id}_{brand}": 6 of the columns',
            'w2 = "NAME_{id}_{brand}" }',
        ),
    ],
)
def test_each_brand_has_its_columns(tmp_path, missing, place, rule, remedy):
    (tmp_path / "sound").mkdir()
    assert against(tmp_path / "sound", edited(*BRANDS), stacked()) == ()
    told(against(tmp_path, edited(*BRANDS), stacked(*missing)), place, rule, remedy)


def test_a_column_not_to_be_stored_that_no_file_has_is_a_slip(tmp_path):
    text = edited(("[super]", '[privacy]\nkeep = ["Remark"]\ndrop = ["PLAET"]\n[super]'))
    files = FULL | {"wave2.csv": f"{FULL['wave2.csv']} Remark PLATE"}
    told(against(tmp_path, text, files), "[privacy]: drop", "no file has such", '"PLATE"')
