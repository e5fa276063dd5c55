"""Texts that fit their boxes: measured, made smaller if need be, and cut at last."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from supertouch.report.cockpit.texts import cleaned
from supertouch.report.labels import shortened, text_width

__all__ = ["Fitted", "ended", "fit", "height_of", "lines_of", "plain"]

SPACING = 1.2
BLANKS = re.compile(r"[ \t\r\n\v\f\u0085\u2028\u2029]+")
SIDE, MEASURED = 0.97, 12.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """Paragraphs with the font size (points) at which they fit; ``cut`` where one lost words."""

    paragraphs: tuple[str, ...]
    size: float
    cut: bool = False


def plain(text: str) -> str:
    r"""Return ``text`` on one line, without what a slide cannot hold; fixed blanks stay.

    >>> plain("Shop\x00\n in town\u00ad")
    'Shop in town'
    """
    return BLANKS.sub(" ", cleaned(text).replace("\u00ad", "")).strip()


def lines_of(text: str, *, points: float, size: float, bold: bool = False) -> int:
    """Return how many lines ``text`` takes in a box ``points`` wide; long words are broken."""
    lines, room = 1, 0.0
    blank = _wide(" ", size, bold=bold)
    for word in text.split(" "):
        width = _wide(word, size, bold=bold)
        if room and room + blank + width > points:
            lines, room = lines + 1, 0.0
        if width > points:
            lines += math.floor(width / points)
            width = width % points
        room += width + (blank if room else 0.0)
    return lines


def _wide(text: str, size: float, *, bold: bool) -> float:
    """Return how wide a word is; measured once, whatever sizes it is tried at."""
    return text_width(text, size=MEASURED, bold=bold) * size / MEASURED


def height_of(
    paragraphs: Sequence[str], *, points: float, size: float, bold: bool = False, gap: float = 0.0
) -> float:
    """Return how high paragraphs are in points; ``gap`` is the space after each, in lines."""
    lines = sum(lines_of(text, points=points, size=size, bold=bold) + gap for text in paragraphs)
    return SPACING * size * lines


def fit(
    paragraphs: Sequence[str],
    *,
    width: float,
    height: float,
    sizes: Sequence[float],
    bold: bool = False,
    gap: float = 0.0,
) -> Fitted:
    """Return paragraphs at the largest of ``sizes`` that fits; the longest are cut at the smallest.

    Parameters
    ----------
    width, height
        Room in points, without insets.
    sizes
        Font sizes from large to small.
    gap
        Space after each paragraph, in lines.
    """
    texts = [plain(text) for text in paragraphs]
    for size in sizes:
        if height_of(texts, points=SIDE * width, size=size, bold=bold, gap=gap) <= height:
            return Fitted(tuple(texts), size)
    size = sizes[-1]
    most = max((len(text) for text in texts), default=0)
    while most > 20 and (
        height_of(texts, points=SIDE * width, size=size, bold=bold, gap=gap) > height
    ):
        most = int(0.93 * most)
        texts = [ended(text, most) for text in texts]
    return Fitted(tuple(texts), size, cut=True)


def ended(text: str, most: int) -> str:
    """Return ``text`` cut to ``most`` characters; its end gives way, where it has words."""
    if len(text) <= most:
        return text
    head = text[: most - 1].rsplit(" ", 1)[0]
    return f"{head}…" if len(head) > most / 2 else shortened(text, most)
