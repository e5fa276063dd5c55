"""A wave while it is in the field: returns per day, quotas, bases against the precision wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.contract import Validated
from supertouch.intake.dropout import dropout
from supertouch.intake.readers.days import dates
from supertouch.intake.recode import texts
from supertouch.stats import means
from supertouch.stats.resampling import Groups, group_units
from supertouch.stats.suppression import hidden
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["field_tables"]

_PACE = 7
_FILLED = 3_660
_ROUNDS = 10

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Field:
    """A wave's accepted respondents beside the day of each interview.

    Attributes
    ----------
    read : Series of datetime
        Day of every interview read; missing where unknown. Empty without a date column.
    accepted : Series of datetime
        Day of every interview that passed.
    responses : DataFrame
        Accepted rows; the first row of each respondent is marked in ``first``.
    """

    study: Study
    wave: str
    read: pd.Series[Any]
    accepted: pd.Series[Any]
    responses: pd.DataFrame
    first: Mask
    person: NDArray[np.intp]


def field_tables(
    study: Study,
    wave_id: str,
    raw_frame: pd.DataFrame,
    validated: Validated,
    *,
    columns: Sequence[str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return how a wave gets on: ``field_days``, ``_quotas``, ``_bases`` and ``_dropout``.

    * **Days**: interviews read and accepted per day, days without any included, beside an even
      pace from ``from`` (else the first day) to ``to`` of the wave towards ``field.target``.
    * **Quotas**: accepted interviews of each cell that the study set a number for, and in how many
      days it is full at the pace of the last seven days. These numbers are shown however small:
      they count interviews in cells that the study chose itself, and tell no answer.
    * **Bases**: ratings per touchpoint, in total and by segment, the half width of the mean's
      confidence interval, and the ratings and interviews that bring it to ``field.precision``:
      (t·sd/precision)² times the design effect of now. Groups of fewer than ``privacy.min_base``
      respondents, and those that would reveal them, are left out; below it a base is never enough,
      and only its number is told.
    * **Drop-out**: the last question that each interview answered, over all interviews read.

    Parameters
    ----------
    study : Study
    wave_id : str
    raw_frame : DataFrame
        The wave's raw rows, as given to ``validate_wave``.
    validated : Validated
        What became of them.
    columns : sequence of str, optional
        All columns in the order of the file, where ``raw_frame`` has them in another.

    Raises
    ------
    DataError
        If the column of dates holds none.
    """
    field = _field(study, wave_id, raw_frame, validated)
    tables = {
        "field_days": _days(field),
        "field_quotas": pd.DataFrame(_quotas(field)),
        "field_bases": _bases(field),
        "field_dropout": dropout(study, wave_id, raw_frame, columns or list(raw_frame.columns)),
    }
    return {name: checked(tables[name], table=name) for name in tables}


def _field(study: Study, wave_id: str, raw_frame: pd.DataFrame, validated: Validated) -> _Field:
    column = study.fieldwork.date.within(wave_id)
    responses = validated.responses
    person = np.asarray(pd.factorize(responses["respondent"])[0], dtype=np.intp)
    first = np.zeros(len(responses), dtype=bool)
    first[np.unique(person, return_index=True)[1]] = True
    days = pd.Series(pd.NaT, index=range(len(raw_frame)))
    if column:
        days = _read(raw_frame[column], f"wave '{wave_id}', column '{column}'")
    accepted = days.iloc[validated.position[first]].reset_index(drop=True)
    own = _interviews(study, wave_id, raw_frame)
    return _Field(
        study,
        wave_id,
        days[own].reset_index(drop=True) if column else days.iloc[:0],
        accepted,
        responses,
        first,
        person,
    )


def _read(column: pd.Series[Any], place: str) -> pd.Series[Any]:
    """Return the days; a column that is blank so far has none."""
    if column.dtype.kind != "M" and not texts(column).notna().any():
        return pd.Series(pd.NaT, index=range(len(column)))
    return dates(column, place=place).reset_index(drop=True)


def _interviews(study: Study, wave_id: str, raw_frame: pd.DataFrame) -> Mask:
    """Tell the first row of each interview: where a file has a row per brand, several are one."""
    id_column, brand = study.respondent.within(wave_id), study.brand.within(wave_id)
    if not id_column or not brand or brand not in raw_frame.columns:
        return np.ones(len(raw_frame), dtype=bool)
    ids = texts(raw_frame[id_column])
    return np.asarray(ids.isna() | ~ids.duplicated(), dtype=bool)


def _days(field: _Field) -> pd.DataFrame:
    if not len(field.read):
        return pd.DataFrame()
    read, accepted = field.read.value_counts(), field.accepted.value_counts()
    days = pd.DatetimeIndex(sorted(read.index))
    start, end = field.study.wave(field.wave).start, field.study.wave(field.wave).end
    if len(days):
        first = min(days[0], pd.Timestamp(start)) if start else days[0]
        if (days[-1] - first).days < _FILLED:
            days = pd.date_range(first, days[-1], freq="D")
    n = read.reindex(days, fill_value=0).to_numpy(int)
    passed = accepted.reindex(days, fill_value=0).to_numpy(int)
    expected = np.full(len(days), np.nan)
    target = field.study.fieldwork.target
    if len(days) and end and target:
        begin, last = pd.Timestamp(start or days[0]), pd.Timestamp(end)
        share = ((days - begin).days.to_numpy() + 1) / ((last - begin).days + 1)
        expected = target * np.clip(share, 0.0, 1.0)
    table = pd.DataFrame(
        {
            "wave": field.wave,
            "day": days.strftime("%Y-%m-%d").astype("str"),
            "n": n,
            "n_accepted": passed,
            "total": passed.cumsum(),
            "expected": expected,
        }
    )
    undated = {
        "wave": field.wave,
        "day": "",
        "n": int(field.read.isna().sum()),
        "n_accepted": int(field.accepted.isna().sum()),
        "total": len(field.accepted),
        "expected": np.nan,
    }
    return pd.concat([table, pd.DataFrame([undated])]) if undated["n"] else table


def _quotas(field: _Field) -> Iterator[dict[str, Any]]:
    recent, span = _recent(field)
    for segment, wanted in field.study.fieldwork.quotas.items():
        key = f"segment.{segment}"
        if key not in field.responses:
            continue
        value = field.responses[key].to_numpy(object)[field.first]
        for name, number in wanted.items():
            inside = value == name
            n, pace = int(inside.sum()), (inside & recent).sum() / span if span else 0.0
            missing = max(number - n, 0)
            ahead = missing / pace if pace else np.nan
            yield {
                "wave": field.wave,
                "segment": segment,
                "segment_value": name,
                "wanted": number,
                "n": n,
                "missing": missing,
                "share": n / number if number else np.nan,
                "forecast": ahead if missing else 0.0,
            }


def _recent(field: _Field) -> tuple[Mask, int]:
    """Tell the interviews of the last seven days of the field, or of as many as there were."""
    known = field.read.dropna()
    if not len(known):
        return np.zeros(len(field.accepted), dtype=bool), 0
    start = field.study.wave(field.wave).start
    first = min(known.min(), pd.Timestamp(start)) if start else known.min()
    span = min(_PACE, (known.max() - first).days + 1)
    since = known.max() - pd.Timedelta(days=span - 1)
    return np.asarray(field.accepted >= since, dtype=bool), span


def _bases(field: _Field) -> pd.DataFrame:
    study = field.study
    units = group_units(
        field.responses["cluster"].to_numpy(object),
        field.responses["stratum"].to_numpy(object),
        seed=study.seed,
        panel=study.panel,
    )
    cells = list(_cells(field))
    size = np.array([int(mask[field.first].sum()) for _, _, mask in cells])
    masks = np.column_stack([mask for _, _, mask in cells])
    names = {
        "wave": field.wave,
        "segment": [segment for segment, _, _ in cells],
        "segment_value": [value for _, value, _ in cells],
    }
    return pd.concat(
        [
            pd.DataFrame(
                names | {"touchpoint": item.id} | _base(field, item.id, masks, size, units)
            )
            for item in study.touchpoints_in(field.wave)
        ]
        or [pd.DataFrame()],
        ignore_index=True,
    )


def _cells(field: _Field) -> Iterator[tuple[str, str, Mask]]:
    """Yield the total and the groups that may be shown."""
    yield "", "", np.ones(len(field.responses), dtype=bool)
    for segment in field.study.segments:
        value = field.responses[f"segment.{segment.id}"].to_numpy(object)
        names = sorted({str(name) for name in value} - {""})
        masks = [value == name for name in names]
        counts = [len(np.unique(field.person[mask])) for mask in masks]
        small, complementary = hidden(
            np.array(counts, dtype=int), minimum=field.study.privacy.min_base
        )
        for name, mask, gone in zip(names, masks, small | complementary, strict=True):
            if not gone:
                yield segment.id, name, mask


def _base(
    field: _Field, touchpoint: str, masks: Mask, size: NDArray[np.int_], units: Groups
) -> dict[str, Any]:
    from scipy.stats import t

    study = field.study
    precision, tail = study.fieldwork.precision, (1 + study.analysis.confidence) / 2
    rating = field.responses[f"{touchpoint}.rating"].to_numpy("float64")[:, None]
    base = masks & ~np.isnan(rating)
    weight = field.responses["weight"].to_numpy("float64")
    found = means.ratio(rating, base, weight=weight, unit=units.unit, stratum=units.unit_stratum)
    low, high = means.mean_interval(found, confidence=study.analysis.confidence)
    half = (high - low) / 2
    needed = found.n.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(_ROUNDS):
            degrees = np.maximum(found.degrees * needed / found.n, 1.0)
            needed = found.n * np.square(t.ppf(tail, degrees) * found.error / precision)
        interviews = needed * size / found.n
    least = max(study.privacy.min_base, 2)
    known = ~np.isnan(half) & (found.error > 0) & (found.n >= study.privacy.min_base)
    return {
        "n": size,
        "n_rated": found.n,
        "n_eff": np.where(known | (found.n == 0), found.n_eff, np.nan),
        "half_width": np.where(known, half, np.nan),
        "precision": precision,
        "n_needed": np.where(known, np.maximum(np.ceil(needed), least), np.nan),
        "respondents_needed": np.where(known, np.maximum(np.ceil(interviews), least), np.nan),
        "enough": known & (half <= precision) & (found.n >= least),
    }
