"""Some of a wave's respondents, drawn by strata, for what needs rows and not sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.streams.known import Located
from supertouch.findings.streams.layout import Layout
from supertouch.study.model import Study

__all__ = ["Drawn", "Sampling", "sampled_rows"]

Places = NDArray[np.intp]

_SEED = 7


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part and which of its rows were drawn."""

    located: Located
    rows: Places

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self.located.name


def sampled_rows(study: Study, layout: Layout, located: Sequence[Located]) -> list[Drawn]:
    """Draw ``[engine] sample`` respondents, from each stratum in proportion to its size."""
    size = min(study.computing.sample, layout.n)
    group = np.concatenate([item.known.group for item in located])
    stratum = layout.design.stratum[group]
    number = [wave.id for wave in study.waves].index(layout.wave)
    rng = np.random.default_rng([study.seed, number, _SEED])
    held = np.bincount(stratum, minlength=layout.design.strata)
    drawn = [
        rng.choice(np.flatnonzero(stratum == h), size=own, replace=False)
        for h, own in enumerate(_shared_out(size, held))
        if own
    ]
    rows = np.sort(np.concatenate(drawn))
    starts = np.array([item.start for item in located] + [layout.n])
    ends = np.searchsorted(rows, starts)
    return [Drawn(item, rows[ends[k] : ends[k + 1]] - item.start) for k, item in enumerate(located)]


def _shared_out(size: int, held: Places) -> Places:
    """Share a number out in proportion, in whole numbers; the largest remainders first."""
    exact = size * held / held.sum()
    whole: Places = np.floor(exact).astype(np.intp)
    left = size - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return whole


@dataclass(frozen=True, slots=True)
class Sampling:
    """Reads the rows that were drawn."""

    study: Study
    layout: Layout

    def __call__(self, drawn: Drawn) -> pd.DataFrame:
        """Return the drawn rows of a part."""
        part = drawn.located.part
        names = [name for name in self._names() if name in part.columns]
        return part.frame(names, drawn.rows)

    def _names(self) -> list[str]:
        fixed = ["respondent", "brand", "weight", "cluster", "stratum", "status"]
        segments = [f"segment.{item.id}" for item in self.study.segments]
        outcomes = [
            name
            for item in self.layout.outcomes
            for name in (
                f"{item.id}.score",
                *(f"{item.id}.item{k}" for k in range(1, len(item.items) + 1)),
            )
        ]
        asked = [
            f"{item.id}.{kind}"
            for item in self.layout.touchpoints
            for kind in ("contact", "rating", "rating_empty", "brand_fit")
        ]
        return [*fixed, *segments, *outcomes, *asked]
