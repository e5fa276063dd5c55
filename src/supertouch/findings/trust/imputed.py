"""Missing ratings imputed several times, analysed by the same model and pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.fitting import admitted, sampled_orders, whole
from supertouch.findings.models import Base, Model, summed
from supertouch.stats import imputation, inference
from supertouch.stats.covariance import Covariance, joined
from supertouch.stats.drivers import block_lmg, effects
from supertouch.stats.inference import Corrected
from supertouch.study.model import Study

__all__ = ["Estimates", "Found", "experience", "identified", "imputed_ratings", "pooled"]

Array = NDArray[np.float64]

IMPUTED_REPLICATES = 160
REPLICATED = 4
CIRCLES = 4
_IMPUTING = 3


@dataclass(frozen=True, slots=True)
class Estimates:
    """Experience of p touchpoints in one outcome, under one treatment of missing ratings.

    Attributes
    ----------
    base : Base
    importance, share, share_low, share_high, effect, effect_low, effect_high : ndarray (p,)
    missing_information : ndarray of shape (p,)
        Of the share; 0 where nothing is imputed.
    """

    base: Base
    importance: Array
    share: Array
    share_low: Array
    share_high: Array
    effect: Array
    effect_low: Array
    effect_high: Array
    missing_information: Array


Found = dict[str, Estimates]


def identified(model: Model, effect: Array) -> Array:
    """Empty the effects of columns that cannot be told from the others."""
    if model.identified is None:
        return effect
    return np.where(model.identified[: effect.shape[-1]], effect, np.nan)


def experience(study: Study, model: Model, covariance: Covariance) -> Array:
    """Return the importance of experience from a few circles of orders: shape (b, q, p)."""
    p = len(model.touchpoints)
    orders = sampled_orders(study, p, circles=CIRCLES)
    columns = model.gate.columns
    return block_lmg(covariance, columns=columns, inside=columns < p, orders=orders)


def imputed_ratings(study: Study, answers: Answers, cell: Cell, models: Sequence[Model]) -> Array:
    """Draw the missing ratings of a cell, m times: shape (m, n, p).

    Touchpoints and outcomes that are in no model are left out of the draws; the weight and the
    models' covariates take part in them.
    """
    names = {item.id for model in models for item in model.touchpoints}
    at = np.array([j for j, item in enumerate(answers.touchpoints) if item.id in names])
    ids = {model.bases[place].outcome.id for model in models for place in model.modelled}
    outcomes = np.array([k for k, outcome in enumerate(answers.outcomes) if outcome.id in ids])
    inside = np.flatnonzero(cell.mask)
    number = [wave.id for wave in study.waves].index(answers.wave)
    drawn = imputation.impute(
        answers.contact[np.ix_(inside, at)],
        answers.rating[np.ix_(inside, at)],
        answers.outcome[np.ix_(inside, outcomes)],
        covariates=np.column_stack([np.log(answers.weight), answers.covariates])[inside],
        draws=study.analysis.imputations,
        rng=np.random.default_rng([study.seed, number, _IMPUTING]),
    )
    if drawn.shape[1:] == answers.rating.shape:
        return drawn
    result = np.full((study.analysis.imputations, *answers.rating.shape), np.nan)
    result[:, inside[:, None], at] = drawn
    return result


def pooled(
    study: Study,
    answers: Answers,
    cell: Cell,
    model: Model,
    *,
    multiplicity: Array,
    drawn: Array,
) -> Found:
    """Analyse every imputed data set by the same model, and pool by Rubin's rules.

    The sampling variance with complete data hardly varies from one imputation to the next: the
    replicates of the first few stand for all.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
    model : Model
        Fitted in this cell.
    multiplicity : ndarray of shape (b, g)
        The wave's replicates.
    drawn : ndarray of shape (m, n, p)
        From :func:`imputed_ratings`.
    """
    if model.covariance is None or model.point is None:
        return {}
    m, p = len(drawn), len(model.touchpoints)
    replicated = min(REPLICATED, m)
    each = min(IMPUTED_REPLICATES, len(multiplicity)) // replicated
    outcomes = tuple(base.outcome for base in model.bases)
    points, spreads = [model.covariance], []
    for k, rating in enumerate(drawn):
        filled = replace(answers, rating=rating, chances=None)
        sums = summed(study, filled, outcomes, mask=cell.mask)
        part = replace(model, sums=sums)
        points.append(admitted(part, whole(part, sums.total()[None])))
        if k < replicated:
            chosen = multiplicity[k * each : (k + 1) * each]
            spreads.append(admitted(part, whole(part, sums.replicate(chosen))))
    covariance = joined(points + spreads, count=m + 1 + replicated * each)
    lmg = experience(study, model, covariance)
    lmg += model.point.lmg[:, :p] - lmg[0]
    slope = effects(covariance, columns=model.gate.columns)[..., :p]
    of = np.repeat(np.arange(replicated), each)
    result = {}
    for k, place in enumerate(model.modelled):
        base = model.bases[place]
        values, replicates = (
            (lmg[1 : m + 1, k], slope[1 : m + 1, k]),
            (lmg[m + 1 :, k], slope[m + 1 :, k]),
        )
        result[base.outcome.id] = _by_rubin(study, model, base, values, replicates, of)
    return result


def _by_rubin(
    study: Study,
    model: Model,
    base: Base,
    values: tuple[Array, Array],
    replicates: tuple[Array, Array],
    of: NDArray[np.intp],
) -> Estimates:
    """Pool importance and effect of m imputations; ``of`` tells whose each replicate is."""
    (lmg, slope), (lmgs, slopes) = values, replicates
    bias = (lmgs - lmg[of]).mean(axis=0)
    share = inference.shares(Corrected(lmg - bias, lmgs - 2 * bias))
    degrees, confidence = float(model.degrees), study.analysis.confidence
    shares = imputation.pool(
        share.estimate, within=_within(share.estimate[of], share.replicates), degrees=degrees
    )
    effect = imputation.pool(
        identified(model, slope), within=_within(slope[of], slopes), degrees=degrees
    )
    low, high = imputation.pooled_interval(shares, confidence=confidence)
    effect_low, effect_high = imputation.pooled_interval(effect, confidence=confidence)
    return Estimates(
        base,
        (lmg - bias).mean(axis=0),
        shares.estimate,
        np.clip(low, 0.0, 1.0),
        np.clip(high, 0.0, 1.0),
        effect.estimate,
        effect_low,
        effect_high,
        shares.missing_information,
    )


def _within(estimates: Array, replicates: Array) -> Array:
    """Return the sampling variance: the spread of replicates about their own imputation."""
    return np.asarray((replicates - estimates).var(axis=0, ddof=1))
