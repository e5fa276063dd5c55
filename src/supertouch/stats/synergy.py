"""What meeting two touchpoints is worth beyond meeting each: products in a linear model.

Every product c_j c_k is added to the same model, one at a time, for all pairs at once: the product
is freed of the model's columns (Frisch & Waugh 1933) among those whose two contacts are known, and
what is left of it is held against the outcome.

The squared fit of the model stands among its columns (Tukey 1949): where an outcome's scale ends,
two good things together bring less than each for itself, whatever the pair. What such a bend of the
scale explains is no synergy; left in, it doubled the false alarms of a rounded 0 to 10 outcome in
simulations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.influence import Design, design_errors

__all__ = ["PairEffects", "cells", "synergies"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]

AT_ONCE = 1 << 19
LARGEST_INFLATION = 1000.0
MOST_LEVERAGE = 0.9
_STEPS, _ENOUGH = 40, 1e-8
_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class PairEffects:
    """Coefficients of the products of m pairs of contacts.

    Attributes
    ----------
    effect, error : ndarray of shape (m,)
        Outcome points, positive for synergy and negative for cannibalisation, with the standard
        error; NaN where the model's columns all but determine the product.
    n : ndarray of int of shape (m,)
        Respondents whose contact with both is known.
    n_eff : ndarray of shape (m,)
        Kish's effective number of them.
    degrees : ndarray of shape (m,)
        Degrees of freedom of the error: few where few sampling units tell of the product.
    """

    effect: Array
    error: Array
    degrees: Array
    n: Integers
    n_eff: Array


def cells(contact: Array, pairs: Integers) -> Integers:
    """Count who met both, only the first, only the second and neither: shape (m, 4)."""
    met, missed = (contact == 1).astype(np.float64), (contact == 0).astype(np.float64)
    j, k = pairs.T
    parts = ((met, met), (met, missed), (missed, met), (missed, missed))
    return np.column_stack([(a.T @ b)[j, k] for a, b in parts]).astype(np.intp)


def synergies(
    contact: Array,
    columns: Array,
    outcome: Array,
    *,
    pairs: Integers,
    weight: Array,
    design: Design,
) -> PairEffects:
    """Estimate the coefficient of each pair's product beside the model's columns.

    With all contacts and ratings known this is ordinary weighted least squares on the columns, the
    square of their fit and the product. Errors are Taylor-linearised, residuals widened by their
    leverage (HC3, Long & Ervin 2000), with Satterthwaite's degrees of freedom (Bell & McCaffrey
    2002).

    Parameters
    ----------
    contact : ndarray of shape (n, p)
        1 met, 0 not met, NaN unknown.
    columns : ndarray of shape (n, k)
        The model's columns without NaN: experience, contact and what is held, no constant. What is
        unknown of them is filled by its expectation (:mod:`supertouch.stats.filling`).
    outcome : ndarray of shape (n,)
    pairs : ndarray of int of shape (m, 2)
    weight : ndarray of shape (n,)
    design : Design
    """
    model = _Model(columns, outcome, weight)
    at_once = max(1, AT_ONCE // len(outcome))
    parts = [
        _estimated(contact, pairs[start : start + at_once], weight, model, design)
        for start in range(0, len(pairs), at_once)
    ]
    effect, error, degrees, n, n_eff = (
        np.concatenate([part[i] for part in parts]) if parts else np.empty(0) for i in range(5)
    )
    return PairEffects(effect, error, degrees, n.astype(np.intp), n_eff)


class _Model:
    """The columns and their squared fit, orthonormal, and what they leave of the outcome."""

    def __init__(self, columns: Array, outcome: Array, weight: Array) -> None:
        straight = _orthonormal(np.column_stack([np.ones(len(columns)), columns]), weight)
        fit = straight @ (straight.T @ (weight * outcome))
        bend = np.square(fit - np.average(fit, weights=weight))
        left = bend - straight @ (straight.T @ (weight * bend))
        if weight @ np.square(left) > _FLAT * (weight @ np.square(bend)):
            straight = np.column_stack([straight, _orthonormal(left[:, None], weight)])
        self.basis = straight
        self.weighted = self.basis * weight[:, None]
        self.left = outcome - self.basis @ (self.weighted.T @ outcome)
        self.leverage = np.einsum("ij,ij->i", self.basis, self.weighted)

    def free(self, products: Array, known: Array | None) -> Array:
        """Take out of products of shape (n, m) what the columns explain, among those known.

        Where some are unknown, by conjugate gradients on the normal equations of each pair.
        """
        gap = self.weighted.T @ products
        if known is None:
            return np.asarray(products - self.basis @ gap)
        rows = np.flatnonzero((known == 0).any(axis=1))
        basis, weighted, unknown = self.basis[rows], self.weighted[rows], 1 - known[rows]
        slope, direction = np.zeros_like(gap), gap
        start = size = np.square(gap).sum(axis=0)
        for _ in range(_STEPS):
            turned = direction - weighted.T @ (unknown * (basis @ direction))
            along = (direction * turned).sum(axis=0)
            step = np.divide(size, along, out=np.zeros_like(size), where=along > 0)
            slope += step * direction
            gap = gap - step * turned
            before, size = size, np.square(gap).sum(axis=0)
            if (size <= _ENOUGH**2 * start).all():
                break
            turn = np.divide(size, before, out=np.zeros_like(size), where=before > 0)
            direction = gap + turn * direction
        return np.asarray(products - known * (self.basis @ slope))


def _orthonormal(columns: Array, weight: Array) -> Array:
    size = np.sqrt(weight @ np.square(columns))
    columns = columns / np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(columns.T @ (columns * weight[:, None]))
    kept = values > _FLAT
    return np.asarray(columns @ (vectors[:, kept] / np.sqrt(values[kept])))


def _estimated(
    contact: Array, pairs: Integers, weight: Array, model: _Model, design: Design
) -> tuple[Array, Array, Array, Array, Array]:
    j, k = pairs.T
    first, second = contact[:, j], contact[:, k]
    known = ~(np.isnan(first) | np.isnan(second))
    products = np.where(known, first * second, 0.0)
    inside = None if known.all() else known.astype(np.float64)
    freed = model.free(products, inside)
    weighted = freed * weight[:, None]
    spread = np.einsum("ij,ij->j", weighted, freed)
    base = weight @ known
    share = np.divide(weight @ products, base, out=np.zeros_like(base), where=base > 0)
    told = spread > base * np.maximum(share * (1 - share) / LARGEST_INFLATION, _FLAT)
    left = model.left[:, None] * known
    with np.errstate(invalid="ignore", divide="ignore"):
        effect = np.einsum("ij,ij->j", weighted, left) / np.where(told, spread, np.nan)
        left -= effect * freed
        leverage = model.leverage[:, None] + weighted * freed / spread
        influence = weighted * left / (1 - np.minimum(leverage, MOST_LEVERAGE)) / spread
    error = np.full(len(pairs), np.nan)
    if told.any():
        error[told] = design_errors(influence[:, told], design)
    n_eff = base**2 / np.maximum(np.square(weight) @ known, np.finfo(float).tiny)
    degrees = np.clip(_degrees(np.square(weighted), design), 1.0, max(1.0, design.degrees))
    return effect, error, degrees, known.sum(axis=0).astype(np.float64), n_eff


def _degrees(parts: Array, design: Design) -> Array:
    """Return Satterthwaite's degrees of freedom of sums of squares that units have parts in."""
    by_unit = design.by_unit(parts)
    squares = np.square(by_unit).sum(axis=0)
    worth = np.square(by_unit.sum(axis=0)) / np.maximum(squares, np.finfo(float).tiny)
    return np.asarray(worth)
