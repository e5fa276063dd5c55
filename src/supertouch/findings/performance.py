"""How many meet each touchpoint, and how good it is to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.suppression import apart, withheld
from supertouch.stats import means
from supertouch.study.model import Scale, Study

__all__ = ["bands", "outcome_levels", "performance", "points", "turned"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Interval = Callable[..., tuple[Array, Array]]


def performance(study: Study, answers: Answers, cell: Cell) -> pd.DataFrame:
    """Estimate reach, satisfaction, bands, NPS and brand fit of each touchpoint in a cell.

    Estimates on fewer than ``privacy.min_base`` respondents are empty, and so are those that would
    reveal them; where that is so of reach, the counts that tell it are too.

    Returns the table ``performance``.
    """
    inside = cell.mask[:, None]
    known, rated = ~np.isnan(answers.contact), ~np.isnan(answers.rating)
    fit = ~np.isnan(answers.brand_fit)
    met = answers.contact == 1
    worst, best = bands(study, answers)
    nps, asked = _nps(study, answers)
    parts = (asked & known & met, asked & known & ~met, asked & ~known)
    gone = {id(base): withheld(study, answers, cell, base) for base in (known, rated, fit)}
    gone |= dict(zip(map(id, parts), apart(study, answers, cell, parts), strict=False))
    unreached = gone[id(known)]
    table: dict[str, object] = {
        "n": int(cell.mask.sum()),
        "n_eff": means.kish(answers.weight[cell.mask]),
        "n_known": (known & inside).sum(axis=0),
        "n_met": _told((known & met & inside).sum(axis=0), unreached),
        "n_rated": (rated & inside).sum(axis=0),
    }
    share, mean, score = means.proportion_interval, means.mean_interval, _points_interval
    estimates: tuple[tuple[str, Array, Mask, Interval], ...] = (
        ("reach", met.astype(float), known, share),
        ("satisfaction", answers.rating, rated, mean),
        ("disappointed", worst, rated, share),
        ("okay", 1 - worst - best, rated, share),
        ("delighted", best, rated, share),
        ("nps_met", nps, parts[0], score),
        ("nps_not_met", nps, parts[1], score),
        ("brand_fit", answers.brand_fit, fit, mean),
    )
    for name, value, base, interval in estimates:
        weight = answers.rating_weight if base is rated else answers.weight
        weight = answers.brand_fit_weight if base is fit else weight
        found = _blank(_ratio(answers, value, base & inside, weight), gone[id(base)])
        low, high = interval(found, confidence=study.analysis.confidence)
        table |= {name: found.estimate, f"{name}_low": low, f"{name}_high": high}
        if name == "satisfaction":
            table["n_rated_eff"] = found.n_eff
        if name == "brand_fit":
            table["n_brand_fit"] = found.n
        if name.startswith("nps"):
            table[f"n_{name}"] = _told(found.n, unreached)
    keys = {
        "wave": answers.wave,
        "segment": cell.segment,
        "segment_value": cell.value,
        "touchpoint": [item.id for item in answers.touchpoints],
    }
    return pd.DataFrame(keys | table)


def _blank(found: means.Ratio, gone: Mask) -> means.Ratio:
    """Take away estimates that may not be shown; how many answered stays."""
    return replace(
        found,
        estimate=np.where(gone, np.nan, found.estimate),
        error=np.where(gone, np.nan, found.error),
        n_eff=np.where(gone, np.nan, found.n_eff),
    )


def _told(count: NDArray[np.int_], gone: Mask) -> pd.arrays.IntegerArray:
    """Return counts, empty where they may not be shown."""
    return pd.arrays.IntegerArray(count.astype(np.int64), gone.copy())


def _ratio(answers: Answers, value: Array, base: Mask, weight: Array) -> means.Ratio:
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


def _nps(study: Study, answers: Answers) -> tuple[Array, Mask]:
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
    """Estimate the level of each outcome in a cell where enough answered; table ``outcomes``."""
    answered = ~np.isnan(answers.outcome)
    gone = withheld(study, answers, cell, answered)
    base = answered & cell.mask[:, None]
    level = _blank(_ratio(answers, answers.outcome, base, answers.weight), gone)
    low, high = means.mean_interval(level, confidence=study.analysis.confidence)
    score = _blank(_ratio(answers, points(answers.outcome), base, answers.weight), gone)
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
