"""Whether a super-touchpoint lasts: the last two waves on their common touchpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, read_answers
from supertouch.findings.models import (
    Model,
    add_covariances,
    multiplicity,
    prepare,
    sampled_orders,
)
from supertouch.stats import inference
from supertouch.stats.drivers import block_lmg, effects
from supertouch.stats.inference import Corrected
from supertouch.stats.moments import Covariance, pool
from supertouch.study.model import Outcome, Study

__all__ = ["Course", "course", "follow"]

Array = NDArray[np.float64]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Course:
    """What two waves say of their common touchpoints, in equal order.

    Attributes
    ----------
    touchpoints : tuple of str
    sustained : ndarray of bool
        The point criteria hold in both waves, and the test on both together passes.
    declined : ndarray of bool
        The share in loyalty or in recommendation is significantly lower than before.
    """

    touchpoints: tuple[str, ...]
    sustained: NDArray[np.bool_]
    declined: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Held:
    """One outcome's estimates on the common touchpoints: in each wave, and pooled."""

    holds: NDArray[np.bool_]
    p_pooled: Array
    p_decline: Array


def course(
    study: Study, waves: Pair, responses: Sequence[pd.DataFrame], before: pd.DataFrame
) -> Course:
    """Compare the last two waves on the touchpoints that both can estimate.

    Parameters
    ----------
    study : Study
    waves : tuple of str
        The earlier wave, the later wave.
    responses : sequence of DataFrame
        Their accepted responses.
    before : DataFrame
        Verdicts of the earlier wave; declines are tested among its super-touchpoints.
    """
    answers = [
        read_answers(study, wave, frame) for wave, frame in zip(waves, responses, strict=True)
    ]
    held: list[_Held] = []
    common: frozenset[str] | None = None
    for role in ("loyalty", "recommendation"):
        models = _on_common(
            study, answers, [study.outcome_of(role, wave) for wave in waves], common
        )
        if models is None:
            return Course((), np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))
        held.append(_hold(study, models))
        common = frozenset(item.id for item in models[0].touchpoints)
        names = tuple(item.id for item in models[0].touchpoints)
    pooled = inference.adjust(np.max([found.p_pooled for found in held], axis=0))
    was_super = np.isin(names, before.touchpoint[before.verdict == "super"].tolist())
    decline = np.min([found.p_decline for found in held], axis=0) * len(held)
    decline = inference.adjust(np.where(was_super, np.minimum(decline, 1.0), np.nan))
    return Course(
        names,
        np.all([found.holds for found in held], axis=0) & (pooled <= study.rule.alpha),
        np.nan_to_num(decline, nan=1.0) <= study.rule.alpha,
    )


def _on_common(
    study: Study,
    answers: Sequence[Answers],
    outcomes: Sequence[Outcome | None],
    common: frozenset[str] | None,
) -> list[Model] | None:
    """Assemble both waves on the same touchpoints and driver columns."""
    among = common
    for _ in range(len(study.touchpoints)):
        models = [
            prepare(
                study, part, (outcome,), mask=np.ones(len(part.weight), dtype=bool), among=among
            )
            for part, outcome in zip(answers, outcomes, strict=True)
            if outcome is not None
        ]
        if len(models) < len(answers) or not all(model.modelled for model in models):
            return None
        shared = frozenset.intersection(
            *[frozenset(item.id for item in model.touchpoints) for model in models]
        )
        if all(len(model.touchpoints) == len(shared) for model in models):
            break
        among = shared
    contact = np.all([model.gate.contact for model in models], axis=0)
    assembled = [
        add_covariances(
            replace(model, gate=replace(model.gate, contact=contact)),
            batch=model.sums.replicate(multiplicity(study, part)),
        )
        for model, part in zip(models, answers, strict=True)
    ]
    return assembled if all(model.modelled for model in assembled) else None


@dataclass(frozen=True, slots=True)
class _Experience:
    """Effects and importance of experience, with their replicates."""

    effect: Array
    effects: Array
    lmg: Array
    lmgs: Array
    importance: Corrected


def _hold(study: Study, models: list[Model]) -> _Held:
    points = [model.covariance for model in models if model.covariance is not None]
    spreads = [model.spread for model in models if model.spread is not None]
    weights = [model.bases[0].n_eff for model in models]
    columns = models[0].gate.columns
    before, after, pooled = (
        _experience(study, point, spread, columns)
        for point, spread in (
            *zip(points, spreads, strict=True),
            (pool(points, weights=weights), pool(spreads, weights=weights)),
        )
    )
    fair = 1 / len(models[0].touchpoints)
    share, later = inference.shares(before.importance), inference.shares(after.importance)
    degrees = sum(model.degrees for model in models)
    return _Held(
        holds=_holds(study, before, fair) & _holds(study, after, fair),
        p_pooled=_p_value(pooled, fair=fair, degrees=degrees),
        p_decline=inference.t_test(
            share.estimate - later.estimate,
            share.replicates - later.replicates,
            degrees=degrees,
            two_sided=False,
        ),
    )


def _experience(
    study: Study, point: Covariance, spread: Covariance, columns: NDArray[np.intp]
) -> _Experience:
    p = point.touchpoints
    inside = columns < p
    orders, _ = sampled_orders(study, p, squares=2)
    lmg = block_lmg(point, columns=columns, inside=inside, orders=orders)[0, 0]
    lmgs = block_lmg(spread, columns=columns, inside=inside, orders=orders)[:, 0]
    return _Experience(
        effect=effects(point, columns=columns)[0, 0, :p],
        effects=effects(spread, columns=columns)[:, 0, :p],
        lmg=lmg,
        lmgs=lmgs,
        importance=inference.corrected(lmg, lmgs),
    )


def _holds(study: Study, found: _Experience, fair: float) -> NDArray[np.bool_]:
    share = inference.shares(found.importance).estimate
    material = found.importance.estimate >= study.rule.materiality
    return (share > fair) & (found.effect > 0) & material


def _p_value(found: _Experience, *, fair: float, degrees: int) -> Array:
    share = inference.share_test(found.lmg, found.lmgs, fair=fair, degrees=degrees)
    effect = inference.t_test(found.effect, found.effects, degrees=degrees, two_sided=False)
    return np.maximum(share, effect)


def follow(verdicts: pd.DataFrame, found: Course, before: pd.DataFrame) -> pd.DataFrame:
    """Return the later wave's verdicts with ``sustained`` and ``trend`` filled in."""
    sustained = dict(zip(found.touchpoints, found.sustained, strict=True))
    declined = dict(zip(found.touchpoints, found.declined, strict=True))
    was = set(before.touchpoint[before.verdict == "super"])
    now = set(verdicts.touchpoint[verdicts.verdict == "super"])

    def trend(name: str) -> str:
        if name in now and sustained.get(name, False):
            return "sustained"
        if name in now and name not in was:
            return "emerging"
        return "fading" if name in was and declined.get(name, False) else ""

    return verdicts.assign(
        sustained=pd.array([sustained.get(name, pd.NA) for name in verdicts.touchpoint], "boolean"),
        trend=[trend(name) for name in verdicts.touchpoint],
    )
