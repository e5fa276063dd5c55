"""The story that the deck tells of the newest wave: which slides, in which order."""

from __future__ import annotations

from collections.abc import Callable

from supertouch.report.blocks import Chart, Content, Prose
from supertouch.report.evidence import Evidence
from supertouch.report.native import native_charts
from supertouch.report.slides.acting import (
    incidents,
    inside,
    mix,
    plan,
    portfolio,
    targets,
    whatif,
)
from supertouch.report.slides.finding import first
from supertouch.report.slides.opening import answer, basis, journey, verdicts
from supertouch.report.slides.records import Slide
from supertouch.report.slides.telling import Told, beside
from supertouch.report.slides.titles import (
    bands_title,
    groups_title,
    importance_title,
    phases_title,
    reach_impact_title,
    reach_title,
)
from supertouch.report.slides.waves import changes, course
from supertouch.study.model import Wave

__all__ = ["story"]


def story(evidence: Evidence, content: Content) -> list[Slide]:
    """Return the slides after the cover, in the order of the report."""
    wave = evidence.waves[-1]
    charts: dict[str, dict[str, Chart]] = {}
    for chart in native_charts(evidence, wave):
        kind, _, about = chart.name.partition(f"_{wave.id}")
        charts.setdefault(kind, {})[about.lstrip("_")] = chart
    told = Told(evidence, content, wave, charts)
    return [slide for tell in CHAPTERS for slide in tell(told)]


def _reach_impact(told: Told) -> list[Slide]:
    return [
        Slide(
            "reach_impact",
            reach_impact_title(told.evidence, told.wave, outcome),
            charts=(chart,),
            base=chart.base,
        )
        for about, chart in told.of("reach_impact").items()
        for outcome in told.evidence.driven(told.wave.id)
        if outcome.id == about
    ]


def _importance(told: Told) -> list[Slide]:
    charts = told.of("importance")
    outcomes = [told.evidence.study.outcome(about) for about in charts][:2]
    if not outcomes:
        return []
    title = importance_title(told.evidence, told.wave, outcomes)
    return [beside("importance", title, [charts[item.id] for item in outcomes])]


def _phases(told: Told) -> list[Slide]:
    outcomes = told.evidence.driven(told.wave.id) or told.evidence.outcomes(told.wave.id)
    return [
        Slide("phases", phases_title(told.evidence, told.wave, outcomes), (chart,), base=chart.base)
        for chart in told.of("phases").values()
    ]


def _experience(told: Told) -> list[Slide]:
    titles: dict[str, Callable[[Evidence, Wave, Chart], str]] = {
        "reach": reach_title,
        "bands": bands_title,
    }
    return [
        Slide(kind, title(told.evidence, told.wave, chart), (chart,), base=chart.base)
        for kind, title in titles.items()
        for chart in told.of(kind).values()
    ]


def _danger(told: Told) -> list[Slide]:
    lead = first(told.content, "danger", told.wave.id, Prose)
    sentences = lead.paragraphs if lead is not None else ()
    slides = []
    for k, chart in enumerate(told.of("asymmetry").values()):
        title = sentences[k] if k < len(sentences) else chart.title
        slides.append(Slide("asymmetry", title, (chart,), base=chart.base))
    return slides


def _segments(told: Told) -> list[Slide]:
    charts = told.of("segments")
    if not charts:
        return []
    return [beside("segments", groups_title(told.evidence, told.wave, charts), [*charts.values()])]


CHAPTERS: tuple[Callable[[Told], list[Slide]], ...] = (
    answer,
    _reach_impact,
    _importance,
    verdicts,
    journey,
    _phases,
    _experience,
    _danger,
    mix,
    portfolio,
    inside,
    incidents,
    _segments,
    course,
    changes,
    targets,
    whatif,
    plan,
    basis,
)
