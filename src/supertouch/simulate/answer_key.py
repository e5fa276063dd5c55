"""The truth of a simulated study as tables: what its report should say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.simulate.design import Design
from supertouch.simulate.truth import Truth

__all__ = ["levels", "supertouchpoints", "touchpoints"]


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
    builds = {
        role: bool(found.builds[found.roles.index(role), i])
        for role in ("loyalty", "recommendation")
    }
    return _VERDICTS[builds["loyalty"], builds["recommendation"]]


_VERDICTS = {
    (True, True): "super",
    (True, False): "loyalty_builder",
    (False, True): "recommendation_builder",
    (False, False): "none",
}
