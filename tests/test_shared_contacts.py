"""One filter question for several touchpoints, of which some people are asked about some."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from supertouch.findings import analyze_wave
from supertouch.intake import validate_wave
from test_intake_blocks import block, study

N = 6000


def answers(flips, asked, alone):
    """Three equally strong touchpoints, met together or each alone; few are asked of the shop."""
    rng = np.random.default_rng(3)
    together = np.repeat(rng.random((N, 1)) < 0.7, 3, axis=1)
    met = rng.random((N, 3)) < alone if alone else together ^ (rng.random((N, 3)) < flips)
    rating = rng.integers(1, 6, (N, 3))
    mean = np.clip(5 + (met * (rating - 3)) @ [0.5, 0.5, 0.5], 0, 10)
    frame = pd.DataFrame({"N": np.clip(mean + rng.normal(size=N), 0, 10)})
    for place, item in enumerate(("shop", "app", "help")):
        frame[f"C_{item}"] = np.where(met[:, place], 1, 2)
        frame[f"R_{item}"] = np.where(met[:, place], rating[:, place], 6)
    frame = frame.assign(B_shop=6, __row__=np.arange(2, N + 2), X=1.0).astype(object)
    out = rng.random(N) > asked
    frame.loc[out, "X"] = 2.0
    frame.loc[out, ["C_shop", "R_shop", "B_shop"]] = None
    return frame


def importance(flips, asked, *, alone=0.0):
    asked_in_blocks = study(block(1.0, "shop"), block(2.0))
    frame = answers(flips, asked, alone)
    responses = validate_wave(asked_in_blocks, "w", frame, "w.csv").responses
    tables = analyze_wave(asked_in_blocks, "w", responses, complete=False)
    rows = tables["importance"].query("method == 'lmg' and segment == ''")
    experience, contact = (
        rows[rows.component == part].set_index("touchpoint").importance
        for part in ("experience", "contact")
    )
    return experience, contact, float(tables["models"].r2.iloc[0])


@pytest.mark.parametrize("flips", [0.0, 0.002])
def test_touchpoints_met_together_keep_their_importance_when_one_is_asked_of_few(flips):
    everybody, _, r2 = importance(flips, 1.0)
    few, contact, r2_few = importance(flips, 0.4)
    assert r2_few == pytest.approx(r2, abs=0.04)
    assert (few - everybody).abs().max() < 0.04
    assert contact.abs().max() < 0.01


def test_touchpoints_that_nearly_everybody_met_keep_their_contacts():
    """Of 99 % reach each, two touchpoints agree in nearly everybody, and are not the same."""
    _, contact, _ = importance(0.0, 0.95, alone=0.991)
    assert list(contact.index) == ["shop", "app", "help"]
