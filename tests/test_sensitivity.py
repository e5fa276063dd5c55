"""Missing ratings under three treatments: what holds by design, and which is nearer the truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulated_study import responses_of, study_of
from supertouch.errors import UnsupportedError
from supertouch.findings.answers import Cell, read_answers
from supertouch.findings.drivers import effort, importance_table
from supertouch.findings.fitting import fit
from supertouch.findings.models import multiplicity, prepare, together
from supertouch.findings.trust.sensitivity import sensitivity_table
from supertouch.simulate import planted
from supertouch.stats.imputation import impute, pool, pooled_interval
from supertouch.study.model import Analysis, Columns, Segment, Text

P, N = 6, 2000
DESIGN = planted(P, supers=2, lift=2.0, halo=0.4)


def test_rubins_rules_give_the_published_figures():
    """SAS/STAT user's guide, MIANALYZE, example with five imputations and EDF=30: Oxygen."""
    means = np.array([47.0120, 47.2407, 47.4995, 47.1485, 47.0042])
    errors = np.array([0.95984, 0.93540, 1.00766, 0.95439, 0.96528])
    found = pool(means, within=np.mean(errors**2), degrees=30)
    assert found.estimate == pytest.approx(47.180993, abs=5e-5)
    assert found.variance == pytest.approx(0.980626, abs=5e-5)
    assert found.degrees == pytest.approx(26.298, abs=2e-3)


def test_rubins_rules_by_hand():
    """Three estimates 1, 2, 3: between 1, total 1 + 4/3; four sevenths of it is missing."""
    found = pool(np.array([1.0, 2.0, 3.0]), within=np.array(1.0), degrees=100)
    assert (found.estimate, found.variance) == (2.0, pytest.approx(7 / 3))
    assert found.missing_information == pytest.approx(4 / 7)
    old, observed = 2 * (7 / 4) ** 2, 101 / 103 * 100 * 3 / 7
    assert found.degrees == pytest.approx(1 / (1 / old + 1 / observed))


def test_without_anything_missing_only_sampling_varies():
    found = pool(np.full((5, 2), 3.0), within=np.array([4.0, 0.0]), degrees=50)
    assert found.variance.tolist() == [4, 0]
    assert found.degrees == pytest.approx(51 / 53 * 50)
    low, high = pooled_interval(found, confidence=0.95)
    assert high[0] - 3 == pytest.approx(3 - low[0])
    assert low[1] == high[1] == 3


def test_one_imputation_is_refused():
    with pytest.raises(UnsupportedError, match="two imputations"):
        pool(np.array([1.0]), within=np.array(1.0), degrees=10)


def answered(n=600, seed=1):
    """Correlated ratings, reach 90 to 30 %, an outcome driven by two of them; nothing missing."""
    rng = np.random.default_rng(seed)
    contact = (rng.random((n, 4)) < [0.9, 0.7, 0.5, 0.3]).astype(float)
    mood = rng.standard_normal((n, 1))
    rating = np.where(contact == 1, 4 + 0.8 * mood + 0.6 * rng.standard_normal((n, 4)), np.nan)
    z = np.nan_to_num(rating - 4)
    outcome = z[:, [0]] + 0.5 * z[:, [1]] + 0.5 * rng.standard_normal((n, 1))
    return contact, rating, outcome


def drawn(contact, rating, outcome, seed=3, draws=20):
    return impute(
        contact,
        rating,
        outcome,
        covariates=np.zeros((len(contact), 1)),
        draws=draws,
        rng=np.random.default_rng(seed),
    )


def test_only_missing_ratings_of_those_who_met_are_drawn():
    contact, rating, outcome = answered()
    rng = np.random.default_rng(2)
    contact[:20, 3] = np.nan
    rating[:20, 3] = np.nan
    rating[rng.random(rating.shape) < 0.3] = np.nan
    outcome[:50] = np.nan
    found = drawn(contact, rating, outcome)
    assert (np.isnan(found) == (contact != 1)).all()
    given = ~np.isnan(rating)
    assert (found[:, given] == rating[given]).all()
    missing = (contact == 1) & ~given
    assert (found[:, missing].std(axis=0) > 0).all()
    assert np.array_equal(found, drawn(contact, rating, outcome), equal_nan=True)
    assert not np.array_equal(found, drawn(contact, rating, outcome, seed=4), equal_nan=True)


def test_a_rating_of_what_was_not_met_is_refused():
    contact, rating, outcome = answered(50)
    contact[:] = 0
    with pytest.raises(UnsupportedError, match="not met"):
        drawn(contact, rating, outcome)


def test_without_missing_ratings_nothing_is_drawn():
    contact, rating, outcome = answered(50)
    assert np.array_equal(drawn(contact, rating, outcome, draws=2)[1], rating, equal_nan=True)


def test_draws_undo_what_depends_on_the_outcome():
    """Who is happy seldom rates: the raters' mean is too low, the imputed one is right."""
    contact, rating, outcome = answered(3000)
    shown = np.where(
        (outcome > 0) & (np.random.default_rng(5).random((3000, 4)) < 0.7), np.nan, rating
    )
    found = drawn(contact, shown, outcome)
    truth, raters = np.nanmean(rating, axis=0), np.nanmean(shown, axis=0)
    imputed = np.nanmean(found, axis=(0, 1))
    assert (np.abs(imputed[:2] - truth[:2]) < 0.05).all()
    assert (np.abs(raters[:2] - truth[:2]) > 0.15).all()
    spread = np.nanstd(found, axis=1).mean(axis=0)
    assert spread == pytest.approx(np.nanstd(rating, axis=0), rel=0.06)


@pytest.fixture(scope="module")
def whole():
    return responses_of(DESIGN, N, seed=11)


def blanked(frame, chance, seed, kind="refused"):
    """Blank ratings with a chance by respondent."""
    frame, rng = frame.copy(), np.random.default_rng(seed)
    for j in range(P):
        hit = (frame[f"t{j}.contact"] == 1).to_numpy() & (rng.random(len(frame)) < chance)
        frame.loc[hit, f"t{j}.rating"] = np.nan
        frame.loc[hit, f"t{j}.rating_empty"] = kind
    return frame


def found_in(frame, **changes):
    study = study_of(DESIGN, **changes)
    answers = read_answers(study, "w1", frame)
    cell = Cell("", "", np.ones(len(frame), dtype=bool))
    draws = multiplicity(study, answers.wave, answers.groups)
    models = [
        fit(
            study,
            prepare(study, answers, outcomes, mask=cell.mask),
            multiplicity=draws,
            effort=effort(study, cell, len(answers.touchpoints)),
        )
        for outcomes in together(study, answers)
    ]
    table = sensitivity_table(study, answers, cell, models, multiplicity=draws)
    importance = pd.concat([importance_table(study, answers, cell, model) for model in models])
    return table, importance


def of(table, missing, outcome="loyalty"):
    rows = (table.missing == missing) & (table.outcome == outcome)
    return table[rows].set_index("touchpoint")


def test_available_repeats_the_main_estimates(whole):
    table, importance = found_in(blanked(whole, 0.1, 1))
    rows = (importance.component == "experience") & (importance.method == "lmg")
    main = importance[rows & (importance.outcome == "loyalty")].set_index("touchpoint")
    shown = of(table, "available")
    for name in ("n", "importance", "share", "share_low", "share_high", "rank", "effect_high"):
        assert shown[name].to_numpy(float) == pytest.approx(main[name].to_numpy(float))
    assert not shown.differs.any()


def test_all_three_agree_where_ratings_are_missing_at_random(whole):
    truth = of(found_in(whole)[0], "available")
    table, _ = found_in(blanked(whole, 0.1, 2))
    for missing in ("available", "complete", "impute"):
        shown = of(table, missing)
        error = (shown.effect_high - shown.effect_low) / 4
        assert (np.abs(shown.effect - truth.effect) < 3 * error).all()
        assert shown.share.to_numpy() == pytest.approx(truth.share.to_numpy(), abs=0.06)
        assert shown.share.sum() == pytest.approx(1)
        assert not shown.flips.any()
    widths = {
        missing: (of(table, missing).effect_high - of(table, missing).effect_low).mean()
        for missing in ("complete", "impute")
    }
    assert widths["impute"] < widths["complete"]
    assert of(table, "impute").missing_information.between(0.005, 0.5).all()
    assert (of(table, "complete").n < of(table, "impute").n).all()


def test_with_nothing_missing_imputation_changes_nothing(whole):
    table, _ = found_in(whole)
    for name in ("importance", "share", "effect"):
        main, imputed = of(table, "available")[name], of(table, "impute")[name]
        assert imputed.to_numpy() == pytest.approx(main.to_numpy(), abs=0.01)
    assert (of(table, "impute").missing_information < 1e-9).all()


def test_imputation_is_nearer_the_truth_where_the_happy_do_not_rate(whole):
    happy = whole["loyalty.score"].to_numpy() > 3.8
    truth = of(found_in(whole)[0], "available")
    table, _ = found_in(blanked(whole, np.where(happy, 0.45, 0.05), 3))

    def error(missing, name):
        return float(np.abs(of(table, missing)[name] - truth[name]).sum())

    for name in ("effect", "importance"):
        assert error("impute", name) < 0.6 * error("complete", name)
    half = (of(table, "available").share_high - of(table, "available").share_low) / 2

    def shift(missing):
        return float((np.abs(of(table, missing).share - of(table, "available").share) / half).max())

    assert shift("complete") > 2 * shift("impute")


def test_too_few_complete_cases_are_shown_as_such(whole):
    table, _ = found_in(blanked(whole.head(400), 0.6, 4))
    complete = of(table, "complete")
    assert (complete.n < 100).all()
    assert complete[["share", "effect", "rank"]].isna().all(axis=None)
    assert not complete.differs.any()
    assert of(table, "impute").share.notna().all()


def test_who_was_not_asked_is_complete(whole):
    table, _ = found_in(blanked(whole, 0.3, 5, kind="not_asked"))
    assert of(table, "complete").n.iloc[0] == N
    table, _ = found_in(blanked(whole, 0.3, 5))
    assert of(table, "complete").n.iloc[0] < N / 2


def test_the_seed_fixes_the_table(whole):
    frame = blanked(whole.head(600), 0.1, 6)
    first, second = (found_in(frame)[0] for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    other = found_in(frame, seed=8)[0]
    assert not np.array_equal(of(first, "impute").share, of(other, "impute").share)


def test_a_refused_model_has_no_rows(whole):
    few = replace(study_of(DESIGN).rule, min_base=5000)
    table, _ = found_in(whole, rule=few)
    assert table.empty


def test_planned_draws_of_ratings_and_covariates_are_handled(whole):
    """Each person rates two of the touchpoints met; whoever was asked is complete."""
    design = replace(DESIGN, most_ratings=2)
    frame = responses_of(design, N, seed=11)
    frame["segment.side"] = np.where(np.arange(N) % 2, "l", "r")
    table, _ = found_in(
        frame,
        most_ratings=2,
        segments=(Segment("side", Text(), Columns("SIDE")),),
        analysis=Analysis(replicates=300, covariates=("side",)),
    )
    truth = of(found_in(whole)[0], "available")
    for missing in ("available", "impute"):
        shown = of(table, missing)
        error = (shown.effect_high - shown.effect_low) / 4
        assert (np.abs(shown.effect - truth.effect[shown.index]) < 3.5 * error).all()
    assert of(table, "complete").n.iloc[0] == N
    assert (of(table, "impute").missing_information > 0.2).all()
