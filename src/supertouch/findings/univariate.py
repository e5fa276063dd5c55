"""Each touchpoint alone against the outcome: what is left where no model can be had."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supertouch.findings.answers import Asked, Cell
from supertouch.findings.drivers import keys
from supertouch.findings.models import Model
from supertouch.findings.suppression import some
from supertouch.stats.inference import normal_interval
from supertouch.study.model import Study

__all__ = ["univariate_table"]


def univariate_table(study: Study, answers: Asked, cell: Cell, model: Model) -> pd.DataFrame:
    """Return the table ``univariate``: correlations of experience and contact with each outcome.

    Respondents who did not meet a touchpoint count with an experience of zero, its average.
    Correlations on fewer than ``privacy.min_base`` are empty, and so are those of a contact that so
    few had, or had not: with the outcome's mean and spread they would tell the mean of these few.
    """
    if model.singles is None:
        return pd.DataFrame()
    sums = model.sums
    point, replicates = model.singles
    low, high = normal_interval(
        np.arctanh(point),
        np.arctanh(replicates),
        degrees=model.degrees,
        confidence=study.analysis.confidence,
    )
    frames = []
    for k, base in enumerate(model.bases):
        for number, (component, kind) in enumerate((("experience", "rated"), ("contact", "known"))):
            n = sums.base(kind, "answered")[:, k].astype(int)
            few = n < study.privacy.min_base
            if component == "contact":
                met = sums.base("met", "answered")[:, k]
                few = few | some(study, met) | some(study, n - met)
            frames.append(
                pd.DataFrame(
                    keys(answers, cell)
                    | {
                        "outcome": base.outcome.id,
                        "touchpoint": [item.id for item in answers.touchpoints],
                        "component": component,
                        "n": n,
                        "correlation": np.where(few, np.nan, point[number, :, k]),
                        "correlation_low": np.where(few, np.nan, np.tanh(low[number, :, k])),
                        "correlation_high": np.where(few, np.nan, np.tanh(high[number, :, k])),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)
