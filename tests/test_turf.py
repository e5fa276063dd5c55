"""Unduplicated reach: equal to trying all sets, proven or bounded, the same every time."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supertouch.simulate import planted, population
from supertouch.stats import coverage, turf

TOLERANCE = turf.TOLERANCE


def reach_of(reached, weight, chosen):
    return weight[reached[:, list(chosen)].any(axis=1)].sum() / weight.sum()


def brute_force(reached, weight, size):
    every = combinations(range(reached.shape[1]), size)
    return max(reach_of(reached, weight, chosen) for chosen in every)


def people(seed, n, p, share):
    rng = np.random.default_rng(seed)
    return rng.random((n, p)) < share, rng.integers(1, 20, n).astype(float)


@pytest.mark.parametrize("method", ["enumerated", "programmed"])
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    p=st.integers(2, 8),
    share=st.floats(0.02, 0.6),
)
@settings(max_examples=25, deadline=None)
def test_sets_are_those_of_trying_all(method, seed, n, p, share):
    reached, weight = people(seed, n, p, share)
    other = {"enumerated": "programmed", "programmed": "enumerated"}[method]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turf, other, lambda problem, size, kept, best, bound, *_: (best, bound))
        patch.setattr(coverage, "FIRST_ROWS", 5)
        patch.setattr(turf, "MOST_OPEN", 1.0)
        found = turf.reach_sets(reached, weight, sizes=p)
    greedy = turf.greedy_sets(reached, weight, sizes=p)
    everybody = reach_of(reached, weight, range(p))
    for sets in (found, greedy):
        assert [item.size for item in sets] == list(range(1, len(sets) + 1))
        reach = np.array([0.0, *(item.reach for item in sets)])
        assert reach[-1] == pytest.approx(everybody, abs=2 * TOLERANCE)
        assert (reach[:-1] < everybody - TOLERANCE / 2).all() or everybody == 0
    assert len(found) <= len(greedy)
    for item, simple in zip(found, greedy, strict=False):
        best = brute_force(reached, weight, item.size)
        assert item.reach == pytest.approx(best, abs=2 * TOLERANCE)
        assert item.reach == pytest.approx(reach_of(reached, weight, item.chosen))
        assert item.proven
        assert simple.reach <= best + 1e-9
        assert simple.reach >= (1 - 1 / np.e) * best - 1e-9
        assert simple.bound >= best - 1e-9
    assert [item.chosen for item in found[:1]] == [item.chosen for item in greedy[:1]]


def test_weights_count_and_rows_may_be_merged():
    reached, weight = people(3, 80, 6, 0.3)
    repeated = np.repeat(reached, weight.astype(int), axis=0)
    one = turf.reach_sets(reached, weight, sizes=4)
    other = turf.reach_sets(repeated, np.ones(len(repeated)), sizes=4)
    assert [item.chosen for item in one] == [item.chosen for item in other]
    np.testing.assert_allclose([i.reach for i in one], [i.reach for i in other])
    patterns, share = turf.distinct(repeated, np.ones(len(repeated)))
    assert len(patterns) == len(np.unique(reached, axis=0))
    assert share.sum() == pytest.approx(1)


def test_sets_end_where_everybody_is_reached_and_greedy_stands_among_equals():
    """What would be added to a set that reaches all is chance: it is not told."""
    same = np.ones((5, 4), dtype=bool)
    pairs = np.eye(3, dtype=bool)[:, [0, 1, 1, 2, 0]]
    nobody = np.zeros((5, 3), dtype=bool)
    for make in (turf.reach_sets, turf.greedy_sets):
        assert [s.chosen for s in make(same, np.ones(5), sizes=3)] == [(0,)]
        found = make(pairs, np.ones(3), sizes=5)
        assert [s.chosen for s in found] == [(0,), (0, 1), (0, 1, 3)]
        assert found[-1].reach == found[-1].bound == 1.0
        someone = np.vstack([pairs, np.zeros((1, 5), dtype=bool)])
        assert [s.reach for s in make(someone, np.ones(4), sizes=5)] == [0.25, 0.5, 0.75]
        assert make(nobody, np.ones(5), sizes=2) == []


def test_greedy_is_not_always_best():
    reached = np.zeros((6, 3), dtype=bool)
    reached[1:5, 0] = reached[:3, 1] = reached[3:, 2] = True
    assert turf.greedy_sets(reached, np.ones(6), sizes=2)[1].reach == pytest.approx(5 / 6)
    best = turf.reach_sets(reached, np.ones(6), sizes=2)[1]
    assert (best.chosen, best.reach, best.proven) == ((1, 2), 1.0, True)


def test_a_hundred_touchpoints_are_proven():
    met = population(
        planted(100, heavy_use=0.3, reach=(0.95, 0.05)), 1500, np.random.default_rng(1)
    ).met
    weight = np.random.default_rng(2).uniform(0.5, 2, len(met))
    found = turf.reach_sets(met, weight, sizes=10)
    assert all(item.proven for item in found)
    assert np.all(np.diff([item.reach for item in found]) >= -1e-12)


def test_what_time_leaves_open_is_said():
    """Low reach is hard: without time for it the bound stays above, and is a bound."""
    met = population(
        planted(60, heavy_use=0.3, reach=(0.3, 0.05)), 600, np.random.default_rng(1)
    ).met
    weight = np.ones(len(met))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "WORK", 0.0)
        rushed = turf.reach_sets(met, weight, sizes=4, seconds=0.0)
    full = turf.reach_sets(met, weight, sizes=4)
    assert not rushed[-1].proven
    assert len(rushed) == len(full) == 4
    for one, other in zip(rushed, full, strict=True):
        assert one.reach - TOLERANCE <= other.reach <= one.bound + TOLERANCE
        assert other.proven


def test_what_is_not_searched_any_more_is_bounded_well():
    """After a size that is not proven, larger ones cost little, and their bound is a good one."""
    met = population(
        planted(60, heavy_use=0.3, reach=(0.3, 0.05)), 600, np.random.default_rng(1)
    ).met
    calls = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "WORK", 0.0)
        for name in ("enumerated", "programmed"):
            method = getattr(turf, name)
            patch.setattr(
                turf,
                name,
                lambda problem, size, *rest, method=method, name=name: (
                    calls.append((name, size)) or method(problem, size, *rest)
                ),
            )
        found = turf.reach_sets(met, np.ones(len(met)), sizes=10)
    full = turf.reach_sets(met, np.ones(len(met)), sizes=4)
    proven = [item.proven for item in found]
    assert proven == sorted(proven, reverse=True)
    assert not proven[3]
    assert max(size for _, size in calls) == proven.index(False) + 1
    for item, best in zip(found, full, strict=False):
        assert item.reach <= best.reach + TOLERANCE <= item.bound + 2 * TOLERANCE
    assert all(item.bound - item.reach < 0.08 for item in found)
    assert np.all(np.diff([item.bound for item in found]) > 0)
