"""The layout of the slides: ours, or any PowerPoint file of an agency's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supertouch.errors import OutputError, Problem
from supertouch.report.slides.house import house
from supertouch.saving import reason

__all__ = ["Area", "Layouts", "opened"]

EMU = 12700
LEAST_WIDE, LEAST_HIGH = 400.0, 200.0


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


@dataclass(frozen=True, slots=True)
class Layouts:
    """A presentation without slides, its layouts for the cover and for all else, and their room.

    ``area`` is the room below the title of an ordinary slide, ``title`` that of the title itself.
    """

    deck: Any
    cover: Any
    page: Any
    area: Area
    title: Area


def opened(path: Path | None) -> Layouts:
    """Open a template, take its slides away and find the layouts by what they hold.

    Parameters
    ----------
    path
        A PowerPoint file (.pptx or .potx); None for our own layout.

    Raises
    ------
    OutputError
        If the file is missing or no PowerPoint file, or if none of its layouts has a title with
        room for a chart below it.
    """
    deck = house() if path is None else _read(path)
    _empty(deck)
    layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    titled = [layout for layout in layouts if _title(layout) is not None]
    pages = [(layout, area) for layout in titled if (area := _area(deck, layout)) is not None]
    if not pages:
        rule = "has no layout with a title and room for a chart below it."
        raise OutputError(_problem(path, rule))
    page, area = max(pages, key=lambda found: _suits(found[0]))
    covers = [layout for layout in titled if _holds(layout, "SUBTITLE")]
    cover = next((layout for layout in covers if _holds(layout, "CENTER_TITLE")), None)
    return Layouts(deck, cover or next(iter(covers), page), page, area, _box(_title(page)))


def _problem(path: Path | None, rule: str) -> Problem:
    remedy = "Give another file under [report] template, or leave it out to use our own layout."
    return Problem("study file, report, template", str(path), rule, remedy)


def _read(path: Path) -> Any:  # noqa: ANN401
    import io
    from zipfile import BadZipFile

    import pptx
    from pptx.exc import PackageNotFoundError, PythonPptxError

    try:
        data = path.read_bytes()
    except OSError as error:
        raise OutputError(_problem(path, f"cannot be read ({reason(error)}).")) from error
    try:
        return pptx.Presentation(io.BytesIO(_presentation(data)))
    except (PackageNotFoundError, PythonPptxError, BadZipFile, KeyError, ValueError) as error:
        raise OutputError(_problem(path, "is not a PowerPoint file (.pptx, .potx).")) from error


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


def _box(shape: Any) -> Area:  # noqa: ANN401
    return Area(*(float(side) / EMU for side in (shape.left, shape.top, shape.width, shape.height)))


def _area(deck: Any, layout: Any) -> Area | None:  # noqa: ANN401
    """Return the room below the title: that of the bodies, else of the slide down to its foot."""
    if _holds(layout, "SUBTITLE") or _kind(_title(layout)) == "CENTER_TITLE":
        return None
    title = _box(_title(layout))
    bodies = [_box(shape) for shape in _bodies(layout) if shape.width]
    high = float(deck.slide_height) / EMU
    feet = [
        _box(shape).top
        for shape in layout.placeholders
        if _kind(shape) in ("FOOTER", "DATE", "SLIDE_NUMBER") and shape.width
    ]
    foot = min([top for top in feet if top > title.bottom] or [0.95 * high])
    if bodies:
        left, top = min(box.left for box in bodies), min(box.top for box in bodies)
        right, bottom = max(box.right for box in bodies), max(box.bottom for box in bodies)
        top = max(top, title.bottom)
        area = Area(left, top, right - left, min(bottom, foot) - top)
    else:
        area = Area(title.left, title.bottom + 6, title.width, foot - title.bottom - 8)
    return area if area.width >= LEAST_WIDE and area.height >= LEAST_HIGH else None


def _suits(layout: Any) -> tuple[bool, bool, float]:  # noqa: ANN401
    """Sort layouts: nothing but a title first, then a single body; upright text last."""
    bodies = _bodies(layout)
    others = [shape for shape in layout.placeholders if _kind(shape).startswith("VERTICAL")]
    pictures = _holds(layout, "PICTURE")
    return not others and not pictures, len(bodies) <= 1, -float(len(bodies))
