"""The layout of the slides: ours, or any PowerPoint file of an agency's."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supertouch.errors import DataError, OutputError, Problem
from supertouch.packed import reject_harmful
from supertouch.report.slides.house import house
from supertouch.saving import reason

__all__ = ["Area", "Layouts", "box_of", "opened"]

EMU = 12700
LEAST_WIDE, LEAST_HIGH, LEAST_TITLE = 400.0, 200.0, 20.0
MOST_BYTES = 500_000_000
OLD = b"\xd0\xcf\x11\xe0"
DAMAGED = (
    AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on a slide, in points from its left upper corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.height

    @property
    def right(self) -> float:
        """Where it ends, across."""
        return self.left + self.width

    def within(self, other: Area) -> Area:
        """Return the part of it that lies within another; of no width or height if none does."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Area(left, top, max(right - left, 0.0), max(bottom - top, 0.0))


@dataclass(frozen=True, slots=True)
class Layouts:
    """A presentation without slides, its layouts for the cover and for all else, and their room.

    ``area`` is the room below the title of an ordinary slide, ``title`` that of the title itself,
    ``sheet`` the whole slide.
    """

    deck: Any
    cover: Any
    page: Any
    area: Area
    title: Area
    sheet: Area


def opened(path: Path | None) -> Layouts:
    """Open a template, take its slides away and find the layouts by what they hold.

    Parameters
    ----------
    path
        A PowerPoint file (.pptx or .potx); None for our own layout.

    Raises
    ------
    OutputError
        If the file is missing, damaged, protected or no PowerPoint file, or if none of its layouts
        has a title with room for a chart below it.
    """
    if path is None:
        return _laid_out(house(), None)
    try:
        return _laid_out(_read(path), path)
    except DAMAGED as error:
        raise OutputError(_problem(path, "is damaged: parts of it cannot be read.")) from error


def _laid_out(deck: Any, path: Path | None) -> Layouts:  # noqa: ANN401
    """Take the slides out of a presentation and find its layouts by what they hold."""
    _empty(deck)
    sheet = Area(0.0, 0.0, float(deck.slide_width) / EMU, float(deck.slide_height) / EMU)
    layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    titled = [layout for layout in layouts if _titled(layout, sheet)]
    pages = [(layout, area) for layout in titled if (area := _area(layout, sheet)) is not None]
    if not pages:
        rule = "has no layout with a title and room for a chart below it."
        raise OutputError(_problem(path, rule))
    page, area = max(pages, key=lambda found: _suits(found[0]))
    covers = [layout for layout in titled if _subtitled(layout, sheet)]
    cover = next((layout for layout in covers if _holds(layout, "CENTER_TITLE")), None)
    title = box_of(_title(page)).within(sheet)
    return Layouts(deck, cover or next(iter(covers), page), page, area, title, sheet)


def _problem(path: Path | None, rule: str, remedy: str = "") -> Problem:
    other = "Give another file under [report] template, or leave it out to use our own layout."
    return Problem("study file, report, template", str(path), rule, f"{remedy} {other}".lstrip())


def _read(path: Path) -> Any:  # noqa: ANN401
    import io
    from zipfile import BadZipFile

    import pptx
    from pptx.exc import PackageNotFoundError, PythonPptxError

    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise OutputError(_problem(path, f"cannot be read ({reason(error)}).")) from error
    if data.startswith(OLD):
        rule = "is protected with a password, or of the old kind (.ppt)."
        raise OutputError(_problem(path, rule, "Save it without a password as .pptx."))
    if data.startswith(b"PK"):
        _reject_harmful(path)
    try:
        return pptx.Presentation(io.BytesIO(_presentation(data)))
    except (PackageNotFoundError, PythonPptxError, BadZipFile, KeyError, ValueError) as error:
        raise OutputError(_problem(path, "is not a PowerPoint file (.pptx, .potx).")) from error


def _reject_harmful(path: Path) -> None:
    """Refuse a template that grows without bound when it is unpacked, or hides something."""
    try:
        reject_harmful(path, most=MOST_BYTES)
    except DataError as error:
        rules = [_problem(path, problem.rule, problem.remedy) for problem in error.problems]
        raise OutputError(rules) from error


def _presentation(data: bytes) -> bytes:
    """Return a template file (.potx) as the presentation that it otherwise is."""
    import io
    from zipfile import ZipFile

    kind = b"presentationml.template.main+xml"
    with ZipFile(io.BytesIO(data)) as package:
        types = package.read("[Content_Types].xml")
        if kind not in types:
            return data
        target = io.BytesIO()
        with ZipFile(target, "w") as copy:
            for item in package.infolist():
                text = package.read(item.filename)
                if item.filename == "[Content_Types].xml":
                    text = types.replace(kind, b"presentationml.presentation.main+xml")
                copy.writestr(item, text)
    return target.getvalue()


def _empty(deck: Any) -> None:  # noqa: ANN401
    """Take every slide out of a presentation, with sections that list them."""
    listed = deck.slides._sldIdLst
    for item in list(listed):
        deck.part.drop_rel(item.rId)
        listed.remove(item)
    for part in list(deck.element.iter("{*}sectionLst")):
        extension = part.getparent()
        extension.getparent().remove(extension)


def _kind(shape: Any) -> str:  # noqa: ANN401
    return str(shape.placeholder_format.type).split(".")[-1].split(" ")[0]


def _holds(layout: Any, kind: str) -> bool:  # noqa: ANN401
    return any(_kind(shape) == kind for shape in layout.placeholders)


def _title(layout: Any) -> Any:  # noqa: ANN401
    found = (shape for shape in layout.placeholders if _kind(shape) in ("TITLE", "CENTER_TITLE"))
    return next((shape for shape in found if shape.width), None)


def _bodies(layout: Any) -> list[Any]:  # noqa: ANN401
    return [shape for shape in layout.placeholders if _kind(shape) in ("OBJECT", "BODY", "CHART")]


def box_of(shape: Any) -> Area:  # noqa: ANN401
    """Return where a shape lies on its slide, in points."""
    return Area(*(float(side) / EMU for side in (shape.left, shape.top, shape.width, shape.height)))


def _titled(layout: Any, sheet: Area) -> bool:  # noqa: ANN401
    """Tell whether a layout has a title that can be seen."""
    shape = _title(layout)
    return shape is not None and _seen(shape, sheet)


def _subtitled(layout: Any, sheet: Area) -> bool:  # noqa: ANN401
    return any(_kind(shape) == "SUBTITLE" and shape.width and _seen(shape, sheet)
               for shape in layout.placeholders)  # fmt: skip


def _seen(shape: Any, sheet: Area) -> bool:  # noqa: ANN401
    part = box_of(shape).within(sheet)
    return part.width >= LEAST_WIDE / 2 and part.height >= LEAST_TITLE


def _area(layout: Any, sheet: Area) -> Area | None:  # noqa: ANN401
    """Return the room below the title: that of the bodies, else of the slide down to its foot."""
    if _holds(layout, "SUBTITLE") or _kind(_title(layout)) == "CENTER_TITLE":
        return None
    title = box_of(_title(layout))
    bodies = [box_of(shape) for shape in _bodies(layout) if shape.width]
    feet = [
        box_of(shape).top
        for shape in layout.placeholders
        if _kind(shape) in ("FOOTER", "DATE", "SLIDE_NUMBER") and shape.width
    ]
    foot = min([top for top in feet if top > title.bottom] or [0.95 * sheet.height])
    if bodies:
        left, top = min(box.left for box in bodies), min(box.top for box in bodies)
        right, bottom = max(box.right for box in bodies), max(box.bottom for box in bodies)
        top = max(top, title.bottom)
        area = Area(left, top, right - left, min(bottom, foot) - top)
    else:
        area = Area(title.left, title.bottom + 6, title.width, foot - title.bottom - 8)
    area = area.within(sheet)
    return area if area.width >= LEAST_WIDE and area.height >= LEAST_HIGH else None


def _suits(layout: Any) -> tuple[bool, bool, float]:  # noqa: ANN401
    """Sort layouts: nothing but a title first, then a single body; upright text last."""
    bodies = _bodies(layout)
    others = [shape for shape in layout.placeholders if _kind(shape).startswith("VERTICAL")]
    pictures = _holds(layout, "PICTURE")
    return not others and not pictures, len(bodies) <= 1, -float(len(bodies))
