"""What a reader must know before using the answer: proxies, open waves, refusals, doubts."""

from __future__ import annotations

from collections.abc import Iterable

from supertouch.report.blocks import Prose
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.doubts import doubts
from supertouch.report.sections.wording import rule_text
from supertouch.study.model import Outcome, Role, Wave

__all__ = ["lacking", "proxy_notes", "refusal", "reservations", "roles"]

MANY = 0.05
REASONS = 3


def reservations(evidence: Evidence, wave: Wave) -> tuple[Prose, ...]:
    """Write the warnings of a wave, and how to read associations."""
    words = evidence.words
    if not evidence.rows("supertouchpoints", wave.id) and not evidence.driven(wave.id):
        return ()
    notes = [*_lost(evidence, wave), *_not_asked(evidence, wave), *proxy_notes(evidence, wave)]
    for outcome in evidence.driven(wave.id):
        model = evidence.row("models", wave.id, outcome.id)
        if model is not None and not model["admitted"]:
            notes.append(refusal(evidence, outcome, model))
    notes += doubts(evidence, wave)
    notes += _open_waves(evidence, wave)
    reading = words.say("answer.association")
    return (Prose((*notes, reading), "warning" if notes else "note"),)


def roles(evidence: Evidence, names: Iterable[Role]) -> str:
    """Return roles as an enumeration."""
    return evidence.words.series(evidence.words.say(f"role.{role}") for role in names)


def proxy_notes(evidence: Evidence, wave: Wave) -> list[str]:
    """Say in a sentence each which outcome was not asked and what stands in for it."""
    words = evidence.words
    return [
        words.say(f"answer.proxy.{outcome.role}", outcome=evidence.label(outcome))
        for outcome in evidence.proxies(wave.id)
    ]


def refusal(evidence: Evidence, outcome: Outcome, model: Record) -> str:
    """Say why the gate refuses a driver model and what would do."""
    words = evidence.words
    reason = words.known("refusal", str(model["reason"]))
    text = words.say("gate.refused", outcome=evidence.outcome_label(outcome), reason=reason)
    found = lacking(evidence, model)
    if found is None:
        return text
    n_eff, n_needed = found
    columns = words.integer(model["n_columns"])
    needed = words.say("gate.needed", n_eff=n_eff, n_needed=n_needed, columns=columns)
    return f"{text} {needed}"


def lacking(evidence: Evidence, model: Record | None) -> tuple[str, str] | None:
    """Return n_eff and the n_eff that would do; None for a model not refused for its size.

    Where both are the same number when rounded, n_eff has a decimal.
    """
    if model is None or model["admitted"] or model["reason"] != "n_eff_below_columns":
        return None
    if model["n_needed"] is None or model["n_eff"] >= model["n_needed"]:
        return None
    words = evidence.words
    needed = words.integer(model["n_needed"])
    n_eff = words.integer(model["n_eff"])
    return words.number(model["n_eff"], 1) if n_eff == needed else n_eff, needed


def _lost(evidence: Evidence, wave: Wave) -> list[str]:
    """Warn where more than one row in twenty is in quarantine, with the main reasons."""
    words = evidence.words
    sample = evidence.row("sample", wave.id)
    if sample is None or sample["n_quarantined"] <= MANY * sample["n_read"]:
        return []
    rows = [row for row in evidence.rows("rejections", wave.id) if row["kind"] == "quarantined"]
    rows.sort(key=lambda row: -int(row["n"]))
    reasons = [
        words.say(
            "answer.quarantine_reason",
            column=row["column"] or "–",
            rule=rule_text(evidence.study, str(row["rule"]), words=words),
            n=words.integer(row["n"]),
        )
        for row in rows[:REASONS]
    ]
    return [
        words.say(
            "answer.quarantine",
            share=words.percent(sample["n_quarantined"] / sample["n_read"], 1),
            n=words.integer(sample["n_quarantined"]),
            all=words.integer(sample["n_read"]),
            reasons="; ".join(reasons),
        )
    ]


def _not_asked(evidence: Evidence, wave: Wave) -> list[str]:
    missing = evidence.missing(wave.id)
    if not missing:
        return []
    return [evidence.words.say("answer.not_asked", roles=roles(evidence, missing))]


def _open_waves(evidence: Evidence, wave: Wave) -> list[str]:
    """Say which other waves are without verdicts, neighbours together, and what was not asked."""
    words = evidence.words
    groups: list[tuple[tuple[Role, ...], list[Wave]]] = []
    for item in evidence.waves:
        missing = evidence.missing(item.id)
        if groups and groups[-1][0] == missing:
            groups[-1][1].append(item)
        else:
            groups.append((missing, [item]))
    texts = []
    for missing, waves in groups:
        if missing and waves != [wave]:
            labels = [evidence.label(item) for item in waves]
            named = words.series(labels)
            if len(labels) > 2:
                named = words.say("format.range", low=labels[0], high=labels[-1])
            texts.append(
                words.say("answer.open_waves", waves=named, missing=roles(evidence, missing))
            )
    return texts
