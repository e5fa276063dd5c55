"""The deck, written: our layout or an agency's, the story of the newest wave."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from supertouch.report.blocks import Content
from supertouch.report.evidence import Evidence
from supertouch.report.slides.boxes import boxed, kept, write
from supertouch.report.slides.drawing import add_slide
from supertouch.report.slides.story import story
from supertouch.report.slides.template import Layouts, box_of, opened
from supertouch.report.slides.texts import plain
from supertouch.saving import save

__all__ = ["write_slides"]

COVER_SIZES = (36.0, 32.0, 28.0, 24.0, 20.0, 18.0)
COVER_LINES = (20.0, 18.0, 16.0, 14.0, 12.0)
OLD = ("extended-properties", "custom-properties", "thumbnail", "/commentAuthors", "/authors")
UNDATED = datetime(2000, 1, 1)


def write_slides(evidence: Evidence, content: Content, *, path: Path) -> Path:
    """Write the slides of the newest wave, in the language of ``content``.

    Parameters
    ----------
    evidence
        The tables, with the labels in the same language.
    content
        The report whose sentences are the titles.
    path
        Where the deck goes.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        If the study's template is no PowerPoint file or has no layout that charts fit on, or if
        the file cannot be written.
    """
    layouts = opened(evidence.study.reporting.template)
    _cover(layouts, evidence, content)
    for slide in story(evidence, content):
        add_slide(layouts, slide, evidence)
    _spoken(layouts, evidence)
    _described(layouts, content)
    return save(path, lambda part: layouts.deck.save(str(part)))


def _cover(layouts: Layouts, evidence: Evidence, content: Content) -> None:
    slide = layouts.deck.slides.add_slide(layouts.cover)
    wave = evidence.label(evidence.waves[-1])
    lines = [" · ".join(text for text in (content.company, wave) if text), content.made]
    title = slide.shapes.title
    kept(title, layouts.sheet)
    write(title, [content.title], box_of(title), sizes=COVER_SIZES, bold=True)
    below = None
    for shape in list(slide.placeholders):
        if below is None and "SUBTITLE" in str(shape.placeholder_format.type):
            below = kept(shape, layouts.sheet)
        elif shape.shape_id != title.shape_id:
            shape._element.getparent().remove(shape._element)
    if below is None:
        below = boxed(slide.shapes, layouts.area)
    write(below, lines, box_of(below), sizes=COVER_LINES)
    slide.notes_slide.notes_text_frame.text = "\n".join(
        plain(text) for text in (content.title, *lines, evidence.base(evidence.waves[-1].id))
    )


def _spoken(layouts: Layouts, evidence: Evidence) -> None:
    """Say in which language the texts are, for spelling and reading aloud."""
    for slide in layouts.deck.slides:
        for part in (slide, slide.notes_slide):
            for run in part.element.iter("{*}rPr", "{*}endParaRPr"):
                run.set("lang", evidence.words.with_region)


def _described(layouts: Layouts, content: Content) -> None:
    """Say what the deck is; what the template said of itself and its authors goes."""
    properties = layouts.deck.core_properties
    properties.title = plain(content.title)[:250]
    properties.author = plain(content.company)[:250]
    properties.language = content.language
    properties.subject = plain(content.subtitle)[:250]
    properties.created = properties.modified = UNDATED
    for name in ("last_modified_by", "comments", "keywords", "category", "content_status",
                 "identifier", "version"):  # fmt: skip
        setattr(properties, name, "")
    for part in (layouts.deck.part.package, layouts.deck.part):
        for key, link in list(part._rels.items()):
            if link.reltype.endswith(OLD):
                part._rels.pop(key)
