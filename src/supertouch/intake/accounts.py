"""The books of a wave: who is in the sample, how items were answered, what contradicted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.contact import Met
from supertouch.study.model import EMPTIES, Study

__all__ = ["contradictions", "empties", "sample"]

_CONFLICTS = {
    "rated_but_not_met": "",
    "met_but_rated_not_met": "",
    "rated_but_contact_unknown": "rating_wins",
}


def sample(
    wave_id: str, accepted: pd.DataFrame, *, n_read: int, n_quarantined: int
) -> pd.DataFrame:
    """Return the table ``sample``: every row read is accounted for.

    ``n_eff`` is Kish's effective number of respondents, (Σw)²/Σw², and ``design_effect`` is
    n·Σw²/(Σw)²: how many times larger the sample is than an unweighted one of the same precision.

    Kish, L. (1965). Survey Sampling. Wiley.
    """
    weight = accepted["weight"].to_numpy(dtype="float64")
    n = len(accepted)
    part = weight / weight.max()
    total, squares = part.sum(), np.square(part).sum()
    return pd.DataFrame(
        [
            {
                "wave": wave_id,
                "n_read": n_read,
                "n_accepted": n,
                "n_quarantined": n_quarantined,
                "n_excluded": n_read - n - n_quarantined,
                "weight_sum": weight.sum(),
                "n_eff": total**2 / squares,
                "design_effect": n * squares / total**2,
                "n_clusters": accepted["cluster"].nunique(),
                "n_strata": accepted["stratum"].nunique(),
            }
        ]
    )


def empties(study: Study, wave_id: str, accepted: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``empties``: answers and kinds of empty of each item, over accepted rows."""
    return pd.DataFrame(
        [
            {"wave": wave_id, "item": item, "kind": kind} | _counts(accepted[column])
            for item, kind, column in _items(study, wave_id)
            if column in accepted.columns
        ]
    )


def _items(study: Study, wave_id: str) -> Iterator[tuple[str, str, str]]:
    for outcome in study.outcomes_in(wave_id):
        yield outcome.id, "outcome", f"{outcome.id}.empty"
    for touchpoint in study.touchpoints_in(wave_id):
        asked = touchpoint.contact.within(wave_id)
        for kind in ("contact", "rating", "brand_fit") if asked else ("rating", "brand_fit"):
            yield touchpoint.id, kind, f"{touchpoint.id}.{kind}_empty"


def _counts(kinds: pd.Series[Any]) -> dict[str, int]:
    counts = kinds.value_counts()
    answered = {"n": len(kinds), "n_answered": int(counts.get("", 0))}
    return answered | {kind: int(counts.get(kind, 0)) for kind in EMPTIES}


def contradictions(
    study: Study, wave_id: str, met: Mapping[str, Met], counted: NDArray[np.bool_]
) -> pd.DataFrame:
    """Return the table ``contradictions``, with contacts that only the rating tells.

    Counted are the rows that break no other rule, so that the number is the same whichever
    resolution the study chooses.
    """
    return pd.DataFrame(
        [
            {
                "wave": wave_id,
                "touchpoint": item.id,
                "kind": kind,
                "resolution": resolution or item.contact_rule.contradiction,
                "n": n,
            }
            for item in study.touchpoints_in(wave_id)
            for kind, resolution in _CONFLICTS.items()
            if (n := int((getattr(met[item.id], kind) & counted).sum()))
        ]
    )
