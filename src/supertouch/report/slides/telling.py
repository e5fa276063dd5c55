"""What slides are made from, and slides that are made alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from supertouch.report.blocks import Chart, Content
from supertouch.report.evidence import Evidence
from supertouch.report.slides.finding import headline
from supertouch.report.slides.records import Slide
from supertouch.study.model import Wave

__all__ = ["Told", "beside", "counted", "headed", "label"]


@dataclass(frozen=True, slots=True)
class Told:
    """What slides are made from: the tables, the report, the wave and its charts by kind."""

    evidence: Evidence
    content: Content
    wave: Wave
    charts: Mapping[str, Mapping[str, Chart]]

    def of(self, kind: str) -> dict[str, Chart]:
        """Return the charts of a kind, by what they are about."""
        return dict(self.charts.get(kind, {}))


def headed(told: Told, kind: str, section: str, charts: list[Chart]) -> list[Slide]:
    """Return a slide with charts side by side below the headline of a section."""
    if not charts:
        return []
    title = headline(told.content, section, told.wave.id) or charts[0].title
    return [beside(kind, title, charts)]


def beside(kind: str, title: str, charts: list[Chart]) -> Slide:
    """Return a slide with charts side by side, what their bases share said once."""
    parts = dict.fromkeys(part for chart in charts for part in chart.base.split(" · "))
    return Slide(kind, title, tuple(charts), base=" · ".join(parts))


def label(told: Told) -> str:
    """Return what the wave is called."""
    return told.evidence.label(told.wave)


def counted(told: Told, name: str, table: str, kinds: Sequence[str]) -> str:
    """Return how many touchpoints are of each kind, in a sentence."""
    words = told.evidence.words
    found = [str(row[name]) for row in told.evidence.rows(table, told.wave.id)]
    parts = words.series(
        words.say("slides.count", n=words.integer(n), kind=words.say(f"{name}.{kind}"))
        for kind in kinds
        if (n := found.count(kind))
    )
    return words.say(f"slides.{name}s", wave=label(told), parts=parts)
