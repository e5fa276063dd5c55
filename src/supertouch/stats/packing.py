"""Replicates as short text, so that a page can carry them without a server."""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALPHABET", "LEVELS", "Packed", "packed", "unpacked"]

Array = NDArray[np.float64]

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
LEVELS = len(ALPHABET) ** 2 - 1
MISSING = LEVELS

_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Packed:
    """Numbers as text: each two letters stand for ``start + step * place``, place from 0 to 4094.

    The place 4095 stands for a number that is missing.
    """

    start: float
    step: float
    text: str


def packed(values: Array) -> Packed:
    """Pack numbers into two letters each, evenly spaced from the smallest to the largest.

    Mean and standard deviation of what is unpacked are those of the numbers. Standard deviations
    of sums and products of several such columns are off by less than one part in ten thousand for
    a thousand numbers: rounding errors of 1/4094 of the range are independent of the numbers.

    Parameters
    ----------
    values : ndarray of shape (b,)

    Examples
    --------
    >>> packed(np.array([0.0, 1.0, np.nan])).text
    'AA/+//'
    """
    known = np.isfinite(values)
    low, high = (float(end(values[known])) if known.any() else 0.0 for end in (np.min, np.max))
    step = (high - low) / (LEVELS - 1)
    places = np.full(values.shape, MISSING, dtype=np.int64)
    if step > 0:
        places[known] = np.rint((values[known] - low) / step)
        step = float(values[known].std() / places[known].std())
        low = float(values[known].mean() - step * places[known].mean())
    else:
        places[known] = 0
    letters = np.column_stack([_LETTERS[places // 64], _LETTERS[places % 64]])
    return Packed(low, step, letters.tobytes().decode())


def unpacked(found: Packed) -> Array:
    """Return the numbers that :func:`packed` packed, each to about half a step."""
    codes = np.zeros(256, dtype=np.int64)
    codes[_LETTERS] = np.arange(len(ALPHABET))
    pairs = codes[np.frombuffer(found.text.encode(), dtype=np.uint8)].reshape(-1, 2)
    places = pairs @ np.array([64, 1])
    return np.where(places == MISSING, np.nan, found.start + found.step * places)
