"""The figures on the mix: the reach of the best sets beside the funnel, and overlap."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.mix import LEVELS, funnel_bars, overlap_tiles, reach_curves
from supertouch.report.evidence import Evidence, Record
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import SHOWN, brief, name_rows, panel_title
from supertouch.report.sampled import weighted_sample
from supertouch.report.sections.mix import CRITERIA, METHODS, funnel_rows, set_rows
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["mix_plan", "overlap_plan"]

LEFT = 2.95
TILE = 0.235
NAMED = 3


def mix_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan the reach of the best sets and the funnel; None where there is neither."""
    sets = [row for criterion in CRITERIA for method in METHODS
            for row in set_rows(evidence, wave, criterion, method)
            if row["reach"] is not None]  # fmt: skip
    funnel = [row for row in funnel_rows(evidence, wave) if row["met"] is not None]
    if not sets and not funnel:
        return None
    words = evidence.words
    about = {"wave": evidence.label(wave)}
    leaders = []
    if sets:
        last = set_rows(evidence, wave, str(sets[0]["criterion"]), str(sets[0]["method"]))[-1]
        leaders.append(words.say("mix.alt_sets", n=words.integer(last["size"]),
                                 reach=words.percent(last["reach"])))  # fmt: skip
    leaders += [words.say("mix.alt_phase", phase=words.say(f"phase.{row['phase']}"),
                          met=words.percent(row["met"]), through=words.percent(row["through"]))
                for row in funnel]  # fmt: skip
    sizes = [
        words.say(f"mix.size_{name}", size=_size(evidence, rows[0]))
        for name, rows in (("sets", sets), ("funnel", funnel))
        if rows
    ]
    note = words.say("mix.note", level=evidence.confidence())
    base = " · ".join((*sizes, weighted_sample(evidence, wave.id), note))
    picture = Picture(f"mix_{wave.id}", words.say("mix.figure_caption", **about),
                      words.say("mix.figure_alt", leaders=" ".join(leaders)), base)  # fmt: skip
    title = words.say("mix.figure_title", **brief(about))
    return Plan(picture, lambda: _mix_figure(evidence, sets, funnel, title, base))


def _size(evidence: Evidence, row: Record) -> str:
    words = evidence.words
    return words.say("mix.size", n=words.integer(row["n"]), n_eff=words.integer(row["n_eff"]))


def _mix_figure(
    evidence: Evidence, sets: list[Record], funnel: list[Record], title: str, base: str
) -> Figure:
    words = evidence.words
    figure, bottom, _ = page(evidence, 3.3, title, base, extra=0.85)
    left = 0.75
    if sets:
        wide = 4.2
        ax = place(figure, left, bottom + 0.55, wide, 3.3)
        numbers = ("reach", "reach_low", "reach_high")
        reach_curves(pd.DataFrame(sets).astype(dict.fromkeys(numbers, float)), words=words, ax=ax)
        panel_title(ax, words.say("mix.panel_sets"), inches=wide)
        left += wide + 2.85
    if funnel:
        wide = WIDTH - left - 0.3 if sets else 5.5
        ax = place(figure, left + (0.0 if sets else 0.4), bottom + 0.55, wide, 3.3)
        ends = ("", "_low", "_high")
        shares = [f"{name}{end}" for name in ("met", "through") for end in ends]
        table = pd.DataFrame(funnel).astype(dict.fromkeys(shares, float))
        funnel_bars(table, words=words, ax=ax)
        panel_title(ax, words.say("mix.panel_funnel"), inches=wide)
    return figure


def overlap_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan the tiles of overlap; None where there is none, or where tiles would be too many."""
    rows = [row for row in evidence.rows("overlap", wave.id) if row["correlation"] is not None]
    known = {str(row[name]) for row in rows for name in ("touchpoint", "other")}
    order = [item.id for item in evidence.touchpoints(wave.id) if item.id in known]
    if len(order) < 3 or len(order) > SHOWN:
        return None
    words = evidence.words
    about = {"wave": evidence.label(wave)}
    first = sorted(rows, key=lambda row: -float(row["correlation"]))[:NAMED]
    leaders = words.series(
        words.say("pairs.pair", one=evidence.item_label(str(row["touchpoint"])),
                  other=evidence.item_label(str(row["other"])),
                  effect=words.number(row["correlation"]))
        for row in first
    )  # fmt: skip
    limit = evidence.study.portfolio.overlap
    base = " · ".join((_size(evidence, rows[0]), weighted_sample(evidence, wave.id),
                       words.say("overlap.note", limit=words.number(limit))))  # fmt: skip
    picture = Picture(f"overlap_{wave.id}", words.say("overlap.caption", **about),
                      words.say("overlap.alt", leaders=leaders), base)  # fmt: skip
    title = words.say("overlap.title", **brief(about))
    return Plan(picture, lambda: _overlap_figure(evidence, rows, order, limit, title, base))


def _overlap_figure(
    evidence: Evidence, rows: list[Record], order: list[str], limit: float, title: str, base: str
) -> Figure:
    words = evidence.words
    high = TILE * len(order)
    figure, bottom, _ = page(evidence, high, title, base, extra=0.55)
    ax = place(figure, LEFT, bottom + 0.35, high, high)
    phases = {name: evidence.study.touchpoint(name).phase for name in order}
    overlap_tiles(pd.DataFrame(rows), order=order, phases=phases, words=words, limit=limit,
                  points=72 * TILE, ax=ax)  # fmt: skip
    name_rows(ax, order, {name: evidence.item_label(name) for name in order}, inset=18.0)
    for k in range(len(order)):
        for x, y, align in ((k, len(order) - 0.4, "top"), (-0.95, k, "center_baseline")):
            ax.text(x, y, f"{k + 1}", fontsize=6.5, color=palette.MUTED, ha="center", va=align)
    _scale(figure, evidence, high, bottom + 0.35 + high)
    return figure


def _scale(figure: Figure, evidence: Evidence, high: float, top: float) -> None:
    """Explain the tiles in the free corner above the diagonal."""
    from matplotlib.lines import Line2D

    words = evidence.words
    look: dict[str, Any] = {"linestyle": "", "marker": "s", "markersize": 9, "markeredgewidth": 0}
    ends = [words.number(at, 1) for at in LEVELS]
    texts = [
        *(words.say("overlap.from", low=low, high=up)
          for low, up in pairwise(ends)),
        words.say("overlap.at_least", low=ends[-1]),
    ]  # fmt: skip
    strengths = (0.14, 0.3, 0.48, 0.7, 1.0)
    handles = [Line2D([], [], color=palette.YES, alpha=alpha, label=text, **look)
               for alpha, text in zip(strengths, texts, strict=True)]  # fmt: skip
    handles.append(Line2D([], [], color=palette.NO, alpha=0.48, label=words.say("overlap.apart"),
                          **look))  # fmt: skip
    height = float(figure.get_size_inches()[1])
    left = LEFT + min(high * 0.62, WIDTH - LEFT - 3.2)
    figure.legend(handles=handles, loc="upper left", frameon=False, fontsize=8,
                  title=words.say("overlap.key"), title_fontsize=8,
                  bbox_to_anchor=(left / WIDTH, top / height), borderaxespad=0.0,
                  labelcolor=palette.INK, alignment="left")  # fmt: skip
