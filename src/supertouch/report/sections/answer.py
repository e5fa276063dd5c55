"""The answer: which touchpoints are super in a wave and why, or why none is, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import Cards, Headline, Plain, Prose
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import partly_sampled
from supertouch.report.sections.cards import card, failed_criteria, verdict_text
from supertouch.report.sections.changes import change_headline
from supertouch.report.sections.compared import first_comparison
from supertouch.report.sections.facts import facts
from supertouch.report.sections.naming import named
from supertouch.report.sections.reservations import reservations, roles
from supertouch.report.sections.summary import summary
from supertouch.study.model import PHASES, Role, Wave

__all__ = ["answer"]

CLOSEST = 3
LISTED = 8
NAMED = 7
BUILDERS: dict[str, Role] = {
    "loyalty_builder": "loyalty",
    "recommendation_builder": "recommendation",
}


def answer(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    """Write the answer in three sentences, a card per super-touchpoint, and what else to know."""
    verdicts = _by_probability(evidence.rows("supertouchpoints", wave.id))
    supers = [row for row in verdicts if row["verdict"] == "super"]
    blocks: list[Plain] = [_headline(evidence, wave, verdicts, supers), *summary(evidence, wave)]
    blocks.extend(facts(evidence, wave))
    if supers:
        cards = tuple(card(evidence, wave, row) for row in supers)
        blocks.append(Cards(cards, _cards_base(evidence, wave)))
    else:
        blocks.extend(_why_none(evidence, wave, verdicts))
        if verdicts:
            blocks.append(Cards((), _cards_base(evidence, wave)))
    blocks.extend(_others(evidence, wave, verdicts))
    compared = first_comparison(evidence, wave)
    if compared is not None:
        link = ("changes", evidence.words.say("section.changes"))
        blocks.append(Prose((change_headline(evidence, compared).text,), links=(link,)))
    blocks.extend(reservations(evidence, wave))
    return tuple(blocks)


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
        names = named(evidence, supers, most=NAMED)
        if any(row["proxy"] for row in supers):
            about = {"wave": label, "names": names, "proxies": _stand_ins(evidence, wave)}
            return Headline(words.count("answer.super_proxy", len(supers), **about), "super")
        return Headline(words.count("answer.super", len(supers), wave=label, names=names), "super")
    if not verdicts:
        return Headline(words.say("answer.no_verdicts", wave=label), "warning")
    if _undetermined(evidence, wave, verdicts):
        missing = roles(evidence, evidence.missing(wave.id))
        key = "answer.undetermined" if missing else "answer.undetermined_open"
        places = {"missing": missing} if missing else {}
        return Headline(words.say(key, wave=label, **places), "undetermined")
    if not _admitted(evidence, wave):
        alone = len(evidence.touchpoints(wave.id)) == 1
        return Headline(
            words.say("answer.refused_alone" if alone else "answer.refused", wave=label), "warning"
        )
    return Headline(words.say("answer.none", wave=label), "none")


def _stand_ins(evidence: Evidence, wave: Wave) -> str:
    """Say which outcome stands in for which."""
    words = evidence.words
    return words.series(
        words.say(
            "answer.stands_in",
            outcome=evidence.label(outcome),
            role=words.say(f"role.{outcome.role}"),
        )
        for outcome in evidence.proxies(wave.id)
    )


def _undetermined(evidence: Evidence, wave: Wave, verdicts: Sequence[Record]) -> bool:
    """Tell whether no verdict can be reached because of what was not asked."""
    found = {str(row["verdict"]) for row in verdicts}
    if evidence.missing(wave.id):
        return bool(found) and found <= {"undetermined", "too_few"}
    return found == {"undetermined"}


def _admitted(evidence: Evidence, wave: Wave) -> bool:
    models = [evidence.row("models", wave.id, item.id) for item in evidence.driven(wave.id)]
    return any(model is not None and model["admitted"] for model in models)


def _cards_base(evidence: Evidence, wave: Wave) -> str:
    models = [evidence.model_base(wave.id, outcome) for outcome in evidence.driven(wave.id)]
    told = ["probability", "certainty"] if evidence.rows("portfolio", wave.id) else ["probability"]
    notes = (evidence.words.say(f"explain.{name}") for name in told)
    return evidence.base(wave.id, partly_sampled(evidence, wave.id), *models, *notes)


def _why_none(evidence: Evidence, wave: Wave, verdicts: Sequence[Record]) -> list[Plain]:
    words = evidence.words
    if _undetermined(evidence, wave, verdicts):
        leaders = _leaders(evidence, wave)
        said = [words.say("answer.why_undetermined")]
        said += [words.say("answer.what_can_be_said")] if leaders else []
        return [Prose(tuple(said), bullets=leaders)]
    if not _admitted(evidence, wave):
        phases = _phase_lines(evidence, wave)
        key = "answer.instead" if phases else "answer.instead_alone"
        return [Prose((words.say(key),), bullets=phases)]
    closest = [row for row in verdicts if row["probability"] and row["verdict"] != "too_few"]
    if not closest:
        return []
    candidates = sum(row["verdict"] == "candidate" for row in closest)
    lines = tuple(_near_line(evidence, row) for row in closest[: max(CLOSEST, candidates)])
    return [Prose((words.say("answer.why_none"),), bullets=lines)]


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
    if len(names) <= LISTED + 1:
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
