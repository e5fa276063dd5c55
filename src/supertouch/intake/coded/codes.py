"""Numbers for the kinds of empty that no scale of the study uses for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.study.model import EMPTIES, Empty, Scale, Study

__all__ = ["EmptyCodes", "empty_codes"]

Array = NDArray[np.float64]
_FIRST = 96.0


@dataclass(frozen=True, slots=True)
class EmptyCodes:
    """The codes of the four kinds of empty: ``first`` and the three whole numbers after it."""

    first: float

    @property
    def last(self) -> float:
        """The largest of the codes."""
        return self.first + len(EMPTIES) - 1

    def of(self, kind: Empty) -> float:
        """Return the code of a kind of empty."""
        return self.first + EMPTIES.index(kind)

    def filled(self, values: Sequence[float] | Array, kinds: pd.Series[Any]) -> Array:
        """Return ``values`` with a code where there is none and the kind of empty is known."""
        code = kinds.map({kind: self.of(kind) for kind in EMPTIES}).to_numpy(float)
        given = np.asarray(values, dtype=np.float64)
        return np.where(np.isnan(given), code, given)


def empty_codes(study: Study) -> EmptyCodes:
    """Return codes that lie outside every scale of the study: 96 to 99, else 996 to 999, and so on.

    They are the same for all variables and waves.

    >>> from supertouch.simulate import fair, study_of
    >>> empty_codes(study_of(fair(3))).of("not_asked")
    97.0
    """
    codes = EmptyCodes(_FIRST)
    while any(_within(scale, codes) for scale in study.scales.values()):
        codes = EmptyCodes(10 * codes.first + 36)
    return codes


def _within(scale: Scale, codes: EmptyCodes) -> bool:
    return scale.minimum <= codes.last and scale.maximum >= codes.first
