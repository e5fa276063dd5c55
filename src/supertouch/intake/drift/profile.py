"""A wave's file in outline: what each column holds, small enough to keep beside the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.drift.uses import Use, expected
from supertouch.intake.readers import FAULT, FILE, ROW
from supertouch.intake.recode import numbers, texts
from supertouch.study.model import Study

__all__ = ["ColumnProfile", "Profile", "profile"]

Array = NDArray[np.float64]

KEPT = 50
COUNTED = 1000
_PRIVATE = 3
_LONGEST = 40
_MOST_ITEMS = 200
_OWN = (ROW, FILE, FAULT)


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one column holds.

    Attributes
    ----------
    position : int
        Place in the file, from 0.
    n, blanks : int
        Rows, and how many of them are blank.
    counts : mapping
        How often each value occurs, values as ``recode.texts`` writes them, at most 50. Columns of
        more than 50 values are not listed unless the study reads them as coded answers, and texts
        that fewer than three people gave are never kept: they may be personal.
    other : int
        Values that are neither blank nor in ``counts``.
    distinct : int
        Number of different values, counted to 1000.
    numeric : float
        Share of the values that are numbers.
    question, labels, missing
        The column's label, its value labels, and the ranges it declares missing, where the file
        has any.
    """

    position: int
    n: int
    blanks: int
    counts: Mapping[str, int] = field(default_factory=dict)
    other: int = 0
    distinct: int = 0
    numeric: float = 0.0
    question: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[tuple[Any, ...], ...] = ()

    @property
    def listed(self) -> bool:
        """Whether (nearly) all values are in ``counts``."""
        return bool(self.counts) and self.other <= 0.2 * (self.n - self.blanks)


@dataclass(frozen=True, slots=True)
class Profile:
    """A wave's file in outline.

    Attributes
    ----------
    n : int
        Rows.
    n_eff : float
        Kish's effective number of rows, by the study's weight; ``n`` without one.
    columns : mapping
        By name, in the file's order.
    items : tuple of str
        Columns of coded answers, in the order of the arrays below.
    pairs, r : arrays of float, shape (p, p)
        Rows that answered both items, and the correlation of the answers as coded.
    """

    n: int
    n_eff: float
    columns: Mapping[str, ColumnProfile]
    items: tuple[str, ...] = ()
    pairs: Array = field(default_factory=lambda: np.zeros((0, 0)))
    r: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def to_dict(self) -> dict[str, Any]:
        """Return the profile ready for JSON."""
        return {
            "n": self.n,
            "n_eff": self.n_eff,
            "columns": {name: asdict(column) for name, column in self.columns.items()},
            "items": list(self.items),
            "pairs": self.pairs.astype(int).tolist(),
            "r": [[None if np.isnan(r) else round(float(r), 4) for r in row] for row in self.r],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Profile:
        """Return the profile that `to_dict` wrote."""
        size = (len(stored["items"]),) * 2
        columns = {
            name: ColumnProfile(**{**column, "missing": tuple(map(tuple, column["missing"]))})
            for name, column in stored["columns"].items()
        }
        return cls(
            n=stored["n"],
            n_eff=stored["n_eff"],
            columns=columns,
            items=tuple(stored["items"]),
            pairs=np.array(stored["pairs"], dtype=np.float64).reshape(size),
            r=np.array(stored["r"], dtype=np.float64).reshape(size),
        )


def profile(
    chunks: Iterable[pd.DataFrame],
    meta: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    *,
    study: Study | None = None,
    wave: str = "",
) -> Profile:
    """Outline a wave's file while its rows pass by; memory does not grow with the rows.

    Parameters
    ----------
    chunks : iterable of DataFrame
        The wave's rows in consecutive parts with the same columns.
    meta : mapping or callable
        ``value_labels``, ``missing_codes`` and ``column_labels`` per column. A callable is asked
        when the rows have passed.
    study : Study, optional
        Says which columns hold coded answers (their correlations are kept, so that a turned scale
        shows) and which is the weight.
    wave : str
        The wave's id in the study.
    """
    named = expected(study, wave) if study is not None else {}
    coded = {name for name, uses in named.items() if any(use.coded for use in uses)}
    items = {name: use for name, uses in named.items() for use in uses if use.scale is not None}
    moments = _Moments(dict(list(items.items())[:_MOST_ITEMS]))
    weight = _Kish(study.weight.within(wave) if study is not None else None)
    tallies: dict[str, _Tally] = {}
    for chunk in chunks:
        for name in chunk.columns:
            if name not in _OWN:
                tallies.setdefault(name, _Tally(always=name in coded)).add(chunk[name])
        moments.add(chunk)
        weight.add(chunk)
    said = meta() if callable(meta) else meta
    columns = {name: tally.done(i, name, said) for i, (name, tally) in enumerate(tallies.items())}
    n = max((column.n for column in columns.values()), default=0)
    names, pairs, r = moments.done()
    return Profile(n, weight.share * n, columns, names, pairs, r)


@dataclass(slots=True)
class _Tally:
    """Counts of one column so far; ``full`` once there are too many values to tell apart."""

    always: bool
    n: int = 0
    blanks: int = 0
    seen: int = 0
    numeric: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    full: bool = False

    def add(self, column: pd.Series[Any]) -> None:
        """Count the values of one part."""
        self.n += len(column)
        if self.full and not self.always:
            self.blanks += _blanks(column)
            return
        found = texts(column).value_counts()
        self.blanks += len(column) - int(found.sum())
        value = numbers(pd.Series(found.index, dtype="str"))
        self.seen += int(found.sum())
        self.numeric += int(found.to_numpy()[~np.isnan(value)].sum())
        for text, n in zip(found.index, found.to_numpy(), strict=True):
            if text in self.counts or len(self.counts) < COUNTED:
                self.counts[text] += int(n)
        self.full = len(self.counts) >= COUNTED

    def done(self, position: int, name: str, meta: Mapping[str, Any]) -> ColumnProfile:
        """Return what was counted, without what may be personal."""
        kept = dict(self.counts.most_common(KEPT)) if self.always or len(self.counts) <= KEPT else {}
        number = numbers(pd.Series(list(kept), dtype="str"))
        kept = {
            text: n
            for (text, n), value in zip(kept.items(), number, strict=True)
            if not np.isnan(value) or (n >= _PRIVATE and len(text) <= _LONGEST)
        }
        return ColumnProfile(
            position=position,
            n=self.n,
            blanks=self.blanks,
            counts=kept,
            other=self.n - self.blanks - sum(kept.values()),
            distinct=len(self.counts),
            numeric=self.numeric / self.seen if self.seen else 0.0,
            question=meta.get("column_labels", {}).get(name) or "",
            labels=dict(meta.get("value_labels", {}).get(name, {})),
            missing=tuple(tuple(pair) for pair in meta.get("missing_codes", {}).get(name, ())),
        )


def _blanks(column: pd.Series[Any]) -> int:
    blank = column.isna()
    if column.dtype == "str":
        blank |= column.str.strip() == ""
    return int(blank.sum())


@dataclass(slots=True)
class _Kish:
    """Sums of the weights, from which the effective number of rows follows."""

    column: str | None
    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, chunk: pd.DataFrame) -> None:
        """Add the weights of one part; those that are none, zero or negative do not count."""
        if self.column in chunk.columns:
            weight = numbers(texts(chunk[self.column]))
            weight = weight[weight > 0]
            self.n += len(weight)
            self.total += float(weight.sum())
            self.squares += float(weight @ weight)

    @property
    def share(self) -> float:
        """Effective rows per row."""
        return self.total**2 / self.squares / self.n if self.n else 1.0


class _Moments:
    """Sums over pairs of items, of the rows that answered both."""

    def __init__(self, items: Mapping[str, Use]) -> None:
        self.items = dict(items)
        size = (len(self.items),) * 2
        self.n, self.sums, self.squares, self.products = (np.zeros(size) for _ in range(4))

    def add(self, chunk: pd.DataFrame) -> None:
        """Add the answers of one part."""
        answered = np.full((len(chunk), len(self.items)), np.nan)
        for j, (name, use) in enumerate(self.items.items()):
            if name in chunk.columns and use.scale is not None:
                answered[:, j] = use.valid(chunk[name]) - use.scale.midpoint
        there = (~np.isnan(answered)).astype(np.float64)
        value = np.nan_to_num(answered)
        self.n += there.T @ there
        self.sums += value.T @ there
        self.squares += (value**2).T @ there
        self.products += value.T @ value

    def done(self) -> tuple[tuple[str, ...], Array, Array]:
        """Return the items, and by pair the rows that answered both and their correlation."""
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = self.squares - self.sums**2 / self.n
            joint = self.products - self.sums * self.sums.T / self.n
            r = np.where(spread > 1e-9, joint / np.sqrt(spread * spread.T), np.nan)
        return tuple(self.items), self.n, np.where(np.isfinite(r), r, np.nan)
