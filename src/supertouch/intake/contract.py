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
from supertouch.intake.mentions.named import missing_named
from supertouch.intake.needs import reject_missing
from supertouch.intake.quality import suspects
from supertouch.intake.quarantine import POSITION, excluded, quarantine, rejections
from supertouch.intake.recode import cells, matching, texts
from supertouch.intake.responses import meetings, responses
from supertouch.intake.schema import CLASH, TWICE, breaches, raw_schema
from supertouch.intake.stacked import stack
from supertouch.intake.weights import weigh
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
        typed, turned, the kinds of empty told apart, with the final weight.
    quarantine, rejections, sample, empties, contradictions : DataFrame
        The tables of these names; together they account for every row that was read.
    quality, flags : DataFrame
        Suspect respondents; those left out count as excluded in ``sample`` and ``rejections``.
    weights, margins : DataFrame
        How the weights came about.
    missing_named : DataFrame
        What the accepted name as missing touchpoints.
    position : ndarray of int of shape (n,)
        For each response the place of its row among the raw rows, from 0.
    """

    responses: pd.DataFrame
    quarantine: pd.DataFrame
    rejections: pd.DataFrame
    sample: pd.DataFrame
    empties: pd.DataFrame
    contradictions: pd.DataFrame
    quality: pd.DataFrame
    flags: pd.DataFrame
    weights: pd.DataFrame
    margins: pd.DataFrame
    missing_named: pd.DataFrame
    position: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Rows against the contract: the typed answers of those that pass, and the lines of the rest.

    ``position`` is the place of each accepted row in ``kept``; ``counted`` tells the rows whose
    contradictions count.
    """

    kept: pd.DataFrame
    accepted: pd.DataFrame
    position: NDArray[np.intp]
    lines: pd.DataFrame
    met: dict[str, Met]
    counted: NDArray[np.bool_]


def validate_wave(
    study: Study,
    wave_id: str,
    raw_frame: pd.DataFrame,
    source_name: str,
    *,
    meta: Mapping[str, Any] | None = None,
) -> Validated:
    """Check a wave's raw rows against the study and type the answers of those that pass.

    Columns of brands become rows first. Rows that the study excludes leave next; then every row
    that breaks a rule is quarantined with all the rules it breaks. Of what is left, respondents
    whose answers look suspect are flagged, and left out if the study says so; the rest is
    weighted.

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
    UnsupportedError
        If no weights meet the study's margins.
    """
    placed = raw_frame.assign(**{POSITION: np.arange(len(raw_frame))})
    frame, n_not_asked = stack(study, wave_id, placed)
    reject_missing(study, wave_id, list(frame.columns), source_name)
    n_read = len(frame) + n_not_asked
    reasons = _exclusions(study, wave_id, frame)
    found = _sorted(study, wave_id, _rows(frame, reasons < 0), meta, source_name)
    rejected = rejections(
        study, wave_id, found.lines, reasons, (meta or {}).get("no_wave", ()), n_not_asked
    )
    if found.accepted.empty:
        raise _nothing_left(source_name, wave_id, n_read, rejected)
    checked_rows = _rows(found.kept, found.position)
    suspect = suspects(study, wave_id, checked_rows, found.accepted, source_name=source_name)
    stays = suspect.left_out < 0
    accepted, position = _rows(found.accepted, stays), found.position[stays]
    rejected = pd.concat([rejected, excluded(wave_id, suspect.counts())], ignore_index=True)
    if accepted.empty:
        raise _nothing_left(source_name, wave_id, n_read, rejected)
    weighed = weigh(study, wave_id, accepted, found.lines)
    accepted = accepted.assign(weight=weighed.weight)
    n_broken = len(found.kept) - len(found.position)
    found.counted[found.position[~stays]] = False
    tables = {
        "quarantine": found.lines,
        "rejections": rejected,
        "sample": sample(wave_id, accepted, n_read=n_read, n_quarantined=n_broken),
        "empties": empties(study, wave_id, accepted),
        "contradictions": contradictions(study, wave_id, found.met, found.counted),
        "quality": suspect.quality,
        "flags": suspect.flags,
        "weights": weighed.weights,
        "margins": weighed.margins,
        "missing_named": missing_named(study, wave_id, found.kept, accepted, position=position),
    }
    return Validated(
        accepted,
        **{name: checked(tables[name], table=name) for name in tables},
        position=found.kept[POSITION].to_numpy(np.intp)[position],
    )


def _rows(frame: pd.DataFrame, which: NDArray[Any]) -> pd.DataFrame:
    """Return some rows, numbered from 0; the frame itself where all are wanted."""
    everything = which.all() if which.dtype == bool else len(which) == len(frame)
    return (frame if everything else frame.iloc[which]).reset_index(drop=True)


def _sorted(
    study: Study,
    wave_id: str,
    kept: pd.DataFrame,
    meta: Mapping[str, Any] | None,
    source_name: str,
) -> _Sorted:
    declared = Declared.of(meta, study)
    typed = declared.without_missing_groups(study, wave_id, kept)
    met = meetings(study, wave_id, typed)
    together = [_clashes(study, wave_id, kept, met), _repeated(study, wave_id, typed)]
    statements = pd.concat(together, axis="columns")
    found = breaches(raw_schema(study, wave_id), pd.concat([typed, statements], axis="columns"))
    numbers = np.arange(len(kept))
    broken = np.isin(numbers, found["position"])
    others = found["position"][~found["column"].str.startswith(CLASH)]
    return _Sorted(
        kept=kept,
        accepted=_rows(responses(study, wave_id, typed, met), ~broken),
        position=np.flatnonzero(~broken),
        lines=quarantine(study, wave_id, kept, statements, found, declared, source_name),
        met=met,
        counted=~np.isin(numbers, others),
    )


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
