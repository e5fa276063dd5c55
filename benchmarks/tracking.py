"""Are changes between waves right? Pairs of simulated waves with planted changes, tracked.

    python benchmarks/tracking.py [STUDIES] [--csv FILE]

Prints, per kind of sample and measure: how often the intervals of changes hold the population's
change; how often a change is found where there is none, per test and per family of adjusted
tests; and how often a change of the size given as detectable is found.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from supertouch.findings.tracking import track
from supertouch.simulate import Grouping, planted, population, study_of, truth
from supertouch.simulate.respondents import mean_rating
from supertouch.simulate.waves import Planted, changed, wave_pair
from supertouch.stats.decomposition import ModelMean, decompose
from supertouch.study.model import Tracking

P = 8
WAVES = ("w1", "w2")
TRUTH_ROWS = 1_000_000
ALPHA = 0.05
SAMPLES = {  # n, share of units that come back, whether clustered and weighted
    "500 independent": (500, 0.0, False),
    "1500 independent": (1500, 0.0, False),
    "3000 independent": (3000, 0.0, False),
    "1000 panel 50 %": (1000, 0.5, False),
    "1000 panel 100 %": (1000, 1.0, False),
    "2000 clusters, weights": (2000, 0.0, True),
    "2000 clusters, panel": (2000, 0.5, True),
}


def designs(*, change, clustered):
    """Two waves' designs: eight touchpoints, two of them idle; nothing changes, or three do."""
    first = sought()
    if clustered:
        region = Grouping(
            "region", [0.6, 0.4], [1.0, 2.5], [0.0, 0.2], [0.0, -0.2], [[0.0, 0.0], [-0.1, -0.2]]
        )
        first = replace(first, cluster_size=10, strata=4, icc=0.03, groupings=(region,))
    works = np.flatnonzero(first.outcomes[0].beta > 0)
    reach, quality, effect = np.zeros((3, P))
    reach[works[1]], quality[works[2]], effect[works[3]] = 0.10, 0.25, 0.6
    what = Planted(reach=reach, quality=quality, effect=effect, level=0.05)
    return first, changed(first, what if change else Planted())


def sought():
    """Eight touchpoints, two of them idle; meeting five of them goes with better outcomes."""
    first = planted(P, supers=2, lift=1.8, idle=2)
    share = np.array([0.0, 0.3, 0.0, 0.25, 0.2, 0.35, 0.3, 0.0])
    outcomes = [replace(item, gamma=share * item.noise) for item in first.outcomes]
    return replace(first, outcomes=tuple(outcomes))


def true_values(pair):
    """Population change of every measure, by (measure, component, outcome, touchpoint)."""
    if pair[0] is pair[1]:
        return {}
    sides = _truths(pair)
    shares = [_bands(design) for design in pair]
    before, after = sides
    known = {}
    for j in range(P):
        name = f"t{j}"
        known["reach", "", "", name] = after.reach[j] - before.reach[j]
        known["satisfaction", "", "", name] = after.mean[j] - before.mean[j]
        for measure, at in (("disappointed", 0), ("delighted", 1)):
            known[measure, "", "", name] = shares[1][at][j] - shares[0][at][j]
    for k, outcome in enumerate(before.outcomes):
        for measure, field in (("mean", "level"), ("nps", "nps"), ("r2", "r2")):
            values = [getattr(side, field)[k] for side in sides]
            known[measure, "", outcome, ""] = values[1] - values[0]
        for component, fields in _FIELDS.items():
            for measure, field in fields.items():
                difference = getattr(after, field)[k] - getattr(before, field)[k]
                for j in range(P):
                    known[measure, component, outcome, f"t{j}"] = difference[j]
        known |= _parts(sides, k, outcome)
    return known


_FIELDS = {
    "experience": {"effect": "beta", "importance": "experience", "share": "experience_share"},
    "contact": {"effect": "gamma", "importance": "contact", "share": "contact_share"},
}


def _bands(design):
    people = population(design, TRUTH_ROWS // 4, np.random.default_rng(2))
    met = people.met.sum(axis=0)
    return [
        (people.met & flag).sum(axis=0) / met for flag in (people.rating <= 2, people.rating >= 5)
    ]


def _parts(sides, k, outcome):
    means = [
        ModelMean(s.level[k], s.reach, s.mean, s.beta[k], s.gamma[k], np.ones(P, dtype=bool))
        for s in sides
    ]
    weights = [side.reach for side in sides]
    centre = sum(w * s.mean for w, s in zip(weights, sides, strict=True)) / sum(weights)
    parts = decompose(*means, centre=centre)
    known = {("rest", "part", outcome, ""): parts.rest, ("total", "part", outcome, ""): parts.total}
    for part in ("reach", "experience", "effect"):
        values = getattr(parts, part)
        known[part, "part", outcome, ""] = values.sum()
        for j in range(P):
            known[part, "part", outcome, f"t{j}"] = values[j]
    return known


def tracked(pair, n, overlap, seed):
    """The changes found in one study, as one long table."""
    frames = dict(zip(WAVES, wave_pair(*pair, n, seed=seed, overlap=overlap), strict=True))
    study = study_of(
        pair[0], waves=WAVES, panel=overlap > 0, tracking=Tracking(compare=("previous",))
    )
    found = track(study, frames, {})
    changes = found["tracking"]
    changes = changes[changes.weighted & (changes.measure != "rank")]
    parts = found["change_explained"].rename(columns={"part": "measure"}).assign(component="part")
    return pd.concat([changes, parts])


def judged(rows, known):
    """Whether each interval holds the truth, and each test finds what is not there.

    The effect part of a touchpoint without a column of contact is another number than the truth
    here, which has one; it is left out.
    """
    keys = list(zip(rows.measure, rows.component, rows.outcome, rows.touchpoint, strict=True))
    true = np.array([known.get(key, 0.0) for key in keys])
    inside = (rows.change_low <= true) & (true <= rows.change_high)
    contact = set(rows.touchpoint[rows.component == "contact"])
    elsewhere = (rows.component == "part") & (rows.measure == "effect") & (rows.touchpoint != "")
    held = rows.change_low.notna() & ~(elsewhere & ~rows.touchpoint.isin(contact))
    return rows.assign(
        true=true,
        inside=inside.astype(float).where(held),
        found=(rows.p_value < ALPHA).astype(float).where(rows.p_value.notna()),
        claimed=(rows.p_adjusted <= ALPHA).astype(float).where(rows.p_adjusted.notna()),
        kind=rows.measure.where(rows.component != "part", "part: " + rows.measure)
        .where(rows.component != "contact", rows.measure + " (contact)")
        .where((rows.component != "part") | (rows.touchpoint != ""), "sum: " + rows.measure),
    )


def run(name, sample, *, change, studies):
    n, overlap, clustered = sample
    pair = designs(change=change, clustered=clustered)
    known = true_values(pair) if change else {}
    rows = [
        judged(tracked(pair, n, overlap, [number, n, int(change)]), known).assign(study=number)
        for number in range(studies)
    ]
    table = pd.concat(rows, ignore_index=True)
    families = table.groupby(["kind", "study", "outcome"], sort=False)["claimed"].max()
    per_family = families.groupby("kind", sort=False).mean()
    kinds = table.groupby("kind", sort=False)
    result = kinds[["inside", "found"]].mean()
    result["intervals"] = kinds["inside"].count()
    return result.assign(family=per_family, sample=name, change=change).reset_index()


def power(studies, *, n=1500, overlap=0.0):
    """How often a change as large as the one given as detectable is found, by measure."""
    first = sought()
    pilot = pd.concat([tracked((first, first), n, overlap, [number, 77]) for number in range(4)])
    rows = []
    for measure, (key, plant, value) in _PLANTS.items():
        size = _of(pilot, measure, key)["detectable"].mean()
        after = changed(first, plant(first, size))
        before, after_truth = _truths((first, after))
        after = changed(first, plant(first, size**2 / (value(after_truth) - value(before))))
        sides = _truths((first, after))
        found = pd.concat(
            [
                _of(tracked((first, after), n, overlap, [number, 78]), measure, key)
                for number in range(studies)
            ]
        )
        rows.append(
            {
                "measure": measure,
                "detectable": size,
                "planted": value(sides[1]) - value(sides[0]),
                "found": (found.p_value < ALPHA).mean(),
            }
        )
    return pd.DataFrame(rows).assign(n=n, overlap=overlap, studies=studies)


def _truths(pair):
    return [truth(design, n=TRUTH_ROWS, rng=np.random.default_rng(1)) for design in pair]


def _of(rows, measure, key):
    touchpoint, outcome = key
    own = (rows.measure == measure) & (rows.touchpoint == touchpoint) & (rows.outcome == outcome)
    return rows[own & rows.component.isin(["", "experience"])]


def _one(size):
    return np.eye(P)[AT] * size


def _better(design, size):
    """Find the rise of the experience that raises the mean rating by ``size``."""
    steps = np.linspace(0, 3 * size, 40)
    means = [mean_rating(replace(design, mean=design.mean + step))[AT] for step in steps]
    return Planted(quality=_one(np.interp(size, np.array(means) - means[0], steps)))


AT = 3
_PLANTS = {
    "reach": (
        (f"t{AT}", ""),
        lambda design, size: Planted(reach=_one(size)),
        lambda side: side.reach[AT],
    ),
    "satisfaction": ((f"t{AT}", ""), _better, lambda side: side.mean[AT]),
    "effect": (
        (f"t{AT}", "recommendation"),
        lambda design, size: Planted(effect=_one(size / design.outcomes[1].beta[AT])),
        lambda side: side.beta[1, AT],
    ),
    "mean": (
        ("", "recommendation"),
        lambda design, size: Planted(level=size),
        lambda side: side.level[1],
    ),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", type=int, nargs="?", default=60)
    parser.add_argument("--csv", help="write the table here too")
    parser.add_argument("--power", action="store_true", help="only the power of 'detectable'")
    parser.add_argument("--samples", nargs="*", default=list(SAMPLES))
    chosen = parser.parse_args()
    start, tables = time.process_time(), []
    if chosen.power:
        for overlap in (0.0, 0.6):
            print(
                power(chosen.studies, overlap=overlap).round(4).to_string(index=False), flush=True
            )
        return
    for name in chosen.samples:
        for change in (False, True):
            table = run(name, SAMPLES[name], change=change, studies=chosen.studies)
            print(f"\n{name}, {'planted changes' if change else 'no change'}")
            print(
                table.drop(columns=["sample", "change"]).round(3).to_string(index=False), flush=True
            )
            tables.append(table)
            print(f"{time.process_time() - start:.0f} s", flush=True)
            if chosen.csv:
                pd.concat(tables).round(4).to_csv(chosen.csv, index=False)


if __name__ == "__main__":
    main()
