"""Are what-if intervals right, and what do chosen measures bring? Simulated studies.

    python benchmarks/whatif.py [STUDIES] [--n N]

Prints, per kind of sample and outcome: how often the interval of a gain holds the truth of the
linear association, and how often it holds the change that people whose experience is better by
that much really show (recommendation is rounded and ends at 10, NPS has its two thresholds). Then,
for measures chosen under a budget: by how much their gain is overrated, and how much of that the
replicates tell.
"""

import argparse
import time
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from supertouch.decisions.changes import Change
from supertouch.decisions.leverage import Aims, gains, levers
from supertouch.decisions.whatif import whatif
from supertouch.findings import analyze_wave
from supertouch.findings.scores import nps_score
from supertouch.simulate import Grouping, planted, population, responses_of, study_of
from supertouch.simulate.respondents import mean_rating
from supertouch.simulate.waves import Planted, changed

P, ROWS = 8, 1_000_000
CHUNK = 100_000
BETTER = {"t1": 0.4, "t3": 0.25, "t6": 0.6}
LEVEL = {"t4": 4.1}
STEP, SHARE = 0.3, 0.4
REGION = Grouping(
    "region", [0.6, 0.4], [1.0, 2.5], [0.0, 0.2], [0.0, -0.2], [[0.0, 0.0], [-0.1, -0.2]]
)
SAMPLES = {
    "complete": {},
    "half asked": {"ask_rate": 0.5},
    "weights, clusters of 10": {
        "cluster_size": 10, "strata": 4, "icc": 0.03, "groupings": (REGION,)
    },
}  # fmt: skip


def design_of(**changes):
    """Eight touchpoints, two of them supers, two idle, the same touchpoints' contacts at work."""
    first = planted(P, supers=2, lift=1.8, idle=2, reach=(0.95, 0.4))
    share = np.array([0.0, 0.3, 0.0, 0.25, 0.2, 0.35, 0.3, 0.0])
    outcomes = tuple(replace(item, gamma=share * item.noise) for item in first.outcomes)
    return replace(first, outcomes=outcomes, **changes)


def shifts(design):
    """How much better each touchpoint gets."""
    mean = mean_rating(design)
    better = np.zeros(P)
    for name, value in BETTER.items():
        better[int(name[1:])] = value
    for name, value in LEVEL.items():
        better[int(name[1:])] = value - mean[int(name[1:])]
    return better


def improved(design, better):
    """The design whose mean ratings are that much better, after rounding to the scale."""
    low, high = np.zeros(P), np.full(P, 4.0)
    for _ in range(40):
        middle = (low + high) / 2
        found = mean_rating(changed(design, Planted(quality=middle))) - mean_rating(design)
        low, high = np.where(found < better, middle, low), np.where(found < better, high, middle)
    return changed(design, Planted(quality=np.where(better == 0, 0.0, low)))


def people(design):
    """Contact and experience, and outcomes with the NPS score last, of the population."""
    centre = mean_rating(design)
    for number in range(ROWS // CHUNK):
        drawn = population(design, CHUNK, np.random.default_rng([3, number]))
        y = drawn.outcomes.astype(float)
        z = drawn.met * (drawn.rating - centre)
        yield (
            np.column_stack([z, drawn.met, np.ones(CHUNK)]),
            np.column_stack([y, nps_score(y[:, 1])]),
        )


def truths(design, better):
    """Gains by the population's own regression, and by what people show who are better off."""
    xx, xy, level, reach = 0.0, 0.0, 0.0, 0.0
    for x, y in people(design):
        xx, xy, level = xx + x.T @ x, xy + x.T @ y, level + y.mean(axis=0) * CHUNK / ROWS
        reach = reach + x[:, P : 2 * P].mean(axis=0) * CHUNK / ROWS
    slope = np.linalg.solve(xx, xy)[:P].T
    linear = slope * reach * better
    after = sum(y.mean(axis=0) for _, y in people(improved(design, better))) * CHUNK / ROWS
    return {"slope": slope * reach, "linear": linear, "shown": after - level}


KEYS = (("loyalty", "mean"), ("recommendation", "mean"), ("recommendation", "nps"))


def judged(table, truth):
    """Whether each interval holds the linear truth, and the sum what people really show."""
    rows = []
    for (outcome, unit), part in table.groupby(["outcome", "unit"], sort=False):
        k = KEYS.index((outcome, unit))
        for row in part.itertuples():
            alone = row.touchpoint != ""
            true = (
                truth["linear"][k, int(row.touchpoint[1:])] if alone else truth["linear"][k].sum()
            )
            shown = np.nan if alone else truth["shown"][k]
            held = [
                float(row.gain_low <= value <= row.gain_high) if value == value else np.nan
                for value in (true, shown)
            ]
            rows.append(
                {
                    "outcome": outcome, "unit": unit, "what": "each" if alone else "together",
                    "linear": held[0], "shown": held[1], "error": row.gain - true,
                    "width": row.gain_high - row.gain_low,
                }
            )  # fmt: skip
    return rows


def chosen(study, tables, truth, rng):
    """What the best measures under a budget are estimated to bring, bring, and what replicates say.

    Every touchpoint has a measure that makes it better by the same; costs are random.
    """
    names = [item.id for item in study.touchpoints]
    aims = Aims(np.full(P, STEP), np.full(P, np.nan), np.full(P, 1.0), np.full(P, 5.0))
    used = [item for item in levers(tables, names, wave="w1") if item.unit == "mean"]
    parts = [gains(item, aims) for item in used]
    spread = np.array([item.outcome_spread for item in used])
    value = np.mean([p.estimate / s for p, s in zip(parts, spread, strict=True)], axis=0)
    draws = np.mean([p.replicates / s for p, s in zip(parts, spread, strict=True)], axis=0)
    true = np.mean(truth["slope"][:2] * STEP / spread[:, None], axis=0)
    cost = rng.uniform(1.0, 3.0, P)
    sets = np.array(list(product((0.0, 1.0), repeat=P)))
    sets = sets[sets @ cost <= SHARE * cost.sum()]
    best = sets[(sets @ value).argmax()]
    again = sets[(sets @ draws.T).argmax(axis=0)]
    reach = 1.96 * (draws @ best).std(ddof=1)
    return {
        "estimated": best @ value, "true": best @ true, "best": (sets @ true).max(),
        "told": ((again * draws).sum(axis=1) - again @ value).mean(),
        "held": float(abs(best @ value - best @ true) <= reach),
    }  # fmt: skip


def run(studies, n):
    rows, picks = [], []
    for name, changes in SAMPLES.items():
        design = design_of(**changes)
        better = shifts(design)
        truth = truths(design, better)
        study = study_of(design)
        moves = [Change(k, improvement=v) for k, v in BETTER.items()]
        moves += [Change(k, level=v) for k, v in LEVEL.items()]
        for k, (outcome, unit) in enumerate(KEYS):
            linear, shown = truth["linear"][k].sum(), truth["shown"][k]
            print(f"{name}: {outcome} {unit} linear {linear:+.3f}, shown {shown:+.3f}")
        for number in range(studies):
            responses = responses_of(design, n, seed=[number, n])
            tables = analyze_wave(study, "w1", responses, complete=False)
            table = whatif(study, tables, moves, wave="w1")
            rows += [row | {"sample": name} for row in judged(table, truth)]
            pick = chosen(study, tables, truth, np.random.default_rng(number))
            picks.append(pick | {"sample": name})
    return pd.DataFrame(rows), pd.DataFrame(picks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("studies", nargs="?", type=int, default=300)
    parser.add_argument("--n", type=int, default=1000)
    given = parser.parse_args()
    start = time.perf_counter()
    rows, picks = run(given.studies, given.n)
    keys = ["sample", "outcome", "unit", "what"]
    print(rows.groupby(keys, sort=False).mean().round(3).to_string())
    found = picks.groupby("sample", sort=False).mean()
    found["overrated"] = found.estimated - found.true
    print(found.round(4).to_string())
    print(f"{given.studies} studies a sample, n = {given.n}: {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
