"""Which pairs of touchpoints are worth more, or less, together than each for itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.contacts import agreed
from supertouch.findings.mix.overlap import pairs_of
from supertouch.findings.models import Model
from supertouch.stats import filling, inference, synergy
from supertouch.stats.influence import Design, t_interval, t_p_value
from supertouch.study.model import Study

__all__ = ["synergy_table"]

Array = NDArray[np.float64]


def synergy_table(study: Study, answers: Answers, cell: Cell, model: Model) -> pd.DataFrame:
    """Return the table ``synergy``: outcomes modelled × pairs with enough in each of four cells.

    A pair needs ``analysis.min_pair`` respondents who answered the outcome and met both, only the
    one, only the other and neither, and contacts that the model can tell apart; there is none where
    contact does not vary, as when it was not asked and everybody who rated had met everything.
    Products are added to the main driver model one pair at a time, beside the square of its fit:
    what the end of an outcome's scale does to all pairs alike is no synergy.
    """
    if model.covariance is None:
        return pd.DataFrame()
    used = (answers.weight > 0) & cell.mask & answers.open_to(model.bases[0].outcome)
    kept = np.flatnonzero(model.gate.contact)
    every = kept[pairs_of(len(kept))]
    if not len(every):
        return pd.DataFrame()
    contact = answers.contact[used][:, model.gate.touchpoints]
    columns = _columns(answers, model, used)
    unit, weight = answers.groups.unit[used], answers.weight[used]
    frames = []
    for place in model.modelled:
        asked = model.bases[place].outcome
        outcome = answers.outcome[used, answers.outcomes.index(asked)]
        answered = ~np.isnan(outcome)
        counts = synergy.cells(contact[answered], every)
        enough = counts.min(axis=1) >= study.analysis.min_pair
        if not enough.any():
            continue
        pairs = every[enough]
        design = Design(unit[answered], answers.groups.unit_stratum)
        found = synergy.synergies(
            contact[answered],
            columns[answered],
            outcome[answered],
            pairs=pairs,
            weight=weight[answered],
            design=design,
        )
        names = np.array([item.id for item in model.touchpoints], dtype=object)[pairs]
        frames.append(
            pd.DataFrame(
                {
                    "wave": answers.wave,
                    "outcome": asked.id,
                    "touchpoint": names[:, 0],
                    "other": names[:, 1],
                    "n": found.n,
                    "n_eff": found.n_eff,
                    "n_both": counts[enough, 0],
                }
                | _tested(study, found)
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _columns(answers: Answers, model: Model, used: NDArray[np.bool_]) -> Array:
    """Return the model's columns of the respondents used, what is unknown filled."""
    places, weight = model.gate.touchpoints, answers.weight[used]
    contact = filling.filled_contact(agreed(answers.contact)[used][:, places], weight=weight)
    rating = answers.rating[used][:, places]
    experience = filling.filled_experience(rating, contact=contact, weight=weight)
    drivers = np.hstack([experience, contact])[:, model.gate.columns]
    return np.hstack([drivers, answers.held(used)[used]])


def _tested(study: Study, found: synergy.PairEffects) -> dict[str, Array | NDArray[np.str_]]:
    low, high = t_interval(
        found.effect, found.error, degrees=found.degrees, confidence=study.analysis.confidence
    )
    p_value = t_p_value(found.effect, found.error, degrees=found.degrees)
    adjusted = inference.adjust(p_value)
    with np.errstate(invalid="ignore"):
        clear = adjusted <= study.rule.alpha
        kind = np.where(found.effect > 0, "synergy", "cannibalisation")
    return {
        "effect": found.effect,
        "effect_low": low,
        "effect_high": high,
        "p_value": p_value,
        "p_adjusted": adjusted,
        "kind": np.where(clear, kind, "none"),
    }
