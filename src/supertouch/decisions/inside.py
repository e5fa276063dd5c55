"""Inside against outside: where auditors and customers see a touchpoint differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.views import (
    MEASURES,
    Inside,
    Measure,
    Outside,
    Tables,
    inside,
    outside,
    waves_of,
)
from supertouch.stats.inference import adjust
from supertouch.stats.raters import rank_share
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["FEWEST", "gap", "generator", "told_by"]

Array = NDArray[np.float64]

FEWEST = 3


def gap(study: Study, tables: Tables, audits: pd.DataFrame) -> pd.DataFrame:
    """Compare the auditors' view of each touchpoint with the customers', wave by wave.

    A touchpoint is a ``blind_spot`` where it ranks significantly lower inside than outside, and a
    ``pet`` where it ranks significantly higher; p-values are adjusted over a wave's touchpoints.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        ``performance``, ``importance``, ``models`` and ``draws`` of all waves.
    audits : DataFrame
        The table ``audits``.

    Returns
    -------
    DataFrame
        The table ``gap``; empty where there are no audits.
    """
    parts = (
        [] if audits.empty else [_wave(study, w, tables, audits) for w in waves_of(study, tables)]
    )
    return checked(pd.concat(parts) if parts else pd.DataFrame(), table="gap")


def generator(study: Study, wave: str, measure: Measure) -> np.random.Generator:
    """Return the random numbers of a wave's measure, the same whatever other waves there are."""
    place = [item.id for item in study.waves].index(wave)
    return np.random.default_rng([study.seed, place, MEASURES.index(measure)])


def _wave(study: Study, wave: str, tables: Tables, audits: pd.DataFrame) -> pd.DataFrame:
    names = [item.id for item in study.touchpoints_in(wave)]
    base = tables["performance"]
    base = base[(base.wave == wave) & (base.segment == "")].set_index("touchpoint").reindex(names)
    rated = audits.dropna(subset=list(MEASURES), how="all").groupby("touchpoint").auditor.nunique()
    frame = pd.DataFrame(
        {
            "wave": wave,
            "touchpoint": names,
            "n_auditors": rated.reindex(names).fillna(0).astype(int).to_numpy(),
            "n": base.n_rated.fillna(0).astype(int).to_numpy(),
            "n_eff": base.n_rated_eff.to_numpy(float),
        }
    )
    compare = {"importance": _by_rank, "performance": _by_level}
    for measure in MEASURES:
        rng = generator(study, wave, measure)
        there = outside(study, wave, tables, measure, rng=rng)
        found = compare[measure](study, inside(study, wave, audits, measure), there, rng)
        for name, values in found.columns(measure).items():
            frame[name] = values
    frame["kind"] = _kinds(study, frame)
    return frame


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Two views of p touchpoints in one unit, and their difference; NaN where there is none."""

    inside: Array
    outside: Array
    low: Array
    high: Array
    p_value: Array

    def columns(self, measure: str) -> dict[str, Array]:
        """Return the columns of the table."""
        return {
            f"{measure}_inside": self.inside,
            f"{measure}_outside": self.outside,
            f"{measure}_gap": self.inside - self.outside,
            f"{measure}_gap_low": self.low,
            f"{measure}_gap_high": self.high,
            f"{measure}_p_adjusted": adjust(self.p_value),
        }


def told_by(view: Inside, there: Outside) -> NDArray[np.bool_]:
    """Tell of which touchpoints both sides say something."""
    return ~np.isnan(view.found.mean) & ~np.isnan(there.value)


def _by_rank(study: Study, view: Inside, there: Outside, rng: np.random.Generator) -> _Compared:
    """Compare ranks among the touchpoints of which both sides tell.

    Ranks of estimates are nearer to the middle than true ones, and those of replicates as much
    again; the interval is the t interval around the replicates' mean, widened to hold the
    estimate. In simulated studies it covers 94 to 95 %.
    """
    from scipy.stats import t

    p = len(view.touchpoints)
    both = told_by(view, there)
    low, high, p_value, within, without = (np.full(p, np.nan) for _ in range(5))
    if both.sum() >= FEWEST:
        within[both] = rank_share(view.found.mean[both])
        without[both] = rank_share(there.value[both])
    if both.sum() < FEWEST or np.isnan(view.found.degrees) or not len(there.replicates):
        return _Compared(within, without, low, high, p_value)
    noise = rng.standard_normal((len(there.replicates), int(both.sum())))
    one = rank_share(view.found.mean[both] + view.found.error[both] * noise)
    other = rank_share(there.replicates[:, both])
    centre = (one - other).mean(axis=0)
    parts = one.var(axis=0, ddof=1), other.var(axis=0, ddof=1)
    degrees = _satterthwaite(parts, (view.found.degrees, there.degrees))
    error = np.sqrt(parts[0] + parts[1])
    reach = t.ppf((1 + study.analysis.confidence) / 2, degrees) * error
    distance = within[both] - without[both]
    low[both] = np.clip(np.minimum(centre - reach, distance), -1, 1)
    high[both] = np.clip(np.maximum(centre + reach, distance), -1, 1)
    p_value[both] = _p_value(centre, error, degrees)
    return _Compared(within, without, low, high, p_value)


def _by_level(
    study: Study,
    view: Inside,
    there: Outside,
    rng: np.random.Generator,  # noqa: ARG001
) -> _Compared:
    """Compare mean ratings, each as a share of its scale's range, by Welch's interval."""
    from scipy.stats import t

    points = study.audit.points - 1
    within = np.clip((view.found.mean - 1) / points, 0, 1)
    error = view.found.level_error / points
    parts = np.square(error), np.square(there.error)
    degrees = _satterthwaite(parts, (view.found.level_degrees, there.degrees))
    total = np.sqrt(parts[0] + parts[1])
    reach = t.ppf((1 + study.analysis.confidence) / 2, degrees) * total
    distance = within - there.value
    return _Compared(
        within,
        there.value,
        np.clip(distance - reach, -1, 1),
        np.clip(distance + reach, -1, 1),
        _p_value(distance, total, degrees),
    )


def _satterthwaite(variances: tuple[Array, Array], degrees: tuple[float, float]) -> Array:
    """Return the degrees of freedom of a sum of two variances (Satterthwaite 1946)."""
    whole = variances[0] + variances[1]
    parts = variances[0] ** 2 / degrees[0] + variances[1] ** 2 / degrees[1]
    nothing = np.full(whole.shape, np.nan)
    return np.asarray(np.divide(whole**2, parts, out=nothing, where=parts > 0))


def _p_value(distance: Array, error: Array, degrees: Array) -> Array:
    from scipy.stats import t

    nothing = np.full(distance.shape, np.nan)
    ratio = np.divide(np.abs(distance), error, out=nothing, where=error > 0)
    return np.asarray(2 * t.sf(ratio, degrees))


def _kinds(study: Study, frame: pd.DataFrame) -> list[str]:
    p_value = frame.importance_p_adjusted
    names = np.where(frame.importance_gap < 0, "blind_spot", "pet")
    found = np.where(p_value <= study.rule.alpha, names, "agreed")
    return [str(kind) for kind in np.where(p_value.isna(), "undecided", found)]
