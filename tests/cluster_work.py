"""Work for engines that other processes can import: parts, sums and steps with faults to order."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from supertouch.errors import DataError, Problem


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that come of a seed."""

    seed: int
    columns: int = 7
    rows: int = 500

    @property
    def name(self) -> str:
        return f"rows of seed {self.seed}"

    def numbers(self):
        return np.random.default_rng(self.seed).normal(3, 1, (self.columns, self.rows))


@dataclass(slots=True)
class Sums:
    """Sums of products, which are added in place; and which processes made them."""

    products: np.ndarray
    rows: int = 0
    workers: set[int] = field(default_factory=set)

    def __add__(self, other: Sums) -> Sums:
        self.products += other.products
        self.rows += other.rows
        self.workers |= other.workers
        return self


@dataclass(frozen=True, slots=True)
class Step:
    """Add the products of a part, with constants.

    With ``crowd`` each part takes half a second until that many processes have left their numbers.
    Parts of the seeds ``bad`` cannot be read, ``refused`` raise an error of ours, ``deadly`` end
    the process each time; the first process that comes to ``deadly_once`` is ended, and leaves a
    file.
    """

    constants: np.ndarray = field(default_factory=lambda: np.ones((7, 1)))
    crowd: tuple[int, Path] | None = None
    bad: int = -1
    refused: int = -1
    deadly: int = -1
    deadly_once: tuple[int, Path] | None = None
    wrong: int = -1

    def __call__(self, total: Sums | None, part: Rows) -> Sums:
        self._wait()
        self._fail(part.seed)
        values = part.numbers() * self.constants
        sums = total or Sums(np.zeros((len(values), len(values))))
        sums.products += values @ values.T
        sums.rows += values.shape[1]
        sums.workers.add(os.getpid())
        return sums

    def _wait(self) -> None:
        if self.crowd is not None:
            (self.crowd[1] / str(os.getpid())).touch()
            time.sleep(0.5 * (len(list(self.crowd[1].iterdir())) < self.crowd[0]))

    def _fail(self, seed: int) -> None:
        if seed == self.bad:
            raise OSError("Unexpected end of stream")
        if seed == self.refused:
            raise DataError(
                [Problem("here", "5", "is wrong.", "Mend it."), Problem("a", "", "b.", "c")]
            )
        if seed == self.wrong:
            raise TypeError("a mistake of ours")
        if seed == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.deadly_once and seed == self.deadly_once[0] and not self.deadly_once[1].exists():
            self.deadly_once[1].touch()
            os.kill(os.getpid(), signal.SIGKILL)


def means(part: Rows) -> tuple[int, float]:
    return part.seed, float(part.numbers().mean())
