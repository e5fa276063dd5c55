"""The truth of a design: what an analysis of the whole population would find."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError
from supertouch.simulate.design import Design
from supertouch.simulate.respondents import mean_rating, population
from supertouch.stats.importance import lmg, owen
from supertouch.stats.orders import circles, sampled_lmg

__all__ = ["PairTruth", "Sums", "Truth", "add_up", "truth", "truth_of"]

Array = NDArray[np.float64]

_CHUNK = 50_000
_CIRCLES = 64
_PASSIVES, _PROMOTERS = 6.5, 8.5
_ERRORS = 3.0


@dataclass(frozen=True, slots=True)
class PairTruth:
    """What meeting two touchpoints is truly worth beyond meeting each, for one outcome.

    Attributes
    ----------
    outcome : str
    first, second : int
        Places in the design.
    planted, found : float
        Outcome points of the design; and the coefficient of c_j c_k when it is added to the
        linear model of the whole population.
    """

    outcome: str
    first: int
    second: int
    planted: float
    found: float


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Population values of p touchpoints and q outcomes.

    Attributes
    ----------
    outcomes : tuple of str
    roles : tuple of str
    reach, mean : ndarray of shape (p,)
        Share that met the touchpoint; mean rating among them.
    beta, gamma : ndarray of shape (q, p)
        Coefficients of the regression of the whole population, without products of contacts. They
        differ from the design's where halo, standing loyalty or rounding come in.
    experience, contact : ndarray of shape (q, p)
        Importance in points of R²; their total is ``r2``.
    experience_share, contact_share : ndarray of shape (q, p)
        Importance as a share of its block.
    r2, level, nps : ndarray of shape (q,)
        R², mean and, for recommendation, the net promoter score in points.
    builds : ndarray of bool of shape (q, p)
        Whether the point rule holds: eligible, share above the fair share, positive, material.
    rows : int
        Rows simulated.
    synergies : tuple of PairTruth
        Each pair that was planted for any outcome, for every outcome.
    """

    outcomes: tuple[str, ...]
    roles: tuple[str, ...]
    reach: Array
    mean: Array
    beta: Array
    gamma: Array
    experience: Array
    contact: Array
    experience_share: Array
    contact_share: Array
    r2: Array
    level: Array
    nps: Array
    builds: NDArray[np.bool_]
    rows: int
    synergies: tuple[PairTruth, ...] = ()

    @property
    def supers(self) -> NDArray[np.bool_]:
        """Super-touchpoints: the rule holds for loyalty and for recommendation, shape (p,)."""
        missing = {"loyalty", "recommendation"} - set(self.roles)
        if missing:
            raise UnsupportedError(f"Without {' and '.join(missing)} nothing can be super.")
        both = [self.roles.index("loyalty"), self.roles.index("recommendation")]
        return np.asarray(self.builds[both].all(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums over simulated people, one set per outcome since not everybody is asked each.

    Attributes
    ----------
    cross : ndarray of shape (q + 1, 2p + 2, 2p + 2)
        Sums of products of u, c, y and 1, with u = c (x - μ); the last set is over everybody
        with y = 0.
    promoters : ndarray of shape (q,)
        Promoters minus detractors.
    pairs : tuple of (j, k)
        Pairs with a planted synergy.
    products : ndarray of shape (q, s, 2p + 2)
        Sums of c_j c_k of each pair times the columns of ``cross``.
    """

    cross: Array
    promoters: Array
    pairs: tuple[tuple[int, int], ...]
    products: Array


def truth(
    design: Design,
    *,
    n: int = 1_000_000,
    rng: np.random.Generator,
    min_reach: float = 0.05,
    materiality: float = 0.01,
    exact_up_to: int = 25,
) -> Truth:
    """Find the truth of ``design`` from ``n`` people of its population.

    Parameters
    ----------
    design : Design
    n : int
        Rows to simulate; the error of a share falls with its square root.
    rng : numpy.random.Generator
    min_reach, materiality : float
        Smallest reach and smallest importance (points of R², both outcomes) of a super-touchpoint.
    exact_up_to : int
        Above this many touchpoints, importance comes from sampled orders of entry.

    Examples
    --------
    >>> import numpy as np
    >>> from supertouch.simulate import null
    >>> bool(truth(null(3), n=10_000, rng=np.random.default_rng(1)).supers.any())
    False
    """
    sums = add_up(design, n=n, rng=rng)
    everything = np.arange(design.p)
    return truth_of(
        design,
        sums,
        asked=everything,
        min_reach=min_reach,
        materiality=materiality,
        exact_up_to=exact_up_to,
    )


def add_up(design: Design, *, n: int, rng: np.random.Generator) -> Sums:
    """Simulate ``n`` people in chunks and add up their products."""
    p, q = design.p, len(design.outcomes)
    center = mean_rating(design).astype(np.float32)
    cross = np.zeros((q + 1, 2 * p + 2, 2 * p + 2))
    promoters = np.zeros(q)
    pairs = sorted({(min(j, k), max(j, k)) for o in design.outcomes for j, k, _ in o.synergy})
    first, second = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    both = np.zeros((q, len(pairs), 2 * p + 2))
    for start in range(0, n, _CHUNK):
        people = population(design, min(_CHUNK, n - start), rng)
        columns = np.empty((len(people.met), 2 * p + 2), dtype=np.float32)
        columns[:, :p] = people.met * (people.rating - center)
        columns[:, p : 2 * p] = people.met
        columns[:, 2 * p], columns[:, -1] = 0, 1
        drivers = (columns.T @ columns).astype(np.float64)
        cross[q] += drivers
        for k in range(q):
            y = people.outcomes[:, k]
            answered = ~np.isnan(y)
            own = columns if answered.all() else columns[answered]
            products = drivers.copy() if answered.all() else (own.T @ own).astype(np.float64)
            y = y[answered]
            products[2 * p] = products[:, 2 * p] = own.T @ y
            products[2 * p, 2 * p] = float(y @ y)
            cross[k] += products
            if pairs:
                together = own[:, p + first] * own[:, p + second]
                both[k] += together.T @ own
                both[k, :, 2 * p] += together.T @ y
            promoters[k] += float((y > _PROMOTERS).sum()) - float((y < _PASSIVES).sum())
    return Sums(cross, promoters, tuple(pairs), both)


def truth_of(
    design: Design,
    sums: Sums,
    *,
    asked: NDArray[np.intp],
    min_reach: float = 0.05,
    materiality: float = 0.01,
    exact_up_to: int = 25,
) -> Truth:
    """Turn sums into the truth of the touchpoints that are ``asked`` (indices of shape (p,)).

    A share depends on the list of touchpoints, so a questionnaire that leaves some out has a
    truth of its own.
    """
    p, q = len(asked), len(design.outcomes)
    index = np.concatenate([asked, design.p + asked, [2 * design.p, 2 * design.p + 1]])
    cross = sums.cross[:, index[:, None], index]
    total = cross[:, -1, -1]
    covariance = np.array([_centred(cross[k] / total[k], p) for k in range(q)])
    xx, xy = covariance[:, :-1, :-1], covariance[:, -1:, :-1]
    slope = np.array([np.linalg.solve(xx[k], xy[k, 0]) for k in range(q)])
    parts = _importance(covariance, p, exact=p <= exact_up_to)
    experience, contact = parts[:, :p], parts[:, p:]
    reach = cross[q, -1, p : 2 * p] / total[q]
    offset = cross[q, -1, :p] / cross[q, -1, p : 2 * p]
    roles = tuple(outcome.role for outcome in design.outcomes)
    recommendation = np.array([role == "recommendation" for role in roles])
    share, r2 = _shares(experience), parts.sum(axis=1)
    eligible = reach >= min_reach
    error = 2 * np.sqrt(np.maximum(experience, 0) * (1 - r2[:, None]) / total[:q, None])
    error /= np.maximum(experience.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    above = share - 1 / max(1, int(eligible.sum())) > _ERRORS * error
    return Truth(
        outcomes=tuple(outcome.id for outcome in design.outcomes),
        roles=roles,
        reach=reach,
        mean=mean_rating(design)[asked] + offset,
        beta=slope[:, :p],
        gamma=slope[:, p:],
        experience=experience,
        contact=contact,
        experience_share=share,
        contact_share=_shares(contact),
        r2=r2,
        level=cross[:q, -1, 2 * p] / total[:q],
        nps=np.where(recommendation, 100 * sums.promoters / total[:q], np.nan),
        builds=above & eligible & (slope[:, :p] > 0) & (experience >= materiality),
        rows=int(total[q]),
        synergies=_synergies(design, sums, index),
    )


def _synergies(design: Design, sums: Sums, index: NDArray[np.intp]) -> tuple[PairTruth, ...]:
    """Add one product at a time to the regression on the touchpoints that are asked."""
    kept = np.delete(index, -2)
    found = []
    for k, outcome in enumerate(design.outcomes):
        planted = {(min(i, j), max(i, j)): points for i, j, points in outcome.synergy}
        cross = sums.cross[k]
        for place, (i, j) in enumerate(sums.pairs):
            if not {design.p + i, design.p + j} <= set(index):
                continue
            product = sums.products[k, place]
            slope = np.linalg.solve(cross[kept[:, None], kept], product[kept])
            left = product[2 * design.p] - slope @ cross[kept, 2 * design.p]
            spread = product[-1] - slope @ product[kept]
            points = planted.get((i, j), 0.0)
            found.append(PairTruth(outcome.id, i, j, points, float(left / spread)))
    return tuple(found)


def _centred(moments: Array, p: int) -> Array:
    """Move from u = c (x - μ) to z = c (x - x̄), and from products to covariances."""
    mean = moments[-1, : 2 * p + 1]
    covariance = moments[: 2 * p + 1, : 2 * p + 1] - np.outer(mean, mean)
    change = np.eye(2 * p + 1)
    change[np.arange(p), np.arange(p, 2 * p)] = -mean[:p] / mean[p : 2 * p]
    return np.asarray(change @ covariance @ change.T)


def _importance(covariance: Array, p: int, *, exact: bool) -> Array:
    """Owen-LMG of every outcome; outcomes that all people answer share one pass."""
    orders = circles(p, count=_CIRCLES, rng=np.random.default_rng(p))
    method = lmg if exact else partial(sampled_lmg, orders=orders)
    second = np.arange(2 * p) >= p
    result = np.zeros((len(covariance), 2 * p))
    done = np.zeros(len(covariance), dtype=bool)
    for k in range(len(covariance)):
        if done[k]:
            continue
        alike = np.all(covariance[:, :-1, :-1] == covariance[k, :-1, :-1], axis=(1, 2))
        xx = covariance[k, :-1, :-1]
        result[alike] = owen(
            xx, covariance[alike, -1, :-1], covariance[alike, -1, -1], second=second, method=method
        )
        done |= alike
    return result


def _shares(importance: Array) -> Array:
    total = importance.sum(axis=1, keepdims=True)
    return np.asarray(importance / np.where(total > 0, total, 1.0))
