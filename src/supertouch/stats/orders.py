"""Importance from sampled orders of entry, where 2^p subsets are out of reach.

Drivers are laid out in circles. Every arc of a circle is a coalition, and all p² arcs follow from
one two-sided recursion (the lattice form of Levinson's): the residual of a driver on the m before
it, and on the m after it, gives both residuals for m + 1. Arcs of more than half the circle are
the complements of short ones, which the inverse matrix serves in the same way. A circle so stands
for 2p orders of entry, its rotations read both ways, at the price of few p × p products.
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
    inverse = np.asarray(np.linalg.inv(xx), dtype=np.float64)
    beta = np.asarray(xy @ inverse, dtype=np.float64)
    outer = xy**2 / _diagonal(xx) + beta**2 / _diagonal(inverse)
    outer += _second(xx, xy) + _second(inverse, beta)
    middle = _middle(xx, xy, orders, places=range(2, (p + 1) // 2), lanes=lanes)
    middle += _middle(inverse, beta, orders, places=range(2, p // 2), lanes=lanes)
    left = p * (xy * beta).sum(axis=-1) - outer.sum(axis=-1)
    total = middle.sum(axis=-1)
    scale = np.divide(left, total, out=np.zeros_like(left), where=total > 0)
    return np.asarray((outer + middle * scale[..., None]) / p)


def _middle(xx: Array, xy: Array, orders: Circles, *, places: range, lanes: int) -> Array:
    """Sum gains at some places of entry over the circles, a cache's fill at a time: (b, q, p).

    With the inverse in place of the covariances, and coefficients in place of those with the
    outcomes, places count from the last one back: what a driver adds to all but a few.
    """
    b, q, p = xy.shape
    result = np.zeros((b, q, p))
    if not len(places):
        return result
    flat = np.ascontiguousarray(xx.reshape(b, p * p).T)
    y = np.ascontiguousarray(np.moveaxis(xy, 0, -1))
    step, back = np.arange(p), np.arange(places.stop)[:, None]
    together = max(1, lanes // b)
    for first in range(0, len(orders), together):
        ring = orders[first : first + together].T
        cells = ring * p + ring[(step - back) % p]
        gains = _arcs(
            flat[cells].reshape(places.stop, p, -1), y[:, ring].reshape(q, p, -1), places.start
        ).reshape(q, p, -1, b)
        for circle in range(ring.shape[1]):
            result[..., ring[:, circle]] += np.moveaxis(gains[:, :, circle], -1, 0)
    return result


def _arcs(back: Array, y: Array, shortest: int) -> Array:
    """Sum each driver's gains over the arcs of drivers just before it, and just after it.

    Parameters
    ----------
    back : ndarray of shape (s, p, lanes)
        Covariance of the driver at place j with that at j - e, at ``[e, j]``; arcs have less than
        s drivers.
    y : ndarray of shape (q, p, lanes)
        Covariances with the outcomes.
    shortest : int
        Drivers in the shortest arc that counts.
    """
    variance, before, after = back[0], back[1:], back
    y_before = y_after = y
    gains = np.zeros_like(y)
    for m in range(len(back)):
        if m >= shortest:
            gains += y_before**2 / variance
            gains += y_after**2 / after[0]
        if len(before):
            variance, before, after, y_before, y_after = _longer(
                variance, before, after, y_before, y_after, m
            )
    return gains


def _longer(
    variance: Array, before: Array, after: Array, y_before: Array, y_after: Array, m: int
) -> tuple[Array, Array, Array, Array, Array]:
    """Lengthen the arcs from m drivers to m + 1.

    ``variance`` is that of each driver given the m before it, ``before`` its covariances with
    those before these; ``after`` are the same given the m after it, its variance among them.
    """
    r, p = before.shape[:2]
    new_variance, new_before = np.empty_like(variance), np.empty_like(before[1:])
    new_after, new_y_before = np.empty_like(before), np.empty_like(y_before)
    new_y_after = np.empty_like(y_after)
    pairs = ((slice(m + 1, p), slice(0, p - m - 1)), (slice(0, m + 1), slice(p - m - 1, p)))
    for j, i in pairs:
        across = before[0, j]
        from_before, from_after = across / after[0, i], across / variance[j]
        _less(variance[j], across, from_before, out=new_variance[j])
        _less(before[1:, j], after[1:r, i], from_before, out=new_before[:, j])
        _less(after[:r, i], before[:, j], from_after, out=new_after[:, i])
        _less(y_before[:, j], y_after[:, i], from_before, out=new_y_before[:, j])
        _less(y_after[:, i], y_before[:, j], from_after, out=new_y_after[:, i])
    return new_variance, new_before, new_after, new_y_before, new_y_after


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
