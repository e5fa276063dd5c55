"""Which columns of 0 and 1 are the same for everybody, and where their products stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.covariance import blocks

__all__ = ["Fold", "triangle", "upper"]

Places = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fold:
    """Which columns of 0 and 1 are the same for everybody, so that they are summed once.

    Attributes
    ----------
    known : ndarray of bool of shape (p,)
        Contact is known of everybody.
    rated : ndarray of bool of shape (p,)
        All who met the touchpoint rated it.
    answered : ndarray of bool of shape (q,)
        Everybody answered the outcome.
    covariates : int
    """

    known: Mask
    rated: Mask
    answered: Mask
    covariates: int

    def __and__(self, other: Fold) -> Fold:
        """Return what holds in both."""
        return replace(
            self,
            known=self.known & other.known,
            rated=self.rated & other.rated,
            answered=self.answered & other.answered,
        )

    def same(self, other: Fold) -> bool:
        """Whether another fold is this one."""
        names = ("known", "rated", "answered")
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)

    @property
    def number(self) -> Places:
        """Number of each of the d columns among those that are summed."""
        p, q = len(self.known), len(self.answered)
        at = blocks(p, q, self.covariates)
        first = np.arange(at["covariate"].stop)
        first[at["known"]] = np.where(self.known, 0, first[at["known"]])
        first[at["rated"]] = np.where(self.rated, first[at["met"]], first[at["rated"]])
        first[at["answered"]] = np.where(self.answered, 0, first[at["answered"]])
        return np.unique(first, return_inverse=True)[1].astype(np.intp)


@lru_cache(maxsize=8)
def triangle(size: int) -> Places:
    """Place of each product of two columns in the upper triangle: shape (size, size)."""
    rows, columns = np.triu_indices(size)
    place = np.empty((size, size), dtype=np.intp)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    return place


@lru_cache(maxsize=8)
def upper(size: int) -> Places:
    """Place of the upper triangle's products in a matrix laid out row by row."""
    rows, columns = np.triu_indices(size)
    return np.asarray(rows * size + columns)
