"""Whether groups of respondents differ, with tests that know how they overlap."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Comparison"]


class Comparison(Table):
    """One group against another, metric by metric; ``difference`` is value less other.

    ``other_segment`` is empty where the other is everybody, the group among them. ``outcome`` and
    ``touchpoint`` are empty where they do not apply. A share is among the ``n_common``
    touchpoints that the models of both groups hold, so it can differ from that in the table
    ``importance``. ``n`` and ``n_other`` are the bases of the two values. Tests are left out
    where a base is below the study's smallest. ``p_adjusted`` is within segment and metric.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    other_segment: Series[str]
    other_value: Series[str]
    overlap: Series[bool]
    n_both: Series[int]
    outcome: Series[str]
    touchpoint: Series[str]
    metric: Series[str] = pa.Field(
        isin=["reach", "satisfaction", "share", "effect", "level", "nps"]
    )
    n: Series[int]
    n_other: Series[int]
    n_common: Series[int]
    value: Series[float] = optional()
    other: Series[float] = optional()
    difference: Series[float] = optional()
    difference_low: Series[float] = optional()
    difference_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()
