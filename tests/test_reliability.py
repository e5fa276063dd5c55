"""Scale reliability against pingouin, R's psych and by construction."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from real_data import real_data
from simulated_study import study_of
from supertouch.findings.trust.reliability import cronbach_alpha, reliability_table
from supertouch.simulate import fair
from supertouch.study.model import Columns

STUDY = study_of(fair(3))


def scale_of(items, weight=None, study=STUDY):
    """Ask loyalty with these items and return its part of the table by item."""
    k = items.shape[1]
    loyalty = replace(
        study.outcomes[0],
        items=tuple(Columns(f"L{j}") for j in range(k)),
        reversed_items=(False,) * k,
    )
    asked = replace(study, outcomes=(loyalty, study.outcomes[1]))
    columns = {f"loyalty.item{j + 1}": items[:, j] for j in range(k)}
    frame = pd.DataFrame(columns | {"weight": np.ones(len(items)) if weight is None else weight})
    return reliability_table(asked, "w1", frame).set_index("item")


def answers(n=500, seed=1, noise=1.0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 1)) + noise * rng.standard_normal((n, 4))


def test_alpha_and_interval_are_pingouins():
    import pingouin

    items = answers()
    items[::7, 1] = np.nan
    found = scale_of(items)
    alpha, interval = pingouin.cronbach_alpha(pd.DataFrame(items), nan_policy="listwise")
    assert found.alpha[""] == pytest.approx(alpha, rel=1e-12)
    complete = pd.DataFrame(items).dropna()
    _, interval = pingouin.cronbach_alpha(complete)
    assert [found.alpha_low[""], found.alpha_high[""]] == pytest.approx(interval, abs=5e-4)
    assert found.n[""] == len(complete)
    assert found.n_items.tolist() == [4] * 5
    dropped, _ = pingouin.cronbach_alpha(complete.drop(columns=2))
    assert found.alpha["item3"] == pytest.approx(dropped, rel=1e-12)
    rest = complete.drop(columns=2).sum(axis=1)
    assert found.item_rest["item3"] == pytest.approx(complete[2].corr(rest))


def test_published_alpha_of_eleven_binary_items():
    """The example of psych::alpha(use = "complete.obs") that pingouin's documentation gives."""
    import pingouin

    items = pingouin.read_dataset("cronbach_wide_missing").to_numpy(float)
    found = scale_of(items)
    assert found.alpha[""] == pytest.approx(0.8016949152542373)


def test_published_alpha_of_the_attitude_scale():
    """R's psych::alpha(attitude): alpha, alpha without each item, item-rest correlation."""
    data = pd.read_csv(real_data("oracle", "data", "attitude.csv"))
    names = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
    found = scale_of(data[names].to_numpy(float)).round(2)
    assert found.alpha[""] == 0.84
    assert found.alpha[1:].tolist() == [0.81, 0.80, 0.83, 0.80, 0.80, 0.86, 0.84]
    assert found.item_rest[1:].tolist() == [0.67, 0.74, 0.56, 0.71, 0.79, 0.27, 0.46]


def test_weights_count_as_repeated_rows():
    items = answers(60)
    weight = np.tile([1.0, 3.0], 30)
    weighted = scale_of(items, weight)
    repeated = scale_of(np.repeat(items, weight.astype(int), axis=0))
    assert weighted.alpha.tolist() == pytest.approx(repeated.alpha.tolist())
    assert weighted.item_rest[1:].tolist() == pytest.approx(repeated.item_rest[1:].tolist())
    assert weighted.n[""] == 60
    assert weighted.n_eff[""] == pytest.approx(120**2 / 300)


@pytest.mark.parametrize(("noise", "flag"), [(1.0, ""), (3.0, "low_reliability")])
def test_a_weak_scale_is_flagged(noise, flag):
    assert scale_of(answers(noise=noise)).flag[""] == flag


def test_an_item_that_runs_the_other_way_is_suspected():
    items = answers()
    items[:, 2] = -items[:, 2]
    found = scale_of(items)
    assert found.flag.tolist() == ["low_reliability", "", "", "reversed_item", ""]
    assert found.alpha["item3"] > 0.7 > found.alpha[""]


def test_two_items_and_constant_ones_leave_empty_cells():
    found = scale_of(answers()[:, :2])
    assert found.alpha[""] > 0
    assert found.alpha[["item1", "item2"]].isna().all()
    assert found.flag[["item1", "item2"]].tolist() == ["", ""]
    assert np.isnan(cronbach_alpha(np.zeros((3, 3))))
    assert scale_of(np.ones((30, 3))).alpha.isna().all()


def test_outcomes_of_one_item_have_no_rows():
    frame = pd.DataFrame({"weight": np.ones(10)})
    assert reliability_table(STUDY, "w1", frame).empty
