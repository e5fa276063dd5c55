"""The sampling units of a large wave: in which tables they are, and which are in another wave."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import open_statuses
from supertouch.findings.streams.layout import Column, Layout

__all__ = ["MOST_MEMBERS", "counted_units", "members_of", "met_again"]

Places = NDArray[np.intp]
Codes = NDArray[np.int16]
Hashes = NDArray[np.uint64]

MOST_MEMBERS = 100_000


def counted_units(
    layout: Layout, unit: Places, *, segment: Codes, status: Codes
) -> Mapping[tuple[Column, tuple[str, ...]], int]:
    """Count the units with respondents in each column of tables, whom an outcome is open to.

    Parameters
    ----------
    layout : Layout
    unit : ndarray of int of shape (n,)
        Sampling unit of each respondent.
    segment, status : ndarray of int16 of shape (s, n) and (n,)
        As of :class:`supertouch.findings.streams.known.Known`.
    """
    found = {}
    names = list(layout.segments)
    for statuses in dict.fromkeys(tuple(open_statuses(item)) for item in layout.outcomes):
        opened = np.isin(layout.statuses, statuses)[status]
        for column in layout.columns:
            inside = opened
            if column.segment:
                place = layout.segments[column.segment].index(column.value)
                inside = opened & (segment[names.index(column.segment)] == place)
            found[column, statuses] = int((np.bincount(unit[inside]) > 0).sum())
    return found


def members_of(units: Hashes) -> Hashes:
    """Return the smallest of the units' hashes, by which a panel's other waves know them."""
    return np.sort(units)[:MOST_MEMBERS]


def met_again(before: Layout, after: Layout) -> float:
    """Return the share of a wave's sampling units that were in an earlier one.

    Where a wave has more than ``MOST_MEMBERS`` units it is the share among those with the smallest
    hashes, a random choice that is the same in all waves: its error is below 0.5 %.
    """
    one, other = before.members, after.members
    bounds = [
        layout.members[-1]
        for layout in (before, after)
        if len(layout.members) < layout.design.units
    ]
    if bounds:
        one, other = (members[members <= min(bounds)] for members in (one, other))
    return len(np.intersect1d(one, other)) / max(1, len(other))
