"""Which touchpoints are hard to tell apart, and which verdicts hang on a few respondents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import wider
from supertouch.findings.fitting import sampled_orders
from supertouch.findings.models import Model
from supertouch.stats import collinearity, inference
from supertouch.stats.drivers import block_lmg
from supertouch.study.model import Study

__all__ = ["collinearity_table"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]

TWIN = 0.8
ENTANGLED = 5.0
STRONGLY_ENTANGLED = 10.0
INFLUENTIAL = 0.7
NOTICEABLE = 0.5
MOST_GROUPS = 20
CIRCLES = 4


@dataclass(frozen=True, slots=True)
class _Influence:
    """What leaving out one resampling group at a time does to an outcome's p experience effects."""

    size: Array
    group: Integers
    effect: Array
    effect_without: Array
    sign_changes: NDArray[np.bool_]
    hinges_effect: NDArray[np.bool_]
    hinges_share: NDArray[np.bool_]


def collinearity_table(study: Study, answers: Answers, cell: Cell, model: Model) -> pd.DataFrame:
    """Return the table ``collinearity``: likeness among touchpoints, and influence of a few.

    Influence is the largest change of an effect, in its standard errors, when one resampling
    group is left out: a sampling unit, or the few that share a group where there are many units.
    Its square is about the share of the effect's sampling variance that this one group makes, so
    that it stays near one even where an effect is that of a single group; from 0.7 on, where the
    group makes half of it, the effect is called influential.
    A sign *changes* if leaving out one such group turns the effect round. A verdict *hinges* on a
    group if its test passes with the group and fails without, at the same standard error, and the
    group moves some effect by half a standard error or more. Of a group of fewer than
    ``privacy.min_base`` neither the effect without it nor its weight is told.
    """
    if model.covariance is None or model.point is None or model.identified is None:
        return pd.DataFrame()
    p, columns = len(model.touchpoints), model.gate.columns
    xx, _, _ = model.covariance.drivers(columns)
    used = (answers.weight > 0) & cell.mask & answers.open_to(model.bases[0].outcome)
    likeness = _likeness(study, model, xx[0], answers.rating[used], answers.weight[used])
    without = collinearity.effects_without(
        model.sums,
        touchpoints=model.gate.touchpoints,
        outcomes=np.array(model.modelled),
        columns=columns,
    )
    frames = []
    for k, place in enumerate(model.modelled):
        base = model.bases[place]
        found = _influence(study, model, without, k)
        answered = used & ~np.isnan(answers.outcome[:, answers.outcomes.index(base.outcome)])
        count = np.bincount(answers.groups.index[answered], minlength=len(without))
        weight = np.bincount(
            answers.groups.index[answered], answers.weight[answered], minlength=len(without)
        )
        head = {
            "wave": answers.wave,
            "outcome": base.outcome.id,
            "touchpoint": [item.id for item in model.touchpoints],
            "n": base.n,
            "n_eff": base.n_eff,
        }
        n = count[found.group]
        untold = n < study.privacy.min_base
        hang = {
            "effect": found.effect,
            "influence": found.size,
            "influence_n": n,
            "influence_weight": np.where(untold, np.nan, weight[found.group] / weight.sum()),
            "effect_without": np.where(untold, np.nan, found.effect_without),
        }
        frame = pd.DataFrame(head | likeness | hang)
        frame["codes"] = _codes(frame, model.identified[:p], found)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _likeness(
    study: Study, model: Model, xx: Array, rating: Array, weight: Array
) -> dict[str, object]:
    p = len(model.touchpoints)
    among = collinearity.correlations(xx)[:p, :p]
    distance = np.abs(among - np.diag(np.diagonal(among)))
    nearest = distance.argmax(axis=1)
    alike, base = collinearity.rated_alike(rating[:, model.gate.touchpoints], weight=weight)
    alike = np.where(base >= study.analysis.min_pair, alike, np.nan)
    places = np.arange(p)
    return {
        "vif": collinearity.inflation(xx)[:p],
        "nearest": [model.touchpoints[j].id for j in nearest],
        "correlation": among[places, nearest],
        "alike": alike[places, nearest],
        "condition": collinearity.condition_index(xx),
    }


def _influence(study: Study, model: Model, without: Array, k: int) -> _Influence:
    if model.point is None or model.replicates is None or model.identified is None:
        return _Influence(*([np.empty(0)] * 7))  # type: ignore[arg-type]
    p = len(model.touchpoints)
    effect, replicates = model.point.effect[k, :p], model.replicates.effect[:, k, :p]
    error = replicates.std(axis=0, ddof=1)
    change = without[:, k, :p] - effect
    size = np.divide(np.abs(change), error, out=np.zeros_like(change), where=error > 0)
    group, places = size.argmax(axis=0), np.arange(p)
    passes = inference.t_test(effect, replicates, degrees=model.degrees) < study.rule.alpha
    critical = _critical(error, model.degrees, study.rule.alpha)
    fails = (without[:, k, :p] * np.sign(effect) < critical) & (size >= NOTICEABLE)
    turned = without[:, k, :p] * effect < 0
    heavy = np.argsort(-size.max(axis=1), kind="stable")[:MOST_GROUPS]
    heavy = heavy[size[heavy].max(axis=1) >= NOTICEABLE]
    known = model.identified[:p]
    return _Influence(
        size=np.where(known, size[group, places], np.nan),
        group=group,
        effect=np.where(known, effect, np.nan),
        effect_without=np.where(known, without[group, k, places], np.nan),
        sign_changes=(turned & (size >= INFLUENTIAL)).any(axis=0) & known,
        hinges_effect=passes & fails.any(axis=0) & known,
        hinges_share=_share_hinges(study, model, heavy, k),
    )


def _critical(error: Array, degrees: int, alpha: float) -> Array:
    """Smallest size of an effect that would pass its test."""
    from scipy.stats import t

    return np.asarray(t.isf(alpha / 2, degrees) * error)


def _share_hinges(study: Study, model: Model, groups: Integers, k: int) -> NDArray[np.bool_]:
    """Tell whose share no longer passes its test once one of some groups is left out."""
    from scipy.stats import t

    p = len(model.touchpoints)
    hinges = np.zeros(p, dtype=bool)
    if not len(groups) or model.point is None or model.anchor is None or model.replicates is None:
        return hinges
    if model.covariance is None:
        return hinges
    point, anchor, replicates = (
        part.lmg[..., k, :p] for part in (model.point, model.anchor, model.replicates)
    )
    p_value = inference.share_test(
        point,
        replicates,
        fair=1 / p,
        degrees=model.degrees,
        anchor=anchor,
        inflation=wider(model, k),
    )
    columns = model.gate.columns
    left = collinearity.without(
        model.sums,
        groups,
        touchpoints=model.gate.touchpoints,
        outcomes=np.array(model.modelled),
        columns=columns,
    )
    orders = sampled_orders(study, p, circles=CIRCLES)
    before, after = (
        block_lmg(covariance, columns=columns, inside=columns < p, orders=orders)[:, k]
        for covariance in (model.covariance, left)
    )
    error = _logit(replicates).std(axis=0, ddof=1)
    change = np.divide(
        _logit(after) - _logit(before), error, out=np.zeros_like(after), where=error > 0
    )
    statistic = t.isf(p_value, model.degrees) + change
    fails = (statistic < t.isf(study.rule.alpha, model.degrees)).any(axis=0)
    return np.asarray((p_value < study.rule.alpha) & fails)


def _logit(importance: Array) -> Array:
    share = np.clip(importance / importance.sum(axis=-1, keepdims=True), 1e-12, 1 - 1e-12)
    return np.asarray(np.log(share / (1 - share)))


def _codes(frame: pd.DataFrame, known: NDArray[np.bool_], found: _Influence) -> list[str]:
    """Codes of what the reader should know, space between them."""
    vif = frame.vif.to_numpy()
    near = np.fmax(frame.correlation.abs().to_numpy(), frame.alike.abs().to_numpy())
    raised = {
        "collinear": ~known,
        "strongly_entangled": known & (vif >= STRONGLY_ENTANGLED),
        "entangled": known & (vif >= ENTANGLED) & (vif < STRONGLY_ENTANGLED),
        "twin": near >= TWIN,
        "influential": known & (frame.influence.to_numpy() >= INFLUENTIAL),
        "sign_changes": found.sign_changes,
        "hinges_effect": found.hinges_effect,
        "hinges_share": found.hinges_share,
    }
    return [" ".join(code for code, where in raised.items() if where[j]) for j in range(len(frame))]
