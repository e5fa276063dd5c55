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
from supertouch.report.blocks import (
    ByGroup,
    ByOutcome,
    ByWave,
    Facts,
    Grid,
    Headline,
    Prose,
    Span,
)
from supertouch.report.content import content
from supertouch.report.evidence import Evidence
from supertouch.report.sections.answer import answer
from supertouch.report.sections.gate import gate
from supertouch.report.sections.journey import journey
from supertouch.report.sections.quality import quality_cells, quality_columns
from supertouch.report.sections.summary import beware, to_do
from supertouch.study.model import Columns
from supertouch.tables import checked

NAMES = ["advice", "delivery", "hotline", "shop", "website", "social"]
VALUES = {"decision": "neglect", "probability": 0.9, "gain": 0.1, "gain_low": 0.05,
          "gain_high": 0.15, "quick_win": False, "proxy": False}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    found = {}
    for name in ("one_wave", "full", "refused", "recommendation_only", "proxy"):
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


SURE = "certainty 90%"
SURE_RANGE = "certainty 90% to > 99%"
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
     "first on “Personal advice” and “Delivery”; with which of these the gain would be largest "
     "is open."),
    # all level
    ([], first(*NAMES[:3]), "on “Personal advice”, “Delivery” and “Service hotline” (SURE)"
     "; where the gain would be largest is open."),
    # too many to be named in a sentence
    ([], first(*NAMES[:5]) | first("social", gain=0.01, gain_low=0.005, gain_high=0.02),
     " and 3 more of the portfolio (SURE); where the gain would be largest is open."),
    # gains that are not confirmed, and decisions that are not equally certain
    ([], first("advice", gain_low=-0.1) | first("shop", gain_low=-0.1, probability=0.999),
     "(SURE_RANGE); a gain is confirmed for none of them."),
    # a gain that is unknown
    ([], first("advice", gain=None, gain_low=None, gain_high=None, probability=None),
     "on “Personal advice”; a gain is confirmed for none of them."),
    # a super-touchpoint that the rule does not concentrate on is not claimed to be in
    (["advice"], first("shop"), "on “Online shop” (SURE"),
    # one super-touchpoint and more than it
    (["advice"], first("advice", "shop"), "on this touchpoint, and on “Online shop” as well (SURE"),
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


REFUSED = [
    # reason, n_eff, n_needed, touchpoints asked, said
    ("n_eff_below_columns", 150.0, 240.0, 24, "sample size of 240; here it is 150."),
    ("n_eff_below_columns", 239.7, 240.0, 24, "sample size of 240; here it is 239.7."),
    ("too_few_touchpoints", 117.0, 8.0, 2, "Get more ratings in the next wave"),
    ("too_few_touchpoints", 5.0, 8.0, 2, "Get more ratings in the next wave"),
    ("too_few_touchpoints", 117.0, 8.0, 1, "Ask about more touchpoints in the next wave"),
    ("no_variance", 117.0, 240.0, 24, "These data do not lead to a decision yet."),
]


@pytest.mark.parametrize(("reason", "n_eff", "n_needed", "asked", "said"), REFUSED)
def test_what_it_would_take_goes_by_what_was_refused(made, reason, n_eff, n_needed, asked, said):
    study, tables = made["refused"]
    models = tables["models"].assign(reason=reason, n_eff=n_eff, n_needed=n_needed)
    none = {"portfolio": checked(pd.DataFrame(), table="portfolio"), "models": models}
    few = replace(study, touchpoints=study.touchpoints[:asked])
    evidence = Evidence(few, tables | none, words=language("en"))
    assert said in to_do(evidence, evidence.waves[-1])
    first = answer(evidence, evidence.waves[-1])
    blocks = [*first, *flat(gate(evidence).blocks)]
    told = " ".join(text for item in blocks if isinstance(item, Prose) for text in item.paragraphs)
    assert ("would do" in told) == (reason == "n_eff_below_columns")
    needed = {row.cells[5].text for item in blocks if isinstance(item, Grid) and not item.sortable
              for row in item.rows}  # fmt: skip
    assert needed == ({"240"} if reason == "n_eff_below_columns" else {"–"})
    (headline,) = (item for item in first if isinstance(item, Headline))
    assert ("a single touchpoint" in headline.text) == (asked == 1)


@pytest.mark.parametrize(
    ("name", "verdicts", "said"),
    [("recommendation_only", ["too_few", "undetermined"], "undetermined – not asked: loyalty."),
     ("recommendation_only", ["too_few"], "undetermined – not asked: loyalty."),
     ("full", ["undetermined"], "undetermined – there is no model for loyalty or"),
     ("full", ["too_few", "none"], "No touchpoint is demonstrably"),
     ("full", ["super"], "24 super-touchpoints – “"),
     ("full", ["none"] * 16 + ["super"] * 8, "8 super-touchpoints – “"),
     ("proxy", ["super", "none"], " super-touchpoints (proxy: “")],
)  # fmt: skip
def test_the_headline_says_what_the_verdicts_are(made, name, verdicts, said):
    study, tables = made[name]
    frame = tables["supertouchpoints"].copy()
    newest = frame.wave == study.waves[-1].id
    frame.loc[newest, "verdict"] = [verdicts[k % len(verdicts)] for k in range(newest.sum())]
    report = content(study, tables | {"supertouchpoints": frame}, report_tables.MANIFEST,
                     words=language("en"))  # fmt: skip
    text = next(item.text for item in section_blocks(report, "answer")
                if isinstance(item, Headline))  # fmt: skip
    assert said in text
    assert not re.search(r": \.|\b1 more", text)
    if verdicts == ["super"]:
        assert text.endswith(" and 17 more.")
    if "super" in verdicts and len(verdicts) > 2:
        assert "more" not in text
        assert text.count("“") == 8


def test_nothing_is_to_be_guarded_and_dropped_at_once(made):
    dangers = {"loyalty": ("social", -0.5)}
    dropped = {"social": {"decision": "drop"}, "press": {"decision": "drop"}}
    evidence, wave = evidence_of(made, portfolio=dropped, asymmetry=risks(made, **dangers))
    text = beware(evidence, wave)
    assert text.startswith("Guard “Social media” (31%")
    assert text.endswith("and drop “Articles in the press”.")
    dropped.pop("press")
    evidence, wave = evidence_of(made, portfolio=dropped, asymmetry=risks(made, **dangers))
    assert "drop" not in beware(evidence, wave)


def test_without_a_super_touchpoint_it_is_a_priority_and_no_proof(made):
    for supers, said in (([], "Concentrate – as a priority, not as proof – on “Online shop” ("),
                         (["advice"], "Concentrate on “Online shop” (")):  # fmt: skip
        evidence, wave = evidence_of(made, supers=supers, portfolio=first("shop"))
        assert to_do(evidence, wave).startswith(said)


def test_a_column_that_was_never_asked_is_left_out(made):
    study, tables = made["full"]
    never = replace(study, touchpoints=tuple(
        replace(item, brand_fit=Columns()) for item in study.touchpoints))  # fmt: skip
    for each, there in ((study, True), (never, False)):
        evidence = Evidence(each, tables, words=language("en"))
        heads = [column.text for column in quality_columns(evidence)]
        assert ("Brand fit" in " ".join(heads)) == there
        for record in evidence.rows("performance", "2023"):
            assert len(quality_cells(evidence, record)) == len(heads)


def test_the_importance_table_goes_by_rank(made):
    study, tables = made["full"]
    frame = tables["importance"].assign(share=0.0)
    report = content(study, tables | {"importance": frame}, report_tables.MANIFEST,
                     words=language("en"))  # fmt: skip
    for grid in section_blocks(report, "importance"):
        if isinstance(grid, Grid):
            ranks = [row.cells[2 if len(grid.columns) < 10 else 3].sort for row in grid.rows]
            assert ranks == sorted(ranks)


def test_key_figures_stand_below_the_sentences(made):
    study, tables = made["full"]
    report = content(study, tables, report_tables.MANIFEST, words=language("en"))
    (facts,) = (item for item in section_blocks(report, "answer") if isinstance(item, Facts))
    size, loyalty, nps = facts.facts
    sample = tables["sample"].iloc[-1]
    level = tables["outcomes"].query("wave == '2023' and segment == ''").set_index("outcome")
    assert size.value == f"{int(sample.n_accepted):,}"
    assert loyalty.value == f"{level['mean']['loyalty']:.2f}"
    assert nps.value == f"{level['nps']['nps']:+.0f}"
    assert "NPS" in nps.label
    assert all(any("n = " in line for line in fact.lines) for fact in (loyalty, nps))
    assert "weighted" in facts.base
    said = " ".join(line for fact in facts.facts for line in fact.lines)
    assert "Target" in said
    changes = tables["tracking"].assign(significant=False)
    calm = content(study, tables | {"tracking": changes}, report_tables.MANIFEST,
                   words=language("en"))  # fmt: skip
    (still,) = (item for item in section_blocks(calm, "answer") if isinstance(item, Facts))
    sure = content(study, tables | {"tracking": changes.assign(significant=True)},
                   report_tables.MANIFEST, words=language("en"))  # fmt: skip
    (moved,) = (item for item in section_blocks(sure, "answer") if isinstance(item, Facts))
    assert not [line for fact in still.facts for line in fact.lines if "against" in line]
    assert len([line for fact in moved.facts for line in fact.lines if "against" in line]) == 2


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
