"""A wave that is still in the field, told from its raw file without taking it into the store."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.pipeline import files, manifest
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fielded", "Place", "Wanting", "field_report"]

LISTED = 3


@dataclass(frozen=True, slots=True)
class Wanting:
    """A quota or a touchpoint: how many there are and how many are wanted, None if unknown yet."""

    label: str
    n: int
    wanted: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A question after which ``n`` respondents answered nothing more."""

    label: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class Fielded:
    """How a wave gets on: returns, quotas, touchpoints with too small a base, drop-out."""

    wave: str
    n: int
    accepted: int
    first: str
    last: str
    target: int | None
    precision: float
    touchpoints: int
    quotas: tuple[Wanting, ...]
    thin: tuple[Wanting, ...]
    dropout: tuple[Place, ...]
    page: Path


def field_report(study: Study, wave: str, *, tell: Callable[[str], None]) -> Fielded:
    """Write the page and the tables of a wave in the field; nothing is stored.

    Raises
    ------
    SupertouchError
        If the raw file cannot be read, or holds no respondent that passes.
    """
    from supertouch.intake import field_tables, ingest_wave, validate_wave
    from supertouch.report import write_field

    tell("reading")
    incoming = ingest_wave(study, wave)
    frame = incoming.frame()
    meta = incoming.meta()
    names = ", ".join(file["name"] for file in meta["files"])
    validated = validate_wave(study, wave, frame, names, meta=meta)
    tell("counting")
    tables = field_tables(study, wave, frame, validated)
    folder = study.reports / "field"
    for name, table in tables.items():
        files.write_csv(table, folder / f"{name}.csv")
    tell("writing")
    about = manifest.of_raw(study, meta["files"])
    written = write_field(study, tables, about, folder=study.reports)
    return _told(study, wave, tables, validated.sample, page=written[-1])


def _told(
    study: Study, wave: str, tables: dict[str, pd.DataFrame], sample: pd.DataFrame, *, page: Path
) -> Fielded:
    days, bases = tables["field_days"], tables["field_bases"]
    dated = days.day[days.day != ""]
    total = bases[bases.segment == ""]
    thin = total[~total.enough]
    breaks = tables["field_dropout"].nlargest(LISTED, "n_last")
    return Fielded(
        wave=wave,
        n=int(sample.n_read.iloc[0]),
        accepted=int(sample.n_accepted.iloc[0]),
        first=str(dated.iloc[0]) if len(dated) else "",
        last=str(dated.iloc[-1]) if len(dated) else "",
        target=study.fieldwork.target,
        precision=study.fieldwork.precision,
        touchpoints=len(total),
        quotas=tuple(_quota(study, row) for row in files.lines_of(tables["field_quotas"])),
        thin=tuple(_thin(study, row) for row in files.lines_of(thin)),
        dropout=tuple(
            Place(row["item"] or row["column"], row["n_last"], row["share_last"])
            for row in files.lines_of(breaks)
            if row["n_last"]
        ),
        page=page,
    )


def _quota(study: Study, row: dict[str, Any]) -> Wanting:
    from supertouch.intake import code_key

    if not row["segment"]:
        return Wanting("All interviews", row["n"], row["wanted"])
    segment = next(item for item in study.segments if item.id == row["segment"])
    named = {code_key(code): label.within("en") for code, label in segment.values.items()}
    value = named.get(row["segment_value"], row["segment_value"])
    return Wanting(f"{segment.label.within('en')}, {value}", row["n"], row["wanted"])


def _thin(study: Study, row: dict[str, Any]) -> Wanting:
    needed = row["n_needed"]
    label = study.touchpoint(row["touchpoint"]).label.within("en")
    return Wanting(label, row["n_rated"], None if math.isnan(needed) else math.ceil(needed))
