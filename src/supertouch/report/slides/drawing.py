"""Slides drawn: title, charts or lines or a table, footnote and notes, each within its room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from supertouch.report import palette
from supertouch.report.blocks import Chart, Series, Tone
from supertouch.report.evidence import Evidence
from supertouch.report.labels import fitted
from supertouch.report.slides.axes import rgb
from supertouch.report.slides.boxes import INSET, boxed, fitted_in, kept, write
from supertouch.report.slides.charts import draw, scatter_frame
from supertouch.report.slides.names import most_rows
from supertouch.report.slides.points import placed
from supertouch.report.slides.records import Line, Slide
from supertouch.report.slides.tables import draw_table
from supertouch.report.slides.template import Area, Layouts, box_of
from supertouch.report.slides.texts import fit, plain

__all__ = ["add_slide"]

TITLE_SIZES = (22.0, 16.0)
LINE_SIZES = (18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0)
HEAD_SIZES = (12.0, 11.0, 10.0, 9.0)
FOOT_SIZES = (9.0,)
FOOT, GAP, HEAD = 34.0, 14.0, 22.0
FOOTER = 12.0
LISTED = re.compile(r"(?:, | \w+ )(?=[„“])")
LEAST = 40
PARTS = re.compile(r"(?<= · )|(?<=; )")
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÄÖÜ\d„“])(?<!\d\. )")


def add_slide(layouts: Layouts, slide: Slide, evidence: Evidence) -> Any:  # noqa: ANN401
    """Add one slide to the deck and return it."""
    drawn = layouts.deck.slides.add_slide(layouts.page)
    for shape in list(drawn.placeholders):
        if shape.placeholder_format.idx != 0 and "TITLE" not in str(shape.placeholder_format.type):
            shape._element.getparent().remove(shape._element)
    title = told(slide.title, layouts.title)
    kept(drawn.shapes.title, layouts.sheet)
    write(drawn.shapes.title, [title], layouts.title, sizes=TITLE_SIZES, bold=True)
    _footed(drawn, layouts, evidence)
    area = layouts.area
    body = Area(area.left, area.top, area.width, area.height - FOOT)
    notes = [slide.title, *slide.notes]
    cut = ""
    if slide.charts:
        cut = _charts(drawn.shapes, slide, body, evidence)
    if slide.lines:
        _lines(drawn.shapes, slide.lines, body)
    if slide.table is not None:
        shown = draw_table(drawn.shapes, slide.table, body)
        if shown < len(slide.table.rows):
            cut = _cut(evidence, shown, len(slide.table.rows))
    base = f"{cut} {slide.base}" if cut else slide.base
    _footnote(drawn.shapes, base, Area(area.left, body.bottom + 4, area.width, FOOT - 4))
    drawn.notes_slide.notes_text_frame.text = "\n".join(
        plain(text) for text in [*notes, *_explained(evidence, slide, cut)]
    )
    return drawn


def _footed(drawn: Any, layouts: Layouts, evidence: Evidence) -> None:  # noqa: ANN401
    """Give the slide the layout's footer and number, which a new slide does not have."""
    from copy import deepcopy

    wave = evidence.label(evidence.waves[-1])
    title = plain(evidence.study.title.within(evidence.words.code)) or evidence.study.id
    for shape in layouts.page.placeholders:
        kind = str(shape.placeholder_format.type)
        feet = kind.startswith(("FOOTER", "SLIDE_NUMBER")) and shape.width
        if not feet or box_of(shape).within(layouts.sheet) != box_of(shape):
            continue
        copy = deepcopy(shape._element)
        drawn.shapes._spTree.append(copy)
        if kind.startswith("FOOTER"):
            placed_ = next(each for each in drawn.placeholders if each._element is copy)
            width = box_of(shape).width - INSET
            placed_.text_frame.text = fitted(f"{title} · {wave}", points=width, size=FOOTER)


def _cut(evidence: Evidence, shown: int, every: int) -> str:
    words = evidence.words
    return words.say("slides.cut", shown=words.integer(shown), all=words.integer(every))


def _explained(evidence: Evidence, slide: Slide, cut: str) -> list[str]:
    """Return base, weighting, test and method, and what each chart shows in words."""
    words = evidence.words
    wave = evidence.waves[-1]
    known = (
        (words.say("slides.lead_test"), words.known("slides.test", slide.kind)),
        (words.say("slides.lead_method"), words.known("slides.method", slide.kind)),
    )
    lead = words.say("slides.lead_base")
    base = slide.base.removeprefix(words.say("slides.note", lead=lead, text=""))
    return [
        *(chart.alt for chart in slide.charts if chart.alt),
        *([cut] if cut else []),
        words.say("slides.note", lead=lead, text=base),
        words.say("slides.note", lead=words.say("slides.lead_weight"),
                  text=slide.weight or evidence.weighting(wave.id)),
        *(words.say("slides.note", lead=each, text=text) for each, text in known),
        words.say("answer.association"),
    ]  # fmt: skip


def told(title: str, box: Area) -> str:
    """Return a title; where it is too long its first sentence, or the first of what it lists."""
    text = plain(title)
    sentence = SENTENCE.split(text)[0]
    listed = [sentence[: found.start()] for found in LISTED.finditer(sentence)]
    shorter = (f"{part} …" for part in reversed(listed) if len(part) > LEAST)
    for part in (text, sentence, sentence.rsplit(" – ", 1)[0], *shorter):
        if not fitted_in([part], box, TITLE_SIZES, bold=True).cut:
            return part
    return sentence


def _charts(shapes: Any, slide: Slide, body: Area, evidence: Evidence) -> str:  # noqa: ANN401
    """Draw charts side by side, each below its own title; return what was left out, in words."""
    wide = (body.width - GAP * (len(slide.charts) - 1)) / len(slide.charts)
    cut = ""
    shown: set[str] = set()
    for k, chart in enumerate(slide.charts):
        left = body.left + k * (wide + GAP)
        high = 0.0 if slide.title.startswith(chart.title) else HEAD
        if high:
            box = Area(left, body.top, wide, high)
            write(boxed(shapes, box), [_head(chart, evidence)], box, sizes=HEAD_SIZES)
        room = Area(left, body.top + high, wide, body.height - high)
        part = leading(chart, most_rows(chart, room.height))
        shown.update(part.categories)
        if chart.form == "scatter" and not chart.joined:
            unnamed = len(chart.categories) - len(placed(chart, scatter_frame(chart, room)))
            cut = evidence.words.count("slides.unnamed", unnamed) if unnamed else ""
        draw(shapes, part, room)
    every = {name for chart in slide.charts for name in chart.categories}
    return _cut(evidence, len(shown), len(every)) if len(shown) < len(every) else cut


def _head(chart: Chart, evidence: Evidence) -> str:
    """Return what stands above a chart; the fair share, where it has one."""
    words = evidence.words
    if not chart.reference:
        return chart.title
    fair = words.say("figure.fair", fair=words.percent(chart.reference, 1))
    return words.say("slides.with_fair", title=chart.title, fair=fair)


def leading(chart: Chart, most: int) -> Chart:
    """Return a chart of bars with the first ``most`` of its categories.

    Of changes around zero the certain ones stay before the others, then the larger ones.
    """
    if chart.form not in ("bar", "stacked") or len(chart.categories) <= most:
        return chart
    kept = list(range(len(chart.categories)))
    if chart.reference == 0.0:
        one = chart.series[0]
        kept.sort(key=lambda k: (_open(one, k), -abs(one.values[k] or 0.0)))
    rows = sorted(kept[:most])
    return replace(
        chart,
        categories=tuple(chart.categories[k] for k in rows),
        series=tuple(_part(series, rows) for series in chart.series),
    )


def _open(series: Series, k: int) -> bool:
    return bool(series.tones) and series.tones[k] == "undecided"


def _part(series: Series, rows: Sequence[int]) -> Series:
    def of(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
        return tuple(values[k] for k in rows) if values else ()

    tones: tuple[Tone, ...] = tuple(series.tones[k] for k in rows) if series.tones else ()
    return replace(
        series,
        values=of(series.values),
        low=of(series.low),
        high=of(series.high),
        x=of(series.x),
        tones=tones,
    )


def _lines(shapes: Any, lines: Sequence[Line], body: Area) -> None:  # noqa: ANN401
    """Write lines with their leads in bold, each behind a bullet."""
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Pt

    box = boxed(shapes, body)
    frame = box.text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    told = fit(
        [f"{lead}: {text}" if lead else text for lead, text in lines],
        width=body.width - INSET - 26.0,
        height=body.height - 10.0,
        sizes=LINE_SIZES,
        gap=0.5,
    )
    for k, ((lead, _), text) in enumerate(zip(lines, told.paragraphs, strict=True)):
        paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
        _bulleted(paragraph)
        paragraph.space_after = Pt(0.5 * told.size)
        start = plain(f"{lead}:") if lead else ""
        parts = [(start, True), (text.removeprefix(start), False)] if start else [(text, False)]
        for part, bold in parts:
            run = paragraph.add_run()
            run.text = part
            run.font.size = Pt(told.size)
            run.font.bold = bold


def _bulleted(paragraph: Any) -> None:  # noqa: ANN401
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", "200000")
    properties.set("indent", "-200000")
    properties.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))


def _footnote(shapes: Any, text: str, box: Area) -> None:  # noqa: ANN401
    if not text:
        return
    shape = boxed(shapes, box)
    shape.name = "Base"
    write(shape, [_whole_parts(text, box)], box, sizes=FOOT_SIZES)
    for run in shape.text_frame.paragraphs[0].runs:
        run.font.color.rgb = rgb(palette.MUTED)


def _whole_parts(text: str, box: Area) -> str:
    """Return as many whole parts of a footnote as find room; the notes have all of them."""
    parts = PARTS.split(plain(text))
    for most in range(len(parts), 0, -1):
        short = "".join(parts[:most]).rstrip(" ·;")
        if not fitted_in([short], box, FOOT_SIZES).cut:
            return short
    return parts[0]
