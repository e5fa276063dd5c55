"""Which parts of a question are hidden, so that none follows from the whole less the others.

The net promoter score is told of everybody, and apart of those who met a touchpoint and of those
who did not: each part follows from the whole less the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers
from supertouch.findings.dividing import Divided, Division
from supertouch.findings.suppression import people_in, withheld_everywhere
from supertouch.stats.differences import alike
from supertouch.stats.suppression import crossed
from supertouch.study.model import Study

__all__ = ["apart", "apart_everywhere", "apart_of"]

Mask = NDArray[np.bool_]
Counts = NDArray[np.int_]


def apart(study: Study, answers: Answers, inside: Mask, parts: Sequence[Mask]) -> Mask:
    """Tell which parts of a question some respondents may not show, where the whole is shown too.

    The whole less one part would reveal the other.

    Parameters
    ----------
    study : Study
    answers : Answers
    inside : ndarray of bool of shape (n,)
        The respondents, who are no group of a segment.
    parts : sequence of c ndarrays of bool of shape (n, p)
        Who answered, of everybody, part by part. The last part, those of whom it is not known
        which part they are of, is shown nowhere: it counts among the hidden ones, and hides others
        by being small itself only with ``privacy.protect_unknown``.

    Returns
    -------
    ndarray of bool of shape (c - 1, p)
    """
    code = np.where(inside, 0, 2)
    counts = np.stack([people_in(answers, part, code, 3)[:2] for part in parts])
    near = alike(parts, inside, minimum=study.privacy.min_base)
    already = np.broadcast_to(near[:, None, None], counts.shape[::-1])
    return apart_of(study, counts, already)[:, 0]


def apart_everywhere(
    study: Study, answers: Answers, divided: Divided, parts: Sequence[Mask]
) -> dict[str, Mask]:
    """Tell of all groups what :func:`apart` tells of some respondents, once for all.

    The total less the other groups would reveal a part of a group as well.

    Returns
    -------
    dict of str to ndarray of bool of shape (c - 1, g, p)
        By segment.
    """
    gone = [withheld_everywhere(study, answers, divided, part) for part in parts[:-1]]
    everybody = np.ones(len(divided.kind), dtype=bool)
    near = alike(parts, everybody, minimum=study.privacy.min_base)
    found = {}
    for division in divided.divisions:
        size = len(division.values) + 1
        counts = np.stack([people_in(answers, part, division.code, size) for part in parts])
        already = _withheld_parts(study, division, parts, gone) | near[:, None, None]
        found[division.segment] = apart_of(study, counts, already)
    return found


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


def _without_many_unknown(study: Study, counts: Counts) -> Counts:
    """Leave out those of unknown value where they are no small group, or not to be protected."""
    small = counts[-1] < (study.privacy.min_base if study.privacy.protect_unknown else 0)
    counts[-1] = np.where(small, counts[-1], 0)
    return counts


def _withheld_parts(
    study: Study, division: Division, parts: Sequence[Mask], withheld: Sequence[Mapping[str, Mask]]
) -> Mask:
    """Tell which groups, unknown last, are hidden in each part anyway: shape (p, g + 1, c)."""
    gone = np.ones((parts[0].shape[1], len(division.values) + 1, len(parts)), dtype=bool)
    for place, everywhere in enumerate(withheld):
        gone[:, :-1, place] = everywhere[division.segment].T | ~division.shown
    for group in range(len(division.values)):
        own = division.code == group
        gone[:, group] |= alike(parts, own, minimum=study.privacy.min_base)[:, None]
    return gone
