"""How a study is told: the layout of its slides, and the letters of its banner tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Reporting"]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Choices for what is handed over.

    ``template`` is a PowerPoint file that gives the slides their layout; None for the one that
    comes with supertouch. ``letters`` are the confidence levels of the banner tables' capital and
    small letters; with one level there are capitals only. Bases of fewer than ``small_base``
    respondents are marked in them.
    """

    template: Path | None = None
    letters: tuple[float, ...] = (0.95, 0.90)
    small_base: int = 50
