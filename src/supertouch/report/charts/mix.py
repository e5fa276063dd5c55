"""The charts of the mix: reach of the best sets, the journey's funnel, and overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import LABEL, SMALL, axes, frame, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LEVELS", "funnel_bars", "overlap_tiles", "reach_curves"]

COLOURS = {"met": palette.YES, "delighted": palette.VERDICTS["loyalty_builder"]}
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5)
STRENGTH = (0.0, 0.14, 0.3, 0.48, 0.7, 1.0)
WRITTEN = 0.3
HIGH = 0.34


def reach_curves(table: pd.DataFrame, *, words: Language, ax: Axes | None = None) -> Axes:
    """Draw how many customers the best set of each size reaches, each curve named at its end.

    Parameters
    ----------
    table
        Columns criterion, method, size, reach, reach_low, reach_high.
    """
    ax = axes(ax)
    frame(ax)
    largest = int(table["size"].max())
    for (criterion, method), rows in table.groupby(["criterion", "method"], sort=False):
        colour = COLOURS[str(criterion)]
        exact = method == "exact"
        at = rows["size"] + (-0.07 if exact else 0.07)
        look: dict[str, Any] = {"color": colour, "linestyle": "-" if exact else (0, (2, 2))}
        ax.plot(at, rows.reach, linewidth=1.6 if exact else 0.9, marker="o" if exact else "s",
                markersize=5 if exact else 4.5, zorder=3,
                markerfacecolor=colour if exact else palette.PAPER, **look)  # fmt: skip
        ax.vlines(at, rows.reach_low, rows.reach_high, color=colour, alpha=0.55, linewidth=1.4)
        if exact or not (table[table.criterion == criterion].method == "exact").any():
            last = rows.iloc[-1]
            ax.annotate(words.say(f"mix.criterion_{criterion}"), (last["size"], last.reach),
                        (9, 0), textcoords="offset points", fontsize=LABEL, color=palette.INK,
                        va="center", annotation_clip=False)  # fmt: skip
    ax.set_xlim(0.6, largest + 0.4)
    ax.set_ylim(0, min(1.0, float(table.reach_high.max()) * 1.06) + 0.01)
    ax.set_xticks(range(1, largest + 1))
    ax.set_xlabel(words.say("mix.size_axis"))
    ticks(ax.yaxis, words, percent=True, highest=1.0)
    return ax


def funnel_bars(table: pd.DataFrame, *, words: Language, ax: Axes | None = None) -> Axes:
    """Draw for each phase who met anything in it (pale), and who came through so far (strong).

    Parameters
    ----------
    table
        Columns phase, met, through, each with ``_low`` and ``_high``; in order of the journey.
    """
    ax = axes(ax)
    frame(ax, horizontal=False)
    y = np.arange(len(table), dtype=float)
    for name, shift, alpha in (("met", -0.19, 0.4), ("through", 0.19, 1.0)):
        values = table[name].to_numpy(float)
        ax.barh(y + shift, values, height=HIGH, color=palette.YES, alpha=alpha, zorder=2)
        ax.hlines(y + shift, table[f"{name}_low"], table[f"{name}_high"], color=palette.INK,
                  linewidth=1.2, zorder=3)  # fmt: skip
        for at, value in zip(y + shift, values, strict=True):
            ax.annotate(words.percent(value), (1, at), (-2, 0), xycoords=("axes fraction", "data"),
                        textcoords="offset points", fontsize=SMALL, color=palette.INK, ha="right",
                        va="center")  # fmt: skip
    ax.set_yticks(y, [words.say(f"phase.{phase}") for phase in table.phase])
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, 1.16)
    ticks(ax.xaxis, words, percent=True, highest=1.0)
    return ax


def overlap_tiles(
    table: pd.DataFrame,
    *,
    order: Sequence[str],
    phases: Mapping[str, str],
    words: Language,
    limit: float,
    points: float,
    ax: Axes | None = None,
) -> Axes:
    """Draw the correlation of contacts of each pair as a tile; framed from ``limit`` on.

    Parameters
    ----------
    table
        Columns touchpoint, other, correlation.
    order
        Touchpoints from top to bottom and from left to right.
    phases
        Phase of each touchpoint; a line sets phases apart.
    points
        Size of a tile in points (1/72 inch).
    """
    ax = axes(ax)
    ax.set_axis_off()
    places = {name: k for k, name in enumerate(order)}
    found = [(*sorted((places[str(one)], places[str(other)])), float(r)) for one, other, r in
             zip(table.touchpoint, table.other, table.correlation, strict=True)]  # fmt: skip
    pairs = np.array(found, dtype=float)
    level = np.searchsorted(LEVELS, np.abs(pairs[:, 2]), side="right")
    for sign, colour in ((1, palette.YES), (-1, palette.NO)):
        for k, alpha in enumerate(STRENGTH):
            mine = pairs[(level == k) & (np.sign(pairs[:, 2]) == sign)] if alpha else pairs[:0]
            ax.scatter(mine[:, 0], mine[:, 1], s=(0.9 * points) ** 2, marker="s", color=colour,
                       alpha=alpha, linewidth=0, zorder=2)  # fmt: skip
    bare = pairs[level == 0]
    ax.scatter(bare[:, 0], bare[:, 1], s=3, marker="s", color=palette.GRID, linewidth=0, zorder=1)
    strong = pairs[pairs[:, 2] >= limit]
    ax.scatter(strong[:, 0], strong[:, 1], s=(0.88 * points) ** 2, marker="s", facecolor="none",
               edgecolor=palette.INK, linewidth=1.2, zorder=3)  # fmt: skip
    for x, y, r in pairs[np.abs(pairs[:, 2]) >= WRITTEN]:
        dark = abs(r) >= LEVELS[-1]
        ax.text(x, y, words.number(r), fontsize=5.2, ha="center", va="center", zorder=4,
                color=palette.PAPER if dark else palette.INK)  # fmt: skip
    size = len(order)
    for k in range(1, size):
        if phases[order[k]] != phases[order[k - 1]]:
            ax.plot([-0.5, k - 0.5], [k - 0.5, k - 0.5], color=palette.MUTED, linewidth=0.6)
            ax.plot([k - 0.5, k - 0.5], [k - 0.5, size - 0.5], color=palette.MUTED, linewidth=0.6)
    ax.set_xlim(-0.5, size - 0.5)
    ax.set_ylim(size - 0.5, -0.5)
    return ax
