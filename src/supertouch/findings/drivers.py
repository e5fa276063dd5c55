"""Driver models told as tables: fit, importance, effects, phases and single correlations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Asked, Cell
from supertouch.findings.fitting import Effort
from supertouch.findings.models import Base, Model
from supertouch.stats import inference
from supertouch.stats.drivers import Drivers
from supertouch.stats.inference import Corrected
from supertouch.study.model import Study

__all__ = [
    "blocks",
    "draws_table",
    "effort",
    "importance_table",
    "keys",
    "models_table",
    "parts",
    "wider",
]

Array = NDArray[np.float64]
Keys = dict[str, object]

METHODS = ("lmg", "johnson")
SEGMENTS_EXACT_UP_TO = 16
MOST_ORDERS = 320


def keys(answers: Asked, cell: Cell) -> Keys:
    """Return the first key columns of every table of a cell."""
    return {"wave": answers.wave, "segment": cell.segment, "segment_value": cell.value}


def models_table(study: Study, answers: Asked, cell: Cell, model: Model) -> pd.DataFrame:
    """Return the table ``models``: one row per outcome, refused ones too."""
    rows = []
    for place, base in enumerate(model.bases):
        row = keys(answers, cell) | {
            "outcome": base.outcome.id,
            "proxy": base.outcome.proxy,
            "admitted": not base.refusal,
            "reason": base.refusal,
            "n": base.n,
            "n_eff": base.n_eff,
            "n_needed": base.n_needed if base.n_needed > 0 else np.nan,
            "n_columns": len(model.gate.columns),
            "n_touchpoints": len(model.touchpoints),
            "units": model.units,
            "strata": model.strata,
            "replicates": study.analysis.replicates,
            "method": _method(model),
        }
        rows.append(row | _fit(study, model, place))
    return pd.DataFrame(rows)


def _method(model: Model) -> str:
    return "sampled_orders" if model.point_error > 0 else "exact"


def effort(study: Study, cell: Cell, touchpoints: int) -> Effort:
    """Return how exactly a cell is computed: the total more than segments, for time."""
    if cell.segment:
        return Effort(SEGMENTS_EXACT_UP_TO, circles=2, johnson=False)
    circles = min(6, max(2, MOST_ORDERS // (2 * max(1, touchpoints))))
    return Effort(study.analysis.exact_up_to, circles=circles, johnson=True)


def _fit(study: Study, model: Model, place: int) -> Keys:
    empty: Keys = dict.fromkeys(
        ("r2", "r2_low", "r2_high", "r2_experience", "r2_contact", "p_value", "repair"), np.nan
    )
    found = parts(model)
    if found is None or place not in model.modelled or model.covariance is None:
        return empty
    k = model.modelled.index(place)
    point, anchor, replicates = found
    wider = model.inflation if model.inflation is not None else 1.0
    r2 = inference.corrected(point.r2, replicates.r2, anchor=anchor.r2, inflation=wider)
    lmg = inference.corrected(point.lmg, replicates.lmg, anchor=anchor.lmg)
    low, high = inference.percentile_interval(r2, confidence=study.analysis.confidence)
    contact = model.gate.columns >= len(model.touchpoints)
    p_value = inference.t_test(r2.estimate, r2.replicates, degrees=model.degrees, two_sided=False)
    return {
        "r2": r2.estimate[k],
        "r2_low": max(0.0, low[k]),
        "r2_high": high[k],
        "r2_experience": lmg.estimate[k, ~contact].sum(),
        "r2_contact": lmg.estimate[k, contact].sum(),
        "p_value": p_value[k],
        "repair": float(model.covariance.repair[0]),
    }


def parts(model: Model) -> tuple[Drivers, Drivers, Drivers] | None:
    """Return the point, anchor and replicates of a model, or None where it was refused."""
    if model.point is None or model.anchor is None or model.replicates is None:
        return None
    return model.point, model.anchor, model.replicates


def importance_table(study: Study, answers: Asked, cell: Cell, model: Model) -> pd.DataFrame:
    """Return the table ``importance``: outcomes × components × methods × touchpoints.

    Relative weights stand beside LMG where the model has them in its replicates.
    """
    found = parts(model)
    if found is None:
        return pd.DataFrame()
    frames = []
    with_johnson = not np.isnan(found[2].johnson).any()
    for k, base, component, inside in blocks(model):
        places = model.gate.columns[inside] % len(model.touchpoints)
        head = keys(answers, cell) | {
            "outcome": base.outcome.id,
            "touchpoint": [model.touchpoints[j].id for j in places],
            "component": component,
            "n": base.n,
            "n_eff": base.n_eff,
        }
        effect = _effect(study, model, k, inside)
        for method in METHODS if with_johnson else METHODS[:1]:
            point, anchor, replicates = (
                getattr(part, method)[..., k, :][..., inside] for part in found
            )
            values = _importance(study, model, point, anchor, replicates, wider(model, k))
            frames.append(pd.DataFrame(head | {"method": method} | values | effect))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def blocks(model: Model) -> Iterator[tuple[int, Base, str, NDArray[np.bool_]]]:
    """Yield each outcome's place and base with each component and its driver columns."""
    contact = model.gate.columns >= len(model.touchpoints)
    for k, place in enumerate(model.modelled):
        for component, inside in (("experience", ~contact), ("contact", contact)):
            if inside.any():
                yield k, model.bases[place], component, inside


def _effect(study: Study, model: Model, k: int, inside: NDArray[np.bool_]) -> Keys:
    if model.point is None or model.replicates is None or model.identified is None:
        return {}
    effect = np.where(model.identified, model.point.effect[k], np.nan)[inside]
    replicates = model.replicates.effect[:, k, inside]
    low, high = inference.normal_interval(
        effect, replicates, degrees=model.degrees, confidence=study.analysis.confidence
    )
    p_value = inference.t_test(effect, replicates, degrees=model.degrees)
    return {
        "effect": effect,
        "effect_low": low,
        "effect_high": high,
        "p_value": p_value,
        "p_adjusted": inference.adjust(p_value),
    }


def wider(model: Model, k: int) -> float:
    """Return by what the replicates of the k-th outcome modelled spread too little."""
    return 1.0 if model.inflation is None else float(model.inflation[k])


def _importance(
    study: Study, model: Model, point: Array, anchor: Array, replicates: Array, inflation: float
) -> Keys:
    confidence = study.analysis.confidence
    found = inference.corrected(point, replicates, anchor=anchor, inflation=inflation)
    low, high = inference.percentile_interval(found, confidence=confidence)
    share = inference.shares(found)
    share_low, share_high = inference.share_interval(
        share, degrees=model.degrees, confidence=confidence
    )
    fair = 1 / len(point)
    rank = inference.ranks(found.estimate)
    rank_low, rank_high = inference.percentile_interval(
        Corrected(rank.astype(float), inference.ranks(found.replicates).astype(float)),
        confidence=confidence,
    )
    return {
        "importance": found.estimate,
        "importance_low": low,
        "importance_high": high,
        "share": share.estimate,
        "share_low": share_low,
        "share_high": share_high,
        "fair_share": fair,
        "lift": share.estimate * len(point),
        "p_share": inference.share_test(
            point,
            replicates,
            fair=fair,
            degrees=model.degrees,
            anchor=anchor,
            inflation=inflation,
        ),
        "rank": rank,
        "rank_low": np.floor(rank_low).astype(int),
        "rank_high": np.ceil(rank_high).astype(int),
        "tied_with_next": inference.tied(found, confidence=confidence),
    }


def draws_table(study: Study, answers: Asked, model: Model) -> pd.DataFrame:
    """Return the table ``draws``: replicates of effects and importance of experience."""
    found = parts(model)
    if found is None or model.spread is None or model.identified is None:
        return pd.DataFrame()
    point, anchor, replicates = found
    p = len(model.touchpoints)
    count = replicates.effect.shape[0]
    midpoint = np.array([study.scales[item.scale].midpoint for item in model.touchpoints])
    frames = []
    effects = np.where(model.identified, replicates.effect, np.nan)
    for k, place in enumerate(model.modelled):
        importance = inference.corrected(
            point.lmg[k, :p],
            replicates.lmg[:, k, :p],
            anchor=anchor.lmg[k, :p],
            inflation=wider(model, k),
        )
        gamma = np.full((count, p), np.nan)
        gamma[:, model.gate.columns[p:] - p] = effects[:, k, p:]
        frames.append(
            pd.DataFrame(
                {
                    "wave": answers.wave,
                    "replicate": np.repeat(np.arange(count), p),
                    "outcome": model.bases[place].outcome.id,
                    "touchpoint": np.tile([item.id for item in model.touchpoints], count),
                    "reach": model.spread.reach.ravel(),
                    "mean": (model.spread.mean + midpoint).ravel(),
                    "beta": effects[:, k, :p].ravel(),
                    "gamma": gamma.ravel(),
                    "importance": importance.replicates.ravel(),
                    "share": inference.shares(importance).replicates.ravel(),
                    "beta_nps": _nps_effects(model, place),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _nps_effects(model: Model, place: int) -> Array | float:
    """Replicates of the experience effects on NPS, for the outcome that it is the score of."""
    if model.score is None or model.identified is None or model.scored != place:
        return np.nan
    p = len(model.touchpoints)
    return np.where(model.identified, model.score.replicates, np.nan)[:, :p].ravel()
