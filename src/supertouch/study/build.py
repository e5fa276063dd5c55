"""Make the Study from what stands in its file: inherit, fill in defaults, name the columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from supertouch.study.build_deciding import audit, mentions, plan, portfolio, questionnaire
from supertouch.study.build_sections import (
    blocks,
    brands,
    computing,
    fieldwork,
    privacy,
    quality,
    reporting,
    targets,
    tracking,
    weighting,
)
from supertouch.study.document import Document
from supertouch.study.fields import LARGEST, code_of_key
from supertouch.study.model import (
    BRAND_COLUMN,
    Analysis,
    Code,
    Codes,
    Columns,
    Contact,
    Exclusion,
    Outcome,
    Scale,
    Segment,
    StatusRule,
    Study,
    SuperRule,
    Text,
    Touchpoint,
    Wave,
)
from supertouch.study.sections_asked import (
    AnalysisTable,
    OutcomeTable,
    ScaleTable,
    StatusTable,
    TouchpointTable,
    WaveTable,
)
from supertouch.study.written import columns_of, text_of, wordings_of

__all__ = ["BRAND", "build"]

BRAND = "brand"
BRAND_LABEL = Text({"de": "Marke", "en": "Brand"})

Record = TypeVar("Record", Codes, Contact)


def build(
    document: Document, *, path: Path, raw: Path | None = None, scheduler: str | None = None
) -> Study:
    """Make a Study of a document, however sound it is; the checks judge it afterwards.

    Parameters
    ----------
    document
        The study file's content in its shape.
    path
        Path of the study file.
    raw
        Folder of the raw files, in place of the one that the document names.
    scheduler
        Address of a cluster, in place of the one that the document names.
    """
    about, data = document.study, document.data
    languages = tuple(about.languages)
    scales = {id_: _scale(id_, table, languages) for id_, table in document.scales.items()}
    touchpoints = tuple(
        _touchpoint(id_, table, document, scales) for id_, table in document.touchpoints.items()
    )
    outcomes = tuple(
        _outcome(id_, table, document, scales) for id_, table in document.outcomes.items()
    )
    brand = _brand(document, touchpoints, outcomes)
    return Study(
        id=about.id,
        title=text_of(about.title, languages),
        company=text_of(about.company, languages),
        about=text_of(about.about, languages),
        languages=languages,
        seed=about.seed,
        file=path,
        folder=path.parent,
        raw=raw if raw is not None else path.parent / data.raw,
        scales=scales,
        touchpoints=touchpoints,
        outcomes=outcomes,
        waves=tuple(_wave(id_, table, document) for id_, table in document.waves.items()),
        segments=_segments(document, brand),
        wave_column=columns_of(data.wave),
        respondent=columns_of(data.respondent),
        weight=columns_of(data.weight),
        cluster=columns_of(data.cluster),
        stratum=columns_of(data.stratum),
        brand=brand,
        panel=data.panel,
        most_ratings=data.most_ratings,
        status=_status(data.status, languages) if data.status else None,
        exclusions=tuple(
            Exclusion(columns_of(table.column), table.values, text_of(table.reason, languages))
            for table in data.exclude
        ),
        brands=brands(document),
        blocks=blocks(document),
        quality=quality(document),
        weighting=weighting(document),
        fieldwork=fieldwork(document.field),
        privacy=privacy(document.privacy),
        tracking=tracking(document.tracking),
        audit=audit(document),
        mentions=mentions(document.mentions),
        portfolio=portfolio(document.portfolio),
        plan=plan(document.plan),
        questionnaire=questionnaire(document),
        reporting=reporting(document.report, folder=path.parent),
        computing=computing(document.engine, folder=path.parent, scheduler=scheduler),
        rule=SuperRule(**document.super.model_dump()),
        analysis=_analysis(document.analysis),
    )


def _brand(
    document: Document, touchpoints: tuple[Touchpoint, ...], outcomes: tuple[Outcome, ...]
) -> Columns:
    """Return the column of the brand: the file's, or that of rows stacked by columns per brand."""
    if not document.brands:
        return columns_of(document.data.brand)
    columns = [item for outcome in outcomes for item in outcome.items]
    columns += [
        part for item in touchpoints for part in (item.rating, item.contact, item.brand_fit)
    ]
    stacked = [
        wave for wave in document.waves if any("{brand}" in (c.within(wave) or "") for c in columns)
    ]
    if len(stacked) == len(document.waves):
        return Columns(BRAND_COLUMN)
    return Columns(None, dict.fromkeys(stacked, BRAND_COLUMN))


def _segments(document: Document, brand: Columns) -> tuple[Segment, ...]:
    """Make the segments of the file, and one of the brands where these are stacked."""
    languages = tuple(document.study.languages)
    own = tuple(
        Segment(
            id_,
            text_of(table.label, languages),
            columns_of(table.column),
            {code_of_key(key): text_of(text, languages) for key, text in table.values.items()},
            text_of(table.question, languages),
        )
        for id_, table in document.segments.items()
    )
    if brand == Columns() or BRAND in document.segments:
        return own
    labels: dict[Code, Text] = {item.id: item.label for item in brands(document)}
    return (Segment(BRAND, BRAND_LABEL, brand, labels), *own)


def _scale(id_: str, table: ScaleTable, languages: tuple[str, ...]) -> Scale:
    disappointed, delighted = _bands(table)
    labels = {code_of_key(key): text for key, text in table.labels.items()}
    return Scale(
        id=id_,
        minimum=table.min,
        maximum=table.max,
        best=table.best,
        step=table.step,
        disappointed=disappointed if table.disappointed is None else table.disappointed,
        delighted=delighted if table.delighted is None else table.delighted,
        labels={
            code: text_of(text, languages)
            for code, text in labels.items()
            if isinstance(code, float)
        },
    )


def _bands(table: ScaleTable) -> tuple[float, float]:
    """Return the default ends of the bands: the worst 40 % and the best 20 % of the points."""
    width = table.max - table.min
    if table.step > 0 and width / table.step < LARGEST:
        points = round(width / table.step) + 1
        worst = (max(1, points * 2 // 5) - 1) * table.step
        top = (max(1, round(points / 5)) - 1) * table.step
    else:
        worst, top = 0.4 * width, 0.2 * width
    if table.best == table.min:
        return table.max - worst, table.min + top
    return table.min + worst, table.max - top


def _inherited(start: Record, *tables: BaseModel) -> Record:
    for table in tables:
        start = replace(start, **table.model_dump(exclude_none=True))
    return start


def _touchpoint(
    id_: str, table: TouchpointTable, document: Document, scales: Mapping[str, Scale]
) -> Touchpoint:
    languages = tuple(document.study.languages)
    patterns = document.columns
    same = {"phase", "origin", "dialogue", "channel", "owner", "cost", "control"}
    return Touchpoint(
        id=id_,
        label=text_of(table.label, languages),
        **{name: getattr(table, name) for name in sorted(same)},
        rating=columns_of(table.rating, pattern=patterns.rating, item=id_),
        contact=columns_of(table.contact, pattern=patterns.contact, item=id_),
        brand_fit=columns_of(table.brand_fit, pattern=patterns.brand_fit, item=id_),
        scale=table.scale,
        brand_fit_scale=table.brand_fit_scale,
        codes=_inherited(Codes(), document.codes, table.codes),
        brand_fit_codes=_brand_fit_codes(table, document),
        contact_rule=_inherited(Contact(), document.contact, table.contact_rule),
        question=text_of(table.question, languages),
        targets=targets(table.target, scales.get(table.scale)),
    )


def _brand_fit_codes(table: TouchpointTable, document: Document) -> Codes | None:
    own = (document.brand_fit_codes, table.brand_fit_codes)
    if not any(codes.model_dump(exclude_none=True) for codes in own):
        return None
    return _inherited(Codes(), document.codes, table.codes, *own)


def _outcome(
    id_: str, table: OutcomeTable, document: Document, scales: Mapping[str, Scale]
) -> Outcome:
    languages = tuple(document.study.languages)
    items = tuple(columns_of(spec) for spec in table.specs)
    asked = tuple(wave for wave in document.waves if any(item.within(wave) for item in items))
    question, questions = wordings_of(table.question, table.questions, languages, items=len(items))
    return Outcome(
        id=id_,
        label=text_of(table.label, languages),
        role=table.role,
        items=items,
        reversed_items=tuple(
            any(name in table.reversed for name in spec.names) for spec in table.specs
        ),
        scale=table.scale,
        codes=_inherited(Codes(), document.codes, table.codes),
        min_items=(len(items) + 1) // 2 if table.min_items is None else table.min_items,
        proxy=table.proxy,
        waves=asked
        if table.waves is None
        else tuple(w for w in document.waves if w in table.waves),
        status=tuple(table.status),
        question=question,
        questions=questions,
        targets=targets(table.target, scales.get(table.scale)),
    )


def _wave(id_: str, table: WaveTable, document: Document) -> Wave:
    return Wave(
        id=id_,
        label=text_of(table.label, tuple(document.study.languages)),
        file=table.file or ("" if table.planned else document.data.file) or "",
        sheet=table.sheet,
        values=table.values,
        start=table.start,
        end=table.to,
        accept_drift=table.accept_drift,
        planned=table.planned,
    )


def _analysis(table: AnalysisTable) -> Analysis:
    return Analysis(**{**table.model_dump(), "covariates": tuple(table.covariates)})


def _status(table: StatusTable, languages: tuple[str, ...]) -> StatusRule:
    codes: Mapping[str, tuple[Code, ...]] = {
        name: getattr(table, name) for name in ("current", "former", "potential")
    }
    return StatusRule(
        columns_of(table.column),
        {k: v for k, v in codes.items() if v},  # type: ignore[misc]
        text_of(table.question, languages),
    )
