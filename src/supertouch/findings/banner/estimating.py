"""One measure of a question in all columns: estimate, interval, and what may be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.banner.sources import Bases, Form, Measure
from supertouch.stats import change as changes
from supertouch.stats import means
from supertouch.stats.change import Change
from supertouch.stats.means import Ratio

__all__ = ["Comparison", "Tested", "carrying", "interval", "strength", "tested"]

Array = NDArray[np.float64]
NPS_LIMIT = 100.0
_ROUNDING = 1e-10
_CHANGE = [field.name for field in fields(Change)]
_RATIO = [field.name for field in fields(Ratio)]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs of estimates of one form to be tested: their difference, and both sides."""

    form: Form
    change: Change
    sides: tuple[Ratio, Ratio]


@dataclass(frozen=True, slots=True)
class Tested:
    """Changes with their intervals and two-sided p-values; NaN where nothing can be said."""

    change: Array
    low: Array
    high: Array
    p_value: Array


def carrying(bases: Bases, measure: Measure) -> NDArray[np.int_]:
    """Count how many carry the difference between each two bases, the rest too: shape (2k, 2k).

    Who is in both carries none of it. Of a share it is those in one only who gave the answer, or
    those who did not, whichever are fewer: tests of rare answers rest on so many.
    """
    if measure.form != "share":
        return bases.unshared(measure)
    return np.minimum(bases.unshared(measure, given=True), bases.unshared(measure, given=False))


def interval(form: Form, ratio: Ratio, *, confidence: float) -> tuple[Array, Array]:
    """Return the interval of shares, means or points."""
    return _INTERVALS[form](ratio, confidence=confidence)


def _points(ratio: Ratio, *, confidence: float) -> tuple[Array, Array]:
    low, high = means.mean_interval(ratio, confidence=confidence)
    return np.maximum(low, -NPS_LIMIT), np.minimum(high, NPS_LIMIT)


_INTERVALS: dict[Form, Callable[..., tuple[Array, Array]]] = {
    "share": means.proportion_interval,
    "mean": means.mean_interval,
    "points": _points,
}


def tested(compared: Sequence[Comparison], *, confidence: float) -> list[Tested]:
    """Test differences: shares by Newcombe's interval, means and points by Student's t.

    All comparisons of a form are tested at once, since most of the time goes to the first number.
    """
    forms = dict.fromkeys(item.form for item in compared)
    found = {
        form: iter(_at_once([item for item in compared if item.form == form], confidence))
        for form in forms
    }
    return [next(found[item.form]) for item in compared]


def _at_once(compared: Sequence[Comparison], confidence: float) -> list[Tested]:
    change = Change(**{name: _joined([item.change for item in compared], name) for name in _CHANGE})
    change = replace(change, estimate=_exact(change.estimate), error=_exact(change.error))
    if compared[0].form == "share":
        first, second = (
            Ratio(**{name: _joined([item.sides[k] for item in compared], name) for name in _RATIO})
            for k in (0, 1)
        )
        ends = changes.proportion_change(change, first, second, confidence=confidence)
    else:
        ends = changes.t_change(change, confidence=confidence)
    places = np.cumsum([len(item.change.estimate) for item in compared])[:-1]
    parts = [np.split(values, places) for values in (change.estimate, *ends)]
    return [Tested(*columns) for columns in zip(*parts, strict=True)]


def _exact(values: Array) -> Array:
    """Return 0 where a number is not told from it by sums of fractions."""
    return np.where(np.abs(values) < _ROUNDING, 0.0, values)


def _joined(records: Sequence[object], name: str) -> NDArray[Any]:
    return np.concatenate([getattr(record, name) for record in records])


def strength(test: Tested, *, levels: tuple[float, ...]) -> NDArray[np.int_]:
    """Return 2 where a difference passes the first level, 1 where the second alone, with its sign.

    Examples
    --------
    >>> some = np.array([0.2, -0.1, 0.1])
    >>> test = Tested(some, some, some, np.array([0.01, 0.08, 0.3]))
    >>> strength(test, levels=(0.95, 0.9))
    array([ 2, -1,  0])
    """
    with np.errstate(invalid="ignore"):
        passed = [test.p_value <= 1 - level for level in levels]
    found = np.where(passed[0], 2, passed[-1].astype(int))
    return np.asarray(np.sign(np.nan_to_num(test.change)) * found, dtype=int)
