"""Boxes of slides: kept within the slide, and filled with text at a size at which it fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from supertouch.report.slides.template import Area, box_of
from supertouch.report.slides.texts import Fitted, fit

__all__ = ["INSET", "boxed", "fitted_in", "kept", "write"]

INSET = 14.4


def fitted_in(
    paragraphs: Sequence[str], box: Area, sizes: Sequence[float], *, bold: bool = False
) -> Fitted:
    """Return paragraphs as they fit into a box with its insets."""
    wide, high = box.width - INSET, box.height - 8.0
    return fit(paragraphs, width=wide, height=high, sizes=sizes, bold=bold)


def kept(shape: Any, sheet: Area) -> Any:  # noqa: ANN401
    """Keep a shape within the slide, where a template lets it hang over, and return it."""
    from pptx.util import Pt

    box = box_of(shape)
    part = box.within(sheet)
    if part != box:
        sides = (part.left, part.top, part.width, part.height)
        shape.left, shape.top, shape.width, shape.height = (Pt(side) for side in sides)
    return shape


def boxed(shapes: Any, area: Area) -> Any:  # noqa: ANN401
    """Return a new box for text."""
    from pptx.util import Pt

    return shapes.add_textbox(
        *(Pt(side) for side in (area.left, area.top, area.width, area.height))
    )


def write(
    shape: Any,  # noqa: ANN401
    paragraphs: Sequence[str],
    box: Area,
    *,
    sizes: Sequence[float],
    bold: bool = False,
) -> None:
    """Write paragraphs into a shape at a size at which they fit."""
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Pt

    told = fitted_in(paragraphs, box, sizes, bold=bold)
    frame = shape.text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    for k, text in enumerate(told.paragraphs):
        paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        run.font.size = Pt(told.size)
