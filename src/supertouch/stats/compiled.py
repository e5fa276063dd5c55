"""The walk over all subsets as machine code, for those who install the extra ``fast`` (numba).

Drivers are split three ways: the first ones tell tasks apart, which run in parallel; the next ones
are lanes that the processor handles side by side; the rest are walked depth-first, and each subset
is visited once, by sweeping one more driver in. Compiled at the first use, then kept on disk.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
# ruff: noqa: ANN001, ANN202

from __future__ import annotations

from math import comb

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

__all__ = ["lmg"]

Array = NDArray[np.float64]

_FAST = {"contract", "reassoc", "nsz", "arcp"}


def lmg(xx: Array, xy: Array, yy: Array) -> Array:
    """Average each driver's gain in R² over all orders of entry, exactly.

    Parameters and result are those of :func:`supertouch.stats.importance.lmg`, with a batch of
    one axis and 14 drivers or more.
    """
    p = xx.shape[-1]
    joins = np.array([1 / (p * comb(p - 1, k)) if k < p else 0.0 for k in range(p + 1)])
    holds = np.array([0.0] + [1 / (p * comb(p - 1, k - 1)) for k in range(1, p + 1)]) + joins
    lanes, tasks = min(8, max(4, p - 14)), min(5, max(1, p - 18))
    result = np.empty(xy.shape)
    for i in range(len(xx)):
        for k in range(xy.shape[1]):
            member, total = _walk(xx[i], xy[i, k], holds, joins, tasks, lanes)
            result[i, k] = member.sum(axis=0) - total.sum()
    return np.asarray(result / yy[..., None])


@njit(fastmath=_FAST, cache=True)
def _sweep(x, y, new_x, new_y, pivot, d, width):
    for lane in range(width):
        new_x[d, d, lane] = 1.0 / x[pivot, pivot, lane]
    for lane in range(width):
        slope = y[pivot, lane] * new_x[d, d, lane]
        new_y[d, lane] = y[d, lane] + slope * y[pivot, lane]
    for i in range(pivot + 1, d):
        for lane in range(width):
            new_x[d, i, lane] = x[pivot, i, lane] * new_x[d, d, lane]
        for lane in range(width):
            new_y[i, lane] = y[i, lane] - new_x[d, i, lane] * y[pivot, lane]
        for j in range(pivot + 1, i + 1):
            for lane in range(width):
                new_x[j, i, lane] = x[j, i, lane] - new_x[d, i, lane] * x[pivot, j, lane]


@njit(fastmath=_FAST, cache=True)
def _enter(explained, weight, s, by_held):
    for lane in range(len(explained)):
        by_held[lane] += explained[lane]
        s[lane] = weight[lane] * explained[lane]


@njit(fastmath=_FAST, cache=True)
def _last(explained, y, x, weight, s, by_held):
    total = 0.0
    for lane in range(len(explained)):
        value = explained[lane] + y[lane] * y[lane] / x[lane]
        by_held[lane] += value
        s[lane] += weight[lane] * value
        total += weight[lane] * value
    return total


@njit(fastmath=_FAST, cache=True)
def _left(s, above):
    total = 0.0
    for lane in range(len(s)):
        above[lane] += s[lane]
        total += s[lane]
    return total


@njit(cache=True)
def _visit(x, y, weight, member):
    """Visit every subset of the d drivers left; sums by number held, and weighted, per lane."""
    d, width = y.shape[1] - 1, y.shape[2]
    by_held, s = np.zeros((d + 1, width)), np.zeros((d + 1, width))
    upcoming = np.zeros(d + 1, dtype=np.int64)
    level = 0
    _enter(y[0, d], weight[0], s[0], by_held[0])
    while True:
        pivot = upcoming[level]
        if pivot < d - 1:
            upcoming[level] += 1
            _sweep(x[level], y[level], x[level + 1], y[level + 1], pivot, d, width)
            level += 1
            upcoming[level] = pivot + 1
            _enter(y[level, d], weight[level], s[level], by_held[level])
            continue
        member[d - 1] += _last(
            y[level, d],
            y[level, d - 1],
            x[level, d - 1, d - 1],
            weight[level + 1],
            s[level],
            by_held[level + 1],
        )
        if level == 0:
            return by_held, s[0]
        member[upcoming[level - 1] - 1] += _left(s[level], s[level - 1])
        level -= 1


@njit(fastmath=_FAST, cache=True)
def _entered(xx, xy, driver, p):
    slope = xx[driver] / xx[driver, driver]
    explained = xy[p] + xy[driver] ** 2 / xx[driver, driver]
    across = xy[driver]
    for i in range(p):
        if i != driver:
            xy[i] -= slope[i] * across
            for j in range(p):
                if j != driver:
                    xx[i, j] -= slope[i] * xx[driver, j]
    xy[p] = explained


@njit(cache=True)
def _lanes(xx, xy, code, start, lanes):
    """Sweep in the drivers that tell a task's lanes apart; the rest is left to be walked."""
    d, width, tasks = len(xy) - start, 1 << lanes, start - lanes
    x, y = np.empty((d + 1, d + 1, d + 1, width)), np.empty((d + 1, d + 1, width))
    for lane in range(width):
        left_x, left_y = xx.copy(), np.append(xy, 0.0)
        for driver in range(start):
            if (code | lane << tasks) >> driver & 1:
                _entered(left_x, left_y, driver, len(xy))
        for i in range(d):
            y[0, i, lane] = left_y[start + i]
            x[0, i, :d, lane] = left_x[start + i, start:]
        y[0, d, lane] = left_y[-1]
    return x, y


@njit(cache=True)
def _task(xx, xy, holds, joins, code, start, lanes, member):
    x, y = _lanes(xx, xy, code, start, lanes)
    d, width, tasks = len(xy) - start, 1 << lanes, start - lanes
    size = np.zeros(width, dtype=np.int64)
    for lane in range(width):
        for driver in range(start):
            size[lane] += (code | lane << tasks) >> driver & 1
    weight, drop = np.empty((d + 1, width)), np.empty((d + 1, width))
    for held in range(d + 1):
        for lane in range(width):
            weight[held, lane] = holds[held + size[lane]]
            drop[held, lane] = joins[held + size[lane]]
    by_held, s = _visit(x, y, weight, member[start:])
    for lane in range(width):
        for driver in range(start):
            if (code | lane << tasks) >> driver & 1:
                member[driver] += s[lane]
    return (drop * by_held).sum()


@njit(parallel=True, cache=True)
def _walk(xx, xy, holds, joins, tasks, lanes):
    count = 1 << tasks
    member, total = np.zeros((count, len(xy))), np.zeros(count)
    for code in prange(count):
        total[code] = _task(
            xx, xy, holds, joins, np.int64(code), tasks + lanes, lanes, member[code]
        )
    return member, total
