"""Moments: sums that add up, and covariances that treat the empties as what they are."""

import numpy as np
import pytest

from supertouch.errors import UnsupportedError
from supertouch.stats import importance
from supertouch.stats.covariance import assemble, held, pool, repair
from supertouch.stats.drivers import effects
from supertouch.stats.moments import Chances, moments

P, Q = 4, 2


def answers(n=400, *, seed=0, rated=1.0, known=1.0):
    rng = np.random.default_rng(seed)
    contact = (rng.random((n, P)) < [0.3, 0.5, 0.7, 0.9]).astype(float)
    quality = rng.normal(size=(n, 1)) + rng.normal(size=(n, P))
    rating = np.clip(np.round(3 + quality), 1, 5)
    outcome = np.column_stack(
        [
            (contact * (rating - 3)) @ [0.5, 0.5, 0.1, 0.0] + rng.normal(size=n),
            5 + contact @ [1, 0, 0, 0.5] + rng.normal(size=n),
        ]
    )
    rating = np.where((contact == 1) & (rng.random((n, P)) < rated), rating, np.nan)
    hidden = (rng.random((n, P)) >= known) & np.isnan(rating)
    return {
        "contact": np.where(hidden, np.nan, contact),
        "rating": rating,
        "outcome": outcome,
        "weight": rng.uniform(0.5, 2, n),
    }


def summed(data, *, group=None, groups=1, rows=slice(None)):
    return moments(
        data["contact"][rows],
        data["rating"][rows],
        data["outcome"][rows],
        weight=data["weight"][rows],
        midpoint=np.full(P, 3.0),
        outcome_midpoint=np.array([0.0, 5.0]),
        group=None if group is None else group[rows],
        groups=groups,
    )


def assembled(found):
    return assemble(found.total(), touchpoints=P, outcomes=Q)


def plain(data):
    """Covariances from rows, with complete answers."""
    contact, rating, weight = data["contact"], data["rating"], data["weight"]
    mean = np.nansum(weight[:, None] * rating, axis=0) / (weight @ contact)
    z = np.where(contact == 1, rating - mean, 0.0)
    columns = np.hstack([z, contact, data["outcome"]])
    return np.cov(columns.T, aweights=weight, bias=True), mean


def test_complete_answers_give_the_plain_covariance():
    data = answers()
    found = assembled(summed(data))
    expected, mean = plain(data)
    assert found.matrix == pytest.approx(expected, abs=1e-12)
    assert found.mean + 3 == pytest.approx(mean)
    assert found.reach == pytest.approx(data["weight"] @ data["contact"] / data["weight"].sum())


@pytest.mark.parametrize("rated", [1.0, 0.6])
def test_parts_add_up_to_the_whole(rated):
    data = answers(rated=rated, known=0.9)
    group = np.arange(400) % 7
    whole = summed(data, group=group, groups=7)
    half = [
        summed(data, group=group, groups=7, rows=rows) for rows in (slice(150), slice(150, 400))
    ]
    together = half[0] + half[1]
    every = np.arange(7)
    assert together.of_groups(every) == pytest.approx(whole.of_groups(every), abs=1e-10)
    assert together.counts == pytest.approx(whole.counts)
    assert whole.total() == pytest.approx(summed(data).total(), abs=1e-10)
    once = np.ones((1, 7))
    assert whole.replicate(once)[0] == pytest.approx(whole.total(), abs=1e-10)


def test_integer_weights_are_repeated_rows_and_their_scale_does_not_matter():
    data = answers(rated=0.7, known=0.9)
    times = np.random.default_rng(1).integers(1, 4, 400)
    weighted = assembled(summed(data | {"weight": times.astype(float)}))
    repeated = {name: np.repeat(values, times, axis=0) for name, values in data.items()}
    rows = assembled(summed(repeated | {"weight": np.ones(times.sum())}))
    scaled = assembled(summed(data | {"weight": times * 17.0}))
    assert weighted.matrix == pytest.approx(rows.matrix, abs=1e-12)
    assert weighted.matrix == pytest.approx(scaled.matrix, abs=1e-12)


def test_selecting_touchpoints_keeps_their_covariances():
    whole = assembled(summed(answers(rated=0.8)))
    keep = np.array([2, 0])
    columns = np.concatenate([keep, P + keep, 2 * P + np.arange(Q)])
    chosen = whole.select(keep, np.arange(Q))
    assert chosen.matrix == pytest.approx(whole.matrix[np.ix_(columns, columns)])
    assert chosen.reach == pytest.approx(whole.reach[keep])


def test_shares_do_not_move_as_the_asking_rate_of_one_touchpoint_falls():
    """Two equal touchpoints stay equal when one is rated by a quarter of those who met it."""
    rng = np.random.default_rng(2)
    n = 60_000
    contact = np.ones((n, 2))
    contact[:, 0] = contact[:, 1] = rng.random(n) < 0.6
    rating = rng.integers(1, 6, (n, 2)).astype(float)
    y = (contact * (rating - 3)).sum(axis=1, keepdims=True) * 0.5 + rng.normal(size=(n, 1))
    shares = []
    for asked in (1.0, 0.5, 0.25):
        seen = contact == 1
        seen[:, 1] &= rng.random(n) < asked
        found = moments(
            contact,
            np.where(seen, rating, np.nan),
            y,
            weight=np.ones(n),
            midpoint=np.full(2, 3.0),
            outcome_midpoint=np.zeros(1),
        )
        covariance = assemble(found.total(), touchpoints=2, outcomes=1)
        phi = importance.lmg(*covariance.drivers(np.arange(2)))[0]
        shares.append(phi[1] / phi.sum())
    # sampling error of a share is about 0.01 at this n
    assert shares == pytest.approx([0.5, 0.5, 0.5], abs=0.03)


def test_repair_makes_definite_and_says_how_much():
    data = answers(n=120, rated=0.2, known=0.5, seed=5)
    covariance = assembled(summed(data))
    keep = np.arange(2 * P + Q)
    fixed = repair(covariance, keep=keep)
    assert np.linalg.eigvalsh(covariance.matrix)[0] < 0
    assert np.linalg.eigvalsh(fixed.matrix)[0] > 0
    assert float(fixed.repair) > 0
    assert np.diagonal(fixed.matrix) == pytest.approx(np.diagonal(covariance.matrix))
    good = assembled(summed(answers()))
    assert repair(good, keep=keep) is good


def test_pooling_ignores_differences_between_waves():
    one, other = answers(seed=1), answers(seed=1)
    other["outcome"] = other["outcome"] + 100
    parts = [assembled(summed(data)) for data in (one, other)]
    pooled = pool(parts, weights=[1.0, 3.0])
    assert pooled.matrix == pytest.approx(parts[0].matrix, abs=1e-8)


def test_a_rating_without_contact_raises():
    data = answers()
    data["contact"][data["contact"][:, 0] == 1, 0] = 0
    with pytest.raises(UnsupportedError, match="not met"):
        summed(data)


def test_a_replicate_in_which_a_column_does_not_vary_has_no_effect_of_it():
    data = answers(seed=3)
    covariance = assembled(summed(data))
    covariance.matrix[1] = covariance.matrix[:, 1] = 0.0
    keep = np.arange(2 * P + Q)
    fixed = repair(covariance, keep=keep)
    xx, xy, yy = fixed.drivers(np.arange(2 * P))
    phi = importance.lmg(xx, xy, yy)
    assert phi[:, 1] == pytest.approx([0, 0])
    assert float(fixed.repair) == 0
    others = np.delete(np.arange(2 * P), 1)
    assert phi[:, others] == pytest.approx(importance.lmg(*covariance.drivers(others)))


def test_what_is_held_is_taken_out_as_regression_does():
    """Frisch, Waugh & Lovell: the same effects, and importance adds up to what is left of R²."""
    data = answers()
    rng = np.random.default_rng(3)
    kinds = np.digitize(data["outcome"][:, 0] + rng.normal(size=400), [0.0, 1.0])
    dummies = np.column_stack([kinds == 1, kinds == 2, kinds == 9]).astype(float)
    sums = moments(
        data["contact"],
        data["rating"],
        data["outcome"],
        weight=data["weight"],
        midpoint=np.full(P, 3.0),
        outcome_midpoint=np.zeros(Q),
        covariate=dummies,
    )
    covariance = held(assemble(sums.total(), touchpoints=P, outcomes=Q))
    columns = np.arange(2 * P)
    weight = data["weight"]
    met = data["contact"] == 1
    raters = np.where(met, weight[:, None], 0.0)
    centre = np.nansum(raters * data["rating"], axis=0) / raters.sum(axis=0)
    z = np.where(met, data["rating"] - centre, 0.0)
    design = np.column_stack([z, data["contact"], np.ones(400), dummies[:, :2]])
    root = np.sqrt(weight)[:, None]

    def fitted(used):
        return np.linalg.lstsq(design[:, used] * root, data["outcome"] * root, rcond=None)[0]

    def r2(used):
        left = data["outcome"] - design[:, used] @ fitted(used)
        around = data["outcome"] - weight @ data["outcome"] / weight.sum()
        return 1 - weight @ left**2 / (weight @ around**2)

    everything, base = np.arange(2 * P + 3), np.arange(2 * P, 2 * P + 3)
    expected = fitted(everything)[: 2 * P].T
    assert effects(covariance, columns=columns) == pytest.approx(expected, abs=1e-9)
    parts = importance.owen(*covariance.drivers(columns), second=columns >= P)
    assert parts.sum(axis=1) == pytest.approx(r2(everything) - r2(base), abs=1e-9)


@pytest.mark.parametrize("declared", [True, False])
def test_a_random_choice_of_ratings_is_weighted_by_its_chance(declared):
    """Who met many is asked for few of them; undeclared, their ratings count too little."""
    rng = np.random.default_rng(4)
    n, p, most = 400_000, 6, 2
    keen = rng.normal(size=n)
    contact = (rng.normal(size=(n, p)) + 0.8 * keen[:, None] > 0).astype(float)
    rating = np.clip(np.round(3 + 0.9 * keen[:, None] + 0.8 * rng.normal(size=(n, p))), 1, 5)
    y = (contact * (rating - 3)) @ np.linspace(0.5, 0.1, p)[:, None] + rng.normal(size=(n, 1))
    met = contact.sum(axis=1)
    draw = np.where(contact == 1, rng.random((n, p)), np.inf)
    asked = (draw.argsort(axis=1).argsort(axis=1) < most) & (contact == 1)
    chance = most / np.maximum(met, most)
    chances = Chances(chance, chance * (most - 1) / np.maximum(met - 1, most - 1))

    def found(seen, chances):
        sums = moments(
            contact,
            np.where(seen, rating, np.nan),
            y,
            weight=np.ones(n),
            midpoint=np.full(p, 3.0),
            outcome_midpoint=np.zeros(1),
            chances=chances,
        )
        return assemble(sums.total(), touchpoints=p, outcomes=1)

    everything = found(contact == 1, None)
    chosen = found(asked, chances if declared else None)
    distance = np.abs(chosen.matrix - everything.matrix).max()
    shift = np.abs(chosen.mean - everything.mean).max()
    # standard errors are near 0.003
    assert bool(distance < 0.015) == declared
    assert bool(shift < 0.015) == declared
