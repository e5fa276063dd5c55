"""Contacts that several touchpoints share, as where one filter question stands for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.moments import Moments

__all__ = ["agreed", "filled", "met_together", "same_contacts", "shadowed"]

Array = NDArray[np.float64]

LEAST_SAME = 30
NEARLY_SAME = 0.9
FEWER_KNOWN = 0.99


def agreed(contact: Array) -> Array:
    """Fill unknown contacts from touchpoints of which everybody said the same.

    One filter question may stand for several touchpoints, of which a split design asks some people
    about some. Moments of such contacts must rest on the same people: a difference between them
    would be chance, and a model would make much of it.
    """
    same = same_contacts(*met_together(contact))
    return filled(contact, same) if np.isnan(contact).any() else contact


def same_contacts(met: Array, missed: Array, differ: Array) -> NDArray[np.bool_]:
    """Tell of which two touchpoints everybody said the same: shape (p, p)."""
    same = (differ == 0) & (met >= LEAST_SAME) & (missed >= LEAST_SAME)
    np.fill_diagonal(same, val=False)
    return np.asarray(same)


def filled(contact: Array, same: NDArray[np.bool_]) -> Array:
    """Fill unknown contacts from those of touchpoints that are the same; shape (n, p)."""
    result = contact
    for j in np.flatnonzero(same.any(axis=1) & np.isnan(contact).any(axis=0)):
        told = contact[:, same[j]]
        with np.errstate(invalid="ignore"):
            known = np.where(np.isnan(told), -np.inf, told).max(axis=1)
        unknown = np.isnan(contact[:, j]) & np.isfinite(known)
        result = np.where(
            unknown[:, None] & (np.arange(contact.shape[1]) == j), known[:, None], result
        )
    return result


def shadowed(sums: Moments, *, among: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which contacts are nearly those of another touchpoint, known of more people.

    Nine in ten who did not meet one of them, and nine in ten who met one, did so with both. The
    little by which they differ would rest on other people than the rest of the model, and be taken
    for an effect.

    Parameters
    ----------
    sums : Moments
    among : ndarray of int of shape (k,)
        Touchpoints to look at.

    Returns
    -------
    ndarray of bool of shape (k,)
    """
    at = np.ix_(among, among)
    met = sums.base("met", "met")[at]
    one = sums.base("known", "met")[at] - met
    missed = sums.base("known", "known")[at] - met - one - one.T
    differ = one + one.T
    both, rarer = met + missed + differ, np.minimum(met, missed)
    known = np.diagonal(both)
    near = (rarer > NEARLY_SAME * (rarer + differ)) & (both >= LEAST_SAME)
    fewer = known[:, None] < FEWER_KNOWN * known
    return np.asarray((near & fewer).any(axis=1))


def met_together(contact: NDArray[Any]) -> tuple[Array, Array, Array]:
    """Count for each pair of touchpoints who met both, who missed both, and who met just one."""
    met, missed = ((contact == code).astype(np.float32) for code in (1, 0))
    one = met.T @ missed
    return _numbers(met.T @ met), _numbers(missed.T @ missed), _numbers(one + one.T)


def _numbers(counts: NDArray[np.float32]) -> Array:
    return counts.astype(np.float64)
