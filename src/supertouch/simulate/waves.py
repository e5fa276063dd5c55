"""Pairs of waves with planted changes: independent samples, or a panel that meets people again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from supertouch.errors import UnsupportedError
from supertouch.simulate.design import Design, OutcomeDesign
from supertouch.simulate.respondents import mean_rating
from supertouch.simulate.wave import responses_of

__all__ = ["Planted", "changed", "wave_pair"]

Array = NDArray[np.float64]

_OWN, _COMMON = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """What changes from one wave to the next, per touchpoint unless said otherwise.

    Attributes
    ----------
    reach : array of shape (p,) or float
        Added to reach.
    quality : array of shape (p,) or float
        Added to the mean of the experience before it is rounded to the scale.
    effect : array of shape (p,) or float
        Added to the effect of experience on every outcome, in parts of the effect that there is.
    contact : array of shape (p,) or float
        Added to the effect of contact on every outcome, in outcome points.
    level : float
        Added to every outcome, whatever its drivers do.
    """

    reach: ArrayLike = 0.0
    quality: ArrayLike = 0.0
    effect: ArrayLike = 0.0
    contact: ArrayLike = 0.0
    level: float = 0.0


def changed(design: Design, planted: Planted) -> Design:
    """Return the design of the next wave, in which outcomes follow what was planted.

    A design's outcomes are centred: reach and ratings that change leave them where they are. Here
    a rating above the last wave's mean counts, and so does a touchpoint that more people meet.

    Examples
    --------
    >>> from supertouch.simulate import fair
    >>> before = fair(3)
    >>> after = changed(before, Planted(quality=0.3))
    >>> bool(after.outcomes[0].level > before.outcomes[0].level)
    True
    """
    after = replace(
        design,
        reach=np.clip(design.reach + np.asarray(planted.reach), 0.01, 0.99),
        mean=design.mean + np.asarray(planted.quality),
    )
    better = mean_rating(after) - mean_rating(design)
    outcomes = tuple(
        _moved(outcome, planted, design=design, reach=after.reach, better=better)
        for outcome in design.outcomes
    )
    return replace(after, outcomes=outcomes)


def _moved(
    outcome: OutcomeDesign, planted: Planted, *, design: Design, reach: Array, better: Array
) -> OutcomeDesign:
    """Move effects, and the level by what meeting a touchpoint is worth at its new quality."""
    beta = outcome.beta * (1 + np.asarray(planted.effect))
    gamma = outcome.gamma + np.asarray(planted.contact) + beta * better
    rise = float((gamma * reach - outcome.gamma * design.reach).sum())
    return replace(outcome, beta=beta, gamma=gamma, level=outcome.level + rise + planted.level)


def wave_pair(
    before: Design,
    after: Design,
    n: int,
    *,
    seed: Sequence[int],
    overlap: float = 0.0,
    stability: float = 0.7,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate two waves of ``n`` accepted responses each.

    Parameters
    ----------
    before, after : Design
        Of the same touchpoints, outcomes and sampling.
    n : int
    seed : sequence of int
    overlap : float
        Share of the sampling units (people, or clusters of people) that are in both waves, under
        the same id; 0 for independent samples.
    stability : float
        Correlation, in people of both waves, of what they are, meet, feel and say.

    Raises
    ------
    UnsupportedError
        If the designs have different touchpoints or sampling.
    """
    alike = ("p", "cluster_size", "strata", "most_ratings")
    if any(getattr(before, name) != getattr(after, name) for name in alike):
        raise UnsupportedError(
            "Waves of different touchpoints or sampling have no people in common."
        )
    frames = []
    for wave, design in enumerate((before, after)):
        if overlap:
            people = _People(seed, wave=wave, overlap=overlap, stability=stability)
            frames.append(responses_of(design, n, seed=people))
        else:
            frames.append(responses_of(design, n, seed=[*seed, wave]))
    if overlap:
        frames[1] = _renamed(frames[1], overlap)
    return frames[0], frames[1]


def _renamed(frame: pd.DataFrame, overlap: float) -> pd.DataFrame:
    """Give the units that are new in the later wave names of their own."""
    number = frame["cluster"].astype(int)
    new = number >= round(overlap * (number.max() + 1))
    return frame.assign(
        cluster=frame["cluster"].where(~new, "new " + frame["cluster"]),
        respondent=frame["respondent"].where(~new, "new " + frame["respondent"]),
    )


class _People(np.random.Generator):
    """Random numbers of a wave whose first rows belong to people of the other wave as well."""

    def __init__(self, seed: Sequence[int], *, wave: int, overlap: float, stability: float) -> None:
        super().__init__(np.random.PCG64([*seed, wave, _OWN]))
        self._common = np.random.default_rng([*seed, _COMMON])
        self._overlap, self._stability = overlap, stability

    def standard_normal(self, size: Any = 1, dtype: Any = np.float64, out: Any = None) -> Any:  # noqa: ANN401
        """Draw what is stable together with the other wave, and the rest anew."""
        del out
        own = super().standard_normal(size, dtype=dtype)
        common = self._common.standard_normal(size, dtype=dtype)
        again = slice(0, round(self._overlap * len(own)))
        share = np.asarray(self._stability, dtype=dtype)
        own[again] = np.sqrt(share) * common[again] + np.sqrt(1 - share) * own[again]
        return own

    def permutation(self, x: Any, axis: int = 0) -> Any:  # noqa: ANN401
        """Put people into the groups that they are in in the other wave too."""
        return self._common.permutation(x, axis=axis)

    def choice(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Draw the groups that people are in in the other wave too."""
        return self._common.choice(*args, **options)
