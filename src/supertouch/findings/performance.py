"""How many meet each touchpoint, and how good it is to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.levels import Base, Levels, Measure, RowLevels, bands, points, turned
from supertouch.stats import means
from supertouch.study.model import Study

__all__ = [
    "bands",
    "level_table",
    "outcome_levels",
    "performance",
    "performance_table",
    "points",
    "turned",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Interval = Callable[..., tuple[Array, Array]]


def performance(study: Study, answers: Answers, cell: Cell) -> pd.DataFrame:
    """Estimate reach, satisfaction, bands, NPS and brand fit of each touchpoint in a cell.

    Returns the table ``performance``; see :func:`performance_table`.
    """
    return performance_table(study, RowLevels(study, answers, cell))


def performance_table(study: Study, levels: Levels) -> pd.DataFrame:
    """Estimate reach, satisfaction, bands, NPS and brand fit of each touchpoint in a group.

    Estimates on fewer than ``privacy.min_base`` respondents are empty, and so are those that would
    reveal them; where that is so of reach, the counts that tell it are too.

    Returns the table ``performance``.
    """
    bases: tuple[Base, ...] = ("known", "rated", "fit")
    gone: dict[str, Mask] = {base: levels.withheld(base) for base in bases}
    gone["nps_met"], gone["nps_not_met"] = levels.apart()
    known, rated = levels.sums("reach").n, levels.sums("satisfaction").n
    table: dict[str, object] = {
        "n": levels.n,
        "n_eff": levels.n_eff,
        "n_known": known,
        "n_met": _told(levels.met, gone["known"]),
        "n_rated": rated,
    }
    for name, base, interval in _ESTIMATES:
        found = _blank(levels.sums(name).linearised(levels.stratum).ratio, gone[base])
        low, high = interval(found, confidence=study.analysis.confidence)
        table |= {name: found.estimate, f"{name}_low": low, f"{name}_high": high}
        if name == "satisfaction":
            table["n_rated_eff"] = found.n_eff
        if name == "brand_fit":
            table["n_brand_fit"] = found.n
        if name.startswith("nps"):
            table[f"n_{name}"] = _told(found.n, gone["known"])
    keys = _keys(levels) | {"touchpoint": [item.id for item in levels.touchpoints]}
    return pd.DataFrame(keys | table)


def _keys(levels: Levels) -> dict[str, object]:
    return {"wave": levels.wave, "segment": levels.segment, "segment_value": levels.value}


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


def _points_interval(found: means.Ratio, *, confidence: float) -> tuple[Array, Array]:
    low, high = means.mean_interval(found, confidence=confidence)
    return np.maximum(low, -100.0), np.minimum(high, 100.0)


_ESTIMATES: tuple[tuple[Measure, str, Interval], ...] = (
    ("reach", "known", means.proportion_interval),
    ("satisfaction", "rated", means.mean_interval),
    ("disappointed", "rated", means.proportion_interval),
    ("okay", "rated", means.proportion_interval),
    ("delighted", "rated", means.proportion_interval),
    ("nps_met", "nps_met", _points_interval),
    ("nps_not_met", "nps_not_met", _points_interval),
    ("brand_fit", "fit", means.mean_interval),
)


def outcome_levels(study: Study, answers: Answers, cell: Cell) -> pd.DataFrame:
    """Estimate the level of each outcome in a cell; returns the table ``outcomes``."""
    return level_table(study, RowLevels(study, answers, cell))


def level_table(study: Study, levels: Levels) -> pd.DataFrame:
    """Estimate the level of each outcome in a group where enough answered; table ``outcomes``."""
    confidence, gone = study.analysis.confidence, levels.withheld("answered")
    level = _blank(levels.sums("mean").linearised(levels.stratum).ratio, gone)
    low, high = means.mean_interval(level, confidence=confidence)
    score = _blank(levels.sums("nps").linearised(levels.stratum).ratio, gone)
    score_low, score_high = _points_interval(score, confidence=confidence)
    scored = np.array([item.role == "recommendation" for item in levels.outcomes], dtype=bool)
    return pd.DataFrame(
        _keys(levels)
        | {
            "outcome": [item.id for item in levels.outcomes],
            "role": [item.role for item in levels.outcomes],
            "proxy": [item.proxy for item in levels.outcomes],
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
