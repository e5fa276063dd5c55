"""The figure on critical incidents: how often complained of, and how much it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.callouts import callouts, crosses
from supertouch.report.charts.canvas import frame, ticks
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import brief, labels_of
from supertouch.report.labels import shortened
from supertouch.report.sections.incidents import incident_rows, negatives
from supertouch.report.sections.naming import named
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["incident_plan"]

NAMED = (24, 16, 10, 6, 3)
FIRST = 3
LONG = 34
LEAST = 2


def incident_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan frequency against relevance; None where fewer than two touchpoints have both."""
    rows = [row for row in incident_rows(evidence, wave)
            if row["n_negative"]
            and None not in (row["frequency"], row["relevance"], row["critical"])]  # fmt: skip
    if len(rows) < LEAST:
        return None
    words = evidence.words
    about = {"wave": evidence.label(wave)}
    every = words.integer(sum(int(row["n"]) for row in evidence.rows("incidents", wave.id)))
    negative = words.integer(sum(int(row["n_negative"])
                                 for row in evidence.rows("incidents", wave.id)))  # fmt: skip
    base = " · ".join(
        (
            words.say("incidents.size", n=every, negative=negative),
            evidence.base(wave.id),
            words.say("incidents.note", level=evidence.confidence(), **negatives(evidence, wave)),
        )
    )
    picture = Picture(
        f"incidents_{wave.id}",
        words.say("incidents.figure_caption", **about),
        words.say("incidents.figure_alt", leaders=named(evidence, rows[:FIRST])),
        base,
    )
    title = words.say("incidents.figure_title", **brief(about))
    names = ("frequency", "frequency_low", "frequency_high", "relevance", "critical")
    table = pd.DataFrame(rows).astype(dict.fromkeys(names, float))
    return Plan(picture, lambda: _figure(evidence, table, title, base))


def _figure(evidence: Evidence, table: pd.DataFrame, title: str, base: str) -> Figure:
    words = evidence.words
    figure, bottom, top = page(evidence, 6.4, title, base)
    ax = place(figure, 0.85, bottom + 0.5, WIDTH - 1.15, 6.4 - bottom - top - 0.6)
    frame(ax)
    low = table.frequency_low.fillna(table.frequency).to_numpy()
    high = table.frequency_high.fillna(table.frequency).to_numpy()
    right, highest = float(high.max()), float(table.relevance.max())
    ax.set_xlim(-0.03 * right, 1.05 * right)
    ax.set_ylim(min(float(table.relevance.min()), 0.0) - 0.04 * highest, 1.1 * highest + 1e-3)
    ax.hlines(table.relevance, low, high, color=palette.NO, alpha=0.4, linewidth=0.9, zorder=2)
    ax.scatter(table.frequency, table.relevance, s=20 + 420 * table.critical, color=palette.NO,
               alpha=0.75, edgecolor=palette.PAPER, linewidth=0.6, zorder=3)  # fmt: skip
    ticks(ax.xaxis, words, percent=True, highest=1.0)
    ticks(ax.yaxis, words, percent=True)
    ax.set_xlabel(words.say("incidents.frequency_axis"))
    ax.set_ylabel(words.say("incidents.relevance_axis"))
    _names(ax, table, low, high, labels_of(evidence, table))
    return figure


def _names(
    ax: Axes, table: pd.DataFrame, low: np.ndarray, high: np.ndarray, labels: dict[str, str]
) -> None:
    """Name as many as find room, the most critical first; the others are in the table."""
    points = table[["frequency", "relevance"]].to_numpy()
    y = points[:, 1]
    lines = crosses(ax, points, np.column_stack([low, y]), np.column_stack([high, y]))
    every = [shortened(labels[str(name)], LONG) for name in table.touchpoint]
    first = [len(every)] if len(every) <= NAMED[0] else []
    for most in (*first, *(most for most in NAMED if most < max(len(every), NAMED[-1] + 1))):
        bold = [k < FIRST for k in range(len(every[:most]))]
        if callouts(ax, points[:most], every[:most], bold=bold, lines=lines, others=points[most:],
                    force=most == NAMED[-1]):  # fmt: skip
            return
