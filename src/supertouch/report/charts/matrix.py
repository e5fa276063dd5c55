"""The super-touchpoint table as a picture: every verdict with every criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.charts.canvas import LABEL, SMALL, axes, points
from supertouch.report.labels import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["verdict_matrix"]

NAMES = -13.5
VERDICT = -7.5


def verdict_matrix(
    table: pd.DataFrame,
    *,
    criteria: Sequence[str],
    labels: Mapping[str, str],
    verdicts: Mapping[str, str],
    words: Language,
    edges: Sequence[int] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw the super-touchpoint table as a picture, a row per touchpoint in the table's order.

    Parameters
    ----------
    table
        Columns touchpoint, verdict, probability and one boolean column per criterion.
    criteria
        Names of the criterion columns, in order.
    labels, verdicts
        Label and verdict in words of each touchpoint.
    edges
        Criteria before which a line sets groups apart.
    """
    ax = axes(ax)
    ax.set_axis_off()
    rows = len(table)
    ax.set_ylim(rows - 0.4, -0.6)
    ax.set_xlim(NAMES - 0.1, len(criteria) - 0.4)
    figure = ax.get_figure(root=True)
    inches = figure.get_size_inches()[0] if figure is not None else 8.0
    unit = 72 * ax.get_position().width * inches / (len(criteria) - 0.3 - NAMES)
    for place, row in enumerate(table.itertuples()):
        bold = str(row.verdict) == "super"
        look: dict[str, Any] = {
            "weight": "bold" if bold else "normal",
            "color": palette.INK,
            "va": "center",
        }
        if place % 2 == 0:
            ax.axhspan(place - 0.5, place + 0.5, color=palette.GRID, alpha=0.35, linewidth=0)
        key = str(row.touchpoint)
        label = fitted(labels[key], points=5.7 * unit, size=LABEL, bold=bold)
        ax.text(NAMES, place, label, fontsize=LABEL, **look)
        verdict = fitted(verdicts[key], points=5.0 * unit, size=SMALL, bold=bold)
        ax.text(VERDICT + 0.35, place, verdict, fontsize=SMALL, **look)
        chance = words.chance(row.probability)
        ax.text(-0.8, place, chance, fontsize=LABEL, ha="right", **look)
    for verdict_name, part in table.assign(place=np.arange(float(rows))).groupby("verdict"):
        points(ax, pd.Series(VERDICT, index=part.index), part.place, str(verdict_name))
    _marks(ax, table, criteria)
    head: dict[str, Any] = {"fontsize": LABEL, "color": palette.INK, "va": "bottom"}
    ax.text(-0.8, -0.75, words.say("column.probability"), ha="right", **head)
    ax.text(NAMES, -0.75, words.say("column.touchpoint"), **head)
    ax.text(VERDICT - 0.2, -0.75, words.say("column.verdict"), **head)
    for edge in edges:
        ax.axvline(edge - 0.5, color=palette.MUTED, linewidth=0.7)
    for k, name in enumerate(criteria):
        ax.text(k + 0.08, -0.75, words.say(f"criterion.{name}"), rotation=52,
                rotation_mode="anchor", ha="left", **head)  # fmt: skip
    return ax


def _marks(ax: Axes, table: pd.DataFrame, criteria: Sequence[str]) -> None:
    values = table[list(criteria)].astype("boolean").to_numpy(dtype=float, na_value=np.nan)
    for found, marker, colour, filled in (
        (values == 1, "o", palette.YES, True),
        (values == 0, "x", palette.NO, True),
        (np.isnan(values), "o", palette.MUTED, False),
    ):
        y, x = np.nonzero(found)
        if marker == "x":
            ax.scatter(x, y, s=34, marker=marker, color=colour, linewidth=1.8, zorder=3)
        else:
            face = colour if filled else "none"
            size = 40 if filled else 22
            ax.scatter(x, y, s=size, marker=marker, facecolor=face, edgecolor=colour, zorder=3)
