"""What all figures share: quiet frames, font sizes, and one marker per verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supertouch.language import Language
from supertouch.report import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

__all__ = ["LABEL", "SMALL", "axes", "frame", "in_percent", "points"]

LABEL = 8.0
SMALL = 7.0


def axes(ax: Axes | None) -> Axes:
    """Return ``ax``, or axes on a figure of their own."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(8, 5)).add_subplot()


def frame(ax: Axes, *, horizontal: bool | None = None) -> None:
    """Draw a quiet frame with grid lines across (True), upwards (False) or both (None)."""
    ax.set_facecolor("none")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(palette.GRID)
    ax.tick_params(colors=palette.MUTED, labelsize=LABEL)
    ax.xaxis.label.set(color=palette.INK, fontsize=LABEL + 0.5)
    ax.yaxis.label.set(color=palette.INK, fontsize=LABEL + 0.5)
    ax.set_axisbelow(True)
    if horizontal is not False:
        ax.grid(axis="y", color=palette.GRID, linewidth=0.6)
    if horizontal is not True:
        ax.grid(axis="x", color=palette.GRID, linewidth=0.6)


def in_percent(axis: Axis, words: Language) -> None:
    """Put round percentages on an axis of shares."""
    from matplotlib.ticker import MaxNLocator

    def text(value: float, _: float) -> str:
        whole = abs(100 * value - round(100 * value)) < 1e-6
        return words.percent(value, 0 if whole else 1)

    axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(text)


def points(ax: Axes, x: pd.Series[float], y: pd.Series[float], verdict: str) -> None:
    """Draw one marker per point, in the colour and shape of the verdict."""
    colour = palette.VERDICTS[verdict]
    filled = verdict in palette.FILLED
    ax.scatter(
        x,
        y,
        s=150 if verdict == "super" else 42,
        marker=palette.MARKERS[verdict],
        facecolor=colour if filled else palette.PAPER,
        edgecolor=palette.PAPER if filled else colour,
        linewidth=0.6 if filled else 1.2,
        zorder=3,
    )
