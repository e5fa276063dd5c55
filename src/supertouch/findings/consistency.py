"""Consistency within the person: uneven journeys, and the touchpoint that lets them down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import keys
from supertouch.findings.suppression import few
from supertouch.stats import inference, means
from supertouch.stats.consistency import (
    FEWEST_RATINGS,
    MEASURES,
    Beyond,
    Journeys,
    beyond_the_mean,
    journeys,
    standardised,
    weakest_shares,
)
from supertouch.stats.gate import model_refusal
from supertouch.study.model import PHASES, Outcome, Study

__all__ = ["consistency_tables"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]

OWN_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class _Scope:
    """The whole journey (phase "") or one phase.

    Attributes
    ----------
    inside : ndarray of int
        Places of its touchpoints among those of the wave.
    scores : ndarray of shape (n, s)
        Standardised ratings of the whole journey's touchpoints, as far as they can be.
    journey : Journeys
        Of the ratings inside.
    controls : ndarray of shape (n, 3 + k)
        Number met in the whole journey, sum and number of the ratings outside, covariates.
    """

    phase: str
    inside: Places
    scores: Array
    journey: Journeys
    controls: Array


def consistency_tables(
    study: Study, answers: Answers, cell: Cell, *, multiplicity: Array
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate what uneven journeys do, and which touchpoint lets them down.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
    multiplicity : ndarray of shape (b, g)
        The wave's replicates.

    Returns
    -------
    consistency, weakest : DataFrame
        The tables of these names.
    """
    scopes = _scopes(study, answers, cell)
    frames = [
        _measured(study, answers, cell, scope, outcome, multiplicity)
        for outcome in answers.outcomes
        for scope in scopes
    ]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return _adjusted(table), _weakest_table(study, answers, cell)


def _adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """Adjust the tests of spread and weakest as one family, those of the mean as another."""
    for family in (table.measure == "mean", table.measure != "mean"):
        table.loc[family, "p_adjusted"] = inference.adjust(table.p_value[family].to_numpy(float))
    return table


def _scopes(study: Study, answers: Answers, cell: Cell) -> list[_Scope]:
    weight = answers.rating_weight * cell.mask
    rated = ~np.isnan(answers.rating) & (weight > 0)[:, None]
    ratings = np.where(rated, answers.rating, np.nan)
    enough = rated.sum(axis=0) >= study.analysis.min_pair
    kept = np.flatnonzero(enough & _varying(ratings))
    scores = np.full(ratings.shape, np.nan)
    scores[:, kept] = standardised(ratings[:, kept], weight=weight)
    met = (answers.contact == 1).sum(axis=1)
    result = []
    for phase in ("", *PHASES):
        member = np.array([phase in ("", item.phase) for item in answers.touchpoints], dtype=bool)
        rest = journeys(scores[:, ~member])
        result.append(
            _Scope(
                phase=phase,
                inside=kept[member[kept]],
                scores=scores[:, kept],
                journey=journeys(scores[:, member]),
                controls=np.column_stack([met, rest.total, rest.number, answers.covariates]),
            )
        )
    return result


def _varying(ratings: Array) -> NDArray[np.bool_]:
    known = ~np.isnan(ratings)
    low = np.where(known, ratings, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, ratings, -np.inf).max(axis=0, initial=-np.inf)
    return np.asarray(high > low)


def _measured(
    study: Study,
    answers: Answers,
    cell: Cell,
    scope: _Scope,
    outcome: Outcome,
    multiplicity: Array,
) -> pd.DataFrame:
    """Return the rows of one outcome and scope, with a reason where there are no numbers."""
    values = answers.outcome[:, answers.outcomes.index(outcome)]
    used = cell.mask & answers.open_to(outcome) & ~np.isnan(values) & (answers.weight > 0)
    used &= scope.journey.number >= FEWEST_RATINGS
    reason, degrees = _refusal(answers, scope, values, used)
    head = keys(answers, cell) | {
        "outcome": outcome.id,
        "phase": scope.phase,
        "measure": list(MEASURES),
        "admitted": not reason,
        "reason": reason,
        "n": int(used.sum()),
        "n_eff": means.kish(answers.weight[used]),
        "n_touchpoints": len(scope.inside),
    }
    if reason:
        return pd.DataFrame(head | dict.fromkeys(_ESTIMATES, np.nan))
    found = beyond_the_mean(
        _those(scope.journey, used),
        scope.scores[used],
        values[used],
        controls=scope.controls[used],
        weight=answers.weight[used],
        group=answers.groups.index[used],
        multiplicity=multiplicity,
    )
    return pd.DataFrame(head | _estimates(study, found, degrees))


_ESTIMATES = (
    "level",
    "deviation",
    "effect",
    "effect_low",
    "effect_high",
    "p_value",
    "p_adjusted",
    "effect_together",
    "effect_together_low",
    "effect_together_high",
    "r2_gain",
    "r2_gain_low",
    "r2_gain_high",
)


def _refusal(
    answers: Answers, scope: _Scope, values: Array, used: NDArray[np.bool_]
) -> tuple[str, int]:
    groups = np.unique(answers.groups.index[used])
    degrees = len(groups) - len(np.unique(answers.groups.stratum[groups]))
    few = len(scope.inside) < FEWEST_RATINGS
    reason, _ = model_refusal(
        n_eff=means.kish(answers.weight[used]),
        columns=OWN_COLUMNS + scope.controls.shape[1] + 2 * scope.scores.shape[1],
        touchpoints=0 if few else len(scope.inside),
        degrees=degrees,
        variance=float(values[used].var()) if used.any() else 0.0,
    )
    return reason, degrees


def _those(found: Journeys, used: NDArray[np.bool_]) -> Journeys:
    return Journeys(
        found.mean[used],
        found.spread[used],
        found.weakest[used],
        found.total[used],
        found.number[used],
    )


def _estimates(study: Study, found: Beyond, degrees: int) -> dict[str, Array]:
    confidence = study.analysis.confidence
    columns: dict[str, Array] = {"level": found.level, "deviation": found.deviation}
    for name, effect in (("effect", found.alone), ("effect_together", found.together)):
        low, high = inference.normal_interval(
            effect[0], effect[1:], degrees=degrees, confidence=confidence
        )
        columns |= {name: effect[0], f"{name}_low": low, f"{name}_high": high}
    gain = inference.corrected(found.gain[0], found.gain[1:])
    low, high = inference.percentile_interval(gain, confidence=confidence)
    return columns | {
        "p_value": inference.t_test(found.alone[0], found.alone[1:], degrees=degrees),
        "p_adjusted": np.full(len(MEASURES), np.nan),
        "r2_gain": np.maximum(gain.estimate, 0.0),
        "r2_gain_low": np.maximum(low, 0.0),
        "r2_gain_high": np.maximum(high, 0.0),
    }


def _weakest_table(study: Study, answers: Answers, cell: Cell) -> pd.DataFrame:
    """Return the table ``weakest``: each touchpoint in the whole journey and in its phase."""
    scales = [study.scales[item.scale] for item in answers.touchpoints]
    low = np.array([scale.minimum for scale in scales])
    span = np.array([scale.maximum - scale.minimum for scale in scales])
    position = np.where(cell.mask[:, None], (answers.rating - low) / span, np.nan)
    frames = []
    for phase in ("", *PHASES):
        inside = [j for j, item in enumerate(answers.touchpoints) if phase in ("", item.phase)]
        if inside:
            names = [answers.touchpoints[j].id for j in inside]
            head = keys(answers, cell) | {"touchpoint": names, "phase": phase}
            frames.append(pd.DataFrame(head | _against_chance(study, answers, position[:, inside])))
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    table["p_adjusted"] = inference.adjust(table.p_value.to_numpy(float))
    return table


def _against_chance(study: Study, answers: Answers, position: Array) -> dict[str, object]:
    from scipy.stats import t

    weakest, chance, base = weakest_shares(position)

    def ratio(value: Array) -> means.Ratio:
        return means.ratio(
            value,
            base,
            weight=answers.rating_weight,
            unit=answers.groups.unit,
            stratum=answers.groups.unit_stratum,
        )

    share, excess = ratio(weakest), ratio(weakest - chance)
    expected = share.estimate - excess.estimate
    low, high = means.proportion_interval(share, confidence=study.analysis.confidence)
    known = np.where(excess.error > 0, excess.error, np.nan)
    estimates = {
        "share": share.estimate,
        "share_low": low,
        "share_high": high,
        "expected": expected,
        "lift": share.estimate / expected,
        "p_value": 2 * t.sf(np.abs(excess.estimate / known), np.maximum(excess.degrees, 1)),
    }
    gone = few(study, answers, base)
    table: dict[str, object] = {"n": share.n, "n_eff": share.n_eff}
    return table | {name: np.where(gone, np.nan, value) for name, value in estimates.items()}
