"""What is known of a wave's rows before the first sum: its design, its groups, its segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.resampling import Design
from supertouch.study.model import Outcome, Touchpoint

__all__ = ["Column", "Layout"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of tables: everybody (both texts empty), or a value of a segment."""

    segment: str
    value: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What every part of a wave has to know of the whole.

    Attributes
    ----------
    wave : str
    touchpoints : tuple of Touchpoint
        p of them.
    outcomes : tuple of Outcome
        q of them.
    n : int
        Respondents.
    weight_mean : float
        Weights are divided by it.
    weight_squares : float
        Sum of the squares of the weights so divided.
    design : Design
    segments : dict of str to tuple of str
        Values of each segment that occur, sorted; "" (unknown) among them where it occurs.
    sizes : dict of str to ndarray of int
        Respondents with each of these values.
    covariates : tuple of (str, tuple of str)
        Column of the responses and the values that have an indicator of their own.
    statuses : tuple of str
        Customer statuses that occur.
    columns : tuple of Column
        Everybody first, then each value of a segment that may be shown, in the study's order.
    kinds : ndarray of int of shape (a, s)
        Values of the s segments that occur together, as places among ``segments``.
    members : ndarray of uint64
        In a panel, hashes of the sampling units, the smallest alone where there are very many.
    units : dict of (Column, tuple of str) to int
        Sampling units with respondents of some statuses in a column; none where each respondent is
        a unit.
    """

    wave: str
    touchpoints: tuple[Touchpoint, ...]
    outcomes: tuple[Outcome, ...]
    n: int
    weight_mean: float
    weight_squares: float
    design: Design
    segments: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, NDArray[np.int_]]
    covariates: tuple[tuple[str, tuple[str, ...]], ...]
    statuses: tuple[str, ...]
    columns: tuple[Column, ...]
    kinds: Places
    members: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    units: Mapping[tuple[Column, tuple[str, ...]], int] = field(default_factory=dict)

    @property
    def groups(self) -> int:
        """Number of resampling groups g."""
        return len(self.design.stratum)
