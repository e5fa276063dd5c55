"""Stored answers as places among the answers that a question can have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.performance import points
from supertouch.findings.streams.parts import EMPTY
from supertouch.findings.streams.tallied_questions import CONTACTS, POINTS

__all__ = ["coded", "points_by_contact", "third"]

Places = NDArray[np.int32]

_CLOSE = 1e-6
_BY_CONTACT = np.array([1, 0, 2, 2], dtype=np.int32) * len(POINTS)


def coded(values: NDArray[Any], codes: tuple[float, ...]) -> Places:
    """Return the place of each of n answers among k codes: k if empty, k + 1 if it is none."""
    k = len(codes)
    if values.dtype == np.int8:
        every = np.arange(256, dtype=np.uint8).view(np.int8)
        table = _places(every.astype(float), codes)
        table[every == EMPTY] = k
        return np.take(table, values.view(np.uint8))
    found = np.full(len(values), k, dtype=np.int32)
    there = ~np.isnan(values)
    found[there] = _places(values[there], codes)
    return found


def _places(values: NDArray[np.float64], codes: tuple[float, ...]) -> Places:
    known = np.array(codes)
    after = np.searchsorted(known, values)
    before = np.maximum(after - 1, 0)
    after = np.minimum(after, len(known) - 1)
    near = np.where(values - known[before] < known[after] - values, before, after)
    near = np.where(np.abs(known[near] - values) < _CLOSE, near, len(known) + 1)
    return np.asarray(near, dtype=np.int32)


def third(answer: NDArray[Any]) -> Places:
    """Return whether each recommendation detracts (0), is passive (1) or promotes (2).

    Whoever gave none has the number after the last place of :func:`points_by_contact`.
    """
    score = answer.astype(float)
    if answer.dtype == np.int8:
        score[answer == EMPTY] = np.nan
    place = np.searchsorted(POINTS, points(score))
    return np.where(np.isnan(score), CONTACTS * len(POINTS), place).astype(np.int32)


def points_by_contact(contact: NDArray[Any], place: Places) -> Places:
    """Return the place of each respondent's points by contact: met, not met, unknown."""
    state = _BY_CONTACT[coded(contact, (0.0, 1.0))]
    return np.asarray(np.minimum(state + place, CONTACTS * len(POINTS)), dtype=np.int32)
