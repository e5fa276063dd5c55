"""What the study aims at (Soll), and whether a wave met it: the table ``targets``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from supertouch.stats.sample_size import respondents_to_decide
from supertouch.study.model import Study, Target

__all__ = ["targets"]

Tables = Mapping[str, pd.DataFrame]
Row = dict[str, Any]

LOWER_IS_BETTER = ("disappointed",)
RATED = ("n_rated", "n_rated_eff")
BASES: dict[Target, tuple[str, str]] = {
    "reach": ("n_known", "n_eff"),
    "satisfaction": RATED,
    "disappointed": RATED,
    "delighted": RATED,
    "mean": ("n", "n_eff"),
    "nps": ("n", "n_eff"),
}


def targets(study: Study, wave: str, tables: Tables) -> pd.DataFrame:
    """Hold a wave's levels against the study's targets, a row per target.

    Parameters
    ----------
    study : Study
    wave : str
    tables : mapping of str to DataFrame
        What the wave's analysis found: ``performance`` and ``outcomes`` are read.
    """
    touchpoints = _total(tables["performance"], "touchpoint")
    outcomes = _total(tables["outcomes"], "outcome")
    interviews = int(max(level["n"] for level in (*touchpoints.values(), *outcomes.values())))
    rows = []
    for kind, items, levels in (
        ("touchpoint", study.touchpoints_in(wave), touchpoints),
        ("outcome", study.outcomes_in(wave), outcomes),
    ):
        other = "outcome" if kind == "touchpoint" else "touchpoint"
        for item in items:
            for measure, aim in item.targets.items():
                head: Row = {"wave": wave, kind: item.id, other: "", "measure": measure}
                rows.append(head | _held(levels[item.id], measure, aim, interviews=interviews))
    return pd.DataFrame(rows)


def _total(table: pd.DataFrame, key: str) -> dict[str, Row]:
    rows = table[table.segment == ""].to_dict("records")
    return {str(row[key]): {str(name): value for name, value in row.items()} for row in rows}


def _held(level: Row, measure: Target, aim: float, *, interviews: int) -> Row:
    """Decide by the interval; an estimate that cannot decide says what number could."""
    value, low, high = (float(level[f"{measure}{end}"]) for end in ("", "_low", "_high"))
    status = "met" if low >= aim else "not_met" if high < aim else "open"
    if measure in LOWER_IS_BETTER:
        status = "met" if high <= aim else "not_met" if low > aim else "open"
    n, n_eff = BASES[measure]
    needed = respondents_to_decide(
        np.array([value]),
        np.array([low]),
        np.array([high]),
        target=np.array([aim]),
        n=interviews,
    )
    return {
        "n": int(level[n]),
        "n_eff": float(level[n_eff]),
        "target": aim,
        "value": value,
        "value_low": low,
        "value_high": high,
        "status": status,
        "n_needed": float(needed[0]) if status == "open" else np.nan,
    }
