"""Pairs of waves that are held against each other, and what of them is significant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.measures import MEASURES
from supertouch.study.model import Wave

__all__ = ["Compared", "changed", "comparisons", "first_comparison", "significant"]

KINDS = ("previous", "year", "baseline")


@dataclass(frozen=True, slots=True)
class Compared:
    """A wave against an earlier one: which comparisons that is, and the changes.

    ``kind`` is the first of ``kinds``; its rows stand for all of them, since they are the same.
    ``unweighted`` are the same measures without weights, where the waves have any.
    """

    wave: Wave
    against: Wave
    kinds: tuple[str, ...]
    rows: tuple[Record, ...]
    unweighted: tuple[Record, ...] = ()

    @property
    def kind(self) -> str:
        """The comparison that the rows are taken from."""
        return self.kinds[0]


def comparisons(evidence: Evidence, wave: Wave) -> list[Compared]:
    """Return what ``wave`` is compared with, each earlier wave once, the previous one first."""
    rows = evidence.rows("tracking", wave.id)
    against = {
        kind: next(str(row["against"]) for row in rows if row["comparison"] == kind)
        for kind in KINDS
        if any(row["comparison"] == kind for row in rows)
    }
    found = []
    for other in dict.fromkeys(against.values()):
        kinds = tuple(kind for kind in KINDS if against.get(kind) == other)
        of_kind = [row for row in rows if row["comparison"] == kinds[0]]
        told = tuple(row for row in of_kind if row["weighted"])
        plain = tuple(row for row in of_kind if not row["weighted"])
        found.append(
            Compared(wave, evidence.study.wave(other), kinds, told or plain, plain if told else ())
        )
    return found


def first_comparison(evidence: Evidence, wave: Wave) -> Compared | None:
    """Return the comparison with the previous wave, else the first that there is, or None."""
    return next(iter(comparisons(evidence, wave)), None)


def significant(row: Record) -> bool:
    """Tell whether a change is significant after the many tests are allowed for."""
    return bool(row["significant"])


def changed(rows: Sequence[Record]) -> list[Record]:
    """Return the significant changes: outcomes first, within a measure the smallest p first."""
    return sorted((row for row in rows if significant(row)), key=order)


def order(row: Record) -> tuple[int, float, float]:
    """Sort by measure, then by p, then by the size of the change."""
    p_value = 1.0 if row["p_adjusted"] is None else float(row["p_adjusted"])
    size = 0.0 if row["change"] is None else abs(float(row["change"]))
    return MEASURES.index(str(row["measure"])), p_value, -size
