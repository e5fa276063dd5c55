"""How far auditors agree with each other, and with the customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.inside import FEWEST, generator, told_by
from supertouch.decisions.views import (
    MEASURES,
    Inside,
    Measure,
    Outside,
    Tables,
    inside,
    outside,
    waves_of,
)
from supertouch.stats.raters import concordance_test, intraclass_interval, rank_share
from supertouch.study.model import Study
from supertouch.tables import TABLES, checked

__all__ = ["auditors"]

SMALLEST = 0.05

Array = NDArray[np.float64]
Found = dict[str, float]


def auditors(study: Study, tables: Tables, audits: pd.DataFrame) -> pd.DataFrame:
    """Tell how far the auditors agree, and how their order of touchpoints fits the customers'.

    The intraclass correlations and Kendall's W are over the ``n_touchpoints`` that every auditor
    rated. What cannot be estimated is empty; ``reason`` has the codes: ``not_rated``,
    ``disconnected`` (auditors rated too different touchpoints), ``one_auditor``,
    ``few_touchpoints``, ``no_variance``, ``no_outside``.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        ``performance``, ``importance``, ``models`` and ``draws`` of all waves.
    audits : DataFrame
        The table ``audits``.

    Returns
    -------
    DataFrame
        The table ``auditors``; empty where there are no audits.
    """
    if audits.empty:
        return checked(pd.DataFrame(), table="auditors")
    rows = [
        _row(study, wave, tables, audits, measure)
        for wave in waves_of(study, tables)
        for measure in MEASURES
    ]
    columns = list(TABLES["auditors"].to_schema().columns)
    return checked(pd.DataFrame(rows).reindex(columns=columns), table="auditors")


def _row(
    study: Study, wave: str, tables: Tables, audits: pd.DataFrame, measure: Measure
) -> dict[str, object]:
    rng = generator(study, wave, measure)
    there = outside(study, wave, tables, measure, rng=rng)
    view = inside(study, wave, audits, measure)
    complete = view.ratings[:, ~np.isnan(view.ratings).any(axis=0)]
    agreed, why = _agreement(complete, confidence=study.analysis.confidence)
    fitted, why_not = _correlation(view, there, rng, confidence=study.analysis.confidence)
    reasons = dict.fromkeys([view.reason] if view.reason else [*why, *why_not])
    return {
        "wave": wave,
        "measure": measure,
        "n_auditors": len(view.ratings),
        "n_touchpoints": complete.shape[1] if len(complete) else 0,
        **agreed,
        **fitted,
        "reason": " ".join(reasons),
    }


def _agreement(ratings: Array, *, confidence: float) -> tuple[Found, list[str]]:
    """Return ICC and W over k auditors and the touchpoints that all of them rated."""
    if len(ratings) < 2:
        return {}, ["one_auditor"]
    if ratings.shape[1] < FEWEST:
        return {}, ["few_touchpoints"]
    rank = concordance_test(ratings)
    if np.ptp(ratings) == 0:
        return {}, ["no_variance"]
    single, mean = _intraclass(ratings)
    found = intraclass_interval(ratings, confidence=confidence)
    table = {
        "icc": single,
        "icc_low": found.single[0],
        "icc_high": found.single[1],
        "icc_mean": mean,
        "icc_mean_low": found.mean[0],
        "icc_mean_high": found.mean[1],
        "kendall_w": rank.w,
        "kendall_p": rank.p_value,
    }
    return table, ["no_variance"] if np.isnan(list(table.values())).any() else []


def _intraclass(ratings: Array) -> tuple[float, float]:
    """Return the ICC of one auditor and of the mean of all (two-way random, absolute)."""
    from pingouin import intraclass_corr

    k, p = ratings.shape
    long = pd.DataFrame(
        {
            "auditor": np.repeat(np.arange(k), p),
            "touchpoint": np.tile(np.arange(p), k),
            "rating": ratings.ravel(),
        }
    )
    found = intraclass_corr(long, targets="touchpoint", raters="auditor", ratings="rating")
    value = found.set_index("Type").ICC
    return float(value["ICC(A,1)"]), float(value["ICC(A,k)"])


def _correlation(
    view: Inside, there: Outside, rng: np.random.Generator, *, confidence: float
) -> tuple[Found, list[str]]:
    """Return Spearman's correlation of the two views, and the interval of the true one.

    Chance on either side makes orders look less alike than they are. The interval allows for it:
    its centre is divided by how far replicates still rank as their own estimate does.
    """
    from scipy.stats import norm

    both = told_by(view, there)
    if not both.any():
        return {}, ["no_outside"]
    if both.sum() < FEWEST:
        return {}, ["few_touchpoints"]
    mean, value = rank_share(view.found.mean[both]), rank_share(there.value[both])
    if not np.ptp(mean) or not np.ptp(value):
        return {}, ["no_variance"]
    found = float(_pearson(mean, value))
    if np.isnan(view.found.degrees):
        return {"rank_correlation": found}, ["one_auditor"]
    noise = rng.standard_normal((len(there.replicates), int(both.sum())))
    one = rank_share(view.found.mean[both] + view.found.error[both] * noise)
    other = rank_share(there.replicates[:, both])
    kept = float(np.nanmean(_pearson(one, mean)) * np.nanmean(_pearson(other, value)))
    kept = max(kept, SMALLEST)
    spread = float(np.nanstd(_pearson(one, other), ddof=1))
    reach = norm.ppf((1 + confidence) / 2) * spread / kept**2
    low, high = min(found, found / kept - reach), max(found, found / kept + reach)
    return {
        "rank_correlation": found,
        "rank_correlation_low": max(-1.0, low),
        "rank_correlation_high": min(1.0, high),
    }, []


def _pearson(one: Array, other: Array) -> Array:
    """Correlate over the last axis."""
    a = one - one.mean(axis=-1, keepdims=True)
    b = other - other.mean(axis=-1, keepdims=True)
    size = np.sqrt(np.square(a).sum(-1) * np.square(b).sum(-1))
    nothing = np.full(np.shape(size), np.nan)
    return np.asarray(np.divide((a * b).sum(-1), size, out=nothing, where=size > 0))
