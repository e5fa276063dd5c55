"""Where labels go beside points so that none covers another, a point or the frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.textpath import TextToPath

__all__ = ["MARKER", "Placed", "beside", "fitted", "shortened", "spread", "text_width", "wrapped"]

Floats = npt.NDArray[np.float64]
RADII = (5.0, 8.0, 12.0, 17.0, 23.0, 30.0, 39.0, 50.0, 63.0, 78.0, 96.0, 120.0, 150.0)
ANGLES = np.deg2rad(
    np.array([0, 180, 20, 340, 160, 200, 45, 315, 135, 225, 70, 290, 110, 250, 90, 270])
)
MARKER = 5.0
CLOSE = 30.0
DASHES = " –—-"


@dataclass(frozen=True, slots=True)
class Placed:
    """Label boxes as (left, bottom, right, top), and whether each lies free of all else."""

    boxes: Floats
    free: npt.NDArray[np.bool_]


def shortened(text: str, width: int) -> str:
    """Return ``text`` cut to ``width`` characters; beginning and end stay.

    >>> shortened("Service hotline for customers of region 2", 25)
    'Service hotline…region 2'
    """
    if len(text) <= width:
        return text
    tail = int(0.4 * (width - 1))
    return f"{text[: width - 1 - tail].rstrip()}…{text[-tail:].lstrip()}"


def fitted(text: str, *, points: float, size: float, bold: bool = False) -> str:
    """Return ``text``, cut if need be, so that it is no wider than ``points`` at font ``size``."""
    short = text
    width = len(text)
    while width > 3 and text_width(short, size=size, bold=bold) > points:
        width = min(width - 1, int(width * points / text_width(short, size=size, bold=bold)) + 1)
        short = shortened(text, width)
    return short


def wrapped(text: str, *, points: float, size: float, most: int = 3) -> str:
    r"""Return ``text`` on up to ``most`` lines no wider than ``points``; words too wide are cut.

    A dash stays at the end of its line.

    >>> wrapped("2019-08-12 to 2019-08-18", points=60, size=8.0)
    '2019-08-12 to\n2019-08-18'
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer.rstrip(DASHES), size=size) <= points:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return "\n".join(
        line
        if text_width(line.rstrip(DASHES), size=size) <= points
        else fitted(line, points=points, size=size)
        for line in lines
    )


@cache
def text_width(text: str, *, size: float, bold: bool = False) -> float:
    """Return how wide ``text`` is in points (1/72 inch)."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    return float(_measure().get_text_width_height_descent(text, font, ismath=False)[0])


@cache
def _measure() -> TextToPath:
    from matplotlib.textpath import TextToPath

    return TextToPath()


def beside(
    points: Floats,
    sizes: Floats,
    *,
    frame: Floats,
    lines: Floats | None = None,
    taken: Floats | None = None,
    gap: float = 1.5,
) -> Placed:
    """Place one label beside each point, the first points first.

    Parameters
    ----------
    points
        Points, shape (n, 2), in pixels.
    sizes
        Width and height of each label, shape (n, 2), in pixels.
    frame
        Left, bottom, right, top that no label may leave.
    lines
        Boxes that labels keep clear of where they can, shape (m, 4).
    taken
        Boxes that no label may cover, shape (m, 4).
    gap
        Free space around each label, in pixels.
    """
    near = np.repeat(np.array(RADII), len(ANGLES)) <= CLOSE
    markers = np.hstack([points - MARKER, points + MARKER])
    if taken is not None:
        markers = np.vstack([markers, taken])
    boxes = np.full((len(points), 4), np.nan)
    free = np.zeros(len(points), dtype=bool)
    for k, (point, size) in enumerate(zip(points, sizes, strict=True)):
        tries = _candidates(point, size)
        others = np.vstack([markers, boxes[:k]])
        cost = _overlap(tries, others, gap).sum(axis=1) + _outside(tries, frame)
        crossed = 0.0 if lines is None else _overlap(tries, lines, gap).sum(axis=1)
        wanted = np.flatnonzero((cost == 0.0) & (crossed == 0.0) & near)
        possible = np.flatnonzero(cost == 0.0)
        best = int(next(iter([*wanted[:1], *possible[:1], cost.argmin()])))
        boxes[k], free[k] = tries[best], cost[best] == 0.0
    return Placed(boxes, free)


def spread(wanted: Floats, *, height: float, low: float, high: float) -> Floats:
    """Return positions near ``wanted`` that are at least ``height`` apart, within low and high.

    >>> spread(np.array([1.0, 1.2, 5.0]), height=1.0, low=0.0, high=10.0).round(2).tolist()
    [0.6, 1.6, 5.0]
    """
    order = np.argsort(wanted, kind="stable")
    places = np.array(wanted, dtype=float)[order]
    for _ in range(200):
        overlap = height - np.diff(places)
        if not bool((overlap > 1e-9).any()):
            break
        push = np.clip(overlap, 0.0, None) / 2
        places[:-1] -= push
        places[1:] += push
        places = np.clip(places, low, high)
    result = np.empty_like(places)
    result[order] = places
    return result


def _candidates(point: Floats, size: Floats) -> Floats:
    directions = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
    rays = np.concatenate([directions * (MARKER + radius) for radius in RADII])
    halves = np.tile(np.sign(np.round(directions, 3)), (len(RADII), 1))
    steep = np.abs(np.tile(directions, (len(RADII), 1)))
    halves = np.where(steep < 0.36, halves * steep, halves) * size / 2
    centres = point + rays + halves
    return np.hstack([centres - size / 2, centres + size / 2])


def _overlap(boxes: Floats, others: Floats, gap: float) -> Floats:
    low = np.maximum(boxes[:, None, :2], others[None, :, :2] - gap)
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:] + gap)
    sides = np.clip(high - low, 0.0, None)
    area: Floats = sides[..., 0] * sides[..., 1]
    return area


def _outside(boxes: Floats, frame: Floats) -> Floats:
    beyond = np.hstack([frame[:2] - boxes[:, :2], boxes[:, 2:] - frame[2:]])
    return np.asarray(np.clip(beyond, 0.0, None).sum(axis=1) * 50.0)
