"""Relative importance of drivers, from covariances alone and batched over replicates.

Lindeman, Merenda & Gold (1980) and Budescu (1993) average the gain in R² over all orders of entry,
which is the Shapley value of R²; two blocks of drivers are decomposed as Owen (1977) proposed.
Johnson (2000) gives relative weights from the nearest orthogonal variables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import comb

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.stats import subsets

__all__ = [
    "Decomposition",
    "Owen",
    "before_and_after",
    "block",
    "group_lmg",
    "johnson",
    "lmg",
    "over_both",
    "owen",
    "owen_lmg",
    "partial",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Decomposition = Callable[[Array, Array, Array], Array]

FEWEST_COMPILED = 14
WORTH_COMPILING = 1 << 25


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

    Long work runs as machine code where the extra ``fast`` (numba) is installed.

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
    q = xy.shape[-2]
    flat = xx.reshape(-1, p, p), xy.reshape(-1, q, p), yy.reshape(-1, q)
    if len(flat[0]) << p >= WORTH_COMPILING and p >= FEWEST_COMPILED and find_spec("numba"):
        from supertouch.stats import compiled

        return compiled.lmg(*flat).reshape(xy.shape)
    member, total = subsets.sums_by_size(*flat)
    coalitions = np.array([comb(p - 1, k) for k in range(p)], dtype=float)
    gain = member[..., 1:] - (total[..., None, :-1] - member[..., :-1])
    return np.asarray((gain / coalitions).sum(axis=-1).reshape(xy.shape) / p)


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
    return over_both(method, before_and_after(xx, xy, inside=inside), yy)


def before_and_after(xx: Array, xy: Array, *, inside: Mask) -> list[tuple[Array, Array]]:
    """Return a block's covariances alone and, if there are other drivers, given these."""
    alone = xx[..., inside, :][..., inside], xy[..., inside]
    return [alone] if inside.all() else [alone, partial(xx, xy, held=~inside)]


def over_both(method: Decomposition, entries: list[tuple[Array, Array]], yy: Array) -> Array:
    """Average a decomposition over both orders of the blocks (Owen 1977)."""
    first, *rest = (method(*entry, yy) for entry in entries)
    return (first + rest[0]) / 2 if rest else first


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
