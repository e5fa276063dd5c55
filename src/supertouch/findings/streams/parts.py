"""Parts of a wave's accepted responses, which are read when they are needed, where it may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["EMPTY", "Part"]

EMPTY = -128


class Part(Protocol):
    """Some rows of a wave; can be pickled, and holds no rows itself.

    Attributes
    ----------
    name : str
        What to call it in messages, such as the file and its row groups.
    rows : int
    columns : frozenset of str
        Columns of the responses that are there.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def rows(self) -> int: ...  # noqa: D102

    @property
    def columns(self) -> frozenset[str]: ...  # noqa: D102

    def numbers(self, names: Sequence[str]) -> NDArray[Any]:
        """Return columns of numbers: shape (k, n).

        Of type int8, with ``EMPTY`` where there is none, if all of them are stored so; else of
        float64 with NaN. A column that is not there is empty.
        """
        ...

    def texts(self, name: str) -> NDArray[np.object_]:
        """Return a column of texts: shape (n,)."""
        ...
