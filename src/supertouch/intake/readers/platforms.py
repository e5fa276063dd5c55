"""Survey platforms: whose export a file is, told by the structure of its first rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from supertouch.intake.readers import codebook, limesurvey, qualtrics, surveymonkey, tivian
from supertouch.intake.readers.heading import Heading, plain
from supertouch.intake.readers.raw import reject_many

__all__ = ["heading_of"]

Recognise = Callable[[Sequence[Sequence[str]], Path, str], Heading | None]

_PLATFORMS: tuple[Recognise, ...] = (
    qualtrics.recognised,
    limesurvey.recognised,
    surveymonkey.recognised,
    tivian.recognised,
)


def heading_of(first: Sequence[Sequence[str]], path: Path, place: str) -> Heading:
    """Return what a file's first rows mean; without a platform's marks the first holds names.

    Parameters
    ----------
    first : sequence of rows
        The file's first records as text, three if it has so many.
    path : Path
        The file; its codebook or syntax file may lie beside it.
    place : str
        The file, and its sheet if it has any, in words.

    Raises
    ------
    DataError
        If a plain file's header names a column twice, or a name is reserved.
    """
    if not first:
        return plain((), place)
    reject_many(first[0], place)
    width = len(first[0])
    rows = [list(row[:width]) + [""] * (width - len(row)) for row in first]
    found = (recognised(rows, path, place) for recognised in _PLATFORMS)
    heading = next((heading for heading in found if heading is not None), None)
    return codebook.applied(heading or plain(first[0], place), path)
