"""Importance under three treatments of missing ratings: what hangs on the treatment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import wider
from supertouch.findings.fitting import add_covariances
from supertouch.findings.models import Base, Model, prepare
from supertouch.findings.trust.imputed import (
    Estimates,
    Found,
    experience,
    identified,
    imputed_ratings,
    pooled,
)
from supertouch.stats import inference
from supertouch.stats.covariance import joined
from supertouch.stats.drivers import effects
from supertouch.study.model import Study

__all__ = ["sensitivity_table"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

COMPLETE_REPLICATES = 200


def sensitivity_table(
    study: Study,
    answers: Answers,
    cell: Cell,
    models: Sequence[Model],
    *,
    multiplicity: Array,
) -> pd.DataFrame:
    """Compare the main estimates with those of complete cases and of multiple imputation.

    A complete case has rated every touchpoint that it met and was asked about, knows all its
    contacts and has answered the outcomes. Imputation fills in the ratings of those who are known
    to have met the touchpoint, whether they were not asked, did not know or refused; a touchpoint
    of unknown contact stays out of all its pairs, as in the main estimates.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
        Who is analysed, the same as in ``models``.
    models : sequence of Model
        Fitted. Their touchpoints are compared; ratings are imputed once for all of them.
    multiplicity : ndarray of shape (b, g)
        The wave's replicates.

    Returns
    -------
    DataFrame
        The table ``sensitivity``; without rows for outcomes whose model was refused.
    """
    fitted = [model for model in models if model.modelled and model.point is not None]
    if not fitted:
        return pd.DataFrame()
    drawn = imputed_ratings(study, answers, cell, fitted)
    frames = []
    for model in fitted:
        main = _available(study, model)
        found = {
            "available": main,
            "complete": _complete(study, answers, cell, model, multiplicity),
            "impute": pooled(study, answers, cell, model, multiplicity=multiplicity, drawn=drawn),
        }
        frames += [
            _rows(study, answers, model, main[name], missing, estimates[name])
            for name in main
            for missing, estimates in found.items()
        ]
    return pd.concat(frames, ignore_index=True)


def _rows(
    study: Study,
    answers: Answers,
    model: Model,
    main: Estimates,
    missing: str,
    found: Estimates,
) -> pd.DataFrame:
    known = ~np.isnan(found.share) & ~np.isnan(main.share)
    half = (main.share_high - main.share_low) / 2
    with np.errstate(invalid="ignore"):
        differs = known & (np.abs(found.share - main.share) > half)
    fair = 1 / len(main.share)
    flips = known & (_holds(study, main, fair) != _holds(study, found, fair))
    rank = np.full(len(found.importance), np.nan)
    placed = ~np.isnan(found.importance)
    rank[placed] = inference.ranks(found.importance[placed])
    return pd.DataFrame(
        {
            "wave": answers.wave,
            "outcome": found.base.outcome.id,
            "touchpoint": [item.id for item in model.touchpoints],
            "missing": missing,
            "n": found.base.n,
            "n_eff": found.base.n_eff,
            "importance": found.importance,
            "share": found.share,
            "share_low": found.share_low,
            "share_high": found.share_high,
            "rank": rank,
            "effect": found.effect,
            "effect_low": found.effect_low,
            "effect_high": found.effect_high,
            "missing_information": found.missing_information,
            "differs": differs,
            "flips": flips,
        }
    )


def _holds(study: Study, found: Estimates, fair: float) -> Mask:
    """Tell where all point criteria of a super-touchpoint hold."""
    with np.errstate(invalid="ignore"):
        material = found.importance >= study.rule.materiality
        return np.asarray((found.share > fair) & (found.effect > 0) & material)


def _available(study: Study, model: Model) -> Found:
    """Read the main estimates off the fitted model, as the table ``importance`` has them."""
    p, confidence = len(model.touchpoints), study.analysis.confidence
    result = {}
    for k, place in enumerate(model.modelled):
        if model.point is None or model.anchor is None or model.replicates is None:
            continue
        importance = inference.corrected(
            model.point.lmg[k, :p],
            model.replicates.lmg[:, k, :p],
            anchor=model.anchor.lmg[k, :p],
            inflation=wider(model, k),
        )
        share = inference.shares(importance)
        low, high = inference.share_interval(share, degrees=model.degrees, confidence=confidence)
        effect = identified(model, model.point.effect[k, :p])
        spread = model.replicates.effect[:, k, :p]
        effect_low, effect_high = inference.normal_interval(
            effect, spread, degrees=model.degrees, confidence=confidence
        )
        base = model.bases[place]
        result[base.outcome.id] = Estimates(
            base,
            importance.estimate,
            share.estimate,
            low,
            high,
            effect,
            effect_low,
            effect_high,
            np.zeros(p),
        )
    return result


def _complete(
    study: Study,
    answers: Answers,
    cell: Cell,
    model: Model,
    multiplicity: Array,
) -> Found:
    """Estimate the same model from complete cases; empty where they are too few."""
    outcomes = tuple(model.bases[place].outcome for place in model.modelled)
    at = [answers.touchpoints.index(item) for item in model.touchpoints]
    gap = np.isnan(answers.contact) | (answers.asked & np.isnan(answers.rating))
    places = [answers.outcomes.index(outcome) for outcome in outcomes]
    mask = cell.mask & ~gap[:, at].any(axis=1) & ~np.isnan(answers.outcome[:, places]).any(axis=1)
    among = frozenset(item.id for item in model.touchpoints)
    part = prepare(study, answers, outcomes, mask=mask, among=among)
    part = add_covariances(part, multiplicity=multiplicity[:COMPLETE_REPLICATES])
    found = {base.outcome.id: _nothing(base, len(at)) for base in part.bases}
    if part.covariance is None or part.spread is None:
        return found
    count = 1 + len(part.spread.matrix)
    both = joined([part.covariance, part.spread], count=count)
    lmg = experience(study, part, both)
    slope = np.concatenate(
        [effects(item, columns=part.gate.columns) for item in (part.covariance, part.spread)]
    )[..., : len(part.touchpoints)]
    names = [item.id for item in part.touchpoints]
    kept = np.array([item.id in names for item in model.touchpoints])
    for k, place in enumerate(part.modelled):
        base = part.bases[place]
        found[base.outcome.id] = _spread_out(
            _from_replicates(study, part, base, lmg[:, k], slope[:, k]), kept
        )
    return found


def _nothing(base: Base, p: int) -> Estimates:
    empty = np.full(p, np.nan)
    return Estimates(base, *([empty] * 8))


def _spread_out(found: Estimates, kept: Mask) -> Estimates:
    """Put estimates of some touchpoints in their places among all."""

    def placed(values: Array) -> Array:
        result = np.full(len(kept), np.nan)
        result[kept] = values
        return result

    names = [name for name in Estimates.__slots__ if name != "base"]
    return Estimates(found.base, *(placed(getattr(found, name)) for name in names))


def _from_replicates(study: Study, model: Model, base: Base, lmg: Array, slope: Array) -> Estimates:
    """Estimate from the sample, which comes first in ``lmg`` and ``slope``, and its replicates."""
    confidence = study.analysis.confidence
    importance = inference.corrected(lmg[0], lmg[1:])
    share = inference.shares(importance)
    effect = identified(model, slope[0])
    low, high = inference.normal_interval(
        share.estimate, share.replicates, degrees=model.degrees, confidence=confidence
    )
    effect_low, effect_high = inference.normal_interval(
        effect, slope[1:], degrees=model.degrees, confidence=confidence
    )
    return Estimates(
        base,
        importance.estimate,
        share.estimate,
        np.clip(low, 0.0, 1.0),
        np.clip(high, 0.0, 1.0),
        effect,
        effect_low,
        effect_high,
        np.zeros(len(effect)),
    )
