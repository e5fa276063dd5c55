"""The figure on budgets: from no money to all measures, what the best choice brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.canvas import SMALL, ticks
from supertouch.report.charts.frontier import bought_bars, gain_stair
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import SHOWN, brief, name_rows, panel_title
from supertouch.report.sections.budgets import frontier, loyalty_unit, measure_label
from supertouch.report.sections.units import PER
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["budget_plan"]

LEFT, ROW, HIGH = 2.75, 0.25, 1.9
VALUES = ("value", "loyalty", "nps")
BEYOND = 1.06


def budget_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan the frontier of budgets; None where there are fewer than two."""
    rows = [row for row in frontier(evidence, wave) if row["value"] is not None]
    if len(rows) < 2 or not any(row["cost"] for row in rows):
        return None
    words = evidence.words
    about = {"wave": evidence.label(wave)}
    numbers = [
        "budget",
        "cost",
        *(f"{name}{end}" for name in VALUES for end in ("", "_low", "_high")),
    ]
    table = pd.DataFrame(rows).astype(dict.fromkeys(numbers, float))
    shown = [name for name in VALUES if table[name].notna().any()]
    unit = loyalty_unit(evidence, wave.id)
    table[[f"loyalty{end}" for end in ("", "_low", "_high")]] *= PER[unit]
    told = {"loyalty": "loyalty_share" if unit == "share" else "loyalty"}
    titles = {name: words.say(f"budget.panel_{told.get(name, name)}") for name in shown}
    last = rows[-1]
    leaders = words.count("budget.alt_all", int(last["n_measures"]),
                          cost=words.integer(last["cost"]))  # fmt: skip
    sizes = "; ".join(dict.fromkeys(
        words.say("mix.size", n=words.integer(row["n"]), n_eff=words.integer(row["n_eff"]))
        for row in evidence.rows("whatif", wave.id)
    )) or evidence.base(wave.id)  # fmt: skip
    note = words.say("budget.note", level=evidence.confidence(),
                     goal=words.say(f"goal.{last['goal']}"))  # fmt: skip
    base = " · ".join((sizes, evidence.weighting(wave.id), note))
    picture = Picture(f"budget_{wave.id}", words.say("budget.figure_caption", **about),
                      words.say("budget.figure_alt", leaders=leaders), base)  # fmt: skip
    title = words.say("budget.figure_title", **brief(about))
    return Plan(picture, lambda: _figure(evidence, table, titles, title, base))


def _figure(
    evidence: Evidence, table: pd.DataFrame, shown: dict[str, str], title: str, base: str
) -> Figure:
    words = evidence.words
    first = {name: k for k, row in reversed(list(enumerate(table.measures)))
             for name in str(row).split()}  # fmt: skip
    measures = sorted(first, key=lambda name: first[name])[:SHOWN]
    chosen = table.budget[table.chosen.astype(bool)]
    budget = float(chosen.iloc[0]) if len(chosen) else None
    end = BEYOND * float(table[["budget", "cost"]].max().max())
    low = ROW * len(measures) + 0.1
    high = HIGH + (HIGH + 0.5) * (len(shown) - 1)
    figure, bottom, _ = page(evidence, low + high, title, base, extra=1.6)
    wide = WIDTH - LEFT - 0.3
    ax = place(figure, LEFT, bottom + 0.5, wide, low)
    bought_bars(table, measures=measures, end=end, budget=budget, ax=ax)
    ticks(ax.xaxis, words)
    ax.set_xlabel(words.say("budget.axis"))
    panel_title(ax, words.say("budget.panel_bought"), inches=wide)
    name_rows(ax, measures, {name: measure_label(evidence, name) for name in measures})
    for k, name in enumerate(reversed(list(shown))):
        at = bottom + low + 1.05 + k * (HIGH + 0.5)
        panel = place(figure, LEFT, at, wide, HIGH)
        gain_stair(table, value=name, end=end, budget=budget, words=words, ax=panel)
        panel_title(panel, shown[name], inches=wide)
    if budget is not None:
        text = words.say("budget.mark", budget=words.integer(budget))
        right = budget > 0.7 * end
        panel.annotate(text, (budget, 0), (-4 if right else 4, 4),
                       xycoords=("data", "axes fraction"), textcoords="offset points",
                       fontsize=SMALL, color=palette.INK, ha="right" if right else "left",
                       va="bottom")  # fmt: skip
    return figure
