"""Each touchpoint alone against the outcome: what is left where no model can be had."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import keys
from supertouch.findings.models import Model
from supertouch.stats.inference import normal_interval
from supertouch.stats.moments import assemble
from supertouch.study.model import Study

__all__ = ["univariate_table"]

Array = NDArray[np.float64]


def univariate_table(
    study: Study, answers: Answers, cell: Cell, model: Model, *, batch: Array
) -> pd.DataFrame:
    """Return the table ``univariate``: correlations of experience and contact with each outcome.

    Respondents who did not meet a touchpoint count with an experience of zero, its average.
    """
    sums = model.sums
    point = _correlations(sums.total()[None], sums.touchpoints, sums.outcomes)[0]
    replicates = _correlations(batch, sums.touchpoints, sums.outcomes)
    low, high = normal_interval(
        np.arctanh(point),
        np.arctanh(replicates),
        degrees=model.degrees,
        confidence=study.analysis.confidence,
    )
    frames = []
    for k, base in enumerate(model.bases):
        for number, (component, kind) in enumerate((("experience", "rated"), ("contact", "known"))):
            frames.append(
                pd.DataFrame(
                    keys(answers, cell)
                    | {
                        "outcome": base.outcome.id,
                        "touchpoint": [item.id for item in answers.touchpoints],
                        "component": component,
                        "n": sums.base(kind, "answered")[:, k].astype(int),
                        "correlation": point[number, :, k],
                        "correlation_low": np.tanh(low[number, :, k]),
                        "correlation_high": np.tanh(high[number, :, k]),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def _correlations(batch: Array, p: int, q: int) -> Array:
    """Correlations of shape (..., 2, p, q); NaN where one of the two does not vary."""
    matrix = assemble(batch, touchpoints=p, outcomes=q).matrix
    spread = np.sqrt(np.clip(np.diagonal(matrix, axis1=-2, axis2=-1), 0.0, None))
    product = spread[..., : 2 * p, None] * spread[..., None, 2 * p :]
    found = np.divide(
        matrix[..., : 2 * p, 2 * p :],
        product,
        out=np.full(product.shape, np.nan),
        where=product > 1e-12,
    )
    kept = np.clip(found, -1 + 1e-9, 1 - 1e-9)
    return np.asarray(kept.reshape(*matrix.shape[:-2], 2, p, q))
