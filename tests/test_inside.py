"""Inside against outside: gaps, agreement of auditors, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulated_study import study_of
from supertouch.decisions.auditors import auditors
from supertouch.decisions.inside import gap
from supertouch.simulate import fair
from supertouch.stats.raters import (
    concordance_test,
    connected,
    intraclass_interval,
    rank_share,
    rater_means,
)
from supertouch.study.model import Analysis, Audit

# DescTools, KendallW, example "anxiety" (three raters, 20 subjects, many ties): W = 0.5396569
ANXIETY = np.array(
    [
        [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
        [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
        [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
    ],
    dtype=float,
)
# Shrout & Fleiss (1979), table 2: four judges, six targets; ICC(2,1) = .29, ICC(2,4) = .62
JUDGES = np.array(
    [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]], dtype=float
)


def test_published_agreement():
    found = concordance_test(ANXIETY)
    assert found.w == pytest.approx(0.5396569, abs=5e-8)
    assert found.p_value == pytest.approx(0.04288, abs=5e-6)
    ends = intraclass_interval(JUDGES, confidence=0.95)
    assert np.round([*ends.single, *ends.mean], 2).tolist() == [0.02, 0.76, 0.07, 0.93]
    assert np.isnan(concordance_test(np.ones((3, 4))).w)
    assert np.isnan(intraclass_interval(np.tile([1.0, 2, 5], (3, 1)), confidence=0.95).single).all()


def test_means_do_not_depend_on_who_rated_what():
    rng = np.random.default_rng(1)
    whole = np.round(rng.normal(3, 1, (4, 6)))
    found = rater_means(whole)
    assert found.mean == pytest.approx(whole.mean(axis=0))
    assert found.level_error == pytest.approx(np.sqrt(np.mean(whole.var(axis=0, ddof=1)) / 4))
    additive = np.add.outer([0.0, 1, -1], [1.0, 2, 3, 4])
    additive[0, 3] = additive[2, 0] = np.nan
    # differences of things do not depend on it; the level is that of the ratings given
    assert np.diff(rater_means(additive).mean) == pytest.approx([1, 1, 1])
    assert rater_means(additive).mean.mean() == pytest.approx(2.5 + 0.1)
    assert connected(additive)
    assert np.isnan(rater_means(whole[:1]).error).all()
    assert rank_share(np.array([1.0, 5, 1])).tolist() == [0.25, 1, 0.25]


def test_one_cell_of_one_rater_moves_little():
    agreed = np.tile([1.0, 2, 3, 4, 2, 3, 1, 2, 3, 4], (3, 1))
    single = np.full((1, 10), np.nan)
    single[0, 0] = 5.0
    moved = rater_means(np.vstack([agreed, single])).mean - agreed[0]
    assert np.all((moved >= 0) & (moved < 0.15))


P, REPLICATES = 12, 300
LEVELS = np.linspace(0.1, 0.9, P)


def truth(rng):
    """True shares of importance, and what the company truly thinks: two touchpoints differ."""
    strength = np.sort(rng.uniform(0.02, 0.4, P))
    strength[:3] = 0.0
    inside = 1.6 + 2.8 * rank_share(strength)
    inside[0], inside[-1] = 4.6, 1.4
    return strength, inside


def tables_of(rng, study, strength, *, error=0.02, asked=("loyalty", "recommendation")):
    """Tables of a wave as an analysis would find them, from coefficients with normal errors."""
    names = [item.id for item in study.touchpoints]
    importance, draws, models = [], [], []
    for outcome in asked:
        point = strength + error * rng.standard_normal(P)
        again = point + error * rng.standard_normal((REPLICATES, P))
        shift = np.square(again).mean(axis=0) - np.square(point)
        found, repeated = np.square(point) - shift, np.square(again) - 2 * shift
        importance.append(pd.DataFrame({
            "wave": "w1", "segment": "", "outcome": outcome, "touchpoint": names,
            "component": "experience", "method": "lmg", "share": share(found),
        }))  # fmt: skip
        draws.append(pd.DataFrame({
            "wave": "w1", "outcome": outcome, "replicate": np.repeat(np.arange(REPLICATES), P),
            "touchpoint": np.tile(names, REPLICATES), "share": share(repeated).ravel(),
        }))  # fmt: skip
        models.append({"wave": "w1", "segment": "", "outcome": outcome, "units": 900, "strata": 1})
    level = 1 + 4 * LEVELS + 0.05 * rng.standard_normal(P)
    performance = pd.DataFrame({
        "wave": "w1", "segment": "", "touchpoint": names, "n_rated": 400, "n_rated_eff": 380.0,
        "satisfaction": level, "satisfaction_low": level - 0.0983,
        "satisfaction_high": level + 0.0983,
    })  # fmt: skip
    empty = {"importance": ["share", "component", "method"], "draws": [], "models": []}
    parts = {"importance": importance, "draws": draws, "models": [pd.DataFrame(models)]}
    made = {
        name: pd.concat(frames)
        if asked
        else pd.DataFrame(columns=["wave", "segment", "outcome", "touchpoint", *empty[name]])
        for name, frames in parts.items()
    }
    return made | {"performance": performance}


def share(values):
    kept = np.clip(values, 0, None)
    return kept / kept.sum(axis=-1, keepdims=True)


def audits_of(rng, study, inside, *, k=4, level=LEVELS):
    """Whole-point ratings by k auditors, each with a level of their own."""
    rows = []
    for number in range(k):
        own = rng.normal(0, 0.4)
        importance = np.clip(np.round(inside + own + rng.normal(0, 0.7, P)), 1, 5)
        performance = np.clip(np.round(1 + 4 * level + own + rng.normal(0, 0.5, P)), 1, 5)
        rows += [
            {"auditor": f"A{number}", "touchpoint": item.id, "importance": a, "performance": b}
            for item, a, b in zip(study.touchpoints, importance, performance, strict=True)
        ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def compared():
    return study_of(fair(P), analysis=Analysis(replicates=REPLICATES))


def test_intervals_cover_the_true_gap(compared):
    rng = np.random.default_rng(7)
    covered, wrong, planted, within = [], [], [], []
    noise = rng.standard_normal(20_000)
    for _ in range(50):
        strength, inside = truth(rng)
        audits = audits_of(rng, compared, inside)
        tables = tables_of(rng, compared, strength)
        found = gap(compared, tables, audits)
        expected = [
            np.clip(np.round(mean + np.sqrt(0.49 + 0.16) * noise), 1, 5).mean() for mean in inside
        ]
        true = rank_share(np.round(expected, 2)) - rank_share(strength)
        low, high = found.importance_gap_low, found.importance_gap_high
        covered.append((low <= true) & (true <= high))
        named = found.kind.to_numpy()
        wrong.append(((named == "pet") & (true <= 0)) | ((named == "blind_spot") & (true >= 0)))
        planted.append((named[0] == "pet") & (named[-1] == "blind_spot"))
        order = auditors(compared, tables, audits).iloc[0] if len(within) < 15 else None
        if order is not None:
            rho = np.corrcoef(rank_share(np.round(expected, 2)), rank_share(strength))[0, 1]
            within.append(order.rank_correlation_low <= rho <= order.rank_correlation_high)
    # 600 intervals of 50 studies: a true 95 % stays within 91 and 99 %
    assert 0.91 <= np.mean(covered) <= 0.99
    assert np.mean(wrong) < 0.02
    assert np.mean(planted) > 0.9
    assert np.mean(within) >= 0.8


def test_performance_intervals_cover(compared):
    rng = np.random.default_rng(8)
    middle = np.linspace(0.3, 0.7, P)
    covered = []
    for _ in range(40):
        audits = audits_of(rng, compared, truth(rng)[1], level=middle + 0.05)
        tables = tables_of(rng, compared, truth(rng)[0])
        tables["performance"][["satisfaction", "satisfaction_low", "satisfaction_high"]] += (
            4 * (middle - LEVELS)
        )[:, None]
        found = gap(compared, tables, audits)
        covered.append((found.performance_gap_low <= 0.05) & (found.performance_gap_high >= 0.05))
    # the auditors' common level is one draw per study: 40 of them
    assert 0.88 <= np.mean(covered) <= 1.0


def test_what_cannot_be_told_is_empty_with_its_reason(compared):
    rng = np.random.default_rng(3)
    strength, inside = truth(rng)
    tables, audits = tables_of(rng, compared, strength), audits_of(rng, compared, inside)
    assert gap(compared, tables, audits.iloc[:0]).empty
    assert auditors(compared, tables, audits.iloc[:0]).empty

    def told(part, tables=tables):
        found, agreed = gap(compared, tables, part), auditors(compared, tables, part)
        return found, agreed.set_index("measure").loc["importance"]

    one, agreed = told(audits[audits.auditor == "A0"])
    assert agreed.reason == "one_auditor"
    assert agreed[["icc", "kendall_w", "rank_correlation_low"]].isna().all()
    assert one.importance_gap.notna().all()
    assert (
        one[["importance_gap_low", "importance_p_adjusted", "performance_gap_low"]]
        .isna()
        .all(axis=None)
    )
    assert set(one.kind) == {"undecided"}

    none, agreed = told(audits.assign(importance=np.nan))
    assert (agreed.reason, agreed.n_auditors) == ("not_rated", 0)
    assert none.performance_gap_low.notna().all()

    apart = audits[audits.auditor.isin(["A0", "A1"])].copy()
    half = apart.touchpoint.isin([item.id for item in compared.touchpoints[:6]])
    apart.loc[half == (apart.auditor == "A0"), "importance"] = np.nan
    assert told(apart)[1].reason == "disconnected"
    assert told(audits.assign(importance=3.0))[1].reason == "no_variance"

    refused, agreed = told(audits, tables_of(rng, compared, strength, asked=()))
    assert agreed.reason == "no_outside"
    assert agreed.icc > 0
    assert refused.importance_gap.isna().all()
    assert refused.performance_gap_high.notna().all()

    short = audits.copy()
    short.loc[short.auditor.eq("A1") & short.touchpoint.isin(["t0", "t3"]), "importance"] = np.nan
    found, agreed = told(short)
    assert (agreed.n_touchpoints, agreed.reason) == (P - 2, "")
    assert found.importance_gap.notna().all()
    both, _ = told(audits)
    pd.testing.assert_frame_equal(
        both, gap(compared, tables, audits.sample(frac=1, random_state=1))
    )


def test_agreement_is_that_of_the_published_judges(compared):
    study = replace(
        compared, touchpoints=compared.touchpoints[:6], audit=Audit(points=10),
    )  # fmt: skip
    rng = np.random.default_rng(1)
    rows = [
        {"auditor": f"A{i}", "touchpoint": f"t{j}", "importance": JUDGES[i, j], "performance": 1.0}
        for i in range(4)
        for j in range(6)
    ]
    tables = tables_of(rng, compared, truth(rng)[0])
    found = auditors(study, tables, pd.DataFrame(rows)).iloc[0]
    assert [round(found[name], 2) for name in ("icc", "icc_mean")] == [0.29, 0.62]
    assert (found.n_auditors, found.n_touchpoints) == (4, 6)
