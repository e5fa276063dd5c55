"""The inside view of the demo: what five auditors of the company think of its touchpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supertouch.simulate.blueprint import demo_designs
from supertouch.simulate.delivered import demo_words
from supertouch.simulate.design import Design
from supertouch.simulate.respondents import mean_rating
from supertouch.study.model import Study

__all__ = ["FAULTY_CELL", "Sheet", "inside_view"]

FAULTY_CELL = ("audit_vertrieb.xlsx", "shop", "importance", "sehr hoch")

_WAVE = "2026q3"
_NOISE = 0.7
_OUTCOMES = 2
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one auditor fills in: a row per touchpoint, with the cells that are not empty.

    A touchpoint that the auditor misses is in a row with ``named`` in place of ``touchpoint``.
    """

    auditor: str
    rows: tuple[Mapping[str, str | int | float], ...]


def inside_view(study: Study, rng: np.random.Generator) -> dict[str, Sheet]:
    """Return what each auditor fills in, by the name of the workbook.

    Auditors know roughly what is true of customers. They rate some touchpoints as more important
    than customers do (pets), others as less (blind spots), and each has a leniency of their own.
    One cell holds what no auditor was asked for: ``FAULTY_CELL``.
    """
    words = demo_words()
    importance, performance = _believed(study, demo_designs()[_WAVE], words["inside"])
    sheets = {}
    for auditor in words["auditors"]:
        rated = [
            _rated(believed + auditor["leniency"], study.audit.points, rng)
            for believed in (importance, performance)
        ]
        rows = _rows(study, auditor, *rated)
        missed = [{"named": name, "phase": phase} for name, phase in auditor.get("misses", ())]
        sheets[auditor["file"]] = Sheet(auditor["name"], (*rows, *missed))
    return sheets


def _believed(
    study: Study, design: Design, shifts: Mapping[str, list[float]]
) -> tuple[Array, Array]:
    """Return what the company believes of importance and performance, on the audit's scale."""
    points = study.audit.points
    relevance = np.zeros(design.p)
    for outcome in design.outcomes[:_OUTCOMES]:
        part = design.reach * outcome.beta**2
        relevance += part / part.sum()
    place = relevance.argsort().argsort() / (design.p - 1)
    known = (mean_rating(design) - 1) / (design.points - 1)
    moved = np.array([shifts.get(item.id, [0.0, 0.0]) for item in study.touchpoints])
    importance = 1 + (points - 1) * (0.15 + 0.7 * place) + moved[:, 0]
    return importance, 1 + (points - 1) * known + moved[:, 1]


def _rated(believed: Array, points: int, rng: np.random.Generator) -> Array:
    felt = believed + _NOISE * rng.standard_normal(len(believed))
    return np.clip(np.rint(felt), 1, points)


def _rows(
    study: Study, auditor: Mapping[str, Any], importance: Array, performance: Array
) -> Iterator[dict[str, str | int | float]]:
    """Yield a row per touchpoint: everybody rates, who is in charge fills in the worksheet."""
    worksheet = demo_words()["worksheet"]
    file, faulty, column, value = FAULTY_CELL
    for place, item in enumerate(study.touchpoints):
        own = item.owner == auditor["department"]
        wrong = {column: value} if (auditor["file"], item.id) == (file, faulty) else {}
        yield {
            "touchpoint": item.id,
            "importance": int(importance[place]),
            "performance": int(performance[place]),
            **(worksheet.get(item.id, {}) if own else {}),
            **wrong,
        }
