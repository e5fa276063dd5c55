"""The public function on plain frames and covariance matrices."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import supertouch
from supertouch.errors import StudyError, UnsupportedError


def frame(n=600, *, missing=0.0, seed=0):
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=n)
    drivers = pd.DataFrame(
        {name: halo + rng.normal(size=n) for name in ("price", "advice", "speed")}
    )
    noise = rng.normal(size=n)
    drivers["y"] = 0.8 * drivers.price + 0.3 * drivers.advice + noise
    drivers["weight"] = rng.uniform(0.5, 2, n)
    drivers["region"] = rng.choice(["north", "south"], n)
    drivers["met"] = (rng.random(n) < 0.7).astype(int)
    blank = rng.random((n, 3)) < missing
    drivers[["price", "advice", "speed"]] = drivers[["price", "advice", "speed"]].mask(blank)
    return drivers


NAMES = ["price", "advice", "speed"]


def test_a_matrix_gives_what_pingouin_gives():
    import pingouin

    data = frame()
    found = supertouch.importance(data[[*NAMES, "y"]].cov(), "y")
    peer = pingouin.linear_regression(data[NAMES], data.y, relimp=True, add_intercept=True)
    lmg = found[found.method == "lmg"]
    assert lmg.importance.to_numpy() == pytest.approx(peer.relimp.to_numpy()[1:], abs=1e-10)
    assert lmg.effect.to_numpy() == pytest.approx(peer.coef.to_numpy()[1:], abs=1e-10)
    assert lmg.share.sum() == pytest.approx(1)


def test_rows_give_weighted_regression_and_intervals_around_it():
    data = frame()
    found = supertouch.importance(
        data, "y", drivers=NAMES, weight="weight", covariates=["region"], replicates=300
    )
    lmg = found[found.method == "lmg"].set_index("driver")
    design = sm.add_constant(data[NAMES].assign(south=(data.region == "south").astype(float)))
    fit = sm.WLS(data.y, design, weights=data.weight).fit()
    assert lmg.effect[NAMES].to_numpy() == pytest.approx(fit.params[NAMES].to_numpy(), abs=1e-9)
    assert (lmg.share_low <= lmg.share).all()
    assert (lmg.share <= lmg.share_high).all()
    assert lmg["rank"].tolist() == [1, 2, 3] or lmg["rank"]["price"] == 1
    assert set(found.method) == {"lmg", "johnson"}
    again = supertouch.importance(
        data, "y", drivers=NAMES, weight="weight", covariates=["region"], replicates=300
    )
    pd.testing.assert_frame_equal(found, again)


def test_contact_and_experience_are_components():
    data = frame()
    data.loc[data.met == 0, "advice"] = np.nan
    found = supertouch.importance(
        data, "y", drivers=NAMES, contact={"advice": "met"}, replicates=200
    )
    parts = found[found.method == "lmg"].set_index(["component", "driver"]).importance
    assert set(parts.index.get_level_values("component")) == {"experience", "contact"}
    assert list(parts["contact"].index) == ["advice"]
    assert parts["experience"]["price"] > parts["experience"]["advice"]


@pytest.mark.parametrize("missing", ["available", "complete", "impute"])
def test_three_treatments_of_blanks_agree_when_blanks_are_random(missing):
    whole = supertouch.importance(frame(2500), "y", drivers=NAMES, replicates=200)
    data = frame(2500, missing=0.15)
    found = supertouch.importance(data, "y", drivers=NAMES, missing=missing, replicates=200)
    lmg, expected = (table[table.method == "lmg"].set_index("driver") for table in (found, whole))
    n = int(data[NAMES].notna().all(axis=1).sum()) if missing == "complete" else 2500
    assert (lmg.n == n).all()
    # the standard error of a share is near 0.02 at this n
    assert lmg.share.to_numpy() == pytest.approx(expected.share.to_numpy(), abs=0.06)


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        ({}, {"outcome": "z"}, StudyError, "'z'|z"),
        ({"price": "dear"}, {}, StudyError, "not numeric"),
        ({"price": 3.0}, {}, UnsupportedError, "price"),
        ({}, {"drivers": ["price"]}, StudyError, "at least two"),
        ({}, {"drivers": [*NAMES, "y"]}, StudyError, "at once"),
        ({}, {"contact": {"advice": "met"}}, StudyError, "advice"),
        ({}, {"missing": "mean"}, UnsupportedError, "mean"),
        ({}, {"weight": "negative"}, StudyError, "below 0"),
    ],
)
def test_what_cannot_be_answered_is_said(change, options, error, said):
    data = frame().assign(negative=-1.0, **change)
    call = {"outcome": "y", "drivers": NAMES, "replicates": 50} | options
    with pytest.raises(error, match=said):
        supertouch.importance(data, **call)


def test_few_rows_are_refused_with_what_would_do():
    with pytest.raises(UnsupportedError, match="would do"):
        supertouch.importance(frame(12), "y", drivers=NAMES, replicates=50)
