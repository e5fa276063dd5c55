"""The order of touchpoints under several methods, each against its own reference."""

from dataclasses import replace

import numpy as np
import pytest

from fitted_model import columns_of, simulated
from supertouch.findings.drivers import importance_table
from supertouch.findings.trust.collinearity import collinearity_table
from supertouch.findings.trust.halo import halo_table
from supertouch.findings.trust.robustness import robustness_tables
from supertouch.findings.trust.rows import filled_rows
from supertouch.findings.trust.suspicions import suspicions
from supertouch.simulate import fair, null, planted
from supertouch.stats.agreement import agreement, concordance, order
from supertouch.stats.forest import permutation_importance
from supertouch.stats.regression import expected, ordered_answers, ordered_logit
from supertouch.tables.robustness import Agreement, Robustness

METHODS = ["lmg", "johnson", "beta", "correlation", "ordered_logit", "random_forest"]
SUPERS = ["t2", "t6"]


@pytest.fixture(scope="module")
def found():
    return simulated(planted(8, supers=2, lift=3.0, halo=0.3), 1500, seed=1)


@pytest.fixture(scope="module")
def tables(found):
    return robustness_tables(*found.four)


def scores(table, method, outcome="loyalty"):
    rows = (table.method == method) & (table.outcome == outcome)
    return table[rows].set_index("touchpoint").score


def ordered_sample(n, *, seed=0):
    rng = np.random.default_rng(seed)
    drivers = rng.normal(size=(n, 3)) * [1.0, 5.0, 0.2] + [0.0, 30.0, -1.0]
    latent = drivers @ [0.8, -0.1, 2.0] + rng.logistic(size=n)
    return drivers, np.digitize(latent, np.quantile(latent, [0.1, 0.4, 0.6, 0.95]))


def test_ordered_logit_is_that_of_statsmodels():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    drivers, answer = ordered_sample(400)
    ours = ordered_logit(drivers, answer, weight=np.ones(400))
    model = OrderedModel(answer, drivers, distr="logit")
    theirs = model.fit(method="bfgs", disp=False, maxiter=2000, gtol=1e-8, skip_hessian=True)
    assert ours.converged
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-4)
    # numerical slopes stop a little before the top
    assert ours.effect == pytest.approx(theirs.params[:3], abs=2e-3)
    assert ours.threshold == pytest.approx(
        model.transform_threshold_params(theirs.params)[1:-1], abs=5e-2
    )


def test_an_integer_weight_repeats_the_row_and_two_answers_are_a_plain_logit():
    import statsmodels.api as sm

    drivers, answer = ordered_sample(300)
    times = np.random.default_rng(1).integers(1, 4, 300)
    ours = ordered_logit(drivers, answer, weight=times.astype(float))
    rows = np.repeat(np.arange(300), times)
    again = ordered_logit(drivers[rows], answer[rows], weight=np.ones(len(rows)))
    assert ours.effect == pytest.approx(again.effect, abs=1e-4)
    two = ordered_logit(drivers, (answer > 1).astype(np.intp), weight=np.ones(300))
    plain = sm.Logit((answer > 1).astype(float), sm.add_constant(drivers)).fit(disp=False)
    assert two.effect == pytest.approx(plain.params[1:], abs=1e-3)


@pytest.mark.parametrize(("most", "fewest"), [(11, 1), (7, 1), (11, 20), (2, 1), (3, 400)])
def test_ordered_answers_keep_the_order_and_leave_none_rare(most, fewest):
    values = np.random.default_rng(2).normal(size=500).round(1)
    answer = ordered_answers(values, most=most, fewest=fewest)
    sizes = np.bincount(answer)
    assert 2 <= len(sizes) <= most
    assert len(sizes) == 2 or sizes.min() >= fewest
    assert (np.diff(answer[np.argsort(values, kind="stable")]) >= 0).all()


def test_what_is_unknown_is_filled_without_moving_the_coefficients():
    rng = np.random.default_rng(3)
    covariance = np.full((4, 4), 0.6) + 0.4 * np.eye(4)
    x = rng.multivariate_normal(np.zeros(4), covariance, size=40_000)
    y = x @ [1.0, 0.5, 0.2, 0.0] + rng.normal(size=len(x))
    gaps = np.where(rng.random(x.shape) < 0.3, np.nan, x)
    filled = expected(gaps, covariance=covariance)
    assert (filled[~np.isnan(gaps)] == x[~np.isnan(gaps)]).all()

    def slope(columns):
        return np.linalg.lstsq(columns, y, rcond=None)[0]

    assert slope(filled) == pytest.approx([1.0, 0.5, 0.2, 0.0], abs=0.04)
    assert slope(np.nan_to_num(gaps))[3] > 0.1  # a zero instead lends effects to the idle one


def test_concordance_and_agreement_are_those_of_scipy():
    from scipy.stats import friedmanchisquare, spearmanr

    ranks = np.array([[1, 2, 3, 4, 5, 5], [2, 1, 3, 4, 6, 5], [1, 3, 2, 6, 6, 6.0]])
    statistic = friedmanchisquare(*ranks.T).statistic
    assert concordance(ranks) == pytest.approx(statistic / (3 * 5))
    found = agreement(ranks[1], ranks[0], top=2)
    assert found.spearman == pytest.approx(spearmanr(ranks[1], ranks[0]).statistic)
    assert found.overlap == 1
    assert agreement(ranks[2], ranks[0], top=2).overlap == 0.5
    with_gap = np.where(np.arange(6) == 2, np.nan, ranks[0])
    assert agreement(with_gap, ranks[0], top=2).spearman == pytest.approx(1)
    assert np.isnan(agreement(np.full(6, 6.0), ranks[0], top=2).kendall)


def test_nothing_or_less_ranks_last():
    assert order(np.array([np.nan, 0.3, -0.5, 0.0, 0.1])).tolist()[1:] == [1, 4, 4, 2]


def test_tables_keep_their_schema_and_repeat(found, tables):
    for table, schema in zip(tables, (Robustness, Agreement), strict=True):
        names = list(schema.to_schema().columns)
        assert set(table.columns) == set(names)
        schema.validate(table[names])
    again = robustness_tables(*found.four)
    assert all(a.equals(b) for a, b in zip(tables, again, strict=True))


@pytest.mark.parametrize("method", ["lmg", "johnson"])
def test_importance_is_that_of_its_own_table(found, tables, method):
    table = importance_table(*found.four)
    rows = (table.component == "experience") & (table.method == method)
    for outcome in ("loyalty", "recommendation"):
        told = table[rows & (table.outcome == outcome)].set_index("touchpoint")
        ours = scores(tables[0], method, outcome).to_numpy()
        assert ours == pytest.approx(told.importance.to_numpy(), abs=1e-12)
    ranked = tables[0][(tables[0].method == method) & (tables[0].score > 0)]
    told = table[rows].set_index(["outcome", "touchpoint"])["rank"]
    keys = list(zip(ranked.outcome, ranked.touchpoint, strict=True))
    assert ranked["rank"].tolist() == told.loc[keys].tolist()


def test_beta_and_correlation_are_textbook_ones(found, tables):
    import statsmodels.api as sm

    z, contact, _, weight = columns_of(found)
    y = found.answers.outcome[:, 0]
    fitted = sm.WLS(y, sm.add_constant(np.hstack([z, contact])), weights=weight).fit()
    spread, level = (np.sqrt(np.cov(x, rowvar=False, aweights=weight)) for x in (z, y))
    beta = fitted.params[1:9] * np.diagonal(spread) / level
    assert scores(tables[0], "beta").to_numpy() == pytest.approx(beta, rel=1e-6)
    alone = [np.corrcoef(column, y)[0, 1] for column in z.T]
    assert scores(tables[0], "correlation").to_numpy() == pytest.approx(alone, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_planted_ones(tables, method):
    for outcome in ("loyalty", "recommendation"):
        found = scores(tables[0], method, outcome)
        assert set(found.nlargest(2).index) == set(SUPERS), method
    together = tables[1][tables[1].method == "all"]
    assert (together.methods == 6).all()
    assert together.concordance.min() > 0.5
    each = tables[1][tables[1].method != "all"].set_index(["outcome", "method"])
    assert each.spearman[("loyalty", "johnson")] > 0.9
    assert set(each.index.get_level_values("method")) == set(METHODS) - {"lmg"}


def test_the_range_of_ranks_is_that_over_methods(tables):
    by_touchpoint = tables[0].groupby(["outcome", "touchpoint"])
    assert (by_touchpoint["rank"].min() == by_touchpoint.rank_best.first()).all()
    assert (by_touchpoint["rank"].max() == by_touchpoint.rank_worst.first()).all()
    negative = tables[0][(tables[0].method == "beta") & (tables[0].score < 0)]
    assert (negative.sign == -1).all()
    assert (negative["rank"] == 8).all()


def test_a_forest_that_forecasts_nothing_says_nothing():
    nothing = simulated(null(8), 500, seed=3)
    table, agreements = robustness_tables(*nothing.four)
    forest = table[(table.method == "random_forest") & (table.outcome == "loyalty")]
    assert (forest.reason == "no_forecast").all()
    assert forest.score.isna().all()
    assert forest["rank"].isna().all()
    told = agreements[agreements.outcome == "loyalty"].set_index("method")
    assert told.r2_held_out["random_forest"] <= 0
    assert np.isnan(told.spearman["random_forest"])
    assert told.methods["all"] == 5


def test_a_forest_sees_a_bend_that_a_line_does_not():
    rng = np.random.default_rng(4)
    drivers = rng.normal(size=(1200, 3))
    y = np.square(drivers[:, 0]) + 0.2 * drivers[:, 1] + 0.5 * rng.normal(size=1200)
    found = permutation_importance(
        drivers,
        y,
        weight=np.ones(1200),
        unit=np.arange(1200),
        met=np.ones((1200, 3), dtype=bool),
        seed=1,
    )
    assert found.drop.argmax() == 0
    assert found.drop[0] > 0.5 * found.r2 > 0.3
    assert abs(found.drop[2]) < 0.02


def test_what_is_asked_of_few_keeps_its_place():
    """Two equal touchpoints, one of them asked of a third of those who met it."""
    rates = np.where(np.arange(6) == 1, 0.35, 1.0)
    design = replace(fair(6, r2=0.5), ask_rate=rates)
    found = simulated(design, 4000, seed=5)
    table, _ = robustness_tables(*found.four)
    for method in METHODS[:-1]:
        score = scores(table, method)
        assert score["t1"] == pytest.approx(score.drop("t1").mean(), rel=0.3), method


def test_covariates_are_held_in_rows_too(found):
    """A segment that shifts ratings and outcome alike is no driver's merit."""

    def shifted(study, responses):
        responses["segment.region"] = np.where(np.arange(len(responses)) % 2, "a", "b")
        raised = responses["segment.region"] == "a"
        responses["loyalty.score"] += 2.0 * raised
        study = replace(study, analysis=replace(study.analysis, covariates=("region",)))
        return study, responses

    design = planted(8, supers=2, lift=3.0, halo=0.3)
    held = simulated(design, 1500, seed=1, change=shifted)
    rows = filled_rows(*held.four)
    assert rows.held.shape == (1500, 1)
    ours, plain = (robustness_tables(*x.four)[0] for x in (held, found))
    for method in ("beta", "ordered_logit"):
        a, b = scores(ours, method), scores(plain, method)
        assert a.corr(b) > 0.97, method
    assert np.corrcoef(rows.held[:, 0], rows.columns[:, 0])[0, 1] == pytest.approx(0, abs=1e-9)


def test_a_refused_model_gives_no_rows_and_no_error():
    refused = simulated(fair(8), 60, seed=6)
    assert not refused.model.modelled
    assert all(table.empty for table in robustness_tables(*refused.four))
    assert halo_table(*refused.four, multiplicity=refused.multiplicity).empty
    assert collinearity_table(*refused.four).empty
    assert suspicions(*refused.four) == []
