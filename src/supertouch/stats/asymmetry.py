"""Penalty and reward: what a disappointing and a delighting experience do to an outcome.

Brandt (1987) replaces each rating by two dummies, disappointed and delighted, with okay as the
reference. All touchpoints are in one model, contact stays in it, and so does everybody who did
not meet a touchpoint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.stats.covariance import Covariance, assemble, held, repair
from supertouch.stats.drivers import effects, identified
from supertouch.stats.moments import Chances, Moments, moments

__all__ = ["Dummies", "Impacts", "dummies", "impacts"]

Array = NDArray[np.float64]
Places = NDArray[np.intp]

_CHUNK_BYTES = 16e6
_GROUPS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Dummies:
    """Answers of n respondents to p touchpoints as dummies, with the sampling design.

    The moments of dummies are those of 2p touchpoints, disappointed first and delighted second,
    which share contact and base two by two: an unknown rating is an unknown dummy.

    Attributes
    ----------
    contact : ndarray of shape (n, 2p)
    rating : ndarray of shape (n, 2p)
        1 where the rating lies in the band, 0 where not, NaN where there is none.
    outcome : ndarray of shape (n, q)
    outcome_midpoint : ndarray of shape (q,)
    weight : ndarray of shape (n,)
    group : ndarray of int of shape (n,)
        Resampling group.
    covariate : ndarray of shape (n, k)
        What is held fixed.
    chances : Chances or None
        Where touchpoints met were drawn at random for a rating.
    """

    contact: Array
    rating: Array
    outcome: Array
    outcome_midpoint: Array
    weight: Array
    group: Places
    covariate: Array
    chances: Chances | None

    def sums(self) -> Moments:
        """Sum up everybody in one group."""
        return self._summed(np.arange(len(self.weight)), group=None, groups=1)

    def grouped(self, first: int, groups: int) -> Array:
        """Sum up the respondents of some groups, from ``first`` on: shape (groups, d, d)."""
        rows = np.flatnonzero((self.group >= first) & (self.group < first + groups))
        return self._summed(rows, group=self.group[rows] - first, groups=groups).sums

    def _summed(self, rows: Places, *, group: Places | None, groups: int) -> Moments:
        chances = self.chances
        found = moments(
            self.contact[rows],
            self.rating[rows],
            self.outcome[rows],
            weight=self.weight[rows],
            midpoint=np.zeros(self.rating.shape[1]),
            outcome_midpoint=self.outcome_midpoint,
            group=group,
            groups=groups,
            covariate=self.covariate[rows],
            chances=chances and Chances(chances.one[rows], chances.two[rows]),
        )
        if chances is not None:
            _same_rating(found)
        return found


def _same_rating(sums: Moments) -> None:
    """Give pairs of dummies of one rating the chance of that rating, not of a pair of ratings."""
    p = sums.touchpoints // 2
    low = np.arange(p)
    high = p + low
    rated, rating = sums.block("rated").start, sums.block("rating").start
    cells = sums.sums
    pairs = (
        (rated + low, rated + high, cells[:, rated + low, rated + low]),
        (rating + low, rated + high, cells[:, rating + low, rated + low]),
        (rated + low, rating + high, cells[:, rated + high, rating + high]),
        (rating + low, rating + high, np.zeros((len(cells), p))),
    )
    for left, right, values in pairs:
        cells[:, left, right] = cells[:, right, left] = values


def dummies(
    contact: Array,
    disappointed: Array,
    delighted: Array,
    outcome: Array,
    *,
    weight: Array,
    outcome_midpoint: Array,
    group: Places,
    covariate: Array | None = None,
    chances: Chances | None = None,
) -> Dummies:
    """Lay the dummies of p touchpoints side by side.

    Parameters
    ----------
    contact, disappointed, delighted : ndarray of shape (n, p)
        1, 0, or NaN where unknown; both dummies are NaN where there is no rating.
    outcome : ndarray of shape (n, q)
    weight, outcome_midpoint, group, covariate, chances
        As in :func:`supertouch.stats.moments.moments`.
    """
    used = weight > 0
    return Dummies(
        contact=np.hstack([contact, contact])[used],
        rating=np.hstack([disappointed, delighted])[used],
        outcome=outcome[used],
        outcome_midpoint=outcome_midpoint,
        weight=weight[used],
        group=group[used],
        covariate=(np.empty((len(weight), 0)) if covariate is None else covariate)[used],
        chances=chances and Chances(chances.one[used], _positive(chances.two[used])),
    )


def _positive(chance: Array) -> Array:
    """Where no pair can be asked there is none to weight, but the two dummies of one rating."""
    return np.where(chance > 0, chance, 1.0)


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


def _covariance(sums: Array, data: Dummies, columns: Places) -> Covariance:
    """Assemble covariances of dummies, contacts and outcomes, positive definite where needed."""
    width, outcomes = data.rating.shape[1], data.outcome.shape[1]
    covariance = held(assemble(sums, touchpoints=width, outcomes=outcomes))
    return repair(covariance, keep=np.concatenate([columns, 2 * width + np.arange(outcomes)]))


def impacts(
    data: Dummies, *, columns: list[Places], multiplicity: Array
) -> tuple[Impacts, Impacts, float]:
    """Regress the outcomes on the dummies of all touchpoints and the contacts.

    Parameters
    ----------
    data : Dummies
    columns : list of ndarray of int, one per outcome
        Driver columns in the model of each outcome: 0..p-1 disappointed, p..2p-1 delighted,
        2p..3p-1 contacts.
    multiplicity : ndarray of shape (b, g)
        How often each resampling group counts in each replicate.

    Returns
    -------
    point : Impacts
        From the sample, with a batch of one. A coefficient that cannot be told from the other
        columns is NaN.
    replicates : Impacts
    repair : float
        Largest change of a correlation that made the sample's matrix positive definite.
    """
    whole = data.sums()
    folded = _folded(whole)
    every = np.unique(np.concatenate(columns))
    sample = _covariance(whole.total()[None], data, every)
    flat = folded.grouped(data, groups=multiplicity.shape[1])
    size = max(1, int(_CHUNK_BYTES / (8 * len(whole.counts) ** 2)))
    parts = [
        _solved(
            _covariance(folded.unfold(multiplicity[at : at + size] @ flat), data, every), columns
        )
        for at in range(0, len(multiplicity), size)
    ]
    names = ("penalty", "reward", "reach", "disappointed")
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    point = _solved(sample, columns, told_apart=True)
    return point, Impacts(*joined), float(sample.repair[0])


def _solved(covariance: Covariance, columns: list[Places], *, told_apart: bool = False) -> Impacts:
    """Solve for the effects; ``told_apart`` empties those of all but collinear columns."""
    p = covariance.touchpoints // 2
    found = np.full((len(covariance.reach), len(columns), 4 * p), np.nan)
    for used, members in _alike(columns):
        effect = effects(covariance, columns=used)[:, members]
        if told_apart:
            known = identified(covariance, columns=used)
            effect = np.where(known[:, None, :], effect, np.nan)
        found[:, np.array(members)[:, None], used] = effect
    return Impacts(
        penalty=found[..., :p],
        reward=found[..., p : 2 * p],
        reach=covariance.reach[:, :p],
        disappointed=covariance.mean[:, :p],
    )


def _alike(columns: list[Places]) -> list[tuple[Places, list[int]]]:
    """Outcomes that are modelled on the same columns are solved together."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for k, used in enumerate(columns):
        groups.setdefault(tuple(int(j) for j in used), []).append(k)
    return [(np.array(used, dtype=np.intp), members) for used, members in groups.items()]


@dataclass(frozen=True, slots=True)
class _Folded:
    """Which products of columns must be summed: columns that are the same for everybody once.

    Attributes
    ----------
    rows, columns : ndarray of int of shape (m,)
        Places of the products that are summed.
    place : ndarray of int of shape (d, d)
        Where each product stands among them.
    """

    rows: Places
    columns: Places
    place: Places

    def unfold(self, flat: Array) -> Array:
        return np.asarray(flat[:, self.place])

    def grouped(self, data: Dummies, *, groups: int) -> Array:
        """Sum the products per resampling group, a few groups at a time: shape (groups, m)."""
        flat = np.zeros((groups, len(self.rows)))
        for first in range(0, groups, _GROUPS_AT_ONCE):
            part = slice(first, min(groups, first + _GROUPS_AT_ONCE))
            sums = data.grouped(part.start, part.stop - part.start)
            flat[part] = sums[:, self.rows, self.columns]
        return flat


def _folded(sums: Moments) -> _Folded:
    """Find columns that are the same for everybody.

    All but outcomes and covariates are 0 or 1. Only columns of one kind are put together, since
    ratings may have weights of their own.
    """
    counts, size = sums.counts, np.diagonal(sums.counts)
    kind = np.zeros(len(size), dtype=np.intp)
    for number, name in enumerate(("known", "met", "rated", "rating", "answered")):
        kind[sums.block(name)] = number + 1
    same = (counts == size[:, None]) & (counts == size) & (kind == kind[:, None]) & (kind > 0)
    np.fill_diagonal(same, True)
    unique, number_of = np.unique(same.argmax(axis=1), return_inverse=True)
    upper = np.triu_indices(len(unique))
    place = np.empty((len(unique), len(unique)), dtype=np.intp)
    place[upper] = place.T[upper] = np.arange(len(upper[0]))
    return _Folded(unique[upper[0]], unique[upper[1]], place[number_of[:, None], number_of])
