"""Rows out of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.waves.forgetting import ready
from supertouch.intake.waves.parts import frames_of, read_parts
from supertouch.intake.waves.privacy import OWN
from supertouch.intake.waves.shelf import Version, load_versions
from supertouch.study.model import Study

__all__ = ["read_wave", "versions", "wave_chunks"]


def versions(study: Study, wave: str) -> tuple[Version, ...]:
    """Return the stored versions of a wave, the oldest first; none where it never came in.

    Raises
    ------
    OutputError
        If a version is damaged; it says where and what to do.
    """
    with ready(study):
        return load_versions(study, wave)


def read_wave(
    study: Study,
    wave: str,
    *,
    columns: Sequence[str] | None = None,
    version: int | None = None,
) -> pd.DataFrame:
    """Return the rows of a wave as they are stored.

    Parameters
    ----------
    study, wave : Study, str
        Which wave.
    columns : sequence of str, optional
        Which columns, so that memory is bounded by them; all by default. ``__row__`` and, where
        there are any, ``__file__`` and ``__fault__`` come with them.
    version : int, optional
        Which version; the newest by default.

    Returns
    -------
    DataFrame
        One row per stored row of the file, in its order; identifiers are hashed unless the study
        says otherwise.

    Raises
    ------
    DataError
        If the wave or the version is not in the store, or a column is not stored.
    OutputError
        If the version is damaged; it says where and what to do.
    """
    with ready(study):
        found = _chosen(load_versions(study, wave), wave, version)
        wanted = None if columns is None else _wanted(found, columns)
        return read_parts(found.folder, found.record["parts"], columns=wanted)


def wave_chunks(study: Study, wave: str) -> Iterator[pd.DataFrame]:
    """Yield the rows of a wave's newest version in order, a bounded number at a time.

    Raises
    ------
    DataError
        If the wave is not in the store.
    OutputError
        If the version is damaged.
    """
    with ready(study):
        found = _chosen(load_versions(study, wave), wave, None)
        yield from frames_of(found.folder, found.record["parts"])


def _chosen(found: Sequence[Version], wave: str, number: int | None) -> Version:
    for version in found:
        if version.number == number or (number is None and version.current):
            return version
    listed = ", ".join(str(version.number) for version in found)
    value = "" if number is None else f"version {number}"
    remedy = f"It has: {listed}." if found else f"Run `supertouch ingest --wave {wave}`."
    raise DataError(Problem(f"wave '{wave}'", value, "is not in the store.", remedy))


def _wanted(version: Version, columns: Sequence[str]) -> list[str]:
    dropped = {item["column"]: item for item in version.said("dropped")}
    place = f"wave '{version.wave}', version {version.number}"
    problems = [
        Problem(place, f"column '{column}'", *_why_not(dropped.get(column)))
        for column in columns
        if column not in version.record["columns"]
    ]
    if problems:
        raise DataError(problems)
    return list(dict.fromkeys([*columns, *(name for name in OWN if name in version.columns)]))


def _why_not(dropped: dict[str, str] | None) -> tuple[str, str]:
    if dropped is None:
        return "is not in the file.", "Correct the column's name in the study file."
    rule = f"is not stored: {dropped['reason']}."
    return rule, "Name it in the study, or in the key 'keep' of [privacy], and run ingest again."
