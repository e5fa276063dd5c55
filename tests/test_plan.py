"""The plan of measures: written, edited in TOML or Excel, read back, and followed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import supertouch
from supertouch.decisions.draft_plan import draft_plan
from supertouch.decisions.monitoring import monitor
from supertouch.errors import StudyError, UnsupportedError
from supertouch.instruments.plan import read_measures, read_plan, write_plan
from supertouch.study import load_study
from supertouch.study.model import Measure, Text

DEMO = Path(supertouch.__file__).parent / "demo"


@pytest.fixture(scope="module")
def study():
    return load_study(DEMO / "study.toml")


@pytest.fixture(scope="module")
def measures(study):
    return read_measures(study, DEMO / "plan.toml")


AWKWARD = Measure(
    id="odd_one",
    touchpoint="hotline",
    label=Text({"de": '=SUMME(A1) "Ärger"\n\\ Größe', "en": "+cmd|' /C calc'!A0"}),
    target=4.75,
    based_on="2026q3",
    owner="@Service",
    note="-- \t <script>",
)


def test_grades_are_turned(study, measures):
    repair = next(item for item in measures if item.id == "repair_five_days")
    assert repair.target == pytest.approx(7 - 2.6)
    assert repair.start == date(2026, 7, 1)


@pytest.mark.parametrize("suffix", [".toml", ".xlsx"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_plan_comes_back_as_it_was_written(study, measures, tmp_path, suffix, language):
    path = tmp_path / f"plan{suffix}"
    plan = (*measures, AWKWARD)
    write_plan(study, plan, path, language=language)
    back = read_measures(study, path)
    assert [replace(item, label=Text(), note="") for item in back] == [
        replace(item, label=Text(), note="") for item in plan
    ]
    for was, now in zip(plan, back, strict=True):
        texts = {code: now.label.within(code) for code in study.languages}
        assert texts == {code: was.label.within(code) for code in study.languages}
        assert now.note.split() == was.note.split()


def test_excel_is_edited_by_people(study, measures, tmp_path):
    from openpyxl import load_workbook

    path = write_plan(study, measures[:2], tmp_path / "plan.xlsx", language="de")
    book = load_workbook(path)
    page = book.active
    keys = {cell.value: cell.column for cell in page[3] if cell.value}
    assert page.row_dimensions[3].hidden
    assert [str(item.type) for item in page.data_validations.dataValidation] == ["list"] * 3
    typed = {
        "touchpoint": "Rechnung und Mahnung", "label_de": "Klarer Text", "target": "2,1",
        "based_on": "3. Quartal 2026", "cost": 8000, "effort": "gering", "start": date(2027, 1, 4),
        "excludes": "repair_five_days",
    }  # fmt: skip
    for key, value in typed.items():
        page.cell(7, keys[key]).value = value
    book.save(path)
    added = read_measures(study, path)[-1]
    assert (added.id, added.touchpoint, added.based_on) == ("invoice_1", "invoice", "2026q3")
    assert added.target == pytest.approx(4.9)
    assert (added.cost, added.effort, added.excludes) == (8000, "low", ("repair_five_days",))
    assert added.label.within("en") == "Klarer Text"
    assert added.start == date(2027, 1, 4)


MISTAKES = """
[measures.one]
touchpoint = "hotlin"
label = { de = "A", en = "A" }
target = 9
based_on = "2026q9"
cost = -5
start = "soon"
effort = "huge"
excludes = ["none_such"]
ownr = "x"

[measures.Two]
touchpoint = "hotline"
target = 9
based_on = "2026q1"

[measures.three]
touchpoint = "app"
label = "App"
target = 2
based_on = "2026q1"

[measures.four]
touchpoint = "hotline"
label = "Hotline"
target = 0.5
based_on = "2026q1"

[extra]
"""


def test_every_mistake_is_told_at_once(study, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(MISTAKES, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_measures(study, path)
    told = "\n".join(map(str, caught.value.problems))
    for words in (
        "extra", "hotlin", "2026q9", "-5", "soon", "huge", "none_such",
        "Write owner", "'Two'", "'Two', label: is missing", "not rated",
        "off the scale from 1 to 6",
    ):  # fmt: skip
        assert words in told, words
    assert all(problem.remedy for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "words"),
    [("[measures.a\n", "no TOML"), ("measures = 3", "no table"), ("[measures]\na = 1", "no table")],
)
def test_a_broken_plan_is_refused(study, tmp_path, text, words):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        read_measures(study, path)


def test_no_plan_is_no_mistake_and_other_files_are_refused(study, tmp_path):
    assert read_plan(replace(study, folder=tmp_path)) == ()
    with pytest.raises(UnsupportedError, match=r"\.xlsx"):
        write_plan(study, [], tmp_path / "plan.csv", language="de")
    with pytest.raises(StudyError, match=r"\.xlsx"):
        read_measures(study, tmp_path / "plan.csv")
    (tmp_path / "other.xlsx").write_bytes(b"no workbook")
    with pytest.raises(StudyError, match="Excel"):
        read_measures(study, tmp_path / "other.xlsx")


def performance(wave, mean, error, touchpoint="repair"):
    return {
        "wave": wave, "segment": "", "touchpoint": touchpoint, "n_rated": 300,
        "satisfaction": mean, "satisfaction_low": mean - error, "satisfaction_high": mean + error,
    }  # fmt: skip


def tables(now, error=0.1):
    """Two waves with a known effect: 0.5 outcome points per grade, of half of the customers."""
    rng = np.random.default_rng(1)
    waves = ("2026q2", "2026q3")
    levers = [
        {
            "wave": wave, "outcome": outcome, "unit": "mean", "touchpoint": "repair", "n": 1000,
            "n_eff": 900.0, "reach": 0.5, "mean": mean, "headroom": 6 - mean, "spread": 1.0,
            "best_mean": 5.0, "effect": 0.5, "p_value": 0.001, "outcome_spread": 1.0,
            "degrees": 400,
        }
        for wave, mean in zip(waves, (4.0, now), strict=True)
        for outcome in ("loyalty", "recommendation")
    ]  # fmt: skip
    draws = [
        {
            "wave": wave, "replicate": k, "outcome": outcome, "touchpoint": "repair", "reach": 0.5,
            "mean": mean, "beta": 0.5 + shift, "beta_nps": np.nan,
        }
        for wave, mean in zip(waves, (4.0, now), strict=True)
        for outcome in ("loyalty", "recommendation")
        for k, shift in enumerate(rng.normal(0, 0.05, 200))
    ]  # fmt: skip
    outcomes = [
        {"wave": wave, "segment": "", "outcome": outcome, "mean": 3.5, "nps": 0.0, "proxy": False}
        for wave in waves
        for outcome in ("loyalty", "recommendation")
    ]
    explained = [
        {
            "wave": "2026q3", "against": "2026q2", "comparison": "previous", "outcome": outcome,
            "touchpoint": "repair", "part": "experience", "change": 0.5 * 0.5 * (now - 4.0),
            "change_low": 0.5 * 0.5 * (now - 4.0) - 0.05,
            "change_high": 0.5 * 0.5 * (now - 4.0) + 0.05,
        }
        for outcome in ("loyalty", "recommendation")
    ]  # fmt: skip
    frames = {"levers": levers, "draws": draws, "outcomes": outcomes, "change_explained": explained}
    frames["performance"] = [performance("2026q2", 4.0, 0.1), performance("2026q3", now, error)]
    return {name: pd.DataFrame(rows) for name, rows in frames.items()}


@pytest.mark.parametrize(
    ("now", "error", "status", "agrees"),
    [(4.6, 0.1, "met", True), (4.4, 0.1, "open", True), (4.1, 0.1, "not_met", False)],
)
def test_measures_are_followed_up(study, measures, now, error, status, agrees):
    repair = next(item for item in measures if item.id == "repair_five_days")
    found = monitor(study, tables(now, error), [repair])
    assert found.outcome.tolist() == ["loyalty", "recommendation"]
    row = found.iloc[0]
    assert (row.status, row.agrees, row.wave) == (status, agrees, "2026q3")
    assert row.forecast == pytest.approx(0.5 * 0.5 * 0.4)
    assert row.forecast_low < row.forecast < row.forecast_high
    assert row.came == pytest.approx(0.25 * (now - 4.0))
    assert (row.before, row.now) == (4.0, now)


def test_a_measure_of_the_last_wave_is_planned_still(study, measures):
    repair = next(item for item in measures if item.id == "repair_five_days")
    found = monitor(study, tables(4.6), [replace(repair, based_on="2026q3", target=5.0)])
    assert set(found.status) == {"planned"}
    assert found.now.isna().all()
    assert found.forecast.iloc[0] == pytest.approx(0.5 * 0.5 * 0.4)
    assert monitor(study, tables(4.6), []).empty


def test_a_wave_that_was_over_before_the_measure_began_does_not_judge_it(study, measures):
    repair = next(item for item in measures if item.id == "repair_five_days")
    waves = (*study.waves[:2], replace(study.waves[2], end=date(2026, 6, 30)))
    found = monitor(replace(study, waves=waves), tables(4.6), [repair])
    assert set(found.status) == {"planned"}


def decided(rows):
    base = {"wave": "2026q3", "decision": "concentrate", "with_touchpoint": "", "gain": 0.1}
    return pd.DataFrame([base | row for row in rows])


def test_plan_is_drafted_from_decisions(study):
    portfolio = decided(
        [
            {"touchpoint": "delivery", "satisfaction": 4.7, "gain": 0.05},
            {"touchpoint": "hotline", "satisfaction": 4.2, "gain": 0.2},
            {"touchpoint": "repair", "satisfaction": 5.95, "gain": 0.3},
            {"touchpoint": "manual", "satisfaction": 3.9, "decision": "recombine",
             "with_touchpoint": "app", "gain": np.nan},
            {"touchpoint": "press", "satisfaction": 4.0, "decision": "neglect"},
        ]
    )  # fmt: skip
    tracking = pd.DataFrame(
        [
            {"wave": "2026q3", "measure": "satisfaction", "comparison": "previous",
             "weighted": True, "touchpoint": "manual", "detectable": 0.8},
        ]
    )  # fmt: skip
    found = draft_plan(study, {"portfolio": portfolio, "tracking": tracking}, wave="2026q3")
    drafted = {item.touchpoint: item for item in found}
    assert list(drafted) == ["repair", "hotline", "delivery", "manual"]
    assert drafted["hotline"].target == pytest.approx(7 - 2.5)  # the study's own target
    assert drafted["delivery"].target == pytest.approx(4.7 + 0.1 * 5)  # one step
    assert drafted["manual"].target == pytest.approx(3.9 + 0.8)  # what a wave can tell
    assert drafted["repair"].target == 6.0
    assert drafted["manual"].label.within("de").startswith("Bedienungsanleitung mit Ahornbach-App")
    assert drafted["hotline"].owner == "Service"


def test_a_draft_can_be_written_and_read(study, tmp_path):
    portfolio = decided([{"touchpoint": "hotline", "satisfaction": 4.2}])
    found = draft_plan(study, {"portfolio": portfolio}, wave="2026q3")
    path = write_plan(study, found, tmp_path / "plan.toml", language="de")
    assert read_measures(study, path) == found
