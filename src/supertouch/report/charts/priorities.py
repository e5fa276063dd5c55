"""The importance-performance map: how good each touchpoint is, and how much it matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.callouts import NEAR, callouts, crosses
from supertouch.report.charts.canvas import axes, frame, ticks
from supertouch.report.labels import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SHAPES", "priorities"]

SHAPES: dict[str, str] = {"basic": "v", "performance": "o", "excitement": "^", "none": "s", "": "d"}
SIZES: dict[str, float] = {"none": 34.0, "": 34.0}
LONG = 34
FAR = 160.0


def priorities(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    words: Language,
    fair: float,
    most: int,
    spoken: int,
    ax: Axes | None = None,
    told: Callable[[float], float] | None = None,
    force: bool = False,
) -> bool:
    """Draw satisfaction across and importance upwards with intervals; tell whether names fit.

    Parameters
    ----------
    table
        Columns touchpoint, decision, asymmetry, quick (bool), satisfaction and importance with
        ``_low`` and ``_high``; the rows to name first come first.
    fair
        The fair share: the line between what matters much and what little.
    most
        How many of the first rows are named.
    spoken
        How many of the first rows are named or get their number (from 1 on); the others neither.
    told
        What to write at the axis for a rating, such as a grade turned back.
    force
        Name them even where names find no room.
    """
    ax = axes(ax)
    frame(ax)
    values = {end: table[[f"satisfaction{end}", f"importance{end}"]].to_numpy(float)
              for end in ("", "_low", "_high")}  # fmt: skip
    low, high = (np.where(np.isfinite(values[end]), values[end], values[""])
                 for end in ("_low", "_high"))  # fmt: skip
    _limits(ax, low, high)
    look: dict[str, Any] = {
        "color": palette.MUTED,
        "linestyle": (0, (4, 3)),
        "linewidth": 1.0,
        "zorder": 1,
    }
    ax.axhline(fair, **look)
    mean = float(values[""][:, 0].mean())
    ax.axvline(mean, **look)
    _points(ax, table, values[""], low, high)
    ticks(ax.xaxis, words, told=told)
    ticks(ax.yaxis, words, percent=True)
    names = [shortened(labels[str(key)], LONG) for key in table.touchpoint[:spoken]]
    names = [name if k < most else str(k + 1 - most) for k, name in enumerate(names)]
    bold = [k < most and str(row) == "concentrate" for k, row in enumerate(table.decision[:spoken])]
    lines = np.vstack([crosses(ax, values[""], low, high), _quarters(ax, fair, mean)])
    near = np.where(np.arange(len(names)) < most, NEAR, FAR)
    at = values[""]
    return callouts(ax, at[:spoken], names, bold=bold, lines=lines, others=at[spoken:], near=near,
                    force=force)  # fmt: skip


def _quarters(ax: Axes, fair: float, mean: float) -> np.ndarray:
    """Return the boxes in pixels of the two lines between quarters, shape (2, 4)."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    ends = [[(left, fair), (right, fair)], [(mean, bottom), (mean, top)]]
    boxes = np.array([ax.transData.transform(pair).ravel() for pair in ends])
    return np.hstack([boxes[:, :2] - 0.5, boxes[:, 2:] + 0.5])


def _limits(ax: Axes, low: np.ndarray, high: np.ndarray) -> None:
    (left, bottom), (right, top) = low.min(axis=0), high.max(axis=0)
    wide, tall = max(right - left, 0.2), max(top - bottom, 0.01)
    ax.set_xlim(left - 0.05 * wide, right + 0.05 * wide)
    ax.set_ylim(bottom - 0.06 * tall, top + 0.06 * tall)


def _points(
    ax: Axes, table: pd.DataFrame, at: np.ndarray, low: np.ndarray, high: np.ndarray
) -> None:
    """Draw crosses, rings around quick wins, and a marker by decision and asymmetry."""
    colours = [palette.DECISIONS[str(name)] for name in table.decision]
    ax.hlines(at[:, 1], low[:, 0], high[:, 0], color=colours, linewidth=0.8, alpha=0.5, zorder=2)
    ax.vlines(at[:, 0], low[:, 1], high[:, 1], color=colours, linewidth=0.8, alpha=0.5, zorder=2)
    quick = table.quick.to_numpy(bool)
    ax.scatter(at[quick, 0], at[quick, 1], s=190, marker="o", facecolor="none",
               edgecolor=palette.INK, linewidth=1.1, zorder=3)  # fmt: skip
    for (decision, shape), rows in table.groupby(["decision", "asymmetry"], sort=False):
        colour = palette.DECISIONS[str(decision)]
        hollow = decision == "undecided"
        ax.scatter(rows.satisfaction, rows.importance, s=SIZES.get(str(shape), 58.0),
                   marker=SHAPES[str(shape)], facecolor=palette.PAPER if hollow else colour,
                   edgecolor=colour if hollow else palette.PAPER,
                   linewidth=1.2 if hollow else 0.6, zorder=3)  # fmt: skip
