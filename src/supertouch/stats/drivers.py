"""What each driver does to the outcomes: effects, importance and fit from one covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial as bind

import numpy as np
from numpy.typing import NDArray

from supertouch.stats import importance
from supertouch.stats.moments import Covariance

__all__ = ["Drivers", "block_lmg", "block_lmgs", "drivers", "effects", "identified"]

Array = NDArray[np.float64]

LARGEST_INFLATION = 1000.0


@dataclass(frozen=True, slots=True)
class Drivers:
    """Effects and importance of k driver columns on q outcomes, possibly batched.

    Attributes
    ----------
    effect : ndarray of shape (..., q, k)
        Regression coefficients: outcome points per rating point (experience), or of meeting the
        touchpoint at average quality against not meeting it (contact).
    lmg, johnson : ndarray of shape (..., q, k)
        Importance in points of R², as Owen values over the blocks experience and contact.
    phases : ndarray of shape (..., q, 2, g)
        The same with groups of touchpoints as players, per block.
    r2 : ndarray of shape (..., q)
        Fit of the whole model.
    """

    effect: Array
    lmg: Array
    johnson: Array
    phases: Array
    r2: Array


def drivers(
    covariance: Covariance,
    *,
    columns: NDArray[np.intp],
    groups: Sequence[Sequence[int]],
    orders: NDArray[np.intp] | None = None,
) -> Drivers:
    """Estimate effects and importance of the driver columns that can be estimated.

    Parameters
    ----------
    covariance : Covariance
        Of p touchpoints.
    columns : ndarray of int of shape (k,)
        Driver columns in use, 0..p-1 experience, p..2p-1 contact.
    groups : sequence of sequences of int
        Touchpoints of each phase.
    orders : ndarray of int of shape (m, p), optional
        Orders of entry to average over; all of them, exactly, if not given. Contacts, which are
        far less correlated, take the first square of 2p orders only.
    """
    xx, xy, yy = covariance.drivers(columns)
    second = columns >= covariance.touchpoints
    effect = effects(covariance, columns=columns)
    return Drivers(
        effect=effect,
        lmg=block_lmgs(covariance, columns=columns, orders=orders),
        johnson=importance.owen(xx, xy, yy, second=second, method=importance.johnson),
        phases=_phases(covariance, columns, groups),
        r2=(effect * xy).sum(axis=-1) / yy,
    )


def effects(covariance: Covariance, *, columns: NDArray[np.intp]) -> Array:
    """Return the regression coefficients of the driver columns: shape (..., q, k)."""
    xx, xy, _ = covariance.drivers(columns)
    return np.asarray(np.swapaxes(np.linalg.solve(xx, np.swapaxes(xy, -1, -2)), -1, -2))


def identified(covariance: Covariance, *, columns: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which driver columns are not all but a combination of the others: shape (..., k).

    A column is identified while its variance inflation factor stays below 1,000.
    """
    xx, _, _ = covariance.drivers(columns)
    inflation = np.diagonal(np.linalg.inv(xx), axis1=-2, axis2=-1) * np.diagonal(
        xx, axis1=-2, axis2=-1
    )
    return np.asarray(inflation < LARGEST_INFLATION)


def block_lmgs(
    covariance: Covariance, *, columns: NDArray[np.intp], orders: NDArray[np.intp] | None = None
) -> Array:
    """Return the LMG importance of all driver columns, block by block: shape (..., q, k)."""
    second = columns >= covariance.touchpoints
    parts = [
        block_lmg(covariance, columns=columns, inside=inside, orders=orders)
        for inside in (~second, second)
        if inside.any()
    ]
    return np.concatenate(parts, axis=-1)


def block_lmg(
    covariance: Covariance,
    *,
    columns: NDArray[np.intp],
    inside: NDArray[np.bool_],
    orders: NDArray[np.intp] | None = None,
) -> Array:
    """Return the LMG importance of the driver columns of one block: shape (..., q, sum(inside)).

    Parameters are those of :func:`drivers`; ``inside`` of shape (k,) marks the block.
    """
    method: importance.Decomposition = importance.lmg
    if orders is not None:
        p = covariance.touchpoints
        places = columns[inside] % p
        if (columns[inside] >= p).all():
            orders = orders[: 2 * p]
        method = bind(importance.sampled_lmg, orders=_restricted(orders, places))
    return importance.block(*covariance.drivers(columns), inside=inside, method=method)


def _restricted(orders: NDArray[np.intp], kept: NDArray[np.intp]) -> NDArray[np.intp]:
    """Orders of the touchpoints kept, renumbered by their place in ``kept``."""
    if len(kept) == orders.shape[1]:
        return orders
    number = np.full(orders.shape[1], -1)
    number[kept] = np.arange(len(kept))
    renumbered = number[orders]
    return renumbered[renumbered >= 0].reshape(len(orders), len(kept))


def _phases(
    covariance: Covariance, columns: NDArray[np.intp], groups: Sequence[Sequence[int]]
) -> Array:
    xx, xy, yy = covariance.drivers(columns)
    p = covariance.touchpoints
    result = np.zeros((*xy.shape[:-1], 2, len(groups)))
    for number in (0, 1):
        inside = (columns >= p) == bool(number)
        if not inside.any():
            continue
        place = {int(column) % p: index for index, column in enumerate(columns[inside])}
        players = [[place[j] for j in group if j in place] for group in groups]
        method = bind(importance.group_lmg, groups=players)
        result[..., number, :] = importance.block(xx, xy, yy, inside=inside, method=method)
    return result
