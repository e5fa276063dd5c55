"""The figures, each a thin function from a table to axes: one message, direct labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.callouts import callouts
from supertouch.report.charts.canvas import LABEL, SMALL, axes, frame, points, ticks
from supertouch.report.labels import fitted, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["intervals", "numbered", "reach_impact"]

WIDTH = 34


def reach_impact(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    words: Language,
    outcome: str,
    ax: Axes | None = None,
    number: bool | None = None,
) -> Axes:
    """Draw reach across and the effect of experience upwards, a point per touchpoint.

    Parameters
    ----------
    table
        Columns touchpoint, reach, effect, verdict.
    labels
        Label of each touchpoint.
    words
        The language to write in.
    outcome
        Label of the outcome.
    number
        Number the points instead of naming them; by default only where names find no room.
    """
    ax = axes(ax)
    frame(ax)
    for verdict, rows in table.groupby("verdict", sort=False):
        points(ax, rows.reach, rows.effect, str(verdict))
    ax.axhline(0, color=palette.MUTED, linewidth=0.8, zorder=1)
    _limits(ax, table)
    ticks(ax.xaxis, words, percent=True, highest=1.0)
    ticks(ax.yaxis, words)
    ax.set_xlabel(words.say("figure.reach_axis"))
    ax.set_ylabel(
        words.say("figure.effect_axis", outcome=fitted(outcome, points=150, size=LABEL + 0.5))
    )
    if number is None:
        number = not _named(ax, table, [shortened(labels[key], WIDTH) for key in table.touchpoint])
    if number:
        _named(ax, table, [str(k + 1) for k in range(len(table))], force=True)
    return ax


def numbered(ax: Axes) -> bool:
    """Tell whether ``reach_impact`` numbered its points, so that a key is needed."""
    return bool(ax.texts) and all(text.get_text().isdigit() for text in ax.texts)


def _limits(ax: Axes, table: pd.DataFrame) -> None:
    highest = max(float(table.effect.max()), 0.0)
    lowest = min(float(table.effect.min()), 0.0)
    room = max(highest - lowest, 1e-6)
    ax.set_ylim(lowest - 0.11 * room, highest + 0.1 * room)
    left, right = float(table.reach.min()), float(table.reach.max())
    ax.set_xlim(max(-0.02, left - 0.08), min(1.02, right + 0.08))


def _named(ax: Axes, table: pd.DataFrame, names: Sequence[str], *, force: bool = False) -> bool:
    order = np.argsort((table.verdict != "super").to_numpy(), kind="stable")
    low, high = ax.get_xlim()
    zero = ax.transData.transform([(low, 0.0), (high, 0.0)])
    axis = np.array([[zero[0, 0], zero[0, 1] - 0.5, zero[1, 0], zero[1, 1] + 0.5]])
    return callouts(
        ax,
        table[["reach", "effect"]].to_numpy(float)[order],
        [names[k] for k in order],
        bold=[bool(table.verdict.iloc[k] == "super") for k in order],
        lines=axis,
        force=force,
    )


def intervals(
    table: pd.DataFrame,
    *,
    value: str,
    order: Sequence[str],
    words: Language,
    ax: Axes | None = None,
    fair: float | None = None,
) -> Axes:
    """Draw a dot and its interval per touchpoint, the first of ``order`` on top.

    Parameters
    ----------
    table
        Columns touchpoint, verdict and ``value`` with ``_low`` and ``_high``.
    value
        ``share`` or ``rank``.
    order
        Touchpoints from top to bottom.
    fair
        Fair share to draw as a line.
    """
    ax = axes(ax)
    frame(ax, horizontal=False)
    rows = table.set_index("touchpoint").reindex(list(order))
    y = np.arange(len(rows))
    if fair is not None:
        ax.axvline(fair, color=palette.MUTED, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
        text = words.say("figure.fair", fair=words.percent(fair, 1))
        ax.annotate(text, (fair, -0.8), (3, 0), textcoords="offset points", fontsize=SMALL,
                    color=palette.MUTED, va="bottom")  # fmt: skip
    colours = [palette.VERDICTS.get(str(verdict), palette.MUTED) for verdict in rows.verdict]
    ax.hlines(y, rows[f"{value}_low"], rows[f"{value}_high"], color=colours, linewidth=2, zorder=2)
    for verdict, part in rows.assign(y=y).groupby("verdict", sort=False):
        points(ax, part[value], part.y, str(verdict))
    _value_labels(ax, rows, value, words)
    ax.set_ylim(len(rows) - 0.4, -1.5 if fair is not None else -0.7)
    ax.yaxis.set_visible(False)
    if value == "share":
        ticks(ax.xaxis, words, percent=True)
        ax.set_xlabel(words.say("figure.share_axis"))
    else:
        ax.xaxis.set_major_formatter(lambda at, _: words.integer(at))
        ax.set_xlabel(words.say("figure.rank_axis"))
        ax.set_xlim(0, float(rows[f"{value}_high"].max()) * 1.12 + 0.5)
        ax.set_xticks([1, *_round_steps(float(rows[f"{value}_high"].max()))])
    return ax


def _round_steps(highest: float) -> list[int]:
    step = next((step for step in (1, 2, 5, 10, 20) if highest / step <= 8), 50)
    return [at for at in range(step, int(highest) + 1, step) if at > 1]


def _value_labels(ax: Axes, rows: pd.DataFrame, value: str, words: Language) -> None:
    room = float(np.nanmax(rows[f"{value}_high"])) or 1.0
    if value == "share":
        ax.set_xlim(0, room * 1.17)
    right = 1.165 * room if value == "share" else 1.12 * room + 0.5
    for place, number in enumerate(rows[value]):
        if np.isfinite(number):
            text = words.percent(number, 1) if value == "share" else words.integer(number)
            ax.text(right, place, text, fontsize=SMALL, color=palette.MUTED, va="center",
                    ha="right")  # fmt: skip
