"""How much of a touchpoint's importance might be the respondent's general mood."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import parts
from supertouch.findings.models import Model
from supertouch.stats import halo, inference
from supertouch.study.model import Study

__all__ = ["halo_table"]

Array = NDArray[np.float64]


def halo_table(
    study: Study, answers: Answers, cell: Cell, model: Model, *, multiplicity: Array
) -> pd.DataFrame:
    """Return the table ``halo``: the band that each touchpoint's importance lies in.

    Its lower end is what the rating adds to all contacts and the mean of the respondent's other
    ratings; its upper end is the importance by LMG. ``rank_low`` and ``rank_high`` are the ranks
    that the bands of all touchpoints allow: no finer order is claimed.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
    model : Model
        Fitted.
    multiplicity : ndarray of shape (b, g)
        How often each resampling group counts in each of the model's replicates.
    """
    found, covariance = parts(model), model.covariance
    if found is None or covariance is None:
        return pd.DataFrame()
    used = (answers.weight > 0) & cell.mask & answers.open_to(model.bases[0].outcome)
    places, p = model.gate.touchpoints, len(model.touchpoints)
    contact, rating = answers.contact[used][:, places], answers.rating[used][:, places]
    weight, group = answers.weight[used], answers.groups.index[used]
    midpoint = np.array([study.scales[item.scale].midpoint for item in model.touchpoints])
    experience = np.where(contact == 0, 0.0, rating - midpoint - covariance.mean[0])
    others = halo.mean_of_others(rating, weight=weight)
    contacts = np.where(np.isnan(contact), covariance.reach[0], contact)[:, model.gate.contact]
    held = np.hstack([contacts, answers.covariates[used]])
    frames = []
    for k, place in enumerate(model.modelled):
        outcome = model.bases[place].outcome
        values = answers.outcome[used, answers.outcomes.index(outcome)]
        rows = ~np.isnan(values)
        gain = halo.gains(
            experience[rows],
            others[rows],
            values[rows],
            contact=contact[rows],
            held=held[rows],
            weight=weight[rows],
            rating_weight=answers.rating_weight[used][rows],
            group=group[rows],
            multiplicity=multiplicity,
        )
        point, anchor, replicates = (part.lmg[..., k, :p] for part in found)
        upper = inference.corrected(point, replicates, anchor=anchor).estimate
        frames.append(
            pd.DataFrame(
                {
                    "wave": answers.wave,
                    "outcome": outcome.id,
                    "touchpoint": [item.id for item in model.touchpoints],
                }
                | _band(study, gain, upper)
            )
        )
    return pd.concat(frames, ignore_index=True)


def _band(study: Study, gain: halo.Gain, upper: Array) -> dict[str, object]:
    lower = inference.corrected(gain.gain, gain.replicates)
    low, high = inference.percentile_interval(lower, confidence=study.analysis.confidence)
    estimate = lower.estimate
    best, worst = halo.rank_range(np.minimum(estimate, upper), np.maximum(estimate, upper))
    return {
        "n": gain.n,
        "n_eff": gain.n_eff,
        "gain": estimate,
        "gain_low": low,
        "gain_high": high,
        "partial": gain.partial,
        "sign": gain.sign,
        "importance": upper,
        "rank_gain": inference.ranks(estimate),
        "rank_importance": inference.ranks(upper),
        "rank_low": best,
        "rank_high": worst,
        "order_holds": halo.order_holds(estimate, upper),
    }
