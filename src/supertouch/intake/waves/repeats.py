"""A wave whose answers came in before as another wave's: the wrong file, or one that cumulates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.needs import raw_columns
from supertouch.intake.recode import texts
from supertouch.intake.waves.parts import Written, frames_of
from supertouch.intake.waves.shelf import Version, load_versions, stored_waves
from supertouch.study.model import Study

__all__ = ["reject_repeats"]

_COLUMNS = 5
_ROWS = 20
_PART = 0.9


def reject_repeats(
    study: Study, wave: str, rows: Iterable[pd.DataFrame], written: Written, *, hashed: bool
) -> None:
    """Refuse rows that are in the store already as those of another wave.

    A row counts as another wave's if respondent and all answers are the same. They are refused
    from 20 such rows on if these are nine tenths of the one wave or the other, so that a panel
    passes, in which some people give the same few answers again. Columns are compared by the text
    of their values; waves without respondents are compared as a whole.

    Parameters
    ----------
    study, wave : Study, str
        Which wave comes in.
    rows : iterable of DataFrame
        Its rows as they would be stored; read only if they could be another wave's.
    written : Written
        What was written of them.
    hashed : bool
        Whether respondents stand under their hashes there.

    Raises
    ------
    DataError
        If so, with the wave and how many rows.
    """
    if study.wave(wave).accept_drift or written.n_rows < _ROWS:
        return
    frames: list[pd.DataFrame] = []
    for other in stored_waves(study):
        stored = load_versions(study, other) if other != wave else ()
        if not stored:
            continue
        columns = _shared(study, wave, written, stored[-1])
        who = study.respondent.within(wave)
        if len(columns) < _COLUMNS:
            continue
        if _alike(written, stored[-1], columns):
            raise _refusal(wave, other, written.n_rows, written.n_rows)
        if who in columns and (stored[-1].record["ids"] == "hashed") == hashed:
            frames = frames or list(rows)
            n = _common(frames, stored[-1], who, columns)
            if n >= max(_ROWS, _PART * min(written.n_rows, stored[-1].n_rows)):
                raise _refusal(wave, other, n, written.n_rows)


def _shared(study: Study, wave: str, written: Written, other: Version) -> list[str]:
    """Return the columns that the study names and both waves filled, but wave and weight."""
    apart = (study.wave_column.within(wave), study.weight.within(wave))
    filled = [
        {name for name, item in columns.items() if item["n"]}
        for columns in (written.columns, other.record["columns"])
    ]
    return [
        name
        for name in raw_columns(study, wave)
        if name not in apart and all(name in names for names in filled)
    ]


def _alike(written: Written, other: Version, columns: Sequence[str]) -> bool:
    return written.n_rows == other.n_rows and all(
        written.columns[name]["digest"] == other.record["columns"][name]["digest"]
        for name in columns
    )


def _common(
    frames: Sequence[pd.DataFrame], other: Version, who: str, columns: Sequence[str]
) -> int:
    """Count the rows that stand in the other wave as well, with the same respondent."""
    known: set[str] = set()
    for chunk in frames_of(other.folder, other.record["parts"], columns=[who]):
        known.update(texts(chunk[who]).dropna())
    again = [chunk[texts(chunk[who]).isin(known)] for chunk in frames]
    if sum(map(len, again)) < _ROWS:
        return 0
    before: set[int] = set()
    for chunk in frames_of(other.folder, other.record["parts"], columns=columns):
        before.update(_hashes(chunk, columns))
    return sum(code in before for chunk in again for code in _hashes(chunk, columns))


def _hashes(chunk: pd.DataFrame, columns: Sequence[str]) -> list[int]:
    said = pd.DataFrame({name: texts(chunk[name]) for name in columns})
    return [int(code) for code in pd.util.hash_pandas_object(said, index=False)]


def _refusal(wave: str, other: str, n: int, n_rows: int) -> DataError:
    return DataError(
        Problem(
            f"wave '{wave}'",
            f"{n} of {n_rows} rows",
            f"stand in wave '{other}' already: the same respondents with the same answers.",
            f"Put the file of wave '{wave}' in place, without the rows of earlier waves; if these "
            f"rows are right all the same, write accept_drift = true into [waves.{wave}].",
        )
    )
