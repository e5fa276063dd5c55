"""Where rows become sums: here, one part after the other, or on the machines of a cluster.

An engine gets parts of the rows, never a path: what a part is, and how it is read, is its maker's
business. Whatever the engine, the same function works on each part, and sums are added; so the
answer is the same but for the order of additions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from supertouch.errors import UnsupportedError
from supertouch.stats.faults import tried

__all__ = ["Engine", "Here"]

P = TypeVar("P")
S = TypeVar("S")


class Engine(Protocol):
    """What computes sums over parts."""

    def fold(self, step: Callable[[S | None, P], S], parts: Sequence[P]) -> S:
        """Add up all parts.

        Parameters
        ----------
        step : callable
            Takes the sum so far, None at first, and a part; returns the sum with the part, which
            may be the one it was given. Sums can be added with ``+``. Both travel to other
            machines, so that they can be pickled.
        parts : sequence
        """
        ...

    def each(self, function: Callable[[P], S], parts: Sequence[P]) -> list[S]:
        """Return what a function makes of each part, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """One machine: a part after the other, in bounded memory.

    Attributes
    ----------
    told : callable, optional
        Told after each part: number done, number in all.
    """

    told: Callable[[int, int], None] | None = None

    def fold(self, step: Callable[[S | None, P], S], parts: Sequence[P]) -> S:
        """Add up all parts in their order; see :class:`Engine`."""
        total: S | None = None
        for done, part in enumerate(parts, start=1):
            total = tried(part, step, total, part)
            self._tell(done, len(parts))
        if total is None:
            raise UnsupportedError("There are no parts to add up.")
        return total

    def each(self, function: Callable[[P], S], parts: Sequence[P]) -> list[S]:
        """Return what a function makes of each part; see :class:`Engine`."""
        found: list[S] = []
        for done, part in enumerate(parts, start=1):
            found.append(tried(part, function, part))
            self._tell(done, len(parts))
        return found

    def _tell(self, done: int, count: int) -> None:
        if self.told is not None:
            self.told(done, count)
