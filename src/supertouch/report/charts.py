"""The figures, each a thin function from a table to axes: one message, direct labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supertouch.language import Language
from supertouch.report import palette
from supertouch.report.labels import beside, fitted, shortened, spread, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["intervals", "numbered", "reach_impact", "trend", "verdict_matrix"]

LABEL = 8.0
SMALL = 7.0
WIDTH = 34
NEAR = 75.0
NAMES = -13.5
VERDICT = -7.5


def reach_impact(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    words: Language,
    outcome: str,
    ax: Axes | None = None,
    number: bool | None = None,
) -> Axes:
    """Draw reach across and the effect of experience upwards, a point per touchpoint.

    Parameters
    ----------
    table
        Columns touchpoint, reach, effect, verdict.
    labels
        Label of each touchpoint.
    words
        The language to write in.
    outcome
        Label of the outcome.
    number
        Number the points instead of naming them; by default only where names find no room.
    """
    ax = _axes(ax)
    _frame(ax)
    for verdict, rows in table.groupby("verdict", sort=False):
        _points(ax, rows.reach, rows.effect, str(verdict))
    ax.axhline(0, color=palette.MUTED, linewidth=0.8, zorder=1)
    _limits(ax, table)
    ax.xaxis.set_major_formatter(lambda value, _: words.percent(value))
    digits = 1 if float(np.ptp(ax.get_ylim())) > 0.45 else 2
    ax.yaxis.set_major_formatter(lambda value, _: words.number(value, digits))
    ax.set_xlabel(words.say("figure.reach_axis"))
    ax.set_ylabel(
        words.say("figure.effect_axis", outcome=fitted(outcome, points=150, size=LABEL + 0.5))
    )
    if number is None:
        number = not _named(ax, table, [shortened(labels[key], WIDTH) for key in table.touchpoint])
    if number:
        _named(ax, table, [str(k + 1) for k in range(len(table))], force=True)
    return ax


def numbered(ax: Axes) -> bool:
    """Tell whether ``reach_impact`` numbered its points, so that a key is needed."""
    return bool(ax.texts) and all(text.get_text().isdigit() for text in ax.texts)


def _limits(ax: Axes, table: pd.DataFrame) -> None:
    highest = max(float(table.effect.max()), 0.0)
    lowest = min(float(table.effect.min()), 0.0)
    room = max(highest - lowest, 1e-6)
    ax.set_ylim(lowest - 0.11 * room, highest + 0.1 * room)
    left, right = float(table.reach.min()), float(table.reach.max())
    ax.set_xlim(max(-0.02, left - 0.08), min(1.04, right + 0.08))


def _points(ax: Axes, x: pd.Series[float], y: pd.Series[float], verdict: str) -> None:
    colour = palette.VERDICTS[verdict]
    filled = verdict in palette.FILLED
    ax.scatter(
        x,
        y,
        s=150 if verdict == "super" else 42,
        marker=palette.MARKERS[verdict],
        facecolor=colour if filled else palette.PAPER,
        edgecolor=palette.PAPER if filled else colour,
        linewidth=0.6 if filled else 1.2,
        zorder=3,
    )


def _named(ax: Axes, table: pd.DataFrame, names: Sequence[str], *, force: bool = False) -> bool:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = ax.get_figure(root=True)
    if figure is None:
        return False
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    order = np.argsort((table.verdict != "super").to_numpy(), kind="stable")
    bold = ["bold" if verdict == "super" else "normal" for verdict in table.verdict]
    texts: list[Text] = [
        ax.text(0, 0, names[k], fontsize=LABEL, color=palette.INK, weight=bold[k], zorder=4)
        for k in order
    ]
    boxes = [text.get_window_extent(renderer) for text in texts]
    sizes = np.array([(box.width, box.height) for box in boxes])
    points = ax.transData.transform(table[["reach", "effect"]].to_numpy(float)[order])
    frame = np.asarray(ax.get_window_extent(renderer).extents, dtype=float)
    zero = float(ax.transData.transform((0.0, 0.0))[1])
    axis = np.array([[frame[0], zero - 0.5, frame[2], zero + 0.5]])
    placed = beside(points, sizes, frame=frame, lines=axis)
    distance = _distance(points, placed.boxes)
    if not force and not (bool(placed.free.all()) and float(distance.max()) < NEAR):
        for text in texts:
            text.remove()
        return False
    back = ax.transData.inverted()
    for text, box, point, far in zip(texts, placed.boxes, points, distance, strict=True):
        text.set_position(tuple(back.transform(box[:2])))
        text.set_verticalalignment("bottom")
        if far > 13:
            ends = back.transform([point, np.clip(point, box[:2], box[2:])])
            ax.plot(*ends.T, color=palette.MUTED, linewidth=0.5, zorder=2)
    return True


def _distance(points: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    nearest = np.clip(points, boxes[:, :2], boxes[:, 2:])
    return np.asarray(np.hypot(*(points - nearest).T))


def intervals(
    table: pd.DataFrame,
    *,
    value: str,
    order: Sequence[str],
    words: Language,
    ax: Axes | None = None,
    fair: float | None = None,
) -> Axes:
    """Draw a dot and its interval per touchpoint, the first of ``order`` on top.

    Parameters
    ----------
    table
        Columns touchpoint, verdict and ``value`` with ``_low`` and ``_high``.
    value
        ``share`` or ``rank``.
    order
        Touchpoints from top to bottom.
    fair
        Fair share to draw as a line.
    """
    ax = _axes(ax)
    _frame(ax, horizontal=False)
    rows = table.set_index("touchpoint").reindex(list(order))
    y = np.arange(len(rows))
    if fair is not None:
        ax.axvline(fair, color=palette.MUTED, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
        text = words.say("figure.fair", fair=words.percent(fair, 1))
        ax.annotate(text, (fair, -0.8), (3, 0), textcoords="offset points", fontsize=SMALL,
                    color=palette.MUTED, va="bottom")  # fmt: skip
    colours = [palette.VERDICTS.get(str(verdict), palette.MUTED) for verdict in rows.verdict]
    ax.hlines(y, rows[f"{value}_low"], rows[f"{value}_high"], color=colours, linewidth=2, zorder=2)
    for verdict, part in rows.assign(y=y).groupby("verdict", sort=False):
        _points(ax, part[value], part.y, str(verdict))
    _value_labels(ax, rows, value, words)
    ax.set_ylim(len(rows) - 0.4, -1.5 if fair is not None else -0.7)
    ax.yaxis.set_visible(False)
    if value == "share":
        ax.xaxis.set_major_formatter(lambda at, _: words.percent(at))
        ax.set_xlabel(words.say("figure.share_axis"))
    else:
        ax.xaxis.set_major_formatter(lambda at, _: words.integer(at))
        ax.set_xlabel(words.say("figure.rank_axis"))
        ax.set_xlim(0, float(rows[f"{value}_high"].max()) * 1.12 + 0.5)
        ax.set_xticks([1, *_round_steps(float(rows[f"{value}_high"].max()))])
    return ax


def _round_steps(highest: float) -> list[int]:
    step = next((step for step in (1, 2, 5, 10, 20) if highest / step <= 8), 50)
    return [at for at in range(step, int(highest) + 1, step) if at > 1]


def _value_labels(ax: Axes, rows: pd.DataFrame, value: str, words: Language) -> None:
    room = float(np.nanmax(rows[f"{value}_high"])) or 1.0
    if value == "share":
        ax.set_xlim(0, room * 1.17)
    right = 1.165 * room if value == "share" else 1.12 * room + 0.5
    for place, number in enumerate(rows[value]):
        if np.isfinite(number):
            text = words.percent(number, 1) if value == "share" else words.integer(number)
            ax.text(right, place, text, fontsize=SMALL, color=palette.MUTED, va="center",
                    ha="right")  # fmt: skip


def verdict_matrix(
    table: pd.DataFrame,
    *,
    criteria: Sequence[str],
    labels: Mapping[str, str],
    verdicts: Mapping[str, str],
    words: Language,
    edges: Sequence[int] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw the super-touchpoint table as a picture, a row per touchpoint in the table's order.

    Parameters
    ----------
    table
        Columns touchpoint, verdict, probability and one boolean column per criterion.
    criteria
        Names of the criterion columns, in order.
    labels, verdicts
        Label and verdict in words of each touchpoint.
    edges
        Criteria before which a line sets groups apart.
    """
    ax = _axes(ax)
    ax.set_axis_off()
    rows = len(table)
    ax.set_ylim(rows - 0.4, -0.6)
    ax.set_xlim(NAMES - 0.1, len(criteria) - 0.4)
    figure = ax.get_figure(root=True)
    inches = figure.get_size_inches()[0] if figure is not None else 8.0
    unit = 72 * ax.get_position().width * inches / (len(criteria) - 0.3 - NAMES)
    for place, row in enumerate(table.itertuples()):
        bold = str(row.verdict) == "super"
        look: dict[str, Any] = {
            "weight": "bold" if bold else "normal",
            "color": palette.INK,
            "va": "center",
        }
        if place % 2 == 0:
            ax.axhspan(place - 0.5, place + 0.5, color=palette.GRID, alpha=0.35, linewidth=0)
        key = str(row.touchpoint)
        label = fitted(labels[key], points=5.7 * unit, size=LABEL, bold=bold)
        ax.text(NAMES, place, label, fontsize=LABEL, **look)
        _points(ax, pd.Series([VERDICT]), pd.Series([float(place)]), str(row.verdict))
        verdict = fitted(verdicts[key], points=5.0 * unit, size=SMALL, bold=bold)
        ax.text(VERDICT + 0.35, place, verdict, fontsize=SMALL, **look)
        chance = words.chance(row.probability)
        ax.text(-0.8, place, chance, fontsize=LABEL, ha="right", **look)
    _marks(ax, table, criteria)
    head: dict[str, Any] = {"fontsize": LABEL, "color": palette.INK, "va": "bottom"}
    ax.text(-0.8, -0.75, words.say("column.probability"), ha="right", **head)
    ax.text(NAMES, -0.75, words.say("column.touchpoint"), **head)
    ax.text(VERDICT - 0.2, -0.75, words.say("column.verdict"), **head)
    for edge in edges:
        ax.axvline(edge - 0.5, color=palette.MUTED, linewidth=0.7)
    for k, name in enumerate(criteria):
        ax.text(k + 0.08, -0.75, words.say(f"criterion.{name}"), rotation=52,
                rotation_mode="anchor", ha="left", **head)  # fmt: skip
    return ax


def _marks(ax: Axes, table: pd.DataFrame, criteria: Sequence[str]) -> None:
    values = table[list(criteria)].astype("boolean").to_numpy(dtype=float, na_value=np.nan)
    for found, marker, colour, filled in (
        (values == 1, "o", palette.YES, True),
        (values == 0, "x", palette.NO, True),
        (np.isnan(values), "o", palette.MUTED, False),
    ):
        y, x = np.nonzero(found)
        if marker == "x":
            ax.scatter(x, y, s=34, marker=marker, color=colour, linewidth=1.8, zorder=3)
        else:
            face = colour if filled else "none"
            size = 40 if filled else 22
            ax.scatter(x, y, s=size, marker=marker, facecolor=face, edgecolor=colour, zorder=3)


def trend(
    table: pd.DataFrame,
    *,
    waves: Sequence[str],
    wave_labels: Sequence[str],
    labels: Mapping[str, str],
    words: Language,
    ax: Axes | None = None,
    fair: float | None = None,
) -> Axes:
    """Draw the share of a few touchpoints over the waves, named at the end of each line.

    Parameters
    ----------
    table
        Columns wave, touchpoint, share, share_low, share_high.
    waves, wave_labels
        Waves from old to new and what to call them.
    """
    ax = _axes(ax)
    _frame(ax, horizontal=True)
    names = list(dict.fromkeys(table.touchpoint))
    shift = np.linspace(-0.07, 0.07, len(names)) if len(names) > 1 else np.zeros(1)
    ends, colours = [], []
    for k, name in enumerate(names):
        rows = table[table.touchpoint == name].set_index("wave").reindex(waves)
        x = np.arange(len(waves)) + shift[k]
        colour = palette.SERIES[k % len(palette.SERIES)]
        ax.plot(x, rows.share, color=colour, marker="os^Dv<>P"[k % 8], markersize=5, zorder=3)
        ax.vlines(x, rows.share_low, rows.share_high, color=colour, alpha=0.55, linewidth=1.4)
        ends.append(float(rows.share.dropna().iloc[-1]))
        colours.append(colour)
    ax.set_xlim(-0.25, len(waves) - 0.85)
    ax.set_ylim(0, float(table.share_high.max()) * 1.08)
    if fair is not None:
        ax.axhline(fair, color=palette.MUTED, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
        text = words.say("figure.fair", fair=words.percent(fair, 1))
        ax.annotate(text, (-0.22, fair), (0, -2), textcoords="offset points", fontsize=SMALL,
                    color=palette.MUTED, va="top")  # fmt: skip
    _line_names(ax, np.array(ends), [labels[name] for name in names], colours)
    _wave_ticks(ax, wave_labels)
    ax.yaxis.set_major_formatter(lambda value, _: words.percent(value))
    return ax


def _wave_ticks(ax: Axes, names: Sequence[str]) -> None:
    figure = ax.get_figure(root=True)
    inches = figure.get_size_inches()[0] if figure is not None else 8.0
    room = 72 * ax.get_position().width * inches / len(names) - 6
    widest = max(text_width(name, size=LABEL) for name in names)
    if widest <= room:
        ax.set_xticks(range(len(names)), names)
    else:
        short = [fitted(name, points=75, size=LABEL) for name in names]
        ax.set_xticks(range(len(names)), short, rotation=35, ha="right", rotation_mode="anchor")


def _line_names(ax: Axes, ends: np.ndarray, names: Sequence[str], colours: Sequence[str]) -> None:
    low, high = ax.get_ylim()
    box = ax.get_position()
    figure = ax.get_figure(root=True)
    inches = box.height * (figure.get_size_inches()[1] if figure is not None else 4.0)
    height = 0.17 / inches * (high - low)
    places = spread(ends, height=height, low=low, high=high)
    right = ax.get_xlim()[1]
    for name, end, place, colour in zip(names, ends, places, colours, strict=True):
        ax.plot([right - 0.06, right], [end, place], color=colour, linewidth=0.7, clip_on=False)
        short = fitted(name, points=120, size=LABEL)
        ax.text(right + 0.02, place, short, fontsize=LABEL, color=palette.INK, va="center",
                clip_on=False)  # fmt: skip


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(8, 5)).add_subplot()


def _frame(ax: Axes, *, horizontal: bool | None = None) -> None:
    ax.set_facecolor("none")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(palette.GRID)
    ax.tick_params(colors=palette.MUTED, labelsize=LABEL)
    ax.xaxis.label.set(color=palette.INK, fontsize=LABEL + 0.5)
    ax.yaxis.label.set(color=palette.INK, fontsize=LABEL + 0.5)
    ax.set_axisbelow(True)
    if horizontal is not False:
        ax.grid(axis="y", color=palette.GRID, linewidth=0.6)
    if horizontal is not True:
        ax.grid(axis="x", color=palette.GRID, linewidth=0.6)
