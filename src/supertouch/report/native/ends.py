"""Where the axes of native charts begin and end: round numbers, intervals included."""

from __future__ import annotations

import math
from collections.abc import Iterable

from supertouch.report.blocks import Chart

__all__ = ["Ends", "ends_of", "limits", "rounded", "tick"]

CALM = 6.0
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
Ends = tuple[float, float, float]


def rounded(values: Iterable[float], *, within: tuple[float, float] | None = None) -> Ends:
    """Return smallest, largest and step of an axis for values: round, with some room.

    >>> rounded([0.03, 0.21])
    (0.0, 0.25, 0.05)
    >>> rounded([0.0, 0.0])
    (0.0, 1.0, 0.2)
    """
    found = list(values)
    least, most = min(found, default=0.0), max(found, default=1.0)
    span = (most - least) or abs(most) or 1.0
    low, high = least - 0.04 * span, most + 0.04 * span
    if least >= 0 > low:
        low = 0.0
    if most <= 0 < high:
        high = 0.0
    if high <= low:
        high = low + span
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in STEPS if power * each >= rough * 0.999)
    start, end = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
    if within is not None:
        start, end = max(start, within[0]), min(end, within[1])
    return round(start, 10), round(end, 10), round(step, 10)


def ends_of(chart: Chart) -> Ends:
    """Return smallest, largest and step of the axis of a chart's values, intervals included.

    Bars start from zero; so do lines of shares. Stacked shares go from nothing to all.
    """
    if chart.form == "stacked":
        return 0.0, 1.0, 0.2
    values = [
        value
        for series in chart.series
        for value in (*series.values, *series.low, *series.high)
        if value is not None
    ]
    if chart.form != "line" or chart.number == "percent":
        values.append(0.0)
    elif values:
        values += _wide_enough(chart, values)
    share = chart.number == "percent" and chart.form != "scatter"
    return rounded(values, within=(-1.0, 1.0) if share else None)


def _wide_enough(chart: Chart, values: list[float]) -> list[float]:
    """Return ends at which a change within the intervals does not look like a leap."""
    widths = [
        high - low
        for series in chart.series
        for low, high in zip(series.low, series.high, strict=True)
        if low is not None and high is not None
    ]
    middle, half = (min(values) + max(values)) / 2, CALM / 2 * max(widths, default=0.0)
    return [middle - half, middle + half]


def limits(chart: Chart) -> tuple[Ends, Ends]:
    """Return smallest, largest and step of both axes, round and with some room."""
    xs = [value for series in chart.series for value in series.x if value is not None]
    return rounded(xs, within=(0.0, 1.0) if chart.x_number == "percent" else None), ends_of(chart)


def tick(number: str, step: float) -> str:
    """Return the number format of ticks that are ``step`` apart."""
    if number == "percent":
        return "0%" if abs(100 * step - round(100 * step)) < 1e-6 else "0.0%"
    if number == "integer" or (step >= 1 and number != "signed"):
        return "#,##0"
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    digits += step * 10**digits % 1 > 1e-6
    form = f"0.{'0' * digits}" if digits else "0"
    return f"+{form};-{form};0" if number == "signed" else form
