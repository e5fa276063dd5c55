"""One decision per touchpoint: what to do, how sure that is, why, and what it would bring."""

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
    Tone,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import partly_sampled
from supertouch.report.sections.grounds import grounds
from supertouch.report.sections.missing import missing
from supertouch.report.sections.naming import named
from supertouch.report.sections.scales import mean_cell, mean_head, one_scale
from supertouch.study.model import Wave

__all__ = [
    "DECISIONS",
    "decided",
    "decision_order",
    "decision_text",
    "decision_tone",
    "gain_cell",
    "portfolio",
]

DECISIONS = ("concentrate", "recombine", "drop", "neglect", "undecided")
LIKELY = 0.01
TOLD = ("recombine", "drop", "neglect", "undecided")
QUICK: dict[bool | None, tuple[str, Tone, int]] = {
    True: ("✓", "yes", 2),
    False: ("–", "open", 1),
    None: ("○", "open", 0),
}
NUMERIC = ("probability_of", "gain", "cost_both", "importance_mean", "levels")


def portfolio(evidence: Evidence, pictures: dict[str, Picture]) -> Section | None:
    """Show the decision on every touchpoint, the map and what is missing; None without any."""
    if not any(evidence.rows(name, wave.id)
               for name in ("portfolio", "missing") for wave in evidence.waves):  # fmt: skip
        return None
    words = evidence.words
    waves = ByWave(tuple((wave.id, _in_wave(evidence, wave, pictures)) for wave in evidence.waves))
    return Section("portfolio", words.say("section.portfolio"), (waves,),
                   words.say("portfolio.intro"))  # fmt: skip


def decided(evidence: Evidence, wave: Wave) -> list[Record]:
    """Return the decisions of a wave: concentrate first, the most important first."""
    return sorted(evidence.rows("portfolio", wave.id), key=decision_order)


def decision_order(row: Record) -> tuple[int, float]:
    """Sort by decision, then by importance from high to low."""
    importance = row["importance"]
    return DECISIONS.index(row["decision"]), 1.0 if importance is None else -float(importance)


def decision_text(evidence: Evidence, row: Record) -> str:
    """Return the decision in words, with the word proxy where it rests on one."""
    text = evidence.words.say(f"decision.{row['decision']}")
    if row["proxy"] and row["decision"] != "undecided":
        return evidence.words.say("with_proxy", text=text)
    return text


def decision_tone(row: Record) -> Tone:
    """Return the tone that goes with a decision."""
    tone: Tone = row["decision"]
    return tone


def _in_wave(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = decided(evidence, wave)
    absent = missing(evidence, wave)
    if not rows:
        nothing = Prose((words.say("portfolio.nothing", wave=evidence.label(wave)),), "note")
        return (nothing, *absent)
    blocks: list[Plain] = [
        _headline(evidence, wave, rows),
        Prose((), bullets=_lines(evidence, rows)),
    ]
    if f"priorities_{wave.id}" in pictures:
        blocks.append(pictures[f"priorities_{wave.id}"])
    return (*blocks, _grid(evidence, wave, rows), *absent)


def _headline(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Headline:
    words = evidence.words
    label = evidence.label(wave)
    first = [row for row in rows if row["decision"] == "concentrate"]
    if all(row["decision"] == "undecided" for row in rows):
        return Headline(words.say("portfolio.undecided", wave=label), "warning")
    if not first:
        return Headline(words.say("portfolio.none", wave=label), "none")
    places = {"wave": label, "all": words.integer(len(rows)), "names": named(evidence, first)}
    return Headline(words.count("portfolio.concentrate", len(first), **places), "super")


def _lines(evidence: Evidence, rows: Sequence[Record]) -> tuple[str, ...]:
    words = evidence.words
    lines = [_quick_line(evidence, rows)]
    for decision in TOLD:
        found = [row for row in rows if row["decision"] == decision]
        if found and len(found) < len(rows):
            names = named(evidence, found)
            lines.append(words.count(f"portfolio.{decision}_line", len(found), names=names))
    return tuple(lines)


def _quick_line(evidence: Evidence, rows: Sequence[Record]) -> str:
    words = evidence.words
    quick = [row for row in rows if row["quick_win"]]
    unpriced = [row for row in rows if _unpriced(row)]
    meant = words.say("portfolio.quick_meant", quick=words.percent(evidence.study.portfolio.quick))
    said = {"meant": meant, "names": named(evidence, quick)}
    missing_ = {"meant": meant, "names": named(evidence, unpriced)}
    if not quick and unpriced:
        return words.count("portfolio.quick_open", len(unpriced), **missing_)
    if not quick:
        known = any(row["quick_win"] is not None for row in rows)
        return words.say("portfolio.no_quick" if known else "portfolio.quick_unknown", **said)
    line = words.count("portfolio.quick", len(quick), **said)
    more = words.count("portfolio.quick_more", len(unpriced), **missing_) if unpriced else ""
    return f"{line} {more}" if more else line


def _unpriced(row: Record) -> bool:
    """Tell whether nothing but an unknown cost keeps a touchpoint from being a quick win or not."""
    known = row["decision"] != "undecided" and row["gain"] is not None
    return known and row["quick_win"] is None and row["cost"] is None


def _grid(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    names = ("touchpoint", "decision", "probability_of", "why", "quick_win", "gain", "cost_both",
             "importance_mean", "levels")  # fmt: skip
    scale = one_scale(evidence, (evidence.study.touchpoint(str(row["touchpoint"])).scale
                                 for row in rows))  # fmt: skip
    satisfaction = mean_head(evidence, "satisfaction", scale)
    heads = {"levels": words.say("column.levels", head=satisfaction)}
    columns = tuple(
        Column(heads.get(name) or words.say(f"column.{name}"), name in NUMERIC, wide=name == "why")
        for name in names
    )
    models = [evidence.model_base(wave.id, outcome) for outcome in evidence.driven(wave.id)]
    return Grid(
        words.say("portfolio.caption", wave=evidence.label(wave)),
        columns,
        tuple(_row(evidence, row, noted=scale is None) for row in rows),
        evidence.base(wave.id, partly_sampled(evidence, wave.id), *models, _rule(evidence)),
        sortable=True,
    )


def _rule(evidence: Evidence) -> str:
    words = evidence.words
    rule = evidence.study.portfolio
    return words.say(
        "portfolio.base",
        effect=words.number(rule.effect, 1),
        overlap=words.number(rule.overlap),
        dear=words.percent(1 - rule.cost),
        quick=words.percent(rule.quick),
        step=words.percent(rule.step),
        level=evidence.confidence(),
    )


def _row(evidence: Evidence, row: Record, *, noted: bool) -> Row:
    words = evidence.words
    touchpoint = evidence.study.touchpoint(str(row["touchpoint"]))
    mark, tone, sort = QUICK[None if row["quick_win"] is None else bool(row["quick_win"])]
    interval = words.percent_interval(row["importance_low"], row["importance_high"], 1)
    cells = (
        Cell(evidence.label(touchpoint), words.say(f"phase.{touchpoint.phase}")),
        Cell(decision_text(evidence, row), _beside(evidence, row),
             sort=DECISIONS.index(row["decision"]), tone=decision_tone(row)),
        Cell(words.chance(row["probability"]), sort=row["probability"], numeric=True),
        Cell(grounds(evidence, row)),
        Cell(mark, words.say(f"quick.{sort}"), sort=sort, tone=tone),
        gain_cell(evidence, row),
        _cost_cell(evidence, row),
        Cell(words.percent(row["importance"], 1), interval, sort=row["importance"], numeric=True),
        mean_cell(evidence, row, "satisfaction", evidence.study.scales.get(touchpoint.scale),
                  noted=noted, base=_base(evidence, row)),
    )  # fmt: skip
    return Row(cells, strong=row["decision"] == "concentrate")


def _base(evidence: Evidence, row: Record) -> str:
    """Return reach, as far as contact was asked, n and n_eff, one below the other."""
    words = evidence.words
    lines = [words.say("base.n", n=words.integer(row["n"])),
             words.say("base.n_eff", n_eff=words.integer(row["n_eff"]))]  # fmt: skip
    if evidence.contact_asked(str(row["touchpoint"]), str(row["wave"])):
        lines.insert(0, words.say("portfolio.reached", share=words.percent(row["reach"])))
    return "\n".join(lines)


def _beside(evidence: Evidence, row: Record) -> str:
    """Return the next likely decision, and the wave before's where it was another one."""
    parts = (_else(evidence, row), _formerly(evidence, row))
    return "\n".join(part for part in parts if part)


def _formerly(evidence: Evidence, row: Record) -> str:
    ids = [wave.id for wave in evidence.waves]
    place = ids.index(str(row["wave"]))
    former = evidence.row("portfolio", ids[place - 1], str(row["touchpoint"])) if place else None
    if former is None or former["decision"] == row["decision"]:
        return ""
    words = evidence.words
    return words.say("portfolio.before", decision=words.say(f"decision.{former['decision']}"))


def _else(evidence: Evidence, row: Record) -> str:
    """Return the next likely decision; "" where there is none."""
    words = evidence.words
    others = {
        name: float(row[f"p_{name}"])
        for name in DECISIONS[:-1]
        if name != row["decision"] and row[f"p_{name}"] is not None
    }
    name = max(others, key=lambda key: others[key], default="")
    if not name or others[name] < LIKELY:
        return ""
    decision = words.say(f"decision.{name}")
    return words.say("portfolio.else", decision=decision, chance=words.chance(others[name]))


def gain_cell(evidence: Evidence, row: Record) -> Cell:
    """Return what one step of improvement goes with, in standard deviations of the outcomes."""
    words = evidence.words
    interval = words.interval(row["gain_low"], row["gain_high"], 3, signed=True)
    return Cell(words.number(row["gain"], 3, signed=True), interval, sort=row["gain"], numeric=True)


def _cost_cell(evidence: Evidence, row: Record) -> Cell:
    words = evidence.words
    detail = ""
    if row["cost_per_met"] is not None:
        detail = words.say("portfolio.cost_per_met", cost=words.integer(row["cost_per_met"]))
    return Cell(words.integer(row["cost"]), detail, sort=row["cost"], numeric=True)
