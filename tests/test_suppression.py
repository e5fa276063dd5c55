"""Small groups: nothing of them is in any table, nor can be found by subtraction."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulated_study import responses_of, study_of
from supertouch.findings import MAIN, analyze_wave
from supertouch.findings.answers import cells, read_answers
from supertouch.findings.banner import banner_table
from supertouch.findings.cell_draws import cell_draws
from supertouch.findings.comparison import comparison_table
from supertouch.findings.mix.funnel import funnel_tables
from supertouch.findings.models import multiplicity
from supertouch.findings.performance import outcome_levels, performance
from supertouch.findings.tracking.levels import levels_of
from supertouch.findings.tracking.pairs import read_wave
from supertouch.simulate import fair
from supertouch.stats.suppression import crossed, hidden
from supertouch.study.model import Analysis, Columns, Privacy, Segment, StatusRule, Text

DESIGN = fair(4)


LISTED = {name: Text() for name in "abcd"}


def analysed(groups, *, min_segment=30, min_base=10, respondents=None, protect=True, values=LISTED):
    """Analyse a wave whose respondents fall into groups of these sizes, the first unknown."""
    n = sum(groups.values())
    responses = responses_of(DESIGN, n, seed=3)
    responses["segment.region"] = np.repeat(list(groups), list(groups.values())).astype(str)
    if respondents is not None:
        responses["respondent"] = np.arange(n).astype(str)
        responses.loc[responses["segment.region"] == respondents, "respondent"] = "the same"
    study = study_of(DESIGN, segments=(Segment("region", Text(), Columns("REGION"), values),))
    study = replace(
        study,
        analysis=Analysis(replicates=200, min_segment=min_segment),
        privacy=Privacy(min_base=min_base, protect_unknown=protect),
    )
    return n, analyze_wave(study, "w1", responses, complete=False)


@pytest.mark.parametrize(
    ("groups", "small", "complementary"),
    [
        ({"a": 200, "b": 150, "c": 100}, set(), set()),
        ({"a": 200, "b": 150, "c": 9}, {"c"}, {"b"}),
        ({"a": 200, "b": 10, "c": 150, "d": 1}, {"d"}, {"b"}),
        ({"a": 200, "b": 150, "c": 9, "d": 8}, {"c", "d"}, set()),
        ({"a": 200, "b": 150, "c": 4, "d": 5}, {"c", "d"}, {"b"}),
        ({"": 30, "a": 200, "b": 150, "c": 5}, {"c"}, {"b"}),
        ({"a": 200, "c": 5}, {"c"}, {"a"}),
        ({"": 4, "a": 200, "b": 150}, set(), {"b"}),
        ({"": 4, "a": 200, "b": 150, "c": 7}, {"c"}, set()),
    ],
)
def test_small_groups_and_those_that_reveal_them_are_nowhere(groups, small, complementary):
    n, tables = analysed(groups)
    assert set(tables) == set(MAIN)
    listed = tables["suppressed"].set_index("segment_value")
    assert set(listed.index) == small | complementary
    assert set(listed.index[listed["complementary"]]) == complementary
    assert (listed["min_base"] == 10).all()
    gone = small | complementary
    for name in set(tables) - {"suppressed"}:
        if "segment_value" in tables[name]:
            assert not set(tables[name]["segment_value"]) & gone, name
    told = shown_sizes(tables)
    assert told == {name: size for name, size in groups.items() if name and name not in gone}
    unknown = groups.get("", 0)
    left = n - sum(told.values()) - (unknown if unknown >= 10 else 0)
    assert left == 0 or left >= 10


def test_a_few_of_unknown_value_hide_no_group_unless_they_are_to_be_protected():
    _, tables = analysed({"": 4, "a": 200, "b": 150}, protect=False)
    assert shown_sizes(tables) == {"a": 200, "b": 150}
    assert tables["suppressed"].empty


def shown_sizes(tables):
    """Return the sizes of groups that a reader can learn."""
    shown = tables["performance"][tables["performance"]["segment"] != ""]
    sizes = shown.groupby("segment_value")["n"].first().to_dict()
    few = tables["diagnostics"].query("code == 'small_segment'")
    return sizes | few.set_index("segment_value")["value"].to_dict()


def test_words_that_few_gave_are_not_named_where_the_study_lists_no_values():
    _, tables = analysed({"a": 200, "b": 150, "c": 4, "d": 3}, values={})
    told = tables["suppressed"].set_index("segment_value").complementary
    assert told.to_dict() == {"": False, "b": True}


def test_a_smaller_minimum_for_the_analysis_opens_nothing():
    _, tables = analysed({"a": 200, "b": 9, "c": 8}, min_segment=5)
    assert set(tables["performance"]["segment_value"]) == {"", "a"}
    assert set(tables["suppressed"]["segment_value"]) == {"b", "c"}


def test_respondents_count_not_their_rows():
    groups = {"a": 200, "b": 150, "c": 40, "d": 60}
    _, tables = analysed(groups, respondents="c")
    assert tables["suppressed"]["segment_value"].tolist() == ["c", "d"]
    assert set(tables["performance"]["segment_value"]) == {"", "a", "b"}


def test_a_base_of_one_hides_nothing():
    _, tables = analysed({"a": 200, "b": 3}, min_base=1)
    assert tables["suppressed"].empty
    assert shown_sizes(tables) == {"a": 200, "b": 3}


@pytest.mark.parametrize("seed", range(5))
def test_what_is_hidden_is_always_several_groups_and_enough_respondents(seed):
    draw = np.random.default_rng(seed)
    for _ in range(200):
        counts = draw.integers(0, 30, draw.integers(1, 7))
        small, complementary = hidden(counts, minimum=10)
        assert (small == ((counts > 0) & (counts < 10))).all()
        assert not (small & complementary).any()
        gone = small | complementary
        if small.any() and not gone[counts > 0].all():
            assert gone.sum() > 1
            assert counts[gone].sum() >= 10


@pytest.mark.parametrize("seed", range(3))
def test_crossed_divisions_reveal_no_small_cell(seed):
    draw = np.random.default_rng(seed)
    for _ in range(100):
        counts = draw.integers(0, 30, (draw.integers(2, 6), 3))
        already = np.zeros(counts.shape, dtype=bool)
        already[:, -1] = True
        gone = crossed(counts, minimum=10, already=already)
        assert gone[(counts > 0) & (counts < 10)].all()
        for count, line in (*zip(counts, gone, strict=True), *zip(counts.T, gone.T, strict=True)):
            kept = line.sum() > 1 and count[line].sum() >= 10
            assert not line.any() or line[count > 0].all() or kept
            assert not line[count == 0].any()


REGIONS = {"": 4, "few": 60, "a": 400, "b": 300, "c": 36}


@pytest.fixture(scope="module")
def sparse():
    """Make a wave in which few of a group rated t0, and hardly anybody missed t1 or knows t2."""
    design = fair(5)
    study = study_of(design, segments=(Segment("region", Text(), Columns("REGION")),))
    settings = Analysis(replicates=200, min_segment=30)
    study = replace(study, analysis=settings, privacy=Privacy(protect_unknown=True))
    frame = responses_of(design, sum(REGIONS.values()), seed=5)
    place = np.repeat(list(REGIONS), list(REGIONS.values())).astype(str)
    frame["segment.region"] = np.random.default_rng(1).permutation(place)
    thin = (frame["segment.region"] == "few") & frame["t0.rating"].notna()
    frame.loc[thin & (thin.cumsum() > 3), "t0.rating"] = np.nan
    frame["t1.contact"] = pd.array([1] * len(frame), dtype="Int8")
    frame.loc[[7, 8], "t1.contact"] = 0
    frame.loc[[7, 8], "t1.rating"] = np.nan
    known = frame["t2.rating"].notna()
    away = ~(known & (known.cumsum() <= 6))
    frame.loc[away, "t2.contact"] = pd.NA
    frame.loc[away, "t2.rating"] = np.nan
    return study, frame


def levels(sparse):
    study, frame = sparse
    answers = read_answers(study, "w1", frame)
    several = list(cells(study, answers))
    found = pd.concat([performance(study, answers, cell) for cell in several], ignore_index=True)
    outcomes = pd.concat([outcome_levels(study, answers, cell) for cell in several])
    draws = [
        cell_draws(
            study, answers, cell, (), multiplicity=multiplicity(study, answers.wave, answers.groups)
        )
        for cell in several
    ]
    return found, outcomes, comparison_table(study, draws)


def test_no_estimate_rests_on_few_nor_is_found_by_subtraction(sparse):
    _, frame = sparse
    found, outcomes, _ = levels(sparse)
    bases = {
        "reach": "n_known",
        "satisfaction": "n_rated",
        "disappointed": "n_rated",
        "delighted": "n_rated",
        "nps_met": "n_nps_met",
        "nps_not_met": "n_nps_not_met",
    }
    for name, base in bases.items():
        shown = found[found[name].notna()]
        assert (shown[base] >= 10).all(), name
        for touchpoint, rows in shown.groupby("touchpoint"):
            total = rows[rows.segment == ""]
            if len(total):
                left = int(total[base].iloc[0]) - int(rows[rows.segment != ""][base].sum())
                assert left == 0 or left >= 10, (name, touchpoint)
    level = outcomes[outcomes["mean"].notna()]
    for _, rows in level.groupby("outcome"):
        left = rows[rows.segment == ""].n.sum() - rows[rows.segment != ""].n.sum()
        assert left == 0 or left >= 10
    t0 = found[found.touchpoint == "t0"].set_index("segment_value")
    assert np.isnan(t0.loc["few", "satisfaction"])
    assert t0.loc["", "satisfaction"] == pytest.approx(
        np.average(frame["t0.rating"].dropna(), weights=frame.weight[frame["t0.rating"].notna()])
    )
    t1 = found[found.touchpoint == "t1"].set_index("segment_value")
    assert t1.loc["", ["nps_met", "nps_not_met"]].isna().all()
    t2 = found[(found.touchpoint == "t2") & (found.segment == "")]
    assert t2[["reach", "satisfaction", "n_met", "n_nps_met", "n_rated_eff"]].isna().all(axis=None)
    assert int(t2.n_rated.iloc[0]) == 6


def test_comparisons_and_banner_tables_hide_what_performance_hides(sparse):
    study, frame = sparse
    found, outcomes, compared = levels(sparse)
    answers = read_answers(study, "w1", frame)
    banner = banner_table(study, answers, frame)
    keys = ["segment", "segment_value", "touchpoint"]
    for name, kind, measure in (
        ("satisfaction", "touchpoint", "mean"),
        ("reach", "contact", "met"),
    ):
        seen = banner[(banner.kind == kind) & (banner.measure == measure)]
        told = seen.rename(columns={"question": "touchpoint"}).set_index(keys).value.dropna()
        shown = found.set_index(keys)[name].dropna()
        assert set(told.index) == set(shown.index), name
        rows = compared[compared.metric == name]
        for side, key in (
            ("value", ["segment", "segment_value", "touchpoint"]),
            ("other", ["other_segment", "other_value", "touchpoint"]),
        ):
            there = rows[rows[side].notna()]
            assert set(map(tuple, there[key].to_numpy())) <= set(shown.index), name
        gone = rows.value.isna() | rows.other.isna()
        assert gone.any()
        assert rows[gone][["difference", "difference_low", "p_value"]].isna().all(axis=None)
    keys = ["segment", "segment_value", "outcome"]
    shown = set(outcomes.set_index(keys)["mean"].dropna().index)
    there = compared[(compared.metric == "level") & compared.value.notna()]
    assert set(map(tuple, there[keys].to_numpy())) <= shown


def test_tables_of_the_total_tell_nothing_of_a_few(sparse):
    study, frame = sparse
    tables = analyze_wave(study, "w1", frame)
    pairs = tables["overlap"].query("(touchpoint == 't2' or other == 't2') and n > 0")
    assert len(pairs)
    assert pairs[["n_both", "both", "jaccard", "lift"]].isna().all(axis=None)
    weakest = tables["weakest"].query("touchpoint == 't2'")
    assert weakest[["share", "expected", "lift", "p_value"]].isna().all(axis=None)
    bands = ["n_disappointed", "n_okay", "n_delighted", "disappointed", "delighted", "reach"]
    assert tables["asymmetry"].query("touchpoint == 't2'")[bands].isna().all(axis=None)
    single = tables["univariate"]
    assert single[single.n < 10].correlation.isna().all()
    wave = read_wave(study, "w1", frame)
    for measure in ("reach", "satisfaction", "disappointed"):
        assert "t2" not in levels_of(study, wave)[measure].items
        assert "t0" in levels_of(study, wave)[measure].items


@pytest.mark.parametrize("last", ["", "potential"])
def test_a_few_of_unknown_status_are_not_found_in_the_funnel(last):
    study = replace(
        study_of(DESIGN),
        privacy=Privacy(protect_unknown=True),
        status=StatusRule(Columns("s"), {"current": (1,), "former": (2,), "potential": (3,)}),
    )
    frame = responses_of(DESIGN, 900, seed=2)
    frame["status"] = ["current"] * 500 + ["former"] * 396 + [last] * 4
    answers = read_answers(study, "w1", frame)
    table, _ = funnel_tables(study, answers, next(cells(study, answers)))
    assert set(table.status) == {"", "current"}
