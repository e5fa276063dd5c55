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
        patch.setattr(turf, other, lambda problem, size, kept, best, bound, seconds: (best, bound))
        patch.setattr(coverage, "FIRST_ROWS", 5)
        found = turf.reach_sets(reached, weight, sizes=p)
    greedy = turf.greedy_sets(reached, weight, sizes=p)
    assert [item.size for item in found] == list(range(1, p + 1))
    for item, simple in zip(found, greedy, strict=True):
        best = brute_force(reached, weight, item.size)
        assert item.reach == pytest.approx(best, abs=2 * TOLERANCE)
        assert item.reach == pytest.approx(reach_of(reached, weight, item.chosen))
        assert item.proven
        assert simple.reach <= best + 1e-9
        assert simple.reach >= (1 - 1 / np.e) * best - 1e-9
        assert simple.bound >= best - 1e-9
    assert found[0].chosen == greedy[0].chosen


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


def test_the_greedy_set_stands_among_equals():
    same = np.ones((5, 4), dtype=bool)
    assert [s.chosen for s in turf.reach_sets(same, np.ones(5), sizes=3)] == [
        (0,),
        (0, 1),
        (0, 1, 2),
    ]
    nobody = np.zeros((5, 3), dtype=bool)
    assert [(s.reach, s.proven) for s in turf.reach_sets(nobody, np.ones(5), sizes=2)] == [
        (0.0, True),
        (0.0, True),
    ]


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
    for one, other in zip(rushed, full, strict=True):
        assert one.reach - TOLERANCE <= other.reach <= one.bound + TOLERANCE
        assert other.proven
