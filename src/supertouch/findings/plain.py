"""Importance of plain columns, for those who want just that: no study, no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import Problem, UnsupportedError
from supertouch.findings.answers import Answers, Cell
from supertouch.findings.columns import as_answers, as_study, check
from supertouch.findings.drivers import importance_table
from supertouch.findings.fitting import Effort, fit
from supertouch.findings.models import Model, multiplicity, prepare
from supertouch.findings.trust.imputed import imputed_ratings, pooled
from supertouch.stats import importance as decompositions
from supertouch.stats import inference, orders
from supertouch.study.model import Analysis, Study

__all__ = ["importance"]

Array = NDArray[np.float64]
Missing = Literal["available", "complete", "impute"]

EXACT_UP_TO = 25
CIRCLES = 512
LARGEST_CONDITION = 1e12


def importance(
    data: pd.DataFrame,
    outcome: str | Sequence[str],
    *,
    drivers: Sequence[str] | None = None,
    contact: Mapping[str, str] | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    stratum: str | None = None,
    covariates: Sequence[str] = (),
    missing: Missing = "available",
    replicates: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> pd.DataFrame:
    """Tell how much each driver contributes to an outcome, and how sure that is.

    Parameters
    ----------
    data : DataFrame
        One row per respondent; or a covariance or correlation matrix, its index and columns the
        same names, from which there are no intervals.
    outcome : str or sequence of str
        Column(s) to explain, numbers.
    drivers : sequence of str, optional
        Columns that explain, numbers; all that have no other part if not given.
    contact : mapping of str to str, optional
        For a driver that not everybody met: the column that says so (1 met, 0 not met). Then
        meeting it and how good it was are told apart, as components.
    weight, cluster, stratum : str, optional
        Columns of the sampling design.
    covariates : sequence of str
        Columns to hold fixed; text and categories become groups.
    missing : {"available", "complete", "impute"}
        Whether blanks among drivers leave a respondent in for what there is, out, or are imputed
        (20 posterior draws, Rubin's rules; Johnson's weights are left out).
    replicates : int
        Bootstrap replicates behind intervals.
    confidence : float
    seed : int

    Returns
    -------
    DataFrame
        A row per outcome, driver, component and method. ``importance`` is in points of R² (LMG,
        the Shapley value: Lindeman, Merenda & Gold 1980; Johnson 2000), corrected for overfit;
        ``share`` its part of the component's total; ``effect`` the regression coefficient.

    Raises
    ------
    UnsupportedError
        If the data cannot carry the model; the message says what would.
    StudyError
        If a column is missing or not numeric.

    Examples
    --------
    >>> import pandas as pd
    >>> matrix = pd.DataFrame(
    ...     [[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]], ["a", "b", "y"], ["a", "b", "y"]
    ... )
    >>> found = importance(matrix, "y")
    >>> found[found.method == "lmg"][["driver", "importance", "share"]].round(3)
      driver  importance  share
    0      a       0.315  0.875
    1      b       0.045  0.125
    """
    if missing not in get_args(Missing):
        raise UnsupportedError(f"missing = {missing!r} is none of {', '.join(get_args(Missing))}.")
    outcomes = [outcome] if isinstance(outcome, str) else list(outcome)
    met = dict(contact or {})
    taken = {*outcomes, *met.values(), *covariates, weight, cluster, stratum}
    names = [str(name) for name in (data.columns if drivers is None else drivers)]
    if drivers is None:
        names = [name for name in names if name not in taken]
    check(data, outcomes, names, met=met, others=[*covariates, weight, cluster, stratum])
    if _is_covariance(data):
        return _of_matrix(data, outcomes, names)
    analysis = Analysis(replicates=replicates, confidence=confidence)
    study = as_study(data, outcomes, names, analysis, seed=seed)
    answers = as_answers(
        study, data, met=met, weight=weight, cluster=cluster, stratum=stratum, covariates=covariates
    )
    return _of_rows(study, answers, missing)


def _is_covariance(data: pd.DataFrame) -> bool:
    if data.shape[0] != data.shape[1] or list(data.index) != list(data.columns):
        return False
    values = data.to_numpy(float)
    return bool(np.allclose(values, values.T) and np.linalg.eigvalsh(values)[0] > -1e-9)


def _of_matrix(data: pd.DataFrame, outcomes: Sequence[str], drivers: Sequence[str]) -> pd.DataFrame:
    """Decompose R² from covariances: exactly up to 25 drivers, else by many sampled orders."""
    everything = data[[*drivers, *outcomes]].loc[[*drivers, *outcomes]].to_numpy(float)
    p = len(drivers)
    xx, xy, yy = everything[:p, :p], everything[p:, :p], np.diagonal(everything)[p:]
    if np.linalg.cond(xx) > LARGEST_CONDITION:
        raise UnsupportedError("A driver is a combination of others; leave one of them out.")
    around = orders.circles(len(drivers), count=CIRCLES, rng=np.random.default_rng(1))
    exact = len(drivers) <= EXACT_UP_TO
    lmg = decompositions.lmg(xx, xy, yy) if exact else orders.sampled_lmg(xx, xy, yy, orders=around)
    effect = np.linalg.solve(xx, xy.T).T
    frames = [
        pd.DataFrame(
            {
                "outcome": outcomes[k],
                "driver": drivers,
                "method": method,
                "importance": found[k],
                "share": found[k] / found[k].sum(),
                "rank": inference.ranks(found[k]),
                "effect": effect[k],
            }
        )
        for k in range(len(outcomes))
        for method, found in (("lmg", lmg), ("johnson", decompositions.johnson(xx, xy, yy)))
    ]
    return pd.concat(frames, ignore_index=True)


def _of_rows(study: Study, answers: Answers, missing: Missing) -> pd.DataFrame:
    mask: NDArray[np.bool_] = np.ones(len(answers.weight), dtype=bool)
    if missing == "complete":
        blank = np.isnan(answers.contact) | ((answers.contact == 1) & np.isnan(answers.rating))
        mask = ~(blank.any(axis=1) | np.isnan(answers.outcome).any(axis=1))
    cell = Cell("", "", mask)
    model = prepare(study, answers, answers.outcomes, mask=mask)
    _refuse(study, model)
    drawn = multiplicity(study, answers.wave, answers.groups)
    effort = Effort(exact_up_to=EXACT_UP_TO, circles=6, johnson=missing != "impute")
    model = fit(study, model, multiplicity=drawn, effort=effort)
    _refuse(study, model)
    table = importance_table(study, answers, cell, model)
    if missing == "impute":
        table = _imputed(study, answers, cell, model, drawn)
    table = table.drop(columns=["wave", "segment", "segment_value"], errors="ignore")
    return table.rename(columns={"touchpoint": "driver"})


def _refuse(study: Study, model: Model) -> None:
    """Raise where a driver or the whole model cannot be estimated: nothing is left out quietly."""
    names = [item.id for item in study.touchpoints]
    gate = model.gate
    dropped = np.concatenate([gate.dropped, gate.silent, gate.constant]).astype(int).tolist()
    problems = [
        Problem(
            "data",
            names[j],
            "has too few answers beside others, or does not vary.",
            "Leave it out.",
        )
        for j in dropped
    ]
    problems += [
        Problem("data", name, "was met by nobody.", "Leave it out.") for name in model.not_eligible
    ]
    problems += [
        Problem(
            f"outcome '{base.outcome.id}'",
            f"n {base.n}, n_eff {base.n_eff:.0f}",
            f"cannot be modelled ({base.refusal}); {base.n_needed:.0f} would do.",
            "Take fewer drivers or more respondents.",
        )
        for base in model.bases
        if base.refusal
    ]
    if problems:
        raise UnsupportedError(problems)


def _imputed(
    study: Study, answers: Answers, cell: Cell, model: Model, drawn: Array
) -> pd.DataFrame:
    ratings = imputed_ratings(study, answers, cell, [model])
    found = pooled(study, answers, cell, model, multiplicity=drawn, drawn=ratings)
    frames = [
        pd.DataFrame(
            {
                "outcome": name,
                "touchpoint": [item.id for item in model.touchpoints],
                "component": "experience",
                "method": "lmg",
                "n": estimates.base.n,
                "n_eff": estimates.base.n_eff,
                "importance": estimates.importance,
                "share": estimates.share,
                "share_low": estimates.share_low,
                "share_high": estimates.share_high,
                "rank": inference.ranks(estimates.importance),
                "effect": estimates.effect,
                "effect_low": estimates.effect_low,
                "effect_high": estimates.effect_high,
            }
        )
        for name, estimates in found.items()
    ]
    return pd.concat(frames, ignore_index=True)
