"""Basic, performance and excitement factors: what penalties and rewards say of a touchpoint."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = ["BALANCED", "FACTORS", "Factor", "factors", "impact_asymmetry"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]

Factor = Literal["none", "basic", "performance", "excitement"]
FACTORS: tuple[Factor, ...] = get_args(Factor)

BALANCED = 0.2


def impact_asymmetry(penalty: Array, reward: Array) -> Array:
    """Return the impact-asymmetry index of Mikulić & Prebežac (2008), IA = (R - P) / (R + P).

    R = max(reward, 0) and P = max(-penalty, 0). It is 1 where a touchpoint can only delight, -1
    where it can only disappoint, and NaN where it does neither.

    Examples
    --------
    >>> impact_asymmetry(np.array([-0.6, -0.2, 0.1]), np.array([0.2, 0.2, -0.1]))
    array([-0.5,  0. ,  nan])
    """
    rewarding, penalising = np.maximum(reward, 0.0), np.maximum(-penalty, 0.0)
    size = rewarding + penalising
    nothing = np.full(size.shape, np.nan)
    return np.asarray(np.divide(rewarding - penalising, size, out=nothing, where=size > 0))


def factors(
    penalty: Array, reward: Array, *, below: Array, above: Array, degrees: int, alpha: float
) -> Places:
    """Sort touchpoints by what their experience does; returns places in ``FACTORS``.

    * *none*: neither the penalty nor the reward is significant (one-sided).
    * *basic*: IA is below -0.2, and disappointment costs significantly more than delight brings,
      as a whole and per rating point.
    * *excitement*: IA is above 0.2, and delight brings significantly more, in both ways.
    * *performance*: everything else: balanced, a straight line, or not to be told from these.

    The cut-off is a convention: Mikulić & Prebežac (2008) leave it to the analyst, later work
    takes 0.1 or 0.2. The tests keep noise in a ratio of two small numbers from being read as a
    class; the one per rating point keeps a straight line from being read as one where the bands
    are not equally far from okay. Tests are adjusted by Benjamini & Hochberg (1995): over all
    penalties and rewards, and for the differences over the touchpoints that are not *none*.

    Parameters
    ----------
    penalty, reward : ndarray of shape (1 + b, p)
        From the sample, then from the replicates, which give the standard errors and are sorted
        by the same rule.
    below, above : ndarray of shape (p,)
        Rating points from okay down to disappointed, and up to delighted, on average.

    Returns
    -------
    ndarray of int of shape (1 + b, p)
    """
    from scipy.stats import false_discovery_control

    p = penalty.shape[-1]
    both = np.concatenate([-penalty, reward], axis=-1)
    significant = false_discovery_control(_tail(both, degrees), axis=-1) < alpha
    matters = significant[..., :p] | significant[..., p:]
    whole, per_point = penalty + reward, penalty / below + reward / above
    tails = [
        np.minimum(tail, 1 - tail) for tail in (_tail(whole, degrees), _tail(per_point, degrees))
    ]
    agreed = np.sign(whole) == np.sign(per_point)
    balance = np.where(agreed, 2 * np.maximum(*tails), 1.0)
    uneven = matters & (_adjusted(balance, matters) < alpha)
    index = impact_asymmetry(penalty, reward)
    result = np.where(matters, FACTORS.index("performance"), FACTORS.index("none"))
    result[uneven & (index < -BALANCED)] = FACTORS.index("basic")
    result[uneven & (index > BALANCED)] = FACTORS.index("excitement")
    return result


def _tail(values: Array, degrees: int) -> Array:
    """One-sided p-values of (1 + b, p) values above zero, at the replicates' standard errors."""
    from scipy.special import stdtr

    error = values[1:].std(axis=0, ddof=1)
    return np.asarray(stdtr(degrees, -values / np.where(error > 0, error, np.inf)))


def _adjusted(p_values: Array, members: NDArray[np.bool_]) -> Array:
    """Adjust each family along the last axis by Benjamini & Hochberg, members only; others NaN."""
    values = np.where(members, p_values, np.inf)
    order = np.argsort(values, axis=-1)
    size = np.maximum(members.sum(axis=-1, keepdims=True), 1)
    scaled = np.take_along_axis(values, order, axis=-1) * (
        size / np.arange(1, values.shape[-1] + 1)
    )
    scaled = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    result = np.empty_like(values)
    np.put_along_axis(result, order, np.minimum(scaled, 1.0), axis=-1)
    return np.where(members, result, np.nan)
