"""Blocks of touchpoints, and the respondents that a wave needs: plans and simulated studies."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from typer.testing import CliRunner

from supertouch import pipeline
from supertouch.cli import app
from supertouch.errors import UnsupportedError
from supertouch.findings import JUDGED, MAIN, analyze_wave, judged_tables
from supertouch.pipeline import files
from supertouch.pipeline.expecting import expected_wave
from supertouch.simulate import study_of, truth
from supertouch.simulate.planning import (
    Expected,
    expected_design,
    expected_responses,
    lifted,
    unknown_touchpoints,
)
from supertouch.simulate.respondents import mean_rating, population
from supertouch.stats.blocks import balanced_blocks
from supertouch.stats.power_curve import power_curve
from supertouch.study import load_study

P = 6
Z = 1.959964


def schoenheim(items, most):
    """Return the fewest blocks that can hold every pair (Schönheim 1964)."""
    return math.ceil(items / most * math.ceil((items - 1) / (most - 1)))


@pytest.mark.parametrize(
    ("items", "most"),
    [(7, 3), (9, 3), (13, 4), (16, 6), (24, 12), (31, 30), (40, 30), (60, 30), (97, 30), (100, 30)],
)
def test_blocks_hold_every_item_equally_often_and_every_pair(items, most):
    plan = balanced_blocks(items, most, seed=3)
    held = np.zeros((len(plan.blocks), items), dtype=int)
    for number, block in enumerate(plan.blocks):
        held[number, list(block)] = 1
    pairs = [int((held[:, i] * held[:, j]).sum()) for i, j in combinations(range(items), 2)]
    assert held.sum(axis=1).max() <= most
    assert np.ptp(held.sum(axis=0)) == 0
    assert plan.singles == (held[:, 0].sum(), held[:, 0].sum())
    assert plan.pairs == (min(pairs), max(pairs))
    assert plan.pairs[0] >= 1
    assert len(plan.blocks) >= schoenheim(items, most)
    free = most * (most - 1) / (items * (items - 1))
    assert plan.efficiency == pytest.approx(min(pairs) / len(plan.blocks) / free)
    assert plan.efficiency >= 0.7
    assert balanced_blocks(items, most, seed=3) == plan


@pytest.mark.parametrize(("items", "most", "blocks"), [(7, 3, 7), (9, 3, 12), (13, 4, 13)])
def test_known_balanced_designs_are_found(items, most, blocks):
    # the projective planes of order 2 and 3 and the affine plane of order 3
    plan = balanced_blocks(items, most, seed=1)
    assert (len(plan.blocks), plan.pairs, plan.efficiency) == (blocks, (1, 1), pytest.approx(1))


def test_blocks_too_short_for_all_pairs_are_refused():
    with pytest.raises(UnsupportedError, match="every pair"):
        balanced_blocks(100, 6, seed=1)
    assert len(balanced_blocks(5, 9, seed=1).blocks) == 1


def test_the_power_curve_finds_the_size_that_a_known_test_needs():
    n = np.array([500.0, 750, 1000, 1500, 2000, 3000, 5000])
    delta, critical, cases = 0.08, 2.3, 12
    truth = ((critical + norm.ppf(0.8)) / delta) ** 2
    chance = norm.cdf(delta * np.sqrt(n) - critical)
    rng = np.random.default_rng(5)
    tried = np.full(len(n), float(cases))
    needed, error = np.array(
        [power_curve(n, rng.binomial(cases, chance) + 0.0, tried).respondents(0.8)
         for _ in range(300)]
    ).T  # fmt: skip
    assert np.mean(needed) == pytest.approx(truth, rel=0.04)
    assert np.median(error) == pytest.approx(needed.std(), rel=0.2)
    curve = power_curve(n, np.round(cases * chance), tried)
    again = [power_curve(n, rng.binomial(cases, chance) + 0.0, tried).chance(1500.0)
             for _ in range(300)]  # fmt: skip
    assert curve.error(1500) == pytest.approx(np.std(again), rel=0.25)
    assert np.isnan(power_curve(n, tried[::-1] * (n < 1000), tried).respondents(0.8)[0])
    sharp = power_curve(n, tried * (n > 1000), tried).respondents(0.8)[0]
    assert 1000 < sharp < 1500


def test_simulated_waves_look_as_expected():
    expected = Expected(
        reach=np.array([0.9, 0.5, 0.2, 0.6]),
        mean=np.array([4.6, 3.0, 2.0, 3.5]),
        spread=np.array([0.7, 1.3, 0.9, 1.0]),
        answered=np.array([1.0, 0.8, 0.9, 1.0]),
        points=5,
        design_effect=1.5,
    )
    design = expected_design(expected)
    people = population(design, 60_000, np.random.default_rng(1))
    assert mean_rating(design) == pytest.approx(expected.mean, abs=0.01)
    assert people.rating.std(axis=0) == pytest.approx(expected.spread, abs=0.02)
    blocks = [(0, 1), (2, 3)]
    frame = expected_responses(
        design, 20_000, design_effect=1.5, blocks=blocks, rng=np.random.default_rng(2)
    )
    weight = frame["weight"].to_numpy()
    assert 20_000 * (weight**2).sum() / weight.sum() ** 2 == pytest.approx(1.5, rel=0.1)
    contact = frame[[f"t{j}.contact" for j in range(4)]].to_numpy(float, na_value=np.nan)
    assert np.nanmean(contact, axis=0) == pytest.approx(expected.reach, abs=0.02)
    assert (np.isnan(contact[:, 0]) == ~np.isnan(contact[:, 2])).all()
    assert np.isnan(contact[:, 0]).mean() == pytest.approx(0.5)
    met = contact[:, 1] == 1
    rated = frame["t1.rating"].notna().to_numpy()
    assert rated[met].mean() == pytest.approx(0.8, abs=0.02)
    assert (frame["t1.rating_empty"][np.isnan(contact[:, 1])] == "not_asked").all()


def test_lifted_touchpoints_have_twice_the_fair_share():
    expected = unknown_touchpoints(12, 5)
    raised = lifted(expected)
    found = truth(expected_design(expected), n=200_000, rng=np.random.default_rng(3))
    assert len(raised) == 2
    assert 12 * found.experience_share[:, raised] == pytest.approx(2, abs=0.3)
    assert found.builds.all(axis=0).sum() == 2
    assert expected.reach[raised[0]] > 0.6 > expected.reach[raised[1]]


STUDY = """
[study]
id = "plan"
title = "Plan"
company = "Plan"
languages = ["en"]
[data]
raw = "."
[waves.now]
label = "now"
file = "now.csv"
[scales.rating]
min = 1
max = 5
best = 5
[scales.ten]
min = 0
max = 10
best = 10
[codes]
not_met = [9]
[columns]
rating = "R_{id}"
[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
column = "L"
codes = {not_met = []}
[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "ten"
codes = {not_met = []}
[field]
precision = 0.12
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "study.toml"
    names = "".join(f'[touchpoints.t{j}]\nlabel = "T{j}"\nphase = "before"\n' for j in range(P))
    path.write_text(STUDY + names, encoding="utf-8")
    return load_study(path)


@pytest.fixture(scope="module")
def sized(study):
    return pipeline.sample_size(study, "now", ladder=(400, 1600), studies=3)


def widths(expected, n):
    """Return the half widths of mean ratings by the textbook formula."""
    raters = n * expected.reach * expected.answered / expected.design_effect
    return Z * expected.spread / np.sqrt(raters)


def test_simulated_widths_agree_with_the_formula(study, sized):
    expected, based_on = expected_wave(study, study.touchpoints)
    assert based_on == sized.based_on == ""
    for rung in sized.rungs:
        own = widths(expected, rung.n)
        assert rung.half_width == pytest.approx(np.median(own), rel=0.08)
        assert rung.widest == pytest.approx(own.max(), rel=0.12)
    needed = (widths(expected, 1) / 0.12) ** 2
    assert sized.precision == 0.12
    assert sized.all.n == pytest.approx(needed.max(), rel=0.15)
    assert sized.hardest == f"t{P - 1}"
    assert sized.middle.n == pytest.approx(np.sort(needed)[P // 2], rel=0.15)
    assert sized.all.error < 0.1 * sized.all.n
    assert sized.raters == pytest.approx((Z * 1.0 / 0.12) ** 2, rel=0.15)


def test_bases_grow_with_the_sample_and_super_ones_are_found_in_large_ones(sized):
    expected = unknown_touchpoints(P, 5)
    rarest = expected.reach[-1] * expected.answered[-1]
    assert sized.base.n == pytest.approx(50 / rarest, rel=0.15)
    small, large = sized.rungs
    assert large.raters == pytest.approx(1600 * rarest, rel=0.2)
    assert large.admitted == 1
    assert small.share_half_width > 1.5 * large.share_half_width
    assert large.power >= small.power
    assert sized.lifted == 1


def test_the_chance_rises_with_the_size_while_the_counts_are_told_beside(study):
    sized = pipeline.sample_size(study, "now", ladder=(300, 600, 1200, 2400), studies=4)
    chances = [rung.power for rung in sized.rungs]
    assert chances == sorted(chances)
    assert [rung.lifted for rung in sized.rungs] == [4] * len(sized.rungs)
    assert sum(rung.found for rung in sized.rungs) == pytest.approx(4 * sum(chances), abs=1.5)
    assert all(0 < rung.power_error < 0.3 for rung in sized.rungs if 0.01 < rung.power < 0.99)


def test_what_verdicts_rest_on_is_the_same_alone(study):
    design = expected_design(unknown_touchpoints(P, 5))
    frame = expected_responses(design, 600, rng=np.random.default_rng(6))
    simulated = study_of(design, waves=("now",))
    alone = judged_tables(simulated, "now", frame)
    whole = analyze_wave(simulated, "now", frame, complete=False)
    assert set(alone) == set(JUDGED)
    for name, table in alone.items():
        pd.testing.assert_frame_equal(table, whole[name])


def test_split_questionnaires_need_more_respondents(study, sized):
    names = [item.id for item in study.touchpoints]
    halves = [[names[k] for k in pair] for pair in combinations(range(P), P // 2)]
    split = pipeline.sample_size(study, "now", blocks=halves, ladder=(1600,), studies=1)
    assert split.blocks == len(halves)
    assert split.all.n == pytest.approx(2 * sized.all.n, rel=0.25)


def test_the_last_wave_analysed_is_what_is_expected(study):
    real = Expected(
        reach=np.linspace(0.3, 0.8, P),
        mean=np.linspace(2.5, 4.5, P),
        spread=np.linspace(0.8, 1.2, P),
        answered=np.full(P, 0.9),
        points=5,
        r2=0.3,
        design_effect=1.4,
    )
    frame = expected_responses(
        expected_design(real), 4000, design_effect=1.4, rng=np.random.default_rng(4)
    )
    simulated = study_of(expected_design(real), waves=("now",))
    tables = analyze_wave(simulated, "now", frame, complete=False)
    folder = study.processed / "analyze" / "now"
    try:
        for name in MAIN:
            files.write_table(tables[name], folder / f"{name}.parquet", table=name)
        found, wave = expected_wave(study, study.touchpoints)
    finally:
        for path in folder.glob("*"):
            path.unlink()
    assert wave == "now"
    assert found.reach == pytest.approx(real.reach, abs=0.04)
    assert found.mean == pytest.approx(real.mean, abs=0.08)
    assert found.spread == pytest.approx(real.spread, rel=0.15)
    assert found.answered == pytest.approx(real.answered, abs=0.03)
    assert found.design_effect == pytest.approx(1.4, rel=0.1)
    assert found.r2 == pytest.approx(0.3, abs=0.1)


def test_the_command_tells_how_many_respondents_are_needed(study, monkeypatch):
    from supertouch.pipeline import planning

    monkeypatch.setattr(planning, "LADDER", (300,))
    monkeypatch.setattr(planning, "STUDIES", ((100, 1),))
    words = ["questionnaire", str(study.folder), "--format", "word", "--precision", "0.3"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "Mean ratings to within 0.3 points (95% interval)" in done.output
    assert "50 raters of every touchpoint" in done.output
    assert "by assumption" in done.output
    assert "1 simulated studies of each size, 1 in all" in " ".join(done.output.split())
    table = Path(study.folder) / "reports" / "questionnaire" / "plan_now_sample_size.csv"
    assert table.read_text().startswith("n,studies,half_width")
