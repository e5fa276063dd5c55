"""One bootstrap for every number: sampling units drawn within strata, in random groups.

Replicates are sums of the units' moments with Rao & Wu's (1988) rescaled multiplicities, which
are right for few units per stratum too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Groups", "group_units", "multiplicities"]

Array = NDArray[np.float64]
Text = NDArray[np.object_]


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
    """

    index: NDArray[np.intp]
    stratum: NDArray[np.intp]
    unit: NDArray[np.intp]
    unit_stratum: NDArray[np.intp]
    strata: int
    collapsed: int
    straddling: int

    @property
    def units(self) -> int:
        """Number of sampling units."""
        return len(self.unit_stratum)

    @property
    def degrees(self) -> int:
        """Degrees of freedom: groups less strata."""
        return len(self.stratum) - self.strata


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
        so that it is in the same one in every wave with the same strata.
    """
    names, of_row = np.unique(unit.astype(str), return_inverse=True)
    _, row_stratum = np.unique(stratum.astype(str), return_inverse=True)
    table = np.zeros((len(names), row_stratum.max() + 1), dtype=np.intp)
    np.add.at(table, (of_row, row_stratum), 1)
    home, collapsed = _collapse(table.argmax(axis=1))
    sizes = np.bincount(home)
    order = np.lexsort((_hash(names, seed), home))
    place = np.empty(len(names), dtype=np.intp)
    place[order] = np.arange(len(names)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    if panel:
        allotted = np.full(len(sizes), max(2, groups // len(sizes)), dtype=np.intp)
        inside = (_hash(names, seed) % allotted[home].astype(np.uint64)).astype(np.intp)
    else:
        allotted = _allot(sizes, groups)
        inside = place * allotted[home] // sizes[home]
    group = (np.cumsum(allotted) - allotted)[home] + inside
    return Groups(
        index=group[of_row],
        stratum=np.repeat(np.arange(len(sizes)), allotted),
        unit=of_row,
        unit_stratum=home,
        strata=len(sizes),
        collapsed=collapsed,
        straddling=int(((table > 0).sum(axis=1) > 1).sum()),
    )


def _hash(names: NDArray[np.str_], seed: int) -> NDArray[np.uint64]:
    from hashlib import blake2b

    key = str(seed).encode()
    return np.array(
        [int.from_bytes(blake2b(name.encode(), digest_size=8, key=key).digest()) for name in names],
        dtype=np.uint64,
    )


def _collapse(home: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    """Join every stratum of one unit to the smallest other one."""
    sizes = np.bincount(home)
    single = np.flatnonzero(sizes == 1)
    if len(single) and len(sizes) > 1:
        larger = np.flatnonzero(sizes > 1)
        target = larger[sizes[larger].argmin()] if len(larger) else single[0]
        home = np.where(np.isin(home, single), target, home)
    collapsed = len(single) if len(sizes) > 1 else 0
    return np.unique(home, return_inverse=True)[1], collapsed


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
