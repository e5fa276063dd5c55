"""The truth of each cell, from a million simulated people, kept beside the benchmark."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from benchmarks.accuracy.cells import design_of

from supertouch.simulate import Design, Truth, truth

__all__ = ["ROWS", "Known", "classified", "known"]

ROWS = 1_000_000
FOLDER = Path(__file__).parent / ".truth"
TARGET, ALIKE = 1.4, 1.1


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is true of p touchpoints and q outcomes.

    ``share`` of experience and ``effect`` (q, p), ``r2`` (q,), ``works`` (q, p): planted with an
    effect. ``supers`` (p,) are to be found: the rule holds in the population, with a lift of 1.4
    at least on both outcomes. ``others`` (p,) must not be called super: the rule does not hold, or
    the share is the fair share but for a tenth. Those in between count neither way.
    """

    share: np.ndarray
    effect: np.ndarray
    r2: np.ndarray
    works: np.ndarray
    supers: np.ndarray
    others: np.ndarray


def classified(design: Design, found: Truth) -> Known:
    """Say which touchpoints are to be found, and which must not be called super."""
    lift = (found.experience_share * design.p).min(axis=0)
    return Known(
        share=found.experience_share,
        effect=found.beta,
        r2=found.r2,
        works=np.array([outcome.beta != 0 for outcome in design.outcomes]),
        supers=found.supers & (lift >= TARGET),
        others=~found.supers | (lift < ALIKE),
    )


def known(name: str, stamp: str) -> Known:
    """Return the truth of a cell; ``stamp`` stands for the code that it comes from."""
    file = FOLDER / f"{name.replace(' ', '_')}-{stamp}.npz"
    if not file.exists():
        design = design_of(name)
        found = classified(design, truth(design, n=ROWS, rng=np.random.default_rng(20_261_121)))
        file.parent.mkdir(exist_ok=True)
        np.savez(file, **{item.name: getattr(found, item.name) for item in fields(Known)})
    with np.load(file) as stored:
        return Known(**{item.name: stored[item.name] for item in fields(Known)})
