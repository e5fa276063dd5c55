"""Check targets (Soll) and which waves are compared."""

from __future__ import annotations

from collections.abc import Iterator

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.wording import Loc, plain

__all__ = ["check_targets", "check_tracking"]


def check_targets(draft: Draft) -> Iterator[Problem]:
    """Find targets that lie beside the scale, and NPS where it is not computed."""
    for id_, touchpoint in draft.document.touchpoints.items():
        loc = ("touchpoints", id_, "target", "satisfaction")
        yield from _on_scale(draft, loc, touchpoint.target.satisfaction, touchpoint.scale)
    for id_, outcome in draft.document.outcomes.items():
        at = ("outcomes", id_, "target")
        yield from _on_scale(draft, (*at, "mean"), outcome.target.mean, outcome.scale)
        known = not draft.broken("outcomes", id_, "role")
        if outcome.target.nps is not None and outcome.role != "recommendation" and known:
            yield draft.problem(
                (*at, "nps"),
                outcome.target.nps,
                f"NPS is that of recommendation; this outcome stands for {outcome.role}.",
                "Write mean = … here, or move the target to the recommendation.",
            )


def _on_scale(draft: Draft, loc: Loc, target: float | None, scale_id: str) -> Iterator[Problem]:
    scale = draft.scale(scale_id)
    if target is None or scale is None or draft.broken(*loc):
        return
    if not scale.minimum <= target <= scale.maximum:
        span = f"{plain(scale.minimum)} to {plain(scale.maximum)}"
        yield draft.problem(
            loc,
            target,
            f"lies beside scale '{scale.id}' ({span}).",
            "Write the mean aimed at in the codes of the scale.",
        )


def check_tracking(draft: Draft) -> Iterator[Problem]:
    """Find comparisons with waves that nobody can name."""
    table, at = draft.document.tracking, ("tracking",)
    if draft.broken(*at):
        return
    said = table.model_fields_set
    if not table.compare:
        remedy = 'Write compare = ["previous"], or leave it out.'
        yield draft.problem((*at, "compare"), [], "is empty.", remedy)
    if table.baseline is not None:
        problem = draft.unknown((*at, "baseline"), table.baseline, table="waves")
        if problem is not None:
            yield problem
    if "compare" in said and "year" in table.compare and table.waves_per_year is None:
        yield draft.problem(
            (*at, "compare"),
            "year",
            "the same period last year is not known without the number of waves in a year.",
            "Write waves_per_year = 4, or take 'year' out.",
        )
    idle = {"baseline": "baseline", "waves_per_year": "year"}
    for key, comparison in idle.items():
        value = getattr(table, key)
        if value is not None and table.compare and comparison not in table.compare:
            yield draft.problem(
                (*at, key),
                value,
                f"does nothing: compare does not list '{comparison}'.",
                f"Add '{comparison}' to compare, or take {key} out.",
            )
