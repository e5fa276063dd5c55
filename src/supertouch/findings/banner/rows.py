"""A wave for the banner tables whose rows are at hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell, cells
from supertouch.findings.banner.columns import ordered
from supertouch.findings.banner.sources import Held, Kind, Measure, Question, held, parted
from supertouch.findings.dividing import Divided, divisions
from supertouch.findings.suppression import few, withheld_everywhere
from supertouch.stats import means
from supertouch.stats.contrasts import unshared
from supertouch.stats.means import Linearised
from supertouch.study.model import Study

__all__ = ["RowSource"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class RowSource:
    """A wave's n respondents and their answers.

    Parameters
    ----------
    study : Study
    answers, responses
        The same respondents, as arrays and as ``validate`` accepted them.
    """

    def __init__(self, study: Study, answers: Answers, responses: pd.DataFrame) -> None:
        self.study, self.asked, self.responses = study, answers, responses

    @cached_property
    def columns(self) -> tuple[Cell, ...]:
        """Everybody, and the groups that may be shown."""
        return ordered(self.study, cells(self.study, self.asked))

    @cached_property
    def _mask(self) -> Mask:
        return np.column_stack([cell.mask for cell in self.columns])

    @cached_property
    def _divided(self) -> Divided:
        return divisions(self.study, self.asked)

    def answers(self, kind: Kind, subject: str) -> Array | None:
        """Return the answers to a question, as responses hold them; None if it was not asked."""
        if kind == "item":
            outcome, _, number = subject.rpartition(".")
            column = f"{outcome}.item{number}"
            known = column in self.responses
            return self.responses[column].to_numpy(float, na_value=np.nan) if known else None
        items = self.asked.outcomes if kind == "outcome" else self.asked.touchpoints
        table = {
            "outcome": self.asked.outcome,
            "contact": self.asked.contact,
            "touchpoint": self.asked.rating,
            "brand_fit": self.asked.brand_fit,
        }[kind]
        return table[:, [item.id for item in items].index(subject)]

    def held(self, question: Question) -> Held:
        """Tell who answered a question in each column, and which columns are hidden for it."""
        answered = ~np.isnan(question.answer)
        base, gone = self._mask & answered[:, None], self._hidden(answered)
        own = {
            "touchpoint": self.asked.rating_weight,
            "brand_fit": self.asked.brand_fit_weight,
        }
        weight = own.get(question.kind, self.asked.weight)
        weights = weight[:, None] * base
        return held(
            _RowBases(self.asked, weight, parted(base & ~gone)),
            base.sum(axis=0),
            total=weights.sum(axis=0),
            squares=np.square(weights).sum(axis=0),
            hidden=gone,
        )

    def _hidden(self, answered: Mask) -> Mask:
        base = answered[:, None]
        gone = [few(self.study, self.asked, base)[0]]
        everywhere = withheld_everywhere(self.study, self.asked, self._divided, base)
        found = {
            (own.segment, value): hidden
            for own in self._divided.divisions
            for value, hidden in zip(own.values, everywhere[own.segment][:, 0], strict=True)
        }
        gone += [found[cell.segment, cell.value] for cell in self.columns[1:]]
        return np.array(gone, dtype=bool)


@dataclass(frozen=True, slots=True)
class _RowBases:
    """Who answered in each of k columns, and who is not in each: ``whole`` of shape (n, 2k)."""

    wave: Answers
    weight: Array
    whole: Mask

    def estimate(self, measure: Measure, *, rest: bool = False) -> Linearised:
        """Estimate a measure over each base; NaN where a base is empty."""
        return means.linearised(
            measure.value[:, None],
            self.whole if rest else self.whole[:, : self.whole.shape[1] // 2],
            weight=self.weight,
            unit=self.wave.groups.unit,
            stratum=self.wave.groups.unit_stratum,
        )

    def unshared(self, measure: Measure, *, given: bool | None = None) -> NDArray[np.int_]:
        """Count who is in one only of each two bases."""
        some = True if given is None else ((measure.value > 0) == given)[:, None]
        return unshared(self.whole & some)

    def units(self) -> Mask:
        """Tell which sampling units have somebody in each base."""
        units = np.zeros((self.wave.groups.units, self.whole.shape[1]), dtype=bool)
        rows, places = np.nonzero(self.whole)
        units[self.wave.groups.unit[rows], places] = True
        return units
