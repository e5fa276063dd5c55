"""What an improvement of a touchpoint's experience works with, in outcome and NPS points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Asked
from supertouch.findings.drivers import parts
from supertouch.findings.fitting import whole
from supertouch.findings.models import Base, Model
from supertouch.findings.suppression import some
from supertouch.stats import inference
from supertouch.study.model import Study

__all__ = ["levers_table"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Effects:
    """Experience effects of p touchpoints on an outcome in one unit, and its spread.

    Attributes
    ----------
    effect : ndarray of shape (p,)
    replicates : ndarray of shape (b, p)
    """

    base: Base
    unit: str
    effect: Array
    replicates: Array
    spread: float


def levers_table(
    study: Study, answers: Asked, model: Model, *, performance: pd.DataFrame
) -> pd.DataFrame:
    """Return the table ``levers`` of a model of the total, fitted with the NPS where there is one.

    Reach and ratings are of those whom the outcome is open to; but where fewer than
    ``privacy.min_base`` others are known or rated, of everybody, as ``performance`` tells them:
    the difference would be these few's.
    Effects on the net promoter score come from the recommendation's own model, with its -100/0/100
    score for the answer; they are associations, as all effects are.
    """
    found = parts(model)
    if found is None or model.identified is None:
        return pd.DataFrame()
    p = len(model.touchpoints)
    ratings = _ratings(study, model, performance)
    frames = []
    for item in _effects(model):
        effect = np.where(model.identified[:p], item.effect, np.nan)
        low, high = inference.normal_interval(
            effect, item.replicates, degrees=model.degrees, confidence=study.analysis.confidence
        )
        head = {
            "wave": answers.wave,
            "outcome": item.base.outcome.id,
            "unit": item.unit,
            "touchpoint": [touchpoint.id for touchpoint in model.touchpoints],
            "n": item.base.n,
            "n_eff": item.base.n_eff,
            "degrees": model.degrees,
        }
        estimates = {
            "outcome_spread": item.spread,
            "effect": effect,
            "effect_low": low,
            "effect_high": high,
            "p_value": inference.t_test(effect, item.replicates, degrees=model.degrees),
        }
        frames.append(pd.DataFrame(head | ratings | estimates))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _effects(model: Model) -> Iterator[_Effects]:
    found = parts(model)
    if found is None or model.covariance is None:
        return
    point, _, replicates = found
    p = len(model.touchpoints)
    for k, place in enumerate(model.modelled):
        base, spread = model.bases[place], float(np.sqrt(model.covariance.variance[0, k]))
        yield _Effects(base, "mean", point.effect[k, :p], replicates.effect[:, k, :p], spread)
        if model.score is not None and place == model.scored:
            score = model.score
            yield _Effects(base, "nps", score.effect[:p], score.replicates[:, :p], score.spread)


def _ratings(study: Study, model: Model, performance: pd.DataFrame) -> dict[str, Array]:
    """Reach, mean, room up to the best answer, spread and the best mean on the same scale."""
    sample = whole(model, model.sums.total()[None])
    kept, p = model.gate.touchpoints, len(model.touchpoints)
    reach = sample.reach[0, kept]
    squares = np.diagonal(sample.matrix[0])[kept]
    scales = [study.scales[item.scale] for item in model.touchpoints]
    mean = sample.mean[0, kept] + np.array([scale.midpoint for scale in scales])
    spread = np.sqrt(np.clip(squares / reach, 0.0, None))
    levels, counts = performance.iloc[kept], np.diagonal(model.sums.counts)
    beyond = {
        name: some(study, levels[f"n_{name}"].to_numpy() - counts[model.sums.block(name)][kept])
        for name in ("known", "rated")
    }
    reach = np.where(beyond["known"], levels.reach, reach)
    mean = np.where(beyond["rated"], levels.satisfaction, mean)
    same = np.array([[one.id == other.id for other in scales] for one in scales]).reshape(p, p)
    return {
        "reach": reach,
        "mean": mean,
        "headroom": np.array([scale.maximum for scale in scales]) - mean,
        "spread": np.where(beyond["rated"], np.nan, spread),
        "best_mean": np.where(same, mean, -np.inf).max(axis=1),
    }
