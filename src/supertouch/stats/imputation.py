"""Multiple imputation of missing ratings, and Rubin's rules for what follows from it.

Ratings of those who met a touchpoint are drawn from their posterior under two normal models that
fit together: outcomes are linear in contact and experience, as in the driver model, and the
ratings are jointly normal. The sampler is data augmentation (Tanner & Wong 1987; Schafer 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import UnsupportedError

__all__ = ["Pooled", "impute", "pool", "pooled_interval"]

Array = NDArray[np.float64]

BURN_IN = 40
SWEEPS_BETWEEN = 5
_FIRST_SWEEPS = 5
_RIDGE = 0.1


@dataclass(frozen=True, slots=True)
class Pooled:
    """Estimates from m imputed data sets as one (Rubin 1987; Barnard & Rubin 1999).

    Attributes
    ----------
    estimate : ndarray of shape s
        Mean over the imputations.
    variance : ndarray of shape s
        Within imputations, plus (1 + 1/m) times the variance between them.
    degrees : ndarray of shape s
        Degrees of freedom for t intervals.
    missing_information : ndarray of shape s
        Share of the variance that is due to missing answers, 0-1.
    """

    estimate: Array
    variance: Array
    degrees: Array
    missing_information: Array


def pool(estimates: Array, *, within: Array, degrees: float) -> Pooled:
    """Pool estimates from imputed data sets by Rubin's rules.

    Parameters
    ----------
    estimates : ndarray of shape (m, *s)
        One estimate per imputed data set, m at least 2.
    within : ndarray of shape s
        Sampling variance with complete data, averaged over the imputed data sets.
    degrees : float
        Degrees of freedom that complete data would have.

    Raises
    ------
    UnsupportedError
        If there is only one imputed data set: its uncertainty cannot be seen.

    Examples
    --------
    >>> found = pool(np.array([1.0, 2.0, 3.0]), within=np.array(1.0), degrees=100)
    >>> float(found.estimate), round(float(found.variance), 3), round(float(found.degrees), 2)
    (2.0, 2.333, 5.35)
    """
    m = len(estimates)
    if m < 2:
        raise UnsupportedError("Rubin's rules need at least two imputations.")
    between = (1 + 1 / m) * estimates.var(axis=0, ddof=1)
    variance = within + between
    with np.errstate(divide="ignore", invalid="ignore"):
        missing = np.where(variance > 0, between / variance, 0.0)
        of_imputations = np.where(missing > 0, (m - 1) / missing**2, np.inf)
        of_sample = (degrees + 1) / (degrees + 3) * degrees * (1 - missing)
        together = 1 / (1 / of_imputations + 1 / of_sample)
    return Pooled(np.asarray(estimates.mean(axis=0)), variance, together, missing)


def pooled_interval(found: Pooled, *, confidence: float) -> tuple[Array, Array]:
    """Return the t interval of pooled estimates; NaN where nothing varies."""
    from scipy.stats import t

    with np.errstate(invalid="ignore"):
        reach = t.ppf((1 + confidence) / 2, found.degrees) * np.sqrt(found.variance)
    return found.estimate - reach, found.estimate + reach


def impute(
    contact: Array,
    rating: Array,
    outcome: Array,
    *,
    covariates: Array,
    draws: int,
    rng: np.random.Generator,
) -> Array:
    """Draw the missing ratings of those who met a touchpoint, several times.

    Outcomes follow y = D B + u with D of contacts, covariates and c·x; ratings follow
    x = H G + e with H of the covariates and the number of touchpoints met. Ratings that do not
    exist, because the touchpoint was not met, serve the sampler as auxiliary draws and are never
    returned. Unknown contact enters as the reach and its rating is not returned either. Drawn
    ratings stay continuous and may leave the scale. The draws are right as far as answers are
    missing at random given all this; strata and clusters play no part in them.

    Parameters
    ----------
    contact : ndarray of shape (n, p)
        1 met, 0 not met, NaN unknown.
    rating : ndarray of shape (n, p)
        NaN where there is none.
    outcome : ndarray of shape (n, q)
        NaN where empty; drawn within the sampler and not returned.
    covariates : ndarray of shape (n, r)
        What else is known of everybody, such as the logarithm of the weight.
    draws : int
        Number m of imputations.

    Returns
    -------
    ndarray of shape (m, n, p)
        Ratings of all who are known to have met the touchpoint, NaN for all others.

    Raises
    ------
    UnsupportedError
        If a touchpoint is rated by somebody who did not meet it.
    """
    met = contact == 1
    if (~np.isnan(rating) & ~met).any():
        raise UnsupportedError("A rating of a touchpoint that was not met cannot be imputed from.")
    if not (met & np.isnan(rating)).any():
        return np.repeat(rating[None], draws, axis=0)
    chain = _Chain(contact, rating, outcome, covariates, rng)
    for _ in range(_FIRST_SWEEPS):
        chain.draw_values()
    for _ in range(BURN_IN - SWEEPS_BETWEEN):
        chain.sweep()
    result = np.empty((draws, *rating.shape))
    for draw in result:
        for _ in range(SWEEPS_BETWEEN):
            chain.sweep()
        draw[:] = chain.ratings()
    return result


class _Chain:
    """State of the sampler in standard units: values x and y, parameters G, Λ = Σ⁻¹, B, Ω⁻¹."""

    def __init__(
        self,
        contact: Array,
        rating: Array,
        outcome: Array,
        covariates: Array,
        rng: np.random.Generator,
    ) -> None:
        self.rng = rng
        self.rating = rating
        self.met = np.asfortranarray((contact == 1).astype(float))
        self.mean, self.spread = _location(rating)
        x, y = (rating - self.mean) / self.spread, _standard(outcome)
        self.x_open, self.y_open = np.asfortranarray(np.isnan(x)), np.asfortranarray(np.isnan(y))
        n, p = x.shape
        reach = np.where(np.isnan(contact), np.nanmean(contact, axis=0), contact)
        fixed = np.column_stack([np.ones(n), _varying(covariates)])
        self.h = np.column_stack([fixed, _varying(reach.sum(axis=1)[:, None])])
        self.d = np.asfortranarray(np.column_stack([fixed, _varying(reach), np.zeros((n, p))]))
        self.g, self.b = np.zeros((self.h.shape[1], p)), np.zeros((self.d.shape[1], y.shape[1]))
        self.x_precision = np.linalg.inv(_start(x))
        self.y_precision = np.eye(y.shape[1])
        self.x, self.y = np.asfortranarray(np.nan_to_num(x)), np.asfortranarray(np.nan_to_num(y))
        self.p = p

    def ratings(self) -> Array:
        """Return the ratings of those who met: given ones as they are, missing ones as drawn."""
        drawn = self.x * self.spread + self.mean
        filled = np.where(np.isnan(self.rating), drawn, self.rating)
        return np.where(self.met == 1, filled, np.nan)

    def sweep(self) -> None:
        """Draw the parameters given the values, then the values given the parameters."""
        self.d[:, -self.p :] = self.met * self.x
        self.b, self.y_precision = _regression(self.d, self.y, self.rng)
        self.g, self.x_precision = _regression(self.h, self.x, self.rng)
        self.draw_values()

    def draw_values(self) -> None:
        """Draw the open values column by column, all respondents at once."""
        residual_x, residual_y = (self.x - self.h @ self.g).T.copy(), (self.y - self.d @ self.b).T
        residual_y, slope = residual_y.copy(), self.b[-self.p :]
        noise = self.rng.standard_normal(residual_x.shape)
        for j, (met, is_open) in enumerate(zip(self.met.T, self.x_open.T, strict=True)):
            pull = self.y_precision @ slope[j]
            precision = self.x_precision[j, j] + met * (pull @ slope[j])
            step = met * (pull @ residual_y) - self.x_precision[j] @ residual_x
            step = (step / precision + noise[j] / np.sqrt(precision)) * is_open
            self.x[:, j] += step
            residual_x[j] += step
            residual_y -= slope[j][:, None] * (met * step)
        for k, is_open in enumerate(self.y_open.T):
            precision = self.y_precision[k, k]
            step = self.rng.standard_normal(len(is_open)) / np.sqrt(precision)
            step = (step - self.y_precision[k] @ residual_y / precision) * is_open
            self.y[:, k] += step
            residual_y[k] += step


def _regression(design: Array, values: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw coefficients and residual precision of a multivariate normal regression.

    The priors are worth a tenth of a respondent for the coefficients and a few respondents for
    the variances, so that the posterior is proper however few met a pair of touchpoints.
    """
    from scipy.linalg import solve_triangular

    n, k = design.shape
    q = values.shape[1]
    root = np.linalg.cholesky(design.T @ design + _RIDGE * np.eye(k))
    half = solve_triangular(root, design.T @ values, lower=True)
    scatter = values.T @ values - half.T @ half + np.eye(q)
    scatter_root = np.linalg.cholesky(scatter)
    bartlett = np.tril(rng.standard_normal((q, q)), -1)
    bartlett[np.diag_indices(q)] = np.sqrt(rng.chisquare(max(n - k, 0) + q + 2 - np.arange(q)))
    precision_root = solve_triangular(scatter_root, bartlett, lower=True, trans="T")
    noise = solve_triangular(bartlett, rng.standard_normal((q, k)), lower=True, trans="T")
    noise = scatter_root @ noise
    coefficients = solve_triangular(root, half + noise.T, lower=True, trans="T")
    return coefficients, precision_root @ precision_root.T


def _location(values: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each column where known; 0 and 1 where nothing varies."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count)
    return mean, np.where(spread > 0, spread, 1.0)


def _standard(values: Array) -> Array:
    mean, spread = _location(values)
    return np.asarray((values - mean) / spread)


def _varying(values: Array) -> Array:
    """Standardise the columns that vary and leave the others out."""
    standard = _standard(values)
    return standard[:, standard.std(axis=0) > 0]


def _start(x: Array) -> Array:
    """Pairwise correlations, drawn towards zero where few rated both, made positive definite."""
    known, filled = (~np.isnan(x)).astype(float), np.nan_to_num(x)
    base = known.T @ known
    start = filled.T @ filled / (base + 10)
    values, vectors = np.linalg.eigh(start)
    fixed: Array = (vectors * np.clip(values, 0.1, None)) @ vectors.T
    return fixed
