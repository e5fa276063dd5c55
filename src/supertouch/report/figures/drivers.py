"""The figures on drivers: reach against effect, shares and ranks with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from supertouch.report.blocks import Picture
from supertouch.report.charts.drivers import intervals, numbered, reach_impact
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import KEYED, WIDTH, Plan, key, page, place
from supertouch.report.figures.parts import (
    SHOWN,
    base_of,
    brief,
    experience,
    labels_of,
    leading,
    name_rows,
    panel_title,
    verdict_of,
)
from supertouch.study.model import Outcome, Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["interval_plan", "reach_plan"]


def reach_plan(evidence: Evidence, wave: Wave, outcome: Outcome) -> Plan | None:
    """Plan reach against effect; None where no touchpoint has both."""
    rows = []
    for row in experience(evidence, wave, outcome):
        performance = evidence.row("performance", wave.id, row["touchpoint"])
        asked = evidence.contact_asked(row["touchpoint"], wave.id)
        both = performance is not None and None not in (performance["reach"], row["effect"])
        if asked and performance is not None and both:
            rows.append(
                {
                    "touchpoint": row["touchpoint"],
                    "reach": float(performance["reach"]),
                    "effect": float(row["effect"]),
                    "verdict": verdict_of(evidence, wave, row["touchpoint"]),
                }
            )
    if not rows:
        return None
    table = pd.DataFrame(rows)
    words = evidence.words
    label = evidence.outcome_label(outcome)
    about = {"outcome": label, "wave": evidence.label(wave)}
    leaders = leading(
        evidence, outcome, table.sort_values("effect", ascending=False), value="effect"
    )
    base = base_of(evidence, wave, [outcome])
    left_out = len(experience(evidence, wave, outcome)) - len(table)
    if left_out:
        base = f"{base} · {words.count('figure.no_reach', left_out)}"
    picture = Picture(
        f"reach_impact_{wave.id}_{outcome.id}",
        words.say("figure.reach_impact_caption", **about),
        words.say("figure.reach_impact_alt", n=len(table), leaders=leaders, outcome=label),
        base,
    )
    title = words.say("figure.reach_impact_title", **brief(about))
    proxy = bool(evidence.proxies(wave.id))
    short = evidence.label(outcome)
    if outcome.proxy:
        short = words.say("with_proxy", text=short)
    return Plan(picture, lambda: _reach_figure(evidence, table, short, title, base, proxy))


def _reach_figure(
    evidence: Evidence,
    table: pd.DataFrame,
    outcome: str,
    title: str,
    base: str,
    proxy: bool,
) -> Figure:
    labels = labels_of(evidence, table)
    height = 7.4 if len(table) <= KEYED else 9.4
    for number in (None, True):
        figure, bottom, top = page(
            evidence, height, title, base, verdicts=list(table.verdict), proxy=proxy
        )
        wide = WIDTH - 1.1
        columns = -(-len(table) // KEYED)
        if number:
            wide -= 2.45 * columns if columns > 1 else 3.4
        ax = place(figure, 0.8, bottom + 0.5, wide, height - bottom - top - 0.55)
        reach_impact(
            table,
            labels=labels,
            words=evidence.words,
            outcome=outcome,
            ax=ax,
            number=number,
        )
        if number:
            key(figure, [labels[name] for name in table.touchpoint], 0.8 + wide + 0.25, bottom, top)
        if number or not numbered(ax):
            break
    return figure


def interval_plan(evidence: Evidence, wave: Wave, value: str) -> Plan | None:
    """Plan shares or ranks (``value``) with intervals; None where no model is admitted."""
    outcomes = [item for item in evidence.driven(wave.id) if experience(evidence, wave, item)]
    outcomes = outcomes or [
        item for item in evidence.outcomes(wave.id) if experience(evidence, wave, item)
    ]
    outcomes = outcomes[:2]
    if not outcomes:
        return None
    words = evidence.words
    frames = [pd.DataFrame(experience(evidence, wave, item)) for item in outcomes]
    order = list(frames[0].sort_values("rank").touchpoint)
    about = {"wave": evidence.label(wave)}
    name = "importance" if value == "share" else "ranks"
    leaders = " ".join(
        leading(evidence, outcome, frame.sort_values("rank"), value=value)
        for outcome, frame in zip(outcomes, frames, strict=True)
    )
    notes = [words.say("figure.interval", level=evidence.confidence())]
    if len(order) > SHOWN:
        notes.append(words.say("figure.cut", shown=SHOWN, all=len(order)))
    base = " · ".join((base_of(evidence, wave, outcomes), *notes))
    picture = Picture(
        f"{name}_{wave.id}",
        words.say(f"figure.{name}_caption", **about),
        words.say(f"figure.{name}_alt", leaders=leaders),
        base,
    )
    title = words.say(f"figure.{name}_title", **brief(about))
    for frame in frames:
        frame["verdict"] = [verdict_of(evidence, wave, name) for name in frame.touchpoint]
    titles = [evidence.outcome_label(item) for item in outcomes]
    proxy = bool(evidence.proxies(wave.id))
    return Plan(
        picture,
        lambda: _interval_figure(
            evidence, frames, titles, order[:SHOWN], value, title, base, proxy
        ),
    )


def _interval_figure(
    evidence: Evidence,
    frames: Sequence[pd.DataFrame],
    titles: Sequence[str],
    order: Sequence[str],
    value: str,
    title: str,
    base: str,
    proxy: bool,
) -> Figure:
    rows = 0.235 * len(order) + 0.4
    seen = [str(verdict) for frame in frames for verdict in frame.verdict]
    figure, bottom, _ = page(evidence, rows, title, base, verdicts=seen, proxy=proxy, extra=0.85)
    left, gap = 2.75, 0.35
    wide = (WIDTH - left - 0.2 - gap * (len(frames) - 1)) / (
        len(frames) if len(frames) > 1 else 1.35
    )
    labels = labels_of(evidence, frames[0])
    for k, (frame, text) in enumerate(zip(frames, titles, strict=True)):
        ax = place(figure, left + k * (wide + gap), bottom + 0.5, wide, rows)
        fair = float(frame.fair_share.iloc[0]) if value == "share" else None
        intervals(frame, value=value, order=order, words=evidence.words, ax=ax, fair=fair)
        panel_title(ax, text, inches=wide)
        if k == 0:
            name_rows(ax, order, labels, bold=set(frame.touchpoint[frame.verdict == "super"]))
    return figure
