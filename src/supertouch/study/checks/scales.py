"""Check that scales are possible and that references to them hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.fields import code_of_key
from supertouch.study.model import Scale
from supertouch.study.wording import listed, plain

__all__ = ["check_references", "check_scales", "valid_answer"]

_ROUNDING = 1e-9


def valid_answer(code: float, scale: Scale) -> bool:
    """Tell whether a code is an answer on the scale, its steps included."""
    if not scale.minimum <= code <= scale.maximum:
        return False
    if scale.step <= 0:
        return True
    steps = (code - scale.minimum) / scale.step
    return math.isfinite(steps) and math.isclose(steps, round(steps), abs_tol=_ROUNDING)


def check_scales(draft: Draft) -> Iterator[Problem]:
    """Find scales that no answer could lie on, and bands and labels that lie beside their scale."""
    for id_ in draft.study.scales:
        scale = draft.scale(id_)
        if scale is None:
            continue
        yield from _ends(draft, scale)
        if scale.minimum < scale.maximum and scale.best in (scale.minimum, scale.maximum):
            sound = scale if _leads(scale) else replace(scale, step=0.0)
            yield from _bands(draft, sound)
            yield from _labels(draft, sound)


def _leads(scale: Scale) -> bool:
    """Tell whether the scale's steps lead from one end to the other."""
    return scale.step == 0 or (scale.step > 0 and valid_answer(scale.maximum, scale))


def _span(scale: Scale) -> str:
    return f"{plain(scale.minimum)} to {plain(scale.maximum)}"


def _ends(draft: Draft, scale: Scale) -> Iterator[Problem]:
    at = ("scales", scale.id)
    if scale.minimum >= scale.maximum:
        yield draft.problem(
            (*at, "min"),
            scale.minimum,
            f"must be below max ({plain(scale.maximum)}).",
            "Give the smallest code as min, the largest as max, and the good end as best.",
        )
    if scale.best not in (scale.minimum, scale.maximum):
        yield draft.problem(
            (*at, "best"),
            scale.best,
            f"is neither end of the scale ({plain(scale.minimum)} or {plain(scale.maximum)}).",
            f"Write best = {plain(scale.maximum)}, or {plain(scale.minimum)} if small is good.",
        )
    if scale.minimum < scale.maximum and not _leads(scale):
        yield draft.problem(
            (*at, "step"),
            scale.step,
            f"does not lead from {plain(scale.minimum)} to {plain(scale.maximum)}.",
            "Write the distance between neighbouring answers, or 0 for a continuous scale.",
        )


def _bands(draft: Draft, scale: Scale) -> Iterator[Problem]:
    at = ("scales", scale.id)
    ends = {"disappointed": scale.disappointed, "delighted": scale.delighted}
    outside = {
        name: end for name, end in ends.items() if end is not None and not valid_answer(end, scale)
    }
    for name, end in outside.items():
        yield draft.problem(
            (*at, name),
            end,
            f"is no answer on the scale ({_span(scale)}, step {plain(scale.step)}).",
            "Write the code where the band ends.",
        )
    if outside or scale.disappointed is None or scale.delighted is None:
        return
    if scale.turned(scale.disappointed) >= scale.turned(scale.delighted):
        yield draft.problem(
            (*at, "disappointed"),
            scale.disappointed,
            f"is not worse than delighted = {plain(scale.delighted)}, "
            f"where {plain(scale.best)} is best; the bands cross.",
            "disappointed takes in this code and all worse ones, delighted this and all better.",
        )


def _labels(draft: Draft, scale: Scale) -> Iterator[Problem]:
    for key in draft.document.scales[scale.id].labels:
        code = code_of_key(key)
        if isinstance(code, str) or not valid_answer(code, scale):
            yield draft.problem(
                ("scales", scale.id, "labels", key),
                None,
                f"'{key}' is no answer on the scale ({_span(scale)}).",
                "Label the scale's own codes.",
            )


def check_references(draft: Draft) -> Iterator[Problem]:
    """Find scales that are referred to and do not exist, and recommendation off 0 to 10."""
    implied: list[str] = []
    for loc, scale, said in _references(draft):
        problem = None if draft.broken(*loc) else draft.unknown(loc, scale, table="scales")
        if problem is not None and said:
            yield problem
        elif problem is not None:
            implied.append(f"{loc[0].removesuffix('s')} '{loc[1]}'")
    if implied:
        yield draft.problem(
            ("scales", "rating"),
            None,
            f"there is no such scale, but {listed(implied)} would use it, naming no other.",
            "Add [scales.rating] with min, max and best, or write scale = … where it is used.",
        )
    yield from _recommendation(draft)


def _references(draft: Draft) -> Iterator[tuple[tuple[str, str, str], str, bool]]:
    for id_, touchpoint in draft.document.touchpoints.items():
        said = touchpoint.model_fields_set
        yield ("touchpoints", id_, "scale"), touchpoint.scale, "scale" in said
        columns = draft.study.touchpoint(id_).brand_fit
        if columns.default or any(columns.by_wave.values()) or "brand_fit_scale" in said:
            key = "brand_fit_scale"
            yield ("touchpoints", id_, key), touchpoint.brand_fit_scale, key in said
    for id_, outcome in draft.document.outcomes.items():
        yield ("outcomes", id_, "scale"), outcome.scale, "scale" in outcome.model_fields_set


def _recommendation(draft: Draft) -> Iterator[Problem]:
    for outcome in draft.study.outcomes:
        scale = draft.scale(outcome.scale)
        if outcome.role != "recommendation" or scale is None:
            continue
        if (scale.minimum, scale.maximum) != (0, 10):
            yield draft.problem(
                ("outcomes", outcome.id, "scale"),
                outcome.scale,
                f"goes from {_span(scale)}, but recommendation is asked from 0 to 10.",
                "Name a scale with min = 0, max = 10, best = 10.",
            )
