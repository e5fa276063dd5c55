"""Names beside points, each free of all others and joined to its point where it lies apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from supertouch.report import palette
from supertouch.report.charts.canvas import LABEL
from supertouch.report.labels import MARKER, beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["NEAR", "callouts", "crosses"]

Floats = npt.NDArray[np.float64]
NEAR = 75.0
JOINED = 13.0


def callouts(
    ax: Axes,
    points: Floats,
    names: Sequence[str],
    *,
    bold: Sequence[bool],
    lines: Floats | None = None,
    others: Floats | None = None,
    near: float | Floats = NEAR,
    force: bool = False,
) -> bool:
    """Write a name beside each point, the first points first; tell whether all found room.

    Parameters
    ----------
    points
        Points in data coordinates, shape (n, 2).
    lines
        Boxes in pixels that names keep clear of where they can, shape (m, 4).
    others
        Further points that no name may cover, shape (k, 2).
    near
        How far from its point a name may lie, in pixels; for all, or shape (n,).
    force
        Leave the names where they are even if some find no room; by default none is written then.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = ax.get_figure(root=True)
    if figure is None or not names:
        return True
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    texts: list[Text] = [
        ax.text(0, 0, name, fontsize=LABEL, color=palette.INK,
                weight="bold" if strong else "normal", zorder=4)
        for name, strong in zip(names, bold, strict=True)
    ]  # fmt: skip
    boxes = [text.get_window_extent(renderer) for text in texts]
    sizes = np.array([(box.width, box.height) for box in boxes])
    pixels = ax.transData.transform(points)
    frame = np.asarray(ax.get_window_extent(renderer).extents, dtype=float)
    taken = None
    if others is not None:
        rest = ax.transData.transform(others)
        taken = np.hstack([rest - MARKER, rest + MARKER])
    placed = beside(pixels, sizes, frame=frame, lines=lines, taken=taken)
    nearest = np.clip(pixels, placed.boxes[:, :2], placed.boxes[:, 2:])
    distance = np.hypot(*(pixels - nearest).T)
    if not force and not (bool(placed.free.all()) and bool((distance < near).all())):
        for text in texts:
            text.remove()
        return False
    back = ax.transData.inverted()
    for text, box, point, far in zip(texts, placed.boxes, pixels, distance, strict=True):
        text.set_position(tuple(back.transform(box[:2])))
        text.set_verticalalignment("bottom")
        if far > JOINED:
            ends = back.transform([point, np.clip(point, box[:2], box[2:])])
            ax.plot(*ends.T, color=palette.MUTED, linewidth=0.5, zorder=2)
    return True


def crosses(ax: Axes, points: Floats, low: Floats, high: Floats) -> Floats:
    """Return the boxes in pixels of thin crosses around points, shape (2n, 4)."""
    across = [ax.transData.transform(np.column_stack([end[:, 0], points[:, 1]]))
              for end in (low, high)]  # fmt: skip
    upright = [ax.transData.transform(np.column_stack([points[:, 0], end[:, 1]]))
               for end in (low, high)]  # fmt: skip
    boxes = np.vstack([np.hstack(across), np.hstack(upright)])
    return np.asarray(np.hstack([boxes[:, :2] - 0.5, boxes[:, 2:] + 0.5]))
