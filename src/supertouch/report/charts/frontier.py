"""What a budget buys: the gain by budget as a stair, and below it which measures are bought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import axes, frame, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bought_bars", "gain_stair"]


def _edges(table: pd.DataFrame, end: float) -> np.ndarray:
    return np.append(table.cost.to_numpy(float), end)


def gain_stair(
    table: pd.DataFrame,
    *,
    value: str,
    end: float,
    budget: float | None,
    words: Language,
    ax: Axes | None = None,
) -> Axes:
    """Draw the gain that each budget buys, with its interval as a band.

    Parameters
    ----------
    table
        Columns cost, ``value`` with ``_low`` and ``_high``; by rising cost.
    end
        Where the axis of budgets ends.
    budget
        The plan's own budget, marked by a line; None where it has none.
    """
    ax = axes(ax)
    frame(ax)
    edges = _edges(table, end)
    values = table[value].to_numpy(float)
    low, high = (table[f"{value}{side}"].to_numpy(float) for side in ("_low", "_high"))
    known = np.isfinite(low) & np.isfinite(high)
    floor, roof = (np.where(known, end_of, values) for end_of in (low, high))
    ax.fill_between(edges, np.append(floor, floor[-1]), np.append(roof, roof[-1]), step="post",
                    color=palette.VERDICTS["candidate"], alpha=0.35, linewidth=0,
                    zorder=1)  # fmt: skip
    ax.stairs(values, edges, color=palette.YES, linewidth=2, zorder=3, baseline=None)
    _budget_line(ax, budget)
    ax.set_xlim(0, end)
    top = float(np.nanmax(np.append(high[known], values)))
    bottom = min(float(np.nanmin(np.append(low[known], values))), 0.0)
    room = max(top - bottom, 1e-6)
    ax.set_ylim(bottom - 0.03 * room, top + 0.08 * room)
    ticks(ax.yaxis, words)
    ticks(ax.xaxis, words)
    return ax


def bought_bars(
    table: pd.DataFrame,
    *,
    measures: Sequence[str],
    end: float,
    budget: float | None,
    ax: Axes | None = None,
) -> Axes:
    """Draw for each measure the budgets at which it is bought, the first of ``measures`` on top.

    Parameters
    ----------
    table
        Columns cost and measures (ids with blanks between); by rising cost.
    """
    ax = axes(ax)
    frame(ax, horizontal=True)
    edges = _edges(table, end)
    for place, name in enumerate(measures):
        bars = [(edges[k], edges[k + 1] - edges[k]) for k, found in enumerate(table.measures)
                if name in str(found).split()]  # fmt: skip
        ax.broken_barh(bars, (place - 0.32, 0.64), color=palette.YES, linewidth=0, zorder=2)
    _budget_line(ax, budget)
    ax.set_xlim(0, end)
    ax.set_ylim(len(measures) - 0.4, -0.6)
    ax.yaxis.set_visible(False)
    return ax


def _budget_line(ax: Axes, budget: float | None) -> None:
    if budget is not None:
        ax.axvline(budget, color=palette.NO, linewidth=1.4, linestyle=(0, (4, 2)), zorder=4)
