"""What each driver does to the outcomes: effects, importance and fit from one covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial as bind

import numpy as np
from numpy.typing import NDArray

from supertouch.stats import importance
from supertouch.stats.covariance import Covariance
from supertouch.stats.orders import sampled_lmg

__all__ = [
    "Drivers",
    "OneStep",
    "block_lmg",
    "block_lmgs",
    "drivers",
    "effects",
    "identified",
    "joined",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

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
        ``johnson`` is NaN where it was not asked for.
    phases : ndarray of shape (..., q, 2, g)
        The same with groups of touchpoints as players, per block.
    r2 : ndarray of shape (..., q)
        Fit of the whole model, beyond what is held.
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
    johnson: bool = True,
    effect: Array | None = None,
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
    orders : ndarray of int of shape (c, p), optional
        Circles of orders to average over; all orders, exactly, if not given. Contacts, which are
        far less correlated, take the first circle only.
    johnson : bool
        Whether relative weights are wanted too.
    effect : ndarray of shape (..., q, k), optional
        Coefficients, if they are known already.
    """
    xx, xy, yy = covariance.drivers(columns)
    effect = _slopes(xx, xy) if effect is None else effect
    lmg, weights = np.full((2, *xy.shape), np.nan)
    phases = np.zeros((*yy.shape, 2, len(groups)))
    for inside in _blocks(covariance, columns):
        entries = importance.before_and_after(xx, xy, inside=inside)
        method = _method(covariance, columns[inside], orders)
        lmg[..., inside] = importance.over_both(method, entries, yy)
        if johnson:
            weights[..., inside] = importance.over_both(importance.johnson, entries, yy)
        number = int(columns[inside][0] >= covariance.touchpoints)
        players = _players(columns[inside] % covariance.touchpoints, groups)
        method = bind(importance.group_lmg, groups=players)
        phases[..., number, :] = importance.over_both(method, entries, yy)
    return Drivers(effect, lmg, weights, phases, lmg.sum(axis=-1))


def joined(parts: Sequence[Drivers]) -> Drivers:
    """Put batches of replicates one after the other."""
    names = ("effect", "lmg", "johnson", "phases", "r2")
    return Drivers(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def effects(covariance: Covariance, *, columns: NDArray[np.intp]) -> Array:
    """Return the regression coefficients of the driver columns: shape (..., q, k)."""
    xx, xy, _ = covariance.drivers(columns)
    return _slopes(xx, xy)


def _slopes(xx: Array, xy: Array) -> Array:
    return np.asarray(np.swapaxes(np.linalg.solve(xx, np.swapaxes(xy, -1, -2)), -1, -2))


@dataclass(frozen=True, slots=True)
class OneStep:
    """Replicates of regression coefficients without a regression in each of them.

    A replicate is the sample's coefficients and one Newton step on the replicate's normal
    equations, with the sample's matrix (Hu & Kalbfleisch 2000). Where ratings are missing by
    plan, matrices of single replicates come close to singular and coefficients solved from them
    spread far too much; the step does not. Steps are widened by ``inflation``, the square root of
    n / (n - columns), since residuals are smaller than errors.

    Attributes
    ----------
    slopes : ndarray of shape (q, k)
        The sample's coefficients.
    columns, outcomes : ndarray of int of shape (k,) and (q,)
        Their places in a covariance matrix.
    inverse : ndarray of shape (k, k)
    start : ndarray of shape (q, k)
        What is left of the sample's own normal equations, if its matrix had to be repaired.
    inflation : ndarray of shape (q,)
    drivers : int
        How many of the columns are drivers; covariates follow.
    """

    slopes: Array
    columns: NDArray[np.intp]
    outcomes: NDArray[np.intp]
    inverse: Array
    start: Array
    inflation: Array
    drivers: int

    @classmethod
    def from_sample(
        cls,
        repaired: Covariance,
        raw: Covariance,
        *,
        columns: NDArray[np.intp],
        inflation: Array,
    ) -> OneStep:
        """Take the sample's matrix, repaired and as it was, both with a batch of one."""
        q = repaired.outcome.shape[-1]
        outcomes = 2 * repaired.touchpoints + np.arange(q)
        used = np.concatenate(
            [columns, np.arange(outcomes[-1] + 1, repaired.matrix.shape[-1], dtype=np.intp)]
        )
        matrix = repaired.matrix[0]
        inverse = np.asarray(np.linalg.inv(matrix[np.ix_(used, used)]))
        slopes = matrix[np.ix_(outcomes, used)] @ inverse
        nothing = np.zeros_like(slopes)
        first = cls(slopes, used, outcomes, inverse, nothing, inflation, len(columns))
        return replace(first, start=first._left(raw)[0])

    def replicates(self, raw: Covariance) -> Array:
        """Return the coefficients of the driver columns: shape (b, q, k)."""
        steps = (self._left(raw) - self.start) @ self.inverse
        return np.asarray(self.slopes + self.inflation[:, None] * steps)[..., : self.drivers]

    def _left(self, raw: Covariance) -> Array:
        """Return what the coefficients leave of each outcome's covariances: (b, q, k)."""
        q = len(self.outcomes)
        away = np.zeros((raw.matrix.shape[-1], q))
        away[self.columns] = -self.slopes.T
        away[self.outcomes, np.arange(q)] = 1.0
        return np.swapaxes((raw.matrix @ away)[:, self.columns], -1, -2)


def identified(covariance: Covariance, *, columns: NDArray[np.intp]) -> Mask:
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
    parts = [
        block_lmg(covariance, columns=columns, inside=inside, orders=orders)
        for inside in _blocks(covariance, columns)
    ]
    return np.concatenate(parts, axis=-1)


def block_lmg(
    covariance: Covariance,
    *,
    columns: NDArray[np.intp],
    inside: Mask,
    orders: NDArray[np.intp] | None = None,
) -> Array:
    """Return the LMG importance of the driver columns of one block: shape (..., q, sum(inside)).

    Parameters are those of :func:`drivers`; ``inside`` of shape (k,) marks the block.
    """
    method = _method(covariance, columns[inside], orders)
    return importance.block(*covariance.drivers(columns), inside=inside, method=method)


def _blocks(covariance: Covariance, columns: NDArray[np.intp]) -> list[Mask]:
    second = columns >= covariance.touchpoints
    return [inside for inside in (~second, second) if inside.any()]


def _method(
    covariance: Covariance, inside: NDArray[np.intp], orders: NDArray[np.intp] | None
) -> importance.Decomposition:
    if orders is None:
        return importance.lmg
    p = covariance.touchpoints
    around = orders[:1] if (inside >= p).all() else orders
    return bind(sampled_lmg, orders=_restricted(around, inside % p))


def _restricted(orders: NDArray[np.intp], kept: NDArray[np.intp]) -> NDArray[np.intp]:
    """Circles of the touchpoints kept, renumbered by their place in ``kept``."""
    if len(kept) == orders.shape[1]:
        return orders
    number = np.full(orders.shape[1], -1)
    number[kept] = np.arange(len(kept))
    renumbered = number[orders]
    return renumbered[renumbered >= 0].reshape(len(orders), len(kept))


def _players(places: NDArray[np.intp], groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return where the touchpoints of each group stand among the columns of a block."""
    place = {int(touchpoint): index for index, touchpoint in enumerate(places)}
    return [[place[j] for j in group if j in place] for group in groups]
