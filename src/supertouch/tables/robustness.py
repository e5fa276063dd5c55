"""How far what is said of touchpoints depends on the method, on mood, or on a few answers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Agreement", "Collinearity", "Halo", "Robustness"]

METHODS = ["lmg", "johnson", "beta", "correlation", "ordered_logit", "random_forest"]
REASONS = ["", "no_forecast", "not_converged", "no_variance"]


def _correlation() -> Any:  # noqa: ANN401
    return pa.Field(ge=-1, le=1, nullable=True)


class Robustness(Table):
    """Rank of each touchpoint's experience under several methods.

    ``score`` is in points of R² (lmg, johnson), in standard deviations of the outcome per standard
    deviation of experience (beta), a correlation, log odds per standard deviation (ordered_logit),
    or the share of a forest's held-out R² (random_forest). Zero or less ranks last; ``sign`` is
    that of beta. ``rank_best`` and ``rank_worst`` are over all methods.
    """

    wave: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    method: Series[str] = pa.Field(isin=METHODS)
    n: Series[int]
    n_eff: Series[float]
    score: Series[float] = optional()
    rank: Series[pd.Int64Dtype] = optional()
    rank_best: Series[pd.Int64Dtype] = optional()
    rank_worst: Series[pd.Int64Dtype] = optional()
    sign: Series[int] = pa.Field(isin=[-1, 0, 1])
    reason: Series[str] = pa.Field(isin=REASONS)


class Agreement(Table):
    """How far each method agrees with the reported order (lmg), and all of them with each other.

    ``concordance`` is Kendall's W over the methods that say something (method ``all``).
    """

    wave: Series[str]
    outcome: Series[str]
    method: Series[str] = pa.Field(isin=[*METHODS, "all"])
    n: Series[int]
    n_eff: Series[float]
    touchpoints: Series[int]
    methods: Series[int]
    spearman: Series[float] = _correlation()
    kendall: Series[float] = _correlation()
    top_overlap: Series[float] = fraction()
    concordance: Series[float] = fraction()
    r2_held_out: Series[float] = optional()
    reason: Series[str] = pa.Field(isin=REASONS)


class Halo(Table):
    """The band between a touchpoint's importance with and without the respondent's mood.

    ``gain`` is what its rating adds, in points of R², to all contacts and the mean of the other
    ratings (lower end); ``importance`` is LMG (upper end). ``partial`` is the gain as a share of
    what was left to explain, ``sign`` its direction. ``rank_low`` to ``rank_high`` are the ranks
    that the bands allow; ``order_holds`` is the share of other touchpoints to which the order is
    the same at both ends.
    """

    wave: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    n: Series[int]
    n_eff: Series[float]
    gain: Series[float]
    gain_low: Series[float]
    gain_high: Series[float]
    partial: Series[float] = fraction()
    sign: Series[int] = pa.Field(isin=[-1, 0, 1])
    importance: Series[float]
    rank_gain: Series[int]
    rank_importance: Series[int]
    rank_low: Series[int]
    rank_high: Series[int]
    order_holds: Series[float] = fraction()


class Collinearity(Table):
    """Which touchpoints are hard to tell apart, and whose effects hang on a few respondents.

    ``vif`` is of experience in the model; ``nearest`` the touchpoint whose experience is most
    correlated with it in the model (``correlation``), ``alike`` the correlation among those who
    rated both. ``influence`` is the largest change of the effect, in standard errors, when one
    resampling group of ``influence_n`` respondents is left out, after which the effect is
    ``effect_without``; of fewer than ``privacy.min_base`` neither that nor their weight is told.
    ``codes`` holds: collinear, strongly_entangled, entangled, twin,
    influential, sign_changes, hinges_effect, hinges_share.
    """

    wave: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    n: Series[int]
    n_eff: Series[float]
    vif: Series[float]
    nearest: Series[str]
    correlation: Series[float] = _correlation()
    alike: Series[float] = _correlation()
    condition: Series[float]
    effect: Series[float] = optional()
    influence: Series[float] = optional()
    influence_n: Series[int]
    influence_weight: Series[float] = fraction()
    effect_without: Series[float] = optional()
    codes: Series[str]
