"""What to do, in two sentences made from the numbers; the headline above them is the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from supertouch.report.blocks import Prose
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.danger import at_risk
from supertouch.report.sections.naming import named, quoted
from supertouch.report.sections.portfolio import decided
from supertouch.report.sections.reservations import lacking
from supertouch.study.model import Outcome, Wave

__all__ = ["beware", "summary", "to_do"]

SPOKEN = 3
MORE = "naming.more_decisions"
ALIKE = 1e-9


def summary(evidence: Evidence, wave: Wave) -> tuple[Prose, ...]:
    """Return the two sentences with links to where they come from; () without verdicts."""
    if not evidence.rows("supertouchpoints", wave.id):
        return ()
    words = evidence.words
    links = [
        (name, words.say(f"section.{name}"))
        for name, table in (("portfolio", "portfolio"), ("danger", "asymmetry"))
        if any(evidence.rows(table, item.id) for item in evidence.waves)
    ]
    return (Prose((to_do(evidence, wave), beware(evidence, wave)), links=tuple(links)),)


def to_do(evidence: Evidence, wave: Wave) -> str:
    """Say on which touchpoints to concentrate, how sure that is and what leads among them.

    Where the data carry no decision, say what it would take to come to one.
    """
    words = evidence.words
    rows = decided(evidence, wave)
    first = [row for row in rows if row["decision"] == "concentrate"]
    if first:
        return words.say(
            "summary.concentrate" if _supers(evidence, wave) else "summary.priority",
            who=_who(evidence, wave, first),
            sure=_sure(evidence, first),
            lead=_lead(evidence, wave, first),
        )
    if any(row["decision"] != "undecided" for row in rows):
        return words.say("summary.nothing_stands_out")
    missing = evidence.missing(wave.id)
    if missing:
        asked = words.series(words.say(f"summary.ask.{role}") for role in missing)
        return words.say("summary.ask_next", asked=asked)
    return _needed(evidence, wave)


def _who(evidence: Evidence, wave: Wave, first: Sequence[Record]) -> str:
    """Name the touchpoints to concentrate on; those of the headline are not named again."""
    words = evidence.words
    supers = _supers(evidence, wave)
    found = {row["touchpoint"] for row in first}
    if not supers or supers - found:
        return named(evidence, first, most=SPOKEN, more=MORE)
    others = [row for row in first if row["touchpoint"] not in supers]
    if not others:
        return words.count("summary.these", len(supers))
    names = named(evidence, others, most=SPOKEN, more=MORE)
    return words.count("summary.these_and", len(supers), names=names)


def _supers(evidence: Evidence, wave: Wave) -> set[str]:
    rows = evidence.rows("supertouchpoints", wave.id)
    return {str(row["touchpoint"]) for row in rows if row["verdict"] == "super"}


def _sure(evidence: Evidence, first: Sequence[Record]) -> str:
    """Return the share of replicates that decide the same, from and to where they differ."""
    words = evidence.words
    chances = [float(row["probability"]) for row in first if row["probability"] is not None]
    if not chances:
        return ""
    ends = list(dict.fromkeys(words.chance(end(chances)) for end in (min, max)))
    text = ends[0] if len(ends) == 1 else words.say("format.range", low=ends[0], high=ends[1])
    return words.say("summary.sure", chance=text)


def _lead(evidence: Evidence, wave: Wave, first: Sequence[Record]) -> str:
    """Say which of them comes first, as far as the intervals of the gains tell them apart."""
    words = evidence.words
    gains = [row for row in first if row["gain"] is not None and (row["gain_low"] or 0) > 0]
    gains.sort(key=lambda row: -float(row["gain"]))
    if not gains:
        return words.say("summary.no_gain")
    lowest = float(gains[0]["gain_low"])
    tied = [row for row in gains if float(row["gain_high"]) >= lowest]
    if len(tied) > 1:
        if len(tied) == len(first):
            return words.say("summary.no_order")
        if len(tied) > SPOKEN + 1:
            return words.say("summary.no_order_at_top")
        return words.say("summary.first_tied", names=named(evidence, tied, most=SPOKEN))
    name = str(gains[0]["touchpoint"])
    effects = [
        text
        for outcome in evidence.driven(wave.id)
        if (text := _effect(evidence, wave, outcome, name))
    ]
    key = "summary.there" if len(first) == 1 else "summary.first"
    there = words.say("summary.where", effects=words.series(effects)) if effects else ""
    return words.say(key, name=quoted(evidence, name), there=there)


def _effect(evidence: Evidence, wave: Wave, outcome: Outcome, touchpoint: str) -> str:
    row = evidence.row("importance", wave.id, outcome.id, touchpoint, "experience", "lmg")
    if row is None or row["effect"] is None:
        return ""
    words = evidence.words
    interval = words.interval(row["effect_low"], row["effect_high"], signed=True)
    return words.say(
        "summary.effect",
        effect=words.number(row["effect"], signed=True),
        interval=interval or "–",
        outcome=evidence.outcome_label(outcome),
    )


def _needed(evidence: Evidence, wave: Wave) -> str:
    """Say what the next wave takes: respondents, ratings or touchpoints, by what was refused."""
    words = evidence.words
    refused = [
        model
        for outcome in evidence.driven(wave.id)
        if (model := evidence.row("models", wave.id, outcome.id)) is not None
        and not model["admitted"]
    ]
    small = [model for model in refused if lacking(evidence, model) is not None]
    if small:
        model = max(small, key=lambda row: float(row["n_needed"]) - float(row["n_eff"]))
        n_eff, n_needed = lacking(evidence, model) or ("", "")
        return words.say("summary.larger_sample", n_eff=n_eff, n_needed=n_needed)
    if any(model["reason"] == "too_few_touchpoints" for model in refused):
        several = len(evidence.touchpoints(wave.id)) > 1
        return words.say("summary.more_ratings" if several else "summary.more_touchpoints")
    return words.say("summary.open")


def beware(evidence: Evidence, wave: Wave) -> str:
    """Say what to guard, what is quick and what to stop; else where most are disappointed."""
    words = evidence.words
    rows = decided(evidence, wave)
    quick = [row for row in rows if row["quick_win"]]
    risks = _risks(evidence, wave)
    drop = [row for row in rows if row["decision"] == "drop" and row["touchpoint"] not in risks]
    parts = [_guard(evidence, risks)]
    parts += [
        words.count(f"summary.{name}", len(found), names=named(evidence, found, most=SPOKEN))
        for name, found in (("quick", quick), ("drop", drop))
        if found
    ]
    told = words.series(part for part in parts if part)
    return f"{told[:1].upper()}{told[1:]}." if told else _worst(evidence, wave)


def _risks(evidence: Evidence, wave: Wave) -> dict[str, list[Record]]:
    """Return the largest certain risk of each outcome, by its touchpoint."""
    found: dict[str, list[Record]] = {}
    for outcome in evidence.driven(wave.id):
        for row in at_risk(evidence, wave, outcome)[:1]:
            found.setdefault(str(row["touchpoint"]), []).append(row)
    return found


def _guard(evidence: Evidence, risks: Mapping[str, Sequence[Record]]) -> str:
    """Name the touchpoints to guard, each once, with what their penalties are."""
    words = evidence.words
    names = [
        words.say(
            "summary.guarded",
            touchpoint=quoted(evidence, name),
            disappointed=words.percent(rows[-1]["disappointed"]),
            penalties=words.series(_penalty(evidence, row) for row in rows),
        )
        for name, rows in risks.items()
    ]
    return words.say("summary.guard", names=words.series(names)) if names else ""


def _penalty(evidence: Evidence, row: Record) -> str:
    words = evidence.words
    outcome = evidence.study.outcome(str(row["outcome"]))
    return words.say(
        "summary.penalty",
        penalty=words.number(row["penalty"], signed=True),
        outcome=evidence.outcome_label(outcome),
    )


def _worst(evidence: Evidence, wave: Wave) -> str:
    """Name where most are disappointed among those with a sufficient base; ties together."""
    words = evidence.words
    rows = [
        row
        for row in evidence.rows("performance", wave.id)
        if row["disappointed"] is not None and row["n_rated"] >= evidence.study.rule.min_base
    ]
    if not rows:
        return words.say("summary.no_base", n=words.integer(evidence.study.rule.min_base))
    most = max(float(row["disappointed"]) for row in rows)
    if most <= 0:
        return words.say("summary.nobody_disappointed")
    worst = [row for row in rows if float(row["disappointed"]) >= most - ALIKE]
    return words.count(
        "summary.worst",
        len(worst),
        names=named(evidence, worst, most=SPOKEN),
        share=words.percent(most),
        base=words.say("base.n", n=words.integer(worst[0]["n_rated"])),
    )
