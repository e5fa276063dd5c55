"""The order of touchpoints under other methods than the one that is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import parts
from supertouch.findings.models import Base, Model
from supertouch.findings.trust.rows import Rows, filled_rows
from supertouch.stats import agreement, inference
from supertouch.stats.covariance import Covariance
from supertouch.stats.drivers import Drivers
from supertouch.stats.forest import permutation_importance
from supertouch.stats.means import kish
from supertouch.stats.regression import ordered_answers, ordered_logit
from supertouch.study.model import Study

__all__ = ["robustness_tables"]

Array = NDArray[np.float64]

MOST_ANSWERS = 11
FEWEST_PER_ANSWER = 10
LARGEST_SAMPLE = {"ordered_logit": 10_000, "random_forest": 2_000}
_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class _Case:
    """All that a method may look at: outcome k of a fitted model, in sums and in rows."""

    study: Study
    model: Model
    rows: Rows
    covariance: Covariance
    found: tuple[Drivers, Drivers, Drivers]
    k: int

    @property
    def base(self) -> Base:
        return self.model.bases[self.model.modelled[self.k]]

    @property
    def identified(self) -> NDArray[np.bool_]:
        known = self.model.identified
        return np.ones(len(self.model.gate.columns), dtype=bool) if known is None else known

    def spread(self) -> tuple[Array, float]:
        """Return standard deviations of experience, over everybody, and of the outcome."""
        xx, _, yy = self.covariance.drivers(np.arange(len(self.model.touchpoints)))
        return np.sqrt(np.diagonal(xx[0])), float(np.sqrt(yy[0, self.k]))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a method says of p touchpoints: scores, or the reason why there are none."""

    score: Array
    n: int
    n_eff: float
    reason: str = ""
    r2: float = np.nan


def robustness_tables(
    study: Study, answers: Answers, cell: Cell, model: Model
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``robustness`` and ``agreement`` of a fitted model.

    Experience is ranked by every method. The ordered logit sees all respondents, up to 10,000,
    and at most eleven ordered answers; the random forest sees up to 2,000. Larger samples are
    thinned evenly along the outcome; ``n`` is what each method saw.
    """
    rows, fitted = filled_rows(study, answers, cell, model), parts(model)
    if rows is None or fitted is None or model.covariance is None:
        return pd.DataFrame(), pd.DataFrame()
    found = [
        _outcome(answers, _Case(study, model, rows, model.covariance, fitted, k))
        for k in range(len(model.modelled))
    ]
    robustness, agreements = zip(*found, strict=True)
    return pd.concat(robustness, ignore_index=True), pd.concat(agreements, ignore_index=True)


def _outcome(answers: Answers, case: _Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    verdicts = {name: method(case) for name, method in _METHODS.items()}
    ranks = {name: agreement.order(verdict.score) for name, verdict in verdicts.items()}
    keys: dict[str, object] = {"wave": answers.wave, "outcome": case.base.outcome.id}
    table = np.stack(list(ranks.values()))
    sign = np.sign(np.nan_to_num(verdicts["beta"].score)).astype(int)
    frames = [
        pd.DataFrame(
            keys
            | {
                "touchpoint": [item.id for item in case.model.touchpoints],
                "method": name,
                "n": verdict.n,
                "n_eff": verdict.n_eff,
                "score": verdict.score,
                "rank": _integers(ranks[name]),
                "rank_best": _integers(np.nanmin(table, axis=0)),
                "rank_worst": _integers(np.nanmax(table, axis=0)),
                "sign": sign,
                "reason": verdict.reason,
            }
        )
        for name, verdict in verdicts.items()
    ]
    return pd.concat(frames, ignore_index=True), _agreement(case.study, keys, verdicts, ranks)


def _agreement(
    study: Study, keys: dict[str, object], verdicts: dict[str, _Verdict], ranks: dict[str, Array]
) -> pd.DataFrame:
    lines = []
    for name, verdict in verdicts.items():
        if name == "lmg":
            continue
        found = agreement.agreement(ranks[name], ranks["lmg"], top=study.rule.top)
        lines.append(
            _line(name, verdict)
            | {"spearman": found.spearman, "kendall": found.kendall, "top_overlap": found.overlap}
        )
    heard = np.stack([ranks[name] for name, verdict in verdicts.items() if not verdict.reason])
    together = _line("all", verdicts["lmg"]) | {
        "n": min(verdict.n for verdict in verdicts.values()),
        "n_eff": min(verdict.n_eff for verdict in verdicts.values()),
        "concordance": agreement.concordance(heard),
        "methods": len(heard),
    }
    return pd.DataFrame([keys | line for line in [*lines, together]])


def _line(name: str, verdict: _Verdict) -> dict[str, object]:
    return {
        "method": name,
        "n": verdict.n,
        "n_eff": verdict.n_eff,
        "touchpoints": int((~np.isnan(verdict.score)).sum()),
        "methods": 1,
        "spearman": np.nan,
        "kendall": np.nan,
        "top_overlap": np.nan,
        "concordance": np.nan,
        "r2_held_out": verdict.r2,
        "reason": verdict.reason,
    }


def _integers(ranks: Array) -> pd.Series[int]:
    return pd.Series(ranks).astype("Int64")


def _importance(case: _Case, *, method: str) -> _Verdict:
    """Take bias-corrected importance, as in the table ``importance``."""
    p = len(case.model.touchpoints)
    point, anchor, replicates = (getattr(part, method)[..., case.k, :p] for part in case.found)
    found = inference.corrected(point, replicates, anchor=anchor)
    return _Verdict(found.estimate, case.base.n, case.base.n_eff)


def _beta(case: _Case) -> _Verdict:
    p = len(case.model.touchpoints)
    effect = np.where(case.identified, case.found[0].effect[case.k], np.nan)[:p]
    experience, outcome = case.spread()
    return _Verdict(effect * experience / outcome, case.base.n, case.base.n_eff)


def _correlation(case: _Case) -> _Verdict:
    """Correlate each touchpoint alone, with nothing held, as in the table ``univariate``."""
    place, p = case.model.modelled[case.k], len(case.model.touchpoints)
    alone = np.full(p, np.nan)
    if case.model.singles is not None:
        alone = case.model.singles[0][0, case.model.gate.touchpoints, place]
    return _Verdict(alone, case.base.n, case.base.n_eff)


def _ordered_logit(case: _Case) -> _Verdict:
    """Fit log odds per standard deviation of experience, everything else in the model."""
    rows, p = case.rows, len(case.model.touchpoints)
    kept = _thinned(rows.outcome[:, case.k], LARGEST_SAMPLE["ordered_logit"], case.study.seed)
    n_eff, nothing = kish(rows.weight[kept]), np.full(p, np.nan)
    answer = ordered_answers(
        rows.outcome[kept, case.k], most=MOST_ANSWERS, fewest=FEWEST_PER_ANSWER
    )
    if answer.max() == 0:
        return _Verdict(nothing, len(kept), n_eff, "no_variance")
    drivers = rows.drivers(kept)
    varies = np.ptp(drivers, axis=0) > 0
    found = ordered_logit(drivers[:, varies], answer, weight=rows.weight[kept])
    if not found.converged:
        return _Verdict(nothing, len(kept), n_eff, "not_converged")
    effect = np.full(len(varies), np.nan)
    effect[varies] = found.effect
    effect = np.where(case.identified[:p], effect[:p], np.nan)
    return _Verdict(effect * case.spread()[0], len(kept), n_eff)


def _random_forest(case: _Case) -> _Verdict:
    """Measure the share of a forest's held-out R² that is lost when ratings are shuffled."""
    rows = case.rows
    kept = _thinned(rows.outcome[:, case.k], LARGEST_SAMPLE["random_forest"], case.study.seed)
    found = permutation_importance(
        rows.drivers(kept),
        rows.outcome[kept, case.k],
        weight=rows.weight[kept],
        unit=rows.unit[kept],
        met=rows.met[kept],
        seed=case.study.seed % _SEEDS,
    )
    silent = found.r2 <= 0
    return _Verdict(
        score=np.full(found.drop.shape, np.nan) if silent else found.drop / found.r2,
        n=len(kept),
        n_eff=kish(rows.weight[kept]),
        reason="no_forecast" if silent else "",
        r2=found.r2,
    )


_METHODS: dict[str, Callable[[_Case], _Verdict]] = {
    "lmg": partial(_importance, method="lmg"),
    "johnson": partial(_importance, method="johnson"),
    "beta": _beta,
    "correlation": _correlation,
    "ordered_logit": _ordered_logit,
    "random_forest": _random_forest,
}


def _thinned(outcome: Array, most: int, seed: int) -> NDArray[np.intp]:
    """Choose who answered, at most so many, evenly along the outcome."""
    answered = np.flatnonzero(~np.isnan(outcome))
    if len(answered) <= most:
        return answered
    chance = np.random.default_rng(seed).random(len(answered))
    sorted_by_outcome = answered[np.lexsort((chance, outcome[answered]))]
    places = ((np.arange(most) + 0.5) * len(answered) / most).astype(int)
    return np.sort(sorted_by_outcome[places])
