"""What looks wrong in a model's touchpoints or weights, as codes for ``diagnostics``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.models import Model
from supertouch.findings.trust.rows import filled_rows
from supertouch.stats import collinearity, halo
from supertouch.study.model import Study

__all__ = ["suspicions"]

Array = NDArray[np.float64]
Row = tuple[str, str, float]

NEARLY_EVERYBODY = 0.9
MOST_OF_MODEL = 0.6
MOST_OF_OUTCOME = 0.6
AHEAD = 1.5
NEAR_CONSTANT = 0.95
FEWEST_TOUCHPOINTS = 4
ILL_CONDITIONED = 30.0
HEAVY_RESPONDENT = 10.0
HEAVY_UNIT = 0.1
LARGEST_LEVERAGE = 0.5


def suspicions(study: Study, answers: Answers, cell: Cell, model: Model) -> list[Row]:
    """Return rows of the table ``diagnostics``: a subject, a code and its size.

    ==========================  ====================================================================
    code                        value
    ==========================  ====================================================================
    ``never_asked``             respondents of whom it is not known whether they met the touchpoint
    ``never_met``               respondents who all did not meet it
    ``near_constant_rating``    share of raters who gave the most frequent answer, above 95 %
    ``outcome_among_drivers``   R² of this touchpoint's rating alone, as a share of the model's
    ``ill_conditioned``         largest condition index of the drivers, 30 or more
    ``heavy_respondent``        largest weight over the mean weight, 10 or more
    ``heavy_unit``              share of the weight that lies in one sampling unit, above 10 %
    ``high_leverage``           share of one respondent's fit that is the own answer, above half
    ==========================  ====================================================================

    A touchpoint is taken for an outcome in disguise (a second "overall satisfaction") if nearly
    everybody met it, its rating alone explains most of what the whole model explains and half as
    much again as any other, and one of two things more: it alone explains six tenths of the
    outcome, or it goes along with the mean of all other ratings more than three in four
    touchpoints do. A real touchpoint that dominates can look the same, and a judgement answered
    carelessly can stay hidden: the code is a reason to read the question again, no more.
    """
    used = (answers.weight > 0) & cell.mask & answers.open_to(model.bases[0].outcome)
    rows = _touchpoints(answers, used, study.analysis.min_pair)
    rows += _weights(answers, used)
    if model.covariance is None or model.point is None:
        return rows
    rows += _outcomes_among_drivers(answers, used, model)
    xx = model.covariance.drivers(model.gate.columns)[0][0]
    condition = collinearity.condition_index(xx)
    if condition >= ILL_CONDITIONED:
        rows.append(("", "ill_conditioned", condition))
    found = filled_rows(study, answers, cell, model)
    if found is not None:
        most = float(collinearity.leverage(found.columns, covariance=xx, weight=found.weight).max())
        rows += [("", "high_leverage", most)] if most > LARGEST_LEVERAGE else []
    return rows


def _touchpoints(answers: Answers, used: NDArray[np.bool_], fewest: int) -> list[Row]:
    rows: list[Row] = []
    for j, item in enumerate(answers.touchpoints):
        contact, rating = answers.contact[used, j], answers.rating[used, j]
        known = ~np.isnan(contact)
        if not known.any():
            rows.append((item.id, "never_asked", float(used.sum())))
        elif not (contact == 1).any():
            rows.append((item.id, "never_met", float(known.sum())))
        rated = rating[~np.isnan(rating)]
        if len(rated) < fewest:
            continue
        most = float(np.unique(rated, return_counts=True)[1].max()) / len(rated)
        if NEAR_CONSTANT < most < 1:
            rows.append((item.id, "near_constant_rating", most))
    return rows


def _weights(answers: Answers, used: NDArray[np.bool_]) -> list[Row]:
    weight, unit = answers.weight[used], answers.groups.unit[used]
    rows: list[Row] = []
    if not len(weight):
        return rows
    heaviest = float(weight.max() / weight.mean())
    if heaviest >= HEAVY_RESPONDENT:
        rows.append(("", "heavy_respondent", heaviest))
    share = float(np.bincount(unit, weight).max() / weight.sum())
    clustered = len(np.unique(unit)) < len(unit)
    if clustered and share > HEAVY_UNIT:
        rows.append(("", "heavy_unit", share))
    return rows


def _outcomes_among_drivers(answers: Answers, used: NDArray[np.bool_], model: Model) -> list[Row]:
    if model.covariance is None or model.point is None:
        return []
    p = len(model.touchpoints)
    if p < FEWEST_TOUCHPOINTS:
        return []
    columns = np.arange(p)
    xx, xy, yy = (part[0] for part in model.covariance.drivers(columns))
    alone = xy**2 / np.diagonal(xx) / yy[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = alone / model.point.r2[:, None]
    second = np.sort(alone, axis=1)[:, -2]
    leads = (share >= MOST_OF_MODEL) & (alone >= AHEAD * second[:, None])
    rest = _with_the_rest(
        answers.rating[used][:, model.gate.touchpoints], weight=answers.weight[used]
    )
    reach = model.covariance.reach[0]
    rows: list[Row] = []
    for j in np.flatnonzero(leads.any(axis=0) & (reach >= NEARLY_EVERYBODY)):
        plain = alone[leads[:, j], j].max() >= MOST_OF_OUTCOME
        if plain or rest[j] > np.nanquantile(np.delete(rest, j), 0.75):
            value = float(share[leads[:, j], j].max())
            rows.append((model.touchpoints[j].id, "outcome_among_drivers", value))
    return rows


def _with_the_rest(rating: Array, *, weight: Array) -> Array:
    """Correlate each rating with the mean of the same respondent's other ratings."""
    others = halo.mean_of_others(rating, weight=weight)
    found = np.full(rating.shape[1], np.nan)
    for j in range(rating.shape[1]):
        rated = ~np.isnan(rating[:, j])
        matrix = np.cov(rating[rated, j], others[rated, j], aweights=weight[rated])
        if matrix[0, 0] > 0 and matrix[1, 1] > 0:
            found[j] = matrix[0, 1] / np.sqrt(matrix[0, 0] * matrix[1, 1])
    return found
