"""The page of a figure: title, key, footer and places, and the files that it becomes."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.cockpit.texts import cleaned
from supertouch.report.evidence import Evidence
from supertouch.report.labels import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FONTS", "KEYED", "WIDTH", "Plan", "drawn", "key", "page", "place"]

WIDTH = 11.0
DPI = 130
KEYED = 52
FONTS = "'DejaVu Sans', Arial, Helvetica, sans-serif"
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "text.parse_math": False,
    "svg.fonttype": "none",
    "text.hinting": "none",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A figure to be drawn: what it is, and the function that draws it."""

    picture: Picture
    draw: Callable[[], Figure]


def drawn(plan: Plan) -> tuple[bytes, bytes]:
    """Draw a figure and return it as PNG and as SVG; the same bytes every time."""
    import matplotlib as mpl

    with mpl.rc_context({**STYLE, "svg.hashsalt": plan.picture.name}):
        figure = plan.draw()
        png = _saved(figure, "png", dpi=DPI, pil_kwargs={"compress_level": 3})
        svg = _saved(figure, "svg", metadata={"Date": None})
        return png, cleaned(svg.decode()).replace("'DejaVu Sans'", FONTS).encode()


def _saved(figure: Figure, kind: str, **options: Any) -> bytes:  # noqa: ANN401
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, facecolor=palette.PAPER, **options)
    return buffer.getvalue()


def page(
    evidence: Evidence,
    height: float,
    title: str,
    base: str,
    *,
    verdicts: Sequence[str] = (),
    proxy: bool = False,
    extra: float | None = None,
    footer: str = "figure.footer",
) -> tuple[Figure, float, float]:
    """Make a page with title, key to the verdicts and footer.

    ``height`` is the page's, or with ``extra`` (inches around axes) that of the axes alone.
    With ``proxy`` the key says that the verdicts rest on one; ``footer`` are the words around the
    base.
    Returns the figure and the inches taken at the bottom and at the top.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    lines = textwrap.wrap(evidence.words.say(footer, base=base.rstrip(".")), 190)
    head = textwrap.wrap(title, 84)[:2]
    bottom = 0.2 + 0.135 * len(lines)
    top = 0.32 + 0.24 * len(head) + (0.28 if verdicts else 0.0)
    if extra is not None:
        height = height + bottom + top + extra
    figure = Figure(figsize=(WIDTH, height), dpi=100)
    figure.text(0.2 / WIDTH, 1 - 0.16 / height, "\n".join(head), fontsize=12.5, weight="bold",
                color=palette.INK, va="top", linespacing=1.25)  # fmt: skip
    figure.text(0.2 / WIDTH, 0.1 / height, "\n".join(lines), fontsize=6.8,
                color=palette.MUTED, va="bottom", linespacing=1.35)  # fmt: skip
    if verdicts:
        handles = [
            Line2D([], [], linestyle="", marker=marker, markersize=9 if name == "super" else 6,
                   markerfacecolor=palette.VERDICTS[name] if name in palette.FILLED else "none",
                   markeredgecolor=palette.VERDICTS[name],
                   label=_verdict_name(evidence, name, proxy=proxy))
            for name, marker in palette.MARKERS.items()
            if name in verdicts
        ]  # fmt: skip
        figure.legend(handles=handles, loc="upper left", ncols=len(handles), frameon=False,
                      bbox_to_anchor=(0.1 / WIDTH, 1 - (top - 0.34) / height), fontsize=8,
                      labelcolor=palette.INK, handletextpad=0.2, columnspacing=1.4,
                      borderaxespad=0.0)  # fmt: skip
    return figure, bottom, top


def _verdict_name(evidence: Evidence, name: str, *, proxy: bool) -> str:
    text = evidence.words.say(f"verdict.{name}")
    if proxy and name not in ("undetermined", "too_few"):
        return evidence.words.say("with_proxy", text=text)
    return text


def place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes to the page at a place given in inches."""
    total = float(figure.get_size_inches()[1])
    return figure.add_axes((left / WIDTH, bottom / total, width / WIDTH, height / total))


def key(figure: Figure, names: Sequence[str], left: float, bottom: float, top: float) -> None:
    """Write what each number stands for, right of ``left`` (inches)."""
    height = float(figure.get_size_inches()[1])
    columns = -(-len(names) // KEYED)
    per = -(-len(names) // columns)
    step = min(0.2, (height - bottom - top) / per)
    size = min(8.0, step * 72 * 0.74, 7.0 if columns > 1 else 8.0)
    room = (WIDTH - left - 0.1) / columns
    width = 72 * (room - 0.35)
    for k, name in enumerate(names):
        x = left + room * (k // per)
        y = height - top - step * (k % per + 0.5)
        figure.text(x / WIDTH, y / height, f"{k + 1}", fontsize=size, color=palette.MUTED,
                    va="center", ha="left")  # fmt: skip
        label = fitted(name, points=width, size=size)
        figure.text((x + 0.27) / WIDTH, y / height, label, fontsize=size, color=palette.INK,
                    va="center")  # fmt: skip
