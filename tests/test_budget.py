"""Budget: the best set of measures is the best, the frontier misses none, nothing goes unsaid."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from simulated_study import responses_of, study_of
from supertouch.decisions.budget import budget, left_out
from supertouch.errors import UnsupportedError
from supertouch.findings import analyze_wave
from supertouch.pipeline import deciding, files
from supertouch.screen.deciding import show_budget
from supertouch.simulate import planted
from supertouch.stats.allocation import best_set, frontier
from supertouch.study.model import Measure, PlanRule, Scale, Text
from supertouch.tables import checked

P = 6
DESIGN = planted(P, supers=2, lift=2.0, idle=2, reach=(0.9, 0.4))


def every_set(value, cost, place, excludes):
    """Cost and worth of all sets without excluding pairs; at a place the best one counts."""
    for bits in product((False, True), repeat=len(value)):
        chosen = np.array(bits)
        if not any(chosen[one] and chosen[other] for one, other in excludes):
            worth = sum(value[chosen & (place == j)].max(initial=0.0) for j in np.unique(place))
            yield cost[chosen].sum(), worth


def pareto(sets):
    kept = []
    for cost, worth in sorted(sets, key=lambda item: (item[0], -item[1])):
        if not kept or worth > kept[-1][1] + 1e-12:
            kept.append((cost, worth))
    return kept


@pytest.mark.parametrize("seed", range(12))
def test_the_best_set_and_the_frontier_are_those_of_brute_force(seed):
    rng = np.random.default_rng(seed)
    m = 8
    cost = rng.integers(0, 20, m) * (1.0 if seed % 2 else 12_345.67)
    value, place = rng.normal(1, 1, m), rng.integers(0, 5, m)
    excludes = [tuple(rng.choice(m, 2, replace=False)) for _ in range(3)]
    sets = list(every_set(value, cost, place, excludes))
    for share in (0.0, 0.1, 0.35, 0.8):
        limit = share * cost.sum()
        found = best_set(value, cost, place=place, excludes=excludes, budget=limit)
        wanted = max(worth for spent, worth in sets if spent <= limit)
        assert (found.value, found.proven) == (pytest.approx(wanted), True)
        assert found.cost <= limit
    whole = frontier(value, cost, place=place, excludes=excludes)
    assert whole.complete
    assert [(item.cost, item.value) for item in whole.sets] == [
        (pytest.approx(spent), pytest.approx(worth)) for spent, worth in pareto(sets)
    ]


def test_a_frontier_of_too_many_sets_is_a_grid_that_says_so(capfd):
    rng = np.random.default_rng(5)
    value, cost = rng.gamma(2, 0.02, 30), rng.integers(5, 200, 30) * 1000.0
    found = frontier(value, cost, place=np.arange(30), most=20)
    assert not found.complete
    assert 2 < len(found.sets) <= 20
    assert found.sets[0].cost == 0
    assert found.sets[-1].chosen.all()
    gains = [item.value for item in found.sets]
    assert gains == sorted(gains)
    assert capfd.readouterr().out == ""  # the solver prints lines of its own


@pytest.fixture(scope="module")
def study():
    return study_of(DESIGN)


@pytest.fixture(scope="module")
def tables(study):
    return analyze_wave(study, "w1", responses_of(DESIGN, 1500, seed=2), complete=False)


def means(tables):
    return tables["performance"].set_index("touchpoint").satisfaction


def measure(name, touchpoint, target, cost=100.0, **more):
    return Measure(name, touchpoint, Text({"en": name}), float(target), "w1", cost=cost, **more)


def plan(tables, better=0.4):
    mean = means(tables)
    return [measure(f"m_{name}", name, mean[name] + better) for name in mean.index]


def test_a_set_is_worth_the_gains_of_its_measures(study, tables):
    found = budget(study, tables, plan(tables), wave="w1", budget=250.0)
    table = checked(found, table="budget")
    assert list(table.chosen) == [False, False, True, *[False] * (len(table) - 3)]
    levers = tables["levers"]
    mean = levers[levers.unit == "mean"].assign(
        gain=lambda t: 0.4 * t.reach * t.effect, value=lambda t: t.gain / t.outcome_spread
    )
    nps = levers[levers.unit == "nps"].set_index("touchpoint")
    value = mean.groupby("touchpoint").value.mean()
    for row in table.itertuples():
        names = [name.removeprefix("m_") for name in row.measures.split()]
        assert row.value == pytest.approx(value[names].sum())
        assert row.nps == pytest.approx((0.4 * nps.reach * nps.effect)[names].sum())
        loyalty = mean[mean.outcome == "loyalty"].set_index("touchpoint").gain
        assert row.loyalty == pytest.approx(loyalty[names].sum())
        assert row.cost == 100 * len(names)
        assert row.value_low <= row.value <= row.value_high
    works = value.sort_values(ascending=False)
    own = table[table.chosen].squeeze()
    assert (own.budget, own.cost, own.n_measures) == (250.0, 200.0, 2)
    assert set(own.measures.split()) == {f"m_{name}" for name in works.index[:2]}
    assert table.complete.all()


def test_the_planted_drivers_are_bought_first(study, tables):
    strong = np.argsort(-DESIGN.outcomes[0].beta * DESIGN.reach)[:2]
    found = budget(study, tables, plan(tables), wave="w1", budget=200.0)
    assert set(found[found.chosen].squeeze().measures.split()) == {f"m_t{j}" for j in strong}


def test_two_measures_at_a_touchpoint_reach_the_higher_target_only(study, tables):
    top = measures_of_best(study, tables)
    found = budget(study, tables, top, wave="w1")
    assert set(found.measures) == {"", "low", "high"}
    alone = budget(study, tables, [top[1]], wave="w1")
    assert found.value.max() == pytest.approx(alone.value.max())


def measures_of_best(study, tables):
    levers = tables["levers"]
    name = levers[levers.outcome == "loyalty"].sort_values("effect").touchpoint.iloc[-1]
    mean = means(tables)[name]
    return [measure("low", name, mean + 0.2, 50), measure("high", name, mean + 0.5, 100)]


def test_excluding_measures_never_go_together(study, tables):
    measures = plan(tables)
    free = budget(study, tables, measures, wave="w1").iloc[-1]
    first, second = free.measures.split()[:2]
    tied = [replace(item, excludes=(second,) if item.id == first else ()) for item in measures]
    found = budget(study, tables, tied, wave="w1")
    assert not any({first, second} <= set(row.split()) for row in found.measures)
    assert found.value.max() < free.value


def test_headroom_caps_and_german_targets_are_already_turned(study, tables):
    far = [replace(item, target=99.0) for item in plan(tables)]
    best = [replace(item, target=5.0) for item in plan(tables)]
    one, other = (budget(study, tables, item, wave="w1") for item in (far, best))
    pd.testing.assert_frame_equal(one, other)
    german = replace(study, scales=dict(study.scales) | {"rating": Scale("rating", 1, 5, 1)})
    pd.testing.assert_frame_equal(budget(german, tables, best, wave="w1"), one)
    low = [replace(plan(tables)[0], target=1.5)]
    reason = left_out(german, tables, low, wave="w1")[0].reason
    assert f"today's mean, {6 - means(tables)['t0']:.2f}" in reason


def test_what_cannot_be_weighed_is_left_out_with_its_reason(study, tables):
    worse = {name: frame.copy() for name, frame in tables.items()}
    levers = worse["levers"]
    levers.loc[levers.touchpoint == "t0", "effect"] = -0.1
    worse["levers"] = levers[levers.touchpoint != "t5"]
    good = plan(tables)
    measures = [
        good[0],
        replace(good[1], cost=None),
        replace(good[2], target=1.0),
        good[3],
        good[5],
        measure("lost", "nowhere", 5.0),
        replace(good[4], cost=-1.0),
    ]
    told = {item.measure: item.reason for item in left_out(study, worse, measures, wave="w1")}
    words = {
        "m_t0": "not above zero",
        "m_t1": "has no cost",
        "m_t2": "no better than today's mean",
        "m_t5": "no effect of 't5'",
        "lost": "no touchpoint of the study",
        "m_t4": "below zero",
    }
    assert told.keys() == words.keys()
    assert all(words[name] in told[name] for name in words)
    found = budget(study, worse, measures, wave="w1", budget=1000.0)
    assert list(found.measures) == ["", "m_t3"]
    with pytest.raises(UnsupportedError) as stop:
        budget(study, worse, measures[:3], wave="w1")
    assert len(stop.value.problems) == 3
    with pytest.raises(UnsupportedError, match="no measures"):
        budget(study, tables, [], wave="w1")
    with pytest.raises(UnsupportedError, match="no amount of zero or more"):
        budget(study, tables, good, wave="w1", budget=float("nan"))


def test_a_measure_under_way_is_not_bought_again(study, tables):
    later = replace(study, waves=(*study.waves, replace(study.waves[0], id="w2")))
    both = {name: pd.concat([frame, frame.assign(wave="w2")]) for name, frame in tables.items()}
    now, far = means(tables)["t0"], plan(tables)
    measures = [
        far[0],
        replace(far[0], id="reached", target=now - 0.1),
        replace(far[0], id="again", based_on="w2", target=now - 0.1),
        replace(far[1], cost=None),
        replace(far[3], based_on="w2"),
    ]
    left = {item.measure: item.code for item in left_out(later, both, measures, wave="w2")}
    begun = dict.fromkeys(("m_t0", "reached", "m_t1"), "under_way")
    assert left == begun | {"again": "target_reached"}
    assert set(budget(later, both, measures, wave="w2").measures) == {"", "m_t3"}
    before = {item.measure for item in left_out(later, both, measures, wave="w1")}
    assert "m_t0" not in before  # in the wave that it was planned on nothing was under way
    with pytest.raises(UnsupportedError, match="set based_on to the wave that you plan on now"):
        budget(later, both, measures[:1], wave="w2")


def test_a_gain_that_is_not_demonstrable_is_bought_only_on_request(study, tables):
    weak = tables | {"levers": tables["levers"].copy()}
    weak["levers"].loc[weak["levers"].touchpoint == "t0", "effect"] = 1e-6
    measures = [item for item in plan(tables) if item.id in ("m_t0", "m_t1")]
    left = left_out(study, weak, measures, wave="w1")
    assert [(item.measure, item.code) for item in left] == [("m_t0", "not_certain")]
    assert "m_t0" not in " ".join(budget(study, weak, measures, wave="w1").measures)
    daring = replace(study, plan=replace(study.plan, certain=False))
    assert left_out(daring, weak, measures, wave="w1") == ()
    assert "m_t0" in " ".join(budget(daring, weak, measures, wave="w1").measures)


def test_a_goal_without_effects_is_refused_and_half_of_both_is_named(study, tables):
    some = tables | {"levers": tables["levers"][tables["levers"].outcome == "recommendation"]}
    with pytest.raises(UnsupportedError, match="goal loyalty"):
        budget(study, some, plan(tables), wave="w1", goal="loyalty")
    half = budget(study, some, plan(tables), wave="w1")
    assert set(half.goal) == {"recommendation"}
    assert half.loyalty.isna().all()
    single = budget(study, tables, plan(tables), wave="w1", goal="recommendation")
    assert half.value.to_numpy() == pytest.approx(single.value.to_numpy())


def test_the_terminal_shows_the_budget_the_frontier_and_what_was_left_out(
    study, tables, tmp_path, monkeypatch, capsys
):
    home = replace(study, folder=tmp_path, plan=PlanRule(budget=200.0, goal="both"))
    place = home.processed / "analyze" / "w1"
    for name in deciding.TABLES:
        files.write_table(tables[name], place / f"{name}.parquet", table=name)
    files.write_record({}, place / "stage.json")
    measures = (*plan(tables), replace(plan(tables)[0], id="free", cost=None))
    monkeypatch.setattr("supertouch.instruments.plan.read_plan", lambda study: measures)
    found = deciding.budget(home, to=tmp_path / "o.csv")
    show_budget(replace(found, under_way=True))
    out = capsys.readouterr().out
    assert re.search("200 buys: m_t.; m_t", out)
    assert "set its based_on" in out
    assert "NPS: +" in out
    assert "█" in out
    assert "it has no cost" in out
    assert "brings less than estimated" in out
    assert "associations" in out
    assert len(pd.read_csv(tmp_path / "o.csv")) == len(found.sets)
    assert [item.chosen for item in deciding.budget(home, amount=100.0).sets] == [
        item.amount == 100.0 for item in found.sets
    ]
