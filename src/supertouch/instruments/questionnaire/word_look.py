"""How the Word document looks: page, type, tables that break well, fields that Word fills in."""

from __future__ import annotations

import re
from typing import Any

from supertouch.language import Language

__all__ = [
    "GREY",
    "bordered",
    "clean",
    "field",
    "grey",
    "heading_row",
    "new_document",
    "unbroken",
    "widths",
]

GREY = "6B6B6B"
LINE = "BFBFBF"
MARGIN = 1.8
PAPER = (21.0, 29.7)
FONT = "Calibri"

_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def clean(text: str) -> str:
    """Return a text without what an XML file cannot hold.

    >>> clean("Hot" + chr(0) + "line" + chr(11))
    'Hotline'
    """
    return _UNPRINTABLE.sub("", text)


def new_document(title: str, words: Language) -> Any:  # noqa: ANN401
    """Return an empty document on A4 in a language."""
    import docx
    from docx.shared import Cm, Pt

    document: Any = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(length) for length in PAPER)
    section.left_margin = section.right_margin = Cm(MARGIN)
    section.top_margin = section.bottom_margin = Cm(2.0)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Title", 20), ("Heading 1", 13)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        _own_font(style)
    _speak(document, words.with_region)
    document.core_properties.title = clean(title)[:255]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    return document


def _own_font(style: Any) -> None:  # noqa: ANN401
    """Drop the theme's font, which would win over the named one."""
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    style.font.color.rgb = RGBColor(0x1F, 0x2A, 0x37)
    fonts = style.element.rPr.rFonts
    for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(key), None)


def _speak(document: Any, locale: str) -> None:  # noqa: ANN401
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = document.styles["Normal"].element.get_or_add_rPr()
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), locale)
    properties.append(spoken)


def grey(paragraph: Any, text: str, *, size: float = 7.5, italic: bool = False) -> None:  # noqa: ANN401
    """Add small grey text to a paragraph."""
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(clean(text))
    run.font.size, run.italic = Pt(size), italic
    run.font.color.rgb = RGBColor.from_string(GREY)


def field(paragraph: Any, name: str) -> None:  # noqa: ANN401
    """Add a field that Word fills in, such as PAGE."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    simple.append(run)
    paragraph._p.append(simple)


def bordered(table: Any) -> None:  # noqa: ANN401
    """Draw thin grey lines between the rows, and keep cells narrow."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        gap = OxmlElement(f"w:{side}")
        gap.set(qn("w:w"), "40")
        gap.set(qn("w:type"), "dxa")
        margins.append(gap)
    _in_order(properties, borders, before=("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"))
    _in_order(properties, margins, before=("w:tblLook",))


def _in_order(parent: Any, child: Any, *, before: tuple[str, ...]) -> None:  # noqa: ANN401
    """Put a child where the format wants it: Word refuses files with another order."""
    from docx.oxml.ns import qn

    names = {qn(name) for name in before}
    later = next((element for element in parent if element.tag in names), None)
    if later is None:
        parent.append(child)
    else:
        later.addprevious(child)


def heading_row(row: Any) -> None:  # noqa: ANN401
    """Repeat a row at the top of every page that its table runs on to."""
    _flag(row, "w:tblHeader")


def unbroken(row: Any) -> None:  # noqa: ANN401
    """Keep a row on one page."""
    _flag(row, "w:cantSplit")


def _flag(row: Any, name: str) -> None:  # noqa: ANN401
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))


def widths(table: Any, centimetres: list[float]) -> None:  # noqa: ANN401
    """Give the columns of a table their widths, for all programs that open it."""
    from docx.shared import Cm

    table.autofit = False
    for column, width in zip(table.columns, centimetres, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
