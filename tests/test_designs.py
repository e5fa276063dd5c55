"""Stacked brands, covariates, panels and drawn ratings, held against what is true of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from supertouch.errors import DataError, StudyError
from supertouch.findings import analyze_wave, judge
from supertouch.findings.answers import Cell, read_answers
from supertouch.findings.drivers import importance_table
from supertouch.findings.fitting import Effort, add_covariances, fit
from supertouch.findings.models import multiplicity, prepare, together
from supertouch.findings.performance import performance
from supertouch.intake import ingest_wave, validate_wave
from supertouch.intake.readers import headers
from supertouch.simulate import Grouping, fair, planted, responses_of, study_of, truth
from supertouch.stats.drivers import effects
from supertouch.stats.resampling import group_units, panel_multiplicities
from supertouch.study import load_study
from supertouch.study.model import Analysis, Columns, Segment, Text

P = 4
BETA = np.array([0.6, 0.3, 0.0, 0.0])
EFFORT = Effort(exact_up_to=25, circles=2, johnson=False)
STUDY = """
[study]
id = "stack"
title = "Stacked"

[data]
{data}

[scales.rating]
min = 1
max = 5
best = 5

[scales.ten]
min = 0
max = 10
best = 10
step = 0

[codes]
{codes}

[columns]
rating = "R_{{id}}"
{contact}

[touchpoints]
t0 = {{ label = "T0", phase = "before" }}
t1 = {{ label = "T1", phase = "before" }}
t2 = {{ label = "T2", phase = "during" }}
t3 = {{ label = "T3", phase = "after" }}

[outcomes.loyalty]
label = "L"
role = "loyalty"
column = "LOY"
scale = "ten"
codes = {{ not_met = [] }}

[outcomes.recommendation]
label = "N"
role = "recommendation"
column = "NPS"
scale = "ten"
codes = {{ not_met = [] }}

[waves.w1]
label = "1"
file = "w1.csv"
{more}

[analysis]
replicates = {replicates}
{analysis}
"""
BRANDS = 'respondent = "ID"\nbrand = "BRAND"'
SECOND = '[waves.w2]\nlabel = "2"\nfile = "w2.csv"'


def text(*, data=BRANDS, codes="not_met = [6]", contact="", more="", analysis="", replicates=60):
    return STUDY.format(
        data=data, codes=codes, contact=contact, more=more, analysis=analysis, replicates=replicates
    )


def stacked(n, seed):
    """Rate two or three brands each: brands differ in all levels, errors stay with the person."""
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(n), rng.integers(2, 4, size=n))
    brand = np.concatenate([rng.permutation(3)[: (of == i).sum()] for i in range(n)])
    rows = len(of)
    own = rng.normal(size=(n, 1 + P))[of]
    noise = rng.normal(size=(n, 2))[of] + 0.6 * rng.normal(size=(rows, 2))
    x = 3 + 0.9 * (brand - 1)[:, None] + 0.3 * own[:, :1] + 0.8 * own[:, 1:]
    x = np.clip(np.round(x + 0.5 * rng.normal(size=(rows, P))), 1, 5)
    met = rng.random((rows, P)) < 0.75
    level = 5 + 2 * (brand - 1) + (met * (x - 3)) @ BETA + 0.2 * met.sum(axis=1) - 0.6
    y = np.clip(level[:, None] + noise, 0, 10).round(3)
    frame = pd.DataFrame({"ID": of, "BRAND": np.array(list("ABC"))[brand]})
    frame[[f"R_t{j}" for j in range(P)]] = np.where(met, x, 6).astype(int)
    frame[["LOY", "NPS"]] = y
    frame["REGION"] = np.where(of % 3 == 0, "N", "S")
    return frame


def opened(folder: Path, content: str, *frames):
    """Write a study folder, and read, check and accept its waves."""
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(content, encoding="utf-8")
    for number, frame in enumerate(frames, start=1):
        frame.to_csv(folder / "data" / "raw" / f"w{number}.csv", index=False)
    study = load_study(folder / "study.toml", headers=headers)
    responses = {}
    for wave in study.waves:
        incoming = ingest_wave(study, wave.id)
        raw, meta = incoming.frame(), incoming.meta()
        responses[wave.id] = validate_wave(study, wave.id, raw, wave.file, meta=meta).responses
    return study, responses


def analysed(folder: Path, content: str, *frames, complete=False):
    study, responses = opened(folder, content, *frames)
    tables = {w: analyze_wave(study, w, found, complete=complete) for w, found in responses.items()}
    return study, tables, judge(study, responses, tables)["supertouchpoints"]


def experience(table, outcome="loyalty", value=""):
    kept = (table.outcome == outcome) & (table.segment_value == value)
    return table[kept & (table.component == "experience") & (table.method == "lmg")]


def fitted(study, responses, wave="w1", mask=None):
    answers = read_answers(study, wave, responses)
    mask = np.ones(len(responses), dtype=bool) if mask is None else mask
    (outcomes,) = together(study, answers)
    draws = multiplicity(study, answers.wave, answers.groups)
    model = fit(
        study, prepare(study, answers, outcomes, mask=mask), multiplicity=draws, effort=EFFORT
    )
    return answers, Cell("", "", mask), model


def test_brands_are_held_in_the_total_and_are_cells_of_their_own(tmp_path):
    frame = stacked(400, 1)
    study, tables, verdicts = analysed(tmp_path, text(replicates=200), frame, complete=True)
    (brand,) = study.segments
    assert (brand.id, brand.label.within("de"), brand.label.within("en")) == (
        "brand",
        "Marke",
        "Brand",
    )
    found = tables["w1"]
    for name in ("performance", "outcomes", "models", "importance", "phases", "univariate"):
        assert sorted(set(found[name].segment_value)) == ["", "A", "B", "C"], name
    models = found["models"][found["models"].outcome == "loyalty"].set_index("segment_value")
    rows = frame.BRAND.value_counts()
    assert models.n.to_dict() == {"": len(frame), **rows.to_dict()}
    assert models.n_eff.to_dict() == {"": len(frame), **rows.to_dict()}
    assert models.units.to_dict() == {"": 400, **rows.to_dict()}
    assert models.n_needed[""] == 8 * (2 * P + 2)
    assert (models.n_needed[["A", "B", "C"]] == 8 * 2 * P).all()
    total = found["importance"][lambda t: (t.segment_value == "") & (t.outcome == "loyalty")]
    assert total[total.method == "lmg"].importance.sum() == pytest.approx(models.r2[""])
    assert verdicts.set_index("touchpoint").verdict["t0"] == "super"
    assert set(verdicts.verdict[verdicts.touchpoint.isin(["t2", "t3"])]) == {"none"}

    alone = frame.assign(ID=range(len(frame)))
    _, without, _ = analysed(tmp_path / "without", text(data='respondent = "ID"'), alone)
    spurious, held = experience(without["w1"]["importance"]), experience(found["importance"])
    assert spurious.share.to_numpy()[2:].min() > 0.1
    assert spurious.effect_low.to_numpy()[2:].min() > 0.2
    assert held.share.to_numpy()[2:].max() < 0.02


def test_a_brands_model_is_that_of_its_rows_and_the_total_that_of_dummies(tmp_path):
    study, responses = opened(tmp_path, text(), stacked(300, 2))
    frame = responses["w1"]
    _, _, model = fitted(study, frame)
    assert model.point.effect[0] == pytest.approx(_wls(frame, frame.brand).effect, abs=1e-10)
    inside = (frame.brand == "C").to_numpy()
    _, _, model = fitted(study, frame, mask=inside)
    assert model.point.effect[0] == pytest.approx(_wls(frame[inside]).effect, abs=1e-10)
    assert model.sums.covariates == 0


def test_intervals_of_stacked_brands_allow_for_the_respondent():
    """95 % intervals of effects over 60 small studies, and what rows as units would make of them.

    240 intervals in all, four to a study: 0.90 is three and a half standard errors below 0.95.
    """
    design = fair(P)
    study = replace(
        study_of(design, segments=()), brand=Columns("BRAND"), analysis=Analysis(replicates=150)
    )
    study = replace(study, scales={**study.scales, "loyalty": study.scales["recommendation"]})
    true = fitted(study, as_responses(stacked(6000, 99)))[2].point.effect[0, :P]
    covered, wider = [], []
    for seed in range(60):
        frame = as_responses(stacked(200, [3, seed]))
        tables = [
            experience(importance_table(study, *fitted(study, rows)))
            for rows in (frame, frame.assign(cluster=frame.row.astype(str)))
        ]
        low, high = tables[0].effect_low.to_numpy(), tables[0].effect_high.to_numpy()
        covered.append((low <= true) & (true <= high))
        width = [(table.effect_high - table.effect_low).to_numpy() for table in tables]
        wider.append(width[0] / width[1])
    assert 0.90 <= np.mean(covered) <= 0.99
    assert np.mean(wider) > 1.12


def as_responses(frame):
    """Turn stacked rows into accepted responses without files."""
    found = pd.DataFrame(
        {
            "row": np.arange(len(frame)),
            "respondent": frame.ID.astype(str),
            "brand": frame.BRAND,
            "weight": 1.0,
            "cluster": frame.ID.astype(str),
            "stratum": "",
            "status": "",
            "loyalty.score": frame.LOY,
            "recommendation.score": frame.NPS,
        }
    )
    for j in range(P):
        met = frame[f"R_t{j}"] < 6
        found[f"t{j}.contact"] = met.astype("Int8")
        found[f"t{j}.rating"] = frame[f"R_t{j}"].where(met).astype(float)
        found[f"t{j}.rating_empty"] = np.where(met, "", "not_met")
    return found


def _wls(frame, *groupings, outcome="loyalty", p=P):
    """Weighted least squares on experience, contact and dummies; and R² beyond the dummies."""
    contact = np.column_stack([frame[f"t{j}.contact"].astype(float) for j in range(p)])
    rating = np.column_stack([frame[f"t{j}.rating"] for j in range(p)])
    weight = frame.weight.to_numpy(float)
    mean = np.nansum(rating * weight[:, None], axis=0) / (contact * weight[:, None]).sum(axis=0)
    drivers = np.hstack([np.where(contact == 1, rating - mean, 0.0), contact])
    held = [pd.get_dummies(group, drop_first=True, dtype=float) for group in groupings]
    base = np.column_stack([np.ones(len(frame)), *held])
    y = frame[f"{outcome}.score"].to_numpy()
    full = sm.WLS(y, np.hstack([drivers, base]), weights=weight).fit()
    alone = sm.WLS(y, base, weights=weight).fit()
    return pd.Series(
        {"effect": full.params[: 2 * p], "r2": full.rsquared - alone.rsquared, "n": len(y)}
    )


def grouped_study():
    """Regions with an unknown and a rare one, brands that follow from them, and constants."""
    design, n = fair(5), 900
    rng = np.random.default_rng(5)
    frame = responses_of(design, n, seed=3)
    region = rng.choice(["", "n", "s", "w"], size=n, p=[0.06, 0.5, 0.435, 0.005])
    frame["weight"] = rng.uniform(0.5, 2, n)
    values = {
        "region": region,
        "land": np.where(np.isin(region, ["n", "s"]), "X", "Y"),
        "unknown": "",
        "same": "a",
    }
    for name, group in values.items():
        frame[f"segment.{name}"] = group
    frame["brand"] = np.where(region == "n", "B1", "B2")
    frame["loyalty.score"] += np.where(region == "n", 1.5, 0)
    for j in range(5):
        frame[f"t{j}.rating"] += np.where(region == "n", 0.5, 0)
    segments = tuple(Segment(name, Text(), Columns(name)) for name in values)
    return frame, study_of(
        design, segments=segments, analysis=Analysis(replicates=60, covariates=tuple(values))
    )


@pytest.mark.parametrize("brands", [False, True])
@pytest.mark.parametrize("value", ["", "n"])
def test_covariates_are_the_dummies_of_a_regression(brands, value):
    frame, study = grouped_study()
    study = replace(study, brand=Columns("brand")) if brands else study
    mask = (frame["segment.region"] == value).to_numpy() if value else np.ones(len(frame), bool)
    _, _, model = fitted(study, frame, mask=mask)
    known = _wls(frame[mask], frame["segment.region"][mask], p=5)
    assert model.point.effect[0] == pytest.approx(known.effect, abs=1e-9)
    assert model.point.r2[0] == pytest.approx(known.r2, abs=1e-9)
    assert model.point.lmg[0].sum() == pytest.approx(known.r2, abs=1e-9)
    assert model.sums.covariates == (0 if value else 3)


def test_collinear_constant_and_rare_covariates_pass_through_every_table():
    frame, study = grouped_study()
    found = analyze_wave(replace(study, brand=Columns("brand")), "w1", frame)
    assert found["models"].admitted.all()
    for name in ("asymmetry", "robustness", "halo", "comparison"):
        assert len(found[name]), name
    frame["loyalty.score"] += 100 * (frame["segment.region"] == "s")
    again = analyze_wave(study, "w1", frame, complete=False)
    same = experience(again["importance"]), experience(found["importance"])
    assert same[0].effect.to_numpy() == pytest.approx(same[1].effect.to_numpy(), abs=1e-8)


@pytest.mark.parametrize(
    ("units", "strata", "new"), [(600, 1, 1 / 3), (600, 5, 1 / 3), (60, 1, 1 / 3), (60, 30, 0.0)]
)
def test_panel_weights_have_the_textbook_variance_and_covariance(units, strata, new):
    """Totals of two waves: variances by strata, covariance of the units in both.

    12 studies × 800 draws; the spread between studies is told by their standard error.
    """
    ratios = [_ratios(units, strata, int(units * new), seed) for seed in range(12)]
    error = np.std(ratios, axis=0) / np.sqrt(len(ratios))
    assert np.abs(np.mean(ratios, axis=0) - 1) == pytest.approx(0, abs=0.06 + 3 * error.max())


def _ratios(units, strata, new, seed):
    rng = np.random.default_rng([seed, units])
    home = np.arange(units + new) % strata
    person = rng.normal(size=units + new) + 3 * home / strata
    waves = [np.arange(units), np.arange(new, units + new)]
    drawn, values = [], []
    for ids in waves:
        value = person[ids] + 0.5 * rng.normal(size=units)
        groups = group_units(
            np.array([f"p{i}" for i in ids], dtype=object),
            np.array([f"s{h}" for h in home[ids]], dtype=object),
            seed=seed,
            panel=True,
        )
        counts = panel_multiplicities(groups, replicates=800, seed=seed)
        assert counts @ groups.size == pytest.approx(np.full(800, units))
        drawn.append(counts @ np.bincount(groups.index, weights=value))
        values.append(pd.Series(value, index=ids))
    known = np.zeros((2, 2))
    for h in range(strata):
        inside = [part[home[part.index] == h] for part in values]
        known[0, 0] += len(inside[0]) * inside[0].var()
        known[1, 1] += len(inside[1]) * inside[1].var()
        both = pd.concat(inside, axis=1).dropna()
        known[0, 1] += len(both) * both.cov().iloc[0, 1]
    found = np.cov(drawn)
    difference = known[0, 0] + known[1, 1] - 2 * known[0, 1]
    return [
        found[0, 0] / known[0, 0],
        found[1, 1] / known[1, 1],
        (drawn[1] - drawn[0]).var() / difference,
    ]


def people(n, rng):
    return {
        "view": rng.normal(size=(n, 3)),
        "meets": rng.normal(size=(n, 3)),
        "e": rng.normal(size=n),
    }


def answered(person, ids, rng, *, stratum=""):
    """Answer a wave's questions: nine tenths of everything stays with the person."""

    def again(trait):
        return np.sqrt(0.9) * trait + np.sqrt(0.1) * rng.normal(size=trait.shape)

    view, meets, e = (again(person[name][ids]) for name in ("view", "meets", "e"))
    met, x = meets < 0.7, np.clip(np.round(3 + view), 1, 5)
    y = 3 + np.where(met, x - 3, 0) @ [0.4, 0.2, 0.1] + 0.6 * e
    names = np.char.add("p", ids.astype(str)).astype(object)
    columns = {
        "row": ids,
        "respondent": names,
        "weight": 1.0,
        "cluster": names,
        "stratum": stratum,
        "status": "",
        "loyalty.score": y,
        "recommendation.score": 2 * y + rng.normal(size=len(ids)),
    }
    for j in range(3):
        columns[f"t{j}.contact"] = pd.array(met[:, j].astype(float)).astype("Int8")
        columns[f"t{j}.rating"] = np.where(met[:, j], x[:, j], np.nan)
        columns[f"t{j}.rating_empty"] = np.where(met[:, j], "", "not_met")
    return pd.DataFrame(columns)


def test_a_panels_change_is_as_certain_as_its_repetitions_are():
    """Two waves, a third of the second one new: the draws' spread against 80 repetitions.

    A standard deviation from 80 studies is known to ± 8 %; 25 % is three times that.
    """
    study = study_of(fair(3), waves=("w1", "w2"), analysis=Analysis(replicates=100))
    n, changes, spreads = 300, [], {True: [], False: []}
    for seed in range(80):
        rng = np.random.default_rng([11, seed])
        person = people(n + n // 3, rng)
        frames = [answered(person, np.arange(n) + start, rng) for start in (0, n // 3)]
        for panel in (True, False):
            asked = replace(study, panel=panel, seed=seed)
            models = [
                fitted(asked, frame, wave)[2]
                for wave, frame in zip(("w1", "w2"), frames, strict=True)
            ]
            points = [
                _change_of(m.covariance.outcome[0], m.point.effect[0], m.point.lmg[0])
                for m in models
            ]
            drawn = [
                _change_of(m.spread.outcome, m.replicates.effect[:, 0], m.replicates.lmg[:, 0])
                for m in models
            ]
            spreads[panel].append((drawn[1] - drawn[0]).var(axis=0))
        changes.append(points[1] - points[0])
    true = np.std(changes, axis=0)
    panel, separate = (np.sqrt(np.mean(spreads[kind], axis=0)) / true for kind in (True, False))
    assert panel == pytest.approx(np.ones(5), abs=0.25)
    assert (separate > 1.15).all()
    assert (separate / panel > 1.2).all()


def _change_of(outcome, effect, lmg):
    """Loyalty's level, the first two touchpoints' effects and their shares."""
    share = lmg[..., :2] / lmg[..., :3].sum(axis=-1, keepdims=True)
    return np.concatenate([outcome[..., :1], effect[..., :2], share], axis=-1)


@pytest.mark.parametrize("stratum", ["as before", "renamed"])
def test_what_lasts_is_judged_in_a_panel_too(stratum):
    rng = np.random.default_rng(4)
    study = study_of(fair(3), waves=("w1", "w2"), panel=True, analysis=Analysis(replicates=100))
    person, ids = people(900, rng), np.arange(900)
    names = np.where(ids % 2, "a", "b") if stratum == "as before" else np.where(ids % 2, "c", "d")
    responses = {
        "w1": answered(person, ids, rng, stratum=np.where(ids % 2, "a", "b").astype(object)),
        "w2": answered(person, ids, rng, stratum=names.astype(object)),
    }
    tables = {w: analyze_wave(study, w, found, complete=False) for w, found in responses.items()}
    found = judge(study, responses, tables)["supertouchpoints"]
    last = found[found.wave == "w2"].set_index("touchpoint")
    assert last.trend["t0"] == "sustained"
    assert last.sustained.tolist() == [True, False, False]
    draws = [
        tables[w]["draws"].query("touchpoint == 't0' and outcome == 'loyalty'") for w in tables
    ]
    alike = np.corrcoef([part.sort_values("replicate")["mean"] for part in draws])[0, 1]
    assert alike > 0.5 if stratum == "as before" else abs(alike) < 0.35


def drawn_design(unknown):
    """Heavy users meet more, are happier and more loyal; three ratings are drawn at most."""
    half = np.array([0.5, 0.5])
    use = Grouping(
        "use",
        half,
        np.ones(2),
        np.array([-0.8, 0.8]),
        np.array([-0.4, 0.4]),
        np.array([[-0.2, -0.5], [0.2, 0.5]]),
    )
    design = planted(6, supers=2, lift=2.0, reach=(0.9, 0.4), heavy_use=0.3)
    return replace(design, groupings=(use,), most_ratings=3, unknown_contact=unknown)


@pytest.mark.parametrize("unknown", [0.0, 0.15])
def test_drawn_ratings_are_unbiased_where_they_are_declared_and_only_there(unknown):
    """150,000 respondents: standard errors of 0.004 in satisfaction and 0.015 in effects."""
    design = drawn_design(unknown)
    known = truth(design, n=400_000, rng=np.random.default_rng(1))
    responses = responses_of(design, 150_000, seed=8)
    study = study_of(design, analysis=Analysis(replicates=50))
    found = {}
    for declared in (True, False):
        asked = study if declared else replace(study, most_ratings=None)
        answers, cell, model = fitted(asked, responses)
        level = performance(asked, answers, cell).satisfaction
        share = model.point.lmg[0, :6] / model.point.lmg[0, :6].sum()
        found[declared] = (
            np.abs(level - known.mean).max(),
            np.abs(model.point.effect[0, :6] - known.beta[0]).max(),
            np.abs(share - known.experience_share[0]).max(),
        )
    assert found[True][0] < 0.015
    assert found[True][1] < 0.04
    assert found[True][2] < 0.02
    assert found[False][0] > 0.05
    assert found[False][2] > 1.5 * found[True][2]


def test_a_fixed_number_of_ratings_is_told_where_it_is_not_declared():
    design = drawn_design(0.0)
    responses, study = responses_of(design, 800, seed=8), study_of(design)
    study = replace(study, analysis=Analysis(replicates=50))
    codes = [
        set(analyze_wave(asked, "w1", responses, complete=False)["diagnostics"].code)
        for asked in (study, replace(study, most_ratings=None))
    ]
    assert ["fixed_number_of_ratings" in found for found in codes] == [False, True]
    with pytest.raises(DataError, match="more ratings than most_ratings = 2"):
        read_answers(replace(study, most_ratings=2), "w1", responses)


@pytest.mark.parametrize("beside", [True, False])
def test_brand_fit_is_weighted_like_the_rating_it_was_asked_with(beside):
    design = drawn_design(0.0)
    responses, study = responses_of(design, 4000, seed=9), study_of(design)
    whole = responses_of(replace(design, most_ratings=None), 4000, seed=9)
    responses["t0.brand_fit"] = responses["t0.rating"] if beside else whole["t0.rating"]
    answers = read_answers(study, "w1", responses)
    found = performance(study, answers, Cell("", "", np.ones(4000, bool))).iloc[0]
    expected = found.satisfaction if beside else whole["t0.rating"].mean()
    assert found.brand_fit == pytest.approx(expected)


def drawn_file(frame, seed=1, most=2):
    """Ask contact of every touchpoint and rate at most two of those met."""
    rng = np.random.default_rng(seed)
    names = [f"R_t{j}" for j in range(P)]
    met = frame[names].to_numpy() < 6
    lot = np.where(met, rng.random(met.shape), 2).argsort(axis=1).argsort(axis=1)
    result = frame.assign(**{f"C_t{j}": np.where(met[:, j], 1, 2) for j in range(P)})
    result[names] = frame[names].where(met & (lot < most))
    return result


EDGES = {
    "everybody_met": lambda f: (f.assign(R_t0=f.R_t0.replace(6, 3)), {}),
    "nobody_met": lambda f: (f.assign(R_t3=6), {}),
    "one_brand": lambda f: (f[f.BRAND == "B"], {}),
    "blank_brands": lambda f: (f.assign(BRAND=f.BRAND.where(f.ID % 4 > 0)), {}),
    "rare_brand": lambda f: (f.assign(BRAND=f.BRAND.where(f.index > 1, "Z")), {}),
    "brands_and_regions": lambda f: (
        f,
        {
            "more": '[segments.region]\nlabel = "R"\ncolumn = "REGION"',
            "analysis": 'covariates = ["region"]',
        },
    ),
    "drawn": lambda f: (
        drawn_file(f),
        {
            "data": BRANDS + "\nmost_ratings = 2",
            "codes": 'blank = "not_asked"',
            "contact": 'contact = "C_{id}"',
        },
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_odd_studies_are_analysed_and_judged(tmp_path, edge):
    frame, changes = EDGES[edge](stacked(170, 6))
    _, tables, verdicts = analysed(tmp_path, text(**changes), frame)
    models = tables["w1"]["models"]
    assert models[models.segment == ""].admitted.all()
    assert len(verdicts) == P
    hidden = tables["w1"]["suppressed"]
    # two answers about brand Z would show by subtraction, were not another brand hidden too
    alone = {"A": True, "": False} if edge == "rare_brand" else {}
    assert dict(zip(hidden.segment_value, hidden.complementary, strict=True)) == alone
    brands = set(frame.BRAND.dropna()) - ({*alone, "Z"} if alone else set())
    assert set(models[models.segment == "brand"].segment_value) == brands
    assert "small_segment" not in set(tables["w1"]["diagnostics"].code)


def test_stacked_brands_may_be_a_panel_and_begin_in_a_later_wave(tmp_path):
    first, second = stacked(170, 6), stacked(170, 7)
    panel = text(data=BRANDS + "\npanel = true", more=SECOND)
    _, tables, _ = analysed(tmp_path / "panel", panel, first, second)
    assert {len(table["models"]) for table in tables.values()} == {2 * 4}
    later = text(data='respondent = "ID"\nbrand = { w2 = "BRAND" }', more=SECOND)
    _, tables, _ = analysed(tmp_path / "later", later, first[first.BRAND == "A"], second)
    assert set(tables["w1"]["models"].segment) == {""}
    assert "segment_unknown" not in set(tables["w1"]["diagnostics"].code)
    assert set(tables["w2"]["models"].segment) == {"", "brand"}


OWN = """
[segments.brand]
label = "Brands"
column = "{column}"
values = {{ A = "Alpha", B = "Beta" }}
"""


def test_a_segment_named_brand_is_that_of_the_brand(tmp_path):
    frame = stacked(20, 8)
    study, _ = opened(tmp_path, text(more=OWN.format(column="BRAND")), frame)
    assert [(item.id, item.label.within("en")) for item in study.segments] == [("brand", "Brands")]
    with pytest.raises(
        StudyError, match="results for each brand are shown under this id"
    ) as caught:
        opened(tmp_path, text(more=OWN.format(column="REGION")), frame)
    assert len(caught.value.problems) == 1
    with pytest.raises(StudyError, match="hold fixed anyway") as caught:
        opened(tmp_path, text(analysis='covariates = ["brand"]'), frame)
    assert len(caught.value.problems) == 1
    with pytest.raises(StudyError, match="no such column") as caught:
        opened(tmp_path, text(), frame.drop(columns="BRAND"))
    assert "segment" not in str(caught.value)


def test_effects_of_drawn_ratings_are_as_sure_as_they_are():
    """Six of some twelve met are rated: regressions on single replicates spread far too much."""
    design = replace(planted(20, supers=2, lift=3.0, reach=(0.9, 0.4)), most_ratings=6)
    study = study_of(design)
    found, told, solved = [], [], []
    for seed in range(40):
        answers = read_answers(study, "w1", responses_of(design, 1200, seed=seed))
        drawn = multiplicity(study, answers.wave, answers.groups)[:120]
        model = prepare(study, answers, answers.outcomes, mask=np.ones(1200, dtype=bool))
        model = add_covariances(model, multiplicity=drawn)
        columns = model.gate.columns
        found.append(effects(model.covariance, columns=columns)[0, :, :20])
        told.append(model.slopes.std(axis=0)[:, :20])
        solved.append(effects(model.spread, columns=columns).std(axis=0)[:, :20])
    true = np.std(found, axis=0)
    # 40 studies: an error of 11 % for each of 40 effects, 3 % for their median or so
    assert np.median(np.mean(told, axis=0) / true) == pytest.approx(1.0, abs=0.12)
    assert np.median(np.mean(solved, axis=0) / true) > 1.3
