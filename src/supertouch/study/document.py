"""The shape of study.toml: which tables and keys there are, and what may stand in each."""
# ruff: noqa: RUF012 - pydantic copies the defaults

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from supertouch.study.sections import (
    REQUIRED,
    BlockTable,
    BrandTable,
    EngineTable,
    FieldTable,
    ImplausibleTable,
    OutcomeTargets,
    PatternTable,
    PrivacyTable,
    QualityTable,
    ReportTable,
    Table,
    TouchpointTargets,
    TrackingTable,
    WeightingTable,
)
from supertouch.study.sections_asked import (
    AnalysisTable,
    CodesTable,
    ColumnsTable,
    ContactTable,
    DataTable,
    ExcludeTable,
    OutcomeTable,
    ScaleTable,
    SegmentTable,
    StatusTable,
    StudyTable,
    SuperTable,
    TouchpointTable,
    WaveTable,
)
from supertouch.study.sections_deciding import (
    AuditTable,
    MentionsColumns,
    MentionsTable,
    MentionsValence,
    PhasesTable,
    PlanTable,
    PortfolioTable,
    QuestionnaireTable,
)
from supertouch.study.wording import Loc

__all__ = [
    "REQUIRED",
    "TABLES",
    "Document",
    "Table",
    "found_in",
    "keys_of",
    "table_of",
]

Found = TypeVar("Found")


class Document(Table):
    """The whole study file."""

    study: StudyTable = StudyTable()
    data: DataTable = DataTable()
    scales: dict[str, ScaleTable] = {}
    codes: CodesTable = CodesTable()
    brand_fit_codes: CodesTable = CodesTable()
    contact: ContactTable = ContactTable()
    columns: ColumnsTable = ColumnsTable()
    touchpoints: dict[str, TouchpointTable] = {}
    outcomes: dict[str, OutcomeTable] = {}
    waves: dict[str, WaveTable] = {}
    segments: dict[str, SegmentTable] = {}
    super: SuperTable = SuperTable()
    analysis: AnalysisTable = AnalysisTable()
    brands: dict[str, BrandTable] = {}
    quality: QualityTable = QualityTable()
    weighting: WeightingTable = WeightingTable()
    field: FieldTable = FieldTable()
    privacy: PrivacyTable = PrivacyTable()
    tracking: TrackingTable = TrackingTable()
    audit: AuditTable = AuditTable()
    mentions: MentionsTable = MentionsTable()
    portfolio: PortfolioTable = PortfolioTable()
    plan: PlanTable = PlanTable()
    questionnaire: QuestionnaireTable = QuestionnaireTable()
    report: ReportTable = ReportTable()
    engine: EngineTable = EngineTable()


TABLES: dict[str, type[Table]] = {
    "": Document,
    "study": StudyTable,
    "data": DataTable,
    "data.status": StatusTable,
    "data.exclude": ExcludeTable,
    "scales": ScaleTable,
    "codes": CodesTable,
    "brand_fit_codes": CodesTable,
    "contact": ContactTable,
    "columns": ColumnsTable,
    "touchpoints": TouchpointTable,
    "outcomes": OutcomeTable,
    "waves": WaveTable,
    "segments": SegmentTable,
    "super": SuperTable,
    "analysis": AnalysisTable,
    "data.blocks": BlockTable,
    "touchpoints.target": TouchpointTargets,
    "outcomes.target": OutcomeTargets,
    "brands": BrandTable,
    "quality": QualityTable,
    "quality.implausible": ImplausibleTable,
    "quality.implausible.columns": PatternTable,
    "weighting": WeightingTable,
    "field": FieldTable,
    "privacy": PrivacyTable,
    "tracking": TrackingTable,
    "audit": AuditTable,
    "mentions": MentionsTable,
    "mentions.columns": MentionsColumns,
    "mentions.valence": MentionsValence,
    "portfolio": PortfolioTable,
    "plan": PlanTable,
    "questionnaire": QuestionnaireTable,
    "questionnaire.phases": PhasesTable,
    "report": ReportTable,
    "engine": EngineTable,
}
_COLLECTIONS = ("scales", "touchpoints", "outcomes", "waves", "segments", "brands")


def keys_of(table: str) -> tuple[str, ...]:
    """Return the keys of a table as they stand in the file."""
    return tuple(info.alias or name for name, info in TABLES[table].model_fields.items())


def table_of(loc: Loc) -> str | None:
    """Return the name in ``TABLES`` of the table at ``loc``, or None where there is none."""
    if loc and loc[-1] in ("codes", "brand_fit_codes", "contact_rule"):
        return "contact" if loc[-1] == "contact_rule" else "codes"
    if loc and loc[-1] == "target" and len(loc) == 3:
        return f"{loc[0]}.target"
    if loc and loc[0] in _COLLECTIONS:
        return str(loc[0]) if len(loc) == 2 else None
    name = ".".join(str(part) for part in loc if isinstance(part, str))
    return name if name in TABLES else None


def found_in(value: object, kind: type[Found], *, loc: Loc = ()) -> Iterator[tuple[Loc, Found]]:
    """Yield every record of ``kind`` below ``value``, with the place where it stands."""
    if isinstance(value, kind):
        yield loc, value
    for key, item in _children(value):
        yield from found_in(item, kind, loc=(*loc, key))


def _children(value: object) -> Iterator[tuple[str | int, Any]]:
    walk: dict[type, Callable[[Any], Iterator[tuple[str | int, Any]]]] = {
        dict: lambda mapping: iter(mapping.items()),
        list: lambda items: enumerate(items),
    }
    if isinstance(value, Table):
        for name, info in type(value).model_fields.items():
            yield info.alias or name, getattr(value, name)
    elif type(value) in walk:
        yield from walk[type(value)](value)
