"""What unknown contacts and ratings would be on average, given the respondent's other answers.

Ratings are filled among those who met the touchpoint. A linear expectation over everybody would
leave it open that those who met another touchpoint too rate better, and a product of the two
contacts would then take over what the ratings explain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.halo import mean_of_others
from supertouch.stats.regression import expected

__all__ = ["filled_contact", "filled_experience"]

Array = NDArray[np.float64]

PENALTY = 100.0
RATINGS = 2.0
_FREE = 1e-9
_SAME = 1e-12


def filled_contact(contact: Array, *, weight: Array) -> Array:
    """Replace unknown contacts by their linear expectation from the other contacts.

    A contact that is the same of everybody of whom it is known is taken for the same of all, and
    one that is known of nobody for not met.

    Parameters
    ----------
    contact : ndarray of shape (n, p)
        1 met, 0 not met, NaN unknown.
    weight : ndarray of shape (n,)
    """
    unknown = np.isnan(contact)
    if not unknown.any():
        return contact
    known = (~unknown).astype(np.float64)
    share = weight @ np.nan_to_num(contact) / np.maximum(weight @ known, np.finfo(float).tiny)
    away = np.where(unknown, 0.0, contact - share)
    base = known.T @ (known * weight[:, None])
    products = away.T @ (away * weight[:, None])
    covariance = np.divide(products, base, out=np.zeros_like(products), where=base > 0)
    varies = np.diagonal(covariance) > _SAME
    if varies.any():
        values, vectors = np.linalg.eigh(covariance[np.ix_(varies, varies)])
        definite = (vectors * np.maximum(values, 1e-4 * values[-1])) @ vectors.T
        gaps = np.where(unknown, np.nan, away)[:, varies]
        away[:, varies] = expected(gaps, covariance=definite)
    return np.where(unknown, share + away, contact)


def filled_experience(rating: Array, *, contact: Array, weight: Array) -> Array:
    """Return experience, ratings less their mean times contact, with unknown ratings filled.

    Each touchpoint's rating is regressed, among those who rated it, on the number of touchpoints
    met, on each of them (a ridge that expects a tenth of a standard deviation of each) and on the
    mean of the respondent's other ratings, shrunk where these are few. Nothing is filled of a
    touchpoint that nobody rated.

    Parameters
    ----------
    rating : ndarray of shape (n, p)
        NaN where there is none.
    contact : ndarray of shape (n, p)
        From :func:`filled_contact`: 1 met, 0 not met, or the chance of having met it.
    weight : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n, p)
        0 where not met.
    """
    rated = ~np.isnan(rating)
    heard = np.flatnonzero(weight @ rated > 0)
    others = rated.sum(axis=1, keepdims=True) - rated[:, heard]
    halo = mean_of_others(rating[:, heard], weight=weight) * others / (others + RATINGS)
    filled = np.zeros_like(rating)
    for place, j in enumerate(heard):
        rows = rated[:, j]
        away = rating[:, j] - np.average(rating[rows, j], weights=weight[rows])
        rest = np.delete(contact, j, axis=1)
        columns = np.column_stack([rest.sum(axis=1), halo[:, place], rest])
        columns -= np.average(columns[rows], axis=0, weights=weight[rows])
        own = columns[rows] * weight[rows, None]
        free = _FREE * weight[rows].sum()
        penalty = np.concatenate([np.full(2, free), np.full(rest.shape[1], PENALTY)])
        slope = np.linalg.solve(own.T @ columns[rows] + np.diag(penalty), own.T @ away[rows])
        filled[:, j] = np.where(rows, away, contact[:, j] * (columns @ slope))
    return filled
