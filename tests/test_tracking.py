"""Changes between waves: errors, what explains them, targets, panels, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from supertouch.findings import analyze_wave
from supertouch.findings.tracking import track
from supertouch.simulate import planted, responses_of, study_of
from supertouch.simulate.waves import Planted, changed, wave_pair
from supertouch.stats import change as changes
from supertouch.stats import means, sample_size
from supertouch.stats.decomposition import ModelMean, decompose
from supertouch.study.model import Columns, Tracking

PARTS = ["reach", "experience", "effect"]


def random_mean(rng, p, contact, *, shape=()):
    return ModelMean(
        level=rng.normal(size=shape),
        reach=rng.uniform(size=(*shape, p)),
        mean=rng.normal(size=(*shape, p)),
        beta=rng.normal(size=(*shape, p)),
        gamma=rng.normal(size=(*shape, p)),
        contact=contact,
    )


def test_parts_add_up_to_the_change_of_the_mean():
    rng = np.random.default_rng(3)
    contact = rng.random(7) < 0.7
    before, after = (random_mean(rng, 7, contact, shape=(50,)) for _ in range(2))
    centre = rng.normal(size=(50, 7))
    parts = decompose(before, after, centre=centre)
    explained = sum(getattr(parts, part).sum(axis=-1) for part in PARTS)
    np.testing.assert_allclose(explained + parts.rest, parts.total, atol=1e-12)
    np.testing.assert_allclose(parts.total, after.level - before.level, atol=1e-12)
    elsewhere = decompose(before, after, centre=centre + 1)
    np.testing.assert_allclose(elsewhere.reach[:, contact], parts.reach[:, contact], atol=1e-12)
    np.testing.assert_allclose(elsewhere.effect[:, contact], parts.effect[:, contact], atol=1e-12)


@pytest.mark.parametrize(
    ("what", "part"),
    [
        ({"reach": [0.6, 0.5]}, "reach"),
        ({"mean": [0.9, 0.0], "gamma": [0.1 + 0.3 * 0.4, 0.2]}, "experience"),
        ({"beta": [0.7, 0.1], "gamma": [0.1 + 0.5 * 0.4, 0.2]}, "effect"),
        ({}, "rest"),
    ],
)
def test_a_change_is_put_down_to_what_changed(what, part):
    """Ratings are centred at 0; a model's contact effect is at its own wave's mean of 0.5."""
    first = {"reach": [0.5, 0.5], "mean": [0.5, 0.0], "beta": [0.3, 0.1], "gamma": [0.15, 0.2]}
    second = first | what
    if part == "experience":
        second["gamma"] = [0.15 + 0.3 * 0.4, 0.2]
    if part == "effect":
        second["gamma"] = [0.15 + 0.4 * 0.5, 0.2]
    sides = [
        ModelMean(np.array(level), contact=np.ones(2, bool), **_arrays(side))
        for level, side in ((4.0, first), (4.5, second))
    ]
    parts = decompose(*sides, centre=np.zeros(2))
    sizes = {name: np.abs(getattr(parts, name)).sum() for name in PARTS}
    changed_parts = {name for name, size in sizes.items() if size > 1e-12}
    assert changed_parts == ({part} - {"rest"})
    assert parts.rest + sum(getattr(parts, name).sum() for name in PARTS) == pytest.approx(0.5)


def _arrays(side):
    return {name: np.array(values, dtype=float) for name, values in side.items()}


def test_a_panel_of_everybody_is_a_paired_comparison():
    rng = np.random.default_rng(1)
    n = 400
    first = rng.normal(size=(n, 1))
    second = 0.8 * first + 0.3 + 0.5 * rng.normal(size=(n, 1))
    base, everyone = np.ones((n, 1), bool), np.arange(n)
    design = {"weight": np.ones(n), "unit": everyone, "stratum": np.zeros(n, dtype=int)}
    sides = [means.linearised(x, base, **design) for x in (first, second)]
    paired = changes.between(*sides, shared=(everyone, everyone))
    assert paired.error[0] == pytest.approx((second - first).std(ddof=1) / np.sqrt(n))
    assert paired.degrees[0] == pytest.approx(n - 1)
    apart = changes.between(*sides)
    assert apart.error[0] == pytest.approx(np.hypot(*(side.ratio.error[0] for side in sides)))
    half = changes.between(*sides, shared=(everyone[:200], everyone[:200]))
    assert paired.error[0] < half.error[0] < apart.error[0]


def test_proportions_without_spread_have_an_interval_and_a_test():
    base, everyone = np.ones((50, 2), bool), np.arange(50)
    design = {"weight": np.ones(50), "unit": everyone, "stratum": np.zeros(50, dtype=int)}
    nobody, some = np.zeros((50, 2)), np.zeros((50, 2))
    some[:20, 1] = 1
    sides = [means.linearised(x, base, **design) for x in (nobody, some)]
    found = changes.between(*sides)
    low, high, p_value = changes.proportion_change(
        found, *(side.ratio for side in sides), confidence=0.95
    )
    assert low[0] < 0 < high[0]
    assert p_value[0] == pytest.approx(1)
    assert low[1] > 0
    assert p_value[1] < 0.001


def test_needed_and_detectable_agree():
    error, power = np.full(3, 0.04), {"degrees": 500, "alpha": 0.05}
    rho = np.array([0.0, 0.3, 0.7])
    change = sample_size.detectable(error, correlation=rho, **power)
    assert np.all(np.diff(change) < 0)
    same = sample_size.needed(change, error, n=800, correlation=rho, **power)
    np.testing.assert_allclose(same, 800)
    fewer = sample_size.needed(1.2 * change, error, n=800, correlation=rho, **power)
    assert np.all(fewer < 800)
    more = sample_size.needed(0.9 * change, error, n=800, correlation=rho, **power)
    assert np.all(more[:2] > 800)
    assert np.isnan(more[2])


@pytest.fixture(scope="module")
def panel():
    """A panel in which everybody comes back, with targets, and a third wave."""
    first = planted(5, supers=2, lift=1.5, reach=(0.9, 0.4))
    second = changed(first, Planted(quality=[0.4, 0, 0, 0, 0], reach=[0, 0, 0.15, 0, 0]))
    frames = dict(
        zip(("w1", "w2"), wave_pair(first, second, 700, seed=[4], overlap=1.0), strict=True)
    )
    frames["w3"] = responses_of(second, 500, seed=9)
    study = study_of(first, waves=("w1", "w2", "w3"), panel=True, tracking=Tracking())
    touchpoints = [
        replace(study.touchpoints[0], targets={"satisfaction": 3.5, "reach": 0.99}),
        replace(study.touchpoints[1], targets={"disappointed": 0.01}),
        *study.touchpoints[2:],
    ]
    outcomes = (replace(study.outcomes[0], targets={"mean": 3.62}), study.outcomes[1])
    study = replace(study, touchpoints=tuple(touchpoints), outcomes=outcomes)
    tables = {
        name: analyze_wave(study, name, frame, complete=False) for name, frame in frames.items()
    }
    return study, frames, tables, track(study, frames, tables)


def test_each_comparison_is_listed_and_computed_alike(panel):
    table = panel[3]["tracking"]
    pairs = table[["wave", "against", "comparison"]].drop_duplicates()
    assert sorted(pairs.itertuples(index=False, name=None)) == [
        ("w2", "w1", "baseline"),
        ("w2", "w1", "previous"),
        ("w3", "w1", "baseline"),
        ("w3", "w2", "previous"),
    ]
    twice = [
        table[(table.wave == "w2") & (table.comparison == kind)].drop(columns="comparison")
        for kind in ("baseline", "previous")
    ]
    pd.testing.assert_frame_equal(*(part.reset_index(drop=True) for part in twice))


def test_planted_changes_are_found_with_what_the_waves_say(panel):
    _, _, tables, found = panel
    table = found["tracking"]
    table = table[(table.wave == "w2") & (table.comparison == "previous")]
    significant = table[table.significant.fillna(False)]
    levels = set(zip(significant.measure, significant.touchpoint, strict=True))
    assert {("satisfaction", "t0"), ("reach", "t2")} <= levels
    assert ("satisfaction", "t3") not in levels
    assert (table.overlap == 1).all()
    np.testing.assert_allclose(table.change, table.after - table.before, atol=1e-12)
    reach = table[table.measure == "reach"].set_index("touchpoint")
    performance = tables["w2"]["performance"].query("segment == ''").set_index("touchpoint")
    np.testing.assert_allclose(reach.after, performance.reach)
    np.testing.assert_allclose(reach.after_low, performance.reach_low)
    importance = tables["w2"]["importance"].query("segment == '' and method == 'lmg'")
    keys = ["outcome", "touchpoint", "component"]
    shares = table[table.measure == "share"].set_index(keys).after
    own = importance.set_index(keys).share.reindex(shares.index)
    np.testing.assert_allclose(shares, own)
    ranks = table[table.measure == "rank"]
    assert ranks.p_value.isna().all()
    assert ranks.significant.isna().all()


def test_what_explains_a_change_adds_up_to_it(panel):
    found = panel[3]
    keys = ["wave", "against", "comparison", "outcome"]
    explained = found["change_explained"]
    means_ = found["tracking"].query("measure == 'mean'").set_index(keys).change
    assert len(means_) == 8
    for key, rows in explained.groupby(keys):
        by_touchpoint = rows[rows.touchpoint != ""]
        whole = rows[rows.touchpoint == ""].set_index("part").change
        for part in PARTS:
            own = by_touchpoint[by_touchpoint.part == part].change.sum()
            assert own == pytest.approx(whole[part], abs=1e-12)
        assert whole[PARTS].sum() + whole["rest"] == pytest.approx(whole["total"], abs=1e-10)
        assert whole["total"] == pytest.approx(means_[key], abs=1e-10)
    first = explained[(explained.wave == "w2") & (explained.touchpoint != "")]
    largest = first[first.part == "experience"].sort_values("change").touchpoint.iloc[-1]
    assert largest in {"t0", "t1"}


def test_a_panel_tells_more_than_strangers(panel):
    study, frames, _, found = panel
    strangers = {name: frame.assign(cluster=name + frame.cluster) for name, frame in frames.items()}
    apart = track(replace(study, panel=True), strangers, {})["tracking"]
    assert (apart.overlap == 0).all()
    widths = []
    for table in (found["tracking"], apart):
        rows = table[(table.wave == "w2") & (table.comparison == "previous")]
        rows = rows.assign(width=rows.change_high - rows.change_low)
        widths.append(rows.groupby("measure").width.mean())
    for measure in ("reach", "satisfaction", "mean", "nps"):
        assert widths[0][measure] < 0.85 * widths[1][measure]


def test_targets_are_met_or_not_or_open(panel):
    targets = panel[3]["targets"]
    status = targets[targets.wave == "w2"].set_index(["touchpoint", "measure"])
    assert status.status["t0", "satisfaction"] == "met"
    assert status.status["t0", "reach"] == "not_met"
    assert status.status["t1", "disappointed"] == "not_met"
    mean = status.loc[("", "mean")]
    assert mean.status == "open"
    gap, half = abs(mean.value - mean.target), (mean.value_high - mean.value_low) / 2
    assert mean.n_needed == pytest.approx(700 * (half / gap) ** 2, abs=1)
    assert status.n_needed[["t0", "t1"]].isna().all()


def test_unequal_lists_and_refused_models_keep_the_levels():
    first = planted(6, supers=2, lift=1.5, reach=(0.9, 0.4))
    study = study_of(first, waves=("w1", "w2", "w3"), tracking=Tracking(compare=("previous",)))
    retired = replace(study.touchpoints[5], rating=Columns("r5", by_wave={"w2": None}))
    study = replace(study, touchpoints=(*study.touchpoints[:5], retired))
    frames = {wave: responses_of(first, n, seed=n) for wave, n in (("w1", 600), ("w2", 601))}
    frames["w3"] = responses_of(first, 60, seed=1)
    frames["w1"].loc[frames["w1"].index % 2 == 0, "weight"] = 2.0
    found = track(study, frames, {})
    table = found["tracking"]
    kept = table[(table.wave == "w2") & (table.measure == "effect")]
    assert set(kept.touchpoint) == {f"t{j}" for j in range(5)}
    assert not (table[table.wave == "w2"].touchpoint == "t5").any()
    unweighted = table[~table.weighted]
    assert set(unweighted.measure) <= {
        "reach", "satisfaction", "disappointed", "delighted", "mean", "nps",
    }  # fmt: skip
    assert set(unweighted.wave) == {"w2"}
    last = table[table.wave == "w3"]
    assert set(last.measure) == {
        "reach", "satisfaction", "disappointed", "delighted", "mean", "nps",
    }  # fmt: skip
    assert last.note[last.measure == "mean"].tolist() == ["no_model w3 too_few_touchpoints"] * 2
    assert not (found["change_explained"].wave == "w3").any()
    assert track(study, {"w1": frames["w1"]}, {})["tracking"].empty


def test_a_year_ago_and_a_named_baseline():
    first = planted(3, supers=1, lift=1.2, reach=(0.9, 0.6))
    waves = ("a", "b", "c", "d")
    tracking = Tracking(compare=("year", "baseline"), baseline="b", waves_per_year=2)
    study = study_of(first, waves=waves, tracking=tracking)
    frames = {wave: responses_of(first, 40, seed=[place]) for place, wave in enumerate(waves)}
    table = track(study, frames, {})["tracking"]
    pairs = table[["wave", "against", "comparison"]].drop_duplicates()
    assert sorted(pairs.itertuples(index=False, name=None)) == [
        ("c", "a", "year"),
        ("c", "b", "baseline"),
        ("d", "b", "baseline"),
        ("d", "b", "year"),
    ]


def test_simulated_changes_are_covered_and_none_are_made_up():
    """A small version of benchmarks/tracking.py; bounds allow for 15 studies."""
    design = planted(5, supers=2, lift=1.5, reach=(0.9, 0.4))
    study = study_of(design, waves=("w1", "w2"), tracking=Tracking(compare=("previous",)))
    rows = []
    for number in range(15):
        frames = dict(zip(("w1", "w2"), wave_pair(design, design, 500, seed=[number]), strict=True))
        found = track(study, frames, {})
        parts = found["change_explained"].rename(columns={"part": "measure"})
        rows.append(pd.concat([found["tracking"], parts]).assign(study=number))
    table = pd.concat(rows)
    table = table[table.measure != "rank"]
    covered = (table.change_low <= 0) & (table.change_high >= 0)
    assert 0.93 <= covered.mean() <= 0.985
    assert (table.p_value < 0.05).mean() < 0.07
    families = (table.p_adjusted <= 0.05).groupby([table.study, table.measure, table.outcome]).any()
    assert families.mean() < 0.06
