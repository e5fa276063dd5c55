"""A random forest as a judge that knows of no straight lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Permutation", "permutation_importance"]

Array = NDArray[np.float64]

TREES = 30
FOLDS = 3
REPEATS = 2
LEAF = 5
PART = 0.5


@dataclass(frozen=True, slots=True)
class Permutation:
    """What a forest's forecast of people it has not seen loses when answers are shuffled.

    Attributes
    ----------
    drop : ndarray of shape (p,)
        Loss of R² when one touchpoint's ratings are shuffled among those who met it.
    r2 : float
        R² of the forecast for respondents who took no part in growing the forest; at or below
        zero the forest knows nothing, and ``drop`` means nothing.
    """

    drop: Array
    r2: float


def permutation_importance(
    drivers: Array,
    outcome: Array,
    *,
    weight: Array,
    unit: NDArray[np.intp],
    met: NDArray[np.bool_],
    seed: int,
) -> Permutation:
    """Grow forests on two thirds of the sample and shuffle ratings in the last (Breiman 2001).

    Ratings are shuffled among those who met the touchpoint only, so that contact stays as it is
    and nobody gets a rating without having met anything.

    Parameters
    ----------
    drivers : ndarray of shape (n, k)
        The first p columns are the touchpoints' experience.
    outcome, weight : ndarray of shape (n,)
    unit : ndarray of int of shape (n,)
        Sampling unit; all of a unit are in the same third.
    met : ndarray of bool of shape (n, p)
    seed : int
    """
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(seed)
    names, place = np.unique(unit, return_inverse=True)
    fold = (rng.permutation(len(names)) % FOLDS)[place]
    loss, total, shuffled = 0.0, 0.0, np.zeros(met.shape[1])
    for number in range(FOLDS):
        held = fold == number
        forest = RandomForestRegressor(
            TREES,
            max_features=1 / 3,
            min_samples_leaf=LEAF,
            max_samples=PART,
            random_state=seed + number,
        ).fit(drivers[~held], outcome[~held], sample_weight=weight[~held])
        w, y = weight[held], outcome[held]
        copies = _shuffled(drivers[held], met[held], rng)
        forecast = np.asarray(forest.predict(copies)).reshape(-1, held.sum())
        losses = np.square(forecast - y) @ w
        loss += losses[0]
        shuffled += losses[1:].reshape(REPEATS, -1).mean(axis=0)
        total += float(w @ np.square(y - np.average(outcome[~held], weights=weight[~held])))
    return Permutation(drop=(shuffled - loss) / total, r2=1 - loss / total)


def _shuffled(
    drivers: Array, met: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Stack the drivers as they are, then with each touchpoint's ratings shuffled, repeatedly."""
    p = met.shape[1]
    copies = np.tile(drivers.astype(np.float32), (1 + REPEATS * p, 1, 1))
    for number in range(REPEATS * p):
        j = number % p
        inside = np.flatnonzero(met[:, j])
        copies[1 + number, inside, j] = drivers[rng.permutation(inside), j]
    return copies.reshape(-1, drivers.shape[1])
