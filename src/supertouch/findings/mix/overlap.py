"""Which touchpoints are met by the same customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings import diagnostics
from supertouch.findings.answers import Answers, Cell
from supertouch.findings.suppression import some
from supertouch.stats import inference
from supertouch.stats.influence import Design
from supertouch.stats.overlap import Overlaps, overlaps, phi_interval
from supertouch.study.model import Study

__all__ = ["overlap_tables", "pairs_of"]

_ALIKE = 1 - 1e-9


def pairs_of(count: int) -> NDArray[np.intp]:
    """Return all pairs of ``count`` places, the smaller first: shape (m, 2)."""
    return np.column_stack(np.triu_indices(count, 1)).astype(np.intp)


def overlap_tables(study: Study, answers: Answers, cell: Cell) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table ``overlap`` and rows of ``diagnostics``.

    Shares rest on those whose contact with both is known. With ``privacy.protect_unknown`` they are
    empty where few know but one, whose contact the touchpoint's reach would tell by difference.
    Correlations need ``analysis.min_pair`` respondents. Two contacts that never differ, as when one
    question was asked for both touchpoints, have none: ``same_contact`` tells of each such pair.
    """
    used = cell.mask & (answers.weight > 0)
    pairs = pairs_of(len(answers.touchpoints))
    if not len(pairs) or not used.any():
        return pd.DataFrame(), pd.DataFrame()
    design = Design(answers.groups.unit[used], answers.groups.unit_stratum)
    found = overlaps(answers.contact[used], pairs=pairs, weight=answers.weight[used], design=design)
    names = np.array([item.id for item in answers.touchpoints], dtype=object)
    same = (found.n >= study.analysis.min_pair) & (np.abs(found.phi) > _ALIKE)
    told = [
        (f"{names[j]} {names[k]}", "same_contact", float(number))
        for (j, k), number in zip(pairs[same], found.n[same], strict=True)
    ]
    few = some(study, found.n) | _others(study, answers.contact[used], pairs, found.n)
    table = pd.DataFrame(
        {
            "wave": answers.wave,
            "touchpoint": names[pairs[:, 0]],
            "other": names[pairs[:, 1]],
            "n": found.n,
            "n_eff": found.n_eff,
            "n_both": pd.arrays.IntegerArray(found.n_both.astype(np.int64), few),
            "both": np.where(few, np.nan, found.both.clip(0, 1)),
            "jaccard": np.where(few, np.nan, found.jaccard.clip(0, 1)),
            "lift": np.where(few, np.nan, found.lift),
        }
        | _correlation(study, found, same, design.degrees)
    )
    return table, diagnostics.rows(answers, cell, told)


def _others(
    study: Study, contact: NDArray[np.float64], pairs: NDArray[np.intp], n: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Tell of which pairs few know only the one, where these are to be protected: shape (m,)."""
    alone = (~np.isnan(contact)).sum(axis=0)[pairs] - n[:, None]
    return np.asarray(some(study, alone).any(axis=1) & study.privacy.protect_unknown)


def _correlation(
    study: Study, found: Overlaps, same: NDArray[np.bool_], degrees: int
) -> dict[str, NDArray[np.float64]]:
    shown = (found.n >= study.analysis.min_pair) & ~same & (degrees > 0)
    phi, error = (np.where(shown, values, np.nan) for values in (found.phi, found.error))
    low, high, p_value = phi_interval(
        phi, error, degrees=degrees, confidence=study.analysis.confidence
    )
    return {
        "correlation": phi,
        "correlation_low": low,
        "correlation_high": high,
        "p_value": p_value,
        "p_adjusted": inference.adjust(p_value),
    }
