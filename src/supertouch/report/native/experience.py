"""Charts on how touchpoints are met and experienced: reach, bands, penalties, sets, funnel."""

from __future__ import annotations

from typing import cast

from supertouch.report.blocks import Chart, Series, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.native.numbers import estimates, values
from supertouch.report.sampled import weighted_sample
from supertouch.report.sections.danger import estimated
from supertouch.report.sections.mix import CRITERIA, METHODS, funnel_rows, set_rows
from supertouch.study.model import Outcome, Wave

__all__ = ["asymmetries", "bands", "funnels", "reaches", "sets"]

BANDS: tuple[tuple[str, Tone], ...] = (
    ("disappointed", "drop"),
    ("okay", "undecided"),
    ("delighted", "super"),
)
NAMED = 3


def reaches(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show the reach of each touchpoint whose contact was asked, the largest first."""
    words = evidence.words
    rows = [
        row
        for row in evidence.rows("performance", wave.id)
        if row["reach"] is not None and evidence.contact_asked(str(row["touchpoint"]), wave.id)
    ]
    if not rows:
        return []
    rows.sort(key=lambda row: -float(row["reach"]))
    return [
        Chart(
            name=f"reach_{wave.id}",
            form="bar",
            title=words.say("native.reach", wave=evidence.label(wave)),
            categories=_names(evidence, rows),
            series=(estimates(rows, "reach", words.say("column.reach"), tone="super"),),
            x_title=words.say("figure.reach_axis"),
            number="percent",
            base=_base(evidence, wave),
            alt=words.say("native.bars", leaders=_leaders(evidence, rows, "reach")),
        )
    ]


def bands(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show who is disappointed, okay and delighted, the most disappointing touchpoint first."""
    words = evidence.words
    names = [name for name, _ in BANDS]
    rows = [
        row
        for row in evidence.rows("performance", wave.id)
        if None not in [row[name] for name in names]
    ]
    if not rows:
        return []
    rows.sort(key=lambda row: -float(row["disappointed"]))
    series = tuple(
        Series(words.say(f"native.{name}"), values(rows, name), tone=tone) for name, tone in BANDS
    )
    sizes = [int(row["n_rated"]) for row in rows]
    rated = words.say("native.rated", low=words.integer(min(sizes)), high=words.integer(max(sizes)))
    return [
        Chart(
            name=f"bands_{wave.id}",
            form="stacked",
            title=words.say("native.bands", wave=evidence.label(wave)),
            categories=_names(evidence, rows),
            series=series,
            x_title=words.say("native.rated_axis"),
            number="percent",
            base=f"{_base(evidence, wave)} · {rated}",
            alt=words.say("native.bars", leaders=_leaders(evidence, rows, "disappointed")),
        )
    ]


def asymmetries(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show penalty and reward of each touchpoint, an outcome each, the largest risk first."""
    outcomes = evidence.driven(wave.id) or evidence.outcomes(wave.id)
    found = ((outcome, estimated(evidence, wave, outcome)) for outcome in outcomes)
    return [_asymmetry(evidence, wave, outcome, rows) for outcome, rows in found if rows]


def _asymmetry(evidence: Evidence, wave: Wave, outcome: Outcome, rows: list[Record]) -> Chart:
    words = evidence.words
    alpha = evidence.study.rule.alpha
    series = []
    for name, sure in (("penalty", "drop"), ("reward", "super")):
        tones = [
            cast(
                "Tone",
                sure if (p := row[f"{name}_p_adjusted"]) is not None and p < alpha else "undecided",
            )
            for row in rows
        ]
        label = words.say(f"figure.asymmetry_key_{name}")
        series.append(estimates(rows, name, label, tone=cast("Tone", sure), tones=tones))
    about = {"outcome": evidence.outcome_label(outcome), "wave": evidence.label(wave)}
    note = words.say("native.grey", level=evidence.confidence())
    bases = (evidence.rows_base(outcome, rows), weighted_sample(evidence, wave.id), note)
    return Chart(
        name=f"asymmetry_{wave.id}_{outcome.id}",
        form="bar",
        title=words.say("danger.caption", **about),
        categories=_names(evidence, rows),
        series=tuple(series),
        x_title=words.say("figure.asymmetry_axis"),
        number="signed",
        base=" · ".join(bases),
        alt=words.say("native.bars", leaders=_leaders(evidence, rows, "penalty")),
    )


def sets(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show how many customers the best sets of touchpoints reach, by their number."""
    words = evidence.words
    found: dict[str, dict[int, Record]] = {}
    for criterion in CRITERIA:
        for method in METHODS:
            rows = [row for row in set_rows(evidence, wave, criterion, method)
                    if row["reach"] is not None]  # fmt: skip
            if rows:
                found[criterion] = {int(row["size"]): row for row in rows}
                break
    sizes = sorted({size for rows in found.values() for size in rows})
    if not sizes:
        return []
    blank = dict.fromkeys(("reach", "reach_low", "reach_high"))
    tones: dict[str, Tone] = {"met": "super", "delighted": "recommendation_builder"}
    series = tuple(
        estimates(
            [rows.get(size, blank) for size in sizes],
            "reach",
            words.say(f"mix.criterion_{criterion}"),
            tone=tones[criterion],
        )
        for criterion, rows in found.items()
    )
    first = next(row for rows in found.values() for row in rows.values())
    size = words.say("mix.size", n=words.integer(first["n"]), n_eff=words.integer(first["n_eff"]))
    note = words.say("native.sets_note", level=evidence.confidence())
    last = found[next(iter(found))]
    alt = words.say(
        "mix.alt_sets",
        n=words.integer(max(last)),
        reach=words.percent(last[max(last)]["reach"]),
    )
    return [
        Chart(
            name=f"sets_{wave.id}",
            form="line",
            title=words.say("native.sets", wave=evidence.label(wave)),
            categories=tuple(words.integer(size) for size in sizes),
            series=series,
            x_title=words.say("mix.size_axis"),
            number="percent",
            base=" · ".join((size, weighted_sample(evidence, wave.id), note)),
            alt=alt,
        )
    ]


def funnels(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show how many customers meet each phase, and how many come through all so far."""
    words = evidence.words
    rows = [row for row in funnel_rows(evidence, wave) if row["met"] is not None]
    if not rows:
        return []
    columns: tuple[tuple[str, str, Tone], ...] = (
        ("met", "met_any", "candidate"),
        ("through", "through", "super"),
    )
    series = tuple(
        estimates(rows, name, words.say(f"column.{key}"), tone=tone) for name, key, tone in columns
    )
    size = words.say(
        "mix.size", n=words.integer(rows[0]["n"]), n_eff=words.integer(rows[0]["n_eff"])
    )
    alt = " ".join(
        words.say("mix.alt_phase", phase=words.say(f"phase.{row['phase']}"),
                  met=words.percent(row["met"]), through=words.percent(row["through"]))
        for row in rows
    )  # fmt: skip
    return [
        Chart(
            name=f"funnel_{wave.id}",
            form="bar",
            title=words.say("mix.funnel_caption", wave=evidence.label(wave)),
            categories=tuple(words.say(f"phase.{row['phase']}") for row in rows),
            series=series,
            number="percent",
            base=" · ".join(
                (size, weighted_sample(evidence, wave.id), words.say("mix.funnel_base"))
            ),
            alt=alt,
        )
    ]


def _names(evidence: Evidence, rows: list[Record]) -> tuple[str, ...]:
    return tuple(evidence.item_label(str(row["touchpoint"])) for row in rows)


def _base(evidence: Evidence, wave: Wave) -> str:
    return evidence.base(wave.id, evidence.words.say("base.linear", level=evidence.confidence()))


def _leaders(evidence: Evidence, rows: list[Record], name: str) -> str:
    words = evidence.words
    write = words.number if name == "penalty" else words.percent
    return words.series(
        words.say(
            "figure.leader",
            touchpoint=evidence.item_label(str(row["touchpoint"])),
            value=write(row[name]),
        )
        for row in rows[:NAMED]
    )
