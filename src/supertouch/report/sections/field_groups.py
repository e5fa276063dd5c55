"""Which groups a heat map of a wave in the field shows, and where: segment by segment."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.evidence import Evidence

__all__ = ["Group", "chosen", "group_places", "left_out"]

Group = tuple[str, str]
MOST = 12
GAP = 0.3


def chosen(groups: Sequence[Group]) -> list[Group]:
    """Return the total and as many whole segments as there is room for.

    A segment with too many groups for any page is shown in part only where none is whole.
    """
    segments = dict.fromkeys(segment for segment, _ in groups)
    found: list[Group] = []
    for segment in segments:
        own = [group for group in groups if group[0] == segment]
        if len(found) + len(own) <= MOST:
            found += own
    if not any(segment for segment, _ in found):
        return list(groups[:MOST])
    return found


def group_places(groups: Sequence[Group]) -> dict[Group, float]:
    """Return where each group stands across, with a gap between segments."""
    places: dict[Group, float] = {}
    at = 0.0
    for k, group in enumerate(groups):
        if k:
            at += 1 if group[0] == groups[k - 1][0] else 1 + GAP
        places[group] = at
    return places


def left_out(evidence: Evidence, every: Sequence[Group], shown: Sequence[Group]) -> tuple[str, str]:
    """Return in words the segments that are shown and those that are not, or not wholly."""
    words = evidence.words
    told: list[str] = []
    missing: list[str] = []
    for segment in dict.fromkeys(segment for segment, _ in every):
        number = sum(group[0] == segment for group in every)
        seen = sum(group[0] == segment for group in shown)
        label = evidence.segment_label(segment) if segment else words.say("group.total")
        if 0 < seen < number:
            label = words.say("figure.field_first", segment=label, n=words.integer(seen),
                              all=words.integer(number))  # fmt: skip
        (told if seen else missing).append(label)
    rest = missing or told[-1:]
    return words.series(told), words.series(rest)
