"""The figure on the journey: its touchpoints by phase, who meets them and what it is like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.journey import journey_bands, journey_reach, journey_verdicts
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import (
    SHOWN,
    brief,
    labels_of,
    name_rows,
    panel_title,
    verdict_of,
)
from supertouch.report.sections.journey import by_phase
from supertouch.report.sections.naming import named
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["journey_plan"]

ROW, HEAD = 0.235, 1.25
NAMES, MARKS, REACH, GAP = 2.75, 0.35, 2.6, 0.35
VALUES = tuple(
    f"{name}{end}"
    for name in ("reach", "disappointed", "delighted")
    for end in ("", "_low", "_high")
)


def journey_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan the journey of a wave; None where nothing was measured."""
    rows = [
        {
            "touchpoint": item.id,
            "phase": phase,
            "verdict": verdict_of(evidence, wave, item.id),
            **{name: row[name] for name in VALUES},
        }
        for phase, items in by_phase(evidence, wave)
        for item in items
        if (row := evidence.row("performance", wave.id, item.id)) is not None
    ]
    if not rows:
        return None
    words = evidence.words
    shown = _most_important(evidence, wave, [str(row["touchpoint"]) for row in rows])
    table = pd.DataFrame([row for row in rows if row["touchpoint"] in shown])
    table = table.astype(dict.fromkeys(VALUES, float))
    asked = [evidence.contact_asked(str(name), wave.id) for name in table.touchpoint]
    table.loc[[not known for known in asked], ["reach", "reach_low", "reach_high"]] = None
    supers = [row for row in rows if row["verdict"] == "super"]
    leaders = (
        words.say("figure.supers", names=named(evidence, supers))
        if supers
        else words.say("figure.no_supers")
    )
    about = {"wave": evidence.label(wave)}
    notes = [words.say("journey.note", level=evidence.confidence())]
    if len(table) < len(rows):
        notes.append(words.say("figure.cut", shown=len(table), all=len(rows)))
    base = evidence.base(wave.id, *notes)
    phases = words.series(words.say(f"phase.{phase}") for phase in table.phase.unique())
    picture = Picture(
        f"journey_{wave.id}",
        words.say("journey.figure", **about),
        words.say("journey.alt", phases=phases, leaders=leaders),
        base,
    )
    title = words.say("journey.title", **brief(about))
    return Plan(picture, lambda: _figure(evidence, wave, table, title, base))


def _most_important(evidence: Evidence, wave: Wave, names: list[str]) -> set[str]:
    """Return which touchpoints a page has room for: those of the largest shares."""
    shares: dict[str, float] = dict.fromkeys(names, -1.0)
    for outcome in evidence.driven(wave.id):
        for name in names:
            row = evidence.row("importance", wave.id, outcome.id, name, "experience", "lmg")
            if row is not None and row["share"] is not None:
                shares[name] = max(shares[name], float(row["share"]))
    return set(sorted(names, key=lambda name: -shares[name])[:SHOWN])


def _figure(evidence: Evidence, wave: Wave, table: pd.DataFrame, title: str, base: str) -> Figure:
    places: dict[str, float] = {}
    heads: dict[str, float] = {}
    at = 0.0
    for phase, part in table.groupby("phase", sort=False):
        heads[str(phase)] = at
        for name in part.touchpoint:
            at += 1
            places[str(name)] = at
        at += HEAD
    rows = ROW * (max(places.values()) + 1.2)
    proxy = bool(evidence.proxies(wave.id))
    figure, bottom, _ = page(
        evidence, rows, title, base, verdicts=list(table.verdict), proxy=proxy, extra=0.75
    )
    words = evidence.words
    left = NAMES + MARKS
    wide = WIDTH - left - REACH - 2 * GAP
    bottom += 0.3
    marks = place(figure, NAMES, bottom, MARKS, rows)
    journey_verdicts(table, rows=places, ax=marks)
    reach = place(figure, left, bottom, REACH, rows)
    journey_reach(table, rows=places, words=words, ax=reach)
    panel_title(reach, words.say("journey.reach"), inches=REACH)
    bands = place(figure, left + REACH + GAP, bottom, wide, rows)
    journey_bands(table, rows=places, words=words, ax=bands)
    panel_title(bands, words.say("journey.bands"), inches=wide)
    supers = set(table.touchpoint[table.verdict == "super"])
    for ax in (marks, reach, bands):
        ax.set_ylim(max(places.values()) + 0.6, -0.6)
    _phases(evidence, (marks, reach, bands), heads)
    _names(marks, places, labels_of(evidence, table), supers)
    return figure


def _phases(evidence: Evidence, panels: tuple[Axes, ...], heads: dict[str, float]) -> None:
    """Write the name of each phase above its touchpoints, with a line across all panels."""
    for phase, at in heads.items():
        name = evidence.words.say(f"phase.{phase}")
        text = f"{name[:1].upper()}{name[1:]}"
        panels[0].annotate(text, (0, at + 0.05), (-182, 0), textcoords="offset points",
                           xycoords=("axes fraction", "data"), fontsize=9, weight="bold",
                           color=palette.INK, va="center", annotation_clip=False)  # fmt: skip
        for ax in panels[1:]:
            ax.axhline(at + 0.45, color=palette.MUTED, linewidth=0.6, zorder=1)


def _names(ax: Axes, places: dict[str, float], labels: dict[str, str], supers: set[str]) -> None:
    """Write the names of touchpoints where they stand."""
    order = list(places)
    name_rows(ax, order, labels, bold=supers, inset=2.0, places=list(places.values()))
