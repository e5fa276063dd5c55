"""Why a touchpoint got its decision, in one sentence."""

from __future__ import annotations

from supertouch.report.evidence import DRIVEN, Evidence, Record
from supertouch.report.sections.naming import quoted
from supertouch.report.sections.units import goes_with

__all__ = ["grounds"]

LITTLE = ("costs_little_effect", "cheap_little_effect", "works_on_purchase", "not_ours",
          "cost_unknown")  # fmt: skip
CLOSE = 0.9


def grounds(evidence: Evidence, row: Record) -> str:
    """Return the sentence that goes with the rule that decided; its code where it has no words."""
    words = evidence.words
    key = f"grounds.{row['evidence']}"
    if key not in words.words:
        return str(row["evidence"])
    little = _little(evidence, row) if row["evidence"] in LITTLE else "low"
    effect = words.number(evidence.study.portfolio.effect, 1)
    return words.say(
        key,
        little=words.say(f"little.{little}", effect=effect),
        effect=effect,
        dear=words.percent(1 - evidence.study.portfolio.cost),
        lifts=_lifts(evidence, row, digits=1 if little == "low" else 2),
        disappointed=words.percent(row["disappointed"]),
        other=quoted(evidence, str(row["with_touchpoint"])),
        pair=_pair(evidence, row),
        together=_together(evidence, row),
        cost=words.integer(row["cost_per_met"]),
    )


def _little(evidence: Evidence, row: Record) -> str:
    """Return how far below the threshold the larger lift is: low, below, close; or above."""
    lifts = [float(row[f"lift_{role}"]) for role in DRIVEN if row[f"lift_{role}"] is not None]
    largest, least = max(lifts, default=0.0), evidence.study.portfolio.effect
    if largest > least:
        return "above"
    if largest >= CLOSE * least:
        return "close"
    return "below" if largest > 1 else "low"


def _lifts(evidence: Evidence, row: Record, *, digits: int) -> str:
    """Return both shares in units of the fair share; "" where there are none."""
    words = evidence.words
    parts = [
        words.say(f"lift.{role}", value=words.number(row[f"lift_{role}"], digits))
        for role in DRIVEN
        if row[f"lift_{role}"] is not None
    ]
    return words.say("lift.both", names=", ".join(parts)) if parts else ""


def _pair(evidence: Evidence, row: Record) -> str:
    """Return what the pair's synergy is in points of an outcome, as far as it is significant."""
    words = evidence.words
    pair = {str(row["touchpoint"]), str(row["with_touchpoint"])}
    parts = [
        goes_with(evidence, found)
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
