"""Which touchpoints are super."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction

__all__ = ["Supertouchpoints"]


class Supertouchpoints(Table):
    """The verdict on each touchpoint of a wave, with every criterion in a column of its own."""

    wave: Series[str]
    touchpoint: Series[str]
    verdict: Series[str] = pa.Field(
        isin=[
            "super",
            "candidate",
            "loyalty_builder",
            "recommendation_builder",
            "none",
            "too_few",
            "undetermined",
        ]
    )
    reason: Series[str]
    proxy: Series[bool]
    probability: Series[float] = fraction()
    rank_probability: Series[float] = fraction()
    top: Series[int]
    sustained: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    trend: Series[str] = pa.Field(isin=["", "sustained", "emerging", "fading"])
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()
    share_loyalty: Series[float] = fraction()
    share_recommendation: Series[float] = fraction()
    fair_share: Series[float] = fraction()
    reach_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    base_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    admitted: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    loyalty_share_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    loyalty_effect_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    recommendation_share_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    recommendation_effect_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    significant: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    loyalty_significant: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    recommendation_significant: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    loyalty_model_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    recommendation_model_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    loyalty_material: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    recommendation_material: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    brand_fit_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    purchase_ok: Series[pd.BooleanDtype] = pa.Field(nullable=True)
