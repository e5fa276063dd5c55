"""The figures of a wave in the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.field import (
    base_tiles,
    days_bars,
    dropout_curve,
    quota_bars,
    total_line,
)
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import SHOWN, brief, name_rows, panel_title
from supertouch.report.labels import fitted, wrapped
from supertouch.report.sections.field import (
    day_text,
    field_groups,
    paced,
    question_text,
    quota_text,
)
from supertouch.report.sections.field_groups import Group, chosen, group_places, left_out
from supertouch.study.model import Wave

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["field_plans"]

LEFT = 2.75
NAMED = 5


def field_plans(evidence: Evidence) -> list[Plan]:
    """Return the figures of every wave in the field that the tables allow."""
    found = [
        plan(evidence, wave)
        for wave in evidence.waves
        for plan in (_days_plan, _quotas_plan, _bases_plan, _dropout_plan)
    ]
    return [plan for plan in found if plan is not None]


def _picture(
    evidence: Evidence, wave: Wave, name: str, leaders: str, base: str, *, told: str = ""
) -> Picture:
    words = evidence.words
    about = {"wave": evidence.label(wave)}
    return Picture(
        f"field_{name}_{wave.id}",
        words.say(f"figure.field_{name}_title", **about),
        words.say(f"figure.field_{told or name}_alt", leaders=leaders, **about),
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
    told = "days_even" if paced(evidence, wave) else "days"
    picture = _picture(evidence, wave, "days", leaders, base, told=told)
    return Plan(picture, lambda: _days_figure(evidence, wave, table, base))


def _days_figure(evidence: Evidence, wave: Wave, table: pd.DataFrame, base: str) -> Figure:
    words = evidence.words
    figure, bottom, _ = _page(evidence, 2.6, _title(evidence, wave, "days"), base, extra=0.8)
    days = [words.day(str(day), short=True) for day in table.day]
    slot = (WIDTH - 0.3) / 2
    wide = slot - 0.75
    by_day = "figure.field_by_day_even" if paced(evidence, wave) else "figure.field_by_day"
    heads = ("figure.field_per_day", by_day)
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
    groups = chosen(every)
    at = group_places(groups)
    order = list(dict.fromkeys(str(row["touchpoint"]) for row in rows))[:SHOWN]
    table = pd.DataFrame(
        [
            {**row, "row": order.index(row["touchpoint"]),
             "column": at[row["segment"], row["segment_value"]]}
            for row in rows
            if row["touchpoint"] in order and (row["segment"], row["segment_value"]) in at
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
        shown, left = left_out(evidence, every, groups)
        base = f"{base} · {words.say('figure.field_cut', shown=shown, left=left)}"
    picture = _picture(evidence, wave, "bases", leaders, base)
    return Plan(picture, lambda: _bases_figure(evidence, wave, table, order, groups, base))


def _bases_figure(
    evidence: Evidence,
    wave: Wave,
    table: pd.DataFrame,
    order: list[str],
    groups: list[Group],
    base: str,
) -> Figure:
    words = evidence.words
    high = 0.25 * len(order)
    at = group_places(groups)
    span = max(at.values()) + 1
    wide = min(WIDTH - LEFT - 0.2, 1.3 * span)
    unit = 72 * wide / span
    names = [
        wrapped(evidence.value_label(*group) if group[0] else words.say("group.total"),
                points=unit - 5, size=7.5)
        for group in groups
    ]  # fmt: skip
    above = 8 + 9.5 * max(name.count("\n") + 1 for name in names)
    segments = any(segment for segment, _ in at)
    extra = 0.15 + (above + (28 if segments else 0)) / 72
    figure, bottom, _ = _page(evidence, high, _title(evidence, wave, "bases"), base, extra=extra)
    ax = place(figure, LEFT, bottom + 0.1, wide, high)
    base_tiles(table, at=list(at.values()), columns=names, words=words, ax=ax)
    _segment_heads(evidence, ax, at, unit=unit, above=above)
    name_rows(ax, order, {name: evidence.item_label(name) for name in order})
    return figure


def _segment_heads(
    evidence: Evidence, ax: Axes, at: dict[Group, float], *, unit: float, above: float
) -> None:
    """Write the name of each segment ``above`` its groups (points)."""
    line = ax.get_xaxis_transform()
    for segment in dict.fromkeys(name for name, _ in at if name):
        places = [place for (name, _), place in at.items() if name == segment]
        low, high = min(places) - 0.47, max(places) + 0.47
        label = wrapped(evidence.segment_label(segment), points=(high - low + 0.2) * unit,
                        size=8.0, most=2)  # fmt: skip
        ax.annotate(label, (low, 1), (0, above), xycoords=line, textcoords="offset points",
                    fontsize=8.0, weight="bold", color=palette.INK, va="bottom",
                    linespacing=1.1)  # fmt: skip


def _dropout_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    words = evidence.words
    rows = evidence.rows("field_dropout", wave.id)
    if len(rows) < 2:
        return None
    table = pd.DataFrame([row for row in rows if row["place"] or row["n_last"]])
    broken = sorted((row for row in rows[:-1] if row["n_last"]),
                    key=lambda row: -int(row["n_last"]))[:NAMED]  # fmt: skip
    leaders = words.series(words.say("quote", text=question_text(evidence, row)) for row in broken)
    base = words.say("field.dropout_base")
    told = "dropout_broken" if broken else "dropout"
    picture = _picture(evidence, wave, "dropout", leaders, base, told=told)
    wide = 6.6 if broken else WIDTH - 0.95

    def draw() -> Figure:
        title = _title(evidence, wave, "dropout")
        figure, bottom, _ = _page(evidence, 2.8, title, base, extra=0.8)
        ax = place(figure, 0.7, bottom + 0.55, wide, 2.8)
        dropout_curve(table, named=[int(row["place"]) for row in broken], words=words, ax=ax)
        ax.set_xlabel(words.say("figure.field_dropout_axis"))
        panel_title(ax, words.say("figure.field_dropout_panel"), inches=wide)
        if broken:
            _breaks(evidence, figure, broken, bottom)
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
