"""Whether the end code of a scale is an answer: it is one if it goes on like its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.draft.columns import Column

__all__ = ["Ends"]

_LEAST_CELLS = 30


class Ends:
    """Tell whether an end code goes on where its neighbour points, by the other ratings."""

    def __init__(
        self, columns: Sequence[Column], scores: NDArray[np.float64], signs: NDArray[np.float64]
    ) -> None:
        self.columns = columns
        self.signs = signs
        n = (~np.isnan(scores)).sum(axis=1, keepdims=True) - ~np.isnan(scores)
        total = np.nansum(scores, axis=1, keepdims=True) - np.nan_to_num(scores)
        self.others = np.divide(total, n, out=np.full(scores.shape, np.nan), where=n > 1)
        self.answered = ~np.isnan(scores)

    def goes_on(self, places: Sequence[int], code: float, inner: Sequence[float]) -> float | None:
        """Return how far a code lies where the line through the inner codes points.

        1 as far as the line says, 0 in the middle, as those lie who give no rating. None where
        too few cells hold the code.
        """
        spots = [self._spot(places, value) for value in inner]
        n = np.array([count for _, count in spots], dtype=np.float64)
        height = np.array([mean for mean, _ in spots])
        here, many = self._spot(places, code)
        if many < _LEAST_CELLS or (n > 0).sum() < 2:
            return None
        slope, level = np.polyfit(np.asarray(inner), height, 1, w=np.sqrt(n))
        middle = float((height * n).sum() / n.sum())
        expected = slope * code + level - middle
        return float((here - middle) / expected) if expected else None

    def _spot(self, places: Sequence[int], code: float) -> tuple[float, int]:
        """Return the mean of the other ratings where a code stands, and the number of cells."""
        total, n = 0.0, 0
        for place in places:
            others = self.others[:, place]
            known = ~np.isnan(others)
            here = known & (self.columns[place].values == code)
            if here.any():
                level = float(others[known & self.answered[:, place]].mean())
                total += float((others[here] - level).sum()) * float(self.signs[place])
                n += int(here.sum())
        return (total / n if n else 0.0), n
