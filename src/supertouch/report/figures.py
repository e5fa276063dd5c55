"""Which figures a study gets, and what goes into each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.report import palette
from supertouch.report.answer import verdict_text
from supertouch.report.blocks import Picture
from supertouch.report.charts import intervals, numbered, reach_impact
from supertouch.report.evidence import Evidence
from supertouch.report.labels import fitted, shortened
from supertouch.report.layout import KEYED, WIDTH, Plan, key, page, place
from supertouch.report.matrix import verdict_matrix
from supertouch.report.trend import trend
from supertouch.report.verdicts import CRITERIA, verdict_order
from supertouch.study.model import Outcome, Wave

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plans"]

SHOWN = 40
LINES = 7
HEAD = 9.5


def plans(evidence: Evidence) -> list[Plan]:
    """Return the figures that the tables allow, wave by wave, in the evidence's language."""
    found: list[Plan | None] = []
    for wave in evidence.waves:
        found += [_reach_plan(evidence, wave, item) for item in evidence.driven(wave.id)]
        found += [_interval_plan(evidence, wave, value) for value in ("share", "rank")]
        found.append(_verdict_plan(evidence, wave))
    found.append(_trend_plan(evidence))
    return [plan for plan in found if plan is not None]


def _reach_plan(evidence: Evidence, wave: Wave, outcome: Outcome) -> Plan | None:
    rows = []
    for row in _experience(evidence, wave, outcome):
        performance = evidence.row("performance", wave.id, row["touchpoint"])
        if performance is not None and performance["reach"] is not None:
            rows.append(
                {
                    "touchpoint": row["touchpoint"],
                    "reach": float(performance["reach"]),
                    "effect": float(row["effect"]),
                    "verdict": _verdict(evidence, wave, row["touchpoint"]),
                }
            )
    if not rows:
        return None
    table = pd.DataFrame(rows)
    words = evidence.words
    label = evidence.outcome_label(outcome)
    about = {"outcome": label, "wave": evidence.label(wave)}
    leaders = _leading(
        evidence, outcome, table.sort_values("effect", ascending=False), value="effect"
    )
    base = _base(evidence, wave, [outcome])
    picture = Picture(
        f"reach_impact_{wave.id}_{outcome.id}",
        words.say("figure.reach_impact_caption", **about),
        words.say("figure.reach_impact_alt", n=len(table), leaders=leaders, outcome=label),
        base,
    )
    title = words.say("figure.reach_impact_title", **_brief(about))
    return Plan(picture, lambda: _reach_figure(evidence, table, label, title, base))


def _reach_figure(
    evidence: Evidence, table: pd.DataFrame, outcome: str, title: str, base: str
) -> Figure:
    labels = _labels(evidence, table)
    height = 7.4 if len(table) <= KEYED else 9.4
    for number in (None, True):
        figure, bottom, top = page(evidence, height, title, base, verdicts=list(table.verdict))
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


def _interval_plan(evidence: Evidence, wave: Wave, value: str) -> Plan | None:
    outcomes = [item for item in evidence.driven(wave.id) if _experience(evidence, wave, item)]
    outcomes = outcomes or [
        item for item in evidence.outcomes(wave.id) if _experience(evidence, wave, item)
    ]
    outcomes = outcomes[:2]
    if not outcomes:
        return None
    words = evidence.words
    frames = [pd.DataFrame(_experience(evidence, wave, item)) for item in outcomes]
    order = list(frames[0].sort_values("rank").touchpoint)
    about = {"wave": evidence.label(wave)}
    name = "importance" if value == "share" else "ranks"
    leaders = " ".join(
        _leading(evidence, outcome, frame.sort_values("rank"), value=value)
        for outcome, frame in zip(outcomes, frames, strict=True)
    )
    notes = [words.say("figure.interval", level=evidence.confidence())]
    if len(order) > SHOWN:
        notes.append(words.say("figure.cut", shown=SHOWN, all=len(order)))
    base = " · ".join((_base(evidence, wave, outcomes), *notes))
    picture = Picture(
        f"{name}_{wave.id}",
        words.say(f"figure.{name}_caption", **about),
        words.say(f"figure.{name}_alt", leaders=leaders),
        base,
    )
    title = words.say(f"figure.{name}_title", **_brief(about))
    for frame in frames:
        frame["verdict"] = [_verdict(evidence, wave, name) for name in frame.touchpoint]
    titles = [evidence.outcome_label(item) for item in outcomes]
    return Plan(
        picture,
        lambda: _interval_figure(evidence, frames, titles, order[:SHOWN], value, title, base),
    )


def _interval_figure(
    evidence: Evidence,
    frames: Sequence[pd.DataFrame],
    titles: Sequence[str],
    order: Sequence[str],
    value: str,
    title: str,
    base: str,
) -> Figure:
    rows = 0.235 * len(order) + 0.4
    seen = [str(verdict) for frame in frames for verdict in frame.verdict]
    figure, bottom, _ = page(evidence, rows, title, base, verdicts=seen, extra=0.85)
    left, gap = 2.75, 0.35
    wide = (WIDTH - left - 0.2 - gap * (len(frames) - 1)) / (
        len(frames) if len(frames) > 1 else 1.35
    )
    labels = _labels(evidence, frames[0])
    for k, (frame, text) in enumerate(zip(frames, titles, strict=True)):
        ax = place(figure, left + k * (wide + gap), bottom + 0.5, wide, rows)
        fair = float(frame.fair_share.iloc[0]) if value == "share" else None
        intervals(frame, value=value, order=order, words=evidence.words, ax=ax, fair=fair)
        ax.set_title(
            fitted(text, points=72 * wide, size=9.5, bold=True),
            fontsize=9.5,
            color=palette.INK,
            loc="left",
            weight="bold",
        )
        if k == 0:
            _name_rows(ax, frame, order, labels)
    return figure


def _head(ax: Axes, text: str) -> None:
    ax.set_title(text, fontsize=HEAD, color=palette.INK, loc="left", weight="bold")


def _name_rows(ax: Axes, frame: pd.DataFrame, order: Sequence[str], labels: dict[str, str]) -> None:
    supers = set(frame.touchpoint[frame.verdict == "super"])
    for at, name in enumerate(order):
        weight = "bold" if name in supers else "normal"
        label = fitted(labels[name], points=176, size=8.0, bold=name in supers)
        ax.annotate(label, (0, at), (-6, 0), textcoords="offset points",
                    xycoords=("axes fraction", "data"), fontsize=8.0, weight=weight,
                    color=palette.INK, ha="right", va="center", annotation_clip=False)  # fmt: skip


def _verdict_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    records = sorted(evidence.rows("supertouchpoints", wave.id), key=verdict_order)
    if not records:
        return None
    words = evidence.words
    criteria = [name for _, names in CRITERIA for name in names]
    table = pd.DataFrame(records[:SHOWN])
    names = [evidence.item_label(row["touchpoint"]) for row in records if row["verdict"] == "super"]
    leaders = (
        words.say("figure.supers", names=words.series(names))
        if names
        else words.say("figure.no_supers")
    )
    notes = [words.say("figure.marks")]
    if len(records) > SHOWN:
        notes.append(words.say("figure.cut", shown=SHOWN, all=len(records)))
    base = " · ".join((_base(evidence, wave, evidence.driven(wave.id)), *notes))
    about = {"wave": evidence.label(wave)}
    picture = Picture(
        f"verdicts_{wave.id}",
        words.say("figure.verdicts_caption", **about),
        words.say("figure.verdicts_alt", leaders=leaders),
        base,
    )
    verdicts = {str(row["touchpoint"]): verdict_text(evidence, row) for row in records}
    title = words.say("figure.verdicts_title", **_brief(about))
    return Plan(picture, lambda: _verdict_figure(evidence, table, criteria, verdicts, title, base))


def _verdict_figure(
    evidence: Evidence,
    table: pd.DataFrame,
    criteria: Sequence[str],
    verdicts: dict[str, str],
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
        labels=_labels(evidence, table),
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
        figure.text(x / WIDTH, (bottom - 0.14) / height, evidence.words.say(f"criteria.{group}"),
                    ha="center", va="center", fontsize=7.5, color=palette.MUTED)  # fmt: skip
        start += len(names)
    return figure


def _trend_plan(evidence: Evidence) -> Plan | None:
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
            rows = [
                row for row in _experience(evidence, wave, outcome) if row["touchpoint"] in keys
            ]
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
            labels=_labels(evidence, frame),
            words=evidence.words,
            ax=ax,
            fair=float(frame.fair_share.iloc[-1]),
        )
        label = evidence.outcome_label(evidence.study.outcome(outcome))
        ax.set_title(
            fitted(label, points=72 * (slot - 1), size=9.5, bold=True),
            fontsize=9.5,
            color=palette.INK,
            loc="left",
            weight="bold",
        )
    return figure


def _brief(about: dict[str, str]) -> dict[str, str]:
    return {key: shortened(text, 50) for key, text in about.items()}


def _experience(evidence: Evidence, wave: Wave, outcome: Outcome) -> list[dict[str, Any]]:
    key = (outcome.id, "experience", "lmg")
    return [
        dict(row)
        for row in evidence.rows("importance", wave.id)
        if (row["outcome"], row["component"], row["method"]) == key and row["share"] is not None
    ]


def _verdict(evidence: Evidence, wave: Wave, touchpoint: str) -> str:
    row = evidence.row("supertouchpoints", wave.id, touchpoint)
    return str(row["verdict"]) if row else "undetermined"


def _labels(evidence: Evidence, table: pd.DataFrame) -> dict[str, str]:
    return {str(name): evidence.item_label(str(name)) for name in table.touchpoint}


def _leading(evidence: Evidence, outcome: Outcome, table: pd.DataFrame, *, value: str) -> str:
    words = evidence.words
    names = []
    for row in table.head(3).to_dict("records"):
        text = {
            "effect": lambda row: words.number(row["effect"], signed=True),
            "share": lambda row: words.percent(row["share"], 1),
            "rank": lambda row: words.say(
                "figure.rank_range", low=row["rank_low"], high=row["rank_high"]
            ),
        }[value](row)
        label = evidence.item_label(str(row["touchpoint"]))
        names.append(words.say("figure.leader", touchpoint=label, value=text))
    outcome_label = evidence.outcome_label(outcome)
    return words.say("figure.leading", outcome=outcome_label, names=words.series(names))


def _base(evidence: Evidence, wave: Wave, outcomes: Sequence[Outcome]) -> str:
    models = [evidence.model_base(wave.id, outcome) for outcome in outcomes]
    return evidence.base(wave.id, *models)
