"""Rows of tables turned into the series of charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supertouch.report.blocks import Series, Tone

__all__ = ["Told", "by_kind", "estimates", "values"]

Told = Callable[[float], float]


def values(
    rows: Sequence[Mapping[str, Any]], name: str, *, factor: float = 1.0, told: Told | None = None
) -> tuple[float | None, ...]:
    """Return a column of rows; None where it is missing.

    Parameters
    ----------
    factor
        What every value is multiplied with, such as 100 for percentage points.
    told
        How a mean is written in the codes of the questionnaire.
    """
    found = (None if row[name] is None else factor * float(row[name]) for row in rows)
    return tuple(value if value is None or told is None else told(value) for value in found)


def estimates(
    rows: Sequence[Mapping[str, Any]],
    name: str,
    label: str,
    *,
    tone: Tone = "",
    tones: Sequence[Tone] = (),
    factor: float = 1.0,
    told: Told | None = None,
) -> Series:
    """Return the series of an estimate with its interval, its smaller end first."""
    low, high = (values(rows, f"{name}_{end}", factor=factor, told=told) for end in ("low", "high"))
    if told is not None and told(0.0) > told(1.0):
        low, high = high, low
    return Series(
        name=label,
        values=values(rows, name, factor=factor, told=told),
        low=low,
        high=high,
        tone=tone,
        tones=tuple(tones),
    )


def by_kind(
    kinds: Sequence[str],
    labels: Mapping[str, str],
    *,
    x: Sequence[float | None],
    y: Sequence[float | None],
) -> tuple[Series, ...]:
    """Return a series per kind of point, each as long as all points, blank where of another kind.

    Parameters
    ----------
    kinds
        The kind of each point.
    labels
        The kinds as they come in the legend, with their names; a kind is its own tone.
    """
    points = list(zip(kinds, x, y, strict=True))
    return tuple(
        Series(
            name=label,
            values=tuple(up if other == kind else None for other, _, up in points),
            x=tuple(across if other == kind else None for other, across, _ in points),
            tone=kind,  # type: ignore[arg-type]
        )
        for kind, label in labels.items()
        if kind in kinds
    )
