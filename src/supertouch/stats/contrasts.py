"""Differences between columns of one table, which may have respondents, units or strata in common.

The covariance of two columns comes from what each sampling unit adds to both (Taylor
linearisation; Kish 1965, section 12.4), so that a part is compared with its total, men with the
young, and one group of a cluster sample with another, by the same formula.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.change import Change, satterthwaite
from supertouch.stats.means import Linearised, Ratio

__all__ = ["contrasts", "picked", "unshared", "unshared_of"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]


def contrasts(
    found: Linearised, held: NDArray[np.bool_], *, first: Places, second: Places
) -> Change:
    """Compare pairs of k ratios of one sample: the second less the first.

    Parameters
    ----------
    found : Linearised
        The k ratios, with what each of the u units adds to their errors.
    held : ndarray of bool of shape (u, k)
        Whether a unit has respondents in the base of each ratio.
    first, second : ndarray of int of shape (m,)
        Places of the ratios to compare.

    Returns
    -------
    Change
        Degrees of freedom are Satterthwaite's, of the units that are in one base alone, in the
        other alone, and in both.

    Examples
    --------
    Two answers of the same two people differ by one each: the difference has no error.

    >>> from supertouch.stats.means import linearised
    >>> answers, everyone = np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((2, 2), dtype=bool)
    >>> design = dict(weight=np.ones(2), unit=np.arange(2), stratum=np.zeros(2, dtype=int))
    >>> found = linearised(answers, everyone, **design)
    >>> one = contrasts(found, everyone, first=np.array([0]), second=np.array([1]))
    >>> one.estimate, one.error
    (array([1.]), array([0.]))
    """
    parts, ratio = found.parts, found.ratio
    product = parts.T @ parts
    squares = np.diagonal(product)
    covariance = product[first, second]
    variance = np.maximum(squares[first] + squares[second] - 2 * covariance, 0.0)
    variance[variance < 1e-14 * (squares[first] + squares[second])] = 0.0
    known = ~np.isnan(ratio.error[first] + ratio.error[second])
    scale = np.sqrt(squares[first] * squares[second])
    correlation = np.divide(covariance, scale, out=np.zeros_like(scale), where=scale > 0)
    return Change(
        estimate=ratio.estimate[second] - ratio.estimate[first],
        error=np.where(known, np.sqrt(variance), np.nan),
        correlation=np.clip(correlation, -1.0, 1.0),
        degrees=_degrees(found, held.astype(float), first, second),
    )


def _degrees(found: Linearised, held: Array, first: Places, second: Places) -> Array:
    """Return Satterthwaite's degrees of freedom of the differences."""
    parts, own = found.parts, found.ratio.degrees.astype(float)
    units = held.sum(axis=0)
    both = held.T @ held
    inside, outside = held * parts, (1 - held) * parts
    squares, others = np.square(inside), (1 - held)
    alone = squares.T @ others - 2 * inside.T @ outside + held.T @ np.square(outside)
    shared = squares.T @ held - 2 * inside.T @ inside + held.T @ squares
    share = both / np.maximum(units, 1.0)[:, None]
    freedom = own[:, None] * (1 - share)
    common = np.minimum(own[:, None] * share, (own[:, None] * share).T)
    return satterthwaite(
        np.array([alone[first, second], alone[second, first], shared[first, second]]),
        np.array([freedom[first, second], freedom[second, first], common[first, second]]),
    )


def unshared(held: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Count who is in one only of each two of k groups.

    Parameters
    ----------
    held : ndarray of bool of shape (n, k)

    Returns
    -------
    ndarray of int of shape (k, k)

    Examples
    --------
    >>> unshared(np.array([[True, True], [True, False], [False, True], [False, True]]))
    array([[0, 3],
           [3, 0]])
    """
    return unshared_of(held.T.astype(np.float64) @ held)


def unshared_of(both: NDArray[Any]) -> NDArray[np.int_]:
    """Count who is in one only of each two of k groups, from how many are in both.

    Parameters
    ----------
    both : ndarray of shape (k, k)

    Examples
    --------
    >>> unshared_of(np.array([[2, 1], [1, 3]]))
    array([[0, 3],
           [3, 0]])
    """
    own = np.diagonal(both)
    return np.asarray(own[:, None] + own - 2 * both, dtype=int)


def picked(ratio: Ratio, places: Places) -> Ratio:
    """Return some of the ratios, in the order of ``places``."""
    names = ("estimate", "error", "n", "n_eff", "degrees")
    return Ratio(**{name: getattr(ratio, name)[places] for name in names})
