"""The figure on the portfolio: importance against performance, coloured by decision."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.priorities import SHAPES, priorities
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import KEYED, WIDTH, Plan, key, page, place
from supertouch.report.figures.parts import base_of, brief, labels_of
from supertouch.report.sampled import partly_sampled
from supertouch.report.sections.naming import named
from supertouch.report.sections.portfolio import DECISIONS, decided
from supertouch.report.sections.scales import best_text
from supertouch.study.model import Scale, Wave

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["priorities_plan"]

NAMED = (30, 24, 18, 12, 6, 0)
TOLD = ("concentrate", "recombine", "drop")
LEGEND = 0.52
VALUES = tuple(
    f"{name}{end}" for name in ("satisfaction", "importance") for end in ("", "_low", "_high")
)


def priorities_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan the importance-performance map; None where no touchpoint has both."""
    every = [row for row in decided(evidence, wave)
             if None not in (row["satisfaction"], row["importance"])]  # fmt: skip
    if not every:
        return None
    words = evidence.words
    scales = Counter(evidence.study.touchpoint(str(row["touchpoint"])).scale for row in every)
    scale = max(scales, key=lambda name: scales[name])
    every = [row for row in every
             if evidence.study.touchpoint(str(row["touchpoint"])).scale == scale]  # fmt: skip
    spoken = [row for row in every if row["decision"] in TOLD or row["quick_win"]] or every
    rows = [*spoken, *(row for row in every if row not in spoken)]
    table = pd.DataFrame(
        [
            {
                **{name: row[name] for name in ("touchpoint", "decision", "asymmetry")},
                "quick": bool(row["quick_win"]),
                **{
                    f"{name}{end}": row[f"{name}{end}"]
                    for name in ("satisfaction", "importance")
                    for end in ("", "_low", "_high")
                },
            }
            for row in rows
        ]
    ).astype(dict.fromkeys(VALUES, float))
    leading = [row for row in rows if row["decision"] == "concentrate"] or rows
    fair = _fair(evidence, wave, len(every))
    notes = [words.say("priorities.note", fair=words.percent(fair, 1),
                       level=evidence.confidence())]  # fmt: skip
    if len(spoken) < len(rows):
        notes.append(words.count("priorities.unnamed", len(rows) - len(spoken)))
    left = len(evidence.rows("portfolio", wave.id)) - len(rows)
    if left:
        notes.append(words.count("priorities.left", left))
    drawn = partly_sampled(evidence, wave.id)
    base = " · ".join((base_of(evidence, wave, evidence.driven(wave.id), drawn), *notes))
    about = {"wave": evidence.label(wave)}
    picture = Picture(
        f"priorities_{wave.id}",
        words.say("priorities.caption", **about),
        words.say("priorities.alt", n=words.integer(len(rows)), leaders=named(evidence, leading)),
        base,
    )
    title = words.say("priorities.title", **brief(about))
    chosen = evidence.study.scales.get(scale)
    return Plan(picture, lambda: _figure(evidence, table, len(spoken), chosen, fair, title, base))


def _fair(evidence: Evidence, wave: Wave, number: int) -> float:
    shares = [float(row["fair_share"]) for row in evidence.rows("supertouchpoints", wave.id)
              if row["fair_share"] is not None]  # fmt: skip
    return sum(shares) / len(shares) if shares else 1 / number


def _figure(
    evidence: Evidence,
    table: pd.DataFrame,
    spoken: int,
    scale: Scale | None,
    fair: float,
    title: str,
    base: str,
) -> Figure:
    labels = labels_of(evidence, table)
    told = scale.turned if scale is not None and scale.reversed else None
    every = [spoken] if spoken <= NAMED[0] else []
    fewer = NAMED if spoken <= KEYED else NAMED[-3:]
    for most in (*every, *(most for most in fewer if most < spoken)):
        rest = list(table.touchpoint[most:spoken])
        height = 7.6 if len(rest) <= KEYED else 9.6
        figure, bottom, top = page(evidence, height, title, base)
        _legend(figure, evidence, table, top)
        top += LEGEND + 0.2
        bottom += 0.55
        columns = -(-len(rest) // KEYED)
        wide = WIDTH - 1.1 - (2.45 * columns if columns > 1 else 3.2 * columns)
        ax = place(figure, 0.8, bottom, wide, height - bottom - top)
        _heads(ax, evidence, scale)
        fits = priorities(table, labels=labels, words=evidence.words, fair=fair, most=most,
                          spoken=spoken, ax=ax, told=told, force=most == 0)  # fmt: skip
        if rest and fits:
            key(figure, [labels[str(name)] for name in rest], 0.8 + wide + 0.25, bottom, top)
        if fits:
            break
    return figure


def _heads(ax: Axes, evidence: Evidence, scale: Scale | None) -> None:
    """Name axes and quarters, the quarters outside the frame where no point lies."""
    words = evidence.words
    best = best_text(evidence, scale) if scale is not None else words.say("scale.best")
    ax.set_xlabel(words.say("priorities.across", best=best))
    ax.set_ylabel(words.say("priorities.upwards"))
    for name, x, y, align in (
        ("weak_important", 0, 5, "left"),
        ("good_important", 1, 5, "right"),
        ("weak_other", 0, -30, "left"),
        ("good_other", 1, -30, "right"),
    ):
        ax.annotate(words.say(f"priorities.{name}"), (x, 1 if y > 0 else 0), (0, y),
                    xycoords="axes fraction", textcoords="offset points", fontsize=7.5,
                    color=palette.MUTED, ha=align, va="bottom" if y > 0 else "top",
                    annotation_clip=False)  # fmt: skip


def _legend(figure: Figure, evidence: Evidence, table: pd.DataFrame, top: float) -> None:
    from matplotlib.lines import Line2D

    words = evidence.words
    height = float(figure.get_size_inches()[1])
    shapes = [
        Line2D([], [], linestyle="", marker=marker, markersize=6.5, markerfacecolor=palette.MUTED,
               markeredgecolor=palette.MUTED, label=words.say(f"priorities.shape_{name or 'open'}"))
        for name, marker in SHAPES.items()
        if name in set(table.asymmetry)
    ]  # fmt: skip
    if table.quick.any():
        shapes.append(Line2D([], [], linestyle="", marker="o", markersize=9, markerfacecolor="none",
                             markeredgecolor=palette.INK, label=words.say("quick.2")))  # fmt: skip
    colours = [
        Line2D([], [], linestyle="", marker="s", markersize=7,
               markerfacecolor=palette.DECISIONS[name] if name != "undecided" else "none",
               markeredgecolor=palette.DECISIONS[name], label=words.say(f"decision.{name}"))
        for name in DECISIONS
        if name in set(table.decision)
    ]  # fmt: skip
    for k, handles in enumerate((colours, shapes)):
        figure.legend(handles=handles, loc="upper left", ncols=len(handles), frameon=False,
                      bbox_to_anchor=(0.1 / WIDTH, 1 - (top - 0.06 + 0.24 * k) / height),
                      fontsize=8, labelcolor=palette.INK, handletextpad=0.2, columnspacing=1.4,
                      borderaxespad=0.0)  # fmt: skip
