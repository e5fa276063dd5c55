"""Groups compared: plain differences, tests of the right size whatever they share."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, norm, ttest_ind

from simulated_study import responses_of, study_of
from supertouch.errors import UnsupportedError
from supertouch.findings.answers import Cell, cells, read_answers
from supertouch.findings.cell_draws import cell_draws
from supertouch.findings.comparison import compare, comparison_table
from supertouch.findings.drivers import effort
from supertouch.findings.fitting import fit
from supertouch.findings.models import multiplicity, prepare, together
from supertouch.simulate import fair, null
from supertouch.study.model import Analysis, Columns, Segment, Text
from supertouch.tables.comparison import Comparison

P, N = 4, 1200
DESIGN = fair(P)
COLOUR = Segment("colour", Text(), Columns("COLOUR"))
SIDE = Segment("side", Text(), Columns("SIDE"))


def drawn(study, frame, masks=None, models=True):
    """Give draws of the total and of each value, or of the masks."""
    answers = read_answers(study, "w1", frame)
    replicates = multiplicity(study, answers.wave, answers.groups)
    chosen = cells(study, answers)
    if masks is not None:
        chosen = [Cell("mask", str(k), mask) for k, mask in enumerate(masks)]
    result = []
    for cell in chosen:
        fitted = [
            fit(
                study,
                prepare(study, answers, outcomes, mask=cell.mask),
                multiplicity=replicates,
                effort=effort(study, cell, len(answers.touchpoints)),
            )
            for outcomes in (together(study, answers) if models else ())
        ]
        result.append(cell_draws(study, answers, cell, fitted, multiplicity=replicates))
    return result


@pytest.fixture(scope="module")
def study():
    return study_of(DESIGN, segments=(COLOUR, SIDE))


@pytest.fixture(scope="module")
def frame():
    """Reds are more satisfied with t1, which counts for greens only; sides do not differ."""
    found = responses_of(DESIGN, N, seed=21)
    rng = np.random.default_rng(22)
    colour = np.array(["blue", "green", "red"])[np.arange(N) % 3]
    found["segment.colour"], found["segment.side"] = colour, rng.choice(["l", "r"], N)
    high = (colour == "red") & (found["t1.rating"] < 5).to_numpy() & (rng.random(N) < 0.5)
    found.loc[high, "t1.rating"] += 1
    pull = np.where(colour == "green", (found["t1.rating"] - 4).fillna(0), 0)
    found["loyalty.score"] += 0.8 * pull
    return found


@pytest.fixture(scope="module")
def draws(study, frame):
    return drawn(study, frame)


@pytest.fixture(scope="module")
def table(study, draws):
    return comparison_table(study, draws)


def row(table, first, other, metric, touchpoint="", outcome=""):
    rows = (table.segment_value == first) & (table.other_value == other)
    rows &= (table.metric == metric) & (table.touchpoint == touchpoint)
    found = table[rows & (table.outcome == outcome)]
    assert len(found) == 1
    return found.iloc[0]


def test_the_table_keeps_to_its_schema(table):
    Comparison.to_schema().validate(table[list(Comparison.to_schema().columns)])


def test_every_pair_and_every_value_against_all(table):
    pairs = table.groupby(["segment", "segment_value", "other_segment", "other_value"]).size()
    colours = {("blue", "green"), ("blue", "red"), ("green", "red")}
    expected = {("colour", a, "colour", b) for a, b in colours}
    expected |= {("colour", value, "", "") for value in ("blue", "green", "red")}
    assert set(pairs.index) == expected | {("side", "l", "side", "r")}
    assert (pairs == 2 * P + 2 * 2 * P + 2 + 1).all()
    assert (table.overlap == (table.other_value == "")).all()
    assert (table.n_both[table.overlap] == N / 3).all()


def test_differences_are_those_of_plain_means(table, frame):
    red, blue = (frame[frame["segment.colour"] == colour] for colour in ("red", "blue"))
    found = row(table, "blue", "red", "satisfaction", "t1")
    first, other = blue["t1.rating"].dropna(), red["t1.rating"].dropna()
    assert found.difference == pytest.approx(first.mean() - other.mean())
    assert (found.n, found.n_other) == (len(first), len(other))
    found = row(table, "blue", "red", "reach", "t2")
    assert found.value == pytest.approx(blue["t2.contact"].mean())
    found = row(table, "blue", "", "level", outcome="recommendation")
    assert found.other == pytest.approx(frame["recommendation.score"].mean())
    score = red["recommendation.score"]
    found = row(table, "blue", "red", "nps", outcome="recommendation")
    assert found.other == pytest.approx(100 * ((score >= 9).mean() - (score <= 6).mean()))


def test_disjoint_groups_are_tested_as_by_the_t_test(study, frame):
    """With 1,000 replicates standard errors are within a few per cent."""
    many = replace(study, analysis=Analysis(replicates=1000))
    parts = {part.value: part for part in drawn(many, frame, models=False)}
    found = compare(many, parts["blue"], parts["green"])
    rows = found[found.metric == "satisfaction"].set_index("touchpoint")
    blue, green = (frame[frame["segment.colour"] == colour] for colour in ("blue", "green"))
    for name in rows.index:
        values = [part[f"{name}.rating"].dropna() for part in (blue, green)]
        expected = ttest_ind(*values, equal_var=False)
        z = norm.isf(rows.p_value[name] / 2)
        assert z == pytest.approx(abs(expected.statistic), rel=0.12, abs=0.1)


def test_against_everybody_is_against_the_rest(study, frame):
    red = (frame["segment.colour"] == "red").to_numpy()
    everybody = np.ones(N, dtype=bool)
    first, rest, total = drawn(study, frame, [red, ~red, everybody], models=False)
    to_rest, to_total = (compare(study, first, other) for other in (rest, total))
    z = [norm.isf(found.p_value / 2) for found in (to_rest, to_total)]
    assert z[0] == pytest.approx(z[1], abs=0.15)
    means = to_rest.metric == "reach"
    assert to_total.difference[means].to_numpy() == pytest.approx(
        to_rest.difference[means].to_numpy() * 2 / 3
    )


def test_what_differs_is_found_and_what_does_not_is_not(table):
    found = row(table, "blue", "red", "satisfaction", "t1")
    assert found.p_adjusted < 0.05
    assert found.difference_high < 0
    assert row(table, "blue", "green", "effect", "t1", "loyalty").p_adjusted < 0.01
    assert row(table, "blue", "green", "share", "t1", "loyalty").p_adjusted < 0.05
    assert row(table, "green", "", "effect", "t1", "loyalty").difference_low > 0
    assert (table[table.segment == "side"].p_adjusted > 0.05).all()


def test_p_values_are_adjusted_within_segment_and_metric(table):
    rows = (table.segment == "colour") & (table.metric == "reach")
    expected = false_discovery_control(table.p_value[rows])
    assert table.p_adjusted[rows].to_numpy() == pytest.approx(expected)


def test_order_only_turns_the_sign(study, draws):
    parts = [part for part in draws if part.segment == "colour"][:2]
    forward, backward = compare(study, *parts), compare(study, *parts[::-1])
    assert forward.difference.to_numpy() == pytest.approx(-backward.difference.to_numpy())
    assert forward.p_value.to_numpy() == pytest.approx(backward.p_value.to_numpy())


def test_a_group_does_not_differ_from_itself(study, draws):
    found = compare(study, draws[1], draws[1])
    assert (found.difference == 0).all()
    assert found.p_value.isna().all()


def test_waves_are_not_compared_here(study, draws):
    with pytest.raises(UnsupportedError, match="share no replicates"):
        compare(study, draws[0], replace(draws[1], wave="w2"))


def test_shares_are_among_common_touchpoints(study, frame):
    """Nobody red met t3, so that shares are compared among the other three."""
    less = frame.copy()
    red = (less["segment.colour"] == "red").to_numpy()
    less.loc[red, "t3.contact"], less.loc[red, "t3.rating"] = 0, np.nan
    parts = {part.value: part for part in drawn(study, less)}
    found = compare(study, parts["blue"], parts["red"])
    shares = found[found.metric == "share"]
    assert (shares.n_common == 3).all()
    assert set(shares.touchpoint) == {"t0", "t1", "t2"}
    sums = shares.groupby("outcome")[["value", "other"]].sum()
    assert sums.to_numpy() == pytest.approx(1)
    assert (compare(study, parts["blue"], parts["green"]).n_common.max()) == P


def test_refused_models_leave_performance_to_compare(study, frame):
    strict = replace(study, rule=replace(study.rule, min_base=5000))
    found = comparison_table(strict, drawn(strict, frame.head(300)))
    assert set(found.metric) == {"reach", "satisfaction", "level", "nps"}
    assert found.p_value.notna().any()


def test_small_bases_are_shown_without_a_test(study, frame):
    few = frame.copy()
    hidden = (few["segment.colour"] == "red") & (np.arange(N) > 80)
    few.loc[hidden, [f"t{j}.rating" for j in range(P)]] = np.nan
    found = row(comparison_table(study, drawn(study, few)), "blue", "red", "satisfaction", "t0")
    assert found.n_other < 30
    assert not np.isnan(found.difference)
    assert np.isnan(found.p_value)
    assert np.isnan(found.difference_low)


@pytest.mark.parametrize("cluster", [1, 5])
def test_overlapping_groups_are_tested_at_the_right_size(cluster):
    """About 1,100 tests of true nulls: 5 % +- 2 %; groups taken for independent: under 2 %.

    Two groups of 60 %, drawn independently, have 36 % of the respondents in common.
    """
    design = replace(null(8, halo=0.0), cluster_size=cluster, icc=0.0)
    study = study_of(design, analysis=Analysis(replicates=200))
    rng = np.random.default_rng(31)
    ours, naive = [], []
    for seed in range(65):
        frame = responses_of(design, 400, seed=1000 + seed)
        masks = [rng.random(400) < 0.6 for _ in range(2)]
        first, other = drawn(study, frame, masks, models=False)
        ours.append(compare(study, first, other).p_value)
        for name, metric in first.metrics.items():
            difference = metric.estimate - other.metrics[name].estimate
            variances = [m.replicates.var(axis=0) for m in (metric, other.metrics[name])]
            naive.append(2 * norm.sf(np.abs(difference) / np.sqrt(sum(variances))))
    assert np.mean(pd.concat(ours) < 0.05) == pytest.approx(0.05, abs=0.02)
    assert np.mean(np.concatenate(naive) < 0.05) < 0.02
