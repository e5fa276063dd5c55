"""Parts of a wave's accepted responses, which are read when they are needed, where it may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.stats.stored import EMPTY

__all__ = ["EMPTY", "Part"]


class Part(Protocol):
    """Some rows of a wave; can be pickled, and holds no rows itself.

    Attributes
    ----------
    name : str
        What to call it in messages, such as the file and its row groups.
    rows : int
    columns : frozenset of str
        Columns of the responses that are there.
    full : frozenset of str
        Columns of which it is known that no cell is empty.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def rows(self) -> int: ...  # noqa: D102

    @property
    def columns(self) -> frozenset[str]: ...  # noqa: D102

    @property
    def full(self) -> frozenset[str]: ...  # noqa: D102

    def numbers(self, names: Sequence[str]) -> NDArray[Any]:
        """Return columns of numbers: shape (k, n).

        Of type int8, with ``EMPTY`` where there is none, if all of them are stored so; else of
        float64 with NaN. A column that is not there is empty.
        """
        ...

    def texts(self, name: str) -> NDArray[np.object_]:
        """Return a column of texts: shape (n,)."""
        ...

    def frame(self, names: Sequence[str], rows: NDArray[np.intp]) -> pd.DataFrame:
        """Return some rows as they were accepted, of those of the columns that are there."""
        ...
