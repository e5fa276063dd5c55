"""Which wave a mention counts to: the first whose fieldwork had not ended before it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from supertouch.errors import DataError
from supertouch.intake.readers.days import dates
from supertouch.intake.waves import read_wave, versions
from supertouch.study.model import Study

__all__ = ["wave_ends", "waves_of"]

NEARLY_ALL = 0.99


def waves_of(study: Study, days: pd.Series) -> pd.Series:
    """Return for each day the wave that mentions of it count to.

    That is the first wave that ended on this day or later, so that each wave has the mentions
    since the one before; what is later than all counts to the last. A wave's end is what the study
    says, or the day by which 99 in 100 of its interviews were held. Where an end is not known, or
    the ends are not in the order of the waves, everything counts to the last wave.

    Parameters
    ----------
    days : Series of datetime64

    Returns
    -------
    Series of str
    """
    names = [wave.id for wave in study.waves]
    ends = [_end(study, name) for name in names[:-1]] if len(days) else []
    known = [pd.Timestamp(end) for end in ends if end is not None]
    if len(known) < len(names) - 1 or known != sorted(known):
        return pd.Series(names[-1], index=days.index, dtype="str")
    place = pd.Series(known, dtype=days.dtype).searchsorted(days, side="left")
    return pd.Series([names[int(i)] for i in place], index=days.index, dtype="str")


def wave_ends(study: Study) -> dict[str, date]:
    """Return the day by which each wave ended, as in :func:`waves_of`, where it is known."""
    ends = {wave.id: _end(study, wave.id) for wave in study.waves}
    return {wave: end for wave, end in ends.items() if end is not None}


def _end(study: Study, wave: str) -> date | None:
    if study.wave(wave).end:
        return study.wave(wave).end
    column = study.fieldwork.date.within(wave)
    stored = versions(study, wave) if column else ()
    if not column or not stored or column not in stored[-1].columns:
        return None
    try:
        days = dates(read_wave(study, wave, columns=[column])[column], place=f"wave '{wave}'")
    except DataError:
        return None
    return pd.Timestamp(str(days.dropna().quantile(NEARLY_ALL, interpolation="lower"))).date()
