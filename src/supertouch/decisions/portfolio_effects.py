"""What loyalty, recommendation and purchase say of each touchpoint, in the sample and replicates.

The criteria are those of the super-touchpoint rule on one outcome: the experience share exceeds
``portfolio.effect`` fair shares, the effect is positive, and the importance is material. An outcome
whose model was refused, or explains no more than chance would, says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.leverage import of_wave
from supertouch.study.model import Outcome, Role, Study

__all__ = ["ROLES", "Effects", "Tables", "effects", "silence"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Tables = Mapping[str, pd.DataFrame]

ROLES: tuple[Role, ...] = ("loyalty", "recommendation")
DRAWN = ("reach", "mean", "beta", "importance", "share")


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What one outcome says of the wave's touchpoints, p of them, and of b replicates.

    Attributes
    ----------
    outcome : Outcome
    found : DataFrame
        One row per touchpoint, with share, lift and effect of its experience and their intervals;
        empty where it is not in the model.
    speaks : bool
        Whether the model was admitted and explains more than chance.
    degrees : int
        Degrees of freedom of the replicates.
    drawn : dict of str to ndarray of shape (b, p)
        Reach, mean, beta, importance and share in every replicate.
    works, super_works : ndarray of bool of shape (p,)
        Whether the criteria hold with ``portfolio.effect``, and as the super-touchpoint rule has
        them.
    works_drawn, super_works_drawn : ndarray of bool of shape (b, p)
        The same in every replicate.
    """

    outcome: Outcome
    found: pd.DataFrame
    speaks: bool
    degrees: int
    drawn: dict[str, Array]
    works: Flags
    super_works: Flags
    works_drawn: Flags
    super_works_drawn: Flags

    @property
    def known(self) -> Flags:
        """Whether the effect of each touchpoint can be told from the others', of shape (p,)."""
        return self.found.effect.notna().to_numpy(bool)

    @property
    def positive(self) -> Flags:
        """Whether the effect is surely above zero, however little of the outcome it explains."""
        return np.asarray(self.found.effect_low.to_numpy(float) > 0)

    @property
    def share(self) -> Array:
        """Experience share of each touchpoint, of shape (p,)."""
        return self.found.share.to_numpy(float)


def effects(study: Study, tables: Tables, wave: str, touchpoints: pd.Index) -> dict[Role, Effects]:
    """Return what each outcome asked says whose model was admitted; purchase as well.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        With ``models``, ``importance`` and ``draws``.
    wave : str
    touchpoints : Index
        Ids of the wave's touchpoints.
    """
    asked = {role: study.outcome_of(role, wave) for role in (*ROLES, "purchase")}
    found: dict[Role, Effects] = {}
    for role, outcome in asked.items():
        if outcome is None:
            continue
        told = _effects(study, tables, wave, touchpoints, outcome)
        if told is not None:
            found[role] = told
    return found


def _effects(
    study: Study, tables: Tables, wave: str, touchpoints: pd.Index, outcome: Outcome
) -> Effects | None:
    model = _of(of_wave(tables, "models", wave), outcome)
    model = model[model.admitted] if len(model) else model
    table = _of(of_wave(tables, "importance", wave), outcome)
    if model.empty or table.empty:
        return None
    table = table[(table.component == "experience") & (table.method == "lmg")]
    table = table.set_index("touchpoint").reindex(touchpoints)
    drawn = _drawn(_of(of_wave(tables, "draws", wave), outcome), touchpoints)
    fair = float(table.fair_share.max())
    rule = study.rule
    sample = {name: table[name].to_numpy(float) for name in ("share", "importance")}
    sample["beta"] = table.effect.to_numpy(float)
    ask = study.portfolio.effect
    units = min(int(model.units.iloc[0]), study.analysis.groups)
    return Effects(
        outcome=outcome,
        found=table[["share", "share_low", "share_high", "lift", "effect", "effect_low"]],
        speaks=bool(model.p_value.iloc[0] < rule.alpha),
        degrees=max(1, units - int(model.strata.iloc[0])),
        drawn=drawn,
        works=_holds(sample, least=ask * fair, material=rule.materiality),
        super_works=_holds(sample, least=fair, material=rule.materiality),
        works_drawn=_holds(drawn, least=ask * fair, material=rule.materiality),
        super_works_drawn=_holds(drawn, least=fair, material=rule.materiality),
    )


def _of(table: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    return table[table.outcome == outcome.id] if len(table) else table


def _drawn(draws: pd.DataFrame, touchpoints: pd.Index) -> dict[str, Array]:
    if draws.empty:
        return {name: np.empty((0, len(touchpoints))) for name in DRAWN}
    return {
        name: draws.pivot(index="replicate", columns="touchpoint", values=name)
        .reindex(columns=touchpoints)
        .to_numpy(float)
        for name in DRAWN
    }


def _holds(values: Mapping[str, Array], *, least: float, material: float) -> Flags:
    """Tell whether the criteria hold; what is not known does not."""
    return np.asarray(
        (values["share"] > least) & (values["beta"] > 0) & (values["importance"] >= material)
    )


def silence(study: Study, wave: str, told: Mapping[Role, Effects]) -> str:
    """Return why a wave says nothing of loyalty or recommendation; empty where it does."""
    if any(role in told and told[role].speaks for role in ROLES):
        return ""
    if all(study.outcome_of(role, wave) is None for role in ROLES):
        return "no_outcome"
    return "model_not_significant" if any(role in told for role in ROLES) else "model_refused"
