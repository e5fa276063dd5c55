"""The journey as a picture: reach, and who is disappointed or delighted, in time order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import SMALL, axes, frame, points, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["journey_bands", "journey_reach", "journey_verdicts"]

THICK = 0.62


def journey_reach(
    table: pd.DataFrame, *, rows: Mapping[str, float], words: Language, ax: Axes | None = None
) -> Axes:
    """Draw how many meet each touchpoint, a bar per touchpoint.

    Parameters
    ----------
    table
        Columns touchpoint, reach (share, blank where contact was not asked), and its ends
        ``reach_low`` and ``reach_high``.
    rows
        Where each touchpoint stands, counted from the top.
    words
        The language to write in.
    """
    ax = _rows(axes(ax), rows)
    y = np.array([rows[str(name)] for name in table.touchpoint])
    known = table.reach.notna().to_numpy()
    ax.barh(y[known], table.reach[known], THICK, color=palette.VERDICTS["candidate"], zorder=2)
    ax.hlines(y[known], table.reach_low[known], table.reach_high[known], color=palette.INK,
              linewidth=0.9, zorder=3)  # fmt: skip
    ax.set_xlim(0, 1.24)
    for place, value in zip(y, table.reach, strict=True):
        text = words.percent(value) if np.isfinite(value) else words.say("journey.not_asked")
        ax.text(1.22, place, text, fontsize=SMALL, color=palette.MUTED, va="center", ha="right")
    ticks(ax.xaxis, words, percent=True, highest=1.0)
    return ax


def journey_bands(
    table: pd.DataFrame, *, rows: Mapping[str, float], words: Language, ax: Axes | None = None
) -> Axes:
    """Draw the share of the disappointed to the left of zero and of the delighted to the right.

    Parameters
    ----------
    table
        Columns touchpoint, disappointed and delighted (shares; blank where there is no base), each
        with ``_low`` and ``_high``.
    rows
        Where each touchpoint stands, counted from the top.
    words
        The language to write in.
    """
    ax = _rows(axes(ax), rows)
    y = np.array([rows[str(name)] for name in table.touchpoint])
    known = table[["disappointed", "delighted"]].notna().all(axis=1).to_numpy()
    bad, good = table.disappointed.to_numpy(float), table.delighted.to_numpy(float)
    ax.barh(y[known], -bad[known], THICK, color=palette.NO, zorder=2)
    ax.barh(y[known], good[known], THICK, color=palette.YES, zorder=2)
    ax.axvline(0, color=palette.INK, linewidth=0.8, zorder=3)
    ends = [(-table[f"disappointed_{end}"], table[f"delighted_{end}"]) for end in ("low", "high")]
    for low, high in zip(*ends, strict=True):
        ax.hlines(y[known], low[known], high[known], color=palette.INK, linewidth=0.9, zorder=4)
    left, right = (float(np.nanmax(np.append(side.to_numpy(float), 0.05))) for side in
                   (-ends[1][0], ends[1][1]))  # fmt: skip
    far = left + right
    ax.set_xlim(-left - 0.13 * far, right + 0.13 * far)
    gap = 0.012 * far
    low_ends, high_ends = -ends[1][0].to_numpy(float), ends[1][1].to_numpy(float)
    for k, place in enumerate(y):
        look: dict[str, Any] = {"fontsize": SMALL, "color": palette.MUTED, "va": "center"}
        if known[k]:
            ax.text(-low_ends[k] - gap, place, words.percent(bad[k]), ha="right", **look)
            ax.text(high_ends[k] + gap, place, words.percent(good[k]), ha="left", **look)
        else:
            ax.text(gap, place, words.say("journey.few"), ha="left", **look)
    ticks(ax.xaxis, words, percent=True, told=abs, highest=right)
    return ax


def journey_verdicts(
    table: pd.DataFrame, *, rows: Mapping[str, float], ax: Axes | None = None
) -> Axes:
    """Draw the mark of each touchpoint's verdict; ``table`` has touchpoint and verdict."""
    ax = _rows(axes(ax), rows)
    ax.set_axis_off()
    ax.set_xlim(-1, 1)
    for verdict, part in table.groupby("verdict", sort=False):
        y = part.touchpoint.map(lambda name: rows[str(name)])
        points(ax, pd.Series(0.0, index=part.index), y, str(verdict))
    return ax


def _rows(ax: Axes, rows: Mapping[str, float]) -> Axes:
    frame(ax, horizontal=False)
    places: Sequence[float] = list(rows.values())
    ax.set_ylim(max(places) + 0.6, min(places) - 0.6)
    ax.yaxis.set_visible(False)
    return ax
