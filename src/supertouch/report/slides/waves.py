"""What has changed since earlier waves."""

from __future__ import annotations

from dataclasses import replace

from supertouch.report.blocks import Prose
from supertouch.report.slides.finding import blocks_of, headline
from supertouch.report.slides.records import Slide
from supertouch.report.slides.telling import Told, beside
from supertouch.report.slides.titles import course_title, moved_title, parts_title

__all__ = ["changes", "course"]


def course(told: Told) -> list[Slide]:
    """Show the outcomes and the super-touchpoints from wave to wave."""
    charts = told.of("course")
    shown = {
        about: chart
        for about, chart in list(charts.items())
        if about.endswith("_nps") or f"{about.removesuffix('_mean')}_nps" not in charts
    }
    shown = dict(list(shown.items())[:2])
    slides = []
    if shown:
        title = course_title(told.evidence, told.wave, shown)
        slide = beside("course", title or next(iter(shown.values())).title, list(shown.values()))
        whole = headline(told.content, "changes", told.wave.id)
        slides.append(replace(slide, notes=(whole,) if whole else ()))
    trends = list(told.of("trend").values())[:2]
    if trends:
        title = told.evidence.words.say("figure.trend_title")
        lines = [block for block in blocks_of(told.content, "changes", told.wave.id)
                 if isinstance(block, Prose) and block.paragraphs]  # fmt: skip
        title = lines[0].paragraphs[0] if lines else title
        slides.append(beside("trend", title, trends))
    return _weighted(told, slides)


def changes(told: Told) -> list[Slide]:
    """Show how satisfaction changed, and what the change of each outcome is made up of."""
    slides = [
        Slide("changes", moved_title(told.evidence, chart), (chart,), base=chart.base)
        for chart in told.of("changes").values()
    ]
    slides += [
        Slide("explained", parts_title(told.evidence, chart), (chart,), base=chart.base)
        for chart in told.of("explained").values()
    ]
    return _weighted(told, slides)


def _weighted(told: Told, slides: list[Slide]) -> list[Slide]:
    """Say of slides on several waves how each of these is weighted."""
    return [replace(slide, weight=told.evidence.weightings()) for slide in slides]
