"""Importance from sampled orders of entry, where 2^p subsets are out of reach.

Drivers are laid out in circles. Every arc of a circle is a coalition, and all p² arcs follow from
one two-sided recursion (the lattice form of Levinson's): the residual of a driver on the m before
it, and on the m after it, gives both residuals for m + 1. A circle so stands for 2p orders of
entry, its rotations read both ways, at the price of a few products of p × p matrices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["circles", "sampled_lmg"]

Array = NDArray[np.float64]
Circles = NDArray[np.intp]

_SMALLEST = 5
_CELLS = 1 << 17


def circles(p: int, *, count: int, rng: np.random.Generator) -> Circles:
    """Draw circles of drivers, on which every driver takes every place of entry equally often.

    Circles that follow each other are steps 1, 2, 3 … around one random circle of a prime number
    of places, the spare ones skipped, so that pairs of drivers also take their pairs of places
    nearly equally often.

    Returns
    -------
    ndarray of int of shape (count, p)
        Each row stands for 2p orders of entry: its p rotations, forwards and backwards.

    Examples
    --------
    >>> circles(3, count=1, rng=np.random.default_rng(1)).shape
    (1, 3)
    """
    prime = next(n for n in range(max(p, 3), 2 * p + 3) if all(n % k for k in range(2, n)))
    steps = (prime - 1) // 2
    found: list[Circles] = []
    while len(found) < count:
        around = rng.permutation(prime)
        places = np.arange(prime)
        found += [around[step * places % prime] for step in range(1, steps + 1)]
    return np.array([circle[circle < p] for circle in found[:count]], dtype=np.intp).reshape(-1, p)


def sampled_lmg(xx: Array, xy: Array, yy: Array, *, orders: Circles) -> Array:
    """Average each driver's gain in R² over sampled orders of entry, its outermost places exactly.

    The first two and the last two places of entry are their exact means over all coalitions of
    size 0, 1, p-2 and p-1 (closed forms), and the places between are scaled so that the total is
    R²; the orders are common to a batch.

    Parameters
    ----------
    xx, xy, yy : ndarray of shape (..., p, p), (..., q, p) and (..., q)
        Covariances of the drivers, with the outcomes, and the outcomes' variances.
    orders : ndarray of int of shape (c, p)
        From :func:`circles`; at least one. With fewer than five drivers they play no part.

    Returns
    -------
    ndarray of shape (..., q, p)
        Importance in points of R²; sums over p to R².
    """
    p, q = xx.shape[-1], xy.shape[-2]
    if p < _SMALLEST:
        from supertouch.stats.importance import lmg

        return lmg(xx, xy, yy)
    b = xx.size // p**2
    result = np.empty((b, q, p))
    lanes = max(32, _CELLS // p**2)
    for start in range(0, b, lanes):
        part = slice(start, start + lanes)
        result[part] = _of_part(xx.reshape(b, p, p)[part], xy.reshape(b, q, p)[part], orders, lanes)
    return np.asarray(result.reshape(xy.shape) / yy[..., None])


def _of_part(xx: Array, xy: Array, orders: Circles, lanes: int) -> Array:
    p = xx.shape[-1]
    slope = np.asarray(np.linalg.inv(xx), dtype=np.float64)
    beta = np.asarray(xy @ slope, dtype=np.float64)
    outer = xy**2 / _diagonal(xx) + beta**2 / _diagonal(slope)
    outer += _second(xx, xy) + _second(slope, beta)
    middle = _middle(xx, xy, orders, lanes)
    left = p * (xy * beta).sum(axis=-1) - outer.sum(axis=-1)
    total = middle.sum(axis=-1)
    scale = np.divide(left, total, out=np.zeros_like(left), where=total > 0)
    return np.asarray((outer + middle * scale[..., None]) / p)


def _middle(xx: Array, xy: Array, orders: Circles, lanes: int) -> Array:
    """Sum gains at places 2 to p-3 over the circles, a cache's fill at a time: shape (b, q, p)."""
    b, q, p = xy.shape
    result = np.zeros((b, q, p))
    flat = np.ascontiguousarray(xx.reshape(b, p * p).T)
    y = np.ascontiguousarray(np.moveaxis(xy, 0, -1))
    step, together = np.arange(p), max(1, lanes // b)
    for first in range(0, len(orders), together):
        ring = orders[first : first + together].T
        ahead = ring * p + ring[(step + step[:, None]) % p]
        behind = ring * p + ring[(step - step[:, None]) % p]
        gains = _arcs(
            flat[ahead].reshape(p, p, -1),
            flat[behind].reshape(p, p, -1),
            y[:, ring].reshape(q, p, -1),
        ).reshape(q, p, -1, b)
        for circle in range(ring.shape[1]):
            result[..., ring[:, circle]] += np.moveaxis(gains[:, :, circle], -1, 0)
    return result


def _arcs(ahead: Array, behind: Array, y: Array) -> Array:
    """Sum each driver's gains over the arcs of 2 to p-3 drivers just before it, and just after it.

    Parameters
    ----------
    ahead, behind : ndarray of shape (p, p, lanes)
        Covariance of the driver at place j with that at j + e, and at j - e, at ``[e, j]``.
    y : ndarray of shape (q, p, lanes)
        Covariances with the outcomes.
    """
    p = ahead.shape[1]
    y_ahead = y_behind = y
    gains = np.zeros_like(y)
    for m in range(p - 2):
        if m > 1:
            gains += y_ahead**2 / ahead[0]
            gains += y_behind**2 / behind[0]
        ahead, behind, y_ahead, y_behind = _longer(ahead, behind, y_ahead, y_behind, m)
    return gains


def _longer(
    ahead: Array, behind: Array, y_ahead: Array, y_behind: Array, m: int
) -> tuple[Array, Array, Array, Array]:
    """Take one more driver out: the next before those of ``ahead``, after those of ``behind``."""
    left, p = ahead.shape[0] - 1, ahead.shape[1]
    new_ahead, new_behind = np.empty_like(ahead[:left]), np.empty_like(behind[:left])
    new_y_ahead, new_y_behind = np.empty_like(y_ahead), np.empty_like(y_behind)
    pairs = ((slice(m + 1, p), slice(0, p - m - 1)), (slice(0, m + 1), slice(p - m - 1, p)))
    for j, i in pairs:
        across = ahead[left, j]
        from_before, from_after = across / behind[0, i], across / ahead[0, j]
        _less(ahead[:left, j], behind[left:0:-1, i], from_before, out=new_ahead[:, j])
        _less(behind[:left, i], ahead[left:0:-1, j], from_after, out=new_behind[:, i])
        _less(y_ahead[:, j], y_behind[:, i], from_before, out=new_y_ahead[:, j])
        _less(y_behind[:, i], y_ahead[:, j], from_after, out=new_y_behind[:, i])
    return new_ahead, new_behind, new_y_ahead, new_y_behind


def _less(whole: Array, other: Array, slope: Array, *, out: Array) -> None:
    np.multiply(other, slope, out=out)
    np.subtract(whole, out, out=out)


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
