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

from supertouch.findings.answers import Answers, Cell, Group, groups
from supertouch.findings.dividing import Divided, Division, divide, divisions
from supertouch.stats.differences import alike, overlapping
from supertouch.stats.suppression import crossed
from supertouch.study.model import Study

__all__ = [
    "Divided",
    "Division",
    "apart",
    "apart_of",
    "divide",
    "divide_by",
    "divisions",
    "few",
    "suppressed",
    "suppressed_of",
    "together",
    "withheld",
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


def _people(answers: Answers, base: Mask, code: NDArray[np.intp], size: int) -> Counts:
    """Count the respondents, not the rows, of each group in each of p bases; shape (size, p)."""
    person, found = answers.respondent, np.zeros((size, base.shape[1]), dtype=int)
    many = 0 if person is None or not len(person) else int(person.max()) + 1
    each = person is None or many == len(person)
    own = code if person is None or each else code * many + person
    for place, inside in enumerate(base.T):
        group = own[inside] if each else np.unique(own[inside]) // many
        found[:, place] = np.bincount(group, minlength=size)
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
    counts = _people(answers, base, divided.kind, len(divided.codes))
    gone = together(study, [one.shown for one in divided.divisions], divided.codes, counts)
    least, total = study.privacy.min_base, few(study, answers, base)
    found = {}
    for division, own in zip(divided.divisions, gone, strict=True):
        people = _people(answers, base, division.code, len(division.values) + 1)[:-1]
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
    size, place = len(division.values), 0
    if cell.value not in division.values:
        inside = np.where(cell.mask, 0, 2)
        counts = np.stack([_people(answers, part, inside, 3)[:2] for part in parts])
        already = np.zeros((*counts.shape[::-1],), dtype=bool)
        already |= alike(parts, cell.mask, minimum=study.privacy.min_base)[:, None, None]
    else:
        counts = np.stack([_people(answers, part, division.code, size + 1) for part in parts])
        already = _withheld_parts(study, answers, division, parts)
        place = division.values.index(cell.value)
    return apart_of(study, counts, already)[:, place]


def apart_of(study: Study, counts: Counts, already: Mask) -> Mask:
    """Tell from counts alone which parts of a question each group may not show; see :func:`apart`.

    Parameters
    ----------
    study : Study
    counts : ndarray of int of shape (c, g + 1, p)
        Respondents of each part, by group, unknown last.
    already : ndarray of bool of shape (p, g + 1, c)
        What is hidden anyway.

    Returns
    -------
    ndarray of bool of shape (c - 1, g, p)
    """
    total = _crossed(study, counts.sum(axis=1, keepdims=True), np.zeros((1, 1, 1), dtype=bool))
    counts = np.stack([_without_many_unknown(study, count.copy()) for count in counts])
    # the groups' parts would add up to a part that everybody does not show
    return _crossed(study, counts, already | total)[:, :-1, :-1].T


def _crossed(study: Study, counts: Counts, already: Mask) -> Mask:
    """Tell which parts of groups are hidden, the last part always: shape (p, g, c)."""
    already = np.broadcast_to(already, counts.T.shape).copy()
    already[..., -1] = True
    least, protect = study.privacy.min_base, study.privacy.protect_unknown
    small = ((counts[:-1] > 0) & (counts[:-1] < least)).any(axis=0)
    counts = counts.copy()
    counts[-1] = np.where(small | (protect & (counts[-1] < least)), counts[-1], 0)
    gone = [
        crossed(count, minimum=least, already=own)
        for count, own in zip(counts.T, already, strict=True)
    ]
    return np.array(gone, dtype=bool).reshape(counts.T.shape)


def _withheld_parts(
    study: Study, answers: Answers, division: Division, parts: Sequence[Mask]
) -> Mask:
    """Tell which groups, unknown last, are hidden in each part anyway: shape (p, g + 1, c)."""
    gone = np.ones((parts[0].shape[1], len(division.values) + 1, len(parts)), dtype=bool)
    for place, part in enumerate(parts[:-1]):
        gone[:, :-1, place] = withheld_groups(study, answers, division, part).T
        gone[:, :-1, place] |= ~division.shown
    everybody, least = np.ones(len(division.code), dtype=bool), study.privacy.min_base
    gone |= alike(parts, everybody, minimum=least)[:, None, None]
    for group in range(len(division.values)):
        gone[:, group] |= alike(parts, division.code == group, minimum=least)[:, None]
    return gone
