"""Suspect respondents: planted ones are found and counted, honest ones are left alone."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interviews import interviews, study_of
from real_data import real_data
from supertouch.errors import DataError
from supertouch.intake import read, validate_wave
from supertouch.study import load_study
from supertouch.study.model import BRAND_COLUMN, Brand, Columns, Implausible, Quality, Text

ITEMS = 16
COPIES = {300: 20, 301: 20, 302: 45}
FAST = (100, 101, 102, 103)
STRAIGHT = (200, 201, 202)
WRONG = (400, 401)


def planted(n=600):
    """Return honest interviews with copies, fast and straight ones, and two 999-year-olds."""
    frame = interviews(n, ITEMS, seed=4)
    ratings = [f"R{j}" for j in range(ITEMS)]
    for copy, original in COPIES.items():
        frame.loc[copy, [*ratings, "NPS"]] = frame.loc[original, [*ratings, "NPS"]]
    frame.loc[list(STRAIGHT), ratings] = frame.loc[list(STRAIGHT), ratings].mask(
        lambda values: values.notna(), 4.0
    )
    draw = np.random.default_rng(5)
    frame["SECONDS"] = draw.uniform(300, 900, n).round()
    frame.loc[list(FAST), "SECONDS"] = 100
    frame["AGE"] = draw.integers(18, 80, n).astype(float)
    frame.loc[list(WRONG), "AGE"] = 999
    frame["KIDS"] = 0
    frame.loc[list(WRONG), "KIDS"] = 3
    return frame


def asked(*exclude):
    pattern = Implausible(
        Text({"en": "Too old for three children"}),
        ((Columns("AGE"), (999.0,)), (Columns("KIDS"), (3.0,))),
    )
    return study_of(
        ITEMS,
        quality=Quality(duration=Columns("SECONDS"), implausible=(pattern,), exclude=exclude),
    )


def test_planted_suspects_are_flagged_with_the_reason_and_stay():
    frame = planted()
    v = validate_wave(asked(), "w", frame, "w.csv")
    rows = {flag: set(lines["row"] - 2) for flag, lines in v.flags.groupby("flag")}
    assert rows["duplicate"] == set(COPIES)
    assert rows["speeder"] == set(FAST)
    assert rows["straight_liner"] >= set(STRAIGHT)
    assert rows["implausible"] == set(WRONG)
    assert (v.flags["file"] == "w.csv").all()
    detail = v.flags.set_index(["flag", "row"])["detail"]
    n = int(frame.loc[20].drop(["__row__", "SECONDS", "AGE", "KIDS"]).notna().sum())
    assert detail["duplicate", 302] == f"the same {n} answers as row 22"
    assert detail["implausible", 402] == "Too old for three children: AGE 999, KIDS 3"
    median = frame["SECONDS"].median()
    assert detail["speeder", 102] == f"100 seconds, less than 0.4 of the median {median:g}"
    told = v.quality.set_index("flag")
    assert told["n"].to_dict() == {flag: len(rows[flag]) for flag in told.index}
    assert told.loc["speeder", ["threshold", "n_checked", "share"]].tolist() == (
        [pytest.approx(0.4 * median), 600, pytest.approx(4 / 600)]
    )
    assert (
        told.loc["straight_liner", "n_checked"]
        == (frame.filter(regex="^R").notna().sum(axis=1) >= 8).sum()
    )
    assert told.loc["duplicate", "expected"] < 0.5
    assert not told["excluded"].any()
    assert not v.flags["excluded"].any()
    assert v.sample.loc[0, ["n_accepted", "n_excluded"]].tolist() == [600, 0]


def test_exclusion_only_on_request_and_nobody_is_counted_twice():
    frame = planted()
    frame.loc[300, "SECONDS"] = 100
    frame.loc[5, "R3"] = 77
    v = validate_wave(asked("speeder", "duplicate"), "w", frame, "w.csv")
    gone = {*COPIES, *FAST}
    assert set(v.responses["row"] - 2) == set(range(600)) - gone - {5}
    assert v.sample.loc[0, ["n_read", "n_accepted", "n_quarantined", "n_excluded"]].tolist() == (
        [600, 599 - len(gone), 1, len(gone)]
    )
    left = v.rejections[v.rejections["kind"] == "excluded"].set_index("column")
    assert left.loc["(answers)", "n"] == len(COPIES)
    assert left.loc["SECONDS", "n"] == len(FAST)
    assert left.loc["SECONDS", "rule"] == "speeder: less than 0.4 of the median duration"
    assert v.quality.set_index("flag")["n"][["duplicate", "speeder"]].tolist() == [3, 5]
    assert (v.empties["n"] == len(v.responses)).all()
    flags = v.flags.set_index("flag")["excluded"]
    assert flags[["duplicate", "speeder"]].all()
    assert not flags[["straight_liner", "implausible"]].any()
    assert (frame["__row__"].to_numpy()[v.position] == v.responses["row"]).all()


def test_honest_interviews_are_no_duplicates_beyond_the_stated_chance():
    found, expected = 0, 0.0
    for seed in range(12):
        for touchpoints, n in ((10, 150), (16, 1500)):
            frame = interviews(n, touchpoints, seed=seed, blank=0.05)
            told = validate_wave(study_of(touchpoints), "w", frame, "w.csv").quality
            found += int(told.loc[0, "n"])
            expected += told.loc[0, "expected"]
    assert expected < 3
    assert found <= 2


def test_like_minded_respondents_are_no_duplicates():
    frame = interviews(300, ITEMS, seed=1)
    frame.loc[0:9, [f"R{j}" for j in range(ITEMS)]] = 5
    frame.loc[0:9, "NPS"] = 10
    frame.loc[10:14, [f"R{j}" for j in range(8, ITEMS)]] = np.nan
    v = validate_wave(study_of(ITEMS), "w", frame, "w.csv")
    flags = v.flags.groupby("flag").size()
    assert "duplicate" not in flags
    assert flags["straight_liner"] >= 10


@pytest.mark.parametrize(
    "durations",
    [
        [600.0, 610, 590, 620, 100, None],
        ["600", "610,5", "590", "620", "100", ""],
        ["0:10:00", "00:10:10", "0:09:50", "0:10:20", "0:01:40", None],
        ["10:00", "10:10", "9:50", "10:20", "1:40", " "],
        [*map(time, [0] * 5, [10, 10, 9, 10, 1], [0, 10, 50, 20, 40]), None],
        pd.to_timedelta([600, 610, 590, 620, 100, None], unit="s"),
        ["0 days 00:10:00", "0 days 00:10:10", "0 days 00:09:50", "600", "0 days 00:01:40", "-5"],
    ],
)
def test_durations_are_read_however_they_are_written(durations):
    frame = interviews(6, 2, seed=1).assign(SECONDS=pd.Series(durations))
    study = study_of(2, quality=Quality(duration=Columns("SECONDS")))
    v = validate_wave(study, "w", frame, "w.csv")
    speeders = v.quality.set_index("flag").loc["speeder"]
    assert speeders[["n_checked", "n"]].tolist() == [5, 1]
    assert speeders["threshold"] == pytest.approx(0.4 * 600)
    assert v.flags["row"].tolist() == [6]


def test_a_column_without_any_duration_is_refused():
    frame = interviews(3, 2, seed=1).assign(SECONDS=["web", "phone", None])
    study = study_of(2, quality=Quality(duration=Columns("SECONDS")))
    with pytest.raises(DataError, match=r"column 'SECONDS'.*'web'.*is no duration"):
        validate_wave(study, "w", frame, "w.csv")


def wide(n=80):
    """Return interviews with two brands side by side; the second was not asked of everybody."""
    one, two = interviews(n, 6, seed=2, blank=0.1), interviews(n, 6, seed=3, blank=0.1)
    two.loc[n // 2 :, [f"R{j}" for j in range(6)]] = np.nan
    two.loc[n // 2 :, "NPS"] = np.nan
    one = one.rename(columns={name: f"A_{name}" for name in one if name != "__row__"})
    two = two.rename(columns={name: f"B_{name}" for name in two}).drop(columns="B___row__")
    frame = pd.concat([one, two], axis="columns").assign(ID=[f"p{i}" for i in range(n)])
    answers = [name for name in frame if name[:2] in ("A_", "B_")]
    frame.loc[30, answers] = frame.loc[3, answers]
    frame.loc[31, [name for name in answers if name.startswith("A_")]] = frame.loc[3, answers]
    return frame


def test_stacked_brands_are_judged_by_respondent():
    study = study_of(
        6,
        respondent=Columns("ID"),
        brand=Columns(BRAND_COLUMN),
        brands=(Brand("a", Text(), "A"), Brand("b", Text(), "B")),
        quality=Quality(exclude=("duplicate",)),
    )
    patterns = {
        "touchpoints": tuple(
            replace(item, rating=Columns("{brand}_" + f"R{j}"))
            for j, item in enumerate(study.touchpoints)
        ),
        "outcomes": (replace(study.outcomes[0], items=(Columns("{brand}_NPS"),)),),
    }
    v = validate_wave(replace(study, **patterns), "w", wide(), "w.csv")
    assert v.flags[v.flags["flag"] == "duplicate"][["row", "detail"]].values.tolist() == (
        [[32, v.flags["detail"].iloc[0]]]
    )
    assert "row 5" in v.flags["detail"].iloc[0]
    assert v.sample.loc[0, ["n_read", "n_accepted", "n_excluded"]].tolist() == [160, 118, 42]
    left = v.rejections.set_index("rule")["n"]
    assert left["brand not asked"] == 40
    assert left.sum() == 42
    assert v.quality.set_index("flag").loc["duplicate", "n"] == 1


def test_san_francisco_has_straight_liners_in_2017_and_copies_in_2015():
    raw = real_data("sfo", "raw")
    example = Path(__file__).parent.parent / "examples" / "sfo" / "study.toml"
    study = load_study(example, raw=raw)
    told = {}
    for wave in ("2015", "2017"):
        path = next(raw.glob(f"{wave}_*.csv"))
        told[wave] = validate_wave(study, wave, read(path).frame, path.name)
    counts = told["2017"].quality.set_index("flag")
    assert counts["n"].to_dict() == {
        "duplicate": 0,
        "speeder": 0,
        "straight_liner": 186,
        "implausible": 0,
    }
    assert counts.loc["straight_liner", "n_checked"] == 2725
    assert counts.loc["speeder", "n_checked"] == 0
    copies = told["2015"].flags.query("flag == 'duplicate'")
    assert len(copies) == 6
    assert copies["detail"].str.contains("the same 23 answers as row 792").sum() == 4
    weights = told["2017"].weights.iloc[0]
    assert weights["source"] == "taken"
    assert weights["n_eff"] == pytest.approx(2337.1, abs=0.1)
    assert weights["design_effect"] == pytest.approx(1.2113, abs=1e-4)
    assert (told["2017"].sample["n_eff"] == weights["n_eff"]).all()
