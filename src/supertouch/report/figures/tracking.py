"""The figures on what changed between waves."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.evidence import Evidence
from supertouch.report.figures.course import course_plan
from supertouch.report.figures.explained import explained_plan
from supertouch.report.figures.layout import Plan
from supertouch.report.figures.slopes import slope_plan
from supertouch.report.sections.compared import first_comparison
from supertouch.study.model import Wave

__all__ = ["change_plans"]


def change_plans(evidence: Evidence, waves: Sequence[Wave]) -> list[Plan]:
    """Return the figures on what changed: those of single waves for ``waves`` only."""
    found = [course_plan(evidence)]
    for wave in waves:
        compared = first_comparison(evidence, wave)
        if compared is not None:
            found += [slope_plan(evidence, compared), explained_plan(evidence, compared)]
    return [plan for plan in found if plan is not None]
