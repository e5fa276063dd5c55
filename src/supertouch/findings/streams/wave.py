"""A wave of more rows than memory, as its tables' makers see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import open_statuses
from supertouch.findings.contacts import same_contacts
from supertouch.findings.models import Model, modelled, multiplicity, together
from supertouch.findings.scores import scored_place
from supertouch.findings.streams.brand_fit import asked_along
from supertouch.findings.streams.known import Located, look
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.parts import Part
from supertouch.findings.streams.sampling import Sampling, sampled_rows
from supertouch.findings.streams.sums import Bundle, Meeting, SumUp, Wanted
from supertouch.findings.streams.tallies import Tally
from supertouch.findings.streams.tallying import tallying_of
from supertouch.stats.engine import Engine
from supertouch.stats.moments import Moments, summed
from supertouch.study.model import Outcome, Study, Touchpoint

__all__ = ["StreamedWave", "open_wave"]

Array = NDArray[np.float64]
Key = tuple[tuple[str, ...], bool]

BYTES = 8
GIGABYTE = 1e9
EVERYBODY = Column("", "")


@dataclass(slots=True)
class StreamedWave:
    """The rows of a wave in parts, and what is made of all of them.

    Attributes
    ----------
    study : Study
    layout : Layout
    located : tuple of Located
    engine : Engine
    """

    study: Study
    layout: Layout
    located: tuple[Located, ...]
    engine: Engine
    totals: dict[Key, Moments] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)
    agreement: list[NDArray[np.bool_] | None] = field(default_factory=list)

    @property
    def wave(self) -> str:
        """Id of the wave."""
        return self.layout.wave

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        """What it asked."""
        return self.layout.touchpoints

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What it asked."""
        return self.layout.outcomes

    @property
    def n(self) -> int:
        """Respondents."""
        return self.layout.n

    def tally(self) -> Tally:
        """Return how often each answer was given, counted once."""
        if not self.tallies:
            along = asked_along(self.study, self.layout, self.located, self.engine)
            tallying = tallying_of(self.study, self.layout, fit_drawn=along)
            self.tallies.append(self.engine.fold(tallying, self.located))
        return self.tallies[0]

    def close(self) -> None:
        """Let go of the sums; what needs them again passes over the rows again."""
        self.totals.clear()
        self.tallies.clear()

    def multiplicity(self) -> Array:
        """Draw the wave's replicates: shape (b, g)."""
        return multiplicity(self.study, self.layout.wave, self.layout.design)

    def prepare(
        self,
        outcomes: tuple[Outcome, ...],
        *,
        among: frozenset[str] | None = None,
        scored: bool = False,
    ) -> Model:
        """Decide what the answers of everybody can carry; see `findings.models.prepare`."""
        key = (tuple(item.id for item in outcomes), scored)
        score = scored_place(self.study, outcomes) if scored else None
        if key not in self.totals:
            wanted = Wanted(outcomes, score, "", ("",))
            self.totals[key] = summed(self._pass([wanted]).sums[0])[0]
        return self._model(outcomes, self.totals[key], among=among, score=score)

    def models(self, columns: Sequence[Column]) -> Iterator[tuple[Column, list[Model]]]:
        """Yield the prepared models of each column of tables, as many a pass as memory allows."""
        for some in self._passes(columns):
            bundle = self._pass(some)
            made = {
                (place, value): self._model(
                    wanted.outcomes,
                    moments,
                    column=Column(wanted.segment, value),
                    score=wanted.score,
                )
                for place, (wanted, sums) in enumerate(zip(some, bundle.sums, strict=True))
                for value, moments in zip(wanted.values, summed(sums), strict=True)
            }
            del bundle
            first = some[0]
            for value in first.values:
                column = Column(first.segment, value)
                yield column, [made.pop((place, value)) for place in range(len(some))]

    def sample(self) -> pd.DataFrame:
        """Return the responses of some respondents, drawn by strata."""
        drawn = sampled_rows(self.study, self.layout, self.located)
        frames = self.engine.each(Sampling(self.study, self.layout), drawn)
        return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)

    def _model(
        self,
        outcomes: tuple[Outcome, ...],
        sums: Moments,
        *,
        column: Column = EVERYBODY,
        among: frozenset[str] | None = None,
        score: int | None = None,
    ) -> Model:
        design = self.layout.design
        alone = design.units == self.layout.n
        key = (column, tuple(open_statuses(outcomes[0])))
        units = int(sums.counts[0, 0]) if alone else self.layout.units[key]
        return modelled(
            self.study,
            self.layout,
            outcomes,
            sums.varying(),
            stratum=design.stratum,
            units=units,
            among=among,
            score=score,
        )

    def _passes(self, columns: Sequence[Column]) -> Iterator[list[Wanted]]:
        """Yield what to sum in each pass: values of one segment, by all sets of outcomes."""
        sets = together(self.study, self.layout)
        most = max(1, int(self.study.computing.memory_gb * GIGABYTE // self._size(len(sets))))
        segments = dict.fromkeys(column.segment for column in columns)
        for segment in segments:
            values = [column.value for column in columns if column.segment == segment]
            for start in range(0, len(values), most):
                some = tuple(values[start : start + most])
                yield [
                    Wanted(
                        outcomes,
                        None if segment else scored_place(self.study, outcomes),
                        segment,
                        some,
                    )
                    for outcomes in sets
                ]

    def _size(self, sets: int) -> int:
        """Bytes of one column's sums, where contact is known and ratings are not of all."""
        p, q = len(self.layout.touchpoints), len(self.layout.outcomes) + 1
        k = sum(len(values) - 1 for _, values in self.layout.covariates)
        d = 1 + 3 * p + 2 * q + k
        return sets * BYTES * (self.layout.groups + 8) * d * (d + 1) // 2

    def _pass(self, wanted: Sequence[Wanted]) -> Bundle:
        step = SumUp(self.study, self.layout, tuple(wanted), self._same())
        return self.engine.fold(step, self.located)

    def _same(self) -> NDArray[np.bool_] | None:
        """Tell of which touchpoints everybody said the same, where some contacts are unknown."""
        if not self.agreement:
            names = {f"{item.id}.contact" for item in self.layout.touchpoints}
            if all(names <= item.part.full for item in self.located):
                self.agreement.append(None)
            else:
                found = self.engine.fold(Meeting(self.layout), self.located)
                same = same_contacts(found.met, found.missed, found.differ)
                self.agreement.append(same if same.any() else None)
        return self.agreement[0]


def open_wave(study: Study, wave: str, parts: Sequence[Part], engine: Engine) -> StreamedWave:
    """Look at a wave's rows once, so that everything else can be computed in parts."""
    layout, located = look(study, wave, parts, engine)
    return StreamedWave(study, layout, located, engine)
