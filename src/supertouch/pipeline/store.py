"""What the store of waves holds, and taking persons out of it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from supertouch.pipeline import files
from supertouch.pipeline.incoming import version_file
from supertouch.pipeline.storage import discard
from supertouch.pipeline.turns import alone
from supertouch.study.model import Study

__all__ = ["Left", "Stored", "forget", "stored"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A version of a wave in the store; ``dropped`` columns looked personal and are not in it."""

    wave: str
    number: int
    n_rows: int
    accepted: str
    current: bool
    files: tuple[str, ...]
    dropped: tuple[str, ...]


def stored(study: Study) -> tuple[Stored, ...]:
    """Return every version of every wave of the study, oldest first.

    Raises
    ------
    OutputError
        If a version is damaged.
    """
    from supertouch.intake import versions

    return tuple(
        Stored(
            wave=wave.id,
            number=item.number,
            n_rows=item.n_rows,
            accepted=item.accepted_at,
            current=item.current,
            files=tuple(file["name"] for file in item.meta["files"]),
            dropped=tuple(gone["column"] for gone in item.meta["dropped"]),
        )
        for wave in study.waves
        for item in versions(study, wave.id)
    )


@dataclass(frozen=True, slots=True)
class Left:
    """What became of persons who are to be forgotten; ``raw_files`` still hold some of them.

    ``several_waves`` tells that an id was found in several waves of a study without a panel, where
    it may stand for different people.
    """

    n_asked: int
    n_people: int
    n_rows: int
    raw_files: tuple[str, ...]
    not_searched: tuple[str, ...]
    several_waves: bool = False


def forget(study: Study, ids: Sequence[str], waves: Sequence[str] = ()) -> Left:
    """Take persons out of the store, and remove all that was made from their rows.

    Parameters
    ----------
    study : Study
        Whose store.
    ids : sequence of str
        Identifiers as in the raw files, or as stored.
    waves : sequence of str
        Only out of these waves; all if none is named.

    Raises
    ------
    UnsupportedError
        If the study has no column of respondents.
    DataError
        If an id is blank, or the salt is missing.
    OutputError
        If the store is damaged or cannot be written, or a run is at work on the study.
    """
    from supertouch.intake import forget as leave

    with alone(study):
        found = leave(study, ids, waves)
        for wave in dict.fromkeys(wave for wave, _ in found.versions):
            _remove_derived(study, wave)
    return Left(
        n_asked=found.n_asked,
        n_people=found.n_people_found,
        n_rows=found.n_rows,
        raw_files=found.raw_files,
        not_searched=found.not_searched,
        several_waves=bool(found.n_in_several and not study.panel and not waves),
    )


def _remove_derived(study: Study, wave: str) -> None:
    """Remove what single rows of a wave may stand in; the next run makes it again."""
    note = version_file(study, wave)
    files.remove(note)
    files.remove(note.with_name(f"{wave}.json"))
    files.remove(files.coded_file(study, wave))
    discard(study, wave)
    shutil.rmtree(study.processed / "validate" / wave, ignore_errors=True)
