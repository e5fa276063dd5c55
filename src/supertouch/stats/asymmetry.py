"""Penalty and reward: what a disappointing and a delighting experience do to an outcome.

Brandt (1987) replaces each rating by two dummies, disappointed and delighted, with okay as the
reference. All touchpoints are in one model, contact stays in it, and so does everybody who did
not meet a touchpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial as bind

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.covariance import Covariance, assemble, held, repair
from supertouch.stats.drivers import OneStep, effects, identified
from supertouch.stats.moments import Chances, Moments, moments

__all__ = ["Impacts", "dummies", "impacts"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]

_CELLS = 1 << 20


def dummies(
    contact: Array,
    disappointed: Array,
    delighted: Array,
    outcome: Array,
    *,
    weight: Array,
    outcome_midpoint: Array,
    group: Places,
    groups: int,
    covariate: Array | None = None,
    chances: Chances | None = None,
) -> Moments:
    """Sum up the dummies of p touchpoints: those of 2p touchpoints, disappointed ones first.

    The two dummies of a touchpoint share contact and base: an unknown rating is an unknown dummy.

    Parameters
    ----------
    contact, disappointed, delighted : ndarray of shape (n, p)
        1, 0, or NaN where unknown; both dummies are NaN where there is no rating.
    outcome : ndarray of shape (n, q)
    weight, outcome_midpoint, group, groups, covariate, chances
        As in :func:`supertouch.stats.moments.moments`.
    """
    p = contact.shape[1]
    return moments(
        np.hstack([contact, contact]),
        np.hstack([disappointed, delighted]),
        outcome,
        weight=weight,
        midpoint=np.zeros(2 * p),
        outcome_midpoint=outcome_midpoint,
        group=group,
        groups=groups,
        covariate=covariate,
        chances=chances,
        item=np.tile(np.arange(p), 2),
    )


@dataclass(frozen=True, slots=True)
class Impacts:
    """Penalties and rewards of p touchpoints on q outcomes, batched over replicates.

    Attributes
    ----------
    penalty, reward : ndarray of shape (b, q, p)
        Outcome points of a disappointing and of a delighting experience against an okay one;
        NaN where the dummy is not in the model.
    reach, disappointed : ndarray of shape (b, p)
        Share who met each touchpoint, and share of disappointed among those who rated it.
    """

    penalty: Array
    reward: Array
    reach: Array
    disappointed: Array

    def of(self, outcome: int) -> Impacts:
        """Return the impacts on one outcome, q = 1."""
        one = slice(outcome, outcome + 1)
        return Impacts(self.penalty[:, one], self.reward[:, one], self.reach, self.disappointed)

    @property
    def risk(self) -> Array:
        """Outcome points lost over everybody to disappointment: reach · share · penalty."""
        lost = self.reach * self.disappointed
        return np.asarray(lost[:, None, :] * np.maximum(-self.penalty, 0.0))


def impacts(
    sums: Moments, *, columns: list[Places], multiplicity: Array, inflation: Array
) -> tuple[Impacts, Impacts, float]:
    """Regress the outcomes on the dummies of all touchpoints and the contacts.

    Parameters
    ----------
    sums : Moments
        From :func:`dummies`.
    columns : list of ndarray of int, one per outcome
        Driver columns in the model of each outcome: 0..p-1 disappointed, p..2p-1 delighted,
        2p..3p-1 contacts.
    multiplicity : ndarray of shape (b, g)
        How often each resampling group counts in each replicate.
    inflation : ndarray of shape (q,)
        By what the replicates spread too little.

    Returns
    -------
    point : Impacts
        From the sample, with a batch of one. A coefficient that cannot be told from the other
        columns is NaN.
    replicates : Impacts
    repair : float
        Largest change of a correlation that made the sample's matrix positive definite.
    """
    whole = bind(assemble, touchpoints=sums.touchpoints, outcomes=sums.outcomes)
    raw = whole(sums.total()[None])
    rest = np.arange(2 * sums.touchpoints, raw.matrix.shape[-1])
    used = np.concatenate([np.unique(np.concatenate(columns)), rest])
    repaired = repair(raw, keep=used)
    steps = {
        places: OneStep.from_sample(
            repaired, raw, columns=np.array(places, dtype=np.intp), inflation=inflation
        )
        for places in {_key(part) for part in columns}
    }
    size = max(16, _CELLS // sums.counts.size)
    parts = [
        _laid_out(part, columns, {key: step.replicates(part) for key, step in steps.items()})
        for part in map(whole, sums.replicates(multiplicity, at_once=size))
    ]
    names = ("penalty", "reward", "reach", "disappointed")
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    sample = held(repaired)
    point = {key: _told_apart(sample, np.array(key, dtype=np.intp)) for key in steps}
    return _laid_out(sample, columns, point), Impacts(*joined), float(repaired.repair[0])


def _key(columns: Places) -> tuple[int, ...]:
    return tuple(int(column) for column in columns)


def _told_apart(sample: Covariance, columns: Places) -> Array:
    known = identified(sample, columns=columns)
    return np.where(known[:, None, :], effects(sample, columns=columns), np.nan)


def _laid_out(
    covariance: Covariance, columns: list[Places], found: dict[tuple[int, ...], Array]
) -> Impacts:
    """Put the effects of each outcome's columns in their places."""
    p = covariance.touchpoints // 2
    laid = np.full((len(covariance.reach), len(columns), 3 * p), np.nan)
    for k, places in enumerate(columns):
        laid[:, k, places] = found[_key(places)][:, k]
    return Impacts(
        penalty=laid[..., :p],
        reward=laid[..., p : 2 * p],
        reach=covariance.reach[:, :p],
        disappointed=covariance.mean[:, :p],
    )
