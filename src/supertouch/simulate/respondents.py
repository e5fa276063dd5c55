"""Respondents drawn from a design: first everything that is true of them, then what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from supertouch.simulate.design import Design, OutcomeDesign
from supertouch.study.model import EMPTIES

__all__ = [
    "ANSWERED",
    "Complete",
    "Simulated",
    "mean_rating",
    "met_both",
    "population",
    "simulate",
]

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Float = TypeVar("Float", np.float32, np.float64)

ANSWERED = ("", *EMPTIES)
_NOT_MET, _NOT_ASKED, _DONT_KNOW, _REFUSED = (ANSWERED.index(kind) for kind in EMPTIES)


@dataclass(frozen=True, slots=True, eq=False)
class Complete:
    """Everything that is true of n people, whether they are asked or not.

    Attributes
    ----------
    met : ndarray of bool of shape (n, p)
    rating : ndarray of float32 of shape (n, p)
        The rating that they give, or would have given had they met the touchpoint.
    items : tuple of ndarray of float32 of shape (n, items)
        Answers to the items of each outcome as they stand in the questionnaire; NaN in
        every row that is not asked this outcome.
    outcomes : ndarray of float32 of shape (n, q)
        Scores; more is better.
    groups : ndarray of int of shape (n, g)
        Value index of each grouping.
    cluster : ndarray of int of shape (n,)
    """

    met: NDArray[np.bool_]
    rating: Floats
    items: tuple[Floats, ...]
    outcomes: Floats
    groups: Integers
    cluster: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """What n respondents answer, and the complete truth behind it.

    Attributes
    ----------
    contact : ndarray of shape (n, p)
        1 met, 0 not met, NaN unknown.
    contact_empty, rating_empty : ndarray of int8 of shape (n, p)
        Index into ``ANSWERED``: 0 answered, else the kind of empty.
    rating : ndarray of shape (n, p)
        NaN where empty; a rating implies contact.
    items : tuple of ndarray of shape (n, items)
        Answers to each outcome's items, NaN where empty.
    outcomes : ndarray of shape (n, q)
        Scores, NaN where no item is answered.
    weight : ndarray of shape (n,)
        Inverse sampling rate, mean 1.
    cluster, stratum : ndarray of int of shape (n,)
    segments : ndarray of int of shape (n, g)
        Value index of each grouping of the design.
    complete : Complete
    """

    contact: Array
    contact_empty: NDArray[np.int8]
    rating: Array
    rating_empty: NDArray[np.int8]
    items: tuple[Array, ...]
    outcomes: Array
    weight: Array
    cluster: Integers
    stratum: Integers
    segments: Integers
    complete: Complete


def simulate(design: Design, n: int, rng: np.random.Generator) -> Simulated:
    """Interview ``n`` respondents as the design's sampling and questionnaire have it.

    Outcomes depend on what people experienced; planned missingness, don't-knows and refusals
    only blank the answer.

    Examples
    --------
    >>> import numpy as np
    >>> from supertouch.simulate import fair
    >>> simulate(fair(3), 5, np.random.default_rng(1)).rating.shape
    (5, 3)
    """
    groups, weight = _sampled_groups(design, n, rng)
    complete = _complete(design, groups, rng)
    met = complete.met
    unknown = rng.random(met.shape) < design.unknown_contact
    contact_empty = np.where(unknown, _DONT_KNOW, 0).astype(np.int8)
    rating_empty = _rating_empty(design, met, unknown, rng)
    blank = [rng.random(items.shape) < design.outcome_refused for items in complete.items]
    items = tuple(
        np.where(gap, np.nan, answers).astype(np.float64)
        for answers, gap in zip(complete.items, blank, strict=True)
    )
    return Simulated(
        contact=np.where(unknown, np.nan, met.astype(np.float64)),
        contact_empty=contact_empty,
        rating=np.where(rating_empty == 0, complete.rating.astype(np.float64), np.nan),
        rating_empty=rating_empty,
        items=items,
        outcomes=_scores(design, items),
        weight=weight,
        cluster=complete.cluster,
        stratum=_strata(design, groups, complete.cluster),
        segments=groups,
        complete=complete,
    )


def population(design: Design, n: int, rng: np.random.Generator) -> Complete:
    """Draw ``n`` people from the population itself: no oversampling and no empties."""
    shares = [g.shares / g.shares.sum() for g in design.groupings]
    groups = [rng.choice(len(share), size=n, p=share) for share in shares]
    return _complete(design, np.array(groups, dtype=np.int64).reshape(-1, n).T, rng)


def mean_rating(design: Design) -> Array:
    """Return the exact mean rating of each touchpoint among those who meet it, shape (p,)."""
    share, contact, rating = _cells(design)
    reach = share[:, None] * ndtr(_propensity(design) + contact)
    center = design.mean + rating[:, None]
    above = ndtr((center[..., None] - design.thresholds) / design.spread[:, None])
    mean = 1 + above.sum(axis=-1)
    return np.asarray((reach * mean).sum(axis=0) / reach.sum(axis=0))


def met_both(design: Design, j: int, k: int) -> float:
    """Return the exact share of the population that meets both of two touchpoints."""
    from scipy.stats import multivariate_normal

    share, contact, _ = _cells(design)
    ends = (_propensity(design) + contact + np.zeros((1, design.p)))[:, [j, k]]
    alike = design.heavy_use + design.seek[j] * design.seek[k]
    joint = multivariate_normal(cov=[[1, alike], [alike, 1]], allow_singular=True)
    return float(share @ np.array([joint.cdf(end) for end in ends]))


def _cells(design: Design) -> tuple[Array, Array, Array]:
    """Return share, shift of contact and shift of ratings of each crossing of the groupings."""
    share, contact, rating = [], [], []
    for values in product(*(range(len(g.shares)) for g in design.groupings)):
        own = list(zip(design.groupings, values, strict=True))
        share.append(np.prod([g.shares[v] / g.shares.sum() for g, v in own]))
        contact.append(np.zeros(design.p) + sum(g.contact[v] for g, v in own))
        rating.append(sum(float(g.rating[v]) for g, v in own))
    return np.array(share), np.array(contact), np.array(rating, dtype=np.float64)


def _propensity(design: Design) -> Array:
    """Solve for the propensity to meet each touchpoint that gives its reach over all cells."""
    share, contact, _ = _cells(design)
    low, high = np.full(design.p, -12.0), np.full(design.p, 12.0)
    for _ in range(60):
        middle = (low + high) / 2
        below = share @ ndtr(middle + contact) < design.reach
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)


def _sampled_groups(design: Design, n: int, rng: np.random.Generator) -> tuple[Integers, Array]:
    """Allot the first grouping in fixed numbers, draw the others, and weigh by the inverse rate."""
    columns, weight = [], np.ones(n)
    for position, grouping in enumerate(design.groupings):
        if position == 0 and design.cluster_size == 1:
            values = rng.permutation(_allotted(grouping.sampled, n))
        else:
            values = rng.choice(len(grouping.shares), size=n, p=grouping.sampled)
        columns.append(values)
        weight /= grouping.rates[values]
    return np.array(columns, dtype=np.int64).reshape(-1, n).T, weight / weight.mean()


def _allotted(shares: Array, n: int) -> Integers:
    counts = np.floor(shares * n).astype(int)
    largest = np.argsort(counts - shares * n, kind="stable")[: n - counts.sum()]
    counts[largest] += 1
    return np.repeat(np.arange(len(shares)), counts)


def _strata(design: Design, groups: Integers, cluster: Integers) -> Integers:
    if design.cluster_size == 1 and groups.shape[1]:
        return groups[:, 0]
    return cluster % design.strata


def _complete(design: Design, groups: Integers, rng: np.random.Generator) -> Complete:
    n, p = len(groups), design.p
    cluster = np.arange(n) // design.cluster_size
    mood, heavy, loyal = (_trait(design, cluster, rng) for _ in range(3))
    met = _propensity(design).astype(np.float32) + _shifts(design, groups, "contact", p)
    met += np.float32(np.sqrt(design.heavy_use)) * heavy[:, None]
    met += loyal[:, None] * design.seek.astype(np.float32)
    own = np.sqrt(1 - design.heavy_use - design.seek**2).astype(np.float32)
    met += own * rng.standard_normal((n, p), dtype=np.float32)
    felt = np.float32(np.sqrt(1 - design.halo)) * rng.standard_normal((n, p), dtype=np.float32)
    felt += np.float32(np.sqrt(design.halo)) * mood[:, None]
    felt *= design.spread.astype(np.float32)
    felt += design.mean.astype(np.float32) + _shifts(design, groups, "rating", 1)
    rating = np.ones((n, p), dtype=np.float32)
    for threshold in design.thresholds.astype(np.float32):
        rating += felt > threshold
    reached = met > 0
    traits = np.column_stack([mood, loyal])
    items = _answers(design, reached, rating, traits, groups, cluster, rng)
    return Complete(reached, rating, items, _scores(design, items), groups, cluster)


def _trait(design: Design, cluster: Integers, rng: np.random.Generator) -> Floats:
    """Draw a standard normal trait, part of which is common to the members of a cluster."""
    own = rng.standard_normal(len(cluster), dtype=np.float32)
    if not design.icc or not len(cluster):
        return own
    common = rng.standard_normal(int(cluster[-1]) + 1, dtype=np.float32)[cluster]
    share = np.float32(design.icc)
    return np.asarray(np.sqrt(share) * common + np.sqrt(1 - share) * own)


def _shifts(design: Design, groups: Integers, what: str, width: int) -> Floats:
    total = np.zeros((len(groups), width), dtype=np.float32)
    for position, grouping in enumerate(design.groupings):
        shift = getattr(grouping, what).astype(np.float32)
        total += shift.reshape(len(shift), -1)[groups[:, position]]
    return total


def _answers(
    design: Design,
    met: NDArray[np.bool_],
    rating: Floats,
    traits: Floats,
    groups: Integers,
    cluster: Integers,
    rng: np.random.Generator,
) -> tuple[Floats, ...]:
    """Answer the items of all outcomes from contacts, experiences, person and noise."""
    q = len(design.outcomes)
    z = met * (rating - mean_rating(design).astype(np.float32))
    c: Floats = met.astype(np.float32) - design.reach.astype(np.float32)
    beta = np.array([outcome.beta for outcome in design.outcomes], dtype=np.float32).T
    gamma = np.array([outcome.gamma for outcome in design.outcomes], dtype=np.float32).T
    person = np.array([[o.mood, o.loyal] for o in design.outcomes], dtype=np.float32).T
    latent = z @ beta + c @ gamma + traits @ person + _shifts(design, groups, "outcomes", q)
    for place, outcome in enumerate(design.outcomes):
        for j, k, points in outcome.synergy:
            product = c[:, j] * c[:, k] + design.reach[j] * design.reach[k]
            latent[:, place] += points * (product - met_both(design, j, k))
    answers = []
    for k, outcome in enumerate(design.outcomes):
        noise = np.float32(outcome.noise) * _trait(design, cluster, rng)
        drawn = _DRAW[outcome.kind](outcome, latent[:, k] + np.float32(outcome.level), noise, rng)
        asked = _asked(design, outcome, groups)[:, None]
        answers.append(np.where(asked, drawn, np.float32(np.nan)))
    return tuple(answers)


def _continuous(
    outcome: OutcomeDesign, latent: Floats, noise: Floats, rng: np.random.Generator
) -> Floats:
    del outcome, rng
    return np.asarray((latent + noise)[:, None])


def _rounded(
    outcome: OutcomeDesign, latent: Floats, noise: Floats, rng: np.random.Generator
) -> Floats:
    del rng
    return np.asarray(np.clip(np.rint(latent + noise), outcome.minimum, outcome.maximum)[:, None])


def _scale(
    outcome: OutcomeDesign, latent: Floats, noise: Floats, rng: np.random.Generator
) -> Floats:
    spread = rng.standard_normal((len(latent), outcome.items), dtype=np.float32)
    felt = (latent + noise)[:, None] + np.float32(outcome.item_noise) * spread
    answers = np.clip(np.rint(felt), outcome.minimum, outcome.maximum)
    for item in outcome.reversed_items:
        answers[:, item] = outcome.minimum + outcome.maximum - answers[:, item]
    return answers


def _binary(
    outcome: OutcomeDesign, latent: Floats, noise: Floats, rng: np.random.Generator
) -> Floats:
    del outcome, noise
    return (rng.random(len(latent), dtype=np.float32) < latent).astype(np.float32)[:, None]


_DRAW = {"continuous": _continuous, "rounded": _rounded, "scale": _scale, "binary": _binary}


def _asked(design: Design, outcome: OutcomeDesign, groups: Integers) -> NDArray[np.bool_]:
    if outcome.asked_of is None:
        return np.ones(len(groups), dtype=bool)
    name, values = outcome.asked_of
    position = [grouping.id for grouping in design.groupings].index(name)
    return np.isin(groups[:, position], values)


def _scores(design: Design, items: tuple[NDArray[Float], ...]) -> NDArray[Float]:
    return np.column_stack(
        [_score(outcome, own) for outcome, own in zip(design.outcomes, items, strict=True)]
    )


def _score(outcome: OutcomeDesign, items: NDArray[Float]) -> NDArray[Float]:
    """Turn the reversed items and average those that were answered."""
    turned = items.copy()
    for item in outcome.reversed_items:
        turned[:, item] = outcome.minimum + outcome.maximum - turned[:, item]
    answered = ~np.isnan(turned)
    count = answered.sum(axis=1)
    total = np.where(answered, turned, 0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(items.dtype)


def _rating_empty(
    design: Design,
    met: NDArray[np.bool_],
    unknown: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Say why each rating is empty; routing comes before planned missingness before the person."""
    draw = rng.random(met.shape)
    asked = rng.random(met.shape) < design.ask_rate
    if design.most_ratings is not None:
        asked &= _drawn(met & ~unknown, design.most_ratings, rng)
    said = np.where(draw < design.dont_know, _DONT_KNOW, 0)
    said = np.where((said == 0) & (draw < design.dont_know + design.refused), _REFUSED, said)
    kind = np.where(asked, said, _NOT_ASKED)
    kind = np.where(met, kind, _NOT_MET)
    return np.asarray(np.where(unknown, _NOT_ASKED, kind), dtype=np.int8)


def _drawn(met: NDArray[np.bool_], most: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw at most ``most`` of the touchpoints that each person met."""
    lot = np.where(met, rng.random(met.shape), 2.0)
    place = lot.argsort(axis=1).argsort(axis=1)
    return np.asarray(met & (place < most))
