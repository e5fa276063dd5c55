"""Which super-touchpoints last, come up or fade, in a sentence each."""

from __future__ import annotations

from supertouch.report.blocks import Prose
from supertouch.report.evidence import Evidence
from supertouch.study.model import Wave

__all__ = ["lasting"]

COURSES = ("sustained", "emerging", "fading")


def lasting(evidence: Evidence, wave: Wave, *, linked: bool) -> list[Prose]:
    """Name what lasts, comes up or fades; ``linked`` leads to the section of the verdicts."""
    words = evidence.words
    rows = evidence.rows("supertouchpoints", wave.id)
    told = []
    for course in COURSES:
        names = [
            words.say("quote", text=evidence.item_label(str(row["touchpoint"])))
            for row in rows
            if row["trend"] == course
        ]
        if names:
            told.append(words.say(f"changes.{course}", names=words.series(names)))
    if not rows:
        return []
    text = " ".join(told) or words.say("changes.no_course")
    link = ("verdicts", words.say("changes.to_verdicts"))
    return [Prose((text,), links=(link,) if linked else ())]
