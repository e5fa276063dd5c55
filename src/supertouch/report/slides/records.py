"""What a slide is made of, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from supertouch.report.blocks import Chart, Tone

__all__ = ["Line", "Slide", "Table"]

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a slide: heads, rows, and which columns hold numbers; ``tones`` are a row's."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    tones: tuple[Tone, ...] = ()


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide: the sentence above, what stands below it, its footnote and its notes.

    ``lines`` are (lead, sentence); charts stand side by side. ``kind`` tells how its numbers were
    made: the key of its test and method. ``weight`` says how its numbers are weighted, where not
    all of them are weighted as the answers are.
    """

    kind: str
    title: str
    charts: tuple[Chart, ...] = ()
    lines: tuple[Line, ...] = ()
    table: Table | None = None
    base: str = ""
    notes: tuple[str, ...] = ()
    weight: str = ""
