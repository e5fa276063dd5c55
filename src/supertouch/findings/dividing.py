"""Respondents divided into groups: by a segment, or by all segments at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Group, groups
from supertouch.study.model import Study

__all__ = ["Divided", "Division", "divide", "divisions"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Division:
    """A segment's g groups.

    Attributes
    ----------
    values : tuple of str
    code : ndarray of int of shape (n,)
        Place of each respondent's group; g where the value is unknown.
    shown : ndarray of bool of shape (g,)
        Whether the group is large enough to be in any table.
    segment : str
        Id of the segment; empty where the division is none.
    """

    values: tuple[str, ...]
    code: NDArray[np.intp]
    shown: Mask
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Divided:
    """Respondents by all segments at once.

    Attributes
    ----------
    divisions : tuple of s Division
    codes : ndarray of int of shape (a, s)
        Group of each of a kinds of respondents in each segment.
    kind : ndarray of int of shape (n,)
        Kind of each respondent.
    """

    divisions: tuple[Division, ...]
    codes: NDArray[np.intp]
    kind: NDArray[np.intp]


def divide(study: Study, answers: Answers, segment: str) -> Division:
    """Divide respondents by a segment; there are no groups where the wave does not have it."""
    return _division(answers, segment, list(groups(study, answers)))


def _division(answers: Answers, segment: str, every: Sequence[Group]) -> Division:
    found = [group for group in every if group.segment == segment]
    values = tuple(group.value for group in found)
    code = np.full(len(answers.weight), len(values), dtype=np.intp)
    if values:
        own = answers.segments[segment].astype(str)
        for place, value in enumerate(values):
            code[own == value] = place
    shown = np.array([group.shown for group in found], dtype=bool)
    return Division(values, code, shown, segment)


def divisions(study: Study, answers: Answers) -> Divided:
    """Divide respondents by all segments of the wave, once for all questions."""
    every = list(groups(study, answers))
    asked = [item.id for item in study.segments if item.id in answers.segments]
    found = tuple(_division(answers, name, every) for name in asked)
    key = np.zeros(len(answers.weight), dtype=np.int64)
    for division in found:
        key = np.unique(key * (len(division.values) + 1) + division.code, return_inverse=True)[1]
    first = np.unique(key, return_index=True)[1]
    codes = np.array([division.code[first] for division in found], dtype=np.intp)
    return Divided(found, codes.reshape(len(found), len(first)).T, key.astype(np.intp))
