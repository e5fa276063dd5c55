"""What a reader can choose: groups of respondents and outcomes, and the blocks of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from supertouch.report.blocks import ByGroup, ByOutcome, Plain, Prose
from supertouch.report.evidence import Evidence
from supertouch.study.model import Outcome, Wave

__all__ = [
    "Group",
    "by_group",
    "by_outcome",
    "group_base",
    "group_key",
    "group_label",
    "groups",
    "outcomes",
]

Group = tuple[str, str]
TOTAL: Group = ("", "")


def group_key(group: Group) -> str:
    """Return the key of a group: "" for everybody, else ``segment=value``."""
    return f"{group[0]}={group[1]}" if group[0] else ""


def group_label(evidence: Evidence, group: Group) -> str:
    """Return the name of a group, as in "Region: North"."""
    words = evidence.words
    if not group[0]:
        return words.say("choice.everybody")
    segment, value = evidence.segment_label(group[0]), evidence.value_label(*group)
    return words.say("choice.group", segment=segment, value=value)


def every_group(evidence: Evidence) -> list[Group]:
    """Return everybody and the groups of any wave, in the study's order; [] without groups."""
    found = {group: None for wave in reversed(evidence.waves) for group in evidence.groups(wave.id)}
    known = {item.id: place for place, item in enumerate(evidence.study.segments)}
    segments = sorted(
        dict.fromkeys(name for name, _ in found), key=lambda name: known.get(name, len(known))
    )
    ordered = [group for segment in segments for group in found if group[0] == segment]
    return [TOTAL, *ordered] if ordered else []


def groups(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return the groups that a reader can choose as (key, label), everybody first."""
    return tuple((group_key(item), group_label(evidence, item)) for item in every_group(evidence))


def outcomes(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return the outcomes that a reader can choose as (id, label); () where there is only one."""
    found = {item.id: item for wave in reversed(evidence.waves) for item in _told(evidence, wave)}
    if len(found) < 2:
        return ()
    return tuple((name, evidence.outcome_label(item)) for name, item in found.items())


def _told(evidence: Evidence, wave: Wave) -> list[Outcome]:
    return [
        item
        for item in evidence.outcomes(wave.id)
        if evidence.row("models", wave.id, item.id) or evidence.row("outcomes", wave.id, item.id)
    ]


def group_base(evidence: Evidence, wave: Wave, group: Group, *methods: str) -> str:
    """Return the line below a table of a group: n and n_eff, weighting and methods."""
    if not group[0]:
        return evidence.base(wave.id, *methods)
    words = evidence.words
    sizes = [
        (int(row["n"]), row["n_eff"]) for row in evidence.rows("performance", wave.id, group=group)
    ]
    n, n_eff = max(sizes, default=(None, None), key=lambda size: size[0] or 0)
    count = words.say("choice.base", group=group_label(evidence, group),
                      n=words.integer(n), n_eff=words.integer(n_eff))  # fmt: skip
    return " · ".join((count, evidence.weighting(wave.id), *(text for text in methods if text)))


def by_group(
    evidence: Evidence,
    wave: Wave,
    write: Callable[[Group], Sequence[Plain | ByOutcome]],
) -> tuple[Plain | ByOutcome | ByGroup, ...]:
    """Return the blocks of every group of which a reader sees one; plain where there are none.

    Parameters
    ----------
    wave
        The wave that the blocks are about.
    write
        Writes the blocks of a group; ("", "") is everybody.
    """
    every = every_group(evidence)
    if not every:
        return tuple(write(TOTAL))
    there = {TOTAL, *evidence.groups(wave.id)}
    return (
        ByGroup(
            tuple(
                (group_key(item), tuple(write(item)) if item in there
                 else (_absent(evidence, wave, item),))
                for item in every
            )
        ),
    )  # fmt: skip


def _absent(evidence: Evidence, wave: Wave, group: Group) -> Prose:
    """Say why there is nothing on a group in a wave."""
    words = evidence.words
    about = {"group": group_label(evidence, group), "wave": evidence.label(wave)}
    small = dict(evidence.small_groups(wave.id)).get(group)
    if small is None:
        return Prose((words.say("choice.absent", **about),), "note")
    minimum = words.integer(evidence.study.analysis.min_segment)
    text = words.say("choice.small", n=words.integer(small), minimum=minimum, **about)
    return Prose((text,), "note")


def by_outcome(
    found: Sequence[tuple[Outcome, Sequence[Plain]]],
) -> tuple[Plain | ByOutcome, ...]:
    """Return the blocks of each outcome so that a reader can have one of them; plain if single."""
    parts = [(outcome.id, tuple(blocks)) for outcome, blocks in found if blocks]
    if len(parts) < 2:
        return tuple(block for _, blocks in parts for block in blocks)
    return (ByOutcome(tuple(parts)),)
