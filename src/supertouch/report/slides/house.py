"""Our own layout: 16:9, white, one accent; made by code, so that nothing hides in a file."""

from __future__ import annotations

import re
from typing import Any

from supertouch.report import palette

__all__ = ["house"]

WIDE, HIGH = 960.0, 540.0
EMU = 12700
LEFT = 40.0
KEPT = {"Title Slide": "cover", "Title and Content": "text", "Title Only": "page"}
FOOT = {"DATE": (40.0, 130.0), "FOOTER": (180.0, 600.0), "SLIDE_NUMBER": (840.0, 80.0)}
ACCENTS = ("#0072b2", "#e69f00", "#009e73", "#56b4e9", "#d55e00", "#cc79a7")


def house() -> Any:  # noqa: ANN401
    """Return a presentation without slides: a cover, a page with text and one for charts."""
    import pptx

    deck: Any = pptx.Presentation()
    deck.slide_width, deck.slide_height = int(WIDE * EMU), int(HIGH * EMU)
    master = deck.slide_masters[0]
    for layout in list(deck.slide_layouts):
        if layout.name not in KEPT:
            deck.slide_layouts.remove(layout)
    _coloured(master)
    for shape in master.placeholders:
        _placed(shape, _kind(shape))
    _ruled(master)
    for layout in deck.slide_layouts:
        for shape in layout.placeholders:
            _placed(shape, _kind(shape))
            _left_aligned(shape)
    return deck


def _kind(shape: Any) -> str:  # noqa: ANN401
    return str(shape.placeholder_format.type).split(".")[-1].split(" ")[0]


def _placed(shape: Any, kind: str) -> None:  # noqa: ANN401
    from pptx.util import Pt

    boxes = {
        "TITLE": (LEFT, 22.0, WIDE - 2 * LEFT, 66.0),
        "CENTER_TITLE": (LEFT + 20, 150.0, WIDE - 2 * LEFT - 40, 130.0),
        "SUBTITLE": (LEFT + 20, 300.0, WIDE - 2 * LEFT - 40, 110.0),
        "OBJECT": (LEFT, 98.0, WIDE - 2 * LEFT, 400.0),
        "BODY": (LEFT, 98.0, WIDE - 2 * LEFT, 400.0),
    }
    if kind in FOOT:
        left, width = FOOT[kind]
        box = (left, 508.0, width, 22.0)
    elif kind in boxes:
        box = boxes[kind]
    else:
        return
    shape.left, shape.top, shape.width, shape.height = (Pt(side) for side in box)


def _left_aligned(shape: Any) -> None:  # noqa: ANN401
    from pptx.enum.text import MSO_ANCHOR

    kind = _kind(shape)
    if kind == "SUBTITLE":
        for level in shape._element.iter("{*}lvl1pPr"):
            level.set("algn", "l")
            for tint in list(level.iter("{*}tint")):
                tint.getparent().remove(tint)
    if kind in ("TITLE", "CENTER_TITLE"):
        shape.text_frame.vertical_anchor = (
            MSO_ANCHOR.BOTTOM if kind == "CENTER_TITLE" else MSO_ANCHOR.MIDDLE
        )


def _ruled(master: Any) -> None:  # noqa: ANN401
    """Draw a thin bar of the accent above the title of every slide."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    shape = f"""<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="99" name="Bar"/><p:cNvSpPr/>
    <p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/>
    <a:ext cx="{int(WIDE * EMU)}" cy="{int(6 * EMU)}"/></a:xfrm>
    <a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
    <a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>
    <p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody></p:sp>"""
    master.shapes._spTree.insert(2, parse_xml(shape))


def _coloured(master: Any) -> None:  # noqa: ANN401
    """Give the theme our palette and the text of titles and bodies its look."""
    from pptx.oxml.ns import qn

    part = next(rel.target_part for rel in master.part.rels.values() if "theme" in rel.reltype)
    text = part.blob.decode("utf-8")
    colours = {
        "dk1": palette.INK,
        "lt1": palette.PAPER,
        "dk2": palette.INK,
        "lt2": palette.GRID,
        **{f"accent{k}": colour for k, colour in enumerate(ACCENTS, start=1)},
    }
    for name, colour in colours.items():
        text = re.sub(
            rf"(<a:{name}>).*?(</a:{name}>)",
            rf'\g<1><a:srgbClr val="{colour.lstrip("#").upper()}"/>\g<2>',
            text,
            flags=re.DOTALL,
        )
    text = text.replace('<a:latin typeface="Calibri"/>', '<a:latin typeface="Arial"/>')
    part._blob = text.encode("utf-8")
    styles = master.element.find(qn("p:txStyles"))
    for style, size in (("p:titleStyle", 2400), ("p:bodyStyle", 1600)):
        for level in styles.find(qn(style)):
            level.set("algn", "l")
            run = level.find(qn("a:defRPr"))
            if run is not None and level.tag == qn("a:lvl1pPr"):
                run.set("sz", str(size))
                run.set("b", "1" if style == "p:titleStyle" else "0")
