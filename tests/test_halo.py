"""What a rating adds once mood is held fixed: against statsmodels, and against known truth."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from fitted_model import columns_of, example, fitted, simulated
from supertouch.findings.trust.halo import halo_table
from supertouch.simulate import fair, planted
from supertouch.stats.halo import gains, mean_of_others, order_holds, rank_range
from supertouch.tables.robustness import Halo

P = 6


@pytest.fixture(scope="module")
def found():
    design = planted(P, supers=2, lift=2.0, halo=0.4)
    return simulated(design, 900, seed=2)


def standard_of_others(rating, weight):
    """The mean of the other standardised ratings, one respondent at a time."""
    mean = np.array([np.average(x[~np.isnan(x)], weights=weight[~np.isnan(x)]) for x in rating.T])
    spread = np.sqrt(
        [
            np.average((x[~np.isnan(x)] - m) ** 2, weights=weight[~np.isnan(x)])
            for x, m in zip(rating.T, mean, strict=True)
        ]
    )
    standard = (rating - mean) / spread
    found = np.zeros(rating.shape)
    for i, j in np.ndindex(rating.shape):
        others = np.delete(standard[i], j)
        if not np.isnan(others).all():
            found[i, j] = np.nanmean(others)
    return found


def r_squared(y, columns, weight):
    return sm.WLS(y, sm.add_constant(np.column_stack(columns)), weights=weight).fit().rsquared


def table_of(found, **changes):
    return halo_table(*found.four, multiplicity=found.multiplicity, **changes)


def raw_gains(found, weight=None, outcome=0):
    z, contact, rating, given = columns_of(found)
    weight = given if weight is None else weight
    return gains(
        z,
        mean_of_others(rating, weight=given),
        found.answers.outcome[:, outcome],
        contact=contact,
        held=contact,
        weight=weight,
        rating_weight=weight,
        group=found.answers.groups.index,
        multiplicity=found.multiplicity,
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_gain_is_the_difference_of_two_regressions(found, weighted):
    rng = np.random.default_rng(1)
    z, contact, rating, ones = columns_of(found)
    weight = rng.uniform(0.5, 2, len(z)) if weighted else ones
    others = standard_of_others(rating, ones)
    assert mean_of_others(rating, weight=ones) == pytest.approx(others)
    ours = raw_gains(found, weight)
    y = found.answers.outcome[:, 0]
    for j in range(P):
        less = r_squared(y, [contact, others[:, j]], weight)
        more = r_squared(y, [contact, others[:, j], z[:, j]], weight)
        assert ours.gain[j] == pytest.approx(more - less, abs=1e-10)
        assert ours.partial[j] == pytest.approx((more - less) / (1 - less), abs=1e-10)


def test_replicates_are_nearly_those_of_regressions_run_anew(found):
    """Contacts keep the sample's coefficients: of no weight beside the sampling error."""
    z, contact, rating, ones = columns_of(found)
    others = mean_of_others(rating, weight=ones)
    ours = raw_gains(found)
    y, group = found.answers.outcome[:, 0], found.answers.groups.index
    error = ours.replicates.std(axis=0)
    for b in range(5):
        weight = found.multiplicity[b][group]
        for j in (1, 4):
            less = r_squared(y, [contact, others[:, j]], weight)
            more = r_squared(y, [contact, others[:, j], z[:, j]], weight)
            assert abs(ours.replicates[b, j] - (more - less)) < 0.25 * error[j]


def test_the_table_keeps_its_schema_and_its_order(found):
    table = table_of(found)
    names = list(Halo.to_schema().columns)
    Halo.validate(table[names])
    assert list(table.columns) == names
    for _, part in table.groupby("outcome"):
        assert (part.rank_low <= part[["rank_gain", "rank_importance"]].min(axis=1)).all()
        assert (part.rank_high >= part[["rank_gain", "rank_importance"]].max(axis=1)).all()
        assert (part.gain_low <= part.gain).all()
        assert (part.gain <= part.gain_high).all()
    assert (table.n == 900).all()


def mood_only(halo):
    """No touchpoint has an effect; the outcomes follow the mood that colours all ratings."""
    design = fair(P, r2=0.0, halo=halo, heavy_use=0.0)
    nothing = np.zeros(P)
    outcomes = tuple(
        replace(item, beta=nothing, gamma=nothing, mood=0.8 * item.noise)
        for item in design.outcomes
    )
    return replace(design, outcomes=outcomes, reach=np.full(P, 0.95))


def test_pure_mood_leaves_nothing_of_importance():
    table = table_of(simulated(mood_only(0.8), 3000, seed=3))
    assert table.importance.min() > 0.02
    assert (table.gain / table.importance).mean() < 0.15
    assert (table.gain / table.importance).max() < 0.35


def test_without_mood_the_gain_is_the_own_contribution():
    design = planted(P, supers=2, lift=2.0, halo=0.0, heavy_use=0.0)
    table = table_of(simulated(design, 3000, seed=4))
    big = table[table.touchpoint.isin(["t1", "t4"])]
    assert big.gain.to_numpy() == pytest.approx(big.importance.to_numpy(), rel=0.15)
    assert (big.rank_high <= 2).all()
    assert (big.sign == 1).all()


def test_intervals_hold_the_gain_of_a_large_sample():
    """25 studies of four equal touchpoints and two outcomes."""
    design = fair(4, r2=0.3, halo=0.3)
    truth = table_of(simulated(design, 60_000, seed=5)).set_index(["outcome", "touchpoint"]).gain
    held = []
    for seed in range(25):
        table = table_of(simulated(design, 500, seed=100 + seed)).set_index(
            ["outcome", "touchpoint"]
        )
        held += list((table.gain_low <= truth) & (truth <= table.gain_high))
    # 200 intervals, those of a study correlated
    assert 0.88 <= np.mean(held) <= 0.995


def test_the_gain_stays_as_fewer_are_asked():
    rates = np.where(np.arange(P) == 1, 0.35, 1.0)
    design = fair(P, r2=0.5, halo=0.2)
    for seed in (6, 7):
        full = table_of(simulated(design, 5000, seed=seed))
        some = table_of(simulated(replace(design, ask_rate=rates), 5000, seed=seed))
        few = some[some.touchpoint == "t1"]
        error = (few.gain_high - few.gain_low).to_numpy() / 4
        shift = few.gain.to_numpy() - full[full.touchpoint == "t1"].gain.to_numpy()
        assert (np.abs(shift) < 2.5 * error).all()
        assert (few.n < 0.75 * 5000).all()


def test_ranks_are_as_sharp_as_the_bands_allow():
    low, high = np.array([0.2, 0.05, 0.0]), np.array([0.3, 0.25, 0.04])
    best, worst = rank_range(low, high)
    assert best.tolist() == [1, 1, 3]
    assert worst.tolist() == [2, 2, 3]
    assert order_holds(np.array([3.0, 2, 1]), np.array([2.0, 3, 1])).tolist() == [0.5, 0.5, 1.0]


def test_sfo_2017_security_stands_whatever_the_mood():
    """First for recommendation at both ends; most others cannot be told apart."""
    found = fitted(*example("sfo", "2017", "sfo", "raw"), wave="2017")
    table = table_of(found)
    rows = table[table.outcome == "recommend"].set_index("touchpoint")
    assert rows.rank_gain["security"] == rows.rank_importance["security"] == 1
    assert rows.rank_high["security"] <= 3
    assert (rows.rank_high == 22).mean() > 0.7
    assert rows.gain.sum() < 0.5 * rows.importance.sum()
