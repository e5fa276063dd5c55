"""Contacts that several touchpoints share, as where one filter question stands for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["agreed", "shadowed"]

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
    met, missed, differ = _met_together(contact)
    same = (differ == 0) & (met >= LEAST_SAME) & (missed >= LEAST_SAME)
    np.fill_diagonal(same, val=False)
    filled = contact
    for j in np.flatnonzero(same.any(axis=1) & np.isnan(contact).any(axis=0)):
        told = contact[:, same[j]]
        with np.errstate(invalid="ignore"):
            known = np.where(np.isnan(told), -np.inf, told).max(axis=1)
        unknown = np.isnan(contact[:, j]) & np.isfinite(known)
        filled = np.where(
            unknown[:, None] & (np.arange(contact.shape[1]) == j), known[:, None], filled
        )
    return filled


def shadowed(contact: Array) -> NDArray[np.bool_]:
    """Tell which contacts are nearly those of another touchpoint, known of more people.

    Nine in ten who did not meet one of them, and nine in ten who met one, did so with both. The
    little by which they differ would rest on other people than the rest of the model, and be taken
    for an effect.
    """
    met, missed, differ = _met_together(contact)
    both, rarer = met + missed + differ, np.minimum(met, missed)
    known = np.diagonal(both)
    near = (rarer > NEARLY_SAME * (rarer + differ)) & (both >= LEAST_SAME)
    fewer = known[:, None] < FEWER_KNOWN * known
    return np.asarray((near & fewer).any(axis=1))


def _met_together(contact: Array) -> tuple[Array, Array, Array]:
    """Count for each pair of touchpoints who met both, who missed both, and who met just one."""
    met, missed = (contact == 1).astype(float), (contact == 0).astype(float)
    return met.T @ met, missed.T @ missed, met.T @ missed + missed.T @ met
