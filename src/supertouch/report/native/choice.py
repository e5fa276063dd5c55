"""Which charts a wave has as data."""

from __future__ import annotations

from collections.abc import Callable

from supertouch.report.blocks import Chart
from supertouch.report.evidence import Evidence
from supertouch.report.native.contribution import importances, phases, reach_impacts
from supertouch.report.native.course import changes, explanations, outcome_courses, trends
from supertouch.report.native.decision import budgets, gaps, incidents, portfolios, whatifs
from supertouch.report.native.experience import asymmetries, bands, funnels, reaches, sets
from supertouch.report.native.groups import segments
from supertouch.report.native.journey import journeys
from supertouch.study.model import Wave

__all__ = ["native_charts"]

BUILDERS: tuple[Callable[[Evidence, Wave], list[Chart]], ...] = (
    reach_impacts,
    importances,
    journeys,
    phases,
    reaches,
    bands,
    asymmetries,
    sets,
    funnels,
    portfolios,
    gaps,
    incidents,
    segments,
    outcome_courses,
    trends,
    changes,
    explanations,
    whatifs,
    budgets,
)


def native_charts(evidence: Evidence, wave: Wave) -> tuple[Chart, ...]:
    """Return the charts that the tables of ``wave`` allow, every touchpoint in each of them.

    A chart is named ``kind_wave``, or ``kind_wave_what`` where there are several of a kind.
    Categories come in the order in which they are to be read, the first one on top.
    """
    return tuple(chart for build in BUILDERS for chart in build(evidence, wave))
