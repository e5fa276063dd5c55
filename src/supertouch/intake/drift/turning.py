"""Items that run the other way than before, told from the answers alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.drift.counts import mean
from supertouch.intake.drift.differences import Comparison, Difference, Pair
from supertouch.intake.drift.outline import Profile
from supertouch.intake.drift.scales import turned

__all__ = ["turned_items"]

Array = NDArray[np.float64]

_PAIRS = 50
_CLEAR = 0.15
_AGAINST = -0.5
_MIRRORED = 0.2


def turned_items(both: Comparison, pairs: Sequence[Pair]) -> list[Difference]:
    """Report items that now run against those they ran with, or whose answers are mirrored."""
    items = [pair for pair in pairs if pair.use.scale is not None]
    mirrored = np.array([pair.mirror for pair in items]).reshape(-1, 2)
    against = _against(both, items, gain=mirrored[:, 0] - mirrored[:, 1])
    clear = (mirrored[:, 0] >= _MIRRORED) & (mirrored[:, 1] <= mirrored[:, 0] / 2)
    all_turned = len(items) >= 3 and clear.mean() >= 0.6
    rows = []
    for at, pair in enumerate(items):
        if at in against:
            old, new = against[at]
            rows.append(
                turned(
                    both,
                    pair,
                    f"r with the other items {old:+.2f}",
                    f"r {new:+.2f}",
                    size=mirrored[at, 0],
                )
            )
        elif all_turned and clear[at]:
            told = (
                f"mean {mean(pair.then):.2f}",
                f"mean {mean(pair.now):.2f}",
            )
            rows.append(turned(both, pair, *told, size=mirrored[at, 0]))
    return rows


def _against(
    both: Comparison, items: Sequence[Pair], *, gain: Array
) -> dict[int, tuple[float, float]]:
    """Return the items whose correlations with the others changed sign, with both means of r.

    Which items turned is told from the products of both waves' correlations: their signs split
    the items into two parties. The one that turned is that whose answers look mirrored. Only
    correlations with the other party count as evidence.
    """
    r_old = _correlations(both.before, [pair.old_name for pair in items])
    r_new = _correlations(both.now, [pair.new_name for pair in items])
    product = np.nan_to_num(r_old * r_new)
    if not (product < 0).any():
        return {}
    found = {}
    for party in _parties(product, gain):
        rest = ~party
        for i in np.flatnonzero(party):
            partners = rest & ~np.isnan(r_old[i]) & ~np.isnan(r_new[i])
            old, new = r_old[i, partners], r_new[i, partners]
            if not partners.any() or min((old**2).mean(), (new**2).mean()) < _CLEAR**2:
                continue
            if float(old @ new) <= _AGAINST * np.sqrt((old**2).sum() * (new**2).sum()):
                way = np.sign(old)
                found[int(i)] = float((old * way).mean()), float((new * way).mean())
    return found


def _parties(product: Array, gain: Array) -> Iterator[NDArray[np.bool_]]:
    """Yield, for each group of items that go together at all, those that turned against the rest.

    ``gain`` is by how much the answers come nearer to those before if the scale is turned.
    """
    from scipy.sparse.csgraph import connected_components

    _, group = connected_components(np.abs(product) >= _CLEAR**2, directed=False)
    for number in np.unique(group):
        mine = group == number
        if mine.sum() < 2:
            continue
        within = np.where(np.outer(mine, mine), product, 0.0)
        against = mine & (np.linalg.eigh(within)[1][:, -1] < 0)
        if against.sum() * 2 > mine.sum():
            against = mine & ~against
        lead = gain[mine & ~against].sum() - gain[against].sum()
        yield mine & ~against if lead > _MIRRORED else against


def _correlations(profile: Profile, names: Sequence[str]) -> Array:
    """Return the correlations of these columns; NaN where too few rows answered both."""
    place = {name: i for i, name in enumerate(profile.items)}
    at = [place.get(name, -1) for name in names]
    size = len(profile.items)
    padded = np.full((size + 1, size + 1), np.nan)
    padded[:size, :size] = np.where(profile.pairs >= _PAIRS, profile.r, np.nan)
    found = padded[np.ix_(at, at)]
    np.fill_diagonal(found, np.nan)
    return found
