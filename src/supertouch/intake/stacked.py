"""Files with a column per brand become rows per respondent and brand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem
from supertouch.intake.needs import PART, item_columns, needed_columns
from supertouch.intake.readers.raw import FAULT
from supertouch.intake.recode import texts
from supertouch.study.model import BRAND_COLUMN, Study

__all__ = ["stack"]


def stack(study: Study, wave_id: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return a wave's rows with one per respondent and brand, and how many were left out.

    Where the study names no brands, or none of their columns in this wave, the frame comes back
    unchanged. A respondent who was not asked about a brand, so that all items of it are blank, has
    no row for it; rows that the reader found at fault keep all of theirs.

    Parameters
    ----------
    study, wave_id : Study, str
        What was asked.
    frame : DataFrame of n rows
        A column per brand for each name that has ``{brand}`` in the study.

    Returns
    -------
    DataFrame
        At most n x brands rows in the order of the file, each respondent's in the order of the
        brands. Columns of brands have the name with ``{brand}``; ``__brand__`` holds the brand's
        id; ``__row__`` and all other columns are repeated.
    int
        Rows of brands that were not asked of the respondent.

    Raises
    ------
    DataError
        If the column of a brand is missing, or a column is called ``__brand__`` already.
    """
    if study.brand.within(wave_id) != BRAND_COLUMN or not study.brands:
        return frame, 0
    patterns = [name for name in needed_columns(study, wave_id) if PART in name]
    parts = {brand.id: brand.column_part for brand in study.brands}
    _reject(study, wave_id, frame, patterns)
    own = {name.replace(PART, part) for name in patterns for part in parts.values()}
    own -= set(needed_columns(study, wave_id))
    shared = frame.drop(columns=[name for name in frame.columns if name in own])
    pieces = [
        pd.concat(
            [
                shared,
                frame[[name.replace(PART, part) for name in patterns]].set_axis(patterns, axis=1),
            ],
            axis="columns",
        ).assign(**{BRAND_COLUMN: pd.Series(id_, index=frame.index, dtype="str")})
        for id_, part in parts.items()
    ]
    order = np.argsort(np.tile(np.arange(len(frame)), len(pieces)), kind="stable")
    tall = pd.concat(pieces, ignore_index=True).iloc[order]
    asked = _asked(tall, [name for name in item_columns(study, wave_id) if PART in name])
    return tall[asked].reset_index(drop=True), int((~asked).sum())


def _asked(tall: pd.DataFrame, items: list[str]) -> NDArray[np.bool_]:
    """Tell rows with an entry in some item of the brand, and rows at fault."""
    asked = np.zeros(len(tall), dtype=bool)
    for name in items:
        asked |= texts(tall[name]).notna().to_numpy(dtype=bool)
    if FAULT in tall.columns:
        asked |= tall[FAULT].notna().to_numpy(dtype=bool)
    return asked


def _reject(study: Study, wave_id: str, frame: pd.DataFrame, patterns: list[str]) -> None:
    problems = [
        Problem(
            f"wave '{wave_id}'",
            f"column '{name.replace(PART, brand.column_part)}'",
            f"is missing; the study reads '{name}' for brand '{brand.id}'.",
            f"Correct the name, or part under [brands.{brand.id}].",
        )
        for name in patterns
        for brand in study.brands
        if name.replace(PART, brand.column_part) not in frame.columns
    ]
    if BRAND_COLUMN in frame.columns:
        rule = "is a name that stands for the brands of the study."
        remedy = "Rename the column in a copy of the file."
        problems.append(Problem(f"wave '{wave_id}'", f"column '{BRAND_COLUMN}'", rule, remedy))
    if problems:
        raise DataError(problems)
