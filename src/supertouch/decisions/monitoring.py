"""What became of the measures of a plan: targets met or not, forecast against what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from supertouch.decisions.changes import Change
from supertouch.decisions.leverage import of_wave
from supertouch.decisions.whatif import whatif
from supertouch.errors import UnsupportedError
from supertouch.study.model import Measure, Role, Study, Wave

__all__ = ["judged_by", "monitor", "with_ends"]

Row = dict[str, object]
ROLES: tuple[Role, ...] = ("loyalty", "recommendation")
NOTHING = (np.nan, np.nan, np.nan)


def monitor(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    measures: Sequence[Measure],
    *,
    weighed: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Follow up each measure on loyalty and recommendation; returns the table ``plan``.

    A measure is judged by the last wave after the one it was planned on that rated its touchpoint
    and that was not over before the measure began, as far as the study knows when its waves ended
    (:func:`with_ends`).
    The target is met where the whole interval of the mean lies at or above it, not met where it
    lies below. What came is the part of the outcome's change that tracking lays on the touchpoint's
    experience; where several measures aim at one touchpoint, it is what came of them together.
    ``expected`` is what the wave that it was planned on forecasts for the change of the mean rating
    that really came; it agrees with what came where the two differ by no more than both intervals
    together leave to chance.
    ``weighed`` holds the code of why the last wave's budget cannot choose a measure.
    """
    why_not = weighed or {}
    rows = [
        row | {"weighed": why_not.get(measure.id, "")}
        for measure in measures
        for row in _rows(study, tables, measure)
    ]
    return pd.DataFrame(rows)


def _rows(study: Study, tables: Mapping[str, pd.DataFrame], measure: Measure) -> Iterator[Row]:
    wave = judged_by(study, measure)
    now = _level(tables, measure, wave.id if wave else measure.based_on)
    common: Row = {
        "measure": measure.id,
        "label": measure.label.within(study.languages[0]),
        "touchpoint": measure.touchpoint,
        "decision": _decision(tables, measure, wave.id if wave else measure.based_on),
        "owner": measure.owner,
        "cost": np.nan if measure.cost is None else measure.cost,
        "start": measure.start.isoformat() if measure.start else "",
        "based_on": measure.based_on,
        "wave": wave.id if wave else "",
        "n": now["n"] if wave else 0,
        "before": _level(tables, measure, measure.based_on)["value"],
        "target": measure.target,
        "now": now["value"] if wave else np.nan,
        "now_low": now["low"] if wave else np.nan,
        "now_high": now["high"] if wave else np.nan,
        "status": _status(measure.target, now) if wave else "planned",
    }
    outcomes = _outcomes(study, measure.based_on)
    forecasts = _forecasts(study, tables, measure, _aimed(study, measure))
    moved = now["value"] - _level(tables, measure, measure.based_on)["value"] if wave else np.nan
    change = Change(measure.touchpoint, improvement=moved)
    likely = {} if np.isnan(moved) else _forecasts(study, tables, measure, change)
    for outcome in outcomes or [""]:
        expected = likely.get(outcome, NOTHING)
        came = _came(tables, measure, outcome, wave.id) if wave else NOTHING
        yield common | {
            "outcome": outcome,
            **_named("forecast", forecasts.get(outcome, NOTHING)),
            **_named("expected", expected),
            **_named("came", came),
            "agrees": _agrees(expected, came),
        }


def judged_by(study: Study, measure: Measure, *, until: str = "") -> Wave | None:
    """Return the last wave, ``until`` this one, that can tell what became of a measure."""
    places = {wave.id: place for place, wave in enumerate(study.waves)}
    last = places[until] + 1 if until else len(places)
    later = study.waves[places[measure.based_on] + 1 : last]
    touchpoint = study.touchpoint(measure.touchpoint)
    able = [
        wave
        for wave in later
        if touchpoint in study.touchpoints_in(wave.id) and not _over_before(wave, measure)
    ]
    return able[-1] if able else None


def with_ends(study: Study, ends: Mapping[str, date]) -> Study:
    """Return the study with the last day of interviews of each wave that does not name its own."""
    waves = tuple(replace(wave, end=wave.end or ends.get(wave.id)) for wave in study.waves)
    return replace(study, waves=waves)


def _over_before(wave: Wave, measure: Measure) -> bool:
    return wave.end is not None and measure.start is not None and wave.end < measure.start


def _level(tables: Mapping[str, pd.DataFrame], measure: Measure, wave: str) -> dict[str, float]:
    rows = of_wave(tables, "performance", wave)
    rows = rows[rows.touchpoint == measure.touchpoint] if not rows.empty else rows
    if rows.empty:
        return {"n": 0, "value": np.nan, "low": np.nan, "high": np.nan}
    row = rows.iloc[0]
    return {
        "n": int(row.n_rated),
        "value": float(row.satisfaction),
        "low": float(row.satisfaction_low),
        "high": float(row.satisfaction_high),
    }


def _status(target: float, now: Mapping[str, float]) -> str:
    if now["low"] >= target:
        return "met"
    return "not_met" if now["high"] < target else "open"


def _decision(tables: Mapping[str, pd.DataFrame], measure: Measure, wave: str) -> str:
    rows = of_wave(tables, "portfolio", wave)
    rows = rows[rows.touchpoint == measure.touchpoint] if not rows.empty else rows
    return "" if rows.empty else str(rows.decision.iloc[0])


def _outcomes(study: Study, wave: str) -> list[str]:
    found = [study.outcome_of(role, wave) for role in ROLES]
    return [outcome.id for outcome in found if outcome is not None]


def _aimed(study: Study, measure: Measure) -> Change:
    scale = study.scales[study.touchpoint(measure.touchpoint).scale]
    return Change(measure.touchpoint, level=scale.turned(measure.target))


def _forecasts(
    study: Study, tables: Mapping[str, pd.DataFrame], measure: Measure, change: Change
) -> dict[str, tuple[float, float, float]]:
    """Return what a change was expected to bring each outcome; nothing where no model tells."""
    try:
        found = whatif(study, tables, [change], wave=measure.based_on)
    except UnsupportedError:
        return {}
    rows = found[(found.scenario == measure.touchpoint) & (found.unit == "mean")]
    return {
        str(row["outcome"]): (float(row["gain"]), float(row["gain_low"]), float(row["gain_high"]))
        for row in rows.to_dict("records")
    }


def _came(
    tables: Mapping[str, pd.DataFrame], measure: Measure, outcome: str, wave: str
) -> tuple[float, float, float]:
    rows = of_wave(tables, "change_explained", wave)
    if rows.empty:
        return NOTHING
    rows = rows[
        (rows.against == measure.based_on)
        & (rows.outcome == outcome)
        & (rows.touchpoint == measure.touchpoint)
        & (rows.part == "experience")
    ]
    if rows.empty:
        return NOTHING
    row = rows.iloc[0]
    return float(row.change), float(row.change_low), float(row.change_high)


def _named(name: str, values: tuple[float, float, float]) -> Row:
    return {name: values[0], f"{name}_low": values[1], f"{name}_high": values[2]}


def _agrees(expected: tuple[float, float, float], came: tuple[float, float, float]) -> bool | None:
    """Tell whether two independent estimates differ by no more than chance."""
    if np.isnan([*expected, *came]).any():
        return None
    chance = np.hypot((expected[2] - expected[1]) / 2, (came[2] - came[1]) / 2)
    return bool(abs(expected[0] - came[0]) <= chance)
