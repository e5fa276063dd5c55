"""The mix: overlap, synergy, reach sets and funnel against identities and simulated truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fitted_model import example, simulated
from simulated_study import responses_of, study_of
from supertouch.errors import UnsupportedError
from supertouch.findings import TABLES, analyze_wave, mix
from supertouch.findings.answers import Cell, read_answers
from supertouch.findings.mix import funnel_tables, overlap_tables, reach_tables, synergy_table
from supertouch.findings.mix.overlap import pairs_of
from supertouch.simulate import Grouping, planted, population, truth
from supertouch.simulate.respondents import met_both
from supertouch.stats import filling, synergy
from supertouch.stats.influence import Design
from supertouch.study.model import Analysis, Columns, StatusRule
from supertouch.tables import checked

P = 8
PAIR, LOSS = (1, 4), (2, 6)
FEW = Analysis(replicates=40)


def mixed(*, effect, **changes):
    design = planted(P, supers=2, lift=1.8, idle=2, heavy_use=0.4, reach=(0.8, 0.25))
    outcomes = [
        replace(
            item,
            gamma=np.linspace(0.3, 0, P) * item.noise,
            synergy=((*PAIR, effect * item.noise), (*LOSS, -effect * item.noise)) if effect else (),
        )
        for item in design.outcomes
    ]
    return replace(design, **({"outcomes": tuple(outcomes)} | changes))


def synergies_of(found):
    return checked(synergy_table(*found.four), table="synergy")


def whole(responses):
    return Cell("", "", np.ones(len(responses), dtype=bool))


def of_responses(make, responses, *, design=None, **changes):
    study = study_of(design or mixed(effect=0), **changes)
    return make(study, read_answers(study, "w1", responses), whole(responses))


@pytest.mark.parametrize("unknown", [0.0, 0.15])
def test_synergy_is_the_coefficient_of_the_product(unknown):
    """Weighted least squares with the product and the squared fit, pair by pair."""
    rng = np.random.default_rng(1)
    n = 600
    contact = (rng.random((n, 5)) < np.linspace(0.8, 0.3, 5)).astype(float)
    x = np.hstack([contact * rng.normal(size=(n, 5)), contact])
    y = x @ rng.normal(size=10) + 0.5 * contact[:, 0] * contact[:, 3] + rng.normal(size=n)
    weight = rng.uniform(0.5, 2, n)
    told = np.where(rng.random(contact.shape) < unknown, np.nan, contact)
    pairs, unit = pairs_of(5), np.arange(n) // 3
    units = Design(unit, np.arange(n // 3) % 4)
    found = synergy.synergies(told, x, y, pairs=pairs, weight=weight, design=units)
    root = np.sqrt(weight)[:, None]
    straight = np.column_stack([np.ones(n), x])
    fit = straight @ np.linalg.lstsq(straight * root, y * root[:, 0], rcond=None)[0]
    bend = (fit - np.average(fit, weights=weight)) ** 2
    for (j, k), effect, count in zip(pairs, found.effect, found.n, strict=True):
        rows = ~np.isnan(told[:, j] + told[:, k])
        columns = np.column_stack([straight, bend, contact[:, j] * contact[:, k]])
        own = np.linalg.lstsq((columns * root)[rows], (y * root[:, 0])[rows], rcond=None)[0]
        assert effect == pytest.approx(own[-1], abs=1e-6)
        assert count == rows.sum()
    assert np.all(found.degrees <= units.degrees)
    assert np.all((found.error > 0.5 / np.sqrt(n)) & (found.error < 20 / np.sqrt(n)))


def test_errors_are_the_textbook_ones():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(2)
    contact = (rng.random((300, 4)) < 0.5).astype(float)
    y = contact.sum(axis=1) + rng.normal(size=300)
    units = Design(np.arange(300), np.zeros(300, dtype=np.intp))
    found = synergy.synergies(
        contact, contact, y, pairs=np.array([[0, 1]]), weight=np.ones(300), design=units
    )
    fit = sm.OLS(y, sm.add_constant(contact)).fit().fittedvalues
    columns = [np.ones(300), contact, (fit - fit.mean()) ** 2, contact[:, 0] * contact[:, 1]]
    own = sm.OLS(y, np.column_stack(columns)).fit(cov_type="HC3")
    assert found.effect[0] == pytest.approx(own.params[-1])
    assert found.error[0] == pytest.approx(own.bse[-1], rel=0.005)


@pytest.mark.parametrize(
    "changes",
    [
        {"ask_rate": [0.4] * P, "dont_know": 0.05, "unknown_contact": 0.03},
        {"cluster_size": 10, "strata": 4, "icc": 0.05},
    ],
)
def test_planted_synergy_is_found_and_nothing_else(changes):
    real = mixed(effect=0.8, **changes)
    known = truth(real, n=300_000, rng=np.random.default_rng(1)).synergies
    found = [synergies_of(simulated(real, 2500, seed=[5, i], analysis=FEW)) for i in range(4)]
    away, covered = [], []
    for item in known:
        for table in found:
            row = table[
                (table.outcome == item.outcome)
                & (table.touchpoint == f"t{item.first}")
                & (table.other == f"t{item.second}")
            ].iloc[0]
            away.append((row.effect - item.found) / abs(item.found))
            covered.append(row.effect_low <= item.found <= row.effect_high)
            assert row.kind in {"none", "synergy" if item.found > 0 else "cannibalisation"}
    assert abs(np.mean(away)) < 0.15
    assert np.mean(covered) >= 0.75
    nothing = [
        synergies_of(simulated(mixed(effect=0.0, **changes), 700, seed=[6, i], analysis=FEW))
        for i in range(6)
    ]
    families = [part.p_adjusted.min() <= 0.05 for t in nothing for _, part in t.groupby("outcome")]
    assert len(families) == 12
    assert sum(families) <= 3
    within = pd.concat(nothing)
    assert 0.88 < (within.effect_low * within.effect_high <= 0).mean() <= 1


def test_planting_a_synergy_changes_nothing_else():
    """The same people meet and rate the same; the level stays, and the population shows it."""
    plain, real = mixed(effect=0), mixed(effect=0.5)
    people = [population(design, 50_000, np.random.default_rng(1)) for design in (plain, real)]
    assert (people[0].met == people[1].met).all()
    assert (people[0].rating == people[1].rating).all()
    assert (people[0].outcomes != people[1].outcomes).any()
    level = [one.outcomes.mean(axis=0) for one in people]
    np.testing.assert_allclose(level[1], level[0], atol=0.03)
    exact = replace(
        real,
        outcomes=tuple(
            replace(o, kind="continuous", items=1, reversed_items=()) for o in real.outcomes
        ),
    )
    found = truth(exact, n=200_000, rng=np.random.default_rng(1)).synergies
    assert {(s.first, s.second) for s in found} == {PAIR, LOSS}
    for item in found:
        assert item.found == pytest.approx(item.planted, rel=0.1)
    both = people[0].met[:, list(PAIR)].all(axis=1).mean()
    assert met_both(plain, *PAIR) == pytest.approx(both, abs=0.01)
    with pytest.raises(UnsupportedError, match="pairs of different touchpoints"):
        mixed(effect=0.0, outcomes=(replace(plain.outcomes[0], synergy=((1, 1, 0.5),)),))


def test_pairs_need_a_base_in_each_cell():
    found = simulated(mixed(effect=0.5), 400, seed=3, analysis=FEW)
    table = synergies_of(found)
    contact = found.answers.contact
    names = [item.id for item in found.answers.touchpoints]
    told = set(zip(table.touchpoint, table.other, strict=True))
    for j, k in pairs_of(P):
        both = [((contact[:, j] == a) & (contact[:, k] == b)).sum() for a in (0, 1) for b in (0, 1)]
        assert ((names[j], names[k]) in told) == (min(both) >= FEW.min_pair)
    assert set(table.outcome) == {"loyalty", "recommendation"}
    assert table.n.eq(400).all()


def test_filled_ratings_are_those_of_meeters():
    """Users of the second touchpoint rate the first better; filling must not lose that."""
    rng = np.random.default_rng(4)
    contact = (rng.random((4000, 3)) < 0.6).astype(float)
    rating = 3 + contact[:, [1]] * [1.0, 0, 0] + rng.normal(size=contact.shape)
    rating = np.where(contact == 1, rating, np.nan)
    asked = np.where(rng.random(contact.shape) < 0.4, rating, np.nan)
    filled = filling.filled_experience(asked, contact=contact, weight=np.ones(4000))
    gone = np.isnan(asked[:, 0]) & (contact[:, 0] == 1)
    step = (
        filled[gone & (contact[:, 1] == 1), 0].mean()
        - filled[gone & (contact[:, 1] == 0), 0].mean()
    )
    assert step == pytest.approx(1.0, abs=0.2)
    assert (filled[contact == 0] == 0).all()
    rated = ~np.isnan(asked)
    np.testing.assert_allclose(
        filled[rated] - (asked - np.nanmean(asked, axis=0))[rated], 0, atol=1e-9
    )


def test_overlap_is_the_correlation_of_contacts():
    design = mixed(effect=0, unknown_contact=0.1)
    responses = responses_of(design, 1500, seed=4)
    table, told = of_responses(overlap_tables, responses)
    table = checked(table, table="overlap")
    assert len(table) == P * (P - 1) / 2
    assert not len(told)
    contact = responses[[f"t{j}.contact" for j in range(P)]].astype("float64").to_numpy()
    for row in table.itertuples():
        j, k = int(row.touchpoint[1:]), int(row.other[1:])
        a, b = contact[~np.isnan(contact[:, j] + contact[:, k])][:, [j, k]].T
        assert row.n == len(a)
        assert row.n_both == (a * b).sum()
        assert row.correlation == pytest.approx(np.corrcoef(a, b)[0, 1])
        assert row.both == pytest.approx((a * b).mean())
        assert row.lift == pytest.approx((a * b).mean() / a.mean() / b.mean())
        assert row.jaccard == pytest.approx((a * b).sum() / np.maximum(a, b).sum())
        assert row.correlation_low < row.correlation < row.correlation_high
    spread = (table.correlation_high - table.correlation_low) / 2 / 1.96
    np.testing.assert_allclose(spread, 1 / np.sqrt(table.n), rtol=0.25)


def test_overlap_widens_with_clusters_and_tells_of_one_question():
    apart = responses_of(mixed(effect=0), 1200, seed=5)
    together = apart.assign(cluster=(np.arange(1200) // 2).astype(str))
    doubled = pd.concat([together[::2], together[::2]], ignore_index=True)
    width = []
    for responses in (apart[::2], doubled):
        table, _ = of_responses(overlap_tables, responses.reset_index(drop=True))
        width.append(table.correlation_high - table.correlation_low)
    np.testing.assert_allclose(width[1], width[0], rtol=0.05)
    same = apart.assign(**{"t1.contact": apart["t0.contact"]})
    table, told = of_responses(overlap_tables, same)
    assert told.code.tolist() == ["same_contact"]
    assert told.subject.tolist() == ["t0 t1"]
    assert np.isnan(table.correlation[0])
    assert checked(table, table="overlap").correlation[1:].notna().all()


def test_lower_bound_and_what_it_leaves_open():
    """Delighted of those asked; what is not known could at most add ``reach_unknown``."""
    responses = responses_of(mixed(effect=0), 800, seed=6)
    full, _ = of_responses(reach_tables, responses)
    gone = np.random.default_rng(1).random((800, P)) < 0.15
    asked = responses.copy()
    for j in range(P):
        asked[f"t{j}.rating"] = asked[f"t{j}.rating"].mask(gone[:, j])
    part, told = of_responses(reach_tables, asked)
    full, part = (checked(table, table="reach_sets") for table in (full, part))
    assert not len(told)
    assert full.proven[full.method == "exact"].all()
    assert (full.reach_unknown == 0).all()
    met = full.criterion == "met"
    assert part.reach[met].tolist() == full.reach[met].tolist()
    one, other = full[~met & (full.method == "exact")], part[~met & (part.method == "exact")]
    assert (other.reach < one.reach).all()
    same = one.touchpoints.to_numpy() == other.touchpoints.to_numpy()
    assert same.sum() >= 2
    most = (other.reach + other.reach_unknown).to_numpy()
    assert (most >= one.reach.to_numpy() - 1e-9)[same].all()
    assert (full.reach <= full.bound).all()
    assert ((full.reach_low <= full.reach) & (full.reach <= full.reach_high)).all()


def test_what_is_mostly_unknown_stays_out_and_is_named():
    responses = responses_of(mixed(effect=0), 600, seed=7)
    split = responses.assign(
        **{"t3.contact": responses["t3.contact"].mask(np.arange(600) % 2 == 0)}
    )
    split["t3.rating"] = split["t3.rating"].mask(np.arange(600) % 2 == 0)
    table, told = of_responses(reach_tables, split)
    assert (table.n == 600).all()
    assert not table.touchpoints.str.split().map(lambda ids: "t3" in ids).any()
    codes = told.set_index("code").value
    assert codes["reach_sets_met_contact_unknown"] == pytest.approx(0.5)
    funnel, told = of_responses(funnel_tables, split)
    assert funnel.n_touchpoints.sum() == P - 1
    assert "funnel_contact_unknown" in set(told.code)
    nobody = responses.assign(
        **{
            f"t{j}.contact": responses[f"t{j}.contact"].mask(np.arange(600) % 2 == 0)
            for j in range(P)
        }
    )
    nobody = nobody.assign(**{f"t{j}.rating": np.nan for j in range(P)})
    for make, code in (
        (reach_tables, "reach_sets_met_touchpoints"),
        (funnel_tables, "funnel_touchpoints"),
    ):
        table, told = of_responses(make, nobody)
        assert table.empty
        assert code in set(told.code)
    table, told = of_responses(reach_tables, responses[:40])
    assert table.empty
    assert {"reach_sets_met_base", "reach_sets_delighted_base"} <= set(told.code)


def test_funnel_multiplies_and_hides_small_statuses():
    responses = responses_of(mixed(effect=0), 900, seed=8)
    status = np.array(["current"] * 600 + ["former"] * 295 + ["potential"] * 5, dtype=object)
    table, told = of_responses(
        funnel_tables,
        responses.assign(status=status),
        status=StatusRule(Columns("s"), {"current": (1,), "former": (2,), "potential": (3,)}),
    )
    table = checked(table, table="funnel")
    assert set(table.status) == {"", "current"}
    assert set(told.subject[told.code == "funnel_status_base"]) == {"former", "potential"}
    for _, part in table.groupby("status"):
        np.testing.assert_allclose(part.through, part.passed.cumprod())
        assert (part.through <= part.met + 1e-12).all()
        assert ((part.met_low <= part.met) & (part.met <= part.met_high)).all()
    contact = responses[[f"t{j}.contact" for j in range(P)]].astype(float).to_numpy()
    before = contact[:, [j for j in range(P) if j * 3 // P == 0]].any(axis=1)
    assert table.met[0] == pytest.approx(before.mean())


def test_weights_count_by_their_ratio_only():
    region = Grouping("region", [0.5, 0.5], [1, 3], [0.3, -0.3], [0, 0], np.zeros((2, 2)))
    responses = responses_of(mixed(effect=0, groupings=(region,)), 800, seed=9)
    scaled = responses.assign(weight=responses.weight * 7)
    for make in (overlap_tables, reach_tables, funnel_tables):
        pd.testing.assert_frame_equal(
            of_responses(make, responses)[0], of_responses(make, scaled)[0]
        )


def contacts(responses, places, change):
    """Change contacts of touchpoints and keep ratings to those who met them."""
    changed = responses.copy()
    for j in places:
        met = change(changed[f"t{j}.contact"])
        rating = changed[f"t{j}.rating"].fillna(3.0).where(met == 1)
        changed = changed.assign(**{f"t{j}.contact": met, f"t{j}.rating": rating})
    return changed


def same_but_one(responses):
    same = responses.assign(
        **{"t1.contact": responses["t0.contact"], "t1.rating": responses["t0.rating"]}
    )
    odd = np.flatnonzero(responses["t0.contact"] == 1)[0]
    same.loc[odd, "t1.contact"], same.loc[odd, "t1.rating"] = 0.0, np.nan
    return same


def weights(responses, first, weight):
    return responses.assign(weight=np.where(np.arange(len(responses)) < first, weight, 1.0))


EVERY, HOLES = range(P), np.arange(500) % 9 == 0
ODD = {  # change of a study of 500, who can have a synergy
    "no contact question": (
        lambda r: contacts(r, EVERY, lambda met: met.where(met == 1)),
        set(),
    ),
    "everybody met everything": (lambda r: contacts(r, EVERY, lambda met: met * 0 + 1), set()),
    "everybody met one, where known": (
        lambda r: contacts(r, [0], lambda met: (met * 0 + 1).mask(HOLES)),
        {*EVERY} - {0},
    ),
    "nobody met one": (lambda r: contacts(r, [0], lambda met: met * 0), {*EVERY} - {0}),
    "one contact question for two": (
        lambda r: contacts(
            r.assign(**{"t1.contact": r["t0.contact"]}), [0, 1], lambda met: met.mask(HOLES)
        ),
        {*EVERY},
    ),
    "two contacts but for one person": (same_but_one, {*EVERY}),
    "no ratings": (lambda r: r.assign(**{f"t{j}.rating": np.nan for j in EVERY}), set()),
    "no ratings of one": (lambda r: r.assign(**{"t0.rating": np.nan}), {*EVERY} - {0}),
    "nobody is delighted": (
        lambda r: r.assign(**{f"t{j}.rating": r[f"t{j}.rating"].clip(upper=4) for j in EVERY}),
        {*EVERY},
    ),
    "nobody met anything": (lambda r: contacts(r, EVERY, lambda met: met * 0), set()),
    "three people": (lambda r: r[:3], set()),
    "half of the weights are zero": (lambda r: weights(r, 250, 0.0), {*EVERY}),
    "all weights but three are zero": (lambda r: weights(r, 497, 0.0), set()),
    "one weight outweighs all": (lambda r: weights(r, 1, 1e9), set()),
    "huge weights and no contact question": (
        lambda r: contacts(weights(r, 250, 1e6), EVERY, lambda met: met.where(met == 1)),
        set(),
    ),
    "the outcomes are constant": (
        lambda r: r.assign(**{c: 3.0 for c in r if c.endswith(".score")}),
        set(),
    ),
    "few large clusters": (lambda r: r.assign(cluster=(np.arange(500) // 50).astype(str)), set()),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_studies_have_no_synergy_where_contact_does_not_vary(name):
    """No such study stops the analysis; pairs that cannot tell of synergy have no row."""
    change, able = ODD[name]
    responses = change(responses_of(mixed(effect=0), 500, seed=11))
    found = analyze_wave(study_of(mixed(effect=0), analysis=FEW), "w1", responses)
    pairs = found["synergy"]
    assert {*pairs.touchpoint, *pairs.other} <= {f"t{j}" for j in able}
    assert len(pairs) > 0 or not able
    told = pairs[pairs.effect.notna()]
    assert (told.effect_low < told.effect_high).all()
    assert (told.effect.abs() < 10).all()
    sets = found["reach_sets"]
    nobody = found["diagnostics"].code.str.endswith("_nobody").any()
    assert nobody == (name in {"nobody is delighted", "nobody met anything"})
    for _, part in sets[sets.method == "exact"].groupby("criterion"):
        assert part.reach.is_monotonic_increasing
        assert part.reach.is_unique
        assert part["size"].tolist() == list(range(1, len(part) + 1))


@pytest.mark.parametrize("p", [1, 2, 3])
def test_few_touchpoints_are_a_study_too(p):
    design = planted(p, supers=1, idle=0, reach=(0.6, 0.4))
    responses = responses_of(design, 900, seed=12)
    found = analyze_wave(study_of(design, analysis=FEW), "w1", responses)
    assert len(found["overlap"]) == p * (p - 1) / 2
    assert len(found["synergy"]) == 2 * len(found["overlap"])
    assert len(found["funnel"]) == len({j * 3 // p for j in range(p)})
    assert found["reach_sets"].groupby(["criterion", "method"]).size().eq(p).all()
    assert found["reach_sets"].empty == (p == 1)


def test_reach_ends_where_everybody_is_reached():
    """Sets beyond would be filled with any touchpoints; greedy ones may need one more."""
    responses = contacts(responses_of(mixed(effect=0), 300, seed=13), [3], lambda met: met * 0 + 1)
    table, told = of_responses(reach_tables, responses)
    met = checked(table, table="reach_sets").query("criterion == 'met'")
    assert met[["method", "size", "touchpoints", "reach"]].to_numpy().tolist() == [
        ["exact", 1, "t3", 1.0],
        ["greedy", 1, "t3", 1.0],
    ]
    assert met.proven.all()
    assert not len(told)
    trap = responses.copy()
    columns = np.zeros((300, P))
    columns[50:250, 0] = columns[:150, 1] = columns[150:, 2] = 1
    trap = trap.assign(**{f"t{j}.contact": columns[:, j] for j in range(P)})
    trap = trap.assign(**{f"t{j}.rating": 3.0 * (columns[:, j] == 1) for j in range(P)})
    table, _ = of_responses(reach_tables, trap)
    met = (
        checked(table, table="reach_sets").query("criterion == 'met'").set_index(["method", "size"])
    )
    assert met.touchpoints["exact"].tolist() == ["t0", "t1 t2"]
    assert met.touchpoints["greedy"].tolist() == ["t0", "t0 t1", "t0 t1 t2"]
    assert met.reach.groupby("method").last().eq(1).all()
    assert met.proven["greedy"].tolist() == [True, False, True]


@pytest.mark.parametrize("unit", [1e-4, 1.0, 1e6])
def test_an_outcomes_unit_changes_nothing_but_the_unit(unit):
    """Also of two touchpoints met by different people: their fit has no bend of its own."""
    rng = np.random.default_rng(3)
    contact = (rng.random((400, 3)) < 0.5).astype(float)
    y = contact @ [1.0, 0.5, 0.0] + rng.normal(size=400)
    units = Design(np.arange(400), np.zeros(400, dtype=np.intp))
    for columns, pairs in ((contact, pairs_of(3)), (contact[:, :1], np.array([[0, 1]]))):
        one, other = (
            synergy.synergies(
                contact, columns, y * by, pairs=pairs, weight=np.ones(400), design=units
            )
            for by in (1.0, unit)
        )
        np.testing.assert_allclose(other.effect / unit, one.effect, atol=1e-7)
        np.testing.assert_allclose(other.error / unit, one.error, rtol=1e-6)


def test_what_does_not_vary_is_filled_as_what_it_is():
    met = np.array([[1, 1, 0], [1, np.nan, 0], [np.nan, 0, 0], [1, 1, np.nan], [1, 0, 0]])
    met = np.column_stack([met, np.full(5, np.nan)])
    filled = filling.filled_contact(met, weight=np.ones(5))
    np.testing.assert_allclose(filled[:, [0, 2, 3]], [[1, 0, 0]] * 5)
    np.testing.assert_allclose(filled[1, 1], 0.5, atol=0.01)
    told = np.isfinite(met)
    assert (filled[told] == met[told]).all()
    for scale in (1e-9, 1.0, 1e12):
        ratings = filling.filled_experience(
            np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan]]),
            contact=np.ones((3, 2)),
            weight=np.full(3, scale),
        )
        np.testing.assert_allclose(ratings, [[-0.5, 0], [0.5, 0], [0, 0]], atol=1e-6)


def test_the_tables_of_a_wave_are_wired():
    assert set(mix.TABLES) <= set(TABLES)
    found = simulated(mixed(effect=0.5), 500, seed=10, analysis=FEW)
    names = [name for name, _ in mix.tables(*found.four[:3], [found.model])]
    assert set(names) == {*mix.TABLES, "diagnostics"}


def test_airport_visitors_meet_boarding_and_no_synergy_is_claimed():
    """The airport's survey: nearly everybody boards; nothing beyond single contacts is found."""
    study, responses = example("sfo", "2016", "sfo", "raw")
    answers = read_answers(study, "2016", responses)
    table, told = reach_tables(study, answers, whole(responses))
    first = table[(table.criterion == "met") & (table["size"] == 1) & (table.method == "exact")]
    assert first.touchpoints.item() == "boarding"
    assert first.reach.item() > 0.99
    assert table.proven[table.method == "exact"].all()
    assert "reach_sets_met_complete" in set(told.code)
    overlap, _ = overlap_tables(study, answers, whole(responses))
    pairs = overlap.set_index(["touchpoint", "other"]).correlation
    assert pairs.idxmax() == ("info_dep", "info_arr")


def test_a_survey_without_a_contact_question_is_analysed():
    """Mobile phone customers: who answered a rating met the touchpoint, of others it is unknown."""
    study, responses = example("mobiles", "week1", "spss")
    study = replace(study, analysis=replace(study.analysis, replicates=100))
    found = analyze_wave(study, "week1", responses)
    assert set(found) == set(TABLES)
    assert found["synergy"].empty
    assert found["models"].r2.notna().all()
    assert found["importance"].share.notna().any()
    overlap = found["overlap"]
    assert len(overlap) == 36
    assert overlap.both.eq(1).all()
    assert overlap.correlation.isna().all()
    sets = found["reach_sets"].set_index(["criterion", "method", "size"])
    assert sets.loc["met"].reach.tolist() == [1.0, 1.0]
    assert sets.loc["delighted", "exact"].reach.is_monotonic_increasing
    assert found["funnel"].through.eq(1).all()
