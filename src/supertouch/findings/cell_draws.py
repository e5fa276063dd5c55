"""What a group of respondents contributes to comparisons: estimates with their replicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.findings.answers import Answers, Cell
from supertouch.findings.levels import Base, Levels, Measure, RowLevels
from supertouch.findings.models import Model
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.levels import TalliedLevels
from supertouch.findings.streams.tallies import Tally
from supertouch.stats import inference
from supertouch.study.model import Study

__all__ = ["CellDraws", "Metric", "cell_draws", "cell_draws_of"]

Array = NDArray[np.float64]
Counts = NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of k columns in a group: estimates and replicates centred on them.

    Attributes
    ----------
    outcome, touchpoint : tuple of str
        What each column is about; empty where it does not apply.
    estimate : ndarray of shape (k,)
    replicates : ndarray of shape (b, k)
    n : ndarray of int of shape (k,)
        Respondents in the base.
    degrees : ndarray of int of shape (k,)
        Resampling groups less strata that the base lies in.
    """

    outcome: tuple[str, ...]
    touchpoint: tuple[str, ...]
    estimate: Array
    replicates: Array
    n: Counts
    degrees: Counts

    def select(self, names: Sequence[tuple[str, str]]) -> Metric:
        """Keep the columns of some (outcome, touchpoint), in their order."""
        place = {name: k for k, name in enumerate(self.names)}
        at = [place[name] for name in names]
        return Metric(
            tuple(self.outcome[k] for k in at),
            tuple(self.touchpoint[k] for k in at),
            self.estimate[at],
            self.replicates[:, at],
            self.n[at],
            self.degrees[at],
        )

    @property
    def names(self) -> list[tuple[str, str]]:
        """The (outcome, touchpoint) of each column."""
        return list(zip(self.outcome, self.touchpoint, strict=True))


@dataclass(frozen=True, slots=True)
class CellDraws:
    """What a group of respondents contributes to comparisons.

    Attributes
    ----------
    wave : str
    segment, value : str
        Which group; both are empty for everybody.
    people : ndarray of int
        Respondents of each kind in the group. A kind is in a group as a whole or not at all: it is
        a row, or all who have the same value in every segment.
    metrics : dict of str to Metric
        ``reach`` and ``satisfaction`` of every touchpoint, ``level`` of every outcome, ``nps`` of
        recommendation, ``share`` and ``effect`` where a model was admitted. Estimates that tables
        may not show are NaN.
    """

    wave: str
    segment: str
    value: str
    people: Counts
    metrics: dict[str, Metric]


def cell_draws(
    study: Study, answers: Answers, cell: Cell, models: Sequence[Model], *, multiplicity: Array
) -> CellDraws:
    """Gather estimates and replicates of a group, so that it can be compared with others.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
    models : sequence of Model
        Fitted in this group; refused ones contribute nothing.
    multiplicity : ndarray of shape (b, g)
        The wave's replicates.
    """
    levels = RowLevels(study, answers, cell, grouped=True)
    return _draws(study, levels, models, multiplicity, people=cell.mask.astype(np.int64))


def cell_draws_of(
    study: Study,
    layout: Layout,
    tally: Tally,
    column: Column,
    models: Sequence[Model],
    *,
    multiplicity: Array,
) -> CellDraws:
    """Gather what :func:`cell_draws` does of a column of tables, from a tally."""
    levels = TalliedLevels(study, layout, tally, column)
    return _draws(study, levels, models, multiplicity, people=levels.people)


def _draws(
    study: Study, levels: Levels, models: Sequence[Model], multiplicity: Array, *, people: Counts
) -> CellDraws:
    metrics = _performance(study, levels, multiplicity)
    fitted = [model for model in models if model.point is not None and model.modelled]
    if fitted:
        metrics["share"] = _together([_shares(model) for model in fitted])
        metrics["effect"] = _together([_effects(model) for model in fitted])
    return CellDraws(levels.wave, levels.segment, levels.value, people, metrics)


def _performance(study: Study, levels: Levels, multiplicity: Array) -> dict[str, Metric]:
    touchpoints = tuple(item.id for item in levels.touchpoints)
    outcomes = tuple(item.id for item in levels.outcomes)
    midpoint = np.array([study.scales[item.scale].midpoint for item in levels.touchpoints])
    level = np.array([study.scales[item.scale].midpoint for item in levels.outcomes])
    scored = np.array([item.role == "recommendation" for item in levels.outcomes], dtype=bool)
    by_touchpoint = ("",) * len(touchpoints), touchpoints
    by_outcome = outcomes, ("",) * len(outcomes)
    measures: dict[str, tuple[Measure, Base, tuple[tuple[str, ...], tuple[str, ...]], Array]] = {
        "reach": ("reach", "known", by_touchpoint, 0 * midpoint),
        "satisfaction": ("satisfaction", "rated", by_touchpoint, midpoint),
        "level": ("mean", "answered", by_outcome, level),
    }
    if scored.any():
        measures["nps"] = ("nps", "answered", by_outcome, 0 * level)
    found = {}
    for name, (measure, base, names, centre) in measures.items():
        metric = _means(levels, measure, multiplicity, names, centre)
        gone = levels.withheld(base)
        found[name] = replace(metric, estimate=np.where(gone, np.nan, metric.estimate))
    if scored.any():
        found["nps"] = found["nps"].select([(outcomes[k], "") for k in np.flatnonzero(scored)])
    return found


def _means(
    levels: Levels,
    measure: Measure,
    multiplicity: Array,
    names: tuple[tuple[str, ...], tuple[str, ...]],
    centre: Array,
) -> Metric:
    """Weighted means of columns over who answered, in the sample and in every replicate."""
    sums = levels.sums(measure)
    total = sums.total - centre * sums.base
    base, summed = sums.base.sum(axis=0), total.sum(axis=0)
    estimate = np.divide(summed, base, out=np.full(len(base), np.nan), where=base > 0)
    base, summed = multiplicity @ sums.base, multiplicity @ total
    there = base > 0
    replicates = np.divide(
        summed, base, out=np.broadcast_to(estimate, base.shape).copy(), where=there
    )
    return Metric(
        *names,
        estimate + centre,
        replicates + centre,
        sums.n,
        _degrees(sums.base > 0, levels.stratum),
    )


def _degrees(held: NDArray[np.bool_], stratum: NDArray[np.intp]) -> Counts:
    """Count the groups less the strata that each column's base lies in."""
    strata = np.zeros((stratum.max() + 1, held.shape[1]), dtype=bool)
    np.logical_or.at(strata, stratum, held)
    return np.asarray(held.sum(axis=0) - strata.sum(axis=0))


def _shares(model: Model) -> Metric:
    if model.point is None or model.anchor is None or model.replicates is None:
        raise UnsupportedError("A model without estimates has no shares to compare.")
    p = len(model.touchpoints)
    found = inference.shares(
        inference.corrected(
            model.point.lmg[:, :p],
            model.replicates.lmg[..., :p],
            anchor=model.anchor.lmg[:, :p],
            inflation=1.0 if model.inflation is None else model.inflation[:, None],
        )
    )
    return _of_model(model, found.estimate, found.replicates)


def _effects(model: Model) -> Metric:
    if model.point is None or model.replicates is None or model.identified is None:
        raise UnsupportedError("A model without estimates has no effects to compare.")
    p = len(model.touchpoints)
    known = model.identified[:p]
    effect = np.where(known, model.point.effect[:, :p], np.nan)
    return _of_model(model, effect, model.replicates.effect[..., :p])


def _of_model(model: Model, estimate: Array, replicates: Array) -> Metric:
    q, p = estimate.shape
    bases = [model.bases[place] for place in model.modelled]
    return Metric(
        tuple(base.outcome.id for base in bases for _ in range(p)),
        tuple(item.id for item in model.touchpoints) * q,
        estimate.ravel(),
        replicates.reshape(len(replicates), -1),
        np.repeat([base.n for base in bases], p),
        np.full(p * q, model.degrees),
    )


def _together(parts: Sequence[Metric]) -> Metric:
    return Metric(
        tuple(name for part in parts for name in part.outcome),
        tuple(name for part in parts for name in part.touchpoint),
        np.concatenate([part.estimate for part in parts]),
        np.concatenate([part.replicates for part in parts], axis=1),
        np.concatenate([part.n for part in parts]),
        np.concatenate([part.degrees for part in parts]),
    )
