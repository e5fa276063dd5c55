"""Charts on what to do: portfolio, inside view, incidents, planned measures and budgets."""

from __future__ import annotations

from collections import Counter

from supertouch.report.blocks import Chart, Series, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.figures.parts import base_of
from supertouch.report.native.numbers import by_kind, estimates, values
from supertouch.report.sampled import partly_sampled
from supertouch.report.sections.budgets import frontier, loyalty_unit, measure_label, outcome_size
from supertouch.report.sections.incidents import incident_rows, negatives
from supertouch.report.sections.inside import gap_rows
from supertouch.report.sections.naming import named
from supertouch.report.sections.portfolio import DECISIONS, decided
from supertouch.report.sections.scales import best_text
from supertouch.report.sections.units import PER, gain_texts, unit_of
from supertouch.study.model import Wave

__all__ = ["budgets", "gaps", "incidents", "portfolios", "whatifs"]

NAMED = 3
SIDES: tuple[tuple[str, Tone], ...] = (("inside", "recommendation_builder"), ("outside", "super"))


def portfolios(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Place touchpoints by satisfaction and importance, coloured by decision.

    Touchpoints on another scale than most are left out; means are told in the scale's codes.
    """
    words = evidence.words
    rows = [row for row in decided(evidence, wave)
            if None not in (row["satisfaction"], row["importance"])]  # fmt: skip
    if not rows:
        return []
    scales = [evidence.study.touchpoint(str(row["touchpoint"])).scale for row in rows]
    most = Counter(scales).most_common(1)[0][0]
    rows = [row for row, scale in zip(rows, scales, strict=True) if scale == most]
    scale = evidence.study.scales.get(most)
    turned = scale is not None and scale.reversed
    best = best_text(evidence, scale) if scale is not None else words.say("scale.best")
    series = by_kind(
        [str(row["decision"]) for row in rows],
        {name: words.say(f"decision.{name}") for name in DECISIONS},
        x=values(rows, "satisfaction", told=scale.turned if scale is not None else None),
        y=values(rows, "importance"),
    )
    leading = [row for row in rows if row["decision"] == "concentrate"] or rows
    about = {"wave": evidence.label(wave)}
    left = len(evidence.rows("portfolio", wave.id)) - len(rows)
    notes = [words.count("priorities.left", left)] if left else []
    drawn = partly_sampled(evidence, wave.id)
    return [
        Chart(
            name=f"portfolio_{wave.id}",
            form="scatter",
            title=words.say("priorities.caption", **about),
            categories=tuple(evidence.item_label(str(row["touchpoint"])) for row in rows),
            series=series,
            x_title=words.say("priorities.across", best=best),
            y_title=words.say("priorities.upwards"),
            number="percent",
            x_turned=turned,
            base=" · ".join((base_of(evidence, wave, evidence.driven(wave.id), drawn), *notes)),
            alt=words.say("priorities.alt", n=words.integer(len(rows)),
                          leaders=named(evidence, leading)),
        )
    ]  # fmt: skip


def gaps(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show inside against outside, a measure each; blind spots and pets first."""
    found = []
    for measure in ("importance", "performance"):
        rows = [row for row in gap_rows(evidence, wave)
                if None not in (row[f"{measure}_inside"], row[f"{measure}_outside"])]  # fmt: skip
        if rows:
            found.append(_gap(evidence, wave, measure, rows))
    return found


def _gap(evidence: Evidence, wave: Wave, measure: str, rows: list[Record]) -> Chart:
    words = evidence.words
    sizes = [int(row["n"]) for row in rows]
    size = words.say(
        "inside.size",
        auditors=words.integer(max(int(row["n_auditors"]) for row in rows)),
        n=words.say("format.range", low=words.integer(min(sizes)), high=words.integer(max(sizes))),
    )
    about = {"wave": evidence.label(wave), "measure": words.say(f"inside.measure_{measure}")}
    leaders = words.series(
        words.say(
            "native.sides",
            touchpoint=evidence.item_label(str(row["touchpoint"])),
            inside=words.percent(row[f"{measure}_inside"]),
            outside=words.percent(row[f"{measure}_outside"]),
        )
        for row in rows[:NAMED]
    )
    return Chart(
        name=f"gap_{wave.id}_{measure}",
        form="bar",
        title=words.say("native.gap", **about),
        categories=tuple(evidence.item_label(str(row["touchpoint"])) for row in rows),
        series=tuple(
            Series(words.say(f"inside.key_{side}"), values(rows, f"{measure}_{side}"), tone=tone)
            for side, tone in SIDES
        ),
        x_title=words.say(f"native.gap_{measure}"),
        number="percent",
        base=" · ".join((size, evidence.weighting(wave.id), words.say("native.gap_note"))),
        alt=words.say("native.bars", leaders=leaders),
    )


def incidents(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show how critical complaints of touchpoints are, and how often there are any."""
    words = evidence.words
    rows = [row for row in incident_rows(evidence, wave)
            if row["n_negative"] and row["frequency"] is not None]  # fmt: skip
    if not rows:
        return []
    every = evidence.rows("incidents", wave.id)
    size = words.say(
        "incidents.size",
        n=words.integer(sum(int(row["n"]) for row in every)),
        negative=words.integer(sum(int(row["n_negative"]) for row in every)),
    )
    note = words.say(
        "native.incidents_note", level=evidence.confidence(), **negatives(evidence, wave)
    )
    weighting = words.say("native.relevance", weighting=evidence.weighting(wave.id))
    return [
        Chart(
            name=f"incidents_{wave.id}",
            form="bar",
            title=words.say("incidents.caption", wave=evidence.label(wave)),
            categories=tuple(evidence.item_label(str(row["touchpoint"])) for row in rows),
            series=_complaints(evidence, rows),
            number="percent",
            base=" · ".join((size, weighting, note)),
            alt=words.say("native.bars", leaders=named(evidence, rows[:NAMED])),
        )
    ]


def _complaints(evidence: Evidence, rows: list[Record]) -> tuple[Series, ...]:
    """Return what the rows are sorted by first, where it is known; then how often they come."""
    words = evidence.words
    often = estimates(rows, "frequency", words.say("native.frequency"), tone="undecided")
    critical = Series(words.say("column.critical"), values(rows, "critical"), tone="drop")
    return (critical, often) if any(value is not None for value in critical.values) else (often,)


def whatifs(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show what the plan's measures would bring, an outcome each, in the same order.

    That is by the gain in the first outcome, the largest first. Those that the budget buys are
    marked.
    """
    ways = dict.fromkeys(
        (str(row["outcome"]), str(row["unit"])) for row in evidence.rows("whatif", wave.id)
    )
    found = (_whatif(evidence, wave, *way) for way in ways)
    return [chart for chart in found if chart is not None]


def _whatif(evidence: Evidence, wave: Wave, outcome: str, unit: str) -> Chart | None:
    words = evidence.words
    rows = [
        row
        for row in evidence.rows("whatif", wave.id)
        if (row["outcome"], row["unit"]) == (outcome, unit)
        and row["gain"] is not None
        and row["touchpoint"]
    ]
    if not rows:
        return None
    rows.sort(key=lambda row: _place(evidence, wave, row))
    chosen = next((row for row in frontier(evidence, wave) if row["chosen"]), None)
    bought = str(chosen["measures"]).split() if chosen is not None else []
    told = unit_of(evidence, outcome, unit)
    label = evidence.item_label(outcome)
    head = words.say(f"whatif.column_{told}", outcome=label)
    series = estimates(rows, "gain", head, tone="super", factor=PER[told])
    leaders = words.series(
        words.say("figure.leader", touchpoint=measure_label(evidence, str(row["scenario"])),
                  value=gain_texts(evidence, row, "gain", unit=told)[0])
        for row in rows[:NAMED]
    )  # fmt: skip
    size = outcome_size(evidence, rows[0])
    note = words.say("native.whatif_note", level=evidence.confidence())
    if chosen is not None:
        note = f"{words.say('native.bought', budget=words.integer(chosen['budget']))} · {note}"
    return Chart(
        name=f"whatif_{wave.id}_{outcome}_{unit}",
        form="bar",
        title=words.say("native.whatif", gain=head, wave=evidence.label(wave)),
        categories=tuple(
            words.say("native.ticked", name=name) if str(row["scenario"]) in bought else name
            for row in rows
            for name in [measure_label(evidence, str(row["scenario"]))]
        ),
        series=(series,),
        x_title=head,
        number="signed",
        reference=0.0,
        base=" · ".join((size, evidence.weighting(wave.id), note)),
        alt=words.say("native.bars", leaders=leaders),
    )


def _place(evidence: Evidence, wave: Wave, row: Record) -> tuple[float, str]:
    """Return where a measure comes: by its gain in the first outcome that has one."""
    name = str(row["scenario"])
    gains = [float(each["gain"]) for each in evidence.rows("whatif", wave.id)
             if each["scenario"] == name and each["gain"] is not None]  # fmt: skip
    return -gains[0], name


def budgets(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show what the best choice of measures brings for each budget, an outcome each."""
    rows = [row for row in frontier(evidence, wave) if row["value"] is not None]
    if len(rows) < 2 or not any(row["cost"] for row in rows):
        return []
    unit = loyalty_unit(evidence, wave.id)
    panels = {"loyalty": PER[unit], "nps": 1.0}
    found = []
    for name, factor in panels.items():
        known = [row for row in rows if row[name] is not None]
        if len(known) > 1:
            found.append(_budget(evidence, wave, name, known, factor))
    return found


def _budget(evidence: Evidence, wave: Wave, name: str, rows: list[Record], factor: float) -> Chart:
    words = evidence.words
    share = name == "loyalty" and factor != 1.0
    title = words.say(f"budget.panel_{name}{'_share' if share else ''}")
    gain = estimates(rows, name, title, tone="super", factor=factor)
    last = rows[-1]
    told = words.count("budget.alt_all", int(last["n_measures"]),
                       cost=words.integer(last["cost"]))  # fmt: skip
    note = words.say("budget.base", level=evidence.confidence(),
                     goal=words.say(f"goal.{last['goal']}"))  # fmt: skip
    return Chart(
        name=f"budget_{wave.id}_{name}",
        form="scatter",
        title=words.say("native.budget", gain=title, wave=evidence.label(wave)),
        categories=tuple(words.integer(row["cost"]) for row in rows),
        series=(
            Series(gain.name, gain.values, gain.low, gain.high, values(rows, "cost"), gain.tone),
        ),
        x_title=words.say("native.budget_axis"),
        y_title=title,
        number="signed",
        x_number="integer",
        joined=True,
        base=" · ".join((evidence.base(wave.id), note)),
        alt=told,
    )
