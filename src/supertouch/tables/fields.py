"""What the schemas of all tables are made of."""

from __future__ import annotations

from typing import Any

import pandera.pandas as pa

__all__ = ["Table", "fraction", "optional"]


class Table(pa.DataFrameModel):
    """Columns in order, typed, none unknown."""

    class Config:  # noqa: D106
        strict = True
        coerce = True
        ordered = True


def fraction() -> Any:  # noqa: ANN401
    """Return a field from 0 to 1, empty where there is no estimate."""
    return pa.Field(ge=0, le=1, nullable=True)


def optional() -> Any:  # noqa: ANN401
    """Return a field that is empty where there is no estimate."""
    return pa.Field(nullable=True)
