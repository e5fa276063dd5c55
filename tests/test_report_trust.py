"""The report on danger, on how sure the order is, and on what the results hang on."""

from __future__ import annotations

import pandas as pd
import pytest

import report_tables
from report_reading import section_blocks as blocks
from report_trust_tables import NAMES
from supertouch.language import language
from supertouch.report.blocks import Cards, Content, Grid, Prose
from supertouch.report.content import content
from supertouch.report.evidence import Evidence
from supertouch.report.figures.plans import plans
from supertouch.tables import checked


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return report_tables.variant("full", tmp_path_factory.mktemp("study"))


def told(full, code="en", **changes) -> Content:
    study, tables = full
    changed = {}
    for name, change in changes.items():
        changed[name] = tables[name].copy()
        change(changed[name])
    return content(study, tables | changed, report_tables.MANIFEST, words=language(code))


def prose(report, section):
    parts = [item for item in blocks(report, section) if isinstance(item, Prose)]
    return "\n".join(line for item in parts for line in (*item.paragraphs, *item.bullets))


def grids(report, section):
    return [item for item in blocks(report, section) if isinstance(item, Grid)]


def put(row, **values):
    """Return a change of a table: ``values`` where ``row`` (a query) holds."""

    def change(frame):
        place = frame.query(f"wave == '2023' and ({row})").index
        assert len(place)
        for name, value in values.items():
            frame.loc[place, name] = value

    return change


def test_danger_leads_with_the_largest_risks_and_names_basic_factors(full):
    report = told(full)
    said = prose(report, "danger")
    assert said.startswith("Customer loyalty: Disappointment goes with the largest losses overall")
    assert "Personal advice” (11% disappointed, penalty −0.90)" in said
    assert "protect rather than build: Personal advice (Customer loyalty)" in said
    first, *_ = grids(report, "danger")
    assert len(first.rows) == full[0].rule.top
    risks = [row.cells[1].sort for row in first.rows]
    assert risks == sorted(risks, reverse=True)
    assert first.rows[0].cells[5].text == "basic factor"
    assert first.rows[0].cells[5].detail == "in 88% of replicates"
    everything = next(item for item in grids(report, "danger") if item.folded)
    reasons = {row.cells[5].detail for row in everything.rows}
    assert "too few disappointed" in reasons
    assert "cannot be told from balanced" in everything.base


def test_a_basic_factor_is_told_beside_its_verdict(full):
    label = "basic factor (Customer loyalty): protects rather than builds"
    report = told(full)
    rows = {row.cells[0].text: row.cells[1].detail for row in grids(report, "verdicts")[0].rows}
    assert label in rows.pop("Personal advice").splitlines()
    assert not any(label in detail for detail in rows.values())
    cards = next(item for item in blocks(report, "answer") if isinstance(item, Cards)).cards
    lines = {card.title: dict(card.details) for card in cards}
    assert "−0.90 points and delight with +0.20" in lines.pop("Personal advice")["basic factor"]
    assert not any("basic factor" in found for found in lines.values())


def test_weakest_link_and_uneven_journeys_are_told(full):
    said = prose(told(full), "danger")
    assert "weakest link of the journey: Review portals and forums (for 9% instead of 4%)" in said
    assert "Uneven experiences go with −0.12 points per standard deviation" in said
    even = put("measure != 'mean'", p_adjusted=0.5)
    assert "neither how uneven a journey was" in prose(told(full, consistency=even), "danger")


def test_order_shows_ranks_by_every_method_and_the_mood_band(full):
    report = told(full)
    said = prose(report, "order")
    assert "5 methods put the touchpoints in a similar order" in said
    assert "Kendall's W = 0.86" in said
    first, *_, last = grids(report, "order")
    assert [row.cells[1].text for row in first.rows] == ["1", "2", "3", "4", "5"]
    assert {row.cells[6].text for row in first.rows} == {"–"}
    assert all(row.cells[8].drawing is not None for row in first.rows)
    assert "forecasts nothing" in {row.cells[0].detail for row in last.rows}
    apart = put("method == 'all'", concordance=0.4)
    assert "the order is little to rely on" in prose(told(full, agreement=apart), "order")
    sure = told(
        full, robustness=put("rank_worst > 0", rank_worst=24), halo=put("n > 0", rank_high=24)
    )
    assert "No touchpoint is among the first 5 by every method." in prose(sure, "order")
    assert "no touchpoint can be placed among the first 5" in prose(sure, "order")


def test_footing_says_what_hangs_on_blanks_and_likeness(full):
    said = prose(told(full), "footing")
    assert "493 of 1,480 respondents rated everything" in said
    assert "come out differently for “Articles in the press”" in said
    assert said.count("are rated almost alike") == 1
    assert "The 3 questions of the scale “Customer loyalty” measure alike" in said
    calm = told(full, sensitivity=put("flips", flips=False), collinearity=put("n > 0", codes=""))
    assert "come out the same for every touchpoint" in prose(calm, "footing")
    assert "no test hangs on a single group" in prose(calm, "footing")
    few = told(full, sensitivity=put("missing == 'complete'", share=float("nan"), flips=False))
    assert "too few for a model of their own" in prose(few, "footing")


DIAGNOSTIC = {
    "outcome_among_drivers": ("store", 0.72, "“Store”: Read this question again.", "72%"),
    "fixed_number_of_ratings": ("", 6.0, "most_ratings = 6", "6"),
}


@pytest.mark.parametrize("code", DIAGNOSTIC)
def test_serious_suspicions_stand_by_the_answer(full, code):
    subject, value, sentence, size = DIAGNOSTIC[code]

    def suspect(frame):
        frame.loc[len(frame)] = ["2023", "", "", subject, code, value]

    report = told(full, diagnostics=suspect)
    assert sentence in prose(report, "answer")
    assert sentence in prose(report, "footing")
    cells = [row.cells for row in grids(report, "diagnostics")[0].rows]
    assert size in {row[3].text for row in cells}
    assert sentence not in prose(told(full), "answer")


@pytest.mark.parametrize(
    ("table", "change", "sentence"),
    [
        (
            "collinearity",
            put("touchpoint == 'delivery' and outcome == 'nps'", codes="twin hinges_share"),
            "The verdict hangs on few respondents at “Delivery”",
        ),
        (
            "sensitivity",
            put("touchpoint == 'delivery' and missing == 'complete'", flips=True),
            "the point criteria no longer hold for “Delivery”",
        ),
        (
            "reliability",
            put("item == ''", alpha=0.58, flag="low_reliability"),
            "do not measure the same (Cronbach's alpha 0.58, below 0.7)",
        ),
        (
            "reliability",
            put("item == 'item2'", item_rest=-0.4, flag="reversed_item"),
            "Question 2 of the scale “Customer loyalty” runs against the others",
        ),
    ],
)
def test_what_a_verdict_hangs_on_stands_by_the_answer(full, table, change, sentence):
    assert sentence in prose(told(full, **{table: change}), "answer")
    assert sentence not in prose(told(full), "answer")


def test_other_touchpoints_do_not_disturb_the_answer(full):
    change = put("touchpoint == 'website'", codes="hinges_share")
    report = told(full, collinearity=change)
    assert "hangs on few" not in prose(report, "answer")
    assert "“Website”, Customer loyalty: without one single group" in prose(report, "footing")


def test_differences_between_groups_are_told_per_metric(full):
    report = told(full)
    said = prose(report, "segments")
    assert "comparisons between groups differ significantly: mean of the outcome 2, NPS 2" in said
    first, every, *_ = grids(report, "segments")
    assert {row.cells[1].text for row in first.rows} == {
        "mean of the outcome", "NPS", "satisfaction", "reach",
    }  # fmt: skip
    assert every.folded
    assert len(every.rows) == 16
    reach = next(row for row in first.rows if row.cells[1].text == "reach")
    assert (reach.cells[3].text, reach.cells[6].text) == ("50%", "+20.0 points")
    assert {row.cells[4].text for row in every.rows} == {"South", "everybody"}
    none = told(full, comparison=put("n > 0", p_adjusted=0.9))
    assert "None of the" in prose(none, "segments")


def test_grades_are_compared_as_asked(tmp_path):
    study, tables = report_tables.variant("grades", tmp_path)
    report = content(study, tables, report_tables.MANIFEST, words=language("de"))
    cells = next(row.cells for row in grids(report, "segments")[0].rows
                 if row.cells[1].text == "Zufriedenheit")  # fmt: skip
    assert (cells[3].text, cells[5].text, cells[6].text) == ("3,60", "3,80", "+0,20")


def test_older_tables_are_told_without_the_new_sections(full):
    study, tables = full
    empty = {name: checked(pd.DataFrame(), table=name) for name in NAMES}
    words = language("de")
    evidence = Evidence(study, tables | empty, words=words)
    names = {plan.picture.name.split("_")[0] for plan in plans(evidence)}
    assert not names & {"asymmetry", "halo"}
    report = content(study, tables | empty, report_tables.MANIFEST, words=words)
    assert not {"danger", "order", "footing"} & {section.id for section in report.sections}


def test_a_refused_model_leaves_no_numbers_behind(tmp_path):
    study, tables = report_tables.variant("refused", tmp_path)
    report = content(study, tables, report_tables.MANIFEST, words=language("en"))
    assert "Penalty and reward cannot be estimated" in prose(report, "danger")
    cells = {cell.text for row in grids(report, "danger")[0].rows for cell in row.cells[3:6]}
    assert cells == {"–", "cannot be estimated"}
    assert "order" not in {section.id for section in report.sections}
