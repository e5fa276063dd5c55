"""The study file: what it says is what the Study holds, and every mistake in it is told at once."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from supertouch.errors import DataError, Problem, StudyError
from supertouch.study import Codes, Columns, Contact, Study, load_study
from supertouch.study.document import TABLES, keys_of
from supertouch.study.model import Analysis, SuperRule

DOCS = Path(__file__).parents[1] / "docs" / "study-file.md"

BASE = """\
[study]
id = "demo"
title = { de = "Titel", en = "Title" }

[data]
respondent = "ID"
weight = { default = "W", w1 = "WEIGHT" }
cluster = "RUN"

[data.status]
column = "STATUS"
current = [1]
former = [2]

[[data.exclude]]
column = "TEST"
values = [1]
reason = "Test interview"

[scales.rating]
min = 1
max = 5
best = 5

[scales.likely]
min = 0
max = 10
best = 10

[codes]
dont_know = [98]
refused = [99]

[columns]
rating = "R_{id}"
contact = { default = "C_{id}", w1 = "K_{id}" }

[touchpoints.website]
label = { de = "Website", en = "Website" }
phase = "before"
channel = "online"
cost = 1200

[touchpoints.advice]
label = "Advice"
phase = "during"
brand_fit = { w2 = "FIT" }

[touchpoints.hotline]
label = "Hotline"
phase = "after"
rating = { w1 = "R_phone" }
contact = false

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
items = ["L1", "L2", "L3"]
reversed = ["L3"]
status = ["current"]

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = { w2 = "NPS" }
scale = "likely"

[waves.w1]
label = "2025"
file = "wave1*.csv"

[waves.w2]
label = "2026"
file = "wave2.csv"

[segments.region]
label = "Region"
column = "REGION"
values = { 1 = "North", south = "South" }

[super]
min_base = 80

[analysis]
replicates = 200
"""

SHARED = """\
[waves.w1]
label = "2025"
{one}

[waves.w2]
label = "2026"
{two}
"""


def edited(*edits: tuple[str, str]) -> str:
    """Return the sound study with some of its lines changed, each found exactly once."""
    text = BASE
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str = BASE) -> Study:
    return load_study(write(folder, text))


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as caught:
        load(folder, text)
    return caught.value.problems


def waves(one: str, two: str) -> tuple[str, str]:
    """Return the edit that gives the waves of the sound study other lines."""
    start = BASE.index("[waves.w1]")
    return BASE[start : BASE.index("[segments.region]")], SHARED.format(one=one, two=two) + "\n"


# what a sound file becomes


def test_a_sound_file_becomes_the_study_that_it_describes(tmp_path):
    study = load(tmp_path)
    assert study.folder == tmp_path
    assert study.raw == tmp_path / "data" / "raw"
    assert study.title.within("de") == "Titel"
    assert study.languages == ("de", "en")
    assert [item.id for item in study.touchpoints] == ["website", "advice", "hotline"]
    assert [item.id for item in study.waves] == ["w1", "w2"]
    assert study.touchpoint("website").cost == 1200
    assert study.touchpoint("advice").label.within("de") == "Advice"
    assert study.weight == Columns("W", {"w1": "WEIGHT"})
    assert study.stratum == Columns()
    assert study.status is not None
    assert study.status.codes == {"current": (1.0,), "former": (2.0,)}
    assert study.exclusions[0].values == (1.0,)
    assert study.exclusions[0].reason.within("en") == "Test interview"
    assert list(study.segments[0].values) == [1.0, "south"]
    assert study.rule == SuperRule(min_base=80)
    assert study.analysis == Analysis(replicates=200)


def test_columns_come_from_the_item_then_from_the_pattern(tmp_path):
    study = load(tmp_path)
    found = {
        (item.id, wave, key): getattr(item, key).within(wave)
        for item in study.touchpoints
        for wave in ("w1", "w2")
        for key in ("rating", "contact", "brand_fit")
    }
    assert found == {
        ("website", "w1", "rating"): "R_website",
        ("website", "w1", "contact"): "K_website",
        ("website", "w1", "brand_fit"): None,
        ("website", "w2", "rating"): "R_website",
        ("website", "w2", "contact"): "C_website",
        ("website", "w2", "brand_fit"): None,
        ("advice", "w1", "rating"): "R_advice",
        ("advice", "w1", "contact"): "K_advice",
        ("advice", "w1", "brand_fit"): None,
        ("advice", "w2", "rating"): "R_advice",
        ("advice", "w2", "contact"): "C_advice",
        ("advice", "w2", "brand_fit"): "FIT",
        ("hotline", "w1", "rating"): "R_phone",
        ("hotline", "w1", "contact"): None,
        ("hotline", "w2", "rating"): "R_hotline",
        ("hotline", "w2", "contact"): None,
        ("hotline", "w1", "brand_fit"): None,
        ("hotline", "w2", "brand_fit"): None,
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ('"X"', {"w1": "X", "w2": "X"}),
        ("false", {"w1": None, "w2": None}),
        ('{ default = "X", w1 = false }', {"w1": None, "w2": "X"}),
        ('{ default = false, w2 = "X" }', {"w1": None, "w2": "X"}),
        ('{ w2 = "Q_{id}" }', {"w1": "K_website", "w2": "Q_website"}),
        ('"  X  "', {"w1": "X", "w2": "X"}),
    ],
)
def test_a_touchpoint_s_own_columns_override_the_pattern(tmp_path, spec, expected):
    study = load(tmp_path, edited(("cost = 1200", f"contact = {spec}")))
    contact = study.touchpoint("website").contact
    assert {wave: contact.within(wave) for wave in ("w1", "w2")} == expected


def test_outcomes_are_asked_where_they_have_a_column(tmp_path):
    study = load(tmp_path)
    loyalty, recommendation = study.outcomes
    assert loyalty.waves == ("w1", "w2")
    assert loyalty.min_items == 2
    assert loyalty.reversed_items == (False, False, True)
    assert loyalty.status == ("current",)
    assert recommendation.waves == ("w2",)
    assert recommendation.min_items == 1
    assert study.outcome_of("recommendation", "w1") is None


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_half_of_the_items_rounded_up_makes_a_score(tmp_path, k):
    names = ", ".join(f'"L{i}"' for i in range(k))
    text = edited(('items = ["L1", "L2", "L3"]\nreversed = ["L3"]', f"items = [{names}]"))
    assert load(tmp_path, text).outcome("loyalty").min_items == -(-k // 2)


@pytest.mark.parametrize(
    ("lines", "disappointed", "delighted"),
    [
        ("min = 1\nmax = 5\nbest = 5", 2, 5),
        ("min = 1\nmax = 6\nbest = 1", 5, 1),
        ("min = 1\nmax = 7\nbest = 7", 2, 7),
        ("min = 0\nmax = 10\nbest = 10", 3, 9),
        ("min = 0\nmax = 1\nbest = 1", 0, 1),
        ("min = 1\nmax = 3\nbest = 3\nstep = 0.5", 1.5, 3),
        ("min = 0\nmax = 50\nbest = 50\nstep = 0", 20, 40),
        ("min = 1\nmax = 5\nbest = 5\ndisappointed = 3\ndelighted = 4", 3, 4),
    ],
)
def test_bands_default_to_the_worst_two_and_the_best_fifth(
    tmp_path, lines, disappointed, delighted
):
    text = edited(("min = 1\nmax = 5\nbest = 5", lines))
    scale = load(tmp_path, text).scales["rating"]
    assert (scale.disappointed, scale.delighted) == (disappointed, delighted)


def test_codes_and_contact_rules_override_single_keys(tmp_path):
    text = edited(
        ("refused = [99]", 'refused = [99]\nblank = "not_asked"\n[contact]\nmet = [1, 3]'),
        ("cost = 1200", "codes = { not_met = [6], refused = ['n/a'] }"),
        ("contact = false", 'contact_rule = { when_blank = "not_met" }'),
    )
    study = load(tmp_path, text)
    assert study.touchpoint("website").codes == Codes(
        not_met=(6.0,), dont_know=(98.0,), refused=("n/a",), blank="not_asked"
    )
    assert study.outcome("loyalty").codes.refused == (99.0,)
    assert study.touchpoint("advice").contact_rule == Contact(met=(1.0, 3.0))
    assert study.touchpoint("hotline").contact_rule == Contact(met=(1.0, 3.0), when_blank="not_met")


def test_waves_may_share_a_file_by_values_or_by_dates(tmp_path):
    data = ("[data]\n", '[data]\nfile = "all.sav"\nwave = "WAVE"\n')
    by_values = load(tmp_path, edited(data, waves("values = [1]", 'values = [2, "b"]')))
    assert [wave.file for wave in by_values.waves] == ["all.sav", "all.sav"]
    assert by_values.wave("w2").values == (2.0, "b")
    dates = ("from = 2025-01-01\nto = 2025-01-31", "from = 2026-01-01\nto = 2026-01-31")
    by_dates = load(tmp_path, edited(data, waves(*dates)))
    assert (by_dates.wave("w1").start, by_dates.wave("w1").end) == (
        date(2025, 1, 1),
        date(2025, 1, 31),
    )


def test_a_raw_folder_given_at_the_call_comes_first(tmp_path):
    assert load_study(write(tmp_path, BASE), raw=tmp_path / "here").raw == tmp_path / "here"


def test_a_proxy_may_be_read_from_the_column_of_another_outcome(tmp_path):
    text = edited(
        ('items = ["L1", "L2", "L3"]\nreversed = ["L3"]', 'column = "ALL"\nproxy = true'),
        (
            "[waves.w1]",
            '[outcomes.overall]\nlabel = "Overall"\nrole = "satisfaction"\ncolumn = "ALL"\n'
            "[waves.w1]",
        ),
    )
    assert load(tmp_path, text).outcome("loyalty").proxy


def test_a_large_study_loads_in_a_moment(tmp_path):
    many = "".join(f'[touchpoints.t{i}]\nlabel = "T{i}"\nphase = "after"\n\n' for i in range(100))
    path = write(tmp_path, edited(("[outcomes.loyalty]", f"{many}[outcomes.loyalty]")))
    load_study(path)
    start = time.perf_counter()
    assert len(load_study(path).touchpoints) == 103
    assert time.perf_counter() - start < 0.2


# single mistakes: each is one problem, with its place, rule and remedy

ALL_DATA = ("[data]\n", '[data]\nfile = "all.sav"\nwave = "WAVE"\n')
MISTAKES = tomllib.loads(Path(__file__).with_name("study_mistakes.toml").read_text("utf-8"))
SINGLE = [
    pytest.param(*case, id=f"{kind}-{number}")
    for kind, cases in MISTAKES.items()
    if kind != "shared_waves"
    for number, case in enumerate(cases)
]


def told(found: Sequence[Problem], place: str, rule: str, remedy: str) -> None:
    """Check that the one problem says where, what and how to mend it."""
    assert len(found) == 1, "\n".join(map(str, found))
    problem = found[0]
    assert problem.place.removeprefix("study.toml, ") == place
    assert rule in f"{problem.value}: {problem.rule}"
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("old", "new", "place", "rule", "remedy"),
    SINGLE,
)
def test_a_mistake_is_one_problem_with_place_rule_and_remedy(
    tmp_path, old, new, place, rule, remedy
):
    told(problems(tmp_path, edited((old, new))), place, rule, remedy)


@pytest.mark.parametrize(("one", "two", "place", "rule", "remedy"), MISTAKES["shared_waves"])
def test_waves_that_share_a_file_do_not_share_rows(tmp_path, one, two, place, rule, remedy):
    told(problems(tmp_path, edited(ALL_DATA, waves(one, two))), place, rule, remedy)


def test_a_code_on_the_scale_of_many_touchpoints_is_told_once(tmp_path):
    text = edited(
        ("[scales.likely]", "[scales.marks]\nmin = 1\nmax = 99\nbest = 1\n\n[scales.likely]"),
        ('phase = "before"', 'phase = "before"\nscale = "marks"'),
        ('phase = "during"', 'phase = "during"\nscale = "marks"'),
        ('phase = "after"', 'phase = "after"\nscale = "marks"\ncodes = { refused = [] }'),
    )
    first, second = problems(tmp_path, text)
    told([first], "[codes]", "touchpoints website, advice dont_know = [98], refused = [99]", "each")
    assert first.remedy.endswith("codes = { dont_know = [], refused = [] }")
    told([second], "touchpoint 'hotline': codes", "inherits dont_know = [98]", "[touchpoints.hotl")
    assert second.remedy.endswith("codes = { refused = [], dont_know = [] }")


@pytest.mark.parametrize("table", ["touchpoints", "outcomes", "waves"])
def test_a_study_without_touchpoint_outcome_or_wave_is_none(tmp_path, table):
    text = re.sub(rf"\[{table}\..*?(?=^\[(?!{table}))", "", BASE, flags=re.DOTALL | re.MULTILINE)
    places = {problem.place for problem in problems(tmp_path, text)}
    assert f"study.toml, [{table}]" in places


# all mistakes at once


TEN = (
    ('phase = "after"', 'phase = "later"'),
    ("cost = 1200", "cots = 1200"),
    ("[touchpoints.advice]", "[touchpoints.website]"),
    ("best = 10", "best = 5"),
    ("refused = [99]", "refused = [3, 98]"),
    ('reversed = ["L3"]', 'reversed = ["L9"]'),
    ('file = "wave2.csv"', 'file = "../wave2.csv"'),
    ("min_base = 80", "min_reach = 5"),
    ('scale = "likely"', 'scale = "likly"'),
    ('label = "Region"', "label = Region"),
)


def test_ten_mistakes_of_all_kinds_are_told_at_once(tmp_path):
    found = [
        problem.place.removeprefix("study.toml, ") for problem in problems(tmp_path, edited(*TEN))
    ]
    assert sorted(found) == sorted(
        [
            "touchpoint 'hotline': phase",
            "touchpoint 'website'",  # the unknown key
            "line 44, column 21",  # the second [touchpoints.website]
            "scale 'likely': best",
            "[codes]",  # 98 means two things
            "[codes]",  # 3 is an answer on the touchpoints' scale
            "outcome 'loyalty': codes",  # and on that of loyalty
            "outcome 'loyalty': reversed",
            "wave 'w2': file",
            "[super]: min_reach",
            "outcome 'recommendation': scale",
            "line 77, column 9",
        ]
    )


def test_the_error_says_everything_in_one_text(tmp_path):
    with pytest.raises(StudyError) as caught:
        load(tmp_path, edited(*TEN))
    assert len(str(caught.value).splitlines()) == len(caught.value.problems) == 12
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(("old", "new"), [case[:2] for case in MISTAKES["syntax"]])
def test_a_slip_in_the_toml_hides_nothing_below_it(tmp_path, old, new):
    text = edited((old, new), ("min_base = 80", "min_reach = 5"), ('"L3"]\nre', '"L3"]\nreh'))
    assert {problem.place for problem in problems(tmp_path, text)} > {
        "study.toml, [super]: min_reach",
        "study.toml, outcome 'loyalty'",
    }


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"[study]\nid = 'x", "opened but not closed"),
        (b'[study]\nid = """x\n', "opened but not closed"),
        (b"[study]\nid = '\xe4'\n", "not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, rule):
    path = tmp_path / "study.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StudyError, match=rule):
        load_study(path)


def test_a_file_with_byte_order_mark_and_windows_line_ends_is_read(tmp_path):
    path = tmp_path / "study.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert load_study(path).id == "demo"


# against the raw files


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


def test_a_missing_raw_folder_is_one_problem(tmp_path):
    with pytest.raises(StudyError, match="no such folder") as caught:
        load_study(write(tmp_path, BASE), headers=lambda path, sheet: [])
    assert len(caught.value.problems) == 1


def test_two_patterns_may_not_take_the_same_rows(tmp_path):
    text = edited(('file = "wave2.csv"', 'file = "wave*.csv"'))
    both = {name: " ".join(FULL.values()) for name in FULL}
    told(against(tmp_path, text, both), "wave 'w2': file", "takes in 'wave1a.csv'", "fits twice")


def test_without_headers_no_raw_file_is_looked_at(tmp_path):
    assert not load(tmp_path).raw.exists()


# the page that documents it


def documented() -> dict[str, dict[str, str]]:
    """Return the keys that the page documents, by table, with what it says of their defaults."""
    tables: dict[str, dict[str, str]] = {}
    table = ""
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        if header := re.match(r"#+ `\[+([a-z.]+?)(?:\.ID)?\]+`", line):
            table = header[1]
        elif line.startswith("#"):
            table = ""
        elif (row := re.match(r"\| `([a-z_]+)` \|[^|]*\| ([^|]*) \|", line)) and table:
            tables.setdefault(table, {})[row[1]] = row[2]
    return tables


def test_the_page_names_every_key_and_no_other():
    assert {table: set(keys) for table, keys in documented().items()} == {
        table: set(keys_of(table)) for table in TABLES if table
    }
    assert {table.split(".")[0] for table in documented()} == set(keys_of(""))


def test_the_page_states_the_defaults():
    page = documented()
    rules = {"super": SuperRule(), "analysis": Analysis()}
    for table, rule in rules.items():
        for key, stated in page[table].items():
            assert stated == f"`{getattr(rule, key):g}`", f"{table}.{key}"
    contact = Contact()
    for key in ("when_blank", "when_dont_know", "contradiction"):
        assert page["contact"][key] == f'`"{getattr(contact, key)}"`'
    assert page["contact"]["not_met"] == "`[0, 2]`"
    assert page["codes"]["blank"] == f'`"{Codes().blank}"`'


def test_the_page_marks_what_is_required():
    required = {
        (table, key)
        for table, keys in documented().items()
        for key in keys
        if documented()[table][key] == "required"
    }
    assert required == {
        (table, info.alias or name)
        for table, model in TABLES.items()
        for name, info in model.model_fields.items()
        if "required" in info.metadata
    }


@pytest.mark.parametrize("number", [0, 1])
def test_the_examples_of_the_page_are_sound(tmp_path, number):
    examples = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2
    assert load(tmp_path, examples[number]).touchpoints
