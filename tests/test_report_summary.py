"""The answer in three sentences at their edges, the journey, and what a reader can choose."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import report_decision_tables
import report_tables
from report_reading import flat, section_blocks
from supertouch.language import language
from supertouch.report.blocks import ByGroup, ByOutcome, ByWave, Grid, Headline, Prose, Span
from supertouch.report.content import content
from supertouch.report.evidence import Evidence
from supertouch.report.sections.journey import journey
from supertouch.report.sections.summary import beware, to_do
from supertouch.tables import checked

NAMES = ["advice", "delivery", "hotline", "shop", "website", "social"]
VALUES = {"decision": "neglect", "probability": 0.9, "gain": 0.1, "gain_low": 0.05,
          "gain_high": 0.15, "quick_win": False, "proxy": False}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    found = {}
    for name in ("one_wave", "full", "refused", "recommendation_only"):
        study, tables = report_tables.variant(name, folder)
        found[name] = study, tables | report_decision_tables.decision_tables(study, tables)
    return found


def evidence_of(made, name="full", code="en", *, supers=(), portfolio=None, **changes):
    """Return evidence of the newest wave with these super-touchpoints and decisions."""
    study, tables = made[name]
    newest = study.waves[-1].id
    tables = tables | changes
    if portfolio is not None:
        tables["supertouchpoints"] = tables["supertouchpoints"].copy()
        mine = tables["supertouchpoints"].wave == newest
        is_super = tables["supertouchpoints"].touchpoint.isin(supers)
        tables["supertouchpoints"].loc[mine, "verdict"] = np.where(is_super, "super", "none")[mine]
        frame = tables["portfolio"].query("wave == @newest").copy()
        for column, value in VALUES.items():
            frame[column] = value
        places = frame.touchpoint.map({item: place for place, item in enumerate(NAMES)})
        frame["importance"] = 0.5 - 0.01 * places.fillna(20)
        for touchpoint, values in portfolio.items():
            for column, value in values.items():
                frame.loc[frame.touchpoint == touchpoint, column] = value
        frame["quick_win"] = frame.quick_win.astype("boolean")
        tables["portfolio"] = checked(frame, table="portfolio")
    evidence = Evidence(study, tables, words=language(code))
    return evidence, evidence.waves[-1]


def first(*names, **values):
    return {name: {"decision": "concentrate", **values} for name in names}


SURE = "the same decision in 90% of the replicates"
SURE_RANGE = "the same decision in 90% to > 99% of the replicates"
LEADS = [
    # one super-touchpoint that is all there is to concentrate on
    (["advice"], first("advice"), "on this touchpoint (SURE), where a "
     "rating better by one point goes with "),
    # several, of which one is clearly ahead
    (NAMES[:2], first("delivery") | first("advice", gain=0.4, gain_low=0.3, gain_high=0.5),
     "on these 2 touchpoints (SURE), first on “Personal advice”, where"),
    # level at the top, and a third that is behind
    (NAMES[:2], first("advice", "delivery") | first("shop", gain=0.01, gain_low=0.005,
                                                    gain_high=0.02),
     "on these 2 touchpoints, and on “Online shop” as well (SURE), "
     "first on “Personal advice” and “Delivery”, whose gains cannot be told apart."),
    # all level
    ([], first(*NAMES[:3]), "on “Personal advice”, “Delivery” and “Service hotline” (SURE)"
     ", in no certain order among them."),
    # too many to be named in a sentence
    ([], first(*NAMES[:5]) | first("social", gain=0.01, gain_low=0.005, gain_high=0.02),
     " and 3 more (SURE), with no certain order at the top."),
    # gains that are not confirmed, and decisions that are not equally certain
    ([], first("advice", gain_low=-0.1) | first("shop", gain_low=-0.1, probability=0.999),
     "(SURE_RANGE); a gain is confirmed for none of them."),
    # a gain that is unknown
    ([], first("advice", gain=None, gain_low=None, gain_high=None, probability=None),
     "on “Personal advice”; a gain is confirmed for none of them."),
    # a super-touchpoint that the rule does not concentrate on is not claimed to be in
    (["advice"], first("shop"), "on “Online shop” (the same decision"),
    # one super-touchpoint and more than it
    (["advice"], first("advice", "shop"), "on this touchpoint, and on “Online shop” as well (the "),
    # nothing to concentrate on
    ([], {}, "No touchpoint stands out so far"),
]  # fmt: skip


@pytest.mark.parametrize(("supers", "portfolio", "said"), LEADS)
def test_what_to_do_is_one_sentence(made, supers, portfolio, said):
    evidence, wave = evidence_of(made, supers=supers, portfolio=portfolio)
    text = to_do(evidence, wave)
    said = said.replace("SURE_RANGE", SURE_RANGE).replace("SURE", SURE)
    assert said in text.replace("\u00a0", " ")
    german, wave = evidence_of(made, code="de", supers=supers, portfolio=portfolio)
    for sentence in (text, to_do(german, wave)):
        assert sentence.endswith(".")
        assert not re.search(r"\.\s+[A-ZÄÖÜ]|\bNone\b|nan|  |\{", sentence)


@pytest.mark.parametrize(
    ("name", "said"),
    [("refused", "effective sample size of 240; here it is 150."),
     ("recommendation_only", "Ask for loyalty in the next wave as well")],
)  # fmt: skip
def test_without_decisions_it_says_what_it_would_take(made, name, said):
    none = {"portfolio": checked(pd.DataFrame(), table="portfolio")}
    for variant, text in ((name, said), ("full", "These data do not lead to a decision yet.")):
        study, tables = made[variant]
        evidence = Evidence(study, tables | none, words=language("en"))
        assert text in to_do(evidence, evidence.waves[-1])


def risks(made, **rows):
    """Return asymmetry where only ``rows`` have a significant penalty, per outcome."""
    frame = made["full"][1]["asymmetry"].copy()
    frame["penalty_p_adjusted"] = 0.9
    for outcome, (touchpoint, penalty) in rows.items():
        chosen = (frame.outcome == outcome) & (frame.touchpoint == touchpoint)
        frame.loc[chosen, ["penalty", "penalty_low", "penalty_high", "penalty_p_adjusted"]] = [
            penalty, penalty - 0.1, penalty + 0.1, 0.001]  # fmt: skip
        frame.loc[chosen, ["risk", "disappointed"]] = [9.0, 0.31]
    return frame


GUARDED = [
    ({"loyalty": ("hotline", -0.5), "nps": ("hotline", -0.9)}, {},
     "Guard “Service hotline” (31% disappointed; penalty −0.50 for “Customer loyalty” and −0.90 "
     "for “Willingness to recommend”)."),
    ({"loyalty": ("hotline", -0.5), "nps": ("shop", -0.9)}, {"website": {"quick_win": True}},
     "Guard “Service hotline” (31% disappointed; penalty −0.50 for “Customer loyalty”) and “Online "
     "shop” (31% disappointed; penalty −0.90 for “Willingness to recommend”) and take the quick "
     "win at “Website”."),
    ({}, {"social": {"decision": "drop"}, "website": {"quick_win": True}},
     "Take the quick win at “Website” and drop “Social media”."),
    ({}, {"social": {"decision": "drop"}, "press": {"decision": "drop"}},
     "Drop “Social media” and “Articles in the press”."),
]  # fmt: skip


@pytest.mark.parametrize(("dangers", "portfolio", "said"), GUARDED)
def test_what_to_guard_take_and_drop_is_one_sentence(made, dangers, portfolio, said):
    evidence, wave = evidence_of(made, portfolio=portfolio, asymmetry=risks(made, **dangers))
    assert sorted(beware(evidence, wave)) == sorted(said)
    assert beware(evidence, wave)[:9] == said[:9]


@pytest.mark.parametrize(
    ("disappointed", "rated", "said"),
    [({"hotline": 0.4}, 500, "Most often disappointing is “Service hotline” (40% of those who "),
     ({"hotline": 0.4, "shop": 0.4}, 500, "Most often disappointing are “Online shop” and "),
     ({}, 500, "Nobody is disappointed in this wave"),
     ({"hotline": 0.4}, 3, "No touchpoint was rated by at least ")],
)  # fmt: skip
def test_without_dangers_it_names_where_most_are_disappointed(made, disappointed, rated, said):
    frame = made["full"][1]["performance"].copy()
    frame["disappointed"] = frame.touchpoint.map(disappointed).fillna(0.0)
    frame["n_rated"] = rated
    evidence, wave = evidence_of(made, portfolio={}, asymmetry=risks(made), performance=frame)
    text = beware(evidence, wave)
    assert text.startswith(said)
    assert rated < 100 or "confirmed" in text or "nothing to guard" in text


def test_the_first_screen_is_three_sentences_and_where_they_come_from(made):
    for code in ("de", "en"):
        report = content(*made["full"], report_tables.MANIFEST, words=language(code))
        headline, sentences, *_ = section_blocks(report, "answer")
        assert isinstance(headline, Headline)
        assert isinstance(sentences, Prose)
        assert len(sentences.paragraphs) == 2
        assert [name for name, _ in sentences.links] == ["portfolio", "danger"]
        assert report.sections[0].id == "answer"


def test_the_journey_goes_phase_by_phase(made):
    evidence, wave = evidence_of(made, supers=["advice", "hotline"], portfolio={})
    lines, grid, *_ = flat(journey(evidence, {}).blocks)
    assert isinstance(lines, Prose)
    assert [line.split(" (")[0] for line in lines.paragraphs] == [
        "Before purchase", "Purchase", "After purchase"]  # fmt: skip
    assert "(10 touchpoints): no super-touchpoint; most often" in lines.paragraphs[0]
    assert "super are “Personal advice”; most often" in lines.paragraphs[1]
    assert isinstance(grid, Grid)
    phases = list(dict.fromkeys(row.cells[0].detail for row in grid.rows))
    assert phases == ["before purchase", "purchase", "after purchase"]
    assert len(grid.rows) == len(evidence.touchpoints(wave.id))
    open_, wave = evidence_of(made, "recommendation_only")
    told = next(flat(journey(open_, {}).blocks))
    assert all("no verdict yet" in line for line in told.paragraphs)


def test_a_reader_can_choose_groups_and_outcomes(made):
    report = content(*made["full"], report_tables.MANIFEST, words=language("de"))
    keys = [key for key, _ in report.groups]
    assert report.groups[:2] == (("", "Alle Befragten"), ("region=1", "Region: Nord"))
    assert [name for name, _ in report.outcomes] == ["loyalty", "nps"]
    for section in ("reach", "importance"):
        for block in next(item for item in report.sections if item.id == section).blocks:
            assert isinstance(block, ByWave)
            for _, (choice, *others) in block.waves:
                assert not others
                assert isinstance(choice, ByGroup)
                assert [key for key, _ in choice.groups] == keys
    grids = [item for item in section_blocks(report, "importance", group="region=1")
             if isinstance(item, Grid)]  # fmt: skip
    assert all(" – Region: Nord" in grid.caption for grid in grids)
    assert any(isinstance(row.cells[1].drawing, Span) for grid in grids for row in grid.rows)
    assert {row.outcome for item in section_blocks(report, "segments") if isinstance(item, Grid)
            for row in item.rows} >= {"loyalty", "nps"}  # fmt: skip


def test_a_group_says_its_own_base_or_why_it_has_none(made):
    study, tables = made["full"]
    performance = tables["performance"]
    mine = (performance.wave == "2023") & (performance.segment_value == "1")
    report = content(study, tables, report_tables.MANIFEST, words=language("en"))
    grid = next(item for item in section_blocks(report, "reach", group="region=1")
                if isinstance(item, Grid))  # fmt: skip
    n = int(performance[mine].n.max())
    assert grid.base.startswith(f"Base: Region: North, n = {n:,} respondents, n_eff = ")
    gone = performance[~mine]
    fewer = {name: tables[name][~((tables[name].wave == "2023")
                                  & (tables[name].segment_value == "1"))]
             for name in ("outcomes", "models", "importance")}  # fmt: skip
    absent = content(study, tables | {"performance": gone} | fewer, report_tables.MANIFEST,
                     words=language("en"))  # fmt: skip
    (note,) = section_blocks(absent, "importance", group="region=1")
    assert note.paragraphs == ("Wave 2023: There are no results for the group “Region: North”.",)
    refused = content(*made["refused"], report_tables.MANIFEST, words=language("en"))
    said = [item.paragraphs[0] for item in section_blocks(refused, "importance", group="region=1")]
    assert said
    assert all(text.startswith("Region: North: ") for text in said)


def test_one_outcome_or_no_segment_leaves_nothing_to_choose(made):
    study, tables = made["one_wave"]
    report = content(study, tables, report_tables.MANIFEST, words=language("en"))
    assert report.groups == ()
    alone = replace(study, outcomes=study.outcomes[:1])
    mine = {name: frame[frame.outcome == study.outcomes[0].id]
            for name, frame in tables.items() if "outcome" in frame}  # fmt: skip
    single = content(alone, tables | mine, report_tables.MANIFEST, words=language("en"))
    assert single.outcomes == ()
    for section in single.sections:
        for block in section.blocks:
            parts = [part for _, found in block.waves for part in found] if isinstance(
                block, ByWave) else [block]  # fmt: skip
            assert not any(isinstance(part, (ByGroup, ByOutcome)) for part in parts)
