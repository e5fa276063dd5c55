"""The newest wave's levers with joint replicates, packed so that a page can weigh changes.

A replicate is a sum over resampling groups, often of one respondent, each as often as a seed says
that the report tells. Whoever knew which replicate is which could solve for every rating. So all
levers' replicates stand in one order of their own, that of their values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from supertouch.decisions.leverage import Lever, levers
from supertouch.decisions.whatif import ends_of, levels_of
from supertouch.stats.inference import t_quantile
from supertouch.stats.packing import packed
from supertouch.study.model import Study

__all__ = ["simulator"]


def simulator(study: Study, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Pack what :func:`supertouch.decisions.whatif.whatif` works with; the table ``simulator``.

    Any improvements can be weighed with it as there, joint intervals and warnings included.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        ``levers``, ``draws`` and ``outcomes``.

    Returns
    -------
    DataFrame
        Rows of the study's last wave; none where it has no driver model.
    """
    wave = study.waves[-1].id
    names = [item.id for item in study.touchpoints_in(wave)]
    found = levers(tables, names, wave=wave)
    levels = levels_of(tables, wave)
    rows = [
        {"wave": wave, **row}
        for lever in _unordered(found)
        for row in _rows(study, lever, levels=levels)
    ]
    return pd.DataFrame(rows)


def _unordered(found: Sequence[Lever]) -> list[Lever]:
    """Put the replicates of all levers into one order that tells nothing of the one drawn."""
    draws = ("reach_draws", "mean_draws", "effect_draws")
    columns = [getattr(lever, name) for lever in found for name in draws]
    order = np.lexsort(np.nan_to_num(np.hstack(columns)).T) if columns else np.empty(0, np.intp)
    return [replace(one, **{name: getattr(one, name)[order] for name in draws}) for one in found]


def _rows(study: Study, lever: Lever, *, levels: pd.DataFrame) -> list[dict[str, Any]]:
    lowest, highest = ends_of(study, lever)
    alike = {
        "outcome": lever.outcome,
        "unit": lever.unit,
        "n": lever.n,
        "n_eff": lever.n_eff,
        "degrees": lever.degrees,
        "quantile": t_quantile(lever.degrees, confidence=study.analysis.confidence),
        "proxy": bool(levels.proxy[lever.outcome]),
        "before": float(levels[lever.unit][lever.outcome]),
        "lowest": lowest,
        "highest": highest,
    }
    places = np.flatnonzero(~np.isnan(lever.effect)).tolist()
    return [alike | _touchpoint(study, lever, place) for place in places]


def _touchpoint(study: Study, lever: Lever, place: int) -> dict[str, Any]:
    name = lever.touchpoints[place]
    scale = study.scales[study.touchpoint(name).scale]
    weight = packed(lever.reach_draws[:, place] * lever.effect_draws[:, place])
    mean = packed(lever.mean_draws[:, place])
    return {
        "touchpoint": name,
        "minimum": scale.minimum,
        "maximum": scale.maximum,
        "mean": lever.mean[place],
        "spread": lever.spread[place],
        "best_mean": lever.best_mean[place],
        "weight": lever.reach[place] * lever.effect[place],
        "significant": not lever.p_value[place] >= 1 - study.analysis.confidence,
        "weight_start": weight.start,
        "weight_step": weight.step,
        "weight_draws": weight.text,
        "mean_start": mean.start,
        "mean_step": mean.step,
        "mean_draws": mean.text,
    }
