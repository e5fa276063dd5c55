"""The weights of a wave: taken as they are, raked to known margins, and kept within bounds.

Weights are held fixed in the replicates: raking is not repeated there. Intervals of what hangs
together with the margins are a little too wide for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import Problem, UnsupportedError
from supertouch.intake.recode import cells
from supertouch.stats.means import kish
from supertouch.stats.suppression import hidden
from supertouch.stats.weighting import Bounds, Fault, Obstacle, Raked, approach, obstacles
from supertouch.study.model import Study

__all__ = ["Weighed", "weigh"]

_TOLERANCE = 1e-8
_NEARLY = 0.01
_NAMED = 3

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The final weight of each accepted row, and the tables ``weights`` and ``margins``."""

    weight: Array
    weights: pd.DataFrame
    margins: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Known:
    """A margin as arrays over m respondents.

    ``values`` are those with a target, then those without, and last "" where a value is unknown.
    ``share`` are the shares to reach: unknown respondents keep theirs.
    """

    segment: str
    values: tuple[str, ...]
    category: NDArray[np.intp]
    share: Array
    target: Array
    count: NDArray[np.intp]


def weigh(study: Study, wave_id: str, accepted: pd.DataFrame, quarantine: pd.DataFrame) -> Weighed:
    """Return the weights of the accepted rows, raked and trimmed as the study says.

    The base of raking are the weights taken from the file, 1 where there are none; raked weights
    have a mean of 1. Who is of unknown value on a margin keeps the share that the base weights
    give to all such respondents; the targets hold among the others. Where brands are stacked the
    margins are those of respondents, and all rows of one are weighted alike.

    Parameters
    ----------
    study, wave_id : Study, str
        What was asked.
    accepted : DataFrame
        Typed rows with ``weight`` as taken from the file.
    quarantine : DataFrame
        Lines of refused rows, for the count of weights that were no good.

    Raises
    ------
    UnsupportedError
        If no weights meet the margins, with what stands in the way.
    """
    base = accepted["weight"].to_numpy("float64")
    person, first = _persons(accepted)
    known = _margins(study, wave_id, accepted, person, first)
    bounds = study.weighting.trim
    if not known and bounds is None:
        line = _line(study, wave_id, base, quarantine, None)
        return Weighed(base, pd.DataFrame([line]), pd.DataFrame())
    own = np.bincount(person, base) / np.bincount(person)
    known = [_with_unknown(margin, own) for margin in known]
    raked = _raked(wave_id, own, known, bounds)
    weight = base * (raked.weight / own)[person]
    line = _line(study, wave_id, weight, quarantine, raked if known else None)
    line |= {"n_trimmed": raked.trimmed, "iterations": raked.iterations}
    margins = [_shares(study, wave_id, margin, own, raked.weight) for margin in known]
    return Weighed(weight, pd.DataFrame([line]), pd.concat(margins) if margins else pd.DataFrame())


def _persons(accepted: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    person = np.asarray(pd.factorize(accepted["respondent"])[0], dtype=np.intp)
    return person, np.asarray(np.unique(person, return_index=True)[1], dtype=np.intp)


def _margins(
    study: Study,
    wave_id: str,
    accepted: pd.DataFrame,
    person: NDArray[np.intp],
    first: NDArray[np.intp],
) -> list[_Known]:
    """Return the margins that have targets in this wave, as arrays over respondents."""
    found: list[_Known] = []
    problems: list[Problem] = []
    for margin in study.weighting.margins:
        targets = margin.within(wave_id)
        if not targets:
            continue
        place = f"wave '{wave_id}', weighting margin '{margin.segment}'"
        value = accepted[f"segment.{margin.segment}"].to_numpy(object)
        if (value != value[first][person]).any():
            rule = "differs between the rows of one respondent."
            problems.append(Problem(place, "", rule, "Rake to what holds for the whole person."))
        problems += _unsound(place, targets, known=bool((value != "").any()))
        found.append(_known(margin.segment, targets, value[first]))
    if problems:
        raise UnsupportedError(problems)
    return found


def _unsound(place: str, targets: Mapping[str, float], *, known: bool) -> Iterator[Problem]:
    total = sum(targets.values())
    if total <= 0:
        yield Problem(place, f"{total:g}", "is the sum of the targets.", "Give shares or counts.")
    elif max(targets.values()) <= 1 and abs(total - 1) > _NEARLY:
        rule = "is the sum of the shares, not 1."
        yield Problem(place, f"{total:g}", rule, "Give the share of every value, or counts.")
    if not known:
        rule = "has targets, but its values are known of nobody in this wave."
        yield Problem(place, "", rule, "Take the margin away in this wave.")


def _known(segment: str, targets: Mapping[str, float], value: NDArray[np.object_]) -> _Known:
    others = sorted({str(name) for name in value} - set(targets) - {""})
    values = (*targets, *others, "")
    position = {name: place for place, name in enumerate(values)}
    category = np.array([position[name] for name in value], dtype=np.intp)
    target = np.array([*targets.values(), *(0.0 for _ in others), 0.0], dtype=float)
    target /= target.sum() or 1.0
    count = np.bincount(category, minlength=len(values))
    return _Known(segment, values, category, target, target, np.asarray(count, dtype=np.intp))


def _with_unknown(margin: _Known, weight: Array) -> _Known:
    """Let the respondents of unknown value keep their share, and scale the targets to the rest."""
    unknown = margin.category == len(margin.values) - 1
    part = float(weight[unknown].sum() / weight.sum())
    share = margin.target * (1 - part)
    share[-1] = part
    return replace(margin, share=share)


def _raked(wave_id: str, weight: Array, known: list[_Known], bounds: Bounds | None) -> Raked:
    size = len(weight)
    everybody = [np.zeros(size, dtype=np.intp)], [np.array([float(size)])]
    margins, totals = (
        ([margin.category for margin in known], [margin.share * size for margin in known])
        if known
        else everybody
    )
    faults = obstacles(weight, margins=margins, totals=totals, bounds=bounds)
    if faults:
        told = [fault for fault in faults if bounds or fault.kind not in _BY_BOUNDS] or faults
        raise UnsupportedError([_explained(wave_id, known, fault, bounds) for fault in told])
    raked = approach(weight, margins=margins, totals=totals, bounds=bounds, tolerance=_TOLERANCE)
    if not raked.settled:
        raise UnsupportedError(list(_unsettled(wave_id, known, raked, bounds)))
    return raked


def _explained(wave_id: str, known: list[_Known], fault: Fault, bounds: Bounds | None) -> Problem:
    if not known:
        place = f"wave '{wave_id}', weighting trim"
        rule = "leaves no room: the mean weight is 1."
        return Problem(place, str(bounds), rule, "Give a bound below 1 and one above.")
    margin = known[fault.margin]
    rule, remedy = _OBSTACLES[fault.kind]
    place = f"wave '{wave_id}', weighting margin '{margin.segment}'"
    remedy = remedy.format(wave=wave_id, segment=margin.segment)
    target = f"target {margin.target[fault.category]:.4g}"
    return Problem(
        place,
        f"value '{margin.values[fault.category]}', {target}",
        rule.format(reach=f"{fault.reach:.4g}", bounds=bounds),
        remedy,
    )


_OBSTACLES: dict[Obstacle, tuple[str, str]] = {
    "no_respondent": (
        "has a target but no respondent.",
        "Set its target to 0 for this wave: a table [waves.{wave}.margins.{segment}], with a "
        "target for each value.",
    ),
    "no_target": (
        "has respondents but no target above 0.",
        "Give it a target, or leave these respondents out with [[data.exclude]].",
    ),
    "too_large": (
        "can reach a share of {reach} at most with weights within trim = {bounds}.",
        "Widen trim, or check the target.",
    ),
    "too_small": (
        "cannot fall below a share of {reach} with weights within trim = {bounds}.",
        "Widen trim, or check the target.",
    ),
}


_BY_BOUNDS: tuple[Obstacle, ...] = ("too_large", "too_small")


def _unsettled(
    wave_id: str, known: list[_Known], raked: Raked, bounds: Bounds | None
) -> Iterator[Problem]:
    """Say which values are farthest from their target, and which never occur together."""
    within = f" within trim = {bounds}" if bounds else ""
    why = (
        "is still on its way after {n} rounds: values with very few respondents hold it up."
        if raked.slow
        else "is not reached: the margins contradict each other" + within + "."
    ).format(n=raked.iterations)
    remedy = (
        f"Check the targets{', widen trim' if bounds else ''}, or take one of the margins away in "
        "this wave: an empty table in its key 'margins'."
    )
    gaps = [
        (abs(gap), place, category)
        for place, margin in enumerate(raked.gaps)
        for category, gap in enumerate(margin)
        if abs(gap) > _TOLERANCE
    ]
    for _, place, category in sorted(gaps, reverse=True)[:_NAMED]:
        margin = known[place]
        wanted = margin.share[category]
        yield Problem(
            f"wave '{wave_id}', weighting margin '{margin.segment}'",
            f"value '{margin.values[category]}', share {wanted + raked.gaps[place][category]:.4g}, "
            f"target {wanted:.4g}",
            why + _never_together(known, place, category),
            remedy,
        )


def _never_together(known: list[_Known], place: int, category: int) -> str:
    """Name the values of other margins that nobody with this value has."""
    inside = known[place].category == category
    empty = [
        f"{other.segment} '{other.values[k]}'"
        for number, other in enumerate(known)
        if number != place
        for k in np.flatnonzero(
            np.bincount(other.category[inside], minlength=len(other.share)) == 0
        )
        if other.share[k] > 0
    ]
    named = ", ".join(empty[:_NAMED]) + (" and others" if len(empty) > _NAMED else "")
    return f" No respondent has it together with {named}." if empty else ""


def _line(
    study: Study, wave_id: str, weight: Array, quarantine: pd.DataFrame, raked: Raked | None
) -> dict[str, Any]:
    column = study.weight.within(wave_id)
    part = weight / weight.mean()
    n_eff = kish(part)
    return {
        "wave": wave_id,
        "source": "raked" if raked else ("taken" if column else "none"),
        "n": len(weight),
        **_refused(quarantine, column),
        "minimum": part.min(),
        "median": np.median(part),
        "maximum": part.max(),
        "n_trimmed": 0,
        "iterations": 0,
        "largest_gap": raked.largest_gap if raked else np.nan,
        "design_effect": len(weight) / n_eff,
        "n_eff": n_eff,
    }


def _refused(quarantine: pd.DataFrame, column: str | None) -> dict[str, int]:
    """Count the refused weights by kind; what is no number counts as missing."""
    lines = quarantine[quarantine["column"] == column] if column else quarantine.iloc[:0]
    rows = lines.drop_duplicates(["file", "row"])
    found = cells(rows["value"])
    number = found.spread(found.number, blank=np.nan)
    return {
        "n_missing": int(np.isnan(number).sum()),
        "n_zero": int((number == 0).sum()),
        "n_negative": int((number < 0).sum()),
        "n_extreme": int((number > 0).sum()),
    }


def _shares(
    study: Study, wave_id: str, margin: _Known, before: Array, after: Array
) -> pd.DataFrame:
    """Return the rows of a margin in the table ``margins``, without groups too small to show."""
    size = len(margin.values)
    small, complementary = hidden(margin.count[:-1], minimum=study.privacy.min_base)
    shown = np.append(~(small | complementary), margin.count[-1] > 0)
    target = margin.target.copy()
    target[-1] = np.nan
    held = [np.bincount(margin.category, weights=w, minlength=size) for w in (before, after)]
    shares = [np.append(h[:-1] / h[:-1].sum(), h[-1] / h.sum()) for h in held]
    return pd.DataFrame(
        {
            "wave": wave_id,
            "segment": margin.segment,
            "segment_value": list(margin.values),
            "n": margin.count,
            "before": shares[0],
            "after": shares[1],
            "target": target,
        }
    )[shown]
