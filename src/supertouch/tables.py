"""The column glossary: a schema per table that leaves a stage, checked when written and when read.

Shares are 0-1; rounding and labels happen when a table is shown. ``segment`` is empty for the
total. An estimate stands as ``NAME, NAME_low, NAME_high``; ``n`` counts respondents, ``n_eff``
is Kish's.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.errors import OutputError, Problem

__all__ = ["TABLES", "checked"]


class _Table(pa.DataFrameModel):
    class Config:
        strict = True
        coerce = True
        ordered = True


def _share() -> Any:  # noqa: ANN401
    return pa.Field(ge=0, le=1, nullable=True)


def _blank() -> Any:  # noqa: ANN401
    return pa.Field(nullable=True)


class Sample(_Table):
    """Every row read is accounted for: n_accepted + n_quarantined + n_excluded = n_read."""

    wave: Series[str]
    n_read: Series[int]
    n_accepted: Series[int]
    n_quarantined: Series[int]
    n_excluded: Series[int]
    weight_sum: Series[float]
    n_eff: Series[float]
    design_effect: Series[float] = _blank()
    n_clusters: Series[int]
    n_strata: Series[int]

    @pa.dataframe_check
    @classmethod
    def balances(cls, frame: pd.DataFrame) -> pd.Series:
        return frame.n_accepted + frame.n_quarantined + frame.n_excluded == frame.n_read


class Quarantine(_Table):
    """Rows that broke a rule, one line per breach; ``record`` is the whole raw row as JSON."""

    wave: Series[str]
    file: Series[str]
    row: Series[int]
    column: Series[str]
    value: Series[str]
    rule: Series[str]
    record: Series[str]


class Rejections(_Table):
    """Counts of quarantined rows by column and rule, and of excluded rows by reason."""

    wave: Series[str]
    kind: Series[str] = pa.Field(isin=["quarantined", "excluded", "no_wave"])
    column: Series[str]
    rule: Series[str]
    n: Series[int]


class Empties(_Table):
    """How each item was answered: the answers and the four kinds of empty."""

    wave: Series[str]
    item: Series[str]
    kind: Series[str] = pa.Field(isin=["contact", "rating", "brand_fit", "outcome"])
    n: Series[int]
    n_answered: Series[int]
    not_met: Series[int]
    not_asked: Series[int]
    dont_know: Series[int]
    refused: Series[int]


class Contradictions(_Table):
    """Contact and rating that exclude each other, and contacts that only the rating tells."""

    wave: Series[str]
    touchpoint: Series[str]
    kind: Series[str] = pa.Field(
        isin=["rated_but_not_met", "met_but_rated_not_met", "rated_but_contact_unknown"]
    )
    resolution: Series[str]
    n: Series[int]


class Performance(_Table):
    """Reach and quality of each touchpoint; satisfaction is turned so that more is better."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    touchpoint: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_known: Series[int]
    n_met: Series[int]
    n_rated: Series[int]
    n_rated_eff: Series[float] = _blank()
    reach: Series[float] = _share()
    reach_low: Series[float] = _share()
    reach_high: Series[float] = _share()
    satisfaction: Series[float] = _blank()
    satisfaction_low: Series[float] = _blank()
    satisfaction_high: Series[float] = _blank()
    disappointed: Series[float] = _share()
    disappointed_low: Series[float] = _share()
    disappointed_high: Series[float] = _share()
    okay: Series[float] = _share()
    okay_low: Series[float] = _share()
    okay_high: Series[float] = _share()
    delighted: Series[float] = _share()
    delighted_low: Series[float] = _share()
    delighted_high: Series[float] = _share()
    n_nps_met: Series[int]
    nps_met: Series[float] = _blank()
    nps_met_low: Series[float] = _blank()
    nps_met_high: Series[float] = _blank()
    n_nps_not_met: Series[int]
    nps_not_met: Series[float] = _blank()
    nps_not_met_low: Series[float] = _blank()
    nps_not_met_high: Series[float] = _blank()
    n_brand_fit: Series[int]
    brand_fit: Series[float] = _blank()
    brand_fit_low: Series[float] = _blank()
    brand_fit_high: Series[float] = _blank()


class Outcomes(_Table):
    """Level of each outcome; ``nps`` for recommendation only, in points from -100 to 100."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    role: Series[str]
    proxy: Series[bool]
    n: Series[int]
    n_eff: Series[float] = _blank()
    mean: Series[float] = _blank()
    mean_low: Series[float] = _blank()
    mean_high: Series[float] = _blank()
    nps: Series[float] = _blank()
    nps_low: Series[float] = _blank()
    nps_high: Series[float] = _blank()


class Models(_Table):
    """One driver model per outcome and group: its fit, its base, and whether the gate admits it."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    proxy: Series[bool]
    admitted: Series[bool]
    reason: Series[str]
    n: Series[int]
    n_eff: Series[float] = _blank()
    n_needed: Series[float] = _blank()
    n_columns: Series[int]
    n_touchpoints: Series[int]
    r2: Series[float] = _blank()
    r2_low: Series[float] = _blank()
    r2_high: Series[float] = _blank()
    r2_experience: Series[float] = _blank()
    r2_contact: Series[float] = _blank()
    p_value: Series[float] = _share()
    repair: Series[float] = _blank()
    units: Series[int]
    strata: Series[int]
    replicates: Series[int]
    method: Series[str]


class Importance(_Table):
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
    share: Series[float] = _share()
    share_low: Series[float] = _share()
    share_high: Series[float] = _share()
    fair_share: Series[float]
    lift: Series[float]
    p_share: Series[float] = _share()
    rank: Series[int]
    rank_low: Series[int]
    rank_high: Series[int]
    tied_with_next: Series[bool]
    effect: Series[float] = _blank()
    effect_low: Series[float] = _blank()
    effect_high: Series[float] = _blank()
    p_value: Series[float] = _share()
    p_adjusted: Series[float] = _share()


class Phases(_Table):
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
    share: Series[float] = _share()
    share_low: Series[float] = _share()
    share_high: Series[float] = _share()


class Univariate(_Table):
    """Each touchpoint alone: correlation with the outcome, with no other touchpoint held fixed."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    component: Series[str] = pa.Field(isin=["experience", "contact"])
    n: Series[int]
    correlation: Series[float] = _blank()
    correlation_low: Series[float] = _blank()
    correlation_high: Series[float] = _blank()


class Supertouchpoints(_Table):
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
    probability: Series[float] = _share()
    rank_probability: Series[float] = _share()
    top: Series[int]
    sustained: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    trend: Series[str] = pa.Field(isin=["", "sustained", "emerging", "fading"])
    p_value: Series[float] = _share()
    p_adjusted: Series[float] = _share()
    share_loyalty: Series[float] = _share()
    share_recommendation: Series[float] = _share()
    fair_share: Series[float] = _share()
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


class Draws(_Table):
    """Replicates of the total, so that later stages can make joint intervals (Parquet only)."""

    wave: Series[str]
    replicate: Series[int]
    outcome: Series[str]
    touchpoint: Series[str]
    reach: Series[float]
    mean: Series[float] = _blank()
    beta: Series[float] = _blank()
    gamma: Series[float] = _blank()
    importance: Series[float]
    share: Series[float] = _share()


class Diagnostics(_Table):
    """What the reader should know of the data or the model: a code, its subject and its size."""

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    subject: Series[str]
    code: Series[str]
    value: Series[float] = _blank()


TABLES: dict[str, type[pa.DataFrameModel]] = {
    "sample": Sample,
    "quarantine": Quarantine,
    "rejections": Rejections,
    "empties": Empties,
    "contradictions": Contradictions,
    "performance": Performance,
    "outcomes": Outcomes,
    "models": Models,
    "importance": Importance,
    "phases": Phases,
    "univariate": Univariate,
    "supertouchpoints": Supertouchpoints,
    "draws": Draws,
    "diagnostics": Diagnostics,
}


def checked(frame: pd.DataFrame, *, table: str) -> pd.DataFrame:
    """Return ``frame`` with its columns in order and typed, or raise if it is not that table.

    Raises
    ------
    OutputError
        If a column is missing, unknown or holds a value that its schema forbids.
    """
    schema = TABLES[table].to_schema()
    names = list(schema.columns)
    if frame.empty:
        frame = pd.DataFrame({name: [] for name in names}).astype(
            {name: str(column.dtype) for name, column in schema.columns.items()}
        )
    try:
        return schema.validate(frame.reindex(columns=_ordered(frame, names)), lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.head(5)
        raise OutputError(
            [
                Problem(
                    f"table '{table}', column '{case.column}'",
                    str(case.failure_case),
                    f"breaks the rule {case.check}.",
                    "Run the stage again; if it stays, supertouch is at fault.",
                )
                for case in cases.itertuples()
            ]
        ) from error


def _ordered(frame: pd.DataFrame, names: list[str]) -> list[str]:
    present = [name for name in names if name in frame.columns]
    return present + [name for name in frame.columns if name not in names]
