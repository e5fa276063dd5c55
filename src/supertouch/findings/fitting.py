"""Estimates of a driver model from the sample and from every replicate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial as bind

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.models import Model, phase_groups
from supertouch.findings.scores import Score
from supertouch.stats import covariance as covariances
from supertouch.stats import drivers as estimates
from supertouch.stats import orders as entry
from supertouch.stats.covariance import Covariance
from supertouch.stats.drivers import Drivers, OneStep, block_lmgs
from supertouch.stats.gate import LARGEST_REPAIR
from supertouch.stats.inference import widening
from supertouch.study.model import Study

__all__ = [
    "Effort",
    "add_covariances",
    "admitted",
    "fit",
    "replicated",
    "sampled_orders",
    "whole",
]

Array = NDArray[np.float64]
Orders = NDArray[np.intp]

EXACT_REPLICATES = 12
ENOUGH = 1 / 20
FEWEST_BATCHES, MOST_BATCHES = 8, 64
CHECKED = 64
CELLS = 1 << 20
MOST_EXPLAINED = 1 + 1e-6


@dataclass(frozen=True, slots=True)
class Effort:
    """How exactly importance is computed.

    Attributes
    ----------
    exact_up_to : int
        Most touchpoints for which every order of entry is averaged; above, orders are sampled
        until their error is a twentieth of the sampling error.
    circles : int
        Circles of sampled orders in each replicate, for more than 12 touchpoints.
    johnson : bool
        Whether replicates get relative weights too.
    """

    exact_up_to: int
    circles: int
    johnson: bool


def add_covariances(model: Model, *, multiplicity: Array) -> Model:
    """Assemble the covariances of the sample and of every replicate, unless the gate refuses.

    Parameters
    ----------
    model : Model
        From :func:`prepare`.
    multiplicity : ndarray of shape (b, g)
        How often each resampling group counts in each replicate.
    """
    everything = whole(model, model.sums.total()[None])
    step = score = None
    if model.modelled:
        model = _with_sample(model, everything)
        step, score = _one_step(model, everything), _score_step(model, everything)
    single = _singles(model, everything)[0]
    if step is None:
        parts = [_singles(model, part) for part in replicated(model, multiplicity)]
        return replace(model, singles=(single, np.concatenate(parts)))
    singles: list[Array] = []
    slopes: list[Array] = []
    scores: list[Array] = []

    def definite() -> Iterator[Covariance]:
        for part in replicated(model, multiplicity):
            singles.append(_singles(model, part))
            kept = _kept(model, part)
            slopes.append(step.replicates(kept))
            if score is not None:
                scores.append(score.replicates(_of_score(model, part))[:, 0])
            yield covariances.held(_repaired(model, kept))

    spread = covariances.joined(definite(), count=len(multiplicity))
    return replace(
        model,
        spread=spread,
        slopes=np.concatenate(slopes),
        singles=(single, np.concatenate(singles)),
        score=None if score is None else _score(model, score, everything, scores),
    )


def _singles(model: Model, everything: Covariance) -> Array:
    return covariances.correlations(everything)[..., : len(model.bases)]


def _of_score(model: Model, everything: Covariance) -> Covariance:
    """Keep the drivers of the model and, for an outcome, the net promoter score."""
    return everything.select(model.gate.touchpoints, np.array([len(model.bases)]))


def _score_step(model: Model, everything: Covariance) -> OneStep | None:
    if model.scored is None or model.scored not in model.modelled or model.inflation is None:
        return None
    raw, place = _of_score(model, everything), model.modelled.index(model.scored)
    inflation = model.inflation[[place]]
    return OneStep.from_sample(
        _repaired(model, raw), raw, columns=model.gate.columns, inflation=inflation
    )


def _score(model: Model, step: OneStep, everything: Covariance, parts: Sequence[Array]) -> Score:
    spread = float(np.sqrt(_of_score(model, everything).variance[0, 0]))
    return Score(step.slopes[0, : step.drivers], np.concatenate(parts), spread)


def _with_sample(model: Model, everything: Covariance) -> Model:
    """Add the sample's covariances, or the refusal of a matrix that is far from definite."""
    point = admitted(model, everything)
    if point.repair[0] > LARGEST_REPAIR:
        return _refused(model)
    found = estimates.identified(point, columns=model.gate.columns)[0]
    return replace(model, covariance=point, identified=found, inflation=_inflation(model))


def _refused(model: Model) -> Model:
    """Refuse a model whose moments contradict each other."""
    bases = tuple(replace(base, refusal="not_positive") for base in model.bases)
    return replace(
        model, bases=bases, modelled=(), covariance=None, spread=None, slopes=None, score=None
    )


def _one_step(model: Model, everything: Covariance) -> OneStep | None:
    if model.covariance is None or model.inflation is None:
        return None
    raw = _kept(model, everything)
    return OneStep.from_sample(
        _repaired(model, raw), raw, columns=model.gate.columns, inflation=model.inflation
    )


def _inflation(model: Model) -> Array:
    n_eff = np.array([model.bases[place].n_eff for place in model.modelled])
    return widening(n_eff, len(model.gate.columns) + model.sums.covariates + 1)


def replicated(model: Model, multiplicity: Array) -> Iterator[Covariance]:
    """Yield the covariances of all touchpoints in every replicate, some replicates at a time."""
    at_once = max(16, CELLS // model.sums.counts.size)
    for sums in model.sums.replicates(multiplicity, at_once=at_once):
        yield whole(model, sums)


def fit(study: Study, model: Model, *, multiplicity: Array, effort: Effort) -> Model:
    """Estimate a prepared model from the sample and from every replicate.

    Parameters
    ----------
    study : Study
    model : Model
        From :func:`prepare`; a refused one is returned without estimates.
    multiplicity : ndarray of shape (b, g)
        How often each resampling group counts in each replicate.
    effort : Effort
    """
    model = add_covariances(model, multiplicity=multiplicity)
    if model.covariance is None or model.spread is None or model.slopes is None:
        return model
    orders = sampled_orders(study, len(model.touchpoints), circles=effort.circles)
    estimate = bind(
        estimates.drivers,
        columns=model.gate.columns,
        groups=phase_groups(model.touchpoints),
        orders=orders,
    )
    anchor = _first(estimate(model.covariance))
    if (anchor.r2 > MOST_EXPLAINED).any():
        return _refused(model)
    at_once = max(16, CELLS // model.covariance.matrix.size)
    replicates = estimates.joined(
        [
            estimate(model.spread.part(part), johnson=effort.johnson, effect=model.slopes[part])
            for part in _parts(len(multiplicity), at_once)
        ]
    )
    model = replace(model, point=anchor, anchor=anchor, replicates=replicates)
    return model if orders is None else _precise(study, model, effort=effort)


def _parts(count: int, at_once: int) -> list[slice]:
    return [slice(start, start + at_once) for start in range(0, count, at_once)]


def sampled_orders(study: Study, p: int, *, circles: int) -> Orders | None:
    """Return orders of entry for the replicates, None where all are taken."""
    rng = np.random.default_rng([study.seed, p])
    return None if p <= EXACT_REPLICATES else entry.circles(p, count=circles, rng=rng)


def _precise(study: Study, model: Model, *, effort: Effort) -> Model:
    """Replace the point by a more exact one than the replicates', and measure what is left."""
    if model.covariance is None or model.replicates is None or model.point is None:
        return model
    p, columns = len(model.touchpoints), model.gate.columns
    sampling = model.replicates.lmg.std(axis=0)
    error = 0.0
    if p <= effort.exact_up_to:
        lmg = block_lmgs(model.covariance, columns=columns)[0]
    else:
        lmg, error = _converged(study, model, sampling)
    return replace(
        model,
        point=replace(model.point, lmg=lmg),
        point_error=error,
        replicates_error=_checked(study, model, sampling, effort=effort),
    )


def _converged(study: Study, model: Model, sampling: Array) -> tuple[Array, float]:
    """Average batches of circles until the error is small against the sampling error."""
    if model.covariance is None:
        return sampling, np.nan
    p, rng = len(model.touchpoints), np.random.default_rng([study.seed, 1])
    batches: list[Array] = []
    while True:
        for _ in range(max(FEWEST_BATCHES, len(batches))):
            orders = entry.circles(p, count=max(4, p // 4), rng=rng)
            batches.append(
                block_lmgs(model.covariance, columns=model.gate.columns, orders=orders)[0]
            )
        spread = np.std(batches, axis=0, ddof=1) / np.sqrt(len(batches))
        error = float(_relative(spread, sampling).max())
        if error <= ENOUGH or len(batches) >= MOST_BATCHES:
            return np.mean(batches, axis=0), error


def _checked(study: Study, model: Model, sampling: Array, *, effort: Effort) -> float:
    """Compare some replicates with the same from other orders, each less its own anchor."""
    if model.covariance is None or model.spread is None:
        return np.nan
    if model.anchor is None or model.replicates is None:
        return np.nan
    rng = np.random.default_rng([study.seed, 2])
    orders = entry.circles(len(model.touchpoints), count=effort.circles, rng=rng)
    lmgs = bind(block_lmgs, columns=model.gate.columns, orders=orders)
    others = lmgs(model.spread.part(slice(CHECKED))) - lmgs(model.covariance)
    own = model.replicates.lmg[:CHECKED] - model.anchor.lmg
    difference = _relative(own - others, sampling)
    return float(np.sqrt(np.square(difference).mean() / 2))


def _relative(error: Array, sampling: Array) -> Array:
    return np.divide(error, sampling, out=np.zeros_like(error), where=sampling > 0)


def whole(model: Model, sums: Array) -> Covariance:
    """Assemble the covariances of all the wave's touchpoints from sums of shape (..., d, d)."""
    p, q = model.sums.touchpoints, model.sums.outcomes
    return covariances.assemble(sums, touchpoints=p, outcomes=q)


def admitted(model: Model, everything: Covariance) -> Covariance:
    """Keep what the gate admits of a model that is not refused, definite, free of covariates."""
    return covariances.held(_repaired(model, _kept(model, everything)))


def _kept(model: Model, everything: Covariance) -> Covariance:
    return everything.select(model.gate.touchpoints, np.array(model.modelled))


def _repaired(model: Model, kept: Covariance) -> Covariance:
    rest = np.arange(2 * len(model.touchpoints), kept.matrix.shape[-1])
    return covariances.repair(kept, keep=np.concatenate([model.gate.columns, rest]))


def _first(found: Drivers) -> Drivers:
    return Drivers(found.effect[0], found.lmg[0], found.johnson[0], found.phases[0], found.r2[0])
