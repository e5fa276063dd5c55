"""Points of a native scatter: the names that find room beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from supertouch.report.blocks import Chart
from supertouch.report.labels import shortened, text_width
from supertouch.report.slides.template import Area
from supertouch.report.slides.texts import ended, plain

__all__ = ["FIRST", "Frame", "Named", "named_points", "placed"]

SIZE, LONG, MARK = 9.0, 34, 6.0
SHORT = (20, 12)
FIRST = frozenset({"super", "concentrate"})
ORDER: dict[str, int] = {"super": 0, "concentrate": 0, "drop": 1, "none": 3, "neglect": 3,
                         "too_few": 4, "undetermined": 4, "undecided": 4}  # fmt: skip
OTHER = 2
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where points lie: the room inside the axes, in points, and what the axes run from and to."""

    inner: Area
    x: tuple[float, float]
    y: tuple[float, float]
    turned: bool = False

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies, from the left upper corner of the chart."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        across = 1.0 - across if self.turned else across
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (
            self.inner.left + across * self.inner.width,
            self.inner.bottom - up * self.inner.height,
        )


@dataclass(frozen=True, slots=True)
class Named:
    """A name beside a point: which series and point, on which side, and the room it takes."""

    series: int
    point: int
    text: str
    side: str
    box: Box


def _rank(point: tuple[int, int, float, float, str, float]) -> tuple[int, float]:
    return ORDER.get(point[4], OTHER), -point[5]


def placed(chart: Chart, frame: Frame) -> list[Named]:
    """Return the names that find room, none over another, over a point or beyond the frame.

    Super-touchpoints and those to concentrate on are named first, then the one to drop and all
    others with a verdict or decision of their own, then the highest.
    """
    points = [
        (k, j, *frame.at(x, y), series.tone, y)
        for k, series in enumerate(chart.series)
        for j, (x, y) in enumerate(zip(series.x, series.values, strict=True))
        if x is not None and y is not None
    ]
    taken: list[Box] = [(x - MARK, y - MARK, x + MARK, y + MARK) for _, _, x, y, _, _ in points]
    zero = frame.at(frame.x[0], 0.0)[1]
    if zero < frame.inner.bottom - 1:
        taken.append((frame.inner.left, zero - 0.5, frame.inner.right, zero + 0.5))
    found = []
    for k, j, x, y, tone, _ in sorted(points, key=_rank):
        first = tone in FIRST
        own = (x - MARK, y - MARK, x + MARK, y + MARK)
        others = [box for box in taken if box != own]
        name = plain(chart.categories[j])
        short = SHORT if ORDER.get(tone, OTHER) <= OTHER else ()
        texts = dict.fromkeys((shortened(name, LONG), *(ended(name, most) for most in short)))
        for text, side, box in (
            (each, *place) for each in texts for place in _sides(each, x, y, bold=first)
        ):
            if _inside(box, frame.inner) and not any(_overlap(box, other) for other in others):
                found.append(Named(k, j, text, side, box))
                taken.append(box)
                break
    return found


def _sides(text: str, x: float, y: float, *, bold: bool) -> list[tuple[str, Box]]:
    wide = text_width(text, size=SIZE, bold=bold) + 8.0
    high = 1.5 * SIZE
    gap = MARK + 1.0
    return [
        ("RIGHT", (x + gap, y - high / 2, x + gap + wide, y + high / 2)),
        ("LEFT", (x - gap - wide, y - high / 2, x - gap, y + high / 2)),
        ("ABOVE", (x - wide / 2, y - gap - high, x + wide / 2, y - gap)),
        ("BELOW", (x - wide / 2, y + gap, x + wide / 2, y + gap + high)),
    ]


def _inside(box: Box, inner: Area) -> bool:
    return (
        box[0] >= inner.left - 2
        and box[1] >= inner.top - 2
        and box[2] <= inner.right + 12
        and box[3] <= inner.bottom + 2
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def named_points(native: Any, chart: Chart, frame: Frame) -> None:  # noqa: ANN401
    """Write the names that find room beside their points; the others stand in the workbook."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    for name in placed(chart, frame):
        label = native.plots[0].series[name.series].points[name.point].data_label
        label.has_text_frame = True
        label.text_frame.text = name.text
        label.text_frame.word_wrap = False
        run = label.text_frame.paragraphs[0].runs[0]
        run.font.size = Pt(SIZE)
        run.font.bold = chart.series[name.series].tone in FIRST
        label.position = getattr(XL_LABEL_POSITION, name.side)
