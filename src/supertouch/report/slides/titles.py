"""Titles that say what was found, made from the numbers that the slide shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from supertouch.report.blocks import Chart
from supertouch.report.evidence import Evidence, Record
from supertouch.report.figures.parts import experience
from supertouch.report.labels import shortened
from supertouch.report.native.groups import compared_groups, differs
from supertouch.report.sections.compared import first_comparison, significant
from supertouch.report.sections.measures import change_texts
from supertouch.report.sections.naming import listed
from supertouch.study.model import PHASES, Outcome, Wave

__all__ = [
    "bands_title",
    "course_title",
    "groups_title",
    "importance_title",
    "moved_title",
    "parts_title",
    "phases_title",
    "reach_impact_title",
    "reach_title",
]

LONGEST = 60
TIED, PAIR = 3, 2


def reach_impact_title(evidence: Evidence, wave: Wave, outcome: Outcome) -> str:
    """Name the experience with the largest significant effect, and whom it reaches."""
    words = evidence.words
    label = evidence.label(outcome)
    alpha = evidence.study.rule.alpha
    rows = [
        row
        for row in experience(evidence, wave, outcome)
        if row["effect"] is not None
        and row["p_adjusted"] is not None
        and row["p_adjusted"] < alpha
        and row["effect"] > 0
    ]
    if not rows:
        return words.say("slides.effect_none", outcome=label)
    best = max(rows, key=lambda row: float(row["effect"]))
    met = evidence.row("performance", wave.id, str(best["touchpoint"])) or {}
    return words.say(
        "slides.effect" if met.get("reach") is not None else "slides.effect_only",
        outcome=label,
        touchpoint=_quoted(evidence, best),
        effect=words.number(best["effect"], signed=True),
        reach=words.percent(met.get("reach")),
    )


def importance_title(evidence: Evidence, wave: Wave, outcomes: Sequence[Outcome]) -> str:
    """Name what contributes most to each outcome: all whose interval of ranks begins with one."""
    parts = [_first(evidence, wave, outcome) for outcome in outcomes]
    return evidence.words.say("slides.sentence", text="; ".join(part for part in parts if part))


def _first(evidence: Evidence, wave: Wave, outcome: Outcome) -> str:
    words = evidence.words
    rows = sorted(experience(evidence, wave, outcome), key=lambda row: int(row["rank"]))
    if not rows:
        return ""
    tied = [row for row in rows if row["rank_low"] == 1] or rows[:1]
    label = evidence.label(outcome)
    if len(tied) == 1:
        return words.say(
            "slides.first",
            outcome=label,
            touchpoint=_quoted(evidence, rows[0]),
            share=words.percent(rows[0]["share"]),
        )
    names = listed(evidence, [_quoted(evidence, row) for row in tied], most=PAIR)
    return words.say("slides.first_tied", outcome=label, names=names)


def phases_title(evidence: Evidence, wave: Wave, outcomes: Sequence[Outcome]) -> str:
    """Say which phase contributes most, and whether its lead is certain."""
    words = evidence.words
    parts = []
    for outcome in outcomes:
        rows = [row for phase in PHASES
                if (row := evidence.row("phases", wave.id, outcome.id, phase, "experience"))
                and row["share"] is not None]  # fmt: skip
        if not rows:
            continue
        best, *others = sorted(rows, key=lambda row: -float(row["share"]))
        sure = None not in (best["share_low"], *(row["share_high"] for row in others)) and all(
            best["share_low"] > row["share_high"] for row in others
        )
        parts.append(
            words.say(
                "slides.phase_sure" if sure else "slides.phase_open",
                outcome=evidence.label(outcome),
                phase=words.say(f"phase.{best['phase']}"),
                share=words.percent(best["share"]),
            )
        )
    return words.say("slides.sentence", text="; ".join(parts))


def reach_title(evidence: Evidence, _wave: Wave, chart: Chart) -> str:
    """Name the touchpoints that most and fewest customers meet."""
    return _ends(evidence, chart, chart.series[0].values, "slides.reach")


def bands_title(evidence: Evidence, wave: Wave, chart: Chart) -> str:
    """Name the touchpoints that disappoint and that delight most, as far as the bases allow."""
    words = evidence.words
    rows = [row for row in evidence.rows("performance", wave.id)
            if int(row["n_rated"]) >= evidence.study.rule.min_base]  # fmt: skip
    parts = []
    for name in ("disappointed", "delighted"):
        most = max((float(row[name]) for row in rows if row[name]), default=0.0)
        if most:
            found = [_quoted(evidence, row) for row in rows if row[name] == most]
            names = listed(evidence, found, most=TIED)
            share = words.percent(most)
            parts.append(words.count(f"slides.{name}", len(found), names=names, share=share))
    return words.say("slides.sentence", text="; ".join(parts)) if parts else chart.title


def moved_title(evidence: Evidence, chart: Chart) -> str:
    """Name what rose and what fell for certain; that nothing did is said, too."""
    words = evidence.words
    (series,) = chart.series
    parts = []
    for key, tone in (("slides.rose", "super"), ("slides.fell", "drop")):
        names = [_quote(evidence, name)
                 for name, each in zip(chart.categories, series.tones, strict=True)
                 if each == tone]  # fmt: skip
        if names:
            parts.append(words.count(key, len(names), names=listed(evidence, names, most=TIED)))
    if not parts:
        return words.say("slides.unmoved")
    return words.say("slides.sentence", text="; ".join(parts))


def parts_title(evidence: Evidence, chart: Chart) -> str:
    """Name the parts of a change that are certain, or say that none is."""
    words = evidence.words
    (series,) = chart.series
    names = [
        words.say("figure.leader", touchpoint=shortened(name, LONGEST),
                  value=words.number(value, 3, signed=True))
        for name, value, tone in zip(chart.categories, series.values, series.tones, strict=True)
        if tone != "undecided"
    ]  # fmt: skip
    if not names:
        return words.say("slides.parts_none", title=chart.title)
    return words.count(
        "slides.parts", len(names), title=chart.title, names=listed(evidence, names, most=TIED)
    )


def course_title(evidence: Evidence, wave: Wave, charts: Mapping[str, Chart]) -> str:
    """Say of each outcome shown by how much it changed and whether that is certain; "" if alone."""
    compared = first_comparison(evidence, wave)
    if compared is None:
        return ""
    words = evidence.words
    parts = []
    for about in charts:
        outcome, _, measure = about.rpartition("_")
        row = next((row for row in compared.rows if not row["touchpoint"]
                    and (row["outcome"], row["measure"]) == (outcome, measure)), None)  # fmt: skip
        if row is None or row["change"] is None:
            continue
        label = evidence.item_label(outcome)
        head = words.say("native.nps", outcome=label) if measure == "nps" else label
        change = change_texts(words, row, "change", measure=measure)[0]
        key = "slides.course_sure" if significant(row) else "slides.course_open"
        parts.append(words.say(key, outcome=head, change=change))
    if not parts:
        return ""
    against = evidence.label(compared.against)
    return words.say("slides.course", against=against, parts=words.series(parts))


def groups_title(evidence: Evidence, wave: Wave, charts: Mapping[str, Chart]) -> str:
    """Name the groups that differ from all respondents for certain, or say that none does."""
    words = evidence.words
    parts = []
    for about, chart in charts.items():
        _, rows = compared_groups(evidence, wave, evidence.study.outcome(about))
        sides = []
        for key, tone in (("slides.group_above", "super"), ("slides.group_below", "drop")):
            names = [
                _quote(
                    evidence, evidence.value_label(str(row["segment"]), str(row["segment_value"]))
                )
                for row in rows
                if differs(evidence, row) == tone
            ]
            if names:
                sides.append(words.say(key, names=listed(evidence, names, most=TIED)))
        if sides:
            parts.append(words.say("slides.note", lead=chart.series[0].name, text=", ".join(sides)))
    if not parts:
        return words.say("slides.groups_none", wave=evidence.label(wave))
    return words.say("slides.groups", wave=evidence.label(wave), parts="; ".join(parts))


def _ends(evidence: Evidence, chart: Chart, values: Sequence[float | None], key: str) -> str:
    words = evidence.words
    most = _largest(values)
    least = _largest([None if value is None else -value for value in values])
    if most == least:
        return words.say(f"{key}_one", most=_quote(evidence, chart.categories[most]),
                         highest=words.percent(values[most]))  # fmt: skip
    return words.say(
        key,
        most=_quote(evidence, chart.categories[most]),
        highest=words.percent(values[most]),
        least=_quote(evidence, chart.categories[least]),
        lowest=words.percent(values[least]),
    )


def _largest(values: Sequence[float | None]) -> int:
    return max(range(len(values)), key=lambda k: -1e9 if values[k] is None else float(values[k]))  # type: ignore[arg-type]


def _quoted(evidence: Evidence, row: Record) -> str:
    return _quote(evidence, evidence.item_label(str(row["touchpoint"])))


def _quote(evidence: Evidence, label: str) -> str:
    return evidence.words.say("quote", text=shortened(label, LONGEST))
