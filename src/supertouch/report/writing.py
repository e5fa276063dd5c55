"""Writes a page and its figures, each file whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from supertouch.report.blocks import Content, Picture
from supertouch.report.cockpit.page import page
from supertouch.report.evidence import Evidence
from supertouch.report.figures.drawing import drawings
from supertouch.report.figures.layout import Plan
from supertouch.saving import save

__all__ = ["Progress", "silent", "write_page"]

Progress = Callable[[int, int, str], None]


def write_page(
    told_in: Sequence[Evidence],
    *,
    path: Path,
    figures: Path,
    plans: Callable[[Evidence], list[Plan]],
    told: Callable[[Evidence, Sequence[Picture]], Content],
    progress: Progress | None = None,
) -> list[Path]:
    """Write one offline page in every language at once, and its figures as PNG and SVG.

    Parameters
    ----------
    told_in
        The same tables in each language, the default language first.
    path, figures
        The page, and the folder of its figures.
    plans
        The figures that a page in one language has.
    told
        The content of the page in one language, given the figures that exist.
    progress
        Called with (done, total, text) as the work goes on.

    Returns
    -------
    list of Path
        Every file written, the page last.
    """
    tell = progress or silent
    written: list[Path] = []
    contents: list[Content] = []
    inline: dict[tuple[str, str], str] = {}
    planned = [(item, plans(item)) for item in told_in]
    total = sum(len(found) for _, found in planned) + len(planned) + 1
    done = 0
    with closing(drawings([plan for _, found in planned for plan in found])) as drawn:
        for evidence, found in planned:
            code = evidence.words.code
            for picture in (plan.picture for plan in found):
                tell(done, total, picture.caption)
                png, svg = next(drawn)
                written += _write_figure(picture, png, svg, folder=figures, code=code)
                inline[code, picture.name] = svg.decode()
                done += 1
            tell(done, total, path.stem)
            contents.append(told(evidence, [plan.picture for plan in found]))
            done += 1
    _save(path, page(contents, inline).encode())
    tell(total, total, path.name)
    return [*written, path]


def _write_figure(
    picture: Picture, png: bytes, svg: bytes, *, folder: Path, code: str
) -> list[Path]:
    paths = [folder / f"{picture.name}.{code}.{kind}" for kind in ("png", "svg")]
    for path, data in zip(paths, (png, svg), strict=True):
        _save(path, data)
    return paths


def _save(path: Path, data: bytes) -> None:
    save(path, lambda part: part.write_bytes(data))


def silent(done: int, total: int, text: str) -> None:
    """Tell nobody."""
