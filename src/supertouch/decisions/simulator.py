"""The newest wave's levers with joint replicates, packed so that a page can weigh changes."""

from __future__ import annotations

from collections.abc import Mapping
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
    rows = [{"wave": wave, **row} for lever in found for row in _rows(study, lever, levels=levels)]
    return pd.DataFrame(rows)


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
