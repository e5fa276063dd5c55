"""The shape of the tables about design, quality, weights, fieldwork, privacy, report, engine."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from supertouch.study.fields import (
    LARGEST,
    CodesField,
    Count,
    Name,
    Number,
    OpenShare,
    Spec,
    SpecField,
    Texts,
    TextsField,
)
from supertouch.study.model import (
    Comparison,
    Computing,
    Fieldwork,
    Flag,
    Privacy,
    Quality,
    Reporting,
    Tracking,
)

__all__ = [
    "REQUIRED",
    "BlockTable",
    "BrandTable",
    "EngineTable",
    "FieldTable",
    "ImplausibleTable",
    "OutcomeTargets",
    "PatternTable",
    "PrivacyTable",
    "QualityTable",
    "ReportTable",
    "Table",
    "TouchpointTargets",
    "TrackingTable",
    "WeightingTable",
]

REQUIRED = "required"
_QUALITY = Quality()
_FIELD = Fieldwork()
_PRIVACY = Privacy()
_TRACKING = Tracking()
_REPORT = Reporting()
_ENGINE = Computing()

Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Level = Annotated[float, Field(ge=0.5, lt=1, allow_inf_nan=False)]
Above = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
Margins = dict[str, dict[str, Amount]]


class Table(BaseModel):
    """A table of the study file: no key but its own, no value turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class BlockTable(Table):
    """One block of a split questionnaire."""

    column: Annotated[SpecField, REQUIRED] = Spec()
    values: Annotated[CodesField, REQUIRED] = ()
    touchpoints: Annotated[list[Name], REQUIRED] = []


class BrandTable(Table):
    """One brand of a file that has a column per brand."""

    label: Annotated[TextsField, REQUIRED] = Texts()
    part: Name | None = None


class PatternTable(Table):
    """One column of an implausible pattern."""

    column: Annotated[SpecField, REQUIRED] = Spec()
    values: Annotated[CodesField, REQUIRED] = ()


class ImplausibleTable(Table):
    """Answers that cannot all be true."""

    label: Annotated[TextsField, REQUIRED] = Texts()
    columns: Annotated[list[PatternTable], REQUIRED] = []


class QualityTable(Table):
    """What makes a respondent suspect."""

    duration: SpecField = Spec()
    speeder: OpenShare = _QUALITY.speeder
    straight_line: Annotated[int, Field(ge=3, le=1000)] = _QUALITY.straight_line
    implausible: list[ImplausibleTable] = []
    exclude: list[Flag] = []


class WeightingTable(Table):
    """How weights are made or bounded."""

    margins: Margins = {}
    trim: list[Number] | None = None


class FieldTable(Table):
    """What is asked of a wave while it is in the field."""

    date: SpecField = Spec()
    target: Count | None = None
    precision: Above = _FIELD.precision
    quotas: dict[str, dict[str, Count]] = {}


class PrivacyTable(Table):
    """What of a person is stored and shown."""

    hash_ids: bool = _PRIVACY.hash_ids
    keep: list[Name] = []
    drop: list[Name] = []
    min_base: Count = _PRIVACY.min_base
    protect_unknown: bool = _PRIVACY.protect_unknown


class TrackingTable(Table):
    """Which waves a wave is compared with."""

    compare: list[Comparison] = list(_TRACKING.compare)
    baseline: Name | None = None
    waves_per_year: Annotated[int, Field(ge=1, le=366)] | None = None


class ReportTable(Table):
    """How the study is handed over."""

    template: Name | None = None
    letters: list[Level] = list(_REPORT.letters)
    small_base: Count = _REPORT.small_base


class EngineTable(Table):
    """How the study is computed."""

    stream_above: Annotated[int, Field(ge=0, le=LARGEST)] = _ENGINE.stream_above
    memory_gb: Annotated[float, Field(ge=0.1, le=100_000, allow_inf_nan=False)] = _ENGINE.memory_gb
    sample: Annotated[int, Field(ge=500, le=LARGEST)] = _ENGINE.sample
    scheduler: Name | None = None
    storage: Name | None = None
    tls_ca: Name | None = None
    tls_cert: Name | None = None
    tls_key: Name | None = None


class TouchpointTargets(Table):
    """What the study aims at with a touchpoint."""

    reach: Ratio | None = None
    satisfaction: Number | None = None
    disappointed: Ratio | None = None
    delighted: Ratio | None = None


class OutcomeTargets(Table):
    """What the study aims at with an outcome."""

    mean: Number | None = None
    nps: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)] | None = None
