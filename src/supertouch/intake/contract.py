"""A wave is held against its contract: what passes becomes responses, the rest is accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.intake.accounts import contradictions, empties, sample
from supertouch.intake.contact import Met
from supertouch.intake.declared import Declared
from supertouch.intake.needs import reject_missing
from supertouch.intake.quarantine import quarantine, rejections
from supertouch.intake.recode import cells, matching, texts
from supertouch.intake.responses import meetings, responses
from supertouch.intake.schema import CLASH, TWICE, breaches, raw_schema
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["Validated", "raw_schema", "validate_wave"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Validated:
    """A wave after validation.

    Attributes
    ----------
    responses : DataFrame
        One row per accepted respondent (per respondent and brand where brands are stacked):
        typed, turned, the kinds of empty told apart.
    quarantine, rejections, sample, empties, contradictions : DataFrame
        The tables of these names; together they account for every row that was read.
    """

    responses: pd.DataFrame
    quarantine: pd.DataFrame
    rejections: pd.DataFrame
    sample: pd.DataFrame
    empties: pd.DataFrame
    contradictions: pd.DataFrame


def validate_wave(
    study: Study,
    wave_id: str,
    raw_frame: pd.DataFrame,
    source_name: str,
    *,
    meta: Mapping[str, Any] | None = None,
) -> Validated:
    """Check a wave's raw rows against the study and type the answers of those that pass.

    Rows that the study excludes leave first; then every row that breaks a rule is quarantined
    with all the rules it breaks.

    Parameters
    ----------
    study : Study
        What was asked.
    wave_id : str
        The wave.
    raw_frame : DataFrame
        From ``ingest_wave``: the file's columns and ``__row__``.
    source_name : str
        Name of the raw file, for messages; ``__file__`` goes before it.
    meta : mapping, optional
        From ``ingest_wave``. With it a rule names the label of a value, and says so if the file
        declares a code missing that the study does not know. In segments and customer status,
        which have no codes for missing, such values count as unknown; a brand counts as blank.
        Rows of the file that belong to no wave are told in ``rejections``.

    Raises
    ------
    DataError
        If a column is missing that the wave needs, or no row is accepted.
    """
    reject_missing(study, wave_id, list(raw_frame.columns), source_name)
    declared = Declared.of(meta)
    reasons = _exclusions(study, wave_id, raw_frame)
    kept = raw_frame[reasons < 0].reset_index(drop=True)
    typed = declared.without_missing_groups(study, wave_id, kept)
    met = meetings(study, wave_id, typed)
    together = [_clashes(study, wave_id, kept, met), _repeated(study, wave_id, typed)]
    statements = pd.concat(together, axis="columns")
    found = breaches(raw_schema(study, wave_id), pd.concat([typed, statements], axis="columns"))
    broken = np.isin(np.arange(len(kept)), found["position"])
    others = found["position"][~found["column"].str.startswith(CLASH)]
    accepted = responses(study, wave_id, typed, met)[~broken].reset_index(drop=True)
    lines = quarantine(study, wave_id, kept, statements, found, declared, source_name)
    rejected = rejections(study, wave_id, lines, reasons, (meta or {}).get("no_wave", ()))
    if accepted.empty:
        raise _nothing_left(source_name, wave_id, len(raw_frame), rejected)
    elsewhere = np.isin(np.arange(len(kept)), others)
    tables = {
        "quarantine": lines,
        "rejections": rejected,
        "sample": sample(wave_id, accepted, n_read=len(raw_frame), n_quarantined=int(broken.sum())),
        "empties": empties(study, wave_id, accepted),
        "contradictions": contradictions(study, wave_id, met, ~elsewhere),
    }
    return Validated(accepted, **{name: checked(tables[name], table=name) for name in tables})


def _exclusions(study: Study, wave_id: str, frame: pd.DataFrame) -> NDArray[np.intp]:
    """Return per row the first exclusion that it meets, or -1."""
    reasons = np.full(len(frame), -1, dtype=np.intp)
    for number, exclusion in reversed(list(enumerate(study.exclusions))):
        column = exclusion.column.within(wave_id)
        if column:
            found = cells(frame[column])
            reasons[found.spread(matching(found, exclusion.values), blank=False)] = number
    return reasons


def _clashes(
    study: Study, wave_id: str, frame: pd.DataFrame, met: Mapping[str, Met]
) -> pd.DataFrame:
    """Return, where contradictions are quarantined, both statements of each contradicting row."""
    columns = {}
    for item in study.touchpoints_in(wave_id):
        contact, rating = item.contact.within(wave_id), item.rating.within(wave_id)
        if item.contact_rule.contradiction == "quarantine" and contact and rating:
            state = met[item.id]
            said = (
                contact + " " + texts(frame[contact]) + ", " + rating + " " + texts(frame[rating])
            )
            columns[f"{CLASH}{item.id}"] = said.where(
                state.rated_but_not_met | state.met_but_rated_not_met
            )
    return pd.DataFrame(columns, index=frame.index)


def _repeated(study: Study, wave_id: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return, where brands are stacked, what rows repeat: respondent and brand, else missing."""
    id_column, brand_column = study.respondent.within(wave_id), study.brand.within(wave_id)
    if not id_column or not brand_column:
        return pd.DataFrame(index=frame.index)
    id_, brand = texts(frame[id_column]), texts(frame[brand_column])
    twice = pd.DataFrame({"id": id_, "brand": brand}).duplicated() & id_.notna() & brand.notna()
    said = id_column + " " + id_ + ", " + brand_column + " " + brand
    return pd.DataFrame({TWICE: said.where(twice)})


def _nothing_left(source_name: str, wave_id: str, n_read: int, rejected: pd.DataFrame) -> DataError:
    place = f"{source_name}, wave '{wave_id}'"
    own = rejected[rejected["kind"] != "no_wave"]
    worst = own.sort_values("n", ascending=False, kind="stable").head(_SHOWN)
    problems = [
        Problem(
            f"{place}, column '{line.column}'",
            f"{line.n} row(s) {line.kind}",
            f"{line.rule}.",
            "Correct the study file, or the raw file's export.",
        )
        for line in worst.itertuples()
    ]
    none = Problem(place, f"{n_read} row(s)", "were read and none was accepted.", "See below.")
    return DataError([none, *problems])
