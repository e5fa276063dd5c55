"""What the reader should know of the sample's design and of each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from supertouch.findings.answers import Answers, Asked, Cell
from supertouch.findings.drivers import keys, parts
from supertouch.findings.models import Model
from supertouch.stats.resampling import Design, Groups
from supertouch.study.model import Study

__all__ = ["design", "model", "of_design", "rows", "small_segment"]

Row = tuple[str, str, float]

ENOUGH, ALL_BUT = 0.1, 0.9


def design(study: Study, answers: Answers) -> pd.DataFrame:
    """Tell of units, groups, strata and drawn ratings; returns rows of ``diagnostics``."""
    unknown = {name: int((values == "").sum()) for name, values in answers.segments.items()}
    found = of_design(answers.groups, unknown)
    most = _most_asked(answers)
    if study.most_ratings is None and most:
        found.append(("", "fixed_number_of_ratings", float(most)))
    everybody = Cell("", "", np.ones(len(answers.weight), dtype=bool))
    return rows(answers, everybody, found)


def of_design(groups: Groups | Design, unknown: Mapping[str, int]) -> list[Row]:
    """Tell of groups and strata, and of how many have an unknown value of each segment."""
    found: list[Row] = [("", "groups", float(len(groups.stratum)))]
    if groups.collapsed:
        found.append(("", "collapsed_strata", float(groups.collapsed)))
    if groups.straddling:
        found.append(("", "clusters_over_strata", float(groups.straddling)))
    found += [(name, "segment_unknown", float(n)) for name, n in unknown.items() if n]
    return found


def _most_asked(answers: Answers) -> int:
    """Return the number of ratings that all who met more were asked for, or 0 if there is none."""
    met, asked = (answers.contact == 1).sum(axis=1), answers.asked.sum(axis=1)
    most = int(asked.max(initial=0))
    more = met > most
    fixed = bool((asked[more] == most).mean() > ALL_BUT) if more.mean() > ENOUGH else False
    return most if fixed else 0


def small_segment(answers: Asked, cell: Cell) -> pd.DataFrame:
    """Tell that a group is too small to be analysed, with its size."""
    return rows(answers, cell, [("", "small_segment", float(cell.mask.sum()))])


def model(answers: Asked, cell: Cell, model: Model) -> pd.DataFrame:
    """Tell which touchpoints stayed out of a model and why, and how exact its numbers are."""
    everybody = answers.touchpoints
    found: list[Row] = [
        (name, f"not_eligible_{code}", np.nan) for name, code in model.not_eligible.items()
    ]
    found += [(everybody[j].id, "dropped_pair_base", np.nan) for j in model.gate.dropped]
    found += [(everybody[j].id, "constant_rating", np.nan) for j in model.gate.constant]
    found += [(everybody[j].id, "dropped_outcome_base", np.nan) for j in model.gate.silent]
    if model.identified is not None:
        places = model.gate.columns[~model.identified] % len(model.touchpoints)
        names = [model.touchpoints[j].id for j in np.unique(places)]
        found += [(name, "collinear", np.nan) for name in names]
    for item, estimable, j in zip(
        model.touchpoints, model.gate.contact, model.gate.touchpoints, strict=True
    ):
        if not estimable:
            known = model.sums.counts[0, model.sums.block("known")][j]
            met = model.sums.counts[0, model.sums.block("met")][j]
            code = "everybody_met" if met == known else "contact_not_estimable"
            found.append((item.id, code, float(known - met)))
    return rows(answers, cell, found + _exactness(model))


def _exactness(model: Model) -> list[Row]:
    found: list[Row] = []
    estimates = parts(model)
    if estimates is None or model.covariance is None or model.spread is None:
        return found
    if model.covariance.repair[0] > 0:
        found.append(("", "psd_repair", float(model.covariance.repair[0])))
    repaired = float((model.spread.repair > 0).mean())
    if repaired > 0:
        found.append(("", "psd_repair_replicates", repaired))
    point, anchor, replicates = estimates
    spread = replicates.lmg.std(axis=0)
    offset = float((np.abs(point.lmg - anchor.lmg) / spread).max())
    if offset > 0:
        found.append(("", "replicate_orders_offset", offset))
    if model.point_error > 0:
        found.append(("", "sampled_orders_error", model.point_error))
    if model.replicates_error > 0:
        found.append(("", "replicate_orders_error", model.replicates_error))
    return found


def rows(answers: Asked, cell: Cell, found: Sequence[Row]) -> pd.DataFrame:
    """Return rows of the table ``diagnostics`` for a cell."""
    columns = zip(*found, strict=True) if found else ([], [], [])
    named = dict(zip(("subject", "code", "value"), map(list, columns), strict=True))
    return pd.DataFrame(keys(answers, cell) | named)
