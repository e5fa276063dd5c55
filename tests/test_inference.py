"""Resampling, intervals and tests: designs against textbook formulas, and simulated truth."""

import numpy as np
import pytest
from scipy import stats

from supertouch.stats import gate, inference, means
from supertouch.stats.inference import Corrected
from supertouch.stats.moments import moments
from supertouch.stats.resampling import group_units, multiplicities


def names(values):
    return np.array([str(value) for value in values], dtype=object)


def test_few_units_are_groups_of_their_own_and_many_are_spread_evenly():
    stratum = names(np.arange(3000) % 3)
    few = group_units(names(np.arange(3000) // 100), names(np.zeros(3000)), seed=1)
    assert few.units == 30
    assert len(few.stratum) == 30
    assert len(set(zip(few.index, np.arange(3000) // 100, strict=True))) == 30
    many = group_units(names(np.arange(3000)), stratum, seed=1, groups=400)
    assert len(many.stratum) == pytest.approx(400, abs=2)
    assert np.ptp(np.bincount(many.index)) <= 1
    assert (many.stratum[many.index] == np.arange(3000) % 3).all()
    again = group_units(names(np.arange(3000)), stratum, seed=1, groups=400)
    assert (again.index == many.index).all()
    other = group_units(names(np.arange(3000)), stratum, seed=2, groups=400)
    assert (other.index != many.index).any()


def test_single_units_are_collapsed_and_straddling_units_counted():
    unit = names([1, 1, 2, 2, 3, 4, 4])
    stratum = names(["a", "a", "a", "a", "b", "c", "a"])
    found = group_units(unit, stratum, seed=1)
    assert found.collapsed == 1
    assert found.straddling == 1
    assert found.strata == 1
    assert found.degrees == 3


def test_replicates_of_a_total_have_its_textbook_variance():
    rng = np.random.default_rng(0)
    stratum = np.repeat([0, 1], [6, 40])
    values = rng.normal(size=46) + stratum * 10
    counts = multiplicities(stratum, replicates=40_000, rng=rng)
    assert counts[:, stratum == 0].sum(axis=1) == pytest.approx(np.full(40_000, 6.0))
    expected = sum(m * values[stratum == h].var(ddof=1) for h, m in ((0, 6), (1, 40)))
    # the standard error of a variance over 40,000 replicates is 0.7 %
    assert (counts @ values).var() == pytest.approx(expected, rel=0.03)


def test_ratios_agree_with_statsmodels_and_with_the_clustered_textbook():
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    n = 500
    weight, value = rng.uniform(0.5, 2, n), rng.normal(3, 1, (n, 1))
    base = rng.random((n, 1)) < 0.7
    alone = means.ratio(
        value, base, weight=weight, unit=np.arange(n), stratum=np.zeros(n, dtype=int)
    )
    inside = base[:, 0]
    wls = sm.WLS(value[inside, 0], np.ones(inside.sum()), weights=weight[inside])
    robust = wls.fit(cov_type="HC0")
    assert alone.estimate[0] == pytest.approx(robust.params[0])
    assert alone.error[0] == pytest.approx(robust.bse[0] * np.sqrt(n / (n - 1)))
    assert alone.n_eff[0] == pytest.approx(means.kish(weight[inside]))
    unit = np.arange(n) // 10
    clustered = means.ratio(value, base, weight=weight, unit=unit, stratum=np.zeros(50, dtype=int))
    robust = wls.fit(cov_type="cluster", cov_kwds={"groups": unit[inside], "use_correction": False})
    assert clustered.error[0] == pytest.approx(robust.bse[0] * np.sqrt(50 / 49))


def test_proportion_intervals_are_wilsons_and_hold_at_the_edges():
    n = 200
    value = np.zeros((n, 3))
    value[:60, 0] = 1
    value[:, 2] = 1
    found = means.ratio(
        value,
        np.ones((n, 3), dtype=bool),
        weight=np.ones(n),
        unit=np.arange(n),
        stratum=np.zeros(n, dtype=int),
    )
    low, high = means.proportion_interval(found, confidence=0.95)
    from statsmodels.stats.proportion import proportion_confint

    wilson = proportion_confint(60, n, method="wilson")
    # t instead of the normal, and n - 1 in the variance
    assert (low[0], high[0]) == pytest.approx(wilson, abs=0.001)
    assert low[1] == pytest.approx(0)
    assert 0 < high[1] < 0.03
    assert high[2] == pytest.approx(1)
    assert 0.97 < low[2] < 1


def test_a_base_within_one_cluster_has_no_interval():
    value = np.random.default_rng(8).normal(size=(200, 2))
    base = np.ones((200, 2), dtype=bool)
    base[20:, 1] = False
    found = means.ratio(
        value,
        base,
        weight=np.ones(200),
        unit=np.arange(200) // 20,
        stratum=np.zeros(10, dtype=int),
    )
    assert found.degrees.tolist() == [9, 0]
    low, high = means.mean_interval(found, confidence=0.95)
    assert low[0] < found.estimate[0] < high[0]
    assert np.isnan(low[1])
    assert np.isnan(means.proportion_interval(found, confidence=0.95)[0][1])


def test_correction_removes_a_bias_that_replicates_repeat():
    rng = np.random.default_rng(2)
    bias = 0.3
    estimates = 1 + bias + rng.normal(0, 0.1, 300)
    found = [
        inference.corrected(np.array(e), e + bias + rng.normal(0, 0.1, 500)) for e in estimates
    ]
    assert np.mean([f.estimate for f in found]) == pytest.approx(1, abs=0.02)
    assert np.mean([f.replicates.mean() for f in found]) == pytest.approx(1, abs=0.02)
    cover = [
        low <= 1 <= high
        for low, high in (inference.percentile_interval(f, confidence=0.95) for f in found)
    ]
    # 300 studies: a standard error of 1.3 points
    assert np.mean(cover) == pytest.approx(0.95, abs=0.04)
    anchored = inference.corrected(np.array(2.0), np.full(10, 5.5), anchor=np.array(5.0))
    assert anchored.estimate == pytest.approx(1.5)


def test_shares_sum_to_one_and_negative_importance_counts_as_none():
    found = inference.shares(Corrected(np.array([0.3, 0.1, -0.1]), np.zeros((2, 3))))
    assert found.estimate == pytest.approx([0.75, 0.25, 0])
    assert found.replicates.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_share_test_is_uniform_where_all_shares_are_fair():
    rng = np.random.default_rng(3)
    p_values = []
    for _ in range(400):
        estimate = np.array([0.1, 0.1, 0.1, 0.1]) + rng.normal(0, 0.01, 4)
        replicates = estimate + rng.normal(0, 0.01, (400, 4))
        p_values.append(inference.share_test(estimate, replicates, fair=0.25, degrees=399)[0])
    assert stats.kstest(p_values, "uniform").pvalue > 0.001


def test_ranks_and_ties():
    assert inference.ranks(np.array([[0.2, 0.5, 0.3]])).tolist() == [[3, 1, 2]]
    rng = np.random.default_rng(4)
    estimate = np.array([0.5, 0.31, 0.3])
    found = Corrected(estimate, estimate + rng.normal(0, 0.02, (2000, 3)))
    assert inference.tied(found, confidence=0.95).tolist() == [False, True, False]


def test_adjustment_equals_statsmodels():
    from statsmodels.stats.multitest import multipletests

    p_values = np.random.default_rng(5).random(30) ** 2
    assert inference.adjust(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])
    assert np.isnan(inference.adjust(np.array([np.nan, np.nan]))).all()


def gated(contact, rating, minimum=30):
    found = moments(
        contact,
        rating,
        np.zeros((len(contact), 1)),
        weight=np.ones(len(contact)),
        midpoint=np.full(contact.shape[1], 3.0),
        outcome_midpoint=np.zeros(1),
    )
    return gate.estimable(found, eligible=np.arange(contact.shape[1]), minimum=minimum)


def test_the_gate_drops_pairs_met_by_many_but_rated_by_few():
    rng = np.random.default_rng(6)
    n = 400
    contact = np.ones((n, 4))
    contact[:, 3] = rng.random(n) < 0.5
    rating = np.where(contact == 1, rng.integers(1, 6, (n, 4)), np.nan).astype(float)
    rating[:80, 0] = rating[100:, 1] = np.nan
    rating[:, 2] = 4
    found = gated(contact, rating)
    assert found.dropped.tolist() == [1]
    assert found.constant.tolist() == [2]
    assert found.touchpoints.tolist() == [0, 3]
    assert found.contact.tolist() == [False, True]
    assert found.columns.tolist() == [0, 1, 3]


def test_a_pair_that_nobody_met_needs_no_base():
    contact = np.zeros((400, 2))
    contact[:200, 0] = contact[200:, 1] = 1
    rating = np.where(contact == 1, np.arange(400)[:, None] % 5 + 1.0, np.nan)
    assert gated(contact, rating).touchpoints.tolist() == [0, 1]


def test_touchpoints_that_nobody_was_asked_for_together_are_no_pair():
    """Split blocks: who was asked for the one was not asked for the other."""
    contact = np.ones((400, 4))
    contact[:200, 2:] = contact[200:, :2] = np.nan
    rating = np.where(contact == 1, np.arange(400)[:, None] % 5 + 1.0, np.nan)
    found = gated(contact, rating)
    assert sorted([*found.dropped, *found.touchpoints]) == [0, 1, 2, 3]
    assert len(found.touchpoints) == 2


def test_a_touchpoint_whose_raters_did_not_answer_the_outcome_is_left_out():
    rng = np.random.default_rng(7)
    contact = np.ones((400, 3))
    contact[200:, 2] = 0
    rating = np.where(contact == 1, rng.integers(1, 6, (400, 3)), np.nan).astype(float)
    outcome = rng.normal(size=(400, 1))
    outcome[:190] = np.nan
    sums = moments(
        contact,
        rating,
        outcome,
        weight=np.ones(400),
        midpoint=np.full(3, 3.0),
        outcome_midpoint=np.zeros(1),
    )
    found = gate.estimable(sums, eligible=np.arange(3), minimum=30)
    assert found.silent.tolist() == [2]
    assert found.touchpoints.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, ""),
        ({"touchpoints": 1}, "too_few_touchpoints"),
        ({"variance": 0.0}, "no_variance"),
        ({"degrees": 5}, "too_few_units"),
        ({"n_eff": 159.0}, "n_eff_below_columns"),
    ],
)
def test_refusals(given, code):
    usual = {"n_eff": 500.0, "columns": 20, "touchpoints": 10, "degrees": 300, "variance": 1.0}
    assert gate.model_refusal(**(usual | given)) == (code, 160.0)


def test_intervals_of_shares_hold_percentiles_and_widen_for_what_is_clearly_there():
    rng = np.random.default_rng(8)
    truth = np.array([0.30, 0.12, 0.002, 0.0])
    drawn = truth + np.array([0.03, 0.02, 0.004, 0.004]) * rng.normal(size=(2000, 4))
    found = inference.shares(inference.Corrected(truth, drawn))
    low, high = inference.share_interval(found, degrees=399, confidence=0.95)
    percentiles = inference.percentile_interval(found, confidence=0.95)
    assert (low <= percentiles[0]).all()
    assert (high >= percentiles[1]).all()
    assert low[2:] == pytest.approx(percentiles[0][2:])
    assert high[2:] == pytest.approx(percentiles[1][2:])
    odds = np.log(found.replicates[:, 0] / (1 - found.replicates[:, 0]))
    centre = np.log(found.estimate[0] / (1 - found.estimate[0]))
    upper = 1 / (1 + np.exp(-(centre + 1.966 * odds.std())))
    assert high[0] == pytest.approx(max(upper, percentiles[1][0]), abs=1e-3)


def test_widening_is_that_of_least_squares():
    """Residuals of k columns and a mean have n - k - 1 degrees of freedom."""
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(200, 40)), rng.normal(size=200)
    design = np.column_stack([x, np.ones(200)])
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    wider = float(inference.widening(np.array(200.0), 41))
    assert wider * np.sqrt(np.mean(left**2)) == pytest.approx(np.sqrt(left @ left / 159))
    drawn = inference.corrected(np.zeros(1), rng.normal(size=(5000, 1)), inflation=wider)
    assert drawn.replicates.std() == pytest.approx(wider, rel=0.03)
