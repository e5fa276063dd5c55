"""The truth of a simulated study as tables: what its report should say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.simulate.design import Design
from supertouch.simulate.truth import Truth
from supertouch.study.model import Study

__all__ = ["decisions", "levels", "supertouchpoints", "synergies", "touchpoints"]


def touchpoints(
    wave: str, found: Truth, *, design: Design, ids: Sequence[str], asked: NDArray[np.intp]
) -> pd.DataFrame:
    """Tabulate one wave: outcome by touchpoint, effects found and planted, importance, share."""
    frames = [
        pd.DataFrame(
            {
                "wave": wave,
                "outcome": outcome.id,
                "touchpoint": [ids[j] for j in asked],
                "reach": found.reach,
                "mean": found.mean,
                "beta": found.beta[k],
                "gamma": found.gamma[k],
                "beta_planted": outcome.beta[asked],
                "gamma_planted": outcome.gamma[asked],
                "experience_importance": found.experience[k],
                "experience_share": found.experience_share[k],
                "contact_importance": found.contact[k],
                "contact_share": found.contact_share[k],
            }
        )
        for k, outcome in enumerate(design.outcomes)
    ]
    return pd.concat(frames, ignore_index=True)


def levels(wave: str, found: Truth) -> pd.DataFrame:
    """Tabulate the outcomes of one wave: mean, net promoter score, R²."""
    return pd.DataFrame(
        {
            "wave": wave,
            "outcome": found.outcomes,
            "mean": found.level,
            "nps": found.nps,
            "r2": found.r2,
            "r2_experience": found.experience.sum(axis=1),
            "r2_contact": found.contact.sum(axis=1),
        }
    )


def synergies(wave: str, found: Truth, *, ids: Sequence[str]) -> pd.DataFrame:
    """Tabulate the planted pairs of one wave: what meeting both is worth beyond meeting each."""
    rows = [
        (wave, pair.outcome, ids[pair.first], ids[pair.second], pair.planted, pair.found)
        for pair in found.synergies
    ]
    columns = ["wave", "outcome", "touchpoint", "other", "effect_planted", "effect"]
    return pd.DataFrame(rows, columns=columns)


def decisions(
    wave: str,
    found: Truth,
    *,
    design: Design,
    study: Study,
    ids: Sequence[str],
    asked: NDArray[np.intp],
) -> pd.DataFrame:
    """Tabulate the true decision on each touchpoint of one wave, by the same rule on true values.

    A touchpoint with any planted effect is not dropped. Basic factors and contacts that
    correlate are left out: the demo has none.
    """
    names = [ids[j] for j in asked]
    roles = {role: found.roles.index(role) for role in (*_LEADING, "purchase")}
    works = found.builds[[roles[role] for role in _LEADING]].any(axis=0)
    paired = {
        ids[place]
        for pair in found.synergies
        if pair.planted and pair.outcome in _LEADING
        for place in (pair.first, pair.second)
    }
    items = [study.touchpoint(name) for name in names]
    per_met = np.array([item.cost or 0.0 for item in items]) / found.reach
    dear = per_met >= np.quantile(per_met, study.portfolio.cost)
    ours = [item.control != "low" and item.origin != "indirect" for item in items]
    planted = np.array([design.outcomes[roles[role]].beta[asked] for role in _LEADING])
    works_little = (planted > 0).any(axis=0)
    spare = dear & ours & ~found.builds[roles["purchase"]] & ~works_little
    chosen = np.select(
        [works, np.isin(names, list(paired)), spare],
        ["concentrate", "recombine", "drop"],
        default="neglect",
    )
    return pd.DataFrame({"wave": wave, "touchpoint": names, "decision": chosen})


_LEADING = ("loyalty", "recommendation")


def supertouchpoints(
    truths: Mapping[str, Truth], asked: Mapping[str, NDArray[np.intp]], *, ids: Sequence[str]
) -> pd.DataFrame:
    """Tabulate true verdicts by the point rule, wave by wave.

    ``sustained`` where the rule holds in this wave and the one before; a ``trend`` is given from
    the second wave on, for touchpoints that were asked in both.
    """
    rows: list[dict[str, object]] = []
    before: dict[str, bool] = {}
    for wave, found in truths.items():
        now = {ids[j]: bool(found.supers[i]) for i, j in enumerate(asked[wave])}
        for i, name in enumerate(now):
            was = before.get(name)
            rows.append(
                {
                    "wave": wave,
                    "touchpoint": name,
                    "verdict": _verdict(found, i),
                    "sustained": None if was is None else was and now[name],
                    "trend": "" if was is None else _TRENDS[was, now[name]],
                }
            )
        before = now
    return pd.DataFrame(rows).astype({"sustained": "boolean"})


_TRENDS = {
    (True, True): "sustained",
    (False, True): "emerging",
    (True, False): "fading",
    (False, False): "",
}


def _verdict(found: Truth, i: int) -> str:
    builds = {role: bool(found.builds[found.roles.index(role), i]) for role in _LEADING}
    return _VERDICTS[builds["loyalty"], builds["recommendation"]]


_VERDICTS = {
    (True, True): "super",
    (True, False): "loyalty_builder",
    (False, True): "recommendation_builder",
    (False, False): "none",
}
