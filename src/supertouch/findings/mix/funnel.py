"""How many customers the journey keeps from phase to phase."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings import diagnostics
from supertouch.findings.answers import Answers, Cell
from supertouch.findings.mix.known import Known, Row, beside, enough, known_contacts
from supertouch.findings.models import phase_groups
from supertouch.findings.suppression import divide_by, withheld_groups
from supertouch.stats import means
from supertouch.study.model import PHASES, Study

__all__ = ["funnel_tables"]

Mask = NDArray[np.bool_]

_ENDS = ("", "_low", "_high")


def funnel_tables(study: Study, answers: Answers, cell: Cell) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table ``funnel`` and rows of ``diagnostics``.

    One row per phase that has touchpoints, for all customers and, where the study asks for the
    status, for each status that may be shown. All numbers of a status rest on the same respondents:
    those whose contact with every touchpoint considered is known. With ``privacy.protect_unknown``
    ``met`` of a phase of one touchpoint is empty where its difference from ``performance`` would
    tell of few, and so are all shares of those who came through where that phase is the first.
    """
    known = known_contacts(answers, cell, code="funnel")
    if not enough(study, known, code="funnel", least=1):
        return pd.DataFrame(), diagnostics.rows(answers, cell, known.told)
    everybody = _rows(study, answers, known, "", known.rows)
    frames = [_untold(everybody, answers, known, beside(study, answers, cell, known))]
    told: list[Row] = known.told
    for status, rows in _statuses(study, answers, known.rows):
        inside = known.rows & rows
        if inside.sum() >= study.rule.min_base:
            frames.append(_rows(study, answers, known, status, inside))
        else:
            told.append((status, "funnel_status_base", np.nan))
    return pd.concat(frames, ignore_index=True), diagnostics.rows(answers, cell, told)


def _untold(table: pd.DataFrame, answers: Answers, known: Known, gone: Mask) -> pd.DataFrame:
    """Empty what is the reach of one touchpoint that few others are known of."""
    considered = [answers.touchpoints[j] for j in known.places]
    groups = [group for group in phase_groups(considered) if group]
    alone = [len(group) == 1 and bool(gone[known.places[group]].all()) for group in groups]
    table.loc[alone, [f"met{end}" for end in _ENDS]] = np.nan
    if alone[0]:
        table[[f"{name}{end}" for name in ("through", "passed") for end in _ENDS]] = np.nan
    return table


def _statuses(study: Study, answers: Answers, used: Mask) -> Iterator[tuple[str, Mask]]:
    """Yield statuses with respondents; those that privacy hides come without any."""
    if study.status is None:
        return
    division = divide_by(study, answers, answers.status.astype(str))
    gone = withheld_groups(study, answers, division, used[:, None])[:, 0] | ~division.shown
    for place, name in enumerate(division.values):
        yield name, (division.code == place) & (not gone[place])


def _rows(study: Study, answers: Answers, known: Known, status: str, rows: Mask) -> pd.DataFrame:
    considered = [answers.touchpoints[j] for j in known.places]
    groups = {
        phase: known.places[group]
        for phase, group in zip(PHASES, phase_groups(considered), strict=True)
        if group
    }
    contact = answers.contact == 1
    met = np.column_stack([contact[:, places].any(axis=1) for places in groups.values()])
    through = np.logical_and.accumulate(met, axis=1)
    inside = np.broadcast_to(rows[:, None], met.shape)
    before = np.column_stack([rows, through[:, :-1] & rows[:, None]])
    table: dict[str, object] = {
        "wave": answers.wave,
        "status": status,
        "phase": list(groups),
        "n": int(rows.sum()),
        "n_eff": means.kish(answers.weight[rows]),
        "n_touchpoints": [len(places) for places in groups.values()],
    }
    for name, value, base in (
        ("met", met, inside),
        ("through", through, inside),
        ("passed", through, before),
    ):
        share = means.ratio(
            value.astype(np.float64),
            base,
            weight=answers.weight,
            unit=answers.groups.unit,
            stratum=answers.groups.unit_stratum,
        )
        low, high = means.proportion_interval(share, confidence=study.analysis.confidence)
        table |= {name: share.estimate.clip(0, 1), f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(table)
