"""Plain columns of a frame as the study and the answers that the models take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import Problem, StudyError
from supertouch.findings.answers import Answers
from supertouch.stats.resampling import group_units
from supertouch.study.model import (
    Analysis,
    Outcome,
    Scale,
    Study,
    SuperRule,
    Text,
    Touchpoint,
    Wave,
)

__all__ = ["as_answers", "as_study", "check"]

Array = NDArray[np.float64]

WAVE = "data"


def check(
    data: pd.DataFrame,
    outcomes: Sequence[str],
    drivers: Sequence[str],
    *,
    met: Mapping[str, str],
    others: Sequence[str | None],
) -> None:
    """Make sure that every column is there, and numeric where it has to be.

    Raises
    ------
    StudyError
        With all problems at once.
    """
    numeric = [*outcomes, *drivers, *met.values()]
    lost = [name for name in (*numeric, *others) if name is not None and name not in data]
    words = [
        name
        for name in numeric
        if name in data and not pd.api.types.is_numeric_dtype(data[name].dtype)
    ]
    problems = [
        Problem("data", str(name), "is no column of the data.", "Name one.") for name in lost
    ]
    problems += [
        Problem("data", str(name), "is not numeric.", "Turn it into numbers.") for name in words
    ]
    problems += [
        Problem("data", str(name), "is outcome and driver at once.", "Take it out of one.")
        for name in drivers
        if name in outcomes
    ]
    problems += [
        Problem("contact", str(name), "is not among the drivers.", "Name a driver.")
        for name in met
        if name not in drivers
    ]
    if len(drivers) < 2:
        remedy = "Name at least two drivers."
        problems.append(Problem("data", str(len(drivers)), "drivers are too few.", remedy))
    if problems:
        raise StudyError(problems)


def as_study(
    data: pd.DataFrame,
    outcomes: Sequence[str],
    drivers: Sequence[str],
    analysis: Analysis,
    *,
    seed: int,
) -> Study:
    """Return the study that asks for these columns; every driver may take part."""
    scales = {
        name: Scale(name, *_range(data[name]), best=_range(data[name])[1], step=0.0)
        for name in (*outcomes, *drivers)
    }
    nothing = Text()
    return Study(
        id="plain",
        title=nothing,
        file=Path("plain.toml"),
        folder=Path(),
        raw=Path(),
        touchpoints=tuple(
            Touchpoint(id=name, label=nothing, phase="during", scale=name) for name in drivers
        ),
        outcomes=tuple(
            Outcome(name, nothing, "loyalty", (), (), scale=name, waves=(WAVE,))
            for name in outcomes
        ),
        waves=(Wave(WAVE, nothing, ""),),
        scales=scales,
        seed=seed,
        rule=SuperRule(min_reach=0.0, min_base=1),
        analysis=analysis,
    )


def as_answers(
    study: Study,
    data: pd.DataFrame,
    *,
    met: Mapping[str, str],
    weight: str | None,
    cluster: str | None,
    stratum: str | None,
    covariates: Sequence[str],
) -> Answers:
    """Return the rows as answers; who has a driver without a contact column has met it."""
    n, names = len(data), [item.id for item in study.touchpoints]
    contact = [_numbers(data, met[name]) if name in met else np.ones(n) for name in names]
    answers = Answers(
        wave=WAVE,
        touchpoints=study.touchpoints,
        outcomes=study.outcomes,
        contact=np.column_stack(contact),
        rating=_numbers(data, names),
        brand_fit=np.full((n, len(names)), np.nan),
        outcome=_numbers(data, [item.id for item in study.outcomes]),
        weight=np.ones(n) if weight is None else _weights(data, weight),
        status=np.full(n, "", dtype=object),
        groups=group_units(
            _texts(data, cluster, each=True), _texts(data, stratum, each=False), seed=study.seed
        ),
        segments={},
        asked=np.ones((n, len(names)), dtype=bool),
        covariates=_covariates(data, covariates),
    )
    return _without_ratings_of_the_unmet(answers, names)


def _range(column: pd.Series) -> tuple[float, float]:
    return float(column.min()), float(column.max())


def _numbers(data: pd.DataFrame, names: str | Sequence[str]) -> Array:
    wanted = names if isinstance(names, str) else list(names)
    return np.asarray(data[wanted].to_numpy(dtype=float, na_value=np.nan))


def _weights(data: pd.DataFrame, name: str) -> Array:
    weight = _numbers(data, name)
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise StudyError(Problem("data", name, "holds a weight below 0 or none.", "Mend it."))
    return np.asarray(weight / weight.mean())


def _texts(data: pd.DataFrame, name: str | None, *, each: bool) -> NDArray[np.object_]:
    if name is not None:
        return data[name].astype(str).to_numpy(object)
    own = np.arange(len(data)).astype(str) if each else np.full(len(data), "")
    return own.astype(object)


def _covariates(data: pd.DataFrame, names: Sequence[str]) -> Array:
    """Numbers as they are, the rest as indicators of its groups; a blank is a group."""
    columns: list[Array] = []
    for name in names:
        column = data[name]
        if pd.api.types.is_numeric_dtype(column.dtype) and column.notna().all():
            columns.append(_numbers(data, name))
        else:
            values = column.astype(str).to_numpy(str)
            columns += [(values == group).astype(float) for group in np.unique(values)[1:]]
    return np.column_stack(columns) if columns else np.empty((len(data), 0))


def _without_ratings_of_the_unmet(answers: Answers, names: Sequence[str]) -> Answers:
    """Refuse ratings of what was not met; a blank contact leaves the rating out."""
    rated = ~np.isnan(answers.rating)
    wrong = (rated & (answers.contact == 0)).any(axis=0)
    if wrong.any():
        raise StudyError(
            [
                Problem("data", name, "is rated by some who did not meet it.", "Empty these.")
                for name, is_wrong in zip(names, wrong, strict=True)
                if is_wrong
            ]
        )
    met = answers.contact == 1
    return replace(answers, asked=met, rating=np.where(met, answers.rating, np.nan))
