"""What each touchpoint contributes to an outcome."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Diagnostics", "Draws", "Importance", "Models", "Phases", "Univariate"]


class Models(Table):
    """One driver model per outcome and group: its fit, its base, and whether the gate admits it."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    proxy: Series[bool]
    admitted: Series[bool]
    reason: Series[str]
    n: Series[int]
    n_eff: Series[float] = optional()
    n_needed: Series[float] = optional()
    n_columns: Series[int]
    n_touchpoints: Series[int]
    r2: Series[float] = optional()
    r2_low: Series[float] = optional()
    r2_high: Series[float] = optional()
    r2_experience: Series[float] = optional()
    r2_contact: Series[float] = optional()
    p_value: Series[float] = fraction()
    repair: Series[float] = optional()
    units: Series[int]
    strata: Series[int]
    replicates: Series[int]
    method: Series[str]


class Importance(Table):
    """Importance and effect of each touchpoint on an outcome.

    ``importance`` is in points of R² and bias-corrected; ``share`` is within the component;
    ``effect`` is in outcome points (experience: per rating point; contact: met against not met).
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    component: Series[str] = pa.Field(isin=["experience", "contact"])
    method: Series[str] = pa.Field(isin=["lmg", "johnson"])
    n: Series[int]
    n_eff: Series[float]
    importance: Series[float]
    importance_low: Series[float]
    importance_high: Series[float]
    share: Series[float] = fraction()
    share_low: Series[float] = fraction()
    share_high: Series[float] = fraction()
    fair_share: Series[float]
    lift: Series[float]
    p_share: Series[float] = fraction()
    rank: Series[int]
    rank_low: Series[int]
    rank_high: Series[int]
    tied_with_next: Series[bool]
    effect: Series[float] = optional()
    effect_low: Series[float] = optional()
    effect_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()


class Phases(Table):
    """The same decomposition with the phases of the journey as players.

    Where the gate refuses single touchpoints, each phase stands as the sum of its touchpoints.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    phase: Series[str]
    component: Series[str] = pa.Field(isin=["experience", "contact"])
    n: Series[int]
    n_eff: Series[float]
    n_touchpoints: Series[int]
    importance: Series[float]
    importance_low: Series[float]
    importance_high: Series[float]
    share: Series[float] = fraction()
    share_low: Series[float] = fraction()
    share_high: Series[float] = fraction()


class Univariate(Table):
    """Each touchpoint alone: correlation with the outcome, with no other touchpoint held fixed."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    component: Series[str] = pa.Field(isin=["experience", "contact"])
    n: Series[int]
    correlation: Series[float] = optional()
    correlation_low: Series[float] = optional()
    correlation_high: Series[float] = optional()


class Draws(Table):
    """Replicates of the total, so that later stages can make joint intervals (Parquet only).

    ``beta_nps`` is the experience effect on the net promoter score in its points, for the
    recommendation only.
    """

    wave: Series[str]
    replicate: Series[int]
    outcome: Series[str]
    touchpoint: Series[str]
    reach: Series[float]
    mean: Series[float] = optional()
    beta: Series[float] = optional()
    gamma: Series[float] = optional()
    importance: Series[float]
    share: Series[float] = fraction()
    beta_nps: Series[float] = optional()


class Diagnostics(Table):
    """What the reader should know of the data or the model: a code, its subject and its size."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    subject: Series[str]
    code: Series[str]
    value: Series[float] = optional()
