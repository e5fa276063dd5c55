"""How many meet each touchpoint, and how good it is to them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.stats import means
from supertouch.study.model import Scale, Study

__all__ = ["bands", "outcome_levels", "performance", "points", "turned"]

Array = NDArray[np.float64]
Interval = Callable[..., tuple[Array, Array]]


def performance(study: Study, answers: Answers, cell: Cell) -> pd.DataFrame:
    """Estimate reach, satisfaction, bands, NPS and brand fit of each touchpoint in a cell.

    Returns the table ``performance``.
    """
    inside = cell.mask[:, None]
    known = ~np.isnan(answers.contact) & inside
    rated = ~np.isnan(answers.rating) & inside
    met = answers.contact == 1
    worst, best = bands(study, answers)
    nps, asked = _nps(study, answers)
    table: dict[str, object] = {
        "n": int(cell.mask.sum()),
        "n_eff": means.kish(answers.weight[cell.mask]),
        "n_known": known.sum(axis=0),
        "n_met": (known & met).sum(axis=0),
        "n_rated": rated.sum(axis=0),
    }
    share, mean, score = means.proportion_interval, means.mean_interval, _points_interval
    estimates: tuple[tuple[str, Array, NDArray[np.bool_], Interval, str], ...] = (
        ("reach", met.astype(float), known, share, ""),
        ("satisfaction", answers.rating, rated, mean, ""),
        ("disappointed", worst, rated, share, ""),
        ("okay", 1 - worst - best, rated, share, ""),
        ("delighted", best, rated, share, ""),
        ("nps_met", nps, asked & known & met, score, "n_nps_met"),
        ("nps_not_met", nps, asked & known & ~met, score, "n_nps_not_met"),
        (
            "brand_fit",
            answers.brand_fit,
            ~np.isnan(answers.brand_fit) & inside,
            mean,
            "n_brand_fit",
        ),
    )
    for name, value, base, interval, count in estimates:
        weight = answers.rating_weight if base is rated else answers.weight
        weight = answers.brand_fit_weight if name == "brand_fit" else weight
        found = _ratio(answers, value, base, weight)
        low, high = interval(found, confidence=study.analysis.confidence)
        table |= {name: found.estimate, f"{name}_low": low, f"{name}_high": high}
        if count:
            table[count] = found.n
        if name == "satisfaction":
            table["n_rated_eff"] = found.n_eff
    keys = {
        "wave": answers.wave,
        "segment": cell.segment,
        "segment_value": cell.value,
        "touchpoint": [item.id for item in answers.touchpoints],
    }
    return pd.DataFrame(keys | table)


def _ratio(answers: Answers, value: Array, base: NDArray[np.bool_], weight: Array) -> means.Ratio:
    return means.ratio(
        value,
        base,
        weight=weight,
        unit=answers.groups.unit,
        stratum=answers.groups.unit_stratum,
    )


def bands(study: Study, answers: Answers) -> tuple[Array, Array]:
    """Tell whether each rating disappoints, and whether it delights: 1 or 0."""
    scales = [study.scales[item.scale] for item in answers.touchpoints]
    worst = np.array([turned(scale, scale.disappointed) for scale in scales])
    best = np.array([turned(scale, scale.delighted) for scale in scales])
    with np.errstate(invalid="ignore"):
        return (answers.rating <= worst).astype(float), (answers.rating >= best).astype(float)


def turned(scale: Scale, code: float | None) -> float:
    """Return a band's code on the turned scale, NaN where the study names none."""
    return np.nan if code is None else scale.turned(code)


def _nps(study: Study, answers: Answers) -> tuple[Array, NDArray[np.bool_]]:
    """Score of each respondent in points (-100, 0, 100), and whether there is one."""
    outcome = study.outcome_of("recommendation", answers.wave)
    if outcome is None:
        return np.zeros_like(answers.contact), np.zeros(answers.contact.shape, dtype=bool)
    answer = answers.outcome[:, [answers.outcomes.index(outcome)]]
    return points(answer), ~np.isnan(answer)


def points(answer: Array) -> Array:
    """Return promoters as 100, detractors as -100 and everybody else as 0 points."""
    with np.errstate(invalid="ignore"):
        return 100.0 * (answer >= 9) - 100.0 * (answer <= 6)


def _points_interval(found: means.Ratio, *, confidence: float) -> tuple[Array, Array]:
    low, high = means.mean_interval(found, confidence=confidence)
    return np.maximum(low, -100.0), np.minimum(high, 100.0)


def outcome_levels(study: Study, answers: Answers, cell: Cell) -> pd.DataFrame:
    """Estimate the level of each outcome in a cell; returns the table ``outcomes``."""
    base = ~np.isnan(answers.outcome) & cell.mask[:, None]
    level = _ratio(answers, answers.outcome, base, answers.weight)
    low, high = means.mean_interval(level, confidence=study.analysis.confidence)
    score = _ratio(answers, points(answers.outcome), base, answers.weight)
    score_low, score_high = _points_interval(score, confidence=study.analysis.confidence)
    scored = np.array([item.role == "recommendation" for item in answers.outcomes], dtype=bool)
    return pd.DataFrame(
        {
            "wave": answers.wave,
            "segment": cell.segment,
            "segment_value": cell.value,
            "outcome": [item.id for item in answers.outcomes],
            "role": [item.role for item in answers.outcomes],
            "proxy": [item.proxy for item in answers.outcomes],
            "n": level.n,
            "n_eff": level.n_eff,
            "mean": level.estimate,
            "mean_low": low,
            "mean_high": high,
            "nps": np.where(scored, score.estimate, np.nan),
            "nps_low": np.where(scored, score_low, np.nan),
            "nps_high": np.where(scored, score_high, np.nan),
        }
    )
