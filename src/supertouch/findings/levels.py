"""What levels of touchpoints and outcomes are made of: sums by sampling unit of some respondents.

Tables of levels, comparisons and tracking take these sums; whether they come from rows or were
counted in parts makes no difference to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.apart import apart, apart_everywhere
from supertouch.findings.dividing import Divided, divisions
from supertouch.findings.suppression import few, withheld_everywhere
from supertouch.stats import means
from supertouch.stats.means import UnitSums
from supertouch.study.model import Outcome, Scale, Study, Touchpoint

__all__ = ["Base", "Levels", "Measure", "RowLevels", "bands", "points", "turned"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Counts = NDArray[np.int_]
Places = NDArray[np.intp]
Measure = Literal[
    "reach",
    "satisfaction",
    "disappointed",
    "okay",
    "delighted",
    "nps_met",
    "nps_not_met",
    "brand_fit",
    "mean",
    "nps",
]
Base = Literal["known", "rated", "fit", "answered"]


class Levels(Protocol):
    """Answers of a group of respondents, p touchpoints and q outcomes, as sums by sampling unit."""

    @property
    def wave(self) -> str:
        """Id of the wave."""
        ...

    @property
    def segment(self) -> str:
        """Segment of the group; empty for everybody."""
        ...

    @property
    def value(self) -> str:
        """The group's value of the segment."""
        ...

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        """The p touchpoints."""
        ...

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The q outcomes."""
        ...

    @property
    def stratum(self) -> Places:
        """Stratum of each of the u units: shape (u,)."""
        ...

    @property
    def n(self) -> int:
        """Respondents."""
        ...

    @property
    def n_eff(self) -> float:
        """Effective number of respondents (Kish)."""
        ...

    @property
    def met(self) -> Counts:
        """Who met each touchpoint: shape (p,)."""
        ...

    def sums(self, measure: Measure) -> UnitSums:
        """Return the sums of a measure: p columns, or q of what outcomes have."""
        ...

    def withheld(self, base: Base) -> Mask:
        """Tell of which touchpoints or outcomes estimates on a base may not be shown."""
        ...

    def apart(self) -> Mask:
        """Tell where the NPS of who met a touchpoint, and who did not, may not be shown: (2, p)."""
        ...


class RowLevels:
    """Levels of a cell from its rows.

    Parameters
    ----------
    study : Study
    answers : Answers
    cell : Cell
    grouped : bool
        Whether resampling groups stand for the sampling units.
    """

    def __init__(
        self, study: Study, answers: Answers, cell: Cell, *, grouped: bool = False
    ) -> None:
        groups = answers.groups
        self.study, self.answers, self.cell = study, answers, cell
        self.wave, self.segment, self.value = answers.wave, cell.segment, cell.value
        self.touchpoints, self.outcomes = answers.touchpoints, answers.outcomes
        self.unit = groups.index if grouped else groups.unit
        self.stratum = groups.stratum if grouped else groups.unit_stratum

    @property
    def n(self) -> int:
        """Respondents."""
        return int(self.cell.mask.sum())

    @property
    def n_eff(self) -> float:
        """Effective number of respondents (Kish)."""
        return means.kish(self.answers.weight[self.cell.mask])

    @property
    def met(self) -> Counts:
        """Who met each touchpoint: shape (p,)."""
        return np.asarray(((self.answers.contact == 1) & self.cell.mask[:, None]).sum(axis=0))

    def sums(self, measure: Measure) -> UnitSums:
        """Return the sums of a measure."""
        value, base, weight = self._answered(measure)
        return means.unit_sums(
            value,
            base & self.cell.mask[:, None],
            weight=weight,
            unit=self.unit,
            units=len(self.stratum),
        )

    def withheld(self, base: Base) -> Mask:
        """Tell of which touchpoints or outcomes estimates on a base may not be shown."""
        study, answers, answered = self.study, self.answers, self._bases[base]
        if self.segment not in answers.segments:
            return few(study, answers, answered & self.cell.mask[:, None])
        decide = partial(withheld_everywhere, study, answers, base=answered)
        return self._decided(base, decide)

    def apart(self) -> Mask:
        """Tell where the NPS of who met a touchpoint, and who did not, may not be shown: (2, p)."""
        study, answers, parts = self.study, self.answers, self._by_contact
        if self.segment not in answers.segments:
            return apart(study, answers, self.cell.mask, parts)
        return self._decided("apart", partial(apart_everywhere, study, answers, parts=parts))

    def _decided(self, what: str, decide: Callable[[Divided], Mapping[str, Mask]]) -> Mask:
        """Return what is decided of the cell's group; of all groups at once, once a wave."""
        privacy, known = self.study.privacy, self.answers.hidden
        if (what, self.segment, self.value, privacy) not in known:
            divided = divisions(self.study, self.answers)
            gone = decide(divided)
            for own in divided.divisions:
                for place, value in enumerate(own.values):
                    known[what, own.segment, value, privacy] = gone[own.segment][..., place, :]
        return known[what, self.segment, self.value, privacy]

    @cached_property
    def _bases(self) -> dict[Base, Mask]:
        answers = self.answers
        return {
            "known": ~np.isnan(answers.contact),
            "rated": ~np.isnan(answers.rating),
            "fit": ~np.isnan(answers.brand_fit),
            "answered": ~np.isnan(answers.outcome),
        }

    @cached_property
    def _nps(self) -> tuple[Array, Mask]:
        """Score of each respondent in points (-100, 0, 100), and whether there is one."""
        answers = self.answers
        outcome = self.study.outcome_of("recommendation", answers.wave)
        if outcome is None:
            shape = answers.contact.shape
            return np.zeros(shape), np.zeros(shape, dtype=bool)
        answer = answers.outcome[:, [answers.outcomes.index(outcome)]]
        return points(answer), ~np.isnan(answer)

    @property
    def _by_contact(self) -> tuple[Mask, Mask, Mask]:
        """Who is asked for a recommendation and met a touchpoint, did not, or does not tell."""
        contact, asked = self.answers.contact, self._nps[1]
        return asked & (contact == 1), asked & (contact == 0), asked & np.isnan(contact)

    def _answered(self, measure: Measure) -> tuple[Array, Mask, Array]:
        """Return values, who counts, and weights."""
        answers = self.answers
        if measure in ("disappointed", "okay", "delighted"):
            worst, best = bands(self.study, answers)
            banded = {"disappointed": worst, "okay": 1 - worst - best, "delighted": best}
            return banded[measure], self._bases["rated"], answers.rating_weight
        if measure in ("nps_met", "nps_not_met"):
            base = self._by_contact[0 if measure == "nps_met" else 1]
            return self._nps[0], base, answers.weight
        return {
            "reach": ((answers.contact == 1).astype(float), self._bases["known"], answers.weight),
            "satisfaction": (answers.rating, self._bases["rated"], answers.rating_weight),
            "brand_fit": (answers.brand_fit, self._bases["fit"], answers.brand_fit_weight),
            "mean": (answers.outcome, self._bases["answered"], answers.weight),
            "nps": (points(answers.outcome), self._bases["answered"], answers.weight),
        }[measure]


def bands(study: Study, answers: Answers) -> tuple[Array, Array]:
    """Tell whether each rating disappoints, and whether it delights: 1 or 0."""
    scales = [study.scales[item.scale] for item in answers.touchpoints]
    worst = np.array([turned(scale, scale.disappointed) for scale in scales])
    best = np.array([turned(scale, scale.delighted) for scale in scales])
    with np.errstate(invalid="ignore"):
        return (answers.rating <= worst).astype(float), (answers.rating >= best).astype(float)


def turned(scale: Scale, code: float | None) -> float:
    """Return a band's code on the turned scale, NaN where the study names none."""
    return np.nan if code is None else scale.turned(code)


def points(answer: Array) -> Array:
    """Return promoters as 100, detractors as -100 and everybody else as 0 points."""
    with np.errstate(invalid="ignore"):
        return 100.0 * (answer >= 9) - 100.0 * (answer <= 6)
