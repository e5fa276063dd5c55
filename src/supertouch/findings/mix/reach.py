"""Which few touchpoints together reach, or delight, most customers (TURF)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings import diagnostics
from supertouch.findings.answers import Answers, Cell
from supertouch.findings.mix.known import Known, Row, beside, enough, known_contacts
from supertouch.findings.performance import bands
from supertouch.stats import means, turf
from supertouch.study.model import Study

__all__ = ["reach_tables"]

Mask = NDArray[np.bool_]

MOST_CHOSEN = 10
MOST_UNKNOWN = 0.2
SECONDS = 3.0


def reach_tables(study: Study, answers: Answers, cell: Cell) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table ``reach_sets`` and rows of ``diagnostics``.

    Rows are for sets of 1 to 10 touchpoints, the best that are found and, beside them, the greedy
    ones, up to the first size that reaches all whom any set can reach: any more would be of no use,
    and which ones, chance. A criterion has no rows where fewer than two touchpoints or fewer than
    ``rule.min_base`` respondents are left, or nobody is reached; ``diagnostics`` says so. With
    ``privacy.protect_unknown`` the reach of one touchpoint alone is empty where its difference from
    ``performance`` would tell of few.
    """
    frames: list[pd.DataFrame] = []
    told: list[Row] = []
    for criterion, read in _CRITERIA.items():
        known, reached, open_ = read(study, answers, cell)
        if enough(study, known, code=f"reach_sets_{criterion}"):
            gone = beside(study, answers, cell, known) & (criterion == "met")
            frames.append(_sets(study, answers, criterion, known, reached, open_, gone))
            if frames[-1].empty:
                known.told.append(("", f"reach_sets_{criterion}_nobody", float(known.rows.sum())))
        told += known.told
    filled = [frame for frame in frames if not frame.empty]
    table = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return table, diagnostics.rows(answers, cell, told)


def _met(study: Study, answers: Answers, cell: Cell) -> tuple[Known, Mask, Mask]:
    del study
    known = known_contacts(answers, cell, code="reach_sets_met")
    reached = answers.contact == 1
    return known, reached, np.zeros_like(reached)


def _delighted(study: Study, answers: Answers, cell: Cell) -> tuple[Known, Mask, Mask]:
    """Count who is known to be delighted; a rating that is unknown does not count.

    So ``reach`` is the least that it can be, and ``reach_unknown`` by how much it may be higher.
    Touchpoints whose rating is unknown of more than a fifth of those who met them are left out,
    as those are that have no delighted band.
    """
    code = "reach_sets_delighted"
    inside = (cell.mask & (answers.weight > 0))[:, None]
    met = (answers.contact == 1) & inside
    unknown = met & np.isnan(answers.rating)
    share = unknown.sum(axis=0) / np.maximum(1, met.sum(axis=0))
    banded = np.array([study.scales[i.scale].delighted is not None for i in answers.touchpoints])
    names = [item.id for item in answers.touchpoints]
    silent = banded & (share > MOST_UNKNOWN)
    told = [(names[j], f"{code}_rating_unknown", float(share[j])) for j in np.flatnonzero(silent)]
    told += [(names[j], f"{code}_no_band", np.nan) for j in np.flatnonzero(~banded)]
    known = known_contacts(answers, cell, code=code, among=banded & ~silent)
    known.told.extend(told)
    return known, met & (bands(study, answers)[1] == 1), unknown


_CRITERIA: dict[str, Callable[[Study, Answers, Cell], tuple[Known, Mask, Mask]]] = {
    "met": _met,
    "delighted": _delighted,
}


def _sets(
    study: Study,
    answers: Answers,
    criterion: str,
    known: Known,
    reached: Mask,
    open_: Mask,
    gone: Mask,
) -> pd.DataFrame:
    reached, open_ = (values[known.rows][:, known.places] for values in (reached, open_))
    weight = answers.weight[known.rows]
    sizes = min(MOST_CHOSEN, len(known.places))
    exact = turf.reach_sets(reached, weight, sizes=sizes, seconds=SECONDS)
    if not exact:
        return pd.DataFrame()
    greedy = turf.greedy_sets(reached, weight, sizes=sizes)
    found = [("exact", item) for item in exact] + [("greedy", item) for item in greedy]
    chosen = [known.places[list(item.chosen)] for _, item in found]
    hit = np.column_stack([reached[:, list(item.chosen)].any(axis=1) for _, item in found])
    may = np.column_stack([open_[:, list(item.chosen)].any(axis=1) for _, item in found]) & ~hit
    bound = np.array([exact[min(item.size, len(exact)) - 1].bound for _, item in found])
    share = _ratio(answers, known, hit)
    low, high = means.proportion_interval(share, confidence=study.analysis.confidence)
    told = pd.DataFrame(
        {
            "wave": answers.wave,
            "criterion": criterion,
            "method": [method for method, _ in found],
            "size": [item.size for _, item in found],
            "touchpoints": [" ".join(answers.touchpoints[j].id for j in one) for one in chosen],
            "n": share.n,
            "n_eff": share.n_eff,
            "n_patterns": len(turf.distinct(reached, weight)[1]),
            "reach": share.estimate.clip(0, 1),
            "reach_low": low,
            "reach_high": high,
            "reach_unknown": _ratio(answers, known, may).estimate.clip(0, 1),
            "bound": np.maximum(bound, share.estimate).clip(0, 1),
            "proven": bound - np.array([item.reach for _, item in found]) <= turf.TOLERANCE,
        }
    )
    alone = [len(one) == 1 and bool(gone[one].all()) for one in chosen]
    told.loc[alone, ["reach", "reach_low", "reach_high", "bound"]] = np.nan
    return told


def _ratio(answers: Answers, known: Known, hit: Mask) -> means.Ratio:
    everybody = np.zeros((len(known.rows), hit.shape[1]))
    everybody[known.rows] = hit
    return means.ratio(
        everybody,
        np.broadcast_to(known.rows[:, None], everybody.shape),
        weight=answers.weight,
        unit=answers.groups.unit,
        stratum=answers.groups.unit_stratum,
    )
