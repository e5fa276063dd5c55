"""Which columns of tables may not show what rests on some answers, from counts alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.suppression import together
from supertouch.study.model import Study

__all__ = ["hidden_columns"]

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]


def hidden_columns(study: Study, layout: Layout, counts: NDArray[np.int_]) -> Mask:
    """Tell which columns of tables may not show an estimate, in each of p questions.

    Parameters
    ----------
    study : Study
    layout : Layout
    counts : ndarray of int of shape (a, p)
        Respondents of each of the layout's kinds who answered each question.

    Returns
    -------
    ndarray of bool of shape (c, p)
        In the order of ``layout.columns``.
    """
    least, total = study.privacy.min_base, counts.sum(axis=0)
    few = (total > 0) & (total < least)
    known = {name: [own for own in values if own] for name, values in layout.segments.items()}
    codes = _codes(layout)
    shown = [
        np.array([Column(name, own) in layout.columns for own in values], dtype=bool)
        for name, values in known.items()
    ]
    found = {Column("", ""): few}
    several = zip(known.items(), together(study, shown, codes, counts), codes.T, strict=True)
    for (name, values), gone, code in several:
        for place, value in enumerate(values):
            people = counts[code == place].sum(axis=0)
            found[Column(name, value)] = (gone[place] | few | (people < least)) & (people > 0)
    return np.array([found[column] for column in layout.columns])


def _codes(layout: Layout) -> Places:
    """Return the kinds' places among the known values, and after them where it is unknown."""
    codes = layout.kinds.copy()
    for place, values in enumerate(layout.segments.values()):
        known = np.array([bool(value) for value in values])
        codes[:, place] = np.where(known, np.cumsum(known) - 1, known.sum())[codes[:, place]]
    return codes
