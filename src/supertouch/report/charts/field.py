"""The charts of a wave in the field: returns, quotas, bases and drop-out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import LABEL, SMALL, axes, frame, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["base_tiles", "days_bars", "dropout_curve", "quota_bars", "total_line"]

HIGH = 0.62
CLOSE = 0.75
NARROWEST = 0.04


def days_bars(
    table: pd.DataFrame, *, days: Sequence[str], words: Language, ax: Axes | None = None
) -> Axes:
    """Draw the interviews of each day: those that passed, and above them those that did not.

    Parameters
    ----------
    table
        Columns n, n_accepted; a row per day.
    days
        What to call the days.
    """
    ax = axes(ax)
    frame(ax, horizontal=True)
    x = np.arange(len(table))
    ax.bar(x, table.n_accepted, width=0.8, color=palette.YES, zorder=2)
    ax.bar(x, table.n - table.n_accepted, bottom=table.n_accepted, width=0.8,
           color=palette.VERDICTS["too_few"], zorder=2)  # fmt: skip
    ax.set_xlim(-0.6, len(table) - 0.4)
    ax.set_ylim(0, max(float(table.n.max()) * 1.1, 1.0))
    _day_ticks(ax, days)
    ticks(ax.yaxis, words)
    return ax


def total_line(
    table: pd.DataFrame,
    *,
    days: Sequence[str],
    words: Language,
    ax: Axes | None = None,
    wanted: int | None = None,
) -> Axes:
    """Draw the interviews done by each day against those that an even pace would need.

    Parameters
    ----------
    table
        Columns total, expected; a row per day.
    wanted
        Interviews wanted in the end.
    """
    ax = axes(ax)
    frame(ax, horizontal=True)
    x = np.arange(len(table))
    expected = table.expected.astype(float)
    if expected.notna().any():
        ax.plot(x, expected, color=palette.MUTED, linestyle=(0, (4, 3)), linewidth=1.2, zorder=2)
    ax.plot(x, table.total, color=palette.YES, linewidth=2, marker="o", markersize=3.5, zorder=3)
    highest = max(float(table.total.max()), float(expected.max() or 0), float(wanted or 0), 1.0)
    if wanted:
        ax.axhline(wanted, color=palette.INK, linewidth=0.8, zorder=1)
    ax.set_xlim(-0.6, len(table) - 0.4)
    ax.set_ylim(0, highest * 1.12)
    _day_ticks(ax, days)
    ticks(ax.yaxis, words)
    return ax


def _day_ticks(ax: Axes, days: Sequence[str]) -> None:
    step = max(1, -(-len(days) // 9))
    at = list(range(0, len(days), step))
    ax.set_xticks(at, [days[k] for k in at])


def quota_bars(table: pd.DataFrame, *, words: Language, ax: Axes | None = None) -> Axes:
    """Draw how full each quota is, from top to bottom, a line at full.

    Parameters
    ----------
    table
        Columns share, n, wanted.
    """
    ax = axes(ax)
    frame(ax, horizontal=False)
    y = np.arange(len(table))
    share = (table.n / table.wanted.clip(lower=1)).to_numpy(float)
    colours = [palette.VERDICTS["loyalty_builder"] if full else palette.YES for full in share >= 1]
    ax.barh(y, share, height=HIGH, color=colours, zorder=2)
    ax.axvline(1, color=palette.INK, linewidth=1, zorder=3)
    right = max(1.0, float(share.max(initial=0.0))) * 1.22
    for at, row in enumerate(table.itertuples()):
        text = words.say("base.of_n", part=words.integer(row.n), n=words.integer(row.wanted))
        ax.text(right, at, text, fontsize=SMALL, color=palette.INK, ha="right", va="center")
    ax.set_xlim(0, right)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.yaxis.set_visible(False)
    ticks(ax.xaxis, words, percent=True)
    return ax


def base_tiles(
    table: pd.DataFrame,
    *,
    at: Sequence[float],
    columns: Sequence[str],
    words: Language,
    ax: Axes | None = None,
) -> Axes:
    """Draw a tile per touchpoint and group: how many ratings, and how far they suffice.

    Parameters
    ----------
    table
        Columns row, column (positions), n_rated, n_needed, enough.
    at, columns
        Where the groups stand, and what to call them.
    """
    from matplotlib.patches import Rectangle

    ax = axes(ax)
    ax.set_facecolor("none")
    for side in ("top", "right", "bottom", "left"):
        ax.spines[side].set_visible(False)
    for row in table.to_dict("records"):
        colour, alpha = _tile(row)
        ax.add_patch(Rectangle((row["column"] - 0.47, row["row"] - 0.44), 0.94, 0.88,
                               facecolor=colour, alpha=alpha, linewidth=0, zorder=2))  # fmt: skip
        needed = row["n_needed"]
        known = needed is not None and np.isfinite(float(needed))
        text = words.integer(row["n_rated"])
        if known and not row["enough"]:
            text = words.say("base.of_n", part=text, n=words.integer(needed))
        ax.text(row["column"], row["row"], text, fontsize=SMALL, color=palette.INK, ha="center",
                va="center", zorder=3)  # fmt: skip
    rows = int(table.row.max()) + 1
    ax.set_xlim(-0.5, max(at) + 0.5)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.xaxis.tick_top()
    ax.set_xticks(at, columns)
    ax.tick_params(length=0, labelsize=LABEL - 0.5, colors=palette.INK)
    ax.yaxis.set_visible(False)
    return ax


def _tile(row: Any) -> tuple[str, float]:  # noqa: ANN401
    """Return the colour of a tile and how strong it is: the further from enough, the stronger."""
    if row["enough"]:
        return palette.VERDICTS["loyalty_builder"], 0.35
    needed = row["n_needed"]
    if needed is None or not np.isfinite(float(needed)) or float(needed) <= 0:
        return palette.VERDICTS["too_few"], 0.35
    lacking = 1 - min(float(row["n_rated"]) / float(needed), 1.0)
    return palette.NO, 0.15 + 0.5 * lacking


def dropout_curve(
    table: pd.DataFrame,
    *,
    named: Sequence[int],
    words: Language,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many are still there at each question, and mark where most break off.

    Parameters
    ----------
    table
        Columns place (1 for the first question, 0 before it) and n_reached; a row per question.
    named
        Places of the questions after which most break off.
    """
    ax = axes(ax)
    frame(ax, horizontal=True)
    x = table.place.to_numpy(float)
    most = float(max(table.n_reached.max(), 1))
    share = table.n_reached.to_numpy(float) / most
    low = float(share.min())
    bottom = low - (1 - low) if low > CLOSE else 0.0
    bottom = min(bottom, 1 - NARROWEST)
    if bottom <= 0:
        bottom = 0.0
        ax.fill_between(x, 0, share, step="mid", color=palette.VERDICTS["candidate"], alpha=0.35,
                        linewidth=0, zorder=2)  # fmt: skip
    ax.step(x, share, where="mid", color=palette.YES, linewidth=1.6, zorder=3)
    ax.set_xlim(x[0] - 0.5, max(x[-1] + 0.5, x[0] + 1))
    ax.set_ylim(bottom, 1 + 0.06 * (1 - bottom))
    for at in named:
        ax.plot([at], share[x == at], marker="o", markersize=5, color=palette.NO, zorder=4)
    ticks(ax.yaxis, words, percent=True, highest=1.0)
    _place_ticks(ax, int(x[-1]), words)
    return ax


def _place_ticks(ax: Axes, last: int, words: Language) -> None:
    """Put numbers on the first question and on round ones."""
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if last / step <= 12), 1000)
    at = [1, *(place for place in range(step, last + 1, step) if place > 1)]
    ax.set_xticks(at, [words.integer(place) for place in at])
