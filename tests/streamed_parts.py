"""Parts of a wave's rows that are held in memory, for tests of what is computed in parts."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from supertouch.findings.streams.parts import EMPTY

__all__ = ["FramePart", "cut"]


@dataclass(frozen=True)
class FramePart:
    """Some rows of a frame; whole numbers are given as int8, as Parquet parts do."""

    found: pd.DataFrame
    name: str = "some rows"

    @property
    def rows(self):
        return len(self.found)

    @property
    def columns(self):
        return frozenset(self.found)

    @property
    def full(self):
        return frozenset(name for name in self.found if self.found[name].notna().all())

    def numbers(self, names):
        nothing = np.full(self.rows, np.nan)
        values = np.array(
            [
                self.found[name].to_numpy(float, na_value=np.nan) if name in self.found else nothing
                for name in names
            ]
        ).reshape(len(names), self.rows)
        known = values[~np.isnan(values)]
        if (known == np.round(known)).all() and (np.abs(known) < 100).all():
            return np.where(np.isnan(values), EMPTY, values).astype(np.int8)
        return values

    def texts(self, name):
        return self.found[name].to_numpy(object)

    def frame(self, names, rows):
        return self.found[[name for name in names if name in self.found]].iloc[rows]


def cut(frame, sizes):
    """Cut a frame into parts of some sizes, and one of what is left."""
    ends = np.cumsum([0, *sizes, len(frame) - sum(sizes)])
    return [FramePart(frame.iloc[start:stop]) for start, stop in pairwise(ends)]
