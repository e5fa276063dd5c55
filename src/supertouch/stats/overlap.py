"""How far pairs of yes/no traits go together: share of both, lift, Jaccard, phi correlation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.influence import Design, design_errors, t_interval, t_p_value

__all__ = ["Overlaps", "overlaps", "phi_interval"]

Array = NDArray[np.float64]
Integers = NDArray[np.intp]

AT_ONCE = 1 << 21
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What m pairs of traits have in common, among those of whom both are known.

    Attributes
    ----------
    n, n_both : ndarray of int of shape (m,)
        Respondents of whom both are known; and who have both.
    n_eff : ndarray of shape (m,)
        Kish's effective number of the former.
    both, jaccard : ndarray of shape (m,)
        Share who have both; and those among all who have either. NaN without a base.
    lift : ndarray of shape (m,)
        ``both`` as a multiple of what independence would give; NaN where nobody has one of them.
    phi, error : ndarray of shape (m,)
        Pearson's correlation of the two traits, with its linearised standard error; NaN where one
        of them does not vary.
    """

    n: Integers
    n_both: Integers
    n_eff: Array
    both: Array
    jaccard: Array
    lift: Array
    phi: Array
    error: Array


def overlaps(trait: Array, *, pairs: Integers, weight: Array, design: Design) -> Overlaps:
    """Compare pairs of traits.

    Parameters
    ----------
    trait : ndarray of shape (n, p)
        1 has it, 0 has it not, NaN unknown.
    pairs : ndarray of int of shape (m, 2)
    weight : ndarray of shape (n,)
    design : Design
        Of the n respondents.
    """
    known = (~np.isnan(trait)).astype(np.float64)
    has = np.nan_to_num(trait)
    weighted = weight[:, None] * has
    j, k = pairs.T
    base = _pairwise(weight[:, None] * known, known, pairs)
    squares = _pairwise(np.square(weight)[:, None] * known, known, pairs)
    first = _over((weighted.T @ known)[j, k], base)
    second = _over((weighted.T @ known)[k, j], base)
    both = _over(_pairwise(weighted, has, pairs), base)
    phi, error = _phi(has, known, pairs, (first, second, both), weight, base, design)
    return Overlaps(
        n=_pairwise(known, known, pairs).astype(np.intp),
        n_both=_pairwise(has, has, pairs).astype(np.intp),
        n_eff=np.nan_to_num(_over(np.square(base), squares)),
        both=both,
        jaccard=_over(both, first + second - both),
        lift=_over(both, first * second),
        phi=phi,
        error=error,
    )


def _pairwise(left: Array, right: Array, pairs: Integers) -> Array:
    return np.asarray((left.T @ right)[pairs[:, 0], pairs[:, 1]])


def _over(numerator: Array, denominator: Array) -> Array:
    empty = np.full(np.shape(numerator), np.nan)
    return np.asarray(np.divide(numerator, denominator, out=empty, where=denominator > 0))


def _phi(
    has: Array,
    known: Array,
    pairs: Integers,
    shares: tuple[Array, Array, Array],
    weight: Array,
    base: Array,
    design: Design,
) -> tuple[Array, Array]:
    """Correlate, with the influence uv - φ(u² + v²)/2 of standardised traits u and v."""
    first, second, both = shares
    spread = np.sqrt(first * (1 - first)), np.sqrt(second * (1 - second))
    phi = np.clip(_over(both - first * second, spread[0] * spread[1]), -1.0, 1.0)
    error = np.full(len(pairs), np.nan)
    varies = np.flatnonzero(np.isfinite(phi))
    at_once = max(1, AT_ONCE // max(1, len(weight)))
    for start in range(0, len(varies), at_once):
        part = varies[start : start + at_once]
        j, k = pairs[part].T
        u = (has[:, j] - first[part]) / spread[0][part]
        v = (has[:, k] - second[part]) / spread[1][part]
        influence = u * v - phi[part] / 2 * (np.square(u) + np.square(v))
        influence *= known[:, j] * known[:, k] * (weight[:, None] / base[part])
        error[part] = design_errors(influence, design)
    return phi, error


def phi_interval(
    phi: Array, error: Array, *, degrees: int, confidence: float
) -> tuple[Array, Array, Array]:
    """Return low end, high end and p-value of correlations, on Fisher's scale (artanh).

    Traits that never differ have no interval beyond their correlation.
    """
    inner = np.clip(phi, -1 + _CLOSE, 1 - _CLOSE)
    scale = np.arctanh(inner)
    spread = error / (1 - np.square(inner))
    low, high = t_interval(scale, spread, degrees=degrees, confidence=confidence)
    p_value = t_p_value(scale, spread, degrees=degrees)
    alike = np.abs(phi) > 1 - _CLOSE
    low, high = (np.where(alike, phi, np.tanh(end)) for end in (low, high))
    return low, high, np.where(alike, 0.0, p_value)
