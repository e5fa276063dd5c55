"""What the raw file itself says of its values: their labels, and which it declares missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.needs import PART, group_columns, needed_columns
from supertouch.intake.recode import Cells, cells, matching
from supertouch.study.model import Code, Study

__all__ = ["NO_BRAND", "Declared"]

NO_BRAND = "the brand is blank or declared missing in the file"

_Ranges = Sequence[Sequence[Code]]


@dataclass(frozen=True, slots=True)
class Declared:
    """Value labels and declared-missing ranges per raw column, as ``ingest_wave`` reports them."""

    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing_codes: Mapping[str, _Ranges] = field(default_factory=dict)

    @classmethod
    def of(cls, meta: Mapping[str, Any] | None, study: Study | None = None) -> Declared:
        """Take what is needed from the meta of ``ingest_wave``.

        With ``study``, columns that are stacked by brand have what the file says of the first
        brand's column.
        """
        meta = meta or {}
        labels, missing = meta.get("value_labels", {}), meta.get("missing_codes", {})
        names = _stacked_names(study) if study is not None else {}
        return cls(_renamed(labels, names), _renamed(missing, names))

    def rule(self, rule: str, column: str, value: str) -> str:
        """Return ``rule`` with what the file says of the value that broke it."""
        label = self.value_labels.get(column, {}).get(value, "").strip()
        if column in self.missing_codes and rule != NO_BRAND:
            found = cells(pd.Series([value], dtype="str"))
            if _within(found, self.missing_codes[column])[found.position].any():
                named = f' ("{label}")' if label else ""
                return (
                    f"code {value} is declared missing in the file{named} but not in the study: "
                    "add it to [codes]"
                )
        return f'{rule} (the file labels it "{label}")' if label else rule

    def without_missing_groups(
        self, study: Study, wave_id: str, frame: pd.DataFrame
    ) -> pd.DataFrame:
        """Blank declared-missing values of segments, status and brand that no list names."""
        blanked = {}
        for column, listed in group_columns(study, wave_id).items():
            if column in self.missing_codes:
                found = cells(frame[column])
                gone = _within(found, self.missing_codes[column]) & ~matching(found, listed)
                blanked[column] = frame[column].mask(found.spread(gone, blank=False))
        return frame.assign(**blanked)


def _stacked_names(study: Study) -> dict[str, list[str]]:
    """Return the raw columns, brand by brand, of every column name with ``{brand}``."""
    named = {name for wave in study.waves for name in needed_columns(study, wave.id)}
    return {
        name: [name.replace(PART, brand.column_part) for brand in study.brands]
        for name in named
        if PART in name
    }


def _renamed(told: Mapping[str, Any], names: Mapping[str, list[str]]) -> dict[str, Any]:
    stacked = {
        name: next((told[column] for column in columns if column in told), None)
        for name, columns in names.items()
    }
    return {**told, **{name: value for name, value in stacked.items() if value is not None}}


def _within(found: Cells, ranges: _Ranges) -> NDArray[np.bool_]:
    """Tell which distinct values lie in one of the ranges; a range of text is a single text."""
    inside = np.zeros(len(found.number), dtype=bool)
    for low, high in ranges:
        if isinstance(low, str) or isinstance(high, str):
            inside |= matching(found, (low, high))
        else:
            inside |= (found.number >= low) & (found.number <= high)
    return inside
