"""The way from one mean to the next: a bar per part, each beginning where the last one ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import SMALL, axes, frame, ticks
from supertouch.report.sections.steps import Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "waterfall"]

COLOURS = {
    "experience": palette.VERDICTS["super"],
    "reach": palette.VERDICTS["recommendation_builder"],
    "effect": palette.VERDICTS["loyalty_builder"],
    "rest": palette.VERDICTS["none"],
    "traded": palette.VERDICTS["none"],
}
HIGH = 0.62
PALE = 0.4
BEYOND = 0.6


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
    whiskers = _whiskers(steps, edges, ends)
    left, right = _limits(ax, edges, whiskers, last)
    for k, step in enumerate(steps):
        low, high = sorted((edges[k], edges[k + 1]))
        strong = 1.0 if step.sure else PALE
        ax.barh(k + 1, high - low, left=low, height=HIGH, color=COLOURS[step.kind], alpha=strong,
                zorder=2)  # fmt: skip
        ax.vlines(edges[k + 1], k + 1 - HIGH / 2, k + 2 - (0.0 if k + 2 == last else HIGH / 2),
                  color=palette.MUTED, linewidth=0.8, zorder=1)  # fmt: skip
    ax.vlines(start, 0, 1 - HIGH / 2, color=palette.MUTED, linewidth=0.8, zorder=1)
    for at, low, high in whiskers:
        _whisker(ax, at, (low, high), (left, right), width=1.6 if at in (0, last) else 1.1)
    for at, level in ((0, edges[0]), (last, edges[-1])):
        ax.plot([level], [at], marker="D", markersize=6.5, color=palette.INK, zorder=4)
    _values(ax, steps, words)
    ticks(ax.xaxis, words, told=told, highest=right)
    return ax


def _whiskers(
    steps: Sequence[Step],
    edges: NDArray[np.float64],
    ends: Sequence[tuple[float | None, float | None]],
) -> list[tuple[int, float, float]]:
    """Return row, lower and upper end of every interval that is known."""
    known = [(0, 0.0, *ends[0]), (len(steps) + 1, 0.0, *ends[1])]
    known += [(k + 1, float(edges[k]), step.low, step.high) for k, step in enumerate(steps)]
    return [
        (row, at + float(low), at + float(high))
        for row, at, low, high in known
        if low is not None and high is not None
    ]


def _limits(
    ax: Axes, edges: NDArray[np.float64], whiskers: Sequence[tuple[int, float, float]], last: int
) -> tuple[float, float]:
    """Set limits that follow the bars; what goes far beyond them is cut. Returns where."""
    low, high = float(edges.min()), float(edges.max())
    beyond = BEYOND * max(high - low, 1e-6)
    left = max(low - beyond, min([low, *(whisker[1] for whisker in whiskers)]))
    right = min(high + beyond, max([high, *(whisker[2] for whisker in whiskers)]))
    room = right - left
    ax.set_xlim(left - 0.04 * room, right + 0.27 * room)
    ax.set_ylim(last + 0.6, -0.6)
    ax.yaxis.set_visible(False)
    return left - 0.02 * room, right + 0.02 * room


def _whisker(
    ax: Axes, at: int, interval: tuple[float, float], seen: tuple[float, float], *, width: float
) -> None:
    """Draw an interval as a line, with an arrow where it goes on beyond what is seen."""
    low, high = max(interval[0], seen[0]), min(interval[1], seen[1])
    ax.hlines(at, low, high, color=palette.INK, linewidth=width, zorder=4)
    for end, cut, marker in ((low, low > interval[0], "<"), (high, high < interval[1], ">")):
        if cut:
            ax.plot([end], [at], marker=marker, markersize=4.5, color=palette.INK, zorder=4)


def _values(ax: Axes, steps: Sequence[Step], words: Language) -> None:
    """Write each step's size at the right edge of the panel."""
    for k, step in enumerate(steps):
        ax.annotate(words.number(step.change, 3, signed=True), (1, k + 1), (-2, 0),
                    xycoords=("axes fraction", "data"), textcoords="offset points",
                    fontsize=SMALL, color=palette.INK, ha="right", va="center")  # fmt: skip
