"""The columns of banner tables: everybody and the groups that may be shown, with their letters."""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell, cells
from supertouch.findings.banner.questions import Question
from supertouch.findings.suppression import Division, divide, few, withheld_groups
from supertouch.study.model import Study

__all__ = ["Columns", "Held", "column_letter", "held", "held_units", "read_columns"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """The k columns of a wave, everybody first.

    Attributes
    ----------
    cells : tuple of Cell
    letters : tuple of str
        "" for everybody.
    mask : ndarray of bool of shape (n, k)
    divided : dict of str to Division
        By segment.
    """

    cells: tuple[Cell, ...]
    letters: tuple[str, ...]
    mask: Mask
    divided: dict[str, Division]


@dataclass(frozen=True, slots=True)
class Held:
    """Who counts in a question.

    Attributes
    ----------
    base : ndarray of bool of shape (n, k)
        Who answered, in each column; nobody where the column is hidden for this question.
    n : ndarray of int of shape (k,)
        Who answered, in hidden columns too.
    n_weighted, n_eff : ndarray of shape (k,)
        NaN where hidden.
    hidden : ndarray of bool of shape (k,)
    """

    base: Mask
    n: NDArray[np.int_]
    n_weighted: NDArray[np.float64]
    n_eff: NDArray[np.float64]
    hidden: Mask

    @property
    def rest(self) -> Mask:
        """Who answered and is not in a column; nobody for everybody and for hidden columns."""
        shown = self.base.any(axis=0)
        return np.asarray(self.base[:, [0]] & ~self.base & shown)


def column_letter(place: int) -> str:
    """Name a column as spreadsheets do.

    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters = string.ascii_uppercase[rest] + letters
        place -= 1
    return letters


def read_columns(study: Study, answers: Answers) -> Columns:
    """Return the columns of a wave: everybody, then the values of the segments in their order.

    Groups of fewer than ``privacy.min_base`` respondents, and those that would reveal them, are no
    columns.
    """
    order = {
        (segment.id, _key(code)): place
        for segment in study.segments
        for place, code in enumerate(segment.values)
    }
    names = ["", *(segment.id for segment in study.segments)]
    found = sorted(
        cells(study, answers),
        key=lambda cell: (
            names.index(cell.segment),
            order.get((cell.segment, cell.value), len(order)),
        ),
    )
    letters = ("", *(column_letter(place) for place in range(len(found) - 1)))
    divided = {segment: divide(study, answers, segment) for segment in answers.segments}
    mask = np.column_stack([cell.mask for cell in found])
    return Columns(tuple(found), letters, mask, divided)


def _key(code: float | str) -> str:
    whole = isinstance(code, float) and code.is_integer()
    return str(int(code)) if whole else str(code)


def held(study: Study, answers: Answers, columns: Columns, question: Question) -> Held:
    """Tell who answered a question in each column, and which columns are hidden for it.

    A column is hidden where fewer than ``privacy.min_base`` respondents answered, and where the
    total less the others would reveal one that is.
    """
    answered = ~np.isnan(question.answer)
    base = columns.mask & answered[:, None]
    gone = _hidden(study, answers, columns, answered)
    weights = question.weight[:, None] * base
    total = weights.sum(axis=0)
    squares = np.square(weights).sum(axis=0)
    worth = np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)
    return Held(
        base=base & ~gone,
        n=base.sum(axis=0),
        n_weighted=np.where(gone, np.nan, total),
        n_eff=np.where(gone, np.nan, worth),
        hidden=gone,
    )


def held_units(answers: Answers, base: Mask) -> Mask:
    """Tell which of the u sampling units have somebody in each of k bases; shape (u, k)."""
    units = np.zeros((answers.groups.units, base.shape[1]), dtype=bool)
    rows, places = np.nonzero(base)
    units[answers.groups.unit[rows], places] = True
    return units


def _hidden(study: Study, answers: Answers, columns: Columns, answered: Mask) -> Mask:
    base = answered[:, None]
    gone = np.zeros(columns.mask.shape[1], dtype=bool)
    gone[0] = few(study, answers, base)[0]
    found = {
        segment: dict(
            zip(own.values, withheld_groups(study, answers, own, base)[:, 0], strict=True)
        )
        for segment, own in columns.divided.items()
    }
    for place, cell in enumerate(columns.cells[1:], start=1):
        gone[place] = found[cell.segment][cell.value]
    return gone
