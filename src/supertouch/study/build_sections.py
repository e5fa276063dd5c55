"""Make the records about design, quality, weights, fieldwork, privacy, tracking, report, engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from supertouch.study.document import Document
from supertouch.study.fields import value_key
from supertouch.study.model import (
    Block,
    Brand,
    Computing,
    Fieldwork,
    Implausible,
    Margin,
    Privacy,
    Quality,
    Reporting,
    Scale,
    Target,
    Tracking,
    Weighting,
)
from supertouch.study.sections import (
    EngineTable,
    FieldTable,
    OutcomeTargets,
    PrivacyTable,
    ReportTable,
    TouchpointTargets,
    TrackingTable,
)
from supertouch.study.written import columns_of, text_of

__all__ = [
    "blocks",
    "brands",
    "computing",
    "fieldwork",
    "privacy",
    "quality",
    "reporting",
    "targets",
    "tracking",
    "weighting",
]

_ON_SCALE: tuple[Target, ...] = ("satisfaction", "mean")


def brands(document: Document) -> tuple[Brand, ...]:
    """Make the brands that have columns of their own; a brand's part is its id by default."""
    languages = tuple(document.study.languages)
    return tuple(
        Brand(id_, text_of(table.label, languages), table.part or id_)
        for id_, table in document.brands.items()
    )


def blocks(document: Document) -> tuple[Block, ...]:
    """Make the blocks of a split questionnaire."""
    return tuple(
        Block(columns_of(table.column), table.values, tuple(table.touchpoints))
        for table in document.data.blocks
    )


def quality(document: Document) -> Quality:
    """Make the rules that tell suspect respondents."""
    table, languages = document.quality, tuple(document.study.languages)
    return Quality(
        duration=columns_of(table.duration),
        speeder=table.speeder,
        straight_line=table.straight_line,
        implausible=tuple(
            Implausible(
                text_of(pattern.label, languages),
                tuple((columns_of(part.column), part.values) for part in pattern.columns),
            )
            for pattern in table.implausible
        ),
        exclude=tuple(dict.fromkeys(table.exclude)),
    )


def weighting(document: Document) -> Weighting:
    """Make the margins, those of single waves beside those of all waves."""
    everywhere = document.weighting.margins
    of_waves = {wave: table.margins for wave, table in document.waves.items() if table.margins}
    segments = dict.fromkeys([*everywhere, *(name for own in of_waves.values() for name in own)])
    trim = document.weighting.trim
    return Weighting(
        margins=tuple(
            Margin(
                segment,
                _by_value(everywhere.get(segment, {})),
                {wave: _by_value(own[segment]) for wave, own in of_waves.items() if segment in own},
            )
            for segment in segments
        ),
        trim=(trim[0], trim[1]) if trim and len(trim) == 2 else None,
    )


def _by_value(table: Mapping[str, float]) -> dict[str, float]:
    return {value_key(key): float(number) for key, number in table.items()}


def fieldwork(table: FieldTable) -> Fieldwork:
    """Make what is asked of a wave in the field."""
    return Fieldwork(
        date=columns_of(table.date),
        target=table.target,
        precision=table.precision,
        quotas={
            segment: {value_key(key): number for key, number in wanted.items()}
            for segment, wanted in table.quotas.items()
        },
    )


def privacy(table: PrivacyTable) -> Privacy:
    """Make the rules for what of a person is stored and shown."""
    return Privacy(
        hash_ids=table.hash_ids,
        keep=tuple(table.keep),
        drop=tuple(table.drop),
        min_base=table.min_base,
        protect_unknown=table.protect_unknown,
    )


def tracking(table: TrackingTable) -> Tracking:
    """Make the comparisons of waves."""
    return Tracking(tuple(dict.fromkeys(table.compare)), table.baseline, table.waves_per_year)


def reporting(table: ReportTable, *, folder: Path) -> Reporting:
    """Make how the study is handed over; the template lies beside the study file."""
    return Reporting(
        template=folder / table.template if table.template else None,
        letters=tuple(sorted(table.letters, reverse=True)),
        small_base=table.small_base,
    )


def computing(table: EngineTable, *, folder: Path, scheduler: str | None) -> Computing:
    """Make how the study is computed; files lie beside the study file."""
    files = {name: getattr(table, name) for name in ("tls_ca", "tls_cert", "tls_key")}
    return Computing(
        stream_above=table.stream_above,
        memory_gb=table.memory_gb,
        sample=table.sample,
        scheduler=scheduler or table.scheduler,
        storage=table.storage,
        **{name: folder / file for name, file in files.items() if file},
    )


def targets(table: TouchpointTargets | OutcomeTargets, scale: Scale | None) -> dict[Target, float]:
    """Make an item's targets; those in codes of its scale are turned so that more is better."""
    said: dict[Target, float] = table.model_dump(exclude_none=True)  # type: ignore[assignment]
    return {
        name: scale.turned(value) if scale is not None and name in _ON_SCALE else float(value)
        for name, value in said.items()
    }
