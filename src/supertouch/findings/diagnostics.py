"""What the reader should know of the sample's design and of each model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import keys, parts
from supertouch.findings.models import Model

__all__ = ["design", "model", "small_segment"]

Row = tuple[str, str, float]


def design(answers: Answers) -> pd.DataFrame:
    """Tell of units, groups and strata; returns rows of the table ``diagnostics``."""
    groups = answers.groups
    rows: list[Row] = [("", "groups", float(len(groups.stratum)))]
    if groups.collapsed:
        rows.append(("", "collapsed_strata", float(groups.collapsed)))
    if groups.straddling:
        rows.append(("", "clusters_over_strata", float(groups.straddling)))
    for segment, values in answers.segments.items():
        unknown = int((values == "").sum())
        if unknown:
            rows.append((segment, "segment_unknown", float(unknown)))
    everybody = Cell("", "", np.ones(len(answers.weight), dtype=bool))
    return _rows(answers, everybody, rows)


def small_segment(answers: Answers, cell: Cell) -> pd.DataFrame:
    """Tell that a group is too small to be analysed, with its size."""
    return _rows(answers, cell, [("", "small_segment", float(cell.mask.sum()))])


def model(answers: Answers, cell: Cell, model: Model) -> pd.DataFrame:
    """Tell which touchpoints stayed out of a model and why, and how exact its numbers are."""
    everybody = answers.touchpoints
    rows: list[Row] = [
        (name, f"not_eligible_{code}", np.nan) for name, code in model.not_eligible.items()
    ]
    rows += [(everybody[j].id, "dropped_pair_base", np.nan) for j in model.gate.dropped]
    rows += [(everybody[j].id, "constant_rating", np.nan) for j in model.gate.constant]
    rows += [(everybody[j].id, "dropped_outcome_base", np.nan) for j in model.gate.silent]
    if model.identified is not None:
        places = model.gate.columns[~model.identified] % len(model.touchpoints)
        names = [model.touchpoints[j].id for j in np.unique(places)]
        rows += [(name, "collinear", np.nan) for name in names]
    for item, estimable, j in zip(
        model.touchpoints, model.gate.contact, model.gate.touchpoints, strict=True
    ):
        if not estimable:
            known = model.sums.counts[0, model.sums.block("known")][j]
            met = model.sums.counts[0, model.sums.block("met")][j]
            code = "everybody_met" if met == known else "contact_not_estimable"
            rows.append((item.id, code, float(known - met)))
    return _rows(answers, cell, rows + _exactness(model))


def _exactness(model: Model) -> list[Row]:
    rows: list[Row] = []
    found = parts(model)
    if found is None or model.covariance is None or model.spread is None:
        return rows
    if model.covariance.repair[0] > 0:
        rows.append(("", "psd_repair", float(model.covariance.repair[0])))
    repaired = float((model.spread.repair > 0).mean())
    if repaired > 0:
        rows.append(("", "psd_repair_replicates", repaired))
    point, anchor, replicates = found
    spread = replicates.lmg.std(axis=0)
    offset = float((np.abs(point.lmg - anchor.lmg) / spread).max())
    if offset > 0:
        rows.append(("", "replicate_orders_offset", offset))
    if model.point_error > 0:
        rows.append(("", "sampled_orders_error", model.point_error))
    if model.replicates_error > 0:
        rows.append(("", "replicate_orders_error", model.replicates_error))
    return rows


def _rows(answers: Answers, cell: Cell, rows: list[Row]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    named = dict(zip(("subject", "code", "value"), map(list, columns), strict=True))
    return pd.DataFrame(keys(answers, cell) | named)
