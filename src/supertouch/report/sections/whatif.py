"""What the plan's measures would bring, one by one and together, and what a budget buys."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import (
    ByWave,
    Cell,
    Column,
    Grid,
    Headline,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.budgets import budgets, measure_label, outcome_size
from supertouch.report.sections.simulator import simulator
from supertouch.report.sections.units import PER, Way, gain_texts, read_gain, unit_of
from supertouch.study.model import Wave

__all__ = ["whatif"]

TOGETHER = "together"
SOURCES = ("simulator", "whatif", "budget")
OF_TOUCHPOINT = ("headroom", "beyond_best", "large")


def whatif(evidence: Evidence, pictures: dict[str, Picture]) -> Section | None:
    """Show sliders, what measures would bring and what budgets buy; None where there is nothing."""
    words = evidence.words
    told = [wave for wave in evidence.waves
            if any(evidence.rows(name, wave.id) for name in SOURCES)]  # fmt: skip
    if not told:
        return None
    waves = tuple(
        (wave.id, _in_wave(evidence, wave, pictures) if wave in told
         else (Prose((words.say("whatif.nothing", wave=evidence.label(wave)),), "note"),))
        for wave in evidence.waves
    )  # fmt: skip
    return Section("whatif", words.say("section.whatif"), (ByWave(waves),),
                   words.say("whatif.intro"))  # fmt: skip


def _in_wave(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = evidence.rows("whatif", wave.id)
    blocks: list[Plain] = []
    if not rows and evidence.rows("simulator", wave.id):
        blocks.append(Prose((words.say("whatif.causal"),), "note"))
    if rows:
        ways = list(dict.fromkeys((str(row["outcome"]), str(row["unit"])) for row in rows))
        blocks.append(_headline(evidence, wave, ways))
        blocks.append(Prose((words.say("whatif.causal"),), "note"))
    blocks += simulator(evidence, wave)
    if rows:
        blocks.append(_grid(evidence, wave, rows, ways))
    blocks += budgets(evidence, wave, pictures)
    return tuple(blocks)


def _headline(evidence: Evidence, wave: Wave, ways: Sequence[Way]) -> Headline:
    words = evidence.words
    gains = [
        text
        for way in _told(evidence, wave, ways)
        if (row := evidence.row("whatif", wave.id, TOGETHER, *way)) is not None
        and (text := _gain_text(evidence, row))
    ]
    label = evidence.label(wave)
    if not gains:
        return Headline(words.say("whatif.headline_none", wave=label), "none")
    return Headline(words.say("whatif.headline", wave=label, gains=words.series(gains)))


def _told(evidence: Evidence, wave: Wave, ways: Sequence[Way]) -> list[Way]:
    """Return loyalty in its points and recommendation as NPS, as far as they are there."""
    driven = [outcome.id for outcome in evidence.driven(wave.id)]
    found = {outcome: unit for outcome, unit in sorted(ways) if outcome in driven}
    return [(outcome, found[outcome]) for outcome in driven if outcome in found] or list(ways)


def _gain_text(evidence: Evidence, row: Record) -> str:
    if row["gain"] is None:
        return ""
    unit = unit_of(evidence, str(row["outcome"]), str(row["unit"]))
    gain, interval = gain_texts(evidence, row, "gain", unit=unit)
    return evidence.words.say(
        f"whatif.gain_{unit}",
        outcome=evidence.item_label(str(row["outcome"])),
        gain=gain,
        interval=interval or "–",
    )


def _grid(evidence: Evidence, wave: Wave, rows: Sequence[Record], ways: Sequence[Way]) -> Grid:
    words = evidence.words
    scenarios = list(dict.fromkeys(str(row["scenario"]) for row in rows))
    scenarios.sort(key=lambda name: name == TOGETHER)
    heads = [Column(words.say(f"column.{name}"), numeric=True) for name in ("asked", "cost")]
    heads += [
        Column(words.say(f"whatif.column_{unit_of(evidence, outcome, unit)}",
                         outcome=evidence.item_label(outcome)), numeric=True)
        for outcome, unit in ways
    ]  # fmt: skip
    sizes = list(dict.fromkeys(outcome_size(evidence, row) for row in rows))
    return Grid(
        words.say("whatif.caption", wave=evidence.label(wave)),
        (Column(words.say("column.plan_measure")), *heads, Column(words.say("column.warnings"))),
        tuple(_row(evidence, wave, name, ways) for name in scenarios),
        " · ".join((*sizes, evidence.weighting(wave.id),
                    words.say("whatif.base", level=evidence.confidence()))),
    )  # fmt: skip


def _row(evidence: Evidence, wave: Wave, scenario: str, ways: Sequence[Way]) -> Row:
    words = evidence.words
    found = [evidence.row("whatif", wave.id, scenario, *way) for way in ways]
    one = next(row for row in found if row is not None)
    whole = scenario == TOGETHER
    label = words.say("whatif.together") if whole else measure_label(evidence, scenario)
    touchpoint = evidence.item_label(str(one["touchpoint"])) if one["touchpoint"] else ""
    given = ""
    if one["given"] is not None and one["asked"] is not None and one["given"] != one["asked"]:
        given = words.say("whatif.given", given=words.number(one["given"], signed=True))
    warned = "; ".join(_warnings(evidence, [row for row in found if row is not None]))
    return Row(
        (
            Cell(label, touchpoint if touchpoint != label else ""),
            Cell(words.number(one["asked"], signed=True), given, sort=one["asked"], numeric=True),
            Cell(words.integer(one["cost"]), sort=one["cost"], numeric=True),
            *(_gain_cell(evidence, row) for row in found),
            Cell(warned or "–"),
        ),
        strong=whole,
    )


def _warnings(evidence: Evidence, rows: Sequence[Record]) -> list[str]:
    """Return what to beware of; where there are several outcomes, which ones it is about."""
    words = evidence.words
    about: dict[str, list[str]] = {}
    for row in rows:
        outcome = evidence.item_label(str(row["outcome"]))
        name = words.say("column.nps") if row["unit"] == "nps" else outcome
        for code in str(row["warnings"]).split():
            about.setdefault(code, []).append(name)
    return [
        words.known("whatif_warning", code)
        if code in OF_TOUCHPOINT or len(rows) == 1
        else words.say("whatif.about", warning=words.known("whatif_warning", code),
                       names=words.series(names))
        for code, names in about.items()
    ]  # fmt: skip


def _gain_cell(evidence: Evidence, row: Record | None) -> Cell:
    if row is None:
        return Cell("–", numeric=True)
    words = evidence.words
    unit = unit_of(evidence, str(row["outcome"]), str(row["unit"]))
    text, interval = gain_texts(evidence, row, "gain", unit=unit, more=1)
    parts = [interval]
    if row["cost_per_point"] is not None:
        cost = words.integer(float(row["cost_per_point"]) / PER[unit])
        key = "whatif.cost_per_share" if unit == "share" else "whatif.cost_per_point"
        parts.append(words.say(key, cost=cost))
    detail = "\n".join(part for part in parts if part)
    return Cell(text, detail, sort=read_gain(row, "gain", unit=unit), numeric=True)
