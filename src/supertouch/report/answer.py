"""The answer: which touchpoints are super in a wave and why, or why none is, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import Card, Cards, Headline, Plain, Prose, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.labels import shortened
from supertouch.report.reservations import reservations, roles
from supertouch.study.model import PHASES, Outcome, Role, Wave

__all__ = ["answer", "badge", "failed_criteria", "verdict_text"]

CLOSEST = 3
LISTED = 8
LONGEST = 70
BUILDERS: dict[str, Role] = {
    "loyalty_builder": "loyalty",
    "recommendation_builder": "recommendation",
}


def answer(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    """Write the headline, a card per super-touchpoint, and what else a reader must know."""
    verdicts = _by_probability(evidence.rows("supertouchpoints", wave.id))
    supers = [row for row in verdicts if row["verdict"] == "super"]
    blocks: list[Plain] = [_headline(evidence, wave, verdicts, supers)]
    if supers:
        cards = tuple(_card(evidence, wave, row) for row in supers)
        blocks.append(Cards(cards, _cards_base(evidence, wave)))
    else:
        blocks.extend(_why_none(evidence, wave, verdicts))
    blocks.extend(_others(evidence, wave, verdicts))
    blocks.extend(reservations(evidence, wave))
    return tuple(blocks)


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


def _by_probability(rows: Sequence[Record]) -> list[Record]:
    def key(row: Record) -> float:
        return -1.0 if row["probability"] is None else float(row["probability"])

    return sorted(rows, key=key, reverse=True)


def _headline(
    evidence: Evidence, wave: Wave, verdicts: Sequence[Record], supers: Sequence[Record]
) -> Headline:
    words = evidence.words
    label = evidence.label(wave)
    if supers:
        names = words.series(
            words.say("quote", text=shortened(evidence.item_label(row["touchpoint"]), LONGEST))
            for row in supers
        )
        return Headline(words.count("answer.super", len(supers), wave=label, names=names), "super")
    if not verdicts:
        return Headline(words.say("answer.no_verdicts", wave=label), "warning")
    if all(row["verdict"] == "undetermined" for row in verdicts):
        missing = roles(evidence, evidence.missing(wave.id))
        text = words.say("answer.undetermined", wave=label, missing=missing)
        return Headline(text, "undetermined")
    if not _admitted(evidence, wave):
        return Headline(words.say("answer.refused", wave=label), "warning")
    return Headline(words.say("answer.none", wave=label), "none")


def _admitted(evidence: Evidence, wave: Wave) -> bool:
    models = [evidence.row("models", wave.id, item.id) for item in evidence.driven(wave.id)]
    return any(model is not None and model["admitted"] for model in models)


def _card(evidence: Evidence, wave: Wave, row: Record) -> Card:
    words = evidence.words
    touchpoint = str(row["touchpoint"])
    lines = [(words.say("column.reach"), _reach_line(evidence, wave, touchpoint))]
    for outcome in evidence.driven(wave.id):
        line = _driver_line(evidence, wave, outcome, touchpoint)
        lines.append((evidence.outcome_label(outcome), line))
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
        lines=tuple((lead, line) for lead, line in lines if line),
        link=touchpoint,
    )


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


def _cards_base(evidence: Evidence, wave: Wave) -> str:
    models = [evidence.model_base(wave.id, outcome) for outcome in evidence.driven(wave.id)]
    return evidence.base(wave.id, *models, evidence.words.say("explain.probability"))


def _why_none(evidence: Evidence, wave: Wave, verdicts: Sequence[Record]) -> list[Plain]:
    words = evidence.words
    undetermined = [row for row in verdicts if row["verdict"] == "undetermined"]
    if verdicts and len(undetermined) == len(verdicts):
        return [Prose((words.say("answer.why_undetermined"),), bullets=_leaders(evidence, wave))]
    if not _admitted(evidence, wave):
        return [Prose((words.say("answer.instead"),), bullets=_phase_lines(evidence, wave))]
    closest = [row for row in verdicts if row["probability"] and row["verdict"] != "too_few"]
    if not closest:
        return []
    candidates = sum(row["verdict"] == "candidate" for row in closest)
    lines = tuple(_near_line(evidence, row) for row in closest[: max(CLOSEST, candidates)])
    return [
        Prose((words.say("answer.why_none"),), bullets=lines),
        Prose((words.say("answer.aside", text=words.say("explain.probability")),)),
    ]


def _near_line(evidence: Evidence, row: Record) -> str:
    words = evidence.words
    return words.say(
        "answer.near",
        touchpoint=evidence.item_label(row["touchpoint"]),
        verdict=verdict_text(evidence, row),
        probability=words.related(words.chance(row["probability"])),
        failed=words.series(failed_criteria(evidence, row)) or words.say("answer.nothing_failed"),
    )


def _leaders(evidence: Evidence, wave: Wave) -> tuple[str, ...]:
    words = evidence.words
    lines = []
    for outcome in evidence.driven(wave.id):
        rows = [
            row
            for row in evidence.rows("importance", wave.id)
            if (row["outcome"], row["component"], row["method"])
            == (outcome.id, "experience", "lmg")
        ]
        rows.sort(key=lambda row: int(row["rank"]))
        names = [
            words.say(
                "answer.leader",
                touchpoint=evidence.item_label(row["touchpoint"]),
                share=words.percent(row["share"], 1),
                interval=words.percent_interval(row["share_low"], row["share_high"], 1),
            )
            for row in rows[: evidence.study.rule.top]
        ]
        if names:
            label = evidence.outcome_label(outcome)
            lines.append(words.say("answer.leaders", outcome=label, names="; ".join(names)))
    return tuple(lines)


def _phase_lines(evidence: Evidence, wave: Wave) -> tuple[str, ...]:
    words = evidence.words
    lines = []
    for outcome in evidence.driven(wave.id):
        names = [
            words.say(
                "answer.leader",
                touchpoint=words.say(f"phase.{phase}"),
                share=words.percent(row["share"]),
                interval=words.percent_interval(row["share_low"], row["share_high"]),
            )
            for phase in PHASES
            if (row := evidence.row("phases", wave.id, outcome.id, phase, "experience")) is not None
        ]
        if names:
            label = evidence.outcome_label(outcome)
            lines.append(words.say("answer.phases", outcome=label, names="; ".join(names)))
    return tuple(lines)


def _names(evidence: Evidence, rows: Sequence[Record]) -> str:
    words = evidence.words
    names = [words.say("quote", text=evidence.item_label(row["touchpoint"])) for row in rows]
    if len(names) <= LISTED:
        return words.series(names)
    more = words.integer(len(names) - LISTED)
    return words.say("answer.more", names=", ".join(names[:LISTED]), n=more)


def _others(evidence: Evidence, wave: Wave, verdicts: Sequence[Record]) -> list[Plain]:
    """Name whatever is not in the headline; candidates only where the closest are not listed."""
    words = evidence.words
    bullets = []
    listed = not any(row["verdict"] == "super" for row in verdicts)
    for verdict in (*(() if listed else ("candidate",)), *BUILDERS, "too_few"):
        rows = [row for row in verdicts if row["verdict"] == verdict]
        if rows and len(rows) < len(verdicts):
            places = {"names": _names(evidence, rows)}
            if verdict in BUILDERS:
                places["outcome"] = _spoken_role(evidence, BUILDERS[verdict], wave)
            kind = "builder" if verdict in BUILDERS else verdict
            bullets.append(words.count(f"answer.others.{kind}", len(rows), **places))
    for trend in ("emerging", "fading"):
        rows = [row for row in verdicts if row["trend"] == trend and row["verdict"] != "super"]
        if rows:
            bullets.append(words.say(f"answer.trend.{trend}", names=_names(evidence, rows)))
    bullets += _no_longer(evidence, wave)
    return [Prose((words.say("answer.others.intro"),), bullets=tuple(bullets))] if bullets else []


def _spoken_role(evidence: Evidence, role: Role, wave: Wave) -> str:
    outcome = evidence.study.outcome_of(role, wave.id)
    if outcome is not None and outcome.proxy:
        return evidence.words.say("answer.with_proxy", outcome=evidence.outcome_label(outcome))
    return evidence.words.say(f"answer.with.{role}")


def _no_longer(evidence: Evidence, wave: Wave) -> list[str]:
    """Name what was super in the wave before and is not now, where no decline is shown."""
    place = evidence.waves.index(wave)
    if not place:
        return []
    words = evidence.words
    before = evidence.waves[place - 1]
    was = [row for row in evidence.rows("supertouchpoints", before.id) if row["verdict"] == "super"]
    now = {row["touchpoint"]: row for row in evidence.rows("supertouchpoints", wave.id)}
    gone = [row for row in was if row["touchpoint"] not in now]
    left = [
        row
        for row in was
        if (found := now.get(row["touchpoint"])) is not None
        and found["verdict"] != "super"
        and found["trend"] != "fading"
    ]
    return [
        words.say(f"answer.{key}", wave=evidence.label(before), names=_names(evidence, rows))
        for key, rows in (("no_longer", left), ("gone", gone))
        if rows
    ]
