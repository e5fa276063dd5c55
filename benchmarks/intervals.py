"""Which interval of a share covers the truth? The trial behind the choice in docs/methods.md.

    python benchmarks/intervals.py [STUDIES]

Simulates studies with a few true drivers among many touchpoints that do nothing, and prints for
four kinds of interval how often they hold the population's share of experience.
"""

import sys
import time
from functools import partial

import numpy as np
from scipy.stats import norm

from supertouch.stats import importance, inference, orders, resampling
from supertouch.stats.covariance import assemble
from supertouch.stats.moments import moments

DRIVERS = 4
REPLICATES = 400
CASES = ((500, 8, 1.0), (1000, 12, 1.0), (1500, 24, 1.0), (1000, 24, 1.5))


def answers(n, p, *, noise, rng):
    """Contact, rating and outcome of n respondents."""
    reach = np.linspace(0.15, 0.95, p)[np.argsort(np.sin(np.arange(p) * 7.0))]
    active, halo = rng.normal(size=(2, n, 1))
    propensity = norm.ppf(reach) + 0.4 * active + np.sqrt(0.84) * rng.normal(size=(n, p))
    contact = (propensity > 0).astype(float)
    rating = np.clip(np.round(3.7 + 0.5 * halo + 0.8 * rng.normal(size=(n, p))), 1, 5)
    beta, gamma = np.zeros(p), np.zeros(p)
    beta[:DRIVERS], gamma[1] = np.linspace(0.5, 0.2, DRIVERS), 0.4
    y = (contact * (rating - 3.7)) @ beta + contact @ gamma + 0.3 * halo[:, 0]
    y += noise * rng.normal(size=n)
    return contact, np.where(contact == 1, rating, np.nan), y[:, None]


def summed(data, *, group=None, groups=1):
    contact, rating, outcome = data
    return moments(
        contact,
        rating,
        outcome,
        weight=np.ones(len(contact)),
        midpoint=np.full(contact.shape[1], 3.0),
        outcome_midpoint=np.zeros(1),
        group=group,
        groups=groups,
    )


def experience(sums, p, method=importance.lmg):
    covariance = assemble(sums, touchpoints=p, outcomes=1)
    columns = np.arange(2 * p)
    found = importance.owen(*covariance.drivers(columns), second=columns >= p, method=method)
    return found[..., 0, :p]


def corrected(point, replicates, *, n):
    p = point.shape[-1]
    wider = float(inference.widening(np.array(float(n)), 2 * p + 1))
    return inference.shares(inference.corrected(point, replicates, inflation=wider))


def as_reported(point, replicates, *, n):
    found = corrected(point, replicates, n=n)
    return inference.share_interval(found, degrees=399, confidence=0.95)


def percentiles(point, replicates, *, n):
    found = inference.shares(inference.corrected(point, replicates))
    return inference.percentile_interval(found, confidence=0.95)


def on_logit_scale(point, replicates, *, n):
    shares = [np.clip(part / part.sum(axis=-1, keepdims=True), 1e-9, 1 - 1e-9)
              for part in (point, replicates)]  # fmt: skip
    point, replicates = (np.log(share / (1 - share)) for share in shares)
    centre = 2 * point - replicates.mean(axis=0)
    reach = 1.96 * replicates.std(axis=0)
    return 1 / (1 + np.exp(-(centre - reach))), 1 / (1 + np.exp(-(centre + reach)))


def uncorrected(_, replicates, *, n):
    shares = replicates / replicates.sum(axis=1, keepdims=True)
    return np.quantile(shares, [0.025, 0.975], axis=0)


METHODS = (as_reported, percentiles, on_logit_scale, uncorrected)


def trial(n, p, noise, studies):
    rng = np.random.default_rng([n, p, int(10 * noise)])
    population = sum(summed(answers(100_000, p, noise=noise, rng=rng)).total() for _ in range(10))
    truth = experience(population, p)
    truth = truth / truth.sum()
    around = orders.circles(p, count=4, rng=rng)
    method = importance.lmg if p <= 12 else partial(orders.sampled_lmg, orders=around)
    held = np.zeros((len(METHODS), p))
    for study in range(studies):
        units = np.arange(n).astype(str)
        groups = resampling.group_units(units, np.full(n, ""), seed=study)
        sums = summed(
            answers(n, p, noise=noise, rng=rng), group=groups.index, groups=len(groups.stratum)
        )
        drawn = resampling.multiplicities(groups.stratum, replicates=REPLICATES, rng=rng)
        point = experience(sums.total(), p, method)
        replicates = experience(sums.replicate(drawn), p, method)
        for k, interval in enumerate(METHODS):
            low, high = interval(point, replicates, n=n)
            held[k] += (low <= truth) & (truth <= high)
    return held / studies


def main():
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    for n, p, noise in CASES:
        started = time.perf_counter()
        cover = trial(n, p, noise, studies)
        print(
            f"n {n}, p {p}, noise {noise}: {studies} studies, {time.perf_counter() - started:.0f} s"
        )
        for k, method in enumerate(METHODS):
            drivers, others = cover[k, :DRIVERS].mean(), cover[k, DRIVERS:].mean()
            print(
                f"  {method.__name__:22} all {cover[k].mean():.3f}  drivers {drivers:.3f}  "
                f"others {others:.3f}  lowest touchpoint {cover[k].min():.2f}"
            )


if __name__ == "__main__":
    main()
