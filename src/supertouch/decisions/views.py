"""The two views of a wave's touchpoints: what auditors say, and what customers' answers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.stats.raters import Raters, connected, rater_means
from supertouch.study.model import Role, Study

__all__ = ["MEASURES", "Inside", "Measure", "Outside", "inside", "outside", "waves_of"]

Array = NDArray[np.float64]
Tables = Mapping[str, pd.DataFrame]
Measure = Literal["importance", "performance"]

MEASURES: tuple[Measure, ...] = get_args(Measure)
ROLES: tuple[Role, ...] = ("loyalty", "recommendation")


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """What k auditors say of p touchpoints in one measure.

    Attributes
    ----------
    touchpoints : tuple of str
    ratings : ndarray of shape (k, p)
        From 1 to the audit's points; NaN where a cell is empty. Auditors who rated nothing in
        this measure are not among the k.
    found : Raters
        Their means; all NaN where ``reason`` says that the touchpoints cannot be compared.
    reason : str
        ``not_rated``, ``disconnected`` or empty.
    """

    touchpoints: tuple[str, ...]
    ratings: Array
    found: Raters
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """What the customers' answers say of p touchpoints in one measure.

    Attributes
    ----------
    value : ndarray of shape (p,)
        Importance: experience share, averaged over loyalty and recommendation. Performance: mean
        rating as a share of its scale's range. NaN where there is none.
    error : ndarray of shape (p,)
        Standard error of performance; NaN for importance.
    replicates : ndarray of shape (b, p)
        Replicates of ``value``; none where the driver models were refused.
    degrees : float
        Degrees of freedom behind them.
    """

    value: Array
    error: Array
    replicates: Array
    degrees: float


def waves_of(study: Study, tables: Tables) -> list[str]:
    """Return the waves that have results, in the study's order."""
    there = set(tables["performance"].wave)
    return [wave.id for wave in study.waves if wave.id in there]


def inside(study: Study, wave: str, audits: pd.DataFrame, measure: Measure) -> Inside:
    """Collect the auditors' ratings of a wave's touchpoints."""
    touchpoints = tuple(item.id for item in study.touchpoints_in(wave))
    wide = audits.pivot(index="auditor", columns="touchpoint", values=measure)
    ratings = wide.reindex(columns=list(touchpoints)).to_numpy(float)
    ratings = ratings[~np.isnan(ratings).all(axis=1)]
    if not len(ratings):
        return Inside(touchpoints, ratings, _nothing(len(touchpoints)), "not_rated")
    if not connected(ratings):
        return Inside(touchpoints, ratings, _nothing(len(touchpoints)), "disconnected")
    return Inside(touchpoints, ratings, rater_means(ratings), "")


def _nothing(p: int) -> Raters:
    empty = np.full(p, np.nan)
    return Raters(empty, empty, np.nan, empty, np.nan)


def outside(
    study: Study, wave: str, tables: Tables, measure: Measure, *, rng: np.random.Generator
) -> Outside:
    """Collect the customers' view of a wave's touchpoints."""
    if measure == "performance":
        return _performance(study, wave, tables, rng)
    return _importance(study, wave, tables)


def _importance(study: Study, wave: str, tables: Tables) -> Outside:
    names = [item.id for item in study.touchpoints_in(wave)]
    points, replicates, degrees = [], [], []
    for role in ROLES:
        outcome = study.outcome_of(role, wave)
        if outcome is None:
            continue
        share = _of(tables["importance"], wave, outcome.id)
        share = share[(share.component == "experience") & (share.method == "lmg")]
        draws = tables["draws"]
        draws = draws[(draws.wave == wave) & (draws.outcome == outcome.id)]
        model = _of(tables["models"], wave, outcome.id)
        if share.empty or draws.empty or model.empty:
            continue
        wide = draws.pivot(index="replicate", columns="touchpoint", values="share")
        points.append(share.set_index("touchpoint").share.reindex(names).to_numpy(float))
        replicates.append(wide.reindex(columns=names).to_numpy(float))
        degrees.append(float(model.units.iloc[0] - model.strata.iloc[0]))
    empty = np.full(len(names), np.nan)
    if not points:
        return Outside(empty, empty, np.empty((0, len(names))), np.nan)
    return Outside(
        np.mean(points, axis=0), empty, np.mean(replicates, axis=0), max(1.0, min(degrees))
    )


def _of(table: pd.DataFrame, wave: str, outcome: str) -> pd.DataFrame:
    return table[(table.wave == wave) & (table.segment == "") & (table.outcome == outcome)]


def _performance(study: Study, wave: str, tables: Tables, rng: np.random.Generator) -> Outside:
    from scipy.stats import t

    touchpoints = study.touchpoints_in(wave)
    table = tables["performance"]
    table = table[(table.wave == wave) & (table.segment == "")].set_index("touchpoint")
    table = table.reindex([item.id for item in touchpoints])
    scales = [study.scales[item.scale] for item in touchpoints]
    least = np.array([scale.minimum for scale in scales])
    width = np.array([scale.maximum - scale.minimum for scale in scales])
    value = (table.satisfaction.to_numpy(float) - least) / width
    half = (table.satisfaction_high - table.satisfaction_low).to_numpy(float) / 2
    raters = np.maximum(table.n_rated.fillna(2).to_numpy(float) - 1, 1)
    error = half / width / t.ppf((1 + study.analysis.confidence) / 2, raters)
    noise = rng.standard_normal((study.analysis.replicates, len(touchpoints)))
    return Outside(value, error, value + error * noise, float(np.median(raters)))
