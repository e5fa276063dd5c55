"""Groups of respondents compared through common replicates, so that overlap counts by itself.

Every group of a wave is resampled with the same multiplicities. What two groups have in common,
respondents or clusters or strata, moves both replicates alike and leaves their difference alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.findings.cell_draws import CellDraws, Metric
from supertouch.stats import inference
from supertouch.study.model import Study

__all__ = ["compare", "comparison_table"]

Array = NDArray[np.float64]
Counts = NDArray[np.int_]

_FEWEST_DEGREES = 2
_ROUNDING = 1e-12


def comparison_table(study: Study, draws: Sequence[CellDraws]) -> pd.DataFrame:
    """Compare the values of each segment with each other, and with everybody.

    A value is compared with everybody, itself included: the test is the same as against the rest,
    and the difference is the distance from the total that the report shows. Segments of two
    values are compared value with value only, since that says the same.

    Parameters
    ----------
    study : Study
    draws : sequence of CellDraws
        Of the total and of each segment's values, as far as they were analysed.

    Returns
    -------
    DataFrame
        The table ``comparison``; p-values are adjusted (Benjamini & Hochberg) within each segment
        and metric.
    """
    frames = [compare(study, first, other) for first, other in _pairs(draws)]
    if not frames:
        return pd.DataFrame()
    table = pd.concat(frames, ignore_index=True)
    families = table.groupby(["segment", "metric"]).p_value
    table["p_adjusted"] = families.transform(lambda family: inference.adjust(family.to_numpy()))
    return table


def _pairs(draws: Sequence[CellDraws]) -> Iterator[tuple[CellDraws, CellDraws]]:
    total = next((part for part in draws if not part.segment), None)
    segments: dict[str, list[CellDraws]] = {}
    for part in draws:
        if part.segment:
            segments.setdefault(part.segment, []).append(part)
    for parts in segments.values():
        yield from combinations(parts, 2)
        if total is not None and len(parts) != 2:
            for part in parts:
                yield part, total


def compare(study: Study, first: CellDraws, other: CellDraws) -> pd.DataFrame:
    """Compare two groups of a wave, whether they overlap or not.

    Parameters
    ----------
    study : Study
    first, other : CellDraws
        Of the same wave and the same replicates.

    Returns
    -------
    DataFrame
        Rows of the table ``comparison``; p-values are adjusted within each metric.

    Raises
    ------
    UnsupportedError
        If the groups are of different waves: their replicates have nothing in common.
    """
    if first.wave != other.wave:
        raise UnsupportedError(
            f"Groups of waves '{first.wave}' and '{other.wave}' share no replicates to compare."
        )
    both = int(np.minimum(first.people, other.people).sum())
    head = {
        "wave": first.wave,
        "segment": first.segment,
        "segment_value": first.value,
        "other_segment": other.segment,
        "other_value": other.value,
        "overlap": both > 0,
        "n_both": both,
    }
    frames = [
        pd.DataFrame(head | _difference(study, name, first.metrics[name], other.metrics[name]))
        for name in first.metrics
        if name in other.metrics
    ]
    return pd.concat(frames, ignore_index=True)


def _difference(study: Study, name: str, first: Metric, other: Metric) -> dict[str, object]:
    known = set(other.names)
    common = [column for column in first.names if column in known]
    first, other = first.select(common), other.select(common)
    n_common = np.zeros(len(common), dtype=int)
    if name == "share":
        first, n_common = _among_common(first)
        other, _ = _among_common(other)
    difference = first.estimate - other.estimate
    error = (first.replicates - other.replicates).std(axis=0, ddof=1)
    degrees = np.minimum(first.degrees, other.degrees)
    differ = error > _ROUNDING * (np.abs(first.estimate) + np.abs(other.estimate))
    enough = (np.minimum(first.n, other.n) >= study.analysis.min_pair) & differ
    error = np.where(enough & (degrees >= _FEWEST_DEGREES), error, np.nan)
    reach, p_value = _t(difference, error, degrees, confidence=study.analysis.confidence)
    return {
        "outcome": first.outcome,
        "touchpoint": first.touchpoint,
        "metric": name,
        "n": first.n,
        "n_other": other.n,
        "n_common": n_common,
        "value": first.estimate,
        "other": other.estimate,
        "difference": difference,
        "difference_low": difference - reach,
        "difference_high": difference + reach,
        "p_value": p_value,
        "p_adjusted": inference.adjust(p_value),
    }


def _t(
    difference: Array, error: Array, degrees: Counts, *, confidence: float
) -> tuple[Array, Array]:
    """Return the reach of the t interval and the two-sided p-value."""
    from scipy.stats import t

    degrees = np.maximum(degrees, 1)
    reach = t.ppf((1 + confidence) / 2, degrees) * error
    return np.asarray(reach), np.asarray(2 * t.sf(np.abs(difference) / error, degrees))


def _among_common(metric: Metric) -> tuple[Metric, Counts]:
    """Restrict shares to the touchpoints that are left, outcome by outcome; and count these."""
    estimate, replicates = metric.estimate.copy(), metric.replicates.copy()
    count = np.zeros(len(estimate), dtype=int)
    outcomes = np.array(metric.outcome)
    for outcome in dict.fromkeys(metric.outcome):
        inside = outcomes == outcome
        count[inside] = inside.sum()
        for values in (estimate, replicates):
            part = values[..., inside]
            total = part.sum(axis=-1, keepdims=True)
            values[..., inside] = np.divide(part, total, out=np.zeros_like(part), where=total > 0)
    return replace(metric, estimate=estimate, replicates=replicates), count
