"""What all figures share: quiet frames, font sizes, and one marker per verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

__all__ = ["LABEL", "SMALL", "axes", "exact_digits", "frame", "points", "ticks"]

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


def ticks(
    axis: Axis,
    words: Language,
    *,
    percent: bool = False,
    highest: float = np.inf,
    told: Callable[[float], float] | None = None,
) -> None:
    """Put round numbers on an axis whose limits are set, none of them rounded in its label.

    Parameters
    ----------
    axis
        The axis; ticks stay within its limits.
    percent
        Whether values are shares, to be written in percent.
    highest
        Largest value that can be, such as 1 for shares of respondents.
    told
        What to write for a value, such as a grade turned back; by default the value.
    """
    from matplotlib.ticker import MaxNLocator

    low, high = sorted(axis.get_view_interval())
    locator = MaxNLocator(nbins=7, steps=[1, 2, 5, 10], min_n_ticks=4)
    found = [float(at) for at in locator.tick_values(low, high)]
    inside = [at for at in found if low - 1e-12 <= at <= min(high, highest) + 1e-12]
    shown = [told(at) for at in inside] if told is not None else inside
    digits = exact_digits([100 * at if percent else at for at in shown])
    write = words.percent if percent else words.number
    axis.set_ticks(inside, labels=[write(at, digits) for at in shown])


def exact_digits(values: Sequence[float]) -> int:
    """Return the decimals that it takes to write every value as it is, nine at most.

    >>> exact_digits([0.0, 2.5, 5.0])
    1
    """
    for digits in range(9):
        if all(abs(value - round(value, digits)) <= 1e-9 * max(1, abs(value)) for value in values):
            return digits
    return 9


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
