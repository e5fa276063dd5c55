"""The way from one mean to the next: what is told by itself, and what is told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.explained import PARTS, Explained, is_sure, part_sum, traded

__all__ = ["Step", "steps"]

TINY = 1e-9
FILLED = {"experience": 5, "reach": 0, "effect": 0}
MOST = {"experience": 8, "reach": 3, "effect": 5}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way from before to after: what it is, how large, with its interval.

    ``kind`` is a part, ``rest``, or ``traded`` for effects and the rest told together. ``sure``
    tells whether it is significant after the many tests are allowed for; None where nothing
    tests it, as for parts gathered.
    """

    kind: str
    label: str
    change: float
    low: float | None = None
    high: float | None = None
    sure: bool | None = None


def steps(evidence: Evidence, found: Explained) -> list[Step]:
    """Return the steps from before to after, experience first; their sum is the total exactly.

    Significant touchpoints stand by themselves, with experience the largest others as well; what
    is left of a part is gathered. A part without any such touchpoint is told by its own sum.
    Effects and the rest become one step where they all but cancel.
    """
    together = traded(found) is not None
    listed: list[Step] = []
    for part in PARTS:
        if together and part == "effect":
            continue
        alone, left = _parted(evidence, found, part)
        listed += [_named(evidence, row) for row in alone]
        if any(abs(float(row["change"])) > TINY for row in left):
            listed.append(_gathered(evidence, found, part, left, whole=not alone))
    change = float(found.total["change"]) - sum(step.change for step in listed)
    if together:
        listed.append(Step("traded", evidence.words.say("explained.together"), change))
    elif abs(change) > TINY or found.rest is not None:
        listed.append(_tested(evidence, "rest", evidence.words.say("explained.rest"), change,
                              found.rest))  # fmt: skip
    return listed


def _parted(evidence: Evidence, found: Explained, part: str) -> tuple[list[Record], list[Record]]:
    """Part the touchpoints of a part into those that stand by themselves and the others."""
    rows = [row for row in found.parts if row["part"] == part]
    ranked = sorted(rows, key=lambda row: not is_sure(evidence, row))
    sure = sum(bool(is_sure(evidence, row)) for row in rows)
    shown = min(MOST[part], max(FILLED[part], sure))
    shown = len(rows) if shown and len(rows) == shown + 1 else shown
    return ranked[:shown], ranked[shown:]


def _named(evidence: Evidence, row: Record) -> Step:
    label = evidence.words.say(
        f"explained.{row['part']}", touchpoint=evidence.item_label(str(row["touchpoint"]))
    )
    return _tested(evidence, str(row["part"]), label, float(row["change"]), row)


def _gathered(
    evidence: Evidence, found: Explained, part: str, left: Sequence[Record], *, whole: bool
) -> Step:
    words = evidence.words
    change = sum(float(row["change"]) for row in left)
    if not whole:
        others = words.count("explained.others", len(left))
        return Step(part, words.say(f"explained.{part}", touchpoint=others), change)
    label = words.say(f"explained.{part}", touchpoint=words.say("explained.all_of_them"))
    return _tested(evidence, part, label, change, part_sum(found, part))


def _tested(evidence: Evidence, kind: str, label: str, change: float, row: Record | None) -> Step:
    if row is None:
        return Step(kind, label, change)
    return Step(kind, label, change, row["change_low"], row["change_high"], is_sure(evidence, row))
