"""Driver models of a group of respondents: who and what is in them, or the reason for none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Asked
from supertouch.findings.contacts import agreed, shadowed
from supertouch.findings.scores import Score, nps_score, scored_place
from supertouch.stats import resampling
from supertouch.stats.covariance import Covariance
from supertouch.stats.drivers import Drivers
from supertouch.stats.gate import Gate, Refusal, estimable, model_refusal
from supertouch.stats.moments import Moments, moments
from supertouch.stats.resampling import Design, Groups
from supertouch.study.model import PHASES, Outcome, Study, Touchpoint

__all__ = [
    "Base",
    "Model",
    "modelled",
    "multiplicity",
    "phase_groups",
    "prepare",
    "summed",
    "together",
]

Array = NDArray[np.float64]


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
        Of all the wave's touchpoints, the outcomes in ``bases`` and, if there is one, the score.
    scored : int or None
        Which of ``bases`` has its net promoter score as last outcome of ``sums``, if any.
    point, anchor, replicates : Drivers or None
        From the sample, exactly; by the replicates' algorithm; and per replicate.
    covariance, spread : Covariance or None
        Of the sample, and per replicate.
    identified : ndarray of bool of shape (k,) or None
        Whether a driver column can be told from the others, so that its effect has a meaning.
    slopes : ndarray of shape (b, q, k) or None
        Effects per replicate.
    inflation : ndarray of shape (q,) or None
        By what replicates spread too little: the square root of n_eff / (n_eff - columns).
    singles : tuple of ndarray or None
        Correlations of all the wave's touchpoints with the outcomes in ``bases``, in the sample
        (2, p, q) and per replicate (b, 2, p, q).
    point_error, replicates_error : float
        Error of ``point.lmg`` from sampling orders of entry, its largest, and of ``replicates.lmg``
        beyond that of ``anchor``, its root mean square, relative to the sampling error; 0 where
        all orders are averaged.
    score : Score or None
        Effects on the net promoter score of ``scored``, unless that was refused.
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
    scored: int | None = None
    point: Drivers | None = None
    anchor: Drivers | None = None
    replicates: Drivers | None = None
    covariance: Covariance | None = None
    spread: Covariance | None = None
    identified: NDArray[np.bool_] | None = None
    slopes: Array | None = None
    inflation: Array | None = None
    singles: tuple[Array, Array] | None = None
    point_error: float = 0.0
    replicates_error: float = 0.0
    score: Score | None = None


def multiplicity(study: Study, wave: str, groups: Groups | Design) -> Array:
    """Draw the replicates of a wave: the same for all its groups, outcomes and metrics.

    In a panel, who is in two waves counts alike in the same replicate of both.
    """
    replicates = study.analysis.replicates
    if study.panel:
        return resampling.panel_multiplicities(groups, replicates=replicates, seed=study.seed)
    number = [item.id for item in study.waves].index(wave)
    return resampling.multiplicities(
        groups.stratum,
        replicates=replicates,
        rng=np.random.default_rng([study.seed, number]),
    )


def together(study: Study, asked: Asked) -> list[tuple[Outcome, ...]]:
    """Return the outcomes that are open to the same customers, which share a model's columns."""
    statuses: dict[frozenset[str], list[Outcome]] = {}
    for outcome in asked.outcomes:
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
    scored: bool = False,
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
    scored : bool
        Whether effects on the net promoter score are wanted beside those on recommendation.
    """
    score = scored_place(study, outcomes) if scored else None
    sums = summed(study, answers, outcomes, mask=mask, score=score)
    used = (answers.weight * (mask & answers.open_to(outcomes[0]))) > 0
    units = len(np.unique(answers.groups.unit[used]))
    return modelled(
        study, answers, outcomes, sums, stratum=answers.groups.stratum, units=units,
        among=among, score=score,
    )  # fmt: skip


def modelled(
    study: Study,
    asked: Asked,
    outcomes: tuple[Outcome, ...],
    sums: Moments,
    *,
    stratum: NDArray[np.intp],
    units: int,
    among: frozenset[str] | None = None,
    score: int | None = None,
) -> Model:
    """Decide what the sums over some respondents can carry.

    Parameters
    ----------
    study : Study
    asked : Asked
        What the wave asked.
    outcomes : tuple of Outcome
        Open to the same customers.
    sums : Moments
        Of all the wave's touchpoints, these outcomes and, if there is one, the score.
    stratum : ndarray of int of shape (g,)
        Stratum of each resampling group.
    units : int
        Sampling units that the respondents lie in.
    among : frozenset of str, optional
        Only these touchpoints.
    score : int, optional
        Which of the outcomes has its net promoter score as last outcome of ``sums``.
    """
    eligible, not_eligible = _eligible(study, asked, sums, among)
    gate = estimable(sums, eligible=eligible, minimum=study.analysis.min_pair)
    told = ~shadowed(sums, among=gate.touchpoints)
    gate = replace(gate, contact=gate.contact & told)
    groups = np.flatnonzero(sums.packed[:, sums.place[0, 0]] > 0)
    strata = len(np.unique(stratum[groups]))
    degrees = len(groups) - strata
    bases = tuple(
        _base(outcome, place, sums, gate=gate, degrees=degrees)
        for place, outcome in enumerate(outcomes)
    )
    return Model(
        bases=bases,
        modelled=tuple(k for k, base in enumerate(bases) if not base.refusal),
        touchpoints=tuple(asked.touchpoints[j] for j in gate.touchpoints),
        gate=gate,
        not_eligible=not_eligible,
        units=units,
        strata=strata,
        degrees=degrees,
        sums=sums,
        scored=score,
    )


def summed(
    study: Study,
    answers: Answers,
    outcomes: tuple[Outcome, ...],
    *,
    mask: NDArray[np.bool_],
    score: int | None = None,
) -> Moments:
    """Sum up the respondents of ``mask`` whom the outcomes are open to, per resampling group.

    The net promoter score of the outcome ``score``, if given, stands last among the outcomes.
    """
    weight = answers.weight * (mask & answers.open_to(outcomes[0]))
    outcome = answers.outcome[:, [answers.outcomes.index(item) for item in outcomes]]
    midpoint = [study.scales[item.scale].midpoint for item in outcomes]
    if score is not None:
        outcome = np.column_stack([outcome, nps_score(outcome[:, score])])
        midpoint.append(0.0)
    scales = [study.scales[item.scale] for item in answers.touchpoints]
    return moments(
        agreed(answers.contact),
        answers.rating,
        outcome,
        weight=weight,
        midpoint=np.array([scale.midpoint for scale in scales]),
        outcome_midpoint=np.array(midpoint),
        group=answers.groups.index,
        groups=len(answers.groups.stratum),
        covariate=answers.covariates,
        chances=answers.chances,
    ).varying()


def _eligible(
    study: Study, asked: Asked, sums: Moments, among: frozenset[str] | None
) -> tuple[NDArray[np.intp], dict[str, str]]:
    total = sums.total()
    known = total[0, sums.block("known")]
    met = total[0, sums.block("met")]
    rated = sums.counts[0, sums.block("rated")]
    reach = np.divide(met, known, out=np.zeros_like(met), where=known > 0)
    codes: dict[str, str] = {}
    for j, item in enumerate(asked.touchpoints):
        if among is not None and item.id not in among:
            codes[item.id] = "not_common"
        elif reach[j] < study.rule.min_reach:
            codes[item.id] = "reach"
        elif rated[j] < study.rule.min_base:
            codes[item.id] = "base"
    kept = [j for j, item in enumerate(asked.touchpoints) if item.id not in codes]
    return np.array(kept, dtype=np.intp), codes


def _base(outcome: Outcome, place: int, sums: Moments, *, gate: Gate, degrees: int) -> Base:
    answered = sums.block("answered").start + place
    value = sums.block("outcome").start + place
    n = float(sums.counts[0, answered])
    total = float(sums.packed[:, sums.place[0, answered]].sum())
    squares = float(sums.squares[answered])
    mean = sums.counts[0, value] / max(n, 1.0)
    variance = float(sums.counts[value, value] / max(n, 1.0) - mean**2)
    n_eff = total**2 / squares if squares > 0 else 0.0
    refusal, needed = model_refusal(
        n_eff=n_eff,
        columns=len(gate.columns) + sums.covariates,
        touchpoints=len(gate.touchpoints),
        degrees=degrees,
        variance=variance,
    )
    return Base(outcome, int(n), n_eff, refusal, needed)
