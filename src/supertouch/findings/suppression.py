"""Groups and bases that are too small to show, and those that go with them so none is revealed.

A group of fewer respondents than ``privacy.min_base`` appears in no table, and neither does an
estimate that rests on fewer. Where one group alone were hidden, the total less the others would
reveal it; so the next smallest goes too, until the hidden groups have that many respondents
between them. With ``privacy.protect_unknown`` few of unknown value are such a group as well. This
protects each division by itself, question by question: tables cross no two segments, and values of
one segment that are made up of values of another are the study's to avoid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell, groups
from supertouch.stats.suppression import crossed, hidden
from supertouch.study.model import Study

__all__ = [
    "Division",
    "apart",
    "divide",
    "divide_by",
    "few",
    "suppressed",
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
    """

    values: tuple[str, ...]
    code: NDArray[np.intp]
    shown: Mask


def suppressed(study: Study, answers: Answers) -> pd.DataFrame:
    """List the hidden groups of a wave without any number; returns the table ``suppressed``."""
    return pd.DataFrame(
        [
            {
                "wave": answers.wave,
                "segment": group.segment,
                "segment_value": group.value,
                "min_base": study.privacy.min_base,
                "complementary": group.complementary,
            }
            for group in groups(study, answers)
            if not group.shown
        ]
    )


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
    return Division(values, code, np.array([group.shown for group in found], dtype=bool))


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
    least, size = study.privacy.min_base, len(division.values)
    counts = _without_many_unknown(study, _people(answers, base, division.code, size + 1))
    already = ~np.append(division.shown, True)
    gone = np.zeros(counts.shape, dtype=bool)
    for place, count in enumerate(counts.T):
        small, complementary = hidden(count, minimum=least, already=already)
        gone[:, place] = small | complementary
    return np.asarray(gone[:size] | few(study, answers, base)) & (counts[:size] > 0)


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
        Who answered, of everybody, part by part. The last part is shown nowhere: it counts among
        the hidden ones, but hides none by being small itself.

    Returns
    -------
    ndarray of bool of shape (c - 1, p)
    """
    division = divide(study, answers, cell.segment)
    size = len(division.values)
    if cell.value not in division.values:
        inside = np.where(cell.mask, 0, 1)
        counts = np.stack([_people(answers, part, inside, 2)[:1] for part in parts])
        shown, place = np.ones(1, dtype=bool), 0
    else:
        many = [_people(answers, part, division.code, size + 1) for part in parts]
        counts = np.stack([_without_many_unknown(study, count) for count in many])
        shown = np.append(division.shown, False)
        place = division.values.index(cell.value)
    already = np.repeat(~shown[:, None], len(parts), axis=1)
    already[:, -1] = True
    least = study.privacy.min_base
    small = ((counts[:-1] > 0) & (counts[:-1] < least)).any(axis=0)
    counts[-1] = np.where(small, counts[-1], 0)
    gone = [crossed(count, minimum=least, already=already)[place, :-1] for count in counts.T]
    return np.array(gone, dtype=bool).reshape(-1, len(parts) - 1).T
