"""Every subset of the drivers visited once: a driver is left out, or swept in.

Nothing is refitted. A few thousand subsets lie side by side as lanes of an array, the rest are
walked depth-first, and only sums of R² by driver and size are kept, so that memory does not grow
with 2^p.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LARGEST",
    "LARGEST_TABLE",
    "Dominance",
    "dominance",
    "r2_table",
    "shapley",
    "sums_by_size",
]

Array = NDArray[np.float64]

LARGEST = 30
LARGEST_TABLE = 15
_LANES = 1024
_LAST = 5


@dataclass(frozen=True, slots=True)
class Dominance:
    """Dominance of p drivers (Azen & Budescu 2003).

    Attributes
    ----------
    complete, conditional, general : ndarray of shape (p, p)
        1 where the row's driver dominates the column's, 0 where it is dominated, 0.5 undecided.
    by_size : ndarray of shape (p, p)
        Mean gain in R² of each driver (columns) over coalitions of each size (rows).
    mean : ndarray of shape (p,)
        General dominance, equal to LMG.
    """

    complete: Array
    conditional: Array
    general: Array
    by_size: Array
    mean: Array


def sums_by_size(xx: Array, xy: Array, yy: Array) -> tuple[Array, Array]:
    """Sum R² over all subsets, by size and by driver.

    Parameters
    ----------
    xx : ndarray of shape (b, p, p)
    xy : ndarray of shape (b, q, p)
    yy : ndarray of shape (b, q)

    Returns
    -------
    member : ndarray of shape (b, q, p, p + 1)
        Sum over the subsets of each size that hold the driver.
    total : ndarray of shape (b, q, p + 1)
        Sum over all subsets of each size.
    """
    b, q, p = xy.shape
    lanes = min(p, max(0, int(np.log2(_LANES / b)))) if b < _LANES else 0
    x, y = _lanes(xx, xy, lanes)
    deep = p - lanes
    last = min(deep, _LAST)
    walk = _Walk.over(q, deep=deep, last=last, width=x.shape[-1])
    outside = walk.visit(x, y, 0, 0)
    size = np.array([code.bit_count() for code in range(1 << lanes)])
    explained = yy[..., None]
    total = _by_size(outside, size, b, p) / explained
    member = np.empty((b, q, p, p + 1))
    for j in range(lanes):
        holds = (np.arange(1 << lanes) >> j & 1).astype(float)
        member[:, :, j] = _by_size(outside * np.tile(holds, b), size, b, p) / explained
    for j in range(deep):
        member[:, :, lanes + j] = _by_size(walk.holding(j), size, b, p) / explained
    return member, total


def _lanes(xx: Array, xy: Array, lanes: int) -> tuple[Array, Array]:
    """Branch on the first drivers: x (r, r, b·2^lanes) and y (q, r + 1, b·2^lanes).

    The last row of y is the explained variance, with a minus.
    """
    x = np.ascontiguousarray(np.moveaxis(xx, 0, -1))
    y = np.zeros((xy.shape[1], xy.shape[2] + 1, xy.shape[0]))
    y[:, :-1] = np.moveaxis(xy, 0, -1)
    for _ in range(lanes):
        x_in, y_in = _sweep(x, y)
        x = _side_by_side(x[1:, 1:], x_in)
        y = _side_by_side(y[:, 1:], y_in)
    first = np.arange(xx.shape[0])[:, None] << lanes
    order = (first + _bit_order(lanes)).ravel()
    return np.ascontiguousarray(x[..., order]), np.ascontiguousarray(y[..., order])


def _side_by_side(out: Array, swept: Array) -> Array:
    return np.stack([out, swept], axis=-1).reshape(*out.shape[:2], 2 * out.shape[2])


def _bit_order(lanes: int) -> NDArray[np.intp]:
    """Lane of each code whose bit j says that driver j is in: the first driver is the highest."""
    codes = np.arange(1 << lanes)
    return sum(((codes >> j & 1) << (lanes - 1 - j) for j in range(lanes)), np.zeros_like(codes))


def _sweep(x: Array, y: Array) -> tuple[Array, Array]:
    """Take the first driver out of all others."""
    x_in, y_in = np.empty_like(x[1:, 1:]), np.empty_like(y[:, 1:])
    _sweep_into(x, y, x_in, y_in)
    return x_in, y_in


def _sweep_into(x: Array, y: Array, x_in: Array, y_in: Array) -> None:
    slope = x[0, 1:] * (1.0 / x[0, 0])
    np.multiply(slope[:, None], x[0, 1:], out=x_in)
    np.subtract(x[1:, 1:], x_in, out=x_in)
    np.multiply(y[:, :1], slope, out=y_in[:, :-1])
    np.multiply(y[:, 0], y[:, 0] / x[0, 0], out=y_in[:, -1])
    np.subtract(y[:, 1:], y_in, out=y_in)


@dataclass(frozen=True, slots=True)
class _Walk:
    """A depth-first visit of all subsets of ``deep`` drivers; the ``last`` ones all at once.

    Attributes
    ----------
    inside : ndarray of shape (deep - last, q, deep + 1, lanes)
        Sum of explained variance by size over the subsets that hold each of the first drivers.
    leaves : ndarray of shape (deep - last + 1, q, 2^last, lanes)
        The same for every subset of the last drivers, by how many of the first are held.
    sizes : ndarray of shape (last + 1, 2^last)
        Which subsets of the last drivers have each size.
    """

    inside: Array
    leaves: Array
    sizes: Array

    @classmethod
    def over(cls, q: int, *, deep: int, last: int, width: int) -> _Walk:
        count = np.array([code.bit_count() for code in range(1 << last)])
        return cls(
            np.zeros((deep - last, q, deep + 1, width)),
            np.zeros((deep - last + 1, q, 1 << last, width)),
            (count == np.arange(last + 1)[:, None]).astype(float),
        )

    def visit(self, x: Array, y: Array, depth: int, held: int) -> Array:
        """Return explained variance by number of drivers added: shape (q, r + 1, lanes)."""
        r = x.shape[0]
        if depth == len(self.inside):
            explained = _leaves(x, y)
            self.leaves[held] += explained
            return np.asarray(self.sizes @ explained)
        swept: Array = self.visit(*_sweep(x, y), depth + 1, held + 1)
        self.inside[depth, :, held + 1 : held + 1 + r] += swept
        result = np.empty((y.shape[0], r + 1, y.shape[2]))
        result[:, :-1] = self.visit(x[1:, 1:], y[:, 1:], depth + 1, held)
        result[:, -1] = 0.0
        result[:, 1:] += swept
        return result

    def holding(self, j: int) -> Array:
        """Sum explained variance by size over the subsets with driver j: (q, deep + 1, lanes)."""
        first, last = len(self.inside), len(self.sizes) - 1
        if j < first:
            return np.asarray(self.inside[j])
        codes = np.arange(1 << last)
        sizes = self.sizes * (codes >> (last - 1 - (j - first)) & 1)
        result = np.zeros((self.leaves.shape[1], first + last + 1, self.leaves.shape[3]))
        for held in range(first + 1):
            result[:, held : held + last + 1] += sizes @ self.leaves[held]
        return result


def _leaves(x: Array, y: Array) -> Array:
    """Explained variance of every subset of the drivers left, the first as the highest bit."""
    q, _, width = y.shape
    x, y = x[:, :, None], y[:, :, None]
    for r in range(len(x) - 1, -1, -1):
        many = y.shape[2]
        both_x, both_y = np.empty((r, r, many, 2, width)), np.empty((q, r + 1, many, 2, width))
        both_x[..., 0, :], both_y[..., 0, :] = x[1:, 1:], y[:, 1:]
        _sweep_into(x, y, both_x[..., 1, :], both_y[..., 1, :])
        x, y = both_x.reshape(r, r, 2 * many, width), both_y.reshape(q, r + 1, 2 * many, width)
    return -y[:, 0]


def _by_size(deep: Array, size: NDArray[np.int_], b: int, p: int) -> Array:
    """Add lanes of equal size: (q, d + 1, b·2^lanes) to (b, q, p + 1)."""
    q, rows, _ = deep.shape
    widths = (size[:, None] == np.arange(size.max() + 1)).astype(float)
    grouped = deep.reshape(q, rows, b, -1) @ widths
    result = np.zeros((b, q, p + 1))
    for k in range(rows):
        result[:, :, k : k + widths.shape[1]] += np.moveaxis(grouped[:, k], 1, 0)
    return result


def r2_table(xx: Array, xy: Array, yy: Array) -> Array:
    """R² of every subset of p drivers on one outcome, indexed by the subset's bits.

    Parameters
    ----------
    xx : ndarray of shape (p, p)
    xy : ndarray of shape (p,)
    yy : ndarray of shape ()

    Returns
    -------
    ndarray of shape (2^p,)
    """
    _, y = _lanes(xx[None], xy[None, None], xx.shape[0])
    return np.asarray(-y[0, 0] / yy)


def shapley(table: Array) -> Array:
    """Shapley value of a game given as a table over all coalitions, indexed by their bits.

    Parameters
    ----------
    table : ndarray of shape (..., 2^p)

    Returns
    -------
    ndarray of shape (..., p)
    """
    return np.asarray(np.stack(_gains_by_size(table), axis=-1).mean(axis=-2))


def _gains_by_size(table: Array) -> list[Array]:
    """Mean gain of each player by size of the coalition joined: p arrays (..., p)."""
    p = table.shape[-1].bit_length() - 1
    result = []
    for j in range(p):
        without, gain = _gains(table, j)
        sizes = np.array([int(code).bit_count() for code in without])
        result.append(
            np.stack(
                [gain[..., sizes == k].sum(axis=-1) / comb(p - 1, k) for k in range(p)], axis=-1
            )
        )
    return result


def _gains(table: Array, j: int) -> tuple[NDArray[np.intp], Array]:
    codes = np.arange(table.shape[-1])
    without = codes[(codes >> j & 1) == 0]
    return without, table[..., without | 1 << j] - table[..., without]


def dominance(xx: Array, xy: Array, yy: Array) -> Dominance:
    """Compare every pair of drivers over all coalitions that hold neither.

    Parameters are those of :func:`r2_table`; p is at most 15.
    """
    table = r2_table(xx, xy, yy)
    by_size = np.stack(_gains_by_size(table), axis=-1)
    p = xx.shape[0]
    complete = np.full((p, p), 0.5)
    codes = np.arange(len(table))
    for i in range(p):
        for j in range(i):
            neither = codes[(codes & (1 << i | 1 << j)) == 0]
            lead = table[neither | 1 << i] - table[neither | 1 << j]
            complete[i, j] = _decided(lead)
            complete[j, i] = 1 - complete[i, j]
    conditional = np.array(
        [
            [_decided(by_size[:, i] - by_size[:, j]) if i != j else 0.5 for j in range(p)]
            for i in range(p)
        ]
    )
    mean = by_size.mean(axis=0)
    general = np.array(
        [
            [_decided(mean[i : i + 1] - mean[j]) if i != j else 0.5 for j in range(p)]
            for i in range(p)
        ]
    )
    return Dominance(complete, conditional, general, by_size, mean)


def _decided(lead: Array) -> float:
    tolerance = 1e-12
    if (lead >= -tolerance).all() and (lead > tolerance).any():
        return 1.0
    if (lead <= tolerance).all() and (lead < -tolerance).any():
        return 0.0
    return 0.5
