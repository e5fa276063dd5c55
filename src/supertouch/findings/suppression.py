"""Groups and bases that are too small to show, and those that go with them so none is revealed.

A group of fewer respondents than ``privacy.min_base`` appears in no table, and neither does an
estimate that rests on fewer. Where one group alone were hidden, the total less the others would
reveal it; so the next smallest goes too, until the hidden groups have that many respondents
between them. With ``privacy.protect_unknown`` few of unknown value are such a group as well. All
segments are decided together, question by question: where groups of two segments differ by too few
who answered, one of them is hidden as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Group, groups
from supertouch.findings.dividing import Divided, Division, divide, divisions
from supertouch.stats.differences import overlapping
from supertouch.stats.suppression import heads
from supertouch.study.model import Study

__all__ = [
    "Divided",
    "Division",
    "divide",
    "divide_by",
    "divisions",
    "few",
    "people_in",
    "some",
    "suppressed",
    "suppressed_of",
    "together",
    "withheld_everywhere",
    "withheld_groups",
]

Mask = NDArray[np.bool_]
Counts = NDArray[np.int_]


def suppressed(study: Study, answers: Answers) -> pd.DataFrame:
    """List the hidden groups of a wave without any number; returns the table ``suppressed``.

    What a few gave where the study lists no values may be their own words: such groups of a
    segment stand together in one row without a value.
    """
    return suppressed_of(study, answers.wave, groups(study, answers))


def suppressed_of(study: Study, wave: str, found: Iterable[Group]) -> pd.DataFrame:
    """List which of the groups found in a wave are hidden; see :func:`suppressed`."""
    codes = {item.id: {_written(code) for code in item.values} for item in study.segments}
    return pd.DataFrame(
        [
            {
                "wave": wave,
                "segment": group.segment,
                "segment_value": ""
                if group.small and group.value not in codes[group.segment]
                else group.value,
                "min_base": study.privacy.min_base,
                "complementary": group.complementary,
            }
            for group in found
            if not group.shown
        ]
    ).drop_duplicates(ignore_index=True)


def _written(code: float | str) -> str:
    whole = isinstance(code, float) and code.is_integer()
    return str(int(code)) if whole else str(code)


def divide_by(study: Study, answers: Answers, values: NDArray[np.str_]) -> Division:
    """Divide respondents by values that are no segment; "" is unknown."""
    names = np.unique(values[values != ""])
    code = np.where(values == "", len(names), np.searchsorted(names, values))
    whole = Division(tuple(map(str, names)), code, np.ones(len(names), dtype=bool))
    everybody = np.ones((len(values), 1), dtype=bool)
    return replace(whole, shown=~withheld_groups(study, answers, whole, everybody)[:, 0])


def people_in(answers: Answers, base: Mask, code: NDArray[np.intp], size: int) -> Counts:
    """Count the respondents, not the rows, of each group in each of p bases; shape (size, p)."""
    found = np.zeros((size, base.shape[1]), dtype=int)
    for place, inside in enumerate(base.T):
        person = None if answers.respondent is None else answers.respondent[inside]
        found[:, place] = heads(code[inside], size, person=person)
    return found


def withheld_groups(study: Study, answers: Answers, division: Division, base: Mask) -> Mask:
    """Tell of which of p bases each group of a division may not show an estimate.

    Parameters
    ----------
    study : Study
    answers : Answers
    division : Division
    base : ndarray of bool of shape (n, p)
        Who answered, of everybody.

    Returns
    -------
    ndarray of bool of shape (g, p)
        Whether fewer than ``privacy.min_base`` of the group, or of everybody, answered, or the
        total less the other groups would reveal one of which that is true.
    """
    if division.segment:
        everywhere = withheld_everywhere(study, answers, divisions(study, answers), base)
        return everywhere[division.segment]
    alone = Divided((division,), np.arange(len(division.values) + 1)[:, None], division.code)
    return withheld_everywhere(study, answers, alone, base)[""]


def withheld_everywhere(
    study: Study, answers: Answers, divided: Divided, base: Mask
) -> dict[str, Mask]:
    """Tell by segment what `withheld_groups` tells of one: masks of shape (g, p)."""
    counts = people_in(answers, base, divided.kind, len(divided.codes))
    gone = together(study, [one.shown for one in divided.divisions], divided.codes, counts)
    least, total = study.privacy.min_base, few(study, answers, base)
    found = {}
    for division, own in zip(divided.divisions, gone, strict=True):
        people = people_in(answers, base, division.code, len(division.values) + 1)[:-1]
        found[division.segment] = (own | (people < least) | total) & (people > 0)
    return found


def together(
    study: Study, shown: Sequence[Mask], codes: NDArray[np.intp], counts: Counts
) -> tuple[Mask, ...]:
    """Tell which groups of all segments may not show an estimate, in each of p questions.

    Parameters
    ----------
    study : Study
    shown : sequence of s ndarrays of bool of shape (g,)
        Groups of each segment that tables may show at all.
    codes : ndarray of int of shape (a, s)
        Group of each of a kinds of respondents in each segment; g where it is unknown.
    counts : ndarray of int of shape (a, p)
        Respondents of each kind who answered each question.

    Returns
    -------
    tuple of s ndarrays of bool of shape (g, p)
        Groups without respondents are told to be shown or not, as it comes.
    """
    already = [~groups for groups in shown]
    found = [
        overlapping(
            codes,
            count,
            minimum=study.privacy.min_base,
            already=already,
            unknown=study.privacy.protect_unknown,
        )
        for count in counts.T
    ]
    return tuple(
        np.column_stack([one[k] for one in found])
        if found
        else np.zeros((len(groups), 0), dtype=bool)
        for k, groups in enumerate(already)
    )


def some(study: Study, count: NDArray[np.number]) -> Mask:
    """Tell which counts are of some respondents, but of too few to tell of."""
    return np.asarray((count > 0) & (count < study.privacy.min_base))


def few(study: Study, answers: Answers, base: Mask) -> Mask:
    """Tell which bases have respondents, but too few; shape (p,)."""
    return some(study, people_in(answers, base, np.zeros(len(base), dtype=np.intp), 1)[0])
