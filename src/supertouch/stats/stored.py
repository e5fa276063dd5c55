"""Answers as they are stored: small integers, columns first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["EMPTY", "Chances", "Rows", "some", "sorted_rows", "there"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]

EMPTY = -128


@dataclass(frozen=True, slots=True)
class Chances:
    """Chance of n respondents to be asked for a rating of what they met, by a random draw.

    Attributes
    ----------
    one, two : ndarray of shape (n,)
        Chance that a touchpoint met was asked for; that two given ones both were.
    """

    one: Array
    two: Array


@dataclass(frozen=True, slots=True)
class Rows:
    """Answers of n respondents as they are stored, columns first.

    Attributes
    ----------
    contact : ndarray of int8 of shape (p, n)
        1 met, 0 not met, ``EMPTY`` unknown.
    rating : ndarray of int8 or float64 of shape (p, n)
        ``EMPTY`` or NaN where there is none.
    outcome : ndarray of shape (q, n)
        NaN where empty.
    covariate : ndarray of shape (k, n)
    weight : ndarray of shape (n,)
        0 leaves a respondent out.
    group : ndarray of int of shape (n,)
        Resampling group.
    cell : ndarray of int of shape (n,)
        Which of the cells that are summed apart a respondent is in; -1 for none.
    chances : Chances or None
    """

    contact: NDArray[np.int8]
    rating: NDArray[Any]
    outcome: Array
    covariate: Array
    weight: Array
    group: Places
    cell: Places
    chances: Chances | None = None


def there(values: NDArray[Any]) -> Mask:
    """Tell which values are not empty."""
    return ~np.isnan(values) if values.dtype.kind == "f" else np.asarray(values != EMPTY)


def sorted_rows(rows: Rows, order: Places) -> Rows:
    """Return some of the rows in another order."""
    chances = rows.chances
    return Rows(
        contact=rows.contact.take(order, axis=1),
        rating=rows.rating.take(order, axis=1),
        outcome=rows.outcome.take(order, axis=1),
        covariate=rows.covariate.take(order, axis=1),
        weight=rows.weight[order],
        group=rows.group[order],
        cell=rows.cell[order],
        chances=None if chances is None else Chances(chances.one[order], chances.two[order]),
    )


def some(rows: Rows, part: slice) -> Rows:
    """Return the rows of a part, whose chances stay those of all."""
    return replace(
        rows,
        contact=rows.contact[:, part],
        rating=rows.rating[:, part],
        outcome=rows.outcome[:, part],
        covariate=rows.covariate[:, part],
        weight=rows.weight[part],
        group=rows.group[part],
        cell=rows.cell[part],
    )
