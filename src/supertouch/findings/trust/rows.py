"""Respondents of a model, one row each, for methods that need rows and not sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.models import Model
from supertouch.stats.regression import expected
from supertouch.study.model import Study

__all__ = ["Rows", "filled_rows"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Respondents of a fitted model, n rows, every driver known or filled.

    Attributes
    ----------
    columns : ndarray of shape (n, k)
        The model's driver columns, centred, what is unknown filled by its expectation, and free
        of the covariates.
    held : ndarray of shape (n, m)
        The covariates.
    met : ndarray of bool of shape (n, p)
        Contact with the touchpoints admitted, where known.
    outcome : ndarray of shape (n, q)
        Outcomes modelled, NaN where empty.
    weight : ndarray of shape (n,)
    unit : ndarray of int of shape (n,)
        Sampling unit.
    """

    columns: Array
    held: Array
    met: NDArray[np.bool_]
    outcome: Array
    weight: Array
    unit: NDArray[np.intp]

    def drivers(self, kept: NDArray[np.intp]) -> Array:
        """Return the driver columns and the covariates of some respondents."""
        return np.hstack([self.columns[kept], self.held[kept]])


def filled_rows(study: Study, answers: Answers, cell: Cell, model: Model) -> Rows | None:
    """Return a fitted model's respondents with every driver known or expected, or None.

    An unknown rating or contact is replaced by what the respondent's other answers let expect,
    which leaves the coefficients of a regression where they are; a zero or a mean would not.
    """
    if model.covariance is None:
        return None
    used = (answers.weight > 0) & cell.mask & answers.open_to(model.bases[0].outcome)
    places, columns = model.gate.touchpoints, model.gate.columns
    midpoint = np.array([study.scales[item.scale].midpoint for item in model.touchpoints])
    contact, rating = answers.contact[used][:, places], answers.rating[used][:, places]
    experience = np.where(contact == 0, 0.0, rating - midpoint - model.covariance.mean[0])
    both = np.hstack([experience, contact - model.covariance.reach[0]])[:, columns]
    weight, held = answers.weight[used], answers.held(used)[used]
    outcomes = [answers.outcomes.index(model.bases[place].outcome) for place in model.modelled]
    return Rows(
        columns=expected(
            _free_of(both, held, weight), covariance=model.covariance.drivers(columns)[0][0]
        ),
        held=held,
        met=contact == 1,
        outcome=answers.outcome[used][:, outcomes],
        weight=weight,
        unit=answers.groups.unit[used],
    )


def _free_of(columns: Array, held: Array, weight: Array) -> Array:
    """Take out of each column what the covariates explain of it, where it is known."""
    if not held.shape[1]:
        return columns
    design = np.column_stack([np.ones(len(held)), held])
    left = columns.copy()
    for j in range(columns.shape[1]):
        known = ~np.isnan(columns[:, j])
        weighted = design[known] * weight[known, None]
        slope = np.linalg.lstsq(
            weighted.T @ design[known], weighted.T @ columns[known, j], rcond=None
        )[0]
        left[:, j] -= design @ slope
    return left
