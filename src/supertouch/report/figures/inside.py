"""The figure on the inside view: importance and performance against the customers' view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.gap import INSIDE, KINDS, OUTSIDE, dumbbells
from supertouch.report.evidence import Evidence, Record
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import SHOWN, brief, labels_of, name_rows, panel_title
from supertouch.report.sections.inside import gap_rows
from supertouch.report.sections.naming import named
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["gap_plan"]

LEFT, ROW, GAP = 2.75, 0.25, 0.45
SIDES = ("inside", "outside", "gap_low", "gap_high", "p_adjusted")
MEASURES = ("importance", "performance")


def gap_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan inside against outside; None where no touchpoint has both sides."""
    rows = [row for row in gap_rows(evidence, wave)
            if any(None not in (row[f"{name}_inside"], row[f"{name}_outside"])
                   for name in MEASURES)]  # fmt: skip
    if not rows:
        return None
    words = evidence.words
    about = {"wave": evidence.label(wave)}
    leaders = [
        words.count(f"inside.{kind}", len(found), names=named(evidence, found))
        for kind in KINDS
        if (found := [row for row in rows if row["kind"] == kind])
    ]
    notes = [words.say("inside.note", level=evidence.confidence())]
    if len(rows) > SHOWN:
        notes.append(words.say("figure.cut", shown=SHOWN, all=len(rows)))
    base = " · ".join((_size(evidence, rows), evidence.weighting(wave.id), *notes))
    told = " ".join(leaders) or words.say("inside.alt_none")
    picture = Picture(f"gap_{wave.id}", words.say("inside.figure_caption", **about),
                      words.say("inside.figure_alt", leaders=told), base)  # fmt: skip
    title = words.say("inside.figure_title", **brief(about))
    return Plan(picture, lambda: _figure(evidence, rows[:SHOWN], title, base))


def _size(evidence: Evidence, rows: list[Record]) -> str:
    words = evidence.words
    numbers = [int(row["n"]) for row in rows]
    low, high = words.integer(min(numbers)), words.integer(max(numbers))
    n = low if low == high else words.say("format.range", low=low, high=high)
    auditors = words.integer(max(int(row["n_auditors"]) for row in rows))
    return words.say("inside.size", auditors=auditors, n=n)


def _figure(evidence: Evidence, rows: list[Record], title: str, base: str) -> Figure:
    words = evidence.words
    columns = [f"{name}_{side}" for name in MEASURES for side in SIDES]
    table = pd.DataFrame([{**row, "touchpoint": str(row["touchpoint"])} for row in rows])
    table = table.astype(dict.fromkeys(columns, float))
    high = ROW * len(table) + 0.15
    figure, bottom, top = page(evidence, high, title, base, extra=1.05)
    _key(figure, evidence, top)
    both = {name: table[f"{name}_inside"] - table[f"{name}_outside"] for name in MEASURES}
    shown = [name for name, gap in both.items() if bool(gap.notna().any())]
    wide = (WIDTH - LEFT - 0.25 - GAP) / 2
    order = list(table.touchpoint)
    alpha = evidence.study.rule.alpha
    for k, name in enumerate(shown):
        ax = place(figure, LEFT + k * (wide + GAP), bottom + 0.4, wide, high)
        ends = (words.say(f"inside.{name}_least"), words.say(f"inside.{name}_most"))
        dumbbells(table, value=name, ends=ends, alpha=alpha, ax=ax)
        panel_title(ax, words.say(f"inside.measure_{name}"), inches=wide)
        if k == 0:
            bold = set(table.touchpoint[table.kind.isin(KINDS)])
            name_rows(ax, order, labels_of(evidence, table), bold=bold)
    return figure


def _key(figure: Figure, evidence: Evidence, top: float) -> None:
    from matplotlib.lines import Line2D

    words = evidence.words
    height = float(figure.get_size_inches()[1])
    handles = [
        *(Line2D([], [], linestyle="", label=words.say(f"inside.key_{name}"), **look)
          for name, look in (("inside", INSIDE), ("outside", OUTSIDE))),
        Line2D([], [], color=INSIDE["color"], linewidth=1.1,
               label=words.say("inside.key_interval")),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="upper left", ncols=3, frameon=False, fontsize=8,
                  bbox_to_anchor=(0.1 / WIDTH, 1 - (top - 0.06) / height), borderaxespad=0.0,
                  labelcolor=palette.INK, handletextpad=0.5, columnspacing=1.4)  # fmt: skip
