"""Findings from simulated responses: tables, verdicts, and honest refusals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulated_study import responses_of, study_of
from supertouch.errors import DataError
from supertouch.findings import analyze_wave, judge
from supertouch.simulate import fair, planted
from supertouch.study.model import Columns, Segment, StatusRule, SuperRule, Text

P = 8
DESIGN = planted(P, supers=2, lift=3.0, halo=0.3)


@pytest.fixture(scope="module")
def study():
    return study_of(DESIGN, waves=("w1", "w2"))


@pytest.fixture(scope="module")
def responses():
    return {wave: responses_of(DESIGN, 1500, seed=seed) for seed, wave in enumerate(("w1", "w2"))}


@pytest.fixture(scope="module")
def tables(study, responses):
    return {wave: analyze_wave(study, wave, frame) for wave, frame in responses.items()}


def verdicts(study, responses, tables):
    found = judge(study, responses, tables)["supertouchpoints"]
    return found.set_index(["wave", "touchpoint"])


def lmg_of(tables, outcome="loyalty", component="experience", segment=""):
    frame = tables["importance"]
    rows = (frame.outcome == outcome) & (frame.component == component) & (frame.method == "lmg")
    return frame[rows & (frame.segment == segment)].set_index("touchpoint")


def test_importance_adds_up_to_r2_and_shares_to_one(tables):
    found = tables["w1"]
    model = found["models"].set_index("outcome")
    for outcome in ("loyalty", "recommendation"):
        parts = [lmg_of(found, outcome, component) for component in ("experience", "contact")]
        assert sum(part.importance.sum() for part in parts) == pytest.approx(model.r2[outcome])
        assert parts[0].importance.sum() == pytest.approx(model.r2_experience[outcome])
        assert parts[0].share.sum() == pytest.approx(1)
        phases = found["phases"]
        phases = phases[(phases.outcome == outcome) & (phases.component == "experience")]
        assert phases.importance.sum() == pytest.approx(model.r2_experience[outcome], abs=0.01)


def test_effects_are_least_squares_of_everyone(study, responses, tables):
    """With complete answers the effects are those of a weighted regression on z and c."""
    import statsmodels.api as sm

    frame = responses["w1"]
    contact = frame[[f"t{j}.contact" for j in range(P)]].to_numpy(float)
    rating = frame[[f"t{j}.rating" for j in range(P)]].to_numpy(float)
    weight = frame.weight.to_numpy()
    mean = np.nansum(weight[:, None] * rating, axis=0) / (weight[:, None] * contact).sum(axis=0)
    z = np.where(contact == 1, rating - mean, 0.0)
    columns = sm.add_constant(np.hstack([z, contact]))
    fitted = sm.WLS(frame["loyalty.score"].to_numpy(), columns, weights=weight).fit()
    assert lmg_of(tables["w1"]).effect.to_numpy() == pytest.approx(fitted.params[1 : P + 1])
    assert lmg_of(tables["w1"], component="contact").effect.to_numpy() == pytest.approx(
        fitted.params[P + 1 :]
    )
    assert tables["w1"]["models"].r2[0] < fitted.rsquared


def test_reach_and_bands_are_plain_shares(responses, tables):
    frame = responses["w1"]
    row = tables["w1"]["performance"].set_index("touchpoint").loc["t3"]
    assert row.reach == pytest.approx(frame["t3.contact"].mean())
    rated = frame["t3.rating"].dropna()
    assert row.n_met == (frame["t3.contact"] == 1).sum()
    assert row.satisfaction == pytest.approx(rated.mean())
    assert row.disappointed == pytest.approx((rated <= 2).mean())
    assert row.delighted == pytest.approx((rated == 5).mean())
    assert row.disappointed + row.okay + row.delighted == pytest.approx(1)
    met = frame[frame["t3.contact"] == 1]["recommendation.score"]
    assert row.nps_met == pytest.approx(100 * ((met >= 9).mean() - (met <= 6).mean()))


def test_planted_supers_are_found_and_sustained(study, responses, tables):
    found = verdicts(study, responses, tables)
    assert set(found[found.verdict == "super"].index) == {
        (wave, name) for wave in ("w1", "w2") for name in ("t2", "t6")
    }
    row = found.loc[("w2", "t2")]
    assert row.trend == "sustained"
    assert row.sustained is np.True_ or row.sustained is True
    assert row.reason == ""
    assert row.probability > 0.95
    assert row.rank_probability == 1
    assert found.loc["w1"].sustained.isna().all()


def test_an_unchanged_seed_gives_the_same_numbers(study, responses, tables):
    again = analyze_wave(study, "w1", responses["w1"])
    for name, table in again.items():
        pd.testing.assert_frame_equal(table, tables["w1"][name])


def test_without_recommendation_everything_is_undetermined(responses):
    design = replace(DESIGN, outcomes=DESIGN.outcomes[:1])
    study = study_of(design, proxy=True)
    tables = {"w1": analyze_wave(study, "w1", responses["w1"])}
    found = verdicts(study, responses, tables)
    assert set(found.verdict) == {"undetermined"}
    assert found.proxy.all()
    assert found.probability.isna().all()
    assert found.rank_probability.notna().all()
    assert found.reason.str.contains("no_recommendation").all()
    assert found.loc[("w1", "t2"), "loyalty_share_ok"]


def test_thresholds_make_too_few(study, responses):
    strict = replace(study, rule=SuperRule(min_reach=0.5, min_base=1000))
    tables = {"w1": analyze_wave(strict, "w1", responses["w1"])}
    found = verdicts(strict, responses, tables).loc["w1"]
    out = found[found.verdict == "too_few"]
    assert set(out.index) == {"t3", "t4", "t5", "t6", "t7"}
    assert set(lmg_of(tables["w1"]).index) == {"t0", "t1", "t2"}
    assert lmg_of(tables["w1"]).fair_share.iloc[0] == pytest.approx(1 / 3)
    assert out.loc["t7", "reason"] == "reach base admitted"


def test_the_gate_refuses_and_gives_phases_instead():
    design = fair(20)
    few, loose = responses_of(design, 70, seed=1), study_of(design, rule=SuperRule(min_base=30))
    found = analyze_wave(loose, "w1", few)
    model = found["models"].set_index("outcome").loc["loyalty"]
    assert not model.admitted
    assert model.reason == "n_eff_below_columns"
    assert model.n_needed > model.n_eff
    assert found["importance"].empty
    assert set(found["phases"].phase) == {"before", "during", "after"}
    shares = found["phases"].groupby(["outcome", "component"]).share.sum()
    assert shares.to_numpy() == pytest.approx(1)
    assert found["univariate"].correlation.notna().any()
    judged = verdicts(loose, {"w1": few}, {"w1": found})
    assert set(judged.verdict) == {"too_few"}


def test_segments_are_analysed_and_small_ones_said_to_be_small(study, responses):
    frame = responses["w1"].copy()
    frame["segment.kind"] = np.where(np.arange(1500) < 60, "few", "many")
    split = replace(study, segments=(Segment("kind", Text(), Columns("KIND")),))
    found = analyze_wave(split, "w1", frame)
    assert set(found["performance"].segment_value) == {"", "many"}
    note = found["diagnostics"].set_index("code").loc["small_segment"]
    assert (note.segment_value, note.value) == ("few", 60)
    assert lmg_of(found, segment="kind").n.iloc[0] == 1440


def test_brand_fit_and_purchase_can_spoil_a_verdict(study, responses, tables):
    """A super-touchpoint that does not fit the brand, or keeps people from buying, is none."""
    frame = responses["w1"].copy()
    fit = np.random.default_rng(0)
    for j in range(P):
        worse = 1.0 if j == 2 else 0.0
        frame[f"t{j}.brand_fit"] = np.where(
            frame[f"t{j}.contact"] == 1, 4 - worse + fit.normal(0, 0.5, 1500), np.nan
        )
    found = analyze_wave(study, "w1", frame)
    judged = verdicts(study, {"w1": frame}, {"w1": found}).loc["w1"]
    assert judged.loc["t2", "reason"] == "brand_fit"
    assert judged.loc["t2", "verdict"] == "candidate"
    assert judged.loc["t6", "verdict"] == "super"

    purchase = replace(study.outcomes[1], id="purchase", role="purchase")
    bought = replace(study, outcomes=(*study.outcomes, purchase))
    frame["purchase.score"] = 5 - frame["t6.rating"].fillna(3) + fit.normal(0, 0.5, 1500)
    found = analyze_wave(bought, "w1", frame)
    judged = verdicts(bought, {"w1": frame}, {"w1": found}).loc["w1"]
    assert "purchase" in judged.loc["t6", "reason"]


def test_unrated_and_unmet_touchpoints_are_explained(study, responses):
    frame = responses["w1"].copy()
    frame["t0.contact"] = pd.array([1] * 1500, dtype="Int8")
    frame["t4.rating"] = np.where(frame["t4.contact"] == 1, 4.0, np.nan)
    frame["t7.contact"] = pd.array([0] * 1500, dtype="Int8")
    frame["t7.rating"] = np.nan
    found = analyze_wave(study, "w1", frame)
    codes = found["diagnostics"].set_index("subject").code
    assert codes["t0"] == "everybody_met"
    assert codes["t4"] == "constant_rating"
    assert set(codes["t7"]) == {"not_eligible_reach", "never_met"}
    assert "t0" in lmg_of(found).index
    assert "t0" not in lmg_of(found, component="contact").index
    assert verdicts(study, {"w1": frame}, {"w1": found}).loc[("w1", "t7"), "verdict"] == "too_few"


def test_an_outcome_counts_only_those_it_is_open_to(study, responses):
    frame = responses["w1"].copy()
    frame["status"] = np.where(np.arange(1500) < 500, "potential", "current")
    frame.loc[frame.status == "potential", "loyalty.score"] = np.nan
    loyalty = replace(study.outcomes[0], status=("current",))
    rule = StatusRule(Columns("STATUS"), {"current": (1.0,), "potential": (2.0,)})
    some = replace(study, outcomes=(loyalty, study.outcomes[1]), status=rule)
    found = analyze_wave(some, "w1", frame)["models"].set_index("outcome")
    assert found.n["loyalty"] == 1000
    assert found.n["recommendation"] == 1500


def test_waves_are_compared_where_the_outcomes_are_open_to_different_customers(study, responses):
    frames = {}
    for wave, frame in responses.items():
        status = np.where(np.arange(1500) < 300, "potential", "current")
        score = frame["loyalty.score"].where(status == "current")
        frames[wave] = frame.assign(**{"status": status, "loyalty.score": score})
    loyalty = replace(study.outcomes[0], status=("current",))
    rule = StatusRule(Columns("STATUS"), {"current": (1.0,), "potential": (2.0,)})
    some = replace(study, outcomes=(loyalty, study.outcomes[1]), status=rule)
    tables = {wave: analyze_wave(some, wave, frame) for wave, frame in frames.items()}
    found = verdicts(some, frames, tables)
    assert found.loc[("w2", "t2"), "trend"] == "sustained"
    assert found.loc["w2"].sustained.notna().all()


def test_a_segment_within_few_clusters_is_refused(study, responses):
    frame = responses["w1"].assign(cluster=[str(row // 50) for row in range(1500)])
    frame["segment.kind"] = np.where(np.arange(1500) < 500, "few", "many")
    split = replace(study, segments=(Segment("kind", Text(), Columns("KIND")),))
    found = analyze_wave(split, "w1", frame)
    model = found["models"].set_index(["segment_value", "outcome"])
    assert model.loc[("few", "loyalty"), "reason"] == "too_few_units"
    assert model.loc[("few", "loyalty"), "units"] == 10
    assert model.loc[("", "loyalty"), "admitted"]


def test_touchpoints_that_say_the_same_have_no_effects_of_their_own(study, responses):
    frame = responses["w1"].copy()
    for name in ("contact", "rating", "rating_empty"):
        frame[f"t3.{name}"] = frame[f"t2.{name}"]
    found = analyze_wave(study, "w1", frame)
    table = lmg_of(found)
    assert table.effect[["t2", "t3"]].isna().all()
    assert table.effect[["t0", "t6"]].notna().all()
    assert table.share["t2"] == pytest.approx(table.share["t3"], rel=0.02)
    codes = found["diagnostics"]
    assert set(codes[codes.code == "collinear"].subject) == {"t2", "t3"}
    judged = verdicts(study, {"w1": frame}, {"w1": found}).loc["w1"]
    assert judged.loc["t2", "verdict"] == "none"
    assert judged.loc["t6", "verdict"] == "super"


def test_the_scale_of_weights_plays_no_part(study, responses, tables):
    tiny = responses["w1"].assign(weight=1e-15)
    found = analyze_wave(study, "w1", tiny)
    pd.testing.assert_frame_equal(found["importance"], tables["w1"]["importance"])


def test_brand_fit_is_compared_within_its_scale(study, responses):
    frame = responses["w1"].copy()
    for j in range(P):
        level = 4.0 if j < 4 else 8.0
        frame[f"t{j}.brand_fit"] = np.where(frame[f"t{j}.contact"] == 1, level, np.nan)
    scales = study.scales | {"ten": replace(study.scales["rating"], id="ten", maximum=10)}
    touchpoints = [
        replace(item, brand_fit_scale="rating" if j < 4 else "ten")
        for j, item in enumerate(study.touchpoints)
    ]
    mixed = replace(study, scales=scales, touchpoints=tuple(touchpoints))
    found = {"w1": analyze_wave(mixed, "w1", frame)}
    assert verdicts(mixed, {"w1": frame}, found).brand_fit_ok.all()


def test_the_method_told_is_the_one_that_was_used(study, responses):
    """Up to 12 touchpoints all orders are averaged, whatever the limit says."""
    few = replace(study, analysis=replace(study.analysis, exact_up_to=5))
    assert set(analyze_wave(few, "w1", responses["w1"])["models"].method) == {"exact"}


def test_a_wave_without_respondents_is_an_error(study, responses):
    with pytest.raises(DataError, match="quarantine"):
        analyze_wave(study, "w1", responses["w1"].head(0))


def test_fading_and_emerging():
    """t1 is super before, t4 after."""
    before, after = planted(6, supers=1, lift=4.0), planted(6, supers=1, lift=4.0)
    moved = []
    for outcome in after.outcomes:
        beta = outcome.beta.copy()
        beta[[1, 3]] = beta[[3, 1]]
        moved.append(replace(outcome, beta=beta))
    after = replace(after, outcomes=tuple(moved))
    study = study_of(before, waves=("w1", "w2"))
    frames = {"w1": responses_of(before, 1500, seed=1), "w2": responses_of(after, 1500, seed=2)}
    tables = {wave: analyze_wave(study, wave, frame) for wave, frame in frames.items()}
    found = verdicts(study, frames, tables)
    assert found.loc[("w1", "t3"), "verdict"] == "super"
    assert found.loc[("w2", "t3"), "trend"] == "fading"
    assert found.loc[("w2", "t1"), "trend"] == "emerging"
    assert not found.loc[("w2", "t1"), "sustained"]
