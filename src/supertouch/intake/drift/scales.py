"""Scales that grew, shrank or were turned, which the study cannot say for one wave alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from supertouch.intake.draft.words import empty_meant
from supertouch.intake.drift.counts import declared
from supertouch.intake.drift.differences import Comparison, Difference, Pair
from supertouch.intake.drift.outline import ColumnProfile
from supertouch.intake.drift.uses import Use
from supertouch.intake.recode import is_code
from supertouch.study.model import Scale
from supertouch.study.wording import plain

__all__ = ["range_of", "turned"]

_RANGE = 0.05
_EXPECTED = 20
_RARE = 5
_GAP = 2
_WIDE_GAP = 12


def range_of(both: Comparison, pair: Pair, new: Mapping[str, int]) -> Difference | None:
    """Report a scale that has grown at an end, or lost one."""
    use = pair.use
    if use.scale is None or use.kind == "contact":
        return None
    span = _grown(use.scale, pair, new) or _shrunk(use, pair)
    if span is None:
        return None
    low, high = span
    before = _span(use.scale, pair.then.points)
    best = high if use.scale.best == use.scale.maximum else low
    name = f"rating_{plain(low)}_{plain(high)}".replace("-", "minus")
    scale = Scale(name, low, high, best, use.scale.step)
    old, after = f"{plain(before[0])} to {plain(before[1])}", f"{plain(low)} to {plain(high)}"
    return Difference(
        "stop",
        "range_changed",
        use.item,
        pair.new_name,
        old,
        after,
        edit=_recode_or_succeed(both, pair, scale, _grew(old, after, new)),
        key=use.key,
    )


def _grew(old: str, after: str, new: Mapping[str, int]) -> str:
    why = f"the scale went from {old}; now it seems to go from {after}"
    if 0 < len(new) <= 2:
        why += f"\n(if {' and '.join(new)} are no answers, give them a meaning in [codes] instead)"
    return why


def _recode_or_succeed(both: Comparison, pair: Pair, scale: Scale, why: str) -> str:
    """Return what to do about answers on another scale, which the study cannot say per wave."""
    use = pair.use
    if use.kind != "rating" or use.part:
        return (
            _remark(why) + f"\n# a scale holds for all waves: recode {pair.new_name} in the file, "
            "or give the question another id from this wave on"
        )
    told = (
        f"{why}\na scale holds for all waves: recode {pair.new_name} in the file to keep the\n"
        "series, or go on with a new touchpoint, whose series starts here:"
    )
    return both.written.successor(use, both.wave, pair.new_name, scale, told)


def _remark(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.splitlines())


def _grown(scale: Scale, pair: Pair, new: Mapping[str, int]) -> tuple[float, float] | None:
    """Return the new range where unknown codes go on where the scale ended."""
    answers = {
        float(value): n
        for code, n in new.items()
        if (value := is_code(code)) is not None
        and not declared(pair.new, code)
        and empty_meant(pair.new.labels.get(code, "")) is None
    }
    step = _WIDE_GAP if len(answers) >= 8 else _GAP
    known = [code for code in map(is_code, pair.new.counts) if code is not None]
    high = _reached(scale.maximum, sorted({*known, *answers}), step)
    low = -_reached(-scale.minimum, sorted(-code for code in {*known, *answers}), step)
    reached = [code for code in answers if low <= code <= high]
    if len(reached) < 2 or sum(answers[code] for code in reached) < _RANGE * _given(pair.new):
        return None
    return min(scale.minimum, *reached), max(scale.maximum, *reached)


def _reached(end: float, codes: Sequence[float], step: float) -> float:
    for code in codes:
        if end < code <= end + step:
            end = code
    return end


def _given(column: ColumnProfile) -> int:
    return column.n - column.blanks


def _shrunk(use: Use, pair: Pair) -> tuple[float, float] | None:
    """Return the new range where an end of the scale is no longer used at all."""
    before, now = pair.then.points, pair.now.points
    total, of = sum(before.values()), sum(now.values())
    if use.scale is None or not of or not total or len(before) > 50:
        return None
    low, high = min(now), max(now)
    lost = [code for code in before if not low <= code <= high]
    expected = sum(before[code] for code in lost) / total * of
    ends = use.scale.minimum + use.scale.maximum
    if_turned = sum(before.get(ends - code, 0) for code in lost) / total * of
    straight, mirrored = pair.mirror
    if if_turned < _RARE and mirrored < straight:
        return None
    return (low, high) if lost and expected >= _EXPECTED and low < high else None


def _span(scale: Scale, points: Mapping[float, float]) -> tuple[float, float]:
    return (min(points), max(points)) if points else (scale.minimum, scale.maximum)


def turned(both: Comparison, pair: Pair, before: str, after: str, **more: float) -> Difference:
    """Return the report of a scale whose other end is now the good one."""
    scale = pair.use.scale or Scale("", 0, 0, 0)
    best = scale.minimum if scale.best == scale.maximum else scale.maximum
    own = Scale(f"{scale.id}_turned", scale.minimum, scale.maximum, best, scale.step)
    why = "the scale runs the other way"
    return Difference(
        "stop",
        "scale_turned",
        pair.use.item,
        pair.new_name,
        before,
        after,
        edit=_recode_or_succeed(both, pair, own, why),
        key=pair.use.key,
        **more,
    )
