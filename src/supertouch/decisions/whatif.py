"""What improvements of experience would bring, together and one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.changes import Change, problems_of
from supertouch.decisions.leverage import Aims, Lever, gains, levers, of_wave, why_not_modelled
from supertouch.errors import Problem, UnsupportedError
from supertouch.stats import inference
from supertouch.study.model import Study

__all__ = ["TOGETHER", "Shift", "ends_of", "levels_of", "shifts", "whatif"]

Array = NDArray[np.float64]
Flags = dict[str, NDArray[np.bool_]]

TOGETHER = "together"
LARGE = 0.5
NPS_LIMIT = 100.0
NOTICEABLE = 1e-9


def whatif(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    changes: Sequence[Change],
    *,
    wave: str,
    costs: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Estimate what changes of experience would bring each outcome; returns the table ``whatif``.

    The gain is reach × effect × improvement, added up over touchpoints; it holds only as far as
    effects are causes, and along a straight line. Intervals are joint: they rest on replicates of
    reach, ratings and effects of all touchpoints at once, with t quantiles. An improvement is cut
    where the scale ends.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        ``levers``, ``draws``, ``outcomes`` and ``models``; ``diagnostics`` too, if reasons are to
        be told.
    changes : sequence of Change
    wave : str
    costs : mapping of str to float, optional
        By touchpoint; those of all together are told only where each has one.

    Raises
    ------
    UnsupportedError
        If a touchpoint is unknown or in no model of the wave, a mean off its scale, a cost below
        zero or of something that does not change; all problems at once.
    """
    costs = dict(costs or {})
    problems = problems_of(study, changes) + _cost_problems(changes, costs)
    if problems or not changes:
        raise UnsupportedError(problems or "Nothing would change: name a touchpoint.")
    names = [change.touchpoint for change in changes]
    found = levers(tables, names, wave=wave)
    _all_modelled(study, tables, names, found, wave=wave)
    aims = _aims(study, changes)
    before = levels_of(tables, wave)
    frames = [_rows(study, lever, aims, before, costs) for lever in found]
    return pd.concat(frames, ignore_index=True).assign(wave=wave)


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a touchpoint's mean rating is and where a change brings it, in the codes asked.

    ``turned`` tells that less is better; ``n`` and ``n_eff`` count those who rated it.
    """

    touchpoint: str
    before: float
    after: float
    turned: bool
    n: int
    n_eff: float


def shifts(
    study: Study, performance: pd.DataFrame, changes: Sequence[Change], *, wave: str
) -> tuple[Shift, ...]:
    """Return what changes do to the mean ratings of all who rated in a wave."""
    rows = of_wave({"performance": performance}, "performance", wave).set_index("touchpoint")
    rows = rows.loc[[change.touchpoint for change in changes]]
    mean = rows.satisfaction.to_numpy(float)
    after = mean + _aims(study, changes).given(mean)
    scales = [study.scales[study.touchpoint(str(name)).scale] for name in rows.index]
    return tuple(
        Shift(
            touchpoint=str(rows.index[k]),
            before=float(scale.turned(mean[k])),
            after=float(scale.turned(after[k])),
            turned=scale.reversed,
            n=int(rows.n_rated.iloc[k]),
            n_eff=float(rows.n_rated_eff.iloc[k]),
        )
        for k, scale in enumerate(scales)
    )


def _cost_problems(changes: Sequence[Change], costs: Mapping[str, float]) -> list[Problem]:
    names = {change.touchpoint for change in changes}
    remedy = "Name a cost of zero or more for a touchpoint that changes."
    problems = [
        Problem("cost", name, "is of no touchpoint that changes.", remedy)
        for name in costs
        if name not in names
    ]
    return problems + [
        Problem("cost", f"{name}={cost:g}", "is below zero.", remedy)
        for name, cost in costs.items()
        if not cost >= 0
    ]


def _all_modelled(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    names: Sequence[str],
    found: Sequence[Lever],
    *,
    wave: str,
) -> None:
    nowhere = [
        name for k, name in enumerate(names) if all(np.isnan(lever.effect[k]) for lever in found)
    ]
    if nowhere:
        raise UnsupportedError(
            [
                Problem(
                    f"wave '{wave}'",
                    name,
                    f"has no effect: {why_not_modelled(study, tables, name, wave=wave)}.",
                    "Leave it out.",
                )
                for name in nowhere
            ]
        )


def _aims(study: Study, changes: Sequence[Change]) -> Aims:
    scales = [study.scales[study.touchpoint(change.touchpoint).scale] for change in changes]
    levels = [
        np.nan if change.level is None else scale.turned(change.level)
        for change, scale in zip(changes, scales, strict=True)
    ]
    improvements = [
        np.nan if change.improvement is None else change.improvement for change in changes
    ]
    return Aims(
        np.array(improvements),
        np.array(levels),
        np.array([scale.minimum for scale in scales]),
        np.array([scale.maximum for scale in scales]),
    )


def levels_of(tables: Mapping[str, pd.DataFrame], wave: str) -> pd.DataFrame:
    """Return each outcome's level today, in both units, and whether it stands in for another."""
    return of_wave(tables, "outcomes", wave).set_index("outcome")[["mean", "nps", "proxy"]]


def _rows(
    study: Study,
    lever: Lever,
    aims: Aims,
    before: pd.DataFrame,
    costs: Mapping[str, float],
) -> pd.DataFrame:
    single = gains(lever, aims)
    gain = np.append(single.estimate.sum(), single.estimate)
    replicates = np.column_stack([single.replicates.sum(axis=1), single.replicates])
    low, high = inference.normal_interval(
        gain, replicates, degrees=lever.degrees, confidence=study.analysis.confidence
    )
    p_value = inference.t_test(gain, replicates, degrees=lever.degrees)
    cost = np.array([costs.get(name, np.nan) for name in lever.touchpoints])
    cost = np.append(cost.sum(), cost)
    level = float(before[lever.unit][lever.outcome])
    flags = _flags(study, lever, aims, gain=gain, p_value=p_value, level=level)
    flags["proxy"] = np.full(len(gain), bool(before.proxy[lever.outcome]))
    clear = (low > 0) & (gain > 0)
    per_point = np.divide(cost, gain, out=np.full(len(gain), np.nan), where=clear)
    return pd.DataFrame(
        {
            "wave": "",
            "scenario": [TOGETHER, *lever.touchpoints],
            "touchpoint": ["", *lever.touchpoints],
            "outcome": lever.outcome,
            "unit": lever.unit,
            "n": lever.n,
            "n_eff": lever.n_eff,
            "before": level,
            "asked": np.append(np.nan, aims.asked(lever.mean)),
            "given": np.append(np.nan, aims.given(lever.mean)),
            "gain": gain,
            "gain_low": low,
            "gain_high": high,
            "p_value": p_value,
            "cost": cost,
            "cost_per_point": per_point,
            "warnings": _codes(flags),
        }
    )


def _flags(
    study: Study, lever: Lever, aims: Aims, *, gain: Array, p_value: Array, level: float
) -> Flags:
    """Tell what to beware of, for all together and for each touchpoint."""
    asked, given = aims.asked(lever.mean), aims.given(lever.mean)
    ends, after = ends_of(study, lever), level + gain
    with np.errstate(invalid="ignore"):
        beyond = (after < ends[0] - NOTICEABLE) | (after > ends[1] + NOTICEABLE)
        single = {
            "headroom": np.abs(asked - given) > NOTICEABLE,
            "beyond_best": lever.mean + given > lever.best_mean + NOTICEABLE,
            "large": np.abs(given) > LARGE * lever.spread,
        }
    flags = {name: np.append(flag.any(), flag) for name, flag in single.items()}
    flags["not_significant"] = p_value >= 1 - study.analysis.confidence
    flags["not_significant"][1:] = lever.p_value >= 1 - study.analysis.confidence
    flags["not_modelled"] = np.isnan(gain)
    limit = "outcome_limit" if lever.unit == "mean" else "nps_limit"
    return flags | {limit: beyond}


def ends_of(study: Study, lever: Lever) -> tuple[float, float]:
    """Return the ends that an outcome cannot pass, in the unit of its lever."""
    if lever.unit == "nps":
        return -NPS_LIMIT, NPS_LIMIT
    scale = study.scales[study.outcome(lever.outcome).scale]
    return scale.minimum, scale.maximum


def _codes(flags: Flags) -> list[str]:
    rows = zip(*flags.values(), strict=True)
    return [" ".join(name for name, on in zip(flags, row, strict=True) if on) for row in rows]
