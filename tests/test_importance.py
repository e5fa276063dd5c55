"""Importance against R, pingouin, published values and its own identities."""

import json
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from real_data import real_data
from supertouch.errors import UnsupportedError
from supertouch.stats import importance, subsets
from supertouch.stats.importance import group_lmg, johnson, lmg, owen
from supertouch.stats.orders import circles, sampled_lmg


def random_covariance(p, *, q=1, b=None, seed=0):
    rng = np.random.default_rng(seed)
    shape = (b or 1, 300, p + q)
    data = rng.normal(size=shape) @ (np.eye(p + q) + 0.3 * rng.normal(size=(p + q, p + q)))
    full = np.einsum("bni,bnj->bij", data, data) / shape[1]
    if b is None:
        full = full[0]
    return (
        full[..., :p, :p],
        full[..., p:, :p],
        np.diagonal(full, axis1=-2, axis2=-1)[..., p:],
    )


def weighted_covariance(frame, predictors, outcome, weight=None):
    names = [*predictors, outcome]
    full = np.cov(frame[names].to_numpy(float).T, aweights=None if weight is None else weight)
    return full[:-1, :-1], full[-1:, :-1], full[-1:, -1]


def r2(xx, xy, yy):
    return xy[0] @ np.linalg.solve(xx, xy[0]) / yy[0]


def oracle(name, *, block=None):
    reference = json.loads(real_data("oracle", f"{name}.json").read_text())
    frame = pd.read_csv(real_data("oracle", reference["data"]))
    weight = frame[reference["weight"]] if block == "weighted" else None
    covariance = weighted_covariance(frame, reference["predictors"], reference["outcome"], weight)
    return reference, covariance


def by_name(reference, values):
    return [values[name] for name in reference["predictors"]]


R_SETS = ["attitude", "swiss", "mtcars_domir_vignette", "mtcars_rwa_example"]


@pytest.mark.parametrize("name", R_SETS)
def test_lmg_and_johnson_equal_r(name):
    reference, covariance = oracle(name)
    expected = by_name(reference, reference["relaimpo"]["lmg"])
    assert lmg(*covariance)[0] == pytest.approx(expected, abs=1e-12)
    expected = by_name(reference, reference["sensitivity"]["johnson"])
    assert johnson(*covariance)[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", R_SETS)
def test_dominance_equals_r(name):
    reference, (xx, xy, yy) = oracle(name)
    found = subsets.dominance(xx, xy[0], yy[0])
    expected = reference["dominanceanalysis"]
    assert found.mean == pytest.approx(by_name(reference, expected["general"]), abs=1e-12)
    assert found.by_size == pytest.approx(np.array(expected["conditional"]["values"]), abs=1e-12)
    assert found.complete.tolist() == expected["complete_matrix"]["values"]


@pytest.mark.parametrize("block", ["unweighted", "weighted"])
def test_weighted_lmg_and_johnson_equal_r(block):
    reference, covariance = oracle("syn1", block=block)
    expected = reference[block]
    assert lmg(*covariance)[0] == pytest.approx(by_name(reference, expected["lmg"]), abs=1e-10)
    assert johnson(*covariance)[0] == pytest.approx(
        by_name(reference, expected["genizi"]), abs=1e-10
    )


def test_groups_equal_r():
    reference, covariance = oracle("syn1", block="unweighted")
    found = group_lmg(*covariance, groups=[[0, 1], [2, 3], [4], [5]])[0]
    assert found == pytest.approx(list(reference["grouped"]["lmg"].values()), abs=1e-10)


def test_azen_and_budescu_2003():
    published = json.loads(real_data("oracle", "published.json").read_text())
    published = published["azen_budescu_2003"]
    correlation = np.array(published["cor_y_first"])
    xx, xy = correlation[1:, 1:], correlation[0, 1:]
    found = subsets.dominance(xx, xy, np.array(1.0))
    assert found.by_size == pytest.approx(
        np.array(published["conditional_by_level_published"]), abs=0.002
    )
    assert found.complete.tolist() == published["complete_dominance_published"]
    assert found.general.tolist() == published["general_dominance_matrix_published"]
    assert found.mean == pytest.approx(published["our_general"], abs=1e-12)


@pytest.mark.parametrize(("key", "weighted"), [("unweighted", False), ("weighted_by_weight", True)])
def test_bank_survey(key, weighted):
    import pyreadstat

    reference = json.loads(real_data("oracle", "oracle_bank_shapley.json").read_text())
    frame, _ = pyreadstat.read_sav(str(real_data("oracle", "bank_tidied.sav")))
    frame = frame.dropna()
    names = ["Fees", "Interest", "Phone", "Branch", "Online", "ATM"]
    covariance = weighted_covariance(frame, names, "Overall", frame.weight if weighted else None)
    found = lmg(*covariance)[0]
    assert found[0] == pytest.approx(reference[key]["raw_Fees"], abs=1e-9)
    assert found.sum() == pytest.approx(reference[key]["R2_sum"], abs=1e-9)
    recomputed = reference["full_weighted_recomputed" if weighted else "full_unweighted_recomputed"]
    assert found == pytest.approx([recomputed[name] for name in names], abs=1e-6)


@pytest.mark.parametrize("p", [2, 5, 9])
def test_pingouin_agrees(p):
    import pingouin

    rng = np.random.default_rng(p)
    x = rng.normal(size=(200, p)) + rng.normal(size=(200, 1))
    y = x @ rng.normal(size=p) + rng.normal(size=200)
    frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(p)]).assign(y=y)
    table = pingouin.linear_regression(frame.drop(columns="y"), frame.y, relimp=True)
    covariance = weighted_covariance(frame, list(frame.columns[:-1]), "y")
    assert lmg(*covariance)[0] == pytest.approx(table["relimp"].to_numpy()[1:], abs=1e-10)


@pytest.mark.parametrize("p", [1, 2, 3, 7, 13])
@pytest.mark.parametrize("method", [lmg, johnson])
def test_total_is_r2_and_order_and_scale_do_not_matter(p, method):
    xx, xy, yy = random_covariance(p, seed=p)
    found = method(xx, xy, yy)[0]
    assert found.sum() == pytest.approx(r2(xx, xy, yy), abs=1e-12)
    order = np.random.default_rng(1).permutation(p)
    assert method(xx[np.ix_(order, order)], xy[:, order], yy)[0] == pytest.approx(
        found[order], abs=1e-12
    )
    scale = np.linspace(0.01, 100, p)
    rescaled = method(xx * scale[:, None] * scale, xy * scale, yy)[0]
    assert rescaled == pytest.approx(found, abs=1e-10)


def test_johnson_is_lmg_for_two_drivers_and_both_are_r2_when_uncorrelated():
    xx, xy, yy = random_covariance(2)
    assert johnson(xx, xy, yy) == pytest.approx(lmg(xx, xy, yy), abs=1e-13)
    r = np.array([[0.5, -0.3, 0.1]])
    for method in (lmg, johnson):
        assert method(np.eye(3), r, np.ones(1)) == pytest.approx(r**2)


@pytest.mark.parametrize("p", [3, 8, 14])
def test_lmg_equals_the_definition(p):
    """A table over all subsets, by solving, gives what the recursion gives."""
    xx, xy, yy = random_covariance(p, seed=p)
    table = np.zeros(1 << p)
    for code in range(1, 1 << p):
        inside = [j for j in range(p) if code >> j & 1]
        table[code] = r2(xx[np.ix_(inside, inside)], xy[:, inside], yy)
    assert lmg(xx, xy, yy)[0] == pytest.approx(subsets.shapley(table), abs=1e-11)
    assert subsets.r2_table(xx, xy[0], yy[0]) == pytest.approx(table, abs=1e-11)


@pytest.mark.parametrize("b", [3, 700, 5000])
def test_a_batch_is_its_members(b):
    xx, xy, yy = random_covariance(6, q=2, b=b, seed=2)
    found = lmg(xx, xy, yy)
    for i in (0, b // 2, b - 1):
        assert found[i] == pytest.approx(lmg(xx[i], xy[i], yy[i]), abs=1e-12)


@pytest.mark.parametrize("p", [14, 17])
def test_machine_code_gives_the_same(p, monkeypatch):
    pytest.importorskip("numba", reason="the extra 'fast' is not installed")
    xx, xy, yy = random_covariance(p, q=2, b=2, seed=6)
    plain = lmg(xx, xy, yy)
    monkeypatch.setattr(importance, "WORTH_COMPILING", 1)
    monkeypatch.setattr(subsets, "sums_by_size", None)
    assert lmg(xx, xy, yy) == pytest.approx(plain, abs=1e-13)


def by_orders(xx, xy, yy, orders):
    """Mean gain in R² of each driver at each place, over orders that are balanced by place."""
    p = len(xx)
    gains = np.zeros((p, p))
    for order in orders:
        explained = [
            r2(xx[np.ix_(order[:k], order[:k])], xy[:, order[:k]], yy) if k else 0.0
            for k in range(p + 1)
        ]
        gains[np.arange(p), order] += np.diff(explained)
    return gains * p / len(orders)


@pytest.mark.parametrize("p", [5, 6, 7])
def test_a_circle_is_its_rotations_both_ways(p):
    """The recursion over arcs against orders entered one by one."""
    xx, xy, yy = random_covariance(p, seed=3)
    around = circles(p, count=2, rng=np.random.default_rng(0))
    turned = [np.roll(circle, -k) for circle in around for k in range(p)]
    gains = by_orders(xx, xy, yy, turned + [order[::-1] for order in turned])
    everything = by_orders(xx, xy, yy, list(permutations(range(p))))
    outer = [0, 1, -2, -1]
    gains[outer] = everything[outer]
    gains[2:-2] *= (p * r2(xx, xy, yy) - gains[outer].sum()) / gains[2:-2].sum()
    found = sampled_lmg(xx, xy, yy, orders=around)[0]
    assert found == pytest.approx(gains.mean(axis=0), abs=1e-12)


@pytest.mark.parametrize("p", [13, 16])
def test_sampled_orders_come_close_and_closer(p):
    xx, xy, yy = random_covariance(p, q=2, b=4, seed=3)
    exact = lmg(xx, xy, yy)
    around = circles(p, count=12, rng=np.random.default_rng(0))
    assert sorted(map(tuple, np.sort(around, axis=1))) == [tuple(range(p))] * 12
    errors = [np.abs(sampled_lmg(xx, xy, yy, orders=around[:k]) - exact).mean() for k in (1, 12)]
    found = sampled_lmg(xx, xy, yy, orders=around)
    assert found.sum(axis=-1) == pytest.approx(exact.sum(axis=-1), abs=1e-12)
    assert np.abs(found - exact).max() < 0.01 * exact.sum(axis=-1).max()
    assert errors[1] < 0.6 * errors[0]


def test_owen_blocks_add_up_and_phases_match_single_drivers():
    p = 5
    xx, xy, yy = random_covariance(2 * p, seed=4)
    second = np.arange(2 * p) >= p
    found = owen(xx, xy, yy, second=second)[0]
    total = r2(xx, xy, yy)
    first_alone = r2(xx[:p, :p], xy[:, :p], yy)
    second_alone = r2(xx[p:, p:], xy[:, p:], yy)
    assert found.sum() == pytest.approx(total)
    assert found[:p].sum() == pytest.approx((first_alone + total - second_alone) / 2)
    groups = [[j] for j in range(p)]
    as_groups = group_lmg(xx[:p, :p], xy[:, :p], yy, groups=groups)
    assert as_groups == pytest.approx(lmg(xx[:p, :p], xy[:, :p], yy), abs=1e-12)


def test_a_contact_that_everybody_had_is_worth_nothing():
    xx, xy, yy = random_covariance(4, seed=5)
    full = np.zeros((5, 5))
    full[:4, :4], full[4, :4], full[:4, 4], full[4, 4] = xx, xy, xy, yy[0]
    full[2] = full[:, 2] = 0
    found = importance.owen_lmg(full, touchpoints=2)
    assert found.contact[0] == 0
    assert found.experience.sum() + found.contact.sum() == pytest.approx(float(found.r2))


def test_what_cannot_be_done_raises():
    with pytest.raises(UnsupportedError, match="31"):
        lmg(np.eye(31), np.zeros((1, 31)), np.ones(1))
    with pytest.raises(UnsupportedError, match="16"):
        group_lmg(np.eye(16), np.zeros((1, 16)), np.ones(1), groups=[[j] for j in range(16)])
