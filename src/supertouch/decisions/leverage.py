"""How outcomes answer to better experience: the levers of a wave with their replicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.study.model import Study

__all__ = ["Aims", "Gains", "Lever", "gains", "levers", "of_wave", "why_not_modelled"]

Array = NDArray[np.float64]

BY_TOUCHPOINT = (
    "reach",
    "mean",
    "effect",
    "spread",
    "best_mean",
    "p_value",
    "reach_draws",
    "mean_draws",
    "effect_draws",
)
REASONS = {
    "not_eligible_reach": "too few customers met it (rule.min_reach)",
    "not_eligible_base": "too few rated it (rule.min_base)",
    "dropped_pair_base": "too few rated it together with others (analysis.min_pair)",
    "dropped_outcome_base": "too few of its raters answered an outcome (analysis.min_pair)",
    "constant_rating": "all its ratings are the same",
    "collinear": "its effect cannot be told from that of other touchpoints",
}
REFUSALS = {
    "too_few_touchpoints": "fewer than two touchpoints can be modelled",
    "no_variance": "all answers to the outcome are the same",
    "too_few_units": "there are too few sampling units",
    "n_eff_below_columns": "there are too few respondents for so many touchpoints",
    "not_positive": "the answers contradict each other too much",
}


@dataclass(frozen=True, slots=True, eq=False)
class Lever:
    """What p touchpoints' experience does to an outcome in one unit, and how sure that is.

    Attributes
    ----------
    outcome, unit : str
        ``unit`` is ``mean`` for points of the outcome, ``nps`` for points of its NPS.
    n, n_eff, degrees
        Base of the model, and degrees of freedom of the replicates.
    outcome_spread : float
        Standard deviation of the outcome in its unit.
    touchpoints : tuple of str
    reach, mean, effect, spread, best_mean, p_value : ndarray of shape (p,)
        NaN where the model has no effect of the touchpoint.
    reach_draws, mean_draws, effect_draws : ndarray of shape (b, p)
        The replicates, jointly for all touchpoints and outcomes.
    """

    outcome: str
    unit: str
    n: int
    n_eff: float
    degrees: int
    outcome_spread: float
    touchpoints: tuple[str, ...]
    reach: Array
    mean: Array
    effect: Array
    spread: Array
    best_mean: Array
    p_value: Array
    reach_draws: Array
    mean_draws: Array
    effect_draws: Array

    def at(self, places: Sequence[int]) -> Lever:
        """Return the lever with these of its touchpoints, possibly several times."""
        return replace(
            self,
            touchpoints=tuple(self.touchpoints[place] for place in places),
            **{name: getattr(self, name)[..., list(places)] for name in BY_TOUCHPOINT},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Aims:
    """What is aimed at with k touchpoints: an improvement in rating points, or a mean.

    Attributes
    ----------
    improvement, level : ndarray of shape (k,)
        One of the two is NaN; both are turned so that more is better.
    minimum, maximum : ndarray of shape (k,)
        Ends of the rating scales.
    """

    improvement: Array
    level: Array
    minimum: Array
    maximum: Array

    def asked(self, mean: Array) -> Array:
        """Return the improvement asked for where ratings have these means: shape (..., k)."""
        return np.asarray(np.where(np.isnan(self.level), self.improvement, self.level - mean))

    def given(self, mean: Array) -> Array:
        """Return what the ends of the scale leave of it: shape (..., k)."""
        return np.asarray(np.clip(self.asked(mean), self.minimum - mean, self.maximum - mean))


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """What aims bring an outcome, in its unit, one by one.

    Attributes
    ----------
    estimate : ndarray of shape (k,)
    replicates : ndarray of shape (b, k)
    """

    estimate: Array
    replicates: Array


def gains(lever: Lever, aims: Aims) -> Gains:
    """Return reach × effect × improvement, in the sample and in every replicate.

    It is what an outcome would gain if the effects of experience were causes and the same for all
    who meet the touchpoint. In replicates the mean, and so the room up to the best answer or the
    way to the level aimed at, is the replicate's own.
    """
    return Gains(
        lever.reach * lever.effect * aims.given(lever.mean),
        lever.reach_draws * lever.effect_draws * aims.given(lever.mean_draws),
    )


def of_wave(tables: Mapping[str, pd.DataFrame], name: str, wave: str) -> pd.DataFrame:
    """Return a table's rows of a wave; those of all respondents where it has segments too."""
    frame = tables.get(name, pd.DataFrame())
    if frame.empty:
        return frame
    frame = frame[frame.wave == wave]
    return frame[frame.segment == ""] if "segment" in frame else frame


def levers(
    tables: Mapping[str, pd.DataFrame], touchpoints: Sequence[str], *, wave: str
) -> list[Lever]:
    """Read the levers of some touchpoints from the tables ``levers`` and ``draws`` of a wave."""
    table, draws = (of_wave(tables, name, wave) for name in ("levers", "draws"))
    if table.empty:
        return []
    wanted = list(touchpoints)
    draws = draws[draws.touchpoint.isin(wanted)]
    return [
        _lever(rows.set_index("touchpoint"), draws[draws.outcome == outcome], wanted)
        for (outcome, _), rows in table.groupby(["outcome", "unit"], sort=False)
    ]


def _lever(rows: pd.DataFrame, draws: pd.DataFrame, wanted: list[str]) -> Lever:
    first, own = rows.iloc[0], rows.reindex(wanted)
    effect = "beta_nps" if first.unit == "nps" else "beta"

    def column(name: str) -> Array:
        return own[name].to_numpy(float, na_value=np.nan)

    def replicates(name: str) -> Array:
        wide = draws.pivot(index="replicate", columns="touchpoint", values=name)
        return wide.reindex(columns=wanted).to_numpy(float, na_value=np.nan)

    return Lever(
        outcome=str(first.outcome),
        unit=str(first.unit),
        n=int(first.n),
        n_eff=float(first.n_eff),
        degrees=int(first.degrees),
        outcome_spread=float(first.outcome_spread),
        touchpoints=tuple(wanted),
        reach=column("reach"),
        mean=column("mean"),
        effect=column("effect"),
        spread=column("spread"),
        best_mean=column("best_mean"),
        p_value=column("p_value"),
        reach_draws=replicates("reach"),
        mean_draws=replicates("mean"),
        effect_draws=replicates(effect),
    )


def why_not_modelled(
    study: Study, tables: Mapping[str, pd.DataFrame], touchpoint: str, *, wave: str
) -> str:
    """Tell in words why a wave has no effect of a touchpoint."""
    if touchpoint not in {item.id for item in study.touchpoints_in(wave)}:
        return f"it was not asked in wave '{wave}'"
    notes = of_wave(tables, "diagnostics", wave)
    codes = [] if notes.empty else notes.code[notes.subject == touchpoint].tolist()
    told = [REASONS[code] for code in dict.fromkeys(codes) if code in REASONS]
    if not told:
        told = _refusals(of_wave(tables, "models", wave))
    return "; ".join(told) or f"it is in no driver model of wave '{wave}'"


def _refusals(models: pd.DataFrame) -> list[str]:
    if models.empty:
        return []
    refused = models[~models.admitted]
    return [
        f"no model of '{outcome}': {REFUSALS.get(str(reason), reason)}"
        for outcome, reason in zip(refused.outcome, refused.reason, strict=True)
    ]
