"""Weights: taken and checked, raked to margins, kept within bounds, or refused by name."""

import numpy as np
import pandas as pd
import pytest

from interviews import interviews, segment, study_of
from real_data import real_data
from supertouch.errors import UnsupportedError
from supertouch.intake import validate_wave
from supertouch.study.model import Columns, Margin, Privacy, Quality, Weighting


def validated(frame, *margins, trim=None, taken=False, **changes):
    study = study_of(
        2,
        segments=tuple(segment(name.lower(), name) for name in ("TYPE", "WIDE") if name in frame),
        weight=Columns("W") if taken else Columns(),
        weighting=Weighting(margins, trim),
        **changes,
    )
    return validate_wave(study, "w", frame, "w.csv")


def people(**columns):
    n = len(next(iter(columns.values())))
    return interviews(n, 2, seed=1, blank=0).assign(**columns)


def test_weights_are_taken_as_they_are_and_the_refused_counted_by_kind():
    weight = ["1", "2,5", "0.5", None, "x", "inf", "0", "-1", "-0,5", "1e9", "1"]
    v = validated(people(W=weight), taken=True)
    assert v.responses["weight"].tolist() == [1, 2.5, 0.5, 1]
    line = v.weights.iloc[0]
    assert line["source"] == "taken"
    assert line[["n", "n_missing", "n_zero", "n_negative", "n_extreme"]].tolist() == [4, 3, 1, 2, 1]
    assert line[["minimum", "median", "maximum"]].tolist() == [0.4, 0.8, 2.0]
    assert line["n_eff"] == pytest.approx(25 / 8.5)
    assert line["design_effect"] == pytest.approx(4 * 8.5 / 25)
    assert v.sample.loc[0, "n_eff"] == pytest.approx(line["n_eff"])
    assert v.sample.loc[0, "n_quarantined"] == 7


def test_without_weights_everybody_counts_alike():
    v = validated(people(TYPE=["a"] * 5))
    assert v.weights.loc[0, ["source", "n_eff", "design_effect"]].tolist() == ["none", 5, 1]
    assert v.margins.empty


def schools():
    frame = pd.read_csv(real_data("oracle", "data", "apistrat.csv"))
    return people(TYPE=frame["stype"], WIDE=frame["sch.wide"], W=frame["pw"])


SCHOOLS = (
    Margin("type", {"E": 4421, "H": 755, "M": 1018}),
    Margin("wide", {"No": 1072, "Yes": 5122}),
)


def test_raking_equals_survey_rake_from_raw_rows_to_responses():
    frame = schools()
    v = validated(frame, *SCHOOLS, taken=True)
    weight = v.responses["weight"] * 6194 / 200
    found = weight.groupby([frame["TYPE"], frame["WIDE"]]).first()
    # survey::rake stops once no total is off by more than one person of 6,194
    assert found.tolist() == pytest.approx(
        [44.54129, 44.17672, 15.16514, 15.04102, 20.47766, 20.31005], rel=1e-4
    )
    line = v.weights.iloc[0]
    assert line["source"] == "raked"
    assert line["design_effect"] == pytest.approx(1.186366, abs=2e-5)
    assert line["largest_gap"] < 1e-8
    shares = v.margins.set_index(["segment", "segment_value"])
    assert shares["after"].tolist() == pytest.approx(shares["target"].tolist())
    assert shares.loc[("type", "E"), ["n", "target"]].tolist() == [100, pytest.approx(4421 / 6194)]
    assert shares.loc[("wide", "No"), "before"] == pytest.approx(
        frame["W"][frame["WIDE"] == "No"].sum() / frame["W"].sum()
    )


def test_trimming_and_margins_hold_together():
    low, high = 0.487, 1.43
    free = validated(schools(), *SCHOOLS, taken=True)
    v = validated(schools(), *SCHOOLS, taken=True, trim=(low, high))
    part = v.responses["weight"] / v.responses["weight"].mean()
    assert free.weights.loc[0, "minimum"] < low < high < free.weights.loc[0, "maximum"]
    assert (part.min(), part.max()) == (pytest.approx(low), pytest.approx(high))
    assert v.margins["after"].tolist() == pytest.approx(v.margins["target"].tolist(), abs=1e-7)
    assert v.weights.loc[0, "n_trimmed"] > 0
    assert v.weights.loc[0, "iterations"] > free.weights.loc[0, "iterations"]


def test_taken_weights_are_trimmed_to_parts_of_their_mean():
    v = validated(people(W=[1.0] * 90 + [30.0] * 10), taken=True, trim=(0.2, 5.0))
    weight = v.responses["weight"]
    assert weight.max() / weight.mean() == pytest.approx(5)
    assert weight.nunique() == 2
    assert v.weights.loc[0, ["source", "n_trimmed"]].tolist() == ["taken", 10]


def test_unknown_values_keep_their_share_and_wave_targets_come_first():
    frame = people(TYPE=["a"] * 30 + ["b"] * 50 + [None] * 20, W=[1.0] * 80 + [2.0] * 20)
    v = validated(frame, Margin("type", {"a": 1, "b": 9}, {"w": {"a": 0.5, "b": 0.5}}), taken=True)
    shares = v.margins.set_index("segment_value")
    assert shares["target"].fillna(-1).to_dict() == {"a": 0.5, "b": 0.5, "": -1}
    assert shares["after"].to_dict() == pytest.approx({"a": 0.5, "b": 0.5, "": 40 / 120})
    assert v.responses["weight"][80] == pytest.approx(2 * 100 / 120)
    assert v.responses["weight"].mean() == pytest.approx(1)


def test_a_value_that_nobody_has_takes_no_part_with_a_target_of_0():
    frame = people(TYPE=["a"] * 30 + ["b"] * 70)
    with_zero = validated(frame, Margin("type", {"a": 1, "b": 1}, {"w": {"a": 3, "c": 0, "b": 1}}))
    without = validated(frame, Margin("type", {"a": 0.75, "b": 0.25}))
    weight = with_zero.responses["weight"]
    assert weight.to_numpy() == pytest.approx(without.responses["weight"].to_numpy())
    shares = with_zero.margins.set_index("segment_value")
    assert shares.loc["c", ["n", "before", "after", "target"]].tolist() == [0, 0, 0, 0]


def test_rows_of_one_respondent_are_weighted_alike():
    ids = [f"p{i // 2}" for i in range(40)]
    frame = people(ID=ids, BRAND=["x", "y"] * 20, TYPE=["a"] * 12 + ["b"] * 28)
    design = {
        "respondent": Columns("ID"),
        "brand": Columns("BRAND"),
        "privacy": Privacy(min_base=1),
    }
    v = validated(frame.drop(index=1), Margin("type", {"a": 0.5, "b": 0.5}), **design)
    weight = v.responses.groupby("respondent")["weight"]
    assert (weight.nunique() == 1).all()
    assert weight.first()[["p0", "p1", "p19"]].tolist() == pytest.approx([10 / 6, 10 / 6, 10 / 14])
    frame.loc[0, "TYPE"] = "b"
    with pytest.raises(UnsupportedError, match="differs between the rows of one respondent"):
        validated(frame, Margin("type", {"a": 0.5, "b": 0.5}), **design)


def test_margins_hide_groups_that_are_too_small():
    frame = people(TYPE=["a"] * 60 + ["b"] * 5 + ["c"] * 20 + ["d"] * 40)
    v = validated(frame, Margin("type", {"a": 0.4, "b": 0.1, "c": 0.2, "d": 0.3}))
    assert v.margins["segment_value"].tolist() == ["a", "d"]


CROSSED = {"TYPE": ["a"] * 50 + ["b"] * 50, "WIDE": ["x"] * 50 + ["y"] * 50}
NEARLY = {"TYPE": ["a"] * 50 + ["b"] * 50, "WIDE": ["x"] * 50 + ["y"] * 49 + ["x"]}


@pytest.mark.parametrize(
    ("columns", "margins", "trim", "told"),
    [
        (
            CROSSED,
            [Margin("type", {"a": 0.3, "b": 0.4, "c": 0.3})],
            None,
            [
                "margin 'type': value 'c', target 0.3: has a target but no respondent",
                "[waves.w.margins.type]",
            ],
        ),
        (
            CROSSED,
            [Margin("type", {"a": 1.0}), Margin("wide", {"x": 100, "y": 0})],
            None,
            [
                "margin 'type': value 'b', target 0: has respondents but no target",
                "margin 'wide': value 'y', target 0: has respondents but no target",
            ],
        ),
        (
            CROSSED,
            [Margin("type", {"a": 0.3, "b": 0.7}), Margin("wide", {"x": 0.6, "y": 0.4})],
            None,
            ["margins contradict each other", "No respondent has it together with wide 'x'"],
        ),
        (
            NEARLY,
            [Margin("type", {"a": 0.3, "b": 0.7}), Margin("wide", {"x": 0.3, "y": 0.7})],
            None,
            ["is still on its way after 1000 rounds", "very few respondents"],
        ),
        (
            CROSSED,
            [Margin("type", {"a": 0.9, "b": 0.1})],
            (0.3, 1.5),
            [
                "value 'a', target 0.9: can reach a share of 0.75 at most",
                "value 'b', target 0.1: cannot fall below a share of 0.25",
            ],
        ),
        (CROSSED, [Margin("type", {"a": 0.3, "b": 0.5})], None, ["0.8: is the sum of the shares"]),
        (CROSSED, [Margin("type", {"a": 0, "b": 0})], None, ["0: is the sum of the targets"]),
        (
            {"TYPE": [None] * 20, "WIDE": ["x"] * 20},
            [Margin("type", {"a": 0.5, "b": 0.5})],
            None,
            ["its values are known of nobody in this wave"],
        ),
        (CROSSED, [], (1.1, 3.0), ["weighting trim: (1.1, 3.0): leaves no room"]),
    ],
)
def test_what_cannot_be_weighted_is_explained_by_name(columns, margins, trim, told):
    with pytest.raises(UnsupportedError) as caught:
        validated(people(**columns), *margins, trim=trim)
    for text in told:
        assert text in str(caught.value)
    assert "None" not in str(caught.value), "without bounds nothing is said of them"
    assert all(problem.remedy for problem in caught.value.problems)


def test_suspects_left_out_take_no_part_in_the_weights():
    frame = people(TYPE=["a"] * 30 + ["b"] * 70, SECONDS=[60.0] * 10 + [600.0] * 90)
    margin = Margin("type", {"a": 0.5, "b": 0.5})
    quality = Quality(duration=Columns("SECONDS"), exclude=("speeder",))
    v = validated(frame, margin, quality=quality)
    assert v.margins.set_index("segment_value")["n"].to_dict() == {"a": 20, "b": 70}
    assert v.responses["weight"].iloc[[0, -1]].tolist() == pytest.approx([45 / 20, 45 / 70])
    assert v.sample.loc[0, "n_excluded"] == 10
    assert np.isclose(v.sample.loc[0, "weight_sum"], 90)
    same = validated(frame[10:].reset_index(drop=True), margin)
    assert same.responses["weight"].tolist() == pytest.approx(v.responses["weight"].tolist())
