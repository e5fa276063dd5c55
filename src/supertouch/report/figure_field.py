"""The figures of a wave in the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.evidence import Evidence
from supertouch.report.field import day_text, field_groups, question_text, quota_text
from supertouch.report.field_charts import (
    base_tiles,
    days_bars,
    dropout_curve,
    quota_bars,
    total_line,
)
from supertouch.report.figure_parts import SHOWN, brief, name_rows, panel_title
from supertouch.report.labels import fitted
from supertouch.report.layout import WIDTH, Plan, page, place
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["field_plans"]

LEFT = 2.75
NAMED = 5
GROUPS = 12


def field_plans(evidence: Evidence) -> list[Plan]:
    """Return the figures of every wave in the field that the tables allow."""
    found = [
        plan(evidence, wave)
        for wave in evidence.waves
        for plan in (_days_plan, _quotas_plan, _bases_plan, _dropout_plan)
    ]
    return [plan for plan in found if plan is not None]


def _picture(evidence: Evidence, wave: Wave, name: str, leaders: str, base: str) -> Picture:
    words = evidence.words
    about = {"wave": evidence.label(wave)}
    return Picture(
        f"field_{name}_{wave.id}",
        words.say(f"figure.field_{name}_title", **about),
        words.say(f"figure.field_{name}_alt", leaders=leaders, **about),
        base,
    )


def _title(evidence: Evidence, wave: Wave, name: str) -> str:
    about = brief({"wave": evidence.label(wave)})
    return evidence.words.say(f"figure.field_{name}_title", **about)


def _page(
    evidence: Evidence, height: float, title: str, base: str, *, extra: float
) -> tuple[Figure, float, float]:
    return page(evidence, height, title, base, extra=extra, footer="figure.footer_plain")


def _days_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    words = evidence.words
    rows = [row for row in evidence.rows("field_days", wave.id) if row["day"]]
    if len(rows) < 2:
        return None
    table = pd.DataFrame(rows)
    leaders = words.say("figure.field_days_lead", n=words.integer(rows[-1]["total"]),
                        day=day_text(evidence, str(rows[-1]["day"])))  # fmt: skip
    base = words.say("field.days_base")
    picture = _picture(evidence, wave, "days", leaders, base)
    return Plan(picture, lambda: _days_figure(evidence, wave, table, base))


def _days_figure(evidence: Evidence, wave: Wave, table: pd.DataFrame, base: str) -> Figure:
    words = evidence.words
    figure, bottom, _ = _page(evidence, 2.6, _title(evidence, wave, "days"), base, extra=0.8)
    days = [words.day(str(day), short=True) for day in table.day]
    slot = (WIDTH - 0.3) / 2
    wide = slot - 0.75
    heads = ("figure.field_per_day", "figure.field_by_day")
    for k, head in enumerate(heads):
        ax = place(figure, 0.7 + k * slot, bottom + 0.4, wide, 2.6)
        if k == 0:
            days_bars(table, days=days, words=words, ax=ax)
        else:
            total_line(table, days=days, words=words, ax=ax,
                       wanted=evidence.study.fieldwork.target)  # fmt: skip
        panel_title(ax, words.say(head), inches=wide)
    return figure


def _quotas_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    words = evidence.words
    rows = evidence.every("field_quotas", wave.id)
    if not rows:
        return None
    shown = rows[:SHOWN]
    full = sum(row["missing"] <= 0 for row in rows)
    leaders = words.say("figure.field_quotas_lead", full=words.integer(full),
                        all=words.integer(len(rows)))  # fmt: skip
    base = words.say("field.quotas_base")
    picture = _picture(evidence, wave, "quotas", leaders, base)

    def draw() -> Figure:
        high = 0.26 * len(shown) + 0.15
        title = _title(evidence, wave, "quotas")
        figure, bottom, _ = _page(evidence, high, title, base, extra=0.6)
        ax = place(figure, LEFT, bottom + 0.4, WIDTH - LEFT - 0.25, high)
        quota_bars(pd.DataFrame(shown), words=words, ax=ax)
        names = {}
        for k, row in enumerate(shown):
            label, segment = quota_text(evidence, row)
            names[str(k)] = f"{segment}: {label}" if segment else label
        name_rows(ax, list(names), names)
        return figure

    return Plan(picture, draw)


def _bases_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    words = evidence.words
    rows = evidence.every("field_bases", wave.id)
    if not rows:
        return None
    every = field_groups(evidence, wave)
    groups = every[:GROUPS]
    order = list(dict.fromkeys(str(row["touchpoint"]) for row in rows))[:SHOWN]
    table = pd.DataFrame(
        [
            {**row, "row": order.index(row["touchpoint"]),
             "column": groups.index((row["segment"], row["segment_value"]))}
            for row in rows
            if row["touchpoint"] in order and (row["segment"], row["segment_value"]) in groups
        ]
    )  # fmt: skip
    short = [row for row in rows if not row["segment"] and not row["enough"]]
    names = [words.say("quote", text=evidence.item_label(str(row["touchpoint"])))
             for row in short[:NAMED]]  # fmt: skip
    leaders = words.series(names) or words.say("figure.field_bases_none")
    base = words.say("field.bases_base", level=evidence.confidence(),
                     precision=words.number(rows[0]["precision"]))  # fmt: skip
    base = f"{base} · {words.say('figure.field_bases_key')}"
    if len(every) > len(groups):
        base = f"{base} · {words.say('figure.field_cut', shown=len(groups), all=len(every))}"
    picture = _picture(evidence, wave, "bases", leaders, base)
    return Plan(picture, lambda: _bases_figure(evidence, wave, table, order, groups, base))


def _bases_figure(
    evidence: Evidence,
    wave: Wave,
    table: pd.DataFrame,
    order: list[str],
    groups: list[tuple[str, str]],
    base: str,
) -> Figure:
    words = evidence.words
    high = 0.25 * len(order)
    figure, bottom, _ = _page(evidence, high, _title(evidence, wave, "bases"), base, extra=0.45)
    wide = min(WIDTH - LEFT - 0.2, 1.3 * len(groups))
    ax = place(figure, LEFT, bottom + 0.1, wide, high)
    points = 72 * wide / len(groups) - 6
    names = [
        fitted(evidence.value_label(*group) if group[0] else words.say("group.total"),
               points=points, size=8.0)
        for group in groups
    ]  # fmt: skip
    base_tiles(table, columns=names, words=words, ax=ax)
    name_rows(ax, order, {name: evidence.item_label(name) for name in order})
    return figure


def _dropout_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    words = evidence.words
    rows = evidence.rows("field_dropout", wave.id)
    if len(rows) < 2:
        return None
    table = pd.DataFrame(rows)
    broken = [(k, row) for k, row in enumerate(rows[:-1]) if row["n_last"]]
    broken = sorted(broken, key=lambda found: -int(found[1]["n_last"]))[:NAMED]
    names = [(k, question_text(evidence, row)) for k, row in broken]
    leaders = words.series(words.say("quote", text=label) for _, label in names)
    base = words.say("field.dropout_base")
    picture = _picture(evidence, wave, "dropout", leaders or "–", base)

    def draw() -> Figure:
        title = _title(evidence, wave, "dropout")
        figure, bottom, _ = _page(evidence, 2.8, title, base, extra=0.8)
        ax = place(figure, 0.7, bottom + 0.55, 6.6, 2.8)
        dropout_curve(table, names=names, words=words, ax=ax)
        ax.set_xlabel(words.say("figure.field_dropout_axis"))
        panel_title(ax, words.say("figure.field_dropout_panel"), inches=6.6)
        _breaks(evidence, figure, [row for _, row in broken], bottom)
        return figure

    return Plan(picture, draw)


def _breaks(evidence: Evidence, figure: Figure, rows: list[Any], bottom: float) -> None:
    """Write the questions after which most break off beside the curve."""
    words = evidence.words
    height = float(figure.get_size_inches()[1])
    left, top = 7.6, bottom + 0.55 + 2.8
    figure.text(left / WIDTH, (top + 0.1) / height, words.say("figure.field_dropout_worst"),
                fontsize=8.5, weight="bold", color=palette.INK, va="bottom")  # fmt: skip
    for k, row in enumerate(rows):
        number = words.say("figure.field_dropout_one", place=words.integer(row["place"]),
                           n=words.integer(row["n_last"]),
                           share=words.percent(row["share_last"], 1))  # fmt: skip
        label = fitted(question_text(evidence, row), points=72 * (WIDTH - left - 0.15), size=8.0)
        y = (top - 0.1 - 0.44 * k) / height
        figure.text(left / WIDTH, y, label, fontsize=8.0, color=palette.INK, va="top")
        figure.text(left / WIDTH, y - 0.17 / height, number, fontsize=7.0, color=palette.MUTED,
                    va="top")  # fmt: skip
