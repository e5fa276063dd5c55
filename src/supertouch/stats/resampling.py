"""One bootstrap for every number: sampling units drawn within strata, in random groups.

Replicates are sums of the units' moments with Rao & Wu's (1988) rescaled multiplicities, which
are right for few units per stratum too. In a panel the multiplicities are a Bayesian bootstrap's
(Rubin 1981), since these can be tied to a unit, whoever else is in the wave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError

__all__ = [
    "Design",
    "Groups",
    "assign",
    "group_units",
    "hashed",
    "multiplicities",
    "panel_multiplicities",
]

Array = NDArray[np.float64]
Text = NDArray[np.object_]

_FEWEST_SLOTS = 8
_ONE_OF_TWO = 1e-3


@dataclass(frozen=True, slots=True)
class Groups:
    """Resampling groups of n respondents.

    Attributes
    ----------
    index : ndarray of int of shape (n,)
        Group of each respondent.
    stratum : ndarray of int of shape (g,)
        Stratum of each group.
    unit : ndarray of int of shape (n,)
        Sampling unit of each respondent.
    unit_stratum : ndarray of int of shape (u,)
        Stratum of each unit, after collapsing.
    strata : int
        Number of strata after collapsing.
    collapsed : int
        Strata with a single unit, which were joined to another.
    straddling : int
        Units found in several strata, counted to the one that holds most of their rows.
    size : ndarray of int of shape (g,)
        Number of units in each group.
    key : ndarray of int of shape (g,) or None
        In a panel, what a group is known by in every wave.
    """

    index: NDArray[np.intp]
    stratum: NDArray[np.intp]
    unit: NDArray[np.intp]
    unit_stratum: NDArray[np.intp]
    strata: int
    collapsed: int
    straddling: int
    size: NDArray[np.intp]
    key: NDArray[np.uint64] | None = None

    @property
    def units(self) -> int:
        """Number of sampling units."""
        return len(self.unit_stratum)

    @property
    def degrees(self) -> int:
        """Degrees of freedom: groups less strata."""
        return len(self.stratum) - self.strata


@dataclass(frozen=True, slots=True)
class Design:
    """Resampling groups without the respondents in them.

    Attributes
    ----------
    stratum, size, key
        As of :class:`Groups`.
    units, strata, collapsed, straddling : int
    """

    stratum: NDArray[np.intp]
    size: NDArray[np.intp]
    units: int
    strata: int
    collapsed: int
    straddling: int
    key: NDArray[np.uint64] | None = None


def group_units(
    unit: Text, stratum: Text, *, seed: int, groups: int = 400, panel: bool = False
) -> Groups:
    """Put the sampling units of each stratum into random groups.

    A unit is a cluster, or a respondent where there are none. With at most ``groups`` units each
    is a group of its own; more are spread by a hash of seed and unit, in proportion to the units
    of each stratum.

    Parameters
    ----------
    unit, stratum : ndarray of str of shape (n,)
        Sampling unit and stratum of each respondent.
    panel : bool
        Whether units come back in other waves. Then the hash alone says which group a unit is in,
        so that it is in the same one in every wave that has the stratum and about as many strata.
    """
    names, of_row = np.unique(unit.astype(str), return_inverse=True)
    labels, row_stratum = np.unique(stratum.astype(str), return_inverse=True)
    table = np.zeros((len(names), len(labels)), dtype=np.intp)
    np.add.at(table, (of_row, row_stratum), 1)
    made, group, home = assign(
        hashed(names, seed),
        table.argmax(axis=1),
        labels,
        seed=seed,
        groups=groups,
        panel=panel,
        straddling=int(((table > 0).sum(axis=1) > 1).sum()),
    )
    return Groups(
        index=group[of_row],
        stratum=made.stratum,
        unit=of_row,
        unit_stratum=home,
        strata=made.strata,
        collapsed=made.collapsed,
        straddling=made.straddling,
        size=made.size,
        key=made.key,
    )


def assign(
    hashes: NDArray[np.uint64],
    home: NDArray[np.intp],
    labels: NDArray[np.str_],
    *,
    seed: int,
    groups: int,
    panel: bool,
    straddling: int = 0,
) -> tuple[Design, NDArray[np.intp], NDArray[np.intp]]:
    """Put u units into resampling groups by their hashes.

    Parameters
    ----------
    hashes : ndarray of uint64 of shape (u,)
        From :func:`hashed`.
    home : ndarray of int of shape (u,)
        Place of each unit's stratum among ``labels``.
    labels : ndarray of str
        Names of the strata, sorted.
    straddling : int
        Units found in several strata.

    Returns
    -------
    Design
    ndarray of int of shape (u,)
        Group of each unit.
    ndarray of int of shape (u,)
        Stratum of each unit, after collapsing.
    """
    home, collapsed = _collapse(home)
    present, home = np.unique(home, return_inverse=True)
    group, key = (
        _slots(hashes, home, labels[present], groups=groups, seed=seed)
        if panel
        else (_evenly(hashes, home, groups=groups), None)
    )
    size = np.bincount(group)
    first = np.empty(len(size), dtype=np.intp)
    first[group[::-1]] = np.arange(len(group))[::-1]
    design = Design(
        stratum=home[first],
        size=size,
        units=len(home),
        strata=len(present),
        collapsed=collapsed,
        straddling=straddling,
        key=key,
    )
    return design, group, home


def _evenly(hashes: NDArray[np.uint64], home: NDArray[np.intp], *, groups: int) -> NDArray[np.intp]:
    """Put the units of each stratum into groups of equal size, in the order of their hashes."""
    sizes = np.bincount(home)
    order = np.lexsort((hashes, home))
    place = np.empty(len(home), dtype=np.intp)
    place[order] = np.arange(len(home)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    allotted = _allot(sizes, groups)
    inside = place * allotted[home] // sizes[home]
    return np.asarray((np.cumsum(allotted) - allotted)[home] + inside)


def _slots(
    hashes: NDArray[np.uint64],
    home: NDArray[np.intp],
    labels: NDArray[np.str_],
    *,
    groups: int,
    seed: int,
) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """Put units into groups by their hash alone; returns the groups and what they are known by.

    The number of slots of a stratum changes only where the number of strata doubles. A stratum
    whose units fall into one slot has a group for each of them, so that their spread is seen.
    """
    slots = max(_FEWEST_SLOTS, groups >> (len(labels).bit_length() - 1))
    slot = hashes % np.uint64(slots)
    filled = np.bincount(np.unique(np.column_stack([home, slot]), axis=0)[:, 0].astype(np.intp))
    alone = (filled == 1)[home]
    names = [
        f"{stratum}\n{slots}\n{'unit' if single else 'slot'}\n{number}"
        for stratum, single, number in zip(
            labels[home], alone, np.where(alone, hashes, slot), strict=True
        )
    ]
    known, first, group = np.unique(np.array(names), return_index=True, return_inverse=True)
    order = np.argsort(home[first], kind="stable")
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return place[group], hashed(known[order], seed)


def hashed(names: NDArray[np.str_] | Text, seed: int) -> NDArray[np.uint64]:
    """Return a number for each unit that its name and the seed alone decide."""
    from hashlib import blake2b

    key = str(seed).encode()
    return np.array(
        [int.from_bytes(blake2b(name.encode(), digest_size=8, key=key).digest()) for name in names],
        dtype=np.uint64,
    )


def _collapse(home: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    """Join every stratum of one unit to the smallest other one; and count them."""
    sizes = np.bincount(home)
    single = np.flatnonzero(sizes == 1)
    if not len(single) or (sizes > 0).sum() == 1:
        return home, 0
    larger = np.flatnonzero(sizes > 1)
    target = larger[sizes[larger].argmin()] if len(larger) else single[0]
    return np.where(np.isin(home, single), target, home), len(single)


def _allot(sizes: NDArray[np.intp], groups: int) -> NDArray[np.intp]:
    """Allot groups to strata: all units where they fit, else in proportion, two at the least."""
    if sizes.sum() <= groups:
        return sizes
    share = np.round(groups * sizes / sizes.sum()).astype(np.intp)
    return np.asarray(np.minimum(sizes, np.maximum(2, share)))


def multiplicities(
    stratum: NDArray[np.intp], *, replicates: int, rng: np.random.Generator
) -> Array:
    """Draw how often each group counts in each replicate.

    In a stratum of m groups, m - 1 are drawn with replacement and counted m / (m - 1) times, so
    that the spread over replicates is an unbiased estimate of the sampling variance.

    Returns
    -------
    ndarray of shape (replicates, g)
        Each stratum's multiplicities sum to its number of groups.
    """
    result = np.empty((replicates, len(stratum)))
    for h in np.unique(stratum):
        inside = np.flatnonzero(stratum == h)
        m = len(inside)
        if m == 1:
            result[:, inside] = 1.0
            continue
        counts = rng.multinomial(m - 1, np.full(m, 1 / m), size=replicates)
        result[:, inside] = counts * (m / (m - 1))
    return result


def panel_multiplicities(groups: Groups | Design, *, replicates: int, seed: int) -> Array:
    """Draw how often each group of a panel counts: nearly alike in every wave where it is.

    In a stratum of u units in m groups, the groups' weights are Dirichlet with parameters that
    add up to m - 2, in proportion to the groups' units. So every unit counts once on average, the
    stratum keeps its number of units in every replicate, and the spread over replicates is an
    unbiased estimate of the sampling variance. The weights come from uniform numbers that belong
    to the group: what is common to two waves moves both alike.

    Parameters
    ----------
    groups : Groups or Design
        Of :func:`group_units` with ``panel``.

    Returns
    -------
    ndarray of shape (replicates, g)

    Raises
    ------
    UnsupportedError
        If the groups are not those of a panel.
    """
    if groups.key is None:
        raise UnsupportedError("Groups without keys cannot be known again in another wave.")
    uniform = np.column_stack(
        [np.random.default_rng([seed, int(key)]).random(replicates) for key in groups.key]
    )
    result = np.ones((replicates, len(groups.stratum)))
    for h in np.unique(groups.stratum):
        inside = np.flatnonzero(groups.stratum == h)
        if len(inside) > 1:
            share = groups.size[inside] / groups.size[inside].sum()
            shape = max(len(inside) - 2, _ONE_OF_TWO) * share
            result[:, inside] = _dirichlet(uniform[:, inside], shape) / share
    return result


def _dirichlet(uniform: Array, shape: Array) -> Array:
    """Turn uniform numbers into Dirichlet weights, by gamma quantiles in logs."""
    from scipy.special import gammaincinv, gammaln

    quantile = gammaincinv(shape, uniform)
    small = quantile < np.finfo(float).tiny
    logs = np.log(np.where(small, 1.0, quantile))
    tail = (np.log(np.clip(uniform, 1e-300, None)) + gammaln(1 + shape)) / shape
    logs = np.where(small, tail, logs)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
