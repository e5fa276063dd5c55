"""The inside view against the outside view: two marks per touchpoint, and what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.report import palette
from supertouch.report.charts.canvas import SMALL, axes, frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["INSIDE", "KINDS", "OUTSIDE", "dumbbells"]

INSIDE: dict[str, Any] = {"marker": "D", "markersize": 5.5, "color": "#e69f00"}
OUTSIDE: dict[str, Any] = {"marker": "o", "markersize": 8.5, "color": palette.YES}
KINDS = ("blind_spot", "pet")


def dumbbells(
    table: pd.DataFrame,
    *,
    value: str,
    ends: tuple[str, str],
    alpha: float,
    ax: Axes | None = None,
    order: Sequence[str] = (),
) -> Axes:
    """Draw inside and outside of each touchpoint, and the gap's interval from the outside mark on.

    Intervals are of each touchpoint by itself; a strong line says that the gap is more than chance
    after adjustment for all of them as well.

    Parameters
    ----------
    table
        Columns touchpoint, ``value``_inside, ``value``_outside, ``value``_gap_low,
        ``value``_gap_high and ``value``_p_adjusted; shares from 0 to 1.
    ends
        What to write at 0 and at 1.
    alpha
        The adjusted p up to which a gap is drawn as a strong line.
    order
        Touchpoints from top to bottom; by default as in the table.
    """
    ax = axes(ax)
    frame(ax, horizontal=False)
    rows = table.set_index("touchpoint").reindex(list(order) or list(table.touchpoint))
    y = np.arange(len(rows), dtype=float)
    inside = rows[f"{value}_inside"].to_numpy(float)
    outside = rows[f"{value}_outside"].to_numpy(float)
    marked = (rows[f"{value}_p_adjusted"] <= alpha).to_numpy(bool)
    for k in range(len(rows)):
        ax.plot([inside[k], outside[k]], [y[k], y[k]], zorder=2, solid_capstyle="butt",
                color=palette.INK if marked[k] else palette.GRID,
                linewidth=2.2 if marked[k] else 1.6)  # fmt: skip
    low = np.clip(outside + rows[f"{value}_gap_low"].to_numpy(float), 0, 1)
    high = np.clip(outside + rows[f"{value}_gap_high"].to_numpy(float), 0, 1)
    ax.hlines(y + 0.27, low, high, color=INSIDE["color"], linewidth=1.1, alpha=0.8, zorder=2)
    ax.plot(outside, y, linestyle="", zorder=4, markeredgecolor=palette.PAPER, markeredgewidth=0.6,
            **OUTSIDE)  # fmt: skip
    ax.plot(inside, y, linestyle="", zorder=5, markeredgecolor=palette.PAPER, markeredgewidth=0.6,
            **INSIDE)  # fmt: skip
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(-0.03, 1.03)
    ax.yaxis.set_visible(False)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1.0], ["", "", "", "", ""])
    for x, text, align in ((0.0, ends[0], "left"), (1.0, ends[1], "right")):
        ax.annotate(text, (x, 0), (0, -6), xycoords=("data", "axes fraction"),
                    textcoords="offset points", fontsize=SMALL, color=palette.MUTED, ha=align,
                    va="top", annotation_clip=False)  # fmt: skip
    return ax
