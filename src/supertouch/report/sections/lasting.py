"""Which super-touchpoints last, come up or fade, in a sentence each."""

from __future__ import annotations

from supertouch.report.blocks import Prose
from supertouch.report.evidence import Evidence
from supertouch.study.model import Wave

__all__ = ["lasting"]

JUDGED_NOT = frozenset({"undetermined", "too_few"})
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
    if not told and not _judged(evidence, wave):
        return []
    text = " ".join(told) or words.say("changes.no_course")
    link = ("verdicts", words.say("changes.to_verdicts"))
    return [Prose((text,), links=(link,) if linked else ())]


def _judged(evidence: Evidence, wave: Wave) -> bool:
    """Tell whether any touchpoint has a verdict in this wave and in the one before."""
    place = evidence.waves.index(wave)
    return place > 0 and all(
        any(row["verdict"] not in JUDGED_NOT
            for row in evidence.rows("supertouchpoints", item.id))
        for item in evidence.waves[place - 1 : place + 1]
    )  # fmt: skip
