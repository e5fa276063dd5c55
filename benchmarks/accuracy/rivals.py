"""What users do today, each at its usual best: five methods on the same answers.

All of them get the touchpoints that pass the study's thresholds (reach, number of ratings), the
weights, and both outcomes. A method calls a touchpoint super if it stands out on both outcomes by
the method's own usual yardstick, given in each function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.stats import t as student

from supertouch.stats.importance import johnson

__all__ = ["RIVALS", "Answers", "Claim", "Rival", "answers_of"]

Array = np.ndarray

ALPHA = 0.05
CASES_PER_COLUMN = 10
FEWEST_PAIRS = 5
GROUPS = 100


@dataclass(frozen=True, slots=True)
class Answers:
    """Ratings (n, p) and outcomes (n, q), NaN where there is none; weights (n,) of mean 1."""

    rating: Array
    outcome: Array
    weight: Array
    eligible: Array


@dataclass(slots=True)
class Claim:
    """What a method says of p touchpoints and q outcomes; NaN where it says nothing.

    ``share`` (q, p) is the part of all importance, ``effect`` (q, p) outcome points per rating
    point; ``low`` and ``high`` bound a 95 % interval where the method has one.
    """

    share: Array
    share_low: Array
    share_high: Array
    effect: Array
    effect_low: Array
    effect_high: Array
    is_super: Array

    @classmethod
    def nothing(cls, q: int, p: int) -> Claim:
        a, b, c, d, e, f = (np.full((q, p), np.nan) for _ in range(6))
        return cls(a, b, c, d, e, f, np.zeros(p, dtype=bool))


class Rival(Protocol):
    """A method: answers in, claims out; ``replicates`` for those with a bootstrap."""

    def __call__(self, answers: Answers, *, replicates: int) -> Claim: ...


def answers_of(frame: pd.DataFrame, outcomes: tuple[str, ...], p: int) -> Answers:
    """Take the arrays out of a frame of responses."""
    rating = np.column_stack([frame[f"t{j}.rating"].to_numpy(float) for j in range(p)])
    contact = np.column_stack(
        [frame[f"t{j}.contact"].to_numpy(float, na_value=np.nan) for j in range(p)]
    )
    outcome = np.column_stack([frame[f"{name}.score"].to_numpy(float) for name in outcomes])
    weight = frame["weight"].to_numpy(float)
    known = ~np.isnan(contact)
    reach = (np.where(known, contact, 0).T @ weight) / (known.T @ weight)
    eligible = np.flatnonzero((reach >= 0.05) & ((~np.isnan(rating)).sum(axis=0) >= 50))
    return Answers(rating, outcome, weight / weight.mean(), eligible)


def listwise(answers: Answers, *, replicates: int) -> Claim:
    """Regress on the ratings of those who rated every touchpoint.

    With many touchpoints nobody did. So the touchpoints that fewest have rated are left out, one
    by one, until there are ten complete cases per touchpoint. Super: a significantly positive
    coefficient (t test, 5 %) and a share of the standardised coefficients above the average.
    """
    del replicates
    by_base = np.argsort(-(~np.isnan(answers.rating)).sum(axis=0), kind="stable")
    columns = by_base[np.isin(by_base, answers.eligible)]
    answered = ~np.isnan(answers.outcome).any(axis=1)
    complete = np.logical_and.accumulate(~np.isnan(answers.rating[:, columns]), axis=1)
    cases = (complete & answered[:, None]).sum(axis=0)
    enough = np.flatnonzero(cases >= CASES_PER_COLUMN * np.arange(1, len(columns) + 1))
    claim = Claim.nothing(answers.outcome.shape[1], answers.rating.shape[1])
    if not len(enough) or enough[-1] < 1:
        return claim
    kept = columns[: enough[-1] + 1]
    rows = complete[:, enough[-1]] & answered
    return _regression(
        claim, answers.rating[rows], answers.outcome[rows], answers.weight[rows], kept
    )


def mean_imputation(answers: Answers, *, replicates: int) -> Claim:
    """Fill each missing rating with the touchpoint's mean and regress on all respondents.

    Super: as for the listwise regression.
    """
    del replicates
    rows = ~np.isnan(answers.outcome).any(axis=1)
    rating, weight = answers.rating[rows], answers.weight[rows]
    rated = ~np.isnan(rating)
    mean = (np.where(rated, rating, 0).T @ weight) / np.maximum(rated.T @ weight, 1e-12)
    claim = Claim.nothing(answers.outcome.shape[1], answers.rating.shape[1])
    filled = np.where(rated, rating, mean)
    return _regression(claim, filled, answers.outcome[rows], weight, answers.eligible)


def _regression(claim: Claim, rating: Array, outcome: Array, weight: Array, kept: Array) -> Claim:
    """Weighted least squares with t intervals; importance is the standardised coefficient."""
    x = np.column_stack([np.ones(len(rating)), rating[:, kept]])
    slope, error, degrees = _least_squares(x, outcome, weight)
    if degrees < 1:
        return claim
    slope, error = slope[:, 1:], error[:, 1:]
    spread = np.sqrt(np.cov(rating[:, kept], rowvar=False, aweights=weight).diagonal())
    size = np.abs(slope) * spread
    share = size / size.sum(axis=1, keepdims=True)
    reach = student.ppf(1 - ALPHA / 2, degrees) * error
    claim.share[:, kept] = np.where(slope > 0, share, 0.0)
    claim.effect[:, kept] = slope
    claim.effect_low[:, kept], claim.effect_high[:, kept] = slope - reach, slope + reach
    claim.is_super[kept] = ((slope - reach > 0) & (share > 1 / len(kept))).all(axis=0)
    return claim


def _least_squares(x: Array, y: Array, weight: Array) -> tuple[Array, Array, int]:
    """Coefficients and standard errors of shape (q, k), and degrees of freedom."""
    degrees = len(x) - x.shape[1]
    inverse = np.linalg.pinv(x.T @ (x * weight[:, None]))
    slope = inverse @ (x.T @ (y * weight[:, None]))
    variance = (weight[:, None] * (y - x @ slope) ** 2).sum(axis=0) / max(1, degrees)
    error = np.sqrt(np.outer(variance, np.clip(inverse.diagonal(), 0, None)))
    return slope.T, error, degrees


def correlation(answers: Answers, *, replicates: int) -> Claim:
    """Correlate each rating with the outcome among those who gave both.

    Super: a significantly positive correlation (t test, 5 %) above the average of all.
    """
    del replicates
    claim = Claim.nothing(answers.outcome.shape[1], answers.rating.shape[1])
    kept = answers.eligible
    p = len(kept)
    found, base = _pairwise(_pair_sums(answers, np.zeros(len(answers.weight), dtype=int), 1)[0])
    r, base = found[p:, :p], base[p:, :p]
    if np.isnan(r).any():
        return claim
    statistic = r * np.sqrt((base - 2) / np.maximum(1e-12, 1 - r**2))
    significant = statistic > student.ppf(1 - ALPHA / 2, base - 2)
    positive = np.clip(r, 0, None)
    claim.share[:, kept] = positive / np.maximum(1e-12, positive.sum(axis=1, keepdims=True))
    claim.is_super[kept] = (significant & (r > r.mean(axis=1, keepdims=True))).all(axis=0)
    return claim


def pairwise_johnson(answers: Answers, *, replicates: int) -> Claim:
    """Take Johnson's relative weights of pairwise correlations of the ratings as they are.

    Correlations rest on those who rated both touchpoints; a matrix that is not positive definite
    is smoothed. Super: a positive correlation and a bootstrap interval of the relative weight's
    share that lies above the average.
    """
    claim = Claim.nothing(answers.outcome.shape[1], answers.rating.shape[1])
    p = len(answers.eligible)
    group = _random_groups(len(answers.weight))
    sums = _pair_sums(answers, group, GROUPS)
    point, _ = _pairwise(sums.sum(axis=0))
    if np.isnan(point).any():
        return claim
    drawn = _multiplicities(replicates)
    batch, _ = _pairwise((drawn @ sums.reshape(GROUPS, -1)).reshape(-1, *sums.shape[1:]))
    batch = np.nan_to_num(batch)
    weights = _relative_weights(np.concatenate([point[None], batch]), p)
    return _weighed(claim, answers.eligible, weights, point[p:, :p] > 0)


def _relative_weights(matrix: Array, p: int) -> Array:
    xx = _smoothed(matrix[:, :p, :p])
    return johnson(xx, matrix[:, p:, :p], np.ones((len(matrix), matrix.shape[-1] - p)))


def _smoothed(matrix: Array) -> Array:
    """Raise negative eigenvalues to zero, as is done to a matrix that is not positive definite."""
    values, vectors = np.linalg.eigh(matrix)
    fixed = (vectors * np.clip(values, 1e-6, None)[:, None, :]) @ np.swapaxes(vectors, -1, -2)
    unit = np.sqrt(np.diagonal(fixed, axis1=-2, axis2=-1))
    return np.asarray(fixed / unit[:, :, None] / unit[:, None, :])


def _weighed(claim: Claim, kept: Array, weights: Array, positive: Array) -> Claim:
    """Turn relative weights of the sample (first) and of replicates into shares and supers."""
    share = weights / weights.sum(axis=-1, keepdims=True)
    low, high = np.quantile(share[1:], [ALPHA / 2, 1 - ALPHA / 2], axis=0)
    claim.share[:, kept] = share[0]
    claim.share_low[:, kept], claim.share_high[:, kept] = low, high
    claim.is_super[kept] = (positive & (low > 1 / len(kept))).all(axis=0)
    return claim


def _random_groups(n: int) -> Array:
    return np.random.default_rng(n).permutation(n) % GROUPS


def _multiplicities(replicates: int) -> Array:
    rng = np.random.default_rng(replicates)
    return rng.multinomial(GROUPS, np.full(GROUPS, 1 / GROUPS), size=replicates).astype(float)


def _pair_sums(answers: Answers, group: Array, groups: int) -> Array:
    """Per group, the weighted products of value, answered and squared value: (g, 3, 3, v, v)."""
    values = np.column_stack([answers.rating[:, answers.eligible], answers.outcome])
    answered = ~np.isnan(values)
    values = np.where(answered, values - np.nanmean(values, axis=0), 0.0)
    parts = np.hstack([values, answered, values**2])
    v = values.shape[1]
    sums = np.empty((groups, 3 * v, 3 * v))
    for g in range(groups):
        inside = group == g
        sums[g] = parts[inside].T @ (parts[inside] * answers.weight[inside, None])
    return sums.reshape(groups, 3, v, 3, v).swapaxes(2, 3)


def _pairwise(sums: Array) -> tuple[Array, Array]:
    """Correlations and bases of shape (..., v, v), each from those who answered both; or NaN."""
    base = sums[..., 1, 1, :, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = sums[..., 0, 1, :, :] / base, sums[..., 1, 0, :, :] / base
        product = sums[..., 0, 0, :, :] / base - first * second
        spread = (sums[..., 2, 1, :, :] / base - first**2) * (
            sums[..., 1, 2, :, :] / base - second**2
        )
        found = product / np.sqrt(np.where(spread > 1e-12, spread, np.nan))
    return np.where(base >= FEWEST_PAIRS, np.clip(found, -1, 1), np.nan), base


def merged_dummies(answers: Answers, *, replicates: int) -> Claim:
    """Give each touchpoint a dummy for "no rating" and merge it with the rating into one column.

    A regression on ratings (0 where missing) and dummies says what a missing rating is worth;
    the rating is filled with it, and Johnson's relative weights of the filled columns are the
    importance. Super: a positive coefficient and a bootstrap interval of the relative weight's
    share that lies above the average.
    """
    claim = Claim.nothing(answers.outcome.shape[1], answers.rating.shape[1])
    kept = answers.eligible
    p, q = len(kept), answers.outcome.shape[1]
    rows = ~np.isnan(answers.outcome).any(axis=1)
    rating, weight = answers.rating[rows][:, kept], answers.weight[rows]
    missing = np.isnan(rating)
    filled = np.where(missing, 0.0, rating - np.nanmean(rating, axis=0))
    columns = np.column_stack([filled, missing, answers.outcome[rows]])
    if rows.sum() <= 2 * p + 1:
        return claim
    covariance = _replicated_covariances(columns, weight, replicates)
    weights, slope = _merged(covariance, p, q)
    design = np.column_stack([np.ones(len(columns)), columns[:, : 2 * p]])
    exact, error, degrees = _least_squares(design, columns[:, 2 * p :], weight)
    reach = student.ppf(1 - ALPHA / 2, degrees) * error[:, 1 : p + 1]
    claim.effect[:, kept] = exact[:, 1 : p + 1]
    claim.effect_low[:, kept] = claim.effect[:, kept] - reach
    claim.effect_high[:, kept] = claim.effect[:, kept] + reach
    return _weighed(claim, kept, weights, slope[0] > 0)


def _replicated_covariances(columns: Array, weight: Array, replicates: int) -> Array:
    """Covariances of the sample (first) and of bootstrap replicates: (1 + b, k, k)."""
    centred = np.column_stack([np.ones(len(columns)), columns - columns.mean(axis=0)])
    group = _random_groups(len(columns))
    k = centred.shape[1]
    sums = np.empty((GROUPS, k, k))
    for g in range(GROUPS):
        inside = group == g
        sums[g] = centred[inside].T @ (centred[inside] * weight[inside, None])
    drawn = np.vstack([np.ones(GROUPS), _multiplicities(replicates)])
    moments = (drawn @ sums.reshape(GROUPS, -1)).reshape(-1, k, k)
    moments /= moments[:, :1, :1]
    mean = moments[:, 0, 1:]
    return moments[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :]


def _merged(covariance: Array, p: int, q: int) -> tuple[Array, Array]:
    """Relative weights of the merged columns and coefficients of the ratings: (b, q, p) each."""
    xx = covariance[:, : 2 * p, : 2 * p] + 1e-9 * np.eye(2 * p)
    xy = covariance[:, 2 * p :, : 2 * p]
    yy = np.diagonal(covariance, axis1=-2, axis2=-1)[:, 2 * p :]
    slope = np.swapaxes(np.linalg.solve(xx, np.swapaxes(xy, -1, -2)), -1, -2)
    weights = np.empty((len(covariance), q, p))
    for k in range(q):
        b, d = slope[:, k, :p], slope[:, k, p:]
        fill = d / np.where(np.abs(b) > 1e-9, b, 1e-9)
        across = xx[:, :p, p:] * fill[:, None, :]
        merged = xx[:, :p, :p] + across + np.swapaxes(across, -1, -2)
        merged = merged + fill[:, :, None] * xx[:, p:, p:] * fill[:, None, :]
        target = xy[:, k, :p] + fill * xy[:, k, p:]
        weights[:, k] = johnson(merged, target[:, None], yy[:, k : k + 1])[:, 0]
    return weights, slope[..., :p]


RIVALS: dict[str, Rival] = {
    "listwise OLS": listwise,
    "pairwise Johnson": pairwise_johnson,
    "mean imputation": mean_imputation,
    "correlation": correlation,
    "merged dummies": merged_dummies,
}
