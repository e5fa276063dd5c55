"""Whether brand fit was asked along with the ratings, where few of the touchpoints met were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supertouch.findings.answers import STRAY
from supertouch.findings.streams.known import Located
from supertouch.findings.streams.layout import Layout
from supertouch.findings.streams.parts import EMPTY
from supertouch.stats.engine import Engine
from supertouch.study.model import Study

__all__ = ["asked_along"]


@dataclass(frozen=True, slots=True)
class _Told:
    """How many told of a brand fit, and how many of these were not asked for the rating."""

    told: int
    alone: int

    def __add__(self, other: _Told) -> _Told:
        return _Told(self.told + other.told, self.alone + other.alone)


@dataclass(frozen=True, slots=True)
class _Telling:
    """Counts who told of the brand fit of some touchpoints, part by part."""

    touchpoints: tuple[str, ...]

    def __call__(self, total: _Told | None, located: Located) -> _Told:
        found = _Told(0, 0) if total is None else total
        part = located.part
        for name in self.touchpoints:
            fit = part.numbers([f"{name}.brand_fit"])[0]
            told = fit != EMPTY if fit.dtype == np.int8 else ~np.isnan(fit)
            asked = part.numbers([f"{name}.contact"])[0] == 1
            if f"{name}.rating_empty" in part.columns:
                asked = asked & (part.texts(f"{name}.rating_empty") != "not_asked")
            found = found + _Told(int(told.sum()), int((told & ~asked).sum()))
        return found


def asked_along(study: Study, layout: Layout, located: Sequence[Located], engine: Engine) -> bool:
    """Tell whether a brand fit has the weight of its rating; see ``Answers.brand_fit_weight``."""
    names = tuple(
        item.id for item in layout.touchpoints if item.brand_fit.within(layout.wave) is not None
    )
    if study.most_ratings is None or not names:
        return True
    found = engine.fold(_Telling(names), located)
    return found.alone <= STRAY * found.told
