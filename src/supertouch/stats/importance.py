"""Relative importance of drivers, from covariances alone and batched over replicates.

Lindeman, Merenda & Gold (1980) and Budescu (1993) average the gain in R² over all orders of entry,
which is the Shapley value of R²; two blocks of drivers are decomposed as Owen (1977) proposed.
Johnson (2000) gives relative weights from the nearest orthogonal variables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.stats import subsets

__all__ = [
    "Decomposition",
    "Owen",
    "block",
    "group_lmg",
    "johnson",
    "lmg",
    "owen",
    "owen_lmg",
    "partial",
    "sampled_lmg",
    "sampled_orders",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
_CHUNK = 64
Decomposition = Callable[[Array, Array, Array], Array]


@dataclass(frozen=True, slots=True)
class Owen:
    """Importance of p touchpoints in two blocks, in points of R².

    Attributes
    ----------
    experience, contact : ndarray of shape (..., p)
        Contribution of each touchpoint's rating and of meeting it; their total is ``r2``.
    r2 : ndarray of shape (...)
        R² of the model with both blocks.
    """

    experience: Array
    contact: Array
    r2: Array


def lmg(xx: Array, xy: Array, yy: Array) -> Array:
    """Average each driver's gain in R² over all orders of entry, exactly.

    Parameters
    ----------
    xx : ndarray of shape (..., p, p)
        Covariances of the drivers.
    xy : ndarray of shape (..., q, p)
        Covariances of q outcomes with the drivers.
    yy : ndarray of shape (..., q)
        Variances of the outcomes.

    Returns
    -------
    ndarray of shape (..., q, p)
        Importance in points of R²; sums over p to R².

    Raises
    ------
    UnsupportedError
        If p is above 30, where 2^p subsets can no longer be visited.

    Examples
    --------
    >>> import numpy as np
    >>> lmg(np.eye(2), np.array([[0.6, 0.3]]), np.array([1.0])).round(2)
    array([[0.36, 0.09]])
    """
    p = xx.shape[-1]
    if p == 0:
        return np.zeros(xy.shape)
    if p > subsets.LARGEST:
        raise UnsupportedError(f"Exact importance of {p} drivers is out of reach; sample orders.")
    batch = xx.shape[:-2]
    q = xy.shape[-2]
    member, total = subsets.sums_by_size(
        xx.reshape(-1, p, p), xy.reshape(-1, q, p), yy.reshape(-1, q)
    )
    coalitions = np.array([comb(p - 1, k) for k in range(p)], dtype=float)
    gain = member[..., 1:] - (total[..., None, :-1] - member[..., :-1])
    return np.asarray((gain / coalitions).sum(axis=-1).reshape(*batch, q, p) / p)


def johnson(xx: Array, xy: Array, yy: Array) -> Array:
    """Split R² by Johnson's relative weights.

    Parameters and result are those of :func:`lmg`; cost grows with p³ only.

    Examples
    --------
    >>> import numpy as np
    >>> xx, xy = np.array([[1, 0.5], [0.5, 1]]), np.array([[0.6, 0.3]])
    >>> bool(np.allclose(johnson(xx, xy, np.ones(1)), lmg(xx, xy, np.ones(1))))
    True
    """
    if xx.shape[-1] == 0:
        return np.zeros(xy.shape)
    spread = np.sqrt(np.diagonal(xx, axis1=-2, axis2=-1))
    correlation = xx / spread[..., :, None] / spread[..., None, :]
    values, vectors = np.linalg.eigh(correlation)
    root = np.sqrt(np.clip(values, np.finfo(float).eps, None))
    loading = (vectors * root[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    inverse = (vectors / root[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    orthogonal = (xy / spread[..., None, :]) @ inverse
    return np.asarray(orthogonal**2 @ loading**2 / yy[..., None])


def group_lmg(xx: Array, xy: Array, yy: Array, *, groups: Sequence[Sequence[int]]) -> Array:
    """Average the gain in R² over all orders in which whole groups of drivers enter.

    Parameters
    ----------
    xx, xy, yy : ndarray
        As for :func:`lmg`.
    groups : sequence of sequences of int
        Which drivers form each group, such as the phases of a journey; at most 15 groups.

    Returns
    -------
    ndarray of shape (..., q, len(groups))
        Importance of each group in points of R².
    """
    count = len(groups)
    if count > subsets.LARGEST_TABLE:
        raise UnsupportedError(f"{count} groups are too many to enter in every order.")
    table = np.stack(
        [
            _r2(xx, xy, yy, [j for g in range(count) if code >> g & 1 for j in groups[g]])
            for code in range(1 << count)
        ],
        axis=-1,
    )
    return subsets.shapley(table)


def _r2(xx: Array, xy: Array, yy: Array, drivers: list[int]) -> Array:
    if not drivers:
        return np.zeros(yy.shape)
    b = xy[..., drivers]
    a = xx[..., drivers, :][..., drivers]
    slope = np.swapaxes(np.linalg.solve(a, np.swapaxes(b, -1, -2)), -1, -2)
    return np.asarray((slope * b).sum(axis=-1) / yy)


def partial(xx: Array, xy: Array, *, held: Mask) -> tuple[Array, Array]:
    """Take the ``held`` columns out of all the others.

    Parameters
    ----------
    xx : ndarray of shape (..., p, p)
    xy : ndarray of shape (..., q, p)
    held : ndarray of bool of shape (p,)

    Returns
    -------
    tuple of ndarray
        Residual covariances of the remaining drivers, and with the outcomes.
    """
    free = ~held
    if not held.any():
        return xx, xy
    across = xx[..., held, :][..., free]
    slope = np.linalg.solve(xx[..., held, :][..., held], across)
    left = np.swapaxes(across, -1, -2) @ slope
    return xx[..., free, :][..., free] - left, xy[..., free] - xy[..., held] @ slope


def owen(xx: Array, xy: Array, yy: Array, *, second: Mask, method: Decomposition = lmg) -> Array:
    """Decompose R² over two blocks that enter whole, one before the other or after it.

    Parameters
    ----------
    xx, xy, yy : ndarray
        As for :func:`lmg`.
    second : ndarray of bool of shape (p,)
        Which drivers form the second block.
    method : callable
        How R² is split within a block: :func:`lmg`, :func:`johnson` or sampled orders.

    Returns
    -------
    ndarray of shape (..., q, p)
        Each driver's average over its block alone, and its block after the other.
    """
    result = np.zeros(xy.shape)
    for inside in (second, ~second):
        if inside.any():
            result[..., inside] = block(xx, xy, yy, inside=inside, method=method)
    return result


def block(xx: Array, xy: Array, yy: Array, *, inside: Mask, method: Decomposition) -> Array:
    """Decompose what one block of drivers adds: its average before and after all the others.

    Parameters
    ----------
    xx, xy, yy : ndarray
        As for :func:`lmg`.
    inside : ndarray of bool of shape (p,)
        The block's drivers.
    method : callable
        How R² is split within the block; its result is returned.
    """
    alone = method(xx[..., inside, :][..., inside], xy[..., inside], yy)
    if inside.all():
        return alone
    return (alone + method(*partial(xx, xy, held=~inside), yy)) / 2


def owen_lmg(covariance: Array, *, touchpoints: int) -> Owen:
    """Decompose R² into experience and contact of each touchpoint.

    Parameters
    ----------
    covariance : ndarray of shape (2p + 1, 2p + 1)
        Of z_1..z_p (experience), c_1..c_p (contact) and the outcome. A contact column
        without variance (everybody met the touchpoint) gets an importance of zero.
    touchpoints : int
        p.

    Examples
    --------
    >>> import numpy as np
    >>> found = owen_lmg(np.array([[1, 0, 0.5], [0, 1, 0.1], [0.5, 0.1, 1]]), touchpoints=1)
    >>> float(found.experience[0]), round(float(found.contact[0]), 2)
    (0.25, 0.01)
    """
    p = touchpoints
    varies = np.diagonal(covariance)[: 2 * p] > 0
    keep = np.flatnonzero(varies)
    xx = covariance[np.ix_(keep, keep)]
    xy, yy = covariance[-1:, keep], covariance[-1:, -1]
    found = np.zeros(2 * p)
    found[keep] = owen(xx, xy, yy, second=keep >= p)[0]
    return Owen(experience=found[:p], contact=found[p:], r2=np.asarray(found.sum()))


def sampled_orders(p: int, *, squares: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw orders of entry in which every driver takes every place equally often.

    Each square is a random order, all its rotations, and their reverses.

    Returns
    -------
    ndarray of int of shape (2 * p * squares, p)
        Square after square, 2p orders each.
    """
    rotation = (np.arange(p)[:, None] + np.arange(p)) % p
    forward = [rng.permutation(p)[rotation] for _ in range(squares)]
    return np.concatenate([part for square in forward for part in (square, square[:, ::-1])])


def sampled_lmg(xx: Array, xy: Array, yy: Array, *, orders: NDArray[np.intp]) -> Array:
    """Average each driver's gain in R² over given orders, its outermost places exactly.

    The first two and the last two places of entry are replaced by their exact means over all
    coalitions of size 0, 1, p-2 and p-1 (closed forms), and the places between are scaled so
    that the total is R²; the orders are common to a batch.

    Parameters and result are those of :func:`lmg`; ``orders`` come from :func:`sampled_orders`.
    """
    p, q = xx.shape[-1], xy.shape[-2]
    if p <= 4:
        return lmg(xx, xy, yy)
    by_place = np.zeros((*xy.shape, p))
    bordered = _bordered(xx, xy, yy).reshape(-1, (p + q) ** 2)
    gains = by_place.reshape(-1, q, p, p)
    for start in range(0, len(bordered), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        _add_gains(gains[chunk], bordered[chunk], orders)
    by_place *= p / len(orders)
    slope = np.asarray(np.linalg.inv(xx), dtype=np.float64)
    beta = np.asarray(xy @ slope, dtype=np.float64)
    by_place[..., 0] = xy**2 / _diagonal(xx)
    by_place[..., 1] = _second(xx, xy)
    by_place[..., p - 2] = _second(slope, beta)
    by_place[..., p - 1] = beta**2 / _diagonal(slope)
    explained = (xy * beta).sum(axis=-1)
    outer = by_place[..., [0, 1, p - 2, p - 1]].sum(axis=(-2, -1))
    middle = by_place[..., 2 : p - 2]
    middle *= ((p * explained - outer) / middle.sum(axis=(-2, -1)))[..., None, None]
    return np.asarray(by_place.mean(axis=-1) / yy[..., None])


def _add_gains(gains: Array, bordered: Array, orders: NDArray[np.intp]) -> None:
    """Add each driver's gain at its place in every order: one Cholesky factor holds them all."""
    n, q, p, _ = gains.shape
    d = p + q
    outcomes, places = np.arange(p, d), np.arange(p)
    at_once = max(1, _CHUNK // n)
    for start in range(0, len(orders), at_once):
        part = orders[start : start + at_once]
        index = np.hstack([part, np.tile(outcomes, (len(part), 1))])
        cells = index[:, :, None] * d + index[:, None, :]
        ordered = np.take(bordered, cells.ravel(), axis=1).reshape(n, len(part), d, d)
        squared = np.linalg.cholesky(ordered)[..., p:, :p] ** 2
        for k, order in enumerate(part):
            gains[:, :, order, places] += squared[:, k]


def _diagonal(matrix: Array) -> Array:
    return np.diagonal(matrix, axis1=-2, axis2=-1)[..., None, :]


def _second(xx: Array, xy: Array) -> Array:
    """Mean gain of each driver after one other; on the inverse, before one other."""
    p = xx.shape[-1]
    variance = _diagonal(xx)[..., 0, :]
    slope = xx / variance[..., :, None]
    left = variance[..., None, :] - slope * xx
    left[..., np.arange(p), np.arange(p)] = 1.0
    gain = (xy[..., None, :] - xy[..., :, None] * slope[..., None, :, :]) ** 2
    gain /= left[..., None, :, :]
    return np.asarray(gain.sum(axis=-2) / (p - 1))


def _bordered(xx: Array, xy: Array, yy: Array) -> Array:
    """Append outcomes as rows that take part in no pivot; their variance keeps it definite."""
    p, q = xx.shape[-1], xy.shape[-2]
    bordered = np.zeros((*xx.shape[:-2], p + q, p + q))
    bordered[..., :p, :p] = xx
    bordered[..., p:, :p] = xy
    bordered[..., :p, p:] = np.swapaxes(xy, -1, -2)
    diagonal = np.arange(p, p + q)
    bordered[..., diagonal, diagonal] = (q + 1) * yy
    return bordered
