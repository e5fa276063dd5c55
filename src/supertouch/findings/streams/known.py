"""A first look at a wave's rows: what each part has to know of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import DataError, Problem, UnsupportedError
from supertouch.findings.answers import grouped
from supertouch.findings.streams.crossings import kinds_of
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.parts import Part
from supertouch.findings.streams.units import counted_units, members_of
from supertouch.stats.engine import Engine
from supertouch.stats.resampling import Design, assign, hashed
from supertouch.study.model import Columns, Study

__all__ = ["Known", "Located", "look"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]

MOST_VALUES = 5_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the n rows of a part, in small numbers.

    Attributes
    ----------
    group : ndarray of int16 of shape (n,)
        Resampling group.
    segment : ndarray of int16 of shape (s, n)
        Place of each row's value among ``Layout.segments`` of each segment.
    status : ndarray of int16 of shape (n,)
        Place among ``Layout.statuses``.
    covariate : ndarray of int16 of shape (k, n)
        Place among all values of each covariate.
    """

    group: Codes
    segment: Codes
    status: Codes
    covariate: Codes


@dataclass(frozen=True, slots=True)
class Located:
    """A part and what is known of its rows; the first of them is row ``start`` of the wave."""

    part: Part
    known: Known
    start: int

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self.part.name


@dataclass(frozen=True, slots=True)
class _Look:
    """What a part shows: hashes of its units, its texts as codes, and its weights."""

    unit: NDArray[np.uint64]
    texts: dict[str, tuple[tuple[str, ...], Codes]]
    weight: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks at a part: the units' hashes, and the texts of some columns."""

    seed: int
    columns: tuple[str, ...]

    def __call__(self, part: Part) -> _Look:
        weight = part.numbers(["weight"])[0].astype(float)
        return _Look(
            hashed(part.texts("cluster"), self.seed),
            {name: _coded(part, name) for name in self.columns},
            (float(weight.sum()), float(np.square(weight).sum())),
        )


def _coded(part: Part, name: str) -> tuple[tuple[str, ...], Codes]:
    code, values = pd.factorize(part.texts(name))
    if len(values) > MOST_VALUES:
        rule = f"has more than {MOST_VALUES:,} different values in one part of the rows."
        raise UnsupportedError(
            Problem(f"{part.name}, column '{name}'", str(len(values)), rule, "Group the values.")
        )
    return tuple(map(str, values)), code.astype(np.int16)


def look(
    study: Study, wave: str, parts: Sequence[Part], engine: Engine
) -> tuple[Layout, tuple[Located, ...]]:
    """Look at all rows once, and tell each part what it has to know of the whole.

    Raises
    ------
    DataError
        If the wave has no respondents.
    UnsupportedError
        If brands are stacked: a respondent's rows may lie in several parts.
    """
    if not sum(part.rows for part in parts):
        raise DataError(
            Problem(f"wave '{wave}'", "", "has no accepted respondents.", "Look at its quarantine.")
        )
    if study.brand != Columns():
        raise UnsupportedError(
            Problem(
                f"wave '{wave}'",
                str(sum(part.rows for part in parts)),
                "are more rows than are analysed in memory, and brands are stacked in them.",
                "Raise stream_above in [engine], or give each brand a study of its own.",
            )
        )
    there = frozenset.intersection(*(part.columns for part in parts))
    segments = [
        item.id
        for item in study.segments
        if item.column.within(wave) and f"segment.{item.id}" in there
    ]
    held = [f"segment.{name}" for name in study.analysis.covariates]
    held = [name for name in held if name in there]
    texts = ("stratum", "status", *(f"segment.{name}" for name in segments), *held)
    looks = engine.each(_Looking(study.seed, tuple(dict.fromkeys(texts))), parts)
    values, codes = _together(looks)
    unit = np.concatenate([item.unit for item in looks])
    names, of_row = np.unique(unit, return_inverse=True)
    design, group = _design(study, names, of_row, codes["stratum"], values["stratum"])
    layout = _layout(study, wave, values, codes, looks, design=design, segments=segments, held=held)
    known = Known(
        group.astype(np.int16),
        _stacked([codes[f"segment.{name}"] for name in segments], len(unit)),
        codes["status"],
        _stacked([codes[name] for name in held], len(unit)),
    )
    if study.panel:
        layout = replace(layout, members=members_of(names))
    if len(names) < len(unit):
        units = counted_units(layout, of_row, segment=known.segment, status=known.status)
        layout = replace(layout, units=units)
    return layout, tuple(_located(parts, known))


def _stacked(codes: Sequence[Codes], n: int) -> Codes:
    return np.stack(codes) if codes else np.empty((0, n), dtype=np.int16)


def _together(looks: Sequence[_Look]) -> tuple[dict[str, tuple[str, ...]], dict[str, Codes]]:
    """Give the values of each column one numbering, sorted, and renumber all parts."""
    values: dict[str, tuple[str, ...]] = {}
    codes: dict[str, Codes] = {}
    for name in looks[0].texts:
        every = sorted({value for item in looks for value in item.texts[name][0]})
        place = {value: k for k, value in enumerate(every)}
        values[name] = tuple(every)
        renumbered = [
            np.array([place[value] for value in own], dtype=np.int16)[code]
            for own, code in (item.texts[name] for item in looks)
            if len(code)
        ]
        codes[name] = np.concatenate(renumbered)
    return values, codes


def _design(
    study: Study,
    names: NDArray[np.uint64],
    of_row: NDArray[np.intp],
    stratum: Codes,
    labels: Sequence[str],
) -> tuple[Design, NDArray[np.intp]]:
    """Put the rows' units into resampling groups; returns the group of each row too."""
    home, straddling = np.empty(len(names), dtype=np.intp), 0
    home[of_row] = stratum
    if len(names) < len(of_row):
        table = np.zeros((len(names), len(labels)), dtype=np.int32)
        np.add.at(table, (of_row, stratum), 1)
        home, straddling = table.argmax(axis=1), int(((table > 0).sum(axis=1) > 1).sum())
    design, group, _ = assign(
        names,
        home,
        np.array(labels, dtype=str),
        seed=study.seed,
        groups=study.analysis.groups,
        panel=study.panel,
        straddling=straddling,
    )
    return design, group[of_row]


def _layout(
    study: Study,
    wave: str,
    values: dict[str, tuple[str, ...]],
    codes: dict[str, Codes],
    looks: Sequence[_Look],
    *,
    design: Design,
    segments: Sequence[str],
    held: Sequence[str],
) -> Layout:
    n = len(codes["stratum"])
    total, squares = (sum(item.weight[k] for item in looks) for k in (0, 1))
    named = {name: values[f"segment.{name}"] for name in segments}
    sizes = {
        name: np.bincount(codes[f"segment.{name}"], minlength=len(own))
        for name, own in named.items()
    }
    shown = [
        Column(name, group.value)
        for name, own in named.items()
        for group in grouped(study, name, own, sizes[name])
        if group.shown
    ]
    return Layout(
        wave=wave,
        touchpoints=study.touchpoints_in(wave),
        outcomes=study.outcomes_in(wave),
        n=n,
        weight_mean=total / n,
        weight_squares=squares / (total / n) ** 2,
        design=design,
        segments=named,
        sizes=sizes,
        covariates=tuple((name, values[name]) for name in held),
        statuses=values["status"],
        columns=(Column("", ""), *shown),
        kinds=kinds_of(
            _stacked([codes[f"segment.{name}"] for name in named], n),
            [len(own) for own in named.values()],
        ),
    )


def _located(parts: Sequence[Part], known: Known) -> Iterator[Located]:
    start = 0
    for part in parts:
        rows = slice(start, start + part.rows)
        own = Known(
            known.group[rows], known.segment[:, rows], known.status[rows], known.covariate[:, rows]
        )
        yield Located(part, own, start)
        start += part.rows
