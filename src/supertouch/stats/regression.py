"""Regression for outcomes that are ordered answers rather than numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["OrderedLogit", "ordered_logit"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OrderedLogit:
    """Proportional-odds model of k drivers and m ordered answers.

    Attributes
    ----------
    effect : ndarray of shape (k,)
        Change of the log odds of a better answer per unit of each driver.
    threshold : ndarray of shape (m - 1,)
        Where one answer gives way to the next, on the log-odds scale.
    log_likelihood : float
    """

    effect: Array
    threshold: Array
    log_likelihood: float


def ordered_logit(
    drivers: Array, answer: NDArray[np.intp], *, count: NDArray[np.intp]
) -> OrderedLogit:
    """Fit the proportional-odds model (McCullagh 1980) by maximum likelihood.

    Parameters
    ----------
    drivers : ndarray of shape (n, k)
    answer : ndarray of int of shape (n,)
        0..m-1, more is better.
    count : ndarray of int of shape (n,)
        How many respondents each row stands for.
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    repeated = np.repeat(np.arange(len(answer)), count)
    model = OrderedModel(answer[repeated], drivers[repeated], distr="logit")
    found = model.fit(method="bfgs", disp=False, maxiter=500, gtol=1e-8)
    k = drivers.shape[1]
    return OrderedLogit(
        effect=np.asarray(found.params[:k], dtype=float),
        threshold=np.asarray(model.transform_threshold_params(found.params[k:])[1:-1], dtype=float),
        log_likelihood=float(found.llf),
    )
