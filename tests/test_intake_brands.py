"""Brands with columns of their own are what the same answers in a row per brand are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from supertouch.errors import DataError
from supertouch.findings import analyze_wave
from supertouch.intake import validate_wave
from supertouch.intake.stacked import stack
from supertouch.study import load_study

STUDY = """\
[study]
id = "brands"
title = "Brands"
languages = ["en"]

[data]
respondent = "ID"
{data}

[scales.rating]
min = 1
max = 5
best = 5

[scales.ten]
min = 0
max = 10
best = 10
step = 0

[codes]
not_met = [6]
not_asked = [7]

[columns]
rating = "R_{{id}}{part}"

[touchpoints]
shop = {{ label = "Shop", phase = "before" }}
app = {{ label = "App", phase = "during" }}
help = {{ label = "Help", phase = "after" }}

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
column = "LOY{part}"
scale = "ten"
codes = {{ not_met = [], not_asked = [] }}

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "ten"
codes = {{ not_met = [], not_asked = [] }}

[waves.w1]
label = "1"
file = "w1.csv"

[segments.region]
label = "Region"
column = "REGION"

{more}
[analysis]
replicates = 50
imputations = 20
"""
LABELS = "".join(
    f'[brands.{id_}]\nlabel = "{id_}"\npart = "{n}"\n\n' for n, id_ in enumerate("abc")
)
ITEMS = ("R_shop", "R_app", "R_help", "LOY")


def wide_study(folder: Path, more: str = LABELS):
    return written(folder, STUDY.format(data="", part="_{brand}", more=more))


def long_study(folder: Path):
    return written(folder, STUDY.format(data='brand = "BRAND"', part="", more=""))


def written(folder: Path, text: str):
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.toml")


def answered(n: int = 120, seed: int = 4) -> pd.DataFrame:
    """Answers about some of three brands, in long form: a row per respondent and brand."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"ID": np.repeat(np.arange(n), 3), "BRAND": np.tile(list("abc"), n)})
    level = np.tile([0.0, 0.5, 1.0], n)
    x = np.clip(np.round(3 + level[:, None] + rng.normal(size=(3 * n, 3))), 1, 5)
    met = rng.random((3 * n, 3)) < 0.8
    frame[list(ITEMS[:3])] = np.where(met, x, 6).astype(int)
    frame["LOY"] = np.clip(
        5 + level + (met * (x - 3)).sum(axis=1) + rng.normal(size=3 * n), 0, 10
    ).round(2)
    frame["NPS"] = np.repeat(np.clip(rng.normal(7, 2, n), 0, 10).round(2), 3)
    frame["REGION"] = np.repeat(np.where(np.arange(n) % 3 == 0, "N", "S"), 3)
    return frame[rng.random(3 * n) < 0.9].reset_index(drop=True)


def by_column(long: pd.DataFrame) -> pd.DataFrame:
    """Return the same answers in a row per respondent, with columns for each brand."""
    shared = long.groupby("ID", sort=False)[["NPS", "REGION"]].first()
    own = long.pivot(index="ID", columns="BRAND", values=list(ITEMS))
    own.columns = [f"{item}_{'abc'.index(brand)}" for item, brand in own.columns]
    return shared.join(own).reset_index()


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(__row__=np.arange(2, len(frame) + 2))


def told_apart(responses: pd.DataFrame) -> pd.DataFrame:
    """Return responses without what hangs on the place in the file: row and unit get numbers."""
    unit = pd.factorize(responses["cluster"])[0].astype(str)
    return responses.assign(row=np.arange(len(responses)), cluster=unit)


def test_columns_per_brand_and_rows_per_brand_give_the_same_results(tmp_path):
    long = answered()
    studies = wide_study(tmp_path / "wide"), long_study(tmp_path / "long")
    frames = numbered(by_column(long)), numbered(long)
    found = [
        validate_wave(study, "w1", frame, "w1.csv")
        for study, frame in zip(studies, frames, strict=True)
    ]
    wide, tall = (told_apart(item.responses) for item in found)
    assert_frame_equal(wide, tall)
    assert len(wide) == len(long)
    assert wide["cluster"].nunique() == long["ID"].nunique()
    counts = found[0].sample.iloc[0]
    assert counts["n_read"] == 3 * len(frames[0])
    assert counts["n_excluded"] == counts["n_read"] - len(long) > 0
    left = found[0].rejections.query("rule == 'brand not asked'")
    assert left[["kind", "n"]].values.tolist() == [["excluded", counts["n_excluded"]]]
    one, other = (
        analyze_wave(study, "w1", responses, complete=False)
        for study, responses in zip(studies, (wide, tall), strict=True)
    )
    assert one.keys() == other.keys()
    assert set(one["models"].query("segment == 'brand'")["segment_value"]) == set("abc")
    for name in one:
        assert_frame_equal(one[name], other[name])


def small(**columns) -> pd.DataFrame:
    return numbered(pd.DataFrame({"ID": ["7", "8", "9"], "NPS": "5", "REGION": "N"} | columns))


def asked(values: dict[str, list[str | None]]) -> dict[str, list[str | None]]:
    blank = {f"{item}_{n}": [None] * 3 for item in ITEMS for n in range(3)}
    return blank | values


def test_a_row_per_brand_that_was_asked(tmp_path):
    """A code for not asked is an entry; a blank, or blanks alone, is none."""
    frame = small(
        **asked(
            {"R_shop_1": ["4", " ", "7"], "LOY_0": ["3", None, None], "R_app_2": [None, "", "6"]}
        )
    )
    tall, n = stack(wide_study(tmp_path), "w1", frame)
    assert tall[["ID", "__brand__", "__row__"]].values.tolist() == [
        ["7", "a", 2],
        ["7", "b", 2],
        ["9", "b", 4],
        ["9", "c", 4],
    ]
    assert n == 9 - 4
    assert tall["R_shop_{brand}"].tolist()[1:3] == ["4", "7"]
    assert list(tall.columns) == [
        "ID", "NPS", "REGION", "__row__", "LOY_{brand}",
        "R_shop_{brand}", "R_app_{brand}", "R_help_{brand}", "__brand__",
    ]  # fmt: skip


def test_rows_at_fault_keep_their_brands(tmp_path):
    fault = {"__fault__": [None, "3 of 15 fields", None]}
    frame = small(**asked({"LOY_0": ["3", None, None]}), **fault)
    tall, n = stack(wide_study(tmp_path), "w1", frame)
    assert tall["ID"].tolist() == ["7", "8", "8", "8"]
    assert n == 5


def test_studies_without_such_brands_keep_their_rows(tmp_path):
    frame = numbered(answered(5))
    assert stack(long_study(tmp_path), "w1", frame) == (frame, 0)


def test_a_respondent_s_second_row_is_a_duplicate_about_each_brand(tmp_path):
    frame = small(**asked({"LOY_0": ["3", "4", "5"], "LOY_1": ["1", None, "2"]}))
    frame["ID"] = ["7", "8", "7"]
    v = validate_wave(wide_study(tmp_path), "w1", frame, "w1.csv")
    assert v.responses[["respondent", "brand", "cluster"]].values.tolist() == [
        ["7", "a", "w1:2"],
        ["7", "b", "w1:2"],
        ["8", "a", "w1:3"],
    ]
    assert v.quarantine["row"].tolist() == [4, 4]
    assert v.quarantine["value"].tolist() == ["ID 7, __brand__ a", "ID 7, __brand__ b"]


def test_without_an_id_the_rows_of_a_line_are_one_unit(tmp_path):
    text = STUDY.format(data="", part="_{brand}", more=LABELS).replace('respondent = "ID"\n', "")
    frame = small(**asked({"LOY_0": ["3", "4", "5"], "LOY_1": ["1", None, "2"]}))
    found = validate_wave(written(tmp_path, text), "w1", frame, "w1.csv").responses
    assert found["cluster"].tolist() == ["w1:2", "w1:2", "w1:3", "w1:4", "w1:4"]


def test_labels_and_codes_of_the_file_hold_for_stacked_columns(tmp_path):
    frame = small(**asked({"LOY_0": ["3", "99", "5"]}))
    meta = {
        "value_labels": {"LOY_0": {"99": "no answer"}},
        "missing_codes": {"LOY_0": [[99.0, 99.0]]},
    }
    v = validate_wave(wide_study(tmp_path), "w1", frame, "w1.csv", meta=meta)
    assert v.quarantine["rule"].tolist() == [
        'code 99 is declared missing in the file ("no answer") but not in the study: '
        "add it to [codes]"
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="R_app_1"), r"'R_app_1'.*for brand 'b'.*\[brands\.b\]"),
        (lambda f: f.assign(__brand__="a"), "stands for the brands"),
    ],
)
def test_files_that_cannot_be_stacked_say_why(tmp_path, change, words):
    with pytest.raises(DataError, match=words):
        stack(wide_study(tmp_path), "w1", change(small(**asked({}))))
