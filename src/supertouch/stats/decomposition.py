r"""Why a mean changed: an exactly additive split into reach, experience, effect and rest.

In a wave, the model of outcome y on contact c and rating x of p touchpoints has the mean

    ȳ = α + Σ_j (γ_j r_j + β_j m_j),    m_j = r_j (x̄_j - a_j),

with reach r_j, mean rating x̄_j of those who met j, and ratings centred at a_j, which is the same
number in both waves. A model is fitted with ratings centred at their own wave's mean x̄_j. Since
γ_j c + β_j c (x - x̄_j) = [γ_j + β_j (a_j - x̄_j)] c + β_j c (x - a_j), the contact effect at a_j
is γ_j + β_j (a_j - x̄_j). Where everybody met the touchpoint, the model has no column of contact;
what meeting it at a_j is worth cannot be told from the intercept and is left there: γ_j = 0.
α is defined as what is left of ȳ, so that whatever a model holds fixed (brands, covariates) is in
it. By the product rule Δ(uv) = ū Δv + v̄ Δu, bars being averages over the two waves,

    Δȳ = Σ (γ̄_j + β̄_j (x̄bar_j - a_j)) Δr_j      reach: more or fewer meet it
       + Σ β̄_j r̄_j Δx̄_j                           experience: it became better or worse
       + Σ (r̄_j Δγ_j + m̄_j Δβ_j)                  effect: it came to count for more or less
       + Δα                                       rest: what the touchpoints do not explain

since Δm_j = (x̄bar_j - a_j) Δr_j + r̄_j Δx̄_j. The split does not depend on a_j, but for the effect
of touchpoints without a column of contact. It describes associations in two cross-sections (Oaxaca
1973; Blinder 1973), with weights symmetric in the waves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ModelMean", "Parts", "decompose"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ModelMean:
    """What makes up the mean of an outcome in one wave, possibly per replicate.

    Attributes
    ----------
    level : ndarray of shape (...)
        Mean of the outcome.
    reach, mean : ndarray of shape (..., p)
        Share that met each touchpoint, and the mean rating among them.
    beta, gamma : ndarray of shape (..., p)
        Effects of experience, and of contact at the wave's own mean rating; ``gamma`` is not read
        where ``contact`` is False.
    contact : ndarray of bool of shape (p,)
        Whether the model has a column of contact.
    """

    level: Array
    reach: Array
    mean: Array
    beta: Array
    gamma: Array
    contact: NDArray[np.bool_]

    def at(self, centre: Array) -> Array:
        """Return the contact effects at another mean rating, 0 without a column of contact."""
        shifted = self.gamma + self.beta * (centre - self.mean)
        return np.where(self.contact, shifted, 0.0)


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the change of a mean; together they are the total.

    Attributes
    ----------
    reach, experience, effect : ndarray of shape (..., p)
    rest, total : ndarray of shape (...)
    """

    reach: Array
    experience: Array
    effect: Array
    rest: Array
    total: Array


def decompose(before: ModelMean, after: ModelMean, *, centre: Array) -> Parts:
    """Split the change of an outcome's mean into parts that add up to it exactly.

    Parameters
    ----------
    before, after : ModelMean
        Of the same touchpoints, with the same ``contact``.
    centre : ndarray that fits (..., p)
        Rating at which both waves are centred, the pooled mean by custom.

    Examples
    --------
    Half of all met a touchpoint rated 3 in both waves, now 60 % do and rate it 3.5:

    >>> def wave(level, reach, mean, gamma):
    ...     arrays = [np.array([x]) for x in (reach, mean, 0.4, gamma)]
    ...     return ModelMean(np.array(level), *arrays, contact=np.array([True]))
    >>> old, new = wave(4.0, 0.5, 3.0, 0.2), wave(4.2, 0.6, 3.5, 0.4)
    >>> parts = decompose(old, new, centre=np.array([3.0]))
    >>> [float(part.sum().round(3)) for part in (parts.reach, parts.experience, parts.effect)]
    [0.03, 0.11, 0.0]
    >>> float(parts.rest.round(3))
    0.06
    """
    gammas = [wave.at(centre) for wave in (before, after)]
    levels = [wave.reach * (wave.mean - centre) for wave in (before, after)]
    gamma, beta = _middle(*gammas), _middle(before.beta, after.beta)
    reach, mean = _middle(before.reach, after.reach), _middle(before.mean, after.mean)
    intercepts = [
        wave.level - (own * wave.reach + wave.beta * level).sum(axis=-1)
        for wave, own, level in zip((before, after), gammas, levels, strict=True)
    ]
    return Parts(
        reach=(gamma + beta * (mean - centre)) * (after.reach - before.reach),
        experience=beta * reach * (after.mean - before.mean),
        effect=reach * (gammas[1] - gammas[0]) + _middle(*levels) * (after.beta - before.beta),
        rest=intercepts[1] - intercepts[0],
        total=after.level - before.level,
    )


def _middle(before: Array, after: Array) -> Array:
    return np.asarray((before + after) / 2)
