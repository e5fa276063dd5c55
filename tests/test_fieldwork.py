"""A wave in the field, against values worked out by hand; real partial data beside them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from interviews import interviews, segment, study_of
from real_data import real_data
from supertouch.errors import DataError
from supertouch.intake import read, validate_wave
from supertouch.intake.fieldwork import field_tables
from supertouch.study import load_study
from supertouch.study.model import (
    BRAND_COLUMN,
    Block,
    Brand,
    Codes,
    Columns,
    Contact,
    Fieldwork,
    Outcome,
    StatusRule,
    Text,
    Touchpoint,
    Wave,
)


def tables(study, frame):
    return field_tables(study, "w", frame, validate_wave(study, "w", frame, "w.csv"))


def dated(days, **changes):
    frame = interviews(len(days), 2, seed=1, blank=0).assign(DAY=days)
    field = replace(Fieldwork(date=Columns("DAY")), **changes.pop("field", {}))
    return study_of(2, fieldwork=field, **changes), frame


def test_days_without_returns_count_and_refused_rows_do_not():
    days = ["04.03.2026"] * 3 + ["06.03.2026 17:20"] * 2 + ["", "2026-03-07"]
    study, frame = dated(
        days,
        field={"target": 70},
        waves=(Wave("w", Text(), "w.csv", start=date(2026, 3, 3), end=date(2026, 3, 9)),),
    )
    frame.loc[0, "R0"] = 77
    told = tables(study, frame)["field_days"]
    assert told["day"].tolist() == [f"2026-03-0{d}" for d in (3, 4, 5, 6, 7)] + [""]
    assert told["n"].tolist() == [0, 3, 0, 2, 1, 1]
    assert told["n_accepted"].tolist() == [0, 2, 0, 2, 1, 1]
    assert told["total"].tolist() == [0, 2, 2, 4, 5, 6]
    assert told["expected"].tolist()[:5] == [10, 20, 30, 40, 50]
    assert told["n"].sum() == len(frame)


@pytest.mark.parametrize("days", [[None] * 3, ["2026-03-07"] * 3, ["2026-03-07", None, None]])
def test_the_first_day_is_no_trouble(days):
    study, frame = dated(days, segments=(segment("region", "REGION"),))
    told = tables(study, frame.assign(REGION=["a", "b", None]))
    assert told["field_days"]["n"].sum() == 3
    assert told["field_bases"]["segment"].unique().tolist() == [""]
    assert not told["field_bases"]["enough"].any()
    alone = tables(study, frame.iloc[:1].assign(REGION="a"))
    assert alone["field_bases"]["half_width"].isna().all()


def test_a_column_without_dates_is_refused():
    study, frame = dated(["Monday", "Tuesday"])
    with pytest.raises(DataError, match=r"column 'DAY'.*is no date"):
        tables(study, frame)


def test_quotas_and_when_they_are_full():
    days = ["2026-03-01"] * 10 + ["2026-03-08"] * 4 + ["2026-03-10"] * 10
    region = ["n"] * 8 + ["s"] * 2 + ["n"] * 4 + ["s"] * 3 + ["n"] * 7
    quotas = {"region": {"n": 30, "s": 5, "w": 6}}
    study, frame = dated(days, field={"quotas": quotas}, segments=(segment("region", "REGION"),))
    told = tables(study, frame.assign(REGION=region))["field_quotas"].set_index("segment_value")
    assert told["n"].tolist() == [19, 5, 0]
    assert told["missing"].tolist() == [11, 0, 6]
    assert told["share"].tolist() == pytest.approx([19 / 30, 1, 0])
    # the last seven days are 4 to 10 March, with 11 interviews in the north
    assert told["forecast"].tolist()[:2] == [7.0, 0.0]
    assert np.isnan(told.loc["w", "forecast"])


def test_bases_against_the_ratings_that_the_precision_needs():
    frame = interviews(60, 1, seed=1, blank=0)
    frame["R0"] = [1.0, 5.0, np.nan] * 20
    study = study_of(1, fieldwork=Fieldwork(precision=0.5))
    told = tables(study, frame)["field_bases"].iloc[0]
    n, variance = 40, 4.0
    error = np.sqrt(variance / (n - 1)) * np.sqrt(60 / 59 * 39 / 40)
    assert told[["n", "n_rated", "n_eff"]].tolist() == [60, 40, 40]
    assert told["half_width"] == pytest.approx(t.ppf(0.975, 39) * error)
    # (t·sd/precision)² ratings: t with the degrees of freedom of that many
    effect = error**2 * n / variance
    wanted = min(
        m for m in range(2, 200) if m >= (t.ppf(0.975, m * 39 / 40) * 2 / 0.5) ** 2 * effect
    )
    assert told["n_needed"] == wanted
    assert told["respondents_needed"] == pytest.approx(wanted * 60 / 40, abs=1.5)
    assert not told["enough"]
    larger = pd.concat([frame] * 4, ignore_index=True).assign(__row__=range(2, 242))
    assert tables(study, larger)["field_bases"].loc[0, "enough"]


def test_clusters_make_more_interviews_needed_and_small_groups_stay_hidden():
    draw = np.random.default_rng(2)
    run = np.repeat(np.arange(30), 10)
    frame = interviews(300, 1, seed=1, blank=0).assign(RUN=run)
    frame["R0"] = np.clip(np.round(3 + draw.normal(0, 1, 30)[run] + draw.normal(0, 0.5, 300)), 1, 5)
    frame["REGION"] = ["a"] * 150 + ["b"] * 120 + ["c"] * 21 + ["d"] * 9
    study = study_of(1, segments=(segment("region", "REGION"),))
    alone = tables(study, frame)["field_bases"]
    told = tables(replace(study, cluster=Columns("RUN")), frame)["field_bases"]
    assert told.loc[0, "n_needed"] > 4 * alone.loc[0, "n_needed"]
    assert told["segment_value"].tolist() == ["", "a", "b"]
    assert told["n"].tolist() == [300, 150, 120]


def test_a_touchpoint_that_all_rate_alike_needs_more_before_it_is_enough():
    frame = interviews(40, 1, seed=1, blank=0).assign(R0=5)
    told = tables(study_of(1), frame)["field_bases"].iloc[0]
    assert np.isnan(told["half_width"])
    assert not told["enough"]


CODES = Codes(not_met=(6.0,), dont_know=(8.0,), refused=(9.0,))
ROUTED = {
    # contact 2 is not met; each row ends where its name says
    "whole": [1, 4, 2, None, 5, 9],
    "whole_not_met_at_the_end": [1, 4, 2, None, 6, 9],
    "whole_dont_know": [1, 8, 1, 8, 8, 3],
    "skips_one": [1, None, 1, 3, 4, 7],
    "nothing": [None] * 6,
    "after_contact_a": [1, None, None, None, None, None],
    "after_rating_a": [1, 4, None, None, None, None],
    "after_not_met": [1, 4, 2, None, None, None],
    "refuses_the_end": [1, 4, 1, 3, 9, None],
}


def routed():
    touchpoint = Touchpoint(
        "a", Text(), "during", codes=CODES, contact_rule=Contact(not_met=(2.0,))
    )
    study = study_of(
        0,
        touchpoints=(
            replace(touchpoint, contact=Columns("C1"), rating=Columns("Q1")),
            replace(touchpoint, id="b", contact=Columns("C2"), rating=Columns("Q2")),
            replace(touchpoint, id="c", rating=Columns("Q3")),
        ),
    )
    frame = pd.DataFrame(ROUTED.values(), columns=["C1", "Q1", "C2", "Q2", "Q3", "NPS"])
    return study, frame.assign(__row__=range(2, len(frame) + 2))


def test_drop_out_by_question_in_the_order_of_the_file():
    study, frame = routed()
    told = tables(study, frame)["field_dropout"]
    assert told["column"].tolist() == ["", "C1", "Q1", "C2", "Q2", "Q3", "NPS"]
    assert told["item"].tolist() == ["", "a", "a", "b", "b", "c", "nps"]
    assert told["n_last"].tolist() == [1, 1, 1, 1, 1, 0, 0]
    assert told["n_reached"].tolist() == [9, 8, 7, 6, 5, 4, 4]
    assert told["n_answered"].tolist() == [9, 8, 6, 6, 3, 4, 4]
    assert told["share_last"].tolist() == pytest.approx([1 / 9, 1 / 8, 1 / 7, 1 / 6, 1 / 5, 0, 0])
    turned = frame[["NPS", "Q3", "Q2", "C2", "Q1", "C1", "__row__"]]
    v = validate_wave(study, "w", turned, "w.csv")
    again = field_tables(study, "w", turned, v, columns=list(frame.columns))["field_dropout"]
    pd.testing.assert_frame_equal(again, told)


def test_what_was_not_put_to_a_respondent_is_no_drop_out():
    frame = interviews(6, 2, seed=1, blank=0).assign(BLOCK=[1, 1, 1, 2, 2, 2], STATUS=[1, 1, 2] * 2)
    frame = frame[["NPS", "R0", "R1", "BLOCK", "STATUS", "__row__"]]
    frame.loc[:2, "R1"] = np.nan
    frame.loc[5, "R1"] = np.nan
    frame["L"] = [5, 4, None, 3, None, None]
    loyalty = Outcome(
        "loyalty",
        Text(),
        "loyalty",
        (Columns("L"),),
        (False,),
        "rating",
        waves=("w",),
        status=("current",),
    )
    study = study_of(2)
    study = replace(
        study,
        outcomes=(*study.outcomes, loyalty),
        blocks=(
            Block(Columns("BLOCK"), (1.0, 2.0), ("t0",)),
            Block(Columns("BLOCK"), (2.0,), ("t1",)),
        ),
        status=StatusRule(Columns("STATUS"), {"current": (1.0,), "former": (2.0,)}),
    )
    told = tables(study, frame)["field_dropout"].set_index("column")
    # row 5 skips R1 and is not asked about loyalty; row 4 is asked and says nothing
    assert told["n_last"].to_dict() == {"NPS": 0, "R0": 1, "R1": 1, "L": 0}


def test_brands_side_by_side_have_each_their_questions():
    frame = interviews(30, 4, seed=1, blank=0).rename(
        columns={"R0": "A_R0", "R1": "A_R1", "R2": "B_R0", "R3": "B_R1"}
    )
    frame.loc[:9, ["B_R0", "B_R1"]] = np.nan
    frame.loc[10:14, ["B_R1", "NPS"]] = np.nan
    study = study_of(2, brand=Columns(BRAND_COLUMN))
    study = replace(
        study,
        brands=(Brand("a", Text(), "A"), Brand("b", Text(), "B")),
        touchpoints=tuple(
            replace(item, rating=Columns("{brand}_" + f"R{j}"))
            for j, item in enumerate(study.touchpoints)
        ),
    )
    told = tables(study, frame)
    out = told["field_dropout"].set_index("column")
    assert out["n_last"].to_dict() == {"A_R0": 0, "A_R1": 0, "B_R0": 5, "B_R1": 0, "NPS": 0}
    assert told["field_bases"].loc[0, ["n", "n_rated"]].tolist() == [30, 50]


def test_mobile_operators_week_by_week_and_an_airport_without_dates():
    example = Path(__file__).parent.parent / "examples"
    study = load_study(example / "mobiles" / "study.toml", raw=real_data("spss"))
    frame = read(real_data("spss", "mobiles_feedback_4_weeks.sav")).frame
    days = pd.to_datetime(frame["StartDate"]).dt.date
    week = study.wave("week1")
    first = frame[(days >= week.start) & (days <= week.end)].reset_index(drop=True)
    field = Fieldwork(Columns("StartDate"), target=250, quotas={"operator": {"1": 50, "10": 10}})
    study = replace(study, fieldwork=field)
    v = validate_wave(study, "week1", first, "mobiles")
    told = field_tables(study, "week1", first, v)
    by_day = told["field_days"].set_index("day")["n"]
    assert by_day.to_dict() == {
        "2019-07-22": 0,
        "2019-07-23": 63,
        "2019-07-24": 0,
        "2019-07-25": 126,
        "2019-07-26": 23,
    }
    assert told["field_quotas"]["n"].tolist() == [39, 15]
    assert told["field_dropout"]["n_last"].sum() == 0
    total = told["field_bases"].query("segment == ''")
    assert total["n_rated"].head(3).tolist() == [212, 212, 212]
    sfo = load_study(example / "sfo" / "study.toml", raw=real_data("sfo", "raw"))
    path = next(real_data("sfo", "raw").glob("2017_*.csv"))
    raw = read(path).frame
    airport = field_tables(sfo, "2017", raw, validate_wave(sfo, "2017", raw, path.name))
    assert airport["field_days"].empty
    breaks = airport["field_dropout"].set_index("item")["n_last"]
    assert breaks["security"] == breaks.max() == 41
