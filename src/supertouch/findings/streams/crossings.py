"""Kinds of respondents: those who have the same value in every segment, so that they are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import Problem, UnsupportedError
from supertouch.findings.streams.layout import Column

__all__ = ["Crossing", "crossings", "kind_of", "kinds_of", "membership"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]

MOST_KINDS = 20_000


@dataclass(frozen=True, slots=True)
class Crossing:
    """Some segments, whose values cross to r classes of respondents.

    Attributes
    ----------
    of_kind : ndarray of int of shape (a,)
        Class of each kind of respondents.
    places : ndarray of int
        Columns of tables that are values of these segments; everybody, in the first crossing.
    inside : ndarray of shape (r, len(places))
        1 where respondents of a class are in a column.
    """

    of_kind: NDArray[np.int32]
    places: Places
    inside: Array

    @property
    def classes(self) -> int:
        """Number of classes r."""
        return len(self.inside)


def kinds_of(codes: NDArray[Any], sizes: Sequence[int]) -> Places:
    """Return which values of segments occur together, as places among the values.

    Parameters
    ----------
    codes : ndarray of int of shape (s, n)
        Place of each respondent's value in each segment.
    sizes : sequence of int
        Number of values of each segment.

    Returns
    -------
    ndarray of int of shape (a, s)

    Raises
    ------
    UnsupportedError
        If there are too many to count answers of each.
    """
    found = np.unique(_numbered(codes, sizes)) if len(sizes) else np.zeros(1, dtype=np.int64)
    if len(found) > MOST_KINDS:
        raise UnsupportedError(
            Problem(
                "study.toml, segments",
                f"{len(found):,}",
                f"combinations of their values occur; {MOST_KINDS:,} are counted at most.",
                "Take fewer segments, or segments of fewer values.",
            )
        )
    places = np.unravel_index(found, tuple(sizes)) if len(sizes) else ()
    return np.array(places, dtype=np.intp).reshape(len(sizes), len(found)).T


def kind_of(kinds: Places, codes: NDArray[Any], sizes: Sequence[int]) -> NDArray[np.int32]:
    """Return the kind of each respondent; see :func:`kinds_of`."""
    if not len(sizes):
        return np.zeros(codes.shape[1], dtype=np.int32)
    every = _numbered(kinds.T, sizes)
    return np.searchsorted(every, _numbered(codes, sizes)).astype(np.int32)


def _numbered(codes: NDArray[Any], sizes: Sequence[int]) -> NDArray[np.int64]:
    number = np.zeros(codes.shape[1], dtype=np.int64)
    for own, size in zip(codes, sizes, strict=True):
        number = number * size + own
    return number


def membership(
    kinds: Places, segments: Mapping[str, Sequence[str]], columns: Sequence[Column]
) -> NDArray[np.bool_]:
    """Tell which kinds of respondents are in which columns of tables: shape (a, c)."""
    inside = np.ones((len(kinds), len(columns)), dtype=bool)
    names = list(segments)
    for place, column in enumerate(columns):
        if column.segment:
            value = segments[column.segment].index(column.value)
            inside[:, place] = kinds[:, names.index(column.segment)] == value
    return inside


def crossings(
    kinds: Places,
    segments: Mapping[str, Sequence[str]],
    columns: Sequence[Column],
    *,
    most: int,
) -> tuple[Crossing, ...]:
    """Put segments together as long as their values cross to at most so many classes."""
    inside = membership(kinds, segments, columns)
    some: list[list[int]] = [[]]
    for place in range(len(segments)):
        wider = [*some[-1], place]
        if some[-1] and len(np.unique(kinds[:, wider], axis=0)) > most:
            some.append([place])
        else:
            some[-1] = wider
    names = list(segments)
    found = []
    for number, together in enumerate(some):
        _, first, of_kind = np.unique(
            kinds[:, together], axis=0, return_index=True, return_inverse=True
        )
        own = {names[place] for place in together} | ({""} if not number else set())
        places = np.flatnonzero([column.segment in own for column in columns])
        inner = inside[first][:, places].astype(np.float64)
        found.append(Crossing(of_kind.reshape(-1).astype(np.int32), places, inner))
    return tuple(found)
