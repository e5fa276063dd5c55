"""Why a touchpoint got its decision, in one sentence."""

from __future__ import annotations

from supertouch.report.evidence import DRIVEN, Evidence, Record
from supertouch.report.naming import quoted

__all__ = ["grounds"]


def grounds(evidence: Evidence, row: Record) -> str:
    """Return the sentence that goes with the rule that decided; its code where it has no words."""
    words = evidence.words
    key = f"grounds.{row['evidence']}"
    if key not in words.words:
        return str(row["evidence"])
    return words.say(
        key,
        lifts=_lifts(evidence, row),
        disappointed=words.percent(row["disappointed"]),
        other=quoted(evidence, str(row["with_touchpoint"])),
        pair=_pair(evidence, row),
        together=_together(evidence, row),
        cost=words.integer(row["cost_per_met"]),
    )


def _lifts(evidence: Evidence, row: Record) -> str:
    """Return both shares in units of the fair share; "" where there are none."""
    words = evidence.words
    parts = [
        words.say(f"lift.{role}", value=words.number(row[f"lift_{role}"], 1))
        for role in DRIVEN
        if row[f"lift_{role}"] is not None
    ]
    return words.say("lift.both", names=", ".join(parts)) if parts else ""


def _pair(evidence: Evidence, row: Record) -> str:
    """Return what the pair's synergy is in points of an outcome, as far as it is significant."""
    words = evidence.words
    pair = {str(row["touchpoint"]), str(row["with_touchpoint"])}
    parts = [
        words.say(
            "lift.pair",
            outcome=evidence.item_label(str(found["outcome"])),
            effect=words.number(found["effect"], signed=True),
            interval=words.interval(found["effect_low"], found["effect_high"], signed=True),
        )
        for found in evidence.rows("synergy", str(row["wave"]))
        if {found["touchpoint"], found["other"]} == pair and found["kind"] == row["evidence"]
    ]
    return words.say("lift.in_brackets", text="; ".join(parts)) if parts else ""


def _together(evidence: Evidence, row: Record) -> str:
    """Return the correlation of the two contacts; "" where it is unknown."""
    words = evidence.words
    pair = (str(row["touchpoint"]), str(row["with_touchpoint"]))
    for one, other in (pair, pair[::-1]):
        found = evidence.row("overlap", str(row["wave"]), one, other)
        if found is not None and found["correlation"] is not None:
            value = words.number(found["correlation"])
            text = words.say("lift.correlation", value=words.related(value))
            return words.say("lift.in_brackets", text=text)
    return ""
