"""Counts and sums of a file's columns while its rows pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.drift.outline import COUNTED, ColumnProfile
from supertouch.intake.drift.uses import Use
from supertouch.intake.recode import numbers, texts
from supertouch.intake.schema import usable_weights

__all__ = ["Kish", "Moments", "Tally"]

Array = NDArray[np.float64]

KEPT = 50
_PRIVATE = 3
_MOST_TIMES = 1e100
_LONGEST = 40


@dataclass(slots=True)
class Tally:
    """Counts of one column so far.

    ``full`` tells that there are too many values to tell apart; ``texts`` and ``values`` remember
    what each raw value stands for; ``answered`` are the answers of the last part.
    """

    always: bool
    use: Use | None
    n: int = 0
    blanks: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    full: bool = False
    texts: dict[Any, str | None] = field(default_factory=dict)
    values: dict[Any, float] = field(default_factory=dict)
    answered: Array = field(default_factory=lambda: np.zeros(0))

    def add(self, column: pd.Series[Any]) -> None:
        """Count the values of one part."""
        self.n += len(column)
        if self.full and not self.always:
            self.blanks += _blanks(column)
            return
        position, found = pd.factorize(column)
        distinct = pd.Index(found)
        if len(distinct) > COUNTED and not self.always:
            self._sample(column, distinct[:COUNTED])
            return
        self._learn(distinct)
        counted = np.bincount(position + 1, minlength=len(distinct) + 1).tolist()
        self.blanks += counted[0]
        for raw, n in zip(distinct, counted[1:], strict=True):
            text = self.texts[raw]
            if text is None:
                self.blanks += n
            elif text in self.counts or len(self.counts) < COUNTED:
                self.counts[text] += n
        self.full = self.full or len(self.counts) >= COUNTED
        if self.use is not None:
            values = np.array([*(self.values[raw] for raw in distinct), np.nan])
            self.answered = values[position]

    def _sample(self, column: pd.Series[Any], distinct: pd.Index) -> None:
        """Give up counting: too many values; some of them tell what kind of column it is."""
        self.full = True
        self.blanks += _blanks(column)
        self._learn(distinct)
        self.counts.update(text for raw in distinct if (text := self.texts[raw]) is not None)

    def _learn(self, distinct: pd.Index) -> None:
        """Find out what raw values stand for that were not seen before."""
        if len(self.texts) > 20 * COUNTED:
            self.texts.clear()
            self.values.clear()
        new = distinct[[raw not in self.texts for raw in distinct]]
        if len(new):
            plain = texts(new.to_series())
            known = [text if isinstance(text, str) else None for text in plain]
            self.texts.update(zip(new, known, strict=True))
            if self.use is not None:
                self.values.update(zip(new, self.use.read(plain)[0].tolist(), strict=True))

    def done(self, position: int, name: str, meta: Mapping[str, Any]) -> ColumnProfile:
        """Return what was counted, without what may be personal."""
        number = numbers(pd.Series(list(self.counts), dtype="str"))
        n = np.array(list(self.counts.values()))
        kept = self._kept(dict(zip(self.counts, number.tolist(), strict=True)))
        return ColumnProfile(
            position=position,
            n=self.n,
            blanks=self.blanks,
            counts=kept,
            other=self.n - self.blanks - sum(kept.values()),
            distinct=len(self.counts),
            numeric=float(n[~np.isnan(number)].sum() / n.sum()) if len(n) else 0.0,
            question=meta.get("column_labels", {}).get(name) or "",
            labels=dict(meta.get("value_labels", {}).get(name, {})),
            missing=tuple(tuple(pair) for pair in meta.get("missing_codes", {}).get(name, ())),
        )

    def _kept(self, number: Mapping[str, float]) -> dict[str, int]:
        """Return the counts to keep: of codes, not of what only one or two people wrote."""
        if not self.always and (self.full or len(self.counts) > KEPT):
            return {}
        return {
            text: n
            for text, n in self.counts.most_common(KEPT)
            if not np.isnan(number[text]) or (n >= _PRIVATE and len(text) <= _LONGEST)
        }


def _blanks(column: pd.Series[Any]) -> int:
    blank = column.isna()
    if column.dtype == "str":
        blank |= column.str.strip() == ""
    return int(blank.sum())


@dataclass(slots=True)
class Kish:
    """Sums of the weights in units of the first ones, from which the effective number follows."""

    column: str | None
    unit: float = 0.0
    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, chunk: pd.DataFrame) -> None:
        """Add the weights of one part; those that are none, or too large, do not count."""
        if self.column in chunk.columns:
            weight = usable_weights(chunk[self.column])
            weight = weight[~np.isnan(weight)]
            if not self.unit and len(weight):
                self.unit = float(np.median(weight))
            weight = np.clip(weight / (self.unit or 1.0), 0, _MOST_TIMES)
            self.n += len(weight)
            self.total += float(weight.sum())
            self.squares += float(weight @ weight)

    @property
    def share(self) -> float:
        """Effective rows per row."""
        return self.total**2 / self.squares / self.n if self.n else 1.0


class Moments:
    """Sums over pairs of items, of the rows that answered both."""

    def __init__(self, p: int) -> None:
        self.n, self.sums, self.squares, self.products = (np.zeros((p, p)) for _ in range(4))
        self.origin: Array | None = None

    def add(self, answered: Array) -> None:
        """Add the answers of one part, shape (n, p), NaN where there is none."""
        there = ~np.isnan(answered)
        if self.origin is None:
            seen = np.maximum(there.sum(axis=0), 1)
            self.origin = np.nansum(answered, axis=0) / seen
        value = np.where(there, answered - self.origin, 0.0)
        known = there.astype(np.float64)
        self.n += known.T @ known
        self.sums += value.T @ known
        self.squares += (value**2).T @ known
        self.products += value.T @ value

    @property
    def r(self) -> Array:
        """Correlation of each pair; NaN where an item has one answer only."""
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = self.squares - self.sums**2 / self.n
            joint = self.products - self.sums * self.sums.T / self.n
            r = np.where(
                (spread > 1e-9) & (spread.T > 1e-9), joint / np.sqrt(spread * spread.T), np.nan
            )
        return np.where(np.isfinite(r), r, np.nan)
