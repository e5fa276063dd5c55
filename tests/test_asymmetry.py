"""Penalty and reward: identities, and factors that are known because they were put in."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from real_data import real_data
from supertouch.findings.answers import Answers, Cell, cells, read_answers
from supertouch.findings.asymmetry import asymmetry_table
from supertouch.findings.models import Model, multiplicity, prepare, together
from supertouch.simulate import fair, study_of
from supertouch.stats.asymmetry import dummies, impacts
from supertouch.stats.factors import factors, impact_asymmetry
from supertouch.stats.moments import Chances
from supertouch.stats.resampling import multiplicities
from supertouch.study.model import Scale
from supertouch.tables.asymmetry import Asymmetry

KINDS = ("basic", "excitement", "performance", "sought", "none", "line")
PENALTY = {"basic": -0.8, "performance": -0.6}
REWARD = {"excitement": 0.8, "performance": 0.6}
BEST_IS_MOST = Scale("rating", 1, 5, 5, 1, 2, 5)
BEST_IS_LEAST = Scale("rating", 1, 5, 1, 1, 4, 1)


def people(n, *, seed, clustered=True, unknown=0.2, most=None):
    """Simulate accepted answers: ratings of 1 to 5, what is in KINDS, and loyal people who seek."""
    rng = np.random.default_rng(seed)
    p = len(KINDS)
    loyal, mood = rng.normal(size=n), rng.normal(size=n)
    cluster = np.arange(n) // 5 if clustered else np.arange(n)
    rare = rng.random(n) < 0.4
    reach = np.full((n, p), 0.7)
    reach[:, KINDS.index("sought")] = 1 / (1 + np.exp(-2.0 * loyal))
    contact = (rng.random((n, p)) < reach).astype(float)
    latent = 0.5 * mood[:, None] + np.sqrt(0.75) * rng.normal(size=(n, p)) + 0.3 * rare[:, None]
    rating = 1.0 + (latent[..., None] > [-1.5, -0.7, 0.1, 0.8]).sum(axis=-1)
    low, high = contact * (rating <= 2), contact * (rating == 5)
    outcome = 5 + 0.8 * loyal + 0.3 * rng.normal(size=n)[cluster] + rng.normal(size=n)
    for j, kind in enumerate(KINDS):
        outcome += PENALTY.get(kind, 0) * low[:, j] + REWARD.get(kind, 0) * high[:, j]
    line = KINDS.index("line")
    outcome += 0.3 * contact[:, line] * (rating[:, line] - 3)
    rating[contact == 0] = np.nan
    if most is None:
        rating[rng.random((n, p)) < unknown] = np.nan
    else:
        drawn = np.where(contact == 1, rng.random((n, p)), 2.0).argsort(axis=1).argsort(axis=1)
        rating[drawn >= most] = np.nan
    return contact, rating, outcome, np.where(rare, 0.5, 1.5), cluster


def study(scale=BEST_IS_MOST, **analysis):
    made = study_of(fair(len(KINDS)))
    scales = dict(made.scales) | {"rating": scale}
    settings = {"replicates": 200, "groups": 200} | analysis
    return replace(
        made,
        scales=scales,
        outcomes=made.outcomes[:1],
        analysis=replace(made.analysis, **settings),
    )


def frame(contact, rating, outcome, weight, cluster):
    columns = {
        "respondent": np.arange(len(weight)).astype(str),
        "weight": weight,
        "cluster": cluster.astype(str),
        "stratum": "",
        "status": "",
        "loyalty.score": outcome,
    }
    for j in range(len(KINDS)):
        columns |= {f"t{j}.contact": contact[:, j], f"t{j}.rating": rating[:, j]}
        columns[f"t{j}.rating_empty"] = np.where(np.isnan(rating[:, j]), "dont_know", "")
    return pd.DataFrame(columns)


def table_of(asked, answers: Answers, cell: Cell | None = None) -> pd.DataFrame:
    cell = cell or next(iter(cells(asked, answers)))
    replicates = multiplicity(asked, answers.wave, answers.groups)
    frames = []
    for outcomes in together(asked, answers):
        model: Model = prepare(asked, answers, outcomes, mask=cell.mask)
        frames.append(asymmetry_table(asked, answers, cell, model, multiplicity=replicates))
    schema = Asymmetry.to_schema()
    found = pd.concat(frames, ignore_index=True)
    return schema.validate(found.reindex(columns=list(schema.columns)))


def found_in(data, asked=None):
    asked = asked or study()
    table = table_of(asked, read_answers(asked, "w1", frame(*data)))
    return table.assign(kind=KINDS).set_index("kind")


@pytest.fixture(scope="module")
def table():
    return found_in(people(6000, seed=1))


def test_coefficients_are_least_squares_and_their_spread_is_robust():
    """With complete ratings: weighted regression on dummies and contacts, cluster-robust errors."""
    import statsmodels.api as sm

    contact, rating, outcome, weight, cluster = people(900, seed=3, unknown=0.0)
    unrated = np.isnan(rating)
    low = np.where(unrated, np.nan, rating <= 2)
    high = np.where(unrated, np.nan, rating == 5)
    group = cluster % 40
    sums = dummies(
        contact,
        low,
        high,
        outcome[:, None],
        weight=weight,
        outcome_midpoint=np.array([5.0]),
        group=group,
        groups=40,
    )
    drawn = multiplicities(np.zeros(40, int), replicates=4000, rng=np.random.default_rng(0))
    p = len(KINDS)
    inflation = np.sqrt(np.array([900 / (900 - 3 * p - 1)]))
    point, replicates, change = impacts(
        sums, columns=[np.arange(3 * p)], multiplicity=drawn, inflation=inflation
    )
    assert change == 0
    columns = sm.add_constant(np.hstack([np.nan_to_num(low), np.nan_to_num(high), contact]))
    fitted = sm.WLS(outcome, columns, weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": group}
    )
    for found, places in (("penalty", slice(1, p + 1)), ("reward", slice(p + 1, 2 * p + 1))):
        estimate, repeated = getattr(point, found)[0, 0], getattr(replicates, found)[:, 0]
        assert estimate == pytest.approx(fitted.params[places], abs=1e-10)
        # 4,000 replicates: an error of about 1 % each
        assert repeated.std(axis=0) == pytest.approx(fitted.bse[places], rel=0.05)


def test_known_factors_are_found():
    known = ["basic", "excitement", "performance"]
    right = []
    for seed in range(10):
        found = found_in(people(6000, seed=seed))
        expected = [*known, "none", "none", "performance"]
        right.append(found.factor.to_numpy() == expected)
        certain = found.loc[known, [f"probability_{kind}" for kind in known]]
        assert (np.diag(certain)[:2] > 0.9).all()
    # tests at 5 %: balanced touchpoints and those that do nothing may be taken for another now
    # and then, strongly asymmetric ones may not
    share = np.mean(right, axis=0)
    assert (share[:2] == 1).all()
    assert (share[2:] >= 0.7).all()
    assert share.mean() >= 0.85


def test_columns_of_the_table_agree(table):
    assert table.filter(like="probability_").sum(axis=1).to_numpy() == pytest.approx(1)
    assert (table.impact_asymmetry.isna() == (table.factor == "none")).all()
    risk = table.reach * table.disappointed * np.maximum(-table.penalty, 0)
    assert table.risk.to_numpy() == pytest.approx(risk.to_numpy())
    assert ((table.risk_low <= table.risk) & (table.risk <= table.risk_high)).all()


def test_contact_of_loyal_customers_is_not_their_reward(table):
    """Those who meet what they sought are more loyal by far; delight adds nothing to it."""
    _, rating, outcome, *_ = people(6000, seed=1)
    j = KINDS.index("sought")
    naive = outcome[rating[:, j] == 5].mean() - outcome[rating[:, j] != 5].mean()
    assert naive > 0.4
    assert table.reward_low["sought"] < 0 < table.reward_high["sought"]


@pytest.mark.parametrize("how", [{"unknown": 0.4}, {"unknown": 0.0, "clustered": False}])
def test_intervals_cover_the_truth(how):
    asked = study(replicates=150)
    covered = []
    for seed in range(25):
        found = found_in(people(1200, seed=seed, **how), asked).drop("line")
        for name, truth in (("penalty", PENALTY), ("reward", REWARD)):
            true = np.array([truth.get(kind, 0.0) for kind in found.index])
            covered.extend((found[f"{name}_low"] <= true) & (true <= found[f"{name}_high"]))
    # 250 intervals: a standard error of 1.4 points
    assert np.mean(covered) == pytest.approx(0.95, abs=0.04)


def test_drawn_ratings_do_not_shift_the_coefficients():
    """Two of the touchpoints met were asked; both dummies of a rating have that rating's chance."""
    contact, rating, outcome, weight, cluster = people(40_000, seed=5, most=2, clustered=False)
    met = np.maximum(contact.sum(axis=1), 2)
    unrated = np.isnan(rating)
    data = dummies(
        contact,
        np.where(unrated, np.nan, rating <= 2),
        np.where(unrated, np.nan, rating == 5),
        outcome[:, None],
        weight=weight,
        outcome_midpoint=np.array([5.0]),
        group=cluster % 100,
        groups=100,
        chances=Chances(one=2 / met, two=2 / (met * (met - 1))),
    )
    drawn = np.random.default_rng(0).multinomial(100, np.full(100, 0.01), size=100).astype(float)
    p = len(KINDS)
    point, replicates, _ = impacts(
        data, columns=[np.arange(3 * p)], multiplicity=drawn, inflation=np.ones(1)
    )
    for name, truth in (("penalty", PENALTY), ("reward", REWARD)):
        error = getattr(replicates, name)[:, 0, :-1].std(axis=0)
        true = np.array([truth.get(kind, 0.0) for kind in KINDS[:-1]])
        assert (np.abs(getattr(point, name)[0, 0, :-1] - true) < 4 * error).all()
        assert error.max() < 0.1


def test_school_grades_say_the_same_as_points(table):
    """Where 1 is best, 4 and worse disappoints and 1 delights."""
    pd.testing.assert_frame_equal(found_in(people(6000, seed=1), study(BEST_IS_LEAST)), table)


def test_straight_line_is_no_basic_factor_for_wide_bands():
    """Bands farther below okay than above make penalties larger, which is no asymmetry."""
    rng = np.random.default_rng(0)
    noise = rng.normal(scale=0.02, size=(400, 2))
    rows = np.vstack([[0.0, 0.0], noise])
    penalty, reward = np.array([-0.9, -0.9]) + rows, np.array([0.4, 0.4]) + rows[:, ::-1]
    assert impact_asymmetry(penalty, reward)[0] == pytest.approx(-0.385, abs=0.001)
    sorted_ = factors(
        penalty,
        reward,
        below=np.array([2.7, 1.0]),
        above=np.array([1.2, 1.0]),
        degrees=100,
        alpha=0.05,
    )
    assert sorted_[0].tolist() == [2, 1]


def test_small_bands_are_named_and_have_no_factor():
    contact, rating, *rest = people(1500, seed=2)
    low, high, okay = (KINDS.index(kind) for kind in ("basic", "excitement", "performance"))
    rating[np.flatnonzero(rating[:, low] <= 2)[20:], low] = 3
    rating[np.flatnonzero(rating[:, high] == 5)[29:], high] = 4
    rating[np.isin(rating[:, okay], (3, 4)), okay] = 5
    contact[:, KINDS.index("none")] = 0
    rating[:, KINDS.index("none")] = np.nan
    found = found_in((contact, rating, *rest))
    assert found.reason.to_dict() == {
        "basic": "few_disappointed",
        "excitement": "few_delighted",
        "performance": "few_okay",
        "sought": "",
        "none": "not_eligible_reach",
        "line": "",
    }
    undetermined = found[found.reason != ""]
    assert (undetermined.factor == "undetermined").all()
    assert undetermined.filter(like="probability_").isna().all(axis=None)
    assert found.penalty.isna().tolist() == [True, False, True, False, True, False]
    assert found.reward.isna().tolist() == [False, True, True, False, True, False]


@pytest.mark.parametrize(
    ("n", "outcome", "reason"),
    [(60, None, "n_eff_below_columns"), (400, 7.0, "no_variance")],
)
def test_refused_models_keep_their_rows(n, outcome, reason):
    contact, rating, answer, weight, cluster = people(n, seed=4, clustered=False)
    asked = study(min_pair=1)
    asked = replace(asked, rule=replace(asked.rule, min_base=5))
    answer = answer if outcome is None else np.full(n, outcome)
    found = found_in((contact, rating, answer, weight, cluster), asked)
    assert len(found) == len(KINDS)
    assert (found.factor == "refused").all()
    assert (found.reason == reason).all()
    assert found[["penalty", "reward", "risk"]].isna().all(axis=None)
    assert (found.n_okay > 0).all()


def test_noise_is_rarely_a_factor():
    """Nothing matters: all but a few of 40 studies of six touchpoints say none throughout."""
    asked = study(replicates=150)
    false = 0
    for seed in range(40):
        contact, rating, _, weight, cluster = people(800, seed=seed, clustered=False)
        outcome = np.random.default_rng(seed).normal(size=800)
        false += bool(
            (found_in((contact, rating, outcome, weight, cluster), asked).factor != "none").any()
        )
    assert false <= 6


def test_airport_passengers():
    from pathlib import Path

    from supertouch.intake import ingest_wave, validate_wave
    from supertouch.study import load_study

    folder = Path(__file__).parents[1] / "examples" / "sfo"
    asked = load_study(folder / "study.toml", raw=real_data("sfo", "raw"))
    incoming = ingest_wave(asked, "2017")
    raw, meta = incoming.frame(), incoming.meta()
    responses = validate_wave(asked, "2017", raw, "2017", meta=meta).responses
    answers = read_answers(asked, "2017", responses)
    found = table_of(asked, answers)
    assert len(found) == len(answers.touchpoints) * len(answers.outcomes)
    overall = found[found.outcome == "overall"].set_index("touchpoint")
    assert overall.factor["boarding"] == "undetermined"
    assert overall.reason["boarding"] == "few_disappointed"
    assert overall.penalty_high["food"] < 0 < overall.reward_low["food"]
