"""The column glossary: a schema per table that leaves a stage, checked when written and when read.

Shares are 0-1; rounding and labels happen when a table is shown. ``segment`` is empty for the
total. An estimate stands as ``NAME, NAME_low, NAME_high``; ``n`` counts respondents, ``n_eff``
is Kish's.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from supertouch.errors import OutputError, Problem
from supertouch.tables.asymmetry import Asymmetry, Consistency, Weakest
from supertouch.tables.banner import Banner, BannerWaves
from supertouch.tables.comparison import Comparison
from supertouch.tables.decisions import Budget, Levers, Measures, Plan, Portfolio, Whatif
from supertouch.tables.drift import Drift
from supertouch.tables.drivers import Diagnostics, Draws, Importance, Models, Phases, Univariate
from supertouch.tables.fieldwork import FieldBases, FieldDays, FieldDropout, FieldQuotas
from supertouch.tables.inside import Auditors, Audits, BroughtFiles, CellQuarantine, Gap
from supertouch.tables.mentions import Incidents, Mentions, Missing, MissingNamed
from supertouch.tables.mix import Funnel, Overlap, ReachSets, Synergy
from supertouch.tables.performance import Outcomes, Performance
from supertouch.tables.quality import Flags, Margins, Quality, Suppressed, Weights
from supertouch.tables.responses import Contradictions, Empties, Quarantine, Rejections, Sample
from supertouch.tables.robustness import Agreement, Collinearity, Halo, Robustness
from supertouch.tables.sensitivity import Reliability, Sensitivity
from supertouch.tables.simulator import Simulator
from supertouch.tables.tracking import ChangeExplained, Targets, TrackedChanges
from supertouch.tables.verdicts import Supertouchpoints

__all__ = ["TABLES", "checked"]

TABLES: dict[str, type[pa.DataFrameModel]] = {
    "sample": Sample,
    "quarantine": Quarantine,
    "rejections": Rejections,
    "empties": Empties,
    "contradictions": Contradictions,
    "quality": Quality,
    "flags": Flags,
    "weights": Weights,
    "margins": Margins,
    "suppressed": Suppressed,
    "drift": Drift,
    "field_days": FieldDays,
    "field_quotas": FieldQuotas,
    "field_bases": FieldBases,
    "field_dropout": FieldDropout,
    "performance": Performance,
    "outcomes": Outcomes,
    "models": Models,
    "importance": Importance,
    "phases": Phases,
    "univariate": Univariate,
    "supertouchpoints": Supertouchpoints,
    "draws": Draws,
    "levers": Levers,
    "overlap": Overlap,
    "reach_sets": ReachSets,
    "synergy": Synergy,
    "funnel": Funnel,
    "asymmetry": Asymmetry,
    "consistency": Consistency,
    "weakest": Weakest,
    "comparison": Comparison,
    "robustness": Robustness,
    "agreement": Agreement,
    "halo": Halo,
    "collinearity": Collinearity,
    "sensitivity": Sensitivity,
    "reliability": Reliability,
    "diagnostics": Diagnostics,
    "tracking": TrackedChanges,
    "change_explained": ChangeExplained,
    "targets": Targets,
    "banner": Banner,
    "banner_waves": BannerWaves,
    "brought": BroughtFiles,
    "audits": Audits,
    "audit_quarantine": CellQuarantine,
    "gap": Gap,
    "auditors": Auditors,
    "mentions": Mentions,
    "mention_quarantine": CellQuarantine,
    "incidents": Incidents,
    "missing_named": MissingNamed,
    "missing": Missing,
    "portfolio": Portfolio,
    "whatif": Whatif,
    "budget": Budget,
    "plan": Plan,
    "measures": Measures,
    "simulator": Simulator,
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
        kinds = {name: str(column.dtype) for name, column in schema.columns.items()}
        return pd.DataFrame({name: pd.Series(dtype=kinds[name]) for name in names})
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
