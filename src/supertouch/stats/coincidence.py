"""How likely it is that two respondents give the same answers by chance."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["bands", "expected_twins"]

Array = NDArray[np.float64]
Codes = NDArray[np.signedinteger]

_MOST_BANDS = 10
_PER_BAND = 50
_PRIOR = 0.5


def bands(level: Array) -> Codes:
    """Cut respondents into up to ten bands of equal size by the level of their answers.

    Within a band answers to different questions hang together far less than overall, where the
    kind who like everything and the kind who like nothing stand side by side (halo).

    Parameters
    ----------
    level : ndarray of shape (m,)
        A respondent's mean answer; NaN counts to the first band.
    """
    known = level[~np.isnan(level)]
    number = max(1, min(_MOST_BANDS, len(known) // _PER_BAND))
    if number == 1:
        return np.zeros(len(level), dtype=np.intp)
    cuts = np.quantile(known, np.linspace(0, 1, number + 1)[1:-1])
    return np.asarray(np.searchsorted(cuts, np.nan_to_num(level, nan=-np.inf)), dtype=np.intp)


def expected_twins(columns: Iterable[Codes], *, person: Codes, band: Codes) -> Array:
    """Return how many others would give each respondent's very answers by chance.

    The chance is that of being in the same band, times those of each answer within the band, as
    if answers were independent there. Which questions a respondent answered is taken as given.

    Parameters
    ----------
    columns : iterable of ndarray of int of shape (n,)
        Answers to one question each, as numbers from 0; -1 where there is none.
    person : ndarray of int of shape (n,)
        Respondent of each row, 0..m-1.
    band : ndarray of int of shape (m,)
        From `bands`; -1 for respondents who are not looked at.

    Returns
    -------
    ndarray of shape (m,)
        NaN for respondents who are not looked at.
    """
    seen = band >= 0
    count = int(seen.sum())
    sizes = np.bincount(band[seen]).astype(float)
    chance = np.full(len(band), np.nan)
    chance[seen] = np.log(sizes[band[seen]] / max(count, 1))
    of_row = band[person]
    for codes in columns:
        answered = (codes >= 0) & (of_row >= 0)
        if not answered.any():
            continue
        width = int(codes.max()) + 1
        cell = of_row[answered].astype(np.intp) * width + codes[answered]
        table = np.bincount(cell, minlength=len(sizes) * width).reshape(-1, width) + _PRIOR
        share = np.log(table / table.sum(axis=1, keepdims=True))
        chance += np.bincount(person[answered], share.ravel()[cell], minlength=len(band))
    return np.asarray((count - 1) * np.exp(chance))
