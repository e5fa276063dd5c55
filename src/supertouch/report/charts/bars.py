"""The figures on danger and mood: two-sided bars, and ranges from at least to at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import LABEL, SMALL, axes, frame, points, ticks
from supertouch.report.labels import text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bands", "penalty_reward"]

THICK, ROW_POINTS = 0.34, 17.0
PALE = 0.35


def penalty_reward(
    table: pd.DataFrame,
    *,
    order: Sequence[str],
    factors: Mapping[str, str],
    words: Language,
    ax: Axes | None = None,
) -> Axes:
    """Draw penalty and reward of each touchpoint as bars from zero, with their intervals.

    Parameters
    ----------
    table
        Columns touchpoint, and penalty and reward each with ``_low``, ``_high`` and
        ``_significant``.
    order
        Touchpoints from top to bottom.
    factors
        What to write at the right end of each touchpoint's row.
    words
        The language to write in.
    """
    ax = axes(ax)
    frame(ax, horizontal=False)
    rows = table.set_index("touchpoint").reindex(list(order))
    y = np.arange(len(rows), dtype=float)
    for name, colour, shift in (
        ("penalty", palette.NO, -THICK / 2),
        ("reward", palette.YES, THICK / 2),
    ):
        sure = rows[f"{name}_significant"].fillna(value=False).to_numpy(bool)
        known = rows[name].notna().to_numpy()
        for part, alpha in ((known & sure, 1.0), (known & ~sure, PALE)):
            ax.hlines(y[part] + shift, 0, rows[name][part], color=colour, alpha=alpha,
                      linewidth=THICK * ROW_POINTS, zorder=2)  # fmt: skip
        ax.hlines(y[known] + shift, rows[f"{name}_low"][known], rows[f"{name}_high"][known],
                  color=palette.INK, linewidth=0.9, zorder=3)  # fmt: skip
    ax.axvline(0, color=palette.MUTED, linewidth=0.8, zorder=1)
    ends = rows[["penalty_low", "reward_high", "penalty_high", "reward_low"]].to_numpy(float)
    low, high = min(float(np.nanmin(ends)), 0.0), max(float(np.nanmax(ends)), 0.0)
    room = high - low or 1.0
    widest = max((text_width(text, size=SMALL) for text in factors.values()), default=0.0)
    right = _share_of_width(ax, widest + 8)
    ax.set_xlim(low - 0.03 * room, high + (0.03 + right / (1 - right)) * room)
    ax.set_ylim(len(rows) - 0.4, -0.7)
    ax.yaxis.set_visible(False)
    ticks(ax.xaxis, words, highest=high + 0.03 * room)
    ax.set_xlabel(words.say("figure.asymmetry_axis"))
    for place, name in enumerate(rows.index):
        ax.text(ax.get_xlim()[1], place, factors.get(str(name), ""), fontsize=SMALL,
                color=palette.MUTED, va="center", ha="right")  # fmt: skip
    return ax


def bands(
    table: pd.DataFrame, *, order: Sequence[str], words: Language, ax: Axes | None = None
) -> Axes:
    """Draw the range of importance of each touchpoint: a tick at least, a dot at most.

    Parameters
    ----------
    table
        Columns touchpoint, verdict, gain, importance.
    order
        Touchpoints from top to bottom.
    words
        The language to write in.
    """
    ax = axes(ax)
    frame(ax, horizontal=False)
    rows = table.set_index("touchpoint").reindex(list(order))
    y = np.arange(len(rows), dtype=float)
    colours = [palette.VERDICTS.get(str(verdict), palette.MUTED) for verdict in rows.verdict]
    ax.hlines(y, rows.gain, rows.importance, color=colours, linewidth=3, alpha=0.6, zorder=2)
    ax.scatter(rows.gain, y, s=46, marker="|", color=palette.INK, linewidth=1.6, zorder=3)
    for verdict, part in rows.assign(y=y).groupby("verdict", sort=False):
        points(ax, part.importance, part.y, str(verdict))
    ax.axvline(0, color=palette.MUTED, linewidth=0.8, zorder=1)
    ends = rows[["gain", "importance"]].to_numpy(float)
    low, high = min(float(np.nanmin(ends)), 0.0), max(float(np.nanmax(ends)), 0.0)
    room = high - low or 1.0
    ax.set_xlim(low - 0.03 * room, high + 0.06 * room)
    ax.set_ylim(len(rows) - 0.4, -0.7)
    ax.yaxis.set_visible(False)
    ticks(ax.xaxis, words)
    ax.set_xlabel(words.say("figure.halo_axis"), fontsize=LABEL + 0.5)
    return ax


def _share_of_width(ax: Axes, wanted: float) -> float:
    """Return which share of the axes' width so many points are, at most a third."""
    figure = ax.get_figure(root=True)
    inches = figure.get_size_inches()[0] if figure is not None else 8.0
    return min(wanted / (72 * ax.get_position().width * inches), 1 / 3)
