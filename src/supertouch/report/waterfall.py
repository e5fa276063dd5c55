"""The way from one mean to the next: a bar per part, each beginning where the last one ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.canvas import SMALL, axes, frame, ticks
from supertouch.report.explained import Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "waterfall"]

COLOURS = {
    "experience": palette.VERDICTS["super"],
    "reach": palette.VERDICTS["recommendation_builder"],
    "effect": palette.VERDICTS["loyalty_builder"],
    "others": palette.VERDICTS["too_few"],
    "rest": palette.VERDICTS["none"],
}
HIGH = 0.62
PALE = 0.4


def waterfall(
    steps: Sequence[Step],
    *,
    start: float,
    ends: Sequence[tuple[float | None, float | None]],
    words: Language,
    ax: Axes | None = None,
    told: Callable[[float], float] | None = None,
) -> Axes:
    """Draw the level before, a bar per step, and the level after, from top to bottom.

    Parameters
    ----------
    steps
        What adds up to the change, in the order to draw; pale where it is not significant.
    start
        The level before; the level after is ``start`` and all steps.
    ends
        Intervals of the levels before and after, drawn as whiskers where they are known.
    told
        What to write for a level, such as a grade turned back.
    """
    ax = axes(ax)
    frame(ax, horizontal=False)
    edges = start + np.concatenate([[0.0], np.cumsum([step.change for step in steps])])
    last = len(steps) + 1
    reach = [*edges]
    for k, step in enumerate(steps):
        low, high = sorted((edges[k], edges[k + 1]))
        pale = PALE if step.sure is False else 1.0
        ax.barh(k + 1, high - low, left=low, height=HIGH, color=COLOURS[step.kind], alpha=pale,
                zorder=2)  # fmt: skip
        if step.low is not None and step.high is not None:
            whisker = [edges[k] + float(step.low), edges[k] + float(step.high)]
            ax.hlines(k + 1, *whisker, color=palette.INK, linewidth=1.1, zorder=4)
            reach += whisker
        ax.vlines(edges[k + 1], k + 1 - HIGH / 2, k + 2 - (0.0 if k + 2 == last else HIGH / 2),
                  color=palette.MUTED, linewidth=0.8, zorder=1)  # fmt: skip
    ax.vlines(start, 0, 1 - HIGH / 2, color=palette.MUTED, linewidth=0.8, zorder=1)
    for at, level, (low, high) in ((0, edges[0], ends[0]), (last, edges[-1], ends[1])):
        if low is not None and high is not None:
            ax.hlines(at, low, high, color=palette.INK, linewidth=1.6, zorder=3)
            reach += [float(low), float(high)]
        ax.plot([level], [at], marker="D", markersize=6.5, color=palette.INK, zorder=4)
    _limits(ax, reach, last)
    _values(ax, steps, words)
    ticks(ax.xaxis, words, told=told)
    return ax


def _limits(ax: Axes, reach: Sequence[float], last: int) -> None:
    low, high = min(reach), max(reach)
    room = max(high - low, 1e-6)
    ax.set_xlim(low - 0.05 * room, high + 0.27 * room)
    ax.set_ylim(last + 0.6, -0.6)
    ax.yaxis.set_visible(False)


def _values(ax: Axes, steps: Sequence[Step], words: Language) -> None:
    """Write each step's size at the right edge of the panel."""
    for k, step in enumerate(steps):
        ax.annotate(words.number(step.change, 3, signed=True), (1, k + 1), (-2, 0),
                    xycoords=("axes fraction", "data"), textcoords="offset points",
                    fontsize=SMALL, color=palette.INK, ha="right", va="center")  # fmt: skip
