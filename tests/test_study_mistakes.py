"""Every mistake in a study file is told, with place, rule and remedy, and all of them at once."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from study_base import ALL_DATA, BASE, edited, load, problems, told, waves
from supertouch.errors import StudyError
from supertouch.study import load_study

MISTAKES = tomllib.loads(Path(__file__).with_name("study_mistakes.toml").read_text("utf-8"))
SINGLE = [
    pytest.param(*case, id=f"{kind}-{number}")
    for kind, cases in MISTAKES.items()
    if kind not in ("shared_waves", "with_brands", "blocks")
    for number, case in enumerate(cases)
]


@pytest.mark.parametrize(
    ("old", "new", "place", "rule", "remedy"),
    SINGLE,
)
def test_a_mistake_is_one_problem_with_place_rule_and_remedy(
    tmp_path, old, new, place, rule, remedy
):
    told(problems(tmp_path, edited((old, new))), place, rule, remedy)


BRANDS = (
    (
        "[super]",
        '[brands.acme]\nlabel = "Acme"\npart = "1"\n\n'
        '[brands.zenith]\nlabel = "Zenith"\npart = "2"\n\n[super]',
    ),
    ('rating = "R_{id}"', 'rating = "R_{id}_{brand}"'),
)
BLOCKS = (
    (
        "[data.status]",
        '[[data.blocks]]\ncolumn = "BLOCK"\nvalues = ["a"]\n'
        'touchpoints = ["website", "hotline"]\n\n[data.status]',
    ),
)
PREPARED = [
    pytest.param(edits, *case, id=f"{kind}-{number}")
    for kind, edits in {"with_brands": BRANDS, "blocks": BLOCKS}.items()
    for number, case in enumerate(MISTAKES[kind])
]


@pytest.mark.parametrize(("edits", "old", "new", "place", "rule", "remedy"), PREPARED)
def test_a_mistake_in_a_study_with_brands_or_blocks_is_one_problem(
    tmp_path, edits, old, new, place, rule, remedy
):
    load(tmp_path, edited(*edits))
    told(problems(tmp_path, edited(*edits).replace(old, new)), place, rule, remedy)


CONTACTS = ("contact = false", 'contact = "C_phone"')


@pytest.mark.parametrize(
    ("edits", "place", "rule", "remedy"),
    [
        (
            [CONTACTS, ("[data]\n", "[data]\nmost_ratings = 4\n")],
            "[data]: most_ratings",
            "4: limits nothing: no wave has more than 3 touchpoint(s)",
            "take it out",
        ),
        (
            [
                ("[data]\n", '[data]\nbrand = { w2 = "REGION" }\n'),
                ("replicates = 200", 'covariates = ["region"]'),
            ],
            "[analysis]: covariates",
            '"region": this segment is the brand',
            "Take it out of covariates",
        ),
        (
            [
                ('weight = { default = "W", w1 = "WEIGHT" }\n', ""),
                ("[super]", "[weighting]\ntrim = [0.2, 5]\n[super]"),
            ],
            "[weighting]: trim",
            "[0.2, 5]: bounds weights, but the study has none",
            "take trim out",
        ),
        (
            [
                (BLOCKS[0][0], BLOCKS[0][1].replace('"BLOCK"', '{ w2 = "BLOCK" }')),
                ('rating = { w1 = "R_phone" }', 'rating = { w1 = "R_phone", w2 = false }'),
            ],
            "[[data.blocks]] number 1: touchpoints",
            '"hotline": has no rating in w2',
            "take it out of the block",
        ),
    ],
)
def test_options_that_do_nothing_or_are_done_already(tmp_path, edits, place, rule, remedy):
    told(problems(tmp_path, edited(*edits)), place, rule, remedy)


PLANNED = '\n[waves.{id}]\nlabel = "planned"\nplanned = true\n'


@pytest.mark.parametrize(
    ("text", "place", "rule", "remedy"),
    [
        (
            BASE.replace("[waves.w2]\n", "[waves.w2]\nplanned = true\n") + "[waves.w3]\n"
            'label = "3"\nfile = "wave3.csv"\n',
            "wave 'w2': planned",
            "stands before wave 'w3', which has answers",
            "Put planned waves last",
        ),
        (
            BASE + PLANNED.format(id="w3") + '[tracking]\ncompare = ["baseline"]\nbaseline = "w3"',
            "[tracking]: baseline",
            "is a planned wave",
            "Name a wave that has answers",
        ),
        (
            "".join(
                part + f"[waves.{id_}]\nplanned = true\n" if id_ else part
                for part, id_ in zip(
                    BASE.replace("[waves.w2]\n", "[waves.w1]\n").split("[waves.w1]\n"),
                    ("w1", "w2", ""),
                    strict=True,
                )
            ),
            "wave 'w1': planned",
            "every wave is planned",
            "Take planned out of the first wave",
        ),
    ],
)
def test_planned_waves_come_last_and_nothing_rests_on_them(tmp_path, text, place, rule, remedy):
    told(problems(tmp_path, text), place, rule, remedy)


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


def test_no_lost_or_doubled_line_ends_in_anything_but_problems(tmp_path):
    lines = BASE.splitlines()
    for number in range(len(lines)):
        for middle in ([], [lines[number]] * 2, [lines[number][:-1]]):
            with suppress(StudyError):
                load(tmp_path, "\n".join([*lines[:number], *middle, *lines[number + 1 :]]))
