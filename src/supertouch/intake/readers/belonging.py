"""Which rows of a file belong to a wave, where waves share the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.intake.readers.days import dates, ways
from supertouch.intake.readers.raw import ROW
from supertouch.intake.recode import cells, matching
from supertouch.study.model import Study, Wave

__all__ = ["Belonging", "belonging", "wave_column"]


@dataclass(frozen=True, slots=True)
class Belonging:
    """The rows of a wave among those of its files.

    Attributes
    ----------
    mine : array of bool, shape (n,)
        The wave's rows.
    n_unassigned : int
        Rows that belong to no wave of the study.
    no_wave : list of dict
        The same rows by ``column`` and ``rule`` with their ``n``, for the first wave of the file
        alone, so that sums over waves count them once.
    notes : tuple of str
        How the dates that decide are written.
    """

    mine: NDArray[np.bool_]
    n_unassigned: int
    no_wave: list[dict[str, Any]]
    notes: tuple[str, ...] = ()


def _chosen(wave: Wave) -> bool:
    """Tell whether a wave takes some rows of its file, not all."""
    return bool(wave.values) or wave.start is not None or wave.end is not None


def wave_column(study: Study, wave: Wave) -> str | None:
    """Return the column that tells apart the waves that share a file; None if none do."""
    if not any(_chosen(other) for other in _sharing(study, wave)):
        return None
    return study.wave_column.within(wave.id)


def belonging(study: Study, wave: Wave, frame: pd.DataFrame) -> Belonging:
    """Find the wave's rows.

    Parameters
    ----------
    frame : DataFrame
        All rows of the wave's files, in their order, with the column of the waves and
        ``__row__``.

    Raises
    ------
    DataError
        If the column of the waves is missing or holds no dates, a row belongs to two waves, or
        no row belongs to the wave.
    """
    rows, lost = _belonging(study, wave, frame)
    n = sum(line["n"] for line in lost)
    return Belonging(rows, n, lost if _is_first(study, wave) else [], _dates(study, wave, frame))


def _dates(study: Study, wave: Wave, frame: pd.DataFrame) -> tuple[str, ...]:
    name = study.wave_column.within(wave.id)
    if name is None or (wave.start is None and wave.end is None):
        return ()
    return tuple(f"column '{name}': {way}" for way in ways(frame[name], place=f"column '{name}'"))


def _sharing(study: Study, wave: Wave) -> list[Wave]:
    """Return the waves that are read from the same file and sheet, in the study's order."""
    return [other for other in study.waves if (other.file, other.sheet) == (wave.file, wave.sheet)]


def _is_first(study: Study, wave: Wave) -> bool:
    return _sharing(study, wave)[0].id == wave.id


def _belonging(
    study: Study, wave: Wave, frame: pd.DataFrame
) -> tuple[NDArray[np.bool_], list[dict[str, Any]]]:
    """Return the mask of the wave's rows, and the rows of no wave at all: column, rule, n."""
    found = {other.id: _claimed(study, other, frame) for other in _sharing(study, wave)}
    masks = {id_: claimed for id_, (claimed, _) in found.items()}
    claims = np.sum(list(masks.values()), axis=0)
    mine = masks[wave.id]
    doubled = mine & (claims > 1)
    if doubled.any():
        others = [id_ for id_, mask in masks.items() if id_ != wave.id and (mask & mine).any()]
        raise DataError(
            Problem(
                f"wave '{wave.id}', file '{wave.file}'",
                f"{int(doubled.sum())} row(s), the first row {frame[ROW][doubled].iloc[0]},",
                f"belong to wave {', '.join(map(repr, others))} as well.",
                "Make the waves' values or dates exclude each other.",
            )
        )
    if not mine.any():
        raise DataError(
            Problem(
                f"wave '{wave.id}', file '{wave.file}'",
                "",
                "has no row of this wave.",
                "Correct the wave's values or dates.",
            )
        )
    unread = np.all([blank for _, blank in found.values()], axis=0)
    column = study.wave_column.within(wave.id) or ""
    counts = {
        "blank or unreadable wave": int(((claims == 0) & unread).sum()),
        "outside all waves": int(((claims == 0) & ~unread).sum()),
    }
    return mine, [{"column": column, "rule": rule, "n": n} for rule, n in counts.items() if n]


def _claimed(
    study: Study, wave: Wave, frame: pd.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the mask of the wave's rows, and of the rows whose wave cannot be read."""
    if not _chosen(wave):
        return np.ones(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    name = study.wave_column.within(wave.id)
    if name is None or name not in frame.columns:
        raise DataError(
            Problem(
                f"wave '{wave.id}', file '{wave.file}'",
                f"column '{name}'" if name else "the column that tells the waves apart",
                "is missing." if name else "is not named.",
                "Correct the key 'wave' in [data].",
            )
        )
    if wave.values:
        found = cells(frame[name])
        mask: NDArray[np.bool_] = found.spread(matching(found, wave.values), blank=False)
        return mask, found.position < 0
    day = dates(frame[name], place=f"wave '{wave.id}', file '{wave.file}', column '{name}'")
    after = day >= pd.Timestamp(wave.start) if wave.start else day.notna()
    before = day <= pd.Timestamp(wave.end) if wave.end else day.notna()
    return (after & before).to_numpy(dtype=bool), day.isna().to_numpy(dtype=bool)
