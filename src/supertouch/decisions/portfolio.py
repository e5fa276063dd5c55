"""One decision per touchpoint: concentrate, recombine, neglect or drop, and how sure it is.

The first rule that holds decides. **Concentrate**: the experience works on loyalty or on
recommendation, or the touchpoint is super, or it protects (a basic factor with a material risk).
**Recombine**: it belongs together with another touchpoint. **Drop**: no effect that is surely above
zero on either, none on the purchase, the company can decide, and it is not cheap. **Neglect**: all
others. What cannot be judged is **undecided**, with the reason.

Probabilities come from the replicates of the driver models. What synergies, overlaps and costs say,
and whether an effect is surely above zero, is held fixed in them; a basic factor counts as often as
the asymmetry's own replicates say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.leverage import of_wave
from supertouch.decisions.portfolio_effects import ROLES, Effects, Tables, effects, silence
from supertouch.decisions.portfolio_gains import gains, importances, quick_wins
from supertouch.decisions.portfolio_mix import (
    Costs,
    Partner,
    asymmetries,
    costs,
    partners,
    protection,
)
from supertouch.study.model import Role, Study
from supertouch.tables import checked

__all__ = ["portfolio"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

CHOICES = ("concentrate", "recombine", "neglect", "drop")
MEASURED = ("satisfaction", "satisfaction_low", "satisfaction_high", "disappointed")
BUILDERS = ("candidate", "loyalty_builder", "recommendation_builder")


def portfolio(study: Study, tables: Tables) -> pd.DataFrame:
    """Decide on each touchpoint of every wave, by the rule in the study file.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        All waves one below the other: ``supertouchpoints``, ``performance``, ``models``,
        ``importance``, ``draws``; and, where they are there, ``asymmetry``, ``synergy``,
        ``overlap`` and ``levers``.

    Returns
    -------
    DataFrame
        The table ``portfolio``: one row per wave and touchpoint.
    """
    waves = [wave.id for wave in study.waves]
    frames = [_wave(study, tables, wave) for wave in waves]
    filled = [frame for frame in frames if not frame.empty]
    return checked(pd.concat(filled) if filled else pd.DataFrame(), table="portfolio")


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """All that the rule needs of the p touchpoints of a wave."""

    touchpoints: pd.Index
    verdict: pd.DataFrame
    told: Mapping[Role, Effects]
    silence: str
    protects: Array
    partner: Mapping[str, Partner]
    costs: Costs

    @property
    def speaking(self) -> dict[Role, Effects]:
        """The outcomes that the decision rests on."""
        return {role: self.told[role] for role in ROLES if self._speaks(role)}

    def _speaks(self, role: Role) -> bool:
        return role in self.told and self.told[role].speaks

    @property
    def sells(self) -> Effects | None:
        """What the purchase says, if anything."""
        return self.told["purchase"] if self._speaks("purchase") else None


def _wave(study: Study, tables: Tables, wave: str) -> pd.DataFrame:
    level = of_wave(tables, "performance", wave)
    if level.empty:
        return pd.DataFrame()
    level = level.set_index("touchpoint")
    names = level.index
    told = effects(study, tables, wave, names)
    verdict = of_wave(tables, "supertouchpoints", wave).set_index("touchpoint").reindex(names)
    case = _Case(
        touchpoints=names,
        verdict=verdict,
        told=told,
        silence=silence(study, wave, told),
        protects=protection(study, tables, wave, names),
        partner=partners(study, tables, wave),
        costs=costs(study, level.reach),
    )
    frame = pd.concat([_decisions(case), _chances(case)], axis=1)
    frame.loc[frame.decision == "undecided", frame.columns.str.startswith("p_")] = np.nan
    frame["probability"] = _own(frame)
    frame["with_touchpoint"] = [
        case.partner[name].touchpoint if decision == "recombine" else ""
        for name, decision in zip(names.astype(str), frame.decision, strict=True)
    ]
    frame["proxy"] = verdict.proxy.fillna(value=False).to_numpy(bool)
    frame[["n", "n_eff", "reach", *MEASURED]] = level[["n", "n_eff", "reach", *MEASURED]]
    for role in ROLES:
        frame[f"lift_{role}"] = told[role].found.lift if role in told else np.nan
    frame["asymmetry"] = asymmetries(study, tables, wave, names)
    frame["cost"], frame["cost_per_met"] = case.costs.cost, case.costs.per_met
    frame["control"] = [study.touchpoint(str(name)).control or "" for name in names]
    _add_gains(study, tables, wave, frame, case)
    return frame.assign(wave=wave).reset_index(names="touchpoint")


def _add_gains(study: Study, tables: Tables, wave: str, frame: pd.DataFrame, case: _Case) -> None:
    """Add importance, gain and quick wins."""
    share = importances(study, case.told, len(frame))
    brings = gains(study, tables, wave, case.touchpoints, case.told)
    for name, found in (("importance", share), ("gain", brings)):
        frame[name] = found.estimate
        frame[f"{name}_low"], frame[f"{name}_high"] = found.low, found.high
    frame["gain_rank"] = brings.rank
    quick = quick_wins(study, brings, case.costs, frame.decision.tolist())
    frame["quick_win"] = quick.to_numpy(dtype=object)


def _own(frame: pd.DataFrame) -> Array:
    """Return the probability of the decision that was made."""
    each = frame[[f"p_{choice}" for choice in CHOICES]].to_numpy(float)
    place = [CHOICES.index(item) if item in CHOICES else 0 for item in frame.decision]
    return np.asarray(each[np.arange(len(frame)), place])


def _decisions(case: _Case) -> pd.DataFrame:
    """Return the decision on each touchpoint, and the code of the rule that made it."""
    found = [_decision(case, place) for place in range(len(case.touchpoints))]
    return pd.DataFrame(found, columns=["decision", "evidence"], index=case.touchpoints)


def _decision(case: _Case, place: int) -> tuple[str, str]:
    open_ = _not_judged(case, place)
    if open_:
        return "undecided", open_
    works = [role for role, found in case.speaking.items() if found.works[place]]
    verdict = str(case.verdict.verdict.iloc[place])
    if verdict == "super" or works:
        return "concentrate", _effective(verdict, works)
    if case.protects[place] > 0:
        return "concentrate", "protects"
    partner = case.partner.get(str(case.touchpoints[place]))
    if partner is not None:
        return "recombine", partner.evidence
    if not all(found.known[place] for found in case.speaking.values() if _inside(found, place)):
        return "undecided", "not_told_apart"
    sells = case.sells is not None and bool(case.sells.works[place])
    return _spare(case.costs, place, sells=sells, little=bool(_sure(case)[place]))


def _not_judged(case: _Case, place: int) -> str:
    """Return why a touchpoint cannot be judged; empty where it can."""
    if case.silence:
        return case.silence
    row = case.verdict.iloc[place]
    for code in ("reach", "base"):
        if not pd.isna(row[f"{code}_ok"]) and not row[f"{code}_ok"]:
            return code
    inside = any(_inside(found, place) for found in case.speaking.values())
    return "" if inside else "not_admitted"


def _inside(found: Effects, place: int) -> bool:
    return not np.isnan(found.share[place])


def _effective(verdict: str, works: list[Role]) -> str:
    if verdict == "super":
        return "super"
    if verdict in BUILDERS:
        return verdict
    return "effect_both" if len(works) == len(ROLES) else f"effect_{works[0]}"


def _sure(case: _Case) -> Flags:
    """Tell whose effect on an outcome is surely above zero, however little it explains."""
    sure = np.zeros(len(case.touchpoints), dtype=bool)
    for found in case.speaking.values():
        sure |= found.positive
    return sure


def _spare(costs: Costs, place: int, *, sells: bool, little: bool) -> tuple[str, str]:
    """Decide on a touchpoint of little or no effect: without any it goes, if ours and dear."""
    effect = "little" if little else "without"
    if sells:
        return "neglect", "works_on_purchase"
    if not costs.ours[place]:
        return "neglect", "not_ours"
    if not costs.comparable[place]:
        return "neglect", "cost_unknown"
    if costs.dear[place]:
        return "neglect" if little else "drop", f"costs_{effect}_effect"
    return "neglect", f"cheap_{effect}_effect"


def _chances(case: _Case) -> pd.DataFrame:
    """Return the share of replicates that come to each decision, of shape (p, 4).

    A touchpoint that protects does so with its own probability, independent of the replicates of
    the driver models; that part goes to concentrate first.
    """
    p = len(case.touchpoints)
    replicates = max((len(found.works_drawn) for found in case.speaking.values()), default=0)
    columns = [f"p_{choice}" for choice in CHOICES]
    if not replicates:
        return pd.DataFrame(np.nan, index=case.touchpoints, columns=columns)
    works = np.zeros((replicates, p), dtype=bool)
    for found in case.speaking.values():
        works |= found.works_drawn
    works |= _super_drawn(case, replicates)
    sells = case.sells.works_drawn if case.sells is not None else np.zeros_like(works)
    concentrate = works.mean(axis=0)
    rest = ~works
    shared = np.array([str(name) in case.partner for name in case.touchpoints])
    droppable = case.costs.ours & case.costs.dear & ~shared & ~_sure(case)
    drop = (rest & ~sells & droppable).mean(axis=0)
    recombine = np.where(shared, rest.mean(axis=0), 0.0)
    protected = case.protects
    chances = (
        np.column_stack([concentrate, recombine, 1 - concentrate - recombine - drop, drop])
        * (1 - protected)[:, None]
    )
    chances[:, 0] += protected
    return pd.DataFrame(np.clip(chances, 0.0, 1.0), index=case.touchpoints, columns=columns)


def _super_drawn(case: _Case, replicates: int) -> Flags:
    """Tell in which replicates a super-touchpoint still meets the rule's point criteria."""
    is_super = (case.verdict.verdict == "super").to_numpy(bool, na_value=False)
    holds = np.tile(is_super, (replicates, 1))
    for found in case.speaking.values():
        holds &= found.super_works_drawn
    return holds
