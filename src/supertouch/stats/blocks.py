"""Balanced plans for split questionnaires: which items go together into which block."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import Problem, UnsupportedError

__all__ = ["BlockPlan", "balanced_blocks"]

Integers = NDArray[np.int64]

MOST_BLOCKS = 60
MOST_BUNDLES = 16
GOOD = 0.75
SWEEPS = 40
STARTS = 12


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """Blocks of items, each respondent being asked one block.

    Attributes
    ----------
    blocks : tuple of tuple of int
        Places of the items in each block, rising.
    singles : tuple of int
        In how many blocks an item is: the fewest and the most.
    pairs : tuple of int
        In how many blocks a pair of items is together: the fewest and the most.
    efficiency : float
        How often the rarest pair is asked together, as a part of what drawing the items anew for
        each respondent would give to every pair; 1 is perfect balance.
    """

    blocks: tuple[tuple[int, ...], ...]
    singles: tuple[int, int]
    pairs: tuple[int, int]
    efficiency: float


def balanced_blocks(items: int, most: int, *, seed: int) -> BlockPlan:
    """Plan blocks of at most ``most`` items, every item equally often, every pair at least once.

    Driver models rest on pairs of touchpoints that the same people were asked about; so the rarest
    pair counts. Items are put into bundles of equal size (of one item, where there are few), and
    bundles into blocks: dealt at random, then exchanged between two blocks as long as that makes
    the counts of pairs more equal (least sum of squares; Nguyen 1994 builds incomplete block
    designs alike). The smallest number of blocks is taken with which the rarest pair is asked
    three quarters as often as if the items were drawn anew for each respondent; of several such
    plans, the one with the most frequent rarest pair.

    Parameters
    ----------
    items : int
        Number of items.
    most : int
        Items that a respondent is asked at most.
    seed : int
        The same seed gives the same plan.

    Raises
    ------
    UnsupportedError
        If there are fewer than two items to a block, or no plan of up to 60 blocks has every pair.

    References
    ----------
    Nguyen, N.-K. (1994). Construction of optimal block designs by computer. Technometrics 36.

    Examples
    --------
    >>> plan = balanced_blocks(7, 3, seed=1)
    >>> len(plan.blocks), plan.singles, plan.pairs, round(plan.efficiency, 2)
    (7, (3, 3), (1, 1), 1.0)
    """
    if most >= items:
        return _told(np.ones((1, items), dtype=np.int64), most)
    best: BlockPlan | None = None
    for number in range(2, MOST_BLOCKS + 1):
        for bundles in range(3, min(items, MOST_BUNDLES) + 1):
            least = 0.0 if best is None else best.efficiency
            plan = _bundled(items, most, bundles, number, least=least, seed=seed)
            best = plan or best
        if best is not None and best.efficiency >= GOOD:
            break
    if best is None:
        rule = f"is too few of {items} to ask every pair together in up to {MOST_BLOCKS} blocks."
        remedy = "Ask more touchpoints of each respondent, or list fewer."
        place = "blocks of the questionnaire"
        raise UnsupportedError(Problem(place, f"most = {most}", rule, remedy))
    return best


def _bundled(
    items: int, most: int, bundles: int, number: int, *, least: float, seed: int
) -> BlockPlan | None:
    """Plan ``number`` blocks of whole bundles; None unless the rarest pair passes ``least``."""
    large, more = divmod(items, bundles)
    size = next((c for c in range(bundles, 0, -1) if c * large + min(c, more) <= most), 0)
    times, rest = divmod(number * size, bundles)
    if rest or size < 2:
        return None
    reachable = min(times * (size - 1) // (bundles - 1), times)
    if reachable < 1 or reachable / number / _free(items, most) <= least:
        return None
    members = np.arange(items) % bundles
    found = None
    for start in range(STARTS):
        rng = np.random.default_rng([seed, number, bundles, start])
        held = _exchanged(_started(bundles, number, times, rng), rng)
        plan = _told(held[:, members], most)
        if plan.pairs[0] and plan.efficiency > least:
            found, least = plan, plan.efficiency
        if plan.pairs[0] == reachable:
            break
    return found


def _free(items: int, most: int) -> float:
    """Return the share of respondents asked a given pair where items are drawn anew for each."""
    return most * (most - 1) / (items * (items - 1))


def _started(items: int, number: int, times: int, rng: np.random.Generator) -> Integers:
    """Deal every item ``times`` times into the blocks that are shortest, by chance among these."""
    held = np.zeros((number, items), dtype=np.int64)
    for item in np.repeat(rng.permutation(items), times):
        length = held.sum(axis=1) + rng.random(number) + number * items * held[:, item]
        held[np.argmin(length), item] = 1
    return held


def _exchanged(held: Integers, rng: np.random.Generator) -> Integers:
    """Exchange items between blocks as long as pairs become more equal."""
    together = held.T @ held
    pairs = np.array(list(combinations(range(len(held)), 2)))
    for _ in range(SWEEPS):
        better = False
        for one, other in rng.permutation(pairs):
            better |= _exchange(held, together, one, other)
        if not better:
            break
    return held


def _exchange(held: Integers, together: Integers, one: int, other: int) -> bool:
    """Make the best exchange between two blocks, if any helps, in place."""
    own = np.flatnonzero(held[one] > held[other])
    theirs = np.flatnonzero(held[other] > held[one])
    if not len(own) or not len(theirs):
        return False
    near, far = together[:, own].sum(axis=1), together[:, theirs].sum(axis=1)
    times = np.diagonal(together)
    loss = (far - near + times)[own][:, None] + (near - far + times)[theirs][None, :]
    loss = loss - 2 * together[np.ix_(own, theirs)] + len(own) + len(theirs) - 2
    place = int(np.argmin(loss))
    if loss.flat[place] >= 0:
        return False
    leaves, comes = own[place // len(theirs)], theirs[place % len(theirs)]
    held[one, [leaves, comes]] = 0, 1
    held[other, [leaves, comes]] = 1, 0
    together[:] = held.T @ held
    return True


def _told(held: Integers, most: int) -> BlockPlan:
    number, items = held.shape
    singles = held.sum(axis=0)
    pairs = (held.T @ held)[np.triu_indices(items, 1)]
    fewest, largest = (int(pairs.min()), int(pairs.max())) if len(pairs) else (number, number)
    free = _free(items, most) if items > max(most, 1) else 1.0
    return BlockPlan(
        blocks=tuple(tuple(map(int, np.flatnonzero(row))) for row in held),
        singles=(int(singles.min()), int(singles.max())),
        pairs=(fewest, largest),
        efficiency=fewest / number / free,
    )
