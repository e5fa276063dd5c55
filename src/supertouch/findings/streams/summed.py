"""Weights of respondents summed by resampling group, class and answer, some groups at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Adding", "Weights", "summed", "weights_of"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Small = NDArray[np.int32]

_CELLS = 1 << 17


@dataclass(frozen=True, slots=True)
class Weights:
    """The x different weights of n respondents, of which sums are made at once.

    Attributes
    ----------
    values : ndarray of shape (n, x)
    weight, square, alike, alike_square : int
        Which of them is the weight, its square, the weight if all counted the same, and that
        one's square.
    """

    values: Array
    weight: int
    square: int
    alike: int
    alike_square: int


def weights_of(weight: Array, chance: Array | None) -> Weights:
    """Return the weights that are summed: more where few of the touchpoints met were asked."""
    one = np.ones(len(weight))
    if chance is not None:
        alike = 1.0 / chance
        own = weight * alike
        values = [own, np.square(own), alike, np.square(alike)]
        return Weights(np.column_stack(values), 0, 1, 2, 3)
    if (weight == 1.0).all():
        return Weights(one[:, None], 0, 0, 0, 0)
    return Weights(np.column_stack([weight, np.square(weight), one]), 0, 1, 2, 2)


class Adding:
    """Adds up rows of numbers by a key; unlike a count, other threads may work meanwhile.

    Parameters
    ----------
    n : int
        Most rows that are added at once.
    """

    def __init__(self, n: int) -> None:
        self.ones, self.ends = np.ones(n), np.arange(n + 1, dtype=np.int32)

    def __call__(self, key: Small, values: Array, *, size: int) -> Array:
        """Return the sums of shape (size, x) of values of shape (n, x)."""
        from scipy.sparse import csc_array

        n = len(key)
        each = csc_array((self.ones[:n], key, self.ends[: n + 1]), shape=(size, n))
        return np.asarray(each @ values)

    def heads(self, classes: Small, slot: Small, *, shape: tuple[int, int]) -> NDArray[np.int64]:
        """Count the respondents of each class who gave each answer: shape (classes, answers)."""
        key = classes * np.int32(shape[1]) + slot
        found = self(key, self.ones[: len(key), None], size=shape[0] * shape[1])
        return np.rint(found).astype(np.int64).reshape(shape)


def summed(
    adding: Adding,
    weights: Weights,
    starts: Places,
    classes: Small,
    slot: Small,
    *,
    shape: tuple[int, int],
) -> Iterator[tuple[slice, Array]]:
    """Sum weights of respondents who are in the order of their groups.

    Parameters
    ----------
    adding : Adding
    weights : Weights
    starts : ndarray of int of shape (g + 1,)
        First respondent of each group, and the number of respondents.
    classes, slot : ndarray of int of shape (n,)
        Class of each respondent, and the answer that was given.
    shape : (int, int)
        Number of classes and of answers.

    Yields
    ------
    (slice, ndarray of shape (groups, classes, answers, x))
        Some groups and their sums.
    """
    cells = shape[0] * shape[1]
    step = max(1, _CELLS // (cells * weights.values.shape[1]))
    for first in range(0, len(starts) - 1, step):
        some = slice(first, min(first + step, len(starts) - 1))
        rows = slice(starts[some.start], starts[some.stop])
        if rows.stop == rows.start:
            continue
        count = some.stop - some.start
        group = np.repeat(
            np.arange(count, dtype=np.int32), np.diff(starts[some.start : some.stop + 1])
        )
        key = (group * np.int32(shape[0]) + classes[rows]) * np.int32(shape[1]) + slot[rows]
        sums = adding(key, weights.values[rows], size=count * cells)
        yield some, sums.reshape(count, *shape, -1)
