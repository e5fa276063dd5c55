"""Groups and bases that are too small to show, and those that go with them so none is revealed.

A group of fewer respondents than ``privacy.min_base`` appears in no table, and neither does an
estimate that rests on fewer. Where one group alone were hidden, the total less the others would
reveal it; so the next smallest goes too, until the hidden groups have that many respondents
between them. With ``privacy.protect_unknown`` few of unknown value are such a group as well. All
segments are decided together, question by question: where groups of two segments differ by too few
who answered, one of them is hidden as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell, groups
from supertouch.stats.differences import overlapping
from supertouch.stats.suppression import crossed
from supertouch.study.model import Study

__all__ = [
    "Division",
    "apart",
    "divide",
    "divide_by",
    "few",
    "suppressed",
    "together",
    "withheld",
    "withheld_groups",
]

Mask = NDArray[np.bool_]
Counts = NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Division:
    """A segment's g groups.

    Attributes
    ----------
    values : tuple of str
    code : ndarray of int of shape (n,)
        Place of each respondent's group; g where the value is unknown.
    shown : ndarray of bool of shape (g,)
        Whether the group is large enough to be in any table.
    segment : str
        Id of the segment; empty where the division is none.
    """

    values: tuple[str, ...]
    code: NDArray[np.intp]
    shown: Mask
    segment: str = ""


def suppressed(study: Study, answers: Answers) -> pd.DataFrame:
    """List the hidden groups of a wave without any number; returns the table ``suppressed``.

    What a few gave where the study lists no values may be their own words: such groups of a
    segment stand together in one row without a value.
    """
    codes = {item.id: {_written(code) for code in item.values} for item in study.segments}
    return pd.DataFrame(
        [
            {
                "wave": answers.wave,
                "segment": group.segment,
                "segment_value": ""
                if group.small and group.value not in codes[group.segment]
                else group.value,
                "min_base": study.privacy.min_base,
                "complementary": group.complementary,
            }
            for group in groups(study, answers)
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


def divide(study: Study, answers: Answers, segment: str) -> Division:
    """Divide respondents by a segment; there are no groups where the wave does not have it."""
    found = [group for group in groups(study, answers) if group.segment == segment]
    values = tuple(group.value for group in found)
    code = np.full(len(answers.weight), len(values), dtype=np.intp)
    for place, value in enumerate(values):
        code[answers.segments[segment].astype(str) == value] = place
    shown = np.array([group.shown for group in found], dtype=bool)
    return Division(values, code, shown, segment)


def _people(answers: Answers, base: Mask, code: NDArray[np.intp], size: int) -> Counts:
    """Count the respondents, not the rows, of each group in each of p bases; shape (size, p)."""
    person = np.arange(len(base)) if answers.respondent is None else answers.respondent
    if len(np.unique(person)) == len(person):
        return np.asarray((np.arange(size)[:, None] == code).astype(int) @ base)
    found = np.zeros((size, base.shape[1]), dtype=int)
    own = code * (int(person.max()) + 1) + person
    for place, inside in enumerate(base.T):
        each = np.unique(own[inside]) // (int(person.max()) + 1)
        found[:, place] = np.bincount(each, minlength=size)
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
    several = _divisions(study, answers, division)
    codes, kind = _kinds([one.code for one in several])
    counts = _people(answers, base, kind, len(codes))
    gone = together(study, [one.shown for one in several], codes, counts)
    place = [one.segment for one in several].index(division.segment)
    people = _people(answers, base, division.code, len(division.values) + 1)[:-1]
    small = people < study.privacy.min_base
    return np.asarray((gone[place] | small | few(study, answers, base)) & (people > 0))


def _divisions(study: Study, answers: Answers, division: Division) -> list[Division]:
    """Return the divisions that are decided together with one: all segments, or itself alone."""
    if not division.segment:
        return [division]
    return [
        divide(study, answers, item.id) for item in study.segments if item.id in answers.segments
    ]


def _kinds(codes: Sequence[NDArray[np.intp]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which groups occur together, and which of these each respondent is of."""
    found, kind = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return found.astype(np.intp), kind.reshape(-1).astype(np.intp)


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


def _without_many_unknown(study: Study, counts: Counts) -> Counts:
    """Leave out those of unknown value where they are no small group, or not to be protected."""
    small = counts[-1] < (study.privacy.min_base if study.privacy.protect_unknown else 0)
    counts[-1] = np.where(small, counts[-1], 0)
    return counts


def few(study: Study, answers: Answers, base: Mask) -> Mask:
    """Tell which bases have respondents, but too few; shape (p,)."""
    count = _people(answers, base, np.zeros(len(base), dtype=np.intp), 1)[0]
    return np.asarray((count > 0) & (count < study.privacy.min_base))


def withheld(study: Study, answers: Answers, cell: Cell, base: Mask) -> Mask:
    """Tell for which of p bases a cell may not show an estimate.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
        Everybody, or a value of a segment.
    base : ndarray of bool of shape (n, p)
        Who answered, of everybody.

    Returns
    -------
    ndarray of bool of shape (p,)
    """
    division = divide(study, answers, cell.segment)
    if cell.value not in division.values:
        return few(study, answers, base & cell.mask[:, None])
    found = withheld_groups(study, answers, division, base)
    return np.asarray(found[division.values.index(cell.value)])


def apart(study: Study, answers: Answers, cell: Cell, parts: Sequence[Mask]) -> Mask:
    """Tell which parts of a question a cell may not show, where it shows the whole as well.

    The whole less one part would reveal the other; so would the total less the groups.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
    parts : sequence of c ndarrays of bool of shape (n, p)
        Who answered, of everybody, part by part. The last part, those of whom it is not known
        which part they are of, is shown nowhere: it counts among the hidden ones, and hides others
        by being small itself only with ``privacy.protect_unknown``.

    Returns
    -------
    ndarray of bool of shape (c - 1, p)
    """
    division = divide(study, answers, cell.segment)
    size = len(division.values)
    if cell.value not in division.values:
        inside = np.where(cell.mask, 0, 1)
        counts = np.stack([_people(answers, part, inside, 2)[:1] for part in parts])
        already = np.zeros((*counts.shape[::-1],), dtype=bool)
        place = 0
    else:
        many = [_people(answers, part, division.code, size + 1) for part in parts]
        counts = np.stack([_without_many_unknown(study, count) for count in many])
        already = _withheld_parts(study, answers, division, parts)
        place = division.values.index(cell.value)
    already[..., -1] = True
    least, protect = study.privacy.min_base, study.privacy.protect_unknown
    small = ((counts[:-1] > 0) & (counts[:-1] < least)).any(axis=0)
    counts[-1] = np.where(small | (protect & (counts[-1] < least)), counts[-1], 0)
    gone = [
        crossed(count, minimum=least, already=own)[place, :-1]
        for count, own in zip(counts.T, already, strict=True)
    ]
    return np.array(gone, dtype=bool).reshape(-1, len(parts) - 1).T


def _withheld_parts(
    study: Study, answers: Answers, division: Division, parts: Sequence[Mask]
) -> Mask:
    """Tell which groups, unknown last, are hidden in each part anyway: shape (p, g + 1, c)."""
    gone = np.ones((parts[0].shape[1], len(division.values) + 1, len(parts)), dtype=bool)
    for place, part in enumerate(parts[:-1]):
        gone[:, :-1, place] = withheld_groups(study, answers, division, part).T
        gone[:, :-1, place] |= ~division.shown
    return gone
