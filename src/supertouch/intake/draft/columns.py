"""A raw file as the draft sees it: each column's answers, wording and declared codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.readers.raw import FAULT, FILE, ROW, RawFile
from supertouch.intake.recode import cells, is_code
from supertouch.study.model import Code

__all__ = ["Column", "Survey", "look"]

_OWN = (ROW, FILE, FAULT)
_MOST_CODES = 60
_MOST_WORDS = 3
_SLIPS = 0.005
_LONG_NAME = 24


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the raw file.

    Attributes
    ----------
    name, wording : str
        Its name, and the question as the file words it; empty where it does not.
    place : int
        Position in the file, from 0.
    counts : mapping
        Cells per number found, in order; empty where there are more than 60 different ones.
    words : mapping
        Cells per text found that is no number, as written; at most 60 of them.
    distinct : int
        Different answers.
    n, blank : int
        Cells with an answer; blank cells.
    labels : mapping
        Label per code that the file declares.
    missing : tuple of (low, high)
        Ranges of codes that the file declares missing.
    values : array of float, shape (rows,)
        The numbers; NaN where there is none.
    days : Series of datetimes or None
        The dates, where it holds dates (as texts: year first); None elsewhere.
    """

    name: str
    wording: str
    place: int
    counts: Mapping[float, int]
    words: Mapping[str, int]
    distinct: int
    n: int
    blank: int
    labels: Mapping[Code, str]
    missing: tuple[tuple[Code, Code], ...]
    values: NDArray[np.float64]
    days: pd.Series[pd.Timestamp] | None = None

    @property
    def dates(self) -> bool:
        """Whether it holds dates."""
        return self.days is not None

    @property
    def coded(self) -> bool:
        """Whether answers are few whole numbers, but for slips and a word such as "blank"."""
        numbers = sum(self.counts.values())
        broken = sum(n for code, n in self.counts.items() if code != int(code))
        whole = broken < _SLIPS * numbers
        few = len(self.words) <= _MOST_WORDS and numbers >= 0.8 * self.n
        return bool(self.counts) and whole and few and not self.dates

    @property
    def number_labels(self) -> dict[float, str]:
        """Labels of codes that are numbers, in order."""
        known = {is_code(code): label for code, label in self.labels.items()}
        return {code: known[code] for code in sorted(code for code in known if code is not None)}

    def declared_missing(self, code: float) -> bool:
        """Tell whether the file declares the code missing."""
        bounds = [(is_code(low), is_code(high)) for low, high in self.missing]
        return any(
            low <= code <= high for low, high in bounds if low is not None and high is not None
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """A raw file's columns in their order, and what else the file tells of itself.

    ``braced`` are columns whose names cannot stand in a study file, where braces mark patterns.
    """

    path: Path
    columns: Mapping[str, Column]
    n_rows: int
    platform: str = ""
    sheet: str | None = None
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    braced: tuple[str, ...] = ()

    @property
    def wordings(self) -> list[str]:
        """All wordings of questions and answers in the file."""
        answers = (str(label) for c in self.columns.values() for label in c.labels.values())
        return [*(column.wording for column in self.columns.values()), *answers]


def look(path: Path, raw: RawFile, *, sheet: str | None = None) -> Survey:
    """Return a raw file as the columns that a draft is made from."""
    frame = raw.frame
    names = [name for name in frame.columns if name not in _OWN]
    usable = [name for name in names if "{" not in name]
    columns = {name: _column(raw, frame[name], place) for place, name in enumerate(usable)}
    braced = tuple(name for name in names if "{" in name)
    return Survey(path, columns, len(frame), raw.platform, sheet, raw.sets, braced)


def _column(raw: RawFile, series: pd.Series[Any], place: int) -> Column:
    name = str(series.name)
    found = cells(series)
    number, position = found.number, found.position
    times = np.bincount(position[position >= 0], minlength=len(number))
    number = np.where(np.isfinite(number), number, np.nan)
    is_number = ~np.isnan(number)
    codes: dict[float, int] = {}
    if is_number.sum() <= _MOST_CODES:
        for code, n in zip(number[is_number], times[is_number], strict=True):
            codes[float(code)] = codes.get(float(code), 0) + int(n)
    words = _words(series, is_number, position) if not is_number.all() else {}
    wording = raw.column_labels.get(name, "") or (name if len(name) > _LONG_NAME else "")
    return Column(
        name=name,
        wording=" ".join(wording.split()),
        place=place,
        counts=dict(sorted(codes.items())),
        words=words,
        distinct=int((times > 0).sum()),
        n=int(times.sum()),
        blank=len(series) - int(times.sum()),
        labels={code: str(label).strip() for code, label in raw.value_labels.get(name, {}).items()},
        missing=tuple(raw.missing_codes.get(name, ())),
        values=found.spread(number, blank=np.nan),
        days=_days(series, words),
    )


def _words(
    series: pd.Series[Any], is_number: NDArray[np.bool_], position: NDArray[np.intp]
) -> dict[str, int]:
    told = np.append(~is_number, False)[position]
    if pd.api.types.is_datetime64_any_dtype(series):
        return {}
    counted = series[told].astype("str").str.strip().value_counts().head(_MOST_CODES)
    return {str(word): int(n) for word, n in counted.items()}


def _days(series: pd.Series[Any], words: Mapping[str, int]) -> pd.Series[pd.Timestamp] | None:
    if pd.api.types.is_datetime64_any_dtype(series):
        return series
    if not words or not all(re.match(r"(19|20)\d\d-\d\d-\d\d", word) for word in words):
        return None
    return pd.to_datetime(series, errors="coerce", format="ISO8601")
