"""Driver models of a group of respondents, each with its replicates, or the reason for none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers
from supertouch.stats import importance, means, resampling
from supertouch.stats.drivers import Drivers, block_lmgs, drivers, identified
from supertouch.stats.gate import LARGEST_REPAIR, Gate, Refusal, estimable, model_refusal
from supertouch.stats.moments import Covariance, Moments, assemble, moments, repair
from supertouch.study.model import PHASES, Outcome, Study, Touchpoint

__all__ = [
    "Base",
    "Effort",
    "Model",
    "add_covariances",
    "fit",
    "multiplicity",
    "phase_groups",
    "prepare",
    "sampled_orders",
    "together",
]

Array = NDArray[np.float64]
Orders = NDArray[np.intp]

EXACT_REPLICATES = 12
POINT_SQUARES = 16


@dataclass(frozen=True, slots=True)
class Effort:
    """How exactly importance is computed.

    Attributes
    ----------
    exact_up_to : int
        Most touchpoints for which every order of entry is averaged; above, orders are sampled.
    squares : int
        Balanced squares of sampled orders in each replicate, for more than 12 touchpoints.
    """

    exact_up_to: int
    squares: int


@dataclass(frozen=True, slots=True)
class Base:
    """Who a model rests on: respondents who answered the outcome, and what they allow."""

    outcome: Outcome
    n: int
    n_eff: float
    refusal: Refusal
    n_needed: float


@dataclass(frozen=True, slots=True)
class Model:
    """Outcomes modelled on the same touchpoints in a group of respondents.

    Attributes
    ----------
    bases : tuple of Base
        One per outcome asked, refused ones too.
    modelled : tuple of int
        Which of ``bases`` are in ``point``, ``anchor`` and ``replicates``, in their order.
    touchpoints : tuple of Touchpoint
        Touchpoints admitted.
    gate : Gate
        With ``columns``: the driver columns of the results.
    not_eligible : dict of str to str
        Code of the failed threshold by touchpoint id.
    units, strata, degrees : int
        Sampling units and strata that the respondents lie in, and degrees of freedom of the
        replicates.
    sums : Moments
        Of all the wave's touchpoints and the outcomes in ``bases``.
    point, anchor, replicates : Drivers or None
        From the sample, exactly; by the replicates' algorithm; and per replicate.
    covariance, spread : Covariance or None
        Of the sample, and per replicate.
    identified : ndarray of bool of shape (k,) or None
        Whether a driver column can be told from the others, so that its effect has a meaning.
    sampling_of_orders : ndarray of shape (q, k) or None
        Monte-Carlo standard error of ``point.lmg``; 0 where it is exact.
    """

    bases: tuple[Base, ...]
    modelled: tuple[int, ...]
    touchpoints: tuple[Touchpoint, ...]
    gate: Gate
    not_eligible: dict[str, str]
    units: int
    strata: int
    degrees: int
    sums: Moments
    point: Drivers | None = None
    anchor: Drivers | None = None
    replicates: Drivers | None = None
    covariance: Covariance | None = None
    spread: Covariance | None = None
    identified: NDArray[np.bool_] | None = None
    sampling_of_orders: Array | None = None


def multiplicity(study: Study, answers: Answers) -> Array:
    """Draw the replicates of a wave: the same for all its groups, outcomes and metrics."""
    number = [wave.id for wave in study.waves].index(answers.wave)
    return resampling.multiplicities(
        answers.groups.stratum,
        replicates=study.analysis.replicates,
        rng=np.random.default_rng([study.seed, number]),
    )


def together(study: Study, answers: Answers) -> list[tuple[Outcome, ...]]:
    """Return the outcomes that are open to the same customers, which share a model's columns."""
    statuses: dict[frozenset[str], list[Outcome]] = {}
    for outcome in answers.outcomes:
        key = frozenset(outcome.status) if study.status else frozenset()
        statuses.setdefault(key, []).append(outcome)
    return [tuple(outcomes) for outcomes in statuses.values()]


def phase_groups(touchpoints: Sequence[Touchpoint]) -> list[list[int]]:
    """Return the places of the touchpoints of each phase, in the journey's order."""
    return [[j for j, item in enumerate(touchpoints) if item.phase == phase] for phase in PHASES]


def prepare(
    study: Study,
    answers: Answers,
    outcomes: tuple[Outcome, ...],
    *,
    mask: NDArray[np.bool_],
    among: frozenset[str] | None = None,
) -> Model:
    """Sum up the respondents of ``mask`` and decide what their answers can carry.

    Parameters
    ----------
    study : Study
    answers : Answers
    outcomes : tuple of Outcome
        Open to the same customers.
    mask : ndarray of bool of shape (n,)
    among : frozenset of str, optional
        Only these touchpoints.
    """
    weight = answers.weight * (mask & answers.open_to(outcomes[0]))
    places = np.array([answers.outcomes.index(item) for item in outcomes])
    sums = _moments(study, answers, places, weight)
    eligible, not_eligible = _eligible(study, answers, sums, among)
    gate = estimable(sums, eligible=eligible, minimum=study.analysis.min_pair)
    used = weight > 0
    groups = np.unique(answers.groups.index[used])
    strata = len(np.unique(answers.groups.stratum[groups]))
    degrees = len(groups) - strata
    bases = tuple(
        _base(answers, outcome, place, weight, gate, degrees)
        for outcome, place in zip(outcomes, places, strict=True)
    )
    return Model(
        bases=bases,
        modelled=tuple(k for k, base in enumerate(bases) if not base.refusal),
        touchpoints=tuple(answers.touchpoints[j] for j in gate.touchpoints),
        gate=gate,
        not_eligible=not_eligible,
        units=len(np.unique(answers.groups.unit[used])),
        strata=strata,
        degrees=degrees,
        sums=sums,
    )


def add_covariances(model: Model, *, batch: Array) -> Model:
    """Assemble the covariances of the sample and of every replicate, unless the gate refuses.

    Parameters
    ----------
    model : Model
        From :func:`prepare`.
    batch : ndarray of shape (b, d, d)
        The model's sums per replicate.
    """
    if not model.modelled:
        return model
    covariance = _assembled(model.sums.total()[None], model)
    if covariance.repair[0] > LARGEST_REPAIR:
        refused = tuple(replace(base, refusal="not_positive") for base in model.bases)
        return replace(model, bases=refused, modelled=())
    spread = _assembled(batch, model)
    found = identified(covariance, columns=model.gate.columns)[0]
    return replace(model, covariance=covariance, spread=spread, identified=found)


def fit(study: Study, model: Model, *, batch: Array, effort: Effort) -> Model:
    """Estimate a prepared model from the sample and from every replicate.

    Parameters
    ----------
    study : Study
    model : Model
        From :func:`prepare`; a refused one is returned without estimates.
    batch : ndarray of shape (b, d, d)
        The model's sums per replicate.
    effort : Effort
    """
    model = add_covariances(model, batch=batch)
    if model.covariance is None or model.spread is None:
        return model
    columns, groups = model.gate.columns, phase_groups(model.touchpoints)
    orders, more = sampled_orders(study, len(model.touchpoints), squares=effort.squares)
    anchor = _first(drivers(model.covariance, columns=columns, groups=groups, orders=orders))
    point, error = anchor, 0.0 * anchor.lmg
    if orders is not None and len(model.touchpoints) <= effort.exact_up_to:
        point = replace(anchor, lmg=block_lmgs(model.covariance, columns=columns)[0])
    elif orders is not None:
        squares = [
            block_lmgs(model.covariance, columns=columns, orders=square)[0]
            for square in np.split(more, POINT_SQUARES)
        ]
        point = replace(anchor, lmg=np.mean(squares, axis=0))
        error = np.std(squares, axis=0, ddof=1) / np.sqrt(POINT_SQUARES)
    return replace(
        model,
        point=point,
        anchor=anchor,
        sampling_of_orders=error,
        replicates=drivers(model.spread, columns=columns, groups=groups, orders=orders),
    )


def sampled_orders(study: Study, p: int, *, squares: int) -> tuple[Orders | None, Orders]:
    """Return orders of entry for the replicates, None where all are taken, and more for a point."""
    rng = np.random.default_rng([study.seed, p])
    orders = importance.sampled_orders(p, squares=squares, rng=rng)
    more = importance.sampled_orders(p, squares=POINT_SQUARES, rng=rng)
    return None if p <= EXACT_REPLICATES else orders, more


def _moments(study: Study, answers: Answers, places: NDArray[np.intp], weight: Array) -> Moments:
    scales = [study.scales[item.scale] for item in answers.touchpoints]
    return moments(
        answers.contact,
        answers.rating,
        answers.outcome[:, places],
        weight=weight,
        midpoint=np.array([scale.midpoint for scale in scales]),
        outcome_midpoint=np.array(
            [study.scales[answers.outcomes[place].scale].midpoint for place in places]
        ),
        group=answers.groups.index,
        groups=len(answers.groups.stratum),
    )


def _eligible(
    study: Study, answers: Answers, sums: Moments, among: frozenset[str] | None
) -> tuple[NDArray[np.intp], dict[str, str]]:
    total = sums.total()
    known = total[0, sums.block("known")]
    met = total[0, sums.block("met")]
    rated = sums.counts[0, sums.block("rated")]
    reach = np.divide(met, known, out=np.zeros_like(met), where=known > 0)
    codes: dict[str, str] = {}
    for j, item in enumerate(answers.touchpoints):
        if among is not None and item.id not in among:
            codes[item.id] = "not_common"
        elif reach[j] < study.rule.min_reach:
            codes[item.id] = "reach"
        elif rated[j] < study.rule.min_base:
            codes[item.id] = "base"
    kept = [j for j, item in enumerate(answers.touchpoints) if item.id not in codes]
    return np.array(kept, dtype=np.intp), codes


def _base(
    answers: Answers, outcome: Outcome, place: int, weight: Array, gate: Gate, degrees: int
) -> Base:
    values = answers.outcome[:, place]
    used = ~np.isnan(values) & (weight > 0)
    n_eff = means.kish(weight[used])
    refusal, needed = model_refusal(
        n_eff=n_eff,
        columns=len(gate.columns),
        touchpoints=len(gate.touchpoints),
        degrees=degrees,
        variance=float(values[used].var()) if used.any() else 0.0,
    )
    return Base(outcome, int(used.sum()), n_eff, refusal, needed)


def _assembled(sums: Array, model: Model) -> Covariance:
    p = len(model.touchpoints)
    modelled = np.array(model.modelled)
    sums = model.sums.narrow(sums, model.gate.touchpoints)
    covariance = assemble(sums, touchpoints=p, outcomes=len(model.bases))
    kept = np.concatenate([np.arange(2 * p), 2 * p + modelled])
    covariance = replace(
        covariance,
        matrix=covariance.matrix[..., kept, :][..., kept],
        outcome=covariance.outcome[..., modelled],
    )
    outcomes = 2 * p + np.arange(len(modelled))
    return repair(covariance, keep=np.concatenate([model.gate.columns, outcomes]))


def _first(found: Drivers) -> Drivers:
    return Drivers(found.effect[0], found.lmg[0], found.johnson[0], found.phases[0], found.r2[0])
