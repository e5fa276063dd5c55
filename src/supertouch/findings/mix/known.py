"""Whose contacts are all known, so that whom several touchpoints reach together is known too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.suppression import some
from supertouch.study.model import Study

__all__ = ["Known", "Row", "beside", "enough", "known_contacts"]

Row = tuple[str, str, float]

MOST_UNKNOWN = 0.2
FEWEST_COMPLETE = 0.8


@dataclass(frozen=True, slots=True)
class Known:
    """Touchpoints considered together, and the respondents whose contact with each is known.

    Attributes
    ----------
    places : ndarray of int of shape (k,)
        Touchpoints with an unknown contact for at most a fifth of the respondents.
    rows : ndarray of bool of shape (n,)
    told : list of (subject, code, value)
        Rows of ``diagnostics``: touchpoints left out, with the share that is unknown; and the
        share of respondents that is left where that is less than four in five.
    """

    places: NDArray[np.intp]
    rows: NDArray[np.bool_]
    told: list[Row]


def known_contacts(
    answers: Answers, cell: Cell, *, code: str, among: NDArray[np.bool_] | None = None
) -> Known:
    """Choose touchpoints whose contact is mostly known, and who is known to have met each or not.

    Who does not know one contact is left out altogether: one touchpoint met suffices to be reached,
    but all must be known not to be, so that a base of what is known would be too full of contacts.

    Parameters
    ----------
    answers : Answers
    cell : Cell
    code : str
        What codes in ``diagnostics`` begin with.
    among : ndarray of bool of shape (p,), optional
        Only these touchpoints.
    """
    inside = cell.mask & (answers.weight > 0)
    unknown = np.isnan(answers.contact)
    share = unknown[inside].mean(axis=0) if inside.any() else np.ones(unknown.shape[1])
    allowed = np.ones(len(share), dtype=bool) if among is None else among
    told: list[Row] = [
        (answers.touchpoints[j].id, f"{code}_contact_unknown", float(share[j]))
        for j in np.flatnonzero(allowed & (share > MOST_UNKNOWN))
    ]
    places = np.flatnonzero(allowed & (share <= MOST_UNKNOWN))
    rows = inside & ~unknown[:, places].any(axis=1)
    left = float(rows.sum() / max(1, inside.sum()))
    if len(places) and left < FEWEST_COMPLETE:
        told.append(("", f"{code}_complete", left))
    return Known(places, rows, told)


def beside(study: Study, answers: Answers, cell: Cell, known: Known) -> NDArray[np.bool_]:
    """Tell of which touchpoints reach would tell by difference of few: shape (p,).

    They know this contact and not another; ``privacy.protect_unknown`` protects them.
    """
    inside = cell.mask & (answers.weight > 0)
    more = (~np.isnan(answers.contact[inside])).sum(axis=0) - known.rows.sum()
    return some(study, more) & study.privacy.protect_unknown


def enough(study: Study, known: Known, *, code: str, least: int = 2) -> bool:
    """Tell whether touchpoints and respondents are enough, and note in ``told`` where not."""
    if len(known.places) < least:
        known.told.append(("", f"{code}_touchpoints", float(len(known.places))))
    elif known.rows.sum() < study.rule.min_base:
        known.told.append(("", f"{code}_base", float(known.rows.sum())))
    else:
        return True
    return False
