"""The shape of the tables about the study itself: data, scales, codes, items and waves."""
# ruff: noqa: RUF012 - pydantic copies the defaults

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from supertouch.study.fields import (
    LARGEST,
    CodesField,
    Count,
    Name,
    Number,
    OpenShare,
    Share,
    Spec,
    SpecField,
    Texts,
    TextsField,
)
from supertouch.study.model import (
    Analysis,
    Channel,
    ContactState,
    Contradiction,
    Control,
    Dialogue,
    Empty,
    Origin,
    Phase,
    Role,
    Status,
    SuperRule,
)
from supertouch.study.sections import (
    REQUIRED,
    BlockTable,
    Margins,
    OutcomeTargets,
    Table,
    TouchpointTargets,
)

__all__ = [
    "AnalysisTable",
    "CodesTable",
    "ColumnsTable",
    "ContactTable",
    "DataTable",
    "ExcludeTable",
    "OutcomeTable",
    "ScaleTable",
    "SegmentTable",
    "StatusTable",
    "StudyTable",
    "SuperTable",
    "TouchpointTable",
    "WaveTable",
]

_RULE = SuperRule()
_ANALYSIS = Analysis()


class StudyTable(Table):
    """What the study is."""

    id: Annotated[Name, REQUIRED] = "study"
    title: Annotated[TextsField, REQUIRED] = Texts()
    company: TextsField = Texts()
    about: TextsField = Texts()
    languages: list[Name] = ["de", "en"]
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1


class StatusTable(Table):
    """How the data say whether a respondent is a customer."""

    column: Annotated[SpecField, REQUIRED] = Spec()
    current: CodesField = ()
    former: CodesField = ()
    potential: CodesField = ()
    question: TextsField = Texts()


class ExcludeTable(Table):
    """Rows left out on purpose."""

    column: Annotated[SpecField, REQUIRED] = Spec()
    values: Annotated[CodesField, REQUIRED] = ()
    reason: Annotated[TextsField, REQUIRED] = Texts()


class DataTable(Table):
    """Where the answers are and which columns describe the respondent."""

    raw: Name = "data/raw"
    file: Name | None = None
    wave: SpecField = Spec()
    respondent: SpecField = Spec()
    weight: SpecField = Spec()
    cluster: SpecField = Spec()
    stratum: SpecField = Spec()
    brand: SpecField = Spec()
    panel: bool = False
    most_ratings: Annotated[int, Field(ge=2, le=1000)] | None = None
    status: StatusTable | None = None
    exclude: list[ExcludeTable] = []
    blocks: list[BlockTable] = []


class ScaleTable(Table):
    """A bounded answer scale."""

    min: Annotated[Number, REQUIRED] = 0.0
    max: Annotated[Number, REQUIRED] = 0.0
    best: Annotated[Number, REQUIRED] = 0.0
    step: Number = 1.0
    disappointed: Number | None = None
    delighted: Number | None = None
    labels: dict[str, TextsField] = {}


class CodesTable(Table):
    """Codes of the four kinds of empty; what is left out is inherited."""

    not_met: CodesField | None = None
    not_asked: CodesField | None = None
    dont_know: CodesField | None = None
    refused: CodesField | None = None
    blank: Empty | None = None


class ContactTable(Table):
    """Codes of the contact question; what is left out is inherited."""

    met: CodesField | None = None
    not_met: CodesField | None = None
    dont_know: CodesField | None = None
    not_asked: CodesField | None = None
    refused: CodesField | None = None
    when_blank: ContactState | None = None
    when_dont_know: ContactState | None = None
    contradiction: Contradiction | None = None


class ColumnsTable(Table):
    """Patterns that name the columns of every touchpoint."""

    rating: SpecField = Spec()
    contact: SpecField = Spec()
    brand_fit: SpecField = Spec()


class TouchpointTable(Table):
    """One touchpoint."""

    label: Annotated[TextsField, REQUIRED] = Texts()
    phase: Annotated[Phase, REQUIRED] = "before"
    origin: Origin | None = None
    dialogue: Dialogue | None = None
    channel: Channel | None = None
    owner: Name | None = None
    cost: Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)] | None = None
    control: Control | None = None
    scale: Name = "rating"
    brand_fit_scale: Name = "rating"
    rating: SpecField = Spec()
    contact: SpecField = Spec()
    brand_fit: SpecField = Spec()
    codes: CodesTable = CodesTable()
    brand_fit_codes: CodesTable = CodesTable()
    contact_rule: ContactTable = ContactTable()
    question: TextsField = Texts()
    target: TouchpointTargets = TouchpointTargets()


class OutcomeTable(Table):
    """One outcome."""

    label: Annotated[TextsField, REQUIRED] = Texts()
    role: Annotated[Role, REQUIRED] = "behaviour"
    column: SpecField = Spec()
    items: list[SpecField] = []
    reversed: list[Name] = []
    scale: Name = "rating"
    codes: CodesTable = CodesTable()
    min_items: int | None = None
    proxy: bool = False
    waves: list[Name] | None = None
    status: list[Status] = ["current", "former", "potential"]
    question: TextsField = Texts()
    questions: list[TextsField] = []
    target: OutcomeTargets = OutcomeTargets()

    @property
    def specs(self) -> tuple[Spec, ...]:
        """The items' columns, whichever way they are written."""
        return tuple(self.items) or ((self.column,) if self.column != Spec() else ())


class WaveTable(Table):
    """One wave of fieldwork."""

    label: Annotated[TextsField, REQUIRED] = Texts()
    file: Name | None = None
    sheet: Name | None = None
    values: CodesField = ()
    start: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    margins: Margins = {}
    accept_drift: bool = False
    planned: bool = False


class SegmentTable(Table):
    """One grouping of respondents."""

    label: Annotated[TextsField, REQUIRED] = Texts()
    column: Annotated[SpecField, REQUIRED] = Spec()
    values: dict[str, TextsField] = {}
    question: TextsField = Texts()


class SuperTable(Table):
    """Thresholds of the super-touchpoint rule."""

    min_reach: Share = _RULE.min_reach
    min_base: Count = _RULE.min_base
    alpha: OpenShare = _RULE.alpha
    materiality: Share = _RULE.materiality
    candidate: OpenShare = _RULE.candidate
    top: Annotated[int, Field(ge=1, le=1000)] = _RULE.top


class AnalysisTable(Table):
    """Settings of the estimation."""

    replicates: Annotated[int, Field(ge=50, le=100_000)] = _ANALYSIS.replicates
    groups: Annotated[int, Field(ge=2, le=100_000)] = _ANALYSIS.groups
    confidence: OpenShare = _ANALYSIS.confidence
    exact_up_to: Annotated[int, Field(ge=1, le=30)] = _ANALYSIS.exact_up_to
    min_pair: Annotated[int, Field(ge=2, le=LARGEST)] = _ANALYSIS.min_pair
    min_segment: Annotated[int, Field(ge=2, le=LARGEST)] = _ANALYSIS.min_segment
    covariates: list[Name] = []
    imputations: Annotated[int, Field(ge=20, le=1000)] = _ANALYSIS.imputations
