"""Likeness among touchpoints, the influence of a few, and what looks wrong: each against truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import OLSInfluence, variance_inflation_factor

from fitted_model import columns_of, example, fitted, simulated
from supertouch.findings.models import prepare
from supertouch.findings.trust.collinearity import collinearity_table
from supertouch.findings.trust.suspicions import suspicions
from supertouch.simulate import fair, planted
from supertouch.stats.collinearity import (
    condition_index,
    effects_without,
    inflation,
    leverage,
    rated_alike,
)
from supertouch.stats.covariance import assemble
from supertouch.stats.drivers import effects
from supertouch.study.model import Columns, Text, Touchpoint
from supertouch.tables.robustness import Collinearity

P = 6
DESIGN = planted(P, supers=2, lift=2.0, halo=0.4)


@pytest.fixture(scope="module")
def found():
    return simulated(DESIGN, 900, seed=2)


def with_touchpoint(values, *, met=None):
    """Return a change of study and responses that asks for one more touchpoint, ``extra``."""

    def change(study, responses):
        extra = Touchpoint(
            id="extra",
            label=Text({"en": "Extra"}),
            phase="after",
            rating=Columns("extra"),
            scale=study.touchpoints[0].scale,
        )
        rating = np.asarray(values(responses), dtype=float)
        contact = np.where(np.isnan(rating), np.nan, 1.0) if met is None else met(responses)
        columns = {
            "extra.contact": pd.array(contact).astype("Int8"),
            "extra.rating": rating,
            "extra.rating_empty": np.where(contact == 0, "not_met", "refused"),
        }
        columns["extra.rating_empty"] = np.where(
            np.isnan(rating), columns["extra.rating_empty"], ""
        )
        study = replace(study, touchpoints=(*study.touchpoints, extra))
        return study, responses.assign(**columns)

    return change


def codes(found, subject=None):
    return {code for name, code, _ in suspicions(*found.four) if subject is None or name == subject}


def test_inflation_leverage_and_likeness_are_textbook_ones(found):
    z, contact, rating, ones = columns_of(found)
    columns = np.hstack([z, contact])
    design = np.column_stack([np.ones(len(z)), columns])
    covariance = np.cov(columns, rowvar=False, bias=True)
    vif = [variance_inflation_factor(design, 1 + j) for j in range(2 * P)]
    assert inflation(covariance) == pytest.approx(vif)
    import statsmodels.api as sm

    hat = OLSInfluence(sm.OLS(found.answers.outcome[:, 0], design).fit()).hat_matrix_diag
    ours = leverage(columns - columns.mean(axis=0), covariance=covariance, weight=ones)
    assert ours == pytest.approx(hat)
    table = collinearity_table(*found.four)
    kept = found.model.gate.columns
    assert len(kept) == 2 * P - 1  # too few missed the touchpoint that nearly everybody met
    vif = [variance_inflation_factor(design[:, [0, *(1 + kept)]], 1 + j) for j in range(P)]
    assert table.vif.to_numpy()[:P] == pytest.approx(vif)
    values = np.linalg.svd(columns / columns.std(axis=0) - (columns / columns.std(axis=0)).mean(0))
    assert condition_index(covariance) == pytest.approx(values[1][0] / values[1][-1])
    alike, base = rated_alike(rating, weight=ones)
    told = pd.DataFrame(rating).corr().to_numpy()
    assert alike == pytest.approx(told)
    both = ~np.isnan(rating[:, 0]) & ~np.isnan(rating[:, 3])
    assert base[0, 3] == both.sum()


def test_a_group_left_out_is_a_model_without_it(found):
    model, answers = found.model, found.answers
    left = effects_without(
        model.sums,
        touchpoints=model.gate.touchpoints,
        outcomes=np.array(model.modelled),
        columns=model.gate.columns,
    )
    for group in (0, 57, 399):
        outcomes = tuple(base.outcome for base in model.bases)
        rest = prepare(found.study, answers, outcomes, mask=answers.groups.index != group)
        whole = assemble(rest.sums.total(), touchpoints=P, outcomes=2)
        assert left[group] == pytest.approx(effects(whole, columns=model.gate.columns), rel=1e-9)


def test_the_jackknife_and_the_bootstrap_agree_on_the_error(found):
    """Two roads to the same standard errors: groups left out, and groups drawn."""
    model = found.model
    left = effects_without(
        model.sums,
        touchpoints=model.gate.touchpoints,
        outcomes=np.array(model.modelled),
        columns=model.gate.columns,
    )
    jackknife = np.sqrt(np.square(left - model.point.effect).sum(axis=0) * 399 / 400)
    bootstrap = model.replicates.effect.std(axis=0, ddof=1)
    # 300 replicates: an error of 4 % each
    assert (jackknife / bootstrap).mean() == pytest.approx(1, abs=0.05)


def test_a_clean_study_raises_no_alarm(found):
    table = collinearity_table(*found.four)
    names = list(Collinearity.to_schema().columns)
    assert list(table.columns) == names
    Collinearity.validate(table[names])
    assert (table.codes == "").all()
    assert table.influence.between(0.05, 0.7).all()
    assert (table.influence_n <= 3).all()  # 900 respondents in 400 groups
    assert codes(found) == set()


def test_twins_are_named():
    def copy(responses):
        noise = np.random.default_rng(3).random(len(responses)) < 0.05
        return np.where(noise, 3.0, responses["t2.rating"])

    def met(responses):
        return responses["t2.contact"].to_numpy(float)

    def rating(responses):
        return np.where(met(responses) == 1, copy(responses), np.nan)

    twin = simulated(DESIGN, 900, seed=2, change=with_touchpoint(rating, met=met))
    table = collinearity_table(*twin.four).query("outcome == 'loyalty'").set_index("touchpoint")
    assert table.nearest["extra"] == "t2"
    assert table.nearest["t2"] == "extra"
    for name in ("t2", "extra"):
        assert {"twin"} <= set(table.codes[name].split())
        assert table.vif[name] > 4
        assert table.alike[name] > 0.85
    rest = table.drop(["t2", "extra"])
    assert not rest.codes.str.contains("twin").any()


def test_an_effect_that_hangs_on_one_cluster_is_told():
    """Sixty clusters of fifteen; in one of them only, who rates t0 well is very loyal."""

    def clustered(study, responses):
        rng = np.random.default_rng(5)
        responses["cluster"] = (np.arange(len(responses)) // 15).astype(str)
        responses["loyalty.score"] = rng.normal(3, 1, len(responses))
        one = responses["cluster"] == "7"
        responses["loyalty.score"] += np.where(one, 8.0 * (responses["t0.rating"] - 3), 0.0)
        return study, responses.fillna({"loyalty.score": 3.0})

    hung = simulated(fair(P, r2=0.0, halo=0.0), 900, seed=8, change=clustered)
    assert hung.model.units == 60
    table = collinearity_table(*hung.four).set_index(["outcome", "touchpoint"])
    row = table.loc[("loyalty", "t0")]
    assert {"influential", "sign_changes"} <= set(row.codes.split())
    assert 0.7 < row.influence < 1.2
    assert row.influence_n == 15
    assert row.influence_weight == pytest.approx(1 / 60)
    assert row.effect > 0 > row.effect_without
    others = table.loc["recommendation"]
    assert not others.codes.str.contains("hinges").any()


@pytest.mark.parametrize("loyal", [2.0, 5.0])
def test_a_verdict_that_hinges_on_one_respondent_is_told(loyal):
    """A weak effect passes its test only because one of weight 12 agrees with it."""

    def swayed(study, responses):
        rng = np.random.default_rng(11)
        responses["loyalty.score"] = rng.normal(3, 0.8, len(responses))
        responses["loyalty.score"] += 0.07 * (responses["t1.rating"].fillna(3.7) - 3.7)
        happy = responses.index[responses["t1.rating"] == 5][0]
        responses.loc[happy, ["weight", "loyalty.score"]] = 12.0, loyal
        return study, responses

    told = simulated(fair(P, r2=0.0, halo=0.0), 400, seed=9, change=swayed)
    study, *rest = told.four
    every = replace(study, privacy=replace(study.privacy, min_base=1))
    hidden, row = (
        collinearity_table(one, *rest).set_index(["outcome", "touchpoint"]).loc[("loyalty", "t1")]
        for one in (study, every)
    )
    assert np.isnan(hidden.influence_weight)
    assert np.isnan(hidden.effect_without)
    assert row.influence > 0.7
    assert row.influence_n == 1
    assert row.influence_weight == pytest.approx(12 / 411)
    assert ("hinges_effect" in row.codes.split()) == (loyal > 3)
    assert codes(told) >= {"heavy_respondent"}


@pytest.mark.parametrize("noise", [0.3, 0.6])
def test_an_outcome_among_the_drivers_is_recognised(noise):
    def overall(responses):
        rng = np.random.default_rng(4)
        answer = responses["loyalty.score"] + rng.normal(0, noise, len(responses))
        return np.clip(np.round(answer), 1, 5)

    design = planted(10, supers=3, lift=2.0, halo=0.3)
    told = simulated(design, 1200, seed=3, change=with_touchpoint(overall))
    named = [row for row in suspicions(*told.four) if row[1] == "outcome_among_drivers"]
    assert [name for name, _, _ in named] == ["extra"]
    assert 0.6 < named[0][2] <= 1.01
    plain = simulated(design, 1200, seed=3)
    assert "outcome_among_drivers" not in codes(plain)


def test_a_touchpoint_that_dominates_alone_is_mostly_left_in_peace():
    """It explains nearly all, yet goes along with the rest no more than others do."""
    design = planted(10, supers=1, lift=8.5, r2=0.3, halo=0.3)
    design = replace(design, reach=np.full(10, 0.95))
    fired = sum(
        "outcome_among_drivers" in codes(simulated(design, 700, seed=seed)) for seed in range(12)
    )
    assert fired <= 6


@pytest.mark.parametrize(
    ("values", "met", "code"),
    [
        (lambda r: np.full(len(r), np.nan), lambda r: np.zeros(len(r)), "never_met"),
        (lambda r: np.full(len(r), np.nan), lambda r: np.full(len(r), np.nan), "never_asked"),
        (lambda r: np.where(np.arange(len(r)) % 50, 4.0, 2.0), None, "near_constant_rating"),
    ],
)
def test_touchpoints_that_tell_nothing_are_named(values, met, code):
    told = simulated(DESIGN, 900, seed=2, change=with_touchpoint(values, met=met))
    assert codes(told, "extra") == {code}
    assert codes(told) == {code}


def test_heavy_weights_are_told():
    def heavy(study, responses):
        responses["cluster"] = np.where(
            np.arange(len(responses)) < 150, "big", responses["respondent"]
        )
        responses.loc[500, "weight"] = 30.0
        return study, responses

    told = simulated(DESIGN, 900, seed=2, change=heavy)
    rows = {code: value for _, code, value in suspicions(*told.four)}
    assert rows["heavy_respondent"] == pytest.approx(30 / (929 / 900))
    assert rows["heavy_unit"] == pytest.approx(150 / 929)


@pytest.fixture(scope="module")
def sfo():
    return example("sfo", "2017", "sfo", "raw")


def test_sfo_2017_names_its_twins_and_no_outcome_among_its_drivers(sfo):
    found = fitted(*sfo, wave="2017")
    table = collinearity_table(*found.four)
    overall = table[table.outcome == "overall"].set_index("touchpoint")
    assert overall.nearest["info_dep"] == "info_arr"
    assert overall.alike["info_dep"] > 0.9
    assert "twin" in overall.codes["info_arr"].split()
    assert overall.vif["info_dep"] > 5
    assert codes(found) == set()


@pytest.mark.parametrize("kept", [("overall", "recommend"), ("recommend",)])
def test_sfo_2017_overall_satisfaction_as_a_driver_is_recognised(sfo, kept):
    study, responses = sfo
    study, responses = with_touchpoint(lambda r: r["overall.score"])(study, responses)
    outcomes = tuple(item for item in study.outcomes if item.id in kept)
    found = fitted(replace(study, outcomes=outcomes), responses, wave="2017")
    assert codes(found) == codes(found, "extra") == {"outcome_among_drivers"}


@pytest.mark.parametrize("week", ["week1", "week2", "week3", "week4"])
def test_mobiles_coverage_is_a_driver_not_an_outcome(week):
    """In the first week it alone explains four fifths of what all nine explain."""
    found = fitted(*example("mobiles", week, "spss"), wave=week)
    assert "outcome_among_drivers" not in codes(found)
