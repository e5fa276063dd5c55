"""Check margins, quotas and the bounds of weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.fields import value_key
from supertouch.study.model import Columns, Segment
from supertouch.study.wording import Loc, listed, nearest, plain

__all__ = ["check_margins", "check_quotas", "check_trim"]

_ROUNDING = 0.005
Targets = Mapping[str, float]


def check_margins(draft: Draft) -> Iterator[Problem]:
    """Find margins of unknown segments or values, and targets that cannot be reached."""
    weighting = draft.document.weighting
    margins: list[tuple[Loc, str | None, str, Targets]] = [
        (("weighting", "margins", name), None, name, targets)
        for name, targets in weighting.margins.items()
    ]
    margins += [
        (("waves", wave, "margins", name), wave, name, targets)
        for wave, table in draft.document.waves.items()
        for name, targets in table.margins.items()
    ]
    for loc, wave, name, targets in margins:
        if draft.broken(*loc):
            continue
        segment, problem = _segment(draft, loc, name)
        if problem is not None:
            yield problem
        if not targets:
            if wave is None:
                yield draft.problem(loc, None, "is empty.", "Write a share for each value.")
            continue
        yield from _sum(draft, loc, targets)
        if segment is not None:
            yield from _values(draft, loc, segment, targets, complete=True)
            yield from _asked(draft, loc, segment, wave)


def check_quotas(draft: Draft) -> Iterator[Problem]:
    """Find quotas of segments or values that the study does not have."""
    for name, quotas in draft.document.field.quotas.items():
        loc = ("field", "quotas", name)
        if draft.broken(*loc):
            continue
        segment, problem = _segment(draft, loc, name)
        if problem is not None:
            yield problem
        if segment is not None:
            yield from _values(draft, loc, segment, quotas, complete=False)


def check_trim(draft: Draft) -> Iterator[Problem]:
    """Find bounds of weights that leave no room around the mean, or bound nothing."""
    trim = draft.document.weighting.trim
    loc = ("weighting", "trim")
    if trim is None or draft.broken(*loc):
        return
    if len(trim) != 2 or not 0 <= trim[0] < 1 < trim[1]:
        yield draft.problem(
            loc,
            trim,
            "must be two numbers, the least and the largest weight in parts of the mean weight: "
            "from 0 to below 1, and above 1.",
            "Write trim = [0.2, 5.0].",
        )
    weighted = draft.study.weight != Columns() or bool(draft.study.weighting.margins)
    known = not any(draft.broken(*at) for at in (("data", "weight"), ("waves",), loc[:1]))
    if known and not weighted:
        yield draft.problem(
            loc,
            trim,
            "bounds weights, but the study has none.",
            "Name the column of the weight in [data], write [weighting.margins.SEGMENT], or "
            "take trim out.",
        )


def _segment(draft: Draft, loc: Loc, name: str) -> tuple[Segment | None, Problem | None]:
    """Return the segment of that id, or the problem that there is none."""
    found = next((item for item in draft.study.segments if item.id == name), None)
    return found, draft.unknown(loc, name, table="segments") if found is None else None


def _sum(draft: Draft, loc: Loc, targets: Targets) -> Iterator[Problem]:
    """Find shares that do not add up, and shares among counts."""
    total = math.fsum(targets.values())
    if max(targets.values()) <= 1:
        if abs(total - 1) > _ROUNDING:
            yield draft.problem(
                loc,
                None,
                f"the shares add up to {total:.4g}, not to 1.",
                "Correct the shares; counts of people are written as numbers above 1.",
            )
    elif abs(total - 100) > 100 * _ROUNDING and any(0 < n < 1 for n in targets.values()):
        small = next(key for key, n in targets.items() if 0 < n < 1)
        yield draft.problem(
            (*loc, small),
            targets[small],
            "looks like a share, but other values of this margin have counts.",
            "Write shares that add up to 1, percentages that add up to 100, or counts.",
        )


def _values(
    draft: Draft, loc: Loc, segment: Segment, targets: Targets, *, complete: bool
) -> Iterator[Problem]:
    """Find values that the segment does not list, stand twice, or have no target."""
    keys = {written: value_key(written) for written in targets}
    first: dict[str, str] = {}
    for written, key in keys.items():
        if first.setdefault(key, written) != written:
            rule = f"means the same value as '{first[key]}'."
            yield draft.problem((*loc, written), None, rule, "Keep one of the two.")
    listed_values = [
        code.strip() if isinstance(code, str) else plain(code) for code in segment.values
    ]
    if not listed_values or draft.broken("segments", segment.id, "values"):
        return
    for written, key in keys.items():
        if key not in listed_values:
            meant = nearest(key, listed_values)
            hint = f"The nearest is '{meant}'. " if meant else ""
            yield draft.problem(
                (*loc, written),
                None,
                f"is no value of segment '{segment.id}' (values: {listed(listed_values)}).",
                f"{hint}Write a value as in values of [segments.{segment.id}].",
            )
    missing = [value for value in listed_values if value not in first]
    if complete and missing and set(first) <= set(listed_values):
        yield draft.problem(
            loc,
            None,
            f"has no target for {listed(missing)}.",
            f"Write one for each value of segment '{segment.id}', 0 for a value that nobody has; "
            "rows of a value that does not belong to the population are left out by "
            "[[data.exclude]].",
        )


def _asked(draft: Draft, loc: Loc, segment: Segment, wave: str | None) -> Iterator[Problem]:
    """Find waves where a margin holds, but the segment has no column."""
    if draft.broken("segments", segment.id) or draft.broken("waves"):
        return
    document = draft.document.waves
    own = {id_ for id_, table in document.items() if segment.id in table.margins}
    held = [wave] if wave else [id_ for id_ in document if id_ not in own]
    lost = [id_ for id_ in held if not segment.column.within(id_)]
    if lost and wave:
        rule = f"segment '{segment.id}' has no column in this wave."
        remedy = "Name the column of the segment in this wave, or take the margin out."
        yield draft.problem(loc, None, rule, remedy)
    elif lost:
        yield draft.problem(
            loc,
            None,
            f"holds in {listed(lost)} too, where segment '{segment.id}' has no column.",
            f"Write margins = {{ {segment.id} = {{}} }} in [waves.{lost[0]}] if that wave is not "
            "to be weighted by it.",
        )
