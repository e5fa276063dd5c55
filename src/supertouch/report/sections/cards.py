"""The card of a super-touchpoint, and verdicts in words."""

from __future__ import annotations

from supertouch.report.blocks import Card, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.factors import protected
from supertouch.study.model import Outcome, Wave

__all__ = ["badge", "card", "failed_criteria", "verdict_text"]


def verdict_text(evidence: Evidence, row: Record) -> str:
    """Return the verdict in words, with the word proxy where it rests on one."""
    text = evidence.words.known("verdict", str(row["verdict"]))
    decided = row["verdict"] not in ("undetermined", "too_few")
    if row["proxy"] and decided:
        return evidence.words.say("with_proxy", text=text)
    return text


def badge(row: Record) -> Tone:
    """Return the tone that goes with a verdict."""
    tone: Tone = row["verdict"]
    return tone


def failed_criteria(evidence: Evidence, row: Record) -> list[str]:
    """Return what a touchpoint lacks for being super, in words."""
    return [evidence.words.known("failed", code) for code in str(row["reason"] or "").split()]


def card(evidence: Evidence, wave: Wave, row: Record) -> Card:
    """Say of a super-touchpoint how many meet it, what it goes with, and how sure that is."""
    words = evidence.words
    touchpoint = str(row["touchpoint"])
    short = [(words.say("column.reach"), _reach_short(evidence, wave, touchpoint))]
    lines = [(words.say("column.reach"), _reach_line(evidence, wave, touchpoint))]
    for outcome in evidence.driven(wave.id):
        line = _driver_line(evidence, wave, outcome, touchpoint)
        lines.append((evidence.outcome_label(outcome), line))
        brief = _driver_short(evidence, wave, outcome, touchpoint)
        short.append((evidence.outcome_label(outcome), brief))
    lines += _protection(evidence, wave, touchpoint)
    certainty = _certainty(evidence, wave, row)
    lines.append((words.say("answer.how_sure"), certainty))
    if row["trend"]:
        sentence = words.known("trend_sentence", str(row["trend"]))
        lead = words.known("trend", str(row["trend"]))
        lines.append((lead[:1].upper() + lead[1:], sentence))
    return Card(
        title=evidence.item_label(touchpoint),
        badge=verdict_text(evidence, row),
        tone=badge(row),
        lines=tuple((lead, line) for lead, line in short if line),
        link=touchpoint,
        details=tuple((lead, line) for lead, line in lines if line),
    )


def _protection(evidence: Evidence, wave: Wave, touchpoint: str) -> list[tuple[str, str]]:
    """Say for which outcome a super-touchpoint is a basic factor, with penalty and reward."""
    words = evidence.words
    lines = []
    for outcome in protected(evidence, wave.id, touchpoint):
        row = evidence.row("asymmetry", wave.id, outcome.id, touchpoint)
        if row is not None:
            text = words.say(
                "protects.card",
                outcome=evidence.label(outcome),
                penalty=words.number(row["penalty"], signed=True),
                reward=words.number(row["reward"], signed=True),
                probability=words.chance(row["probability_basic"]),
            )
            lines.append((words.say("factor.basic"), text))
    return lines


def _certainty(evidence: Evidence, wave: Wave, row: Record) -> str:
    words = evidence.words
    chance = words.related(words.chance(row["probability"]))
    parts = [words.say("answer.p_super", probability=chance)]
    if evidence.rank_told(wave.id):
        chance = words.related(words.chance(row["rank_probability"]))
        top = words.integer(row["top"])
        parts.append(words.say("answer.p_rank", top=top, probability=chance))
    p_value = words.related(words.p_value(row["p_adjusted"]))
    return words.say("answer.certainty", chances=", ".join(parts), p_value=p_value)


def _reach_line(evidence: Evidence, wave: Wave, touchpoint: str) -> str:
    row = evidence.row("performance", wave.id, touchpoint)
    if row is None:
        return ""
    words = evidence.words
    met = words.say("answer.contact_not_asked")
    if evidence.contact_asked(touchpoint, wave.id):
        met = words.say(
            "answer.reach",
            reach=words.percent(row["reach"]),
            interval=words.percent_interval(row["reach_low"], row["reach_high"]),
            n_known=words.integer(row["n_known"]),
        )
    bands = words.say(
        "answer.bands",
        delighted=words.percent(row["delighted"]),
        disappointed=words.percent(row["disappointed"]),
        n_rated=words.integer(row["n_rated"]),
    )
    return f"{met} {bands}"


def _reach_short(evidence: Evidence, wave: Wave, touchpoint: str) -> str:
    row = evidence.row("performance", wave.id, touchpoint)
    if row is None:
        return ""
    words = evidence.words
    shares = {name: words.percent(row[name]) for name in ("reach", "delighted", "disappointed")}
    if evidence.contact_asked(touchpoint, wave.id):
        return words.say("answer.short_reach", **shares)
    del shares["reach"]
    return words.say("answer.short_bands", **shares)


def _driver_short(evidence: Evidence, wave: Wave, outcome: Outcome, touchpoint: str) -> str:
    row = evidence.row("importance", wave.id, outcome.id, touchpoint, "experience", "lmg")
    if row is None:
        return ""
    words = evidence.words
    share = words.percent(row["share"], 1)
    interval = words.percent_interval(row["share_low"], row["share_high"], 1)
    rank = words.integer(row["rank"])
    return words.say("answer.short_share", rank=rank, share=share, interval=interval or "–")


def _driver_line(evidence: Evidence, wave: Wave, outcome: Outcome, touchpoint: str) -> str:
    row = evidence.row("importance", wave.id, outcome.id, touchpoint, "experience", "lmg")
    if row is None:
        return ""
    words = evidence.words
    return words.say(
        "answer.share",
        share=words.percent(row["share"], 1),
        interval=words.percent_interval(row["share_low"], row["share_high"], 1),
        fair=words.percent(row["fair_share"], 1),
        rank=words.integer(row["rank"]),
        rank_low=words.integer(row["rank_low"]),
        rank_high=words.integer(row["rank_high"]),
        effect=words.number(row["effect"], 2, signed=True),
        effect_interval=words.interval(row["effect_low"], row["effect_high"], signed=True),
    )
