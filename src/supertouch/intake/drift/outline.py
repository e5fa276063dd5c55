"""A wave's file in outline: what each column holds, small enough to keep beside the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["COUNTED", "ColumnProfile", "Profile"]

Array = NDArray[np.float64]

COUNTED = 1000


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one column holds.

    Attributes
    ----------
    position : int
        Place in the file, from 0.
    n, blanks : int
        Rows, and how many of them are blank.
    counts : mapping
        How often each value occurs, values as ``recode.texts`` writes them, at most 50. Columns of
        more than 50 values are not listed unless the study reads them as coded answers, and texts
        that fewer than three people gave are never kept: they may be personal.
    other : int
        Values that are neither blank nor in ``counts``.
    distinct : int
        Number of different values, counted to 1000.
    numeric : float
        Share of the values that are numbers.
    question, labels, missing
        The column's label, its value labels, and the ranges it declares missing, where the file
        has any.
    """

    position: int
    n: int
    blanks: int
    counts: Mapping[str, int] = field(default_factory=dict)
    other: int = 0
    distinct: int = 0
    numeric: float = 0.0
    question: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[tuple[Any, ...], ...] = ()

    @property
    def listed(self) -> bool:
        """Whether (nearly) all values are in ``counts``."""
        return bool(self.counts) and self.other <= 0.2 * (self.n - self.blanks)

    @property
    def identifies(self) -> bool:
        """Whether (nearly) every row has a value of its own, as far as these were counted."""
        return self.distinct >= min(COUNTED, 0.95 * (self.n - self.blanks)) > 0


@dataclass(frozen=True, slots=True)
class Profile:
    """A wave's file in outline.

    Attributes
    ----------
    n : int
        Rows.
    n_eff : float
        Kish's effective number of rows, by the study's weight; ``n`` without one.
    columns : mapping
        By name, in the file's order.
    items : tuple of str
        Columns of coded answers, in the order of the arrays below.
    pairs, r : arrays of float, shape (p, p)
        Rows that answered both items, and the correlation of the answers as coded.
    hidden : tuple of str
        Columns of the raw file that are not stored, where the outline is one of stored rows.
    """

    n: int
    n_eff: float
    columns: Mapping[str, ColumnProfile]
    items: tuple[str, ...] = ()
    pairs: Array = field(default_factory=lambda: np.zeros((0, 0)))
    r: Array = field(default_factory=lambda: np.zeros((0, 0)))
    hidden: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the profile ready for JSON."""
        return {
            "n": self.n,
            "n_eff": self.n_eff,
            "columns": {name: asdict(column) for name, column in self.columns.items()},
            "hidden": list(self.hidden),
            "items": list(self.items),
            "pairs": self.pairs.astype(int).tolist(),
            "r": [[None if np.isnan(r) else round(float(r), 4) for r in row] for row in self.r],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Profile:
        """Return the profile that `to_dict` wrote."""
        size = (len(stored["items"]),) * 2
        columns = {
            name: ColumnProfile(**{**column, "missing": tuple(map(tuple, column["missing"]))})
            for name, column in stored["columns"].items()
        }
        return cls(
            n=stored["n"],
            n_eff=stored["n_eff"],
            columns=columns,
            hidden=tuple(stored["hidden"]),
            items=tuple(stored["items"]),
            pairs=np.array(stored["pairs"], dtype=np.float64).reshape(size),
            r=np.array(stored["r"], dtype=np.float64).reshape(size),
        )
