"""Which figures a study gets."""

from __future__ import annotations

from supertouch.report.evidence import Evidence
from supertouch.report.figures.budget import budget_plan
from supertouch.report.figures.drivers import interval_plan, reach_plan
from supertouch.report.figures.incidents import incident_plan
from supertouch.report.figures.inside import gap_plan
from supertouch.report.figures.journey import journey_plan
from supertouch.report.figures.layout import Plan
from supertouch.report.figures.mix import mix_plan, overlap_plan
from supertouch.report.figures.portfolio import priorities_plan
from supertouch.report.figures.ranges import asymmetry_plan, halo_plan
from supertouch.report.figures.tracking import change_plans
from supertouch.report.figures.verdicts import trend_plan, verdict_plan

__all__ = ["change_plans", "plans"]

DECIDED = (priorities_plan, budget_plan, mix_plan, overlap_plan, gap_plan, incident_plan)


def plans(evidence: Evidence) -> list[Plan]:
    """Return the figures that the tables allow, wave by wave, in the evidence's language."""
    found: list[Plan | None] = []
    for wave in evidence.waves:
        found += [reach_plan(evidence, wave, item) for item in evidence.driven(wave.id)]
        found += [interval_plan(evidence, wave, value) for value in ("share", "rank")]
        found += [verdict_plan(evidence, wave), journey_plan(evidence, wave)]
        found += [asymmetry_plan(evidence, wave), halo_plan(evidence, wave)]
        found += [plan(evidence, wave) for plan in DECIDED]
    found.append(trend_plan(evidence))
    found += change_plans(evidence, evidence.waves[-1:])
    return [plan for plan in found if plan is not None]
