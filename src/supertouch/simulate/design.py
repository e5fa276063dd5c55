"""What is true in a simulated study: reach, ratings, effects, sampling and empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from supertouch.errors import Problem, UnsupportedError
from supertouch.study.model import Role

__all__ = ["Design", "Grouping", "OutcomeDesign"]

Array = NDArray[np.float64]
Kind = Literal["continuous", "rounded", "scale", "binary"]


def _vector(values: ArrayLike) -> Array:
    return np.array(values, dtype=np.float64, ndmin=1)


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeDesign:
    """How one outcome arises: level + Σ γ c + Σ β c (x - μ) + what the person brings + noise.

    Planted synergies add Σ δ [(c_j - r_j)(c_k - r_k) - cov(c_j, c_k)] with r the reach: δ is the
    coefficient of c_j c_k, the level stays, and so does each γ as the effect on the average person
    (exactly where contacts are independent).

    Attributes
    ----------
    id : str
    role : Role
    beta, gamma : array of shape (p,)
        Experience effect (outcome points per rating point) and contact effect (outcome points).
    level, noise : float
        Mean and residual standard deviation in the unweighted population, before rounding.
    mood, loyal : float
        Outcome points per standard deviation of the halo and of the person's standing loyalty.
    kind : {"continuous", "rounded", "scale", "binary"}
        Left as it is; rounded to whole points; the mean of several rounded items; or drawn
        as 0/1 with the sum above as its probability.
    minimum, maximum : float
        Ends of the answer scale; not used for a continuous outcome.
    items, item_noise, reversed_items
        Number of items of a scale, their own noise, and which of them are worded the other way.
    asked_of : tuple of (grouping, value indices), or None
        Only these respondents are asked.
    synergy : tuple of (j, k, points)
        Outcome points of meeting both j and k beyond what meeting each brings; negative for
        cannibalisation.
    """

    id: str
    role: Role
    beta: Array
    gamma: Array
    level: float = 0.0
    noise: float = 1.0
    mood: float = 0.0
    loyal: float = 0.0
    kind: Kind = "continuous"
    minimum: float = 0.0
    maximum: float = 1.0
    items: int = 1
    item_noise: float = 0.0
    reversed_items: tuple[int, ...] = ()
    asked_of: tuple[str, tuple[int, ...]] | None = None
    synergy: tuple[tuple[int, int, float], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", _vector(self.beta))
        object.__setattr__(self, "gamma", _vector(self.gamma))


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A division of the population, such as regions, and how it is sampled.

    Attributes
    ----------
    id : str
    shares : array of shape (v,)
        Population shares of the values.
    rates : array of shape (v,)
        Relative sampling rate; weights are its inverse.
    contact : array of shape (v,) or (v, p)
        Shift of the propensity to meet touchpoints, in standard deviations.
    rating : array of shape (v,)
        Shift of every rating, in rating points before rounding.
    outcomes : array of shape (v, q)
        Shift of each outcome, in outcome points.
    """

    id: str
    shares: Array
    rates: Array
    contact: Array
    rating: Array
    outcomes: Array

    def __post_init__(self) -> None:
        for name in ("shares", "rates", "contact", "rating", "outcomes"):
            object.__setattr__(self, name, _vector(getattr(self, name)))

    @property
    def sampled(self) -> Array:
        """Share of each value among those who are interviewed."""
        drawn = self.shares * self.rates
        return np.asarray(drawn / drawn.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A population with known truth and the way it is interviewed.

    Attributes
    ----------
    reach : array of shape (p,)
        Population share that met each touchpoint.
    mean, spread : array of shape (p,)
        Mean and standard deviation of the experience before it is rounded to the scale; more
        is better. A mean near the upper end gives the ceiling of real satisfaction data.
    outcomes : tuple of OutcomeDesign
    points : int
        Answers run from 1 to ``points``.
    thresholds : array of shape (points - 1,)
        Where one answer ends and the next begins; by default halfway.
    halo : float
        Share of an experience's variance that all experiences of a person have in common.
    heavy_use : float
        Common share of the propensities to meet touchpoints (heavy users meet more of all).
    seek : array of shape (p,)
        Correlation of the propensity to meet a touchpoint with the person's standing loyalty.
    groupings : tuple of Grouping
        The first is the stratum of an unclustered sample.
    cluster_size, strata, icc : int, int, float
        Respondents per cluster; strata that clusters lie in; share of the personal traits and
        of the noise that the members of a cluster have in common.
    ask_rate : array of shape (p,)
        Share of those who met a touchpoint that are asked to rate it (planned missingness).
    most_ratings : int, optional
        Nobody rates more: of more touchpoints met, this many are drawn at random for each person.
    dont_know, refused, unknown_contact, outcome_refused : float
        Rates of don't-know and refusal on ratings, don't-know on contact, refusal on outcomes.

    Raises
    ------
    UnsupportedError
        If shapes do not fit or a rate is impossible; all faults at once.
    """

    reach: Array
    mean: Array
    spread: Array
    outcomes: tuple[OutcomeDesign, ...]
    points: int = 5
    thresholds: Array = field(default_factory=lambda: np.empty(0))
    halo: float = 0.0
    heavy_use: float = 0.0
    seek: Array = field(default_factory=lambda: np.zeros(1))
    groupings: tuple[Grouping, ...] = ()
    cluster_size: int = 1
    strata: int = 1
    icc: float = 0.0
    ask_rate: Array = field(default_factory=lambda: np.ones(1))
    most_ratings: int | None = None
    dont_know: float = 0.0
    refused: float = 0.0
    unknown_contact: float = 0.0
    outcome_refused: float = 0.0

    def __post_init__(self) -> None:
        p = len(_vector(self.reach))
        for name in ("reach", "mean", "spread", "seek", "ask_rate"):
            values = _vector(getattr(self, name))
            object.__setattr__(self, name, np.full(p, values[0]) if len(values) == 1 else values)
        thresholds = _vector(self.thresholds)
        if not len(thresholds):
            thresholds = _vector(np.arange(1, self.points) + 0.5)
        object.__setattr__(self, "thresholds", thresholds)
        problems = [fault for fault in _faults(self) if fault]
        if problems:
            raise UnsupportedError(problems)

    @property
    def p(self) -> int:
        """Number of touchpoints."""
        return len(self.reach)


def _faults(design: Design) -> list[Problem | None]:
    p, q = design.p, len(design.outcomes)
    lengths = {name: len(getattr(design, name)) for name in ("mean", "spread", "seek", "ask_rate")}
    for outcome in design.outcomes:
        lengths[f"{outcome.id}.beta"] = len(outcome.beta)
        lengths[f"{outcome.id}.gamma"] = len(outcome.gamma)
    found = [
        _fault(f"design, {name}", str(length), length == p, f"needs {p} values, as reach has.")
        for name, length in lengths.items()
    ]
    for grouping in design.groupings:
        shape = (len(grouping.shares), q)
        got = grouping.outcomes.shape
        rule = f"needs {shape[0]} values by {q} outcomes."
        found.append(_fault(f"design, {grouping.id}.outcomes", str(got), got == shape, rule))
    for outcome in design.outcomes:
        known = outcome.kind in get_args(Kind)
        rule = f"is not one of {', '.join(get_args(Kind))}."
        found.append(_fault(f"design, {outcome.id}.kind", outcome.kind, known, rule))
        pairs = [tuple(sorted((j, k))) for j, k, _ in outcome.synergy]
        fit = all(0 <= j < k < p for j, k in pairs) and len(set(pairs)) == len(pairs)
        rule = f"needs pairs of different touchpoints, numbered 0 to {p - 1}, each once."
        found.append(_fault(f"design, {outcome.id}.synergy", str(outcome.synergy), fit, rule))
    common = design.heavy_use + float(np.max(design.seek**2, initial=0))
    ends = bool(np.all((design.reach > 0) & (design.reach < 1)))
    rising = bool(np.all(np.diff(design.thresholds) > 0))
    cuts = len(design.thresholds) == design.points - 1 and rising
    found += [
        _fault("design, outcomes", "none", q > 0, "needs at least one."),
        _fault("design, reach", str(design.reach), ends, "must lie between 0 and 1."),
        _fault("design, thresholds", str(design.thresholds), cuts, "need points - 1 that rise."),
        _fault("design, heavy_use + seek²", str(common), common <= 1, "must not exceed 1."),
        _fault("design, halo", str(design.halo), 0 <= design.halo <= 1, "must lie in 0-1."),
        _fault("design, icc", str(design.icc), 0 <= design.icc <= 1, "must lie in 0-1."),
        _fault(
            "design, most_ratings",
            str(design.most_ratings),
            design.most_ratings is None or design.most_ratings > 0,
            "must be at least 1.",
        ),
    ]
    return found


def _fault(place: str, value: str, holds: bool, rule: str) -> Problem | None:
    return None if holds else Problem(place, value, rule, "Correct the design.")
