"""Estimates from wave to wave, each line named at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import LABEL, SMALL, axes, frame, ticks
from supertouch.report.labels import fitted, spread, text_width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["trend"]


def trend(
    table: pd.DataFrame,
    *,
    waves: Sequence[str],
    wave_labels: Sequence[str],
    labels: Mapping[str, str],
    words: Language,
    ax: Axes | None = None,
    value: str = "share",
    fair: Sequence[float] = (),
    limits: tuple[float, float] | None = None,
    told: Callable[[float], float] | None = None,
) -> Axes:
    """Draw an estimate of a few touchpoints over the waves, named at the end of each line.

    Parameters
    ----------
    table
        Columns wave, touchpoint, ``value``, ``value``_low and ``value``_high.
    waves, wave_labels
        Waves from old to new and what to call them.
    value
        What is drawn; shares are written in percent.
    fair
        Fair share in each wave: 1 over the touchpoints in that wave's model.
    limits
        Ends of the vertical axis; by default from 0 to the largest.
    told
        What to write at the axis for a value, such as a grade turned back.
    """
    ax = axes(ax)
    frame(ax, horizontal=True)
    names = list(dict.fromkeys(table.touchpoint))
    shift = np.linspace(-0.07, 0.07, len(names)) if len(names) > 1 else np.zeros(1)
    ends, colours = [], []
    for k, name in enumerate(names):
        rows = table[table.touchpoint == name].set_index("wave").reindex(waves)
        x = np.arange(len(waves)) + shift[k]
        colour = palette.SERIES[k % len(palette.SERIES)]
        ax.plot(x, rows[value], color=colour, marker="os^Dv<>P"[k % 8], markersize=5, zorder=3)
        ax.vlines(x, rows[f"{value}_low"], rows[f"{value}_high"], color=colour, alpha=0.55,
                  linewidth=1.4)  # fmt: skip
        ends.append(float(rows[value].dropna().iloc[-1]))
        colours.append(colour)
    ax.set_xlim(-0.25, len(waves) - 0.85)
    ax.set_ylim(*(limits or (0, float(table[f"{value}_high"].max()) * 1.08)))
    if fair:
        _fair_shares(ax, fair, words)
    _line_names(ax, np.array(ends), [labels[name] for name in names], colours)
    _wave_ticks(ax, wave_labels)
    ticks(ax.yaxis, words, percent=value == "share", told=told)
    return ax


def _fair_shares(ax: Axes, fair: Sequence[float], words: Language) -> None:
    look: dict[str, Any] = {"color": palette.MUTED, "linestyle": (0, (4, 3)), "linewidth": 1}
    low, high = min(fair), max(fair)
    if high - low < 1e-9:
        ax.axhline(low, zorder=1, **look)
        text = words.say("figure.fair", fair=words.percent(low, 1))
    else:
        x = np.arange(len(fair))
        ax.hlines(fair, x - 0.16, x + 0.16, zorder=1, **look)
        text = words.say("figure.fair", fair=words.percent_interval(low, high, 1))
    ax.annotate(text, (-0.22, fair[0]), (0, -2), textcoords="offset points", fontsize=SMALL,
                color=palette.MUTED, va="top")  # fmt: skip


def _wave_ticks(ax: Axes, names: Sequence[str]) -> None:
    figure = ax.get_figure(root=True)
    inches = figure.get_size_inches()[0] if figure is not None else 8.0
    room = 72 * ax.get_position().width * inches / len(names) - 6
    widest = max(text_width(name, size=LABEL) for name in names)
    if widest <= room:
        ax.set_xticks(range(len(names)), names)
        return
    upright = [wrapped(name, points=room, size=SMALL) for name in names]
    if not any("…" in name for name in upright):
        ax.set_xticks(range(len(names)), upright, fontsize=SMALL)
        return
    short = [wrapped(name, points=66, size=SMALL, most=2) for name in names]
    ax.set_xticks(range(len(names)), short, rotation=35, ha="right", rotation_mode="anchor",
                  fontsize=SMALL, linespacing=0.95)  # fmt: skip


def _line_names(ax: Axes, ends: np.ndarray, names: Sequence[str], colours: Sequence[str]) -> None:
    low, high = ax.get_ylim()
    box = ax.get_position()
    figure = ax.get_figure(root=True)
    inches = box.height * (figure.get_size_inches()[1] if figure is not None else 4.0)
    height = 0.17 / inches * (high - low)
    places = spread(ends, height=height, low=low, high=high)
    right = ax.get_xlim()[1]
    for name, end, place, colour in zip(names, ends, places, colours, strict=True):
        ax.plot([right - 0.06, right], [end, place], color=colour, linewidth=0.7, clip_on=False)
        short = fitted(name, points=120, size=LABEL)
        ax.text(right + 0.02, place, short, fontsize=LABEL, color=palette.INK, va="center",
                clip_on=False)  # fmt: skip
