"""What a study reads from a wave's file: each column, what it is for, and which codes it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.contact import contact_kinds
from supertouch.intake.recode import BREACH, answers, cells, matching
from supertouch.study.model import Code, Codes, Columns, Contact, Scale, Study

__all__ = ["Loc", "Use", "asked", "expected", "uses_of"]

Kind = Literal["rating", "contact", "brand_fit", "outcome", "segment", "status", "design"]
Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that the study reads: where it is written, what for, and from which columns.

    ``part`` stands in for ``{brand}`` in column names. ``words`` are the study's own words for
    the item, ``known`` the codes of groups (segments, status).
    """

    kind: Kind
    loc: Loc
    item: str
    columns: Columns
    scale: Scale | None = None
    codes: Codes = field(default_factory=Codes)
    contact: Contact | None = None
    known: tuple[Code, ...] = ()
    part: str = ""
    words: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the touchpoint, outcome or segment."""
        return str(self.loc[1]) if len(self.loc) > 1 else ""

    @property
    def key(self) -> tuple[Loc, str]:
        """What tells uses apart: the place in the study file, and the brand."""
        return self.loc, self.part

    def named(self, wave: str) -> str | None:
        """Return the column's name in ``wave``, or None where it was not asked."""
        name = self.columns.within(wave)
        return name.replace("{brand}", self.part) if name and self.part else name

    @property
    def coded(self) -> bool:
        """Whether the study says which codes the column may hold."""
        return self.scale is not None or self.contact is not None or bool(self.known)

    def read(self, values: pd.Series[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the answers on the scale that texts stand for, and which texts mean nothing.

        Answers are NaN for other codes and where there is no scale; blanks always mean something.
        """
        valid = np.full(len(values), np.nan)
        if self.scale is not None:
            found = answers(values, scale=self.scale, codes=self.codes)
            return found.values, np.asarray(found.state == BREACH, dtype=bool)
        if self.contact is not None:
            return valid, np.asarray(contact_kinds(values, self.contact) == BREACH, dtype=bool)
        if not self.known:
            return valid, np.zeros(len(values), dtype=bool)
        distinct = cells(values)
        strange: NDArray[np.bool_] = distinct.spread(~matching(distinct, self.known), blank=False)
        return valid, strange


def uses_of(study: Study) -> list[Use]:
    """Return everything that the study reads, in its order; once per brand where names differ."""
    parts = [brand.column_part for brand in study.brands]
    found = []
    for use in (*_design(study), *_segments(study), *_touchpoints(study), *_outcomes(study)):
        names = (use.columns.default, *use.columns.by_wave.values())
        if parts and any(name and "{brand}" in name for name in names):
            found += [replace(use, part=part, item=f"{use.item} ({part})") for part in parts]
        elif use.columns != Columns():
            found.append(use)
    return found


def expected(study: Study, wave: str) -> dict[str, list[Use]]:
    """Return the columns that the study reads in a wave, each with its uses."""
    named: dict[str, list[Use]] = {}
    for use in uses_of(study):
        if asked(study, use, wave) and (name := use.named(wave)):
            named.setdefault(name, []).append(use)
    return named


def asked(study: Study, use: Use, wave: str) -> bool:
    """Tell whether the study reads this in ``wave`` at all."""
    if use.loc[0] == "touchpoints":
        return bool(study.touchpoint(use.id).rating.within(wave))
    if use.loc[0] == "outcomes":
        return study.outcome(use.id).asked_in(wave)
    if use.loc == ("data", "wave"):
        own = study.wave(wave)
        return bool(own.values or own.start or own.end)
    return True


def _design(study: Study) -> Iterator[Use]:
    own = {
        "respondent": study.respondent,
        "brand": Columns() if study.brands else study.brand,
        "weight": study.weight,
        "cluster": study.cluster,
        "stratum": study.stratum,
        "wave": study.wave_column,
    }
    for name, columns in own.items():
        yield Use("design", ("data", name), name, columns)
    if study.status:
        known = tuple(code for codes in study.status.codes.values() for code in codes)
        loc = ("data", "status", "column")
        yield Use("status", loc, "status", study.status.column, known=known)
    for number, exclusion in enumerate(study.exclusions):
        yield Use("design", ("data", "exclude", number, "column"), "exclusion", exclusion.column)
    for number, block in enumerate(study.blocks):
        yield Use("design", ("data", "blocks", number, "column"), "block", block.column)
    yield Use("design", ("quality", "duration"), "duration", study.quality.duration)
    for number, pattern in enumerate(study.quality.implausible):
        for place, (columns, _) in enumerate(pattern.columns):
            loc_ = ("quality", "implausible", number, "columns", place, "column")
            yield Use("design", loc_, "implausible", columns)
    yield Use("design", ("field", "date"), "date", study.fieldwork.date)
    yield Use("design", ("mentions", "missing"), "missing touchpoints", study.mentions.missing)


def _segments(study: Study) -> Iterator[Use]:
    for segment in study.segments:
        if segment.column != study.brand:
            loc = ("segments", segment.id, "column")
            words = tuple(segment.label.by_language.values())
            known = tuple(segment.values)
            yield Use(
                "segment", loc, f"segment {segment.id}", segment.column, known=known, words=words
            )


def _touchpoints(study: Study) -> Iterator[Use]:
    for point in study.touchpoints:
        words = (*point.label.by_language.values(), *point.question.by_language.values())
        loc = ("touchpoints", point.id)
        yield Use(
            "contact",
            (*loc, "contact"),
            f"{point.id}: contact",
            point.contact,
            contact=point.contact_rule,
            words=words,
        )
        yield Use(
            "rating",
            (*loc, "rating"),
            point.id,
            point.rating,
            scale=study.scales.get(point.scale),
            codes=point.codes,
            words=words,
        )
        yield Use(
            "brand_fit",
            (*loc, "brand_fit"),
            f"{point.id}: brand fit",
            point.brand_fit,
            scale=study.scales.get(point.brand_fit_scale),
            codes=point.brand_fit_codes or point.codes,
            words=words,
        )


def _outcomes(study: Study) -> Iterator[Use]:
    for outcome in study.outcomes:
        several = len(outcome.items) > 1
        for number, columns in enumerate(outcome.items):
            yield Use(
                "outcome",
                ("outcomes", outcome.id, "items", number),
                f"{outcome.id}: item {number + 1}" if several else outcome.id,
                columns,
                scale=study.scales.get(outcome.scale),
                codes=outcome.codes,
                words=(*outcome.label.by_language.values(), *outcome.question.by_language.values()),
            )
