"""The simulator: what it plants is there, and its truth is the truth."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supertouch.errors import OutputError, UnsupportedError
from supertouch.intake import headers, ingest_wave, read, validate_wave
from supertouch.intake.mentions import read_mentions
from supertouch.simulate import (
    ANSWERED,
    Design,
    Grouping,
    OutcomeDesign,
    fair,
    inside_view,
    null,
    one_outcome,
    planted,
    population,
    simulate,
    truth,
    write_demo,
)
from supertouch.simulate.blueprint import demo_designs, demo_settings
from supertouch.simulate.delivered import demo_words
from supertouch.simulate.inside import FAULTY_CELL
from supertouch.simulate.respondents import mean_rating
from supertouch.study import load_study
from supertouch.study.naming import name_key

WAVES = ("2026q1", "2026q2", "2026q3")
IDS = list(demo_settings()["touchpoints"])


def rng(seed=1):
    return np.random.default_rng(seed)


def small(**changes):
    """Three independent touchpoints of equal reach with a continuous outcome of either role."""
    beta, gamma = [0.6, 0.3, 0.0], [0.2, 0.0, 0.4]
    outcomes = tuple(
        OutcomeDesign(role, role, np.array(beta), np.array(gamma), noise=0.8)
        for role in ("loyalty", "recommendation")
    )
    given = {"reach": np.full(3, 0.6), "mean": np.full(3, 3.5), "spread": np.ones(3)}
    return Design(**(given | {"outcomes": outcomes} | changes))


def oversampled(design, rates=(1.0, 3.0)):
    q = len(design.outcomes)
    group = Grouping(
        "region",
        np.array([0.7, 0.3]),
        np.array(rates),
        contact=np.array([0.0, 0.6]),
        rating=np.array([0.0, -0.8]),
        outcomes=np.array([[0.0] * q, [0.5] * q]),
    )
    return replace(design, groupings=(group,))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, truth_rows=0, respondents=400)
    return folder


# respondents


def test_the_seed_decides_everything():
    design = demo_designs()["2026q3"]
    one, same, other = (simulate(design, 200, rng(seed)) for seed in (1, 1, 2))
    for name in ("contact", "rating", "outcomes", "weight", "segments", "rating_empty"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    assert not np.array_equal(one.rating, other.rating, equal_nan=True)


@pytest.mark.parametrize(
    "design",
    [planted(12), oversampled(small()), demo_designs()["2026q2"]],
    ids=["planted", "oversampled", "demo"],
)
def test_weighted_reach_and_mean_are_the_designs(design):
    n = 20_000
    found = simulate(replace(design, unknown_contact=0.0), n, rng())
    reach = np.average(found.contact, axis=0, weights=found.weight)
    # five standard errors of a share, widened by the design effect of the weights (below 1.5)
    assert np.all(np.abs(reach - design.reach) < 5 * np.sqrt(0.25 * 1.5 / n))
    rated = ~np.isnan(found.rating)
    total = (np.where(rated, found.rating, 0) * found.weight[:, None]).sum(axis=0)
    mean = total / (rated * found.weight[:, None]).sum(axis=0)
    error = 1.4 * np.sqrt(1.5 / rated.sum(axis=0))
    assert np.all(np.abs(mean - mean_rating(design)) < 5 * error)


def test_weights_undo_the_oversampling():
    found = simulate(oversampled(small()), 4_000, rng())
    second = found.segments[:, 0] == 1
    assert second.mean() == pytest.approx(0.9 / 1.6, abs=0.001)
    assert np.average(second, weights=found.weight) == pytest.approx(0.3, abs=0.001)
    assert found.weight.mean() == pytest.approx(1)
    np.testing.assert_array_equal(found.stratum, found.segments[:, 0])


def test_empties_blank_the_answer_only():
    design = small(
        ask_rate=np.array([1.0, 0.5, 0.2]), dont_know=0.1, refused=0.05, unknown_contact=0.02
    )
    found = simulate(design, 10_000, rng())
    empty = np.isnan(found.rating)
    np.testing.assert_array_equal(empty, found.rating_empty > 0)
    np.testing.assert_array_equal(np.isnan(found.contact), found.contact_empty > 0)
    assert np.all(found.contact[~empty] == 1)
    not_met = found.rating_empty == ANSWERED.index("not_met")
    np.testing.assert_array_equal(not_met, found.contact == 0)
    met = found.contact == 1
    asked = 1 - (met & (found.rating_empty == ANSWERED.index("not_asked"))).sum(0) / met.sum(0)
    np.testing.assert_allclose(asked, design.ask_rate, atol=0.03)
    kinds = np.bincount(found.rating_empty[:, 0][met[:, 0]], minlength=5) / met[:, 0].sum()
    np.testing.assert_allclose(kinds, [0.85, 0, 0, 0.1, 0.05], atol=0.025)
    everything = simulate(small(), 10_000, rng())
    for name in ("met", "rating", "outcomes"):
        np.testing.assert_array_equal(
            getattr(found.complete, name), getattr(everything.complete, name)
        )


def test_nobody_rates_more_than_they_are_asked_for():
    """Who met a and b rates both with chance m (m - 1) / M (M - 1), whichever they are."""
    design = small(reach=np.array([0.9, 0.7, 0.5]), most_ratings=2, unknown_contact=0.05)
    found = simulate(design, 40_000, rng())
    met, rated = found.contact == 1, ~np.isnan(found.rating)
    np.testing.assert_array_equal(rated.sum(axis=1), np.minimum(met.sum(axis=1), 2))
    all_three = met.all(axis=1)
    # some 12,000 met all three: a standard error of 0.004
    np.testing.assert_allclose(rated[all_three].mean(axis=0), 2 / 3, atol=0.02)
    pairs = rated[all_three].T.astype(float) @ rated[all_three] / all_three.sum()
    np.testing.assert_allclose(pairs[np.triu_indices(3, 1)], 1 / 3, atol=0.02)
    assert (found.rating_empty[met & ~rated] == ANSWERED.index("not_asked")).all()


def test_members_of_a_cluster_are_alike():
    design = small(cluster_size=10, strata=4, icc=0.3)
    found = simulate(design, 20_000, rng())
    assert len(np.unique(found.cluster)) == 2_000
    assert len(np.unique(found.stratum)) == 4
    noise = np.linalg.lstsq(_drivers(found), found.outcomes[:, 0], rcond=None)
    residual = found.outcomes[:, 0] - _drivers(found) @ noise[0]
    between = residual.reshape(-1, 10).mean(axis=1).var()
    assert between / residual.var() == pytest.approx(0.3 + 0.7 / 10, abs=0.04)


def _drivers(found):
    return np.column_stack(
        [np.ones(len(found.contact)), found.contact, np.nan_to_num(found.rating)]
    )


def test_a_reversed_item_is_turned_into_the_score():
    found = simulate(null(3), 500, rng())
    first, second, third = found.items[0].T
    np.testing.assert_allclose(found.outcomes[:, 0], (first + (6 - second) + third) / 3)
    assert np.corrcoef(first, second)[0, 1] < -0.3


def test_an_impossible_design_names_all_its_faults():
    with pytest.raises(UnsupportedError) as caught:
        small(mean=np.ones(2), halo=1.5, reach=np.array([0.2, 0.0, 1.0]), most_ratings=0)
    places = {problem.place for problem in caught.value.problems}
    assert places == {"design, mean", "design, halo", "design, reach", "design, most_ratings"}


# truth


def test_truth_of_independent_touchpoints_is_the_closed_form():
    design = small()
    found = truth(design, n=400_000, rng=rng())
    beta, gamma = design.outcomes[0].beta, design.outcomes[0].gamma
    chance = np.diff(np.concatenate([[0], _normal(design.thresholds - 3.5), [1]]))
    points = np.arange(1, 6)
    mean = chance @ points
    variance = chance @ (points - mean) ** 2
    experience, contact = 0.6 * variance * beta**2, 0.24 * gamma**2
    total = experience.sum() + contact.sum() + 0.8**2
    # sampling error of 400,000 rows: about 0.002 for coefficients, 0.001 for points of R²
    np.testing.assert_allclose(found.mean, mean, atol=0.01)
    np.testing.assert_allclose(found.beta[0], beta, atol=0.01)
    np.testing.assert_allclose(found.gamma[0], gamma, atol=0.015)
    np.testing.assert_allclose(found.experience[0], experience / total, atol=0.004)
    np.testing.assert_allclose(found.contact[0], contact / total, atol=0.004)
    np.testing.assert_allclose(found.experience_share[0], beta**2 / (beta**2).sum(), atol=0.01)
    np.testing.assert_array_equal(found.supers, [True, False, False])


def _normal(x):
    from scipy.special import ndtr

    return ndtr(x)


@pytest.mark.parametrize(
    ("design", "supers"),
    [
        (null(8), []),
        (fair(8), []),
        (one_outcome(8), []),
        (planted(8, supers=2, lift=2.5), [2, 6]),
    ],
    ids=["null", "fair", "one_outcome", "planted"],
)
def test_ready_made_designs_are_what_they_say(design, supers):
    found = truth(design, n=100_000, rng=rng())
    np.testing.assert_array_equal(np.flatnonzero(found.supers), supers)
    np.testing.assert_allclose(found.experience.sum(axis=1) + found.contact.sum(axis=1), found.r2)
    if supers:
        # the lift that was ordered, up to rounding of the answers and simulation error
        np.testing.assert_allclose(found.experience_share[:, supers] * 8, 2.5, rtol=0.05)


def test_truth_does_not_depend_on_how_people_are_sampled_or_asked():
    plain = oversampled(small(), rates=(1.0, 1.0))
    asked_less = replace(oversampled(small()), ask_rate=np.full(3, 0.2), dont_know=0.3)
    one, other = truth(plain, n=20_000, rng=rng()), truth(asked_less, n=20_000, rng=rng())
    np.testing.assert_array_equal(one.experience, other.experience)


def test_a_touchpoint_that_loyal_customers_seek_out_has_no_share_of_experience():
    found = truth(demo_designs()["2026q3"], n=60_000, rng=rng(), exact_up_to=12)
    trap = IDS.index("customer_club")
    assert np.all(found.experience_share[:2, trap] < 0.01)
    assert np.all(found.contact_share[:2, trap] > 0.8)


def test_the_demos_verdicts():
    builds = {}
    for wave in ("2026q2", "2026q3"):
        found = truth(demo_designs()[wave], n=100_000, rng=rng(), exact_up_to=12)
        builds[wave] = {IDS[j] for j in np.flatnonzero(found.supers)}
        assert np.all((found.r2[:2] > 0.35) & (found.r2[:2] < 0.52))
        only = found.builds[:2].sum(axis=0) == 1
        assert {IDS[j] for j in np.flatnonzero(only)} == {"word_of_mouth", "newsletter"}
    assert builds["2026q2"] == {"advice", "delivery", "hotline", "phone_enquiry"}
    assert builds["2026q3"] == {"advice", "delivery", "hotline", "repair"}


# the demo's files


@pytest.mark.parametrize("name", ["study.toml", "plan.toml"])
def test_study_and_plan_at_the_root_are_the_demos(name, demo):
    root = Path(__file__).parent.parent / name
    packaged = files("supertouch") / "demo" / name
    assert root.read_bytes() == packaged.read_bytes() == (demo / name).read_bytes()


def test_the_demo_is_the_same_every_time(demo, tmp_path):
    write_demo(tmp_path, truth_rows=0, respondents=400)
    write_demo(tmp_path / "other", truth_rows=0, respondents=400, seed=5)
    study = load_study(demo / "study.toml", headers=headers)
    for wave in study.waves:
        one, same, other = (
            read(folder / "data" / "raw" / wave.file, sheet=wave.sheet).frame
            for folder in (demo, tmp_path, tmp_path / "other")
        )
        pd.testing.assert_frame_equal(one, same)
        assert not one.equals(other)
    first = f"data/raw/{study.waves[0].file}"
    assert (demo / first).read_bytes() == (tmp_path / first).read_bytes()


@pytest.mark.parametrize("wave", WAVES)
def test_intake_finds_what_was_planted(demo, wave):
    study = load_study(demo / "study.toml")
    expected = json.loads((demo / "data/truth/planted.json").read_text(encoding="utf-8"))[wave]
    raw = ingest_wave(study, wave).frame()
    found = validate_wave(study, wave, raw, expected["file"])
    sample = found.sample.iloc[0]
    assert sample["n_read"] == expected["n_read"]
    assert sample["n_accepted"] == expected["n_accepted"]
    assert sample["n_quarantined"] == expected["n_quarantined"]
    assert sample["n_excluded"] == expected["n_excluded"]
    assert found.quarantine["row"].nunique() == sum(expected["faults"].values())
    assert not (found.responses[f"segment.{study.segments[-1].id}"] == "").any()
    counted = found.contradictions.groupby("kind")["n"].sum().to_dict()
    assert counted == expected["contradictions"]
    kinds = found.empties.groupby("kind").sum(numeric_only=True)
    for item in ("contact", "rating", "brand_fit"):
        counts = kinds.loc[item].rename({"n_answered": "answered"}).drop("n")
        assert counts.to_dict() == expected[f"{item}_empty"]
    assert np.all(kinds.loc["rating", ["not_met", "not_asked", "dont_know", "refused"]] > 0)
    assert ("app.contact" in found.responses) == (wave != "2026q1")
    named = {name_key(row.named): row.n for row in found.missing_named.itertuples()}
    assert {name: named.get(name_key(name), 0) for name in expected["missing"]} == (
        expected["missing"]
    )
    assert set(named) <= {"", *map(name_key, expected["missing"])}


def test_intake_finds_the_planted_mentions(demo):
    study = load_study(demo / "study.toml")
    expected = json.loads((demo / "data/truth/planted.json").read_text("utf-8"))["mentions"]
    found = read_mentions(study)
    assert (found.n_read, found.n_quarantined) == (expected["n_read"], expected["n_quarantined"])
    words = demo_words()["mentions"]
    known = found.mentions.groupby("touchpoint").size().to_dict()
    unknown = found.mentions[found.mentions.touchpoint == ""].named.map(name_key)
    known |= unknown.value_counts().to_dict()
    for name, rates in {**words["touchpoints"], **words["unknown"]}.items():
        assert known[name if name in IDS else name_key(name)] - rates["n"] in (0, 1)


def test_a_plan_that_is_there_stays(tmp_path):
    (tmp_path / "plan.toml").write_text("# my own\n", encoding="utf-8")
    write_demo(tmp_path, truth_rows=0, respondents=50)
    assert (tmp_path / "plan.toml").read_text(encoding="utf-8") == "# my own\n"


def test_the_inside_view_overrates_pets_and_overlooks_blind_spots(demo):
    study = load_study(demo / "study.toml")
    sheets = inside_view(study, rng())
    assert len(sheets) == 5
    frames = [pd.DataFrame(sheet.rows).set_index("touchpoint") for sheet in sheets.values()]
    cells = pd.concat([frame.importance[IDS] for frame in frames], axis=1)
    assert (cells == FAULTY_CELL[-1]).to_numpy().sum() == 1
    rank = cells.apply(pd.to_numeric, errors="coerce").mean(axis=1).rank(pct=True)
    assert rank[["advertising", "trade_fair"]].min() > 0.75
    assert rank[["hotline", "delivery"]].max() < 0.3


def test_the_demo_overwrites_nothing(demo, tmp_path):
    with pytest.raises(OutputError) as caught:
        write_demo(demo, truth_rows=0)
    assert len(caught.value.problems) == 4
    (tmp_path / "study.toml").write_text("[study]\n", encoding="utf-8")
    with pytest.raises(OutputError, match="another study"):
        write_demo(tmp_path)
    assert not (tmp_path / "data").exists()


def test_the_truth_of_the_demo_is_written(tmp_path, monkeypatch):
    from supertouch.simulate import demo_truth as module
    from supertouch.simulate.truth import truth_of

    def quick(*arguments, **options):
        return truth_of(*arguments, **options, exact_up_to=12)

    monkeypatch.setattr(module, "truth_of", quick)
    said = []
    write_demo(tmp_path, truth_rows=50_000, respondents=50, progress=said.append)
    assert said
    verdicts = pd.read_csv(tmp_path / "data/truth/supertouchpoints.csv").set_index(
        ["wave", "touchpoint"]
    )
    assert verdicts.loc[("2026q3", "advice"), "trend"] == "sustained"
    assert verdicts.loc[("2026q3", "repair"), "trend"] == "emerging"
    assert verdicts.loc[("2026q3", "phone_enquiry"), "trend"] == "fading"
    assert ("2026q1", "app") not in verdicts.index
    decided = pd.read_csv(tmp_path / "data/truth/decisions.csv")
    last = decided[decided.wave == "2026q3"].set_index("touchpoint").decision
    assert set(last[["advice", "delivery", "hotline", "repair"]]) == {"concentrate"}
    assert set(last[["manual", "app", "catalogue", "quote"]]) == {"recombine"}
    assert set(last.index[last == "drop"]) == {"advertising"}
    assert set(last[["website", "invoice", "customer_club", "shop"]]) == {"neglect"}
    pairs = pd.read_csv(tmp_path / "data/truth/synergy.csv")
    planted = pairs[pairs.effect_planted != 0]
    assert len(planted) == 2 * (1 + 2 + 2)
    # clipping to the scale takes up to a quarter of what was planted
    assert (planted.effect / planted.effect_planted).between(0.7, 1.02).all()
    table = pd.read_csv(tmp_path / "data/truth/touchpoints.csv")
    assert len(table) == 3 * (23 + 24 + 24)
    shares = table.groupby(["wave", "outcome"])["experience_share"].sum()
    np.testing.assert_allclose(shares, 1, atol=1e-4)


def test_population_has_no_oversampling():
    people = population(oversampled(small()), 20_000, rng())
    assert (people.groups[:, 0] == 1).mean() == pytest.approx(0.3, abs=0.015)
