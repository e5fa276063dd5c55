"""The verdict on every touchpoint, with every criterion in a column of its own."""

from __future__ import annotations

from supertouch.report.blocks import (
    ByWave,
    Cell,
    Column,
    Grid,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
    Tone,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.cards import badge, verdict_text
from supertouch.report.sections.factors import protects
from supertouch.report.sections.reservations import proxy_notes
from supertouch.study.model import Wave

__all__ = ["CRITERIA", "criteria_label", "criterion_met", "verdict_order", "verdicts"]

CRITERIA: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("eligible", ("reach_ok", "base_ok", "admitted")),
    (
        "loyalty",
        (
            "loyalty_share_ok",
            "loyalty_effect_ok",
            "loyalty_significant",
            "loyalty_model_ok",
            "loyalty_material",
        ),
    ),
    (
        "recommendation",
        (
            "recommendation_share_ok",
            "recommendation_effect_ok",
            "recommendation_significant",
            "recommendation_model_ok",
            "recommendation_material",
        ),
    ),
    ("together", ("significant", "brand_fit_ok", "purchase_ok")),
)
CHANCES = ("probability", "rank_probability")
SHARES = ("share_loyalty", "share_recommendation")
MARKS: dict[bool | None, tuple[str, Tone]] = {
    True: ("✓", "yes"),
    False: ("✗", "no"),
    None: ("○", "open"),
}
ORDER = (
    "super",
    "candidate",
    "loyalty_builder",
    "recommendation_builder",
    "none",
    "too_few",
    "undetermined",
)


def verdict_order(row: Record) -> tuple[int, float]:
    """Sort by verdict, then by P(super) from high to low."""
    probability = row["probability"]
    return ORDER.index(row["verdict"]), 1.0 if probability is None else -float(probability)


def verdicts(evidence: Evidence, pictures: dict[str, Picture]) -> Section:
    """Make the verdict table of each wave and its trend picture."""
    words = evidence.words
    waves = ByWave(tuple((wave.id, _verdicts_in(evidence, wave)) for wave in evidence.waves))
    trend = [pictures["trend"]] if "trend" in pictures else []
    return Section(
        "verdicts",
        words.say("section.verdicts"),
        (waves, *trend),
        intro=words.say(
            "verdicts.intro",
            min_reach=words.percent(evidence.study.rule.min_reach),
            min_base=words.integer(evidence.study.rule.min_base),
            alpha=words.percent(evidence.study.rule.alpha),
            materiality=words.number(evidence.study.rule.materiality, 2),
        ),
    )


def criterion_met(evidence: Evidence, record: Record, name: str) -> bool | None:
    """Return whether a criterion is met; None where it was not asked or cannot be decided."""
    if name == "reach_ok" and not evidence.contact_asked(record["touchpoint"], record["wave"]):
        return None
    return None if record[name] is None else bool(record[name])


def criteria_label(evidence: Evidence, group: str, wave: str) -> str:
    """Return the name of a group of criteria, marked where a proxy stands in."""
    text = evidence.words.say(f"criteria.{group}")
    if any(outcome.role == group for outcome in evidence.proxies(wave)):
        return evidence.words.say("with_proxy", text=text)
    return text


def _verdicts_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    records = sorted(evidence.rows("supertouchpoints", wave.id), key=verdict_order)
    if not records:
        return (Prose((words.say("answer.no_verdicts", wave=evidence.label(wave)),), "warning"),)
    chances = CHANCES if evidence.rank_told(wave.id) else CHANCES[:1]
    fair = words.series(
        dict.fromkeys(
            words.percent(row["fair_share"], 1) for row in records if row["fair_share"] is not None
        )
    )
    heads, groups = _heads(evidence, wave, chances)
    grid = Grid(
        words.say("verdicts.caption", wave=evidence.label(wave)),
        heads,
        tuple(_verdict_row(evidence, record, chances) for record in records),
        evidence.base(
            wave.id,
            words.say("verdicts.base"),
            words.say("explain.probability"),
            words.say("verdicts.marks", fair=fair or "–"),
        ),
        groups=groups,
        sortable=True,
    )
    notes = tuple(proxy_notes(evidence, wave))
    return (Prose(notes, "note"), grid) if notes else (grid,)


def _heads(
    evidence: Evidence, wave: Wave, chances: tuple[str, ...]
) -> tuple[tuple[Column, ...], tuple[tuple[str, int], ...]]:
    words = evidence.words
    names = (*chances, *SHARES, "p_adjusted")
    top = words.integer(evidence.study.rule.top)
    heads = [Column(words.say("column.touchpoint")), Column(words.say("column.verdict"))]
    heads += [Column(words.say(f"column.{name}", top=top), numeric=True) for name in names]
    heads += [
        Column(words.say(f"criterion.{name}"), upright=True)
        for _, criteria in CRITERIA
        for name in criteria
    ]
    labels = ((criteria_label(evidence, group, wave.id), len(names)) for group, names in CRITERIA)
    return tuple(heads), (("", 2), (words.say("criteria.numbers"), len(names)), *labels)


def _verdict_row(evidence: Evidence, record: Record, chances: tuple[str, ...]) -> Row:
    words = evidence.words
    text = verdict_text(evidence, record)
    trend = words.known("trend", record["trend"]) if record["trend"] else ""
    label = protects(evidence, str(record["wave"]), str(record["touchpoint"]))
    notes = "\n".join(note for note in (trend, label) if note)
    order = verdict_order(record)
    cells = [
        Cell(evidence.item_label(record["touchpoint"])),
        Cell(text, notes, sort=order[0] + 0.5 * (1 + order[1]) / 2, tone=badge(record)),
    ]
    cells += [Cell(words.chance(record[name]), sort=record[name], numeric=True) for name in chances]
    cells += [
        Cell(words.percent(record[name], 1), sort=record[name], numeric=True) for name in SHARES
    ]
    p_value = record["p_adjusted"]
    cells.append(Cell(words.p_value(p_value), sort=p_value, numeric=True))
    for _, criteria in CRITERIA:
        for name in criteria:
            met = criterion_met(evidence, record, name)
            mark, tone = MARKS[met]
            spoken = words.say(f"mark.{tone}")
            cells.append(Cell(mark, spoken, sort={True: 2, False: 1, None: 0}[met], tone=tone))
    return Row(tuple(cells), strong=record["verdict"] == "super")
