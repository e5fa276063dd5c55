"""Check that every wave has its file, and that waves which share one do not share rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import PurePosixPath, PureWindowsPath
from unicodedata import category

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.model import Wave
from supertouch.study.wording import Loc, listed, plain

__all__ = [
    "check_files",
    "check_order",
    "check_rows",
    "check_selection",
    "leads_out",
    "stays_inside",
]

_LONGEST = 1_000
_LONGEST_PART = 255


def stays_inside(pattern: str) -> bool:
    """Tell whether a file pattern can be searched and does not leave the folder of raw files.

    Examples
    --------
    >>> [stays_inside(name) for name in ("w1.csv", "2026/w*.csv", "../w1.csv", "C:/w1.csv", "")]
    [True, True, False, False, False]
    """
    return _usable(pattern) and not leads_out(pattern)


def leads_out(pattern: str) -> bool:
    """Tell whether a file pattern begins at a root or goes up to another folder."""
    posix, windows = PurePosixPath(pattern), PureWindowsPath(pattern)
    rooted = posix.is_absolute() or bool(windows.drive or windows.root)
    return rooted or ".." in posix.parts or ".." in windows.parts or pattern.startswith("~")


def _usable(pattern: str) -> bool:
    parts = PurePosixPath(pattern).parts
    sound = len(pattern) <= _LONGEST and not any(category(sign) == "Cc" for sign in pattern)
    return (
        sound
        and bool(parts)
        and all(part == "**" or "**" not in part for part in parts)
        and all(len(part.encode()) <= _LONGEST_PART for part in parts)
        and parts.count("**") <= 1
    )


def check_files(draft: Draft) -> Iterator[Problem]:
    """Find waves without a file and file patterns that leave the folder of raw files."""
    document = draft.document
    shared = document.data.file
    written: list[tuple[Loc, str]] = [(("data", "file"), shared)] if shared else []
    for id_, wave in document.waves.items():
        if wave.file:
            written.append((("waves", id_, "file"), wave.file))
        elif shared or wave.planned or draft.broken("data", "file"):
            continue
        elif not draft.broken("waves", id_):
            yield draft.problem(
                ("waves", id_, "file"),
                None,
                "is missing, and [data] names no file that the waves share.",
                f'Write file = "{id_}*.csv" here, or file = "all.sav" in [data].',
            )
    for loc, pattern in written:
        if not _usable(pattern):
            yield draft.problem(
                loc,
                pattern,
                "is no file pattern.",
                "Write a file's name, or a pattern with * and ?, such as wave1*.csv.",
            )
        elif leads_out(pattern):
            yield draft.problem(
                loc,
                pattern,
                "leads out of the folder of raw files.",
                "Write a name or pattern inside that folder, without .. and not from the root; "
                "the folder itself is raw = … in [data].",
            )


def _by_dates(wave: Wave) -> bool:
    return wave.start is not None or wave.end is not None


def check_selection(draft: Draft) -> Iterator[Problem]:
    """Find waves whose rows cannot be told from the column that holds the wave."""
    for wave in _sound(draft):
        yield from _dates(draft, wave)
        named = draft.study.wave_column.within(wave.id) or draft.broken("data", "wave")
        if (wave.values or _by_dates(wave)) and not named:
            yield draft.problem(
                ("waves", wave.id, "values" if wave.values else "from"),
                None,
                "chooses rows by a column that [data] does not name.",
                'Write wave = "NAME" in [data].',
            )
    chosen = any(wave.values or _by_dates(wave) for wave in draft.study.waves)
    if draft.document.data.wave.names and not chosen and not draft.broken("waves"):
        yield draft.problem(
            ("data", "wave"),
            draft.document.data.wave.names[0],
            "no wave chooses rows by it.",
            "Give each wave values = […] or from and to, or take the column out.",
        )


def _dates(draft: Draft, wave: Wave) -> Iterator[Problem]:
    loc = ("waves", wave.id)
    if wave.values and _by_dates(wave):
        yield draft.problem(
            (*loc, "values"),
            wave.values,
            "stands beside from and to; a wave is chosen one way.",
            "Keep values, or from and to.",
        )
    if (wave.start is None) != (wave.end is None):
        missing = "from" if wave.start is None else "to"
        yield draft.problem(
            (*loc, missing),
            None,
            "is missing; a wave by dates has a first and a last day.",
            f"Write {missing} = 2026-03-31 (a date without quotes).",
        )
    elif wave.start and wave.end and wave.start > wave.end:
        yield draft.problem(
            (*loc, "from"),
            wave.start,
            f"is later than to = {wave.end}.",
            "Exchange the two dates.",
        )


def _sound(draft: Draft) -> list[Wave]:
    return [wave for wave in draft.study.waves if not draft.broken("waves", wave.id)]


def check_rows(draft: Draft) -> Iterator[Problem]:
    """Find rows that would belong to two waves."""
    for one, other in combinations(_sound(draft), 2):
        if not one.file or one.file != other.file or one.sheet != other.sheet:
            continue
        for wave in (one, other):
            if not wave.values and not _by_dates(wave):
                rival = other if wave is one else one
                yield draft.problem(
                    ("waves", wave.id),
                    None,
                    f"takes all rows of '{wave.file}', which wave '{rival.id}' reads as well.",
                    "Write values = […] or from and to, or give each wave its own file.",
                )
                break
        else:
            yield from _overlap(draft, one, other)


def _overlap(draft: Draft, one: Wave, other: Wave) -> Iterator[Problem]:
    common = [value for value in one.values if value in other.values]
    if common:
        yield draft.problem(
            ("waves", other.id, "values"),
            other.values,
            f"{listed(map(plain, common))} belongs to wave '{one.id}' already.",
            "Leave each value in one wave.",
        )
    if not (one.start and one.end and other.start and other.end):
        return
    if max(one.start, other.start) <= min(one.end, other.end):
        yield draft.problem(
            ("waves", other.id, "from"),
            other.start,
            f"its days overlap those of wave '{one.id}' ({one.start} to {one.end}).",
            "from and to both count as part of the wave; let the next begin a day later.",
        )


def check_order(draft: Draft) -> Iterator[Problem]:
    """Find waves by dates that do not stand in the order of time."""
    dated = [wave for wave in _sound(draft) if wave.start is not None]
    for earlier, later in pairwise(dated):
        if earlier.start and later.start and later.start < earlier.start:
            yield draft.problem(
                ("waves", later.id, "from"),
                later.start,
                f"is before wave '{earlier.id}', which stands above it.",
                "Put the waves into the order of time; the file's order counts.",
            )
