"""The figures on verdicts: every criterion of a wave, and super-touchpoints over the waves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.matrix import verdict_matrix
from supertouch.report.charts.trend import trend
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import (
    SHOWN,
    base_of,
    brief,
    experience,
    labels_of,
    panel_title,
)
from supertouch.report.sections.cards import verdict_text
from supertouch.report.sections.verdicts import (
    CRITERIA,
    criteria_label,
    criterion_met,
    verdict_order,
)
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["trend_plan", "verdict_plan"]

LINES = 7


def verdict_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan the verdicts with their criteria; None where a wave has none."""
    records = sorted(evidence.rows("supertouchpoints", wave.id), key=verdict_order)
    if not records:
        return None
    words = evidence.words
    criteria = [name for _, names in CRITERIA for name in names]
    table = pd.DataFrame(
        [
            {**row, **{name: criterion_met(evidence, row, name) for name in criteria}}
            for row in records[:SHOWN]
        ]
    )
    names = [evidence.item_label(row["touchpoint"]) for row in records if row["verdict"] == "super"]
    leaders = (
        words.say("figure.supers", names=words.series(names))
        if names
        else words.say("figure.no_supers")
    )
    notes = [words.say("figure.marks"), words.say("explain.probability")]
    if len(records) > SHOWN:
        notes.append(words.say("figure.cut", shown=SHOWN, all=len(records)))
    base = " · ".join((base_of(evidence, wave, evidence.driven(wave.id)), *notes))
    about = {"wave": evidence.label(wave)}
    picture = Picture(
        f"verdicts_{wave.id}",
        words.say("figure.verdicts_caption", **about),
        words.say("figure.verdicts_alt", leaders=leaders),
        base,
    )
    verdicts = {str(row["touchpoint"]): verdict_text(evidence, row) for row in records}
    title = words.say("figure.verdicts_title", **brief(about))
    groups = {group: criteria_label(evidence, group, wave.id) for group, _ in CRITERIA}
    return Plan(
        picture,
        lambda: _verdict_figure(evidence, table, criteria, verdicts, groups, title, base),
    )


def _verdict_figure(
    evidence: Evidence,
    table: pd.DataFrame,
    criteria: Sequence[str],
    verdicts: dict[str, str],
    groups: dict[str, str],
    title: str,
    base: str,
) -> Figure:
    rows = 0.25 * len(table)
    figure, bottom, _ = page(evidence, rows, title, base, extra=1.9)
    bottom += 0.4
    wide = WIDTH - 1.1
    ax = place(figure, 0.2, bottom, wide, rows)
    sizes = [len(names) for _, names in CRITERIA]
    verdict_matrix(
        table,
        criteria=criteria,
        labels=labels_of(evidence, table),
        verdicts=verdicts,
        words=evidence.words,
        edges=[sum(sizes[:k]) for k in range(len(sizes))],
        ax=ax,
    )
    start = 0
    height = float(figure.get_size_inches()[1])
    low, high = ax.get_xlim()
    for group, names in CRITERIA:
        middle = (start + start + len(names) - 1) / 2
        x = 0.2 + wide * (middle - low) / (high - low)
        figure.text(x / WIDTH, (bottom - 0.14) / height, groups[group],
                    ha="center", va="center", fontsize=7.5, color=palette.MUTED)  # fmt: skip
        start += len(names)
    return figure


def trend_plan(evidence: Evidence) -> Plan | None:
    """Plan the shares of super-touchpoints over the waves; None where there is no course."""
    if len(evidence.waves) < 2:
        return None
    words = evidence.words
    newest = reversed(evidence.waves)
    supers = dict.fromkeys(
        str(row["touchpoint"])
        for wave in newest
        for row in sorted(evidence.rows("supertouchpoints", wave.id), key=verdict_order)
        if row["verdict"] == "super"
    )
    keys = list(supers)[:LINES]
    panels: dict[str, list[dict[str, Any]]] = {}
    for wave in evidence.waves:
        for outcome in evidence.driven(wave.id):
            rows = [row for row in experience(evidence, wave, outcome) if row["touchpoint"] in keys]
            if rows:
                panels.setdefault(outcome.id, []).extend(rows)
    frames = {
        name: pd.DataFrame(rows)
        for name, rows in panels.items()
        if len({row["wave"] for row in rows}) > 1
    }
    if not frames:
        return None
    names = words.series(evidence.item_label(name) for name in keys)
    base = words.say("figure.trend_base", level=evidence.confidence(), sizes=_sizes(evidence))
    if len(supers) > LINES:
        base = f"{base} · {words.say('figure.cut', shown=LINES, all=len(supers))}"
    picture = Picture(
        "trend",
        words.say("figure.trend_caption"),
        words.say("figure.trend_alt", leaders=f"{names}."),
        base,
    )
    title = words.say("figure.trend_title")
    return Plan(picture, lambda: _trend_figure(evidence, frames, title, base))


def _sizes(evidence: Evidence) -> str:
    words = evidence.words
    texts = []
    for wave in evidence.waves:
        row = evidence.row("sample", wave.id) or {}
        texts.append(
            words.say(
                "figure.trend_size",
                wave=evidence.label(wave),
                n=words.integer(row.get("n_accepted")),
                n_eff=words.integer(row.get("n_eff")),
                weighting=evidence.weighting(wave.id),
            )
        )
    return "; ".join(texts)


def _trend_figure(
    evidence: Evidence, frames: dict[str, pd.DataFrame], title: str, base: str
) -> Figure:
    figure, bottom, _ = page(evidence, 3.2, title, base, extra=0.95)
    slot = (WIDTH - 0.2) / max(len(frames), 2)
    for k, (outcome, frame) in enumerate(frames.items()):
        waves = [wave for wave in evidence.waves if wave.id in set(frame.wave)]
        ax = place(figure, 0.65 + k * slot, bottom + 0.7, slot - 2.55, 3.2)
        trend(
            frame,
            waves=[wave.id for wave in waves],
            wave_labels=[evidence.label(wave) for wave in waves],
            labels=labels_of(evidence, frame),
            words=evidence.words,
            ax=ax,
            fair=[float(frame.fair_share[frame.wave == wave.id].iloc[0]) for wave in waves],
        )
        label = evidence.outcome_label(evidence.study.outcome(outcome))
        panel_title(ax, label, inches=slot - 1)
    return figure
