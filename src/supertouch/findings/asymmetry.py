"""Basic, performance and excitement factors: touchpoints that protect, and those that build."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import keys
from supertouch.findings.models import Base, Model
from supertouch.findings.performance import turned
from supertouch.findings.suppression import few, some
from supertouch.stats import inference
from supertouch.stats.asymmetry import Impacts, dummies, impacts
from supertouch.stats.factors import FACTORS, factors, impact_asymmetry
from supertouch.stats.gate import LARGEST_REPAIR, model_refusal
from supertouch.stats.inference import Corrected, widening
from supertouch.stats.moments import Moments
from supertouch.study.model import Study

__all__ = ["asymmetry_table"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Values = dict[str, NDArray[np.generic]]

_ESTIMATES = (
    *(
        f"{name}{part}"
        for name in ("penalty", "reward")
        for part in ("", "_low", "_high", "_p_value", "_p_adjusted")
    ),
    *(f"{name}{part}" for name in ("impact_asymmetry", "risk") for part in ("", "_low", "_high")),
    *(f"probability_{name}" for name in FACTORS),
)
_BANDS = ("few_disappointed", "few_okay", "few_delighted")


@dataclass(frozen=True, slots=True)
class _Bands:
    """Ratings of the wave's touchpoints in bands, and who is asked.

    Attributes
    ----------
    disappointed, delighted : ndarray of shape (n, t)
        1, 0, or NaN where there is no rating.
    weight, rating_weight : ndarray of shape (n,)
        0 outside the cell, and for those whom the model's outcomes do not apply to.
    below, above : ndarray of shape (t,)
        Rating points from the mean okay rating down to the mean disappointed one, and up to the
        mean delighted one.
    """

    disappointed: Array
    delighted: Array
    weight: Array
    rating_weight: Array
    below: Array
    above: Array


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the answers to one outcome allow.

    Attributes
    ----------
    base : Base
    count : ndarray of int of shape (3, t)
        Respondents disappointed, okay and delighted who answered the outcome, of all the wave's
        touchpoints.
    columns : ndarray of int
        Driver columns of the model's p touchpoints: 0..p-1 disappointed, p..2p-1 delighted,
        2p..3p-1 contacts.
    refusal : str
        Why no touchpoint has an estimate, or "".
    point, replicates : Impacts or None
        Of this outcome alone: penalties of shape (1, p) and (b, p).
    """

    base: Base
    count: NDArray[np.int_]
    columns: Places
    refusal: str
    point: Impacts | None = None
    replicates: Impacts | None = None


def asymmetry_table(
    study: Study, answers: Answers, cell: Cell, model: Model, *, multiplicity: Array
) -> pd.DataFrame:
    """Estimate penalty, reward, factor and risk of every touchpoint; the table ``asymmetry``.

    All touchpoints of the driver model are in one regression with their contacts. A band that
    fewer than ``analysis.min_pair`` respondents with an answer to the outcome fall in has no dummy
    of its own: these few then count with the okay ones, and the touchpoint's factor is
    *undetermined*.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
    model : Model
        From :func:`supertouch.findings.models.prepare`.
    multiplicity : ndarray of shape (b, g)
        The wave's replicates.

    Returns
    -------
    DataFrame
        One row per outcome of the model and touchpoint of the wave, refused ones too.
    """
    bands = _bands(study, answers, cell, model)
    plans = [_plan(study, answers, model, bands, base) for base in model.bases]
    live = [
        k
        for k, plan in enumerate(plans)
        if not plan.refusal and (plan.columns < 2 * len(model.touchpoints)).any()
    ]
    if live:
        sums = _dummies(study, answers, model, bands, [plans[k].base for k in live])
        plans = _estimated(plans, live, sums, multiplicity)
    return pd.concat(
        [_rows(study, answers, cell, model, bands, plan) for plan in plans], ignore_index=True
    )


def _bands(study: Study, answers: Answers, cell: Cell, model: Model) -> _Bands:
    scales = [study.scales[item.scale] for item in answers.touchpoints]
    worst = np.array([turned(scale, scale.disappointed) for scale in scales])
    best = np.array([turned(scale, scale.delighted) for scale in scales])
    rating, unrated = answers.rating, np.isnan(answers.rating)
    with np.errstate(invalid="ignore"):
        low, high = rating <= worst, rating >= best
    used = cell.mask & answers.open_to(model.bases[0].outcome)
    weight = answers.rating_weight * used
    middle = _mean(np.where(low | high, np.nan, rating), weight)
    return _Bands(
        disappointed=np.where(unrated, np.nan, low),
        delighted=np.where(unrated, np.nan, high),
        weight=answers.weight * used,
        rating_weight=weight,
        below=middle - _mean(np.where(low, rating, np.nan), weight),
        above=_mean(np.where(high, rating, np.nan), weight) - middle,
    )


def _mean(value: Array, weight: Array) -> Array:
    """Weighted means of the columns over what is known."""
    known = ~np.isnan(value)
    base = weight @ known
    total = weight @ np.where(known, value, 0.0)
    return np.asarray(np.divide(total, base, out=np.full(len(base), np.nan), where=base > 0))


def _plan(study: Study, answers: Answers, model: Model, bands: _Bands, base: Base) -> _Plan:
    """Decide which dummies have a base, and whether the outcome's answers carry the model."""
    place = answers.outcomes.index(base.outcome)
    answered = ~np.isnan(answers.outcome[:, place]) & (bands.weight > 0)
    low, high = bands.disappointed[answered], bands.delighted[answered]
    count = np.stack([part.sum(axis=0) for part in (low == 1, (low == 0) & (high == 0), high == 1)])
    enough = count[:, model.gate.touchpoints] >= study.analysis.min_pair
    # with no okay ones to compare with, one of the two dummies would stand for the rating itself
    used = np.concatenate([enough[0] & enough[1], enough[2], model.gate.contact])
    columns = np.flatnonzero(used)
    refusal, _ = model_refusal(
        n_eff=base.n_eff,
        columns=len(columns) + model.sums.covariates,
        touchpoints=len(model.touchpoints),
        degrees=model.degrees,
        variance=np.inf,
    )
    return _Plan(base, count, columns, base.refusal or refusal)


def _dummies(
    study: Study, answers: Answers, model: Model, bands: _Bands, bases: list[Base]
) -> Moments:
    kept = model.gate.touchpoints
    places = [answers.outcomes.index(base.outcome) for base in bases]
    return dummies(
        answers.contact[:, kept],
        bands.disappointed[:, kept],
        bands.delighted[:, kept],
        answers.outcome[:, places],
        weight=bands.weight,
        outcome_midpoint=np.array([study.scales[base.outcome.scale].midpoint for base in bases]),
        group=answers.groups.index,
        groups=len(answers.groups.stratum),
        covariate=answers.held(bands.weight > 0),
        chances=answers.chances,
    )


def _estimated(
    plans: list[_Plan], live: list[int], sums: Moments, multiplicity: Array
) -> list[_Plan]:
    chosen = [plans[k] for k in live]
    point, replicates, change = impacts(
        sums,
        columns=[plan.columns for plan in chosen],
        multiplicity=multiplicity,
        inflation=np.array(
            [
                widening(np.array(plan.base.n_eff), len(plan.columns) + sums.covariates + 1)
                for plan in chosen
            ]
        ),
    )
    if change > LARGEST_REPAIR:
        return [replace(plan, refusal=plan.refusal or "not_positive") for plan in plans]
    result = list(plans)
    for place, k in enumerate(live):
        result[k] = replace(plans[k], point=point.of(place), replicates=replicates.of(place))
    return result


def _rows(
    study: Study, answers: Answers, cell: Cell, model: Model, bands: _Bands, plan: _Plan
) -> pd.DataFrame:
    table = pd.DataFrame(
        keys(answers, cell)
        | {
            "outcome": plan.base.outcome.id,
            "touchpoint": [item.id for item in answers.touchpoints],
            "factor": "refused" if plan.refusal else "undetermined",
            "reason": plan.refusal or _reasons(study, answers, model, plan),
            "n": plan.base.n,
            "n_eff": plan.base.n_eff,
        }
        | _described(study, answers, cell, bands, plan)
        | dict.fromkeys(_ESTIMATES, np.nan)
    )
    if plan.point is None or plan.replicates is None:
        return table
    kept = model.gate.touchpoints
    found = _estimates(study, model, plan.point, plan.replicates)
    table.loc[kept, list(found)] = np.column_stack(list(found.values()))
    table.loc[table.reason == "few_okay", [name for name in _ESTIMATES if "reward" in name]] = (
        np.nan
    )
    known = _sorted(study, model, bands, plan.point, plan.replicates)
    table.loc[known.index, list(known)] = known
    alone = table.index.isin(kept) & (table.factor == "undetermined") & (table.reason == "")
    table.loc[alone, "reason"] = "collinear"
    return table


def _described(
    study: Study, answers: Answers, cell: Cell, bands: _Bands, plan: _Plan
) -> dict[str, object]:
    """Tell of each touchpoint how many meet it and fall into its bands, where enough are known."""
    inside, closed = cell.mask[:, None], cell.mask[:, None] & (bands.weight == 0)[:, None]
    known, rated = ~np.isnan(answers.contact), ~np.isnan(answers.rating)
    # everybody's levels, less these, would tell of the few whom the outcome is not open to
    unknown = few(study, answers, known & inside) | few(study, answers, known & closed)
    unrated = few(study, answers, rated & inside) | few(study, answers, rated & closed)
    raters = plan.count.sum(axis=0)
    silent = (rated & inside).sum(axis=0) - raters
    untold = unrated | some(study, raters) | some(study, silent)
    counts = [pd.arrays.IntegerArray(count.astype(np.int64), untold.copy()) for count in plan.count]
    shares = {
        "disappointed": _mean(bands.disappointed, bands.rating_weight),
        "delighted": _mean(bands.delighted, bands.rating_weight),
        "linear_asymmetry": impact_asymmetry(-bands.below, bands.above),
    }
    table: dict[str, object] = dict(
        zip(("n_disappointed", "n_okay", "n_delighted"), counts, strict=True)
    )
    table["reach"] = np.where(unknown, np.nan, _mean(answers.contact, bands.weight))
    return table | {name: np.where(unrated, np.nan, share) for name, share in shares.items()}


def _reasons(study: Study, answers: Answers, model: Model, plan: _Plan) -> list[str]:
    """Tell of each touchpoint of the wave why it has no factor, or ""."""
    reasons = dict.fromkeys((item.id for item in answers.touchpoints), "")
    reasons |= {name: f"not_eligible_{code}" for name, code in model.not_eligible.items()}
    for code, places in (
        ("dropped_pair_base", model.gate.dropped),
        ("dropped_outcome_base", model.gate.silent),
        ("constant_rating", model.gate.constant),
    ):
        reasons |= {answers.touchpoints[j].id: code for j in places}
    for j in model.gate.touchpoints:
        few = np.flatnonzero(plan.count[:, j] < study.analysis.min_pair)
        if len(few):
            code = _BANDS[few[0]] if len(few) == 1 else "few_in_several_bands"
            reasons[answers.touchpoints[j].id] = code
    return list(reasons.values())


def _estimates(study: Study, model: Model, point: Impacts, replicates: Impacts) -> dict[str, Array]:
    """Return the columns of the table for the touchpoints of the model."""
    confidence = study.analysis.confidence
    values: dict[str, Array] = {}
    tests = []
    for name in ("penalty", "reward"):
        estimate, repeated = getattr(point, name)[0, 0], getattr(replicates, name)[:, 0]
        low, high = inference.normal_interval(
            estimate, repeated, degrees=model.degrees, confidence=confidence
        )
        p_value = inference.t_test(estimate, repeated, degrees=model.degrees)
        values |= {name: estimate, f"{name}_low": low, f"{name}_high": high}
        values[f"{name}_p_value"] = p_value
        tests.append(p_value)
    adjusted = inference.adjust(np.stack(tests))
    values |= {"penalty_p_adjusted": adjusted[0], "reward_p_adjusted": adjusted[1]}
    risk = Corrected(point.risk[0, 0], replicates.risk[:, 0])
    low, high = inference.percentile_interval(risk, confidence=confidence)
    return values | {"risk": risk.estimate, "risk_low": low, "risk_high": high}


def _sorted(
    study: Study, model: Model, bands: _Bands, point: Impacts, replicates: Impacts
) -> pd.DataFrame:
    """Return factor, its probabilities and the asymmetry of touchpoints with both dummies."""
    both = np.flatnonzero(~np.isnan(point.penalty[0, 0] + point.reward[0, 0]))
    if not len(both):
        return pd.DataFrame()
    places = model.gate.touchpoints[both]
    penalty = np.concatenate([point.penalty[:, 0, both], replicates.penalty[:, 0, both]])
    reward = np.concatenate([point.reward[:, 0, both], replicates.reward[:, 0, both]])
    factor = factors(
        penalty,
        reward,
        below=bands.below[places],
        above=bands.above[places],
        degrees=model.degrees,
        alpha=study.rule.alpha,
    )
    index = impact_asymmetry(penalty, reward)
    index[:, factor[0] == FACTORS.index("none")] = np.nan
    low, high = _interval(index, confidence=study.analysis.confidence)
    columns: dict[str, object] = {
        "factor": [FACTORS[code] for code in factor[0]],
        "impact_asymmetry": index[0],
        "impact_asymmetry_low": low,
        "impact_asymmetry_high": high,
    }
    for code, name in enumerate(FACTORS):
        columns[f"probability_{name}"] = (factor[1:] == code).mean(axis=0)
    return pd.DataFrame(columns, index=places)


def _interval(index: Array, *, confidence: float) -> tuple[Array, Array]:
    """Percentile interval of an index over the replicates that have one; empty with the index."""
    low, high = np.full(index.shape[1], np.nan), np.full(index.shape[1], np.nan)
    for j in np.flatnonzero(~np.isnan(index[0])):
        repeated = index[1:, j][~np.isnan(index[1:, j])]
        found = inference.percentile_interval(
            Corrected(index[0, j], repeated), confidence=confidence
        )
        low[j], high[j] = found
    return low, high
