"""Whether a super-touchpoint lasts: the last two waves on their common touchpoints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.findings.fitting import add_covariances, sampled_orders
from supertouch.findings.models import Model
from supertouch.findings.waves import Wave, opened
from supertouch.stats import inference
from supertouch.stats.covariance import Covariance, pool
from supertouch.stats.drivers import block_lmg, effects, identified
from supertouch.stats.inference import Corrected, widening
from supertouch.study.model import Outcome, Study

__all__ = ["Course", "course", "follow"]

Array = NDArray[np.float64]
Pair = tuple[str, str]

AT_ONCE = 100


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
    study: Study, waves: Pair, responses: Sequence[pd.DataFrame | Wave], before: pd.DataFrame
) -> Course:
    """Compare the last two waves on the touchpoints that both can estimate.

    Parameters
    ----------
    study : Study
    waves : tuple of str
        The earlier wave, the later wave.
    responses : sequence of DataFrame or Wave
        Their accepted responses.
    before : DataFrame
        Verdicts of the earlier wave; declines are tested among its super-touchpoints.
    """
    both = [opened(study, wave, rows) for wave, rows in zip(waves, responses, strict=True)]
    pairs = _on_common(study, both)
    if not pairs:
        return Course((), np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))
    held = [found for pair in pairs for found in _hold(study, pair)]
    names = tuple(item.id for item in pairs[0][0].touchpoints)
    pooled = inference.adjust(np.max([found.p_pooled for found in held], axis=0))
    was_super = np.isin(names, before.touchpoint[before.verdict == "super"].tolist())
    decline = np.min([found.p_decline for found in held], axis=0) * len(held)
    decline = inference.adjust(np.where(was_super, np.minimum(decline, 1.0), np.nan))
    return Course(
        names,
        np.all([found.holds for found in held], axis=0) & (pooled <= study.rule.alpha),
        np.nan_to_num(decline, nan=1.0) <= study.rule.alpha,
    )


def _on_common(study: Study, waves: Sequence[Wave]) -> list[list[Model]]:
    """Assemble both waves on the same touchpoints and driver columns; empty where a gate refuses.

    Loyalty and recommendation share a model where they are open to the same customers.
    """
    asked = [_asked(study, part.wave) for part in waves]
    joint = all(loyalty.status == other.status for loyalty, other in asked)
    sets = [(0, 1)] if joint or study.status is None else [(0,), (1,)]
    among: frozenset[str] | None = None
    while True:
        pairs = [
            [
                part.prepare(tuple(outcomes[k] for k in places), among=among)
                for part, outcomes in zip(waves, asked, strict=True)
            ]
            for places in sets
        ]
        models = [model for pair in pairs for model in pair]
        if not all(len(model.modelled) == len(model.bases) for model in models):
            return []
        admitted = [frozenset(item.id for item in model.touchpoints) for model in models]
        among = frozenset.intersection(*admitted)
        if all(names == among for names in admitted):
            break
    assembled = [_assembled(pair, waves) for pair in pairs]
    fitted = all(model.covariance is not None for pair in assembled for model in pair)
    return assembled if fitted else []


def _asked(study: Study, wave: str) -> tuple[Outcome, Outcome]:
    """Return what stands for loyalty and for recommendation in a wave that asked for both."""
    loyalty = study.outcome_of("loyalty", wave)
    recommendation = study.outcome_of("recommendation", wave)
    if loyalty is None or recommendation is None:
        raise UnsupportedError(f"Wave '{wave}' did not ask for both outcomes; nothing can last.")
    return loyalty, recommendation


def _assembled(pair: list[Model], waves: Sequence[Wave]) -> list[Model]:
    contact = np.all([model.gate.contact for model in pair], axis=0)
    found = []
    for model, part in zip(pair, waves, strict=True):
        model = replace(model, gate=replace(model.gate, contact=contact))
        model = add_covariances(model, multiplicity=part.multiplicity())
        found.append(replace(model, sums=model.sums.without_groups()))
        part.close()
    return found


@dataclass(frozen=True, slots=True)
class _Experience:
    """Effects and importance of experience on q outcomes, with their replicates.

    ``inflation`` of shape (q,) is by what the replicates spread too little.
    """

    effect: Array
    effects: Array
    lmg: Array
    lmgs: Array
    inflation: Array

    def corrected(self) -> Corrected:
        """Return importance corrected for overfit."""
        return inference.corrected(self.lmg, self.lmgs, inflation=self.inflation)


def _hold(study: Study, pair: list[Model]) -> list[_Held]:
    points = [model.covariance for model in pair if model.covariance is not None]
    spreads = [model.spread for model in pair if model.spread is not None]
    weights = [model.bases[0].n_eff for model in pair]
    columns = pair[0].gate.columns
    used = len(columns) + 1 + max(model.sums.covariates for model in pair)
    bases = [
        *([base.n_eff for base in model.bases] for model in pair),
        [sum(base.n_eff for base in both) for both in zip(*(m.bases for m in pair), strict=True)],
    ]
    parts = _parts(len(spreads[0].matrix))
    found = [
        _experience(study, point, some, columns, widening(np.array(n_eff), used))
        for point, some, n_eff in zip(
            [*points, pool(points, weights=weights)],
            [
                *((spread.part(part) for part in parts) for spread in spreads),
                (
                    pool([spread.part(part) for spread in spreads], weights=weights)
                    for part in parts
                ),
            ],
            bases,
            strict=True,
        )
    ]
    degrees = [model.degrees for model in pair]  # units met twice are not twice as many
    together = min(degrees) if study.panel else sum(degrees)
    return [
        _held(study, [_of_outcome(part, k) for part in found], together)
        for k in range(len(pair[0].bases))
    ]


def _held(study: Study, found: list[_Experience], degrees: int) -> _Held:
    before, after, pooled = found
    fair = 1 / before.lmg.shape[-1]
    earlier, later = (inference.shares(part.corrected()) for part in (before, after))
    return _Held(
        holds=_holds(study, before, fair) & _holds(study, after, fair),
        p_pooled=_p_value(pooled, fair=fair, degrees=degrees),
        p_decline=inference.t_test(
            earlier.estimate - later.estimate,
            earlier.replicates - later.replicates,
            degrees=degrees,
            two_sided=False,
        ),
    )


def _parts(count: int) -> list[slice]:
    return [slice(start, start + AT_ONCE) for start in range(0, count, AT_ONCE)]


def _experience(
    study: Study,
    point: Covariance,
    spreads: Iterable[Covariance],
    columns: NDArray[np.intp],
    inflation: Array,
) -> _Experience:
    p = point.touchpoints
    inside = columns < p
    orders = sampled_orders(study, p, circles=2)
    known = identified(point, columns=columns)[0, :p]
    slopes, lmgs = [], []
    for spread in spreads:
        slopes.append(effects(spread, columns=columns)[:, :, :p])
        lmgs.append(block_lmg(spread, columns=columns, inside=inside, orders=orders))
    return _Experience(
        effect=np.where(known, effects(point, columns=columns)[0, :, :p], np.nan),
        effects=inflation[:, None] * np.concatenate(slopes),
        lmg=block_lmg(point, columns=columns, inside=inside, orders=orders)[0],
        lmgs=np.concatenate(lmgs),
        inflation=inflation,
    )


def _of_outcome(found: _Experience, k: int) -> _Experience:
    return _Experience(
        found.effect[k], found.effects[:, k], found.lmg[k], found.lmgs[:, k], found.inflation[k]
    )


def _holds(study: Study, found: _Experience, fair: float) -> NDArray[np.bool_]:
    importance = found.corrected()
    material = importance.estimate >= study.rule.materiality
    return (inference.shares(importance).estimate > fair) & (found.effect > 0) & material


def _p_value(found: _Experience, *, fair: float, degrees: int) -> Array:
    share = inference.share_test(
        found.lmg, found.lmgs, fair=fair, degrees=degrees, inflation=float(found.inflation)
    )
    effect = inference.t_test(found.effect, found.effects, degrees=degrees, two_sided=False)
    return np.maximum(share, effect)


def follow(verdicts: pd.DataFrame, found: Course, before: pd.DataFrame) -> pd.DataFrame:
    """Return the later wave's verdicts with ``sustained`` and ``trend`` filled in."""
    sustained = dict(zip(found.touchpoints, found.sustained, strict=True))
    declined = dict(zip(found.touchpoints, found.declined, strict=True))
    was = set(before.touchpoint[before.verdict == "super"])
    judged = set(before.touchpoint[~before.verdict.isin(["too_few", "undetermined"])])
    now = set(verdicts.touchpoint[verdicts.verdict == "super"])

    def trend(name: str) -> str:
        if name in now and sustained.get(name, False):
            return "sustained"
        if name in now and name in judged - was:
            return "emerging"
        return "fading" if name in was and declined.get(name, False) else ""

    return verdicts.assign(
        sustained=pd.array([sustained.get(name, pd.NA) for name in verdicts.touchpoint], "boolean"),
        trend=[trend(name) for name in verdicts.touchpoint],
    )
