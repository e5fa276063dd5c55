"""Are synergies right, and how long does the mix take? Simulated studies and 100 touchpoints.

    python benchmarks/mix.py synergy [STUDIES] [--csv FILE]
    python benchmarks/mix.py speed

``synergy`` prints per kind of sample: the mean error of a planted synergy and of a planted
cannibalisation against what the whole population shows, how often 95 % intervals cover (planted
pairs, and pairs without any), how often any pair is called significant where nothing is planted
(two outcomes, each a family), and how often the planted pair is found. ``speed`` times
unduplicated reach, and the whole mix of a wave, with 100 touchpoints and 5,000 respondents.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from supertouch.findings import drivers
from supertouch.findings.answers import Cell, read_answers
from supertouch.findings.fitting import fit
from supertouch.findings.mix import funnel_tables, overlap_tables, reach_tables, synergy_table
from supertouch.findings.mix.reach import SECONDS
from supertouch.findings.models import multiplicity, prepare, together
from supertouch.simulate import Grouping, planted, population, responses_of, study_of, truth
from supertouch.stats import turf
from supertouch.study.model import Analysis

P = 10
GAIN, LOSS = (2, 5), (3, 7)
TRUTH_ROWS = 2_000_000
SAMPLES = {  # n, changes of the design
    "400, complete": (400, {}),
    "1000, complete": (1000, {}),
    "1000, heavy use 0.5": (1000, {"heavy_use": 0.5}),
    "1000, 40 % asked": (1000, {"ask_rate": [0.4] * P, "dont_know": 0.05}),
    "1000, 4 ratings at most": (1000, {"most_ratings": 4}),
    "1000, 8 % of contacts unknown": (1000, {"unknown_contact": 0.08}),
    "1000, content users, 40 % asked": (1000, {"content": True, "ask_rate": [0.4] * P}),
    "1500, clusters, weights": (
        1500,
        {"cluster_size": 15, "strata": 5, "icc": 0.05, "region": True},
    ),
    "3000, clusters, 40 % asked": (
        3000,
        {"cluster_size": 15, "strata": 5, "icc": 0.05, "region": True, "ask_rate": [0.4] * P},
    ),
}
EFFECT = 0.45
REACHES = ((0.05, 0.95), (0.05, 0.40), (0.02, 0.20))


def design_of(*, effect, heavy_use=0.3, content=False, region=False, **changes):
    """Ten touchpoints; one pair is worth more together, one less, in shares of the noise."""
    found = planted(P, supers=2, lift=1.8, idle=3, heavy_use=heavy_use, halo=0.3, reach=(0.8, 0.2))
    groups = []
    if content:
        groups.append(
            Grouping("users", [0.5, 0.5], [1, 1], [0.5, -0.5], [0.4, -0.4], np.zeros((2, 2)))
        )
    if region:
        groups.append(
            Grouping(
                "region", [0.6, 0.4], [1.0, 2.5], [0.0, 0.2], [0.0, -0.2], [[0, 0], [-0.1, -0.2]]
            )
        )
    outcomes = [
        replace(
            item,
            gamma=np.linspace(0.3, 0.0, P) * item.noise,
            synergy=((*GAIN, effect * item.noise), (*LOSS, -effect * item.noise)) if effect else (),
        )
        for item in found.outcomes
    ]
    return replace(found, outcomes=tuple(outcomes), groupings=tuple(groups), **changes)


def fitted(design, n, *, seed):
    """Fit the model of one simulated study; few replicates, since synergy does not rest on them."""
    study = study_of(design, analysis=Analysis(replicates=40))
    answers = read_answers(study, "w1", responses_of(design, n, seed=seed))
    cell = Cell("", "", np.ones(n, dtype=bool))
    model = prepare(study, answers, together(study, answers)[0], mask=cell.mask)
    effort = drivers.effort(study, cell, design.p)
    model = fit(
        study, model, multiplicity=multiplicity(study, answers.wave, answers.groups), effort=effort
    )
    return study, answers, cell, model


def table_of(design, n, *, seed):
    """Analyse one simulated study."""
    return synergy_table(*fitted(design, n, seed=seed))


def measured(name, studies):
    """Return the figures of one kind of sample as a row."""
    n, changes = SAMPLES[name]
    real, nothing = (design_of(effect=effect, **changes) for effect in (EFFECT, 0.0))
    known = truth(real, n=TRUTH_ROWS, rng=np.random.default_rng(1)).synergies
    true = pd.DataFrame([(s.outcome, f"t{s.first}", f"t{s.second}", s.found) for s in known])
    true.columns = ["outcome", "touchpoint", "other", "true"]
    tables = [
        (table_of(real, n, seed=[1, study]), table_of(nothing, n, seed=[2, study]))
        for study in range(studies)
    ]
    tables = [pair for pair in tables if len(pair[0]) and len(pair[1])]
    if not tables:
        return {"sample": name, "studies": 0}
    hits = pd.concat([table.merge(true) for table, _ in tables])
    nulls = [table for _, table in tables]
    every = pd.concat(nulls)
    families = [
        part.p_adjusted.min() <= 0.05 for table in nulls for _, part in table.groupby("outcome")
    ]
    error = (hits.effect - hits.true) * np.sign(hits.true) / hits.true.abs()
    covers = (hits.effect_low <= hits.true) & (hits.true <= hits.effect_high)
    return {
        "sample": name,
        "studies": len(tables),
        "pairs": len(every) / len(tables) / 2,
        "bias": error.mean(),
        "bias_error": error.std() / np.sqrt(len(error)),
        "covered": covers.mean(),
        "covered_nothing": (every.effect_low * every.effect_high <= 0).mean(),
        "false_family": np.mean(families),
        "found": (hits.kind != "none").mean(),
        "wrong_sign": ((hits.kind != "none") & (hits.effect * hits.true < 0)).mean(),
    }


def speed():
    """Tell the processor time of 100 touchpoints and 5,000 respondents."""
    rng = np.random.default_rng(2)
    for low, high in REACHES:
        design = planted(100, reach=(high, low), heavy_use=0.3)
        met = population(design, 5000, np.random.default_rng(1)).met
        weight = rng.uniform(0.5, 2.0, 5000)
        print(f"reach {low}-{high}: {len(turf.distinct(met, weight)[1])} patterns")
        start = time.process_time()
        greedy = turf.greedy_sets(met, weight, sizes=10)
        print(f"  greedy, all sizes: {time.process_time() - start:.2f} s")
        start = time.process_time()
        exact = turf.reach_sets(met, weight, sizes=10, seconds=SECONDS)
        print(f"  exact, all sizes: {time.process_time() - start:.2f} s")
        for one, other in zip(exact, greedy, strict=False):
            print(
                f"  {one.size:2d}  greedy {other.reach:.4f}  best {one.reach:.4f}"
                f"  bound {one.bound:.4f}  {'proven' if one.proven else 'not proven'}"
            )
    for low, high in REACHES:
        for unknown in (0.0, 0.002):
            design = planted(100, reach=(high, low), heavy_use=0.3)
            print(f"mix of a wave, reach {low}-{high}, {unknown:.1%} of contacts unknown")
            timed(replace(design, unknown_contact=unknown))


def timed(design):
    """Tell the processor time of each table of a wave's mix; two outcomes."""
    found, total = fitted(design, 5000, seed=3), 0.0
    for make, given in (
        (overlap_tables, found[:3]),
        (reach_tables, found[:3]),
        (funnel_tables, found[:3]),
        (synergy_table, found),
    ):
        start = time.process_time()
        make(*given)
        spent = time.process_time() - start
        total += spent
        print(f"  {make.__name__}: {spent:.1f} s")
    print(f"  together: {total:.1f} s")


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["synergy", "speed"])
    parser.add_argument("studies", nargs="?", type=int, default=400)
    parser.add_argument("--csv")
    parser.add_argument("--only", help="part of a sample's name")
    options = parser.parse_args()
    if options.what == "speed":
        speed()
        return
    rows = []
    for name in SAMPLES:
        if options.only and options.only not in name:
            continue
        start = time.perf_counter()
        rows.append(measured(name, options.studies))
        print({k: round(v, 4) if isinstance(v, float) else v for k, v in rows[-1].items()}, end=" ")
        print(f"{time.perf_counter() - start:.0f} s", flush=True)
    if options.csv:
        pd.DataFrame(rows).round(4).to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
