"""The portfolio: planted cases are found, and each touchpoint gets exactly one decision."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulated_study import responses_of, study_of
from supertouch.decisions.portfolio import portfolio
from supertouch.findings import analyze_wave, judge
from supertouch.simulate import null, planted
from supertouch.study.model import Portfolio

P = 10
DESIGN = planted(P, supers=3, lift=3.0, idle=7, halo=0.1)
SUPERS = ("t1", "t5", "t8")
CHOICES = ["p_concentrate", "p_recombine", "p_neglect", "p_drop"]


def described(study, **changes):
    """Return the study with attributes of touchpoints, each a dict by id."""
    items = [
        replace(item, **{name: values[item.id] for name, values in changes.items()
                         if item.id in values})
        for item in study.touchpoints
    ]  # fmt: skip
    return replace(study, touchpoints=tuple(items))


STUDY = described(
    study_of(DESIGN),
    cost={"t0": 500.0, "t1": 10.0, "t2": 20.0, "t3": 400.0, "t4": 30.0, "t5": 50.0, "t6": 300.0,
          "t8": 900.0},
    control={"t3": "low", "t1": "high"},
    origin={"t4": "indirect"},
    phase={f"t{j}": "during" for j in range(P)},
)  # fmt: skip


@pytest.fixture(scope="module")
def responses():
    return responses_of(DESIGN, 2500, seed=3)


@pytest.fixture(scope="module")
def tables(responses):
    return tables_of(STUDY, responses)


def tables_of(study, responses):
    found = analyze_wave(study, "w1", responses, complete=False)
    found |= judge(study, {"w1": responses}, {"w1": found})
    return found | {"levers": levers_of(found, responses)}


def levers_of(found, responses):
    """What the levers hold of the mean outcome, from the other tables and the answers."""
    table = found["importance"]
    table = table[(table.component == "experience") & (table.method == "lmg")]
    level = found["performance"].set_index("touchpoint")
    spread = {name: responses[f"{name}.score"].std() for name in ("loyalty", "recommendation")}
    return pd.DataFrame(
        {
            "wave": table.wave,
            "outcome": table.outcome,
            "unit": "mean",
            "touchpoint": table.touchpoint,
            "degrees": 300,
            "reach": table.touchpoint.map(level.reach),
            "headroom": 5 - table.touchpoint.map(level.satisfaction),
            "outcome_spread": table.outcome.map(spread),
            "effect": table.effect,
        }
    )


def overlap(*pairs, p_adjusted=0.0):
    names = ["touchpoint", "other", "correlation"]
    return pd.DataFrame(pairs, columns=names).assign(wave="w1", p_adjusted=p_adjusted)


def synergy(*rows):
    names = ["outcome", "touchpoint", "other", "effect", "p_adjusted", "kind"]
    return pd.DataFrame(rows, columns=names).assign(wave="w1")


def decided(study, tables, **more):
    return portfolio(study, tables | more).set_index("touchpoint")


def test_planted_cases_are_found(tables):
    found = decided(STUDY, tables, overlap=overlap(("t0", "t2", 0.2), ("t7", "t9", 0.7)))
    evidence = {name: (row.decision, row.evidence) for name, row in found.iterrows()}
    assert {evidence[name] for name in SUPERS} == {("concentrate", "super")}
    assert evidence["t0"] == ("drop", "costs_without_effect")
    assert evidence["t3"] == ("neglect", "not_ours")
    assert evidence["t4"] == ("neglect", "not_ours")
    assert evidence["t2"] == ("neglect", "cheap_without_effect")
    assert evidence["t6"] == ("drop", "costs_without_effect")
    assert evidence["t7"] == ("recombine", "met_together")
    assert found.with_touchpoint["t7"] == "t9"
    assert (found.with_touchpoint != "").sum() == 2
    assert (found.probability > 0.9).all()
    assert found.importance[list(SUPERS)].sum() > 0.9


def test_partners_come_before_cost_and_after_effect(tables):
    """Synergy outranks overlap, the clearest pair is named, and a super stays a super."""
    pairs = synergy(
        ("loyalty", "t0", "t1", 0.3, 0.03, "synergy"),
        ("recommendation", "t0", "t6", -0.9, 0.001, "cannibalisation"),
        ("recommendation", "t2", "t3", 0.9, 0.4, "none"),
        ("purchase", "t2", "t3", 0.9, 0.001, "synergy"),
    )
    near = overlap(("t0", "t2", 0.9), ("t3", "t4", 0.49))
    found = decided(STUDY, tables, synergy=pairs, overlap=near)
    assert tuple(found.loc["t0", ["decision", "evidence", "with_touchpoint"]]) == (
        "recombine", "cannibalisation", "t6",
    )  # fmt: skip
    assert found.evidence["t6"] == "cannibalisation"
    assert found.decision["t1"] == "concentrate"
    assert tuple(found.loc["t2", ["evidence", "with_touchpoint"]]) == ("met_together", "t0")
    assert found.decision["t3"] == "neglect"
    chance = decided(STUDY, tables, overlap=overlap(("t0", "t2", 0.9), p_adjusted=0.2))
    assert not (chance.decision == "recombine").any()
    apart = described(STUDY, phase={"t0": "before"})
    assert decided(apart, tables, overlap=near).decision["t0"] == "drop"


def test_a_basic_factor_with_a_material_risk_protects(tables):
    rows = [("t0", "basic", 0.8, 0.5, 0.1), ("t2", "basic", 0.9, 0.01, 0.001),
            ("t6", "basic", 0.7, 0.2, -0.1), ("t7", "performance", 0.4, 0.2, 0.1),
            ("t9", "undetermined", np.nan, np.nan, np.nan)]  # fmt: skip
    names = ["touchpoint", "factor", "probability_basic", "risk", "risk_low"]
    factors = pd.DataFrame(rows, columns=names).assign(wave="w1", segment="", outcome="loyalty")
    found = decided(STUDY, tables, asymmetry=factors)
    assert tuple(found.loc["t0", ["decision", "evidence"]]) == ("concentrate", "protects")
    assert found.p_concentrate["t0"] == pytest.approx(0.8, abs=0.02)
    assert found.p_drop["t0"] == pytest.approx(0.2, abs=0.02)
    assert found.asymmetry[["t0", "t7", "t9"]].tolist() == ["basic", "performance", ""]
    assert not (found.evidence.drop("t0") == "protects").any()


def gains_of(answers):
    """What a step of 0.4 rating points brings, by least squares on all touchpoints."""
    contact = answers[[f"t{j}.contact" for j in range(P)]].to_numpy(float)
    rating = answers[[f"t{j}.rating" for j in range(P)]].to_numpy(float)
    z = np.where(contact == 1, rating - np.nanmean(rating, axis=0), 0.0)
    columns = np.column_stack([np.ones(len(answers)), z, contact])
    outcomes = answers[["loyalty.score", "recommendation.score"]].to_numpy(float)
    beta = np.linalg.lstsq(columns, outcomes / outcomes.std(axis=0))[0][1 : P + 1]
    return 0.4 * contact.mean(axis=0) * beta.mean(axis=1)


def test_gains_are_those_planted_and_quick_wins_are_cheap_and_ours(tables):
    found = decided(STUDY, tables)
    truths = gains_of(responses_of(DESIGN, 40_000, seed=8))
    for name, truth in zip(found.index, truths, strict=True):
        half = (found.gain_high[name] - found.gain_low[name]) / 2
        assert abs(found.gain[name] - truth) < 1.6 * half, "three standard errors"
        assert half < 0.04
    assert set(found.gain_rank.nsmallest(3).index) == set(SUPERS)
    assert found.quick_win["t1"]
    assert not found.quick_win["t8"], "dear"
    assert not found.quick_win["t0"], "no gain to speak of"
    costless = described(STUDY, cost={"t1": None})
    assert decided(costless, tables).quick_win["t1"] is pd.NA
    theirs = described(STUDY, control={"t1": "low"})
    assert not decided(theirs, tables).quick_win["t1"]
    small = replace(STUDY, portfolio=Portfolio(step=0.05))
    half = decided(small, tables).gain / found.gain
    assert half.to_numpy(float) == pytest.approx(0.5)
    alone = tables | {"levers": tables["levers"].head(0)}
    assert decided(STUDY, alone).quick_win.isna().all()


def test_what_a_touchpoint_costs_decides_only_where_it_can_be_compared(tables):
    no_costs = described(STUDY, cost=dict.fromkeys((f"t{j}" for j in range(P)), None))
    found = decided(no_costs, tables)
    assert not (found.decision == "drop").any()
    assert found.evidence["t0"] == "cost_unknown"
    assert decided(described(no_costs, cost={"t0": 5.0}), tables).evidence["t0"] == "cost_unknown"
    lenient = replace(STUDY, portfolio=Portfolio(cost=1.0))
    dropped = decided(lenient, tables).decision == "drop"
    assert set(dropped[dropped].index) <= {"t6"}


def test_one_outcome_or_a_proxy_is_enough_to_decide(tables):
    first = replace(STUDY, outcomes=(replace(STUDY.outcomes[0], proxy=True),))
    responses = responses_of(DESIGN, 2500, seed=3)
    found = decided(first, tables_of(first, responses))
    assert set(found.evidence[list(SUPERS)]) == {"effect_loyalty"}
    assert found.proxy.all()
    assert found.lift_recommendation.isna().all()
    assert found.decision["t0"] == "drop"
    assert found.importance_low["t1"] < found.importance["t1"] < found.importance_high["t1"]


def test_what_cannot_be_judged_is_undecided_with_its_reason(tables):
    none = replace(STUDY, outcomes=())
    assert set(decided(none, tables).evidence) == {"no_outcome"}
    refused = tables | {
        "models": tables["models"].assign(admitted=False, p_value=np.nan),
        "importance": tables["importance"].head(0),
        "draws": tables["draws"].head(0),
    }
    found = decided(STUDY, refused)
    assert set(found.evidence) == {"model_refused"}
    assert found[[*CHOICES, "probability", "gain", "quick_win"]].isna().all(axis=None)
    verdict = tables["supertouchpoints"].copy()
    verdict.loc[verdict.touchpoint == "t0", "reach_ok"] = False
    verdict.loc[verdict.touchpoint == "t2", "base_ok"] = False
    few = decided(STUDY, tables, supertouchpoints=verdict)
    assert few.evidence[["t0", "t2"]].tolist() == ["reach", "base"]
    alike = tables["importance"].copy()
    alike.loc[alike.touchpoint == "t0", ["effect", "effect_low"]] = np.nan
    assert decided(STUDY, tables, importance=alike).evidence["t0"] == "not_told_apart"


def test_a_model_that_explains_nothing_decides_nothing():
    design = null(6)
    study = study_of(design)
    found = decided(study, tables_of(study, responses_of(design, 600, seed=5)))
    assert set(found.decision) == {"undecided"}
    assert set(found.evidence) == {"model_not_significant"}


def test_a_touchpoint_that_sells_is_not_dropped(tables):
    """No effect on loyalty and recommendation, but one on the purchase."""
    purchase = replace(STUDY.outcomes[0], id="purchase", role="purchase")
    study = replace(STUDY, outcomes=(*STUDY.outcomes, purchase))
    more = {
        name: pd.concat([table, own(table, name)])
        for name, table in tables.items()
        if name in ("models", "importance", "draws")
    }
    found = decided(study, tables, **more)
    assert found.evidence["t0"] == "works_on_purchase"
    assert found.p_drop["t0"] == 0


def own(table, name):
    """The loyalty's rows as the purchase's, with the effect of t1 at t0."""
    rows = table[table.outcome == "loyalty"].assign(outcome="purchase")
    if name != "models":
        swap = {"t0": "t1", "t1": "t0"}
        rows["touchpoint"] = rows.touchpoint.replace(swap)
    return rows


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), p=st.integers(1, 5), replicates=st.sampled_from([0, 2, 9]))
def test_each_touchpoint_gets_exactly_one_decision(seed, p, replicates):
    rng = np.random.default_rng(seed)
    study, tables = anything(rng, p, replicates)
    found = portfolio(study, tables)
    assert found.touchpoint.tolist() == [f"t{j}" for j in range(p)]
    undecided = found.decision == "undecided"
    chances = found[CHOICES]
    assert chances[undecided].isna().all(axis=None)
    known = chances[~undecided].dropna()
    assert known.sum(axis=1).to_numpy() == pytest.approx(1)
    assert len(known) == (~undecided).sum() or not replicates
    told = found[~undecided & found.p_drop.notna()]
    same = [row[f"p_{row.decision}"] == row.probability for _, row in told.iterrows()]
    assert all(same)
    assert ((found.with_touchpoint != "") == (found.decision == "recombine")).all()
    assert (found.evidence != "").all()
    dropped = found[found.decision == "drop"]
    assert (dropped.cost > 0).all()
    assert (dropped.control != "low").all()
    assert not found.quick_win.fillna(value=False)[
        ~found.decision.isin(["concentrate", "recombine"])
    ].any()


def anything(rng, p, replicates):
    """A study and tables of whatever holds numbers, with gaps anywhere."""

    def some(*shape, scale=1.0):
        values = rng.normal(0, scale, shape)
        return np.where(rng.random(shape) < 0.1, np.nan, values)

    def pick(*options):
        return {f"t{j}": options[rng.integers(len(options))] for j in range(p)}

    names = np.array([f"t{j}" for j in range(p)])
    study = described(
        study_of(planted(p, supers=1, lift=1.0)),
        cost=pick(None, 0.0, 5.0, 900.0),
        control=pick(None, "low", "high"),
        origin=pick(None, "indirect", "direct"),
        phase=pick("before", "after"),
    )
    asked = [item for item in study.outcomes if rng.random() < 0.9]
    study = replace(study, outcomes=tuple(asked))
    head = {"wave": "w1", "segment": ""}
    models, importance, draws, asymmetry, pairs = [], [], [], [], []
    for outcome in asked:
        admitted = rng.random() < 0.9
        p_model = rng.choice([0.0, 0.0, 0.9, np.nan])
        fit = {"admitted": admitted, "units": 50, "strata": 1, "p_value": p_model}
        models.append(head | {"outcome": outcome.id} | fit)
        of = head | {"outcome": outcome.id, "touchpoint": names}
        factor = rng.choice(["basic", "none", "undetermined"], p)
        asymmetry.append(pd.DataFrame(of | {
            "factor": factor, "probability_basic": np.abs(some(p, scale=0.2)).clip(0, 1),
            "risk": some(p), "risk_low": some(p)}))  # fmt: skip
        kinds = rng.choice(["synergy", "cannibalisation", "none"], p)
        pair = {"effect": some(p), "p_adjusted": rng.random(p), "kind": kinds}
        pairs.append(pd.DataFrame(of | {"other": np.roll(names, 1)} | pair).iloc[1:])
        if not admitted:
            continue
        importance.append(pd.DataFrame(of | {
            "component": "experience", "method": "lmg", "fair_share": 1 / p,
            "share": np.abs(some(p)).clip(0, 1), "share_low": 0.0, "share_high": 1.0,
            "lift": some(p), "importance": some(p, scale=0.05), "effect": some(p),
            "effect_low": some(p)}))  # fmt: skip
        b = replicates
        draws.append(pd.DataFrame({"wave": "w1", "outcome": outcome.id,
            "replicate": np.repeat(np.arange(b), p), "touchpoint": np.tile(names, b),
            "reach": 0.5, "mean": 3.0, "beta": some(b * p),
            "importance": some(b * p, scale=0.05),
            "share": np.abs(some(b * p)).clip(0, 1)}))  # fmt: skip
    level = {"n": 100, "n_eff": 90.0, "reach": rng.choice([0.0, 0.5, np.nan], p),
             "satisfaction": some(p), "satisfaction_low": some(p), "satisfaction_high": some(p),
             "disappointed": 0.1}  # fmt: skip
    flags = pd.array(rng.choice([True, True, True, False], p), dtype="boolean")
    verdicts = {"verdict": rng.choice(["super", "none", "candidate", "loyalty_builder"], p),
                "proxy": False, "reach_ok": flags, "base_ok": True}  # fmt: skip
    first, second = np.triu_indices(p, 1)
    frames = {
        "models": pd.DataFrame(models),
        "importance": joined(importance),
        "draws": joined(draws),
        "asymmetry": joined(asymmetry),
        "synergy": joined(pairs),
        "performance": pd.DataFrame(head | {"touchpoint": names} | level),
        "supertouchpoints": pd.DataFrame(head | {"touchpoint": names} | verdicts),
        "overlap": pd.DataFrame({"wave": "w1", "touchpoint": names[first], "other": names[second],
                                 "correlation": some(len(first)), "p_adjusted": 0.01}),
    }  # fmt: skip
    return study, frames


def joined(frames):
    return pd.concat(frames) if frames else pd.DataFrame()
