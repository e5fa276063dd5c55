"""Uneven journeys and their weakest touchpoint: identities, a null, and effects put in."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from supertouch.findings.answers import cells, read_answers
from supertouch.findings.consistency import consistency_tables
from supertouch.findings.models import multiplicity
from supertouch.simulate import fair, study_of
from supertouch.stats.consistency import (
    beyond_the_mean,
    expected_weakest,
    journeys,
    standardised,
    weakest_shares,
)
from supertouch.study.model import Scale
from supertouch.tables.asymmetry import Consistency, Weakest

P = 9


def people(n, *, seed, spread=0.0, weakest=0.0):
    """Simulate ratings of unequal weight, reach and skew, and what the journey adds to them."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)
    contact = rng.random((n, P)) < np.linspace(0.35, 0.95, P)
    latent = 0.5 * mood[:, None] + rng.normal(size=(n, P)) + np.linspace(-0.3, 0.9, P)
    rating = 1.0 + (latent[..., None] > [-1.5, -0.7, 0.1, 0.8]).sum(axis=-1)
    rating[~contact] = np.nan
    effect = rng.permutation(np.linspace(0.05, 0.4, P))
    weight = rng.choice([0.5, 1.5], size=n)
    outcome = np.nansum(effect * (rating - 3), axis=1) + rng.normal(size=n) + 0.1 * contact.sum(1)
    found = journeys(standardised(rating, weight=weight))
    outcome += np.nan_to_num(spread * found.spread + weakest * found.weakest)
    return contact.astype(float), rating, outcome, weight


def study(**changes):
    made = study_of(fair(P))
    analysis = replace(made.analysis, replicates=200, groups=200)
    return replace(made, outcomes=made.outcomes[:1], analysis=analysis, **changes)


def tables_of(asked, contact, rating, outcome, weight):
    n = len(outcome)
    columns = {
        "respondent": [str(row) for row in range(len(outcome))],
        "weight": weight,
        "cluster": np.arange(n).astype(str),
        "stratum": "",
        "status": "",
        "loyalty.score": outcome,
    }
    for j in range(P):
        columns |= {f"t{j}.contact": contact[:, j], f"t{j}.rating": rating[:, j]}
        columns[f"t{j}.rating_empty"] = ""
    answers = read_answers(asked, "w1", pd.DataFrame(columns))
    tables = consistency_tables(
        asked,
        answers,
        next(iter(cells(asked, answers))),
        multiplicity=multiplicity(asked, answers.wave, answers.groups),
    )
    schemas = (Consistency.to_schema(), Weakest.to_schema())
    return tuple(
        schema.validate(table.reindex(columns=list(schema.columns)))
        for table, schema in zip(tables, schemas, strict=True)
    )


def test_effects_are_least_squares_beside_the_mean():
    import statsmodels.api as sm

    _, rating, outcome, weight = people(700, seed=1)
    found = journeys(standardised(rating, weight=weight))
    used = found.number >= 3
    found = replace(
        found, **{name: getattr(found, name)[used] for name in found.__dataclass_fields__}
    )
    y, w, z = outcome[used], weight[used], standardised(rating, weight=weight)[used]
    control = np.random.default_rng(0).normal(size=(used.sum(), 1))
    result = beyond_the_mean(
        found,
        z,
        y,
        controls=control,
        weight=w,
        group=np.arange(used.sum()) % 30,
        multiplicity=np.ones((1, 30)),
    )
    around = np.column_stack([found.number, expected_weakest(found.number), control])
    single = np.column_stack([np.nan_to_num(z), ~np.isnan(z)[:, 1:]])

    def fitted(*columns):
        return sm.WLS(y, sm.add_constant(np.column_stack(columns)), weights=w).fit()

    held = (found.mean, around, single)
    terms = (fitted(found.mean, around), fitted(found.spread, *held), fitted(found.weakest, *held))
    start = (fitted(around), fitted(*held), fitted(*held))
    together = fitted(found.spread, found.weakest, *held)
    for k in range(3):
        slope = terms[k].params[1] * result.deviation[k]
        assert result.alone[0, k] == pytest.approx(slope, abs=1e-9)
        gain = terms[k].rsquared - start[k].rsquared
        assert result.gain[0, k] == pytest.approx(gain, abs=1e-9)
    slopes = together.params[1:3] * result.deviation[1:]
    assert result.together[0, 1:] == pytest.approx(slopes, abs=1e-9)


def test_touchpoints_that_count_alone_leave_nothing_to_the_journey():
    """Unequal effects, reach and skew, and still spread and minimum add nothing by themselves."""
    asked = study()
    p_values, effects = [], []
    for seed in range(40):
        table, _ = tables_of(asked, *people(900, seed=seed))
        whole = table[(table.phase == "") & (table.measure != "mean")]
        p_values.extend(whole.p_value)
        effects.append(whole.effect)
    assert np.mean(np.array(p_values) < 0.05) <= 0.12
    assert np.abs(np.mean(effects, axis=0)).max() < 0.05


@pytest.mark.parametrize(
    ("planted", "measure", "sign"),
    [({"weakest": 0.6}, "weakest", 1), ({"spread": -1.0}, "spread", -1)],
)
def test_what_the_journey_adds_is_found(planted, measure, sign):
    table, _ = tables_of(study(), *people(2500, seed=3, **planted))
    row = table[table.phase == ""].set_index("measure").loc[measure]
    assert row.p_adjusted < 0.05
    assert row.effect * sign > 0
    assert row.r2_gain > 0
    assert row.effect_together_low <= planted[measure] * row.deviation <= row.effect_together_high


def test_journeys_too_short_have_a_reason():
    contact, rating, outcome, weight = people(800, seed=2)
    asked = study()
    asked = replace(
        asked,
        touchpoints=tuple(
            replace(item, phase="before" if j < 2 else "during")
            for j, item in enumerate(asked.touchpoints)
        ),
    )
    table, _ = tables_of(asked, contact, rating, outcome, weight)
    reasons = table.groupby("phase").reason.first()
    assert reasons.to_dict() == {
        "": "",
        "after": "too_few_touchpoints",
        "before": "too_few_touchpoints",
        "during": "",
    }
    assert table[~table.admitted].effect.isna().all()
    used = (~np.isnan(rating)).sum(axis=1) >= 3
    assert (table.n[table.phase == ""] == used.sum()).all()


def test_ties_are_split_and_chance_is_one_in_the_number():
    position = np.array([[0.2, 0.2, 0.5], [1.0, np.nan, 0.0], [0.1, np.nan, np.nan]])
    share, chance, base = weakest_shares(position)
    assert share[:2].tolist() == [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    assert chance[:, 0].tolist() == [1 / 3, 1 / 2, 1.0]
    assert base.tolist() == [[True, True, True], [True, False, True], [False, False, False]]


def test_weakest_touchpoint_is_told_from_chance():
    """One poor touchpoint among equals; another scale in the middle changes nothing."""
    rng = np.random.default_rng(4)
    n = 3000
    rating = 1.0 + rng.integers(0, 4, size=(n, P)) * (rng.random((n, P)) < 0.8)
    rating[:, 4] = np.maximum(1, rating[:, 4] - 1)
    contact = (rng.random((n, P)) < 0.6).astype(float)
    rating[contact == 0] = np.nan
    asked = study()
    scales = dict(asked.scales) | {
        "rating": Scale("rating", 1, 5, 5, 1, 2, 5),
        "wide": Scale("wide", 10, 50, 10, 10, 40, 10),
    }
    asked = replace(
        asked,
        scales=scales,
        touchpoints=tuple(
            replace(item, scale="wide" if j == 5 else "rating")
            for j, item in enumerate(asked.touchpoints)
        ),
    )
    rating[:, 5] *= 10
    weight = rng.choice([0.5, 1.5], size=n)
    _, table = tables_of(asked, contact, rating, rng.normal(size=n), weight)
    whole = table[table.phase == ""].set_index("touchpoint")
    others = whole.drop("t4")
    assert whole.lift["t4"] > 1.3
    assert whole.p_adjusted["t4"] < 0.001
    assert others.lift.between(0.8, 1.1).all()
    for phase, rows in table.groupby("phase"):
        inside = ~np.isnan(rating[:, [int(name[1:]) for name in rows.touchpoint]])
        several = inside.sum(axis=1) > 1
        base = (weight[:, None] * (inside & several[:, None])).sum(axis=0)
        total = (rows.share.to_numpy() * base).sum()
        assert total == pytest.approx(weight[several].sum()), phase
        assert (rows.expected.to_numpy() * base).sum() == pytest.approx(weight[several].sum())
