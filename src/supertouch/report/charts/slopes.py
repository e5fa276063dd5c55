"""Ranks in two waves: a line per touchpoint, named with its rank and interval at both ends."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import LABEL, SMALL, axes
from supertouch.report.labels import fitted, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["slopes"]

NAME = 5.0
PLAIN = palette.MUTED
MOVED: dict[str, Any] = {"linewidth": 2.2, "markersize": 4.5, "alpha": 1.0, "zorder": 3}
STEADY: dict[str, Any] = {"linewidth": 0.9, "markersize": 2.8, "alpha": 0.55, "zorder": 2}


def slopes(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    words: Language,
    ends: tuple[str, str],
    room: float,
    ax: Axes | None = None,
) -> Axes:
    """Draw a line from the rank before to the rank after for each touchpoint.

    Parameters
    ----------
    table
        Columns touchpoint, before, before_low, before_high, after, after_low, after_high and
        moved (True where the change is significant).
    ends
        Labels of the two waves.
    room
        Points (1/72 inch) beside the axes on either side for rank, interval and name.
    """
    ax = axes(ax)
    ax.set_axis_off()
    rows = table.assign(
        left=table.before.rank(method="first"), right=table.after.rank(method="first")
    )
    records = rows.sort_values("moved").to_dict("records")
    for row in records:
        moved = bool(row["moved"])
        colour = (palette.YES if row["after"] < row["before"] else palette.NO) if moved else PLAIN
        ax.plot([0, 1], [row["left"], row["right"]], color=colour, marker="o", clip_on=False,
                **(MOVED if moved else STEADY))  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(len(rows) + 0.6, 0.4)
    for side, name, place in ((0, "before", "left"), (1, "after", "right")):
        ax.annotate(fitted(ends[side], points=room + 40, size=LABEL, bold=True), (side, 1),
                    (-NAME if side == 0 else NAME, 6), xycoords=("data", "axes fraction"),
                    textcoords="offset points", fontsize=LABEL, weight="bold", va="bottom",
                    ha="right" if side == 0 else "left", color=palette.INK,
                    annotation_clip=False)  # fmt: skip
        for row in records:
            _name(ax, row, name, side=side, at=row[place], label=labels[str(row["touchpoint"])],
                  words=words, room=room)  # fmt: skip
    return ax


def _name(
    ax: Axes,
    row: Mapping[Hashable, Any],
    name: str,
    *,
    side: int,
    at: float,
    label: str,
    words: Language,
    room: float,
) -> None:
    """Write rank, interval and name beside one end of a line, the rank next to the line."""
    rank = words.number(row[name], 0)
    low, high = (words.number(row[f"{name}_{end}"], 0) for end in ("low", "high"))
    ends = f"{low}–{high}" if low != high else low
    inner = f"{rank} ({ends})"
    bold = bool(row["moved"])
    width = text_width(inner, size=SMALL)
    short = fitted(label, points=room - width - 3 * NAME, size=LABEL - 0.5, bold=bold)
    sign = -1 if side == 0 else 1
    align = "right" if side == 0 else "left"
    ax.annotate(inner, (side, at), (sign * NAME, 0), textcoords="offset points", fontsize=SMALL,
                color=palette.MUTED, ha=align, va="center", annotation_clip=False)  # fmt: skip
    ax.annotate(short, (side, at), (sign * (2 * NAME + width), 0), textcoords="offset points",
                fontsize=LABEL - 0.5, weight="bold" if bold else "normal", color=palette.INK,
                ha=align, va="center", annotation_clip=False)  # fmt: skip
