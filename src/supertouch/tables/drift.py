"""What is different about a wave's file, compared with the wave before."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["DRIFTS", "Drift"]

DRIFTS = (
    "column_renamed",
    "column_added",
    "column_gone",
    "codes_new",
    "codes_gone",
    "labels_changed",
    "scale_turned",
    "range_changed",
    "distribution",
    "blanks",
    "touchpoint_new",
    "touchpoint_retired",
)


class Drift(Table):
    """One difference between a wave's raw file and that of the wave before.

    ``severity``: ``stop`` holds the wave back until the study file deals with it, ``look`` wants
    eyes, ``note`` is for the record. ``item`` is the touchpoint, outcome or use of the column in
    the study, empty for columns that it does not use. ``size`` is the size of a jump: the total
    variation distance of the answers (0-1), the change of the share of blanks, or the likeness of
    two columns (0-1). ``edit`` is what study.toml needs, written out.
    """

    wave: Series[str]
    against: Series[str]
    severity: Series[str] = pa.Field(isin=["stop", "look", "note"])
    kind: Series[str] = pa.Field(isin=list(DRIFTS))
    item: Series[str]
    column: Series[str]
    before: Series[str]
    after: Series[str]
    size: Series[float] = optional()
    p_adjusted: Series[float] = fraction()
    edit: Series[str]
