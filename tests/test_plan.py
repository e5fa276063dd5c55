"""The plan of measures: written, edited in TOML or Excel, read back, and followed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import supertouch
from supertouch import pipeline
from supertouch.decisions.draft_plan import draft_plan
from supertouch.decisions.monitoring import judged_by, monitor, with_ends
from supertouch.errors import StudyError, UnsupportedError
from supertouch.instruments.plan import read_measures, read_plan, write_plan
from supertouch.pipeline import files
from supertouch.study import load_study
from supertouch.study.model import Measure, Text

DEMO = Path(supertouch.__file__).parent / "demo"


@pytest.fixture(scope="module")
def study():
    return load_study(DEMO / "study.toml")


@pytest.fixture(scope="module")
def measures(study):
    return read_measures(study, DEMO / "plan.toml")


def exported(study):
    source = pipeline.plan_path(study)
    return pipeline.convert_plan(study, source, source.with_suffix(".xlsx"), language="de")


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


def edited(path, rows):
    """Type values into the sheet: by row, then by key."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    keys = {cell.value: cell.column for cell in book.active[3] if cell.value}
    for line, values in rows.items():
        for key, value in values.items():
            book.active.cell(line, keys[key]).value = value
    book.save(path)
    return path


def test_a_row_needs_no_wave_and_takes_german_dates(study, measures, tmp_path):
    path = write_plan(study, measures[:1], tmp_path / "plan.xlsx", language="de")
    row = {"touchpoint": "invoice", "label_de": "Klar", "target": "2,1", "start": "1.10.2026"}
    later = row | {"cost": "6000,50", "touchpoint": "hotline", "start": "2026-10-02"}
    added = read_measures(study, edited(path, {6: row, 7: later}))[1:]
    assert [item.based_on for item in added] == [study.waves[-1].id] * 2
    assert [item.start for item in added] == [date(2026, 10, 1), date(2026, 10, 2)]
    assert added[1].cost == 6000.5


def test_mistakes_in_excel_are_told_in_the_words_of_the_sheet(study, measures, tmp_path):
    path = write_plan(study, measures[:4], tmp_path / "plan.xlsx", language="de")
    wrong = {
        5: {"cost": "6.000 €", "effort": "riesig", "start": "31.02.2027"},
        6: {"cost": "6.000", "target": "gut", "label_de": None, "label_en": None},
        7: {"id": None},
        9: {"label_de": "Neu", "touchpoint": "Nirgends hier", "target": 2.0},
    }
    with pytest.raises(StudyError) as caught:
        read_measures(study, edited(path, wrong))
    told = [str(problem).removeprefix("plan.xlsx, ") for problem in caught.value.problems]
    words = [
        ('Kennung: "hotline_callback"', "in row 8", "Write it into Kennung of row 7 or row 9"),
        ('row 5, Kosten: "6.000 €"', "Write 6000, without a sign"),
        ('row 5, Beginn: "31.02.2027"', "such as 01.07.2026"),
        ('row 5, Aufwand: "riesig"', "is not one of gering, mittel, hoch"),
        ('row 6, Soll: "gut"', "Write a number such as 2,1"),
        ('row 6, Kosten: "6.000"', "Write 6000"),
        ("row 6, Maßnahme (DE): is missing",),
        ('row 9, Kontaktpunkt: "Nirgends hier"',),
    ]
    assert len(told) == len(words), told
    for parts in words:
        assert any(all(part in line for part in parts) for line in told), parts
    assert not any("=" in line or "[" in line for line in told)


def test_the_sheet_names_each_touchpoint_beside_its_id(study, measures, tmp_path):
    from openpyxl import load_workbook

    book = load_workbook(write_plan(study, measures, tmp_path / "plan.xlsx", language="en"))
    page, lists = book.active, book["lists"]
    keys = {cell.value: cell.column_letter for cell in page[3] if cell.value}
    cell = page[f"{keys['touchpoint_label']}9"]
    assert page[f"{keys['touchpoint_label']}4"].value == "Name of the touchpoint"
    assert f"MATCH({keys['touchpoint']}9,lists!" in cell.value
    assert cell.protection.locked
    names = {lists.cell(k, 1).value: lists.cell(k, 4).value for k in range(1, lists.max_row + 1)}
    assert names == {item.id: item.label.within("en") for item in study.touchpoints}


@pytest.mark.parametrize("run", [pipeline.read_plan, exported])
def test_without_a_plan_the_commands_say_how_to_begin(study, tmp_path, run):
    with pytest.raises(StudyError, match="supertouch plan draft"):
        run(replace(study, folder=tmp_path))


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


def tables(now, error=0.1, surplus=0.0):
    """Two waves with a known effect: 0.5 outcome points per grade, of half of the customers."""
    rng, came = np.random.default_rng(1), 0.5 * 0.5 * (now - 4.0) + surplus
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
            "touchpoint": "repair", "part": "experience", "change": came, "change_low": came - 0.05,
            "change_high": came + 0.05,
        }
        for outcome in ("loyalty", "recommendation")
    ]  # fmt: skip
    frames = {"levers": levers, "draws": draws, "outcomes": outcomes, "change_explained": explained}
    frames["performance"] = [performance("2026q2", 4.0, 0.1), performance("2026q3", now, error)]
    return {name: pd.DataFrame(rows) for name, rows in frames.items()}


@pytest.mark.parametrize(
    ("now", "surplus", "status", "agrees"),
    [
        (5.2, 0.0, "met", True),  # three times what was aimed at, as it was to be expected
        (4.4, 0.051, "open", True),  # two intervals leave more to chance than one
        (4.4, 0.060, "open", False),
        (4.1, 0.0, "not_met", True),  # little moved, and little came of it
        (4.1, 0.075, "not_met", False),  # what the target would have brought
    ],
)
def test_measures_are_followed_up(study, measures, now, surplus, status, agrees):
    repair = next(item for item in measures if item.id == "repair_five_days")
    found = monitor(study, tables(now, surplus=surplus), [repair])
    assert found.outcome.tolist() == ["loyalty", "recommendation"]
    row = found.iloc[0]
    assert (row.status, row.agrees, row.wave) == (status, agrees, "2026q3")
    assert row.forecast == pytest.approx(0.5 * 0.5 * 0.4)
    assert row.forecast_low < row.forecast < row.forecast_high
    assert row.expected == pytest.approx(0.25 * (now - 4.0))
    assert row.expected_high - row.expected_low == pytest.approx(
        (row.forecast_high - row.forecast_low) * (now - 4.0) / 0.4
    )
    assert row.came == pytest.approx(0.25 * (now - 4.0) + surplus)
    assert (row.before, row.now) == (4.0, now)


def test_a_measure_of_the_last_wave_is_planned_still(study, measures):
    repair = next(item for item in measures if item.id == "repair_five_days")
    found = monitor(study, tables(4.6), [replace(repair, based_on="2026q3", target=5.0)])
    assert set(found.status) == {"planned"}
    assert found[["now", "expected", "agrees"]].isna().all(axis=None)
    assert found.forecast.iloc[0] == pytest.approx(0.5 * 0.5 * 0.4)
    assert monitor(study, tables(4.6), []).empty


def test_a_wave_that_was_over_before_the_measure_began_does_not_judge_it(study, measures):
    repair = next(item for item in measures if item.id == "repair_five_days")
    waves = (*study.waves[:2], replace(study.waves[2], end=date(2026, 6, 30)))
    found = monitor(replace(study, waves=waves), tables(4.6), [repair])
    assert set(found.status) == {"planned"}


def decided(rows):
    base = {"wave": "2026q3", "decision": "concentrate", "with_touchpoint": "", "gain": 0.1,
            "evidence": ""}  # fmt: skip
    return pd.DataFrame([base | row for row in rows])


def test_plan_is_drafted_from_decisions(study):
    portfolio = decided(
        [
            {"touchpoint": "delivery", "satisfaction": 4.7, "gain": 0.05},
            {"touchpoint": "hotline", "satisfaction": 4.2, "gain": 0.2},
            {"touchpoint": "repair", "satisfaction": 5.95, "gain": 0.3},
            {"touchpoint": "manual", "satisfaction": 3.9, "decision": "recombine",
             "with_touchpoint": "app", "gain": np.nan, "evidence": "synergy"},
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


def pair(one, other, gain, evidence="synergy", decision="recombine"):
    return {"touchpoint": one, "satisfaction": 4.0, "decision": decision, "gain": gain,
            "with_touchpoint": other, "evidence": evidence}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "drafted"),
    [
        ([pair("manual", "app", 0.01), pair("app", "manual", 0.02)], {"app": "manual"}),
        ([pair("manual", "app", np.nan), pair("app", "manual", -0.02)], {"app": "manual"}),
        ([pair("manual", "app", 0.01, "met_together")], {}),
        (
            [pair("quote", "catalogue", 0.1), pair("ordering", "quote", 0.0),
             pair("catalogue", "quote", 0.0, "cannibalisation")],
            {"quote": "catalogue ordering"},
        ),
        (
            [pair("app", "", 0.3, "super", "concentrate"), pair("manual", "app", 0.1)],
            {"app": "", "manual": "app"},
        ),
    ],
)  # fmt: skip
def test_a_pair_is_drafted_once_where_the_gain_is_larger(study, rows, drafted):
    found = draft_plan(study, {"portfolio": decided(rows)}, wave="2026q3")
    assert [item.touchpoint for item in found] == list(drafted)
    for item in found:
        partners = [study.touchpoint(name) for name in drafted[item.touchpoint].split()]
        names = ", ".join(partner.label.within("en") for partner in partners)
        assert (f" with {names}:" in item.label.within("en")) == bool(partners)


def test_a_draft_can_be_written_and_read(study, tmp_path):
    portfolio = decided([{"touchpoint": "hotline", "satisfaction": 4.2}])
    found = draft_plan(study, {"portfolio": portfolio}, wave="2026q3")
    path = write_plan(study, found, tmp_path / "plan.toml", language="de")
    assert read_measures(study, path) == found


@pytest.mark.parametrize("kind", ["together", "apart"])
def test_a_cannibalising_pair_is_to_be_kept_apart(study, kind):
    evidence = {"together": "synergy", "apart": "cannibalisation"}[kind]
    found = draft_plan(study, {"portfolio": decided([pair("manual", "app", 0.1, evidence)])},
                       wave="2026q3")  # fmt: skip
    said = found[0].label.within("en"), found[0].label.within("de")
    apart = [said[0].startswith("Keep the tasks of"), "Aufgaben trennen" in said[1]]
    assert apart == [kind == "apart"] * 2


ONE = '[measures.a]\ntouchpoint = "hotline"\nlabel = "x"\ntarget = 2.1\nbased_on = "2026q2"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ONE + f"cost = {'9' * 400}", "larger than any"),
        (ONE + f"cost = 0x{'f' * 5000}", "larger than any"),
        (ONE + f"cost = {'9' * 5000}", "thousands of digits"),
        (ONE + f"note = {'[' * 3000}{']' * 3000}", "nests brackets too deep"),
        (ONE + f"note = {'[' * 100}{']' * 100}", "nests brackets too deep"),
        (ONE.replace(".a]", ".together]"), "kept for all measures"),
        (ONE.replace('"x"', '"   "'), "label: .* is no text"),
        (ONE.replace('"x"', '{ fr = "x" }'), "has a text for fr; the study has de, en"),
    ],
)
def test_what_cannot_be_shown_or_written_again_is_refused(study, tmp_path, text, words):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        read_measures(study, path)


@pytest.mark.parametrize("key", ["id", "based_on", "cost", "excludes", "label_en", "note"])
def test_a_deleted_column_is_no_empty_one(study, measures, tmp_path, key):
    from openpyxl import load_workbook

    path = write_plan(study, measures[:2], tmp_path / "plan.xlsx", language="de")
    book = load_workbook(path)
    at = next(cell.column for cell in book.active[3] if cell.value == key)
    head = book.active.cell(4, at).value
    book.active.delete_cols(at)
    book.save(path)
    with pytest.raises(StudyError) as caught:
        read_measures(study, path)
    (told,) = map(str, caught.value.problems)
    assert f"plan.xlsx, {head}: has been deleted" in told
    assert "supertouch plan export" in told


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({5: {"based_on": None}}, ["row 5, Geplant auf Grundlage von: is missing"]),
        ({5: {"cost": "=30000+30000"}}, ["row 5, Kosten", "=30000+30000", "without a stored"]),
        ({1048576: {"note": " "}}, ["row 1,048,576", "Delete what stands"]),
    ],
)
def test_cells_that_tell_nothing_are_mistakes(study, measures, tmp_path, typed, words):
    path = write_plan(study, measures[:1], tmp_path / "plan.xlsx", language="de")
    with pytest.raises(StudyError) as caught:
        read_measures(study, edited(path, typed))
    (told,) = map(str, caught.value.problems)
    assert all(word in told for word in words), told


def test_merged_cells_hide_nothing(study, measures, tmp_path):
    from openpyxl import load_workbook

    path = write_plan(study, measures[:2], tmp_path / "plan.xlsx", language="de")
    book = load_workbook(path)
    at = next(cell.column for cell in book.active[3] if cell.value == "cost")
    book.active.merge_cells(start_row=5, end_row=6, start_column=at, end_column=at)
    book.save(path)
    with pytest.raises(StudyError, match="row 6, Kosten: is merged"):
        read_measures(study, path)


def renamed(study, **labels):
    def one(item):
        text = labels.get(item.id)
        return replace(item, label=Text({"de": text, "en": text})) if text else item

    return replace(
        study,
        touchpoints=tuple(map(one, study.touchpoints)),
        waves=tuple(map(one, study.waves)),
    )


def test_ids_go_before_labels_and_shared_labels_are_none(study, measures, tmp_path):
    own = replace(measures[0], touchpoint="hotline", excludes=())
    other = renamed(study, repair="Hotline", **{"2026q3": own.based_on})
    path = write_plan(other, [own], tmp_path / "plan.xlsx", language="de")
    (back,) = read_measures(other, path)
    assert (back.touchpoint, back.based_on) == ("hotline", own.based_on)
    shared = renamed(study, repair="Dienst", manual="Dienst", **{"2026q1": "W", "2026q3": "W"})
    edited(path, {5: {"touchpoint": "dienst", "based_on": "w"}})
    with pytest.raises(StudyError) as caught:
        read_measures(shared, path)
    told = list(map(str, caught.value.problems))
    assert ["label of several touchpoints" in told[0], "label of several waves" in told[1]] == [
        True
    ] * 2


def test_ends_of_interviews_keep_a_wave_from_judging_what_began_later(study, measures):
    repair = next(item for item in measures if item.id == "repair_five_days")
    assert judged_by(with_ends(study, {}), repair).id == "2026q3"
    assert judged_by(with_ends(study, {"2026q3": date(2026, 7, 1)}), repair).id == "2026q3"
    early = with_ends(study, {"2026q3": date(2026, 6, 30)})
    assert judged_by(early, repair) is None
    said = replace(study.waves[-1], end=date(2026, 8, 1))
    named = replace(study, waves=(*study.waves[:-1], said))
    assert with_ends(named, {"2026q3": date(2026, 6, 30)}).waves[-1].end == date(2026, 8, 1)


def test_check_names_targets_worse_than_the_mean_they_were_planned_on(
    study, measures, tmp_path, monkeypatch
):
    repair = next(item for item in measures if item.id == "repair_five_days")
    home = replace(study, folder=tmp_path)
    assert pipeline.past_targets(home, [repair]) == {}
    path = home.processed / "analyze" / repair.based_on / "performance.parquet"
    path.parent.mkdir(parents=True)
    path.touch()
    for mean, told in ((repair.target + 0.5, {repair.id: 2.1}), (repair.target - 0.1, {})):
        table = pd.DataFrame([performance(repair.based_on, mean, 0.1)])
        monkeypatch.setattr(files, "read_table", lambda path, table, frame=table: frame)
        assert pipeline.past_targets(home, [repair]) == pytest.approx(told)
